//! What a page shows.

use crate::failure::Failure;

/// A state of the flow. `P` is what the API answered, as it came.
#[derive(Clone, Debug, PartialEq)]
pub enum State<P> {
    /// Nothing is known yet.
    Loading,
    /// Kraiter can't be reached.
    Offline {
        /// What was shown before; `None` where nothing was known.
        last: Option<Box<Self>>,
    },
    /// No account is connected: the customer chooses a region.
    ChooseRegion {
        /// The connection.
        binding: P,
    },
    /// The customer has to create the stack, or a role by hand.
    OpenLink {
        /// The link and the policies.
        details: P,
        /// The connection.
        binding: P,
    },
    /// The role is being tried.
    Verifying {
        /// The connection.
        binding: P,
    },
    /// It works.
    Connected {
        /// The connection.
        binding: P,
    },
    /// Something stands in the way.
    NeedsAttention {
        /// The connection, with its reason.
        binding: P,
    },
    /// What was asked for was refused.
    Failed {
        /// Why.
        failure: Failure,
        /// Whether [`Event::Retry`](super::Event::Retry) may help without anything being mended first.
        can_retry: bool,
    },
    /// The customer called it off.
    Cancelled,
}

impl<P> State<P> {
    /// The state's name in the package.
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
