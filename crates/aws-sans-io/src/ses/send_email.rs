//! `SendEmail` with `Simple` content.

use bytes::Bytes;
use http::{Request, Response};
use serde::{Deserialize, Serialize};

use super::{TrackingOverrides, json};
use crate::{BuildError, Error, Operation, Service, parse_error, request_id};

/// Sends an email with subject, text and HTML (`Simple` content). SES builds the MIME message.
///
/// The fields are sent unchanged: encode display names and other non-ASCII header text first. SES has no idempotency token: if the
/// response is lost, the email may have been sent.
///
/// ```
/// use aws_sans_io::{Operation, ses::SendEmail};
///
/// let send = SendEmail {
///     from_email_address: "info@example.com".into(),
///     to_addresses: vec!["success@simulator.amazonses.com".into()],
///     subject: "Hello".into(),
///     text: Some("Hello!".into()),
///     ..SendEmail::default()
/// };
/// assert_eq!(send.request()?.uri(), "/v2/email/outbound-emails");
/// let sent = send.parse_body(br#"{"MessageId":"0102018f-1c2d-0000"}"#)?;
/// assert_eq!(sent.message_id, "0102018f-1c2d-0000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [AWS documentation](https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendEmail {
    /// The sender: an address of a verified identity, with an optional display name.
    pub from_email_address: String,
    /// The To recipients.
    pub to_addresses: Vec<String>,
    /// The Cc recipients.
    pub cc_addresses: Vec<String>,
    /// The Bcc recipients.
    pub bcc_addresses: Vec<String>,
    /// The Reply-To addresses.
    pub reply_to_addresses: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The HTML body.
    pub html: Option<String>,
    /// The plain-text body.
    pub text: Option<String>,
    /// Additional headers, at most 15.
    pub headers: Vec<NameValue>,
    /// Tags that SES includes in every event about the email.
    pub email_tags: Vec<NameValue>,
    /// The configuration set, which defines the event destinations.
    pub configuration_set_name: Option<String>,
    /// Whether SES tracks opens and clicks. If `None`, the configuration set and the account decide.
    pub tracking_overrides: Option<TrackingOverrides>,
}

pub(super) const PATH: &str = "/v2/email/outbound-emails";

/// The longest message ID that is believed. SES's have about 60 characters.
const MAX_MESSAGE_ID: usize = 255;

/// A header or tag of an email (`MessageHeader` or `MessageTag` in the API).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NameValue {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// An email that SES accepted. Events report its delivery.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SentEmail {
    /// The message ID that SES assigned. Events refer to it.
    pub message_id: String,
    /// The ID of the request, from the response's header.
    #[serde(skip)]
    pub request_id: Option<String>,
}

impl SentEmail {
    fn parse(body: &[u8]) -> Result<Self, Error> {
        let sent: Self = json::parse(body)?;
        // It is stored with each email.
        if sent.message_id.len() > MAX_MESSAGE_ID {
            return Err(Error::invalid_response("the MessageId is too long"));
        }
        Ok(sent)
    }

    /// Parses a response of any status.
    pub(super) fn from_response(response: &Response<Bytes>) -> Result<Self, Error> {
        if !response.status().is_success() {
            return Err(parse_error(response));
        }
        Ok(Self { request_id: request_id(response), ..Self::parse(response.body())? })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    from_email_address: &'a str,
    destination: Destination<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    reply_to_addresses: &'a [String],
    content: Content<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    email_tags: &'a [NameValue],
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration_set_name: Option<&'a str>,
    #[serde(rename = "ConfigurationOverrides", skip_serializing_if = "Option::is_none")]
    tracking_overrides: Option<TrackingOverrides>,
}

#[derive(Serialize)]
pub(super) struct Destination<'a> {
    #[serde(rename = "ToAddresses", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) to: &'a [String],
    #[serde(rename = "CcAddresses", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) cc: &'a [String],
    #[serde(rename = "BccAddresses", skip_serializing_if = "<[_]>::is_empty")]
    pub(super) bcc: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Content<'a> {
    simple: Simple<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Simple<'a> {
    subject: Text<'a>,
    body: Texts<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    headers: &'a [NameValue],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Texts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Text<'a> {
    data: &'a str,
    charset: &'static str,
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(data: &'a str) -> Self {
        Self { data, charset: "UTF-8" }
    }
}

impl Operation for SendEmail {
    type Output = SentEmail;

    const SERVICE: Service = Service::Ses;

    fn name(&self) -> &'static str {
        "SendEmail"
    }

    fn request(&self) -> Result<Request<Bytes>, BuildError> {
        json::post(
            PATH,
            &Body {
                from_email_address: &self.from_email_address,
                destination: Destination {
                    to: &self.to_addresses,
                    cc: &self.cc_addresses,
                    bcc: &self.bcc_addresses,
                },
                reply_to_addresses: &self.reply_to_addresses,
                content: Content {
                    simple: Simple {
                        subject: self.subject.as_str().into(),
                        body: Texts {
                            text: self.text.as_deref().map(Into::into),
                            html: self.html.as_deref().map(Into::into),
                        },
                        headers: &self.headers,
                    },
                },
                email_tags: &self.email_tags,
                configuration_set_name: self.configuration_set_name.as_deref(),
                tracking_overrides: self.tracking_overrides,
            },
        )
    }

    fn parse_body(&self, body: &[u8]) -> Result<SentEmail, Error> {
        SentEmail::parse(body)
    }

    fn parse_response(&self, response: &Response<Bytes>) -> Result<SentEmail, Error> {
        SentEmail::from_response(response)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pair(name: &str, value: &str) -> NameValue {
        NameValue { name: name.into(), value: value.into() }
    }

    #[test]
    fn the_request_contains_every_field() {
        let send = SendEmail {
            from_email_address: "Info <info@example.com>".into(),
            to_addresses: vec!["to@example.com".into()],
            cc_addresses: vec!["cc@example.com".into()],
            bcc_addresses: vec!["bcc@example.com".into()],
            reply_to_addresses: vec!["reply@example.com".into()],
            subject: "Grüße".into(),
            html: Some("<p>hi</p>".into()),
            text: Some("hi".into()),
            headers: vec![pair("List-Unsubscribe", "<https://example.com/u>")],
            email_tags: vec![pair("campaign", "spring")],
            configuration_set_name: Some("example".into()),
            tracking_overrides: Some(TrackingOverrides { opens: false, clicks: true }),
        };
        let request = send.request().unwrap();
        assert_eq!(request.method(), http::Method::POST);
        assert_eq!(request.headers()["content-type"], "application/json");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(
            body,
            json!({
                "FromEmailAddress": "Info <info@example.com>",
                "Destination": {
                    "ToAddresses": ["to@example.com"],
                    "CcAddresses": ["cc@example.com"],
                    "BccAddresses": ["bcc@example.com"],
                },
                "ReplyToAddresses": ["reply@example.com"],
                "Content": {"Simple": {
                    "Subject": {"Data": "Grüße", "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": "hi", "Charset": "UTF-8"},
                        "Html": {"Data": "<p>hi</p>", "Charset": "UTF-8"},
                    },
                    "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://example.com/u>"}],
                }},
                "EmailTags": [{"Name": "campaign", "Value": "spring"}],
                "ConfigurationSetName": "example",
                "ConfigurationOverrides": {"Tracking": {
                    "OpenTrackingEnabled": "DISABLED",
                    "ClickTrackingEnabled": "ENABLED",
                }},
            })
        );
    }

    #[test]
    fn empty_fields_are_omitted() {
        let send = SendEmail { subject: "s".into(), text: Some("t".into()), ..SendEmail::default() };
        let body: Value = serde_json::from_slice(send.request().unwrap().body()).unwrap();
        assert_eq!(
            body,
            json!({
                "FromEmailAddress": "",
                "Destination": {},
                "Content": {"Simple": {
                    "Subject": {"Data": "s", "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": "t", "Charset": "UTF-8"}},
                }},
            })
        );
    }

    #[test]
    fn a_response_without_a_message_id_is_ambiguous() {
        let send = SendEmail::default();
        for response in ["", "{}", "null", "{\"MessageId\":", "<html></html>"] {
            assert!(send.parse_body(response.as_bytes()).unwrap_err().is_ambiguous(), "{response}");
        }
    }
}
