//! The steps from a posted message to one that may be acted on. No step can be left out: each takes what the one before gave.

use std::ops::Deref;

use aws_sans_io::{AccountId, Endpoint, Region, TopicArn};
use time::OffsetDateTime;

use super::{Certificate, CertificateUrl, Message, Rejection, age, signature};
use crate::message::Seal;

/// Where a connection's messages come from. A right signature proves that some topic of some customer of AWS sent the message;
/// that it is this connection's is ours to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected<'a> {
    /// The topic isn't known yet: it is the one of a stack in this region, in the account that owns the role.
    Stack {
        /// The region that the stack was asked for in.
        region: Region,
        /// The account that owns the role which the webhook's address names.
        account: &'a AccountId,
    },
    /// The connection's topic.
    Topic(&'a TopicArn),
}

impl<'a> Expected<'a> {
    /// What a webhook expects of a message, by what the message claims to be: a SubscriptionConfirmation may come from any topic of
    /// the stack that the webhook's address was made for (`region`, and the account of the role that the address names), everything
    /// else, and every message at an address that names no role, from the webhook's `topic` only.
    ///
    /// # Errors
    /// [`Rejection::AccountUnexpected`] or [`Rejection::TopicUnexpected`] where nothing is known of what to expect.
    pub fn at_webhook(
        message: &Unverified,
        region: Region,
        role_account: Option<&'a AccountId>,
        topic: Option<&'a TopicArn>,
    ) -> Result<Self, Rejection> {
        match (message.claims_subscription(), role_account, topic) {
            (true, Some(account), _) => Ok(Self::Stack { region, account }),
            (_, _, Some(topic)) => Ok(Self::Topic(topic)),
            (true, None, None) => Err(Rejection::AccountUnexpected),
            (false, _, None) => Err(Rejection::TopicUnexpected),
        }
    }
}

impl Expected<'_> {
    fn check(self, topic: &TopicArn) -> Result<(), Rejection> {
        match self {
            Self::Stack { region, .. } if region != topic.region() => Err(Rejection::RegionUnexpected),
            Self::Stack { account, .. } if account != topic.account() => Err(Rejection::AccountUnexpected),
            Self::Topic(expected) if expected != topic => Err(Rejection::TopicUnexpected),
            Self::Stack { .. } | Self::Topic(_) => Ok(()),
        }
    }
}

/// A message that was read, and of which nothing is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unverified {
    pub(super) message: Message,
    pub(super) seal: Seal,
}

impl Unverified {
    /// The topic that the message claims to come from: to find out what to expect, never to believe.
    #[must_use]
    pub const fn claimed_topic(&self) -> &TopicArn {
        &self.message.topic
    }

    /// Whether it claims to be a SubscriptionConfirmation: to find out what to expect, never to believe.
    #[must_use]
    pub const fn claims_subscription(&self) -> bool {
        matches!(self.message.content, crate::Content::SubscriptionConfirmation { .. })
    }

    /// Checks what can be checked without the certificate: the topic, the age, and where the certificate lies.
    ///
    /// # Errors
    /// A permanent [`Rejection`].
    pub fn admit(
        self,
        expected: Expected<'_>,
        endpoint: &Endpoint,
        now: OffsetDateTime,
    ) -> Result<Admitted, Rejection> {
        expected.check(&self.message.topic)?;
        age::check(self.message.at, now)?;
        let certificate_url =
            CertificateUrl::from_message(&self.seal.certificate_url, self.message.topic.region(), endpoint)?;
        Ok(Admitted { message: self.message, seal: self.seal, certificate_url })
    }
}

/// A message that would be believed if its signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    message: Message,
    seal: Seal,
    certificate_url: CertificateUrl,
}

impl Admitted {
    /// Where to get the certificate, or by what to look it up in a cache.
    #[must_use]
    pub const fn certificate_url(&self) -> &CertificateUrl {
        &self.certificate_url
    }

    /// Checks the signature by the certificate that lies at [`Admitted::certificate_url`].
    ///
    /// # Errors
    /// [`Rejection::CertificateMismatch`] for another certificate, [`Rejection::CertificateNotValidNow`], or
    /// [`Rejection::SignatureWrong`].
    pub fn verify(
        self,
        certificate: &Certificate,
        now: OffsetDateTime,
    ) -> Result<Verified<Message>, Rejection> {
        if *certificate.url() != self.certificate_url {
            return Err(Rejection::CertificateMismatch);
        }
        if !certificate.is_valid_at(now) {
            return Err(Rejection::CertificateNotValidNow);
        }
        let Seal { version, signature, signed, .. } = &self.seal;
        if signature::is_right(*version, certificate.key(), signed, signature) {
            Ok(Verified(self.message))
        } else {
            Err(Rejection::SignatureWrong)
        }
    }
}

/// Something that is proven. Only this module makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// What was proven, without the proof.
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
    fn a_message_of_another_connection_is_not_expected() {
        let topic: TopicArn = "arn:aws:sns:eu-west-1:123456789012:kraiter".parse().unwrap();
        let other: TopicArn = "arn:aws:sns:eu-west-1:123456789012:other".parse().unwrap();
        let (ours, theirs): (AccountId, AccountId) =
            ("123456789012".parse().unwrap(), "210987654321".parse().unwrap());
        let (ireland, london): (Region, Region) =
            ("eu-west-1".parse().unwrap(), "eu-west-2".parse().unwrap());

        assert_eq!(Expected::Topic(&topic).check(&topic), Ok(()));
        assert_eq!(Expected::Topic(&other).check(&topic), Err(Rejection::TopicUnexpected));
        assert_eq!(Expected::Stack { region: ireland, account: &ours }.check(&topic), Ok(()));
        assert_eq!(
            Expected::Stack { region: london, account: &ours }.check(&topic),
            Err(Rejection::RegionUnexpected)
        );
        assert_eq!(
            Expected::Stack { region: ireland, account: &theirs }.check(&topic),
            Err(Rejection::AccountUnexpected)
        );
    }
}
