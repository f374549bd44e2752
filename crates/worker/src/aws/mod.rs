//! Sends signed requests to AWS, and records them in the organisation's ledger.
//!
//! A call in a customer's account needs the ledger, so that none can be left out. Calls that send an email are in the email's history.

pub(crate) mod certificates;
pub(crate) mod own_account;
mod sha256_of_parts;

use std::cell::Cell;

use aws_sans_io::{
    BuildError, Credentials, Endpoint, Error, Operation, Region, Service,
    ses::{BodyDigest, RawBody, SendEmail, SendRawEmail, SentEmail},
    sign::sign_with,
    signed_head,
    sts::{AssumeRole, AssumedRole},
    unsigned_request,
};
use bytes::Bytes;
use domain::{aws_calls::AwsCallRecord, settings::Settings};
use futures_util::{StreamExt, stream};
use http::{Request, Response};
use serde_json::json;
use worker::FixedLengthStream;

use crate::{
    clock, fetch, log,
    organisation_object::aws_calls::{AwsCalls, PendingCall},
};

/// Time limit of a call, in milliseconds. It is below the 15 seconds that SNS waits for a response of ours.
pub(crate) const TIMEOUT_MS: u32 = 10_000;

/// Calls an operation in `region`, signed with `credentials`, and records the call.
///
/// # Errors
/// The error that AWS returned, or [`Error::Unreachable`].
pub(crate) async fn call<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
    calls: &AwsCalls,
) -> Result<O::Output, Error> {
    let request = unsigned_request(operation, endpoint, region).map_err(|error| not_sent(&error))?;
    let region = O::SERVICE.request_region(region);
    let pending = calls.begin(operation.name(), region);
    operation.parse_response(&send(request, credentials, O::SERVICE, region, Some(pending)).await?)
}

/// Sends an email. The history of the email records the call.
///
/// # Errors
/// As [`call`].
pub(crate) async fn send_email(
    email: &SendEmail,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
) -> Result<SentEmail, Error> {
    let request = unsigned_request(email, endpoint, region).map_err(|error| not_sent(&error))?;
    email.parse_response(&send(request, credentials, SendEmail::SERVICE, region, None).await?)
}

/// Length of bodies from which the runtime hashes faster than WebAssembly, in bytes. Measured in workerd.
const MIN_HASHED_BY_RUNTIME: usize = 4 * 1024;

/// Signs and sends a request. It isn't generic, so that its code exists once and not for every operation.
async fn send(
    request: Request<Bytes>,
    credentials: &Credentials,
    service: Service,
    region: Region,
    pending: Option<PendingCall<'_>>,
) -> Result<Response<Bytes>, Error> {
    let sha256 = async |body: &[u8]| match body.len() {
        ..MIN_HASHED_BY_RUNTIME => None,
        _ => web_crypto::sha256(body).await.ok(),
    };
    let request = sign_with(request, credentials, service, region, clock::now(), sha256).await;
    let response = match request {
        Ok(request) => fetch::fetch(request, TIMEOUT_MS).await,
        Err(error) => Err(not_sent(&error.into())),
    };
    if let Some(pending) = pending {
        pending.end(&response);
    }
    response
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
    calls: &AwsCalls,
) -> Result<O::Output, Error> {
    let mut pairs = settings.own_credentials.starting_at(ACCEPTED_PAIR.get()).peekable();
    while let Some((number, name, keys)) = pairs.next() {
        match call(operation, &settings.endpoint, region, keys, calls).await {
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
    calls: &AwsCalls,
) -> Result<AssumedRole, Error> {
    match (call_with_own_keys(assume, settings, region, calls).await, region.sts_fallback()) {
        (Err(error), Some(fallback)) if error.code() == Some("RegionDisabledException") => {
            call_with_own_keys(assume, settings, fallback, calls).await
        }
        (response, _) => response,
    }
}

/// Calls an operation that needs no signature. Returns the call's record too, which belongs in the organisation's ledger.
pub(crate) async fn call_unsigned<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
) -> (Result<O::Output, Error>, AwsCallRecord) {
    let record = AwsCallRecord::lost(clock::now(), operation.name(), O::SERVICE.request_region(region));
    let response = match unsigned_request(operation, endpoint, region) {
        Ok(request) => fetch::fetch(request, TIMEOUT_MS).await,
        Err(error) => Err(not_sent(&error)),
    };
    let record = record.with_response(&response);
    (response.and_then(|response| operation.parse_response(&response)), record)
}

/// Calls an operation in Kraiter's own account, signed with Kraiter's own keys.
async fn call_in_own_account<O: Operation>(
    operation: &O,
    endpoint: &Endpoint,
    region: Region,
    credentials: &Credentials,
) -> Result<O::Output, Error> {
    let request = unsigned_request(operation, endpoint, region).map_err(|error| not_sent(&error))?;
    let region = O::SERVICE.request_region(region);
    operation.parse_response(&send(request, credentials, O::SERVICE, region, None).await?)
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

/// Sends a MIME message, streaming its chunks. The history of the email records the call.
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

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn requests_to_aws_are_built_only_where_they_are_recorded() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let builds = |path: &Path| {
            let text = fs::read_to_string(path).unwrap();
            ["unsigned_request", "signed_request", "signed_head"].iter().any(|name| text.contains(name))
        };
        let mut files: Vec<_> = sources(&src).into_iter().filter(|path| builds(path)).collect();
        files.sort();
        // Lanes send emails, whose histories record the calls.
        let expected = ["aws/mod.rs", "organisation_object/delivery/lanes.rs"].map(|name| src.join(name));
        assert_eq!(files, expected);
    }
}
