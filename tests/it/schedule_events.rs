//! What happens in the histories of `schedule_model.rs`.

use std::collections::BTreeMap;

use apple_ade::schedule::{RateLimit, SchedulePolicy};
use apple_ade::sync::Kind;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

/// What happens next; workers and tokens are drawn from those that there are.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// Every worker does what it has to do, in this many rounds with this many seconds between.
    Work(u8, u16),
    Act(usize),
    Pass(u16),
    /// The worker dies, and another takes its place.
    Crash(usize),
    StoreFails(usize),
    Add,
    Remove(usize),
    AddAgain(usize),
    Ask(usize, Kind),
    /// So many more calls of an assignment, from so many seconds on.
    Assign(usize, u8, u32),
    ClockForth(u16),
    ClockBack(u32),
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        8 => ((1_u8..12), (1_u16..90)).prop_map(|(rounds, seconds)| Event::Work(rounds, seconds)),
        6 => any::<usize>().prop_map(Event::Act),
        4 => (1_u16..900).prop_map(Event::Pass),
        2 => any::<usize>().prop_map(Event::Crash),
        1 => any::<usize>().prop_map(Event::StoreFails),
        1 => Just(Event::Add),
        1 => any::<usize>().prop_map(Event::Remove),
        1 => any::<usize>().prop_map(Event::AddAgain),
        2 => (any::<usize>(), prop_oneof![Just(Kind::Full), Just(Kind::Delta)]).prop_map(|(at, kind)| Event::Ask(at, kind)),
        2 => (any::<usize>(), 1_u8..12, ahead()).prop_map(|(at, calls, ahead)| Event::Assign(at, calls, ahead)),
        1 => (60_u16..20_000).prop_map(Event::ClockForth),
        1 => (60_u32..4_000_000).prop_map(Event::ClockBack),
    ]
}

fn ahead() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0), 2 => 60_u32..20_000, 1 => 80_000_u32..400_000]
}

/// The assignments that were asked for and that no turn has taken on, and whether one has that is not done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// How many at once.
    now: u32,
    /// And from these times of the calendar on.
    from: BTreeMap<DateTime<Utc>, u32>,
    is_open: bool,
}

impl Wishes {
    pub(crate) fn add(&mut self, calls: u32, at: DateTime<Utc>, now: DateTime<Utc>) {
        let sum = if at <= now { &mut self.now } else { self.from.entry(at).or_default() };
        *sum += calls;
    }

    /// Whether there is something to be taken on.
    pub(crate) fn are_due(&self, now: DateTime<Utc>) -> bool {
        self.now > 0 || self.from.keys().next().is_some_and(|at| *at <= now)
    }

    /// A turn begins; gives how many calls it takes on.
    pub(crate) fn begin(&mut self, now: DateTime<Utc>) -> u32 {
        assert!(self.is_open || self.are_due(now), "a turn for an assignment before its time: {self:?}");
        self.is_open = true;
        let later = self.from.split_off(&(now + TimeDelta::nanoseconds(1)));
        std::mem::take(&mut self.now) + std::mem::replace(&mut self.from, later).into_values().sum::<u32>()
    }

    pub(crate) fn done(&mut self) {
        self.is_open = false;
    }
}

pub(crate) fn policy() -> impl Strategy<Value = SchedulePolicy> {
    let rate = proptest::option::of((4_u32..30).prop_map(|calls| RateLimit { calls, per: TimeDelta::minutes(1) }));
    (1_u32..4, rate, 1_u32..25).prop_map(|(places, rate, turn_calls)| SchedulePolicy {
        places,
        rate,
        turn_calls,
        ..SchedulePolicy::APPLE
    })
}
