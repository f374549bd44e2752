//! Advice on SPF records.
//!
//! SES uses its own envelope domain, so its email passes SPF without a record of the sender's domain. Including SES still helps with
//! receivers that look for it. An existing record keeps all its terms.
//!
//! <https://www.rfc-editor.org/rfc/rfc7208>, <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-spf.html>

use crate::{advice::Advice, report::AdviceAction};

/// The term that authorises SES.
const INCLUDE: &str = "include:amazonses.com";

/// The maximum number of terms that require a DNS lookup.
/// <https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4>
const MAX_LOOKUPS: usize = 10;

/// Returns advice based on the domain's TXT records.
pub(super) fn advise(texts: &[String]) -> Advice {
    let found: Vec<String> = texts.iter().filter(|text| is_spf(text)).cloned().collect();
    let (action, value, message) = match &found[..] {
        [] => (
            AdviceAction::Publish,
            Some(format!("v=spf1 {INCLUDE} ~all")),
            "There is no SPF record. Email sent with Amazon SES passes SPF without one, but some receivers expect it. Include every \
             other service that sends email for this domain.",
        ),
        [only] if lookups(only) > MAX_LOOKUPS => (
            AdviceAction::FixManually,
            None,
            "The SPF record requires more than ten DNS lookups, so receivers ignore it. Remove services that no longer send.",
        ),
        [only] if includes_ses(only) => (AdviceAction::Keep, None, "The SPF record includes Amazon SES."),
        [only] if lookups(only) == MAX_LOOKUPS => (
            AdviceAction::Keep,
            None,
            "The SPF record requires ten DNS lookups, which is the maximum. Leave it unchanged: email sent with Amazon SES passes SPF \
             without being included.",
        ),
        [only] => (
            AdviceAction::Change,
            Some(with_ses(only)),
            "Add Amazon SES to the existing SPF record. A second record would make both invalid.",
        ),
        _ => (
            AdviceAction::FixManually,
            None,
            "There are several SPF records, so receivers ignore all of them. Merge them into one.",
        ),
    };
    Advice { action, value, found, message: message.to_owned() }
}

fn is_spf(text: &str) -> bool {
    let version = text.split(' ').next().unwrap_or_default();
    version.eq_ignore_ascii_case("v=spf1")
}

/// Returns a term without its qualifier.
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

/// Returns whether a term has this mechanism or modifier: `a`, `a:example.com`, `a/24`, `redirect=example.com`.
fn has_name(term: &str, name: &str) -> bool {
    let Some((start, rest)) = mechanism(term).split_at_checked(name.len()) else { return false };
    start.eq_ignore_ascii_case(name) && (rest.is_empty() || rest.starts_with([':', '/', '=']))
}

fn lookups(text: &str) -> usize {
    let needs_lookup = |term: &&str| {
        ["include", "a", "mx", "ptr", "exists", "redirect"].iter().any(|name| has_name(term, name))
    };
    terms(text).filter(needs_lookup).count()
}

/// Returns the record with SES added before the term that applies to all other senders.
fn with_ses(text: &str) -> String {
    let is_final = |term: &str| has_name(term, "all") || has_name(term, "redirect");
    let (mut record, mut is_added) = ("v=spf1".to_owned(), false);
    for term in terms(text) {
        if is_final(term) && !is_added {
            record.push(' ');
            record.push_str(INCLUDE);
            is_added = true;
        }
        record.push(' ');
        record.push_str(term);
    }
    if !is_added {
        record.push(' ');
        record.push_str(INCLUDE);
    }
    record
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
            advise_on(&["google-site-verification=x", "v=spf10 x", "spf1", "v=DMARC1; p=none"]),
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
            ("v=spf1 allow.example", "v=spf1 allow.example include:amazonses.com"),
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

    proptest! {
        #[test]
        fn a_changed_record_keeps_every_term_and_needs_no_further_change(
            terms in proptest::collection::vec("[+~?-]?(mx|a|all|ip4:192\\.0\\.2\\.1|include:x\\.example|redirect=y\\.example)", 0..8),
        ) {
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
