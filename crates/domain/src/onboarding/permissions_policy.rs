//! The permissions policy of the customer's role.

use serde_json::json;

use super::{Policy, Statement};
use crate::onboarding::policy::{Actions, Effect};

const SENDING: [&str; 8] = [
    "ses:SendEmail",
    "ses:SendRawEmail",
    "ses:GetAccount",
    "ses:GetEmailIdentity",
    "ses:ListEmailIdentities",
    "ses:CreateEmailIdentity",
    "ses:DeleteEmailIdentity",
    "ses:PutEmailIdentityDkimSigningAttributes",
];

/// All actions of the policy.
pub(super) const ACTIONS: [&str; SENDING.len() + CONFIGURATION_SETS.len()] = {
    let mut actions = [""; SENDING.len() + CONFIGURATION_SETS.len()];
    let (sending, sets) = actions.split_at_mut(SENDING.len());
    sending.copy_from_slice(&SENDING);
    sets.copy_from_slice(&CONFIGURATION_SETS);
    actions
};

const CONFIGURATION_SETS: [&str; 4] = [
    "ses:CreateConfigurationSet",
    "ses:GetConfigurationSet",
    "ses:ListConfigurationSets",
    "ses:CreateConfigurationSetEventDestination",
];

/// Returns the permissions policy of the customer's role: every action that Kraiter needs.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html>
#[must_use]
pub fn permissions_policy() -> Policy {
    let allow = |sid, actions: &[&'static str]| Statement {
        sid: Some(sid),
        effect: Effect::Allow,
        principal: None,
        action: Actions::Many(actions.to_vec()),
        resource: Some(json!("*")),
        condition: None,
    };
    Policy::new(vec![allow("SESSending", &SENDING), allow("SESConfigurationSets", &CONFIGURATION_SETS)])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The policy on the product page.
    const PUBLISHED: &str = r#"{
"Version": "2012-10-17",
"Statement": [
{
"Sid": "SESSending",
"Effect": "Allow",
"Action": [
"ses:SendEmail",
"ses:SendRawEmail",
"ses:GetAccount",
"ses:GetEmailIdentity",
"ses:ListEmailIdentities",
"ses:CreateEmailIdentity",
"ses:DeleteEmailIdentity",
"ses:PutEmailIdentityDkimSigningAttributes"
],
"Resource": "*"
},
{
"Sid": "SESConfigurationSets",
"Effect": "Allow",
"Action": [
"ses:CreateConfigurationSet",
"ses:GetConfigurationSet",
"ses:ListConfigurationSets",
"ses:CreateConfigurationSetEventDestination"
],
"Resource": "*"
}
]
}"#;

    #[test]
    fn the_policy_is_the_one_on_the_product_page() {
        let published: Value = serde_json::from_str(PUBLISHED).unwrap();
        assert_eq!(permissions_policy().to_compact_json(), published.to_string());
    }

    #[test]
    fn the_policy_is_the_one_in_the_documentation() {
        const PAGE: &str = include_str!("../../../../docs/aws-setup.md");
        let block = PAGE.split("```json policy\n").nth(2).and_then(|rest| rest.split("```").next()).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(block).unwrap(),
            serde_json::from_str::<Value>(PUBLISHED).unwrap()
        );
    }
}
