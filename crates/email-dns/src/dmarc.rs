//! Advice on DMARC records.
//!
//! Email sent with SES passes DMARC with its DKIM signature. An existing record is never replaced.
//!
//! <https://www.rfc-editor.org/rfc/rfc9989>, <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html>

use crate::{advice::Advice, report::AdviceAction};

/// The maximum number of names to look up.
const MAX_NAMES: usize = 5;

/// Returns the names at which a record for `domain` may be published: its own first, then those of its parent domains.
pub(super) fn record_names(domain: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = Some(domain);
    while let Some(name) = rest.filter(|name| name.contains('.')) {
        names.push(format!("_dmarc.{name}"));
        rest = name.split_once('.').map(|(_, parent)| parent);
    }
    // Like receivers, skip the names in the middle.
    if names.len() > MAX_NAMES {
        names.drain(1..=names.len() - MAX_NAMES);
    }
    names
}

/// Returns advice based on the TXT records at each of [`record_names`].
pub(super) fn advise(texts_by_name: &[(String, Vec<String>)]) -> Advice {
    let at_first_name = |is_match: fn(&str) -> bool| {
        texts_by_name.iter().enumerate().find_map(|(position, (name, texts))| {
            let found: Vec<String> = texts.iter().filter(|text| is_match(text)).cloned().collect();
            (!found.is_empty()).then_some((position, name, found))
        })
    };
    let fix = |message| (AdviceAction::FixManually, message);
    let (published, almost) = (at_first_name(is_dmarc), at_first_name(is_almost_dmarc));
    // Receivers then apply the record of a parent domain, which isn't what the owner of the closer one expects.
    let is_closer =
        |other: &(usize, _, _)| published.as_ref().is_none_or(|(position, ..)| other.0 < *position);
    if let Some((_, name, found)) = almost.filter(is_closer) {
        let message = format!(
            "The DMARC record at {name} is ignored, because it doesn't start with \"v=DMARC1;\". Remove quotation marks, backslashes \
             and other characters before and after \"v=DMARC1\"."
        );
        return Advice { action: AdviceAction::FixManually, value: None, found, message };
    }
    let Some((position, name, found)) = published else {
        return Advice {
            action: AdviceAction::Publish,
            value: Some("v=DMARC1; p=none".to_owned()),
            found: Vec::new(),
            message: "There is no DMARC record. Gmail, Yahoo and other large providers require one from bulk senders. p=none does not \
                      affect email that you send today. Add rua=mailto:… with your address to receive reports."
                .to_owned(),
        };
    };
    let (action, message) = match &found[..] {
        [only] if policy(only).is_none() => fix(format!(
            "The DMARC record at {name} has no valid policy, so receivers may ignore it. Set p=none, p=quarantine or p=reject exactly \
             once."
        )),
        [_] if position == 0 => (
            AdviceAction::Keep,
            "There is a DMARC record. Email sent with Amazon SES passes it with its DKIM signature."
                .to_owned(),
        ),
        [_] => (
            AdviceAction::Keep,
            format!(
                "The record at {name} also applies to this domain. Email sent with Amazon SES passes it with its DKIM signature."
            ),
        ),
        _ => fix(format!(
            "There are several DMARC records at {name}, so receivers ignore all of them. Keep one."
        )),
    };
    Advice { action, value: None, found, message }
}

fn is_dmarc(text: &str) -> bool {
    let version = text.split(';').next().unwrap_or_default();
    text.starts_with('v')
        && version.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

/// Returns whether a text is meant as a DMARC record but isn't one, such as `v=DMARC1\; p=none` or `v=dmarc1; p=none`.
fn is_almost_dmarc(text: &str) -> bool {
    let start: String = text.chars().filter(char::is_ascii_alphanumeric).take("vdmarc1".len()).collect();
    let start = start.to_ascii_lowercase();
    !is_dmarc(text) && (start == "vdmarc1" || start.starts_with("dmarc1"))
}

/// Returns the policy if there is exactly one and it is valid.
fn policy(text: &str) -> Option<&str> {
    let tags = text.split(';').filter_map(|tag| tag.split_once('='));
    let mut policies =
        tags.filter(|(name, _)| name.trim().eq_ignore_ascii_case("p")).map(|(_, value)| value.trim());
    let policy = policies.next()?;
    let is_known = ["none", "quarantine", "reject"].iter().any(|known| policy.eq_ignore_ascii_case(known));
    (is_known && policies.next().is_none()).then_some(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn advise_on(own: &[&str], parent: &[&str]) -> Advice {
        advise(&[
            ("_dmarc.mail.example.com".into(), owned(own)),
            ("_dmarc.example.com".into(), owned(parent)),
        ])
    }

    #[test]
    fn the_domain_comes_first_and_top_level_domains_are_skipped() {
        assert_eq!(record_names("mail.example.com"), ["_dmarc.mail.example.com", "_dmarc.example.com"]);
        assert_eq!(record_names("example.com"), ["_dmarc.example.com"]);
        let many = record_names("a.b.c.d.e.f.g.example.com");
        assert_eq!(many.len(), MAX_NAMES);
        assert_eq!(many[0], "_dmarc.a.b.c.d.e.f.g.example.com");
        assert_eq!(many[4], "_dmarc.example.com");
    }

    #[test]
    fn an_existing_record_is_kept() {
        for existing in [
            "v=DMARC1; p=none",
            "v=DMARC1;p=reject;rua=mailto:x@example.com",
            "v = DMARC1 ; P = Quarantine ; adkim=s",
        ] {
            let advice = advise_on(&[existing, "other"], &[]);
            assert_eq!((advice.action, advice.value), (AdviceAction::Keep, None), "{existing}");
            assert_eq!(advice.found, [existing]);
        }
    }

    #[test]
    fn a_record_of_the_parent_domain_also_applies() {
        let advice = advise_on(&[], &["v=DMARC1; p=reject"]);
        assert_eq!(advice.action, AdviceAction::Keep);
        assert!(advice.message.contains("_dmarc.example.com"), "{}", advice.message);
    }

    #[test]
    fn a_record_without_effect_on_delivery_is_advised_if_there_is_none() {
        for texts in [&[][..], &["v=spf1 -all"], &["v=DMARC2; p=none"]] {
            let advice = advise_on(texts, &[]);
            assert_eq!(advice.action, AdviceAction::Publish, "{texts:?}");
            assert_eq!(advice.value.as_deref(), Some("v=DMARC1; p=none"));
        }
    }

    #[test]
    fn records_that_receivers_ignore_must_be_fixed_manually() {
        for texts in [
            &["v=DMARC1"][..],
            &["v=DMARC1; p="],
            &["v=DMARC1; p=maybe"],
            &["v=DMARC1; p=none; p=reject"],
            &["v=DMARC1; p=none", "v=DMARC1; p=reject"],
        ] {
            assert_eq!(advise_on(texts, &[]).action, AdviceAction::FixManually, "{texts:?}");
        }
    }

    #[test]
    fn records_of_the_parent_domain_that_receivers_ignore_must_be_fixed_manually() {
        for parent in
            [&["v=DMARC1; p=none", "v=DMARC1; p=reject"][..], &["v=DMARC1; rua=mailto:x@example.com"]]
        {
            let advice = advise_on(&[], parent);
            assert_eq!((advice.action, &advice.found[..]), (AdviceAction::FixManually, &owned(parent)[..]));
            assert!(advice.message.contains("_dmarc.example.com"), "{}", advice.message);
        }
    }

    #[test]
    fn a_text_that_is_almost_a_record_is_shown() {
        for almost in [
            "v=DMARC1\\; p=none",
            "\"v=DMARC1; p=none\"",
            " v=DMARC1; p=none",
            "v=dmarc1; p=none",
            "v=DMARC1 p=none",
            "v=DMARC1, p=none",
            "DMARC1",
            "v=DMARC10; p=none",
        ] {
            for (own, parent) in [(&[almost][..], &["v=DMARC1; p=none"][..]), (&[], &[almost])] {
                let advice = advise_on(own, parent);
                assert_eq!((advice.action, advice.value), (AdviceAction::FixManually, None), "{almost}");
                assert_eq!(advice.found, [almost]);
            }
        }
        assert_eq!(advise_on(&["v=DMARC1; p=none", "v=dmarc1"], &[]).action, AdviceAction::Keep);
    }
}
