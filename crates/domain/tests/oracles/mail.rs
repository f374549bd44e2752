//! MIME messages, parsed by Python's email package.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    EmailId,
    email::{Email, EmailDraft, Message},
};
use email_message::FileInput;
use serde::Deserialize;
use serde_json::json;
use time::macros::datetime;

use crate::{oracle, random::Random};

#[derive(Debug, Deserialize)]
struct ParsedMessage {
    headers: Vec<String>,
    subject: String,
    from: Vec<(String, String)>,
    to: Vec<(String, String)>,
    parts: Vec<Part>,
    defects: Vec<String>,
}

/// Type, disposition, file name, content ID, and content in base64.
type Part = (String, Option<String>, Option<String>, Option<String>, String);

struct Given {
    draft: EmailDraft,
    name: String,
    content: Vec<u8>,
}

const SCRIPTS: &str = "abc XYZ 019 ()'&,;=+-_.!éß Жцы عربي 漢字 😀📊";

fn given(random: &mut Random) -> Given {
    let word = |random: &mut Random, most| format!("x{}x", random.text(SCRIPTS, most));
    let name = word(random, 40);
    // The name fits into one encoded word: Python sometimes keeps the space between two of them, contrary to RFC 2047, section 6.2.
    let draft = EmailDraft {
        from: format!("\"{}\" <zoe@bücher.example>", word(random, 9)),
        to: vec![format!("\"{}\" <a@example.com>", word(random, 9)), "b@example.com".into()],
        bcc: vec!["hidden@example.com".into()],
        subject: word(random, 150),
        html: Some(format!("<p>{}</p>\n<img src=\"cid:logo\">", random.text(SCRIPTS, 4000))),
        text: Some(format!("{}\nend", random.text(SCRIPTS, 400))),
        headers: vec![("X-Campaign".into(), format!("a{} z", random.text("abc  <>:/.", 200)))],
        ..EmailDraft::default()
    };
    let content = (0..random.below(4000)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
    Given { draft, name: format!("{name}.pdf"), content }
}

fn file(name: &str, content: &[u8], content_id: Option<&str>) -> FileInput {
    FileInput {
        filename: name.into(),
        content: Some(content.to_vec()),
        content_id: content_id.map(Into::into),
        ..FileInput::default()
    }
}

#[test]
fn python_parses_a_message_to_the_same_parts() {
    let mut random = Random::seeded(8);
    let given: Vec<Given> = (0..200).map(|_| given(&mut random)).collect();
    let now = datetime!(2026-11-24 12:00 UTC);
    let messages: Vec<_> = given
        .iter()
        .map(|given| {
            let email = Email::try_from(given.draft.clone()).unwrap();
            let files =
                vec![file(&given.name, &given.content, None), file("logo.png", b"\x89PNG", Some("logo"))];
            let message = Message::new(email, files).unwrap().encode(EmailId::new(now, 3), now).unwrap();
            json!(STANDARD.encode(message.chunks.concat()))
        })
        .collect();
    for (given, read) in given.iter().zip(oracle::python_email().ask::<ParsedMessage>(&messages)) {
        assert_eq!(read.defects, Vec::<String>::new(), "{}", given.name);
        assert_eq!(
            read.headers,
            ["From", "To", "Subject", "Date", "Message-ID", "X-Campaign", "MIME-Version", "Content-Type"]
        );
        assert_eq!(read.subject, given.draft.subject);
        // Python collapses spaces in some names.
        let one_space = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = |mailbox: &str| one_space(mailbox.trim_start_matches('"').split_once('"').unwrap().0);
        let first = |mailboxes: &[(String, String)]| (one_space(&mailboxes[0].0), mailboxes[0].1.clone());
        assert_eq!(first(&read.from), (name(&given.draft.from), "zoe@xn--bcher-kva.example".to_owned()));
        assert_eq!(first(&read.to), (name(&given.draft.to[0]), "a@example.com".to_owned()));
        assert_eq!((read.from.len(), read.to.len()), (1, 2));
        let lines = |text: &Option<String>| STANDARD.encode(text.as_ref().unwrap().replace('\n', "\r\n"));
        let part = |kind: &str, how: Option<&str>, name: Option<&str>, id: Option<&str>, content: String| {
            (kind.to_owned(), how.map(Into::into), name.map(Into::into), id.map(Into::into), content)
        };
        assert_eq!(
            read.parts,
            [
                part("text/plain", None, None, None, lines(&given.draft.text)),
                part("text/html", None, None, None, lines(&given.draft.html)),
                part(
                    "image/png",
                    Some("inline"),
                    Some("logo.png"),
                    Some("<logo>"),
                    STANDARD.encode(b"\x89PNG")
                ),
                part(
                    "application/pdf",
                    Some("attachment"),
                    Some(&given.name),
                    None,
                    STANDARD.encode(&given.content)
                ),
            ]
        );
    }
}
