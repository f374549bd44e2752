//! Batches of emails: `POST /v1/emails/batch`.

use std::borrow::Cow;

use domain::{EmailId, delivery::EmailStatus, suppression::SuppressedRecipient};
use serde::{Deserialize, Serialize};

use super::{ApiError, FieldError, SendEmail, SentEmail, field::cut_name};
#[cfg(feature = "openapi")]
use crate::schema::ApiErrorCode;

/// Maximum number of emails in a batch.
pub const MAX_BATCH: usize = 100;

/// Emails to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SendBatch {
    /// 1 to 100 emails.
    pub emails: Vec<SendEmail>,
}

impl SendBatch {
    /// Returns the emails. They are validated one by one, so that an invalid email doesn't affect the others.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `emails` if there are none or too many.
    pub fn parse(self) -> Result<Vec<SendEmail>, FieldError> {
        match self.emails.len() {
            1..=MAX_BATCH => Ok(self.emails),
            count => Err(FieldError {
                help: "Send several batches, each with at least one email.",
                ..FieldError::new(
                    "emails",
                    "invalid_batch",
                    format!("a batch has 1 to {MAX_BATCH} emails, but this one has {count}"),
                )
            }),
        }
    }
}

/// The results of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SentBatch {
    /// The result of each email, in the order of the request.
    pub data: Vec<BatchItem>,
}

/// The result of one email of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", schemars(inline))]
pub enum BatchItem {
    /// The email was accepted.
    Accepted(SentEmail),
    /// The email was refused.
    Refused(RefusedEmail),
}

/// An email of a batch that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RefusedEmail {
    /// The reason.
    pub error: BatchError,
}

/// The reason why an email of a batch was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BatchError {
    /// The stable code, as in a problem document.
    #[cfg_attr(feature = "openapi", schemars(with = "ApiErrorCode"))]
    pub code: String,
    /// Description of the error.
    pub message: String,
    /// The invalid field of this email, such as `to[1]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Advice on how to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl BatchItem {
    /// Creates the result of an accepted email.
    #[must_use]
    pub const fn accepted(id: EmailId, status: EmailStatus) -> Self {
        Self::Accepted(SentEmail::new(id, status))
    }

    /// Adds the recipients that were removed because they are suppressed.
    #[must_use]
    pub fn with_suppressed(self, suppressed: Vec<SuppressedRecipient>) -> Self {
        match self {
            Self::Accepted(sent) => Self::Accepted(SentEmail { suppressed, ..sent }),
            refused @ Self::Refused(_) => refused,
        }
    }
}

impl From<&ApiError> for BatchItem {
    fn from(error: &ApiError) -> Self {
        let error = BatchError {
            code: error.code().to_owned(),
            message: error.detail(),
            field: error.field().map(cut_name),
            help: error.help().map(Cow::into_owned),
        };
        Self::Refused(RefusedEmail { error })
    }
}

impl From<FieldError> for BatchItem {
    fn from(error: FieldError) -> Self {
        (&ApiError::from(error)).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use time::macros::datetime;

    use super::*;
    use crate::parse_json;

    const EMAIL: &str = r#"{"from":"a@example.com","to":"b@example.com","subject":"s","text":"t"}"#;

    fn batch(emails: &[String]) -> Result<Vec<SendEmail>, ApiError> {
        let body = format!(r#"{{"emails":[{}]}}"#, emails.join(","));
        Ok(parse_json::<SendBatch>(body.as_bytes())?.parse()?)
    }

    #[test]
    fn a_batch_with_an_invalid_structure_is_refused_as_a_whole() {
        let valid = EMAIL.to_owned();
        assert_eq!(batch(&vec![valid.clone(); MAX_BATCH]).unwrap().len(), MAX_BATCH);
        for count in [0, MAX_BATCH + 1] {
            let error = batch(&vec![valid.clone(); count]).unwrap_err();
            assert_eq!((error.code(), error.field()), ("invalid_batch", Some("emails")));
        }
        let error = batch(&[valid.clone(), valid.replace("\"b@", "1,\"cc\":\"b@")]).unwrap_err();
        assert_eq!((error.code(), error.field()), ("invalid_type", Some("emails[1].to")));
        let error = batch(&[valid.clone(), valid.replace("\"to\"", "\"too\"")]).unwrap_err();
        assert_eq!((error.code(), error.field()), ("unknown_field", Some("emails[1].too")));
    }

    #[test]
    fn an_invalid_email_does_not_affect_the_others() {
        let with_file = |name| {
            let files = format!(r#","attachments":[{{"filename":"{name}","content":""}}]}}"#);
            EMAIL.replace('}', &files)
        };
        let emails = [EMAIL.replace("b@", "b"), with_file("a.txt"), with_file("a.exe"), EMAIL.to_owned()];
        let codes: Vec<_> = batch(&emails)
            .unwrap()
            .into_iter()
            .map(|email| {
                email.parse(datetime!(2026-11-24 12:00 UTC)).map_err(|error| (error.field, error.code)).err()
            })
            .collect();
        let refused = |field: &str, code| Some((field.to_owned(), code));
        assert_eq!(
            codes,
            [
                refused("to[0]", "invalid_email_address"),
                None,
                refused("attachments[0].filename", "attachment_type_refused"),
                None,
            ]
        );
    }

    #[test]
    fn each_item_is_a_sent_email_or_an_error() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), 1);
        let batch = SentBatch {
            data: vec![
                BatchItem::accepted(id, EmailStatus::Sent),
                FieldError { help: "Fix it.", ..FieldError::new("to[1]", "invalid", "wrong") }.into(),
                (&ApiError::NotConnected).into(),
            ],
        };
        let json = serde_json::to_value(&batch).unwrap();
        assert_eq!(json["data"][0], json!({ "id": id, "status": "sent", "suppressed": [] }));
        assert_eq!(
            json["data"][1],
            json!({ "error": { "code": "invalid", "message": "Wrong.", "field": "to[1]", "help": "Fix it." } })
        );
        assert_eq!(json["data"][2]["error"]["code"], "not_connected");
        assert_eq!(serde_json::from_value::<SentBatch>(json).unwrap(), batch);
    }
}
