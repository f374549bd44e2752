//! A message as MIME, for what SES can't write from parts.
//!
//! Date, message id and boundaries are given: the library would take them from a clock and from chance, and core has neither.

use std::borrow::Cow;

use mail_builder::{
    headers::{content_type::ContentType, raw::Raw},
    mime::{BodyPart, MimePart},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::{
    Email, EmailProblem, File, InvalidEmail, MAX_MESSAGE_BYTES, Mailbox, Message, Pieces, encoded_word,
    header_lines,
};
use crate::api::EmailId;

/// A message as it is handed to whoever keeps it until it is sent.
#[derive(Debug)]
pub struct Parcel {
    /// The email. Where there are pieces it is [`Email::is_mime`], and has neither content nor headers.
    pub email: Email,
    /// The MIME message in pieces; none where SES writes it from its parts.
    pub pieces: Vec<Vec<u8>>,
}

impl Message {
    /// Packs it: as it is where SES can write it, else as MIME.
    ///
    /// # Errors
    /// [`EmailProblem::TooLarge`].
    pub fn pack(self, id: EmailId, now: OffsetDateTime) -> Result<Parcel, InvalidEmail> {
        if !self.needs_mime() {
            return Ok(Parcel { email: self.email, pieces: Vec::new() });
        }
        let Self { email, files } = self;
        let attachments: Vec<_> = files.iter().map(|file| file.about.clone()).collect();
        let largest = if files.is_empty() { "html" } else { "attachments" };
        // What names this message alone can't stand in it.
        let boundaries = Boundaries { id: id.to_string(), made: 0 };
        let mut pieces = Pieces::new(MAX_MESSAGE_BYTES);
        // Nothing but its length can be wrong: the writer takes all else.
        write(&mut pieces, &email, files, boundaries, now).map_err(|_| EmailProblem::TooLarge.of(largest))?;
        Ok(Parcel { email: email.with_mime(attachments), pieces: pieces.finish() })
    }
}

struct Boundaries {
    id: String,
    made: u8,
}

impl Boundaries {
    /// A multipart of this kind, with a boundary that no other part has.
    fn multipart<'x>(&mut self, kind: &str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
        self.made += 1;
        let content_type = ContentType::new(format!("multipart/{kind}"))
            .attribute("boundary", format!("=_{}_{}", self.id, self.made));
        MimePart::new(content_type, parts)
    }
}

/// Writes headers and parts. Bcc stands in the envelope alone.
fn write(
    output: &mut Pieces,
    email: &Email,
    files: Vec<File>,
    mut boundaries: Boundaries,
    now: OffsetDateTime,
) -> std::io::Result<()> {
    let list =
        |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::to_header).collect::<Vec<_>>().join(", ");
    let date = now.format(&Rfc2822).map_err(std::io::Error::other)?;
    let message_id = format!("<{}@{}>", boundaries.id, email.from().domain());
    header_lines::write(output, "From", &email.from().to_header())?;
    for (name, mailboxes) in [("To", email.to()), ("Cc", email.cc()), ("Reply-To", email.reply_to())] {
        if !mailboxes.is_empty() {
            header_lines::write(output, name, &list(mailboxes))?;
        }
    }
    header_lines::write(output, "Subject", &header_lines::text(email.subject()))?;
    header_lines::write(output, "Date", &date)?;
    header_lines::write(output, "Message-ID", &message_id)?;
    for header in email.headers() {
        header_lines::write(output, header.name(), header.value())?;
    }
    header_lines::write(output, "MIME-Version", "1.0")?;
    body(email, files, &mut boundaries).write_part(output).map(drop)
}

/// The tree of parts: what is attached beside what is read, and what the HTML shows beside the HTML.
fn body<'x>(email: &'x Email, files: Vec<File>, boundaries: &mut Boundaries) -> MimePart<'x> {
    let (inline, attached): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.about.content_id.is_some());
    let text = email.text().map(|text| readable("text/plain", text));
    let html = email.html().map(|html| {
        let html = readable("text/html", html);
        if inline.is_empty() {
            html
        } else {
            let parts = std::iter::once(html).chain(inline.into_iter().map(part)).collect();
            boundaries.multipart("related", parts)
        }
    });
    let read = match (text, html) {
        // The last is the one that a reader prefers.
        (Some(text), Some(html)) => boundaries.multipart("alternative", vec![text, html]),
        (Some(one), None) | (None, Some(one)) => one,
        // No email is without content.
        (None, None) => readable("text/plain", ""),
    };
    if attached.is_empty() {
        read
    } else {
        let parts = std::iter::once(read).chain(attached.into_iter().map(part)).collect();
        boundaries.multipart("mixed", parts)
    }
}

/// HTML or text. Lines end as mail's do; what no line of a mail may hold goes as base64.
fn readable<'x>(content_type: &'static str, text: &'x str) -> MimePart<'x> {
    let content_type = format!("{content_type}; charset=utf-8");
    let lines = line_ends(text);
    let odd = |byte: u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n');
    // The library looks for lines in text, and writes bytes of a type that it doesn't know as base64.
    let content = if lines.bytes().any(odd) {
        BodyPart::Binary(match lines {
            Cow::Borrowed(lines) => lines.as_bytes().into(),
            Cow::Owned(lines) => lines.into_bytes().into(),
        })
    } else {
        BodyPart::Text(lines)
    };
    MimePart::raw(content).header("Content-Type", Raw::new(content_type))
}

/// The same text with CRLF at the end of each line.
fn line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains(['\r', '\n']) {
        return text.into();
    }
    let mut lines = String::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    while let Some(at) = rest.find(['\r', '\n']) {
        lines.push_str(&rest[..at]);
        lines.push_str("\r\n");
        let end = if rest[at..].starts_with("\r\n") { at + 2 } else { at + 1 };
        rest = &rest[end..];
    }
    lines.push_str(rest);
    lines.into()
}

/// A file, byte for byte.
fn part<'x>(file: File) -> MimePart<'x> {
    let about = file.about;
    let disposition = if about.content_id.is_some() { "inline" } else { "attachment" };
    let disposition = format!("{disposition}; {}", header_lines::parameter("filename", &about.filename));
    // Some programs look for a name here, and know no other way to write it. A space in quotes might become the end of a line.
    let name = if header_lines::is_quotable(&about.filename) && !about.filename.contains(' ') {
        Cow::from(&about.filename)
    } else {
        encoded_word::encode(&about.filename).into()
    };
    let content_type = format!("{}; name=\"{name}\"", about.content_type);
    let part = MimePart::raw(BodyPart::Binary(file.content.into()))
        .header("Content-Type", Raw::new(content_type))
        .header("Content-Disposition", Raw::new(disposition));
    match about.content_id {
        Some(id) => part.header("Content-ID", Raw::new(format!("<{id}>"))),
        None => part,
    }
}

#[cfg(test)]
mod tests;
