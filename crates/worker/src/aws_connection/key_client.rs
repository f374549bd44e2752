//! Client of the idempotency store.

use api_contract::{Fingerprint, RequestSeed, StoredResponse};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use worker::{Env, Stub};

use super::{
    client::BINDING,
    keys::{ClaimResult, KeyCommand},
};
use crate::{database::organisations::Organisation, durable_object, http::Error};

/// Path of requests to the idempotency store.
pub(super) const IDEMPOTENCY_PATH: &str = "/idempotency";

/// Name of the object that stores the keys of administrators' requests. No organisation has this id.
const ADMINISTRATOR: &str = "administrator";

/// A command and the id of the request that sent it.
#[derive(Serialize, Deserialize)]
pub(super) struct IdempotencyRequest {
    pub(super) request_id: String,
    pub(super) command: KeyCommand,
}

/// Client of the idempotency store of one organisation, or of the administrator.
pub(crate) struct IdempotencyClient {
    stub: Stub,
    request_id: String,
}

impl IdempotencyClient {
    /// Returns a client for `organisation`, or for the administrator if it is `None`.
    ///
    /// # Errors
    /// Fails if the binding is missing.
    pub(crate) fn new(
        env: &Env,
        organisation: Option<&Organisation>,
        request_id: &str,
    ) -> Result<Self, Error> {
        let name = organisation.map_or(ADMINISTRATOR, |organisation| &organisation.id);
        let stub = env.durable_object(BINDING)?.get_by_name(name)?;
        Ok(Self { stub, request_id: request_id.to_owned() })
    }

    /// Claims the key with this digest.
    ///
    /// # Errors
    /// Fails if the object can't be reached.
    pub(crate) async fn claim(&self, digest: &str, fingerprint: Fingerprint) -> Result<ClaimResult, Error> {
        self.call(KeyCommand::Begin { digest: digest.to_owned(), fingerprint }).await
    }

    /// Stores the response under a claimed key.
    ///
    /// # Errors
    /// Fails if the object can't be reached.
    pub(crate) async fn complete(
        &self,
        digest: &str,
        seed: RequestSeed,
        response: StoredResponse,
    ) -> Result<(), Error> {
        self.call(KeyCommand::End { digest: digest.to_owned(), seed, answer: response }).await
    }

    async fn call<T: DeserializeOwned>(&self, command: KeyCommand) -> Result<T, Error> {
        let request = IdempotencyRequest { request_id: self.request_id.clone(), command };
        durable_object::call(&self.stub, IDEMPOTENCY_PATH, &request).await
    }
}
