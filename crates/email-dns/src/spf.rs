//! Advice on SPF records.
//!
//! SES uses its own envelope domain, so its email passes SPF without a record of the sender's domain. Including SES still helps with
//! receivers that look for it. An existing record keeps all its terms.
//!
//! <https://www.rfc-editor.org/rfc/rfc7208>, <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html>

mod record;

use self::record::{SpfRecord, Term, TermKind, quote};
use crate::{advice::Advice, report::AdviceAction};

/// The term that authorises SES, and the domain that it includes.
const INCLUDE: &str = "include:amazonses.com";
const SES_DOMAIN: &str = "amazonses.com";

/// The maximum number of terms that require a DNS lookup.
/// <https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4>
const MAX_LOOKUPS: usize = 10;

/// Returns advice based on the domain's TXT records.
pub(super) fn advise(texts: &[String]) -> Advice {
    let matching = |is_match: fn(&str) -> bool| -> Vec<String> {
        texts.iter().filter(|text| is_match(text)).cloned().collect()
    };
    let fix = |message: &str| (AdviceAction::FixManually, None, message.to_owned());
    let found = matching(is_spf);
    let (action, value, message) = match &found[..] {
        [] => {
            let found = matching(is_almost_spf);
            if !found.is_empty() {
                let (action, value, message) = fix(
                    "The SPF record is ignored, because it doesn't start with \"v=spf1\" and a space. Remove quotation marks, spaces \
                     and other characters before and after \"v=spf1\".",
                );
                return Advice { action, value, found, message };
            }
            (
                AdviceAction::Publish,
                Some(format!("v=spf1 {INCLUDE} ~all")),
                "There is no SPF record. Email sent with Amazon SES passes SPF without one, but some receivers expect it. Include \
                 every other service that sends email for this domain."
                    .to_owned(),
            )
        }
        [only] => match SpfRecord::parse(only) {
            Ok(record) => advise_on_record(&record),
            Err(error) => fix(&error.to_string()),
        },
        _ => fix("There are several SPF records, so receivers ignore all of them. Merge them into one."),
    };
    Advice { action, value, found, message }
}

fn advise_on_record(record: &SpfRecord<'_>) -> (AdviceAction, Option<String>, String) {
    let lookups = record.effective_terms().filter(|term| term.kind.needs_lookup()).count();
    let includes_ses = record.effective_terms().any(|term| term.passes && term.includes(SES_DOMAIN));
    // SES itself is moved to the right place. Whether the others still send is for the owner to decide.
    let ignored = record.ignored_mechanisms().find(|term| !term.includes(SES_DOMAIN));
    let keep = |message: &str| (AdviceAction::Keep, None, message.to_owned());
    match ignored {
        Some(term) => (
            AdviceAction::FixManually,
            None,
            format!(
                "\"{}\" has no effect in the SPF record, because it follows \"all\". Move it before \"all\" or remove it.",
                quote(term.text)
            ),
        ),
        None if lookups > MAX_LOOKUPS => (
            AdviceAction::FixManually,
            None,
            "The SPF record requires more than ten DNS lookups, so receivers ignore it. Remove services that no longer send."
                .to_owned(),
        ),
        None if includes_ses => keep("The SPF record includes Amazon SES."),
        None if lookups == MAX_LOOKUPS => keep(
            "The SPF record requires ten DNS lookups, which is the maximum. Leave it unchanged: email sent with Amazon SES passes SPF \
             without being included.",
        ),
        None => (
            AdviceAction::Change,
            Some(with_ses(record)),
            "Add Amazon SES to the existing SPF record. A second record would make both invalid.".to_owned(),
        ),
    }
}

fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

/// Returns whether a text is meant as an SPF record but isn't one, such as `"v=spf1 mx"` with quotation marks or `v=spf1; mx`.
fn is_almost_spf(text: &str) -> bool {
    let start: String = text.chars().filter(char::is_ascii_alphanumeric).take("vspf1".len()).collect();
    let start = start.to_ascii_lowercase();
    start == "vspf1" || start.starts_with("spf1")
}

/// Returns the record with SES added before the term that applies to all other senders.
fn with_ses(record: &SpfRecord<'_>) -> String {
    let terms = record.terms();
    let is_final = |term: &Term<'_>| matches!(term.kind, TermKind::All | TermKind::Redirect);
    let ses_position = terms.iter().position(is_final).unwrap_or(terms.len());
    let after_all = record.all_position().unwrap_or(terms.len());
    let (before, after) = terms.split_at(ses_position);
    let before = before.iter().map(|term| term.text);
    let is_kept = |(position, term): &(usize, &Term<'_>)| *position < after_all || !term.includes(SES_DOMAIN);
    let after = (ses_position..).zip(after).filter(is_kept).map(|(_, term)| term.text);
    let texts: Vec<&str> = ["v=spf1"].into_iter().chain(before).chain([INCLUDE]).chain(after).collect();
    texts.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn advise_on(texts: &[&str]) -> (AdviceAction, Option<String>) {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let advice = advise(&texts);
        (advice.action, advice.value)
    }

    #[test]
    fn a_record_is_advised_if_there_is_none() {
        let published = (AdviceAction::Publish, Some("v=spf1 include:amazonses.com ~all".to_owned()));
        assert_eq!(advise_on(&[]), published);
        assert_eq!(
            advise_on(&["google-site-verification=x", "spf2.0/pra mx", "v=spf2", "v=DMARC1; p=none"]),
            published
        );
    }

    #[test]
    fn an_existing_record_keeps_all_its_terms() {
        for (existing, changed) in [
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
            ("v=spf1 redirect=y.example -all", "v=spf1 include:amazonses.com redirect=y.example -all"),
            ("v=spf1 mx ~all include:amazonses.com", "v=spf1 mx include:amazonses.com ~all"),
        ] {
            assert_eq!(
                advise_on(&[existing, "other"]),
                (AdviceAction::Change, Some(changed.into())),
                "{existing}"
            );
        }
    }

    #[test]
    fn a_record_that_includes_ses_is_kept() {
        for existing in [
            "v=spf1 include:amazonses.com ~all",
            "v=spf1 mx +Include:AmazonSES.com. -all",
            "v=spf1 include:amazonses.com",
        ] {
            assert_eq!(advise_on(&[existing]), (AdviceAction::Keep, None), "{existing}");
        }
    }

    #[test]
    fn records_that_receivers_ignore_must_be_fixed_manually() {
        assert_eq!(advise_on(&["v=spf1 -all", "v=spf1 mx ~all"]), (AdviceAction::FixManually, None));
        for (count, action) in [(11, AdviceAction::FixManually), (10, AdviceAction::Keep)] {
            let full = format!("v=spf1 {}~all", "include:a.example ".repeat(count));
            assert_eq!(advise_on(&[&full]), (action, None));
        }
        let nearly = format!("v=spf1 {}ip4:192.0.2.1 ~all", "include:a.example ".repeat(9));
        assert_eq!(advise_on(&[&nearly]).0, AdviceAction::Change);
    }

    #[test]
    fn a_redirect_beside_all_and_terms_after_all_do_not_count() {
        let full = format!("v=spf1 {}include:amazonses.com", "include:a.example ".repeat(9));
        assert_eq!(advise_on(&[&format!("{full} -all redirect=x.example")]).0, AdviceAction::Keep);
        assert_eq!(advise_on(&[&format!("{full} redirect=x.example")]).0, AdviceAction::FixManually);
        for existing in ["v=spf1 mx ~all include:_spf.example.com", "v=spf1 include:amazonses.com ~all a"] {
            let advice = advise(&[existing.to_owned()]);
            assert_eq!(advice.action, AdviceAction::FixManually, "{existing}");
            let ignored = existing.rsplit(' ').next().unwrap();
            assert!(advice.message.contains(&format!("\"{ignored}\"")), "{}", advice.message);
        }
    }

    #[test]
    fn an_invalid_term_must_be_fixed_manually_and_is_named() {
        for (existing, term) in [
            ("v=spf1 include=amazonses.com ~all", "include=amazonses.com"),
            ("v=spf1 include.amazonses.com -all", "include.amazonses.com"),
            ("v=spf1 include: amazonses.com ~all", "include:"),
            ("v=spf1 includes:_spf.example.net -all", "includes:_spf.example.net"),
            ("v=spf1 ipv4:192.0.2.1 include:amazonses.com ~all", "ipv4:192.0.2.1"),
            ("v=spf1 ip4:203.0.113.7~all", "ip4:203.0.113.7~all"),
            ("v=spf1 mx -all\"", "-all\""),
            ("v=spf1 include:amazonses.com -all allow.example", "allow.example"),
        ] {
            let advice = advise(&[existing.to_owned()]);
            assert_eq!((advice.action, advice.value), (AdviceAction::FixManually, None), "{existing}");
            assert_eq!(advice.found, [existing]);
            assert!(advice.message.contains(&term.escape_debug().to_string()), "{}", advice.message);
        }
    }

    #[test]
    fn a_text_that_is_almost_a_record_is_shown() {
        for almost in [
            "v=spf1; include:amazonses.com",
            "v=spf1\tmx -all",
            " v=spf1 mx -all",
            "\"v=spf1 mx -all\"",
            "v = spf1 mx -all",
            "v=spf1,mx",
            "spf1 mx -all",
            "\u{feff}V=SPF1 mx",
        ] {
            let advice = advise(&["other".to_owned(), almost.to_owned()]);
            assert_eq!((advice.action, advice.value), (AdviceAction::FixManually, None), "{almost}");
            assert_eq!(advice.found, [almost]);
        }
        assert_eq!(advise_on(&["\"v=spf1\"", "v=spf1 include:amazonses.com -all"]).0, AdviceAction::Keep);
    }

    proptest! {
        #[test]
        fn a_changed_record_keeps_every_term_and_needs_no_further_change(
            terms in proptest::collection::vec("[+~?-]?(mx|a|ip4:192\\.0\\.2\\.1|include:x\\.example)|rp=100", 0..8),
            last in "([+~?-]?all)?( exp=e\\.example)?( redirect=y\\.example)?",
        ) {
            let terms: Vec<&str> =
                terms.iter().map(String::as_str).chain(last.split(' ').filter(|term| !term.is_empty())).collect();
            let existing = format!("v=spf1 {}", terms.join(" "));
            let (action, value) = advise_on(&[&existing]);
            prop_assert_eq!(action, AdviceAction::Change);
            let value = value.unwrap();
            let mut other_terms: Vec<&str> = value.split(' ').skip(1).collect();
            other_terms.retain(|term| *term != INCLUDE);
            prop_assert_eq!(other_terms, terms);
            prop_assert_eq!(advise_on(&[&value]).0, AdviceAction::Keep);
        }

        #[test]
        fn no_text_causes_a_panic(text in "\\PC{0,40}|v=spf1 [\\PC]{0,40}") {
            advise_on(&[&text]);
        }
    }
}
