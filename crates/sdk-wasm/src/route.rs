//! The routes of the API: method, path, and the checks before a request is sent.

#![allow(clippy::float_cmp, reason = "wasm-bindgen reads an enum's number so")]

use api_contract::{ConnectRegion, FieldError, RegionCode, RegisterRole, SetUpEvents};
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::Error;

/// A route of the API, with a method of the package for each.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// `apiKeys.list`.
    ListApiKeys,
    /// `apiKeys.create`.
    CreateApiKey,
    /// `apiKeys.delete`.
    DeleteApiKey,
    /// `awsBinding.get`.
    GetAwsBinding,
    /// `awsBinding.connect`.
    ConnectAws,
    /// `awsBinding.create`.
    CreateAwsBinding,
    /// `awsBinding.verify`.
    VerifyAwsBinding,
    /// `awsBinding.audit`.
    AuditAwsBinding,
    /// `awsBinding.setUpEvents`.
    SetUpEvents,
    /// `awsBinding.disconnect`.
    DeleteAwsBinding,
    /// `identities.create`.
    CreateIdentity,
    /// `identities.get`.
    GetIdentity,
    /// `identities.list`.
    ListIdentities,
    /// `templates.create`.
    CreateTemplate,
    /// `templates.list`.
    ListTemplates,
    /// `templates.get`.
    GetTemplate,
    /// `templates.update`.
    UpdateTemplate,
    /// `templates.delete`.
    DeleteTemplate,
    /// `templates.preview`.
    PreviewTemplate,
    /// `templates.previewDraft`.
    PreviewDraft,
    /// `identities.delete`.
    DeleteIdentity,
    /// `identities.setDkim`.
    SetIdentityDkim,
    /// `identities.checkDns`.
    CheckIdentityDns,
    /// `identities.zoneFile`.
    GetIdentityZone,
    /// `emails.send`.
    SendEmail,
    /// `emails.batch`.
    SendBatch,
    /// `emails.get`.
    GetEmail,
    /// `emails.cancel`.
    CancelEmail,
    /// `emails.list`.
    ListEmails,
    /// `sending.get`.
    GetSending,
    /// `sending.reputation`.
    GetReputation,
    /// `suppressions.list`.
    ListSuppressions,
    /// `suppressions.create`.
    CreateSuppression,
    /// `suppressions.get`.
    GetSuppression,
    /// `suppressions.delete`.
    DeleteSuppression,
    /// `suppressions.importCsv`.
    ImportSuppressions,
    /// `suppressions.exportCsv`.
    ExportSuppressions,
    /// `session.create`.
    CreateSession,
    /// `session.get`.
    GetSession,
    /// `session.end`.
    EndSession,
}

/// Whether a failed request may be retried automatically.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Repeating the request has no further effect.
    Safe,
    /// With the idempotency key of the first request.
    WithIdempotencyKey,
    /// The caller decides.
    Never,
}

/// The characters that aren't encoded in a path: the unreserved ones of RFC 3986.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the seconds after which a request times out: 30, which the slowest route needs to verify a role, plus one for every
/// 50,000 characters of the body, which is 400 kbit/s.
#[must_use]
pub const fn timeout_seconds(characters: u32) -> u32 {
    30 + characters / 50_000
}

impl Route {
    /// Returns the HTTP method.
    #[must_use]
    pub const fn method(self) -> Method {
        match self {
            Self::ConnectAws
            | Self::CreateApiKey
            | Self::CreateAwsBinding
            | Self::VerifyAwsBinding
            | Self::AuditAwsBinding
            | Self::SetUpEvents
            | Self::CreateIdentity
            | Self::CheckIdentityDns
            | Self::CreateTemplate
            | Self::PreviewTemplate
            | Self::PreviewDraft
            | Self::SendEmail
            | Self::SendBatch
            | Self::CancelEmail
            | Self::CreateSuppression
            | Self::ImportSuppressions
            | Self::CreateSession => Method::POST,
            Self::SetIdentityDkim | Self::UpdateTemplate => Method::PUT,
            Self::DeleteApiKey
            | Self::DeleteAwsBinding
            | Self::DeleteIdentity
            | Self::DeleteTemplate
            | Self::DeleteSuppression
            | Self::EndSession => Method::DELETE,
            Self::ListApiKeys
            | Self::GetAwsBinding
            | Self::GetIdentity
            | Self::ListIdentities
            | Self::GetIdentityZone
            | Self::ListTemplates
            | Self::GetTemplate
            | Self::GetEmail
            | Self::ListEmails
            | Self::GetSending
            | Self::GetReputation
            | Self::ListSuppressions
            | Self::GetSuppression
            | Self::ExportSuppressions
            | Self::GetSession => Method::GET,
        }
    }

    /// Returns the path and query. `argument` is the id for a route about one item and the query for a route that lists. For a route
    /// with both, the id ends at the last `?`.
    #[must_use]
    pub fn path(self, argument: &str) -> String {
        let path = match self {
            Self::ListApiKeys | Self::CreateApiKey | Self::DeleteApiKey => "/v1/api-keys",
            Self::GetAwsBinding | Self::CreateAwsBinding | Self::DeleteAwsBinding => "/v1/aws-binding",
            Self::ConnectAws => "/v1/aws-binding/connect",
            Self::VerifyAwsBinding => "/v1/aws-binding/verify",
            Self::AuditAwsBinding => "/v1/aws-binding/audit",
            Self::SetUpEvents => "/v1/aws-binding/events",
            Self::CreateIdentity
            | Self::GetIdentity
            | Self::ListIdentities
            | Self::DeleteIdentity
            | Self::SetIdentityDkim
            | Self::CheckIdentityDns
            | Self::GetIdentityZone => "/v1/identities",
            Self::CreateTemplate
            | Self::ListTemplates
            | Self::GetTemplate
            | Self::UpdateTemplate
            | Self::DeleteTemplate
            | Self::PreviewTemplate => "/v1/templates",
            Self::PreviewDraft => "/v1/templates/preview",
            Self::SendEmail | Self::GetEmail | Self::CancelEmail | Self::ListEmails => "/v1/emails",
            Self::SendBatch => "/v1/emails/batch",
            Self::GetSending => "/v1/sending",
            Self::GetReputation => "/v1/reputation",
            Self::ListSuppressions
            | Self::CreateSuppression
            | Self::GetSuppression
            | Self::DeleteSuppression => "/v1/suppressions",
            Self::ImportSuppressions => "/v1/suppressions/import",
            Self::ExportSuppressions => "/v1/suppressions/export",
            Self::CreateSession | Self::GetSession | Self::EndSession => "/v1/session",
        };
        let (id, query) = match self {
            Self::ListIdentities | Self::ListTemplates | Self::ListEmails | Self::ListSuppressions => {
                ("", argument)
            }
            Self::GetTemplate => argument.rsplit_once('?').unwrap_or((argument, "")),
            _ => (argument, ""),
        };
        let item = |suffix: &str| format!("{path}/{}{suffix}", utf8_percent_encode(id, PATH));
        let path = match self {
            Self::DeleteApiKey
            | Self::GetIdentity
            | Self::DeleteIdentity
            | Self::GetTemplate
            | Self::UpdateTemplate
            | Self::DeleteTemplate
            | Self::GetEmail
            | Self::GetSuppression
            | Self::DeleteSuppression => item(""),
            Self::SetIdentityDkim => item("/dkim"),
            Self::CheckIdentityDns => item("/check-dns"),
            Self::GetIdentityZone => item("/zone"),
            Self::PreviewTemplate => item("/preview"),
            Self::CancelEmail => item("/cancel"),
            _ => path.to_owned(),
        };
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// Whether the request may be retried after a lost response.
    #[must_use]
    pub const fn retry(self) -> Retry {
        match self {
            Self::ConnectAws
            | Self::CreateApiKey
            | Self::CreateAwsBinding
            | Self::SetUpEvents
            | Self::CreateIdentity
            | Self::CreateTemplate
            | Self::SendEmail
            | Self::SendBatch
            | Self::CreateSuppression
            | Self::ImportSuppressions => Retry::WithIdempotencyKey,
            // A retry would find nothing to delete or a newer version, or would create a second session.
            Self::SetIdentityDkim
            | Self::DeleteApiKey
            | Self::DeleteIdentity
            | Self::UpdateTemplate
            | Self::DeleteTemplate
            | Self::DeleteSuppression
            | Self::CreateSession
            | Self::EndSession => Retry::Never,
            Self::ListApiKeys
            | Self::GetAwsBinding
            | Self::VerifyAwsBinding
            | Self::AuditAwsBinding
            | Self::DeleteAwsBinding
            | Self::GetIdentity
            | Self::ListIdentities
            | Self::CheckIdentityDns
            | Self::GetIdentityZone
            | Self::GetTemplate
            | Self::ListTemplates
            | Self::PreviewTemplate
            | Self::PreviewDraft
            | Self::GetEmail
            | Self::CancelEmail
            | Self::ListEmails
            | Self::GetSending
            | Self::GetReputation
            | Self::ListSuppressions
            | Self::GetSuppression
            | Self::ExportSuppressions
            | Self::GetSession => Retry::Safe,
        }
    }

    /// Returns the response's media type if it is text and not JSON.
    #[must_use]
    pub const fn text_response(self) -> Option<&'static str> {
        match self {
            Self::GetIdentityZone => Some("text/plain"),
            Self::ExportSuppressions => Some("text/csv"),
            _ => None,
        }
    }

    /// Returns the media type of the request's body.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::ImportSuppressions => "text/csv",
            _ => "application/json",
        }
    }

    /// Validates a request with the API's own rules. `argument` is as for [`Route::path`]. `text` returns a field of the body if it is
    /// a string. The API reports missing fields and other types.
    ///
    /// # Errors
    /// Fails with the error that the API would respond with.
    pub fn check(self, argument: &str, text: &dyn Fn(&str) -> Option<String>) -> Result<(), Error> {
        let check_region = |region: &str| region.parse::<RegionCode>().map_err(FieldError::invalid("region"));
        match self {
            Self::ConnectAws => {
                if let Some(region) = text("region") {
                    ConnectRegion { region }.parse()?;
                }
            }
            Self::CreateAwsBinding => {
                if let (Some(aws_account_id), Some(role_arn), Some(external_id), Some(stack_region)) =
                    (text("awsAccountId"), text("roleArn"), text("externalId"), text("stackRegion"))
                {
                    RegisterRole { aws_account_id, role_arn, external_id, stack_region }.check()?;
                }
            }
            Self::SetUpEvents => {
                SetUpEvents { region: text("region"), topic_arn: text("topicArn") }.parse()?;
            }
            Self::ListIdentities => {
                // Decoding isn't needed: no region holds an encoded character.
                for region in argument.split('&').filter_map(|pair| pair.strip_prefix("region=")) {
                    if region != "all" {
                        check_region(region)?;
                    }
                }
            }
            Self::CreateIdentity | Self::SendEmail => {
                if let Some(region) = text("region") {
                    check_region(&region)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use api_contract::{Action, ApiError, Routes};

    use super::*;

    const ALL: [Route; 40] = [
        Route::ListApiKeys,
        Route::CreateApiKey,
        Route::DeleteApiKey,
        Route::GetAwsBinding,
        Route::ConnectAws,
        Route::CreateAwsBinding,
        Route::VerifyAwsBinding,
        Route::AuditAwsBinding,
        Route::SetUpEvents,
        Route::DeleteAwsBinding,
        Route::CreateIdentity,
        Route::GetIdentity,
        Route::ListIdentities,
        Route::CreateTemplate,
        Route::ListTemplates,
        Route::GetTemplate,
        Route::UpdateTemplate,
        Route::DeleteTemplate,
        Route::PreviewTemplate,
        Route::PreviewDraft,
        Route::DeleteIdentity,
        Route::SetIdentityDkim,
        Route::CheckIdentityDns,
        Route::GetIdentityZone,
        Route::SendEmail,
        Route::SendBatch,
        Route::GetEmail,
        Route::CancelEmail,
        Route::ListEmails,
        Route::GetSending,
        Route::GetReputation,
        Route::ListSuppressions,
        Route::CreateSuppression,
        Route::GetSuppression,
        Route::DeleteSuppression,
        Route::ImportSuppressions,
        Route::ExportSuppressions,
        Route::CreateSession,
        Route::GetSession,
        Route::EndSession,
    ];

    /// The Worker's action for each route.
    fn actions() -> impl Iterator<Item = (Route, Action)> {
        let routes = Routes::default();
        ALL.into_iter().map(move |route| {
            let path = route.path("x");
            let (path, _) = path.split_once('?').unwrap_or((&path, ""));
            (route, routes.find(&route.method(), path).unwrap().action)
        })
    }

    #[test]
    fn every_route_matches_the_workers_route_of_the_same_name() {
        for (route, action) in actions() {
            assert_eq!(format!("{route:?}"), format!("{action:?}"));
        }
    }

    #[test]
    fn a_route_is_retried_with_an_idempotency_key_if_the_api_accepts_one() {
        for (route, action) in actions() {
            let has_key = route.retry() == Retry::WithIdempotencyKey;
            assert_eq!(has_key, action.takes_idempotency_key(), "{route:?}");
        }
    }

    #[test]
    fn an_id_is_encoded_as_one_segment_of_the_path() {
        for (id, path) in [
            ("eml_01hzzz", "/v1/emails/eml_01hzzz"),
            ("../aws-binding", "/v1/emails/..%2Faws-binding"),
            ("a?b#c", "/v1/emails/a%3Fb%23c"),
            ("é", "/v1/emails/%C3%A9"),
        ] {
            assert_eq!(Route::GetEmail.path(id), path);
        }
        assert_eq!(Route::GetIdentityZone.path("a/b?c"), "/v1/identities/a%2Fb%3Fc/zone");
        assert_eq!(Route::ListIdentities.path("region=all"), "/v1/identities?region=all");
        assert_eq!(Route::ListEmails.path("limit=5&cursor=x"), "/v1/emails?limit=5&cursor=x");
        assert_eq!(Route::ListEmails.path(""), "/v1/emails");
        assert_eq!(Route::GetSuppression.path("a+b@c.example"), "/v1/suppressions/a%2Bb%40c.example");
        assert_eq!(Route::ListSuppressions.path("search=a"), "/v1/suppressions?search=a");
        assert_eq!(Route::PreviewTemplate.path("a/b"), "/v1/templates/a%2Fb/preview");
        for (both, path) in [
            ("tpl_1?", "/v1/templates/tpl_1"),
            ("tpl_1?version=3", "/v1/templates/tpl_1?version=3"),
            ("a?b?version=3", "/v1/templates/a%3Fb?version=3"),
            ("../emails?", "/v1/templates/..%2Femails"),
        ] {
            assert_eq!(Route::GetTemplate.path(both), path);
        }
    }

    #[test]
    fn the_timeout_grows_with_the_body() {
        assert_eq!([0, 1_000, 5_000_000].map(timeout_seconds), [30, 30, 130]);
        // In milliseconds it fits into a timer, even for the largest body.
        assert!(
            timeout_seconds(u32::MAX)
                .checked_mul(1_000)
                .is_some_and(|milliseconds| i32::try_from(milliseconds).is_ok())
        );
    }

    /// The code and field of the error that a request fails with before it is sent.
    fn problem(route: Route, body: &[(&str, &str)]) -> Option<(String, Option<String>)> {
        let text =
            |name: &str| body.iter().find(|(field, _)| *field == name).map(|(_, value)| (*value).to_owned());
        route.check("", &text).err().map(|error| (error.code, error.field))
    }

    #[test]
    fn a_request_that_the_api_would_refuse_fails_before_it_is_sent() {
        let role = "arn:aws:iam::123456789012:role/KraiterSESRole";
        let right = [
            ("awsAccountId", "123456789012"),
            ("roleArn", role),
            ("externalId", "mxk7-aaaaaaaaaaaaaaaaaaaaaaaaaa"),
            ("stackRegion", "eu-west-1"),
        ];
        assert_eq!(problem(Route::CreateAwsBinding, &right), None);
        for (field, value, code) in [
            ("awsAccountId", "12345", "invalid_account_id"),
            ("awsAccountId", "999999999999", "account_mismatch"),
            ("roleArn", "arn:aws:iam::123456789012:user/x", "invalid_role_arn"),
            ("externalId", "mxk7-your-external-id", "invalid_external_id"),
            ("stackRegion", "mars", "invalid_region"),
        ] {
            let body = right.map(|(name, right)| (name, if name == field { value } else { right }));
            // The accounts differ: the API names the role.
            let named = if code == "account_mismatch" { "roleArn" } else { field };
            let found = problem(Route::CreateAwsBinding, &body);
            assert_eq!(found, Some((code.to_owned(), Some(named.to_owned()))));
        }
        let region = |route, region| problem(route, &[("region", region)]).map(|(code, _)| code);
        assert_eq!(region(Route::ConnectAws, "eu-west-1"), None);
        assert_eq!(region(Route::ConnectAws, "mx-central-1").as_deref(), Some("region_without_stack"));
        assert_eq!(region(Route::CreateIdentity, "mx-central-1"), None);
        assert_eq!(region(Route::SendEmail, "mars").as_deref(), Some("invalid_region"));
        assert_eq!(region(Route::SetUpEvents, "mars").as_deref(), Some("invalid_region"));
        let topic = |arn| problem(Route::SetUpEvents, &[("topicArn", arn)]);
        assert_eq!(topic("arn:aws:sns:eu-west-1:123456789012:events"), None);
        let found = topic("arn:aws:sqs:eu-west-1:123456789012:events");
        assert_eq!(found, Some(("invalid_topic_arn".to_owned(), Some("topicArn".to_owned()))));
    }

    #[test]
    fn every_region_of_a_query_is_checked() {
        let check = |query: &str| Route::ListIdentities.check(query, &|_| None).map_err(|error| error.code);
        for right in ["", "region=all", "region=eu-west-1&region=us-east-1&limit=5", "limit=x&cursor=mars"] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in ["region=mars", "region=eu-west-1&region=", "region=eu-west-1%2Cus-east-1"] {
            assert_eq!(check(wrong), Err("invalid_region".to_owned()), "{wrong}");
        }
    }

    #[test]
    fn messages_are_those_of_the_api() {
        let refused = ConnectRegion { region: "mars".into() }.parse().unwrap_err();
        let problem = ApiError::from(refused).problem("");
        let error = Route::ConnectAws.check("", &|_| Some("mars".into())).unwrap_err();
        assert_eq!((error.message, error.help), (problem.detail, problem.help));
    }

    #[test]
    fn a_missing_field_is_left_to_the_api() {
        for route in ALL {
            assert_eq!(problem(route, &[]), None, "{route:?}");
        }
        assert_eq!(problem(Route::CreateAwsBinding, &[("awsAccountId", "x")]), None);
    }
}
