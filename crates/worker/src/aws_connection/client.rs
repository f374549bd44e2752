//! Client of an organisation's Durable Object.

use futures_util::{StreamExt, stream};
use serde::de::DeserializeOwned;
use worker::{Env, FixedLengthStream, Headers, Method, RequestInit, Stub};

use super::{
    command::{Command, RpcRequest},
    incoming::HEAD_LENGTH,
};
use crate::{
    database::organisations::Organisation,
    durable_object, fetch,
    http::{Error, body_budget::BodyPermit},
};

/// The name of the Durable Object binding.
pub(super) const BINDING: &str = "AWS_CONNECTION";

/// Client of one organisation's Durable Object.
pub(crate) struct ConnectionClient {
    stub: Stub,
    organisation: Organisation,
    request_id: String,
}

impl ConnectionClient {
    /// Returns a client for `organisation`.
    ///
    /// # Errors
    /// Fails if the binding is missing.
    pub(crate) fn new(env: &Env, organisation: &Organisation, request_id: &str) -> Result<Self, Error> {
        let stub = env.durable_object(BINDING)?.get_by_name(&organisation.id)?;
        Ok(Self { stub, organisation: organisation.clone(), request_id: request_id.to_owned() })
    }

    /// Sends a command and parses the result.
    ///
    /// # Errors
    /// [`Error::Problem`] if the command fails, [`Error::Internal`] if the object can't be reached.
    pub(crate) async fn call<T: DeserializeOwned>(&self, command: Command) -> Result<T, Error> {
        durable_object::call(&self.stub, "/", &self.request(command)).await
    }

    /// Sends a command followed by a message in chunks. Each chunk is freed as it is sent, and `permit` after the last one.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn call_with_message<T: DeserializeOwned>(
        &self,
        command: Command,
        chunks: Vec<Vec<u8>>,
        permit: BodyPermit,
    ) -> Result<T, Error> {
        if chunks.is_empty() {
            drop(permit);
            return self.call(command).await;
        }
        let head = serde_json::to_vec(&self.request(command))?;
        let headers = Headers::new();
        headers.set(HEAD_LENGTH, &head.len().to_string())?;
        let length = head.len() + chunks.iter().map(Vec::len).sum::<usize>();
        let body = stream::iter(std::iter::once(head).chain(chunks)).map(move |chunk| {
            let _held_until_the_last_chunk = &permit;
            Ok(chunk)
        });
        let body = fetch::to_readable(FixedLengthStream::wrap(body, length as u64));
        let mut init = RequestInit::new();
        init.with_method(Method::Put).with_headers(headers).with_body(Some(body));
        durable_object::call_raw(&self.stub, "/", &init).await
    }

    fn request(&self, command: Command) -> RpcRequest {
        RpcRequest { request_id: self.request_id.clone(), organisation: self.organisation.clone(), command }
    }
}
