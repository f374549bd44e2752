//! `/v1/aws-binding` and below.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::{ApiError, FieldError};
#[cfg(feature = "openapi")]
use crate::openapi::{Object, ReasonCode, Timestamp};
use aws_sans_io::{AccountId, Region, RoleArn};
use domain::{
    connection::{EventSource, Quota, Reason, RegionFacts, State, Status, Subscription},
    onboarding::{ExternalId, console_origin},
};

/// `POST /v1/aws-binding/connect`.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConnectRequest {
    /// The region of the stack to be.
    #[cfg_attr(feature = "openapi", schemars(with = "Region"))]
    pub region: String,
}

impl ConnectRequest {
    /// The region, checked.
    ///
    /// # Errors
    /// [`FieldError`] for `region`.
    pub fn parse(self) -> Result<Region, FieldError> {
        let region: Region = self.region.parse().map_err(FieldError::invalid("region"))?;
        if region.supports_stack() {
            Ok(region)
        } else {
            Err(FieldError {
                field: "region".into(),
                code: "region_without_stack",
                message: format!("CloudFormation can't make the stack in {region} yet"),
                help: "Connect in another region, or make the role by hand; email can then be sent from this region too.",
            })
        }
    }
}

/// What the customer needs to connect, by one click or by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConnectView {
    /// The link that opens the CloudFormation console with everything filled in.
    #[cfg_attr(feature = "openapi", schemars(url))]
    pub quick_create_url: String,
    /// The stack's name in it.
    pub stack_name: String,
    /// The organisation's external ID.
    pub external_id: ExternalId,
    /// The account that will assume the role.
    pub kraiter_account_id: AccountId,
    /// The trust policy for manual set-up, a JSON document.
    #[cfg_attr(feature = "openapi", schemars(with = "Object"))]
    pub trust_policy: Value,
    /// The permissions policy for manual set-up, a JSON document.
    #[cfg_attr(feature = "openapi", schemars(with = "Object"))]
    pub permissions_policy: Value,
    /// The connection's status after this.
    pub status: Status,
}

/// `POST /v1/aws-binding`: a role made by hand.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RegisterRequest {
    /// The account's twelve digits.
    #[cfg_attr(feature = "openapi", schemars(with = "AccountId"))]
    pub aws_account_id: String,
    /// The role.
    #[cfg_attr(feature = "openapi", schemars(with = "RoleArn"))]
    pub role_arn: String,
    /// The organisation's external ID, as it stands in the role's trust policy.
    #[cfg_attr(feature = "openapi", schemars(with = "ExternalId"))]
    pub external_id: String,
    /// The region to send from.
    #[cfg_attr(feature = "openapi", schemars(with = "Region"))]
    pub stack_region: String,
}

/// A role that may become the organisation's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredRole {
    /// The role.
    pub role_arn: RoleArn,
    /// The region to send from.
    pub stack_region: Region,
}

impl RegisterRequest {
    /// The role and the external ID, each checked by itself and against the other fields.
    ///
    /// # Errors
    /// [`ApiError`] with the field that is wrong.
    pub fn check(self) -> Result<(RegisteredRole, ExternalId), ApiError> {
        let account: AccountId = self.aws_account_id.parse().map_err(FieldError::invalid("awsAccountId"))?;
        let role_arn: RoleArn = self.role_arn.parse().map_err(FieldError::invalid("roleArn"))?;
        let external_id = self.external_id.parse().map_err(FieldError::invalid("externalId"))?;
        let stack_region = self.stack_region.parse().map_err(FieldError::invalid("stackRegion"))?;
        if *role_arn.account() == account {
            Ok((RegisteredRole { role_arn, stack_region }, external_id))
        } else {
            Err(ApiError::AccountMismatch)
        }
    }

    /// The role, checked against the organisation's external ID too.
    ///
    /// # Errors
    /// [`ApiError`] with the field that is wrong.
    pub fn parse(self, expected: &ExternalId) -> Result<RegisteredRole, ApiError> {
        match self.check()? {
            (role, external_id) if external_id == *expected => Ok(role),
            _ => Err(ApiError::ExternalIdMismatch),
        }
    }
}

/// Why a connection doesn't work, for a page to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReasonView {
    /// The stable code.
    #[cfg_attr(feature = "openapi", schemars(with = "ReasonCode"))]
    pub code: String,
    /// What happened.
    pub message: String,
    /// The step that mends it.
    pub help: String,
}

impl From<&Reason> for ReasonView {
    fn from(reason: &Reason) -> Self {
        Self { code: reason.code().to_owned(), message: reason.message(), help: reason.help().to_owned() }
    }
}

/// Whether what becomes of mail is heard of, in one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RegionEvents {
    /// No: the region has neither a stack nor a topic.
    None,
    /// Not yet: the topic's confirmation hasn't come.
    Awaited,
    /// Yes.
    Active,
    /// No longer: the topic has told that it doesn't post any more.
    Ended,
}

impl From<Option<&EventSource>> for RegionEvents {
    fn from(source: Option<&EventSource>) -> Self {
        match source.map(|source| source.subscription) {
            None => Self::None,
            Some(Subscription::Awaited) => Self::Awaited,
            Some(Subscription::Active) => Self::Active,
            Some(Subscription::Ended) => Self::Ended,
        }
    }
}

/// A region that can be chosen, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegionView {
    /// The code.
    pub region: Region,
    /// The place.
    pub location: String,
    /// Whether the account must enable it first.
    pub opt_in: bool,
    /// Whether the stack can be made there.
    pub supports_stack: bool,
    /// Whether bounces and complaints come back from there.
    pub events: RegionEvents,
    /// The configuration set that sends from there name.
    pub configuration_set: Option<String>,
    /// Whether the account is in the sandbox there; `null` until it was read. Each region answers for itself.
    pub sandbox: Option<bool>,
    /// The account's limits there.
    pub quota: Option<Quota>,
    /// Why the account could not be read there.
    pub reason: Option<ReasonView>,
    /// SES's account page of the region: there production access is asked for.
    #[cfg_attr(feature = "openapi", schemars(url))]
    pub ses_console_url: String,
}

impl RegionView {
    /// What is known of `region`: the stack's region by `state`, another one by what was found out there.
    #[must_use]
    pub fn new(region: Region, state: &State, facts: &[RegionFacts]) -> Self {
        let source = state.binding().and_then(|binding| binding.events_in(region));
        let facts = facts.iter().find(|facts| facts.region == region);
        let account = state.account_in(region, facts);
        Self {
            region,
            location: region.location().to_owned(),
            opt_in: region.is_opt_in(),
            supports_stack: region.supports_stack(),
            events: source.into(),
            configuration_set: source.map(|source| source.configuration_set.clone()),
            sandbox: account.map(|account| !account.production_access),
            quota: account.map(|account| account.quota),
            reason: facts.and_then(|facts| facts.reason.as_ref()).map(ReasonView::from),
            ses_console_url: format!("{}/ses/home?region={region}#/account", console_origin(region)),
        }
    }
}

/// `GET /v1/aws-binding`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AwsBindingView {
    /// The connection's state.
    pub status: Status,
    /// The customer's account, once a role is known.
    pub aws_account_id: Option<AccountId>,
    /// The role, once known.
    pub role_arn: Option<RoleArn>,
    /// The region of the stack.
    pub stack_region: Option<Region>,
    /// The organisation's external ID.
    pub external_id: ExternalId,
    /// The configuration set that sends from the stack's region name.
    pub configuration_set: Option<String>,
    /// Whether bounces and complaints come back from the stack's region.
    pub events_active: bool,
    /// Whether the account is in the sandbox in the stack's region; `null` until it was read.
    pub sandbox: Option<bool>,
    /// The account's limits in the stack's region.
    pub quota: Option<Quota>,
    /// Why it doesn't work, or not wholly.
    pub reason: Option<ReasonView>,
    /// The actions of the permissions policy that the role lacks, as far as was found out.
    #[serde(default)]
    pub missing_permissions: Vec<String>,
    /// The regions that can be chosen.
    pub regions: Vec<RegionView>,
    /// When the connection was last looked at.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub checked_at: Option<OffsetDateTime>,
}

impl AwsBindingView {
    /// What is shown of a state, and of the regions beside the stack's.
    #[must_use]
    pub fn new(state: &State, external_id: ExternalId, facts: &[RegionFacts]) -> Self {
        let binding = state.binding();
        let events = binding.and_then(|binding| binding.events_in(binding.stack_region));
        Self {
            status: state.status(),
            aws_account_id: binding.map(|binding| binding.account().clone()),
            role_arn: binding.map(|binding| binding.role_arn.clone()),
            stack_region: state.stack_region(),
            external_id,
            configuration_set: events.map(|events| events.configuration_set.clone()),
            events_active: RegionEvents::from(events) == RegionEvents::Active,
            sandbox: state.account().map(|account| !account.production_access),
            quota: state.account().map(|account| account.quota),
            reason: state.reason().map(ReasonView::from),
            missing_permissions: Vec::new(),
            regions: Region::all().map(|region| RegionView::new(region, state, facts)).collect(),
            checked_at: state.checked_at(),
        }
    }
}

/// `POST /v1/aws-binding/verify`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerifyView {
    /// Whether the role worked just now, and only with the external ID.
    pub verified: bool,
    /// The connection after this check.
    #[serde(flatten)]
    pub binding: AwsBindingView,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> RegisterRequest {
        RegisterRequest {
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
        let other = RegisterRequest { aws_account_id: "999999999999".into(), ..request() };
        assert_eq!(other.parse(&expected), Err(ApiError::AccountMismatch));
        assert_eq!(request().parse(&ExternalId::from_random(&[2; 20])), Err(ApiError::ExternalIdMismatch));
    }

    #[test]
    fn a_link_is_for_a_region_where_the_stack_can_be_made() {
        let parse = |region: &str| ConnectRequest { region: region.into() }.parse();
        assert_eq!(parse("eu-west-1").unwrap().name(), "eu-west-1");
        assert_eq!(parse("mx-central-1").unwrap_err().code, "region_without_stack");
        assert_eq!(parse("mars").unwrap_err().code, "invalid_region");
    }

    #[test]
    fn each_wrong_field_is_named() {
        let expected = ExternalId::from_random(&[1; 20]);
        let wrong = "nope".to_owned();
        for (request, field) in [
            (RegisterRequest { aws_account_id: wrong.clone(), ..request() }, "awsAccountId"),
            (RegisterRequest { role_arn: wrong.clone(), ..request() }, "roleArn"),
            (RegisterRequest { external_id: wrong.clone(), ..request() }, "externalId"),
            (RegisterRequest { stack_region: wrong, ..request() }, "stackRegion"),
        ] {
            assert_eq!(request.parse(&expected).unwrap_err().field(), Some(field));
        }
    }
}
