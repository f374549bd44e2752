//! The Worker's side of a connection.

use kraiter_core::api::Problem;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{Env, Method, Request, RequestInit, Stub};

use super::command::{Asked, Command};
use crate::{database::organisations::Organisation, failure::Failure};

/// The binding of the Durable Objects.
pub(super) const BINDING: &str = "AWS_CONNECTION";

/// Asks one organisation's connection.
pub(crate) struct Client {
    stub: Stub,
    organisation: Organisation,
    request_id: String,
}

impl Client {
    /// The connection of `organisation`, asked for the request of this id.
    ///
    /// # Errors
    /// Where the binding is missing.
    pub(crate) fn new(env: &Env, organisation: &Organisation, request_id: &str) -> Result<Self, Failure> {
        let stub = env.durable_object(BINDING)?.get_by_name(&organisation.id)?;
        Ok(Self { stub, organisation: organisation.clone(), request_id: request_id.to_owned() })
    }

    /// Asks, and reads the answer.
    ///
    /// # Errors
    /// [`Failure::Problem`] with what the connection answered, or a fault.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, command: Command) -> Result<T, Failure> {
        let asked =
            Asked { request_id: self.request_id.clone(), organisation: self.organisation.clone(), command };
        let mut init = RequestInit::new();
        init.with_method(Method::Post).with_body(Some(JsValue::from_str(&serde_json::to_string(&asked)?)));
        // The address is nobody's: a stub leads to its object only.
        let request = Request::new_with_init("https://connection.internal/", &init)?;
        let mut answer = self.stub.fetch_with_request(request).await?;
        let text = answer.text().await?;
        if answer.status_code() == 200 {
            Ok(serde_json::from_str(&text)?)
        } else {
            Err(Failure::Problem(Box::new(serde_json::from_str::<Problem>(&text)?)))
        }
    }
}
