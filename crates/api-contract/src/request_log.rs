//! The request log: `GET /v1/requests`.

use domain::{ApiKeyId, RequestId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{FieldError, OrganisationRoute, PageQuery, TimeRange};

/// The longest pattern of a route in a query.
pub(crate) const MAX_ROUTE: u32 = 100;

/// The API key of a logged request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LoggedKey {
    /// The key's ID.
    pub id: ApiKeyId,
    /// The name that the key had.
    pub name: String,
}

/// A request that failed, or that changed something other than an email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// The request ID, as in the response's header `x-request-id` and in problem documents.
    pub id: RequestId,
    /// Time at which the request arrived.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "domain::schema::Timestamp"))]
    pub at: OffsetDateTime,
    /// The HTTP method.
    pub method: String,
    /// The route's pattern, such as `/v1/templates/{id}`.
    pub route: String,
    /// The status of the response.
    pub status: u16,
    /// The `code` of the problem document.
    pub code: Option<String>,
    /// The API key that was used, or that created the session; `null` if it is unknown, because it was revoked before.
    pub key: Option<LoggedKey>,
    /// Whether a session of the dashboard was used.
    pub session: bool,
    /// How long the request took in the organisation's object, in milliseconds.
    pub milliseconds: u32,
    /// Similar requests (failures or changes) that were left out before this one, because there were too many in a minute.
    pub left_out: u32,
}

/// A page of requests, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RequestPage {
    /// The requests.
    pub data: Vec<LoggedRequest>,
    /// The `cursor` of the next page; `null` on the last page.
    pub next_cursor: Option<RequestId>,
    /// Requests that were left out since the newest one.
    pub left_out: u32,
}

/// A query for requests: `?status=4xx&route=/v1/emails&key=<id>&limit=20&cursor=<id>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestQuery {
    /// The maximum number of requests, 1 to 100. Defaults to 20.
    pub limit: u32,
    /// The last id of the previous page.
    pub after: Option<RequestId>,
    /// The time range.
    pub range: TimeRange,
    /// The lowest and the highest status.
    pub status: Option<(u16, u16)>,
    /// The route's pattern.
    pub route: Option<String>,
    /// The API key.
    pub key: Option<ApiKeyId>,
    /// One request.
    pub id: Option<RequestId>,
}

impl RequestQuery {
    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = PageQuery { limit: 20, cursor: None };
        let mut parsed = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "status" => parsed.status = Some(parse_status(&value)?),
                "route" => {
                    if value.is_empty() || value.len() > MAX_ROUTE as usize {
                        let message = "\"route\" must be a pattern such as /v1/templates/{id}";
                        return Err(FieldError::new("route", "invalid_route", message));
                    }
                    parsed.route = Some(value.into_owned());
                }
                "key" => {
                    let message = "\"key\" must be the ID of an API key";
                    let key = value.parse().map_err(|_| FieldError::new("key", "invalid_key", message))?;
                    parsed.key = Some(key);
                }
                "id" => {
                    let message = "\"id\" must be a request ID";
                    let id = value.parse().map_err(|_| FieldError::new("id", "invalid_id", message))?;
                    parsed.id = Some(id);
                }
                name if parsed.range.parse_parameter(name, &value)? => {}
                name => page.parse_parameter(name, &value)?,
            }
        }
        Ok(Self { limit: page.limit, after: page.after()?, ..parsed })
    }
}

/// Parses a status such as `404`, or a class such as `4xx`.
fn parse_status(text: &str) -> Result<(u16, u16), FieldError> {
    let class = text.strip_suffix("xx").and_then(|class| class.parse::<u16>().ok());
    let range = match (class, text.parse::<u16>()) {
        (Some(class @ 2..=5), _) => Some((class * 100, class * 100 + 99)),
        (_, Ok(status @ 200..=599)) => Some((status, status)),
        _ => None,
    };
    let message = "\"status\" must be a status such as 404, or a class such as 4xx";
    range.ok_or_else(|| FieldError::new("status", "invalid_status", message))
}

impl OrganisationRoute {
    /// Returns whether the route can change something other than an email.
    #[must_use]
    pub fn is_management(self) -> bool {
        let route =
            super::router::HANDLED.iter().find(|route| route.id == super::RouteId::Organisation(self));
        let is_change = route.is_some_and(|route| route.method != super::Verb::Get);
        let is_exempt = matches!(
            self,
            Self::SendEmail
                | Self::SendBatch
                | Self::DryRunEmail
                | Self::CancelEmail
                | Self::UpdateEmail
                | Self::PreviewDraft
                | Self::PreviewTemplate
        );
        is_change && !is_exempt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_a_status_a_route_a_key_a_range_and_a_page() {
        let query = RequestQuery::parse("status=4xx&route=/v1/templates/%7Bid%7D&limit=5").unwrap();
        assert_eq!((query.limit, query.status), (5, Some((400, 499))));
        assert_eq!(query.route.as_deref(), Some("/v1/templates/{id}"));
        assert_eq!(RequestQuery::parse("status=404").unwrap().status, Some((404, 404)));
        assert_eq!(RequestQuery::parse("").unwrap(), RequestQuery { limit: 20, ..RequestQuery::default() });
        for (query, field) in [
            ("status=1xx", "status"),
            ("status=9", "status"),
            ("status=xx", "status"),
            ("route=", "route"),
            ("key=kr_key_x", "key"),
            ("id=eml_019ab0c5d0007000800000000000000a", "id"),
            ("since=today", "since"),
            ("cursor=key_019ab0c5d0007000800000000000000a", "cursor"),
            ("code=busy", "code"),
        ] {
            assert_eq!(RequestQuery::parse(query).unwrap_err().field, field, "{query}");
        }
    }

    #[test]
    fn reads_sends_and_previews_are_no_management_and_every_other_change_is() {
        use OrganisationRoute as Route;
        for route in [
            Route::ListEmails,
            Route::SendEmail,
            Route::SendBatch,
            Route::DryRunEmail,
            Route::CancelEmail,
            Route::UpdateEmail,
            Route::PreviewDraft,
        ] {
            assert!(!route.is_management(), "{route:?}");
        }
        for route in
            [Route::CreateApiKey, Route::DeleteApiKey, Route::UpdateSettings, Route::DeleteAwsBinding]
        {
            assert!(route.is_management(), "{route:?}");
        }
    }
}
