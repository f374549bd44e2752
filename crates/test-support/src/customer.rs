//! A customer of AWS: an account, the keys of its administrator, and what they do in it, by signed requests.

mod cloud_formation;
mod iam;
mod s3;
mod sns;

pub use cloud_formation::Stack;
pub use sns::Subscription;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use kraiter_core::aws::{
    AccountId, Credentials, Endpoint, Operation, Region, Service, read_error, sign, signed_request,
};
use roxmltree::Document;
use time::OffsetDateTime;

use crate::{Error, Result, http::Client};

/// Someone with an AWS account.
#[derive(Clone, Debug)]
pub struct Customer {
    account: AccountId,
    credentials: Credentials,
    endpoint: Endpoint,
    http: Client,
}

impl Customer {
    /// The owner of `account`, who acts with `credentials` on the AWS at `endpoint`.
    #[must_use]
    pub fn new(account: AccountId, credentials: Credentials, endpoint: Endpoint) -> Self {
        Self { account, credentials, endpoint, http: Client::default() }
    }

    /// The account's id.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        &self.account
    }

    /// The keys they act with.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The AWS that they use.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Performs one of the core's operations as this customer.
    ///
    /// # Errors
    /// [`Error::Aws`].
    pub fn perform<O: Operation>(&self, operation: &O, region: Region) -> Result<O::Output> {
        let name = std::any::type_name::<O>().rsplit("::").next().unwrap_or_default();
        let failed = |error| Error::Aws { operation: name.to_owned(), error };
        let request = signed_request(operation, &self.endpoint, region, &self.credentials, now())
            .map_err(|error| Error::Unexpected(format!("{name}: {error}")))?;
        let response = self.http.send_to_aws(request).map_err(failed)?;
        operation.response(&response).map_err(failed)
    }

    /// Calls an action of a service that speaks the Query protocol: a form in, XML out.
    fn query(
        &self,
        service: Service,
        region: Region,
        action: &str,
        version: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Answer> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action).append_pair("Version", version).extend_pairs(parameters);
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/", self.endpoint.origin(service, region)))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .body(Bytes::from(form.finish()));
        self.send(service, region, action, request)
    }

    /// Signs and sends a request; an answer that isn't 2xx is an error.
    fn send(
        &self,
        service: Service,
        region: Region,
        action: &str,
        request: http::Result<Request<Bytes>>,
    ) -> Result<Answer> {
        let unsent = |error: &dyn std::error::Error| Error::Unexpected(format!("{action}: {error}"));
        let request = request.map_err(|error| unsent(&error))?;
        let signed = sign::sign(request, &self.credentials, service, service.calling_region(region), now())
            .map_err(|error| unsent(&error))?;
        let failed = |error| Error::Aws { operation: action.to_owned(), error };
        let response = self.http.send_to_aws(signed).map_err(failed)?;
        if response.status().is_success() {
            Ok(Answer { action: action.to_owned(), response })
        } else {
            Err(failed(read_error(&response)))
        }
    }
}

/// The clock, for signatures.
fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A 2xx answer.
struct Answer {
    action: String,
    response: Response<Bytes>,
}

impl Answer {
    /// What `read` finds in the answer's XML.
    fn xml<T>(&self, read: impl FnOnce(&Document<'_>) -> T) -> Result<T> {
        let wrong =
            |error: &dyn std::error::Error| Error::Unexpected(format!("{}'s answer: {error}", self.action));
        let text = std::str::from_utf8(self.response.body()).map_err(|error| wrong(&error))?;
        Ok(read(&Document::parse(text).map_err(|error| wrong(&error))?))
    }

    /// The text of the first element with this name.
    fn text(&self, name: &str) -> Result<String> {
        self.xml(|document| text(document.root(), name))?
            .ok_or_else(|| Error::Unexpected(format!("{}'s answer has no {name}", self.action)))
    }

    fn body(&self) -> &Bytes {
        self.response.body()
    }
}

/// The text of the first element with this name below `node`.
fn text(node: roxmltree::Node<'_, '_>, name: &str) -> Option<String> {
    let found = node.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.text().unwrap_or_default().to_owned())
}
