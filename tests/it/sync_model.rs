//! `DeviceSync` against the simulated service, over random schedules: devices that come, change, move, are replaced and leave, every
//! fault that the service knows, rows and keys that are spoilt, crashes at any point, stores that fail, terms, people who ask for a sync.
//! In the end the store equals Apple's list; on the way a [referee](referee::Referee) sees that no call is made that the policy, Apple or
//! the machine's own words forbid, and that nothing is swept that Apple had all the time.
//!
//! Three properties: of stores after a full fetch, of stores that were fed by deltas alone, and of machines whose clock is wrong. Of the
//! first there are 2,000 schedules, or as many as `PROPTEST_CASES` says.
//!
//! The mutants in `tests/mutants/sync-*.mutant` break the machine one rule at a time; each is caught here or in the neighbour that is named:
//!
//! - `abandon-keeps`: what is given up is offered again (`sync_hostile`)
//! - `any-acknowledgement`: an acknowledgement of another commit is taken for this one (`sync_hostile`)
//! - `asked-twice`: what is about to begin does not count when somebody asks (`sync_waits`)
//! - `beginning-is-not-stored`: a run begins without being stored (here)
//! - `begins-anew-as-before`: a fetch that begins anew has the generation of what it brought before (`sync_lists`)
//! - `circle-is-walked`: cursors that go round are followed for ever (`sync_lists`)
//! - `cursor-ages-under-way`: a cursor that became too old during a run is tried (`sync_lists`)
//! - `deleted-row-is-stored`: a deleted row is stored like any other (`sync`)
//! - `deletions-wait-for-a-fetch`: a delta removes nothing (here)
//! - `delta-stands`: a delta does not go on (`sync`)
//! - `exhausted-fetch-is-complete`: a fetch whose cursor is exhausted half way is complete (`sync_lists`)
//! - `failure-without-pause`: after a failure the call is made again at once (`sync`)
//! - `full-too-early`: a full fetch that is asked for runs at any time (`sync`)
//! - `future-stays`: times that a clock left behind which was ahead stay (`sync_waits`)
//! - `generation-stands`: a full fetch has the generation of the one before (here)
//! - `impatience-makes-calls`: whoever makes a run go on may do so again at once (`sync_waits`)
//! - `install-ends-apples-pause`: a server token ends the pause that Apple asked for (`sync_waits`)
//! - `moves-on-without-acknowledgement`: the machine moves on when an answer comes, not when it is stored (here)
//! - `no-cursor-no-pause`: a list without a cursor is fetched again at once (`sync_lists`)
//! - `no-sweep`: nothing is gone after a full fetch (here)
//! - `old-cursor-is-tried`: a cursor of any age is tried (`sync`)
//! - `oldest-row-counts`: of several rows of a device the oldest counts (`sync`)
//! - `promises-what-waits`: somebody is told that a full fetch begins, and it has to wait (`sync_waits`)
//! - `refusals-are-not-reported`: nobody is told when Apple refuses one cursor after the other (`sync_lists`)
//! - `refused-cursor-stays`: a refused cursor is kept (`sync`)
//! - `removed-at-any-date`: a device left when its row says, whatever that is (`sync_lists`)
//! - `retry-after-is-ignored`: Apple's Retry-After is not heeded (`sync`)
//! - `same-cursor-at-once`: the same cursor is asked again at once (`sync`)
//! - `same-cursor-is-young`: a cursor that Apple gives once more is as young as on the first day (`sync_lists`)
//! - `sweep-comes-first`: what the last page brings is swept before it is stored (here)
//! - `sweeps-what-is-unread`: a full fetch with rows that nobody can read sweeps all the same (`sync`)
//! - `unread-is-not-seen`: a device whose row cannot be read is swept (here)
//! - `unsaid-end-is-swept`: a fetch of which nobody said that it is complete is swept (`sync_lists`)
//! - `unsaid-more-is-the-end`: a page that does not say whether more follows is the last (`sync_lists`)

use std::cell::Cell;

use apple_ade::sync::{EarlyFull, Recovery, SyncPolicy};
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use self::events::Event;
use self::faults::Harm;
use self::model::Model;

mod events;
mod faults;
mod line;
mod model;
mod referee;
mod store;

fn policy() -> impl Strategy<Value = SyncPolicy> {
    prop_oneof![
        // A delta every half hour would take most of the time.
        3 => Just(SyncPolicy { delta_every: TimeDelta::hours(12), ..SyncPolicy::APPLE }),
        3 => Just(SyncPolicy::ADE_2023),
        3 => Just(SyncPolicy::DEP_2017),
        1 => Just(SyncPolicy { recovery: Recovery::Waits, ..SyncPolicy::ADE_2023 }),
        3 => any_policy(),
    ]
    .prop_map(|policy| SyncPolicy { page_size: Some(13), ..policy })
}

fn any_policy() -> impl Strategy<Value = SyncPolicy> {
    let hours = |hours: &[i64]| prop::sample::select(hours.to_vec()).prop_map(TimeDelta::hours);
    let minutes = |minutes: &[i64]| prop::sample::select(minutes.to_vec()).prop_map(TimeDelta::minutes);
    let early = prop_oneof![Just(EarlyFull::Reduced), Just(EarlyFull::Refused)];
    let recovery = prop_oneof![2 => Just(Recovery::AtOnce), 1 => Just(Recovery::Waits)];
    let intervals = (hours(&[0, 1, 72, 168]), prop::option::of(hours(&[24, 168])), hours(&[6, 12, 50]));
    let pauses = (minutes(&[0, 1, 15]), minutes(&[1, 5, 15]), minutes(&[1, 30]), minutes(&[10, 60]));
    (intervals, pauses, early, recovery, any::<bool>(), hours(&[20, 72, 168])).prop_map(
        |((full_apart, full_every, delta_every), pauses, early_full, recovery, failed_delta_makes_full, cursor_age)| {
            let (manual_apart, deadline, longest_pause, account_pause) = pauses;
            SyncPolicy {
                full_apart,
                full_every,
                delta_every,
                early_full,
                recovery,
                failed_delta_makes_full,
                cursor_age,
                manual_apart,
                deadline,
                longest_pause,
                account_pause,
                first_pause: TimeDelta::seconds(10),
                ..SyncPolicy::APPLE
            }
        },
    )
}

/// So many schedules, or as many as PROPTEST_CASES says.
fn config(cases: u32) -> ProptestConfig {
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { cases };
    ProptestConfig { max_shrink_iters: 500, ..ProptestConfig::with_cases(cases) }
}

fn schedule(event: impl Strategy<Value = Event>) -> impl Strategy<Value = (u64, usize, Vec<Event>)> {
    (any::<u64>(), 0_usize..40, prop::collection::vec(event, 1..25))
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn the_store_equals_apples_list_whatever_breaks(
        (seed, devices, events) in schedule(events::event(Harm::Any)),
        policy in policy(),
    ) {
        let mut model = Model::new(seed, devices, policy);
        for event in &events {
            model.happen(event, Harm::Any);
        }
        model.settle(true);
        model.compare();
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn a_wrong_clock_costs_no_device(
        (seed, devices, events) in schedule(events::event_with_a_wrong_clock()),
        policy in policy(),
    ) {
        let mut model = Model::new(seed, devices, policy);
        for event in &events {
            model.happen(event, Harm::Any);
        }
        model.settle(true);
        model.compare();
    }
}

/// Deletions by delta, by themselves: as long as nothing keeps a delta from telling the truth, no second full fetch is needed.
#[test]
fn deltas_alone_are_enough() {
    let (all, by_deltas) = (Cell::new(0_u32), Cell::new(0_u32));
    let config = ProptestConfig { source_file: Some(file!()), test_name: Some("deltas_alone"), ..config(500) };
    let policy = policy().prop_map(|policy| SyncPolicy {
        full_every: None,
        failed_delta_makes_full: false,
        cursor_age: TimeDelta::days(7),
        ..policy
    });
    let schedules = (schedule(events::event(Harm::NoLies)), policy);
    let result = TestRunner::new(config).run(&schedules, |((seed, devices, events), policy)| {
        let mut model = Model::new(seed, devices, policy);
        for event in &events {
            model.happen(event, Harm::NoLies);
        }
        model.settle(false);
        // A fetch of which nobody said that it is complete leaves devices behind, and says so; no delta tells of them.
        if !model.sync.health().unswept {
            model.compare();
        }
        all.set(all.get() + 1);
        by_deltas.set(by_deltas.get() + u32::from(model.referee.fulls == 1));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    // Otherwise this test would say nothing.
    assert!(by_deltas.get() * 4 > all.get(), "{} of {} without a second full fetch", by_deltas.get(), all.get());
}
