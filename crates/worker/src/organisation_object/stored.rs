//! Values in the table `state`: one row per name, JSON, kept in memory after the first read.

use aws_sans_io::json;
use std::{cell::RefCell, rc::Rc};

use serde::{Serialize, de::DeserializeOwned};

use super::sql::Sql;
use crate::http::Error;

/// The table.
pub(crate) const SCHEMA: &str =
    "CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID";

/// A value with a name. Reads after the first one cost no statement, and writing what is there already costs none.
pub(crate) struct Stored<T> {
    name: &'static str,
    cached: RefCell<Option<Cached<T>>>,
}

struct Cached<T> {
    value: Option<Rc<T>>,
    text: Option<String>,
    /// The database's count of rollbacks when the value was cached.
    rollbacks: u32,
}

impl<T: Serialize + DeserializeOwned> Stored<T> {
    pub(crate) const fn new(name: &'static str) -> Self {
        Self { name, cached: RefCell::new(None) }
    }

    /// Returns the value, or `None` if there is none.
    ///
    /// # Errors
    /// Fails if the storage fails or holds a value of another shape.
    pub(crate) fn get(&self, sql: &Sql) -> Result<Option<Rc<T>>, Error> {
        let rollbacks = sql.rollbacks().get();
        if let Some(cached) = self.cached.borrow().as_ref().filter(|cached| cached.rollbacks == rollbacks) {
            return Ok(cached.value.clone());
        }
        let text = read(sql, self.name)?;
        let value = text.as_deref().map(|text| json::parse(text.as_bytes())).transpose()?.map(Rc::new);
        *self.cached.borrow_mut() = Some(Cached { value: value.clone(), text, rollbacks });
        Ok(value)
    }

    /// Writes the value, or removes it if it is `None`.
    ///
    /// # Errors
    /// Fails if the storage fails; then the value is unchanged.
    pub(crate) fn set(&self, sql: &Sql, value: Option<T>) -> Result<(), Error> {
        let text = value.as_ref().map(serde_json::to_string).transpose()?;
        self.get(sql)?;
        if self.cached.borrow().as_ref().is_some_and(|cached| cached.text == text) {
            return Ok(());
        }
        write(sql, self.name, text.as_deref())?;
        let rollbacks = sql.rollbacks().get();
        *self.cached.borrow_mut() = Some(Cached { value: value.map(Rc::new), text, rollbacks });
        Ok(())
    }
}

// Not methods of the generic type, which would be compiled once for each type.

fn read(sql: &Sql, name: &str) -> Result<Option<String>, Error> {
    let row = sql.row("SELECT value FROM state WHERE name = ?", [name.into()])?;
    row.map(|row| row.text(0)).transpose()
}

fn write(sql: &Sql, name: &str, text: Option<&str>) -> Result<(), Error> {
    match text {
        Some(text) => sql.run(
            "INSERT INTO state (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name.into(), text.into()],
        ),
        None => sql.run("DELETE FROM state WHERE name = ?", [name.into()]),
    }
    .map(drop)
}
