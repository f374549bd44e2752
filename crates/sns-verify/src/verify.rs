//! The steps of the verification. Each step consumes the result of the previous one, so none can be skipped.

use std::ops::Deref;

use aws_sans_io::{AccountId, Endpoint, Region, TopicArn};
use time::OffsetDateTime;

use super::{Certificate, CertificateUrl, Message, Rejection, Signature, age};
use crate::message::SignedData;

/// The topics from which to accept a message.
///
/// This check is necessary because a valid signature only proves that the message is from some topic on AWS, which may belong to
/// anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected<'a> {
    /// Any topic in this region and account, for example if the topic is still being created.
    AnyTopicIn {
        /// The region of the topic.
        region: Region,
        /// The account that owns the topic.
        account: &'a AccountId,
    },
    /// Any topic in this account. Compare the verified message's region with the one that you expect: its owner may have changed it.
    AnyTopicOf(&'a AccountId),
    /// Only this topic.
    Topic(&'a TopicArn),
    /// Any topic in this region. Compare the verified message's topic with the endpoint's before acting on it: everybody can create a topic.
    AnyTopicInRegion(Region),
}

impl<'a> Expected<'a> {
    /// Returns what to expect of a message at an endpoint that learns its topic from the first SubscriptionConfirmation.
    ///
    /// If `account` is set, a SubscriptionConfirmation may come from any topic in `region` and `account`. All other messages must
    /// come from `topic`.
    ///
    /// # Errors
    /// [`Rejection::AccountUnexpected`] or [`Rejection::TopicUnexpected`] if neither rule applies, because `account` and `topic`
    /// are missing.
    pub fn for_message(
        message: &Unverified,
        region: Region,
        account: Option<&'a AccountId>,
        topic: Option<&'a TopicArn>,
    ) -> Result<Self, Rejection> {
        match (message.claims_subscription(), account, topic) {
            (true, Some(account), _) => Ok(Self::AnyTopicIn { region, account }),
            (_, _, Some(topic)) => Ok(Self::Topic(topic)),
            (true, None, None) => Err(Rejection::AccountUnexpected),
            (false, _, None) => Err(Rejection::TopicUnexpected),
        }
    }
}

impl Expected<'_> {
    fn check(self, topic: &TopicArn) -> Result<(), Rejection> {
        match self {
            Self::AnyTopicIn { region, .. } if region != topic.region() => Err(Rejection::RegionUnexpected),
            Self::AnyTopicIn { account, .. } | Self::AnyTopicOf(account) if account != topic.account() => {
                Err(Rejection::AccountUnexpected)
            }
            Self::AnyTopicInRegion(region) if region != topic.region() => Err(Rejection::RegionUnexpected),
            Self::Topic(expected) if expected != topic => Err(Rejection::TopicUnexpected),
            Self::AnyTopicIn { .. } | Self::AnyTopicOf(_) | Self::AnyTopicInRegion(_) | Self::Topic(_) => {
                Ok(())
            }
        }
    }
}

/// A parsed message with an unverified signature.
///
/// Returned by [`Message::parse`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    pub(super) message: Message,
    pub(super) signed_data: SignedData,
}

impl Message {
    /// Parses the body of a POST request. Limit its size first: SNS messages have up to 256 KB.
    ///
    /// No signed field except `Message` may contain a line break. Otherwise, a publisher could move text between fields without
    /// changing the signed string. `SubscribeURL` is only used to verify the signature. `UnsubscribeURL` and unsigned fields are
    /// ignored.
    ///
    /// # Errors
    /// [`Rejection`] with the status 400, which names the invalid field.
    pub fn parse(body: &[u8]) -> Result<Unverified, Rejection> {
        let (message, signed_data) = Self::parse_signed(body)?;
        Ok(Unverified { message, signed_data })
    }
}

impl Unverified {
    /// Returns the topic that the message claims to be from. Only use it to determine what to [expect](Expected).
    #[must_use]
    pub const fn claimed_topic(&self) -> &TopicArn {
        &self.message.topic
    }

    /// Returns whether the message claims to be a SubscriptionConfirmation. Only use it to determine what to [expect](Expected).
    #[must_use]
    pub const fn claims_subscription(&self) -> bool {
        matches!(self.message.content, crate::Content::SubscriptionConfirmation { .. })
    }

    /// Checks the topic, the age and the certificate's URL.
    ///
    /// # Errors
    /// A permanent [`Rejection`].
    pub fn check(
        self,
        expected: Expected<'_>,
        endpoint: &Endpoint,
        now: OffsetDateTime,
    ) -> Result<Checked, Rejection> {
        expected.check(&self.message.topic)?;
        age::check(self.message.timestamp, now)?;
        let certificate_url =
            CertificateUrl::parse(&self.signed_data.certificate_url, self.message.topic.region(), endpoint)?;
        Ok(Checked { message: self.message, signed_data: self.signed_data, certificate_url })
    }
}

/// A message that passed every check except that of its signature.
///
/// Returned by [`Unverified::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    message: Message,
    signed_data: SignedData,
    certificate_url: CertificateUrl,
}

impl Checked {
    /// Returns the URL to download the certificate from.
    #[must_use]
    pub const fn certificate_url(&self) -> &CertificateUrl {
        &self.certificate_url
    }

    /// Verifies the signature with the certificate from [`certificate_url`](Self::certificate_url).
    ///
    /// # Errors
    /// [`Rejection::CertificateMismatch`] if the certificate is from another URL, [`Rejection::CertificateNotValidNow`], or
    /// [`Rejection::SignatureWrong`].
    #[cfg(feature = "rsa")]
    pub fn verify(
        self,
        certificate: &Certificate,
        now: OffsetDateTime,
    ) -> Result<Verified<Message>, Rejection> {
        let is_valid = self.signature(certificate, now)?.is_valid(certificate);
        self.into_verified(is_valid)
    }

    /// Verifies the signature with RSA code of yours, for example the Web Crypto API.
    ///
    /// Calls `verify` once, unless the certificate is rejected. It must return whether the signature is valid.
    ///
    /// ```
    /// # use sns_verify::{Certificate, Checked, Message, Rejection, Signature, Verified};
    /// # use time::OffsetDateTime;
    /// # async fn is_valid(_: Signature<'_>) -> Result<bool, Rejection> { Ok(true) }
    /// async fn verify(
    ///     checked: Checked,
    ///     certificate: &Certificate,
    ///     now: OffsetDateTime,
    /// ) -> Result<Verified<Message>, Rejection> {
    ///     checked.verify_with(certificate, now, async |signature| is_valid(signature).await).await
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Rejection::CertificateMismatch`] if the certificate is from another URL, [`Rejection::CertificateNotValidNow`],
    /// [`Rejection::SignatureWrong`] if `verify` returns `false`, or the error of `verify`.
    pub async fn verify_with(
        self,
        certificate: &Certificate,
        now: OffsetDateTime,
        verify: impl AsyncFnOnce(Signature<'_>) -> Result<bool, Rejection>,
    ) -> Result<Verified<Message>, Rejection> {
        let is_valid = verify(self.signature(certificate, now)?).await?;
        self.into_verified(is_valid)
    }

    fn signature<'a>(
        &'a self,
        certificate: &'a Certificate,
        now: OffsetDateTime,
    ) -> Result<Signature<'a>, Rejection> {
        if *certificate.url() != self.certificate_url {
            return Err(Rejection::CertificateMismatch);
        }
        if !certificate.is_valid_at(now) {
            return Err(Rejection::CertificateNotValidNow);
        }
        let SignedData { version, signature, string_to_sign, .. } = &self.signed_data;
        Ok(Signature {
            version: *version,
            public_key: certificate.public_key(),
            signed: string_to_sign.as_bytes(),
            signature,
        })
    }

    fn into_verified(self, is_valid: bool) -> Result<Verified<Message>, Rejection> {
        if is_valid { Ok(Verified(self.message)) } else { Err(Rejection::SignatureWrong) }
    }
}

/// A value of verified origin.
///
/// Returned by [`Checked::verify`] and [`Checked::verify_with`], which are the only ways to create one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// Returns the verified value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_from_another_topic_region_or_account_is_unexpected() {
        let topic: TopicArn = "arn:aws:sns:eu-west-1:123456789012:example".parse().unwrap();
        let other: TopicArn = "arn:aws:sns:eu-west-1:123456789012:other".parse().unwrap();
        let (account, other_account): (AccountId, AccountId) =
            ("123456789012".parse().unwrap(), "210987654321".parse().unwrap());
        let (ireland, london): (Region, Region) =
            ("eu-west-1".parse().unwrap(), "eu-west-2".parse().unwrap());

        assert_eq!(Expected::Topic(&topic).check(&topic), Ok(()));
        assert_eq!(Expected::Topic(&other).check(&topic), Err(Rejection::TopicUnexpected));
        assert_eq!(Expected::AnyTopicIn { region: ireland, account: &account }.check(&topic), Ok(()));
        assert_eq!(
            Expected::AnyTopicIn { region: london, account: &account }.check(&topic),
            Err(Rejection::RegionUnexpected)
        );
        assert_eq!(
            Expected::AnyTopicIn { region: ireland, account: &other_account }.check(&topic),
            Err(Rejection::AccountUnexpected)
        );
    }
}
