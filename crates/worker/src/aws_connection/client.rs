//! The Worker's side of a connection.

use futures_util::{StreamExt, stream};
use serde::de::DeserializeOwned;
use worker::{Env, FixedLengthStream, Headers, Method, RequestInit, Stub};

use super::{
    command::{Asked, Command},
    incoming::HEAD_LENGTH,
};
use crate::{database::organisations::Organisation, failure::Failure, fetch, memory::Permit, stub};

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
        stub::ask(&self.stub, "/", &self.asked(command)).await
    }

    /// Asks with a message in pieces, which are let go of as they are handed over; then the permit is, too.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(crate) async fn deliver<T: DeserializeOwned>(
        &self,
        command: Command,
        pieces: Vec<Vec<u8>>,
        permit: Permit,
    ) -> Result<T, Failure> {
        if pieces.is_empty() {
            drop(permit);
            return self.ask(command).await;
        }
        let asked = serde_json::to_vec(&self.asked(command))?;
        let headers = Headers::new();
        headers.set(HEAD_LENGTH, &asked.len().to_string())?;
        let length = asked.len() + pieces.iter().map(Vec::len).sum::<usize>();
        let body = stream::iter(std::iter::once(asked).chain(pieces)).map(move |piece| {
            let _held_until_the_last = &permit;
            Ok(piece)
        });
        let body = fetch::readable(FixedLengthStream::wrap(body, length as u64));
        let mut init = RequestInit::new();
        init.with_method(Method::Put).with_headers(headers).with_body(Some(body));
        stub::exchange(&self.stub, "/", &init).await
    }

    fn asked(&self, command: Command) -> Asked {
        Asked { request_id: self.request_id.clone(), organisation: self.organisation.clone(), command }
    }
}
