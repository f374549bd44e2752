use proptest::prelude::*;

use super::*;
use crate::api_key::SendRestriction;

fn draft() -> EmailDraft {
    EmailDraft {
        from: "Shop <info@example.com>".into(),
        to: vec!["a@example.com".into()],
        subject: "Hello".into(),
        text: Some("Hello!".into()),
        ..EmailDraft::default()
    }
}

fn texts(count: usize, text: &str) -> Vec<String> {
    vec![text.to_owned(); count]
}

fn numbered(count: usize) -> Vec<(String, String)> {
    (0..count).map(|index| (format!("X-{index}"), "v".to_owned())).collect()
}

fn pair(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

/// A change to a valid draft, the invalid field and the code.
type Case = (fn(&mut EmailDraft), &'static str, &'static str);

#[test]
fn an_invalid_field_is_reported_with_its_code() {
    let cases: &[Case] = &[
        (|d| d.from = String::new(), "from", "invalid_email_address"),
        (|d| d.from = "grün@example.com".into(), "from", "unsupported_email_address"),
        (|d| d.from = "A\r\nBcc: x <a@example.com>".into(), "from", "invalid_display_name"),
        (|d| d.to = vec![], "to", "missing_recipient"),
        (|d| d.to.push("x".into()), "to[1]", "invalid_email_address"),
        (|d| d.cc = texts(1, "@"), "cc[0]", "invalid_email_address"),
        (|d| d.bcc = texts(1, "a@b@c.de"), "bcc[0]", "invalid_email_address"),
        (|d| d.bcc = texts(50, "b@example.com"), "to", "too_many_recipients"),
        (|d| d.to = texts(1, "a@example.com, B <b@example.com>"), "to[0]", "several_addresses"),
        (|d| d.to = texts(1, "A <a@example.com>, B <b@example.com>"), "to[0]", "several_addresses"),
        (|d| d.to = texts(1, "A <a@example.com>,"), "to[0]", "invalid_email_address"),
        (|d| d.cc = texts(1, "a@example.com; b@example.com"), "cc[0]", "several_addresses"),
        (|d| d.to = texts(1, "a@example.com, b"), "to[0]", "invalid_email_address"),
        (|d| d.to = texts(1, "Doe, Ada <a@example.com>"), "to[0]", "invalid_display_name"),
        (|d| d.to = texts(1, ","), "to[0]", "invalid_email_address"),
        (|d| d.reply_to = texts(1, ""), "replyTo[0]", "invalid_email_address"),
        (|d| d.reply_to = texts(51, "a@example.com"), "replyTo", "too_many_reply_to"),
        (|d| d.subject = String::new(), "subject", "invalid_subject"),
        (|d| d.subject = " ".into(), "subject", "invalid_subject"),
        (|d| d.subject = "a\r\nBcc: x@example.com".into(), "subject", "invalid_subject"),
        (|d| d.subject = "a".repeat(999), "subject", "invalid_subject"),
        (|d| d.text = None, "text", "missing_content"),
        (|d| d.text = Some(String::new()), "text", "missing_content"),
        (|d| d.html = Some("a".repeat(MAX_CONTENT_BYTES)), "html", "content_too_long"),
        (|d| d.headers = pair("bcc", "x@example.com"), "headers.bcc", "reserved_header"),
        (|d| d.headers = pair("X A", "x"), "headers.X A", "invalid_header_name"),
        (|d| d.headers = pair("X-A", "x\r\nBcc: y"), "headers.X-A", "invalid_header_value"),
        (|d| d.headers = [pair("X-A", "1"), pair("x-a", "2")].concat(), "headers.x-a", "duplicate_header"),
        (|d| d.headers = numbered(16), "headers", "too_many_headers"),
        (|d| d.tags = pair("kraiter-message-id", "x"), "tags.kraiter-message-id", "reserved_tag"),
        (|d| d.tags = pair("a b", "x"), "tags.a b", "invalid_tag"),
        (|d| d.tags = [pair("a", "1"), pair("a", "2")].concat(), "tags.a", "duplicate_tag"),
        (|d| d.tags = numbered(50), "tags", "too_many_tags"),
        (|d| d.region = Some("eu-west-9".into()), "region", "invalid_region"),
    ];
    for (change, field, code) in cases {
        let mut invalid = draft();
        change(&mut invalid);
        let error = Email::try_from(invalid).expect_err(field);
        assert_eq!((error.field.as_str(), error.problem.code()), (*field, *code), "{error}");
        assert!(!error.problem.help().is_empty() && !error.problem.to_string().is_empty());
    }
}

#[test]
fn an_email_at_the_limits_is_accepted() {
    let draft = EmailDraft {
        to: texts(20, "a@example.com"),
        cc: texts(20, "b@example.com"),
        bcc: texts(10, "c@example.com"),
        reply_to: texts(MAX_REPLY_TO, "d@example.com"),
        subject: "é".repeat(998),
        html: Some("<p>".into()),
        headers: numbered(MAX_HEADERS),
        tags: numbered(MAX_TAGS),
        region: Some("eu-west-1".into()),
        ..draft()
    };
    let email = Email::try_from(draft).unwrap();
    assert_eq!(email.recipients().count(), MAX_RECIPIENTS);
    assert_eq!(email.region().map(Region::name), Some("eu-west-1"));
}

#[test]
fn bcc_recipients_are_sufficient() {
    let email =
        Email::try_from(EmailDraft { to: vec![], bcc: texts(1, "a@example.com"), ..draft() }).unwrap();
    assert_eq!(email.recipients().count(), 1);
}

#[test]
fn a_stored_email_is_validated_when_it_is_loaded() {
    let email = Email::try_from(EmailDraft { headers: numbered(2), tags: numbered(2), ..draft() }).unwrap();
    let stored = serde_json::to_string(&email).unwrap();
    assert_eq!(serde_json::from_str::<Email>(&stored).unwrap(), email);
    let invalid = stored.replace("X-1", "Bcc");
    assert!(serde_json::from_str::<Email>(&invalid).unwrap_err().to_string().contains("headers.Bcc"));
}

proptest! {
    #[test]
    fn no_input_panics_and_an_accepted_email_survives_being_a_draft(
        from in "\\PC{0,20}|[a-z]{1,5}@example\\.com",
        to in proptest::collection::vec("[a-zé ]{0,9}<?[a-z]{1,5}@[a-z]{1,5}\\.com>?", 0..4),
        subject in "[\\PC\r\n]{0,12}",
        name in "[ -~]{0,9}",
    ) {
        let draft = EmailDraft {
            from, to, subject, headers: pair(&name, "v"), text: Some("x".into()), ..EmailDraft::default()
        };
        if let Ok(email) = Email::try_from(draft) {
            prop_assert_eq!(Email::try_from(EmailDraft::from(email.clone())), Ok(email));
        }
    }
}

#[test]
fn a_restricted_email_names_the_field_that_its_key_does_not_permit() {
    let draft = EmailDraft {
        from: "shop@example.com".into(),
        to: vec!["a@example.net".into()],
        cc: vec!["b@example.net".into(), "c@example.org".into()],
        subject: "s".into(),
        text: Some("t".into()),
        ..EmailDraft::default()
    };
    let email = Email::try_from(draft).unwrap();
    let restriction = |sender: &str, domains: &[&str]| {
        let domains = domains.iter().map(|domain| domain.parse().unwrap()).collect();
        SendRestriction::new(vec![sender.parse().unwrap()], domains).unwrap()
    };
    let refused = |restriction: &SendRestriction| {
        let error = email.clone().restricted_to(restriction).unwrap_err();
        (error.field, error.problem)
    };
    let sender = refused(&restriction("example.org", &[]));
    assert_eq!(sender, ("from".to_owned(), EmailProblem::SenderNotPermitted));
    let recipient = refused(&restriction("example.com", &["example.net"]));
    assert_eq!(recipient, ("cc[1]".to_owned(), EmailProblem::RecipientNotPermitted));
    // The stored email keeps it.
    let permitted = restriction("example.com", &["example.net", "example.org"]);
    let email = email.restricted_to(&permitted).unwrap();
    let stored = serde_json::to_string(&email).unwrap();
    assert_eq!(serde_json::from_str::<Email>(&stored).unwrap().restriction(), &permitted);
}
