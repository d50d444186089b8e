//! What is stored for a token.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lease::Lease;
use super::policy::SchedulePolicy;
use super::version::{self, StoredError, Version, within};
use super::work::{Asked, Hold, Work};
use crate::stamp::after;
use crate::sync::Kind;

/// The schedule's row for one token, to be stored beside the token's [`SyncState`](crate::sync::SyncState): JSON by serde, with a version,
/// and no secret in it. Three of its parts are columns as well, so that a database finds the next one by an index:
/// [`mark`](Self::mark), [`due`](Self::due), [`leased_until`](Self::leased_until).
///
/// ```
/// use apple_ade::schedule::{Look, SchedulePolicy, TokenRow, Work};
/// use apple_ade::sync::Kind;
///
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// let row = TokenRow::new("school-17", now);
/// assert_eq!(TokenRow::from_json(&row.to_json())?, row);
/// assert_eq!(SchedulePolicy::APPLE.look(&row, now), Look::Ready(Work::Sync(Kind::Full)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenRow {
    pub(super) version: Version,
    pub(super) token: String,
    pub(super) mark: u64,
    pub(super) sync: Due,
    pub(super) next_run: Kind,
    /// When the assignment goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assign: Option<Due>,
    /// Since when profiles are to be assigned, as somebody has asked and no turn has taken on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assign_asked: Option<DateTime<Utc>>,
    /// From when on they are to be, by the calendar.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) assign_from: BTreeSet<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<Work>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<Asked>,
    /// Whether a run was asked for while a worker had the token.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) woken: bool,
    /// Turns in a row whose worker was not heard of again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) lost: u32,
    /// The number of the last lease that has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_lease: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// When a work is due, and why not before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Due {
    pub(super) at: DateTime<Utc>,
    pub(super) why: Hold,
}

/// Whether it is a token's turn, places and calls left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Look {
    /// It is ready for this work.
    Ready(Work),
    /// There is nothing to do for it before this time (SYN-8).
    Wait {
        /// The time; an estimate where a worker has the token.
        until: DateTime<Utc>,
        /// The reason.
        why: Hold,
    },
}

impl TokenRow {
    /// Of a token that is new, or that is to be looked at at once.
    pub fn new(token: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            version: Version,
            token: token.into(),
            mark: 0,
            sync: Due { at: now, why: Hold::NothingDue },
            next_run: Kind::Full,
            assign: None,
            assign_asked: None,
            assign_from: BTreeSet::new(),
            last: None,
            lease: None,
            asked: None,
            woken: false,
            lost: 0,
            last_lease: None,
        }
    }

    /// No row has a higher mark or number: half of what a signed column of 64 bits holds. A schedule does not come to it.
    pub(super) const HIGHEST: u64 = u64::MAX >> 2;

    /// How many times of the calendar a row keeps at which profiles are to be assigned.
    const TIMES: usize = 24;

    /// Reads a stored row.
    ///
    /// # Errors
    ///
    /// [`StoredError`]. A row that cannot be read is no disaster: what counts is the sync's own state.
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        let row: Self = version::read(text)?;
        within("the mark", row.mark, Self::HIGHEST)?;
        within("the number of a lease", row.last_number(), Self::HIGHEST)?;
        Ok(row)
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        version::written(self)
    }

    /// The token, by the caller's name for it.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Its place in the order: of the tokens that are ready, the one with the lowest mark is next, and of those with the same mark the first
    /// by name. In milliseconds of work; it fits a signed column of 64 bits.
    pub fn mark(&self) -> u64 {
        self.mark
    }

    /// When there is something to do for it.
    pub fn due(&self) -> DateTime<Utc> {
        self.assign_at().map_or(self.sync.at, |at| at.min(self.sync.at))
    }

    /// When there is something to assign.
    fn assign_at(&self) -> Option<DateTime<Utc>> {
        let times = [self.assign.map(|assign| assign.at), self.assign_asked, self.assign_from.first().copied()];
        times.into_iter().flatten().min()
    }

    /// The highest number that a lease on this token has had.
    pub(super) fn last_number(&self) -> u64 {
        let lease = self.lease.as_ref().map_or(0, Lease::number);
        lease.max(self.last_lease.unwrap_or(0))
    }

    /// With what was asked for to be assigned, and is due, taken on by a turn.
    pub(super) fn taken_on(mut self, now: DateTime<Utc>) -> Self {
        let at = self.assign.map_or(now, |assign| assign.at.min(now));
        self.assign = Some(Due { at, why: Hold::Assign });
        self.assign_asked = None;
        self.assign_from.retain(|at| *at > now);
        self
    }

    /// When the lease on it ends or ended; `None` if there is none.
    pub fn leased_until(&self) -> Option<DateTime<Utc>> {
        self.lease.as_ref().map(Lease::until)
    }

    /// The lease on it.
    pub fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    /// Turns in a row whose worker was not heard of again. More than two are a reason to look at this token.
    pub fn lost(&self) -> u32 {
        self.lost
    }

    /// What was asked for and has not been passed on.
    pub fn asked(&self) -> Option<Asked> {
        self.asked
    }

    /// With a run that somebody asks for. Whether it begins at once, [`DeviceSync::ask`](crate::sync::DeviceSync::ask) on the stored
    /// state says; the worker that has the next turn asks it as well. It may be written while a worker has the token.
    #[must_use]
    pub fn ask(&self, asked: Asked, now: DateTime<Utc>) -> Self {
        let asked = self.asked.map_or(asked, |before| before.and(asked));
        let sync = Due { at: self.sync.at.min(now), why: self.sync.why };
        Self { asked: Some(asked), woken: true, sync, ..self.clone() }
    }

    /// With profiles to be assigned from a time on. It may be written while a worker has the token: the turn under way has not seen it, and
    /// there is another one for it.
    ///
    /// A time that has come is at once, whatever becomes of the clock. One that lies ahead is a time of the calendar, and is waited for
    /// however far away it is; there is a turn for each. Of more than 24 such times, those two that are closest to each other become
    /// the later one.
    ///
    /// ```
    /// use apple_ade::schedule::{Look, SchedulePolicy, TokenRow, Work};
    /// use apple_ade::sync::Kind;
    /// use chrono::{DateTime, TimeDelta, Utc};
    ///
    /// let now: DateTime<Utc> = "2026-11-22T08:00:00Z".parse()?;
    /// let row = TokenRow::new("school-17", now).assign(now + TimeDelta::days(30), now);
    /// let look = SchedulePolicy::APPLE.look(&row, now + TimeDelta::days(29));
    /// assert_eq!(look, Look::Ready(Work::Sync(Kind::Full)));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn assign(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let mut row = self.clone();
        if at <= now {
            row.assign_asked = Some(row.assign_asked.map_or(now, |before| before.min(now)));
            return row;
        }
        row.assign_from.insert(at);
        if row.assign_from.len() > Self::TIMES {
            let pairs = row.assign_from.iter().zip(row.assign_from.iter().skip(1));
            let closest = pairs.min_by_key(|(first, second)| second.signed_duration_since(**first));
            if let Some(first) = closest.map(|(first, _)| *first) {
                row.assign_from.remove(&first);
            }
        }
        row
    }
}

impl SchedulePolicy {
    /// Whether it is this token's turn, as far as its own row says.
    pub fn look(&self, row: &TokenRow, now: DateTime<Utc>) -> Look {
        self.bounded().look_at(row, now)
    }

    pub(super) fn look_at(&self, row: &TokenRow, now: DateTime<Utc>) -> Look {
        if let Some(until) = row.leased_until() {
            let free = self.free_from(until, now);
            if free > now {
                return Look::Wait { until: free, why: Hold::Leased };
            }
        }
        let sync = Some(Work::Sync(row.next_run)).filter(|_| self.is_due(row.sync.at, now));
        let is_wanted = row.assign_asked.is_some()
            || row.assign_from.first().is_some_and(|at| *at <= now)
            || row.assign.is_some_and(|assign| self.is_due(assign.at, now));
        let assign = Some(Work::Assign).filter(|_| is_wanted);
        // Each in turn, so that a fetch of an hour does not keep devices from their profile, nor the other way round.
        let first = match row.last {
            Some(Work::Sync(_)) => assign.or(sync),
            _ => sync.or(assign),
        };
        // The row is found by what is due first.
        if let Some(work) = first.filter(|_| self.is_due(row.due(), now)) {
            return Look::Ready(work);
        }
        let why = if row.due() < row.sync.at { Hold::Assign } else { row.sync.why };
        Look::Wait { until: row.due(), why }
    }

    /// Whether something that is looked at again at a time is due now: also one that is further away than a token may sleep, by a
    /// clock that was set back since. What somebody has asked for at a time of the calendar may be further away.
    pub(super) fn is_due(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        at <= now || at > after(now, self.longest_sleep)
    }

    /// From when on the token of a lease may be another worker's. A lease that ends later than any that could be given now is of a clock
    /// that was set back since.
    pub(super) fn free_from(&self, until: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        after(until.min(self.lease_from(now)), self.grace)
    }
}
