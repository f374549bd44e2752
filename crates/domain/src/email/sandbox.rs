//! Recipients of an account in the SES sandbox, which must be verified or addresses of the mailbox simulator.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>

use std::collections::HashMap;

use aws_sans_io::{
    Error, Region,
    ses::{EmailIdentity, get_account::Account},
};
use email_message::SenderIdentity;

use super::Email;
use crate::{connection::AccountFacts, simulator::SIMULATOR_DOMAIN};

/// The maximum number of identities to look up in SES for one request of a customer: SES allows few such calls per second. Beyond it, SES
/// itself refuses recipients that aren't verified.
const MAX_LOOKUPS: usize = 100;

/// A recipient that the sandbox refuses unless its address or domain is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientToVerify {
    /// The recipient's path in the request, such as `to[1]`.
    pub field: String,
    pub address: SenderIdentity,
    pub domain: SenderIdentity,
}

/// Returns the distinct recipients of an email, without those of the simulator.
#[must_use]
pub fn recipients_to_verify(email: &Email) -> Vec<RecipientToVerify> {
    let mut recipients: Vec<RecipientToVerify> = Vec::new();
    for (field, mailboxes) in [("to", email.to()), ("cc", email.cc()), ("bcc", email.bcc())] {
        for (index, mailbox) in mailboxes.iter().enumerate() {
            // An address that isn't a valid identity is left to SES to refuse.
            let (Ok(address), Ok(domain)) =
                (mailbox.address().parse::<SenderIdentity>(), mailbox.domain().parse::<SenderIdentity>())
            else {
                continue;
            };
            let is_known = recipients.iter().any(|known| known.address == address);
            if domain.as_str() != SIMULATOR_DOMAIN && !is_known {
                recipients.push(RecipientToVerify { field: format!("{field}[{index}]"), address, domain });
            }
        }
    }
    recipients
}

/// Returns whether recipients must be verified, according to what is known of the account in the region. If nothing is known, SES decides.
#[must_use]
pub fn is_sandboxed(account: Option<&AccountFacts>) -> bool {
    account.is_some_and(|account| !account.production_access)
}

/// What one request of a customer has found out about recipients and regions, so that nothing is looked up twice.
#[derive(Debug, Default)]
pub struct SandboxLookups {
    verified: HashMap<(Region, SenderIdentity), bool>,
    production: HashMap<Region, bool>,
}

impl SandboxLookups {
    /// Returns whether the identity is verified in the region, or `None` if it must be looked up. After `MAX_LOOKUPS` lookups, every
    /// other identity counts as verified.
    #[must_use]
    pub fn is_verified(&self, region: Region, identity: &SenderIdentity) -> Option<bool> {
        let known = self.verified.get(&(region, identity.clone())).copied();
        known.or((self.verified.len() >= MAX_LOOKUPS).then_some(true))
    }

    /// Records the response to `GetEmailIdentity`. Returns whether the identity is verified. If SES doesn't say, it counts as verified: SES
    /// decides when the email is sent.
    pub fn record_identity(
        &mut self,
        region: Region,
        identity: &SenderIdentity,
        response: Result<&EmailIdentity, &Error>,
    ) -> bool {
        let is_verified = match response {
            Ok(details) => details.verified_for_sending_status,
            Err(error) => error.code() != Some("NotFoundException"),
        };
        self.verified.insert((region, identity.clone()), is_verified);
        is_verified
    }

    /// Returns whether the region has production access by now, or `None` if the account must be read.
    #[must_use]
    pub fn has_production_access(&self, region: Region) -> Option<bool> {
        self.production.get(&region).copied()
    }

    /// Records the response to `GetAccount`. Returns whether the region has production access by now.
    pub fn record_account(&mut self, region: Region, response: &Result<Account, Error>) -> bool {
        let has_access = response.as_ref().is_ok_and(|account| account.production_access_enabled);
        self.production.insert(region, has_access);
        has_access
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::{connection::AccountDetails, email::EmailDraft};

    fn region() -> Region {
        "eu-west-1".parse().unwrap()
    }

    fn identity(number: usize) -> SenderIdentity {
        format!("a{number}@example.org").parse().unwrap()
    }

    fn refused(code: &str) -> Error {
        Error::service(StatusCode::BAD_REQUEST, Some(code.into()), None, None)
    }

    fn account(production_access_enabled: bool) -> Account {
        let account = json!({
            "ProductionAccessEnabled": production_access_enabled,
            "SendingEnabled": true,
            "SendQuota": { "Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0 },
        });
        serde_json::from_value(account).unwrap()
    }

    #[test]
    fn recipients_are_verified_only_in_a_known_sandbox() {
        let facts = |production_access| AccountFacts {
            production_access,
            sending_enabled: true,
            under_review: false,
            quota: account(false).send_quota.into(),
            details: AccountDetails::new(account(production_access)),
        };
        assert!(is_sandboxed(Some(&facts(false))));
        assert!(!is_sandboxed(Some(&facts(true))));
        assert!(!is_sandboxed(None));
    }

    #[test]
    fn only_an_identity_that_ses_doesnt_have_or_hasnt_verified_is_unverified() {
        let mut lookups = SandboxLookups::default();
        let details = |is_verified: bool| {
            let details = json!({ "IdentityType": "EMAIL_ADDRESS", "VerifiedForSendingStatus": is_verified });
            Ok(serde_json::from_value::<EmailIdentity>(details).unwrap())
        };
        let responses = [
            (details(true), true),
            (details(false), false),
            (Err(refused("NotFoundException")), false),
            (Err(refused("TooManyRequestsException")), true),
        ];
        for (number, (response, expected)) in responses.into_iter().enumerate() {
            let identity = identity(number);
            assert_eq!(lookups.is_verified(region(), &identity), None);
            assert_eq!(lookups.record_identity(region(), &identity, response.as_ref()), expected);
            assert_eq!(lookups.is_verified(region(), &identity), Some(expected));
        }
        assert_eq!(lookups.is_verified("us-east-1".parse().unwrap(), &identity(0)), None);
    }

    #[test]
    fn the_number_of_lookups_is_limited() {
        let mut lookups = SandboxLookups::default();
        for number in 0..MAX_LOOKUPS {
            let response = Err(&refused("NotFoundException"));
            assert!(!lookups.record_identity(region(), &identity(number), response));
        }
        assert_eq!(lookups.is_verified(region(), &identity(0)), Some(false));
        assert_eq!(lookups.is_verified(region(), &identity(MAX_LOOKUPS)), Some(true));
    }

    #[test]
    fn a_region_has_production_access_only_if_ses_says_so() {
        let mut lookups = SandboxLookups::default();
        assert_eq!(lookups.has_production_access(region()), None);
        for (response, expected) in
            [(Ok(account(true)), true), (Ok(account(false)), false), (Err(refused("Throttling")), false)]
        {
            assert_eq!(lookups.record_account(region(), &response), expected);
            assert_eq!(lookups.has_production_access(region()), Some(expected));
        }
    }

    #[test]
    fn the_simulator_needs_no_verification_and_each_address_is_listed_once() {
        let email = Email::try_from(EmailDraft {
            from: "info@example.com".into(),
            to: vec!["success@simulator.amazonses.com".into(), "Ada <ada@example.org>".into()],
            cc: vec!["ada@example.org".into(), "bob@simulator.amazonses.com.example".into()],
            bcc: vec!["bounce+1@simulator.amazonses.com".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        })
        .unwrap();
        let recipients = recipients_to_verify(&email);
        let listed: Vec<_> =
            recipients.iter().map(|r| (r.field.as_str(), r.address.as_str(), r.domain.as_str())).collect();
        assert_eq!(
            listed,
            [
                ("to[1]", "ada@example.org", "example.org"),
                ("cc[1]", "bob@simulator.amazonses.com.example", "simulator.amazonses.com.example"),
            ]
        );
    }
}
