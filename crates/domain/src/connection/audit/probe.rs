//! The calls of an audit.

use aws_sans_io::{
    BuildError, Error, Operation, Service, TopicArn,
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
use serde_json::{Value, json};

use super::{super::CallTarget, Verdict};
use crate::{SIMULATOR_DOMAIN, aws_calls::SEND_EMAIL};

/// The name of a domain and a configuration set that don't exist.
const NONEXISTENT: &str = "kraiter-permission-check";

/// A call without side effects that shows whether the role may perform an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The action that the call requires.
    pub action: &'static str,
    request: ProbeRequest,
    /// The configuration set of the connection that the call refers to.
    configuration_set: Option<String>,
}

impl Probe {
    const fn new(action: &'static str, request: ProbeRequest) -> Self {
        Self { action, request, configuration_set: None }
    }

    /// Interprets the response.
    #[must_use]
    pub fn verdict(&self, response: &Result<(), Error>) -> Verdict {
        Verdict::new(response, |error| match &self.request {
            ProbeRequest::GetAccount(_) => true,
            _ => self.configuration_set.as_deref().is_some_and(|set| is_about_set(error, set)),
        })
    }
}

/// Returns whether AWS denies an action on a configuration set.
fn is_about_set(error: &Error, set: &str) -> bool {
    let resource = error.access_denial().and_then(|denial| denial.resource);
    resource
        .and_then(|resource| resource.split_once(":configuration-set/"))
        .is_some_and(|(_, name)| name == set)
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
    Send(Value),
}

impl Operation for Probe {
    type Output = ();

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        match &self.request {
            ProbeRequest::GetAccount(request) => request.name(),
            ProbeRequest::GetEmailIdentity(request) => request.name(),
            ProbeRequest::DeleteEmailIdentity(request) => request.name(),
            ProbeRequest::PutDkim(request) => request.name(),
            ProbeRequest::CreateEmailIdentity(request) => request.name(),
            ProbeRequest::GetConfigurationSet(request) => request.name(),
            ProbeRequest::CreateConfigurationSet(request) => request.name(),
            ProbeRequest::CreateEventDestination(request) => request.name(),
            ProbeRequest::Send(_) => SEND_EMAIL,
        }
    }

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
                let mut body = json!({
                    "FromEmailAddress": format!("check@{NONEXISTENT}.invalid"),
                    "Destination": { "ToAddresses": [format!("success@{SIMULATOR_DOMAIN}")] },
                    "Content": content,
                });
                if let Some(set) = &self.configuration_set {
                    body["ConfigurationSetName"] = json!(set);
                }
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
/// something refer to existing resources in them. Emails use the configuration set of `target`.
#[must_use]
pub fn probes(
    target: &CallTarget,
    identities: Option<&IdentityPage>,
    sets: Option<&ConfigurationSetPage>,
) -> Vec<Probe> {
    let (account, region) = (target.binding.account(), target.region);
    let configuration_set = target.configuration_set().map(str::to_owned);
    let mut probes = vec![Probe::new("ses:GetAccount", ProbeRequest::GetAccount(GetAccount))];
    let nonexistent = NONEXISTENT.to_owned();
    let text = json!({ "Data": "Permission check" });
    let message = "Subject: Permission check\r\n\r\nPermission check\r\n";
    probes.extend([
        Probe {
            action: "ses:SendEmail",
            request: ProbeRequest::Send(json!({ "Simple": { "Subject": text, "Body": { "Text": text } } })),
            configuration_set: configuration_set.clone(),
        },
        Probe {
            action: "ses:SendRawEmail",
            request: ProbeRequest::Send(json!({ "Raw": { "Data": STANDARD.encode(message) } })),
            configuration_set: configuration_set.clone(),
        },
        Probe {
            action: "ses:GetConfigurationSet",
            request: ProbeRequest::GetConfigurationSet(GetConfigurationSet {
                name: configuration_set.clone().unwrap_or_else(|| nonexistent.clone()),
            }),
            configuration_set,
        },
    ]);
    if let Ok(topic) = format!("arn:aws:sns:{region}:{account}:{NONEXISTENT}").parse::<TopicArn>() {
        let request = CreateConfigurationSetEventDestination {
            configuration_set: nonexistent.clone(),
            name: nonexistent,
            topic,
            tracking: false,
        };
        probes.push(Probe::new(
            "ses:CreateConfigurationSetEventDestination",
            ProbeRequest::CreateEventDestination(request),
        ));
    }
    if let Ok(domain) = format!("{NONEXISTENT}.invalid").parse::<SenderIdentity>() {
        let email_identity = domain.to_string();
        let get = GetEmailIdentity { email_identity: email_identity.clone() };
        let delete = DeleteEmailIdentity { email_identity: email_identity.clone() };
        let signing = Signing::EasyDkim { key_length: None };
        let put = PutEmailIdentityDkimSigningAttributes { email_identity, signing };
        probes.extend([
            Probe::new("ses:GetEmailIdentity", ProbeRequest::GetEmailIdentity(get)),
            Probe::new("ses:DeleteEmailIdentity", ProbeRequest::DeleteEmailIdentity(delete)),
            Probe::new("ses:PutEmailIdentityDkimSigningAttributes", ProbeRequest::PutDkim(put)),
        ]);
    }
    // Not for an existing address: SES might send another verification email.
    let domain = identities.and_then(|page| {
        page.email_identities.iter().find(|listed| listed.identity_type == IdentityType::Domain)
    });
    if let Some(email_identity) = domain.and_then(|listed| listed.identity_name.parse().ok()) {
        let request = CreateEmailIdentity { email_identity, signing: None };
        probes.push(Probe::new("ses:CreateEmailIdentity", ProbeRequest::CreateEmailIdentity(request)));
    }
    if let Some(name) = sets.and_then(|page| page.configuration_sets.first()) {
        let request = CreateConfigurationSet { name: name.clone() };
        probes.push(Probe::new("ses:CreateConfigurationSet", ProbeRequest::CreateConfigurationSet(request)));
    }
    probes
}

#[cfg(test)]
mod tests {
    use aws_sans_io::ses::ListedIdentity;
    use http::Method;

    use super::*;
    use crate::{
        connection::{Binding, EventSource, Subscription},
        onboarding::permissions_policy,
    };

    fn target() -> CallTarget {
        let region = "eu-west-1".parse().unwrap();
        let source = EventSource {
            region,
            configuration_set: "own-set".into(),
            topic: None,
            subscription: Subscription::Active,
            stack: None,
        };
        let role_arn = "arn:aws:iam::123456789012:role/a".parse().unwrap();
        CallTarget { region, binding: Binding { role_arn, stack_region: region, events: vec![source] } }
    }

    fn verdict(action: &str, resource: &str) -> Verdict {
        let probe = all().into_iter().find(|probe| probe.action == action).unwrap();
        let message = format!("User: a is not authorized to perform: {action} on resource: {resource}");
        let code = Some("AccessDeniedException".to_owned());
        probe.verdict(&Err(Error::service(http::StatusCode::FORBIDDEN, code, Some(message), None)))
    }

    #[test]
    fn a_refusal_about_an_identity_that_nobody_owns_says_nothing_about_other_identities() {
        let invented = "arn:aws:ses:eu-west-1:123456789012:identity/kraiter-permission-check.invalid";
        for action in ["ses:SendEmail", "ses:SendRawEmail", "ses:GetEmailIdentity", "ses:DeleteEmailIdentity"]
        {
            assert_eq!(verdict(action, invented), Verdict::Unknown, "{action}");
            assert_eq!(verdict(action, "*"), Verdict::Unknown, "{action}");
        }
    }

    #[test]
    fn a_refusal_about_the_connections_configuration_set_shows_that_the_permission_is_missing() {
        let set = "arn:aws:ses:eu-west-1:123456789012:configuration-set/own-set";
        for action in ["ses:SendEmail", "ses:SendRawEmail", "ses:GetConfigurationSet"] {
            assert_eq!(verdict(action, set), Verdict::Missing, "{action}");
            assert_eq!(verdict(action, &format!("{set}-2")), Verdict::Unknown, "{action}");
        }
        assert_eq!(verdict("ses:GetAccount", "*"), Verdict::Missing);
    }

    #[test]
    fn an_email_is_probed_with_the_connections_configuration_set() {
        let sends = all().into_iter().filter(|probe| probe.action.starts_with("ses:Send"));
        for probe in sends {
            let body: Value = serde_json::from_slice(probe.request().unwrap().body()).unwrap();
            assert_eq!(body["ConfigurationSetName"], "own-set", "{}", probe.action);
        }
    }

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
        probes(&target(), Some(&identities), Some(&sets))
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
        let probes = probes(&target(), None, Some(&ConfigurationSetPage::default()));
        assert!(
            probes.iter().all(|probe| !matches!(
                probe.action,
                "ses:CreateEmailIdentity" | "ses:CreateConfigurationSet"
            ))
        );
    }
}
