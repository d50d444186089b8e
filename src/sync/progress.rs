//! How far a run has come.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::decision::Kind;
use super::policy::SyncPolicy;
use super::state::{Run, SyncState};

/// How far a run has come, for a progress bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Progress {
    /// What is running.
    pub kind: Kind,
    /// Since when.
    pub begun: DateTime<Utc>,
    /// How many devices it has stored.
    pub devices: u64,
    /// How many there will be, by the last full fetch; `None` before there was one, and for a delta.
    pub expected: Option<u64>,
    /// How many pages have come.
    pub pages: u64,
    /// How many devices a minute have come so far; `None` in the first second.
    pub per_minute: Option<u64>,
}

impl Progress {
    pub(super) fn of(run: &Run, state: &SyncState, now: DateTime<Utc>) -> Self {
        let seconds = now.signed_duration_since(run.begun).num_seconds();
        let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0);
        Self {
            kind: run.kind,
            begun: run.begun,
            devices: run.devices,
            expected: state.known.filter(|_| run.kind == Kind::Full).map(|known| known.max(run.devices)),
            pages: run.pages,
            per_minute: seconds.and_then(|seconds| run.devices.saturating_mul(60).checked_div(seconds)),
        }
    }

    /// How much longer it takes: at the rate so far, or else at the rate that the policy expects. `None` where nobody can tell.
    pub fn time_left(&self, policy: &SyncPolicy) -> Option<TimeDelta> {
        let left = self.expected?.saturating_sub(self.devices);
        let rate = self.per_minute.filter(|rate| *rate > 0).unwrap_or(policy.devices_per_minute.into());
        let seconds = left.saturating_mul(60).checked_div(rate)?;
        i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds)
    }
}

impl SyncPolicy {
    /// How long it takes to fetch so many devices at the policy's pace (SYN-13, LIM-7).
    ///
    /// ```
    /// use apple_ade::sync::SyncPolicy;
    ///
    /// assert_eq!(SyncPolicy::ADE_2023.expected_duration(200_000).num_minutes(), 66);
    /// ```
    pub fn expected_duration(&self, devices: u64) -> TimeDelta {
        let seconds = devices.saturating_mul(60).checked_div(self.devices_per_minute.into()).unwrap_or(u64::MAX);
        i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds).unwrap_or(TimeDelta::MAX)
    }
}
