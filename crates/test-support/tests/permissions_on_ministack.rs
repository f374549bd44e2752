//! Tests what the role's policies allow, with an emulator that enforces them.

#![allow(clippy::unwrap_used, reason = "the whole file is test code")]

use aws_sans_io::{
    Credentials, Error, Operation, Region, RoleArn,
    dkim::Signing,
    ses::{
        CreateEmailIdentity, DeleteEmailIdentity, GetAccount, GetEmailIdentity, ListEmailIdentities,
        PutEmailIdentityDkimSigningAttributes, SendEmail,
    },
    sts::{AssumeRole, AssumedRole, SessionDuration},
};
use domain::{
    api_key::SendRestriction,
    connection::{
        Binding, CallTarget, EventSource, Subscription,
        audit::{Verdict, probes},
    },
    email::{Email, EmailDraft, SendOptions},
    onboarding::{ExternalId, SessionLimits, SessionPurpose, permissions_policy, trust_policy},
};
use serde_json::json;
use test_support::{
    customer::Customer, emulator::Ministack, restricted_session::RestrictedSession, temp_dir::TempDir,
    test_env::KRAITER_ACCOUNT, tools::Tools,
};

const ROLE: &str = "KraiterSESRole";

struct Fixture {
    aws: Ministack,
    kraiter: Customer,
    role: RoleArn,
    external_id: ExternalId,
    _logs: TempDir,
}

impl Fixture {
    /// Creates a customer and the role, as in the manual setup instructions.
    fn new() -> Self {
        let logs = TempDir::new().unwrap();
        let aws = Ministack::start(&Tools::locate().unwrap(), logs.path()).unwrap();
        let kraiter = aws.root_user(KRAITER_ACCOUNT.parse().unwrap());
        let customer = aws.root_user("123456789012".parse().unwrap());
        let external_id = ExternalId::from_random(&[7; 20]);
        let trust = trust_policy(kraiter.account(), &external_id).to_compact_json();
        let role = customer.create_role(ROLE, &trust).unwrap().parse().unwrap();
        customer.put_role_policy(ROLE, "KraiterSES", &permissions_policy().to_compact_json()).unwrap();
        Self { aws, kraiter, role, external_id, _logs: logs }
    }

    fn assume(
        &self,
        external_id: Option<&str>,
        purpose: Option<SessionPurpose>,
    ) -> test_support::Result<AssumedRole> {
        let request = AssumeRole {
            role_arn: self.role.clone(),
            role_session_name: domain::connection::role_session_name("org_01"),
            external_id: external_id.map(str::to_owned),
            policy: purpose.map(|purpose| purpose.policy().to_compact_json()),
            duration: SessionDuration::MIN,
        };
        self.kraiter.perform(&request, region())
    }

    /// Returns the holder of a session with these limits.
    fn limited_session(&self, limits: &SessionLimits) -> Customer {
        let request = AssumeRole {
            role_arn: self.role.clone(),
            role_session_name: domain::connection::role_session_name("org_01"),
            external_id: Some(self.external_id.to_string()),
            policy: Some(limits.policy()),
            duration: SessionDuration::MIN,
        };
        let session = self.kraiter.perform(&request, region()).unwrap();
        Customer::new(self.role.account().clone(), session.credentials, self.aws.endpoint().clone())
    }

    fn session(&self, purpose: Option<SessionPurpose>) -> Customer {
        let session = self.assume(Some(self.external_id.as_str()), purpose).unwrap();
        let keys: Credentials = session.credentials;
        Customer::new(self.role.account().clone(), keys, self.aws.endpoint().clone())
    }
}

fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

/// Returns true unless the call is denied for lack of permission.
fn is_allowed<O: Operation>(session: &Customer, operation: &O) -> bool {
    match session.perform(operation, region()) {
        Err(test_support::Error::Aws { error, .. }) if error.is_access_denied() => false,
        Ok(_) | Err(test_support::Error::Aws { error: Error::Service { .. }, .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

/// Returns whether the session may call each action.
fn permissions(session: &Customer) -> [(&'static str, bool); 7] {
    let identity = "info@example.com".parse().unwrap();
    let email = Email::try_from(EmailDraft {
        from: "info@example.com".into(),
        to: vec!["success@simulator.amazonses.com".into()],
        subject: "Hello".into(),
        text: Some("Hello".into()),
        ..EmailDraft::default()
    });
    let create = CreateEmailIdentity { email_identity: identity, signing: None };
    let get = GetEmailIdentity { email_identity: create.email_identity.clone() };
    let put_dkim = PutEmailIdentityDkimSigningAttributes {
        email_identity: "example.com".into(),
        signing: Signing::EasyDkim { key_length: None },
    };
    let delete = DeleteEmailIdentity { email_identity: create.email_identity.clone() };
    [
        ("ses:CreateEmailIdentity", is_allowed(session, &create)),
        ("ses:GetEmailIdentity", is_allowed(session, &get)),
        ("ses:ListEmailIdentities", is_allowed(session, &ListEmailIdentities::default())),
        ("ses:PutEmailIdentityDkimSigningAttributes", is_allowed(session, &put_dkim)),
        ("ses:DeleteEmailIdentity", is_allowed(session, &delete)),
        ("ses:SendEmail", is_allowed(session, &email.unwrap().send_email(&SendOptions::default(), "eml_01"))),
        ("ses:GetAccount", is_allowed(session, &GetAccount)),
    ]
}

#[test]
fn kraiter_can_assume_the_role_only_with_the_external_id() {
    let fixture = Fixture::new();
    assert!(fixture.assume(Some(fixture.external_id.as_str()), None).is_ok());
    for wrong in [None, Some("wrong-external-id"), Some(&fixture.external_id.as_str()[..30])] {
        let result = fixture.assume(wrong, None);
        assert!(
            matches!(&result, Err(test_support::Error::Aws { error, .. }) if error.is_access_denied()),
            "{wrong:?}: {result:?}"
        );
    }
}

#[test]
fn a_session_is_allowed_exactly_the_actions_of_its_purpose() {
    let fixture = Fixture::new();
    for (action, allowed) in permissions(&fixture.session(None)) {
        assert!(allowed, "the role must allow {action}");
    }
    for purpose in SessionPurpose::ALL {
        for (action, allowed) in permissions(&fixture.session(Some(purpose))) {
            assert_eq!(allowed, purpose.actions().contains(&action), "{purpose:?}: {action}");
        }
    }
}

/// Returns whether a session may send an email. Nothing of Kraiter checks it.
fn may_send(session: &Customer, from: &str, to: &[&str]) -> bool {
    let send = SendEmail {
        from_email_address: from.to_owned(),
        to_addresses: to.iter().map(|&address| address.to_owned()).collect(),
        subject: "Hello".into(),
        text: Some("Hello".into()),
        ..SendEmail::default()
    };
    is_allowed(session, &send)
}

#[test]
fn a_restricted_session_sends_only_what_its_key_permits() {
    let fixture = Fixture::new();
    let senders = vec!["example.com".parse().unwrap(), "shop@example.net".parse().unwrap()];
    let restriction = SendRestriction::new(senders, vec!["example.org".parse().unwrap()]).unwrap();
    let session = fixture.limited_session(&SessionLimits::sending(&restriction));
    for (from, to) in [
        ("info@example.com", vec!["ada@example.org"]),
        ("Info <info@example.com>", vec!["Ada <ada@example.org>", "bob@example.org"]),
        ("shop@example.net", vec!["ada@example.org"]),
        ("other@example.net", vec!["ada@example.org"]),
        ("info@mail.example.com", vec!["ada@example.org"]),
        ("info@notexample.com", vec!["ada@example.org"]),
        ("info@example.org", vec!["ada@example.org"]),
        ("info@example.com", vec!["ada@example.com"]),
        ("info@example.com", vec!["ada@example.org", "ada@example.com"]),
        ("info@example.com", vec!["ada@example.org.example.com"]),
    ] {
        let is_permitted = restriction.permits_sender(&from.parse().unwrap())
            && to.iter().all(|address| restriction.permits_recipient(&address.parse().unwrap()));
        assert_eq!(may_send(&session, from, &to), is_permitted, "{from} to {to:?}");
    }
    assert!(!may_send(&session, "info@example.com", &[]), "an email without recipients");
    assert!(!is_allowed(&session, &GetAccount));
    let unrestricted = fixture.session(Some(SessionPurpose::Send));
    assert!(may_send(&unrestricted, "other@example.net", &["ada@example.com"]));
}

#[test]
fn the_demos_session_is_denied_another_sender() {
    let logs = TempDir::new().unwrap();
    let session = RestrictedSession::start(&Tools::locate().unwrap(), logs.path(), &["example.com"]).unwrap();
    assert_eq!(session.denial("hello@example.com", "ada@example.org").unwrap(), None);
    let denial = session.denial("hello@example.net", "ada@example.org").unwrap();
    assert!(denial.is_some_and(|message| message.contains("ses:SendEmail")));
}

/// Audits a role with only this policy. Its connection has the configuration set `kraiter`.
fn audit(fixture: &Fixture, policy: &serde_json::Value) -> Vec<(&'static str, Verdict)> {
    let customer = fixture.aws.root_user(fixture.role.account().clone());
    customer.put_role_policy(ROLE, "KraiterSES", &policy.to_string()).unwrap();
    let source = EventSource {
        region: region(),
        configuration_set: "kraiter".into(),
        topic: None,
        subscription: Subscription::Active,
        stack: None,
    };
    let binding = Binding { role_arn: fixture.role.clone(), stack_region: region(), events: vec![source] };
    let session = fixture.session(Some(SessionPurpose::Audit));
    let verdict = |probe: domain::connection::audit::Probe| {
        let response = match session.perform(&probe, region()) {
            Ok(()) => Ok(()),
            Err(test_support::Error::Aws { error, .. }) => Err(error),
            Err(error) => panic!("{error}"),
        };
        (probe.action, probe.verdict(&response))
    };
    probes(&CallTarget { region: region(), binding }, None, None).into_iter().map(verdict).collect()
}

#[test]
fn a_role_limited_to_an_identity_or_a_sender_lacks_no_permission_for_sure() {
    let fixture = Fixture::new();
    let account = json!({ "Effect": "Allow", "Action": "ses:GetAccount", "Resource": "*" });
    let sets =
        json!({ "Effect": "Allow", "Action": "ses:*", "Resource": "arn:aws:ses:*:*:configuration-set/*" });
    for identity in [
        json!({ "Effect": "Allow", "Action": "ses:*", "Resource": "arn:aws:ses:*:*:identity/example.com" }),
        json!({
            "Effect": "Allow",
            "Action": "ses:*",
            "Resource": "*",
            "Condition": { "StringEquals": { "ses:FromAddress": "info@example.com" } },
        }),
    ] {
        let policy = json!({ "Version": "2012-10-17", "Statement": [account, sets, identity] });
        let audit = audit(&fixture, &policy);
        assert!(audit.iter().all(|(_, verdict)| *verdict != Verdict::Missing), "{audit:?}");
        assert!(audit.contains(&("ses:SendEmail", Verdict::Unknown)), "{audit:?}");
        assert!(audit.contains(&("ses:GetEmailIdentity", Verdict::Unknown)), "{audit:?}");
        assert!(audit.contains(&("ses:GetAccount", Verdict::Allowed)), "{audit:?}");
    }
}

#[test]
fn a_role_without_the_connections_configuration_set_lacks_a_permission() {
    let fixture = Fixture::new();
    let identities =
        json!({ "Effect": "Allow", "Action": "ses:*", "Resource": "arn:aws:ses:*:*:identity/*" });
    let audit = audit(&fixture, &json!({ "Version": "2012-10-17", "Statement": [identities] }));
    assert!(audit.contains(&("ses:GetConfigurationSet", Verdict::Missing)), "{audit:?}");
    assert!(audit.contains(&("ses:GetAccount", Verdict::Missing)), "{audit:?}");
}
