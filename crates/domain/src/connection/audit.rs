//! Which actions of the permissions policy a role lacks, found with calls that have no side effects.
//!
//! AWS checks permissions before it looks at the resource, so a role with the permission gets an error about the resource. A refusal is no
//! proof that the permission is missing: the policy may allow the action for other resources or senders. So it counts only for actions
//! without a resource, and for the connection's own configuration set. Every call only reads, or refers to a resource for which SES documents
//! an error:
//!
//! | action | call | response with the permission |
//! |---|---|---|
//! | `ses:GetAccount`, `ses:ListEmailIdentities`, `ses:ListConfigurationSets` | the action | 200 |
//! | `ses:GetEmailIdentity`, `ses:DeleteEmailIdentity`, `ses:PutEmailIdentityDkimSigningAttributes` | for a domain under `.invalid`, which nobody can own (RFC 2606) | `NotFoundException` |
//! | `ses:GetConfigurationSet` | for the connection's set, or one that doesn't exist | 200, `NotFoundException` |
//! | `ses:CreateConfigurationSetEventDestination` | for a set that doesn't exist | `NotFoundException` |
//! | `ses:CreateEmailIdentity` | for an existing domain | `AlreadyExistsException` |
//! | `ses:CreateConfigurationSet` | for an existing set | `AlreadyExistsException` |
//! | `ses:SendEmail`, `ses:SendRawEmail` | from a domain under `.invalid`, with the connection's set | `MessageRejected` |
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

    /// Interprets the response to a call that refers to no resource.
    #[must_use]
    pub fn from_response<T>(response: &Result<T, Error>) -> Self {
        Self::new(response, |_| true)
    }

    /// Interprets the response to a call. `is_proof` decides whether a refusal shows that the permission is missing.
    fn new<T>(response: &Result<T, Error>, is_proof: impl Fn(&Error) -> bool) -> Self {
        match response {
            Ok(_) => Self::Allowed,
            Err(error) if error.is_access_denied() => {
                if is_proof(error) {
                    Self::Missing
                } else {
                    Self::Unknown
                }
            }
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

impl PermissionAudit {
    /// Returns whether a check of the connection should include an audit: if there is none, or it is almost too old.
    #[must_use]
    pub fn is_due(last: Option<&Self>, now: OffsetDateTime) -> bool {
        last.is_none_or(|audit| now - audit.checked_at >= AUDIT_MAX_AGE * 9 / 10)
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

    /// Returns whether the role certainly may not send.
    #[must_use]
    pub fn denies_sends(&self) -> bool {
        self.missing().any(|action| action == "ses:SendEmail")
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
    fn an_audit_contains_every_action_and_names_the_missing_ones() {
        let audit = PermissionAudit::new(
            &[("ses:DeleteEmailIdentity", Verdict::Missing), ("ses:SendEmail", Verdict::Allowed)],
            NOW,
        );
        let verdict =
            |action: &str| audit.permissions.iter().find(|one| one.action == action).map(|one| one.verdict);
        assert_eq!(audit.permissions.len(), 12);
        assert_eq!(verdict("ses:DeleteEmailIdentity"), Some(Verdict::Missing));
        assert_eq!(verdict("ses:SendRawEmail"), Some(Verdict::Unknown));
        assert_eq!(audit.missing().collect::<Vec<_>>(), ["ses:DeleteEmailIdentity"]);
        assert!(!audit.denies_sends());
        assert!(PermissionAudit::new(&[("ses:SendEmail", Verdict::Missing)], NOW).denies_sends());
    }

    #[test]
    fn an_audit_is_due_before_it_is_too_old() {
        let audit = PermissionAudit::new(&[], NOW);
        assert!(PermissionAudit::is_due(None, NOW));
        assert!(!PermissionAudit::is_due(Some(&audit), NOW + Duration::hours(1)));
        assert!(PermissionAudit::is_due(Some(&audit), NOW + AUDIT_MAX_AGE * 9 / 10));
    }
}
