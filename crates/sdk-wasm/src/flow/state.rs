//! The states of the flow.

use crate::error::Error;

/// A state of the flow. `P` is the body of a response.
#[derive(Clone, Debug, PartialEq)]
pub enum State<P> {
    /// The first response hasn't arrived yet.
    Loading,
    /// Kraiter can't be reached.
    Offline {
        /// The state before, or `None` if there was none but [`Self::Loading`].
        last: Option<Box<Self>>,
    },
    /// No account is connected. The customer chooses a region.
    ChooseRegion {
        /// The connection.
        binding: P,
    },
    /// The customer creates the stack with the link, or a role by hand.
    OpenLink {
        /// The link and the policies.
        details: P,
        /// The connection.
        binding: P,
    },
    /// The role is being verified.
    Verifying {
        /// The connection.
        binding: P,
    },
    /// The account is connected.
    Connected {
        /// The connection.
        binding: P,
    },
    /// The connection doesn't work.
    NeedsAttention {
        /// The connection, with the reason.
        binding: P,
    },
    /// A request failed.
    Failed {
        /// Why it failed.
        error: Error,
        /// Whether [`Event::RetryRequested`](super::Event::RetryRequested) may succeed without a change.
        can_retry: bool,
    },
    /// The customer cancelled.
    Cancelled,
}

impl<P> State<P> {
    /// Returns the state's name in the package.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Loading => "loading",
            Self::Offline { .. } => "offline",
            Self::ChooseRegion { .. } => "choose_region",
            Self::OpenLink { .. } => "open_link",
            Self::Verifying { .. } => "verifying",
            Self::Connected { .. } => "connected",
            Self::NeedsAttention { .. } => "needs_attention",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}
