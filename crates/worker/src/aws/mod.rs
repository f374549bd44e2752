//! Sends signed requests to AWS.

pub(crate) mod certificates;
pub(crate) mod own_account;
mod sha256_of_parts;

use std::cell::Cell;

use aws_sans_io::{
    BuildError, Credentials, Endpoint, Error, Operation, Region, Service,
    ses::{BodyDigest, RawBody, SendRawEmail, SentEmail},
    sign::sign_with,
    signed_head,
    sts::{AssumeRole, AssumedRole},
    unsigned_request,
};
use bytes::Bytes;
use domain::settings::Settings;
use futures_util::{StreamExt, stream};
use http::{Request, Response};
use serde_json::json;
use worker::FixedLengthStream;

use crate::{clock, fetch, log};

/// Time limit of a call, in milliseconds. It is below the 15 seconds that SNS waits for a response of ours.
pub(crate) const TIMEOUT_MS: u32 = 10_000;

/// Calls an operation in `region`, signed with `credentials`.
///
/// # Errors
/// The error that AWS returned, or [`Error::Unreachable`].
pub(crate) async fn call<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
) -> Result<O::Output, Error> {
    let request = unsigned_request(operation, endpoint, region).map_err(|error| not_sent(&error))?;
    let region = O::SERVICE.request_region(region);
    operation.parse_response(&send(request, credentials, O::SERVICE, region).await?)
}

/// Length of bodies from which the runtime hashes faster than WebAssembly, in bytes. Measured in workerd.
const MIN_HASHED_BY_RUNTIME: usize = 4 * 1024;

/// Signs and sends a request. It isn't generic, so that its code exists once and not for every operation.
async fn send(
    request: Request<Bytes>,
    credentials: &Credentials,
    service: Service,
    region: Region,
) -> Result<Response<Bytes>, Error> {
    let sha256 = async |body: &[u8]| match body.len() {
        ..MIN_HASHED_BY_RUNTIME => None,
        _ => web_crypto::sha256(body).await.ok(),
    };
    let request = sign_with(request, credentials, service, region, clock::now(), sha256).await;
    fetch::fetch(request.map_err(|error| not_sent(&error.into()))?, TIMEOUT_MS).await
}

thread_local! {
    /// Index of Kraiter's own key pair that AWS last accepted.
    static ACCEPTED_PAIR: Cell<usize> = const { Cell::new(0) };
}

/// Calls an operation in `region`, signed with Kraiter's own keys. If AWS rejects one pair, retries with the other.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_with_own_keys<O: Operation>(
    operation: &O,
    settings: &Settings,
    region: Region,
) -> Result<O::Output, Error> {
    let mut pairs = settings.own_credentials.starting_at(ACCEPTED_PAIR.get()).peekable();
    while let Some((number, name, keys)) = pairs.next() {
        match call(operation, &settings.endpoint, region, keys).await {
            Err(error) if error.rejects_access_key() => {
                log::error("own_credentials_rejected", json!({ "keys": name, "code": error.code() }));
                if pairs.peek().is_none() {
                    return Err(error);
                }
            }
            result => {
                // A call without a response doesn't show whether AWS accepts the keys.
                if !matches!(result, Err(Error::Unreachable(_))) {
                    ACCEPTED_PAIR.set(number);
                }
                return result;
            }
        }
    }
    Err(Error::Unreachable("there are no keys".to_owned()))
}

/// Assumes a role. If its account has not activated STS in the region, tries once more in us-east-1.
///
/// # Errors
/// As [`call`].
pub(crate) async fn assume_role(
    assume: &AssumeRole,
    settings: &Settings,
    region: Region,
) -> Result<AssumedRole, Error> {
    match (call_with_own_keys(assume, settings, region).await, region.sts_fallback()) {
        (Err(error), Some(fallback)) if error.code() == Some("RegionDisabledException") => {
            call_with_own_keys(assume, settings, fallback).await
        }
        (response, _) => response,
    }
}

/// Calls an operation that needs no signature.
///
/// # Errors
/// As [`call`].
pub(crate) async fn call_unsigned<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
) -> Result<O::Output, Error> {
    let request = unsigned_request(operation, endpoint, region).map_err(|error| not_sent(&error))?;
    operation.parse_response(&fetch::fetch(request, TIMEOUT_MS).await?)
}

/// Upload speed that the time limit of a streamed message allows for, in bytes per millisecond.
const MIN_UPLOAD_SPEED: u64 = 500;

/// Computes the digest of a request's body from the chunks of a MIME message.
///
/// # Errors
/// The first error of `chunks`, or the runtime's.
pub(crate) async fn digest(
    body: &RawBody,
    chunks: impl Iterator<Item = worker::Result<Vec<u8>>>,
) -> worker::Result<BodyDigest> {
    let (sha256, length) = sha256_of_parts::sha256_of_parts(body.parts(chunks)).await?;
    Ok(BodyDigest { sha256, length })
}

/// Sends a MIME message, streaming its chunks.
///
/// # Errors
/// As [`call`].
pub(crate) async fn send_raw(
    send: &SendRawEmail,
    body: &RawBody,
    digest: &BodyDigest,
    chunks: impl Iterator<Item = worker::Result<Vec<u8>>> + 'static,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
) -> Result<SentEmail, Error> {
    let BodyDigest { sha256, length } = *digest;
    let head = send.head().map_err(|error| not_sent(&error))?;
    let service = SendRawEmail::SERVICE;
    let head = signed_head(service, head, sha256, endpoint, region, credentials, clock::now())
        .map_err(|error| not_sent(&error))?;
    let timeout_ms = u64::from(TIMEOUT_MS) + length / MIN_UPLOAD_SPEED;
    let timeout_ms = u32::try_from(timeout_ms).unwrap_or(u32::MAX);
    let body = FixedLengthStream::wrap(stream::iter(body.parts(chunks)).boxed_local(), length);
    send.parse_response(&fetch::fetch_stream(head, body, timeout_ms).await?)
}

/// Converts the error of a request that couldn't be built. It must not be [`Error::Unreachable`]: nothing was sent, so the
/// outcome is certain.
fn not_sent(error: &BuildError) -> Error {
    Error::service(
        http::StatusCode::BAD_REQUEST,
        Some("RequestNotBuilt".into()),
        Some(error.to_string()),
        None,
    )
}
