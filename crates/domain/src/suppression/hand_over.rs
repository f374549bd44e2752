//! Whom a mail still goes to when its turn comes.
//!
//! The list is looked at when a mail is accepted. One that waits for its time, its turn or the day's quota is looked at again: who has
//! complained or unsubscribed meanwhile gets nothing any more.

use std::collections::HashMap;

use time::OffsetDateTime;

use super::{AddressKey, SuppressedRecipient, Suppression};
use crate::{
    delivery::{EmailError, EmailStatus, EmailStepKind, History, Settlement},
    email::Email,
};

/// Whom a mail still goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipients {
    /// To all that it had.
    All,
    /// To fewer.
    Fewer(Box<Email>),
    /// To nobody: it has come to its end.
    Nobody(Settlement),
}

impl Recipients {
    /// Those of `email` who aren't suppressed; `history` is what was done with it so far.
    #[must_use]
    pub fn of(
        email: &Email,
        history: &History,
        suppressions: &HashMap<AddressKey, Suppression>,
        now: OffsetDateTime,
    ) -> Self {
        if !email.recipients().any(|mailbox| suppressions.contains_key(&AddressKey::from(mailbox))) {
            return Self::All;
        }
        match email.clone().without_suppressed(suppressions) {
            Ok(fewer) => Self::Fewer(Box::new(fewer)),
            Err(recipients) => Self::Nobody(end(&recipients, history.clone(), now)),
        }
    }
}

/// Code of the error of an email whose recipients are all suppressed.
pub const ALL_SUPPRESSED: &str = "recipients_suppressed";

/// Returns a sentence that names the suppressed recipients and the reasons.
#[must_use]
pub fn all_suppressed_message(recipients: &[SuppressedRecipient]) -> String {
    let named = recipients.iter().map(|out| format!("{} ({})", out.address, out.reason.sentence()));
    format!("No mail goes to any of the recipients: {}.", named.collect::<Vec<_>>().join(", "))
}

/// Returns the final state of an email without recipients. An email that SES may have accepted earlier is not reported as failed.
fn end(recipients: &[SuppressedRecipient], mut history: History, now: OffsetDateTime) -> Settlement {
    if history.tells_of_doubt() {
        history.add(now, EmailStepKind::GaveUp, Some(ALL_SUPPRESSED));
        return Settlement::known(EmailStatus::Unconfirmed, history);
    }
    history.add(now, EmailStepKind::Failed, Some(ALL_SUPPRESSED));
    let error = EmailError { code: ALL_SUPPRESSED.to_owned(), message: all_suppressed_message(recipients) };
    Settlement { error: Some(error), ..Settlement::known(EmailStatus::Failed, history) }
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

    fn left(suppressed: &[&str], history: &History) -> Recipients {
        let suppressions = suppressed.iter().map(|text| {
            let address: AddressKey = text.parse().unwrap();
            let (reason, since) = (SuppressionReason::Complaint, NOW);
            (address.clone(), Suppression { address, reason, since, email_id: None })
        });
        Recipients::of(&email(), history, &suppressions.collect(), NOW)
    }

    #[test]
    fn others_on_the_list_change_nothing_and_one_of_two_is_left_out() {
        let history = History::default();
        assert_eq!(left(&[], &history), Recipients::All);
        assert_eq!(left(&["carol@example.com"], &history), Recipients::All);
        let Recipients::Fewer(fewer) = left(&["ada@example.com"], &history) else { panic!("nobody is left") };
        assert_eq!((fewer.recipient_count(), fewer.suppressed()[0].field.as_str()), (1, "to[0]"));
    }

    #[test]
    fn a_mail_to_nobody_has_failed_unless_it_may_have_been_sent_before() {
        let all = ["ada@example.com", "bob@example.com"];
        let mut history = History::default();
        history.add(NOW, EmailStepKind::Queued, Some("rate"));
        let Recipients::Nobody(failed) = left(&all, &history) else { panic!("somebody is left") };
        assert_eq!(failed.status, EmailStatus::Failed);
        assert_eq!(failed.history.0.last().map(|step| step.step), Some(EmailStepKind::Failed));
        let error = failed.error.unwrap();
        assert_eq!(error.code, "recipients_suppressed");
        assert!(all.iter().all(|address| error.message.contains(address)), "{}", error.message);

        history.add(NOW, EmailStepKind::Unconfirmed, Some("aws_unreachable"));
        history.add(NOW, EmailStepKind::Retried, None);
        let Recipients::Nobody(doubtful) = left(&all, &history) else { panic!("somebody is left") };
        assert_eq!((doubtful.status, doubtful.error), (EmailStatus::Unconfirmed, None));
        assert_eq!(doubtful.history.0.last().map(|step| step.step), Some(EmailStepKind::GaveUp));
    }
}
