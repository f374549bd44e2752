//! Signature Version 4 in the `Authorization` header, by `aws-sigv4`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        sign as sigv4,
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

/// What a signature is valid for, and the service's own rules for what is hashed.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The service, as it stands in the credential scope.
    pub signing_name: &'a str,
    /// The region, as it stands in the credential scope.
    pub region: &'a str,
    /// The service's own rules.
    pub rules: Rules,
}

/// In what S3 differs from every other service.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether dot segments and doubled slashes are taken out of the path before it is hashed.
    pub normalize_path: bool,
    /// Whether the path, which is percent-encoded already, is encoded once more before it is hashed.
    pub encode_path_twice: bool,
    /// Whether the body's SHA-256 is sent as `x-amz-content-sha256`.
    pub content_sha256: bool,
}

impl Rules {
    /// Those of every service but S3.
    pub const COMMON: Self = Self { normalize_path: true, encode_path_twice: true, content_sha256: false };
    /// Those of S3, whose keys are hashed as they are sent.
    pub const S3: Self = Self { normalize_path: false, encode_path_twice: false, content_sha256: true };

    /// The rules of `service`.
    #[must_use]
    pub const fn of(service: Service) -> Self {
        match service {
            Service::S3 => Self::S3,
            _ => Self::COMMON,
        }
    }

    fn settings(self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        settings.uri_path_normalization_mode = self.normalize_path.into();
        if !self.encode_path_twice {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
        }
        if self.content_sha256 {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        settings
    }
}

/// Adds `x-amz-date`, `x-amz-security-token` where the credentials have one, `x-amz-content-sha256` for S3, and
/// `authorization`.
///
/// The request must have its absolute URI. Every header it has already is signed, but for those that a proxy may change:
/// `authorization`, `user-agent`, `transfer-encoding` and `x-amzn-trace-id`.
///
/// # Errors
/// [`SignError`] where the request holds what can't be signed, such as a header with a tab or with text beyond ASCII.
pub fn sign(
    request: Request<Bytes>,
    credentials: &Credentials,
    service: Service,
    region: Region,
    now: OffsetDateTime,
) -> Result<Request<Bytes>, SignError> {
    let scope =
        Scope { signing_name: service.signing_name(), region: region.name(), rules: Rules::of(service) };
    sign_in_scope(request, credentials, &scope, now)
}

/// [`sign`] for a service or region that has no type here.
///
/// # Errors
/// As [`sign`].
pub fn sign_in_scope(
    request: Request<Bytes>,
    credentials: &Credentials,
    scope: &Scope<'_>,
    now: OffsetDateTime,
) -> Result<Request<Bytes>, SignError> {
    let (head, body) = request.into_parts();
    let head = Request::from_parts(head, ());
    Ok(sign_head(head, SignableBody::Bytes(&body), credentials, scope, now)?.map(|()| body))
}

/// [`sign`] for a request whose body isn't held: `sha256` is its hash, in small hexadecimal digits.
///
/// # Errors
/// As [`sign`].
pub fn sign_hash(
    head: Request<()>,
    sha256: String,
    credentials: &Credentials,
    service: Service,
    region: Region,
    now: OffsetDateTime,
) -> Result<Request<()>, SignError> {
    let scope =
        Scope { signing_name: service.signing_name(), region: region.name(), rules: Rules::of(service) };
    sign_head(head, SignableBody::Precomputed(sha256), credentials, &scope, now)
}

fn sign_head(
    mut request: Request<()>,
    body: SignableBody<'_>,
    credentials: &Credentials,
    scope: &Scope<'_>,
    now: OffsetDateTime,
) -> Result<Request<()>, SignError> {
    let wrong = |error: &dyn std::error::Error| SignError(error.to_string());
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
        .region(scope.region)
        .name(scope.signing_name)
        .time(SystemTime::from(now))
        .settings(scope.rules.settings())
        .build()
        .map_err(|error| wrong(&error))?;
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let text = value.to_str().map_err(|error| wrong(&error))?;
        // AWS's rule speaks of spaces alone and its signers disagree on tabs.
        if text.contains('\t') {
            return Err(SignError(format!("there is a tab in the header {name}")));
        }
        headers.push((name.as_str(), text));
    }
    let uri = request.uri().to_string();
    let signable = SignableRequest::new(request.method().as_str(), uri, headers.into_iter(), body)
        .map_err(|error| wrong(&error))?;
    let (instructions, _signature) =
        sigv4(signable, &params.into()).map_err(|error| wrong(&error))?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
