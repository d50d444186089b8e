use chrono::{DateTime, Utc};

use super::error::StoreError;

/// What the store needs of a database. All else is SQL that both know, with `$1` for the first value.
pub trait Database {
    /// What follows a `SELECT` of one row that is about to be taken: a row that another transaction has under its hands is passed over.
    const SKIP_LOCKED: &'static str;

    /// The time, by the one clock of all processes that use this database.
    ///
    /// # Errors
    ///
    /// When the database does not tell.
    fn now(&mut self) -> Result<DateTime<Utc>, StoreError>;

    /// Does the work in a transaction, and commits it if the work was done.
    ///
    /// # Errors
    ///
    /// That of the work, or of the commit; then nothing has changed.
    fn transaction<T>(&mut self, work: impl FnOnce(&mut dyn Tables) -> Result<T, StoreError>) -> Result<T, StoreError>;
}

/// The tables within a transaction.
pub trait Tables {
    /// Changes rows; says how many.
    ///
    /// # Errors
    ///
    /// What the database says.
    fn change(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError>;

    /// Reads rows.
    ///
    /// # Errors
    ///
    /// What the database says.
    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;
}

/// What stands for a `$1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the column types of the tables")]
pub enum Value<'v> {
    /// `TEXT`
    Text(&'v str),
    /// `TEXT`, or `NULL`
    Maybe(Option<&'v str>),
    /// `BIGINT`
    Int(i64),
}

/// A value that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the column types of the tables")]
pub enum Cell {
    /// `TEXT`
    Text(String),
    /// `BIGINT`
    Int(i64),
    /// `NULL`
    Null,
}

/// A row that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "its columns")]
pub struct Row(pub Vec<Cell>);

impl Row {
    pub(super) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.maybe(column)?.ok_or(StoreError::Column { column, expected: "text" })
    }

    pub(super) fn maybe(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Cell::Text(text)) => Ok(Some(text.clone())),
            Some(Cell::Null) => Ok(None),
            _ => Err(StoreError::Column { column, expected: "text" }),
        }
    }

    pub(super) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Cell::Int(number)) => Ok(*number),
            _ => Err(StoreError::Column { column, expected: "number" }),
        }
    }

    pub(super) fn time(&self, column: usize) -> Result<DateTime<Utc>, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::Column { column, expected: "time" })
    }
}

/// A time as it is stored: of one length, so that the order of the texts is that of the times.
pub(super) fn stored(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
