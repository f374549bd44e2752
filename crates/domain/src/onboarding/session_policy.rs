//! Session policies, which restrict each session to less than the role.

use serde_json::json;

use super::{Policy, Statement};
use crate::onboarding::{
    permissions_policy::ACTIONS,
    policy::{Actions, Effect},
};

/// The purpose of a session of the customer's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionPurpose {
    Send,
    /// Reading the account and its configuration sets.
    Check,
    /// Creating, reading and deleting identities.
    Identities,
    /// Setting up event publishing.
    Events,
    /// Checking the role's permissions.
    Audit,
}

impl SessionPurpose {
    pub const ALL: [Self; 5] = [Self::Send, Self::Check, Self::Identities, Self::Events, Self::Audit];

    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Send => &["ses:SendEmail", "ses:SendRawEmail"],
            Self::Check => &["ses:GetAccount", "ses:GetConfigurationSet"],
            Self::Identities => &[
                "ses:GetEmailIdentity",
                "ses:ListEmailIdentities",
                "ses:CreateEmailIdentity",
                "ses:DeleteEmailIdentity",
                "ses:PutEmailIdentityDkimSigningAttributes",
            ],
            Self::Events => &[
                "ses:CreateConfigurationSet",
                "ses:GetConfigurationSet",
                "ses:ListConfigurationSets",
                "ses:CreateConfigurationSetEventDestination",
            ],
            Self::Audit => &ACTIONS,
        }
    }

    /// Returns the inline session policy for AssumeRole. A session may do what both this and the role's policies allow.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>
    #[must_use]
    pub fn policy(self) -> Policy {
        Policy::new(vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Actions::Many(self.actions().to_vec()),
            resource: Some(json!("*")),
            condition: None,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onboarding::permissions_policy;

    #[test]
    fn a_session_requests_only_actions_of_the_permissions_policy() {
        let role: Vec<_> = permissions_policy().actions().collect();
        for purpose in SessionPurpose::ALL {
            assert!(purpose.policy().actions().all(|action| role.contains(&action)), "{purpose:?}");
        }
    }

    #[test]
    fn an_audit_session_has_all_actions_of_the_permissions_policy() {
        let role = permissions_policy();
        assert!(SessionPurpose::Audit.policy().actions().eq(role.actions()));
    }

    #[test]
    fn a_sending_session_can_only_send() {
        assert!(SessionPurpose::Send.policy().actions().all(|action| action.starts_with("ses:Send")));
    }

    #[test]
    fn a_session_policy_is_within_the_size_limit_of_sts() {
        for purpose in SessionPurpose::ALL {
            assert!(purpose.policy().to_compact_json().len() <= 2048, "{purpose:?}");
        }
    }
}
