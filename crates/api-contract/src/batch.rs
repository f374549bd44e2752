//! `POST /v1/emails/batch`: many emails in one request.

use domain::{
    EmailId,
    delivery::EmailStatus,
    email::{Email, EmailProblem, Message},
    suppression::SuppressedRecipient,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{ApiError, FieldError, SendEmail, SentEmail};
#[cfg(feature = "openapi")]
use crate::openapi::ApiErrorCode;

/// The most emails of a batch.
pub const MAX_BATCH: usize = 100;

/// Emails to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SendBatch {
    /// 1 to 100 emails, without attachments.
    pub emails: Vec<SendEmail>,
}

impl SendBatch {
    /// The emails, counted and not yet checked: each is taken or refused by itself.
    ///
    /// # Errors
    /// [`FieldError`] for `emails`.
    pub fn parse(self) -> Result<Vec<SendEmail>, FieldError> {
        match self.emails.len() {
            1..=MAX_BATCH => Ok(self.emails),
            count => Err(FieldError {
                help: "Send several batches.",
                ..FieldError::new(
                    "emails",
                    "invalid_batch",
                    format!("a batch has 1 to {MAX_BATCH} emails, and not {count}"),
                )
            }),
        }
    }
}

impl SendEmail {
    /// The email, checked, where it can be sent among others; of a request that was made at `now`.
    ///
    /// # Errors
    /// [`FieldError`] with the field that is wrong.
    pub fn parse_in_batch(self, now: OffsetDateTime) -> Result<Email, FieldError> {
        let message = self.parse(now)?;
        if message.needs_mime() {
            let field = if message.files.is_empty() { "html" } else { "attachments" };
            return Err(EmailProblem::NotInBatch.at(field).into());
        }
        let Message { email, files: _ } = message;
        Ok(email)
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
    /// An email that was accepted.
    #[must_use]
    pub const fn accepted(id: EmailId, status: EmailStatus) -> Self {
        Self::Accepted(SentEmail::new(id, status))
    }

    /// The same, naming the recipients who were left out.
    #[must_use]
    pub fn leaving_out(self, suppressed: Vec<SuppressedRecipient>) -> Self {
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
            field: error.field().map(str::to_owned),
            help: error.help().map(str::to_owned),
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
    fn what_is_no_list_of_emails_is_refused_as_a_whole_and_where() {
        let right = EMAIL.to_owned();
        assert_eq!(batch(&vec![right.clone(); MAX_BATCH]).unwrap().len(), MAX_BATCH);
        for count in [0, MAX_BATCH + 1] {
            let error = batch(&vec![right.clone(); count]).unwrap_err();
            assert_eq!((error.code(), error.field()), ("invalid_batch", Some("emails")));
        }
        let error = batch(&[right.clone(), right.replace("\"b@", "1,\"cc\":\"b@")]).unwrap_err();
        assert_eq!((error.code(), error.field()), ("invalid_type", Some("emails[1].to")));
        let error = batch(&[right.clone(), right.replace("\"to\"", "\"too\"")]).unwrap_err();
        assert_eq!((error.code(), error.field()), ("unknown_field", Some("emails[1].too")));
    }

    #[test]
    fn an_email_that_is_wrong_or_too_large_is_refused_by_itself() {
        let long = EMAIL.replace("\"t\"}", &format!("\"{}\"}}", "t".repeat(300_000)));
        let with_file = EMAIL.replace('}', r#","attachments":[{"filename":"a.txt","content":""}]}"#);
        let emails = [EMAIL.replace("b@", "b"), long, with_file, EMAIL.to_owned()];
        let codes: Vec<_> = batch(&emails)
            .unwrap()
            .into_iter()
            .map(|email| {
                email
                    .parse_in_batch(datetime!(2026-11-24 12:00 UTC))
                    .map_err(|error| (error.field, error.code))
                    .err()
            })
            .collect();
        let refused = |field: &str, code| Some((field.to_owned(), code));
        assert_eq!(
            codes,
            [
                refused("to[0]", "invalid_email_address"),
                refused("html", "not_in_batch"),
                refused("attachments", "not_in_batch"),
                None,
            ]
        );
    }

    #[test]
    fn each_item_says_what_became_of_it() {
        let id = EmailId::new(datetime!(2026-11-24 12:00 UTC), 1);
        let view = SentBatch {
            data: vec![
                BatchItem::accepted(id, EmailStatus::Sent),
                FieldError { help: "Mend it.", ..FieldError::new("to[1]", "invalid", "wrong") }.into(),
                (&ApiError::NotConnected).into(),
            ],
        };
        let written = serde_json::to_value(&view).unwrap();
        assert_eq!(written["data"][0], json!({ "id": id, "status": "sent", "suppressed": [] }));
        assert_eq!(
            written["data"][1],
            json!({ "error": { "code": "invalid", "message": "wrong", "field": "to[1]", "help": "Mend it." } })
        );
        assert_eq!(written["data"][2]["error"]["code"], "not_connected");
        assert_eq!(serde_json::from_value::<SentBatch>(written).unwrap(), view);
    }
}
