//! Why a posted message isn't acted on, and how SNS is answered then.

use http::StatusCode;
use thiserror::Error;

/// A message that isn't acted on.
///
/// SNS takes a 4xx answer (other than 429) as final and tries again after a 5xx, for about an hour. Nothing of the message
/// stands in the texts: whoever posted it doesn't get to write into logs.
///
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The body isn't one JSON object.
    #[error("the body is not a JSON object")]
    NotJson,
    /// A JSON object without anything of SNS's around it.
    #[error("the message has no SNS envelope: raw message delivery is on")]
    EnvelopeMissing,
    /// A field that this type of message has isn't there.
    #[error("the field {field} is missing")]
    FieldMissing {
        /// Its name.
        field: &'static str,
    },
    /// A field isn't what SNS documents.
    #[error("the field {field} is not what SNS documents")]
    FieldInvalid {
        /// Its name.
        field: &'static str,
    },
    /// A field stands there twice.
    #[error("the field {field} stands there more than once")]
    FieldRepeated {
        /// Its name.
        field: &'static str,
    },
    /// `Type` isn't one of the three that SNS documents.
    #[error("the message type is unknown")]
    TypeUnknown,
    /// `SignatureVersion` is neither 1 nor 2.
    #[error("the signature version is unknown")]
    SignatureVersionUnknown,
    /// The topic lives in another region than the stack.
    #[error("the topic is in another region than the connection's stack")]
    RegionUnexpected,
    /// The topic belongs to another account than the role.
    #[error("the topic belongs to another AWS account than the connection's role")]
    AccountUnexpected,
    /// It isn't the connection's topic.
    #[error("the message is from another topic than the connection's")]
    TopicUnexpected,
    /// `Timestamp` lies too far back.
    #[error("the message is too old")]
    TooOld,
    /// `Timestamp` lies too far ahead.
    #[error("the message is dated in the future")]
    FromTheFuture,
    /// `SigningCertURL` isn't where the topic's region keeps its certificates.
    #[error("the signing certificate is not where SNS keeps it for the topic's region")]
    CertificateUrlRefused,
    /// The certificate could not be fetched.
    #[error("the signing certificate could not be fetched")]
    CertificateUnavailable,
    /// What was fetched isn't a certificate with an RSA key.
    #[error("the signing certificate could not be read")]
    CertificateUnreadable,
    /// The certificate isn't made out to SNS.
    #[error("the signing certificate is not made out to Amazon SNS")]
    CertificateNotSns,
    /// The certificate isn't valid now.
    #[error("the signing certificate is not valid at this time")]
    CertificateNotValidNow,
    /// The certificate's key is shorter or longer than is accepted.
    #[error("the signing certificate's key has a length that is not accepted")]
    KeyLength,
    /// The certificate was fetched for another message.
    #[error("the signing certificate is not the one that the message names")]
    CertificateMismatch,
    /// The signature isn't the certificate's owner's over this message.
    #[error("the signature is wrong")]
    SignatureWrong,
}

impl Rejection {
    /// The stable code, as it stands in the `code` of a problem document.
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

    /// The field that is wrong, where one is.
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

    /// How to mend it, for the person who runs the topic.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::EnvelopeMissing => "Turn raw message delivery off in the topic's subscription.",
            Self::RegionUnexpected | Self::AccountUnexpected | Self::TopicUnexpected => {
                "Each connection has its own webhook address; subscribe it to that connection's topic only."
            }
            Self::TooOld => "Send the event again; a delivery that was held back for hours is not accepted.",
            Self::CertificateUnavailable | Self::CertificateUnreadable | Self::CertificateMismatch => {
                "Nothing has to be done: SNS delivers the message again."
            }
            Self::SignatureVersionUnknown => "Set the topic's SignatureVersion to 1 or 2.",
            _ => "Only Amazon SNS may post here; a message that SNS signed passes as it is.",
        }
    }

    /// What SNS is answered: 400 for what can't be read, 403 for what isn't believed, 503 where another try can help.
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

    /// Whether the same message will never pass; SNS is told not to try again.
    #[must_use]
    pub fn is_permanent(self) -> bool {
        self.status().is_client_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sns_tries_again_only_where_the_certificate_could_not_be_had() {
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
