//! Errors of the local test environment.

use std::{io, time::Duration};

use aws_sans_io as aws;

pub type Result<T> = std::result::Result<T, Error>;

/// An error; [`Error::help`] returns how to fix it, if known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A required program isn't installed.
    #[error("{tool} is not installed")]
    ToolMissing {
        /// The program's name and version.
        tool: String,
        help: String,
    },
    /// A file operation failed or a program couldn't be started.
    #[error("{action}: {source}")]
    Io { action: String, source: io::Error },
    /// A program failed or exited too early.
    #[error("{program} failed ({status}). The end of its log:\n{log}")]
    ProgramFailed {
        program: String,
        status: String,
        /// The last lines of its log.
        log: String,
    },
    /// A condition wasn't met within its timeout.
    #[error("timed out after {} s waiting for {what}{last}", after.as_secs())]
    Timeout {
        /// The condition.
        what: String,
        after: Duration,
        /// The last state seen, as `: …`, or empty.
        last: String,
    },
    /// An HTTP request to a program on this machine got no response.
    #[error("{method} {url}: {message}")]
    Http { method: String, url: String, message: String },
    /// AWS or an emulator returned an error.
    #[error("{operation}: {error}")]
    Aws { operation: String, error: aws::Error },
    /// Something else went wrong, such as an unexpected response.
    #[error("{0}")]
    Unexpected(String),
}

impl Error {
    /// Returns a function that wraps an I/O error with the attempted action, such as `read Cargo.lock`.
    pub fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    /// Returns how to fix the error, if known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::ToolMissing { help, .. } => Some(help),
            _ => None,
        }
    }
}
