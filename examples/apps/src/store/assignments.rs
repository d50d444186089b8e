use chrono::{DateTime, Utc};

use super::database::{Database, Value, stored};
use super::devices::Store;
use super::error::StoreError;
use super::lease::{Lease, hold};

/// How often a device is tried that Apple fails on; then Apple asks to be called.
const MOST_TRIES: i64 = 3;

/// What came of giving a device a profile, as far as it says when to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the words of the column `outcome`")]
pub enum Given {
    /// It has it.
    Assigned,
    /// It is not on this server: not before Apple lists it again.
    Parked,
    /// Not before this time. Where Apple failed it counts as a try, and three are the most.
    Later {
        /// The time.
        not_before: DateTime<Utc>,
        /// Whether it counts.
        counts: bool,
    },
}

/// How many devices that have no profile are in which case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcomes {
    /// On the list for a later time.
    pub later: u64,
    /// Not on this server as far as Apple says.
    pub parked: u64,
    /// Tried as often as makes sense: somebody has to call Apple.
    pub for_support: u64,
}

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

    /// Stores the UUID of a profile that was defined; `None` if Apple does not know it any more.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn define(&mut self, lease: &Lease, fingerprint: &str, profile: Option<&str>) -> Result<(), StoreError> {
        let now = self.database.now()?;
        let (token, fingerprint) = (Value::Text(lease.token()), Value::Text(fingerprint));
        self.database.transaction(|tables| {
            hold(tables, lease, now, None)?;
            tables.change("DELETE FROM profiles WHERE token = $1 AND fingerprint = $2", &[token, fingerprint])?;
            if let Some(profile) = profile {
                let sql = "INSERT INTO profiles (token, fingerprint, profile) VALUES ($1, $2, $3)";
                tables.change(sql, &[token, fingerprint, Value::Text(profile)])?;
            }
            Ok(())
        })
    }

    /// The next devices, after this serial number, that have no profile, and may be given one now.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn without_profile(&mut self, token: &str, after: &str, most: u32) -> Result<Vec<String>, StoreError> {
        let now = stored(self.database.now()?);
        // What was stored before its profile was assigned says nothing against it.
        let sql = "SELECT d.serial FROM devices d
            LEFT JOIN assignments a ON a.token = d.token AND a.serial = d.serial
            WHERE d.token = $1 AND d.serial > $2 AND d.removed_at IS NULL AND d.profile IS NULL AND (
                a.serial IS NULL
                OR (a.outcome IN ('assigned', 'parked') AND d.stored_at > a.at)
                OR (a.outcome = 'later' AND a.not_before <= $3 AND a.tries < $4))
            ORDER BY d.serial LIMIT $5";
        let (token, after) = (Value::Text(token), Value::Text(after));
        let values = [token, after, Value::Text(&now), Value::Int(MOST_TRIES), Value::Int(most.into())];
        let rows = self.database.transaction(|tables| tables.rows(sql, &values))?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Stores what came of a batch.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`], and as above.
    pub fn given(&mut self, lease: &Lease, profile: &str, batch: &[(String, Given)]) -> Result<(), StoreError> {
        let now = self.database.now()?;
        let sql = "INSERT INTO assignments (token, serial, profile, outcome, tries, at, not_before)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (token, serial) DO UPDATE SET profile = excluded.profile, outcome = excluded.outcome,
            tries = CASE WHEN excluded.outcome = 'assigned' THEN 0 ELSE assignments.tries + excluded.tries END,
            at = excluded.at, not_before = excluded.not_before";
        self.database.transaction(|tables| {
            hold(tables, lease, now, None)?;
            let (token, now_text) = (Value::Text(lease.token()), stored(now));
            for (serial, given) in batch {
                let (outcome, tries, not_before) = match given {
                    Given::Assigned => ("assigned", 0, now),
                    Given::Parked => ("parked", 0, now),
                    Given::Later { not_before, counts } => ("later", i64::from(*counts), *not_before),
                };
                let (serial, profile, outcome) = (Value::Text(serial), Value::Text(profile), Value::Text(outcome));
                let (at, not_before) = (Value::Text(&now_text), stored(not_before));
                let not_before = Value::Text(&not_before);
                tables.change(sql, &[token, serial, profile, outcome, Value::Int(tries), at, not_before])?;
            }
            Ok(())
        })
    }

    /// How many devices are still without a profile, and why.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn outcomes(&mut self, token: &str) -> Result<Outcomes, StoreError> {
        let sql = "SELECT a.outcome, CASE WHEN a.tries < $2 THEN 0 ELSE 1 END, COUNT(*) FROM assignments a
            JOIN devices d ON d.token = a.token AND d.serial = a.serial
            WHERE a.token = $1 AND d.removed_at IS NULL AND d.profile IS NULL GROUP BY 1, 2";
        let values = [Value::Text(token), Value::Int(MOST_TRIES)];
        let rows = self.database.transaction(|tables| tables.rows(sql, &values))?;
        let mut outcomes = Outcomes::default();
        for row in rows {
            let count = u64::try_from(row.int(2)?).unwrap_or_default();
            match (row.text(0)?.as_str(), row.int(1)?) {
                ("parked", _) => outcomes.parked += count,
                ("later", 0) => outcomes.later += count,
                ("later", _) => outcomes.for_support += count,
                _ => {}
            }
        }
        Ok(outcomes)
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
