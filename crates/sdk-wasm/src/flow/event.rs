//! What can happen to a flow, and what it wants done.

use kraiter_core::connection::Status;
use serde::{
    Deserialize,
    de::{IntoDeserializer, value},
};

use crate::failure::Failure;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<P> {
    /// The flow begins.
    Opened {
        /// Whether the page is hidden.
        hidden: bool,
    },
    /// The customer chose a region.
    Start {
        /// Its name, unchecked.
        region: String,
    },
    /// The customer wants it tried again.
    Retry,
    /// The customer calls it off.
    Cancel,
    /// The page was hidden: the customer is elsewhere, in the AWS console perhaps.
    Hidden,
    /// The customer came back to the page.
    Returned,
    /// The network is back.
    Online,
    /// The time named by [`Act::WakeIn`] is over.
    Woken,
    /// What was asked was answered.
    Answered(Result<Answer<P>, Failure>),
}

/// Something to ask of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `GET /v1/aws-binding`.
    Binding,
    /// `POST /v1/aws-binding/connect`.
    Connect {
        /// The region.
        region: String,
        /// Whether the customer chose it just now; if not, only the link of a connection that waits for its stack is wanted.
        chosen: bool,
    },
    /// `POST /v1/aws-binding/verify`.
    Verify,
}

/// What the API answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer<P> {
    /// The connection.
    Binding {
        /// What the flow reads of it.
        glance: Glance,
        /// All of it.
        binding: P,
    },
    /// The link and the policies.
    Details(P),
}

/// The part of `kraiter_core::api::AwsBindingView` that decides what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    /// The connection's status.
    pub status: Status,
    /// The region of the stack.
    pub stack_region: Option<String>,
}

impl Glance {
    /// Reads it; `text` gives a field of the view, where that is a text. `None` for a status that isn't known here.
    #[must_use]
    pub fn read(text: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let status: value::StringDeserializer<value::Error> = text("status")?.into_deserializer();
        let status = Status::deserialize(status).ok()?;
        Some(Self { status, stack_region: text("stackRegion") })
    }
}

/// What has to be done after an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// What to do.
    pub act: Option<Act>,
    /// Whether the state is another one, so that listeners are told. They are told last: one of them may cause the next event.
    pub changed: bool,
}

/// What to do. There is never more than one request and one timer: an act takes the place of the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Ask this, and report with [`Event::Answered`].
    Ask(Ask),
    /// Report [`Event::Woken`] after so many milliseconds.
    WakeIn(u32),
    /// Do nothing until the next event.
    Rest,
}
