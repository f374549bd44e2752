//! Validated emails.

use aws_sans_io::Region;
use email_message::{Attachment, Header, MAX_HEADERS, Mailbox, is_valid_subject};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    DeliveryPolicy, EmailDraft, EmailProblem, InvalidEmail, MAX_CONTENT_BYTES, MAX_RECIPIENTS, MAX_REPLY_TO,
    MAX_TAGS, Tag, Tracking,
};
use crate::{TemplateId, ValidationError, api_key::SendRestriction, suppression::SuppressedRecipient};

/// A valid email. SES may only refuse it for reasons of the customer's account, such as an unverified sender or an exceeded quota.
///
/// ```
/// use domain::email::{Email, EmailDraft};
///
/// let draft = EmailDraft {
///     from: "Shop <info@example.com>".into(),
///     to: vec!["success@simulator.amazonses.com".into()],
///     subject: "Your order".into(),
///     text: Some("Thank you!".into()),
///     ..EmailDraft::default()
/// };
/// let email = Email::try_from(draft.clone()).unwrap();
/// assert_eq!(email.from().address(), "info@example.com");
///
/// let error = Email::try_from(EmailDraft { to: vec!["nobody".into()], ..draft }).unwrap_err();
/// assert_eq!((error.field.as_str(), error.problem.code()), ("to[0]", "invalid_email_address"));
/// ```
///
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "EmailDraft", into = "EmailDraft")]
pub struct Email {
    from: Mailbox,
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    bcc: Vec<Mailbox>,
    reply_to: Vec<Mailbox>,
    subject: String,
    html: Option<String>,
    text: Option<String>,
    headers: Vec<Header>,
    tags: Vec<Tag>,
    region: Option<Region>,
    template: Option<TemplateId>,
    attachments: Vec<Attachment>,
    is_mime: bool,
    delivery: DeliveryPolicy,
    tracking: Tracking,
    restriction: SendRestriction,
    is_test: bool,
    scheduled_at: Option<OffsetDateTime>,
    suppressed: Vec<SuppressedRecipient>,
}

impl Email {
    #[must_use]
    pub const fn from(&self) -> &Mailbox {
        &self.from
    }

    #[must_use]
    pub fn to(&self) -> &[Mailbox] {
        &self.to
    }

    #[must_use]
    pub fn cc(&self) -> &[Mailbox] {
        &self.cc
    }

    #[must_use]
    pub fn bcc(&self) -> &[Mailbox] {
        &self.bcc
    }

    /// Returns all recipients in To, Cc and Bcc.
    pub fn recipients(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    #[must_use]
    pub fn reply_to(&self) -> &[Mailbox] {
        &self.reply_to
    }

    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    #[must_use]
    pub fn html(&self) -> Option<&str> {
        self.html.as_deref()
    }

    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Returns names, types and sizes of the attachments.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Returns whether the content is stored separately as a MIME message.
    #[must_use]
    pub const fn is_mime(&self) -> bool {
        self.is_mime
    }

    #[must_use]
    pub const fn delivery(&self) -> DeliveryPolicy {
        self.delivery
    }

    /// Returns what the email asks SES to track.
    #[must_use]
    pub const fn tracking(&self) -> Tracking {
        self.tracking
    }

    /// Returns what the API key that sent the email limits it to.
    #[must_use]
    pub const fn restriction(&self) -> &SendRestriction {
        &self.restriction
    }

    /// Returns whether a test key sent the email.
    #[must_use]
    pub const fn is_test(&self) -> bool {
        self.is_test
    }

    /// Replaces each recipient, and marks the email as a test that can only go to the mailbox simulator. The arguments are field, index and
    /// mailbox.
    pub(super) fn with_test_recipients(
        mut self,
        replace: impl Fn(&str, usize, &Mailbox) -> Result<Mailbox, InvalidEmail>,
    ) -> Result<Self, InvalidEmail> {
        for (field, mailboxes) in [("to", &mut self.to), ("cc", &mut self.cc), ("bcc", &mut self.bcc)] {
            for (index, mailbox) in mailboxes.iter_mut().enumerate() {
                *mailbox = replace(field, index, mailbox)?;
            }
        }
        self.restriction =
            self.restriction.for_tests().map_err(|error| EmailProblem::Value(error).at("to"))?;
        Ok(Self { is_test: true, ..self })
    }

    /// Limits the email to what its API key permits.
    ///
    /// # Errors
    /// Fails with the sender or the first recipient that isn't permitted.
    pub fn restricted_to(self, restriction: &SendRestriction) -> Result<Self, InvalidEmail> {
        if !restriction.permits_sender(&self.from) {
            return Err(EmailProblem::SenderNotPermitted.at("from"));
        }
        for (field, mailboxes) in [("to", &self.to), ("cc", &self.cc), ("bcc", &self.bcc)] {
            let refused = mailboxes.iter().position(|mailbox| !restriction.permits_recipient(mailbox));
            if let Some(index) = refused {
                return Err(EmailProblem::RecipientNotPermitted.at(format!("{field}[{index}]")));
            }
        }
        Ok(Self { restriction: restriction.clone(), ..self })
    }

    /// Returns the scheduled time if it is after `now`.
    #[must_use]
    pub fn scheduled_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.scheduled_at.filter(|at| *at > now)
    }

    /// Returns the email with another scheduled time.
    #[must_use]
    pub fn scheduled_for(self, at: OffsetDateTime) -> Self {
        Self { scheduled_at: Some(at), ..self }
    }

    /// Returns the number of recipients, which SES counts towards rate and quota.
    #[must_use]
    pub fn recipient_count(&self) -> u32 {
        // At most 50.
        u32::try_from(self.recipients().count()).unwrap_or(u32::MAX)
    }

    /// Returns the recipients that were removed because they are suppressed.
    #[must_use]
    pub fn suppressed(&self) -> &[SuppressedRecipient] {
        &self.suppressed
    }

    /// Keeps the recipients for which `keep` returns true. Its arguments are field, index and mailbox.
    pub(super) fn retain_recipients(&mut self, mut keep: impl FnMut(&str, usize, &Mailbox) -> bool) {
        for (field, mailboxes) in [("to", &mut self.to), ("cc", &mut self.cc), ("bcc", &mut self.bcc)] {
            let mut indices = 0..;
            mailboxes.retain(|mailbox| indices.next().is_some_and(|index| keep(field, index, mailbox)));
        }
    }

    pub(super) fn with_suppressed(self, suppressed: Vec<SuppressedRecipient>) -> Self {
        Self { suppressed, ..self }
    }

    pub(super) fn with_headers(mut self, headers: impl IntoIterator<Item = Header>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Removes the content, which is stored separately as a MIME message.
    pub(super) fn with_mime(self, attachments: Vec<Attachment>) -> Self {
        Self { html: None, text: None, headers: Vec::new(), attachments, is_mime: true, ..self }
    }

    #[must_use]
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// Returns the template that the content was rendered from.
    #[must_use]
    pub const fn template(&self) -> Option<TemplateId> {
        self.template
    }

    /// Returns the region to send from; `None` for the connection's default.
    #[must_use]
    pub const fn region(&self) -> Option<Region> {
        self.region
    }
}

impl TryFrom<EmailDraft> for Email {
    type Error = InvalidEmail;

    fn try_from(draft: EmailDraft) -> Result<Self, InvalidEmail> {
        let recipients = draft.to.len() + draft.cc.len() + draft.bcc.len();
        at_most(MAX_RECIPIENTS, recipients, EmailProblem::TooManyRecipients, "to")?;
        at_most(MAX_REPLY_TO, draft.reply_to.len(), EmailProblem::TooManyReplyTo, "replyTo")?;
        at_most(MAX_HEADERS, draft.headers.len(), EmailProblem::TooManyHeaders, "headers")?;
        at_most(MAX_TAGS, draft.tags.len(), EmailProblem::TooManyTags, "tags")?;
        if recipients == 0 {
            return Err(EmailProblem::NoRecipient.at("to"));
        }
        let (html, text) = if draft.is_mime { (None, None) } else { content(draft.html, draft.text)? };
        Ok(Self {
            from: value(&draft.from, "from")?,
            to: mailboxes(&draft.to, "to")?,
            cc: mailboxes(&draft.cc, "cc")?,
            bcc: mailboxes(&draft.bcc, "bcc")?,
            reply_to: mailboxes(&draft.reply_to, "replyTo")?,
            subject: subject(draft.subject)?,
            html,
            text,
            headers: pairs(draft.headers, "headers", Header::name, EmailProblem::DuplicateHeader)?,
            tags: pairs(draft.tags, "tags", Tag::name, EmailProblem::DuplicateTag)?,
            region: draft.region.map(|region| value(&region, "region")).transpose()?,
            template: draft.template,
            attachments: draft.attachments,
            is_mime: draft.is_mime,
            delivery: draft.delivery,
            tracking: draft.tracking,
            restriction: draft.restriction,
            is_test: draft.is_test,
            scheduled_at: draft.scheduled_at,
            suppressed: draft.suppressed,
        })
    }
}

fn at_most(max: usize, count: usize, problem: EmailProblem, field: &str) -> Result<(), InvalidEmail> {
    if count <= max { Ok(()) } else { Err(problem.at(field)) }
}

fn value<T: std::str::FromStr<Err: Into<ValidationError>>>(
    text: &str,
    field: &str,
) -> Result<T, InvalidEmail> {
    text.parse::<T>().map_err(|error| EmailProblem::Value(error.into()).at(field))
}

fn mailboxes(texts: &[String], field: &str) -> Result<Vec<Mailbox>, InvalidEmail> {
    let mailbox = |(index, text): (usize, &String)| {
        let field = format!("{field}[{index}]");
        value(text, &field).map_err(|error| {
            if is_address_list(text) { EmailProblem::SeveralAddresses.at(field) } else { error }
        })
    };
    texts.iter().enumerate().map(mailbox).collect()
}

/// Returns whether a text is several mailboxes, separated as in a mail client.
fn is_address_list(text: &str) -> bool {
    let parts: Vec<&str> =
        text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.len() > 1 && parts.iter().all(|part| part.parse::<Mailbox>().is_ok())
}

fn subject(text: String) -> Result<String, InvalidEmail> {
    if is_valid_subject(&text) { Ok(text) } else { Err(EmailProblem::Subject.at("subject")) }
}

/// Validates HTML and text. An empty string counts as absent.
fn content(
    html: Option<String>,
    text: Option<String>,
) -> Result<(Option<String>, Option<String>), InvalidEmail> {
    let html = html.filter(|html| !html.is_empty());
    let text = text.filter(|text| !text.is_empty());
    let length = |part: &Option<String>| part.as_ref().map_or(0, String::len);
    match length(&html) + length(&text) {
        0 => Err(EmailProblem::NoContent.at("text")),
        bytes if bytes > MAX_CONTENT_BYTES => Err(EmailProblem::ContentTooLong.at("html")),
        _ => Ok((html, text)),
    }
}

fn pairs<T: TryFrom<(String, String), Error: Into<EmailProblem>>>(
    pairs: Vec<(String, String)>,
    field: &str,
    name_of: impl Fn(&T) -> &str,
    duplicate: EmailProblem,
) -> Result<Vec<T>, InvalidEmail> {
    let mut valid: Vec<T> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let field = format!("{field}.{}", pair.0);
        let item = T::try_from(pair).map_err(|problem| problem.into().at(&*field))?;
        if valid.iter().any(|other| name_of(other).eq_ignore_ascii_case(name_of(&item))) {
            return Err(duplicate.at(field));
        }
        valid.push(item);
    }
    Ok(valid)
}

impl From<Email> for EmailDraft {
    fn from(email: Email) -> Self {
        let texts = |mailboxes: Vec<Mailbox>| mailboxes.iter().map(Mailbox::to_string).collect();
        Self {
            from: email.from.to_string(),
            to: texts(email.to),
            cc: texts(email.cc),
            bcc: texts(email.bcc),
            reply_to: texts(email.reply_to),
            subject: email.subject,
            html: email.html,
            text: email.text,
            headers: email.headers.into_iter().map(Into::into).collect(),
            tags: email.tags.into_iter().map(Into::into).collect(),
            region: email.region.map(|region| region.name().to_owned()),
            template: email.template,
            attachments: email.attachments,
            is_mime: email.is_mime,
            delivery: email.delivery,
            tracking: email.tracking,
            restriction: email.restriction,
            is_test: email.is_test,
            scheduled_at: email.scheduled_at,
            suppressed: email.suppressed,
        }
    }
}

#[cfg(test)]
mod tests;
