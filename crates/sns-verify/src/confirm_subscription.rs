//! `ConfirmSubscription`: letting a topic post to us.

use aws_sans_io::{BuildError, Error, Operation, Region, Service, TopicArn, encode, xml};
use bytes::Bytes;
use http::Request;

use super::{Content, Message, Token, Verified};

/// Confirms the subscription that a `SubscriptionConfirmation` told of. It is sent unsigned, to the topic's region.
///
/// The request is the one behind the message's `SubscribeURL`, but made from topic and token, so that no address of a message
/// is fetched. `AuthenticateOnUnsubscribe` is left out: with it AWS wants a signature, and there are no credentials of the
/// customer's yet.
///
/// It can be made from a proven `SubscriptionConfirmation` only: confirming the token of an `UnsubscribeConfirmation` would
/// subscribe again.
///
/// <https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmSubscription {
    topic: TopicArn,
    token: Token,
}

impl ConfirmSubscription {
    /// The request that answers `message`; `None` where it isn't a `SubscriptionConfirmation`.
    #[must_use]
    pub fn answering(message: &Verified<Message>) -> Option<Self> {
        match &message.content {
            Content::SubscriptionConfirmation { token } => {
                Some(Self { topic: message.topic.clone(), token: token.clone() })
            }
            Content::Notification { .. } | Content::UnsubscribeConfirmation => None,
        }
    }

    /// The region to send it to.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.topic.region()
    }
}

/// The ARN of a confirmed subscription: the topic's, a colon and an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionArn(String);

impl SubscriptionArn {
    /// The whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Operation for ConfirmSubscription {
    type Output = SubscriptionArn;

    const SERVICE: Service = Service::Sns;

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let query = encode::form([
            ("Action", "ConfirmSubscription"),
            ("Version", "2010-03-31"),
            ("TopicArn", self.topic.as_str()),
            ("Token", self.token.expose()),
        ]);
        Ok(Request::get(format!("/?{query}")).body(Bytes::new())?)
    }

    fn parse_body(&self, body: &[u8]) -> Result<SubscriptionArn, Error> {
        let texts = xml::texts(body, &["SubscriptionArn"])?;
        let arn = texts.into_iter().flatten().next().unwrap_or_default();
        if arn.strip_prefix(self.topic.as_str()).is_some_and(|id| id.starts_with(':')) {
            Ok(SubscriptionArn(arn))
        } else {
            Err(Error::InvalidResponse("SubscriptionArn is missing or belongs to another topic".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sans_io::{Endpoint, unsigned_request};

    use super::*;

    fn operation() -> ConfirmSubscription {
        ConfirmSubscription {
            topic: "arn:aws:sns:eu-south-1:123456789012:kraiter".parse().unwrap(),
            token: "2336412f37fb".parse().unwrap(),
        }
    }

    #[test]
    fn it_goes_unsigned_to_the_topics_region() {
        let request = unsigned_request(&operation(), &Endpoint::aws(), operation().region()).unwrap();
        assert_eq!(request.method(), "GET");
        assert_eq!(
            request.uri().to_string(),
            "https://sns.eu-south-1.amazonaws.com/?Action=ConfirmSubscription&Version=2010-03-31\
             &TopicArn=arn%3Aaws%3Asns%3Aeu-south-1%3A123456789012%3Akraiter&Token=2336412f37fb"
        );
        assert!(request.headers().get("authorization").is_none());
    }

    #[test]
    fn the_answer_names_the_subscription() {
        let answer = br#"<ConfirmSubscriptionResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/">
  <ConfirmSubscriptionResult>
    <SubscriptionArn>arn:aws:sns:eu-south-1:123456789012:kraiter:80289ba6-0fd4-4079-afb4-ce8c8260f0ca</SubscriptionArn>
  </ConfirmSubscriptionResult>
  <ResponseMetadata><RequestId>7a50221f-3774-11df-a9b7-05d48da6f042</RequestId></ResponseMetadata>
</ConfirmSubscriptionResponse>"#;
        let arn = operation().parse_body(answer).unwrap();
        assert_eq!(
            arn.as_str(),
            "arn:aws:sns:eu-south-1:123456789012:kraiter:80289ba6-0fd4-4079-afb4-ce8c8260f0ca"
        );
    }

    #[test]
    fn an_answer_about_another_topic_is_unreadable() {
        for answer in [
            "<A></A>",
            "<SubscriptionArn></SubscriptionArn>",
            "<SubscriptionArn>arn:aws:sns:eu-south-1:123456789012:kraiter</SubscriptionArn>",
            "<SubscriptionArn>arn:aws:sns:eu-south-1:123456789012:kraiters:80289ba6</SubscriptionArn>",
        ] {
            assert!(
                matches!(operation().parse_body(answer.as_bytes()), Err(Error::InvalidResponse(_))),
                "{answer}"
            );
        }
    }

    #[test]
    fn a_token_that_expired_is_an_error_that_no_retry_helps() {
        let answer = http::Response::builder()
            .status(400)
            .body(Bytes::from_static(
                b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>ValidationError parameter: Token\
                  </Message></Error><RequestId>r</RequestId></ErrorResponse>",
            ))
            .unwrap();
        let error = operation().parse_response(&answer).unwrap_err();
        assert_eq!((error.code(), error.retry()), (Some("InvalidParameter"), aws_sans_io::Retry::Never));
    }
}
