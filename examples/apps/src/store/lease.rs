use chrono::{DateTime, TimeDelta, Utc};

use super::database::{Database, Tables, Value, stored};
use super::devices::Store;
use super::error::StoreError;

/// The right to work for a token until a time. It has a number that grows with each one (`fence`): of two that believe to hold the
/// token, the database knows who is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    token: String,
    fence: i64,
    length: TimeDelta,
}

impl Lease {
    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }
}

/// How many leases of a token the history keeps.
const KEPT: i64 = 100;

/// A lease as the history has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PastLease {
    /// The token.
    pub token: String,
    /// Its number.
    pub fence: i64,
    /// Who held it.
    pub holder: String,
    /// From when.
    pub taken_at: DateTime<Utc>,
    /// Until when it was given at last.
    pub until: DateTime<Utc>,
    /// When it was given back.
    pub ended_at: Option<DateTime<Utc>>,
}

impl<D: Database> Store<D> {
    /// Makes a token known. One that is known stays as it is.
    ///
    /// # Errors
    ///
    /// What the database says; so with all of these.
    pub fn register(&mut self, token: &str) -> Result<(), StoreError> {
        // Due since ever, and held by nobody.
        let sql = "INSERT INTO tokens (token, due_at, fence, expires_at) VALUES ($1, '', 0, '')
                   ON CONFLICT (token) DO NOTHING";
        self.database.transaction(|tables| tables.change(sql, &[Value::Text(token)])).map(drop)
    }

    /// Takes whichever of these tokens is due and held by nobody; the one that has been due for longest.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn take_due(&mut self, tokens: &[&str], holder: &str, length: TimeDelta) -> Result<Option<Lease>, StoreError> {
        let now = self.database.now()?;
        let now_text = stored(now);
        let places: Vec<String> = (0..tokens.len()).map(|place| format!("${}", place + 2)).collect();
        let sql = format!(
            "SELECT token, fence FROM tokens WHERE due_at <= $1 AND expires_at <= $1 AND token IN ({})
             ORDER BY due_at, token LIMIT 1{}",
            places.join(", "),
            D::SKIP_LOCKED
        );
        let mut values = vec![Value::Text(&now_text)];
        values.extend(tokens.iter().map(|token| Value::Text(token)));
        self.database.transaction(|tables| {
            let rows = tables.rows(&sql, &values)?;
            let Some(row) = rows.first() else { return Ok(None) };
            take(tables, row.text(0)?, row.int(1)?, holder, now, length).map(Some)
        })
    }

    /// Takes a token whoever holds it: whoever did is refused from now on. For a database with one process, which may have died.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn take_over(&mut self, token: &str, holder: &str, length: TimeDelta) -> Result<Lease, StoreError> {
        self.register(token)?;
        let now = self.database.now()?;
        self.database.transaction(|tables| {
            let rows = tables.rows("SELECT fence FROM tokens WHERE token = $1", &[Value::Text(token)])?;
            let fence = rows.first().ok_or(StoreError::LeaseLost)?.int(0)?;
            let sql = "UPDATE leases SET ended_at = $3 WHERE token = $1 AND fence = $2 AND ended_at IS NULL";
            tables.change(sql, &[Value::Text(token), Value::Int(fence), Value::Text(&stored(now))])?;
            take(tables, token.to_owned(), fence, holder, now, length)
        })
    }

    /// Holds the token for another while, if nobody has taken it.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`], and as above.
    pub fn renew(&mut self, lease: &Lease) -> Result<(), StoreError> {
        let now = self.database.now()?;
        self.database.transaction(|tables| hold(tables, lease, now, None))
    }

    /// Gives the token back. Nobody takes it before it is due.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`], and as above.
    pub fn release(&mut self, lease: &Lease, due: DateTime<Utc>, why: &str) -> Result<(), StoreError> {
        let now = stored(self.database.now()?);
        self.database.transaction(|tables| {
            let sql = "UPDATE tokens SET holder = NULL, expires_at = $3, due_at = $4, why = $5 WHERE token = $1 AND fence = $2";
            let (token, fence, due) = (Value::Text(&lease.token), Value::Int(lease.fence), stored(due));
            let done = tables.change(sql, &[token, fence, Value::Text(&now), Value::Text(&due), Value::Text(why)])?;
            if done != 1 {
                return Err(StoreError::LeaseLost);
            }
            let sql = "UPDATE leases SET ended_at = $3 WHERE token = $1 AND fence = $2";
            tables.change(sql, &[token, fence, Value::Text(&now)]).map(drop)
        })
    }

    /// For each of these tokens, why there is nothing to do and until when; the others are due or held.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn resting(&mut self, tokens: &[&str]) -> Result<Vec<(DateTime<Utc>, String)>, StoreError> {
        let now = stored(self.database.now()?);
        let sql =
            "SELECT due_at, why FROM tokens WHERE token = $1 AND holder IS NULL AND due_at > $2 AND why IS NOT NULL";
        self.database.transaction(|tables| {
            let mut resting = Vec::new();
            for token in tokens {
                if let Some(row) = tables.rows(sql, &[Value::Text(token), Value::Text(&now)])?.first() {
                    resting.push((row.time(0)?, row.text(1)?));
                }
            }
            Ok(resting)
        })
    }

    /// The last leases that were taken, in order for each token: a hundred of each.
    ///
    /// # Errors
    ///
    /// As above.
    pub fn leases(&mut self) -> Result<Vec<PastLease>, StoreError> {
        let sql = "SELECT token, fence, holder, taken_at, until, ended_at FROM leases ORDER BY token, fence";
        let rows = self.database.transaction(|tables| tables.rows(sql, &[]))?;
        let read = rows.iter().map(|row| {
            Ok(PastLease {
                token: row.text(0)?,
                fence: row.int(1)?,
                holder: row.text(2)?,
                taken_at: row.time(3)?,
                until: row.time(4)?,
                ended_at: row.maybe(5)?.map(|_| row.time(5)).transpose()?,
            })
        });
        read.collect()
    }
}

fn take(
    tables: &mut dyn Tables,
    token: String,
    last: i64,
    holder: &str,
    now: DateTime<Utc>,
    length: TimeDelta,
) -> Result<Lease, StoreError> {
    let (fence, until, now) = (last.saturating_add(1), stored(now + length), stored(now));
    let sql = "UPDATE tokens SET fence = $2, holder = $3, expires_at = $4 WHERE token = $1";
    let (key, number, holder, until) =
        (Value::Text(&token), Value::Int(fence), Value::Text(holder), Value::Text(&until));
    tables.change(sql, &[key, number, holder, until])?;
    let sql = "INSERT INTO leases (token, fence, holder, taken_at, until) VALUES ($1, $2, $3, $4, $5)";
    tables.change(sql, &[key, number, holder, Value::Text(&now), until])?;
    let sql = "DELETE FROM leases WHERE token = $1 AND fence <= $2";
    tables.change(sql, &[key, Value::Int(fence.saturating_sub(KEPT))])?;
    Ok(Lease { token, fence, length })
}

/// Makes sure, for the rest of the transaction, that the token is held, and holds it from now on for the lease's length; stores the state
/// with it. An end that has passed does no harm as long as nobody else has taken the token.
pub(super) fn hold(
    tables: &mut dyn Tables,
    lease: &Lease,
    now: DateTime<Utc>,
    state: Option<&str>,
) -> Result<(), StoreError> {
    let until = stored(now + lease.length);
    let (token, fence, until) = (Value::Text(&lease.token), Value::Int(lease.fence), Value::Text(&until));
    let sql = "UPDATE tokens SET expires_at = $3, state = COALESCE($4, state)
               WHERE token = $1 AND fence = $2 AND holder IS NOT NULL";
    if tables.change(sql, &[token, fence, until, Value::Maybe(state)])? != 1 {
        return Err(StoreError::LeaseLost);
    }
    tables.change("UPDATE leases SET until = $3 WHERE token = $1 AND fence = $2", &[token, fence, until]).map(drop)
}
