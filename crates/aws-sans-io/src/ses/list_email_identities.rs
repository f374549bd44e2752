//! `ListEmailIdentities`: what the account has in one region.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{IdentityType, VerificationStatus, json as protocol};
use crate::{BuildError, Error, Operation, Service, encode};

/// The most identities that SES puts on a page.
const PAGE_SIZE: u16 = 1000;

/// Asks for a page of the account's identities in one region.
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
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListEmailIdentities.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEmailIdentities {
    /// Where the page before has ended.
    pub next_token: Option<String>,
    /// How it is asked.
    pub route: ListRoute,
}

/// How SES is asked for its list. Today's model of AWS's has it as a POST, earlier ones as a GET; both mean the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListRoute {
    /// `POST /v2/email/list-identities`.
    #[default]
    Current,
    /// `GET /v2/email/identities`.
    Earlier,
}

impl ListRoute {
    /// The way to ask after this error: the operation itself has no "not found", so that one means that SES doesn't know the way.
    #[must_use]
    pub fn after(self, error: &Error) -> Option<Self> {
        let is_unknown = matches!(
            error,
            Error::Service { status: StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, .. }
        );
        (self == Self::Current && is_unknown).then_some(Self::Earlier)
    }
}

/// A page of identities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IdentityPage {
    /// The identities.
    pub email_identities: Vec<ListedIdentity>,
    /// Where the next page begins, where there is one.
    pub next_token: Option<String>,
}

/// What a list says of an identity.
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_IdentityInfo.html>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListedIdentity {
    /// The domain or address.
    pub identity_name: String,
    /// Which of both.
    pub identity_type: IdentityType,
    /// Whether mail can be sent from it.
    #[serde(default)]
    pub sending_enabled: bool,
    /// How far the proof is.
    #[serde(default)]
    pub verification_status: VerificationStatus,
}

impl Operation for ListEmailIdentities {
    type Output = IdentityPage;

    const SERVICE: Service = Service::Ses;

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
            ListRoute::Earlier => {
                let next = self.next_token.as_deref().map(encode::path_segment);
                let next = next.map(|token| format!("&NextToken={token}")).unwrap_or_default();
                protocol::get(&format!("/v2/email/identities?PageSize={PAGE_SIZE}{next}"))
            }
        }
    }

    fn output(&self, body: &[u8]) -> Result<IdentityPage, Error> {
        protocol::read(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_with_what_is_new_to_us_in_it() {
        let page = ListEmailIdentities::default()
            .output(
                br#"{"EmailIdentities":[
                    {"IdentityName":"example.com","IdentityType":"DOMAIN","SendingEnabled":true,"VerificationStatus":"SUCCESS"},
                    {"IdentityName":"x","IdentityType":"PLANET","VerificationStatus":"ORBITING","More":1}],"NextToken":"n"}"#,
            )
            .unwrap();
        assert_eq!(page.next_token.as_deref(), Some("n"));
        assert!(page.email_identities[0].sending_enabled);
        assert_eq!(page.email_identities[1].identity_type, IdentityType::Unknown);
        assert_eq!(ListEmailIdentities::default().output(b"{}").unwrap(), IdentityPage::default());
    }

    #[test]
    fn a_token_goes_back_as_it_came() {
        let next = ListEmailIdentities { next_token: Some("a+b/c=\"".into()), ..Default::default() };
        assert_eq!(&next.request().unwrap().body()[..], br#"{"NextToken":"a+b/c=\"","PageSize":1000}"#);
        let earlier = ListEmailIdentities { route: ListRoute::Earlier, ..next };
        let request = earlier.request().unwrap();
        assert_eq!(request.method(), "GET");
        assert_eq!(request.uri(), "/v2/email/identities?PageSize=1000&NextToken=a%2Bb%2Fc%3D%22");
    }

    #[test]
    fn the_earlier_way_is_taken_only_where_the_current_one_is_unknown() {
        let error = |status: u16, code: &str| {
            Error::service(StatusCode::from_u16(status).unwrap(), Some(code.into()), None, None)
        };
        for unknown in [error(404, "UnknownOperationException"), error(405, "")] {
            assert_eq!(ListRoute::Current.after(&unknown), Some(ListRoute::Earlier));
            assert_eq!(ListRoute::Earlier.after(&unknown), None);
        }
        for other in [
            error(403, "AccessDeniedException"),
            error(429, "TooManyRequestsException"),
            error(400, "BadRequestException"),
            error(503, ""),
            Error::Unreachable("reset".into()),
        ] {
            assert_eq!(ListRoute::Current.after(&other), None, "{other}");
        }
    }
}
