//! Emails: addresses, templates, HTML and MIME.

use std::collections::BTreeSet;

use domain::suppression::AddressKey;
use email_message::{
    FileInput, Header, Mailbox, is_valid_subject,
    mime::MimeMessage,
    template::{MAX_RENDERED_BYTES, Rendered, Template, TemplateSource, Variables, html_to_text},
    validate_files,
};
use mail_parser::MessageParser;
use time::macros::datetime;

/// A mailbox parses again from what it is written as, and is one header line.
pub fn addresses(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    let Ok(mailbox) = text.parse::<Mailbox>() else { return false };
    assert_eq!(mailbox.to_string().parse(), Ok(mailbox.clone()));
    let header = mailbox.to_header();
    assert!(header.len() <= 320 && header.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{header:?}");
    let key = AddressKey::from(&mailbox);
    assert_eq!(key.as_str().parse::<Mailbox>().as_ref().map(AddressKey::from), Ok(key.clone()));
    assert!(mailbox.address().ends_with(&format!("@{}", mailbox.domain())));
    true
}

/// A template renders within its limits, with its sample and with given variables.
///
/// The input is HTML and JSON, separated by a zero byte.
pub fn templates(input: &[u8]) -> bool {
    let mut parts = input.splitn(2, |byte| *byte == 0).map(String::from_utf8_lossy);
    let source = parts.next().unwrap_or_default();
    let html = format!("<p>{source}</p>");
    let subject = "Hello".to_owned();
    let Ok(template) = Template::try_from(TemplateSource { subject, html: Some(html), text: None }) else {
        return false;
    };
    let check = |variables: &Variables| {
        let Ok(Rendered { subject, html, text }) = template.render(variables) else { return false };
        assert!(is_valid_subject(&subject), "{subject:?}");
        let html = html.unwrap();
        assert!(html.len() <= MAX_RENDERED_BYTES && html.starts_with("<p>") && html.ends_with("</p>"));
        assert_eq!(text, html_to_text(&html));
        true
    };
    let given = parts.next().and_then(|json| serde_json::from_str(&json).ok());
    check(&template.sample()) | given.is_some_and(|variables| check(&variables))
}

/// The text of a document is bounded and the same each time, and plain text stays as it is.
pub fn html(input: &[u8]) -> bool {
    let html = String::from_utf8_lossy(input);
    let text = html_to_text(&html);
    assert!(text.len() <= 16 * html.len() + 64, "{} bytes of {}", text.len(), html.len());
    assert_eq!(text, html_to_text(&html));
    assert_eq!(text, text.trim_end());
    !text.is_empty()
}

/// A message has the headers, the subject and the attachment that it was given, and no others.
///
/// The input is a subject, a header's value, a text, a file name and a file, separated by zero bytes.
pub fn mime(input: &[u8]) -> bool {
    let parts: Vec<_> = input.splitn(5, |byte| *byte == 0).collect();
    let [subject, value, text, filename, content] = parts[..] else { return false };
    let [subject, value, text, filename] = [subject, value, text, filename].map(String::from_utf8_lossy);
    let id = "0a1b2c3d-fuzz";
    if !is_valid_subject(&subject)
        || [subject.as_bytes(), text.as_bytes(), content]
            .iter()
            .any(|part| part.windows(id.len()).any(|window| window == id.as_bytes()))
    {
        return false;
    }
    let headers: Vec<_> = Header::new("X-Fuzz", value.into_owned()).into_iter().collect();
    let file = FileInput {
        filename: filename.into_owned(),
        content: Some(content.to_vec()),
        content_type: Some("application/octet-stream".into()),
        content_id: None,
    };
    let files = validate_files(vec![file], true).unwrap_or_default();
    let (expected_files, expected_headers) = (files.clone(), headers.clone());
    let mailbox: Mailbox = "Ada <ada@example.com>".parse().unwrap();
    let message = MimeMessage {
        id,
        date: datetime!(2026-11-24 12:00 UTC),
        from: &mailbox,
        to: std::slice::from_ref(&mailbox),
        cc: &[],
        reply_to: &[],
        subject: &subject,
        headers: &headers,
        html: Some(&text),
        text: Some(&text),
        files,
    };
    let mut written = Vec::new();
    message.write(&mut written).unwrap();
    assert!(
        written
            .split(|byte| *byte == b'\n')
            .all(|line| line.len() <= 999 && (line.is_empty() || line.ends_with(b"\r")))
    );
    assert!(written.is_ascii());

    let parsed = MessageParser::new().parse(&written).unwrap();
    let names: BTreeSet<_> = parsed.headers().iter().map(|header| header.name().to_lowercase()).collect();
    let mut allowed: BTreeSet<_> =
        ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"]
            .map(str::to_owned)
            .into();
    allowed.extend(expected_headers.iter().map(|header| header.name().to_lowercase()));
    assert_eq!(names, allowed);
    assert_eq!(parsed.subject().map(str::trim), Some(subject.trim()));
    let contents: Vec<_> = parsed.attachments().map(mail_parser::MessagePart::contents).collect();
    assert_eq!(contents, expected_files.iter().map(|file| &*file.content).collect::<Vec<_>>());
    true
}
