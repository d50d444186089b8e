use chrono::{DateTime, Utc};

use super::database::{Database, Tables, Value, stored};
use super::devices::Store;
use super::error::StoreError;
use super::given::Given;
use super::lease::{Lease, hold};

/// Devices that have no profile, and that nothing more is done for until Apple lists them again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenUp {
    /// Why.
    pub reason: String,
    /// How many.
    pub devices: u64,
    /// The first of them.
    pub first: String,
}

const PUT: &str =
    "INSERT INTO assignments (token, serial, profile, outcome, reason, at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (token, serial) DO UPDATE SET profile = excluded.profile, outcome = excluded.outcome,
    reason = excluded.reason, at = excluded.at";
const REDEFINED: &str = "UPDATE assignments SET profile = $3 WHERE token = $1 AND profile = $2";

impl<D: Database> Store<D> {
    /// The profile with this fingerprint that Apple knows.
    ///
    /// # Errors
    ///
    /// What the database says; so with all of these.
    pub fn defined(&mut self, token: &str, fingerprint: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT profile FROM profiles WHERE token = $1 AND fingerprint = $2";
        let values = [Value::Text(token), Value::Text(fingerprint)];
        let rows = self.database.transaction(|tables| tables.rows(sql, &values))?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    /// Stores the UUID of a profile that was defined.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`], and as above.
    pub fn define(&mut self, lease: &Lease, fingerprint: &str, profile: &str) -> Result<(), StoreError> {
        let now = self.database.now()?;
        self.database.transaction(|tables| {
            hold(tables, lease, now, None)?;
            define(tables, Value::Text(lease.token()), fingerprint, profile)
        })
    }

    /// The state of a token's assignment that was stored last.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn assigner(&mut self, token: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT assigner FROM tokens WHERE token = $1";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[Value::Text(token)]))?;
        rows.first().map_or(Ok(None), |row| row.maybe(0))
    }

    /// Stores what an assignment has to say and its state together, or neither. `fingerprint` is that of the profile which is defined
    /// again where it has to be.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`], and as above.
    pub fn give(&mut self, lease: &Lease, given: &[Given], fingerprint: &str, state: &str) -> Result<(), StoreError> {
        let now = self.database.now()?;
        let at = stored(now);
        self.database.transaction(|tables| {
            hold(tables, lease, now, None)?;
            let token = Value::Text(lease.token());
            tables.change("UPDATE tokens SET assigner = $2 WHERE token = $1", &[token, Value::Text(state)])?;
            for given in given {
                match given {
                    Given::Outcome { serial, profile, outcome, reason } => {
                        let (serial, profile) = (Value::Text(serial), Value::Maybe(profile.as_deref()));
                        let (outcome, reason) = (Value::Text(outcome), Value::Text(reason));
                        tables.change(PUT, &[token, serial, profile, outcome, reason, Value::Text(&at)])?;
                    }
                    Given::Redefined { from, to } => {
                        let sql = "DELETE FROM profiles WHERE token = $1 AND profile = $2";
                        tables.change(sql, &[token, Value::Text(from)])?;
                        define(tables, token, fingerprint, to)?;
                        tables.change(REDEFINED, &[token, Value::Text(from), Value::Text(to)])?;
                    }
                }
            }
            Ok(())
        })
    }

    /// The next devices, after this serial number, for which it is open what they should have: those without a profile that nothing was
    /// done for since Apple listed them, or that were to have another profile than this one; and those that were waited for until they are
    /// listed again, and are. Each with Apple's record.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn unassigned(
        &mut self,
        token: &str,
        profile: &str,
        after: &str,
        most: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        // What was stored before its profile was assigned says nothing against it.
        let sql = "SELECT d.serial, d.json FROM devices d
            LEFT JOIN assignments a ON a.token = d.token AND a.serial = d.serial
            WHERE d.token = $1 AND d.serial > $2 AND d.removed_at IS NULL AND (d.profile IS NULL OR a.outcome = 'parked')
            AND (a.serial IS NULL OR d.stored_at > a.at OR a.outcome = 'superseded'
                OR (a.outcome <> 'success' AND a.profile <> $3))
            ORDER BY d.serial LIMIT $4";
        let values = [Value::Text(token), Value::Text(after), Value::Text(profile), Value::Int(most.into())];
        let rows = self.database.transaction(|tables| tables.rows(sql, &values))?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?))).collect()
    }

    /// The devices that are still without a profile and not waited for, by reason.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn given_up(&mut self, token: &str) -> Result<Vec<GivenUp>, StoreError> {
        let sql = "SELECT a.reason, COUNT(*), MIN(a.serial) FROM assignments a
            JOIN devices d ON d.token = a.token AND d.serial = a.serial
            WHERE a.token = $1 AND d.removed_at IS NULL AND d.profile IS NULL AND d.stored_at <= a.at
            AND a.outcome NOT IN ('success', 'parked', 'superseded') GROUP BY 1 ORDER BY 1";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[Value::Text(token)]))?;
        let read = rows.iter().map(|row| {
            let devices = u64::try_from(row.int(1)?).unwrap_or_default();
            Ok(GivenUp { reason: row.text(0)?, devices, first: row.text(2)? })
        });
        read.collect()
    }

    /// The time by the database's clock.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn now(&mut self) -> Result<DateTime<Utc>, StoreError> {
        self.database.now()
    }
}

fn define(tables: &mut dyn Tables, token: Value<'_>, fingerprint: &str, profile: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO profiles (token, fingerprint, profile) VALUES ($1, $2, $3)
        ON CONFLICT (token, fingerprint) DO UPDATE SET profile = excluded.profile";
    tables.change(sql, &[token, Value::Text(fingerprint), Value::Text(profile)]).map(drop)
}
