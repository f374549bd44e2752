//! What `GetAccount` shows besides the limits: production access, account-level suppression and the pricing plan.

use aws_sans_io::ses::{
    Account, PricingAttributes as SesPricing, PricingPlan as SesPlan, ReviewDetails, ReviewStatus,
};
use serde::{Deserialize, Serialize};

/// What an account in one region has besides its limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountDetails {
    pub production_access: ProductionAccess,
    pub suppressed_reasons: Vec<AccountSuppressionReason>,
    /// `None` if AWS didn't say, or named a plan that is unknown here.
    pub plan: Option<PricingPlan>,
    /// The plan from the start of the next month, if a change is scheduled.
    pub next_plan: Option<PricingPlan>,
}

/// Whether the account may send to anyone, and AWS's decision about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProductionAccess {
    /// The status.
    pub status: ProductionAccessStatus,
    /// The case in the AWS support center, if there is one.
    pub case_id: Option<String>,
}

/// The status of production access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProductionAccessStatus {
    /// Nobody has requested it. The account is in the sandbox.
    #[default]
    NotRequested,
    /// AWS is reviewing a request.
    Pending,
    /// AWS refused the last request. Its case says why.
    Denied,
    /// AWS lost the last request to an internal error. Submit it again.
    Failed,
    /// The account is out of the sandbox.
    Granted,
}

impl ProductionAccess {
    /// Decides the status. Whether the account is out of the sandbox counts more than the review: many accounts got production access
    /// without one, and a review may be of a later change.
    fn new(is_enabled: bool, review: Option<ReviewDetails>) -> Self {
        let ReviewDetails { status, case_id } = review.unwrap_or_default();
        let status = match status {
            _ if is_enabled => ProductionAccessStatus::Granted,
            ReviewStatus::Pending => ProductionAccessStatus::Pending,
            ReviewStatus::Denied => ProductionAccessStatus::Denied,
            ReviewStatus::Failed => ProductionAccessStatus::Failed,
            // An account with a granted review but without access is back in the sandbox.
            ReviewStatus::Granted | ReviewStatus::Unknown => ProductionAccessStatus::NotRequested,
        };
        Self { status, case_id }
    }
}

/// What puts an address on the account-level suppression list of SES.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccountSuppressionReason {
    /// A hard bounce.
    Bounce,
    /// A complaint.
    Complaint,
}

/// A pricing plan of SES.
///
/// <https://aws.amazon.com/ses/pricing/>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PricingPlan {
    /// No plan: each feature has its price.
    ALaCarte,
    /// Essentials, the plan of new accounts.
    Essentials,
    /// Pro.
    Pro,
    /// Enterprise.
    Enterprise,
}

impl PricingPlan {
    const fn new(plan: SesPlan) -> Option<Self> {
        match plan {
            SesPlan::None => Some(Self::ALaCarte),
            SesPlan::Essentials => Some(Self::Essentials),
            SesPlan::Pro => Some(Self::Pro),
            SesPlan::Enterprise => Some(Self::Enterprise),
            SesPlan::Unknown => None,
        }
    }
}

impl AccountDetails {
    /// Reads the details of an account.
    #[must_use]
    pub fn new(account: Account) -> Self {
        let reasons = account.suppression_attributes.suppressed_reasons;
        let SesPricing { current_plan, next_plan } = account.pricing_attributes;
        let plan = current_plan.and_then(PricingPlan::new);
        Self {
            production_access: ProductionAccess::new(
                account.production_access_enabled,
                account.details.review_details,
            ),
            suppressed_reasons: reasons
                .iter()
                .filter_map(|reason| match &**reason {
                    "BOUNCE" => Some(AccountSuppressionReason::Bounce),
                    "COMPLAINT" => Some(AccountSuppressionReason::Complaint),
                    _ => None,
                })
                .collect(),
            plan,
            next_plan: next_plan.and_then(PricingPlan::new).filter(|next| Some(*next) != plan),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn details(changes: &Value) -> AccountDetails {
        let mut account = json!({
            "ProductionAccessEnabled": false,
            "SendingEnabled": true,
            "SendQuota": { "Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0 },
        });
        account.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        AccountDetails::new(serde_json::from_value(account).unwrap())
    }

    fn reviewed(status: &str) -> Value {
        json!({ "Details": { "ReviewDetails": { "Status": status, "CaseId": "173" } } })
    }

    #[test]
    fn production_access_follows_the_review_while_the_account_is_in_the_sandbox() {
        for (status, expected) in [
            ("PENDING", ProductionAccessStatus::Pending),
            ("DENIED", ProductionAccessStatus::Denied),
            ("FAILED", ProductionAccessStatus::Failed),
            ("GRANTED", ProductionAccessStatus::NotRequested),
            ("ESCALATED", ProductionAccessStatus::NotRequested),
        ] {
            let access = details(&reviewed(status)).production_access;
            assert_eq!(
                access,
                ProductionAccess { status: expected, case_id: Some("173".into()) },
                "{status}"
            );
        }
        for unreviewed in [json!({}), json!({ "Details": { "MailType": "MARKETING" } })] {
            assert_eq!(details(&unreviewed).production_access, ProductionAccess::default());
        }
    }

    #[test]
    fn an_account_outside_of_the_sandbox_has_production_access_whatever_its_review() {
        for mut account in [json!({}), reviewed("PENDING"), reviewed("DENIED")] {
            account["ProductionAccessEnabled"] = true.into();
            assert_eq!(details(&account).production_access.status, ProductionAccessStatus::Granted);
        }
    }

    #[test]
    fn a_next_plan_that_is_the_current_one_is_no_change() {
        let unchanged = details(&json!({ "PricingAttributes": { "CurrentPlan": "PRO", "NextPlan": "PRO" } }));
        assert_eq!((unchanged.plan, unchanged.next_plan), (Some(PricingPlan::Pro), None));
    }

    #[test]
    fn a_plan_or_a_reason_that_is_unknown_is_left_out() {
        let known = details(&json!({
            "SuppressionAttributes": { "SuppressedReasons": ["COMPLAINT", "MOOD", "BOUNCE"] },
            "PricingAttributes": { "CurrentPlan": "NONE", "NextPlan": "PRO" },
        }));
        assert_eq!(
            known.suppressed_reasons,
            [AccountSuppressionReason::Complaint, AccountSuppressionReason::Bounce]
        );
        assert_eq!((known.plan, known.next_plan), (Some(PricingPlan::ALaCarte), Some(PricingPlan::Pro)));
        let unknown = details(&json!({ "PricingAttributes": { "CurrentPlan": "ULTRA" } }));
        assert_eq!((unknown.plan, unknown.suppressed_reasons), (None, Vec::new()));
    }
}
