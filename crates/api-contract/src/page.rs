//! Pagination.

use std::str::FromStr;

use super::FieldError;

/// A query for a page of a list: `?limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// The maximum number of items, 1 to 100. Defaults to 20.
    pub limit: u32,
    /// The last id of the previous page.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Parses a query string.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `limit` or an unknown parameter.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = Self { limit: 20, cursor: None };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            page.parse_parameter(&name, &value)?;
        }
        Ok(page)
    }

    /// Parses one parameter.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `limit` or an unknown parameter.
    pub(super) fn parse_parameter(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        match name {
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                self.limit = limit.ok_or_else(|| {
                    FieldError::new("limit", "invalid_limit", "\"limit\" must be a number from 1 to 100")
                })?;
            }
            "cursor" => self.cursor = Some(value.to_owned()),
            other => return Err(FieldError::unknown_parameter(other)),
        }
        Ok(())
    }

    /// Returns the last id of the previous page.
    ///
    /// # Errors
    /// Fails with a [`FieldError`] for `cursor` if it isn't an id of this list.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, FieldError> {
        let id = self.cursor.as_deref().map(str::parse).transpose();
        id.map_err(|_| invalid_cursor())
    }
}

/// Creates the error for an invalid cursor.
pub(super) fn invalid_cursor() -> FieldError {
    FieldError::new("cursor", "invalid_cursor", "\"cursor\" must be the \"nextCursor\" of the previous page")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_1_to_100_items_after_a_cursor() {
        assert_eq!(PageQuery::parse("").unwrap(), PageQuery { limit: 20, cursor: None });
        assert_eq!(
            PageQuery::parse("limit=100&cursor=a").unwrap(),
            PageQuery { limit: 100, cursor: Some("a".into()) }
        );
        for wrong in ["limit=0", "limit=101", "limit=-1", "limit=x", "limit="] {
            assert_eq!(PageQuery::parse(wrong).unwrap_err().field, "limit", "{wrong}");
        }
        let after = |cursor| PageQuery::parse(cursor).unwrap().after::<domain::EmailId>();
        assert_eq!(after("limit=3").unwrap(), None);
        assert!(after("cursor=eml_019ab0c5d0007000800000000000000a").unwrap().is_some());
        assert_eq!(after("cursor=org_019ab0c5d0007000800000000000000a").unwrap_err().code, "invalid_cursor");
        assert_eq!(PageQuery::parse("offset=3").unwrap_err().field, "offset");
    }
}
