//! `GetAccount`.

use bytes::Bytes;
use http::Request;
use serde::Deserialize;

use super::json;
use crate::{BuildError, Error, Operation, Service};

/// Requests the sending status and quota of the account in one region. Every region has its own.
///
/// ```
/// use aws_sans_io::{Operation, ses::GetAccount};
///
/// let response = br#"{"ProductionAccessEnabled":false,"SendingEnabled":true,"EnforcementStatus":"HEALTHY",
///     "SendQuota":{"Max24HourSend":200.0,"MaxSendRate":1.0,"SentLast24Hours":7.0}}"#;
/// let account = GetAccount.parse_body(response)?;
/// assert!(!account.production_access_enabled);
/// assert_eq!(account.send_quota.max_24_hour_send, 200.0);
/// # Ok::<(), aws_sans_io::Error>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetAccount;

/// The sending status of an account in one region.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Account {
    /// Whether the account has production access. If not, it is in the sandbox.
    pub production_access_enabled: bool,
    /// Whether sending is enabled. AWS and the account's owner can pause it.
    pub sending_enabled: bool,
    /// The reputation status.
    #[serde(default)]
    pub enforcement_status: EnforcementStatus,
    /// The sending quota.
    pub send_quota: SendQuota,
    /// What the account's owner submitted about its emails, and AWS's review of it.
    #[serde(default)]
    pub details: AccountDetails,
    /// The account-level suppression list.
    #[serde(default)]
    pub suppression_attributes: SuppressionAttributes,
    /// The pricing plan.
    #[serde(default)]
    pub pricing_attributes: PricingAttributes,
}

/// What the account's owner submitted to request production access. Empty if nobody has.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_AccountDetails.html)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccountDetails {
    /// AWS's review of the latest details.
    pub review_details: Option<ReviewDetails>,
}

/// AWS's review of a request for production access.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ReviewDetails.html)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ReviewDetails {
    /// The status.
    pub status: ReviewStatus,
    /// The case in the support center.
    pub case_id: Option<String>,
}

/// The status of a review.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReviewStatus {
    /// AWS is reviewing the request.
    Pending,
    /// AWS lost the request to an internal error. It can be submitted again.
    Failed,
    /// AWS granted production access.
    Granted,
    /// AWS refused production access.
    Denied,
    /// The status is missing or unknown to this crate.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The account-level suppression list.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SuppressionAttributes.html)
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SuppressionAttributes {
    /// What puts an address on the list: `BOUNCE`, `COMPLAINT`. Empty if the list is off.
    pub suppressed_reasons: Vec<String>,
}

/// The pricing plan of an account in one region.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_PricingAttributes.html)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PricingAttributes {
    /// The plan in force.
    pub current_plan: Option<PricingPlan>,
    /// The plan from the start of the next month, if a change is scheduled.
    pub next_plan: Option<PricingPlan>,
}

/// A pricing plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PricingPlan {
    /// No plan: each feature has its price ("à la carte").
    None,
    /// Essentials.
    Essentials,
    /// Pro.
    Pro,
    /// Enterprise.
    Enterprise,
    /// A plan unknown to this crate.
    #[serde(other)]
    Unknown,
}

/// A sending quota. It counts recipients (To, Cc and Bcc), not messages.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendQuota.html)
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SendQuota {
    /// Maximum number of recipients in a rolling window of 24 hours, or -1 for no limit.
    #[serde(rename = "Max24HourSend")]
    pub max_24_hour_send: f64,
    /// Maximum number of recipients per second.
    pub max_send_rate: f64,
    /// Number of recipients in the last 24 hours.
    #[serde(rename = "SentLast24Hours")]
    pub sent_last_24_hours: f64,
}

/// The reputation status of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EnforcementStatus {
    /// There are no reputation issues.
    Healthy,
    /// The account is under review: there are issues that its owner must fix.
    Probation,
    /// AWS paused sending.
    Shutdown,
    /// The status is missing or unknown to this crate.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Operation for GetAccount {
    type Output = Account;

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "GetAccount"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::get("/v2/email/account")
    }

    fn parse_body(&self, body: &[u8]) -> Result<Account, Error> {
        json::parse(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESPONSE: &str = r#"{"DedicatedIpAutoWarmupEnabled":true,"Details":{"MailType":"TRANSACTIONAL","WebsiteURL":"https://example.com"},
        "EnforcementStatus":"PROBATION","ProductionAccessEnabled":true,
        "SendQuota":{"Max24HourSend":50000.0,"MaxSendRate":14.0,"SentLast24Hours":1.0E3},
        "SendingEnabled":false,"SuppressionAttributes":{"SuppressedReasons":["BOUNCE","COMPLAINT"]},"VdmAttributes":null}"#;

    #[test]
    fn the_response_contains_status_and_quota() {
        let account = GetAccount.parse_body(RESPONSE.as_bytes()).unwrap();
        assert!(account.production_access_enabled);
        assert!(!account.sending_enabled);
        assert_eq!(account.enforcement_status, EnforcementStatus::Probation);
        let quota = SendQuota { max_24_hour_send: 50_000.0, max_send_rate: 14.0, sent_last_24_hours: 1000.0 };
        assert_eq!(account.send_quota, quota);
        assert_eq!(account.suppression_attributes.suppressed_reasons, ["BOUNCE", "COMPLAINT"]);
        assert_eq!(account.details.review_details, None);
        assert_eq!(account.pricing_attributes, PricingAttributes::default());
    }

    #[test]
    fn the_response_contains_the_review_and_the_pricing_plan() {
        let response = RESPONSE.replace(
            r#""Details":{"#,
            r#""PricingAttributes":{"CurrentPlan":"ESSENTIALS","NextPlan":"ULTRA"},
            "Details":{"ReviewDetails":{"Status":"DENIED","CaseId":"173"},"#,
        );
        let account = GetAccount.parse_body(response.as_bytes()).unwrap();
        let review = ReviewDetails { status: ReviewStatus::Denied, case_id: Some("173".into()) };
        assert_eq!(account.details.review_details, Some(review));
        let plans = PricingAttributes {
            current_plan: Some(PricingPlan::Essentials),
            next_plan: Some(PricingPlan::Unknown),
        };
        assert_eq!(account.pricing_attributes, plans);
        let unknown = response.replace("DENIED", "ESCALATED");
        let account = GetAccount.parse_body(unknown.as_bytes()).unwrap();
        assert_eq!(account.details.review_details.map(|review| review.status), Some(ReviewStatus::Unknown));
    }

    #[test]
    fn an_unknown_enforcement_status_does_not_fail_the_response() {
        for response in [
            RESPONSE.replace("PROBATION", "NEW_STATUS"),
            RESPONSE.replace("\"EnforcementStatus\":\"PROBATION\",", ""),
        ] {
            let account = GetAccount.parse_body(response.as_bytes()).unwrap();
            assert_eq!(account.enforcement_status, EnforcementStatus::Unknown);
        }
    }

    #[test]
    fn a_response_without_the_sandbox_status_is_invalid_and_names_the_missing_field() {
        let response = RESPONSE.replace("\"ProductionAccessEnabled\":true,", "");
        let Error::InvalidResponse(message) = GetAccount.parse_body(response.as_bytes()).unwrap_err() else {
            panic!()
        };
        assert!(message.contains("ProductionAccessEnabled"), "{message}");
        for end in 0..RESPONSE.len() {
            assert!(matches!(
                GetAccount.parse_body(&RESPONSE.as_bytes()[..end]),
                Err(Error::InvalidResponse(_))
            ));
        }
    }
}
