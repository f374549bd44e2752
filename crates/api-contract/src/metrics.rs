//! `GET /metrics`: counts for whoever runs Kraiter.

use super::FieldError;

/// The most series that are answered: what a scraper takes in one answer without strain.
pub const MAX_SERIES: u32 = 50_000;

/// How the counts are told: `?by=organisation` or `?by=region`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsBy {
    /// Each organisation and region by itself.
    #[default]
    Organisation,
    /// Each region, all organisations together.
    Region,
}

impl MetricsBy {
    /// The names, as they stand in the query.
    pub const NAMES: [&str; 2] = ["organisation", "region"];

    /// Reads a query string.
    ///
    /// # Errors
    /// [`FieldError`] with the parameter that is wrong.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut by = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            by = match (&*name, &*value) {
                ("by", "organisation") => Self::Organisation,
                ("by", "region") => Self::Region,
                ("by", _) => {
                    let [one, other] = Self::NAMES;
                    return Err(FieldError::new(
                        "by",
                        "invalid_by",
                        format!("`by` is one of {one} and {other}"),
                    ));
                }
                (other, _) => {
                    let message = format!("`{other}` isn't a parameter of this route");
                    return Err(FieldError::new(other, "unknown_field", message));
                }
            };
        }
        Ok(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_told_by_organisation_unless_asked_for_by_region() {
        assert_eq!(MetricsBy::parse(""), Ok(MetricsBy::Organisation));
        assert_eq!(MetricsBy::parse("by=region"), Ok(MetricsBy::Region));
        assert_eq!(MetricsBy::parse("by=day").unwrap_err().field, "by");
        assert_eq!(MetricsBy::parse("name=x").unwrap_err().field, "name");
    }
}
