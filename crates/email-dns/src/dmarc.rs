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
    let dmarc_records =
        |texts: &[String]| -> Vec<String> { texts.iter().filter(|text| is_dmarc(text)).cloned().collect() };
    let found = texts_by_name.first().map(|(_, texts)| dmarc_records(texts)).unwrap_or_default();
    let inherited = texts_by_name
        .iter()
        .skip(1)
        .find_map(|(name, texts)| dmarc_records(texts).into_iter().next().map(|text| (name.clone(), text)));
    let (action, value, message) = match (&found[..], inherited) {
        ([only], _) if policy(only).is_some() => {
            (AdviceAction::Keep, None, "There is a DMARC record. Email sent with Amazon SES passes it with its DKIM signature.".to_owned())
        }
        ([_], _) => (
            AdviceAction::FixManually,
            None,
            "The DMARC record has no valid policy, so receivers may ignore it. Set p=none, p=quarantine or p=reject exactly once."
                .to_owned(),
        ),
        ([], Some((name, text))) => {
            return Advice {
                action: AdviceAction::Keep,
                value: None,
                found: vec![text],
                message: format!(
                    "The record at {name} also applies to this domain. Email sent with Amazon SES passes it with its DKIM signature."
                ),
            };
        }
        ([], None) => (
            AdviceAction::Publish,
            Some("v=DMARC1; p=none".to_owned()),
            "There is no DMARC record. Gmail, Yahoo and other large providers require one from bulk senders. p=none does not affect \
             email that you send today. Add rua=mailto:… with your address to receive reports."
                .to_owned(),
        ),
        _ => (
            AdviceAction::FixManually,
            None,
            "There are several DMARC records, so receivers ignore all of them. Keep one.".to_owned(),
        ),
    };
    Advice { action, value, found, message }
}

fn is_dmarc(text: &str) -> bool {
    let version = text.split(';').next().unwrap_or_default();
    version.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
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

    fn advise_on(own: &[&str], parent: &[&str]) -> Advice {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        advise(&[
            ("_dmarc.mail.example.com".into(), texts(own)),
            ("_dmarc.example.com".into(), texts(parent)),
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
        for texts in [&[][..], &["v=spf1 -all"], &["DMARC1"], &["v=DMARC10; p=none"]] {
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
}
