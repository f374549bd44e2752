//! The counts by domain, template, region or tag.

use super::EmailCounts;

/// The number of values with counts of their own while emails are counted.
const MAX_COUNTED: usize = 256;

/// The number of values that are stored for an hour.
const MAX_STORED: usize = 32;

/// Counts by value. Values beyond a limit are counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Sorted by value.
    values: Vec<(String, EmailCounts)>,
    other: EmailCounts,
}

impl Groups {
    /// Returns the counts by value, sorted by value.
    #[must_use]
    pub fn values(&self) -> &[(String, EmailCounts)] {
        &self.values
    }

    /// Returns the counts of all other values.
    #[must_use]
    pub const fn other(&self) -> EmailCounts {
        self.other
    }

    /// Returns the counts of a value.
    #[must_use]
    pub fn get(&self, value: &str) -> EmailCounts {
        self.find(value).map(|index| self.values[index].1).unwrap_or_default()
    }

    fn find(&self, value: &str) -> Result<usize, usize> {
        self.values.binary_search_by(|(known, _)| known.as_str().cmp(value))
    }

    /// Adds counts to a value.
    pub fn add(&mut self, value: &str, counts: EmailCounts) {
        match self.find(value) {
            Ok(index) => self.values[index].1 += counts,
            Err(index) if self.values.len() < MAX_COUNTED => {
                self.values.insert(index, (value.to_owned(), counts));
            }
            Err(_) => self.other += counts,
        }
    }

    /// Adds the counts of other emails.
    pub fn merge(&mut self, added: &Self) {
        for (value, counts) in &added.values {
            self.add(value, *counts);
        }
        self.other += added.other;
    }

    /// Keeps the `most` values with the most emails, and counts the others together.
    pub fn keep_largest(&mut self, most: usize) {
        if self.values.len() > most {
            // A stable sort: of values with as many emails, the first ones stay.
            self.values.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.accepted));
            for (_, counts) in self.values.drain(most..) {
                self.other += counts;
            }
            self.values.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }

    /// Returns the stored form: a line with the counts of all other values, and one with the counts of each value.
    #[must_use]
    pub fn into_text(mut self) -> String {
        self.keep_largest(MAX_STORED);
        let mut text = self.other.to_text();
        for (value, counts) in self.values {
            text.push('\n');
            counts.write(&mut text);
            text.push('\t');
            text.push_str(&value);
        }
        text
    }

    /// Parses the stored form.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let mut lines = text.split('\n');
        let other = EmailCounts::from_text(lines.next()?)?;
        let mut values = Vec::new();
        for line in lines {
            let (counts, value) = line.split_once('\t')?;
            values.push((value.to_owned(), EmailCounts::from_text(counts)?));
        }
        Some(Self { values, other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accepted: u32) -> EmailCounts {
        EmailCounts { accepted, ..EmailCounts::default() }
    }

    #[test]
    fn groups_are_restored_from_their_stored_form() {
        let mut groups = Groups::default();
        assert_eq!(Groups::from_text(""), Some(groups.clone()));
        groups.add("b.example", accepted(2));
        groups.add("a.example", accepted(1));
        groups.add("b.example", accepted(3));
        assert_eq!(groups.clone().into_text(), "\n1 \ta.example\n5 \tb.example");
        assert_eq!(Groups::from_text(&groups.clone().into_text()), Some(groups));
        assert_eq!(Groups::from_text("\n1"), None);
    }

    #[test]
    fn the_largest_values_are_stored_and_no_email_is_lost() {
        let mut groups = Groups::default();
        for number in 0..1000_u32 {
            groups.add(&format!("campaign={number:04}"), accepted(1));
        }
        groups.add("campaign=0007", accepted(9));
        assert_eq!(groups.values().len(), MAX_COUNTED);
        let stored = Groups::from_text(&groups.into_text()).unwrap();
        assert_eq!(stored.values().len(), MAX_STORED);
        assert_eq!(stored.get("campaign=0007"), accepted(10));
        let shown: u32 = stored.values().iter().map(|(_, counts)| counts.accepted).sum();
        assert_eq!(shown + stored.other().accepted, 1009);
    }
}
