//! One line for each request: who asked for what and how it went. Never a query, never a token.
//!
//! Lines go to the file many at a time, a tenth of a second after their answers at the latest: one by one they would
//! cost a renewal a system call of its own. A crash may take those of its last moment along; what has to outlive one
//! is in the audit log.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write as _},
    mem,
    net::IpAddr,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::Serialize;

use crate::home::private;

/// How long a line waits for the file.
const WAIT_MAX: Duration = Duration::from_millis(100);

/// Bytes that wait at most: some 250 lines.
const WAITING_BYTES_MAX: usize = 64 * 1024;

/// What is told about a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Line<'a> {
    /// When it was answered, milliseconds since 1970.
    pub(crate) at_ms: i64,
    /// Name of the request.
    pub(crate) request: &'a str,
    /// Where it came from.
    pub(crate) client: IpAddr,
    pub(crate) method: &'a str,
    /// Path without query; the REST route where that came in the query.
    pub(crate) path: Cow<'a, str>,
    pub(crate) status: u16,
    /// How long it took, in milliseconds.
    pub(crate) ms: u64,
    pub(crate) user: Option<i64>,
    /// First eight digits of the session.
    pub(crate) session: Option<String>,
}

/// Where the lines go.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccessLog(Option<Arc<Sheet>>);

/// The file, and the lines that are not in it yet.
#[derive(Debug)]
struct Sheet {
    waiting: Mutex<Vec<u8>>,
    file: Mutex<File>,
}

impl AccessLog {
    /// Also writes to `access.log` in the directory.
    pub(crate) fn to_file(data_dir: &Path) -> io::Result<Self> {
        let file = private().append(true).open(data_dir.join("access.log"))?;
        Ok(Self(Some(Arc::new(Sheet {
            waiting: Mutex::default(),
            file: Mutex::new(file),
        }))))
    }

    pub(crate) fn write(&self, line: &Line<'_>) {
        tracing::info!(
            target: "evertill_server::access",
            method = line.method,
            path = &*line.path,
            status = line.status,
            ms = line.ms,
            user = line.user,
            session = line.session,
            "{} {} {}",
            line.method,
            line.path,
            line.status
        );
        if let Some(sheet) = &self.0 {
            sheet.add(line);
        }
    }

    /// Takes what waits to the file.
    pub(crate) fn settle(&self) {
        if let Some(sheet) = &self.0 {
            sheet.settle();
        }
    }

    /// Does so ten times a second, for as long as it is polled.
    pub(crate) async fn follow(self) {
        loop {
            tokio::time::sleep(WAIT_MAX).await;
            self.settle();
        }
    }
}

impl Sheet {
    fn add(&self, line: &Line<'_>) {
        let mut waiting = lock(&self.waiting);
        let before = waiting.len();
        if serde_json::to_writer(&mut *waiting, line).is_err() {
            waiting.truncate(before);
            return;
        }
        waiting.push(b'\n');
        let is_much = waiting.len() >= WAITING_BYTES_MAX;
        drop(waiting);
        if is_much {
            self.settle();
        }
    }

    fn settle(&self) {
        // The file first: lines stay in their order, and no more than one batch is ever on its way.
        let mut file = lock(&self.file);
        let lines = mem::take(&mut *lock(&self.waiting));
        if let Err(error) = file.write_all(&lines) {
            tracing::warn!(%error, "lines of the access log were lost");
        }
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.settle();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(request: &str) -> Line<'_> {
        Line {
            at_ms: 1,
            request,
            client: [127, 0, 0, 1].into(),
            method: "GET",
            path: "/healthz".into(),
            status: 200,
            ms: 0,
            user: None,
            session: None,
        }
    }

    fn names(home: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(home.join("access.log")).unwrap();
        text.lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                line["request"].as_str().unwrap().to_owned()
            })
            .collect()
    }

    #[test]
    fn lines_wait_a_moment_and_come_in_their_order() {
        let home = tempfile::tempdir().unwrap();
        let log = AccessLog::to_file(home.path()).unwrap();
        log.write(&line("first"));
        log.write(&line("second"));
        assert!(names(home.path()).is_empty());
        log.settle();
        assert_eq!(names(home.path()), ["first", "second"]);
        log.write(&line("third"));
        drop(log);
        assert_eq!(names(home.path()), ["first", "second", "third"]);
    }

    #[test]
    fn what_waits_has_a_bound() {
        let home = tempfile::tempdir().unwrap();
        let log = AccessLog::to_file(home.path()).unwrap();
        for _ in 0..2_000 {
            log.write(&line("many"));
            let waiting = lock(&log.0.as_ref().unwrap().waiting).len();
            assert!(waiting < WAITING_BYTES_MAX, "{waiting}");
        }
        log.settle();
        assert_eq!(names(home.path()).len(), 2_000);
    }
}
