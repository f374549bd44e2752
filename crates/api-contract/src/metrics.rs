//! The query parameters of `GET /metrics`.

use super::FieldError;

/// Maximum number of time series in a response.
pub const MAX_SERIES: u32 = 50_000;

/// How metrics are grouped: `?by=organisation` or `?by=region`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MetricsBy {
    /// By organisation and region.
    #[default]
    Organisation,
    /// By region only.
    Region,
}

impl MetricsBy {
    /// The names in the query string.
    pub const NAMES: [&str; 2] = ["organisation", "region"];

    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with the parameter that is invalid or unknown.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut by = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            by = match (&*name, &*value) {
                ("by", "organisation") => Self::Organisation,
                ("by", "region") => Self::Region,
                ("by", _) => return Err(FieldError::not_one_of("by", "invalid_by", &Self::NAMES)),
                (other, _) => return Err(FieldError::unknown_parameter(other)),
            };
        }
        Ok(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_grouped_by_organisation_by_default() {
        assert_eq!(MetricsBy::parse(""), Ok(MetricsBy::Organisation));
        assert_eq!(MetricsBy::parse("by=region"), Ok(MetricsBy::Region));
        assert_eq!(MetricsBy::parse("by=day").unwrap_err().field, "by");
        assert_eq!(MetricsBy::parse("name=x").unwrap_err().field, "name");
    }
}
