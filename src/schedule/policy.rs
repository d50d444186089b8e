//! How much at a time, and for how long.

use chrono::{DateTime, TimeDelta, Utc};

use super::work::Work;
use crate::stamp::after;
use crate::sync::SyncPolicy;

/// The rules of a schedule, as data.
///
/// Whatever they say, nothing becomes a loop without a pause or a turn without a call: they are applied as
/// [`bounded`](Self::bounded) gives them.
///
/// ```
/// use apple_ade::schedule::{RateLimit, SchedulePolicy};
/// use apple_ade::sync::SyncPolicy;
/// use chrono::TimeDelta;
///
/// let policy = SchedulePolicy {
///     places: 8,
///     rate: Some(RateLimit { calls: 600, per: TimeDelta::minutes(1) }),
///     ..SchedulePolicy::for_sync(&SyncPolicy::ADE_2023)
/// };
/// assert_eq!(policy.call, TimeDelta::minutes(15));
/// // Whatever the other 1,999 tokens have to do, and if every one of them kills its worker in a call of 15 minutes:
/// assert!(policy.longest_wait(1_999) <= TimeDelta::hours(270));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchedulePolicy {
    /// How many tokens may be worked on at a time, over all workers; 0 counts as 1.
    pub places: u32,
    /// How many calls may be made, over all tokens.
    pub rate: Option<RateLimit>,
    /// How long a turn lasts: one that has taken as long, or has cost as much at the expected pace, makes no further call. An assignment
    /// makes two at least, since it reads devices before it sends them.
    pub quantum: TimeDelta,
    /// How many calls a turn may make; 0 counts as 1, and for an assignment, which reads devices before it sends them, 1 as 2.
    pub turn_calls: u32,
    /// How long one call may take: the sync's [deadline](SyncPolicy::deadline).
    pub call: TimeDelta,
    /// How long a lease lasts, unless it is renewed: longer than one call may take. A worker has so much more time to begin the first.
    pub lease: TimeDelta,
    /// How long after its end a lease is left alone, for clocks that differ: no two of them may differ by more.
    pub grace: TimeDelta,
    /// How long a token sleeps at most before somebody looks at it again, which makes no call. A row that claims more is of a clock that
    /// was set back since.
    pub longest_sleep: TimeDelta,
    /// After how long to ask again at most, since other workers may have changed the rows.
    pub look_again: TimeDelta,
    /// How many devices a minute are expected (LIM-7).
    pub devices_per_minute: u32,
}

/// A limit on calls: so many in so much time, and no more than that at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many calls; 0 counts as 1.
    pub calls: u32,
    /// In how much time; less than a millisecond for each call counts as one. One call in a time counts as two in twice that time, which
    /// is what an assignment takes.
    pub per: TimeDelta,
}

/// What a call costs beside the devices that it brings, in milliseconds; also the least that a turn costs.
const CALL_COST: u64 = 100;
/// The least time between the end of a lease and the latest end of a call that begins with it, clocks that differ aside.
const FIRST_CALL: TimeDelta = TimeDelta::seconds(10);

impl SchedulePolicy {
    /// For [`SyncPolicy::APPLE`]: 32 tokens at a time, turns of a minute, leases of six.
    pub const APPLE: Self = Self {
        places: 32,
        rate: None,
        quantum: TimeDelta::minutes(1),
        turn_calls: 20,
        call: TimeDelta::minutes(5),
        lease: TimeDelta::minutes(6),
        grace: TimeDelta::seconds(5),
        longest_sleep: TimeDelta::days(1),
        look_again: TimeDelta::minutes(1),
        devices_per_minute: 3000,
    };

    /// With the deadline and the pace of a sync's policy: a lease outlasts a call by a minute.
    pub fn for_sync(sync: &SyncPolicy) -> Self {
        let lease = sync.deadline.checked_add(&TimeDelta::minutes(1)).unwrap_or(TimeDelta::MAX);
        Self { call: sync.deadline, lease, devices_per_minute: sync.devices_per_minute, ..Self::APPLE }
    }

    /// The rules as they are applied: at least a place and a call; no time but the [grace](Self::grace) of less than a second, none
    /// of more than a hundred years; a [lease](Self::lease) that outlasts a call by the grace and ten seconds at least. Workers with
    /// a [database](super#stored-in-a-database) put these into their queries.
    ///
    /// ```
    /// use apple_ade::schedule::SchedulePolicy;
    /// use chrono::TimeDelta;
    ///
    /// let policy = SchedulePolicy { call: TimeDelta::minutes(15), ..SchedulePolicy::APPLE };
    /// assert_eq!(policy.lease, TimeDelta::minutes(6));
    /// assert_eq!(policy.bounded().lease, TimeDelta::minutes(15) + TimeDelta::seconds(15));
    /// ```
    #[must_use]
    pub fn bounded(self) -> Self {
        let most = TimeDelta::days(36_500);
        let time = |time: TimeDelta| time.clamp(TimeDelta::seconds(1), most);
        let (call, grace) = (time(self.call), self.grace.clamp(TimeDelta::zero(), most));
        Self {
            places: self.places.max(1),
            turn_calls: self.turn_calls.max(1),
            quantum: time(self.quantum),
            call,
            lease: time(self.lease).max(call + grace + FIRST_CALL),
            grace,
            longest_sleep: time(self.longest_sleep),
            look_again: time(self.look_again),
            devices_per_minute: self.devices_per_minute.max(1),
            ..self
        }
    }

    /// How long a token that is ready waits at most while so many others are ready, too, where there is a worker for every place and no
    /// [rate](Self::rate) in the way. Each of the others has at most two turns before it, and at most one if it was not the last to have
    /// one. The bound counts every turn as if its worker died in its last call; where nothing goes wrong a turn takes little more
    /// than the [quantum](Self::quantum). A clock that is set back can add the length of a lease.
    pub fn longest_wait(&self, others: u64) -> TimeDelta {
        let rules = self.bounded();
        // Each place takes its share, and first ends the turn that is under way.
        let turns = others.saturating_mul(2).div_ceil(u64::from(rules.places)).saturating_add(1);
        // A worker that dies in its last call leaves the rest of a lease, by which it has just begun.
        let dead = millis(rules.lease).saturating_add(millis(rules.grace)).saturating_sub(millis(rules.call));
        let place = rules.longest_turn(Work::Assign).saturating_add(dead);
        delta(turns.saturating_mul(place).saturating_add(millis(rules.look_again)))
    }

    /// What so much work costs at the expected pace, in milliseconds.
    pub(super) fn cost(&self, calls: u64, devices: u64) -> u64 {
        let pace = u64::from(self.devices_per_minute.max(1));
        let devices = devices.saturating_mul(60_000).checked_div(pace).unwrap_or(0);
        calls.saturating_mul(CALL_COST).saturating_add(devices).max(CALL_COST)
    }

    /// The longest time for which a turn has its place while its worker lives, in milliseconds.
    pub(super) fn longest_turn(&self, work: Work) -> u64 {
        let calls = millis(self.call).saturating_mul(Self::fewest_calls(work).into());
        self.first_call().saturating_add(calls).max(CALL_COST)
    }

    /// Up to when a turn may make its first call, in milliseconds: a worker that is slow to begin would never come to it in a short turn.
    pub(super) fn first_call(&self) -> u64 {
        millis(self.quantum).max(millis(self.lease).saturating_sub(millis(self.call)))
    }

    /// How many calls a turn of this work takes at least, to come any further.
    pub(super) fn fewest_calls(work: Work) -> u32 {
        match work {
            Work::Sync(_) => 1,
            // What is read of devices before they are sent is stored nowhere.
            Work::Assign => 2,
        }
    }

    pub(super) fn lease_from(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        after(now, self.lease)
    }
}

pub(super) fn millis(time: TimeDelta) -> u64 {
    u64::try_from(time.num_milliseconds()).unwrap_or(0)
}

/// As much of so many milliseconds as there are.
pub(super) fn delta(millis: u64) -> TimeDelta {
    i64::try_from(millis).ok().and_then(TimeDelta::try_milliseconds).unwrap_or(TimeDelta::MAX)
}
