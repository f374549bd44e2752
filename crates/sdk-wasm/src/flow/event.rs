//! The input and output of the state machine.

use api_contract::BindingStatus as Status;
use serde::{
    Deserialize,
    de::{IntoDeserializer, value},
};

use crate::error::Error;

/// An event that the state machine handles. `P` is the body of a response.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<P> {
    /// The flow was opened.
    Opened {
        /// Whether the page is hidden.
        hidden: bool,
    },
    /// The customer chose a region.
    RegionChosen {
        /// Its name, not validated yet.
        region: String,
    },
    /// The customer requested a retry.
    RetryRequested,
    /// The customer cancelled.
    CancelRequested,
    /// The page was hidden. The customer may be in the AWS console.
    PageHidden,
    /// The customer returned to the page.
    PageVisible,
    /// The network is back.
    Online,
    /// The timer of [`Command::StartTimer`] fired.
    TimerFired,
    /// The call of [`Command::Call`] finished.
    CallFinished(Result<CallOutput<P>, Error>),
}

/// A call to the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiCall {
    /// `GET /v1/aws-binding`.
    GetBinding,
    /// `POST /v1/aws-binding/connect`.
    Connect {
        /// The region.
        region: String,
        /// Whether the customer has just chosen it. If not, the call only fetches the link of a connection that awaits its stack.
        chosen: bool,
    },
    /// `POST /v1/aws-binding/verify`.
    Verify,
}

/// The result of a successful [`ApiCall`].
#[derive(Clone, Debug, PartialEq)]
pub enum CallOutput<P> {
    /// The connection.
    Binding {
        /// The fields that decide the next state.
        summary: BindingSummary,
        /// The whole response.
        binding: P,
    },
    /// The quick-create link and the policies.
    ConnectDetails(P),
}

/// The fields of an AWS binding that decide the next state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindingSummary {
    /// The connection's status.
    pub status: Status,
    /// The region of the stack.
    pub stack_region: Option<String>,
}

impl BindingSummary {
    /// Reads the fields. `text` returns a field of the response if it is a string. Returns `None` if the status is unknown.
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
    /// The command to run.
    pub command: Option<Command>,
    /// Whether the state has changed. Run the command before notifying listeners, because a listener may cause the next event.
    pub changed: bool,
}

/// A command of the state machine. Each one replaces the one before: there is at most one call or timer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Call the API and report [`Event::CallFinished`].
    Call(ApiCall),
    /// Report [`Event::TimerFired`] after this many milliseconds.
    StartTimer(u32),
    /// Wait for the next event.
    Stop,
}
