//! What our policies really permit, by a local AWS that holds calls to them.

#![allow(clippy::unwrap_used, reason = "the whole file is a test, its helpers too")]

use kraiter_core::{
    aws::{Credentials, Error, Operation, Region, RoleArn},
    dkim::Signing,
    mail::{Email, EmailDraft},
    ses::{
        CreateEmailIdentity, DeleteEmailIdentity, GetAccount, GetEmailIdentity, ListEmailIdentities,
        PutEmailIdentityDkimSigningAttributes,
    },
    setup::{ExternalId, SessionPurpose, permissions_policy, trust_policy},
    sts::{AssumeRole, AssumedRole, RoleSessionName, SessionDuration},
};
use test_support::{
    customer::Customer, emulator::Ministack, temp_dir::TempDir, test_env::KRAITER_ACCOUNT, tools::Tools,
};

const ROLE: &str = "KraiterSESRole";

struct World {
    aws: Ministack,
    kraiter: Customer,
    role: RoleArn,
    external_id: ExternalId,
    _logs: TempDir,
}

impl World {
    /// A customer who has made the role as the page for manual set-up says.
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
        let ask = AssumeRole {
            role_arn: self.role.clone(),
            role_session_name: RoleSessionName::of_organisation("org_01"),
            external_id: external_id.map(str::to_owned),
            policy: purpose.map(|purpose| purpose.policy().to_compact_json()),
            duration: SessionDuration::MIN,
        };
        self.kraiter.perform(&ask, region())
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

/// Whether the session may: any answer but a refusal for lack of permission.
fn may<O: Operation>(session: &Customer, operation: &O) -> bool {
    match session.perform(operation, region()) {
        Err(test_support::Error::Aws { error, .. }) if error.is_access_denied() => false,
        Ok(_) | Err(test_support::Error::Aws { error: Error::Service { .. }, .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

/// What the session may, of each kind of action.
fn permitted(session: &Customer) -> [(&'static str, bool); 7] {
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
        email_identity: "example.com".parse().unwrap(),
        signing: Signing::EasyDkim { key_length: None },
    };
    let delete = DeleteEmailIdentity { email_identity: create.email_identity.clone() };
    [
        ("ses:CreateEmailIdentity", may(session, &create)),
        ("ses:GetEmailIdentity", may(session, &get)),
        ("ses:ListEmailIdentities", may(session, &ListEmailIdentities::default())),
        ("ses:PutEmailIdentityDkimSigningAttributes", may(session, &put_dkim)),
        ("ses:DeleteEmailIdentity", may(session, &delete)),
        ("ses:SendEmail", may(session, &email.unwrap().send_email(None, "eml_01"))),
        ("ses:GetAccount", may(session, &GetAccount)),
    ]
}

#[test]
fn the_role_lets_kraiter_in_with_the_external_id_only() {
    let world = World::new();
    assert!(world.assume(Some(world.external_id.as_str()), None).is_ok());
    for wrong in [None, Some("wrong-external-id"), Some(&world.external_id.as_str()[..30])] {
        let refused = world.assume(wrong, None);
        assert!(
            matches!(&refused, Err(test_support::Error::Aws { error, .. }) if error.is_access_denied()),
            "{wrong:?}: {refused:?}"
        );
    }
}

#[test]
fn a_session_may_do_what_it_was_borrowed_for_and_nothing_else() {
    let world = World::new();
    for (action, may) in permitted(&world.session(None)) {
        assert!(may, "the role itself may {action}");
    }
    for purpose in SessionPurpose::ALL {
        for (action, may) in permitted(&world.session(Some(purpose))) {
            assert_eq!(may, purpose.actions().contains(&action), "{purpose:?}: {action}");
        }
    }
}
