//! `SendEmail`: one message to at most 50 recipients.

use bytes::Bytes;
use http::Request;
use serde::{Deserialize, Serialize};

use super::json;
use crate::{BuildError, Error, Operation, Service};

/// Sends a message that SES writes from its parts (`Simple` content). The parts are made by [`domain::email::Email`], which has
/// checked and encoded them.
///
/// There is no idempotency token: where the answer is lost, the mail may have been sent.
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
/// let sent = send.output(br#"{"MessageId":"0102018f-1c2d-0000"}"#)?;
/// assert_eq!(sent.message_id, "0102018f-1c2d-0000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendEmail {
    /// From: a verified identity, with a display name or without.
    pub from_email_address: String,
    /// To.
    pub to_addresses: Vec<String>,
    /// Cc.
    pub cc_addresses: Vec<String>,
    /// Bcc.
    pub bcc_addresses: Vec<String>,
    /// Reply-To.
    pub reply_to_addresses: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The body as HTML.
    pub html: Option<String>,
    /// The body as text.
    pub text: Option<String>,
    /// Headers beside those that SES writes; at most 15.
    pub headers: Vec<NameValue>,
    /// What SES repeats in every event about the message.
    pub email_tags: Vec<NameValue>,
    /// Whose event destinations hear of the message.
    pub configuration_set_name: Option<String>,
}

/// Where messages are sent to.
pub(super) const PATH: &str = "/v2/email/outbound-emails";

/// A `MessageHeader` or a `MessageTag`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NameValue {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// SES took the message; what becomes of it, its events tell.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SentEmail {
    /// SES's id of the message, which every event names.
    pub message_id: String,
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
            },
        )
    }

    fn output(&self, body: &[u8]) -> Result<SentEmail, Error> {
        json::read(body)
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
    fn every_part_stands_where_ses_looks_for_it() {
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
            configuration_set_name: Some("kraiter".into()),
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
                "ConfigurationSetName": "kraiter",
            })
        );
    }

    #[test]
    fn what_is_not_there_is_not_sent() {
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
    fn an_answer_without_a_message_id_leaves_open_whether_it_was_sent() {
        let send = SendEmail::default();
        for answer in ["", "{}", "null", "{\"MessageId\":", "<html></html>"] {
            assert!(send.output(answer.as_bytes()).unwrap_err().leaves_outcome_open(), "{answer}");
        }
    }
}
