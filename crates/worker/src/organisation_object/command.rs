//! Commands that the Worker sends to an organisation's object on its own account.

use api_contract::{BackupCursor, Organisation};
use aws_sans_io::{Region, TopicArn};
use domain::{
    ApiKeyId, EmailId, OrganisationId, Sha256Digest, aws_calls::AwsCallRecord, connection::Binding,
    delivery::UncertainEmailPolicy, onboarding::ExternalId, suppression::AddressKey,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::access::NewKey;

/// A command.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    /// Creates the organisation with its first API key. Returns whether it can be used.
    Create {
        id: OrganisationId,
        name: String,
        external_id: ExternalId,
        #[serde(with = "time::serde::timestamp::milliseconds")]
        created_at: OffsetDateTime,
        first_key: NewKey,
    },
    /// Renames, suspends or resumes the organisation.
    Update(Organisation),
    /// Returns the API keys.
    ListApiKeys,
    /// Revokes an API key. Returns whether it existed; the last one is refused.
    DeleteApiKey(ApiKeyId),
    /// Stores an API key. Returns false if the organisation has too many.
    CreateApiKey {
        key: NewKey,
        #[serde(with = "time::serde::timestamp::milliseconds")]
        created_at: OffsetDateTime,
    },
    /// Deletes everything the object stores.
    Erase,
    /// Creates a session for the API key with this digest. Returns an [`api_contract::Session`] and the session's token.
    CreateSession { key_digest: Sha256Digest },
    /// Processes a verified message from SNS. The body is the text of the message.
    ReceiveSns(SnsMessage),
    /// Records a call to AWS that the Worker made.
    RecordAwsCall(AwsCallRecord),
    /// Notes that a message from SNS was refused with an error after which SNS retries it.
    NoteWebhookFailure { token_digest: Sha256Digest, region: Region },
    /// Exchanges the results of a lane, in the body, for emails to send.
    Exchange,
    /// Exchanges the results of the webhook lane, in the body, for requests to make.
    ExchangeWebhooks,
    /// Unsubscribes the recipient of an email.
    Unsubscribe { address: AddressKey, email: EmailId },
    /// Returns a page of a backup as an [`api_contract::Backup`].
    BackUp { cursor: Option<BackupCursor> },
    /// Restores the page in the body, of a backup of this organisation. If its data was lost, creates it again. Returns an
    /// [`api_contract::RestoreResult`].
    Restore {
        organisation: OrganisationId,
        #[serde(with = "time::serde::timestamp::milliseconds::option")]
        suspended_at: Option<OffsetDateTime>,
        policy: UncertainEmailPolicy,
    },
}

/// A verified message from SNS.
#[derive(Serialize, Deserialize)]
pub(crate) struct SnsMessage {
    /// SHA-256 digest of the webhook token.
    pub(crate) token_digest: Sha256Digest,
    /// The `MessageId`, the same in every attempt to deliver it.
    pub(crate) id: String,
    pub(crate) topic: TopicArn,
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub(crate) published_at: OffsetDateTime,
    /// The region of the link or the event source that the webhook URL belongs to.
    pub(crate) region: Region,
    pub(crate) kind: SnsMessageKind,
    /// The binding that the stack's webhook URL names. SNS doesn't sign it, so it is a claim.
    pub(crate) binding: Option<Binding>,
}

/// The kind of a message.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SnsMessageKind {
    /// The topic asks to confirm its subscription. Returns a [`SubscriptionDecision`].
    SubscriptionConfirmation,
    /// The subscription was removed.
    UnsubscribeConfirmation,
    /// An event, or another notification.
    Notification,
}

/// Whether to confirm an SNS subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubscriptionDecision {
    /// Confirm it.
    Confirm,
    /// Don't confirm now: another role is being verified.
    Deferred,
    /// Don't confirm: the message was used before, with other claims.
    AlreadyUsed,
    /// Don't confirm: the stack is in another region than its link was for. The connection reports it.
    RegionUnexpected,
    /// Don't confirm: the connection doesn't expect this subscription.
    Unexpected,
}
