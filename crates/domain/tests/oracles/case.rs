//! Requests that Kraiter and the oracles sign.

use aws_sans_io::{Credentials, Region, Service, sign};
use bytes::Bytes;
use http::Request;
use time::OffsetDateTime;

use crate::random::Random;

/// The only oracle for a case, if the other one is known to differ from AWS's rules. aws4fetch differs:
///
/// - It joins repeated headers with a comma and a space (AWS: with a comma), and also signs `user-agent` if it signs all headers.
/// - It follows the URL standard, in which `..` removes an empty segment; AWS merges repeated slashes first.
/// - For S3 it normalises the path, encodes `!'()*+` differently from the request, and drops repeated parameters.
///
/// botocore agrees with Kraiter in all generated cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Only {
    Botocore,
    Aws4fetch,
}

pub(crate) const SERVICES: [Service; 6] =
    [Service::Sts, Service::Ses, Service::Sns, Service::S3, Service::CloudFormation, Service::Iam];

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) request: Request<Bytes>,
    pub(crate) credentials: Credentials,
    pub(crate) service: Service,
    /// The region of the signature.
    pub(crate) region: Region,
    pub(crate) now: OffsetDateTime,
    pub(crate) only: Option<Only>,
}

impl Case {
    /// Returns Kraiter's signature.
    pub(crate) fn authorization(&self) -> String {
        let signed =
            sign::sign(self.request.clone(), &self.credentials, self.service, self.region, self.now).unwrap();
        signed.headers()["authorization"].to_str().unwrap().to_owned()
    }

    pub(crate) fn describe(&self) -> String {
        let request = &self.request;
        format!(
            "{} {} {:?}, {} bytes, {} in {} at {}",
            request.method(),
            request.uri(),
            request.headers(),
            request.body().len(),
            self.service.signing_name(),
            self.region,
            self.now
        )
    }
}

/// Returns random credentials, half of them with a session token.
pub(crate) fn credentials(random: &mut Random) -> Credentials {
    const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let id = format!("AKIA{}", random.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16));
    let secret = format!("s{}", random.text(BASE64, 40));
    if random.one_in(2) {
        return Credentials::long_term(id, secret);
    }
    let token = format!("F{}==", random.text(BASE64, 900));
    Credentials::temporary(id, secret, token, now(random))
}

/// Returns a random second in the years 2020 to 2033.
pub(crate) fn now(random: &mut Random) -> OffsetDateTime {
    let seconds = i64::try_from(random.below(13 * 365 * 86_400)).unwrap();
    OffsetDateTime::from_unix_timestamp(1_577_836_800 + seconds).unwrap()
}
