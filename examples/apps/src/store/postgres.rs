use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use postgres::types::{ToSql, Type};
use postgres::{Client, Config, NoTls, Statement, Transaction};

use super::database::{Cell, Database, Row, Tables, Value};
use super::error::StoreError;
use super::schema::{TABLES, VERSION};

/// A store on a server, for any number of processes. Its tables are in the schema `ade_sync`.
pub struct Postgres {
    client: Client,
    prepared: BTreeMap<String, Statement>,
}

/// Held while the tables are made, so that of several processes that start together one makes them.
const MAKING: i64 = 0x4144_4553;

impl Postgres {
    /// Connects, and makes the tables if they are not there. The connection is not encrypted: it is for a socket, loopback, or a tunnel.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotOurs`] for a schema `ade_sync` with something else in it, [`StoreError::Newer`], [`StoreError::Open`].
    pub fn connect(url: &str) -> Result<Self, StoreError> {
        // The URL may hold a password: it is not repeated.
        let place = "the PostgreSQL server";
        let failed = |error: postgres::Error| {
            let reason = error.as_db_error().map_or_else(|| told(&error), ToString::to_string);
            StoreError::Open { place: place.to_owned(), reason }
        };
        let config: Config = url.parse().map_err(failed)?;
        let mut client = config.connect(NoTls).map_err(failed)?;
        make_tables(&mut client).map_err(failed)??;
        client.batch_execute("SET search_path TO ade_sync").map_err(failed)?;
        Ok(Self { client, prepared: BTreeMap::new() })
    }
}

fn make_tables(client: &mut Client) -> Result<Result<(), StoreError>, postgres::Error> {
    let mut transaction = client.transaction()?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&MAKING])?;
    let exists = |name: &str, transaction: &mut Transaction<'_>| {
        transaction.query_one("SELECT to_regclass($1) IS NOT NULL", &[&name]).map(|row| row.get::<_, bool>(0))
    };
    if exists("ade_sync.version", &mut transaction)? {
        let found: i64 = transaction.query_one("SELECT version FROM ade_sync.version", &[])?.get(0);
        if found > VERSION {
            let place = "the schema ade_sync".to_owned();
            return Ok(Err(StoreError::Newer { place, found, known: VERSION }));
        }
        return Ok(Ok(()));
    }
    let schemas =
        "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ade_sync'";
    let things: i64 = transaction.query_one(schemas, &[])?.get(0);
    if things > 0 {
        let (place, found) = ("the schema ade_sync".to_owned(), "a schema of another program".to_owned());
        return Ok(Err(StoreError::NotOurs { place, found }));
    }
    transaction.batch_execute("CREATE SCHEMA IF NOT EXISTS ade_sync; SET LOCAL search_path TO ade_sync")?;
    transaction.batch_execute("CREATE TABLE version (version BIGINT NOT NULL)")?;
    transaction.execute("INSERT INTO version VALUES ($1)", &[&VERSION])?;
    for table in TABLES {
        // Compared by their bytes, as in SQLite, whatever the language of the server.
        transaction.batch_execute(&table.replace(" TEXT", " TEXT COLLATE \"C\""))?;
    }
    transaction.commit()?;
    Ok(Ok(()))
}

/// The error with what caused it, which it does not repeat itself.
fn told(error: &postgres::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        cause = error.source();
    }
    text
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl Database for Postgres {
    const SKIP_LOCKED: &'static str = " FOR UPDATE SKIP LOCKED";

    fn now(&mut self) -> Result<DateTime<Utc>, StoreError> {
        let sql = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint";
        let micros: i64 = self.client.query_one(sql, &[])?.get(0);
        DateTime::from_timestamp_micros(micros).ok_or(StoreError::Column { column: 0, expected: "time" })
    }

    fn transaction<T>(&mut self, work: impl FnOnce(&mut dyn Tables) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let transaction = self.client.transaction()?;
        let mut under_way = UnderWay { transaction, prepared: &mut self.prepared };
        // What is not committed is rolled back when it is dropped.
        let done = work(&mut under_way)?;
        under_way.transaction.commit()?;
        Ok(done)
    }
}

struct UnderWay<'c> {
    transaction: Transaction<'c>,
    prepared: &'c mut BTreeMap<String, Statement>,
}

impl UnderWay<'_> {
    fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.transaction.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl Tables for UnderWay<'_> {
    fn change(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        self.transaction.execute(&statement, &parameters(values)).map_err(StoreError::from)
    }

    fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql)?;
        let rows = self.transaction.query(&statement, &parameters(values))?;
        rows.iter().map(cells).collect()
    }
}

fn parameters<'v>(values: &'v [Value<'_>]) -> Vec<&'v (dyn ToSql + Sync)> {
    let parameters = values.iter().map(|value| -> &'v (dyn ToSql + Sync) {
        match value {
            Value::Text(text) => text,
            Value::Maybe(text) => text,
            Value::Int(number) => number,
        }
    });
    parameters.collect()
}

fn cells(row: &postgres::Row) -> Result<Row, StoreError> {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        let cell = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(at).map(|number| number.map(Cell::Int)),
            Type::INT4 => row.try_get::<_, Option<i32>>(at).map(|number| number.map(|number| Cell::Int(number.into()))),
            _ => row.try_get::<_, Option<String>>(at).map(|text| text.map(Cell::Text)),
        };
        cell.map(|cell| cell.unwrap_or(Cell::Null)).map_err(StoreError::from)
    });
    cells.collect::<Result<_, _>>().map(Row)
}

impl From<postgres::Error> for StoreError {
    fn from(error: postgres::Error) -> Self {
        Self::database(told(&error))
    }
}
