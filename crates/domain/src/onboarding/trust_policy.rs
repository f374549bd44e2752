//! The trust policy of the customer's role.

use aws_sans_io::AccountId;
use serde_json::{Value, json};

use super::{ExternalId, Policy, Statement};
use crate::onboarding::policy::{Actions, Effect};

/// Returns the trust policy of the customer's role: Kraiter's account may assume it, and only with the organisation's external ID.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>
#[must_use]
pub fn trust_policy(kraiter_account_id: &AccountId, external_id: &ExternalId) -> Policy {
    with(&json!(format!("arn:aws:iam::{kraiter_account_id}:root")), &json!(external_id))
}

/// Returns the policy with these values, which may be CloudFormation references.
pub(super) fn with(principal: &Value, external_id: &Value) -> Policy {
    Policy::new(vec![Statement {
        sid: None,
        effect: Effect::Allow,
        principal: Some(json!({ "AWS": principal })),
        action: Actions::One("sts:AssumeRole"),
        resource: None,
        condition: Some(json!({ "StringEquals": { "sts:ExternalId": external_id } })),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The policy on the product page.
    const PUBLISHED: &str = r#"{
"Version": "2012-10-17",
"Statement": [
{
"Effect": "Allow",
"Principal": {
"AWS": "arn:aws:iam::KRAITER_ACCOUNT_ID:root"
},
"Action": "sts:AssumeRole",
"Condition": {
"StringEquals": {
"sts:ExternalId": "YOUR_EXTERNAL_ID"
}
}
}
]
}"#;

    #[test]
    fn the_policy_is_the_one_on_the_product_page_with_the_values_filled_in() {
        let external_id = ExternalId::from_random(&[9; 20]);
        let published = PUBLISHED
            .replace("KRAITER_ACCOUNT_ID", "123456789012")
            .replace("YOUR_EXTERNAL_ID", external_id.as_str());
        let published: Value = serde_json::from_str(&published).unwrap();
        let policy = trust_policy(&"123456789012".parse().unwrap(), &external_id);
        // Compared as text, which includes the order of the members.
        assert_eq!(policy.to_compact_json(), published.to_string());
    }

    #[test]
    fn the_policy_is_the_one_in_the_documentation() {
        const PAGE: &str = include_str!("../../../../docs/aws-setup.md");
        let block = PAGE.split("```json policy\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(block).unwrap(),
            serde_json::from_str::<Value>(PUBLISHED).unwrap()
        );
    }
}
