//! The local AWS. The demo and the tests use it through [`Emulator`], so it can be replaced by another emulator.

mod fakecloud;
mod ministack;

pub use fakecloud::{Fakecloud, create_administrator};
pub use ministack::Ministack;

use aws_sans_io::{AccountId, Credentials, Endpoint};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::{Result, customer::Customer};

/// fakecloud's default account: the only one with a readable mailbox and a configurable sandbox status.
pub const MAILBOX_ACCOUNT: &str = "123456789012";

/// An AWS emulator on loopback that checks signatures, trust policies and external IDs. Dropping it stops it.
pub trait Emulator: Send + Sync {
    /// Returns the name and version.
    fn name(&self) -> String;

    fn endpoint(&self) -> &Endpoint;

    /// Creates an AWS account with an administrator, and returns an access key of the administrator. If the account exists, returns
    /// another access key.
    fn create_account(&self, account: &AccountId) -> Result<Credentials>;

    /// Generates keys that the emulator generates slowly on first use, so that no later request has to wait for them.
    fn pregenerate_keys(&self, _kraiter: &Customer) -> Result<()> {
        Ok(())
    }

    /// Returns the emails that [`MAILBOX_ACCOUNT`] has sent, oldest first.
    fn mailbox(&self) -> Result<Vec<SentEmail>>;

    /// Moves [`MAILBOX_ACCOUNT`] into or out of the sandbox. Unlike in AWS, this affects every region.
    fn set_sandbox(&self, sandbox: bool) -> Result<()>;
}

/// An email that SES accepted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentEmail {
    /// The SES message ID.
    pub message_id: String,
    pub from: String,
    #[serde(default)]
    pub to: Vec<String>,
    #[serde(default)]
    pub cc: Vec<String>,
    #[serde(default)]
    pub bcc: Vec<String>,
    pub subject: Option<String>,
    pub html_body: Option<String>,
    pub text_body: Option<String>,
    /// Headers that SES added, as `(name, value)`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The MIME message in base64, if it was sent as raw content.
    pub raw_data: Option<String>,
}

impl SentEmail {
    /// Returns the MIME message if it was sent as raw content.
    #[must_use]
    pub fn raw(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.raw_data.as_ref()?).ok()
    }
}
