use mail_parser::{MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::email::EmailDraft;

const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

fn id() -> EmailId {
    EmailId::new(NOW, 7)
}

fn draft() -> EmailDraft {
    EmailDraft {
        from: "Zoë Müller <zoe@bücher.example>".into(),
        to: vec!["Ada <ada@example.com>".into(), "\"Doe, J\" <j@example.com>".into()],
        cc: vec!["c@example.com".into()],
        bcc: vec!["hidden@example.com".into()],
        reply_to: vec!["Help <help@example.com>".into()],
        subject: "Отчёт 📊 за ноябрь".into(),
        html: Some("<p>Grüße</p>\n<img src=\"cid:logo\">".into()),
        text: Some("Grüße\r\nund mehr\n".into()),
        headers: vec![("X-Campaign".into(), "spring  2026".into())],
        ..EmailDraft::default()
    }
}

fn file(filename: &str, content: &[u8], content_id: Option<&str>) -> FileInput {
    FileInput {
        filename: filename.into(),
        content: Some(content.to_vec()),
        content_id: content_id.map(Into::into),
        ..FileInput::default()
    }
}

fn encoded(draft: EmailDraft, files: Vec<FileInput>) -> Result<EncodedMessage, InvalidEmail> {
    Message::new(Email::try_from(draft).unwrap(), files).unwrap().encode(id(), NOW)
}

fn mime(draft: EmailDraft, files: Vec<FileInput>) -> Vec<u8> {
    encoded(draft, files).unwrap().chunks.concat()
}

#[test]
fn every_part_is_parsed_back_unchanged() {
    let message = encoded(
        draft(),
        vec![
            file("Отчёт за ноябрь 2026 года, окончательный.pdf", b"%PDF\x00\xff", None),
            file("logo.png", b"\x89PNG", Some("logo")),
            file("notes.txt", b"one\ntwo\r\nthree", None),
        ],
    )
    .unwrap();
    assert!(message.email.is_mime() && message.email.html().is_none() && message.email.headers().is_empty());
    assert_eq!(message.email.attachments()[0].size, 6);
    let mime = message.chunks.concat();
    assert!(mime.is_ascii());
    let mail = MessageParser::new().parse(&mime).unwrap();
    assert_eq!(mail.subject(), Some("Отчёт 📊 за ноябрь"));
    let from = mail.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Zoë Müller"), Some("zoe@xn--bcher-kva.example")));
    let to: Vec<_> = mail.to().unwrap().iter().map(|to| (to.name(), to.address())).collect();
    assert_eq!(to, [(Some("Ada"), Some("ada@example.com")), (Some("Doe, J"), Some("j@example.com"))]);
    assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("help@example.com"));
    assert_eq!(mail.message_id(), Some(format!("{}@xn--bcher-kva.example", id()).as_str()));
    assert_eq!(mail.date().map(mail_parser::DateTime::to_timestamp), Some(NOW.unix_timestamp()));
    assert_eq!(mail.header("X-Campaign").and_then(|value| value.as_text()), Some("spring  2026"));
    assert_eq!(mail.body_html(0).unwrap(), "<p>Grüße</p>\r\n<img src=\"cid:logo\">");
    assert_eq!(mail.body_text(0).unwrap(), "Grüße\r\nund mehr\r\n");
    let text = String::from_utf8(mime.clone()).unwrap();
    assert!(!text.to_ascii_lowercase().contains("bcc") && !text.contains("hidden@"), "{text}");
    assert!(text.replace("\r\n", "").find(['\r', '\n']).is_none(), "every line ends with CRLF");
    assert!(text.lines().all(|line| line.len() <= 998));

    let files: Vec<_> = mail
        .attachments()
        .map(|part| {
            let kind = part.content_type().unwrap();
            let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap());
            (part.attachment_name().unwrap(), kind, part.content_id(), part.contents())
        })
        .collect();
    let pdf = "Отчёт за ноябрь 2026 года, окончательный.pdf";
    let expected: [(&str, &str, Option<&str>, &[u8]); 3] = [
        ("logo.png", "image/png", Some("logo"), b"\x89PNG"),
        (pdf, "application/pdf", None, b"%PDF\x00\xff"),
        ("notes.txt", "text/plain", None, b"one\ntwo\r\nthree"),
    ];
    let expected = expected.map(|(name, kind, id, content)| (name, kind.to_owned(), id, content));
    assert_eq!(files, expected);
}

#[test]
fn parts_are_nested_as_clients_expect() {
    let kinds = |draft: EmailDraft, files: Vec<FileInput>| {
        let mime = mime(draft, files);
        let mail = MessageParser::new().parse(&mime).unwrap();
        let kinds = mail.parts.iter().map(|part| {
            let kind = part.content_type().unwrap();
            let inside = match &part.body {
                PartType::Multipart(inside) => format!("{inside:?}"),
                _ => String::new(),
            };
            format!("{}/{}{inside}", kind.ctype(), kind.subtype().unwrap())
        });
        kinds.collect::<Vec<_>>().join(" ")
    };
    let only = |html: bool| EmailDraft {
        html: html.then(|| "<p>".into()),
        text: (!html).then(|| "t".into()),
        ..draft()
    };
    let attached = || file("a.pdf", b"1", None);
    let inline = || file("b.png", b"2", Some("b"));
    assert_eq!(kinds(only(false), vec![attached()]), "multipart/mixed[1, 2] text/plain application/pdf");
    assert_eq!(kinds(only(true), vec![inline()]), "multipart/related[1, 2] text/html image/png");
    assert_eq!(
        kinds(draft(), vec![inline(), attached()]),
        "multipart/mixed[1, 6] multipart/alternative[2, 3] text/plain multipart/related[4, 5] text/html image/png application/pdf"
    );
}

#[test]
fn only_a_message_that_ses_cannot_build_is_encoded_as_mime() {
    let message = encoded(draft(), Vec::new()).unwrap();
    assert!(message.chunks.is_empty() && !message.email.is_mime() && message.email.html().is_some());
    let long = EmailDraft { html: Some("é".repeat(MAX_SIMPLE_CONTENT_BYTES)), ..draft() };
    let html = long.html.clone();
    let mime = mime(long, Vec::new());
    let mail = MessageParser::new().parse(&mime).unwrap();
    assert_eq!(mail.body_html(0).as_deref(), html.as_deref());
}

#[test]
fn the_largest_message_is_accepted_and_a_larger_one_is_rejected() {
    let with = |bytes: usize| encoded(draft(), vec![file("a.bin", &vec![0xa5; bytes], None)]);
    let length = |message: &EncodedMessage| message.chunks.iter().map(Vec::len).sum::<usize>();
    // Base64 turns 57 bytes into a line of 78.
    let frame = length(&with(57).unwrap()) - 78;
    let lines = (MAX_MESSAGE_BYTES - frame) / 78;
    let largest = with(lines * 57).unwrap();
    assert!(MAX_MESSAGE_BYTES - length(&largest) < 78);
    assert!(largest.chunks.iter().all(|chunk| chunk.len() <= email_message::CHUNK_BYTES));
    let error = with((lines + 1) * 57).unwrap_err();
    assert_eq!((error.field.as_str(), error.problem.code()), ("attachments", "email_too_large"));
    println!("the largest file: {} bytes", lines * 57);
}

#[test]
fn control_characters_are_encoded() {
    let odd = "nul \u{0}, bell \u{7}, alone \r and \n.\n.\nFrom me";
    let mime = mime(EmailDraft { text: Some(odd.into()), ..draft() }, vec![file("a", b"", None)]);
    assert!(!mime.contains(&0) && !mime.contains(&7));
    let mail = MessageParser::new().parse(&mime).unwrap();
    assert_eq!(mail.body_text(0).unwrap(), "nul \u{0}, bell \u{7}, alone \r\n and \r\n.\r\n.\r\nFrom me");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_accepted_message_is_parsed_back_unchanged_without_extra_headers(
        name in "[\\PC]{1,60}|[ -~]{1,80}|[а-я ]{1,90}\\.pdf",
        subject in "\\PC{1,120}|[ -~]{1,300}",
        display in "[^\\p{C}\\p{Z}]{1,60}",
        value in "[ -~]{1,300}",
        text in "[\\PC\r\n\t]{1,200}",
        content in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let quoted = format!("\"{}\" <a@example.com>", display.replace('\\', "\\\\").replace('"', "\\\""));
        let draft = EmailDraft {
            from: quoted.clone(),
            to: vec![quoted],
            subject: subject.clone(),
            text: Some(text.clone()),
            headers: vec![("X-Test".into(), value.clone())],
            ..EmailDraft::default()
        };
        let Ok(email) = Email::try_from(draft) else { return Ok(()) };
        let Ok(message) = Message::new(email, vec![file(&name, &content, None)]) else { return Ok(()) };
        let mime = message.encode(id(), NOW).unwrap().chunks.concat();
        let mail = MessageParser::new().parse(&mime).unwrap();
        let headers: Vec<_> = mail.headers().iter().map(|header| header.name().to_owned()).collect();
        prop_assert_eq!(
            headers,
            ["From", "To", "Subject", "Date", "Message-ID", "X-Test", "MIME-Version", "Content-Type"]
        );
        prop_assert_eq!(mail.subject(), Some(subject.as_str()));
        prop_assert_eq!(mail.from().unwrap().first().unwrap().name(), Some(display.as_str()));
        let part = mail.attachment(0).unwrap();
        prop_assert_eq!(part.attachment_name(), Some(name.as_str()));
        prop_assert_eq!(part.contents(), &content[..]);
        prop_assert_eq!(mail.body_text(0).unwrap(), text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n"));
    }
}
