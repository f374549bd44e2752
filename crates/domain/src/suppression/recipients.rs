//! The recipients whom a mail leaves out.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AddressKey, Suppression, SuppressionReason};
use crate::email::Email;
#[cfg(feature = "schemars")]
use crate::schema::Timestamp;

/// A recipient that was removed from an email because it is suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppressedRecipient {
    /// Where the recipient was in the request, such as `to[1]`.
    pub field: String,
    /// The address, as in the request.
    pub address: String,
    /// Why the address is suppressed.
    pub reason: SuppressionReason,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schemars", schemars(with = "Timestamp"))]
    pub since: OffsetDateTime,
}

impl Email {
    /// The same without those who are suppressed, whom it remembers beside those who were left out before.
    ///
    /// # Errors
    /// Who was left out, where nobody else is left.
    pub fn without_suppressed(
        mut self,
        suppressions: &HashMap<AddressKey, Suppression>,
    ) -> Result<Self, Vec<SuppressedRecipient>> {
        let earlier = self.suppressed().to_vec();
        let mut left_out = earlier.clone();
        self.retain_recipients(|field, place, mailbox| {
            let Some(found) = suppressions.get(&AddressKey::from(mailbox)) else { return true };
            left_out.push(SuppressedRecipient {
                field: field_in_request(&earlier, field, place),
                address: mailbox.address().to_owned(),
                reason: found.reason,
                since: found.since,
            });
            false
        });
        if self.recipients().next().is_none() {
            return Err(left_out);
        }
        Ok(self.with_suppressed(left_out))
    }
}

/// Where the recipient at this place stood in the request, before those who were left out earlier were taken away.
fn field_in_request(earlier: &[SuppressedRecipient], field: &str, place: usize) -> String {
    let is_taken = |path: &String| earlier.iter().any(|out| out.field == *path);
    let mut left = (0..).map(|index| format!("{field}[{index}]")).filter(|path| !is_taken(path));
    // There is always a further one.
    left.nth(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use email_message::Mailbox;
    use time::macros::datetime;

    use super::*;
    use crate::email::EmailDraft;

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

    fn suppressed(addresses: &[&str]) -> HashMap<AddressKey, Suppression> {
        let suppression = |text: &&str| {
            let address: AddressKey = text.parse().unwrap();
            let since = datetime!(2026-11-24 12:00 UTC);
            let reason = SuppressionReason::Bounce;
            (address.clone(), Suppression { address, reason, since, email_id: None })
        };
        addresses.iter().map(suppression).collect()
    }

    #[test]
    fn who_is_suppressed_is_left_out_by_place_and_the_others_stay() {
        let left = email().without_suppressed(&suppressed(&["bob@example.com"])).unwrap();
        let to: Vec<_> = left.recipients().map(Mailbox::address).collect();
        assert_eq!(to, ["ada@example.com", "carol@example.com"]);
        let out: Vec<_> =
            left.suppressed().iter().map(|out| (out.field.as_str(), out.address.as_str())).collect();
        assert_eq!(out, [("to[1]", "Bob@example.com"), ("bcc[0]", "bob@example.com")]);
        // The outbox keeps it as a draft.
        assert_eq!(Email::try_from(EmailDraft::from(left.clone())).unwrap(), left);
        assert_eq!(email().without_suppressed(&suppressed(&["dave@example.com"])).unwrap(), email());
    }

    #[test]
    fn who_is_left_out_later_is_named_by_the_place_in_the_request_too() {
        let first = email().without_suppressed(&suppressed(&["ada@example.com"])).unwrap();
        let second = first.clone().without_suppressed(&suppressed(&["bob@example.com"])).unwrap();
        let fields =
            |email: &Email| email.suppressed().iter().map(|out| out.field.clone()).collect::<Vec<_>>();
        assert_eq!(fields(&second), ["to[0]", "to[1]", "bcc[0]"]);
        assert_eq!(second.clone().without_suppressed(&HashMap::new()).unwrap(), second);
        let all = second.without_suppressed(&suppressed(&["carol@example.com"])).unwrap_err();
        assert_eq!(all.last().map(|out| out.field.as_str()), Some("cc[0]"));
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn where_nobody_is_left_all_are_named() {
        let all = ["ada@example.com", "bob@example.com", "carol@example.com"];
        let out = email().without_suppressed(&suppressed(&all)).unwrap_err();
        let fields: Vec<_> = out.iter().map(|out| out.field.as_str()).collect();
        assert_eq!(fields, ["to[0]", "to[1]", "cc[0]", "bcc[0]"]);
        let left = email().without_suppressed(&suppressed(&all[..2])).unwrap();
        assert!(left.to().is_empty() && left.cc().len() == 1);
    }
}
