//! One line for each request: who asked for what and how it went. Never a query, never a token.

use std::{
    fs::File,
    io::{self, Write as _},
    net::IpAddr,
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;

use crate::home::private;

/// What is told about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// When it was answered, milliseconds since 1970.
    pub(crate) at_ms: i64,
    /// Name of the request.
    pub(crate) request: String,
    /// Where it came from.
    pub(crate) client: IpAddr,
    pub(crate) method: String,
    /// Path without query; the REST route where that came in the query.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// How long it took, in milliseconds.
    pub(crate) ms: u64,
    pub(crate) user: Option<i64>,
    /// First eight digits of the session.
    pub(crate) session: Option<String>,
}

/// Where the lines go.
#[derive(Debug, Default)]
pub(crate) struct AccessLog(Option<Mutex<File>>);

impl AccessLog {
    /// Also writes to `access.log` in the directory.
    pub(crate) fn to_file(data_dir: &Path) -> io::Result<Self> {
        let file = private().append(true).open(data_dir.join("access.log"))?;
        Ok(Self(Some(Mutex::new(file))))
    }

    pub(crate) fn write(&self, line: &Line) {
        tracing::info!(
            target: "evertill_server::access",
            method = line.method,
            path = line.path,
            status = line.status,
            ms = line.ms,
            user = line.user,
            session = line.session,
            "{} {} {}",
            line.method,
            line.path,
            line.status
        );
        let Some(file) = &self.0 else {
            return;
        };
        let Ok(mut text) = serde_json::to_string(line) else {
            return;
        };
        text.push('\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(text.as_bytes()) {
            tracing::warn!(%error, "a line of the access log was lost");
        }
    }
}
