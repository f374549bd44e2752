//! `ConfirmSubscription`.

use aws_sans_io::{BuildError, Error, Operation, Region, Service, TopicArn, encode, xml};
use bytes::Bytes;
use http::Request;

use super::{Content, Message, Token, Verified};

/// Confirms the subscription of a `SubscriptionConfirmation` message.
///
/// Send the [unsigned request](aws_sans_io::unsigned_request) to [`region`](Self::region). It is equivalent to the message's
/// `SubscribeURL`, but built from topic and token, so that no URL of a message is requested. It omits
/// `AuthenticateOnUnsubscribe`, which requires credentials.
///
/// ```
/// use aws_sans_io::{Endpoint, unsigned_request};
/// use sns_verify::{ConfirmSubscription, Message, Verified};
///
/// fn confirmation(message: &Verified<Message>) -> Option<http::Request<bytes::Bytes>> {
///     let confirm = ConfirmSubscription::from_message(message)?;
///     unsigned_request(&confirm, &Endpoint::aws(), confirm.region()).ok()
/// }
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmSubscription {
    topic: TopicArn,
    token: Token,
}

impl ConfirmSubscription {
    /// Creates the operation for a message. Returns `None` if it isn't a `SubscriptionConfirmation`.
    #[must_use]
    pub fn from_message(message: &Verified<Message>) -> Option<Self> {
        match &message.content {
            Content::SubscriptionConfirmation { token } => {
                Some(Self { topic: message.topic.clone(), token: token.clone() })
            }
            Content::Notification { .. } | Content::UnsubscribeConfirmation => None,
        }
    }

    /// Returns the region to send the request to.
    #[must_use]
    pub const fn region(&self) -> Region {
        self.topic.region()
    }
}

/// The ARN of a confirmed subscription: `<topic ARN>:<ID>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionArn(String);

impl SubscriptionArn {
    /// Returns the whole ARN.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Operation for ConfirmSubscription {
    type Output = SubscriptionArn;

    const SERVICE: Service = Service::Sns;

    fn name(&self) -> &'static str {
        "ConfirmSubscription"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        let query = encode::form([
            ("Action", "ConfirmSubscription"),
            ("Version", "2010-03-31"),
            ("TopicArn", self.topic.as_str()),
            ("Token", self.token.expose_secret()),
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
            topic: "arn:aws:sns:eu-south-1:123456789012:example".parse().unwrap(),
            token: "2336412f37fb".parse().unwrap(),
        }
    }

    #[test]
    fn the_request_is_unsigned_and_sent_to_the_region_of_the_topic() {
        let request = unsigned_request(&operation(), &Endpoint::aws(), operation().region()).unwrap();
        assert_eq!(request.method(), "GET");
        assert_eq!(
            request.uri().to_string(),
            "https://sns.eu-south-1.amazonaws.com/?Action=ConfirmSubscription&Version=2010-03-31\
             &TopicArn=arn%3Aaws%3Asns%3Aeu-south-1%3A123456789012%3Aexample&Token=2336412f37fb"
        );
        assert!(request.headers().get("authorization").is_none());
    }

    #[test]
    fn the_response_contains_the_subscription() {
        let response = br#"<ConfirmSubscriptionResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/">
  <ConfirmSubscriptionResult>
    <SubscriptionArn>arn:aws:sns:eu-south-1:123456789012:example:80289ba6-0fd4-4079-afb4-ce8c8260f0ca</SubscriptionArn>
  </ConfirmSubscriptionResult>
  <ResponseMetadata><RequestId>7a50221f-3774-11df-a9b7-05d48da6f042</RequestId></ResponseMetadata>
</ConfirmSubscriptionResponse>"#;
        let arn = operation().parse_body(response).unwrap();
        assert_eq!(
            arn.as_str(),
            "arn:aws:sns:eu-south-1:123456789012:example:80289ba6-0fd4-4079-afb4-ce8c8260f0ca"
        );
    }

    #[test]
    fn a_response_about_another_topic_is_invalid() {
        for response in [
            "<A></A>",
            "<SubscriptionArn></SubscriptionArn>",
            "<SubscriptionArn>arn:aws:sns:eu-south-1:123456789012:example</SubscriptionArn>",
            "<SubscriptionArn>arn:aws:sns:eu-south-1:123456789012:examples:80289ba6</SubscriptionArn>",
        ] {
            assert!(
                matches!(operation().parse_body(response.as_bytes()), Err(Error::InvalidResponse(_))),
                "{response}"
            );
        }
    }

    #[test]
    fn an_expired_token_is_an_error_that_is_not_retried() {
        let response = http::Response::builder()
            .status(400)
            .body(Bytes::from_static(
                b"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>ValidationError parameter: Token\
                  </Message></Error><RequestId>r</RequestId></ErrorResponse>",
            ))
            .unwrap();
        let error = operation().parse_response(&response).unwrap_err();
        assert_eq!((error.code(), error.retry()), (Some("InvalidParameter"), aws_sans_io::Retry::Never));
    }
}
