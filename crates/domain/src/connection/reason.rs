//! Why a connection doesn't work, for programs (a code) and for people (a sentence and the step that mends it).

use aws_sans_io::Region;
use serde::{Deserialize, Serialize};

/// Why a connection doesn't work, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Reason {
    /// No signed confirmation came from a stack.
    NoConfirmation,
    /// AWS refuses AssumeRole with the external ID. A missing role, a trust policy without Kraiter's account and another
    /// external ID all look the same from outside.
    RoleRefused,
    /// AWS lets Kraiter assume the role *without* the external ID.
    ExternalIdNotEnforced,
    /// The role's policy lacks an action.
    PermissionMissing {
        /// The IAM action, such as `ses:GetAccount`.
        action: String,
    },
    /// The customer's account has not enabled the region.
    RegionNotEnabled {
        /// The region.
        region: Region,
    },
    /// AWS has paused sending for the account in the stack's region.
    SendingPaused,
    /// AWS reviews the account in the stack's region, since too much of its mail bounces or is complained about.
    AccountUnderReview,
    /// The topic no longer posts to Kraiter.
    TopicUnsubscribed,
    /// The stack's role is already bound to another organisation.
    RoleBoundElsewhere,
    /// AWS doesn't answer.
    AwsUnreachable,
    /// Kraiter's own AWS credentials are refused: nothing that the customer can mend.
    KraiterCredentials,
    /// AWS answered with an error that none of the others names.
    AwsError {
        /// AWS's own code.
        aws_code: String,
    },
}

impl Reason {
    /// Every code that there is.
    pub const CODES: [&str; 12] = [
        "no_confirmation",
        "role_refused",
        "external_id_not_enforced",
        "permission_missing",
        "region_not_enabled",
        "sending_paused",
        "account_under_review",
        "topic_unsubscribed",
        "role_bound_elsewhere",
        "aws_unreachable",
        "kraiter_credentials",
        "aws_error",
    ];

    /// The stable code, as it stands in `reason.code`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoConfirmation => "no_confirmation",
            Self::RoleRefused => "role_refused",
            Self::ExternalIdNotEnforced => "external_id_not_enforced",
            Self::PermissionMissing { .. } => "permission_missing",
            Self::RegionNotEnabled { .. } => "region_not_enabled",
            Self::SendingPaused => "sending_paused",
            Self::AccountUnderReview => "account_under_review",
            Self::TopicUnsubscribed => "topic_unsubscribed",
            Self::RoleBoundElsewhere => "role_bound_elsewhere",
            Self::AwsUnreachable => "aws_unreachable",
            Self::KraiterCredentials => "kraiter_credentials",
            Self::AwsError { .. } => "aws_error",
        }
    }

    /// What happened, in a sentence.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NoConfirmation => "No confirmation has arrived from a stack yet.".into(),
            Self::RoleRefused => "AWS refuses to let Kraiter assume the role with this external ID.".into(),
            Self::ExternalIdNotEnforced => {
                "The role can be assumed without the external ID, so it isn't protected against confused deputies.".into()
            }
            Self::PermissionMissing { action } => format!("The role may not call {action}."),
            Self::RegionNotEnabled { region } => {
                format!("The region {region} ({}) isn't enabled in this AWS account.", region.location())
            }
            Self::SendingPaused => "AWS has paused sending for this account in the stack's region.".into(),
            Self::AccountUnderReview => {
                "AWS reviews this account in the stack's region: too much of its mail bounces or is called spam.".into()
            }
            Self::TopicUnsubscribed => {
                "The SNS topic no longer posts to Kraiter: bounces and complaints are not seen.".into()
            }
            Self::RoleBoundElsewhere => "The stack's role is already connected to another organisation.".into(),
            Self::AwsUnreachable => "AWS doesn't answer at the moment.".into(),
            Self::KraiterCredentials => "AWS refuses Kraiter's own credentials.".into(),
            Self::AwsError { aws_code } => format!("AWS answered with the error {aws_code}."),
        }
    }

    /// The step that mends it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NoConfirmation => {
                "Look at the stack in the CloudFormation console: it must have ended in CREATE_COMPLETE, with the parameters \
                 as the link gave them. If it has, the subscription may have been deleted or changed, raw message delivery \
                 may be on, or a firewall in front of Kraiter (such as Cloudflare's Bot Fight Mode) may refuse posts from SNS."
            }
            Self::RoleRefused => {
                "See in the IAM console that the role still exists and that its trust policy names Kraiter's account and the \
                 external ID shown here; then verify again, or connect once more to create the role anew."
            }
            Self::ExternalIdNotEnforced => {
                "Add the condition StringEquals sts:ExternalId with the external ID shown here to the role's trust policy, to \
                 every statement that lets Kraiter's account in; then verify again."
            }
            Self::PermissionMissing { .. } => {
                "Attach the permissions policy shown here to the role, and see that no permissions boundary or service \
                 control policy denies the action; then verify again."
            }
            Self::RegionNotEnabled { .. } => {
                "Enable the region in the AWS console under Account, AWS Regions, or connect in another region."
            }
            Self::SendingPaused => {
                "Open the SES console's account dashboard in the stack's region: AWS says there why, and how to ask for a review."
            }
            Self::AccountUnderReview => {
                "Mail still goes out. Mend its cause before AWS pauses the account, then answer the review in the SES console's account dashboard in the stack's region."
            }
            Self::TopicUnsubscribed => {
                "Connect again: the stack makes the subscription anew. Or subscribe the webhook address to the topic in the \
                 SNS console."
            }
            Self::RoleBoundElsewhere => {
                "Disconnect the role from the other organisation first, or create a stack of this organisation's own."
            }
            Self::AwsUnreachable => "Nothing to do: Kraiter tries again by itself.",
            Self::KraiterCredentials => "Nothing to do on your side: write to Kraiter's support.",
            Self::AwsError { .. } => {
                "Verify again in a minute; if it stays, write to Kraiter's support with this code."
            }
        }
    }

    /// Whether it may pass by itself, so that it alone doesn't break a connection that worked.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::AwsUnreachable | Self::KraiterCredentials)
    }

    /// Whether a role that was made a moment ago may show it until IAM has spread the news.
    #[must_use]
    pub const fn may_be_propagation(&self) -> bool {
        matches!(self, Self::RoleRefused | Self::PermissionMissing { .. } | Self::AwsUnreachable)
    }

    /// Whether mail can still be sent while the connection is degraded by it.
    #[must_use]
    pub fn lets_mail_through(&self) -> bool {
        match self {
            Self::TopicUnsubscribed | Self::AwsUnreachable | Self::AccountUnderReview => true,
            // Only mail with files needs it.
            Self::PermissionMissing { action } => action == "ses:SendRawEmail",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_carries_the_same_code_as_the_api() {
        let region: Region = "eu-south-1".parse().unwrap();
        let reasons = [
            Reason::NoConfirmation,
            Reason::RoleRefused,
            Reason::ExternalIdNotEnforced,
            Reason::PermissionMissing { action: "ses:GetAccount".into() },
            Reason::RegionNotEnabled { region },
            Reason::SendingPaused,
            Reason::AccountUnderReview,
            Reason::TopicUnsubscribed,
            Reason::RoleBoundElsewhere,
            Reason::AwsUnreachable,
            Reason::KraiterCredentials,
            Reason::AwsError { aws_code: "X".into() },
        ];
        assert_eq!(reasons.each_ref().map(Reason::code), Reason::CODES);
        for reason in reasons {
            let stored = serde_json::to_value(&reason).unwrap();
            assert_eq!(stored["code"], reason.code());
            assert_eq!(serde_json::from_value::<Reason>(stored).unwrap(), reason);
        }
    }
}
