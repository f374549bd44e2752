//! Amazon SES, as its owner uses it beside us.

use bytes::Bytes;
use http::{Method, Request};
use kraiter_core::aws::{Region, Service};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Customer;
use crate::Result;

impl Customer {
    /// Deletes a verified sender.
    ///
    /// # Errors
    /// Where SES refuses.
    pub fn delete_email_identity(&self, region: Region, identity: &str) -> Result<()> {
        let identity = utf8_percent_encode(identity, NON_ALPHANUMERIC);
        let uri = format!("{}/v2/email/identities/{identity}", self.endpoint.origin(Service::Ses, region));
        let request = Request::builder().method(Method::DELETE).uri(uri).body(Bytes::new());
        self.send(Service::Ses, region, "DeleteEmailIdentity", request).map(drop)
    }
}
