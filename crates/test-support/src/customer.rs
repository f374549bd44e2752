//! An AWS customer: an account, its administrator's keys, and signed requests to AWS.

mod cloud_formation;
mod iam;
mod s3;
mod sns;

pub use cloud_formation::Stack;
pub use sns::Subscription;

use aws_sans_io::{
    AccountId, Credentials, Endpoint, Operation, Region, Service, parse_error, sign, signed_request,
};
use bytes::Bytes;
use http::{Method, Request, Response, header};
use roxmltree::Document;
use time::OffsetDateTime;

use crate::{Error, Result, http::Client};

/// An administrator of an AWS account.
#[derive(Clone, Debug)]
pub struct Customer {
    account: AccountId,
    credentials: Credentials,
    endpoint: Endpoint,
    http: Client,
}

impl Customer {
    #[must_use]
    pub fn new(account: AccountId, credentials: Credentials, endpoint: Endpoint) -> Self {
        Self { account, credentials, endpoint, http: Client::default() }
    }

    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Calls an AWS operation with this customer's credentials.
    pub fn perform<O: Operation>(&self, operation: &O, region: Region) -> Result<O::Output> {
        let name = std::any::type_name::<O>().rsplit("::").next().unwrap_or_default();
        let failed = |error| Error::Aws { operation: name.to_owned(), error };
        let request = signed_request(operation, &self.endpoint, region, &self.credentials, now())
            .map_err(|error| Error::Unexpected(format!("{name}: {error}")))?;
        let response = self.http.send_to_aws(request).map_err(failed)?;
        operation.parse_response(&response).map_err(failed)
    }

    /// Calls an action of a service with the AWS Query protocol: the request is a form, the response is XML.
    fn query(
        &self,
        service: Service,
        region: Region,
        action: &str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Result<AwsResponse> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", version).extend_pairs(parameters);
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/", self.endpoint.origin(service, region)))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .body(Bytes::from(form.finish()));
        self.send(service, region, action, request)
    }

    /// Signs and sends a request. Fails with [`Error::Aws`] if the status isn't 2xx.
    fn send(
        &self,
        service: Service,
        region: Region,
        action: &str,
        request: http::Result<Request<Bytes>>,
    ) -> Result<AwsResponse> {
        let invalid = |error: &dyn std::error::Error| Error::Unexpected(format!("{action}: {error}"));
        let request = request.map_err(|error| invalid(&error))?;
        let signed = sign::sign(request, &self.credentials, service, service.request_region(region), now())
            .map_err(|error| invalid(&error))?;
        let failed = |error| Error::Aws { operation: action.to_owned(), error };
        let response = self.http.send_to_aws(signed).map_err(failed)?;
        if response.status().is_success() {
            Ok(AwsResponse { action: action.to_owned(), response })
        } else {
            Err(failed(parse_error(&response)))
        }
    }
}

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A response with a 2xx status.
struct AwsResponse {
    action: String,
    response: Response<Bytes>,
}

impl AwsResponse {
    /// Parses the body as XML and passes it to `read`.
    fn xml<T>(&self, read: impl FnOnce(&Document<'_>) -> T) -> Result<T> {
        let invalid =
            |error: &dyn std::error::Error| Error::Unexpected(format!("{}'s response: {error}", self.action));
        let text = std::str::from_utf8(self.response.body()).map_err(|error| invalid(&error))?;
        Ok(read(&Document::parse(text).map_err(|error| invalid(&error))?))
    }

    /// Returns the text of the first element with this name.
    fn text(&self, name: &str) -> Result<String> {
        self.xml(|document| text(document.root(), name))?
            .ok_or_else(|| Error::Unexpected(format!("{}'s response has no {name}", self.action)))
    }

    fn body(&self) -> &Bytes {
        self.response.body()
    }
}

/// Returns the text of the first element with this name below `node`.
fn text(node: roxmltree::Node<'_, '_>, name: &str) -> Option<String> {
    let found = node.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.text().unwrap_or_default().to_owned())
}
