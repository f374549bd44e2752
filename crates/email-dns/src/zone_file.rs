//! A domain's records as a file that name servers and DNS hosts take in.
//!
//! <https://www.rfc-editor.org/rfc/rfc1035#section-5>

use std::fmt::Write;

use aws_sans_io::Region;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Published, PublishedValue};
use crate::{AdviceAction, AdvicePurpose, DnsAdvice};

/// How many seconds resolvers may keep a record: short enough to mend a mistake soon.
const TTL: u32 = 1800;

/// The longest part of a text, in bytes.
/// <https://www.rfc-editor.org/rfc/rfc1035#section-3.3>
const MAX_PART: usize = 255;

/// A domain's records, ready to be written.
#[derive(Clone, Copy, Debug)]
pub struct ZoneFile<'a> {
    /// The domain.
    pub domain: &'a str,
    /// The region that the records are for.
    pub region: Region,
    /// The records that SES needs.
    pub published: &'a [Published],
    /// SPF and DMARC. What would replace a record that is there stands in a comment.
    pub advice: &'a [DnsAdvice],
    /// When it was written.
    pub now: OffsetDateTime,
}

impl ZoneFile<'_> {
    /// The file. Every name in it is whole, so that it fits into any zone that holds the domain.
    #[must_use]
    pub fn write(&self) -> String {
        let at = self.now.format(&Rfc3339).unwrap_or_default();
        let mut file = format!(
            "; {}: DNS records for Amazon SES in {}, written by Kraiter at {at}\n\n\
             ; DKIM: it proves the domain to Amazon SES and signs its mail.\n",
            self.domain, self.region
        );
        for record in self.published {
            let line = match &record.value {
                PublishedValue::Cname(target) => cname(&record.name, target),
                PublishedValue::Key(Some(key)) => txt(&record.name, &key.record_value()),
                PublishedValue::Key(None) => comment(&format!(
                    "{} needs a TXT record with the public half of your own key, which Kraiter wasn't given: p=…",
                    record.name
                )),
            };
            file.push_str(&line);
        }
        for advice in self.advice {
            let purpose = match advice.purpose {
                AdvicePurpose::Spf => "SPF",
                AdvicePurpose::Dmarc => "DMARC",
            };
            file.push('\n');
            file.push_str(&comment(&format!("{purpose}: {}", advice.message)));
            for text in &advice.found {
                file.push_str(&comment(&format!("There is: {text}")));
            }
            if let Some(value) = &advice.value {
                let line = txt(&advice.name, value);
                if advice.action == AdviceAction::Publish {
                    file.push_str(&line);
                } else {
                    file.push_str(&comment(&format!("Make it:  {}", line.trim_end())));
                }
            }
        }
        file
    }
}

fn cname(name: &str, target: &str) -> String {
    format!("{name}. {TTL} IN CNAME {target}.\n")
}

fn txt(name: &str, text: &str) -> String {
    let mut line = format!("{name}. {TTL} IN TXT");
    for part in text.as_bytes().chunks(MAX_PART) {
        line.push_str(" \"");
        for byte in part {
            let _ = match byte {
                b'"' | b'\\' => write!(line, "\\{}", char::from(*byte)),
                0x20..=0x7e => write!(line, "{}", char::from(*byte)),
                other => write!(line, "\\{other:03}"),
            };
        }
        line.push('"');
    }
    line.push('\n');
    line
}

/// A line that nobody reads but people, whatever stands in it.
fn comment(text: &str) -> String {
    let breaks_a_line =
        |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    format!("; {}\n", text.replace(breaks_a_line, "?"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const PUBLIC: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/dkim/rsa-2048.public"));

    fn advice(
        purpose: AdvicePurpose,
        action: AdviceAction,
        value: Option<&str>,
        found: &[&str],
    ) -> DnsAdvice {
        DnsAdvice {
            purpose,
            action,
            kind: "TXT".into(),
            name: "mail.example.com".into(),
            host: None,
            value: value.map(str::to_owned),
            found: found.iter().map(|text| (*text).to_owned()).collect(),
            message: "Because.".into(),
        }
    }

    fn file(published: &[Published], advice: &[DnsAdvice]) -> String {
        ZoneFile {
            domain: "mail.example.com",
            region: "eu-west-1".parse().unwrap(),
            published,
            advice,
            now: datetime!(2026-11-24 12:00 UTC),
        }
        .write()
    }

    fn cname(token: &str) -> Published {
        Published {
            name: format!("{token}._domainkey.mail.example.com"),
            value: PublishedValue::Cname(format!("{token}.dkim.amazonses.com")),
        }
    }

    #[test]
    fn what_is_to_be_published_stands_in_the_file_and_what_would_replace_something_in_a_comment() {
        let advice = [
            advice(
                AdvicePurpose::Spf,
                AdviceAction::Change,
                Some("v=spf1 mx include:amazonses.com -all"),
                &["v=spf1 mx -all"],
            ),
            advice(AdvicePurpose::Dmarc, AdviceAction::Publish, Some("v=DMARC1; p=none"), &[]),
        ];
        insta::assert_snapshot!("zone_file", file(&[cname("one"), cname("two"), cname("three")], &advice));
    }

    #[test]
    fn a_key_longer_than_a_part_is_written_in_parts() {
        let key = Published {
            name: "sel._domainkey.mail.example.com".into(),
            value: PublishedValue::Key(Some(PUBLIC.to_owned().try_into().unwrap())),
        };
        let unknown = Published { name: "sel._domainkey.b.example".into(), value: PublishedValue::Key(None) };
        let file = file(&[key, unknown], &[]);
        let line = file.lines().find(|line| line.starts_with("sel._domainkey.mail")).unwrap();
        let parts: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [255, PUBLIC.len() + 2 - 255]);
        assert_eq!(parts.concat(), format!("p={PUBLIC}"));
        assert!(
            file.lines().all(|line| line.is_empty()
                || line.starts_with(';')
                || line.starts_with("sel._domainkey.mail"))
        );
    }

    proptest! {
        #[test]
        fn nothing_that_is_found_makes_a_record(found in "[\\PC\n\r\u{2028};\"]{0,60}", value in "[\\PC\n\"\\\\]{0,300}") {
            let advice = [
                advice(AdvicePurpose::Spf, AdviceAction::Change, Some(&value), &[&found]),
                advice(AdvicePurpose::Dmarc, AdviceAction::Publish, Some(&value), &[&found]),
            ];
            let file = file(&[], &advice);
            let lines: Vec<&str> = file.lines().filter(|line| !line.is_empty() && !line.starts_with(';')).collect();
            prop_assert_eq!(lines.len(), 1, "{}", file);
            prop_assert!(lines[0].starts_with("mail.example.com. 1800 IN TXT"));
            prop_assert!(lines[0].bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        }
    }
}
