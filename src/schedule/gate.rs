//! What all workers share.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::policy::RateLimit;
use super::row::TokenRow;
use super::version::{self, StoredError, Version, within};
use crate::stamp::after;

/// The one row that all workers share: how far the service has come, the number of the last lease, and the calls of late.
///
/// It is locked for as long as a turn is [claimed](super::SchedulePolicy::claim) or [ended](super::SchedulePolicy::end), which is some
/// statements. A lost gate costs nothing: each row has the number of its own last lease, so that no number is given twice to a token, and
/// one made [from the rows](Self::of_rows) keeps the order as well.
///
/// ```
/// use apple_ade::schedule::Gate;
///
/// let stored = Gate::new().to_json();
/// assert_eq!(Gate::from_json(&stored)?, Gate::new());
/// # Ok::<(), apple_ade::schedule::StoredError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    version: Version,
    /// The highest mark with which a turn has begun.
    pub(super) mark: u64,
    pub(super) last_number: u64,
    /// Up to when calls are spoken for at the rate of the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spoken_for: Option<DateTime<Utc>>,
}

impl Gate {
    /// Of a schedule that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// In the place of one that was lost: it goes on from the rows, in whose order no token has an advantage.
    ///
    /// ```
    /// use apple_ade::schedule::{Gate, Next, Schedule, SchedulePolicy};
    ///
    /// let now = "2026-11-22T08:00:00Z".parse()?;
    /// let mut schedule = Schedule::new(SchedulePolicy::APPLE);
    /// schedule.add("school-17", now);
    /// let Next::Turn(turn) = schedule.next("worker 1", now) else { return Err("it is ready".into()) };
    ///
    /// let gate = Gate::of_rows(schedule.rows());
    /// let mut schedule = Schedule::resume(SchedulePolicy::APPLE, gate, schedule.rows().cloned());
    /// schedule.add("school-18", now);
    /// let Next::Turn(next) = schedule.next("worker 2", now) else { return Err("it is ready".into()) };
    /// assert!(next.lease().number() > turn.lease().number());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_rows<'r>(rows: impl IntoIterator<Item = &'r TokenRow>) -> Self {
        rows.into_iter().fold(Self::new(), |gate, row| Self {
            mark: gate.mark.max(row.mark).min(Self::HIGHEST),
            last_number: gate.last_number.max(row.last_number()).min(Self::HIGHEST),
            ..gate
        })
    }

    /// No gate has a higher mark or number: half of what a row may have, which so has room to go on from there.
    pub(super) const HIGHEST: u64 = TokenRow::HIGHEST >> 1;

    /// Reads a stored gate.
    ///
    /// # Errors
    ///
    /// [`StoredError`].
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        let gate: Self = version::read(text).map_err(StoredError::of_gate)?;
        within("the mark", gate.mark, Self::HIGHEST)?;
        within("the number of the last lease", gate.last_number, Self::HIGHEST)?;
        Ok(gate)
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        version::written(self)
    }

    /// Takes as many calls as there are, or says when there are as many as it takes.
    pub(super) fn take(
        &mut self,
        limit: Option<RateLimit>,
        calls: RangeInclusive<u32>,
        now: DateTime<Utc>,
    ) -> Result<u32, DateTime<Utc>> {
        let (fewest, most) = calls.into_inner();
        let Some(limit) = limit else { return Ok(most) };
        let (apart, per) = limit.apart();
        // A time further away than any that is stored is of a clock that was set back since, and says nothing.
        let from = self.spoken_for.filter(|until| *until <= after(now, per)).unwrap_or(now).max(now);
        let left = after(now, per).signed_duration_since(from).num_microseconds().unwrap_or(0);
        let free = left.checked_div(apart.num_microseconds().unwrap_or(i64::MAX)).unwrap_or(0);
        let taken = u32::try_from(free).unwrap_or(u32::MAX).min(most);
        if taken < fewest {
            return Err(after(from, times(apart, fewest)).checked_sub_signed(per).unwrap_or(now));
        }
        self.spoken_for = Some(after(from, times(apart, taken)));
        Ok(taken)
    }

    /// Gives back calls that were taken and not made.
    pub(super) fn give_back(&mut self, limit: Option<RateLimit>, calls: u32) {
        if let (Some(limit), Some(until)) = (limit, self.spoken_for) {
            self.spoken_for = until.checked_sub_signed(times(limit.apart().0, calls));
        }
    }
}

impl RateLimit {
    /// How long so many calls take, in milliseconds.
    pub(super) fn time_of(self, calls: u64) -> u64 {
        let apart = self.apart().0.num_microseconds().and_then(|apart| u64::try_from(apart).ok()).unwrap_or(u64::MAX);
        u64::try_from(u128::from(calls).saturating_mul(apart.into()).div_ceil(1000)).unwrap_or(u64::MAX)
    }

    /// The time for one call, and for all.
    fn apart(self) -> (TimeDelta, TimeDelta) {
        let calls = i32::try_from(self.calls.max(1)).unwrap_or(i32::MAX);
        let apart = (self.per / calls).max(TimeDelta::milliseconds(1));
        (apart, self.per.max(times(apart, 2)))
    }
}

fn times(time: TimeDelta, calls: u32) -> TimeDelta {
    time.checked_mul(i32::try_from(calls).unwrap_or(i32::MAX)).unwrap_or(TimeDelta::MAX)
}
