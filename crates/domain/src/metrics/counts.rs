//! The numbers.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// The numbers of a range. An email counts in the interval in which Kraiter accepted it, whenever it was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailCounts {
    /// Emails that Kraiter accepted.
    pub accepted: u32,
    /// Emails that SES accepted.
    pub sent: u32,
    /// Emails that SES refused or rejected, or that couldn't be sent.
    pub failed: u32,
    /// Emails that the mail server of at least one recipient accepted.
    pub delivered: u32,
    /// Emails that permanently bounced for at least one recipient.
    pub bounced: u32,
    /// Emails that at least one recipient marked as spam.
    pub complained: u32,
    /// Emails that at least one recipient opened, if that was tracked. A click counts as an open.
    pub opened: u32,
    /// Emails of which at least one recipient clicked a link, if that was tracked.
    pub clicked: u32,
    /// Recipients of sent emails, as AWS counts them: without those of SES's mailbox simulator.
    pub recipients: u32,
    /// Recipients for which an email permanently bounced, as AWS counts them. Divided by `recipients`, the bounce rate.
    pub recipient_bounces: u32,
    /// Complaints, as AWS counts them. Divided by `recipients`, the complaint rate.
    pub complaints: u32,
}

/// The number of numbers.
const LENGTH: usize = 11;

impl EmailCounts {
    /// Returns the numbers in the order in which they are stored.
    const fn numbers(&mut self) -> [&mut u32; LENGTH] {
        [
            &mut self.accepted,
            &mut self.sent,
            &mut self.failed,
            &mut self.delivered,
            &mut self.bounced,
            &mut self.complained,
            &mut self.opened,
            &mut self.clicked,
            &mut self.recipients,
            &mut self.recipient_bounces,
            &mut self.complaints,
        ]
    }

    /// Writes the stored form: the numbers with a space after each, without zeros at the end.
    pub(super) fn write(mut self, text: &mut String) {
        let numbers = self.numbers();
        let used = numbers.iter().rposition(|number| **number > 0).map_or(0, |last| last + 1);
        for number in &numbers[..used] {
            text.push_str(&number.to_string());
            text.push(' ');
        }
    }

    /// Returns the stored form.
    #[must_use]
    pub fn to_text(self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// Parses the stored form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut counts = Self::default();
        let mut numbers = counts.numbers();
        for (index, number) in text.split_ascii_whitespace().enumerate() {
            **numbers.get_mut(index)? = number.parse().ok()?;
        }
        Some(counts)
    }
}

impl AddAssign for EmailCounts {
    fn add_assign(&mut self, mut other: Self) {
        for (number, other) in self.numbers().into_iter().zip(other.numbers()) {
            *number = number.saturating_add(*other);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zeros_at_the_end_take_no_space() {
        let counts = EmailCounts { accepted: 7, failed: 2, ..EmailCounts::default() };
        assert_eq!(counts.to_text(), "7 0 2 ");
        assert_eq!(EmailCounts::default().to_text(), "");
        for invalid in ["x", "-1", "1 2 3 4 5 6 7 8 9 10 11 12"] {
            assert_eq!(EmailCounts::from_text(invalid), None, "{invalid}");
        }
    }

    proptest! {
        #[test]
        fn counts_are_restored_from_their_stored_form(numbers: [u32; LENGTH]) {
            let mut counts = EmailCounts::default();
            for (number, value) in counts.numbers().into_iter().zip(numbers) {
                *number = value;
            }
            prop_assert_eq!(EmailCounts::from_text(&counts.to_text()), Some(counts));
        }
    }
}
