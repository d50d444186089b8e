//! What is stored for a token.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::lease::Lease;
use super::policy::{SchedulePolicy, after};
use super::version::{self, StoredError, Version};
use super::work::{Asked, Hold, Work};
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) assign: Option<Due>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last: Option<Work>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) asked: Option<Asked>,
    /// Whether something was asked for while a worker had the token.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) woken: bool,
    /// Turns in a row whose worker was not heard of again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) lost: u32,
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
            last: None,
            lease: None,
            asked: None,
            woken: false,
            lost: 0,
        }
    }

    /// Reads a stored row.
    ///
    /// # Errors
    ///
    /// [`StoredError`]. A row that cannot be read is no disaster: what counts is the sync's own state.
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        version::read(text)
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
    /// by name. In milliseconds of work; it fits a signed column of 64 bits for as long as anybody will count.
    pub fn mark(&self) -> u64 {
        self.mark
    }

    /// When there is something to do for it.
    pub fn due(&self) -> DateTime<Utc> {
        self.assign.map_or(self.sync.at, |assign| assign.at.min(self.sync.at))
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

    /// With profiles to be assigned from a time on. It may be written while a worker has the token.
    #[must_use]
    pub fn assign(&self, at: DateTime<Utc>) -> Self {
        let at = self.assign.map_or(at, |before| before.at.min(at));
        Self { assign: Some(Due { at, why: Hold::Assign }), woken: true, ..self.clone() }
    }
}

impl SchedulePolicy {
    /// Whether it is this token's turn, as far as its own row says.
    pub fn look(&self, row: &TokenRow, now: DateTime<Utc>) -> Look {
        if let Some(until) = row.leased_until() {
            let free = self.free_from(until, now);
            if free > now {
                return Look::Wait { until: free, why: Hold::Leased };
            }
        }
        let sync = (Work::Sync(row.next_run), row.sync);
        let assign = row.assign.map(|due| (Work::Assign, due));
        // Each in turn, so that a fetch of an hour does not keep devices from their profile, nor the other way round.
        let in_order = match row.last {
            Some(Work::Sync(_)) => [assign, Some(sync)],
            _ => [Some(sync), assign],
        };
        // The row is found by what is due first.
        let due = in_order.into_iter().flatten().filter(|(_, due)| self.is_due(due.at, now));
        if let Some(work) = due.map(|(work, _)| work).next().filter(|_| self.is_due(row.due(), now)) {
            return Look::Ready(work);
        }
        let first = row.assign.filter(|assign| assign.at < row.sync.at).unwrap_or(row.sync);
        Look::Wait { until: first.at, why: first.why }
    }

    /// Whether something that is due at a time is due now: also one that is further away than a token may sleep, by a clock that was
    /// set back since.
    pub(super) fn is_due(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        at <= now || at > after(now, self.longest_sleep)
    }

    /// From when on the token of a lease may be another worker's. A lease that ends later than any that could be given now is of a clock
    /// that was set back since.
    pub(super) fn free_from(&self, until: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        after(until.min(self.lease_from(now)), self.grace)
    }
}
