//! What can go wrong with the things that stand in for the outside.

use std::{io, time::Duration};

use kraiter_core::aws;

/// What the functions of this crate answer.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, and by [`Error::help`] how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A program that is needed isn't there.
    #[error("{tool} is missing")]
    ToolMissing {
        /// Its name and version.
        tool: String,
        /// What installs it.
        help: String,
    },
    /// A program or a file could not be used.
    #[error("{doing}: {source}")]
    Io {
        /// What was tried.
        doing: String,
        /// Why it failed.
        source: io::Error,
    },
    /// A program ended with an error, or before its time.
    #[error("{program} ended ({status}); the end of its log:\n{log}")]
    ProgramFailed {
        /// Its name.
        program: String,
        /// How it ended.
        status: String,
        /// The last lines it wrote.
        log: String,
    },
    /// Something that was waited for did not come.
    #[error("waited {} s for {what}, and it did not come{last}", after.as_secs())]
    Timeout {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
        /// What was seen last, as `: …`; empty where there is nothing to say.
        last: String,
    },
    /// An HTTP call to something on this machine got no answer.
    #[error("{method} {url}: {message}")]
    Http {
        /// The request's method.
        method: String,
        /// The request's URL.
        url: String,
        /// What happened.
        message: String,
    },
    /// AWS, or what stands in for it, refused a call.
    #[error("{operation}: {error}")]
    Aws {
        /// The operation's name.
        operation: String,
        /// AWS's answer.
        error: aws::Error,
    },
    /// An answer isn't what was expected.
    #[error("{0}")]
    Unexpected(String),
}

impl Error {
    /// Wraps an I/O error with what was tried.
    pub fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// The stable name of the kind of error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ToolMissing { .. } => "tool_missing",
            Self::Io { .. } => "io",
            Self::ProgramFailed { .. } => "program_failed",
            Self::Timeout { .. } => "timeout",
            Self::Http { .. } => "http",
            Self::Aws { .. } => "aws",
            Self::Unexpected(_) => "unexpected",
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::ToolMissing { help, .. } => Some(help),
            _ => None,
        }
    }
}
