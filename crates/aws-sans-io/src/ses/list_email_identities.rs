//! `ListEmailIdentities`.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{IdentityType, VerificationStatus, json as protocol};
use crate::{BuildError, Error, Operation, Service, encode};

/// Maximum page size of SES.
const PAGE_SIZE: u16 = 1000;

/// Requests a page of the account's identities in one region.
///
/// ```
/// use aws_sans_io::{Operation, ses::ListEmailIdentities};
///
/// let request = ListEmailIdentities::default().request()?;
/// assert_eq!(request.uri(), "/v2/email/list-identities");
/// assert_eq!(&request.body()[..], br#"{"PageSize":1000}"#);
/// # Ok::<(), aws_sans_io::BuildError>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListEmailIdentities.html)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEmailIdentities {
    /// The token of the previous page, or `None` for the first page.
    pub next_token: Option<String>,
    /// The HTTP route.
    pub route: ListRoute,
}

/// The HTTP route of `ListEmailIdentities`.
///
/// The current API model of AWS defines a POST request, and earlier models a GET request with the same result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListRoute {
    /// `POST /v2/email/list-identities`.
    #[default]
    Current,
    /// `GET /v2/email/identities`.
    Legacy,
}

impl ListRoute {
    /// Returns the route to try after an error, if any.
    ///
    /// The operation itself never responds 404 or 405, so these statuses mean that the endpoint doesn't support the route.
    #[must_use]
    pub fn fallback(self, error: &Error) -> Option<Self> {
        let is_unsupported = matches!(
            error,
            Error::Service { status: StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, .. }
        );
        (self == Self::Current && is_unsupported).then_some(Self::Legacy)
    }
}

/// A page of identities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IdentityPage {
    /// The identities of the page.
    pub email_identities: Vec<ListedIdentity>,
    /// The token of the next page, or `None` on the last page.
    pub next_token: Option<String>,
}

/// An identity in a list.
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_IdentityInfo.html)
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListedIdentity {
    /// The domain or email address.
    pub identity_name: String,
    /// The type of the identity.
    #[serde(default)]
    pub identity_type: IdentityType,
    /// Whether it can send email.
    #[serde(default)]
    pub sending_enabled: bool,
    /// The verification status.
    #[serde(default)]
    pub verification_status: VerificationStatus,
}

impl Operation for ListEmailIdentities {
    type Output = IdentityPage;

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "ListEmailIdentities"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        match self.route {
            ListRoute::Current => {
                let mut body = Map::new();
                if let Some(token) = &self.next_token {
                    body.insert("NextToken".into(), json!(token));
                }
                body.insert("PageSize".into(), json!(PAGE_SIZE));
                protocol::post("/v2/email/list-identities", &Value::Object(body))
            }
            ListRoute::Legacy => {
                let next = self.next_token.as_deref().map(encode::path_segment);
                let next = next.map(|token| format!("&NextToken={token}")).unwrap_or_default();
                protocol::get(&format!("/v2/email/identities?PageSize={PAGE_SIZE}{next}"))
            }
        }
    }

    fn parse_body(&self, body: &[u8]) -> Result<IdentityPage, Error> {
        protocol::parse(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_do_not_fail_a_page() {
        let page = ListEmailIdentities::default()
            .parse_body(
                br#"{"EmailIdentities":[
                    {"IdentityName":"example.com","IdentityType":"DOMAIN","SendingEnabled":true,"VerificationStatus":"SUCCESS"},
                    {"IdentityName":"x","IdentityType":"NEW_TYPE","VerificationStatus":"NEW_STATUS","More":1}],"NextToken":"n"}"#,
            )
            .unwrap();
        assert_eq!(page.next_token.as_deref(), Some("n"));
        assert!(page.email_identities[0].sending_enabled);
        assert_eq!(page.email_identities[1].identity_type, IdentityType::Unknown);
        assert_eq!(ListEmailIdentities::default().parse_body(b"{}").unwrap(), IdentityPage::default());
    }

    #[test]
    fn the_token_of_a_page_is_sent_unchanged() {
        let next = ListEmailIdentities { next_token: Some("a+b/c=\"".into()), ..Default::default() };
        assert_eq!(&next.request().unwrap().body()[..], br#"{"NextToken":"a+b/c=\"","PageSize":1000}"#);
        let legacy = ListEmailIdentities { route: ListRoute::Legacy, ..next };
        let request = legacy.request().unwrap();
        assert_eq!(request.method(), "GET");
        assert_eq!(request.uri(), "/v2/email/identities?PageSize=1000&NextToken=a%2Bb%2Fc%3D%22");
    }

    #[test]
    fn the_legacy_route_is_only_used_if_the_current_one_is_unsupported() {
        let error = |status: u16, code: &str| {
            Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), None, None)
        };
        for unsupported in [error(404, "UnknownOperationException"), error(405, "")] {
            assert_eq!(ListRoute::Current.fallback(&unsupported), Some(ListRoute::Legacy));
            assert_eq!(ListRoute::Legacy.fallback(&unsupported), None);
        }
        for other in [
            error(403, "AccessDeniedException"),
            error(429, "TooManyRequestsException"),
            error(400, "BadRequestException"),
            error(503, ""),
            Error::Unreachable("connection reset".into()),
        ] {
            assert_eq!(ListRoute::Current.fallback(&other), None, "{other}");
        }
    }
}
