//! Which actions of the policy a role lacks, found out by calls that change nothing.
//!
//! AWS decides whether a call is allowed before it looks at what the call is about. So whoever may do a thing is told that the thing isn't
//! there, and whoever may not is refused: both without anything happening. Each call is one that reads, or one that SES documents to refuse:
//!
//! | action | call | answer to who may |
//! |---|---|---|
//! | `ses:GetAccount`, `ses:ListEmailIdentities`, `ses:ListConfigurationSets` | as it is | 200 |
//! | `ses:GetEmailIdentity`, `ses:DeleteEmailIdentity`, `ses:PutEmailIdentityDkimSigningAttributes` | about a domain below `.invalid`, which nobody can own (RFC 2606) | `NotFoundException` |
//! | `ses:GetConfigurationSet`, `ses:CreateConfigurationSetEventDestination` | about a set that isn't there | `NotFoundException` |
//! | `ses:CreateEmailIdentity` | about a domain that is there already | `AlreadyExistsException` |
//! | `ses:CreateConfigurationSet` | about a set that is there already | `AlreadyExistsException` |
//! | `ses:SendEmail`, `ses:SendRawEmail` | from a domain below `.invalid` | `MessageRejected` |
//!
//! Where nothing is there yet that a call could be about, its action is [`Verdict::Unknown`]: a call that might make something isn't harmless.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::delivery::sandbox::SIMULATOR;
#[cfg(feature = "schemars")]
use crate::schema::Timestamp;
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

/// A domain that nobody can own, and a configuration set that nobody has.
const NOTHING: &str = "kraiter-permission-check";

/// Whether a role may perform an action.
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
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Allowed, Self::Missing, Self::Unknown];

    /// What an answer says.
    #[must_use]
    pub fn of<T>(answer: &Result<T, Error>) -> Self {
        match answer {
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

/// Whether the role may perform one action of the permissions policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// The action, such as `ses:SendEmail`.
    pub action: String,
    /// Whether the role may perform it.
    pub verdict: Verdict,
}

/// Which actions of the permissions policy the role may perform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PermissionAudit {
    /// The actions, in the order of the policy.
    pub permissions: Vec<Permission>,
    /// When the permissions were checked.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub checked_at: OffsetDateTime,
}

/// How long it holds what was found out: then it is found out again.
pub const AUDIT_LASTS: Duration = Duration::hours(6);

impl PermissionAudit {
    /// Whether it is to be made at a look at the connection: where there is none, or it has held for long enough.
    #[must_use]
    pub fn is_due(last: Option<&Self>, now: OffsetDateTime) -> bool {
        last.is_none_or(|audit| now - audit.checked_at >= AUDIT_LASTS * 9 / 10)
    }

    /// What was found out at `now`: of the actions that answers were got for; of the others nothing is known.
    #[must_use]
    pub fn new(verdicts: &[(&'static str, Verdict)], now: OffsetDateTime) -> Self {
        let policy = crate::onboarding::permissions_policy();
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

    /// The actions that are missing.
    pub fn missing(&self) -> impl Iterator<Item = &str> {
        let missing = self.permissions.iter().filter(|permission| permission.verdict == Verdict::Missing);
        missing.map(|permission| permission.action.as_str())
    }

    /// The first missing action without which mail can't be sent.
    #[must_use]
    pub fn missing_to_send(&self) -> Option<&str> {
        self.missing().find(|action| action.starts_with("ses:Send"))
    }
}

/// A call that changes nothing, for the sake of how it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The action that it needs.
    pub action: &'static str,
    ask: Ask,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Ask {
    GetAccount(GetAccount),
    GetEmailIdentity(GetEmailIdentity),
    DeleteEmailIdentity(DeleteEmailIdentity),
    PutDkim(PutEmailIdentityDkimSigningAttributes),
    CreateEmailIdentity(CreateEmailIdentity),
    GetConfigurationSet(GetConfigurationSet),
    CreateConfigurationSet(CreateConfigurationSet),
    CreateEventDestination(CreateConfigurationSetEventDestination),
    /// A mail, as `SendEmail` takes its `Content`.
    Send(serde_json::Value),
}

impl Operation for Probe {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        match &self.ask {
            Ask::GetAccount(ask) => ask.request(),
            Ask::GetEmailIdentity(ask) => ask.request(),
            Ask::DeleteEmailIdentity(ask) => ask.request(),
            Ask::PutDkim(ask) => ask.request(),
            Ask::CreateEmailIdentity(ask) => ask.request(),
            Ask::GetConfigurationSet(ask) => ask.request(),
            Ask::CreateConfigurationSet(ask) => ask.request(),
            Ask::CreateEventDestination(ask) => ask.request(),
            Ask::Send(content) => {
                let body = json!({
                    "FromEmailAddress": format!("check@{NOTHING}.invalid"),
                    "Destination": { "ToAddresses": [format!("success@{SIMULATOR}")] },
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

    fn output(&self, _: &[u8]) -> Result<(), Error> {
        Ok(())
    }
}

/// The calls that tell of the actions but for the two that list, whose answers are `identities` and `sets`: what is there already is what
/// the calls that make something are about.
#[must_use]
pub fn probes(
    account: &AccountId,
    region: Region,
    identities: Option<&IdentityPage>,
    sets: Option<&ConfigurationSetPage>,
) -> Vec<Probe> {
    let mut probes = vec![Probe { action: "ses:GetAccount", ask: Ask::GetAccount(GetAccount) }];
    let nothing = NOTHING.to_owned();
    let text = json!({ "Data": "Permission check" });
    let message = "Subject: Permission check\r\n\r\nPermission check\r\n";
    probes.extend([
        Probe {
            action: "ses:SendEmail",
            ask: Ask::Send(json!({ "Simple": { "Subject": text, "Body": { "Text": text } } })),
        },
        Probe {
            action: "ses:SendRawEmail",
            ask: Ask::Send(json!({ "Raw": { "Data": STANDARD.encode(message) } })),
        },
        Probe {
            action: "ses:GetConfigurationSet",
            ask: Ask::GetConfigurationSet(GetConfigurationSet { name: nothing.clone() }),
        },
    ]);
    if let Ok(topic) = format!("arn:aws:sns:{region}:{account}:{NOTHING}").parse::<TopicArn>() {
        let ask = CreateConfigurationSetEventDestination {
            configuration_set: nothing.clone(),
            name: nothing,
            topic,
        };
        probes.push(Probe {
            action: "ses:CreateConfigurationSetEventDestination",
            ask: Ask::CreateEventDestination(ask),
        });
    }
    if let Ok(nobodys) = format!("{NOTHING}.invalid").parse::<SenderIdentity>() {
        let signing = Signing::EasyDkim { key_length: None };
        probes.extend([
            Probe {
                action: "ses:GetEmailIdentity",
                ask: Ask::GetEmailIdentity(GetEmailIdentity { email_identity: nobodys.to_string() }),
            },
            Probe {
                action: "ses:DeleteEmailIdentity",
                ask: Ask::DeleteEmailIdentity(DeleteEmailIdentity { email_identity: nobodys.to_string() }),
            },
            Probe {
                action: "ses:PutEmailIdentityDkimSigningAttributes",
                ask: Ask::PutDkim(PutEmailIdentityDkimSigningAttributes {
                    email_identity: nobodys.to_string(),
                    signing,
                }),
            },
        ]);
    }
    // For an address that is there, SES might send its mail with the link once more.
    let domain = identities.and_then(|page| {
        page.email_identities.iter().find(|listed| listed.identity_type == IdentityType::Domain)
    });
    if let Some(email_identity) = domain.and_then(|listed| listed.identity_name.parse().ok()) {
        let ask = CreateEmailIdentity { email_identity, signing: None };
        probes.push(Probe { action: "ses:CreateEmailIdentity", ask: Ask::CreateEmailIdentity(ask) });
    }
    if let Some(name) = sets.and_then(|page| page.configuration_sets.first()) {
        let ask = CreateConfigurationSet { name: name.clone() };
        probes.push(Probe { action: "ses:CreateConfigurationSet", ask: Ask::CreateConfigurationSet(ask) });
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
    fn there_is_one_call_for_each_action_of_the_policy_beside_the_two_that_list() {
        let mut probed: Vec<_> = all().iter().map(|probe| probe.action).collect();
        probed.extend(["ses:ListEmailIdentities", "ses:ListConfigurationSets"]);
        probed.sort_unstable();
        let policy = crate::onboarding::permissions_policy();
        let mut actions: Vec<_> = policy.actions().collect();
        actions.sort_unstable();
        assert_eq!(probed, actions);
    }

    #[test]
    fn a_call_that_could_change_something_is_about_nothing_or_about_what_is_there() {
        for probe in all() {
            let request = probe.request().unwrap();
            if request.method() == Method::GET {
                continue;
            }
            let said = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
            let is_about_nothing = said.contains(NOTHING);
            let is_about_what_is_there = said.contains("\"example.com\"") || said.contains("\"kraiter\"");
            assert!(is_about_nothing || is_about_what_is_there, "{}: {said}", probe.action);
            assert!(!said.contains("me@example.com"), "{}: {said}", probe.action);
        }
    }

    #[test]
    fn where_nothing_is_there_nothing_is_made() {
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
    fn whoever_is_told_about_the_thing_may_do_it() {
        let error = |status: u16, code: &str| {
            Err::<(), _>(Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), None, None))
        };
        assert_eq!(Verdict::of(&Ok::<_, Error>(())), Verdict::Allowed);
        for code in ["NotFoundException", "AlreadyExistsException", "MessageRejected", "BadRequestException"]
        {
            assert_eq!(Verdict::of(&error(400, code)), Verdict::Allowed, "{code}");
        }
        assert_eq!(Verdict::of(&error(403, "AccessDeniedException")), Verdict::Missing);
        for unknown in [
            error(429, "TooManyRequestsException"),
            error(503, "ServiceUnavailable"),
            error(403, "ExpiredTokenException"),
            Err(Error::Unreachable("reset".into())),
        ] {
            assert_eq!(Verdict::of(&unknown), Verdict::Unknown, "{unknown:?}");
        }
    }

    #[test]
    fn every_action_of_the_policy_is_told_of_and_those_that_send_stand_out() {
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
    fn it_is_made_anew_at_the_looks_that_are_made_anyway() {
        let audit = PermissionAudit::new(&[], NOW);
        assert!(PermissionAudit::is_due(None, NOW));
        assert!(!PermissionAudit::is_due(Some(&audit), NOW + Duration::hours(1)));
        assert!(PermissionAudit::is_due(Some(&audit), NOW + AUDIT_LASTS * 9 / 10));
    }
}
