//! Who may send mail of a domain.
//!
//! SES sends with an envelope address of its own, so its mail passes SPF without a record of the customer's. A record says to
//! others that SES may send for the domain; one that is there already keeps everything that it says.
//!
//! <https://www.rfc-editor.org/rfc/rfc7208>, <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html>

use crate::{AdviceAction, check::Advised};

/// What lets SES send.
const INCLUDE: &str = "include:amazonses.com";

/// How many terms of a record may ask DNS.
/// <https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4>
const MOST_LOOKUPS: usize = 10;

/// What to do about the texts of a domain's TXT records.
pub(super) fn advise(texts: &[String]) -> Advised {
    let found: Vec<String> = texts.iter().filter(|text| is_spf(text)).cloned().collect();
    let (action, value, message) = match &found[..] {
        [] => (
            AdviceAction::Publish,
            Some(format!("v=spf1 {INCLUDE} ~all")),
            "There is no SPF record. Mail by Amazon SES passes SPF without one, but some receivers look for it. Name every other \
             service that sends mail of this domain in it too.",
        ),
        [only] if lookups(only) > MOST_LOOKUPS => (
            AdviceAction::FixManually,
            None,
            "The SPF record has more than ten terms that ask DNS, so receivers ignore it. Take out what no longer sends.",
        ),
        [only] if includes_ses(only) => {
            (AdviceAction::Keep, None, "The SPF record lets Amazon SES send already.")
        }
        [only] if lookups(only) == MOST_LOOKUPS => (
            AdviceAction::Keep,
            None,
            "The SPF record has ten terms that ask DNS, which is the most that receivers follow. Leave it: mail by Amazon SES \
             passes SPF without being named in it.",
        ),
        [only] => (
            AdviceAction::Change,
            Some(with_ses(only)),
            "There is an SPF record: keep it and add Amazon SES to it. A second record would make both invalid.",
        ),
        _ => (
            AdviceAction::FixManually,
            None,
            "There is more than one SPF record, so receivers ignore them all. Put what they say into one.",
        ),
    };
    Advised { action, value, found, message: message.to_owned() }
}

/// Whether a text is a record of SPF.
fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

/// A term without the sign that says what a match means.
fn mechanism(term: &str) -> &str {
    term.strip_prefix(['+', '-', '~', '?']).unwrap_or(term)
}

fn terms(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').skip(1).filter(|term| !term.is_empty())
}

fn includes_ses(text: &str) -> bool {
    terms(text).any(|term| {
        !term.starts_with(['-', '~', '?'])
            && mechanism(term).trim_end_matches('.').eq_ignore_ascii_case(INCLUDE)
    })
}

/// Whether a term begins with this word: `a`, `a:example.com`, `a/24`, `redirect=example.com`.
fn is_a(term: &str, word: &str) -> bool {
    let Some((start, rest)) = mechanism(term).split_at_checked(word.len()) else { return false };
    start.eq_ignore_ascii_case(word) && (rest.is_empty() || rest.starts_with([':', '/', '=']))
}

fn lookups(text: &str) -> usize {
    let asks =
        |term: &&str| ["include", "a", "mx", "ptr", "exists", "redirect"].iter().any(|word| is_a(term, word));
    terms(text).filter(asks).count()
}

/// The same record with SES in it, before what is said of all others.
fn with_ses(text: &str) -> String {
    let ends = |term: &str| is_a(term, "all") || is_a(term, "redirect");
    let (mut written, mut is_in) = ("v=spf1".to_owned(), false);
    for term in terms(text) {
        if ends(term) && !is_in {
            written.push(' ');
            written.push_str(INCLUDE);
            is_in = true;
        }
        written.push(' ');
        written.push_str(term);
    }
    if !is_in {
        written.push(' ');
        written.push_str(INCLUDE);
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn advise_on(texts: &[&str]) -> (AdviceAction, Option<String>) {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let advised = advise(&texts);
        (advised.action, advised.value)
    }

    #[test]
    fn a_domain_without_a_record_gets_one() {
        let published = (AdviceAction::Publish, Some("v=spf1 include:amazonses.com ~all".to_owned()));
        assert_eq!(advise_on(&[]), published);
        assert_eq!(
            advise_on(&["google-site-verification=x", "v=spf10 x", "spf1", "v=DMARC1; p=none"]),
            published
        );
    }

    #[test]
    fn a_record_that_is_there_keeps_all_that_it_says() {
        for (there, changed) in [
            ("v=spf1 -all", "v=spf1 include:amazonses.com -all"),
            ("v=spf1", "v=spf1 include:amazonses.com"),
            (
                "v=spf1 include:_spf.google.com ~all",
                "v=spf1 include:_spf.google.com include:amazonses.com ~all",
            ),
            (
                "V=SPF1 mx a:x.example ip4:192.0.2.0/24 ?ALL",
                "v=spf1 mx a:x.example ip4:192.0.2.0/24 include:amazonses.com ?ALL",
            ),
            ("v=spf1  mx   -all", "v=spf1 mx include:amazonses.com -all"),
            ("v=spf1 redirect=_spf.example.com", "v=spf1 include:amazonses.com redirect=_spf.example.com"),
            (
                "v=spf1 include:eu.amazonses.com.example ~all",
                "v=spf1 include:eu.amazonses.com.example include:amazonses.com ~all",
            ),
            (
                "v=spf1 -include:amazonses.com +all",
                "v=spf1 -include:amazonses.com include:amazonses.com +all",
            ),
            ("v=spf1 allow.example", "v=spf1 allow.example include:amazonses.com"),
        ] {
            assert_eq!(advise_on(&[there, "other"]), (AdviceAction::Change, Some(changed.into())), "{there}");
        }
    }

    #[test]
    fn a_record_with_ses_in_it_stays() {
        for there in [
            "v=spf1 include:amazonses.com ~all",
            "v=spf1 mx +Include:AmazonSES.com. -all",
            "v=spf1 include:amazonses.com",
        ] {
            assert_eq!(advise_on(&[there]), (AdviceAction::Keep, None), "{there}");
        }
    }

    #[test]
    fn what_cannot_be_mended_from_outside_is_left_alone() {
        assert_eq!(advise_on(&["v=spf1 -all", "v=spf1 mx ~all"]), (AdviceAction::FixManually, None));
        for (count, action) in [(11, AdviceAction::FixManually), (10, AdviceAction::Keep)] {
            let full = format!("v=spf1 {}~all", "include:a.example ".repeat(count));
            assert_eq!(advise_on(&[&full]), (action, None));
        }
        let nearly = format!("v=spf1 {}ip4:192.0.2.1 ~all", "include:a.example ".repeat(9));
        assert_eq!(advise_on(&[&nearly]).0, AdviceAction::Change);
    }

    proptest! {
        #[test]
        fn a_changed_record_has_every_term_of_the_old_one_and_stays_afterwards(
            terms in proptest::collection::vec("[+~?-]?(mx|a|all|ip4:192\\.0\\.2\\.1|include:x\\.example|redirect=y\\.example)", 0..8),
        ) {
            let there = format!("v=spf1 {}", terms.join(" "));
            let (action, value) = advise_on(&[&there]);
            prop_assert_eq!(action, AdviceAction::Change);
            let value = value.unwrap();
            let mut left: Vec<&str> = value.split(' ').skip(1).collect();
            left.retain(|term| *term != INCLUDE);
            prop_assert_eq!(left, terms);
            prop_assert_eq!(advise_on(&[&value]).0, AdviceAction::Keep);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}|v=spf1 [\\PC]{0,40}") {
            advise_on(&[&text]);
        }
    }
}
