//! The session that a restricted API key's emails are sent with, in an emulator that enforces its policy. Nothing of Kraiter checks what the
//! session's holder sends.

use std::path::Path;

use aws_sans_io::{
    Region, RoleArn,
    ses::SendEmail,
    sts::{AssumeRole, SessionDuration},
};
use domain::{
    api_key::SendRestriction,
    connection::role_session_name,
    onboarding::{ExternalId, SessionLimits, permissions_policy, trust_policy},
};

use crate::{
    Error, Result, customer::Customer, emulator::Ministack, test_env::KRAITER_ACCOUNT, tools::Tools,
};

const ROLE: &str = "KraiterSESRole";

/// The account of the role.
const ACCOUNT: &str = "123456789012";

const REGION: &str = "eu-west-1";

/// Somebody who got the credentials of a restricted session.
pub struct RestrictedSession {
    holder: Customer,
    region: Region,
    _aws: Ministack,
}

impl RestrictedSession {
    /// Starts the emulator, creates the role as the setup instructions say, and assumes it with a session policy for these senders.
    pub fn start(tools: &Tools, logs: &Path, senders: &[&str]) -> Result<Self> {
        let senders = senders.iter().map(|sender| parse(sender)).collect::<Result<_>>()?;
        let restriction = SendRestriction::new(senders, Vec::new())
            .map_err(|(list, _, error)| Error::Unexpected(format!("{list}: {error}")))?;
        let aws = Ministack::start(tools, logs)?;
        let (kraiter, customer) = (aws.root_user(parse(KRAITER_ACCOUNT)?), aws.root_user(parse(ACCOUNT)?));
        let external_id = ExternalId::from_random(&[7; 20]);
        let trust = trust_policy(kraiter.account(), &external_id).to_compact_json();
        let role: RoleArn = parse(&customer.create_role(ROLE, &trust)?)?;
        customer.put_role_policy(ROLE, "KraiterSES", &permissions_policy().to_compact_json())?;
        let region = parse(REGION)?;
        let assume = AssumeRole {
            role_arn: role,
            role_session_name: role_session_name("demo"),
            external_id: Some(external_id.to_string()),
            policy: Some(SessionLimits::sending(&restriction).policy()),
            duration: SessionDuration::MIN,
        };
        let session = kraiter.perform(&assume, region)?;
        let holder = Customer::new(customer.account().clone(), session.credentials, aws.endpoint().clone());
        Ok(Self { holder, region, _aws: aws })
    }

    /// Sends an email. Returns AWS's message if the session may not send it.
    pub fn denial(&self, from: &str, to: &str) -> Result<Option<String>> {
        let email = SendEmail {
            from_email_address: from.to_owned(),
            to_addresses: vec![to.to_owned()],
            subject: "Hello".into(),
            text: Some("Hello".into()),
            ..SendEmail::default()
        };
        match self.holder.perform(&email, self.region) {
            Err(Error::Aws { error, .. }) if error.is_access_denied() => Ok(Some(error.to_string())),
            // The emulator knows no identities: what isn't denied was permitted.
            Ok(_) | Err(Error::Aws { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T> {
    text.parse().map_err(|error| Error::Unexpected(format!("{text}: {error}")))
}
