//! The recipients whom a mail leaves out.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{AddressKey, Suppression, SuppressionReason};
#[cfg(feature = "openapi")]
use crate::api::openapi::Timestamp;
use crate::mail::Email;

/// A recipient whom a mail was not sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppressedRecipient {
    /// Where the recipient stood in the request, such as `to[1]`.
    pub field: String,
    /// The address, as it was written there.
    pub address: String,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "Timestamp"))]
    pub since: OffsetDateTime,
}

impl Email {
    /// The same without those who are suppressed, whom it remembers.
    ///
    /// # Errors
    /// Who is suppressed, where nobody else is left.
    pub fn without_suppressed(
        mut self,
        suppressions: &HashMap<AddressKey, Suppression>,
    ) -> Result<Self, Vec<SuppressedRecipient>> {
        let mut left_out = Vec::new();
        self.retain_recipients(|field, index, mailbox| {
            let Some(found) = suppressions.get(&AddressKey::from(mailbox)) else { return true };
            left_out.push(SuppressedRecipient {
                field: format!("{field}[{index}]"),
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

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::mail::{EmailDraft, Mailbox};

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
    fn where_nobody_is_left_all_are_named() {
        let all = ["ada@example.com", "bob@example.com", "carol@example.com"];
        let out = email().without_suppressed(&suppressed(&all)).unwrap_err();
        let fields: Vec<_> = out.iter().map(|out| out.field.as_str()).collect();
        assert_eq!(fields, ["to[0]", "to[1]", "cc[0]", "bcc[0]"]);
        let left = email().without_suppressed(&suppressed(&all[..2])).unwrap();
        assert!(left.to().is_empty() && left.cc().len() == 1);
    }
}
