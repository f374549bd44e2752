//! `GetAccount`: sandbox or production, quota and rate, in one region.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;

use super::json;
use crate::{BuildError, Error, Operation, Service};

/// Asks how the account may send in the region that is asked. Each region answers for itself: production access in one says
/// nothing about another.
///
/// ```
/// use aws_sans_io::{Operation, ses::GetAccount};
///
/// let answer = br#"{"ProductionAccessEnabled":false,"SendingEnabled":true,"EnforcementStatus":"HEALTHY",
///     "SendQuota":{"Max24HourSend":200.0,"MaxSendRate":1.0,"SentLast24Hours":7.0}}"#;
/// let account = GetAccount.output(answer)?;
/// assert!(!account.production_access_enabled);
/// assert_eq!(account.send_quota.max_24_hour_send, 200.0);
/// # Ok::<(), aws_sans_io::Error>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetAccount;

/// How an account may send in one region.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Account {
    /// Whether the account is out of the sandbox.
    pub production_access_enabled: bool,
    /// Whether it may send at all; AWS pauses an account, and so can its owner.
    pub sending_enabled: bool,
    /// What AWS thinks of the account's reputation.
    #[serde(default)]
    pub enforcement_status: EnforcementStatus,
    /// How much it may send.
    pub send_quota: SendQuota,
}

/// How much may be sent. Recipients are counted, not messages: To, Cc and Bcc together.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html>
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendQuota {
    /// The most recipients in a moving window of 24 hours; -1 where there is no limit.
    #[serde(rename = "Max24HourSend")]
    pub max_24_hour_send: f64,
    /// The most recipients a second.
    pub max_send_rate: f64,
    /// The recipients of the last 24 hours.
    #[serde(rename = "SentLast24Hours")]
    pub sent_last_24_hours: f64,
}

/// What AWS thinks of an account's reputation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EnforcementStatus {
    /// Nothing is wrong.
    Healthy,
    /// Something is wrong that must be mended soon.
    Probation,
    /// Sending has been stopped.
    Shutdown,
    /// AWS didn't say, or said something newer than this.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Operation for GetAccount {
    type Output = Account;

    const SERVICE: Service = Service::Ses;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::get("/v2/email/account")
    }

    fn output(&self, body: &[u8]) -> Result<Account, Error> {
        json::read(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"DedicatedIpAutoWarmupEnabled":true,"Details":{"MailType":"TRANSACTIONAL","WebsiteURL":"https://example.com"},
        "EnforcementStatus":"PROBATION","ProductionAccessEnabled":true,
        "SendQuota":{"Max24HourSend":50000.0,"MaxSendRate":14.0,"SentLast24Hours":1.0E3},
        "SendingEnabled":false,"SuppressionAttributes":{"SuppressedReasons":["BOUNCE","COMPLAINT"]},"VdmAttributes":null}"#;

    #[test]
    fn what_decides_on_sending_is_read() {
        let account = GetAccount.output(ANSWER.as_bytes()).unwrap();
        assert!(account.production_access_enabled);
        assert!(!account.sending_enabled);
        assert_eq!(account.enforcement_status, EnforcementStatus::Probation);
        let quota = SendQuota { max_24_hour_send: 50_000.0, max_send_rate: 14.0, sent_last_24_hours: 1000.0 };
        assert_eq!(account.send_quota, quota);
    }

    #[test]
    fn a_status_that_is_new_to_us_does_not_hide_the_rest() {
        for answer in [
            ANSWER.replace("PROBATION", "NEW_WORD"),
            ANSWER.replace("\"EnforcementStatus\":\"PROBATION\",", ""),
        ] {
            let account = GetAccount.output(answer.as_bytes()).unwrap();
            assert_eq!(account.enforcement_status, EnforcementStatus::Unknown);
        }
    }

    #[test]
    fn an_answer_that_leaves_the_sandbox_open_is_unreadable_and_says_what_is_missing() {
        let answer = ANSWER.replace("\"ProductionAccessEnabled\":true,", "");
        let Error::Unreadable(said) = GetAccount.output(answer.as_bytes()).unwrap_err() else { panic!() };
        assert!(said.contains("ProductionAccessEnabled"), "{said}");
        for end in 0..ANSWER.len() {
            assert!(matches!(GetAccount.output(&ANSWER.as_bytes()[..end]), Err(Error::Unreadable(_))));
        }
    }
}
