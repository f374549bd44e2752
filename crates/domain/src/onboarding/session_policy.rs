//! Session policies, which restrict each session to less than the role.

use serde_json::{Value, json};

use super::{Policy, Statement};
use crate::{
    api_key::SendRestriction,
    onboarding::{
        permissions_policy::ACTIONS,
        policy::{Actions, Effect},
    },
};

/// The longest inline session policy, in characters.
const MAX_POLICY_LENGTH: usize = 2048;

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
        self.policy_with(None)
    }

    fn policy_with(self, condition: Option<Value>) -> Policy {
        Policy::new(vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Actions::Many(self.actions().to_vec()),
            resource: Some(json!("*")),
            condition,
        }])
    }
}

/// What a session of the customer's role may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    purpose: SessionPurpose,
    /// In a box, because most sessions have none, and every call of AWS holds one.
    restriction: Option<Box<SendRestriction>>,
}

impl SessionLimits {
    /// Returns the limits of a session that sends emails with this restriction.
    #[must_use]
    pub fn sending(restriction: &SendRestriction) -> Self {
        let restriction = (!restriction.is_empty()).then(|| Box::new(restriction.clone()));
        Self { purpose: SessionPurpose::Send, restriction }
    }

    /// Returns whether the session is limited beyond its purpose.
    #[must_use]
    pub const fn is_restricted(&self) -> bool {
        self.restriction.is_some()
    }

    /// Returns the inline session policy for AssumeRole as JSON.
    #[must_use]
    pub fn policy(&self) -> String {
        let condition = self.restriction.as_ref().map(|restriction| restriction.condition());
        self.purpose.policy_with(condition).to_compact_json()
    }

    /// Returns whether STS accepts the policy's length. STS also limits the size of a compressed form, which can't be known before.
    ///
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    #[must_use]
    pub fn fits(&self) -> bool {
        self.policy().len() <= MAX_POLICY_LENGTH
    }
}

impl From<SessionPurpose> for SessionLimits {
    fn from(purpose: SessionPurpose) -> Self {
        Self { purpose, restriction: None }
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
            assert!(SessionLimits::from(purpose).fits(), "{purpose:?}");
        }
        let domains = |length: usize| {
            let domain = |n| format!("{n}{}.example", "a".repeat(length)).parse().unwrap();
            SendRestriction::new((0..10).map(domain).collect(), vec![]).unwrap()
        };
        assert!(SessionLimits::sending(&domains(60)).fits());
        let long = |n: usize| format!("{n}.{0}.{0}.{0}.example", "a".repeat(63)).parse().unwrap();
        let long = SendRestriction::new((0..10).map(long).collect(), vec![]).unwrap();
        assert!(!SessionLimits::sending(&long).fits());
    }

    #[test]
    fn a_restricted_session_sends_only_under_the_restrictions_condition() {
        let restriction = SendRestriction::new(vec!["example.com".parse().unwrap()], vec![]).unwrap();
        let policy: Value = serde_json::from_str(&SessionLimits::sending(&restriction).policy()).unwrap();
        assert_eq!(policy["Statement"].as_array().unwrap().len(), 1);
        assert_eq!(policy["Statement"][0]["Action"], json!(["ses:SendEmail", "ses:SendRawEmail"]));
        assert_eq!(policy["Statement"][0]["Condition"], restriction.condition());
        let unrestricted = SessionLimits::from(SessionPurpose::Send);
        assert_eq!(unrestricted.policy(), SessionPurpose::Send.policy().to_compact_json());
        assert_ne!(unrestricted, SessionLimits::sending(&restriction));
        assert_eq!(unrestricted, SessionLimits::sending(&SendRestriction::default()));
    }
}
