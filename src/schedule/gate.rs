//! What all workers share.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::policy::{RateLimit, after};
use super::version::{self, StoredError, Version};

/// The one row that all workers share: how far the service has come, the number of the last lease, and the calls of late.
///
/// It is locked for as long as a turn is [claimed](super::SchedulePolicy::claim) or [ended](super::SchedulePolicy::end), which is some
/// statements. A lost gate costs no sync: a new one makes the next turns come in another order. Do not give a new one to workers that
/// still hold leases of the old one, since numbers would be given twice.
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

    /// Reads a stored gate.
    ///
    /// # Errors
    ///
    /// [`StoredError`].
    pub fn from_json(text: &str) -> Result<Self, StoredError> {
        version::read(text)
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        version::written(self)
    }

    /// Takes as many calls as there are, or says when there is one.
    pub(super) fn take(
        &mut self,
        limit: Option<RateLimit>,
        calls: u32,
        now: DateTime<Utc>,
    ) -> Result<u32, DateTime<Utc>> {
        let Some(limit) = limit else { return Ok(calls) };
        let (apart, per) = limit.apart();
        // A time further away than any that is stored is of a clock that was set back since, and says nothing.
        let from = self.spoken_for.filter(|until| *until <= after(now, per)).unwrap_or(now).max(now);
        let left = after(now, per).signed_duration_since(from).num_microseconds().unwrap_or(0);
        let free = left.checked_div(apart.num_microseconds().unwrap_or(i64::MAX)).unwrap_or(0);
        match u32::try_from(free).unwrap_or(u32::MAX).min(calls) {
            0 => Err(after(from, apart).checked_sub_signed(per).unwrap_or(now)),
            taken => {
                self.spoken_for = Some(after(from, times(apart, taken)));
                Ok(taken)
            }
        }
    }

    /// Gives back calls that were taken and not made.
    pub(super) fn give_back(&mut self, limit: Option<RateLimit>, calls: u32) {
        if let (Some(limit), Some(until)) = (limit, self.spoken_for) {
            self.spoken_for = until.checked_sub_signed(times(limit.apart().0, calls));
        }
    }
}

impl RateLimit {
    /// The time for one call, and for all.
    fn apart(self) -> (TimeDelta, TimeDelta) {
        let calls = i32::try_from(self.calls.max(1)).unwrap_or(i32::MAX);
        let apart = (self.per / calls).max(TimeDelta::milliseconds(1));
        (apart, self.per.max(apart))
    }
}

fn times(time: TimeDelta, calls: u32) -> TimeDelta {
    time.checked_mul(i32::try_from(calls).unwrap_or(i32::MAX)).unwrap_or(TimeDelta::MAX)
}
