//! SQL of a Durable Object: synchronous statements and transactions.

use std::cell::Cell;

use js_sys::{Array, Uint8Array};
use time::OffsetDateTime;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use worker::{State, worker_sys::DurableObjectStorage};

use crate::{clock, http::Error};

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage`, with the method that the `worker` crate doesn't bind.
    ///
    /// <https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#transactionsync>
    type TransactionStorage;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &TransactionStorage,
        closure: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage.sql`.
    type Statements;
    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &Statements, sql: &str, values: Array) -> Result<Cursor, JsValue>;
    #[wasm_bindgen(method, getter, js_name = databaseSize)]
    fn database_size(this: &Statements) -> f64;

    type Cursor;
    #[wasm_bindgen(method)]
    fn raw(this: &Cursor) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = rowsWritten)]
    fn rows_written(this: &Cursor) -> u32;
}

/// The database of a Durable Object. Statements are synchronous: nothing else runs between two of them unless there is an `await`.
pub(crate) struct Sql {
    storage: TransactionStorage,
    statements: Statements,
    rollbacks: Cell<u32>,
}

impl Sql {
    pub(crate) fn new(state: &State) -> Self {
        let storage = state.storage();
        let raw: &DurableObjectStorage = storage.as_raw();
        let statements = JsValue::from(raw.sql()).unchecked_into();
        let storage = AsRef::<JsValue>::as_ref(raw).clone().unchecked_into();
        Self { storage, statements, rollbacks: Cell::new(0) }
    }

    /// Runs a statement. Returns the number of rows it wrote, index entries included.
    ///
    /// # Errors
    /// The error of SQLite or of the storage.
    pub(crate) fn run<const N: usize>(&self, sql: &str, values: [JsValue; N]) -> Result<u32, Error> {
        self.run_list(sql, values)
    }

    /// As [`Self::run`], with any number of values.
    pub(crate) fn run_list(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = JsValue>,
    ) -> Result<u32, Error> {
        Ok(self.exec(sql, values)?.rows_written())
    }

    /// Returns all rows.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn rows<const N: usize>(&self, sql: &str, values: [JsValue; N]) -> Result<Vec<Row>, Error> {
        self.rows_list(sql, values)
    }

    /// As [`Self::rows`], with any number of values.
    pub(crate) fn rows_list(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = JsValue>,
    ) -> Result<Vec<Row>, Error> {
        // One call returns all rows as arrays.
        let rows = Array::from(&self.exec(sql, values)?.raw());
        Ok(rows.iter().map(|row| Row(row.unchecked_into())).collect())
    }

    /// Returns the first row.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn row<const N: usize>(&self, sql: &str, values: [JsValue; N]) -> Result<Option<Row>, Error> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// Returns the number that the statement counts.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn count<T: TryFrom<i64> + Default, const N: usize>(
        &self,
        sql: &str,
        values: [JsValue; N],
    ) -> Result<T, Error> {
        self.row(sql, values)?.map_or_else(|| Ok(T::default()), |row| row.integer(0))
    }

    fn exec(&self, sql: &str, values: impl IntoIterator<Item = JsValue>) -> Result<Cursor, Error> {
        let cursor = self.statements.exec(sql, values.into_iter().collect());
        cursor.map_err(|error| worker::Error::from(error).into())
    }

    /// Runs `work` in a transaction: all of its statements take effect, or none. Memory that mirrors the database must be changed only
    /// after the transaction has returned.
    ///
    /// # Errors
    /// The error of `work`, or of the commit.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let mut work = Some(work);
        let mut result = None;
        let committed = self.storage.transaction_sync(&mut || {
            let Some(work) = work.take() else { return Ok(()) };
            let done = work();
            let rolls_back = done.is_err();
            result = Some(done);
            if rolls_back { Err(JsValue::from_str("rolled back")) } else { Ok(()) }
        });
        match (committed, result) {
            (Ok(_), Some(done)) => done,
            (Err(_), Some(Err(error))) => {
                self.rollbacks.set(self.rollbacks.get().wrapping_add(1));
                Err(error)
            }
            (Err(error), _) => {
                self.rollbacks.set(self.rollbacks.get().wrapping_add(1));
                Err(worker::Error::from(error).into())
            }
            (Ok(_), None) => Err(Error::internal("a transaction didn't run")),
        }
    }

    /// Returns how often a transaction was rolled back. What was cached before the last rollback may not be in the database.
    pub(crate) const fn rollbacks(&self) -> &Cell<u32> {
        &self.rollbacks
    }

    /// Returns the size of the database in bytes.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is a whole number below 2^53"
    )]
    pub(crate) fn size(&self) -> u64 {
        self.statements.database_size() as u64
    }
}

/// A row of a result. Columns are read by position.
pub(crate) struct Row(Array);

impl Row {
    /// Returns the values of all columns.
    pub(crate) fn values(&self) -> impl Iterator<Item = JsValue> {
        self.0.iter()
    }

    /// Returns a text.
    ///
    /// # Errors
    /// Fails if the column holds another type.
    pub(crate) fn text(&self, column: u32) -> Result<String, Error> {
        self.0.get(column).as_string().ok_or_else(|| unexpected(column))
    }

    /// Returns a text, or `None` for null.
    pub(crate) fn optional_text(&self, column: u32) -> Option<String> {
        self.0.get(column).as_string()
    }

    /// Returns an integer.
    ///
    /// # Errors
    /// Fails if the column holds another type or is too large for `T`.
    pub(crate) fn integer<T: TryFrom<i64>>(&self, column: u32) -> Result<T, Error> {
        self.optional_integer(column)?.ok_or_else(|| unexpected(column))
    }

    /// Returns an integer, or `None` for null.
    ///
    /// # Errors
    /// As [`Self::integer`].
    pub(crate) fn optional_integer<T: TryFrom<i64>>(&self, column: u32) -> Result<Option<T>, Error> {
        #[expect(clippy::cast_possible_truncation, reason = "integers in storage are below 2^53")]
        let number = self.0.get(column).as_f64().map(|number| number as i64);
        number.map(|number| T::try_from(number).map_err(|_| unexpected(column))).transpose()
    }

    /// Returns a time stored in milliseconds since 1970, or `None` for null.
    ///
    /// # Errors
    /// As [`Self::integer`].
    pub(crate) fn optional_time(&self, column: u32) -> Result<Option<OffsetDateTime>, Error> {
        Ok(self.optional_integer(column)?.map(clock::from_milliseconds))
    }

    /// Returns a time stored in milliseconds since 1970.
    ///
    /// # Errors
    /// As [`Self::integer`].
    pub(crate) fn time(&self, column: u32) -> Result<OffsetDateTime, Error> {
        Ok(clock::from_milliseconds(self.integer(column)?))
    }

    /// Returns bytes.
    ///
    /// # Errors
    /// Fails if the column holds another type.
    pub(crate) fn bytes(&self, column: u32) -> Result<Vec<u8>, Error> {
        let value = self.0.get(column);
        if value.is_instance_of::<js_sys::ArrayBuffer>() || value.is_instance_of::<Uint8Array>() {
            Ok(Uint8Array::new(&value).to_vec())
        } else {
            Err(unexpected(column))
        }
    }

    /// Returns exactly `N` bytes, or `None` for null.
    ///
    /// # Errors
    /// As [`Self::array`].
    pub(crate) fn optional_array<const N: usize>(&self, column: u32) -> Result<Option<[u8; N]>, Error> {
        if self.0.get(column).is_null() { Ok(None) } else { self.array(column).map(Some) }
    }

    /// Returns exactly `N` bytes.
    ///
    /// # Errors
    /// Fails if the column holds another type or length.
    pub(crate) fn array<const N: usize>(&self, column: u32) -> Result<[u8; N], Error> {
        let value = Uint8Array::new(&self.0.get(column));
        let mut bytes = [0; N];
        if value.length() as usize != N {
            return Err(unexpected(column));
        }
        value.copy_to(&mut bytes);
        Ok(bytes)
    }
}

fn unexpected(column: u32) -> Error {
    Error::internal(format!("the storage holds an unexpected value in column {column}"))
}

/// Returns a time as it is stored: milliseconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 have 13 digits, a float keeps 15")]
pub(crate) fn time(at: OffsetDateTime) -> JsValue {
    JsValue::from_f64(clock::to_milliseconds(at) as f64)
}

/// Returns bytes as a value of a statement.
pub(crate) fn blob(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Returns a value, or null for `None`.
pub(crate) fn optional<T: Into<JsValue>>(value: Option<T>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}
