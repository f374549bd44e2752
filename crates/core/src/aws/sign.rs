//! Signature Version 4 in the `Authorization` header, by `aws-sigv4`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign as sigv4,
    },
    sign::v4,
};
use bytes::Bytes;
use http::Request;
use thiserror::Error;
use time::OffsetDateTime;

use super::{Credentials, Region, Service};

/// A request that can't be signed; it holds no part of the credentials.
#[derive(Debug, Error)]
#[error("the request could not be signed: {0}")]
pub struct SignError(String);

/// Adds `x-amz-date`, `x-amz-security-token` where the credentials have one, `x-amz-content-sha256` for S3, and
/// `authorization`. The request must have its absolute URI; every header it has already is signed.
///
/// # Errors
/// [`SignError`] where the request holds what can't be signed, such as a header that isn't text.
pub fn sign(
    mut request: Request<Bytes>,
    credentials: &Credentials,
    service: Service,
    region: Region,
    now: OffsetDateTime,
) -> Result<Request<Bytes>, SignError> {
    let wrong = |error: &dyn std::error::Error| SignError(error.to_string());
    let mut settings = SigningSettings::default();
    if service == Service::S3 {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let identity = aws_credential_types::Credentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        credentials.session_token().map(str::to_owned),
        None,
        "kraiter",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region.name())
        .name(service.signing_name())
        .time(SystemTime::from(now))
        .settings(settings)
        .build()
        .map_err(|error| wrong(&error))?;
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| value.to_str().map(|value| (name.as_str(), value)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| wrong(&error))?;
    let uri = request.uri().to_string();
    let signable =
        SignableRequest::new(request.method().as_str(), uri, headers.into_iter(), SignableBody::Bytes(request.body()))
            .map_err(|error| wrong(&error))?;
    let (instructions, _signature) = sigv4(signable, &params.into()).map_err(|error| wrong(&error))?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
