//! The numbers.

use std::ops::AddAssign;

/// The numbers that are counted of emails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmailCounts {
    pub accepted: u32,
    /// Emails that SES accepted.
    pub sent: u32,
    /// Emails that SES refused or rejected.
    pub failed: u32,
    /// Emails that the mail server of at least one recipient accepted.
    pub delivered: u32,
    /// Emails that permanently bounced for at least one recipient.
    pub bounced: u32,
    /// Emails that at least one recipient marked as spam.
    pub complained: u32,
    /// Emails that at least one recipient opened. A click shows that, too.
    pub opened: u32,
    pub clicked: u32,
    /// Recipients of sent emails, as AWS counts them.
    pub recipients: u32,
    /// Recipients for which an email permanently bounced, as AWS counts them.
    pub recipient_bounces: u32,
    /// Complaints, as AWS counts them.
    pub complaints: u32,
}

/// The number of numbers.
const LENGTH: usize = 11;

impl EmailCounts {
    const fn numbers(self) -> [u32; LENGTH] {
        [
            self.accepted,
            self.sent,
            self.failed,
            self.delivered,
            self.bounced,
            self.complained,
            self.opened,
            self.clicked,
            self.recipients,
            self.recipient_bounces,
            self.complaints,
        ]
    }

    const fn from_numbers(numbers: [u32; LENGTH]) -> Self {
        let [
            accepted,
            sent,
            failed,
            delivered,
            bounced,
            complained,
            opened,
            clicked,
            recipients,
            recipient_bounces,
            complaints,
        ] = numbers;
        Self {
            accepted,
            sent,
            failed,
            delivered,
            bounced,
            complained,
            opened,
            clicked,
            recipients,
            recipient_bounces,
            complaints,
        }
    }

    /// Writes the stored form: the numbers with a space after each, without zeros at the end.
    pub(super) fn write(self, text: &mut String) {
        let numbers = self.numbers();
        let used = numbers.iter().rposition(|number| *number > 0).map_or(0, |last| last + 1);
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
        let mut numbers = [0; LENGTH];
        for (index, number) in text.split_ascii_whitespace().enumerate() {
            *numbers.get_mut(index)? = number.parse().ok()?;
        }
        Some(Self::from_numbers(numbers))
    }
}

impl AddAssign for EmailCounts {
    fn add_assign(&mut self, other: Self) {
        let mut numbers = self.numbers();
        for (number, other) in numbers.iter_mut().zip(other.numbers()) {
            *number = number.saturating_add(other);
        }
        *self = Self::from_numbers(numbers);
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
            let counts = EmailCounts::from_numbers(numbers);
            prop_assert_eq!(EmailCounts::from_text(&counts.to_text()), Some(counts));
        }
    }
}
