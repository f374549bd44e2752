//! The calls of an audit.

use aws_sans_io::{
    AccountId, BuildError, Error, Operation, Region, Service, TopicArn,
    dkim::Signing,
    ses::{
        ConfigurationSetPage, CreateConfigurationSet, CreateConfigurationSetEventDestination,
        CreateEmailIdentity, DeleteEmailIdentity, GetAccount, GetConfigurationSet, GetEmailIdentity,
        IdentityPage, IdentityType, PutEmailIdentityDkimSigningAttributes,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use email_message::SenderIdentity;
use http::Request;
use serde_json::json;

use crate::SIMULATOR_DOMAIN;

/// The name of a domain and a configuration set that don't exist.
const NONEXISTENT: &str = "kraiter-permission-check";

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
            tracking: false,
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
    use http::Method;

    use super::*;
    use crate::onboarding::permissions_policy;

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
}
