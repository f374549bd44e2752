//! What receivers do with mail that claims to be a domain's and isn't.
//!
//! Mail by SES passes by its DKIM signature. A record that is there already is never to be replaced.
//!
//! <https://www.rfc-editor.org/rfc/rfc9989>, <https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html>

use crate::{AdviceAction, check::Advised};

/// The names where a record for `domain` may stand: its own first, then those of the domains above it.
pub(super) fn names(domain: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = Some(domain);
    while let Some(name) = rest.filter(|name| name.contains('.')) {
        names.push(format!("_dmarc.{name}"));
        rest = name.split_once('.').map(|(_, above)| above);
    }
    // As receivers do, leave out those in the middle.
    if names.len() > MOST_NAMES {
        names.drain(1..=names.len() - MOST_NAMES);
    }
    names
}

/// The most names that are asked for.
const MOST_NAMES: usize = 5;

/// What to do, by the texts at each of [`names`].
pub(super) fn advise(at: &[(String, Vec<String>)]) -> Advised {
    let of =
        |texts: &[String]| -> Vec<String> { texts.iter().filter(|text| is_dmarc(text)).cloned().collect() };
    let found = at.first().map(|(_, texts)| of(texts)).unwrap_or_default();
    let above = at
        .iter()
        .skip(1)
        .find_map(|(name, texts)| of(texts).into_iter().next().map(|text| (name.clone(), text)));
    let (action, value, message) = match (&found[..], above) {
        ([only], _) if policy(only).is_some() => {
            (AdviceAction::Keep, None, "There is a DMARC record; mail by Amazon SES passes it by its DKIM signature.".to_owned())
        }
        ([_], _) => (
            AdviceAction::FixManually,
            None,
            "The DMARC record has no valid policy, so receivers may ignore it: it needs p=none, p=quarantine or p=reject once."
                .to_owned(),
        ),
        ([], Some((name, text))) => {
            return Advised {
                action: AdviceAction::Keep,
                value: None,
                found: vec![text],
                message: format!("The record at {name} holds for this domain too; mail by Amazon SES passes it by its DKIM signature."),
            };
        }
        ([], None) => (
            AdviceAction::Publish,
            Some("v=DMARC1; p=none".to_owned()),
            "There is no DMARC record. Large receivers such as Gmail and Yahoo ask for one of those who send much; p=none changes \
             nothing for mail that is sent today. Add rua=mailto:… with an address of yours to get reports."
                .to_owned(),
        ),
        _ => (
            AdviceAction::FixManually,
            None,
            "There is more than one DMARC record, so receivers ignore them all. Leave one.".to_owned(),
        ),
    };
    Advised { action, value, found, message }
}

fn is_dmarc(text: &str) -> bool {
    let version = text.split(';').next().unwrap_or_default();
    version.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
}

/// The policy, where there is a valid one.
fn policy(text: &str) -> Option<&str> {
    let tags = text.split(';').filter_map(|tag| tag.split_once('='));
    let mut policies =
        tags.filter(|(name, _)| name.trim().eq_ignore_ascii_case("p")).map(|(_, value)| value.trim());
    let policy = policies.next()?;
    let is_one = ["none", "quarantine", "reject"].iter().any(|known| policy.eq_ignore_ascii_case(known));
    (is_one && policies.next().is_none()).then_some(policy)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advise_on(own: &[&str], above: &[&str]) -> Advised {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        advise(&[("_dmarc.mail.example.com".into(), texts(own)), ("_dmarc.example.com".into(), texts(above))])
    }

    #[test]
    fn the_domain_itself_is_asked_first_and_no_top_domain() {
        assert_eq!(names("mail.example.com"), ["_dmarc.mail.example.com", "_dmarc.example.com"]);
        assert_eq!(names("example.com"), ["_dmarc.example.com"]);
        let many = names("a.b.c.d.e.f.g.example.com");
        assert_eq!(many.len(), MOST_NAMES);
        assert_eq!(many[0], "_dmarc.a.b.c.d.e.f.g.example.com");
        assert_eq!(many[4], "_dmarc.example.com");
    }

    #[test]
    fn a_record_that_is_there_stays_as_it_is() {
        for there in [
            "v=DMARC1; p=none",
            "v=DMARC1;p=reject;rua=mailto:x@example.com",
            "v = DMARC1 ; P = Quarantine ; adkim=s",
        ] {
            let advised = advise_on(&[there, "other"], &[]);
            assert_eq!((advised.action, advised.value), (AdviceAction::Keep, None), "{there}");
            assert_eq!(advised.found, [there]);
        }
    }

    #[test]
    fn a_record_of_the_domain_above_holds_too() {
        let advised = advise_on(&[], &["v=DMARC1; p=reject"]);
        assert_eq!(advised.action, AdviceAction::Keep);
        assert!(advised.message.contains("_dmarc.example.com"), "{}", advised.message);
    }

    #[test]
    fn where_there_is_none_a_harmless_one_is_advised() {
        for texts in [&[][..], &["v=spf1 -all"], &["DMARC1"], &["v=DMARC10; p=none"]] {
            let advised = advise_on(texts, &[]);
            assert_eq!(advised.action, AdviceAction::Publish, "{texts:?}");
            assert_eq!(advised.value.as_deref(), Some("v=DMARC1; p=none"));
        }
    }

    #[test]
    fn what_receivers_ignore_is_to_be_mended_by_hand() {
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
