//! Messages as MIME.
//!
//! The date, the message ID and the boundaries are arguments: the crate reads neither a clock nor randomness.
//!
//! <https://www.rfc-editor.org/rfc/rfc2045>

use std::borrow::Cow;

use mail_builder::{
    headers::{content_type::ContentType, raw::Raw},
    mime::{BodyPart, MimePart},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{File, Header, Mailbox, Pieces, encoded_word, header_lines};

/// The parts of a message to encode as MIME. Bcc recipients belong to the envelope only and have no field here.
#[derive(Debug)]
pub struct MimeMessage<'a> {
    /// Unique ID without angle brackets, such as a UUID: the local part of the `Message-ID` and the stem of every boundary. No part of the
    /// message may contain it.
    pub id: &'a str,
    /// The `Date` header.
    pub date: OffsetDateTime,
    /// The `From` header.
    pub from: &'a Mailbox,
    /// The `To` header; omitted if empty.
    pub to: &'a [Mailbox],
    /// The `Cc` header; omitted if empty.
    pub cc: &'a [Mailbox],
    /// The `Reply-To` header; omitted if empty.
    pub reply_to: &'a [Mailbox],
    /// The `Subject` header.
    pub subject: &'a str,
    /// Custom headers.
    pub headers: &'a [Header],
    /// The HTML body.
    pub html: Option<&'a str>,
    /// The plain-text body.
    pub text: Option<&'a str>,
    /// Attachments and inline images.
    pub files: Vec<File>,
}

impl MimeMessage<'_> {
    /// Writes headers and body.
    ///
    /// # Errors
    /// [`std::io::ErrorKind::FileTooLarge`] if `output` has no capacity left.
    pub fn write(self, output: &mut Pieces) -> std::io::Result<()> {
        let list =
            |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::to_header).collect::<Vec<_>>().join(", ");
        let date = self.date.format(&Rfc2822).map_err(std::io::Error::other)?;
        let message_id = format!("<{}@{}>", self.id, self.from.domain());
        header_lines::write(output, "From", &self.from.to_header())?;
        for (name, mailboxes) in [("To", self.to), ("Cc", self.cc), ("Reply-To", self.reply_to)] {
            if !mailboxes.is_empty() {
                header_lines::write(output, name, &list(mailboxes))?;
            }
        }
        header_lines::write(output, "Subject", &header_lines::text(self.subject))?;
        header_lines::write(output, "Date", &date)?;
        header_lines::write(output, "Message-ID", &message_id)?;
        for header in self.headers {
            header_lines::write(output, header.name(), header.value())?;
        }
        header_lines::write(output, "MIME-Version", "1.0")?;
        let mut boundaries = Boundaries { id: self.id.to_owned(), made: 0 };
        body(self.html, self.text, self.files, &mut boundaries).write_part(output).map(drop)
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

/// The tree of parts: what is attached beside what is read, and what the HTML shows beside the HTML.
fn body<'x>(
    html: Option<&'x str>,
    text: Option<&'x str>,
    files: Vec<File>,
    boundaries: &mut Boundaries,
) -> MimePart<'x> {
    let (inline, attached): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.about.content_id.is_some());
    let text = text.map(|text| readable("text/plain", text));
    let html = html.map(|html| {
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
