//! Quotas: how much an organisation may store. `docs/limits.md` lists them.

/// Something that an organisation may store only so much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quota {
    /// Templates.
    Templates,
    /// Bytes of all stored versions of all templates.
    TemplateBytes,
    /// Addresses suppressed by hand or by an import. Bounces, complaints and unsubscribes are always recorded.
    Suppressions,
    /// Sessions created with one API key.
    Sessions,
    /// Sender identities in one region.
    Identities,
    /// Emails scheduled for later.
    ScheduledEmails,
    /// Bytes of the organisation's database. A Durable Object has 10 GB; what is left is for events and deletions, which must not fail.
    ///
    /// <https://developers.cloudflare.com/durable-objects/platform/limits/>
    StoredBytes,
}

impl Quota {
    pub const ALL: [Self; 7] = [
        Self::Templates,
        Self::TemplateBytes,
        Self::Suppressions,
        Self::Sessions,
        Self::Identities,
        Self::ScheduledEmails,
        Self::StoredBytes,
    ];

    /// Returns the most that may be stored.
    #[must_use]
    pub const fn limit(self) -> u64 {
        match self {
            Self::Templates => 1_000,
            Self::TemplateBytes => 200_000_000,
            Self::Suppressions => 1_000_000,
            Self::Sessions => 100,
            // SES's own quota.
            Self::Identities => 10_000,
            Self::ScheduledEmails => 100_000,
            Self::StoredBytes => 9_000_000_000,
        }
    }

    /// Returns the stable code of the error.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Templates => "too_many_templates",
            Self::TemplateBytes => "templates_too_large",
            Self::Suppressions => "too_many_suppressions",
            Self::Sessions => "too_many_sessions",
            Self::Identities => "too_many_identities",
            Self::ScheduledEmails => "too_many_scheduled_emails",
            Self::StoredBytes => "storage_full",
        }
    }

    /// Checks what would be stored after a write.
    ///
    /// # Errors
    /// The quota, if `stored` exceeds it.
    pub const fn check(self, stored: u64) -> Result<(), Self> {
        if stored > self.limit() { Err(self) } else { Ok(()) }
    }

    /// Returns what happened, as a sentence.
    #[must_use]
    pub fn message(self) -> String {
        let limit = grouped(self.limit());
        match self {
            Self::Templates => format!("The organisation already has the maximum of {limit} templates."),
            Self::TemplateBytes => {
                format!("The stored versions of all templates would exceed the maximum of {limit} bytes.")
            }
            Self::Suppressions => {
                format!("The addresses suppressed by hand or by imports would exceed the maximum of {limit}.")
            }
            Self::Sessions => format!("This API key already has the maximum of {limit} sessions."),
            Self::Identities => {
                format!("The organisation already has the maximum of {limit} identities in this region.")
            }
            Self::ScheduledEmails => {
                format!("The scheduled emails would exceed the maximum of {limit}.")
            }
            Self::StoredBytes => {
                format!("The organisation's stored data has reached the maximum of {limit} bytes.")
            }
        }
    }

    /// Returns how to fix it.
    #[must_use]
    pub const fn help(self) -> &'static str {
        match self {
            Self::Templates | Self::TemplateBytes => "Delete templates that are no longer used.",
            Self::Suppressions => {
                "Remove addresses that you no longer email. Bounces, complaints and unsubscribes are still recorded."
            }
            Self::Sessions => {
                "Sign out of sessions that are no longer used, or sign in with another API key."
            }
            Self::Identities => "Delete identities that are no longer used.",
            Self::ScheduledEmails => {
                "Schedule them later, when others have been sent, or cancel some that are scheduled."
            }
            Self::StoredBytes => {
                "Delete templates, suppressed addresses or scheduled emails, or spread email over several organisations. Delivery history \
                 is deleted automatically as it expires."
            }
        }
    }
}

/// Returns a number with commas between its thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DOCS: &str = include_str!("../../../docs/limits.md");

    #[test]
    fn a_quota_can_be_used_up_but_not_exceeded() {
        for quota in Quota::ALL {
            assert_eq!(quota.check(0), Ok(()));
            assert_eq!(quota.check(quota.limit()), Ok(()));
            assert_eq!(quota.check(quota.limit() + 1), Err(quota));
        }
    }

    #[test]
    fn every_error_names_the_limit_and_how_to_fix_it() {
        let codes: BTreeSet<_> = Quota::ALL.map(Quota::code).into();
        assert_eq!(codes.len(), Quota::ALL.len());
        for quota in Quota::ALL {
            assert!(quota.message().contains(&grouped(quota.limit())), "{}", quota.message());
            assert!(quota.message().ends_with('.') && quota.help().ends_with('.'), "{quota:?}");
        }
    }

    #[test]
    fn every_quota_is_documented() {
        for quota in Quota::ALL {
            let end = format!("| {} | `{}` |", grouped(quota.limit()), quota.code());
            assert_eq!(DOCS.matches(&end).count(), 1, "docs/limits.md has no row that ends with {end}");
        }
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(7, "7"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(grouped(number), text);
        }
    }
}
