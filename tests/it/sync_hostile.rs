//! `DeviceSync` in wrong hands: states that somebody else wrote, steps out of turn, devices that come twice.

use apple_ade::error::{Error, TransportError};
use apple_ade::sync::{DeviceSync, Kind, Misuse, Step, SyncPolicy, SyncState, Trigger};
use chrono::TimeDelta;

use crate::sync::{POLICY, Sync, calls, page, stamp, start};

/// What is no state is told so, and what may be one makes no panic and no loop.
#[test]
fn hostile_states() {
    let good = Sync::in_delta(POLICY).machine.state().to_json();
    assert!(SyncState::from_json(&good).is_ok());
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from} in {good}");
        good.replace(from, to)
    };
    let refused = [
        String::new(),
        "null".into(),
        "[]".into(),
        "\u{feff}{}".into(),
        "[".repeat(100_000),
        format!("{{\"version\":1,\"x\":{}", "{\"x\":".repeat(100_000)),
        with(r#""version":1"#, r#""version":1e400"#),
        with(r#""version":1"#, r#""version":-1"#),
        with(r#""version":1"#, r#""version":18446744073709551616"#),
        with(r#""version":1"#, r#""version":0"#),
        with(r#""generation":1"#, r#""generation":9223372036854775808"#),
        with(r#""generation":1"#, r#""generation":1.5"#),
        with(r#""generation":1"#, r#""generation":1,"generation":2"#),
        with(r#""kind":"delta""#, r#""kind":"other""#),
        with(r#""kind":"delta""#, r#""kind":"delta","devices":[]"#),
        with(r#""cursor":"c1""#, r#""cursor":"""#),
        with(r#""since":"2026"#, r#""since":"999999999"#),
        with(r#""cursor":{"cursor":"c1","since":"2026-11-22T08:00:00Z"},"#, ""),
        with("2026-11-22", "2026-22-11"),
    ];
    for text in refused {
        let error = SyncState::from_json(&text).unwrap_err();
        assert!(error.to_string().len() < 500, "{error}");
    }
    let most = u64::MAX.to_string();
    let odd = [
        with(r#""generation":1"#, r#""generation":9223372036854775807"#),
        with(r#""pages":0"#, &format!(r#""pages":{most}"#)),
        with(r#""devices":0"#, &format!(r#""devices":{most}"#)),
        with(r#""idle_pages":0"#, r#""idle_pages":4294967295"#),
        with(r#""blind_rows":0"#, &format!(r#""blind_rows":{most}"#)),
        with(r#""failures":0"#, r#""failures":4294967295"#),
        with(r#""lost_cursors":0"#, r#""lost_cursors":4294967295"#),
        with(r#""known":1"#, &format!(r#""known":{most}"#)),
        with("2026-11-22T", "-262143-01-02T"),
        with("2026-11-22T", "+262142-12-30T"),
        with(r#""cursor":"c1""#, &format!(r#""cursor":"{}""#, "\\u0000é".repeat(5_000))),
        with(r#""kind":"delta""#, r#""kind":"full""#),
        good.replace(r#""full_begun""#, r#""wait":{"until":"+262142-12-30T00:00:00Z","why":"no_answer","since":"-262143-01-02T00:00:00Z"},"full_begun""#),
    ];
    for text in odd {
        for policy in [POLICY, SyncPolicy::APPLE] {
            let machine = DeviceSync::resume(SyncState::from_json(&text).unwrap(), policy);
            let mut sync = Sync { machine, now: start() + TimeDelta::days(1) };
            for _ in 0..30 {
                let error = Error::from(TransportError::new("x"));
                sync.machine.ask(Kind::Full, Trigger::Manual, sync.now);
                let _ = (sync.machine.health().is_stuck(), sync.machine.progress(sync.now));
                assert!(calls(&mut sync, r#"{"devices": [], "cursor": "c2", "more_to_follow": false}"#) < 10, "{text}");
                let Step::Sleep { until, .. } = sync.next() else { panic!("{text}") };
                assert!(until - sync.now <= TimeDelta::days(7), "{text}");
                sync.now = until;
                if matches!(sync.next(), Step::Commit(_)) {
                    sync.commit();
                }
                if matches!(sync.next(), Step::Call(_)) {
                    sync.answer(Err(error));
                }
            }
        }
    }
}

/// Answers and acknowledgements out of turn, at every point: a typed error, and nothing changes.
#[test]
fn misuse_at_every_point() {
    let mut sync = Sync::new(POLICY);
    for _ in 0..12 {
        let step = sync.next();
        let (state, right) = (
            sync.machine.state().clone(),
            match &step {
                Step::Call(call) => Some(call.id),
                Step::Commit(commit) => Some(commit.id()),
                _ => None,
            },
        );
        for id in [0, 1, right.unwrap_or(7).wrapping_sub(1), right.unwrap_or(7) + 1, u64::MAX] {
            let call = match &step {
                Step::Call(call) => Some(call.id),
                _ => None,
            };
            let commit = match &step {
                Step::Commit(commit) => Some(commit.id()),
                _ => None,
            };
            if call != Some(id) {
                let misuse = Misuse::NoSuchCall { given: id, expected: call };
                let empty = page(r#"{"devices": [], "more_to_follow": false}"#);
                assert_eq!(sync.machine.answer(id, Ok(empty), &stamp(sync.now)), Err(misuse));
                assert!(misuse.to_string().contains(&id.to_string()));
            }
            if commit != Some(id) {
                assert_eq!(sync.machine.committed(id), Err(Misuse::NoSuchCommit { given: id, expected: commit }));
            }
            assert_eq!((sync.machine.state().clone(), sync.next()), (state.clone(), step.clone()));
        }
        match step {
            Step::Call(call) => {
                let json = format!(r#"{{"devices": [], "cursor": "c{}", "more_to_follow": false}}"#, call.id);
                sync.machine.answer(call.id, Ok(page(&json)), &stamp(sync.now)).unwrap();
            }
            Step::Commit(_) => drop(sync.commit()),
            Step::Sleep { until, .. } => sync.now = until,
            other => panic!("{other:?}"),
        }
    }
    assert!(sync.machine.state().last_run().is_some());
}

/// SYN-13: the rate and the rest, where devices come twice and the clock jumps.
#[test]
fn progress_counts_devices() {
    let mut sync = Sync::new(POLICY);
    sync.commit();
    let rows = r#"{"serial_number": "A"}, {"serial_number": "A"}, {"serial_number": "B"}, {"serial_number": "C", "model": "x", "serial_number": 5}"#;
    sync.answer(Ok(page(&format!(r#"{{"devices": [{rows}], "cursor": "c1", "more_to_follow": true}}"#))));
    for (later, rate) in [(TimeDelta::zero(), None), (TimeDelta::minutes(1), Some(2)), (TimeDelta::minutes(-1), None)] {
        let progress = sync.machine.progress(sync.now + later).unwrap();
        assert_eq!((progress.devices, progress.expected, progress.per_minute), (2, None, rate));
        assert_eq!(progress.time_left(&POLICY), None, "nobody knows how many there are");
    }
    assert_eq!(Sync::after_full(POLICY).machine.state().last_full_devices(), Some(1));
    // A large account, at the pace that is expected: 200 000 devices take 67 minutes.
    let known = sync.machine.state().to_json().replace(r#""failures":0"#, r#""known":200002,"failures":0"#);
    let machine = DeviceSync::resume(SyncState::from_json(&known).unwrap(), POLICY);
    let progress = machine.progress(sync.now).unwrap();
    assert_eq!((progress.expected, progress.time_left(&POLICY)), (Some(200_002), Some(TimeDelta::seconds(4_000))));
}

/// A store that failed: the call is made again, what was asked is forgotten, and the late acknowledgement is refused.
#[test]
fn what_is_given_up() {
    let mut sync = Sync::in_delta(POLICY);
    let call = sync.call();
    let json = r#"{"devices": [{"serial_number": "B"}], "cursor": "c2", "more_to_follow": false}"#;
    sync.machine.answer(call.id, Ok(page(json)), &stamp(sync.now)).unwrap();
    let Step::Commit(commit) = sync.next() else { panic!("a page to be stored") };
    sync.machine.abandon();
    let again = sync.call();
    assert_eq!((&again.request, again.id == call.id), (&call.request, false));
    assert_eq!(sync.machine.committed(commit.id()), Err(Misuse::NoSuchCommit { given: commit.id(), expected: None }));
    let mut sync = Sync::after_full(POLICY);
    sync.now += TimeDelta::hours(1);
    sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now);
    sync.machine.abandon();
    assert!(matches!(sync.next(), Step::Sleep { .. }));
}
