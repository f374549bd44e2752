//! Removing suppressed recipients from an email.

use std::collections::HashMap;

use super::Email;
use crate::suppression::{AddressKey, SuppressedRecipient, Suppression};

impl Email {
    /// Removes suppressed recipients and records them in [`Self::suppressed`].
    ///
    /// # Errors
    /// Returns all suppressed recipients if no other recipient remains.
    pub fn without_suppressed(
        mut self,
        suppressions: &HashMap<AddressKey, Suppression>,
    ) -> Result<Self, Vec<SuppressedRecipient>> {
        let earlier = self.suppressed().to_vec();
        let mut suppressed = earlier.clone();
        self.retain_recipients(|field, index, mailbox| {
            let Some(found) = suppressions.get(&AddressKey::from(mailbox)) else { return true };
            suppressed.push(SuppressedRecipient {
                field: field_in_request(&earlier, field, index),
                address: mailbox.address().to_owned(),
                reason: found.reason,
                since: found.since,
            });
            false
        });
        if self.recipients().next().is_none() {
            return Err(suppressed);
        }
        Ok(self.with_suppressed(suppressed))
    }
}

/// Returns the path that a recipient had in the request, before earlier ones were removed.
fn field_in_request(earlier: &[SuppressedRecipient], field: &str, index: usize) -> String {
    let is_removed = |path: &String| earlier.iter().any(|recipient| recipient.field == *path);
    let mut remaining = (0..).map(|index| format!("{field}[{index}]")).filter(|path| !is_removed(path));
    // The iterator is infinite.
    remaining.nth(index).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use email_message::Mailbox;
    use time::macros::datetime;

    use super::*;
    use crate::{email::EmailDraft, suppression::SuppressionReason};

    fn email() -> Email {
        Email::try_from(EmailDraft {
            from: "info@example.com".into(),
            to: vec!["ada@example.com".into(), "Bob <Bob@example.com>".into()],
            cc: vec!["carol@example.com".into()],
            bcc: vec!["bob@example.com".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        })
        .unwrap()
    }

    fn suppressions(addresses: &[&str]) -> HashMap<AddressKey, Suppression> {
        let suppression = |text: &&str| {
            let address: AddressKey = text.parse().unwrap();
            let since = datetime!(2026-11-24 12:00 UTC);
            let reason = SuppressionReason::Bounce;
            (address.clone(), Suppression { address, reason, since, email_id: None })
        };
        addresses.iter().map(suppression).collect()
    }

    #[test]
    fn suppressed_recipients_are_removed_and_the_others_remain() {
        let email_to_others = email().without_suppressed(&suppressions(&["bob@example.com"])).unwrap();
        let addresses: Vec<_> = email_to_others.recipients().map(Mailbox::address).collect();
        assert_eq!(addresses, ["ada@example.com", "carol@example.com"]);
        let suppressed: Vec<_> = email_to_others
            .suppressed()
            .iter()
            .map(|recipient| (recipient.field.as_str(), recipient.address.as_str()))
            .collect();
        assert_eq!(suppressed, [("to[1]", "Bob@example.com"), ("bcc[0]", "bob@example.com")]);
        // The email is stored as a draft.
        assert_eq!(Email::try_from(EmailDraft::from(email_to_others.clone())).unwrap(), email_to_others);
        assert_eq!(email().without_suppressed(&suppressions(&["dave@example.com"])).unwrap(), email());
    }

    #[test]
    fn a_recipient_that_is_removed_later_keeps_its_path_in_the_request() {
        let first = email().without_suppressed(&suppressions(&["ada@example.com"])).unwrap();
        let second = first.clone().without_suppressed(&suppressions(&["bob@example.com"])).unwrap();
        let fields = |email: &Email| -> Vec<_> {
            email.suppressed().iter().map(|recipient| recipient.field.clone()).collect()
        };
        assert_eq!(fields(&second), ["to[0]", "to[1]", "bcc[0]"]);
        assert_eq!(second.clone().without_suppressed(&HashMap::new()).unwrap(), second);
        let all = second.without_suppressed(&suppressions(&["carol@example.com"])).unwrap_err();
        assert_eq!(all.last().map(|recipient| recipient.field.as_str()), Some("cc[0]"));
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn all_suppressed_recipients_are_returned_if_none_remains() {
        let all = ["ada@example.com", "bob@example.com", "carol@example.com"];
        let suppressed = email().without_suppressed(&suppressions(&all)).unwrap_err();
        let fields: Vec<_> = suppressed.iter().map(|recipient| recipient.field.as_str()).collect();
        assert_eq!(fields, ["to[0]", "to[1]", "cc[0]", "bcc[0]"]);
        let remaining = email().without_suppressed(&suppressions(&all[..2])).unwrap();
        assert!(remaining.to().is_empty() && remaining.cc().len() == 1);
    }
}
