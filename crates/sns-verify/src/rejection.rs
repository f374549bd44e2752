//! Reasons why a message is rejected.

use http::StatusCode;
use thiserror::Error;

/// The reason why a message is rejected.
///
/// Respond with [`status`](Self::status). SNS doesn't retry after a 4xx status (except 429). After a 5xx status it retries as the
/// subscription's delivery policy says: by default three times within a minute, then it discards the message. The texts contain nothing of
/// the message, so an attacker can't write into your logs.
///
/// ```
/// use sns_verify::{Message, Rejection};
///
/// let rejection = Message::parse(b"{}").unwrap_err();
/// assert_eq!(rejection, Rejection::EnvelopeMissing);
/// assert_eq!((rejection.code(), rejection.status().as_u16()), ("sns_envelope_missing", 400));
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html)
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The body isn't a JSON object.
    #[error("the body is not a JSON object")]
    NotJson,
    /// The body is a JSON object without the fields of SNS, because raw message delivery is on.
    #[error("the message has no SNS envelope, because raw message delivery is on")]
    EnvelopeMissing,
    /// A required field is missing.
    #[error("the field \"{field}\" is missing")]
    FieldMissing {
        /// The name of the field.
        field: &'static str,
    },
    /// A field doesn't match the documentation of SNS.
    #[error("the field \"{field}\" is invalid")]
    FieldInvalid {
        /// The name of the field.
        field: &'static str,
    },
    /// A field appears more than once.
    #[error("the field \"{field}\" appears more than once")]
    FieldRepeated {
        /// The name of the field.
        field: &'static str,
    },
    /// `Type` isn't one of the three types that SNS documents.
    #[error("the message type is unknown")]
    TypeUnknown,
    /// `SignatureVersion` is neither 1 nor 2.
    #[error("the signature version is unknown")]
    SignatureVersionUnknown,
    /// The topic is in another region than expected.
    #[error("the topic is in another region than expected")]
    RegionUnexpected,
    /// The topic belongs to another account than expected.
    #[error("the topic belongs to another AWS account than expected")]
    AccountUnexpected,
    /// The message is from another topic than expected.
    #[error("the message is from another topic than expected")]
    TopicUnexpected,
    /// `Timestamp` is more than [`MAX_AGE`](crate::age::MAX_AGE) ago.
    #[error("the message is too old")]
    TooOld,
    /// `Timestamp` is more than [`MAX_CLOCK_SKEW`](crate::age::MAX_CLOCK_SKEW) in the future.
    #[error("the message is dated in the future")]
    FromTheFuture,
    /// `SigningCertURL` isn't the URL of a certificate of SNS in the topic's region.
    #[error("the certificate URL is not one of SNS in the topic's region")]
    CertificateUrlRefused,
    /// The certificate could not be downloaded. Return it if your HTTP client fails.
    #[error("the signing certificate could not be downloaded")]
    CertificateUnavailable,
    /// The downloaded file isn't a certificate with an RSA key.
    #[error("the signing certificate could not be parsed")]
    CertificateUnreadable,
    /// The certificate isn't issued to SNS.
    #[error("the signing certificate is not issued to Amazon SNS")]
    CertificateNotSns,
    /// The certificate has expired or isn't valid yet.
    #[error("the signing certificate is not valid at this time")]
    CertificateNotValidNow,
    /// The certificate's key doesn't have 2048 to 4096 bits.
    #[error("the signing certificate's key must have 2048 to 4096 bits")]
    KeyLength,
    /// The certificate is from another URL than the one in the message.
    #[error("the signing certificate is not the one that the message names")]
    CertificateMismatch,
    /// The signature doesn't match the message and the certificate.
    #[error("the signature does not match")]
    SignatureWrong,
}

impl Rejection {
    /// Returns the stable, machine-readable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "sns_not_json",
            Self::EnvelopeMissing => "sns_envelope_missing",
            Self::FieldMissing { .. } => "sns_field_missing",
            Self::FieldInvalid { .. } => "sns_field_invalid",
            Self::FieldRepeated { .. } => "sns_field_repeated",
            Self::TypeUnknown => "sns_type_unknown",
            Self::SignatureVersionUnknown => "sns_signature_version_unknown",
            Self::RegionUnexpected => "sns_region_unexpected",
            Self::AccountUnexpected => "sns_account_unexpected",
            Self::TopicUnexpected => "sns_topic_unexpected",
            Self::TooOld => "sns_too_old",
            Self::FromTheFuture => "sns_from_the_future",
            Self::CertificateUrlRefused => "sns_certificate_url_refused",
            Self::CertificateUnavailable => "sns_certificate_unavailable",
            Self::CertificateUnreadable => "sns_certificate_unreadable",
            Self::CertificateNotSns => "sns_certificate_not_sns",
            Self::CertificateNotValidNow => "sns_certificate_not_valid_now",
            Self::KeyLength => "sns_key_length",
            Self::CertificateMismatch => "sns_certificate_mismatch",
            Self::SignatureWrong => "sns_signature_wrong",
        }
    }

    /// Returns the invalid field, if any.
    #[must_use]
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::FieldMissing { field } | Self::FieldInvalid { field } | Self::FieldRepeated { field } => {
                Some(field)
            }
            Self::EnvelopeMissing | Self::TypeUnknown => Some("Type"),
            Self::SignatureVersionUnknown => Some("SignatureVersion"),
            Self::RegionUnexpected | Self::AccountUnexpected | Self::TopicUnexpected => Some("TopicArn"),
            Self::TooOld | Self::FromTheFuture => Some("Timestamp"),
            Self::CertificateUrlRefused => Some("SigningCertURL"),
            Self::SignatureWrong => Some("Signature"),
            Self::NotJson
            | Self::CertificateUnavailable
            | Self::CertificateUnreadable
            | Self::CertificateNotSns
            | Self::CertificateNotValidNow
            | Self::KeyLength
            | Self::CertificateMismatch => None,
        }
    }

    /// Returns a sentence that says how the topic's owner can fix the problem.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::EnvelopeMissing => "Turn off raw message delivery in the subscription of the topic.",
            Self::RegionUnexpected | Self::AccountUnexpected | Self::TopicUnexpected => {
                "Only subscribe this endpoint to the topic that it was created for."
            }
            Self::TooOld => "Publish the message again. Messages older than 6 hours are rejected.",
            Self::CertificateUnavailable | Self::CertificateUnreadable | Self::CertificateMismatch => {
                "No action needed: SNS delivers the message again."
            }
            Self::SignatureVersionUnknown => "Set the topic's SignatureVersion to 1 or 2.",
            _ => "Only Amazon SNS can post to this endpoint. Forward its messages unchanged.",
        }
    }

    /// Returns the status to respond with: 400 if the message is malformed, 403 if it isn't trusted, and 503 if a retry can help.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotJson
            | Self::EnvelopeMissing
            | Self::FieldMissing { .. }
            | Self::FieldInvalid { .. }
            | Self::FieldRepeated { .. }
            | Self::TypeUnknown
            | Self::SignatureVersionUnknown => StatusCode::BAD_REQUEST,
            Self::CertificateUnavailable | Self::CertificateUnreadable | Self::CertificateMismatch => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::RegionUnexpected
            | Self::AccountUnexpected
            | Self::TopicUnexpected
            | Self::TooOld
            | Self::FromTheFuture
            | Self::CertificateUrlRefused
            | Self::CertificateNotSns
            | Self::CertificateNotValidNow
            | Self::KeyLength
            | Self::SignatureWrong => StatusCode::FORBIDDEN,
        }
    }

    /// Returns whether a retry of the message can't succeed. Then [`status`](Self::status) is 4xx, and SNS doesn't retry.
    #[must_use]
    pub fn is_permanent(self) -> bool {
        self.status().is_client_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sns_only_retries_if_the_certificate_was_not_available() {
        for rejection in [
            Rejection::CertificateUnavailable,
            Rejection::CertificateUnreadable,
            Rejection::CertificateMismatch,
        ] {
            assert!(!rejection.is_permanent(), "{rejection}");
        }
        for rejection in
            [Rejection::NotJson, Rejection::SignatureWrong, Rejection::TooOld, Rejection::TopicUnexpected]
        {
            assert!(rejection.is_permanent(), "{rejection}");
        }
    }
}
