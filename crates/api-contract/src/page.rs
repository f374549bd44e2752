//! Pages of a list.

use std::str::FromStr;

use super::FieldError;

/// Which page of a list is asked for: `?limit=20&cursor=<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    /// At most this many rows, 1 to 100; 20 unless told.
    pub limit: u32,
    /// The last id of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Reads a query string.
    ///
    /// # Errors
    /// [`FieldError`] for `limit`, or for a parameter that isn't one.
    pub fn parse(query: &str) -> Result<Self, FieldError> {
        let mut page = Self { limit: 20, cursor: None };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            page.take(&name, &value)?;
        }
        Ok(page)
    }

    /// Reads one parameter.
    ///
    /// # Errors
    /// [`FieldError`] for `limit`, or for a parameter that isn't one.
    pub(super) fn take(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        match name {
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                self.limit = limit.ok_or_else(|| {
                    FieldError::new("limit", "invalid_limit", "`limit` is a number from 1 to 100")
                })?;
            }
            "cursor" => self.cursor = Some(value.to_owned()),
            other => {
                return Err(FieldError::new(
                    other,
                    "unknown_field",
                    format!("`{other}` isn't a parameter of this list"),
                ));
            }
        }
        Ok(())
    }

    /// The id that the page comes after.
    ///
    /// # Errors
    /// [`FieldError`] for `cursor` where it isn't an id of the list's kind.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, FieldError> {
        let id = self.cursor.as_deref().map(str::parse).transpose();
        id.map_err(|_| invalid_cursor())
    }
}

/// What is said of a cursor that no page has given.
pub(super) fn invalid_cursor() -> FieldError {
    FieldError::new("cursor", "invalid_cursor", "`cursor` is the `nextCursor` of the page before")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_bounds() {
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
