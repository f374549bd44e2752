//! AWS, reached by signed requests.

pub(crate) mod certificates;

use std::cell::Cell;

use futures_util::{StreamExt, stream};
use kraiter_core::{
    aws::{Credentials, Endpoint, Error, Operation, Region, signed_head, signed_request, unsigned_request},
    ses::{BodyDigest, RawBody, SendRawEmail, SentEmail},
    settings::Settings,
};
use serde_json::json;
use worker::FixedLengthStream;

use crate::{clock, fetch, log};

/// How long AWS may take, in milliseconds: SNS waits 15 seconds for an answer of ours, people no longer.
const PATIENCE: u32 = 10_000;

/// Performs an operation in `region` with these credentials.
///
/// # Errors
/// What AWS answered, or that it didn't.
pub(crate) async fn call<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
) -> Result<O::Output, Error> {
    let request = signed_request(operation, endpoint, region, credentials, clock::now());
    // Nothing has been sent, so nothing can have been done.
    let request = request.map_err(|error| unbuilt(&error))?;
    operation.response(&fetch::fetch(request, PATIENCE).await?)
}

thread_local! {
    /// The number of that pair of our own keys which AWS has last taken.
    static TAKEN: Cell<usize> = const { Cell::new(0) };
}

/// Performs an operation in `region` with our own keys; where AWS doesn't take one pair, with the other.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_with_own_keys<O: Operation>(
    operation: &O,
    settings: &Settings,
    region: Region,
) -> Result<O::Output, Error> {
    let mut pairs = settings.own_keys.beginning_with(TAKEN.get()).peekable();
    while let Some((number, name, keys)) = pairs.next() {
        match call(operation, &settings.endpoint, region, keys).await {
            Err(error) if error.rejects_own_keys() => {
                log::fault("own_keys_refused", json!({ "keys": name, "code": error.code() }));
                if pairs.peek().is_none() {
                    return Err(error);
                }
            }
            answer => {
                // No answer says nothing of the keys.
                if !matches!(answer, Err(Error::Unreachable(_))) {
                    TAKEN.set(number);
                }
                return answer;
            }
        }
    }
    Err(Error::Unreachable("there are no keys".to_owned()))
}

/// Performs an operation that AWS takes without a signature.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_unsigned<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
) -> Result<O::Output, Error> {
    let request = unsigned_request(operation, endpoint, region).map_err(|error| unbuilt(&error))?;
    operation.response(&fetch::fetch(request, PATIENCE).await?)
}

/// A slow line takes so many bytes in a millisecond at the least.
const BYTES_A_MILLISECOND: u64 = 500;

/// Sends a MIME message, piece by piece.
///
/// # Errors
/// As [`call`].
pub(crate) async fn send_raw(
    send: &SendRawEmail,
    body: RawBody,
    digest: BodyDigest,
    pieces: impl Iterator<Item = worker::Result<Vec<u8>>> + 'static,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
) -> Result<SentEmail, Error> {
    let BodyDigest { sha256, length } = digest;
    let head = send.head().map_err(|error| unbuilt(&error))?;
    let service = SendRawEmail::SERVICE;
    let head = signed_head(service, head, sha256, endpoint, region, credentials, clock::now())
        .map_err(|error| unbuilt(&error))?;
    let pieces = pieces.map(|piece| Ok(RawBody::piece(&piece?).into_bytes()));
    let body = std::iter::once_with(move || Ok(body.head().as_bytes().to_vec()))
        .chain(pieces)
        .chain(std::iter::once_with(|| Ok(RawBody::tail().as_bytes().to_vec())));
    let patience = u64::from(PATIENCE) + length / BYTES_A_MILLISECOND;
    let patience = u32::try_from(patience).unwrap_or(u32::MAX);
    let body = FixedLengthStream::wrap(stream::iter(body).boxed_local(), length);
    send.response(&fetch::fetch_stream(head, body, patience).await?)
}

fn unbuilt(error: &kraiter_core::aws::BuildError) -> Error {
    Error::service(
        http::StatusCode::BAD_REQUEST,
        Some("RequestNotBuilt".into()),
        Some(error.to_string()),
        None,
    )
}
