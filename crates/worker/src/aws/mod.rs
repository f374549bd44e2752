//! AWS, reached by signed requests.

pub(crate) mod certificates;

use kraiter_core::aws::{Credentials, Endpoint, Error, Operation, Region, signed_request, unsigned_request};

use crate::{clock, fetch};

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

fn unbuilt(error: &kraiter_core::aws::BuildError) -> Error {
    Error::service(
        http::StatusCode::BAD_REQUEST,
        Some("RequestNotBuilt".into()),
        Some(error.to_string()),
        None,
    )
}
