//! The Worker's side of the idempotency keys.

use kraiter_core::api::{Fingerprint, KeptAnswer, Seed};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use worker::{Env, Stub};

use super::{
    client::BINDING,
    keys::{Begun, KeyCommand},
};
use crate::{database::organisations::Organisation, failure::Failure, stub};

/// What a request about keys asks for, at a stub's address that is nobody's.
pub(super) const KEYS_PATH: &str = "/keys";

/// The object that has the keys of the administrator's requests; no organisation's id is such.
const ADMINISTRATOR: &str = "administrator";

/// A command with the id of the request that it comes from.
#[derive(Serialize, Deserialize)]
pub(super) struct AskedOfKeys {
    /// The id.
    pub(super) request_id: String,
    /// What is to be done.
    pub(super) command: KeyCommand,
}

/// The keys of one organisation's requests, or of the administrator's.
pub(crate) struct KeyClient {
    stub: Stub,
    request_id: String,
}

impl KeyClient {
    /// The keys of `organisation`, asked for the request of this id.
    ///
    /// # Errors
    /// Where the binding is missing.
    pub(crate) fn new(
        env: &Env,
        organisation: Option<&Organisation>,
        request_id: &str,
    ) -> Result<Self, Failure> {
        let name = organisation.map_or(ADMINISTRATOR, |organisation| &organisation.id);
        let stub = env.durable_object(BINDING)?.get_by_name(name)?;
        Ok(Self { stub, request_id: request_id.to_owned() })
    }

    /// A request has come.
    ///
    /// # Errors
    /// A fault.
    pub(crate) async fn begin(&self, digest: &str, fingerprint: Fingerprint) -> Result<Begun, Failure> {
        self.ask(KeyCommand::Begin { digest: digest.to_owned(), fingerprint }).await
    }

    /// It has been answered so.
    ///
    /// # Errors
    /// A fault.
    pub(crate) async fn end(&self, digest: &str, seed: Seed, answer: KeptAnswer) -> Result<(), Failure> {
        self.ask(KeyCommand::End { digest: digest.to_owned(), seed, answer }).await
    }

    async fn ask<T: DeserializeOwned>(&self, command: KeyCommand) -> Result<T, Failure> {
        let asked = AskedOfKeys { request_id: self.request_id.clone(), command };
        stub::ask(&self.stub, KEYS_PATH, &asked).await
    }
}
