//! The last steps of a deployment: checking it as its users see it, and creating the first organisation.

use std::{env, time::Duration};

use http::Method;
use serde_json::json;
use test_support::{
    Error, Result,
    operator::{Api, Response},
    wait::{self, Poll},
};

use super::deployment::Deployment;

/// A new domain gets its certificate, and a new access key works, within a minute or two.
const READY_TIMEOUT: Duration = Duration::from_mins(5);

/// The idempotency key of the first organisation, so that an interrupted run doesn't create a second one.
const FIRST_ORGANISATION: &str = "first-organisation";

impl Deployment<'_> {
    /// Checks that the Worker runs with valid settings, serves its files, reads D1 and refuses strangers, and that customers can read the
    /// template.
    pub(super) fn check(&self) -> Result<String> {
        let api = Api::new(self.record.public_url()?.origin(), None);
        wait::until("the Worker to be ready", READY_TIMEOUT, Duration::from_secs(1), || {
            Ok(match api.send(Method::GET, "/healthz", None, None) {
                Ok(Response { status: 200, .. }) => Poll::Ready(()),
                Ok(Response { status, body }) => Poll::Pending(format!("/healthz: {status} {body}")),
                Err(error) => Poll::Pending(error.to_string()),
            })
        })?;
        for (path, expected) in [("/openapi.json", 200), ("/v1/organisations", 401)] {
            let status = api.send(Method::GET, path, None, None)?.status;
            if status != expected {
                return Err(Error::Unexpected(format!(
                    "{path} responded with {status} instead of {expected}"
                )));
            }
        }
        let template = self.record.template_url.as_deref().unwrap_or_default();
        self.bucket("").check_is_public(template)?;
        if let Some(api) = self.administrator()? {
            api.call(Method::GET, "/v1/organisations?limit=1", None)?;
        }
        Ok(format!("{} is ready", api.origin()))
    }

    /// Creates the first organisation. Prints its API key, which can't be read again.
    pub(super) fn create_organisation(&mut self, name: &str) -> Result<String> {
        let Some(api) = self.administrator()? else {
            let message = "set ADMIN_TOKEN in the environment to create the first organisation";
            return Err(Error::Unexpected(message.into()));
        };
        let body = json!({ "name": name }).to_string();
        let key = Some(FIRST_ORGANISATION);
        let created = api.send(Method::POST, "/v1/organisations", Some(&body), key)?.success()?;
        let text = |field: &str| created[field].as_str().unwrap_or_default().to_owned();
        println!("\nAPI key of {name}, shown only once: {}\n", text("apiKey"));
        self.record.organisation_id = Some(text("id"));
        self.record.save()?;
        Ok(text("id"))
    }

    /// Returns a client with the administrator's token, if this machine knows it.
    fn administrator(&self) -> Result<Option<Api>> {
        let token = self.secrets.get("ADMIN_TOKEN").map(str::to_owned);
        let token = token.or_else(|| env::var("ADMIN_TOKEN").ok());
        let origin = self.record.public_url()?.origin().to_owned();
        Ok(token.map(|token| Api::new(origin, Some(token))))
    }
}
