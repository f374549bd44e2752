//! Signature Version 4 in the `Authorization` header.
//!
//! A wrapper around the crate `aws-sigv4` of the AWS SDK. Most callers use [`signed_request`](crate::signed_request) instead.
//!
//! [AWS documentation](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)

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

/// The error of a request that can't be signed. It contains no part of the credentials.
#[derive(Debug, Error)]
#[error("the request could not be signed: {0}")]
pub struct SignError(String);

/// The scope of a signature, and the signing rules of the service.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The service name in the credential scope.
    pub signing_name: &'a str,
    /// The region name in the credential scope.
    pub region: &'a str,
    /// The signing rules.
    pub rules: Rules,
}

/// Signing rules, which differ for S3.
///
/// [AWS documentation](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether dot segments and repeated slashes are removed from the path before it is hashed.
    pub normalize_path: bool,
    /// Whether the path, which is already percent-encoded, is encoded again before it is hashed.
    pub encode_path_twice: bool,
    /// Whether the SHA-256 of the body is sent as `x-amz-content-sha256`.
    pub content_sha256: bool,
}

impl Rules {
    /// The rules of every service except S3.
    pub const COMMON: Self = Self { normalize_path: true, encode_path_twice: true, content_sha256: false };
    /// The rules of S3. Paths are hashed unchanged.
    pub const S3: Self = Self { normalize_path: false, encode_path_twice: false, content_sha256: true };

    /// Returns the rules of `service`.
    #[must_use]
    pub const fn for_service(service: Service) -> Self {
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

/// Signs a request by adding `authorization`, `x-amz-date`, `x-amz-security-token` for temporary credentials and
/// `x-amz-content-sha256` for S3.
///
/// The request must have an absolute URI. All its headers are signed, except those that a proxy may change: `authorization`,
/// `user-agent`, `transfer-encoding` and `x-amzn-trace-id`.
///
/// ```
/// use aws_sans_io::{Credentials, Service, sign::sign};
/// use bytes::Bytes;
/// use http::Request;
/// use time::macros::datetime;
///
/// let request = Request::get("https://email.eu-west-1.amazonaws.com/v2/email/account").body(Bytes::new())?;
/// let credentials = Credentials::long_term("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// let now = datetime!(2026-01-01 0:00 UTC);
/// let signed = sign(request, &credentials, Service::Ses, "eu-west-1".parse()?, now)?;
/// assert_eq!(signed.headers()["x-amz-date"], "20260101T000000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SignError`] if a header can't be signed, because it contains a tab or non-ASCII text.
pub fn sign(
    request: Request<Bytes>,
    credentials: &Credentials,
    service: Service,
    region: Region,
    now: OffsetDateTime,
) -> Result<Request<Bytes>, SignError> {
    let scope = Scope {
        signing_name: service.signing_name(),
        region: region.name(),
        rules: Rules::for_service(service),
    };
    sign_in_scope(request, credentials, &scope, now)
}

/// Signs a request for any service and region. See [`sign`].
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
    Ok(sign_parts(head, SignableBody::Bytes(&body), credentials, scope, now)?.map(|()| body))
}

/// Signs a request. Unlike [`sign`], it can use another SHA-256 than this crate's, such as the Web Crypto API, which hashes large bodies
/// faster than WebAssembly.
///
/// Calls `sha256` once, with the body. It returns the hash, or `None` to use this crate's.
///
/// # Errors
/// As [`sign`].
pub async fn sign_with(
    request: Request<Bytes>,
    credentials: &Credentials,
    service: Service,
    region: Region,
    now: OffsetDateTime,
    sha256: impl AsyncFnOnce(&[u8]) -> Option<[u8; 32]>,
) -> Result<Request<Bytes>, SignError> {
    let Some(hash) = sha256(request.body()).await else {
        return sign(request, credentials, service, region, now);
    };
    let (head, body) = request.into_parts();
    let head = sign_head(Request::from_parts(head, ()), hash, credentials, service, region, now)?;
    Ok(head.map(|()| body))
}

/// Signs a request by the SHA-256 hash of its body. See [`sign`].
///
/// # Errors
/// As [`sign`].
pub fn sign_head(
    head: Request<()>,
    sha256: [u8; 32],
    credentials: &Credentials,
    service: Service,
    region: Region,
    now: OffsetDateTime,
) -> Result<Request<()>, SignError> {
    let scope = Scope {
        signing_name: service.signing_name(),
        region: region.name(),
        rules: Rules::for_service(service),
    };
    sign_parts(
        head,
        SignableBody::Precomputed(base16ct::lower::encode_string(&sha256)),
        credentials,
        &scope,
        now,
    )
}

fn sign_parts(
    mut request: Request<()>,
    body: SignableBody<'_>,
    credentials: &Credentials,
    scope: &Scope<'_>,
    now: OffsetDateTime,
) -> Result<Request<()>, SignError> {
    let invalid = |error: &dyn std::error::Error| SignError(error.to_string());
    let identity = aws_credential_types::Credentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        credentials.session_token().map(str::to_owned),
        None,
        "aws-sans-io",
    )
    .into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.signing_name)
        .time(SystemTime::from(now))
        .settings(scope.rules.settings())
        .build()
        .map_err(|error| invalid(&error))?;
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let text = value.to_str().map_err(|error| invalid(&error))?;
        // AWS only specifies how spaces are trimmed, and its own signers treat tabs differently.
        if text.contains('\t') {
            return Err(SignError(format!("the header {name} contains a tab")));
        }
        headers.push((name.as_str(), text));
    }
    let uri = request.uri().to_string();
    let signable = SignableRequest::new(request.method().as_str(), uri, headers.into_iter(), body)
        .map_err(|error| invalid(&error))?;
    let (instructions, _signature) =
        sigv4(signable, &params.into()).map_err(|error| invalid(&error))?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use sha2::{Digest, Sha256};
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_hash_of_the_caller_is_signed_like_the_crates_own() {
        let credentials = Credentials::long_term("AKIA", "secret");
        let (region, now) = ("eu-west-1".parse().unwrap(), datetime!(2026-11-24 12:00 UTC));
        let request =
            || Request::post("https://email.eu-west-1.amazonaws.com/").body(Bytes::from("{}")).unwrap();
        let sign_with = |sha256: fn(&[u8]) -> Option<[u8; 32]>| {
            let sha256 = async |body: &[u8]| sha256(body);
            let signed = pin!(sign_with(request(), &credentials, Service::Ses, region, now, sha256));
            match signed.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(signed) => signed.unwrap(),
                Poll::Pending => panic!("the function waits for nothing"),
            }
        };
        let expected = sign(request(), &credentials, Service::Ses, region, now).unwrap();
        for sha256 in [|_: &[u8]| None, |body: &[u8]| Some(Sha256::digest(body).into())] {
            let signed = sign_with(sha256);
            assert_eq!((signed.headers(), signed.body()), (expected.headers(), expected.body()));
        }
        let other = sign_with(|_| Some([0; 32]));
        assert_ne!(other.headers()["authorization"], expected.headers()["authorization"]);
    }
}
