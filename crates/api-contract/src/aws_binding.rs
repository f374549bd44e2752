//! The connection to the customer's AWS account: `/v1/aws-binding`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::{FieldError, RegionCode};
#[cfg(feature = "openapi")]
use crate::schema::{Object, ReasonCode, Timestamp};
use aws_sans_io::{AccountId, RoleArn};
use domain::{
    connection::{
        self, AccountSuppressionReason, BindingStatus, ConnectionState, EventSource, PricingPlan,
        ProductionAccess, Quota, RegionFacts, Subscription,
    },
    onboarding::{self, ExternalId, StackId, TemplateVersion, console_origin},
};

/// The region to connect.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConnectRegion {
    /// The region to create the stack in.
    #[cfg_attr(feature = "openapi", schemars(with = "RegionCode"))]
    pub region: String,
}

impl ConnectRegion {
    /// Validates the region.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `region` if SES or CloudFormation isn't available there.
    pub fn parse(self) -> Result<aws_sans_io::Region, FieldError> {
        let region: RegionCode = self.region.parse().map_err(FieldError::invalid("region"))?;
        if region.supports_cloudformation() {
            Ok(region)
        } else {
            Err(FieldError {
                field: "region".into(),
                code: "region_without_stack",
                message: format!("CloudFormation can't create the stack in {region} yet"),
                help: "Connect in another region or create the role by hand. You can then send from this region too.",
            })
        }
    }
}

/// Everything that the customer needs to connect, with a stack or by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectDetails {
    /// A link that opens the CloudFormation console with every field filled in.
    #[cfg_attr(feature = "openapi", schemars(url))]
    pub quick_create_url: String,
    /// The name of the stack that the link creates.
    pub stack_name: String,
    /// The organisation's external ID.
    pub external_id: ExternalId,
    /// The AWS account that assumes the role.
    pub kraiter_account_id: AccountId,
    /// The trust policy of a role created by hand.
    #[cfg_attr(feature = "openapi", schemars(with = "Object"))]
    pub trust_policy: Value,
    /// The permissions policy of a role created by hand.
    #[cfg_attr(feature = "openapi", schemars(with = "Object"))]
    pub permissions_policy: Value,
    /// The state of the connection.
    pub status: BindingStatus,
}

/// A role that was created by hand.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RegisterRole {
    /// The customer's AWS account: 12 digits.
    #[cfg_attr(feature = "openapi", schemars(with = "AccountId"))]
    pub aws_account_id: String,
    /// The ARN of the role.
    #[cfg_attr(feature = "openapi", schemars(with = "RoleArn"))]
    pub role_arn: String,
    /// The organisation's external ID, as in the role's trust policy. Kraiter generates it; you can't choose it.
    #[cfg_attr(feature = "openapi", schemars(with = "ExternalId"))]
    pub external_id: String,
    /// The default region to send from.
    #[cfg_attr(feature = "openapi", schemars(with = "RegionCode"))]
    pub stack_region: String,
}

/// A validated [`RegisterRole`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredRole {
    /// The ARN of the role.
    pub role_arn: RoleArn,
    /// The default region to send from.
    pub stack_region: aws_sans_io::Region,
}

impl RegisterRole {
    /// Validates the request, except that the external ID is the organisation's.
    ///
    /// # Errors
    /// Fails with the first field that is invalid.
    pub fn check(self) -> Result<(RegisteredRole, ExternalId), FieldError> {
        let account: AccountId = self.aws_account_id.parse().map_err(FieldError::invalid("awsAccountId"))?;
        let role_arn: RoleArn = self.role_arn.parse().map_err(FieldError::invalid("roleArn"))?;
        let external_id = self.external_id.parse().map_err(FieldError::invalid("externalId"))?;
        let stack_region = self.stack_region.parse().map_err(FieldError::invalid("stackRegion"))?;
        if *role_arn.account() == account {
            Ok((RegisteredRole { role_arn, stack_region }, external_id))
        } else {
            Err(FieldError {
                help: "Enter the ID of the role's account, or a role of the account that you entered.",
                ..FieldError::new(
                    "roleArn",
                    "account_mismatch",
                    "the role belongs to another AWS account than the one that you entered",
                )
            })
        }
    }

    /// Validates the request. `expected` is the organisation's external ID.
    ///
    /// # Errors
    /// Fails with the first field that is invalid.
    pub fn parse(self, expected: &ExternalId) -> Result<RegisteredRole, FieldError> {
        match self.check()? {
            (role, external_id) if external_id == *expected => Ok(role),
            _ => Err(FieldError {
                help: "Copy the external ID from the Identities page. Kraiter generates it; you can't choose it.",
                ..FieldError::new(
                    "externalId",
                    "external_id_mismatch",
                    "the external ID is not the one that Kraiter generated for this organisation",
                )
            }),
        }
    }
}

/// The reason why a connection or a region doesn't work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The stable code, for programs.
    #[cfg_attr(feature = "openapi", schemars(with = "ReasonCode"))]
    pub code: String,
    /// Description of the error.
    pub message: String,
    /// Advice on how to fix it.
    pub help: String,
}

impl From<&connection::Reason> for Reason {
    fn from(reason: &connection::Reason) -> Self {
        Self { code: reason.code().to_owned(), message: reason.message(), help: reason.help().to_owned() }
    }
}

/// A role that was meant to replace the connected one, but didn't pass its check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefusedRole {
    /// The role.
    pub role_arn: RoleArn,
    /// The reason why it can't be used.
    pub reason: Reason,
}

impl From<&connection::RefusedRole> for RefusedRole {
    fn from(refused: &connection::RefusedRole) -> Self {
        Self { role_arn: refused.role_arn.clone(), reason: (&refused.reason).into() }
    }
}

/// The state of a region's events: deliveries, bounces and complaints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegionEvents {
    /// Off: the region has neither a stack nor an SNS topic.
    None,
    /// Waiting for the confirmation of the SNS subscription.
    Awaited,
    /// Kraiter receives events.
    Active,
    /// Emails were sent, but none of their events arrived.
    Silent,
    /// The configuration set was deleted.
    SetDeleted,
    /// The SNS subscription was removed.
    Ended,
}

impl From<Option<&EventSource>> for RegionEvents {
    fn from(source: Option<&EventSource>) -> Self {
        match source.map(|source| source.subscription) {
            None => Self::None,
            Some(Subscription::Pending) => Self::Awaited,
            Some(Subscription::Active) => Self::Active,
            Some(Subscription::Silent) => Self::Silent,
            Some(Subscription::SetDeleted) => Self::SetDeleted,
            Some(Subscription::Ended) => Self::Ended,
        }
    }
}

/// The CloudFormation stack of a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stack {
    /// The stack's ID, which is its ARN.
    pub id: StackId,
    /// The version of the template that created or updated the stack.
    pub template_version: TemplateVersion,
    /// A link that opens the CloudFormation console to update the stack. `null` if it has the published template.
    #[cfg_attr(feature = "openapi", schemars(url))]
    pub update_url: Option<String>,
}

/// A region and the state of the customer's account there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// The region's code.
    pub region: aws_sans_io::Region,
    /// The location, such as `Europe (Ireland)`.
    pub location: String,
    /// True if the account must enable the region first.
    pub opt_in: bool,
    /// True if the stack can be created there. If not, create the role by hand.
    pub supports_stack: bool,
    /// The state of the region's events.
    pub events: RegionEvents,
    /// The configuration set that emails from this region use.
    pub configuration_set: Option<String>,
    /// The stack that created the configuration set; `null` if there is none.
    pub stack: Option<Stack>,
    /// True if the account is in the SES sandbox there; `null` until it has been read.
    pub sandbox: Option<bool>,
    /// The account's sending limits there; `null` until they have been read.
    pub quota: Option<Quota>,
    /// Whether the account may send to anyone there, and AWS's decision about it; `null` until it has been read.
    pub production_access: Option<ProductionAccess>,
    /// What puts an address on the account-level suppression list of SES there. Empty if the list is off; `null` until it has been read.
    pub suppressed_reasons: Option<Vec<AccountSuppressionReason>>,
    /// The account's pricing plan there; `null` until it has been read, and if AWS doesn't report it.
    pub pricing_plan: Option<PricingPlan>,
    /// The pricing plan from the start of the next month; `null` if no change is scheduled.
    pub next_pricing_plan: Option<PricingPlan>,
    /// The reason why the account could not be read there.
    pub reason: Option<Reason>,
    /// The SES account dashboard of the region, where you request production access.
    #[cfg_attr(feature = "openapi", schemars(url))]
    pub ses_console_url: String,
}

impl Region {
    /// Creates the response for `region`. `state` describes the default region, and `facts` the others.
    fn new(
        region: aws_sans_io::Region,
        state: &ConnectionState,
        facts: &[RegionFacts],
        update_url: impl Fn(&onboarding::Stack) -> Option<String>,
    ) -> Self {
        let source = state.in_force().binding().and_then(|binding| binding.events_in(region));
        let facts = facts.iter().find(|facts| facts.region == region);
        let account = state.account_in(region, facts);
        let details = account.map(|account| &account.details);
        Self {
            region,
            location: region.location().to_owned(),
            opt_in: region.is_opt_in(),
            supports_stack: region.supports_cloudformation(),
            events: source.into(),
            configuration_set: source.and_then(usable_configuration_set),
            stack: source.and_then(|source| source.stack.as_ref()).map(|stack| Stack {
                id: stack.id.clone(),
                template_version: stack.template_version.clone(),
                update_url: update_url(stack),
            }),
            sandbox: account.map(|account| !account.production_access),
            quota: account.map(|account| account.quota),
            production_access: details.map(|details| details.production_access.clone()),
            suppressed_reasons: details.map(|details| details.suppressed_reasons.clone()),
            pricing_plan: details.and_then(|details| details.plan),
            next_pricing_plan: details.and_then(|details| details.next_plan),
            reason: facts.and_then(|facts| facts.reason.as_ref()).map(Reason::from),
            ses_console_url: format!("{}/ses/home?region={region}#/account", console_origin(region)),
        }
    }
}

/// The connection to the customer's AWS account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AwsBinding {
    /// The state of the connection.
    pub status: BindingStatus,
    /// The customer's AWS account: 12 digits. `null` until a role is known.
    pub aws_account_id: Option<AccountId>,
    /// The role that Kraiter assumes; `null` until it is known. While it is being verified, a role that worked before is still used.
    pub role_arn: Option<RoleArn>,
    /// The default region to send from.
    pub stack_region: Option<RegionCode>,
    /// The organisation's external ID, for the role's trust policy.
    pub external_id: ExternalId,
    /// The configuration set that emails from the default region use.
    pub configuration_set: Option<String>,
    /// True if Kraiter receives the events of the default region.
    pub events_active: bool,
    /// True if the account is in the SES sandbox in the default region; `null` until it has been read.
    pub sandbox: Option<bool>,
    /// The account's sending limits in the default region; `null` until they have been read.
    pub quota: Option<Quota>,
    /// The reason why the connection doesn't work, or not completely; `null` if it works.
    pub reason: Option<Reason>,
    /// The actions of the permissions policy that the role is known to lack.
    #[serde(default)]
    pub missing_permissions: Vec<String>,
    /// The role that was last meant to replace this one, if it didn't pass its check. `null` if there is none.
    #[serde(default)]
    pub refused_role: Option<RefusedRole>,
    /// Every region that SES supports.
    pub regions: Vec<Region>,
    /// Time of the last check.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub checked_at: Option<OffsetDateTime>,
}

impl AwsBinding {
    /// Creates the response. `state` describes the default region, and `facts` the others. `update_url` returns the page that updates a
    /// stack, unless it is up to date.
    #[must_use]
    pub fn new(
        state: &ConnectionState,
        external_id: ExternalId,
        facts: &[RegionFacts],
        update_url: impl Fn(&onboarding::Stack) -> Option<String>,
    ) -> Self {
        let binding = state.binding();
        let in_force = state.in_force().binding();
        let events = in_force.and_then(|binding| binding.events_in(binding.stack_region));
        Self {
            status: state.status(),
            aws_account_id: binding.map(|binding| binding.account().clone()),
            role_arn: binding.map(|binding| binding.role_arn.clone()),
            stack_region: state.stack_region(),
            external_id,
            configuration_set: events.and_then(usable_configuration_set),
            events_active: RegionEvents::from(events) == RegionEvents::Active,
            sandbox: state.account().map(|account| !account.production_access),
            quota: state.account().map(|account| account.quota),
            reason: state.reason().map(Reason::from),
            missing_permissions: Vec::new(),
            refused_role: None,
            regions: RegionCode::all().map(|region| Region::new(region, state, facts, &update_url)).collect(),
            checked_at: state.checked_at(),
        }
    }
}

fn usable_configuration_set(source: &EventSource) -> Option<String> {
    source.usable_configuration_set().map(str::to_owned)
}

/// The connection after a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// True if the check has proven that the role can be assumed with the external ID, and only with it.
    pub verified: bool,
    /// The connection.
    #[serde(flatten)]
    pub binding: AwsBinding,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> RegisterRole {
        RegisterRole {
            aws_account_id: "123456789012".into(),
            role_arn: "arn:aws:iam::123456789012:role/KraiterSESRole".into(),
            external_id: ExternalId::from_random(&[1; 20]).to_string(),
            stack_region: "eu-west-1".into(),
        }
    }

    #[test]
    fn a_role_of_another_account_or_with_another_external_id_is_refused() {
        let expected = ExternalId::from_random(&[1; 20]);
        assert!(request().parse(&expected).is_ok());
        let other = RegisterRole { aws_account_id: "999999999999".into(), ..request() };
        let error = other.parse(&expected).unwrap_err();
        assert_eq!((error.field.as_str(), error.code), ("roleArn", "account_mismatch"));
        let error = request().parse(&ExternalId::from_random(&[2; 20])).unwrap_err();
        assert_eq!((error.field.as_str(), error.code), ("externalId", "external_id_mismatch"));
    }

    #[test]
    fn while_a_role_is_verified_the_account_and_the_events_are_those_of_the_role_in_force() {
        use domain::connection::{AccountDetails, AccountFacts, Binding};
        let region = "eu-west-1".parse().unwrap();
        let binding = |name: &str, events| Binding {
            role_arn: format!("arn:aws:iam::123456789012:role/{name}").parse().unwrap(),
            stack_region: region,
            events,
        };
        let source = EventSource {
            region,
            configuration_set: "set".into(),
            topic: None,
            subscription: Subscription::Active,
            stack: None,
        };
        let quota = Quota { max_24_hour_send: 200.0, max_send_rate: 1.0, sent_last_24_hours: 0.0 };
        let account = AccountFacts {
            production_access: true,
            sending_enabled: true,
            under_review: false,
            quota,
            details: AccountDetails::default(),
        };
        let since = time::macros::datetime!(2026-11-24 12:00 UTC);
        let connected = ConnectionState::Connected {
            binding: binding("one", vec![source]),
            account,
            checked_at: since,
            unanswered: 0,
        };
        let verifying = ConnectionState::Verifying {
            binding: binding("two", vec![]),
            since,
            attempts: 0,
            reason: None,
            previous: Some(Box::new(connected)),
        };
        let view = AwsBinding::new(&verifying, ExternalId::from_random(&[1; 20]), &[], |_| None);
        assert_eq!(view.status, BindingStatus::Verifying);
        assert_eq!(view.role_arn.unwrap().as_str(), "arn:aws:iam::123456789012:role/two");
        assert_eq!((view.sandbox, view.events_active), (Some(false), true));
        assert_eq!(view.configuration_set.as_deref(), Some("set"));
    }

    #[test]
    fn a_stack_needs_a_region_with_cloudformation() {
        let parse = |region: &str| ConnectRegion { region: region.into() }.parse();
        assert_eq!(parse("eu-west-1").unwrap().name(), "eu-west-1");
        assert_eq!(parse("mx-central-1").unwrap_err().code, "region_without_stack");
        assert_eq!(parse("mars").unwrap_err().code, "invalid_region");
    }

    #[test]
    fn an_error_names_the_invalid_field() {
        let expected = ExternalId::from_random(&[1; 20]);
        let invalid = "nope".to_owned();
        for (request, field) in [
            (RegisterRole { aws_account_id: invalid.clone(), ..request() }, "awsAccountId"),
            (RegisterRole { role_arn: invalid.clone(), ..request() }, "roleArn"),
            (RegisterRole { external_id: invalid.clone(), ..request() }, "externalId"),
            (RegisterRole { stack_region: invalid, ..request() }, "stackRegion"),
        ] {
            assert_eq!(request.parse(&expected).unwrap_err().field, field);
        }
    }
}
