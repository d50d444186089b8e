//! `DeviceSync`, its pauses, and who asks: clocks that jump, impatience, intervals without sense.

use apple_ade::error::Error;
use apple_ade::sync::{Decision, DeviceSync, EarlyFull, Kind, Recovery, Refused, Step, SyncPolicy, Trigger, Why};
use chrono::TimeDelta;

use crate::sync::{POLICY, Sync, begun, calls, page, refusal, stamp, start};

/// A machine whose clock was years ahead goes on when it is right again; so does one that restarts all the time.
#[test]
fn a_clock_that_was_ahead() {
    for restarts in [false, true] {
        let mut sync = Sync::in_delta(SyncPolicy::APPLE);
        sync.now += TimeDelta::days(3 * 365);
        while !matches!(sync.next(), Step::Sleep { .. }) {
            match sync.next() {
                Step::Commit(_) => drop(sync.commit()),
                _ => drop(sync.answer(Ok(page(r#"{"devices": [], "cursor": "c7", "more_to_follow": false}"#)))),
            }
        }
        sync.now = start() + TimeDelta::days(1);
        let mut slept = 0;
        while !matches!(sync.next(), Step::Call(_)) {
            match sync.next() {
                Step::Commit(_) => drop(sync.commit()),
                Step::Sleep { until, .. } => {
                    slept += 1;
                    assert!(slept < 100, "it waits until the clock is there again");
                    assert!(until <= sync.now + TimeDelta::minutes(30));
                    // It is looked at often.
                    sync.now = until.min(sync.now + TimeDelta::minutes(7));
                }
                other => panic!("{other:?}"),
            }
            if restarts {
                sync.machine = DeviceSync::resume(sync.machine.state().clone(), SyncPolicy::APPLE);
            }
        }
    }
    // Pauses likewise.
    let mut sync = Sync::in_delta(SyncPolicy::APPLE);
    sync.now += TimeDelta::days(900);
    sync.commit();
    sync.commit();
    sync.answer(Err(refusal(503, "", None)));
    sync.now -= TimeDelta::days(900);
    sync.commit();
    for _ in 0..400 {
        match sync.next() {
            Step::Sleep { until, .. } => sync.now = until.min(sync.now + TimeDelta::minutes(7)),
            Step::Call(_) => return,
            other => panic!("{other:?}"),
        }
    }
    panic!("a pause without an end");
}

/// A clock that is set back by a second costs no call, and one that is set back by far costs no more than that.
#[test]
fn a_clock_that_is_set_back_during_a_call() {
    let mut sync = Sync::in_delta(POLICY);
    let call = sync.call();
    sync.now -= TimeDelta::seconds(1);
    assert_eq!(sync.call(), call);
    sync.now -= TimeDelta::days(1);
    assert!(matches!(sync.next(), Step::Commit(_)));
}

/// SYN-8, X-3: where a full fetch has to wait, nobody is told that it begins now.
#[test]
fn a_full_fetch_that_has_to_wait() {
    let policy = SyncPolicy { recovery: Recovery::Waits, ..POLICY };
    let mut sync = Sync::in_delta(policy);
    sync.answer(Err(refusal(400, "EXPIRED_CURSOR", None)));
    let until = start() + TimeDelta::days(7);
    assert_eq!(sync.next(), Step::Sleep { until, why: Why::FullTooEarly });
    for kind in [Kind::Full, Kind::Delta] {
        for trigger in [Trigger::Manual, Trigger::TokenInstalled] {
            let refused = Decision::RefusedUntil { until, why: Refused::FullTooEarly };
            assert_eq!(sync.machine.ask(kind, trigger, sync.now), refused);
        }
    }
    sync.now = until;
    assert_eq!(sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now), Decision::Now(Kind::Full));
    assert_eq!(begun(&sync.commit()).0, "full");
}

/// SYN-10: whoever asks again and again while the terms are not signed makes a call every 15 minutes, and no more.
#[test]
fn impatience_makes_no_calls() {
    for policy in [POLICY, SyncPolicy::APPLE, SyncPolicy { failed_delta_makes_full: false, ..POLICY }] {
        let mut sync = Sync::in_delta(policy);
        let mut made = Vec::new();
        for _ in 0..3_600 {
            sync.now += TimeDelta::seconds(1);
            match sync.next() {
                Step::Call(_) => {
                    made.push(sync.now);
                    sync.answer(Err(refusal(403, "T_C_NOT_SIGNED", None)));
                }
                Step::Commit(_) => drop(sync.commit()),
                _ => {
                    let decision = sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now);
                    assert!(!matches!(decision, Decision::RefusedUntil { until, .. } if until <= sync.now));
                }
            }
        }
        // The one that was due, and then one for each time that may be asked.
        let most = 3_600 / policy.manual_apart.num_seconds() + 1;
        assert!((2..=most).contains(&i64::try_from(made.len()).unwrap()), "{made:?}");
        let asked = made.get(1..).unwrap_or_default();
        assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= policy.manual_apart), "{asked:?}");
    }
}

/// CON-6: Apple's own pause is kept whoever asks, and what is due by itself needs no asking.
#[test]
fn what_asking_does_not_end() {
    for trigger in [Trigger::Manual, Trigger::TokenInstalled, Trigger::Schedule] {
        for policy in [POLICY, SyncPolicy::APPLE] {
            let mut sync = Sync::in_delta(policy);
            sync.answer(Err(refusal(429, "TOO_MANY_REQUESTS", Some("3600"))));
            let decision = sync.machine.ask(Kind::Full, trigger, sync.now);
            let pause = sync.now + TimeDelta::hours(1);
            assert!(matches!(decision, Decision::RefusedUntil { until, .. } if until >= pause), "{decision:?}");
            assert_eq!(sync.next(), Step::Sleep { until: pause, why: Why::TooManyCalls });
        }
    }
    let mut sync = Sync::in_delta(SyncPolicy::APPLE);
    sync.answer(Err(refusal(403, "T_C_NOT_SIGNED", None)));
    sync.machine.ask(Kind::Delta, Trigger::Schedule, sync.now);
    assert_eq!(sync.sleep().1, Why::TermsNotSigned);
    let mut sync = Sync::after_full(POLICY);
    let until = sync.now + TimeDelta::hours(12);
    let refused = Decision::RefusedUntil { until, why: Refused::Waiting(Why::NothingDue) };
    assert_eq!(sync.machine.ask(Kind::Delta, Trigger::Schedule, sync.now), refused);
    sync.now = until;
    assert_eq!(sync.machine.ask(Kind::Full, Trigger::Schedule, sync.now), Decision::Now(Kind::Delta));
}

/// Intervals without sense make no loop without a pause, and no panic.
#[test]
fn policies_without_sense() {
    for time in [TimeDelta::MIN, TimeDelta::seconds(-1), TimeDelta::zero(), TimeDelta::MAX] {
        let policy = SyncPolicy {
            full_apart: time,
            full_every: Some(time),
            early_full: EarlyFull::Reduced,
            recovery: Recovery::Waits,
            delta_every: time,
            manual_apart: time,
            deadline: time,
            cursor_age: time,
            devices_per_minute: 0,
            removed_kept: time,
            page_size: Some(0),
            first_pause: time,
            longest_pause: time,
            account_pause: time,
            ..POLICY
        };
        let mut sync = Sync::new(policy);
        assert_eq!(sync.machine.policy(), &policy);
        for round in 0..200 {
            assert!(
                calls(&mut sync, r#"{"devices": [{"serial_number": "A"}], "cursor": "c", "more_to_follow": true}"#)
                    < 50
            );
            for trigger in [Trigger::Manual, Trigger::Schedule] {
                let decision = sync.machine.ask(Kind::Full, trigger, sync.now);
                assert!(!matches!(decision, Decision::RefusedUntil { until, .. } if until <= sync.now), "{decision:?}");
            }
            let _ = sync.machine.progress(sync.now).map(|progress| progress.time_left(&policy));
            sync.now += TimeDelta::minutes(1 + round);
        }
    }
}

/// An answer that cannot be read, and a request that cannot be sent, are waits as well.
#[test]
fn answers_that_are_none() {
    let body = http::Response::new(b"{\"devices\": [".to_vec());
    let call = apple_ade::api::FetchDevices::from_start();
    let unread = apple_ade::api::Endpoint::parse_response(&call, &body).unwrap_err();
    assert!(matches!(&unread, Error::Answer(_)), "{unread}");
    let unsent = apple_ade::api::Endpoint::to_request(&call.with_limit(0), &apple_ade::api::Service::apple());
    for (error, why) in [(unread, Why::Outage), (Error::from(unsent.unwrap_err()), Why::Refused)] {
        let mut sync = Sync::in_delta(SyncPolicy::APPLE);
        sync.answer(Err(error));
        assert_eq!(sync.sleep().1, why);
    }
}

/// Who asks while a refusal is still to be stored has been heard all the same.
#[test]
fn asking_before_a_failure_is_stored() {
    let mut sync = Sync::in_delta(SyncPolicy::APPLE);
    let call = sync.call();
    sync.machine.answer(call.id, Err(refusal(403, "T_C_NOT_SIGNED", None)), &stamp(sync.now)).unwrap();
    assert_eq!(sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now), Decision::Now(Kind::Delta));
    sync.commit();
    assert!(matches!(sync.next(), Step::Call(_)));
}

/// SYN-7: a run that is about to begin is one that is under way, stored or not.
#[test]
fn asking_before_a_beginning_is_stored() {
    for kind in [Kind::Full, Kind::Delta] {
        let mut sync = Sync::after_full(SyncPolicy::APPLE);
        sync.now += TimeDelta::hours(1);
        let Step::Commit(commit) = sync.next() else { panic!("a run begins") };
        let decision = sync.machine.ask(kind, Trigger::Manual, sync.now);
        assert!(matches!(decision, Decision::RefusedUntil { why: Refused::Running, .. }), "{decision:?}");
        sync.machine.committed(commit.id()).unwrap();
        assert_eq!(calls(&mut sync, r#"{"devices": [], "cursor": "c2", "more_to_follow": false}"#), 1);
    }
}

/// SYN-7: a call that is out is a run under way, also by a clock that was set back into the pause before it.
#[test]
fn asking_while_a_call_is_out() {
    let mut sync = Sync::in_delta(SyncPolicy::APPLE);
    sync.answer(Err(refusal(403, "T_C_NOT_SIGNED", None)));
    let (pause, _) = sync.sleep();
    sync.now += pause;
    let call = sync.call();
    sync.now -= TimeDelta::minutes(4);
    let decision = sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now);
    assert!(matches!(decision, Decision::RefusedUntil { why: Refused::Running, .. }), "{decision:?}");
    assert_eq!(sync.call(), call);
}
