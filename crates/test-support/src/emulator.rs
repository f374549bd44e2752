//! The local AWS, behind the small interface that demo and tests use, so that another emulator can take its place.

mod fakecloud;
mod ministack;

pub use fakecloud::Fakecloud;
pub use ministack::Ministack;

use base64::{Engine, engine::general_purpose::STANDARD};
use kraiter_core::aws::{AccountId, Credentials, Endpoint};
use serde::Deserialize;

use crate::{Result, customer::Customer};

/// The one account whose mails can be read and whose sandbox can be turned on: fakecloud shows those of its default account only.
pub const MAILBOX_ACCOUNT: &str = "123456789012";

/// An AWS on loopback that checks signatures, trust policies and external IDs. It ends when it is dropped.
pub trait Emulator: Send + Sync {
    /// Its name and version.
    fn name(&self) -> String;

    /// Where it listens.
    fn endpoint(&self) -> &Endpoint;

    /// Makes an AWS account with an administrator, and keys of that administrator.
    ///
    /// # Errors
    /// Where the emulator doesn't answer or refuses.
    fn create_account(&self, account: &AccountId) -> Result<Credentials>;

    /// Lets it make what it makes once and slowly, so that nobody has to wait for that later.
    ///
    /// # Errors
    /// Where the emulator doesn't answer or refuses.
    fn pregenerate_keys(&self, _kraiter: &Customer) -> Result<()> {
        Ok(())
    }

    /// Every mail that [`MAILBOX_ACCOUNT`] has sent, oldest first.
    ///
    /// # Errors
    /// Where the emulator doesn't answer.
    fn mailbox(&self) -> Result<Vec<SentEmail>>;

    /// Puts [`MAILBOX_ACCOUNT`] into the sandbox or takes it out; in every region, unlike AWS.
    ///
    /// # Errors
    /// Where the emulator doesn't answer.
    fn set_sandbox(&self, sandbox: bool) -> Result<()>;

    /// The last lines of its log.
    fn log(&self) -> String;
}

/// A mail as SES took it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentEmail {
    /// SES's message id.
    pub message_id: String,
    /// The sender.
    pub from: String,
    /// The recipients.
    #[serde(default)]
    pub to: Vec<String>,
    /// The recipients of a copy.
    #[serde(default)]
    pub cc: Vec<String>,
    /// The hidden recipients of a copy.
    #[serde(default)]
    pub bcc: Vec<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The HTML body.
    pub html_body: Option<String>,
    /// The text body.
    pub text_body: Option<String>,
    /// The message's headers that SES set, as `(name, value)`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The MIME message in base64, where it was sent as one.
    pub raw_data: Option<String>,
}

impl SentEmail {
    /// The MIME message, where it was sent as one.
    #[must_use]
    pub fn raw(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.raw_data.as_ref()?).ok()
    }
}
