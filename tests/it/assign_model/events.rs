//! What can happen.

use apple_ade::assign::AssignPolicy;
use chrono::TimeDelta;
use proptest::prelude::*;

/// What happens between two steps.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// The machine makes so many steps; short waits come to their end.
    Steps(u8),
    Crash(Moment),
    /// What is wanted for a device changes.
    Choose(u16, u8),
    /// Wanted and reported are compared, and the difference is added.
    Plan(u8),
    /// A plan is made and approved, and lies in the store.
    Keep(u8),
    /// What lies there is added, however old it is.
    AddKept,
    /// Somebody else gives a device a profile.
    Given(u16, u8),
    Remove(u16),
    Disown(u16),
    Buy(u8),
    MoveAway(u16),
    MoveBack(u16),
    Activate(u16),
    Wipe(u16),
    Trouble(u16, u8),
    /// The sync sees the devices that are there; all, or every other one.
    Seen(bool),
    TryAgain,
    Resolved,
    Minutes(u16),
    /// Everything goes wrong now and then, in so many of a thousand calls.
    Faults(u64, u16),
    /// One thing goes wrong so many times.
    Fault(u8, u8),
    NoFaults,
    EndSessions,
    Misuse(u64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Moment {
    Now,
    BeforeCommit,
    AfterCommit,
    /// No crash: the store failed, and the process goes on.
    StoreFails,
    /// No crash: the answer never comes.
    Silence,
}

pub(super) fn event() -> impl Strategy<Value = Event> {
    let moment = prop::sample::select(vec![
        Moment::Now,
        Moment::BeforeCommit,
        Moment::AfterCommit,
        Moment::StoreFails,
        Moment::Silence,
    ]);
    prop_oneof![
        8 => (1_u8..25).prop_map(Event::Steps),
        3 => moment.prop_map(Event::Crash),
        2 => (any::<u16>(), 0_u8..3).prop_map(|(draw, name)| Event::Choose(draw, name)),
        4 => (0_u8..4).prop_map(Event::Plan),
        1 => (0_u8..4).prop_map(Event::Keep),
        1 => Just(Event::AddKept),
        2 => (any::<u16>(), 0_u8..3).prop_map(|(draw, name)| Event::Given(draw, name)),
        1 => any::<u16>().prop_map(Event::Remove),
        1 => any::<u16>().prop_map(Event::Disown),
        1 => (1_u8..4).prop_map(Event::Buy),
        1 => any::<u16>().prop_map(Event::MoveAway),
        1 => any::<u16>().prop_map(Event::MoveBack),
        1 => any::<u16>().prop_map(Event::Activate),
        1 => any::<u16>().prop_map(Event::Wipe),
        2 => (any::<u16>(), 0_u8..4).prop_map(|(draw, trouble)| Event::Trouble(draw, trouble)),
        1 => any::<bool>().prop_map(Event::Seen),
        1 => Just(Event::TryAgain),
        1 => Just(Event::Resolved),
        2 => (1_u16..3_000).prop_map(Event::Minutes),
        2 => (any::<u64>(), 50_u16..700).prop_map(|(seed, share)| Event::Faults(seed, share)),
        3 => (0_u8..12, 1_u8..5).prop_map(|(fault, times)| Event::Fault(fault, times)),
        1 => Just(Event::NoFaults),
        1 => Just(Event::EndSessions),
        1 => any::<u64>().prop_map(Event::Misuse),
    ]
}

pub(super) fn policy() -> impl Strategy<Value = AssignPolicy> {
    let read_back = prop::option::of(Just(TimeDelta::minutes(2)));
    let batch_size = prop_oneof![1 => Just(0_u32), 3 => Just(5), 3 => Just(12), 3 => Just(1000)];
    (read_back, batch_size).prop_map(|(read_back, batch_size)| AssignPolicy {
        read_back,
        batch_size,
        ..AssignPolicy::APPLE
    })
}
