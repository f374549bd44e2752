//! The rights of an API key.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{KeyScope, SendRestriction};
use crate::TemplateId;

/// What an API key may do, and until when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRights {
    pub scope: KeyScope,
    /// When the key stops working; `None` if never.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// What its emails are limited to. Only keys that send have limits: a full key could create one without.
    #[serde(default)]
    pub restriction: SendRestriction,
    /// The templates that its emails must use; empty if any content is permitted. AWS doesn't know templates.
    #[serde(default)]
    pub templates: Vec<TemplateId>,
    /// Whether it is a test key: its emails go to the mailbox simulator.
    #[serde(default)]
    pub is_test: bool,
}

impl KeyRights {
    #[must_use]
    pub fn is_valid_at(&self, now: OffsetDateTime) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }

    /// Returns whether emails of the key may use this template, or none.
    #[must_use]
    pub fn permits_template(&self, template: Option<&str>) -> bool {
        let template = template.and_then(|id| id.parse().ok());
        self.templates.is_empty() || template.is_some_and(|id| self.templates.contains(&id))
    }

    /// Returns whether the key's emails are limited.
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        !self.restriction.is_empty() || !self.templates.is_empty()
    }

    /// Returns whether the key can always manage the organisation. One such key must remain.
    #[must_use]
    pub fn is_permanent_full(&self) -> bool {
        self.scope == KeyScope::Full && self.expires_at.is_none()
    }
}

#[cfg(test)]
mod tests {
    use time::{Duration, macros::datetime};

    use super::*;

    #[test]
    fn a_key_stops_working_at_its_end_and_without_one_never() {
        let end = datetime!(2026-11-24 12:00 UTC);
        let rights = KeyRights { expires_at: Some(end), ..KeyRights::default() };
        assert!(rights.is_valid_at(end - Duration::MILLISECOND));
        assert!(!rights.is_valid_at(end));
        assert!(KeyRights::default().is_valid_at(datetime!(9999-12-31 23:59 UTC)));
    }

    #[test]
    fn a_key_with_templates_sends_nothing_else() {
        let id = TemplateId::new(datetime!(2026-11-24 12:00 UTC), 1);
        let other = TemplateId::new(datetime!(2026-11-24 12:00 UTC), 2).to_string();
        let limited = KeyRights { templates: vec![id], ..KeyRights::default() };
        assert!(limited.is_restricted() && limited.permits_template(Some(&id.to_string())));
        for refused in [None, Some(other.as_str()), Some("tpl_1")] {
            assert!(!limited.permits_template(refused), "{refused:?}");
            assert!(KeyRights::default().permits_template(refused), "{refused:?}");
        }
    }

    #[test]
    fn only_a_full_key_without_an_end_can_always_manage_the_organisation() {
        let end = Some(datetime!(2026-11-24 12:00 UTC));
        for scope in KeyScope::ALL {
            for expires_at in [None, end] {
                let rights = KeyRights { scope, expires_at, ..KeyRights::default() };
                let expected = scope == KeyScope::Full && expires_at.is_none();
                assert_eq!(rights.is_permanent_full(), expected, "{rights:?}");
            }
        }
    }
}
