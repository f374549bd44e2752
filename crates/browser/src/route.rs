//! The routes of the API: the method and path of each, and what is checked before anything is sent.

use kraiter_core::{
    api::{ConnectRequest, FieldError, RegisterRequest},
    aws::Region,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::failure::Failure;

/// What can be asked of the API, one method of the package each.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `awsBinding.get`.
    GetAwsBinding,
    /// `awsBinding.connect`.
    ConnectAws,
    /// `awsBinding.create`.
    CreateAwsBinding,
    /// `awsBinding.verify`.
    VerifyAwsBinding,
    /// `awsBinding.disconnect`.
    DeleteAwsBinding,
    /// `identities.create`.
    CreateIdentity,
    /// `identities.get`.
    GetIdentity,
    /// `identities.list`.
    ListIdentities,
    /// `emails.send`.
    SendEmail,
    /// `emails.get`.
    GetEmail,
    /// `emails.list`.
    ListEmails,
    /// `session.create`.
    CreateSession,
    /// `session.get`.
    GetSession,
    /// `session.end`.
    DeleteSession,
}

/// What may stand in a path as it is: the unreserved characters of RFC 3986.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Route {
    /// The HTTP method.
    #[must_use]
    pub const fn method(self) -> &'static str {
        match self {
            Self::ConnectAws
            | Self::CreateAwsBinding
            | Self::VerifyAwsBinding
            | Self::CreateIdentity
            | Self::SendEmail
            | Self::CreateSession => "POST",
            Self::DeleteAwsBinding | Self::DeleteSession => "DELETE",
            Self::GetAwsBinding
            | Self::GetIdentity
            | Self::ListIdentities
            | Self::GetEmail
            | Self::ListEmails
            | Self::GetSession => "GET",
        }
    }

    /// The path. `argument` is the id for a route about one thing, the query for a route that lists.
    #[must_use]
    pub fn path(self, argument: &str) -> String {
        let path = match self {
            Self::GetAwsBinding | Self::CreateAwsBinding | Self::DeleteAwsBinding => "/v1/aws-binding",
            Self::ConnectAws => "/v1/aws-binding/connect",
            Self::VerifyAwsBinding => "/v1/aws-binding/verify",
            Self::CreateIdentity | Self::GetIdentity | Self::ListIdentities => "/v1/identities",
            Self::SendEmail | Self::GetEmail | Self::ListEmails => "/v1/emails",
            Self::CreateSession | Self::GetSession | Self::DeleteSession => "/v1/session",
        };
        match self {
            Self::GetIdentity | Self::GetEmail => format!("{path}/{}", utf8_percent_encode(argument, PATH)),
            Self::ListEmails if !argument.is_empty() => format!("{path}?{argument}"),
            _ => path.to_owned(),
        }
    }

    /// Checks what would be sent, by the API's own rules. `text` gives a field of the body, where that is a text; what is missing or
    /// of another type is left for the API to say.
    ///
    /// # Errors
    /// What the API would answer.
    pub fn check(self, text: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
        match self {
            Self::ConnectAws => {
                if let Some(region) = text("region") {
                    ConnectRequest { region }.parse()?;
                }
            }
            Self::CreateAwsBinding => {
                if let (Some(aws_account_id), Some(role_arn), Some(external_id), Some(stack_region)) =
                    (text("awsAccountId"), text("roleArn"), text("externalId"), text("stackRegion"))
                {
                    RegisterRequest { aws_account_id, role_arn, external_id, stack_region }.check()?;
                }
            }
            Self::CreateIdentity | Self::SendEmail => {
                if let Some(region) = text("region") {
                    region.parse::<Region>().map_err(FieldError::invalid("region"))?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}
