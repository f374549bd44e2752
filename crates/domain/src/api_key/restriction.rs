//! Senders and recipients that a key's emails are limited to.

use email_message::{Mailbox, SenderIdentity};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use crate::{SIMULATOR_DOMAIN, ValidationError};

/// Maximum number of entries of each list.
pub const MAX_RESTRICTION_ENTRIES: usize = 10;

/// Limits of the emails that a key sends. An empty list limits nothing.
///
/// The lists are checked when an email is accepted. Each email carries them until it has finished, and it is sent with credentials whose
/// session policy has the same conditions. So AWS refuses what Kraiter should have refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SendRestriction {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    senders: Vec<SenderIdentity>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    recipient_domains: Vec<SenderIdentity>,
}

/// Why an entry can't limit emails.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RestrictionError {
    #[error("a list has at most {MAX_RESTRICTION_ENTRIES} entries")]
    TooMany,
    #[error("an address with \"*\", \"?\" or \"$\" can't be part of a policy in AWS")]
    Wildcard,
    #[error("recipients are limited by domain, not by address")]
    NotADomain,
}

impl SendRestriction {
    /// Creates a restriction.
    ///
    /// # Errors
    /// Fails with the list and the index of the first entry that is invalid.
    pub fn new(
        senders: Vec<SenderIdentity>,
        recipient_domains: Vec<SenderIdentity>,
    ) -> Result<Self, (&'static str, usize, RestrictionError)> {
        for (list, entries) in [("senders", &senders), ("recipientDomains", &recipient_domains)] {
            if entries.len() > MAX_RESTRICTION_ENTRIES {
                return Err((list, MAX_RESTRICTION_ENTRIES, RestrictionError::TooMany));
            }
            for (index, entry) in entries.iter().enumerate() {
                // In a policy, `*` and `?` match other characters, and `${` begins a variable.
                if entry.as_str().contains(['*', '?', '$']) {
                    return Err((list, index, RestrictionError::Wildcard));
                }
            }
        }
        match recipient_domains.iter().position(|entry| !entry.is_domain()) {
            Some(index) => Err(("recipientDomains", index, RestrictionError::NotADomain)),
            None => Ok(Self { senders, recipient_domains }),
        }
    }

    #[must_use]
    pub fn senders(&self) -> &[SenderIdentity] {
        &self.senders
    }

    #[must_use]
    pub fn recipient_domains(&self) -> &[SenderIdentity] {
        &self.recipient_domains
    }

    /// Returns the restriction of test emails: the same senders, and only the mailbox simulator as recipients.
    ///
    /// # Errors
    /// Doesn't fail: the simulator's domain is valid.
    pub fn for_tests(&self) -> Result<Self, ValidationError> {
        let simulator = SIMULATOR_DOMAIN.parse()?;
        Ok(Self { senders: self.senders.clone(), recipient_domains: vec![simulator] })
    }

    /// Returns whether it limits nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.senders.is_empty() && self.recipient_domains.is_empty()
    }

    #[must_use]
    pub fn permits_sender(&self, sender: &Mailbox) -> bool {
        permits(&self.senders, sender)
    }

    #[must_use]
    pub fn permits_recipient(&self, recipient: &Mailbox) -> bool {
        permits(&self.recipient_domains, recipient)
    }

    /// Returns the condition of a policy that allows to send. AWS matches it case-sensitively, with domains in lower case as Kraiter sends
    /// them. An email has several recipients, so all must match, and there must be at least one.
    ///
    /// <https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html>
    #[must_use]
    pub fn condition(&self) -> Value {
        let mut condition = json!({});
        if !self.senders.is_empty() {
            condition["StringLike"] = json!({ "ses:FromAddress": patterns(&self.senders) });
        }
        if !self.recipient_domains.is_empty() {
            condition["ForAllValues:StringLike"] =
                json!({ "ses:Recipients": patterns(&self.recipient_domains) });
            condition["Null"] = json!({ "ses:Recipients": "false" });
        }
        condition
    }
}

/// Returns whether a mailbox is one of the addresses or belongs to one of the domains. Subdomains are other domains.
fn permits(entries: &[SenderIdentity], mailbox: &Mailbox) -> bool {
    let matches = |entry: &SenderIdentity| {
        entry.as_str() == if entry.is_domain() { mailbox.domain() } else { mailbox.address() }
    };
    entries.is_empty() || entries.iter().any(matches)
}

fn patterns(entries: &[SenderIdentity]) -> Vec<String> {
    let pattern = |entry: &SenderIdentity| {
        if entry.is_domain() { format!("*@{entry}") } else { entry.to_string() }
    };
    entries.iter().map(pattern).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Vec<SenderIdentity> {
        entries.iter().map(|entry| entry.parse().unwrap()).collect()
    }

    fn mailbox(text: &str) -> Mailbox {
        text.parse().unwrap()
    }

    #[test]
    fn a_domain_permits_its_addresses_and_an_address_only_itself() {
        let restriction =
            SendRestriction::new(list(&["Example.com", "Shop@example.org"]), list(&["example.net"])).unwrap();
        for (sender, is_permitted) in [
            ("a@example.com", true),
            ("Ada <a@EXAMPLE.com>", true),
            ("Shop@Example.org", true),
            ("shop@example.org", false),
            ("other@example.org", false),
            ("a@mail.example.com", false),
            ("a@notexample.com", false),
            ("a@example.net", false),
            ("\"a@example.com\"@example.net", false),
        ] {
            assert_eq!(restriction.permits_sender(&mailbox(sender)), is_permitted, "{sender}");
        }
        assert!(restriction.permits_recipient(&mailbox("Bob <bob@example.net>")));
        assert!(!restriction.permits_recipient(&mailbox("a@example.com")));
    }

    #[test]
    fn an_empty_list_limits_nothing() {
        let anyone = SendRestriction::default();
        assert!(anyone.is_empty());
        assert!(anyone.permits_sender(&mailbox("a@b.example")));
        assert!(anyone.permits_recipient(&mailbox("a@b.example")));
        assert_eq!(anyone.condition(), json!({}));
    }

    #[test]
    fn the_condition_of_the_policy_has_the_same_lists() {
        let restriction = SendRestriction::new(
            list(&["bücher.example", "shop@example.org"]),
            list(&["example.net", "example.com"]),
        );
        assert_eq!(
            restriction.unwrap().condition(),
            json!({
                "StringLike": { "ses:FromAddress": ["*@xn--bcher-kva.example", "shop@example.org"] },
                "ForAllValues:StringLike": { "ses:Recipients": ["*@example.net", "*@example.com"] },
                "Null": { "ses:Recipients": "false" },
            })
        );
    }

    #[test]
    fn the_condition_is_the_one_in_the_documentation() {
        const PAGE: &str = include_str!("../../../../docs/api-keys.md");
        let block = PAGE.split("```json policy\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let restriction =
            SendRestriction::new(list(&["example.com", "shop@example.net"]), list(&["example.org"])).unwrap();
        assert_eq!(serde_json::from_str::<Value>(block).unwrap(), restriction.condition());
    }

    #[test]
    fn what_a_policy_would_read_as_a_pattern_is_refused() {
        for address in ["a*@example.com", "a?@example.com", "\"${aws:userid}\"@example.com"] {
            let result = SendRestriction::new(list(&[address]), vec![]);
            assert_eq!(result, Err(("senders", 0, RestrictionError::Wildcard)), "{address}");
        }
        let result = SendRestriction::new(vec![], list(&["example.com", "a@example.com"]));
        assert_eq!(result, Err(("recipientDomains", 1, RestrictionError::NotADomain)));
        let many: Vec<String> = (0..=MAX_RESTRICTION_ENTRIES).map(|n| format!("a{n}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(SendRestriction::new(list(&many[1..]), vec![]).is_ok());
        let result = SendRestriction::new(list(&many), vec![]);
        assert_eq!(result, Err(("senders", MAX_RESTRICTION_ENTRIES, RestrictionError::TooMany)));
    }

    #[test]
    fn a_restriction_is_restored_from_its_stored_form() {
        let restriction = SendRestriction::new(list(&["example.com"]), vec![]).unwrap();
        let text = serde_json::to_string(&restriction).unwrap();
        assert_eq!(text, r#"{"senders":["example.com"]}"#);
        assert_eq!(serde_json::from_str::<SendRestriction>(&text).unwrap(), restriction);
    }
}
