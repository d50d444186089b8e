//! What a fleet costs, on paper.

use chrono::TimeDelta;
use serde::Serialize;

use super::policy::{SchedulePolicy, delta, millis};
use crate::sync::SyncPolicy;

/// A fleet, in figures.
///
/// ```
/// use apple_ade::schedule::{Estimate, Fleet, SchedulePolicy};
/// use apple_ade::sync::SyncPolicy;
///
/// let fleet = Fleet { tokens: 2_000, devices_per_token: 200_000, changes_per_day: 4_000_000 };
/// let estimate = Estimate::of(fleet, &SyncPolicy::ADE_2023, &SchedulePolicy::APPLE);
/// assert_eq!(estimate.devices, 400_000_000);
/// assert_eq!(estimate.full_calls, 400_000);
/// assert_eq!(estimate.full_of_one.num_seconds(), 4_000);
/// assert_eq!(estimate.places_needed, Some(14));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fleet {
    /// How many server tokens.
    pub tokens: u64,
    /// How many devices each of them has; of a fleet with unequal tokens, their mean.
    pub devices_per_token: u64,
    /// How many devices change in a day, over all tokens.
    pub changes_per_day: u64,
}

/// What it costs to keep a [`Fleet`] in sync: calls, time and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// All devices.
    pub devices: u64,
    /// Calls for a full fetch of every token.
    pub full_calls: u64,
    /// How long a full fetch of one token takes at the expected pace, if it does not have to wait for others (SYN-13); longer where the
    /// [rate](SchedulePolicy::rate) allows fewer calls.
    #[serde(serialize_with = "seconds")]
    pub full_of_one: TimeDelta,
    /// How long a full fetch of every token takes with the policy's places and rate.
    #[serde(serialize_with = "seconds")]
    pub full_of_all: TimeDelta,
    /// With how many places the full fetches are done in the time that the policy has between two; `None` if it has none, or if no number
    /// of places would do since one token takes longer, or since the rate does not allow as many calls, deltas included.
    pub places_needed: Option<u64>,
    /// Calls of deltas in a day: one for each that is due, or as many as the pages with what has changed.
    pub delta_calls_per_day: u64,
    /// How much is stored for all syncs and the schedule, in bytes.
    pub stored: u64,
    /// How much memory the pages take that are under way, in bytes.
    pub in_memory: u64,
}

impl Estimate {
    /// The most bytes of a token's [`SyncState`](crate::sync::SyncState) and [`TokenRow`](super::TokenRow) as JSON, with two cursors of
    /// 1000 characters; a test measures it.
    pub const STORED_PER_TOKEN: u64 = 3_200;
    /// The most bytes of a device in memory as it comes from a page, its text included; a test measures it.
    pub const IN_MEMORY_PER_DEVICE: u64 = 2_000;

    /// For a fleet under these policies. Where the sync's leaves the page size to the client, it is Apple's most, 1000.
    pub fn of(fleet: Fleet, sync: &SyncPolicy, schedule: &SchedulePolicy) -> Self {
        let page = u64::from(sync.page_size.unwrap_or(PAGE).max(1));
        let places = u64::from(schedule.places.max(1)).min(fleet.tokens.max(1));
        let calls_of_one = fleet.devices_per_token.div_ceil(page).max(1);
        let full_calls = fleet.tokens.saturating_mul(calls_of_one);
        // How long so many calls take at the rate, whoever makes them.
        let at_rate = |calls: u64| schedule.rate.map_or(0, |rate| rate.time_of(calls));
        let alone = millis(sync.expected_duration(fleet.devices_per_token));
        let full_of_one = alone.max(at_rate(calls_of_one));
        // In whole rounds a token too many would count as a round; turns are dealt out evenly.
        let work = alone.saturating_mul(fleet.tokens);
        let full_of_all = work.div_ceil(places).max(full_of_one).max(at_rate(full_calls));
        let deltas = fleet.tokens.saturating_mul(DAY).div_ceil(millis(sync.delta_every).max(1));
        let pages_of_delta = fleet.changes_per_day.div_ceil(deltas.max(1)).div_ceil(page).max(1);
        let delta_calls_per_day = deltas.saturating_mul(pages_of_delta);
        let is_enough = |between: &u64| {
            let deltas = u128::from(delta_calls_per_day) * u128::from(*between) / u128::from(DAY);
            let calls = full_calls.saturating_add(u64::try_from(deltas).unwrap_or(u64::MAX));
            *between > 0 && full_of_one <= *between && at_rate(calls) <= *between
        };
        Self {
            devices: fleet.tokens.saturating_mul(fleet.devices_per_token),
            full_calls,
            full_of_one: delta(full_of_one),
            full_of_all: delta(full_of_all),
            places_needed: sync.full_every.map(millis).filter(is_enough).map(|between| work.div_ceil(between)),
            delta_calls_per_day,
            stored: fleet.tokens.saturating_mul(Self::STORED_PER_TOKEN),
            in_memory: places.saturating_mul(page).saturating_mul(Self::IN_MEMORY_PER_DEVICE),
        }
    }
}

/// The most devices that Apple puts on a page (LIM-7).
const PAGE: u32 = 1000;
/// In milliseconds.
const DAY: u64 = 86_400_000;

fn seconds<S: serde::Serializer>(time: &TimeDelta, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.num_seconds())
}
