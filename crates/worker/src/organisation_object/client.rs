//! Client of an organisation's object.

use aws_sans_io::Region;
use domain::OrganisationId;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{Env, Headers, Response, Stub};

use super::{
    call::{Action, CALL_HEADER, CallHead},
    command::Command,
};
use crate::{
    durable_object,
    http::{Error, request::OutgoingBody},
    random,
    rate_limiter_object::location,
};

/// The name of the Durable Object binding.
const BINDING: &str = "ORGANISATION";

/// Client of one organisation's object.
pub(crate) struct OrganisationClient {
    stub: Stub,
}

impl OrganisationClient {
    /// Returns a client for the object of `organisation`.
    ///
    /// # Errors
    /// Fails if the binding is missing.
    pub(crate) fn new(env: &Env, organisation: OrganisationId) -> Result<Self, Error> {
        Ok(Self { stub: env.durable_object(BINDING)?.get_by_name(&organisation.to_string())? })
    }

    /// Returns a client for the object of a new organisation. An object stays where it is first called: near the AWS region, or near the
    /// caller if there is none.
    ///
    /// # Errors
    /// Fails if the binding is missing.
    pub(crate) fn near(
        env: &Env,
        organisation: OrganisationId,
        region: Option<Region>,
    ) -> Result<Self, Error> {
        let Some(region) = region else { return Self::new(env, organisation) };
        let namespace = env.durable_object(BINDING)?;
        let stub =
            namespace.get_by_name_with_location_hint(&organisation.to_string(), location::hint(region))?;
        Ok(Self { stub })
    }

    /// Passes a request on and returns the object's response as it is. If the connection to the object breaks and the body can be sent
    /// again, repeats the call once: the head has the same seed, so nothing is created twice.
    ///
    /// # Errors
    /// Fails if the object can't be reached.
    pub(crate) async fn forward(&self, head: &CallHead, body: &OutgoingBody) -> Result<Response, Error> {
        match self.send(head, body).await {
            Err(error) if body.can_be_repeated() && !is_overloaded(&error) => {
                Ok(self.send(head, body).await?)
            }
            result => Ok(result?),
        }
    }

    /// Sends a command and parses its result.
    ///
    /// # Errors
    /// [`Error::Problem`] if the command fails, [`Error::Internal`] if the object can't be reached.
    pub(crate) async fn command<T: DeserializeOwned>(
        &self,
        request_id: &str,
        command: Command,
        body: &OutgoingBody,
    ) -> Result<T, Error> {
        let head = CallHead {
            request_id: request_id.to_owned(),
            seed: random::seed()?,
            action: Action::Command(Box::new(command)),
            body_length: body.length(),
        };
        durable_object::parse(self.forward(&head, body).await?).await
    }

    async fn send(&self, head: &CallHead, body: &OutgoingBody) -> worker::Result<Response> {
        let headers = Headers::new();
        headers.set(CALL_HEADER, &serde_json::to_string(head).map_err(|error| error.to_string())?)?;
        durable_object::post(&self.stub, "/", &headers, &body.value()).await
    }
}

/// Returns whether the object has too many requests. Repeating the call would make it worse.
///
/// <https://developers.cloudflare.com/durable-objects/best-practices/error-handling/>
fn is_overloaded(error: &worker::Error) -> bool {
    match error {
        worker::Error::JsError(_) => error.to_string().contains("overloaded"),
        worker::Error::Internal(value) => js_sys::Reflect::get(value, &JsValue::from_str("overloaded"))
            .is_ok_and(|overloaded| overloaded.is_truthy()),
        _ => false,
    }
}
