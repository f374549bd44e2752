//! Recipients that were suppressed while their email was queued.
//!
//! The suppression list is checked when an email is accepted. If the email is then scheduled or queued, the list is checked again before
//! it is sent.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::{DeliveryResult, EmailError, EmailStatus, EmailStepKind, History};
use crate::{
    email::Email,
    suppression::{AddressKey, SuppressedRecipient, Suppression},
};

/// The recipients that an email can still be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemainingRecipients {
    /// None is suppressed.
    All,
    /// Some are suppressed: the email to the others.
    Some(Box<Email>),
    /// All are suppressed: the final result.
    None(DeliveryResult),
}

impl RemainingRecipients {
    /// Removes suppressed recipients from an email with this history.
    #[must_use]
    pub fn new(
        email: &Email,
        history: &History,
        suppressions: &HashMap<AddressKey, Suppression>,
        now: OffsetDateTime,
    ) -> Self {
        if !email.recipients().any(|mailbox| suppressions.contains_key(&AddressKey::from(mailbox))) {
            return Self::All;
        }
        match email.clone().without_suppressed(suppressions) {
            Ok(email) => Self::Some(Box::new(email)),
            Err(recipients) => Self::None(all_suppressed(&recipients, history.clone(), now)),
        }
    }
}

/// Code of the error of an email without any recipient that isn't suppressed.
pub const ALL_SUPPRESSED: &str = "recipients_suppressed";

/// Returns a sentence that names the suppressed recipients and the reasons.
#[must_use]
pub fn all_suppressed_message(recipients: &[SuppressedRecipient]) -> String {
    let recipients = recipients
        .iter()
        .map(|recipient| format!("{} ({})", recipient.address, recipient.reason.description()));
    format!("All recipients are suppressed: {}.", recipients.collect::<Vec<_>>().join(", "))
}

/// Returns the final result of an email without recipients. An email that may have been sent before has not failed.
fn all_suppressed(
    recipients: &[SuppressedRecipient],
    mut history: History,
    now: OffsetDateTime,
) -> DeliveryResult {
    if history.may_have_been_sent() {
        history.add(now, EmailStepKind::GaveUp, Some(ALL_SUPPRESSED));
        return DeliveryResult::new(EmailStatus::Unconfirmed, history);
    }
    history.add(now, EmailStepKind::Failed, Some(ALL_SUPPRESSED));
    let error = EmailError { code: ALL_SUPPRESSED.to_owned(), message: all_suppressed_message(recipients) };
    DeliveryResult { error: Some(error), ..DeliveryResult::new(EmailStatus::Failed, history) }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{email::EmailDraft, suppression::SuppressionReason};

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn email() -> Email {
        Email::try_from(EmailDraft {
            from: "info@example.com".into(),
            to: vec!["Ada <ada@example.com>".into()],
            cc: vec!["bob@example.com".into()],
            subject: "s".into(),
            text: Some("t".into()),
            ..EmailDraft::default()
        })
        .unwrap()
    }

    fn remaining(suppressed: &[&str], history: &History) -> RemainingRecipients {
        let suppressions = suppressed.iter().map(|text| {
            let address: AddressKey = text.parse().unwrap();
            let (reason, since) = (SuppressionReason::Complaint, NOW);
            (address.clone(), Suppression { address, reason, since, email_id: None })
        });
        RemainingRecipients::new(&email(), history, &suppressions.collect(), NOW)
    }

    #[test]
    fn only_suppressed_recipients_are_removed() {
        let history = History::default();
        assert_eq!(remaining(&[], &history), RemainingRecipients::All);
        assert_eq!(remaining(&["carol@example.com"], &history), RemainingRecipients::All);
        let RemainingRecipients::Some(email) = remaining(&["ada@example.com"], &history) else {
            panic!("no recipient remains")
        };
        assert_eq!((email.recipient_count(), email.suppressed()[0].field.as_str()), (1, "to[0]"));
    }

    #[test]
    fn an_email_without_recipients_fails_unless_it_may_have_been_sent() {
        let all = ["ada@example.com", "bob@example.com"];
        let mut history = History::default();
        history.add(NOW, EmailStepKind::Queued, Some("rate"));
        let RemainingRecipients::None(failed) = remaining(&all, &history) else {
            panic!("a recipient remains")
        };
        assert_eq!(failed.status, EmailStatus::Failed);
        assert_eq!(failed.history.0.last().map(|step| step.step), Some(EmailStepKind::Failed));
        let error = failed.error.unwrap();
        assert_eq!(error.code, "recipients_suppressed");
        assert!(all.iter().all(|address| error.message.contains(address)), "{}", error.message);

        history.add(NOW, EmailStepKind::Unconfirmed, Some("aws_unreachable"));
        history.add(NOW, EmailStepKind::Retried, None);
        let RemainingRecipients::None(unconfirmed) = remaining(&all, &history) else {
            panic!("a recipient remains")
        };
        assert_eq!((unconfirmed.status, unconfirmed.error), (EmailStatus::Unconfirmed, None));
        assert_eq!(unconfirmed.history.0.last().map(|step| step.step), Some(EmailStepKind::GaveUp));
    }
}
