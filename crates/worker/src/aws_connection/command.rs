//! What the Worker asks of a connection.

use kraiter_core::{
    api::{
        Backup, BackupCursor, EmailId, EventsWanted, IdentityQuery, IdentityView, KnownIdentity, NewIdentity,
        OrganisationId, RegisteredRole,
    },
    aws::{Region, TopicArn},
    connection::Binding,
    dkim::Signing,
    dns::Published,
    mail::{Email, MayHaveBeenSent},
};
use serde::{Deserialize, Serialize};

use super::keys::UnderKey;
use crate::database::organisations::Organisation;

/// A command with whom it is for.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    /// The id of the request that it comes from.
    pub(super) request_id: String,
    /// Whose connection it is.
    pub(super) organisation: Organisation,
    /// What is to be done.
    pub(super) command: Command,
}

/// What is to be done. One may carry a customer's signing key or a token: a command is never stored, and never printed.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Command {
    /// Show the connection.
    View,
    /// Make a link for a stack in this region, with an address that is made of `token`.
    Connect { region: Region, token: [u8; 32] },
    /// Take a role that was made by hand.
    Register { role: RegisteredRole },
    /// Check the role now.
    Verify,
    /// Find out which permissions the role lacks; answers an [`kraiter_core::connection::audit::Audit`].
    Audit,
    /// End the connection.
    Disconnect,
    /// Note that a stack is done; answers a [`Confirmation`].
    NoteStack { binding: Binding },
    /// Make what brings events back from a region without a stack, with an address that is made of `token`.
    SetUpEvents { wanted: EventsWanted, token: [u8; 32] },
    /// Note that a topic of the customer's asks for confirmation; answers a [`Confirmation`].
    NoteTopic { topic: TopicArn },
    /// Note that a topic no longer posts to us.
    NoteUnsubscribed { topic: TopicArn },
    /// Make a sender identity; answers an [`IdentityMade`].
    CreateIdentity { identity: NewIdentity },
    /// List what SES has.
    ListIdentities { query: IdentityQuery },
    /// Show an identity as SES sees it; answers an [`IdentitySeen`].
    SeeIdentity { identity: KnownIdentity },
    /// Change the key that a domain's mail is signed with.
    SetIdentityDkim { identity: KnownIdentity, signing: Signing },
    /// Delete an identity.
    DeleteIdentity { identity: KnownIdentity },
    /// Show a page of what is kept; answers a [`kraiter_core::api::Backup`].
    BackUp { id: OrganisationId, cursor: Option<BackupCursor> },
    /// Bring back what such a page holds; answers a [`kraiter_core::api::RestoreView`].
    Restore { page: Box<Backup>, wanted: MayHaveBeenSent },
    /// Forget everything: the organisation was deleted.
    Erase,
    /// Show what waits to be sent.
    ViewSending,
    /// Note that an event has come of an email whose answer was lost.
    NoteHeard { id: EmailId },
    /// Accept an email, once under an idempotency key.
    Send { id: EmailId, email: Box<Email>, key: Option<UnderKey> },
    /// Accept the emails of a batch, each by itself and once under an idempotency key; answers a list of
    /// [`kraiter_core::api::BatchItem`].
    SendBatch { batch: String, emails: Vec<(EmailId, Email)>, key: Option<UnderKey> },
    /// Take an email back; answers a [`kraiter_core::api::SentView`].
    Cancel { id: EmailId },
    /// Tell what became of each email that was accepted under this key; answers a list of maybe a [`kraiter_core::api::SentView`].
    Accepted { ids: Vec<EmailId>, key: UnderKey },
}

/// Whether a stack's subscription is to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Confirmation {
    /// It is.
    Due,
    /// No: its role belongs to another organisation, and the connection says so.
    RoleBoundElsewhere,
    /// No: the connection doesn't wait for such a stack.
    NotWanted,
}

/// An identity and whether it is new.
#[derive(Serialize, Deserialize)]
pub(crate) struct IdentityMade {
    /// Whether it was made now.
    pub(crate) is_new: bool,
    /// How SES sees it.
    pub(crate) view: IdentityView,
}

/// An identity as SES sees it.
#[derive(Serialize, Deserialize)]
pub(crate) struct IdentitySeen {
    /// What is shown of it.
    pub(crate) view: IdentityView,
    /// The DNS records that SES needs.
    pub(crate) published: Vec<Published>,
}
