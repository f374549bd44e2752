//! A message, as a customer describes it.

use aws_sans_io::Region;
use email_message::{Attachment, Header, MAX_HEADERS, Mailbox, is_valid_subject};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{EmailProblem, InvalidEmail, MAX_TAGS, Tag};
use crate::{delivery::Delivery, suppression::SuppressedRecipient};

pub use aws_sans_io::ses::MAX_RECIPIENTS;

/// The most addresses in Reply-To.
pub const MAX_REPLY_TO: usize = 50;

/// The most bytes of HTML and text together: forty times what mail programs show before they cut it off. What is larger is a file.
pub const MAX_CONTENT_BYTES: usize = 4 * 1024 * 1024;

/// The texts of an email, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct EmailDraft {
    /// Who sends.
    pub from: String,
    /// To.
    pub to: Vec<String>,
    /// Cc.
    pub cc: Vec<String>,
    /// Bcc.
    pub bcc: Vec<String>,
    /// Reply-To.
    pub reply_to: Vec<String>,
    /// The subject.
    pub subject: String,
    /// The body as HTML.
    pub html: Option<String>,
    /// The body as text.
    pub text: Option<String>,
    /// Further headers, name and value.
    pub headers: Vec<(String, String)>,
    /// Tags, name and value.
    pub tags: Vec<(String, String)>,
    /// The region to send from.
    pub region: Option<String>,
    /// What is known of its files.
    pub attachments: Vec<Attachment>,
    /// Whether HTML, text and files are a MIME message that is kept beside this, and not here.
    pub is_mime: bool,
    /// What to do where SES's answer is lost and no event can tell.
    pub delivery: Delivery,
    /// When it is to go; at once where it is `None`.
    #[serde(with = "time::serde::rfc3339::option")]
    pub scheduled_at: Option<OffsetDateTime>,
    /// Who was left out, since no mail goes to them any more.
    pub suppressed: Vec<SuppressedRecipient>,
}

/// A message that SES will take, but for what only the customer's account knows (who may send, and how much).
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
/// let wrong = Email::try_from(EmailDraft { to: vec!["nobody".into()], ..draft }).unwrap_err();
/// assert_eq!((wrong.field.as_str(), wrong.problem.code()), ("to[0]", "invalid_email_address"));
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
    attachments: Vec<Attachment>,
    is_mime: bool,
    delivery: Delivery,
    scheduled_at: Option<OffsetDateTime>,
    suppressed: Vec<SuppressedRecipient>,
}

impl Email {
    /// Who sends.
    #[must_use]
    pub const fn from(&self) -> &Mailbox {
        &self.from
    }

    /// To.
    #[must_use]
    pub fn to(&self) -> &[Mailbox] {
        &self.to
    }

    /// Cc.
    #[must_use]
    pub fn cc(&self) -> &[Mailbox] {
        &self.cc
    }

    /// Bcc.
    #[must_use]
    pub fn bcc(&self) -> &[Mailbox] {
        &self.bcc
    }

    /// All who get it; SES counts each of them against rate and quota.
    pub fn recipients(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// Reply-To.
    #[must_use]
    pub fn reply_to(&self) -> &[Mailbox] {
        &self.reply_to
    }

    /// The subject: one line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The body as HTML.
    #[must_use]
    pub fn html(&self) -> Option<&str> {
        self.html.as_deref()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// What is known of its files.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Whether HTML, text and files are a MIME message that is kept beside this, and not here.
    #[must_use]
    pub const fn is_mime(&self) -> bool {
        self.is_mime
    }

    /// What to do where SES's answer is lost and no event can tell.
    #[must_use]
    pub const fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// When it is to go, where that isn't yet at `now`.
    #[must_use]
    pub fn scheduled_after(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.scheduled_at.filter(|at| *at > now)
    }

    /// How many recipients SES counts against rate and quota.
    #[must_use]
    pub fn recipient_count(&self) -> u32 {
        // There are 50 at the most.
        u32::try_from(self.recipients().count()).unwrap_or(u32::MAX)
    }

    /// Who was left out, since no mail goes to them any more.
    #[must_use]
    pub fn suppressed(&self) -> &[SuppressedRecipient] {
        &self.suppressed
    }

    /// Keeps the recipients for whom `keep` says so, by field and place.
    pub(crate) fn retain_recipients(&mut self, mut keep: impl FnMut(&str, usize, &Mailbox) -> bool) {
        for (field, mailboxes) in [("to", &mut self.to), ("cc", &mut self.cc), ("bcc", &mut self.bcc)] {
            let mut places = 0..;
            mailboxes.retain(|mailbox| places.next().is_some_and(|place| keep(field, place, mailbox)));
        }
    }

    /// The same, remembering who was left out.
    pub(crate) fn with_suppressed(self, suppressed: Vec<SuppressedRecipient>) -> Self {
        Self { suppressed, ..self }
    }

    /// The same with these headers too.
    pub(crate) fn with_headers(mut self, headers: impl IntoIterator<Item = Header>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// What is left to keep where the content was made a MIME message.
    pub(crate) fn with_mime(self, attachments: Vec<Attachment>) -> Self {
        Self { html: None, text: None, headers: Vec::new(), attachments, is_mime: true, ..self }
    }

    /// Further headers.
    #[must_use]
    pub fn headers(&self) -> &[Header] {
        &self.headers
    }

    /// The customer's tags.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    /// The region to send from; the connection's own where it is `None`.
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
            return Err(EmailProblem::NoRecipient.of("to"));
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
            headers: pairs(draft.headers, "headers", Header::name, EmailProblem::HeaderTwice)?,
            tags: pairs(draft.tags, "tags", Tag::name, EmailProblem::TagTwice)?,
            region: draft.region.map(|region| value(&region, "region")).transpose()?,
            attachments: draft.attachments,
            is_mime: draft.is_mime,
            delivery: draft.delivery,
            scheduled_at: draft.scheduled_at,
            suppressed: draft.suppressed,
        })
    }
}

fn at_most(most: usize, count: usize, problem: EmailProblem, field: &str) -> Result<(), InvalidEmail> {
    if count <= most { Ok(()) } else { Err(problem.of(field)) }
}

fn value<T: std::str::FromStr<Err: Into<crate::ValidationError>>>(
    text: &str,
    field: &str,
) -> Result<T, InvalidEmail> {
    text.parse::<T>().map_err(|error| EmailProblem::Value(error.into()).of(field))
}

fn mailboxes(texts: &[String], field: &str) -> Result<Vec<Mailbox>, InvalidEmail> {
    texts.iter().enumerate().map(|(index, text)| value(text, &format!("{field}[{index}]"))).collect()
}

fn subject(text: String) -> Result<String, InvalidEmail> {
    if is_valid_subject(&text) { Ok(text) } else { Err(EmailProblem::Subject.of("subject")) }
}

/// HTML and text; an empty one counts as none.
fn content(
    html: Option<String>,
    text: Option<String>,
) -> Result<(Option<String>, Option<String>), InvalidEmail> {
    let html = html.filter(|html| !html.is_empty());
    let text = text.filter(|text| !text.is_empty());
    let length = |part: &Option<String>| part.as_ref().map_or(0, String::len);
    match length(&html) + length(&text) {
        0 => Err(EmailProblem::NoContent.of("text")),
        bytes if bytes > MAX_CONTENT_BYTES => Err(EmailProblem::ContentTooLong.of("html")),
        _ => Ok((html, text)),
    }
}

fn pairs<T: TryFrom<(String, String), Error: Into<EmailProblem>>>(
    pairs: Vec<(String, String)>,
    field: &str,
    name_of: impl Fn(&T) -> &str,
    twice: EmailProblem,
) -> Result<Vec<T>, InvalidEmail> {
    let mut found: Vec<T> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let field = format!("{field}.{}", pair.0);
        let item = T::try_from(pair).map_err(|problem| problem.into().of(&*field))?;
        if found.iter().any(|other| name_of(other).eq_ignore_ascii_case(name_of(&item))) {
            return Err(twice.of(field));
        }
        found.push(item);
    }
    Ok(found)
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
            attachments: email.attachments,
            is_mime: email.is_mime,
            delivery: email.delivery,
            scheduled_at: email.scheduled_at,
            suppressed: email.suppressed,
        }
    }
}

#[cfg(test)]
mod tests;
