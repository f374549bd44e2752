//! The routes of the API that the package calls, and the checks before a request is sent.

use api_contract::{
    ConnectRegion, FieldError, OrganisationRoute, ROUTES, RegionCode, RegisterRole, Retry, RouteId,
    SetUpEvents,
};
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;

/// The columns of the route table that the package needs. The others are not part of the module.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    id: RouteId,
    name: &'static str,
    method: &'static str,
    path: &'static str,
    retry: Retry,
    content_type: &'static str,
    text_response: Option<&'static str>,
}

const COUNT: usize = {
    let (mut n, mut count) = (0, 0);
    while n < ROUTES.len() {
        if ROUTES[n].sdk().is_some() {
            count += 1;
        }
        n += 1;
    }
    count
};

static TABLE: [Row; COUNT] = {
    const EMPTY: Row = Row {
        id: ROUTES[0].id,
        name: "",
        method: "",
        path: "",
        retry: Retry::Never,
        content_type: "",
        text_response: None,
    };
    let mut table = [EMPTY; COUNT];
    let (mut n, mut count) = (0, 0);
    while n < ROUTES.len() {
        let route = &ROUTES[n];
        if route.sdk().is_some() {
            table[count] = Row {
                id: route.id,
                name: route.name,
                method: route.method().name(),
                path: route.path(),
                retry: route.retry(),
                content_type: route.body().media_type(),
                text_response: route.text_response(),
            };
            count += 1;
        }
        n += 1;
    }
    table
};

/// A route of the API that the package calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route(&'static Row);

/// The characters that aren't encoded in a path: the unreserved ones of RFC 3986.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns the milliseconds after which a request times out: 30 seconds, which the slowest route needs to verify a role, plus one second for
/// every 50,000 characters of the body, which is 400 kbit/s.
#[must_use]
pub const fn default_timeout(characters: u32) -> u32 {
    1_000 * (30 + characters / 50_000)
}

impl Route {
    /// Finds a route by its name in the table, such as `SendEmail`.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(Self)
    }

    /// Returns a route by its name, in constants.
    ///
    /// # Panics
    /// If the table has no such route, so the constant does not compile.
    #[must_use]
    pub const fn named(name: &str) -> Self {
        let mut n = 0;
        while n < TABLE.len() {
            if is_equal(TABLE[n].name.as_bytes(), name.as_bytes()) {
                return Self(&TABLE[n]);
            }
            n += 1;
        }
        panic!("no such route")
    }

    /// Returns the route's ID.
    #[must_use]
    pub const fn id(self) -> RouteId {
        self.0.id
    }

    /// Returns the HTTP method.
    #[must_use]
    pub fn method(self) -> Method {
        // Every method of the table is a valid one.
        Method::from_bytes(self.0.method.as_bytes()).unwrap_or_default()
    }

    /// Returns the path with its variable part and the query filled in.
    #[must_use]
    pub fn path(self, parameter: &str, query: &str) -> String {
        let path = match self.0.path.split_once('{') {
            Some((before, rest)) => {
                let after = rest.split_once('}').map_or("", |(_, after)| after);
                format!("{before}{}{after}", utf8_percent_encode(parameter, PATH))
            }
            None => self.0.path.to_owned(),
        };
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// Returns whether the request may be retried after a lost response.
    #[must_use]
    pub const fn retry(self) -> Retry {
        self.0.retry
    }

    /// Returns the response's media type if it is text and not JSON.
    #[must_use]
    pub const fn text_response(self) -> Option<&'static str> {
        self.0.text_response
    }

    /// Returns the media type of the request's body.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        self.0.content_type
    }

    /// Validates a request with the API's own rules. `query` is the query string. `text` returns a field of the body if it is
    /// a string. The API reports missing fields and other types.
    ///
    /// # Errors
    /// Fails with the error that the API would respond with.
    pub fn check(self, query: &str, text: &dyn Fn(&str) -> Option<String>) -> Result<(), Error> {
        let check_region = |region: &str| region.parse::<RegionCode>().map_err(FieldError::invalid("region"));
        let RouteId::Organisation(route) = self.0.id else { return Ok(()) };
        match route {
            OrganisationRoute::ConnectAws => {
                if let Some(region) = text("region") {
                    ConnectRegion { region }.parse()?;
                }
            }
            OrganisationRoute::CreateAwsBinding => {
                if let (Some(aws_account_id), Some(role_arn), Some(external_id), Some(stack_region)) =
                    (text("awsAccountId"), text("roleArn"), text("externalId"), text("stackRegion"))
                {
                    RegisterRole { aws_account_id, role_arn, external_id, stack_region }.check()?;
                }
            }
            OrganisationRoute::SetUpEvents => {
                SetUpEvents { region: text("region"), topic_arn: text("topicArn") }.parse()?;
            }
            OrganisationRoute::ListIdentities => {
                // Decoding isn't needed: no region holds an encoded character.
                for region in query.split('&').filter_map(|pair| pair.strip_prefix("region=")) {
                    if region != "all" {
                        check_region(region)?;
                    }
                }
            }
            OrganisationRoute::CreateIdentity | OrganisationRoute::SendEmail => {
                if let Some(region) = text("region") {
                    check_region(&region)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

const fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let mut n = 0;
    while n < one.len() && n < other.len() {
        if one[n] != other[n] {
            return false;
        }
        n += 1;
    }
    one.len() == other.len()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use api_contract::{ApiError, Router};

    use super::*;

    fn route(name: &str) -> Route {
        Route::find(name).unwrap()
    }

    fn all() -> impl Iterator<Item = Route> {
        TABLE.iter().map(Route)
    }

    #[test]
    fn every_route_leads_to_the_workers_route_of_the_same_id() {
        let router = Router::default();
        for route in all() {
            let path = route.path("x", "");
            assert_eq!(router.find(&route.method(), &path).unwrap().route.id, route.id());
        }
    }

    #[test]
    fn only_requests_that_change_nothing_further_are_retried_without_a_key() {
        for (name, retry) in [
            ("SendEmail", Retry::WithIdempotencyKey),
            ("SendBatch", Retry::WithIdempotencyKey),
            ("CreateTemplate", Retry::WithIdempotencyKey),
            ("GetEmail", Retry::Safe),
            ("VerifyAwsBinding", Retry::Safe),
            ("DeleteAwsBinding", Retry::Safe),
            ("CancelEmail", Retry::Safe),
            ("PreviewDraft", Retry::Safe),
            ("CreateSession", Retry::Never),
            ("SetIdentityDkim", Retry::Never),
            ("UpdateTemplate", Retry::Never),
            ("DeleteSuppression", Retry::Never),
        ] {
            assert_eq!(route(name).retry(), retry, "{name}");
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
            assert_eq!(route("GetEmail").path(id, ""), path);
        }
        assert_eq!(route("GetIdentityZone").path("a/b?c", ""), "/v1/identities/a%2Fb%3Fc/zone");
        assert_eq!(route("ListIdentities").path("", "region=all"), "/v1/identities?region=all");
        assert_eq!(route("ListEmails").path("", "limit=5&cursor=x"), "/v1/emails?limit=5&cursor=x");
        assert_eq!(route("ListEmails").path("", ""), "/v1/emails");
        assert_eq!(route("GetSuppression").path("a+b@c.example", ""), "/v1/suppressions/a%2Bb%40c.example");
        assert_eq!(route("ListSuppressions").path("", "search=a"), "/v1/suppressions?search=a");
        assert_eq!(route("PreviewTemplate").path("a/b", ""), "/v1/templates/a%2Fb/preview");
        for (both, path) in [
            (("tpl_1", ""), "/v1/templates/tpl_1"),
            (("tpl_1", "version=3"), "/v1/templates/tpl_1?version=3"),
            (("a?b", "version=3"), "/v1/templates/a%3Fb?version=3"),
            (("../emails", ""), "/v1/templates/..%2Femails"),
        ] {
            assert_eq!(route("GetTemplate").path(both.0, both.1), path);
        }
    }

    #[test]
    fn the_timeout_grows_with_the_body() {
        assert_eq!([0, 1_000, 5_000_000].map(default_timeout), [30_000, 30_000, 130_000]);
        // It fits into a timer, even for the largest body.
        assert!(i32::try_from(default_timeout(u32::MAX)).is_ok());
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
        assert_eq!(problem(route("CreateAwsBinding"), &right), None);
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
            let found = problem(route("CreateAwsBinding"), &body);
            assert_eq!(found, Some((code.to_owned(), Some(named.to_owned()))));
        }
        let region = |route, region| problem(route, &[("region", region)]).map(|(code, _)| code);
        assert_eq!(region(route("ConnectAws"), "eu-west-1"), None);
        assert_eq!(region(route("ConnectAws"), "mx-central-1").as_deref(), Some("region_without_stack"));
        assert_eq!(region(route("CreateIdentity"), "mx-central-1"), None);
        assert_eq!(region(route("SendEmail"), "mars").as_deref(), Some("invalid_region"));
        assert_eq!(region(route("SetUpEvents"), "mars").as_deref(), Some("invalid_region"));
        let topic = |arn| problem(route("SetUpEvents"), &[("topicArn", arn)]);
        assert_eq!(topic("arn:aws:sns:eu-west-1:123456789012:events"), None);
        let found = topic("arn:aws:sqs:eu-west-1:123456789012:events");
        assert_eq!(found, Some(("invalid_topic_arn".to_owned(), Some("topicArn".to_owned()))));
    }

    #[test]
    fn every_region_of_a_query_is_checked() {
        let check = |query: &str| route("ListIdentities").check(query, &|_| None).map_err(|error| error.code);
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
        let error = route("ConnectAws").check("", &|_| Some("mars".into())).unwrap_err();
        assert_eq!((error.message, error.help), (problem.detail, problem.help));
    }

    #[test]
    fn a_missing_field_is_left_to_the_api() {
        for route in all() {
            assert_eq!(problem(route, &[]), None, "{route:?}");
        }
        assert_eq!(problem(route("CreateAwsBinding"), &[("awsAccountId", "x")]), None);
    }
}
