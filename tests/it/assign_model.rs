//! `Assigner` against the simulated service, over random schedules: rules that change, devices that come, move and leave, are throttled,
//! fail or are left out of answers, plans that lie for a while, others who assign as well, every fault that the service knows, and a client that crashes at any point. What is wanted is reached
//! or reported; every device that was added has one outcome; nothing is sent that is done; no call is made before a wait is over.
//!
//! The mutants in `tests/mutants` that begin with `assigner-` and `assign-plan-` break the machine and the planner one rule at a time;
//! this test, or one of `assigner.rs` and `assign_plan.rs`, catches each: `assigner-sends-what-is-done`, `assigner-never-looks`,
//! `assigner-one-look-is-for-ever`, `assigner-throttle-is-not-waited-for`, `assigner-fourth-failure`, `assigner-unanswered-is-lost`,
//! `assigner-missing-is-success`, `assigner-pause-is-skipped`, `assigner-batch-is-too-big`, `assigner-moves-on-without-
//! acknowledgement`, `assigner-support-is-forgotten`, `assigner-parked-for-ever`, `assigner-supersedes-in-silence`, `assigner-defines-
//! for-ever`, `assigner-removal-is-parked`, `assigner-refusal-is-endless`, `assign-plan-approves-hazards`, `assign-plan-removed-is-
//! right`, `assign-plan-default-wins`, `assign-plan-zombie-decision`, `assigner-clock-stops-it`,
//! `assigner-filter-is-forgotten`, `assigner-forgets-definitions`, `assigner-late-answer-counts`, `assigner-number-of-another`,
//! `assigner-refused-together`, `assigner-throttle-ends-with-the-plan`.

use apple_ade::assign::DeviceFilter;
use proptest::prelude::*;

use self::events::{event, policy};
use self::model::Model;

mod events;
mod happen;
mod model;
mod store;

const NAMES: [&str; 3] = ["A", "B", "C"];

/// How many schedules, unless PROPTEST_CASES says so.
fn cases() -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 2_000 }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::with_cases(cases()) })]

    /// ASG-4, ASG-10.
    #[test]
    fn what_is_wanted_is_reached_or_reported_whatever_breaks(
        seed in any::<u64>(),
        devices in 0_usize..18,
        policy in policy(),
        throttle in prop::option::of(1_u32..4),
        events in proptest::collection::vec(event(), 1..22),
    ) {
        let mut model = Model::new(seed, devices, policy, throttle);
        for event in &events {
            model.happen(event);
        }
        model.settle();
        model.compare(true);
        // Apple's support was called, and what is left is tried again.
        for _ in 0..3 {
            if !model.store.state().for_support().any(|_| true) && model.plan(DeviceFilter::All).is_empty() {
                break;
            }
            model.try_again();
            model.settle();
        }
        model.compare(false);
        prop_assert_eq!(model.rules.token(), model.token);
        prop_assert_eq!(model.plan(DeviceFilter::All).devices(), 0);
    }
}
