//! Commands that the Worker sends to an organisation's Durable Object.

use api_contract::{
    Backup, BackupCursor, EventsRequest, Identity, IdentityQuery, KnownIdentity, NewIdentity, RegisteredRole,
};
use aws_sans_io::{Region, TopicArn, dkim::Signing};
use domain::{EmailId, OrganisationId, connection::Binding, delivery::UncertainEmailPolicy, email::Email};
use email_dns::RequiredRecord;
use serde::{Deserialize, Serialize};

use super::keys::IdempotencyToken;
use crate::database::organisations::Organisation;

/// RPC envelope: command, organisation and request id.
#[derive(Serialize, Deserialize)]
pub(super) struct RpcRequest {
    pub(super) request_id: String,
    pub(super) organisation: Organisation,
    pub(super) command: Command,
}

/// A command. It may contain a customer's DKIM key or a token, so it is never stored or logged.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    /// Returns the connection.
    GetBinding,
    /// Returns the launch link of a stack in `region`. `token` becomes part of the stack's webhook address.
    Connect { region: Region, token: [u8; 32] },
    /// Registers a role that the customer created.
    RegisterRole { role: RegisteredRole },
    /// Checks the role now.
    Verify,
    /// Checks which permissions the role lacks. Returns an [`domain::connection::audit::PermissionAudit`].
    Audit,
    /// Removes the connection.
    Disconnect,
    /// Records that a stack has been created. Returns a [`SubscriptionDecision`].
    StackCreated { binding: Binding },
    /// Sets up events in a region without a stack. `token` becomes part of the webhook address.
    SetUpEvents { request: EventsRequest, token: [u8; 32] },
    /// Records that a topic of the customer asks to be confirmed. Returns a [`SubscriptionDecision`].
    TopicSubscribed { topic: TopicArn },
    /// Records that a topic's subscription was removed.
    TopicUnsubscribed { topic: TopicArn },
    /// Creates a sender identity. Returns a [`CreatedIdentity`].
    CreateIdentity { identity: NewIdentity },
    /// Lists the identities that SES has.
    ListIdentities { query: IdentityQuery },
    /// Reads an identity from SES. Returns [`IdentityDetails`].
    GetIdentity { identity: KnownIdentity },
    /// Changes the DKIM key of a domain.
    SetIdentityDkim { identity: KnownIdentity, signing: Signing },
    /// Deletes an identity.
    DeleteIdentity { identity: KnownIdentity },
    /// Returns a page of the object's data as a [`api_contract::Backup`].
    BackUp { id: OrganisationId, cursor: Option<BackupCursor> },
    /// Restores a page of a backup. Returns a [`api_contract::RestoreResult`].
    Restore { page: Box<Backup>, policy: UncertainEmailPolicy },
    /// Deletes everything the object stores.
    Erase,
    /// Returns the state of the queue.
    GetSending,
    /// Records that an event of an unconfirmed email has been stored.
    EventReceived { id: EmailId },
    /// Accepts an email, once per idempotency key.
    Send { id: EmailId, email: Box<Email>, key: Option<IdempotencyToken> },
    /// Accepts the emails of a batch independently, once per idempotency key. Returns a list of
    /// [`api_contract::BatchItem`].
    SendBatch { batch: String, emails: Vec<(EmailId, Email)>, key: Option<IdempotencyToken> },
    /// Cancels a queued email. Returns a [`api_contract::SentEmail`].
    Cancel { id: EmailId },
    /// Returns the state of each email that was accepted under this key, as a list of optional
    /// [`api_contract::SentEmail`].
    GetAccepted { ids: Vec<EmailId>, key: IdempotencyToken },
}

/// Whether to confirm an SNS subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SubscriptionDecision {
    /// Confirm it.
    Confirm,
    /// Don't confirm: the role belongs to another organisation. The connection reports it.
    RoleClaimedElsewhere,
    /// Don't confirm: the connection doesn't expect this subscription.
    Unexpected,
}

/// The result of creating an identity.
#[derive(Serialize, Deserialize)]
pub(crate) struct CreatedIdentity {
    /// Whether this call created the identity.
    pub(crate) is_new: bool,
    /// The identity as SES reports it.
    pub(crate) view: Identity,
}

/// An identity as SES reports it.
#[derive(Serialize, Deserialize)]
pub(crate) struct IdentityDetails {
    /// The identity's public representation.
    pub(crate) view: Identity,
    /// The DNS records that SES requires.
    pub(crate) records: Vec<RequiredRecord>,
}
