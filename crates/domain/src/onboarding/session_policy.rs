//! What a borrowed session may do: less than the role.

use serde_json::json;

use super::{Policy, Statement};
use crate::onboarding::{
    permissions_policy::ACTIONS,
    policy::{Actions, Effect},
};

/// What credentials of the customer's role are borrowed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SessionPurpose {
    /// To send email.
    Send,
    /// To look at the account.
    Check,
    /// To make and look at identities.
    Identities,
    /// To make what brings events back.
    Events,
    /// To find out which permissions the role has.
    Audit,
}

impl SessionPurpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [Self::Send, Self::Check, Self::Identities, Self::Events, Self::Audit];

    /// The actions that the purpose needs.
    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Send => &["ses:SendEmail", "ses:SendRawEmail"],
            Self::Check => &["ses:GetAccount"],
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

    /// The inline session policy that AssumeRole carries: a session may do what both it and the role's own policy allow.
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
    fn no_session_asks_for_what_the_role_may_not_do() {
        let role: Vec<_> = permissions_policy().actions().collect();
        for purpose in SessionPurpose::ALL {
            assert!(purpose.policy().actions().all(|action| role.contains(&action)), "{purpose:?}");
        }
    }

    #[test]
    fn an_audit_asks_for_all_that_the_role_should_have() {
        let role = permissions_policy();
        assert!(SessionPurpose::Audit.policy().actions().eq(role.actions()));
    }

    #[test]
    fn a_sending_session_can_only_send() {
        assert!(SessionPurpose::Send.policy().actions().all(|action| action.starts_with("ses:Send")));
    }

    #[test]
    fn a_session_policy_fits_into_sts() {
        for purpose in SessionPurpose::ALL {
            assert!(purpose.policy().to_compact_json().len() <= 2048, "{purpose:?}");
        }
    }
}
