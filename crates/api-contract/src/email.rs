//! Emails: `/v1/emails`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::{AttachedFile, FieldError, Hold, OneOrMany, TemplateUse, TextMap};
#[cfg(feature = "openapi")]
use crate::schema::Timestamp;
use aws_sans_io::{Region, ses::EventType};
use domain::{
    EmailId, TemplateId,
    api_key::{KeyRights, SendRestriction},
    delivery::{EmailError, EmailStatus, History},
    email::{
        self, DeliveryPolicy, EmailDraft, EmailProblem, InvalidEmail, Message, Tracking, parse_scheduled_at,
    },
    suppression::SuppressedRecipient,
};
use email_message::{Attachment, MAX_HEADERS, Mailbox, template::Rendered};

/// An email to send. It has a `subject` and `html` or `text`, or a `template`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SendEmail {
    /// The sender: `name@example.com` or `Name <name@example.com>`.
    pub from: String,
    /// The recipients.
    pub to: OneOrMany,
    /// Recipients of a copy.
    #[serde(default)]
    pub cc: OneOrMany,
    /// Recipients of a blind copy.
    #[serde(default)]
    pub bcc: OneOrMany,
    /// The addresses that replies go to.
    #[serde(default)]
    pub reply_to: OneOrMany,
    /// The subject.
    #[serde(default, deserialize_with = "string_if_present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub subject: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// The plain text.
    pub text: Option<String>,
    /// The template that subject, HTML and text are rendered from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateUse>,
    /// Additional headers by name.
    #[serde(default)]
    pub headers: TextMap,
    /// Tags by name. Every event of the email includes them.
    #[serde(default)]
    pub tags: TextMap,
    /// The region to send from. Defaults to the connection's default region.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Region>"))]
    pub region: Option<String>,
    /// Decides what happens if the response of SES is lost and no event shows whether the email was sent. Defaults to
    /// `at_most_once`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<DeliveryPolicy>"))]
    pub delivery: Option<String>,
    /// Asks SES to track opens and clicks. Tracking must be on in the organisation's settings. Defaults to neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<Tracking>,
    /// Time at which to send the email, at most 30 days ahead. Defaults to now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub scheduled_at: Option<String>,
    /// Adds a one-click unsubscribe link (RFC 8058). The email must have exactly one recipient.
    #[serde(default)]
    pub unsubscribe: bool,
    /// Files to attach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachedFile>,
}

/// Deserializes a string. `null` is an error.
fn string_if_present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

impl SendEmail {
    /// Returns the template that subject, HTML and text are rendered from. [`Self::with_rendered`] sets the result.
    ///
    /// # Errors
    /// Fails with `subject`, `html` or `text` if it is present together with a template.
    pub fn template(&self) -> Result<Option<&TemplateUse>, FieldError> {
        let Some(template) = &self.template else { return Ok(None) };
        let parts = [("subject", &self.subject), ("html", &self.html), ("text", &self.text)];
        match parts.into_iter().find(|(_, part)| part.is_some()) {
            None => Ok(Some(template)),
            Some((field, _)) => Err(FieldError {
                help: "Omit this field or the template.",
                ..FieldError::new(
                    field,
                    "template_and_content",
                    format!("\"{field}\" can't be combined with a template"),
                )
            }),
        }
    }

    /// Sets the rendered content of the template. The email keeps the template's ID.
    #[must_use]
    pub fn with_rendered(self, rendered: Rendered) -> Self {
        let Rendered { subject, html, text } = rendered;
        Self { subject: Some(subject), html, text: Some(text), ..self }
    }

    /// Checks that the key may use the template, or none.
    ///
    /// # Errors
    /// Fails with `template`.
    pub fn check_template(&self, rights: &KeyRights) -> Result<(), FieldError> {
        if rights.permits_template(self.template.as_ref().map(|template| template.id.as_str())) {
            return Ok(());
        }
        let message = "the API key may only send emails with its templates";
        Err(FieldError {
            help: EmailProblem::SenderNotPermitted.help(),
            ..FieldError::new("template", "template_not_permitted", message)
        })
    }

    /// Validates a request that was made at `now`.
    ///
    /// # Errors
    /// Fails with the first field that is missing or invalid.
    pub fn parse(self, now: OffsetDateTime) -> Result<Message, FieldError> {
        let subject = self.subject.unwrap_or_default();
        for (field, text) in [("from", &self.from), ("subject", &subject)] {
            if text.is_empty() {
                return Err(FieldError::missing(field));
            }
        }
        let draft = EmailDraft {
            from: self.from,
            to: self.to.0,
            cc: self.cc.0,
            bcc: self.bcc.0,
            reply_to: self.reply_to.0,
            subject,
            html: self.html,
            text: self.text,
            headers: self.headers.0.into_iter().collect(),
            tags: self.tags.0.into_iter().collect(),
            region: self.region,
            template: self.template.and_then(|used| used.id.parse().ok()),
            delivery: delivery(self.delivery.as_deref())?,
            tracking: self.tracking.unwrap_or_default(),
            scheduled_at: self
                .scheduled_at
                .map(|text| parse_scheduled_at(&text, now))
                .transpose()
                .map_err(|problem| problem.at("scheduledAt"))?,
            ..EmailDraft::default()
        };
        let email = email::Email::try_from(draft)?;
        if self.unsubscribe {
            check_unsubscribe(&email)?;
        }
        let files = self.attachments.into_iter().map(Into::into).collect();
        Ok(Message::new(email, files)?)
    }
}

fn delivery(name: Option<&str>) -> Result<DeliveryPolicy, FieldError> {
    let Some(name) = name else { return Ok(DeliveryPolicy::default()) };
    DeliveryPolicy::from_name(name).ok_or_else(|| FieldError {
        help: "If SES's response is lost, at_least_once sends the email again and at_most_once doesn't.",
        ..FieldError::not_one_of(
            "delivery",
            "invalid_delivery",
            &DeliveryPolicy::ALL.map(DeliveryPolicy::name),
        )
    })
}

/// Checks that an email with an unsubscribe link has one recipient and that its two headers can be added.
fn check_unsubscribe(email: &email::Email) -> Result<(), InvalidEmail> {
    const ADDED: [&str; 2] = ["List-Unsubscribe", "List-Unsubscribe-Post"];
    let is_added = |name: &str| ADDED.iter().any(|added| added.eq_ignore_ascii_case(name));
    if email.recipients().count() != 1 {
        return Err(EmailProblem::UnsubscribeRecipients.at("unsubscribe"));
    }
    if let Some(header) = email.headers().iter().find(|header| is_added(header.name())) {
        return Err(EmailProblem::UnsubscribeHeader.at(format!("headers.{}", header.name())));
    }
    if email.headers().len() + ADDED.len() > MAX_HEADERS {
        return Err(EmailProblem::TooManyHeaders.at("headers"));
    }
    Ok(())
}

impl From<InvalidEmail> for FieldError {
    fn from(invalid: InvalidEmail) -> Self {
        Self {
            field: invalid.field,
            code: invalid.problem.code(),
            message: invalid.problem.to_string(),
            help: invalid.problem.help(),
        }
    }
}

/// A change of a scheduled email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UpdateEmail {
    /// Time at which to send the email, at most 30 days ahead.
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub scheduled_at: String,
}

impl UpdateEmail {
    /// Returns the new time of a request that was made at `now`.
    ///
    /// # Errors
    /// Fails with `scheduledAt`.
    pub fn parse(&self, now: OffsetDateTime) -> Result<OffsetDateTime, FieldError> {
        Ok(parse_scheduled_at(&self.scheduled_at, now).map_err(|problem| problem.at("scheduledAt"))?)
    }
}

/// An accepted email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SentEmail {
    /// The email's id.
    pub id: EmailId,
    /// The delivery status.
    pub status: EmailStatus,
    /// The reason why the email is queued, if it can't be sent now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Recipients that were removed because they are suppressed.
    #[serde(default)]
    pub suppressed: Vec<SuppressedRecipient>,
}

impl SentEmail {
    /// Creates the response for an email without a hold or suppressed recipients.
    #[must_use]
    pub const fn new(id: EmailId, status: EmailStatus) -> Self {
        Self { id, status, hold: None, suppressed: Vec::new() }
    }
}

/// An email in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailSummary {
    /// The email's id.
    pub id: EmailId,
    /// The delivery status.
    pub status: EmailStatus,
    /// The sender.
    pub from: String,
    /// The recipients.
    pub to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// True if a test key sent the email, so that it went to the mailbox simulator.
    pub test: bool,
    /// The region that the email is sent from.
    pub region: Region,
    /// Time at which the email was accepted.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub created_at: OffsetDateTime,
    /// Time at which the email is to be sent, or was; `null` if it wasn't scheduled.
    #[serde(with = "time::serde::rfc3339::option")]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Timestamp>"))]
    pub scheduled_at: Option<OffsetDateTime>,
}

/// A page of emails, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailPage {
    /// The emails.
    pub data: Vec<EmailSummary>,
    /// The `cursor` of the next page; `null` on the last page.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<EmailId>"))]
    pub next_cursor: Option<String>,
}

/// An event that SES reported about an email.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailEvent {
    /// The kind of event.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// Time of the event, by SES's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The recipients it concerns; every recipient if SES doesn't name them.
    pub recipients: Vec<String>,
    /// The details that SES reported, by kind.
    pub detail: Value,
}

/// The content of an email.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailContent {
    /// Whether the content is stored. It is deleted once SES has accepted the email, or refused it.
    pub stored: bool,
    /// The HTML; `null` if there is none, if it isn't stored, or if the email has files.
    pub html: Option<String>,
    /// The plain text; `null` as `html`.
    pub text: Option<String>,
}

/// An email, its history and its events.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: EmailSummary,
    /// Recipients of a copy.
    pub cc: Vec<String>,
    /// Recipients of a blind copy.
    pub bcc: Vec<String>,
    /// The addresses that replies go to.
    pub reply_to: Vec<String>,
    /// Tags by name.
    pub tags: BTreeMap<String, String>,
    /// The template that the email was sent with; `null` if there is none.
    #[serde(default)]
    pub template: Option<TemplateId>,
    /// The attached files, without their contents.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Recipients that were removed because they are suppressed.
    #[serde(default)]
    pub suppressed: Vec<SuppressedRecipient>,
    /// What the email asked SES to track.
    pub tracking: Tracking,
    /// The id that SES gave the email; `null` until SES has accepted it.
    pub ses_message_id: Option<String>,
    /// The reason why the email was not sent; `null` if there was no error.
    pub error: Option<EmailError>,
    /// Kraiter's actions, oldest first.
    pub history: History,
    /// Events that SES reported, oldest first.
    pub events: Vec<EmailEvent>,
}

impl Email {
    /// Returns whether a key with these rights could have sent the email.
    #[must_use]
    pub fn is_permitted_by(&self, rights: &KeyRights) -> bool {
        let restriction = &rights.restriction;
        let permits = |text: &String, check: fn(&SendRestriction, &Mailbox) -> bool| {
            text.parse().is_ok_and(|mailbox| check(restriction, &mailbox))
        };
        if rights.is_test {
            // The recipients are the simulator's.
            return self.summary.test && permits(&self.summary.from, SendRestriction::permits_sender);
        }
        restriction.is_empty()
            || permits(&self.summary.from, SendRestriction::permits_sender)
                && [&self.summary.to, &self.cc, &self.bcc]
                    .into_iter()
                    .flatten()
                    .all(|recipient| permits(recipient, SendRestriction::permits_recipient))
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::parse_json;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn field_of(body: &str) -> Option<String> {
        let parsed = parse_json::<SendEmail>(body.as_bytes()).and_then(|request| Ok(request.parse(NOW)?));
        parsed.err().and_then(|error| error.field().map(str::to_owned))
    }

    #[test]
    fn recipients_are_one_address_or_a_list() {
        let one = r#"{"from":"a@example.com","to":"b@example.com","subject":"s","text":"t"}"#;
        let many = r#"{"from":"a@example.com","to":["b@example.com","c@example.com"],"cc":"d@example.com","subject":"s","html":"t"}"#;
        assert_eq!((field_of(one), field_of(many)), (None, None));
    }

    #[test]
    fn an_error_names_the_path_of_the_invalid_field() {
        let cases = [
            (r#"{"from":"","to":"b@example.com","subject":"s","text":"t"}"#, "from"),
            (r#"{"from":"a@example.com","to":["b@example.com","x"],"subject":"s","text":"t"}"#, "to[1]"),
            (r#"{"from":"a@example.com","to":"b@example.com","subject":"","text":"t"}"#, "subject"),
            (
                r#"{"from":"a@example.com","to":"b@example.com","subject":"s","text":"t","region":"x"}"#,
                "region",
            ),
            (r#"{"from":"a@example.com","to":[1],"subject":"s","text":"t"}"#, "to[0]"),
            (
                r#"{"from":"a@example.com","to":"b@example.com","subject":"s","text":"t","tags":{"a":1}}"#,
                "tags.a",
            ),
        ];
        for (body, field) in cases {
            assert_eq!(field_of(body).as_deref(), Some(field), "{body}");
        }
    }

    #[test]
    fn an_email_is_sent_now_or_at_a_time_in_the_future() {
        let email = |more: &str| {
            let body =
                format!(r#"{{"from":"a@example.com","to":"b@example.com","subject":"s","text":"t"{more}}}"#);
            let request = parse_json::<SendEmail>(body.as_bytes()).unwrap();
            request.parse(NOW).map(|message| message.email.scheduled_after(NOW))
        };
        assert_eq!(email(""), Ok(None));
        assert_eq!(email(r#","scheduledAt":null"#), Ok(None));
        let tomorrow = NOW + time::Duration::DAY;
        assert_eq!(email(r#","scheduledAt":"2026-11-25T12:00:00Z""#), Ok(Some(tomorrow)));
        let error = email(r#","scheduledAt":"2026-11-23T12:00:00Z""#).unwrap_err();
        assert_eq!((error.field.as_str(), error.code), ("scheduledAt", "scheduled_at_passed"));
    }

    #[test]
    fn an_unsubscribe_link_requires_one_recipient_and_two_free_headers() {
        let email = |to: &str, headers: &str| {
            field_of(&format!(
                r#"{{"from":"a@example.com","to":{to},"subject":"s","text":"t","unsubscribe":true,"headers":{{{headers}}}}}"#
            ))
        };
        let many = |count| (0..count).map(|n| format!(r#""X-{n}":"x""#)).collect::<Vec<_>>().join(",");
        let one = r#""b@example.com""#;
        assert_eq!(email(one, &many(13)), None);
        assert_eq!(email(one, &many(14)).as_deref(), Some("headers"));
        assert_eq!(email(r#"["b@example.com","c@example.com"]"#, "").as_deref(), Some("unsubscribe"));
        for header in ["List-Unsubscribe", "list-unsubscribe-post"] {
            let field = format!("headers.{header}");
            assert_eq!(email(one, &format!(r#""{header}":"x""#)), Some(field));
        }
    }

    #[test]
    fn a_template_can_not_be_combined_with_content() {
        let email = |more: &str| {
            let body = format!(
                r#"{{"from":"a@example.com","to":"b@example.com","template":{{"id":"tpl_1","variables":{{"a":1}}}}{more}}}"#
            );
            parse_json::<SendEmail>(body.as_bytes()).unwrap()
        };
        let request = email("");
        assert_eq!(request.template().unwrap().map(|template| template.id.as_str()), Some("tpl_1"));
        for field in ["subject", "html", "text"] {
            let error = email(&format!(r#","{field}":"x""#)).template().unwrap_err();
            assert_eq!((error.field.as_str(), error.code), (field, "template_and_content"));
        }
        let rendered = Rendered { subject: "s".into(), html: Some("<p>h".into()), text: "t".into() };
        let email = request.with_rendered(rendered).parse(NOW).unwrap().email;
        assert_eq!((email.subject(), email.html(), email.text()), ("s", Some("<p>h"), Some("t")));
    }

    #[test]
    fn a_rendered_email_names_its_template() {
        let id = "tpl_019ab0c5d0007000800000000000000a";
        let body = format!(r#"{{"from":"a@example.com","to":"b@example.com","template":{{"id":"{id}"}}}}"#);
        let rendered = Rendered { subject: "s".into(), html: None, text: "t".into() };
        let request = parse_json::<SendEmail>(body.as_bytes()).unwrap().with_rendered(rendered);
        let email = request.parse(NOW).unwrap().email;
        assert_eq!(email.template().map(|id| id.to_string()).as_deref(), Some(id));
        let stored = serde_json::to_string(&email).unwrap();
        assert_eq!(serde_json::from_str::<email::Email>(&stored).unwrap().template(), email.template());
    }
}
