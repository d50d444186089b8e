use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql, TransactionBehavior, params_from_iter};

use super::database::{Cell, Database, Row, Tables, Value};
use super::error::StoreError;
use super::schema::{TABLES, VERSION};

/// A store in a file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Connection,
}

/// What the head of the file says of its content: "ADES".
const APPLICATION: i64 = 0x4144_4553;

impl Sqlite {
    /// Opens a file, or makes a new one with the tables.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotOurs`] for a file that is something else, [`StoreError::Newer`], [`StoreError::Open`]. Such a file stays as it is.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                StoreError::NotOurs { place: place.clone(), found: "no SQLite database".to_owned() }
            }
            _ => StoreError::Open { place: place.clone(), reason: error.to_string() },
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        connection.busy_timeout(Duration::from_secs(30)).map_err(failed)?;

        // Reading comes first: nothing is written to a file of somebody else's.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred).map_err(failed)?;
        let number = |sql: &str| transaction.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
        let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
        let things = number("SELECT COUNT(*) FROM sqlite_schema")?;
        let is_new = application == 0 && version == 0 && things == 0;
        if !is_new && application != APPLICATION {
            return Err(StoreError::NotOurs { place, found: "a database of another program".to_owned() });
        }
        if version > VERSION {
            return Err(StoreError::Newer { place, found: version, known: VERSION });
        }
        drop(transaction);
        // Readers do not wait for the writer. A commit is on the disk when it is acknowledged.
        connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").map_err(failed)?;
        if is_new {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
            // Another process may have been faster.
            let things: i64 =
                transaction.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
            if things == 0 {
                for table in TABLES {
                    transaction.execute_batch(table).map_err(failed)?;
                }
                transaction.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
                transaction.pragma_update(None, "user_version", VERSION).map_err(failed)?;
            }
            transaction.commit().map_err(failed)?;
        }
        connection.set_prepared_statement_cache_capacity(64);
        Ok(Self { connection })
    }
}

impl Database for Sqlite {
    /// A transaction that writes is alone.
    const SKIP_LOCKED: &'static str = "";

    fn now(&mut self) -> Result<DateTime<Utc>, StoreError> {
        Ok(apple_ade::Stamp::from_system().now())
    }

    fn transaction<T>(&mut self, work: impl FnOnce(&mut dyn Tables) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::database)?;
        // What is not committed is rolled back when it is dropped.
        let done = work(&mut &*transaction)?;
        transaction.commit().map_err(StoreError::database)?;
        Ok(done)
    }
}

impl Tables for &Connection {
    fn change(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.prepare_cached(&numbered(sql)).map_err(StoreError::database)?;
        let changed = statement.execute(params_from_iter(values)).map_err(StoreError::database)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepare_cached(&numbered(sql)).map_err(StoreError::database)?;
        let columns = statement.column_count();
        let rows = statement.query_map(params_from_iter(values), |row| {
            let cells = (0..columns).map(|column| {
                Ok(match row.get_ref(column)? {
                    ValueRef::Integer(number) => Cell::Int(number),
                    ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                    _ => Cell::Null,
                })
            });
            cells.collect::<rusqlite::Result<Vec<Cell>>>().map(Row)
        });
        rows.and_then(Iterator::collect).map_err(StoreError::database)
    }
}

/// `?1`, as SQLite numbers values.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) | Self::Maybe(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Maybe(None) => ValueRef::Null,
            Self::Int(number) => ValueRef::Integer(*number),
        }))
    }
}
