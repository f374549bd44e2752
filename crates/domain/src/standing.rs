//! Whether an organisation may use Kraiter.

/// An organisation's standing, which an operator decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    #[default]
    Active,
    /// It sends and changes nothing. Its events still arrive, and its data can be read.
    Suspended,
}

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestEffect {
    /// It reads, or signs out.
    None,
    /// It sends, changes something, or calls AWS to check something.
    Some,
}

impl Standing {
    #[must_use]
    pub const fn permits(self, effect: RequestEffect) -> bool {
        matches!((self, effect), (Self::Active, _) | (Self::Suspended, RequestEffect::None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suspended_organisation_may_only_read() {
        assert!(
            Standing::Active.permits(RequestEffect::Some) && Standing::Active.permits(RequestEffect::None)
        );
        assert!(Standing::Suspended.permits(RequestEffect::None));
        assert!(!Standing::Suspended.permits(RequestEffect::Some));
    }
}
