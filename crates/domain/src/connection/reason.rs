//! Why a connection doesn't work: a code for programs, and a message and help for people.

use aws_sans_io::{Error, OrganisationPolicy, Region};
use serde::{Deserialize, Serialize};

/// The reason that a connection doesn't work, or not completely.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Reason {
    /// No signed confirmation arrived from a stack.
    NoConfirmation,
    /// The stack was created in another region than the link was for.
    StackInOtherRegion { link: Region, stack: Region },
    /// AWS refuses AssumeRole with the external ID. AWS doesn't say whether the role is missing, or its trust policy lacks Kraiter's
    /// account or has another external ID.
    RoleRefused,
    /// AWS allows AssumeRole without the external ID.
    ExternalIdNotEnforced,
    /// AWS allows AssumeRole with another external ID than the organisation's.
    OtherExternalIdAccepted,
    /// The role's policy lacks an action.
    PermissionMissing {
        /// The IAM action, such as `ses:GetAccount`.
        action: String,
        /// The ARN that AWS names.
        resource: Option<String>,
    },
    /// A service control policy of the customer's AWS organisation denies the action.
    ServiceControlPolicy { action: String },
    /// A resource control policy of the customer's AWS organisation denies the action.
    ResourceControlPolicy { action: String },
    /// The customer's account has not enabled the region.
    RegionNotEnabled { region: Region },
    /// STS isn't activated in the region for the customer's account, nor is it in us-east-1.
    StsNotActivated { region: Region },
    /// AWS has paused sending for the account in the stack's region.
    SendingPaused,
    /// AWS reviews the account in the stack's region because of its bounce or complaint rate.
    AccountUnderReview,
    /// The topic no longer sends events to Kraiter.
    TopicUnsubscribed,
    /// Emails were sent from the region, but none of their events arrived. AWS doesn't report that a topic or a subscription was deleted.
    EventsSilent { region: Region },
    /// The region's configuration set was deleted.
    ConfigurationSetDeleted { region: Region },
    /// The stack's role is already bound to another organisation.
    RoleBoundElsewhere,
    /// AWS doesn't respond.
    AwsUnreachable,
    /// AWS rejects Kraiter's own credentials. The customer can't fix it.
    KraiterCredentials,
    /// AWS returned another error.
    AwsError {
        /// AWS's error code.
        aws_code: String,
    },
}

/// The code of a [`Reason`].
#[cfg(feature = "schemars")]
pub struct ReasonCode;

#[cfg(feature = "schemars")]
crate::schema!(ReasonCode, "ReasonCode", {
    "type": "string",
    "description": "The code of the reason why a connection or a region doesn't work.",
    "enum": Reason::CODES,
});

impl Reason {
    pub const CODES: [&str; 19] = [
        "no_confirmation",
        "stack_in_other_region",
        "role_refused",
        "external_id_not_enforced",
        "other_external_id_accepted",
        "permission_missing",
        "service_control_policy",
        "resource_control_policy",
        "region_not_enabled",
        "sts_not_activated",
        "sending_paused",
        "account_under_review",
        "topic_unsubscribed",
        "events_silent",
        "configuration_set_deleted",
        "role_bound_elsewhere",
        "aws_unreachable",
        "kraiter_credentials",
        "aws_error",
    ];

    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoConfirmation => "no_confirmation",
            Self::StackInOtherRegion { .. } => "stack_in_other_region",
            Self::RoleRefused => "role_refused",
            Self::ExternalIdNotEnforced => "external_id_not_enforced",
            Self::OtherExternalIdAccepted => "other_external_id_accepted",
            Self::PermissionMissing { .. } => "permission_missing",
            Self::ServiceControlPolicy { .. } => "service_control_policy",
            Self::ResourceControlPolicy { .. } => "resource_control_policy",
            Self::RegionNotEnabled { .. } => "region_not_enabled",
            Self::StsNotActivated { .. } => "sts_not_activated",
            Self::SendingPaused => "sending_paused",
            Self::AccountUnderReview => "account_under_review",
            Self::TopicUnsubscribed => "topic_unsubscribed",
            Self::EventsSilent { .. } => "events_silent",
            Self::ConfigurationSetDeleted { .. } => "configuration_set_deleted",
            Self::RoleBoundElsewhere => "role_bound_elsewhere",
            Self::AwsUnreachable => "aws_unreachable",
            Self::KraiterCredentials => "kraiter_credentials",
            Self::AwsError { .. } => "aws_error",
        }
    }

    /// Returns a sentence that says what is wrong.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NoConfirmation => "The stack has not confirmed yet.".into(),
            Self::StackInOtherRegion { link, stack } => {
                format!("The stack was created in {stack}, but the link was for {link}.")
            }
            Self::RoleRefused => "AWS refuses to let Kraiter assume the role with this external ID.".into(),
            Self::ExternalIdNotEnforced => {
                "The role can be assumed without the external ID, so other customers of Kraiter could use it."
                    .into()
            }
            Self::OtherExternalIdAccepted => {
                "The role can be assumed with other external IDs, so other customers of Kraiter could use it."
                    .into()
            }
            Self::PermissionMissing { action, resource: None } => {
                format!("The role isn't allowed to call {action}.")
            }
            Self::PermissionMissing { action, resource: Some(resource) } => {
                format!("The role isn't allowed to call {action} on {resource}.")
            }
            Self::ServiceControlPolicy { action } => {
                format!("A service control policy of your AWS organisation denies {action}.")
            }
            Self::ResourceControlPolicy { action } => {
                format!("A resource control policy of your AWS organisation denies {action}.")
            }
            Self::RegionNotEnabled { region } => {
                format!("The region {region} ({}) isn't enabled in this AWS account.", region.location())
            }
            Self::StsNotActivated { region } => {
                format!("AWS STS isn't activated in {region} for this AWS account.")
            }
            Self::SendingPaused => "AWS has paused sending for this account in the stack's region.".into(),
            Self::AccountUnderReview => {
                "AWS is reviewing this account in the stack's region because of its bounce or complaint rate."
                    .into()
            }
            Self::TopicUnsubscribed => {
                "The SNS topic no longer sends events to Kraiter, so bounces and complaints aren't recorded."
                    .into()
            }
            Self::EventsSilent { region } => {
                format!(
                    "Emails were sent from {region}, but no events of them arrived, so bounces and complaints aren't recorded."
                )
            }
            Self::ConfigurationSetDeleted { region } => {
                format!(
                    "The configuration set in {region} was deleted. Emails are sent without it, so bounces and complaints \
                     aren't recorded."
                )
            }
            Self::RoleBoundElsewhere => {
                "The stack's role is already connected to another organisation.".into()
            }
            Self::AwsUnreachable => "AWS doesn't respond at the moment.".into(),
            Self::KraiterCredentials => "AWS rejects Kraiter's own credentials.".into(),
            Self::AwsError { aws_code } => format!("AWS returned the error {aws_code}."),
        }
    }

    /// Returns sentences that say how to fix it.
    #[must_use]
    pub const fn help(&self) -> &'static str {
        match self {
            Self::NoConfirmation => {
                "Check in the CloudFormation console that the stack is in CREATE_COMPLETE with the parameters from the link. \
                 If it is in ROLLBACK_COMPLETE, its events show the reason: fix it, delete the stack and open a new link. If it \
                 is in CREATE_COMPLETE, open its topic's subscriptions in the SNS console, check that raw message delivery is \
                 off, and choose Request confirmation. No firewall in front of Kraiter (such as Cloudflare's Bot Fight Mode) may \
                 block requests from SNS."
            }
            Self::StackInOtherRegion { .. } => {
                "Delete the stack. Then open the link again and don't change the region in the console, or create a link for the \
                 region that you want."
            }
            Self::RoleRefused => {
                "Check in the IAM console that the role exists and that its trust policy contains Kraiter's account and the \
                 external ID shown here. Then verify again, or connect again to create a new role; the new stack has a name of its \
                 own, so the old one can be deleted later."
            }
            Self::ExternalIdNotEnforced => {
                "Add the condition StringEquals sts:ExternalId with the external ID shown here to every statement of the trust \
                 policy that allows Kraiter's account. Then verify again."
            }
            Self::OtherExternalIdAccepted => {
                "Use the condition StringEquals sts:ExternalId with exactly the external ID shown here, without a wildcard, in \
                 every statement of the trust policy that allows Kraiter's account. StringLike accepts every ID that matches. \
                 Then verify again."
            }
            Self::PermissionMissing { .. } => {
                "Attach the permissions policy shown here to the role, and check that no permissions boundary or service \
                 control policy denies the action. If you limit the policy to resources, it must allow the identity that you send \
                 from and the configuration set. Then verify again."
            }
            Self::ServiceControlPolicy { .. } => {
                "Ask the administrator of your AWS organisation to allow the action for this account in the service control \
                 policies (AWS Organizations, Policies). The role itself needs no change. Then verify again."
            }
            Self::ResourceControlPolicy { .. } => {
                "Ask the administrator of your AWS organisation to allow Kraiter's account in the resource control policies (AWS \
                 Organizations, Policies). The role itself needs no change. Then verify again."
            }
            Self::RegionNotEnabled { .. } => {
                "Enable the region in the AWS console under Account, AWS Regions, or connect in another region."
            }
            Self::StsNotActivated { .. } => {
                "Activate the region in the IAM console under Account settings, Security Token Service (STS). Then verify again."
            }
            Self::SendingPaused => {
                "Open the account dashboard in the SES console in the stack's region. It shows the reason and how to request a \
                 review."
            }
            Self::AccountUnderReview => {
                "You can still send. Fix the cause before AWS pauses the account, then respond to the review on the account \
                 dashboard in the SES console."
            }
            Self::TopicUnsubscribed => {
                "Connect again to create a new subscription, or subscribe the webhook URL to the topic in the SNS console."
            }
            Self::EventsSilent { .. } => {
                "Check in the SNS console that the topic exists and has a confirmed subscription to Kraiter with raw message \
                 delivery off, and in the SES console that the configuration set has an event destination for this topic. If the \
                 stack was deleted, connect again in this region."
            }
            Self::ConfigurationSetDeleted { .. } => {
                "Connect again in this region to create the configuration set and its event destination, or set up events for \
                 this region if you created the role by hand."
            }
            Self::RoleBoundElsewhere => {
                "Disconnect the role from the other organisation, or create a separate stack for this organisation."
            }
            Self::AwsUnreachable => "No action needed. Kraiter retries automatically.",
            Self::KraiterCredentials => "No action needed on your side. Contact Kraiter's support.",
            Self::AwsError { .. } => {
                "Verify again in a minute. If the error persists, contact Kraiter's support with this code."
            }
        }
    }

    /// Returns whether the problem may disappear without any action, so that a single failure doesn't degrade a working connection.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::AwsUnreachable | Self::KraiterCredentials)
    }

    /// Returns whether a new role may have this problem until IAM has propagated it.
    #[must_use]
    pub const fn may_be_propagation(&self) -> bool {
        matches!(self, Self::RoleRefused | Self::PermissionMissing { .. } | Self::AwsUnreachable)
    }

    /// Returns whether emails can still be sent with this problem.
    #[must_use]
    pub fn allows_sending(&self) -> bool {
        match self {
            Self::AwsUnreachable | Self::AccountUnderReview => true,
            other => other.concerns_events() || other.denies_sends(),
        }
    }

    /// Returns the reason for an action that AWS denies. `action` is the one that was called.
    #[must_use]
    pub fn of_denial(error: &Error, action: &str) -> Self {
        let denial = error.access_denial();
        let action = denial.and_then(|denial| denial.action).unwrap_or(action).to_owned();
        match denial.and_then(|denial| denial.organisation_policy) {
            Some(OrganisationPolicy::ServiceControl) => Self::ServiceControlPolicy { action },
            Some(OrganisationPolicy::ResourceControl) => Self::ResourceControlPolicy { action },
            None => {
                let resource = denial.and_then(|denial| denial.resource).filter(|resource| *resource != "*");
                Self::PermissionMissing { action, resource: resource.map(str::to_owned) }
            }
        }
    }

    /// Returns whether AWS denies emails. Other emails may still be sent: a role may be limited to some identities.
    #[must_use]
    pub fn denies_sends(&self) -> bool {
        match self {
            Self::PermissionMissing { action, .. }
            | Self::ServiceControlPolicy { action }
            | Self::ResourceControlPolicy { action } => action.starts_with("ses:Send"),
            _ => false,
        }
    }

    /// Returns whether the role works and only events don't arrive.
    #[must_use]
    pub const fn concerns_events(&self) -> bool {
        matches!(
            self,
            Self::TopicUnsubscribed | Self::EventsSilent { .. } | Self::ConfigurationSetDeleted { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn denied(message: &str) -> Reason {
        let code = Some("AccessDeniedException".to_owned());
        let error = Error::service(StatusCode::FORBIDDEN, code, Some(message.into()), None);
        Reason::of_denial(&error, "ses:SendEmail")
    }

    #[test]
    fn a_denial_names_the_resource_or_the_policy_in_awss_sentence() {
        let set = "arn:aws:ses:eu-west-1:123456789012:configuration-set/kraiter";
        let reason =
            denied(&format!("User `a' is not authorized to perform `ses:SendEmail' on resource `{set}'"));
        assert_eq!(reason.message(), format!("The role isn't allowed to call ses:SendEmail on {set}."));
        assert!(reason.denies_sends() && reason.allows_sending());
        let sentence =
            "User: a is not authorized to perform: ses:SendEmail on resource: b with an explicit deny in a";
        assert_eq!(denied(&format!("{sentence} service control policy")).code(), "service_control_policy");
        assert_eq!(denied(&format!("{sentence} resource control policy")).code(), "resource_control_policy");
        assert_eq!(
            denied("Access denied."),
            Reason::PermissionMissing { action: "ses:SendEmail".into(), resource: None }
        );
    }

    #[test]
    fn the_stored_form_has_the_same_code_as_the_api() {
        let region: Region = "eu-south-1".parse().unwrap();
        let reasons = [
            Reason::NoConfirmation,
            Reason::StackInOtherRegion { link: region, stack: "eu-west-1".parse().unwrap() },
            Reason::RoleRefused,
            Reason::ExternalIdNotEnforced,
            Reason::OtherExternalIdAccepted,
            Reason::PermissionMissing { action: "ses:GetAccount".into(), resource: None },
            Reason::ServiceControlPolicy { action: "ses:GetAccount".into() },
            Reason::ResourceControlPolicy { action: "sts:AssumeRole".into() },
            Reason::RegionNotEnabled { region },
            Reason::StsNotActivated { region },
            Reason::SendingPaused,
            Reason::AccountUnderReview,
            Reason::TopicUnsubscribed,
            Reason::EventsSilent { region },
            Reason::ConfigurationSetDeleted { region },
            Reason::RoleBoundElsewhere,
            Reason::AwsUnreachable,
            Reason::KraiterCredentials,
            Reason::AwsError { aws_code: "X".into() },
        ];
        assert_eq!(reasons.each_ref().map(Reason::code), Reason::CODES);
        for reason in reasons {
            let stored = serde_json::to_value(&reason).unwrap();
            let name = stored.as_str().or_else(|| stored.as_object()?.keys().next().map(String::as_str));
            assert_eq!(name, Some(reason.code()));
            assert_eq!(serde_json::from_value::<Reason>(stored).unwrap(), reason);
        }
    }
}
