use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::database::{Database, Tables, Value, stored};
use super::error::StoreError;
use super::lease::{Lease, hold};
use super::write::Write;

/// The store, in a database.
#[derive(Debug)]
pub struct Store<D> {
    pub(super) database: D,
}

/// How many devices there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// On the server.
    pub present: u64,
    /// Gone, and still shown.
    pub removed: u64,
}

/// A device as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptDevice {
    /// The serial number.
    pub serial: String,
    /// Apple's record, with every key.
    pub json: String,
    /// Of the last full fetch that saw it.
    pub generation: i64,
    /// The profile that Apple says is assigned.
    pub profile: Option<String>,
    /// When it left.
    pub removed_at: Option<DateTime<Utc>>,
    /// When it was stored first.
    pub first_seen: DateTime<Utc>,
    /// When it was seen last.
    pub last_seen: DateTime<Utc>,
}

const PUT: &str = "INSERT INTO devices (token, serial, json, generation, profile, first_seen, last_seen, stored_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6, $6)
    ON CONFLICT (token, serial) DO UPDATE SET json = excluded.json, generation = excluded.generation,
    profile = excluded.profile, removed_at = NULL, last_seen = excluded.last_seen, stored_at = excluded.stored_at";
const REMOVE: &str = "UPDATE devices SET removed_at = COALESCE(removed_at, $3) WHERE token = $1 AND serial = $2";
const SEEN: &str = "UPDATE devices SET generation = $3, last_seen = $4 WHERE token = $1 AND serial = $2";
const SWEEP: &str = "UPDATE devices SET removed_at = $3 WHERE token = $1 AND generation < $2 AND removed_at IS NULL";
const FORGET: &str = "DELETE FROM devices WHERE token = $1 AND removed_at < $2";
const FORGET_ASSIGNMENTS: &str = "DELETE FROM assignments WHERE token = $1 AND NOT EXISTS
    (SELECT 1 FROM devices d WHERE d.token = assignments.token AND d.serial = assignments.serial)";

impl<D: Database> Store<D> {
    /// A store in this database, which has its tables.
    pub fn new(database: D) -> Self {
        Self { database }
    }

    /// The state of a token's sync that was stored last.
    ///
    /// # Errors
    ///
    /// What the database says; so with all of these.
    pub fn state(&mut self, token: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT state FROM tokens WHERE token = $1";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[Value::Text(token)]))?;
        rows.first().map_or(Ok(None), |row| row.maybe(0))
    }

    /// Stores devices and state together, or neither.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if somebody else holds the token by now, and what the database says.
    pub fn commit(&mut self, lease: &Lease, writes: &[Write], generation: i64, state: &str) -> Result<(), StoreError> {
        let now = self.database.now()?;
        let now_text = stored(now);
        self.database.transaction(|tables| {
            hold(tables, lease, now, Some(state))?;
            let (token, now) = (Value::Text(lease.token()), Value::Text(&now_text));
            writes.iter().try_for_each(|write| apply(tables, token, write, generation, now))
        })
    }

    /// How many devices a token has.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn counts(&mut self, token: &str) -> Result<Counts, StoreError> {
        let sql = "SELECT COUNT(*), COUNT(removed_at) FROM devices WHERE token = $1";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[Value::Text(token)]))?;
        let Some(row) = rows.first() else { return Ok(Counts::default()) };
        let [all, removed] = [row.int(0)?, row.int(1)?].map(|count| u64::try_from(count).unwrap_or_default());
        Ok(Counts { present: all.saturating_sub(removed), removed })
    }

    /// The serial numbers of the devices that are on the server.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn serials(&mut self, token: &str) -> Result<BTreeSet<String>, StoreError> {
        let sql = "SELECT serial FROM devices WHERE token = $1 AND removed_at IS NULL";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[Value::Text(token)]))?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// The devices that have left last, newest first.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn removed(&mut self, token: &str, most: u32) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let sql = "SELECT serial, removed_at FROM devices WHERE token = $1 AND removed_at IS NOT NULL
                   ORDER BY removed_at DESC, serial LIMIT $2";
        let values = [Value::Text(token), Value::Int(most.into())];
        let rows = self.database.transaction(|tables| tables.rows(sql, &values))?;
        rows.iter().map(|row| Ok((row.text(0)?, row.time(1)?))).collect()
    }

    /// Every device of a token, also those that have left, by serial number.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn devices(&mut self, token: &str) -> Result<Vec<KeptDevice>, StoreError> {
        let sql = "SELECT serial, json, generation, profile, removed_at, first_seen, last_seen FROM devices
                   WHERE token = $1 ORDER BY serial";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[Value::Text(token)]))?;
        let read = rows.iter().map(|row| {
            Ok(KeptDevice {
                serial: row.text(0)?,
                json: row.text(1)?,
                generation: row.int(2)?,
                profile: row.maybe(3)?,
                removed_at: row.maybe(4)?.map(|_| row.time(4)).transpose()?,
                first_seen: row.time(5)?,
                last_seen: row.time(6)?,
            })
        });
        read.collect()
    }
}

fn apply(
    tables: &mut dyn Tables,
    token: Value<'_>,
    write: &Write,
    generation: i64,
    now: Value<'_>,
) -> Result<(), StoreError> {
    let generation = Value::Int(generation);
    match write {
        Write::Put { serial, json, profile } => {
            let (serial, json) = (Value::Text(serial), Value::Text(json));
            tables.change(PUT, &[token, serial, json, generation, Value::Maybe(profile.as_deref()), now])
        }
        Write::Remove { serial, at } => tables.change(REMOVE, &[token, Value::Text(serial), Value::Text(&stored(*at))]),
        Write::Seen { serial } => tables.change(SEEN, &[token, Value::Text(serial), generation, now]),
        Write::Sweep { generation, at } => {
            tables.change(SWEEP, &[token, Value::Int(*generation), Value::Text(&stored(*at))])
        }
        Write::Forget { removed_before } => {
            tables.change(FORGET, &[token, Value::Text(&stored(*removed_before))])?;
            tables.change(FORGET_ASSIGNMENTS, &[token])
        }
    }
    .map(drop)
}
