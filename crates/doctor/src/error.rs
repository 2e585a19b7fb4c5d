//! What can fail in the doctor itself; what it finds wrong elsewhere is a [`Finding`](crate::Finding).

use std::io;
use std::path::PathBuf;

use evertill_wire::Code;

/// An operation of this crate that failed.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// The report could not be written as JSON.
    #[error("could not write the report as json")]
    ReportNotMade(#[source] serde_json::Error),
    /// The report could not be saved.
    #[error("could not save the report as {}", path.display())]
    ReportNotSaved {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl DoctorError {
    /// The code of the failure.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::ReportNotMade(_) => Code::SERVICE_UNAVAILABLE,
            Self::ReportNotSaved { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Code::DISK_FULL
            }
            Self::ReportNotSaved { .. } => Code::PERMISSION_DENIED,
        }
    }

    /// One sentence: what to do next.
    #[must_use]
    pub fn remedy(&self) -> String {
        self.code().entry().remedy.to_owned()
    }
}
