//! Which actions of the permissions policy a role lacks, found with calls that have no side effects.
//!
//! AWS checks permissions before it looks at the resource. A role with the permission gets an error about the resource, and a role without
//! it gets `AccessDenied`. Every call only reads, or refers to a resource for which SES documents an error:
//!
//! | action | call | response with the permission |
//! |---|---|---|
//! | `ses:GetAccount`, `ses:ListEmailIdentities`, `ses:ListConfigurationSets` | the action | 200 |
//! | `ses:GetEmailIdentity`, `ses:DeleteEmailIdentity`, `ses:PutEmailIdentityDkimSigningAttributes` | for a domain under `.invalid`, which nobody can own (RFC 2606) | `NotFoundException` |
//! | `ses:GetConfigurationSet`, `ses:CreateConfigurationSetEventDestination` | for a set that doesn't exist | `NotFoundException` |
//! | `ses:CreateEmailIdentity` | for an existing domain | `AlreadyExistsException` |
//! | `ses:CreateConfigurationSet` | for an existing set | `AlreadyExistsException` |
//! | `ses:SendEmail`, `ses:SendRawEmail` | from a domain under `.invalid` | `MessageRejected` |
//!
//! If the account has no domain or configuration set yet, the action that creates one is [`Verdict::Unknown`]: the call would create it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod probe;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::onboarding::permissions_policy;
#[cfg(feature = "schemars")]
use crate::schema::Timestamp;
use aws_sans_io::{Error, Retry};

pub use probe::{Probe, probes};

/// The result of checking whether a role may perform an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The role may perform it.
    Allowed,
    /// The role's policy, its permissions boundary or a service control policy denies the action or doesn't allow it.
    Missing,
    /// AWS didn't say, or there is no call that checks it without side effects.
    Unknown,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Missing, Self::Unknown];

    /// Interprets the response to a call.
    #[must_use]
    pub fn from_response<T>(response: &Result<T, Error>) -> Self {
        match response {
            Ok(_) => Self::Allowed,
            Err(error) if error.is_access_denied() => Self::Missing,
            Err(error @ Error::Service { status, .. })
                if status.is_client_error()
                    && error.retry() == Retry::Never
                    && !error.rejects_credentials() =>
            {
                Self::Allowed
            }
            Err(_) => Self::Unknown,
        }
    }
}

/// The result of checking one action of the permissions policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// The action, such as `ses:SendEmail`.
    pub action: String,
    /// The result of the check.
    pub verdict: Verdict,
}

/// The actions of the permissions policy that the role may and may not perform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PermissionAudit {
    /// The actions, in the order of the policy.
    pub permissions: Vec<Permission>,
    /// Time of the check.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub checked_at: OffsetDateTime,
}

/// The maximum age of an audit.
pub const AUDIT_MAX_AGE: Duration = Duration::hours(6);

/// The age up to which an audit isn't repeated for a check.
const RECENT: Duration = Duration::seconds(5);

impl PermissionAudit {
    /// Returns whether a check of the connection should include an audit: if there is none, or it is almost too old.
    #[must_use]
    pub fn is_due(last: Option<&Self>, now: OffsetDateTime) -> bool {
        last.is_none_or(|audit| now - audit.checked_at >= AUDIT_MAX_AGE * 9 / 10)
    }

    /// Returns whether a check of the role should repeat the audit first: if it found that the role may not send, which the customer may
    /// have fixed since.
    #[must_use]
    pub fn should_repeat_for_check(&self, now: OffsetDateTime) -> bool {
        self.missing_to_send().is_some() && now - self.checked_at >= RECENT
    }

    /// Creates the audit from the verdicts at `now`. Actions without a verdict are [`Verdict::Unknown`].
    #[must_use]
    pub fn new(verdicts: &[(&'static str, Verdict)], now: OffsetDateTime) -> Self {
        let policy = permissions_policy();
        let verdict_of = |action: &str| {
            let found = verdicts.iter().find(|(known, _)| *known == action);
            found.map_or(Verdict::Unknown, |(_, verdict)| *verdict)
        };
        let permissions = policy
            .actions()
            .map(|action| Permission { action: action.to_owned(), verdict: verdict_of(action) })
            .collect();
        Self { permissions, checked_at: now }
    }

    /// Returns the missing actions.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let missing = self.permissions.iter().filter(|permission| permission.verdict == Verdict::Missing);
        missing.map(|permission| permission.action.as_str())
    }

    /// Returns the first missing action that is required to send email.
    #[must_use]
    pub fn missing_to_send(&self) -> Option<&str> {
        self.missing().find(|action| action.starts_with("ses:Send"))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn an_error_about_the_resource_shows_that_the_action_is_allowed() {
        let error = |status: u16, code: &str| {
            Err::<(), _>(Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), None, None))
        };
        assert_eq!(Verdict::from_response(&Ok::<_, Error>(())), Verdict::Allowed);
        for code in ["NotFoundException", "AlreadyExistsException", "MessageRejected", "BadRequestException"]
        {
            assert_eq!(Verdict::from_response(&error(400, code)), Verdict::Allowed, "{code}");
        }
        assert_eq!(Verdict::from_response(&error(403, "AccessDeniedException")), Verdict::Missing);
        for unknown in [
            error(429, "TooManyRequestsException"),
            error(503, "ServiceUnavailable"),
            error(403, "ExpiredTokenException"),
            Err(Error::Unreachable("reset".into())),
        ] {
            assert_eq!(Verdict::from_response(&unknown), Verdict::Unknown, "{unknown:?}");
        }
    }

    #[test]
    fn an_audit_contains_every_action_and_names_the_missing_ones_for_sending() {
        let audit = PermissionAudit::new(
            &[("ses:DeleteEmailIdentity", Verdict::Missing), ("ses:SendEmail", Verdict::Allowed)],
            NOW,
        );
        let verdict =
            |action: &str| audit.permissions.iter().find(|one| one.action == action).map(|one| one.verdict);
        assert_eq!(audit.permissions.len(), 12);
        assert_eq!(verdict("ses:DeleteEmailIdentity"), Some(Verdict::Missing));
        assert_eq!(verdict("ses:SendRawEmail"), Some(Verdict::Unknown));
        assert_eq!(audit.missing_to_send(), None);
        let audit = PermissionAudit::new(&[("ses:SendRawEmail", Verdict::Missing)], NOW);
        assert_eq!(audit.missing_to_send(), Some("ses:SendRawEmail"));
    }

    #[test]
    fn a_check_repeats_an_audit_that_may_be_outdated() {
        let missing = |action| PermissionAudit::new(&[(action, Verdict::Missing)], NOW);
        assert!(missing("ses:SendEmail").should_repeat_for_check(NOW + RECENT));
        assert!(!missing("ses:SendEmail").should_repeat_for_check(NOW + RECENT - Duration::MILLISECOND));
        assert!(!missing("ses:GetAccount").should_repeat_for_check(NOW + RECENT));
    }

    #[test]
    fn an_audit_is_due_before_it_is_too_old() {
        let audit = PermissionAudit::new(&[], NOW);
        assert!(PermissionAudit::is_due(None, NOW));
        assert!(!PermissionAudit::is_due(Some(&audit), NOW + Duration::hours(1)));
        assert!(PermissionAudit::is_due(Some(&audit), NOW + AUDIT_MAX_AGE * 9 / 10));
    }
}
