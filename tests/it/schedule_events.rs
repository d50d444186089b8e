//! What happens in the histories of `schedule_model.rs`.

use apple_ade::schedule::{RateLimit, SchedulePolicy};
use apple_ade::sync::Kind;
use chrono::TimeDelta;
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
    Assign(usize, u8),
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
        2 => (any::<usize>(), 1_u8..12).prop_map(|(at, calls)| Event::Assign(at, calls)),
        1 => (60_u16..20_000).prop_map(Event::ClockForth),
        1 => (60_u32..4_000_000).prop_map(Event::ClockBack),
    ]
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
