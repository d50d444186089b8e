//! The schedule of a single process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::claim::{Claim, View};
use super::gate::Gate;
use super::lease::LeaseLost;
use super::policy::SchedulePolicy;
use super::row::{Look, TokenRow};
use super::turn::Turn;
use super::work::{After, Asked, Hold};
use crate::stamp::after;

/// All rows of a schedule in memory, with the indexes that a database would have: for a single process, and as the model of what several
/// do with a database.
///
/// It costs some comparisons for each decision, however many tokens there are. It need not be stored: a new one looks at every token
/// once, which makes no call for those that have nothing to do. Where it is, [`rows`](Self::rows) and [`gate`](Self::gate) are.
///
/// ```
/// use apple_ade::schedule::{Hold, Next, Schedule, SchedulePolicy};
///
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// let mut schedule = Schedule::new(SchedulePolicy { places: 1, ..SchedulePolicy::APPLE });
/// schedule.add("school-17", now);
/// schedule.add("school-18", now);
///
/// let Next::Turn(turn) = schedule.next("worker 1", now) else { return Err("it is ready".into()) };
/// assert_eq!(turn.token(), "school-17");
/// // One at a time, says the policy.
/// assert!(matches!(schedule.next("worker 2", now), Next::Wait { why: Hold::PlacesTaken, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Schedule {
    policy: SchedulePolicy,
    gate: Gate,
    rows: BTreeMap<Arc<str>, (TokenRow, Spot)>,
    ready: BTreeSet<(u64, Arc<str>)>,
    asleep: BTreeSet<(DateTime<Utc>, Arc<str>)>,
    leased: BTreeSet<(DateTime<Utc>, Arc<str>)>,
    /// The latest time that was told.
    seen: DateTime<Utc>,
}

/// Where a row is found.
#[derive(Debug, Clone, Copy)]
enum Spot {
    Ready(u64),
    Asleep(DateTime<Utc>),
    Leased(DateTime<Utc>),
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// A token's.
    Turn(Box<Turn>),
    /// Nobody's before this time; ask again then, or when something was asked for.
    Wait {
        /// The time.
        until: DateTime<Utc>,
        /// The reason.
        why: Hold,
    },
}

impl Schedule {
    /// Without a token.
    pub fn new(policy: SchedulePolicy) -> Self {
        Self::resume(policy, Gate::new(), [])
    }

    /// From what was stored.
    pub fn resume(policy: SchedulePolicy, gate: Gate, rows: impl IntoIterator<Item = TokenRow>) -> Self {
        let (ready, asleep, leased) = Default::default();
        let seen = DateTime::<Utc>::MIN_UTC;
        let mut schedule = Self { policy: policy.bounded(), gate, rows: BTreeMap::new(), ready, asleep, leased, seen };
        for row in rows {
            schedule.put(row);
        }
        schedule
    }

    /// The policy, as it is [applied](SchedulePolicy::bounded).
    pub fn policy(&self) -> &SchedulePolicy {
        &self.policy
    }

    /// What the workers share.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// The rows, by token.
    pub fn rows(&self) -> impl Iterator<Item = &TokenRow> {
        self.rows.values().map(|(row, _)| row)
    }

    /// The row of a token.
    pub fn row(&self, token: &str) -> Option<&TokenRow> {
        self.rows.get(token).map(|(row, _)| row)
    }

    /// Adds a token, ready at once; one that is there stays as it is.
    pub fn add(&mut self, token: impl Into<String>, now: DateTime<Utc>) {
        let token = token.into();
        if self.row(&token).is_none() {
            self.put(TokenRow::new(token, now));
        }
    }

    /// Removes a token. A turn that is under way finds out when it is renewed or ended.
    pub fn remove(&mut self, token: &str) -> Option<TokenRow> {
        let (key, _) = self.rows.get_key_value(token)?;
        let key = Arc::clone(key);
        self.unlist(&key);
        self.rows.remove(&key).map(|(row, _)| row)
    }

    /// Claims a turn for a worker.
    pub fn next(&mut self, owner: &str, now: DateTime<Utc>) -> Next {
        let now = self.pass(now);
        // A lease is repaired once at most.
        for _ in 0..=self.leased.len() {
            let candidate = self.ready.first().and_then(|(_, token)| self.row(token));
            // A lease by a clock that was set back is repaired before it is waited for.
            let late = self.leased.last().filter(|(until, _)| *until > self.policy.lease_from(now));
            let view = View {
                running: u32::try_from(self.leased.len()).unwrap_or(u32::MAX),
                first_end: self.leased.first().map(|(until, _)| self.policy.free_from(*until, now)),
                next_due: self.asleep.first().map(|(due, _)| *due),
                candidate: late.map_or(candidate, |(_, token)| self.row(token)),
            };
            match self.policy.claim(&self.gate, view, owner, now) {
                Claim::Turn(claimed) => {
                    self.gate = claimed.gate;
                    self.put(claimed.row);
                    return Next::Turn(Box::new(claimed.turn));
                }
                Claim::Repair(row) => self.put(*row),
                Claim::Wait { until, why } => return Next::Wait { until, why },
            }
        }
        Next::Wait { until: after(now, self.policy.look_again), why: Hold::Leased }
    }

    /// Renews the lease of a turn.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`].
    pub fn renew(&mut self, turn: &mut Turn, now: DateTime<Utc>) -> Result<(), LeaseLost> {
        let (renewed, row) = self.policy.renew(self.held(turn)?, turn, now)?;
        *turn = renewed;
        self.put(row);
        Ok(())
    }

    /// Ends a turn.
    ///
    /// # Errors
    ///
    /// [`LeaseLost`].
    pub fn end(&mut self, turn: &Turn, then: After, now: DateTime<Utc>) -> Result<(), LeaseLost> {
        let (row, gate) = self.policy.end(&self.gate, self.held(turn)?, turn, then, now)?;
        self.gate = gate;
        self.put(row);
        Ok(())
    }

    /// Whether it is this token's turn, as far as its own row says; `None` if there is no such token.
    pub fn look(&self, token: &str, now: DateTime<Utc>) -> Option<Look> {
        self.row(token).map(|row| self.policy.look(row, now))
    }

    /// Asks for a run; false if there is no such token.
    pub fn ask(&mut self, token: &str, asked: Asked, now: DateTime<Utc>) -> bool {
        let row = self.row(token).map(|row| row.ask(asked, now));
        row.map(|row| self.put(row)).is_some()
    }

    /// Has profiles assigned from a [time](TokenRow::assign) on; false if there is no such token.
    pub fn assign(&mut self, token: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        let row = self.row(token).map(|row| row.assign(at, now));
        row.map(|row| self.put(row)).is_some()
    }

    fn held(&self, turn: &Turn) -> Result<&TokenRow, LeaseLost> {
        self.row(turn.token()).ok_or_else(|| LeaseLost::Removed { token: turn.token().to_owned() })
    }

    /// Time has passed: leases have ended, tokens are due. Or the clock was set back, and all is as it would have been then.
    fn pass(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        // Threads may tell their times a little out of order.
        let back = self.seen.signed_duration_since(now);
        let now = if back > TimeDelta::zero() && back <= self.policy.grace { self.seen } else { now };
        if now < self.seen {
            for key in self.rows.keys().cloned().collect::<Vec<_>>() {
                self.list(&key, now);
            }
        }
        self.seen = now;
        while let Some((until, key)) = self.leased.first().cloned()
            && self.policy.free_from(until, now) <= now
        {
            self.list(&key, now);
        }
        while let Some((due, key)) = self.asleep.first().cloned()
            && self.policy.is_due(due, now)
        {
            self.list(&key, now);
        }
        // And those that are due later than anything can be.
        while let Some((due, key)) = self.asleep.last().cloned()
            && self.policy.is_due(due, now)
        {
            self.list(&key, now);
        }
        // Which they are not any more once time has come nearer.
        while let Some((_, key)) = self.ready.first().cloned()
            && self.row(&key).is_some_and(|row| !self.policy.is_due(row.due(), now))
        {
            self.list(&key, now);
        }
        now
    }

    fn put(&mut self, row: TokenRow) {
        let key: Arc<str> = match self.rows.get_key_value(row.token()) {
            Some((key, _)) => Arc::clone(key),
            None => row.token().into(),
        };
        self.unlist(&key);
        // What the time makes of it, the next claim sees.
        let spot = row.leased_until().map_or(Spot::Asleep(row.due()), Spot::Leased);
        self.rows.insert(Arc::clone(&key), (row, spot));
        self.enter(spot, &key);
    }

    fn list(&mut self, key: &Arc<str>, now: DateTime<Utc>) {
        self.unlist(key);
        let Some((row, spot)) = self.rows.get_mut(key) else { return };
        *spot = match row.leased_until() {
            Some(until) if self.policy.free_from(until, now) > now => Spot::Leased(until),
            _ if self.policy.is_due(row.due(), now) => Spot::Ready(row.mark()),
            _ => Spot::Asleep(row.due()),
        };
        let spot = *spot;
        self.enter(spot, key);
    }

    fn enter(&mut self, spot: Spot, key: &Arc<str>) {
        match spot {
            Spot::Ready(mark) => self.ready.insert((mark, Arc::clone(key))),
            Spot::Asleep(due) => self.asleep.insert((due, Arc::clone(key))),
            Spot::Leased(until) => self.leased.insert((until, Arc::clone(key))),
        };
    }

    fn unlist(&mut self, key: &Arc<str>) {
        match self.rows.get(key).map(|(_, spot)| *spot) {
            Some(Spot::Ready(mark)) => self.ready.remove(&(mark, Arc::clone(key))),
            Some(Spot::Asleep(due)) => self.asleep.remove(&(due, Arc::clone(key))),
            Some(Spot::Leased(until)) => self.leased.remove(&(until, Arc::clone(key))),
            None => false,
        };
    }
}
