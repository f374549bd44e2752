//! MIME messages.
//!
//! The date, the message ID and the boundaries are arguments: the crate reads neither a clock nor randomness.
//!
//! <https://www.rfc-editor.org/rfc/rfc2045>

use std::{
    borrow::Cow,
    io::{self, Write},
};

use mail_builder::{
    headers::{content_type::ContentType, raw::Raw},
    mime::{BodyPart, MimePart},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{address::Mailbox, attachment::File, encoded_word, header::Header, header_lines};

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
    /// Custom headers, written in this order.
    pub headers: &'a [Header],
    /// The HTML body.
    pub html: Option<&'a str>,
    /// The plain-text body.
    pub text: Option<&'a str>,
    /// Attachments and inline images.
    pub files: Vec<File>,
}

impl MimeMessage<'_> {
    /// Writes headers and body to `output`.
    ///
    /// # Errors
    /// Fails if writing to `output` fails.
    pub fn write(self, output: &mut impl Write) -> io::Result<()> {
        let list =
            |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::to_header).collect::<Vec<_>>().join(", ");
        let date = self.date.format(&Rfc2822).map_err(io::Error::other)?;
        let message_id = format!("<{}@{}>", self.id, self.from.domain());
        header_lines::write(output, "From", &self.from.to_header())?;
        for (name, mailboxes) in [("To", self.to), ("Cc", self.cc), ("Reply-To", self.reply_to)] {
            if !mailboxes.is_empty() {
                header_lines::write(output, name, &list(mailboxes))?;
            }
        }
        header_lines::write(output, "Subject", &header_lines::encode_text(self.subject))?;
        header_lines::write(output, "Date", &date)?;
        header_lines::write(output, "Message-ID", &message_id)?;
        for header in self.headers {
            header_lines::write(output, header.name(), header.value())?;
        }
        header_lines::write(output, "MIME-Version", "1.0")?;
        let mut boundaries = Boundaries { id: self.id.to_owned(), count: 0 };
        build_body(self.html, self.text, self.files, &mut boundaries).write_part(output).map(drop)
    }
}

struct Boundaries {
    id: String,
    count: u8,
}

impl Boundaries {
    /// Creates a `multipart/{kind}` part with a unique boundary.
    fn multipart<'x>(&mut self, kind: &str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
        self.count += 1;
        let content_type = ContentType::new(format!("multipart/{kind}"))
            .attribute("boundary", format!("=_{}_{}", self.id, self.count));
        MimePart::new(content_type, parts)
    }
}

/// Builds the tree of parts: `mixed(alternative(text, related(html, inline files)), attachments)`, without the levels that are not needed.
fn build_body<'x>(
    html: Option<&'x str>,
    text: Option<&'x str>,
    files: Vec<File>,
    boundaries: &mut Boundaries,
) -> MimePart<'x> {
    let (inline, attached): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.metadata.content_id.is_some());
    let text = text.map(|text| text_part("text/plain", text));
    let html = html.map(|html| {
        let html = text_part("text/html", html);
        if inline.is_empty() {
            html
        } else {
            let parts = std::iter::once(html).chain(inline.into_iter().map(file_part)).collect();
            boundaries.multipart("related", parts)
        }
    });
    let content = match (text, html) {
        // Mail clients show the last alternative that they support.
        (Some(text), Some(html)) => boundaries.multipart("alternative", vec![text, html]),
        (Some(part), None) | (None, Some(part)) => part,
        (None, None) => text_part("text/plain", ""),
    };
    if attached.is_empty() {
        content
    } else {
        let parts = std::iter::once(content).chain(attached.into_iter().map(file_part)).collect();
        boundaries.multipart("mixed", parts)
    }
}

/// Returns an HTML or plain-text part with CRLF line ends. Text with control characters is encoded as base64.
fn text_part<'x>(content_type: &'static str, text: &'x str) -> MimePart<'x> {
    let content_type = format!("{content_type}; charset=utf-8");
    let lines = with_crlf(text);
    let is_control = |byte: u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n');
    // mail-builder encodes binary content as base64, and text line by line.
    let body = if lines.bytes().any(is_control) {
        BodyPart::Binary(match lines {
            Cow::Borrowed(lines) => lines.as_bytes().into(),
            Cow::Owned(lines) => lines.into_bytes().into(),
        })
    } else {
        BodyPart::Text(lines)
    };
    MimePart::raw(body).header("Content-Type", Raw::new(content_type))
}

/// Converts all line ends to CRLF.
fn with_crlf(text: &str) -> Cow<'_, str> {
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

fn file_part<'x>(file: File) -> MimePart<'x> {
    let metadata = file.metadata;
    let disposition = if metadata.content_id.is_some() { "inline" } else { "attachment" };
    let disposition = format!("{disposition}; {}", header_lines::parameter("filename", &metadata.filename));
    // Some mail clients read the name from here and support no other encoding. A quoted space could be folded.
    let name = if header_lines::is_quotable(&metadata.filename) && !metadata.filename.contains(' ') {
        Cow::from(&metadata.filename)
    } else {
        encoded_word::encode(&metadata.filename).into()
    };
    let content_type = format!("{}; name=\"{name}\"", metadata.content_type);
    let part = MimePart::raw(BodyPart::Binary(file.content.into()))
        .header("Content-Type", Raw::new(content_type))
        .header("Content-Disposition", Raw::new(disposition));
    match metadata.content_id {
        Some(id) => part.header("Content-ID", Raw::new(format!("<{id}>"))),
        None => part,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::FileInput;

    fn mime(mailbox: &str, subject: &str, headers: &[Header], text: &str, files: Vec<File>) -> String {
        let mailbox: Mailbox = mailbox.parse().unwrap();
        let message = MimeMessage {
            id: "0a1b2c3d",
            date: datetime!(2026-11-24 12:00 UTC),
            from: &mailbox,
            to: &[mailbox.clone(), mailbox.clone()],
            cc: &[],
            reply_to: std::slice::from_ref(&mailbox),
            subject,
            headers,
            html: Some(text),
            text: Some(text),
            files,
        };
        let mut output = Vec::new();
        message.write(&mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    fn longest_line(mime: &str) -> usize {
        mime.split("\r\n").map(str::len).max().unwrap()
    }

    #[test]
    fn the_longest_accepted_values_fit_into_lines() {
        let longest_value =
            |name: &str| (1..=995).rev().find_map(|length| Header::new(name, "x".repeat(length)).ok());
        let headers: Vec<_> =
            ["X", "X-Link", &"X".repeat(126)].into_iter().map(|name| longest_value(name).unwrap()).collect();
        let file = FileInput {
            filename: "a".repeat(255),
            content: Some(b"\n".repeat(3000)),
            content_type: Some(format!("text/{}; a={}", "b".repeat(73), "c".repeat(170))),
            content_id: None,
        };
        let files = vec![File::try_from(file).unwrap()];
        let address = format!("{}@{}.com", "x".repeat(64), "abcdefgh.".repeat(20).trim_end_matches('.'));
        let text = format!("{0}\n{0}é", "y".repeat(2000));
        assert_eq!(longest_line(&mime(&address, &"z".repeat(998), &headers, &text, files)), 998);
    }

    proptest! {
        #[test]
        fn a_line_with_encoded_words_has_at_most_76_bytes(name in "\\PC{1,99}", subject in "\\PC{1,300}") {
            let quoted = format!("\"{}\" <a.longer.address@example.com>", name.replace('\\', "\\\\").replace('"', "\\\""));
            prop_assume!(quoted.parse::<Mailbox>().is_ok());
            let mime = mime(&quoted, &subject, &[], "text", Vec::new());
            let header = mime.split("\r\n").take_while(|line| !line.starts_with("Date"));
            for line in header.filter(|line| line.contains("=?UTF-8?B?")) {
                prop_assert!(line.len() <= 76, "{}", line);
            }
        }
    }
}
