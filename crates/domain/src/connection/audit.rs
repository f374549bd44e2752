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

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};

#[cfg(feature = "schemars")]
use crate::schema::Timestamp;
use crate::{SIMULATOR_DOMAIN, onboarding::permissions_policy};
use aws_sans_io::{
    AccountId, BuildError, Error, Operation, Region, Retry, Service, TopicArn,
    dkim::Signing,
    ses::{
        ConfigurationSetPage, CreateConfigurationSet, CreateConfigurationSetEventDestination,
        CreateEmailIdentity, DeleteEmailIdentity, GetAccount, GetConfigurationSet, GetEmailIdentity,
        IdentityPage, IdentityType, PutEmailIdentityDkimSigningAttributes,
    },
};
use email_message::SenderIdentity;

/// The name of a domain and a configuration set that don't exist.
const NONEXISTENT: &str = "kraiter-permission-check";

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

    /// Returns the first missing action that is required to send email.
    #[must_use]
    pub fn missing_to_send(&self) -> Option<&str> {
        self.missing().find(|action| action.starts_with("ses:Send"))
    }
}

/// A call without side effects that shows whether the role may perform an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The action that the call requires.
    pub action: &'static str,
    request: ProbeRequest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ProbeRequest {
    GetAccount(GetAccount),
    GetEmailIdentity(GetEmailIdentity),
    DeleteEmailIdentity(DeleteEmailIdentity),
    PutDkim(PutEmailIdentityDkimSigningAttributes),
    CreateEmailIdentity(CreateEmailIdentity),
    GetConfigurationSet(GetConfigurationSet),
    CreateConfigurationSet(CreateConfigurationSet),
    CreateEventDestination(CreateConfigurationSetEventDestination),
    /// The `Content` of `SendEmail`.
    Send(serde_json::Value),
}

impl Operation for Probe {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        match &self.request {
            ProbeRequest::GetAccount(request) => request.request(),
            ProbeRequest::GetEmailIdentity(request) => request.request(),
            ProbeRequest::DeleteEmailIdentity(request) => request.request(),
            ProbeRequest::PutDkim(request) => request.request(),
            ProbeRequest::CreateEmailIdentity(request) => request.request(),
            ProbeRequest::GetConfigurationSet(request) => request.request(),
            ProbeRequest::CreateConfigurationSet(request) => request.request(),
            ProbeRequest::CreateEventDestination(request) => request.request(),
            ProbeRequest::Send(content) => {
                let body = json!({
                    "FromEmailAddress": format!("check@{NONEXISTENT}.invalid"),
                    "Destination": { "ToAddresses": [format!("success@{SIMULATOR_DOMAIN}")] },
                    "Content": content,
                });
                Ok(Request::builder()
                    .method(http::Method::POST)
                    .uri("/v2/email/outbound-emails")
                    .header(http::header::CONTENT_TYPE, "application/json")
                    .body(serde_json::to_vec(&body)?.into())?)
            }
        }
    }

    fn parse_body(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

/// Returns the probes of all actions except the two that list. Their results are `identities` and `sets`, and the probes that create
/// something refer to existing resources in them.
#[must_use]
pub fn probes(
    account: &AccountId,
    region: Region,
    identities: Option<&IdentityPage>,
    sets: Option<&ConfigurationSetPage>,
) -> Vec<Probe> {
    let mut probes = vec![Probe { action: "ses:GetAccount", request: ProbeRequest::GetAccount(GetAccount) }];
    let nonexistent = NONEXISTENT.to_owned();
    let text = json!({ "Data": "Permission check" });
    let message = "Subject: Permission check\r\n\r\nPermission check\r\n";
    probes.extend([
        Probe {
            action: "ses:SendEmail",
            request: ProbeRequest::Send(json!({ "Simple": { "Subject": text, "Body": { "Text": text } } })),
        },
        Probe {
            action: "ses:SendRawEmail",
            request: ProbeRequest::Send(json!({ "Raw": { "Data": STANDARD.encode(message) } })),
        },
        Probe {
            action: "ses:GetConfigurationSet",
            request: ProbeRequest::GetConfigurationSet(GetConfigurationSet { name: nonexistent.clone() }),
        },
    ]);
    if let Ok(topic) = format!("arn:aws:sns:{region}:{account}:{NONEXISTENT}").parse::<TopicArn>() {
        let request = CreateConfigurationSetEventDestination {
            configuration_set: nonexistent.clone(),
            name: nonexistent,
            topic,
        };
        probes.push(Probe {
            action: "ses:CreateConfigurationSetEventDestination",
            request: ProbeRequest::CreateEventDestination(request),
        });
    }
    if let Ok(domain) = format!("{NONEXISTENT}.invalid").parse::<SenderIdentity>() {
        let signing = Signing::EasyDkim { key_length: None };
        probes.extend([
            Probe {
                action: "ses:GetEmailIdentity",
                request: ProbeRequest::GetEmailIdentity(GetEmailIdentity {
                    email_identity: domain.to_string(),
                }),
            },
            Probe {
                action: "ses:DeleteEmailIdentity",
                request: ProbeRequest::DeleteEmailIdentity(DeleteEmailIdentity {
                    email_identity: domain.to_string(),
                }),
            },
            Probe {
                action: "ses:PutEmailIdentityDkimSigningAttributes",
                request: ProbeRequest::PutDkim(PutEmailIdentityDkimSigningAttributes {
                    email_identity: domain.to_string(),
                    signing,
                }),
            },
        ]);
    }
    // Not for an existing address: SES might send another verification email.
    let domain = identities.and_then(|page| {
        page.email_identities.iter().find(|listed| listed.identity_type == IdentityType::Domain)
    });
    if let Some(email_identity) = domain.and_then(|listed| listed.identity_name.parse().ok()) {
        let request = CreateEmailIdentity { email_identity, signing: None };
        probes.push(Probe {
            action: "ses:CreateEmailIdentity",
            request: ProbeRequest::CreateEmailIdentity(request),
        });
    }
    if let Some(name) = sets.and_then(|page| page.configuration_sets.first()) {
        let request = CreateConfigurationSet { name: name.clone() };
        probes.push(Probe {
            action: "ses:CreateConfigurationSet",
            request: ProbeRequest::CreateConfigurationSet(request),
        });
    }
    probes
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::ListedIdentity;
    use http::{Method, StatusCode};
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn all() -> Vec<Probe> {
        let listed = |name: &str, identity_type| ListedIdentity {
            identity_name: name.into(),
            identity_type,
            sending_enabled: false,
            verification_status: aws_sans_io::ses::VerificationStatus::default(),
        };
        let identities = IdentityPage {
            email_identities: vec![
                listed("me@example.com", IdentityType::EmailAddress),
                listed("example.com", IdentityType::Domain),
            ],
            next_token: None,
        };
        let sets = ConfigurationSetPage { configuration_sets: vec!["kraiter".into()] };
        let account = "123456789012".parse().unwrap();
        probes(&account, "eu-west-1".parse().unwrap(), Some(&identities), Some(&sets))
    }

    #[test]
    fn every_action_of_the_policy_except_the_two_that_list_has_a_probe() {
        let mut probed: Vec<_> = all().iter().map(|probe| probe.action).collect();
        probed.extend(["ses:ListEmailIdentities", "ses:ListConfigurationSets"]);
        probed.sort_unstable();
        let policy = permissions_policy();
        let mut actions: Vec<_> = policy.actions().collect();
        actions.sort_unstable();
        assert_eq!(probed, actions);
    }

    #[test]
    fn a_probe_that_could_change_something_refers_to_nothing_or_to_an_existing_resource() {
        for probe in all() {
            let request = probe.request().unwrap();
            if request.method() == Method::GET {
                continue;
            }
            let text = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
            let refers_to_nothing = text.contains(NONEXISTENT);
            let refers_to_existing = text.contains("\"example.com\"") || text.contains("\"kraiter\"");
            assert!(refers_to_nothing || refers_to_existing, "{}: {text}", probe.action);
            assert!(!text.contains("me@example.com"), "{}: {text}", probe.action);
        }
    }

    #[test]
    fn no_probe_creates_anything_in_an_empty_account() {
        let account = "123456789012".parse().unwrap();
        let probes =
            probes(&account, "eu-west-1".parse().unwrap(), None, Some(&ConfigurationSetPage::default()));
        assert!(
            probes.iter().all(|probe| !matches!(
                probe.action,
                "ses:CreateEmailIdentity" | "ses:CreateConfigurationSet"
            ))
        );
    }

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
    fn an_audit_is_due_before_it_is_too_old() {
        let audit = PermissionAudit::new(&[], NOW);
        assert!(PermissionAudit::is_due(None, NOW));
        assert!(!PermissionAudit::is_due(Some(&audit), NOW + Duration::hours(1)));
        assert!(PermissionAudit::is_due(Some(&audit), NOW + AUDIT_MAX_AGE * 9 / 10));
    }
}
