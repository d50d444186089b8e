//! `DeviceSync` and lists that nobody should give: what may cost a device, and what may become a loop without a pause.

use apple_ade::api::{Device, OpType};
use apple_ade::sync::{Change, DeviceSync, Step, SyncPolicy, Why};
use chrono::{DateTime, TimeDelta, Utc};

use crate::sync::{POLICY, Sync, begun, calls, cursor, page, refusal, serials, start};

/// A fetch is swept after Apple has said that it is complete, and not where a key is missing or no boolean.
#[test]
fn a_sweep_wants_apples_word() {
    let rows = r#""devices": [{"serial_number": "A"}]"#;
    for more in ["", r#", "more_to_follow": "true""#, r#", "more_to_follow": null"#, r#", "more_to_follow": 1"#] {
        let mut sync = Sync::new(POLICY);
        sync.commit();
        let first = sync.answer(Ok(page(&format!(r#"{{{rows}, "cursor": "c1"{more}}}"#))));
        assert_eq!(serials(&first), ["+A"], "{more}");
        // The list goes on, so there may be more.
        assert_eq!(cursor(&sync.call()).as_deref(), Some("c1"), "{more}");
        let last = sync.answer(Ok(page(&format!(r#"{{"devices": [], "cursor": "c2"{more}}}"#))));
        assert_eq!(serials(&last), ["forget"], "{more}");
        assert!(sync.machine.health().unswept, "{more}");
        assert_eq!(sync.sleep(), (TimeDelta::hours(12), Why::NothingDue), "{more}");
    }
    let mut sync = Sync::after_full(POLICY);
    assert!(!sync.machine.health().unswept);
    // No page at all: an empty object is an answer that cannot be read, and an array is none.
    sync.now += TimeDelta::hours(12);
    sync.commit();
    assert_eq!(calls(&mut sync, r#"{"devices": [], "more_to_follow": false}"#), 1);
}

/// A cursor that is exhausted in the middle of a fetch: the page in between may be lost. Once more, and then no sweep.
#[test]
fn a_fetch_that_is_exhausted_too_early() {
    let mut sync = Sync::new(SyncPolicy::APPLE);
    for attempt in 1..=3 {
        assert_eq!(begun(&sync.commit()).2, attempt);
        sync.answer(Ok(page(r#"{"devices": [{"serial_number": "A"}], "cursor": "c1", "more_to_follow": true}"#)));
        let end = sync.answer(Err(refusal(400, "EXHAUSTED_CURSOR", None)));
        if attempt < 3 {
            assert_eq!(serials(&end), Vec::<String>::new());
            let (pause, why) = sync.sleep();
            assert_eq!(why, Why::NoProgress);
            sync.now += pause;
        } else {
            assert_eq!(serials(&end), ["forget"]);
            assert!(sync.machine.health().unswept);
        }
    }
    assert_eq!(sync.sleep().1, Why::NothingDue);
    sync.now += TimeDelta::minutes(30);
    sync.commit();
    assert_eq!(cursor(&sync.call()).as_deref(), Some("c1"));
}

/// Deltas without news, again and again: one call each, and now and then a new cursor.
#[test]
fn deltas_that_are_exhausted() {
    let mut sync = Sync::in_delta(SyncPolicy { full_every: None, ..POLICY });
    for _ in 0..3 {
        sync.answer(Err(refusal(400, "EXHAUSTED_CURSOR", None)));
        assert_eq!(sync.sleep(), (TimeDelta::hours(12), Why::NothingDue));
        sync.now += TimeDelta::hours(12);
        assert_eq!(begun(&sync.commit()).0, "delta");
    }
    sync.answer(Err(refusal(400, "EXHAUSTED_CURSOR", None)));
    assert_eq!(begun(&sync.commit()), ("full".into(), "cursor_stuck".into(), 2));
    sync.answer(Ok(page(r#"{"devices": [], "cursor": "c5", "more_to_follow": false}"#)));
    sync.now += TimeDelta::hours(12);
    sync.commit();
    sync.answer(Err(refusal(400, "EXHAUSTED_CURSOR", None)));
    assert_eq!(sync.sleep(), (TimeDelta::hours(12), Why::NothingDue), "counted anew");
}

/// A fetch that ends without a cursor is no reason for the next one at once.
#[test]
fn a_list_without_cursors() {
    for policy in [SyncPolicy::APPLE, POLICY, SyncPolicy::DEP_2017] {
        let mut sync = Sync::new(policy);
        let answer = r#"{"devices": [{"serial_number": "A"}], "more_to_follow": false}"#;
        assert_eq!(calls(&mut sync, answer), 1);
        assert_eq!(sync.sleep(), (policy.delta_every, Why::NothingDue));
        sync.now += policy.delta_every;
        assert_eq!(begun(&sync.commit()), ("full".into(), "no_cursor".into(), 2));
        assert_eq!(calls(&mut sync, answer), 1);
    }
}

/// A fetch whose first page has no cursor begins anew, with a generation of its own: what has left in between is swept.
#[test]
fn a_fetch_that_begins_anew() {
    let mut sync = Sync::new(SyncPolicy::APPLE);
    sync.commit();
    sync.answer(Ok(page(r#"{"devices": [{"serial_number": "A"}], "more_to_follow": true}"#)));
    let (pause, why) = sync.sleep();
    assert_eq!(why, Why::NoProgress);
    sync.now += pause;
    assert_eq!(begun(&sync.commit()), ("full".into(), "cursor_stuck".into(), 2));
    let end = sync.answer(Ok(page(r#"{"devices": [], "cursor": "c1", "more_to_follow": false}"#)));
    assert_eq!(serials(&end), ["sweep 2", "forget"]);
}

/// A list whose cursors go round in a circle of any length ends, and is no end of a fetch.
#[test]
fn cursors_that_go_round() {
    for length in [2, 3, 7, 40] {
        for start in [Sync::new as fn(SyncPolicy) -> Sync, Sync::in_delta] {
            let mut sync = start(SyncPolicy::APPLE);
            let mut made = 0;
            let (pause, why) = loop {
                match sync.next() {
                    Step::Sleep { until, why } => break (until - sync.now, why),
                    Step::Commit(commit) => {
                        assert!(!serials(&commit).iter().any(|change| change.starts_with("sweep")));
                        sync.commit();
                    }
                    Step::Call(_) => {
                        let cursor = made % length;
                        made += 1;
                        assert!(made < 500, "a loop without a pause");
                        let json = format!(
                            r#"{{"devices": [{{"serial_number": "A"}}], "cursor": "r{cursor}", "more_to_follow": true}}"#
                        );
                        sync.answer(Ok(page(&json)));
                    }
                    other => panic!("{other:?}"),
                }
            };
            assert_eq!(why, Why::NoProgress);
            assert!(pause >= TimeDelta::seconds(30));
        }
    }
    // Long lists are no circles.
    let mut sync = Sync::new(SyncPolicy::APPLE);
    sync.commit();
    for number in 0..300 {
        sync.answer(Ok(page(&format!(
            r#"{{"devices": [{{"serial_number": "S{number}"}}], "cursor": "c{number}", "more_to_follow": true}}"#
        ))));
        assert_eq!(cursor(&sync.call()), Some(format!("c{number}")));
    }
}

/// SYN-16, X-45: nor is a cursor tried that became too old while a run was under way, or that Apple gave once more as it was.
#[test]
fn cursors_that_age_on_the_way() {
    let policy = SyncPolicy { full_every: None, ..POLICY };
    let mut sync = Sync::in_delta(policy);
    sync.now += TimeDelta::days(7) - TimeDelta::hours(12);
    assert!(serials(&sync.commit()).is_empty());
    assert_eq!(begun(&sync.commit()), ("full".into(), "cursor_too_old".into(), 2));

    let mut sync = Sync::new(policy);
    sync.commit();
    sync.answer(Ok(page(r#"{"devices": [{"serial_number": "A"}], "cursor": "c1", "more_to_follow": true}"#)));
    sync.now += TimeDelta::days(6);
    sync.answer(Ok(page(r#"{"devices": [{"serial_number": "B"}], "cursor": "c2", "more_to_follow": true}"#)));
    sync.now += TimeDelta::days(6);
    assert_eq!(cursor(&sync.call()).as_deref(), Some("c2"));
    sync.machine = DeviceSync::resume(sync.machine.state().clone(), policy);
    sync.now += TimeDelta::days(1);
    sync.commit();
    assert_eq!(begun(&sync.commit()), ("full".into(), "unfinished".into(), 2));

    let mut sync = Sync::after_full(policy);
    for _ in 0..13 {
        sync.now += TimeDelta::hours(12);
        assert_eq!(begun(&sync.commit()).0, "delta");
        sync.answer(Ok(page(r#"{"devices": [], "cursor": "c1", "more_to_follow": false}"#)));
    }
    sync.now += TimeDelta::hours(12);
    assert_eq!(begun(&sync.commit()), ("full".into(), "cursor_too_old".into(), 2), "the same cursor grows older");
}

/// Cursors that Apple refuses one after the other: all are fetched each time, and somebody is told.
#[test]
fn cursors_that_are_always_refused() {
    let mut sync = Sync::after_full(SyncPolicy::APPLE);
    let mut calls = 0;
    for day in 0..8 {
        assert_eq!(sync.machine.health().is_stuck(), day >= 5, "{day}");
        sync.now += TimeDelta::hours(1);
        assert_eq!(begun(&sync.commit()).0, "delta");
        sync.answer(Err(refusal(400, "INVALID_CURSOR", None)));
        loop {
            match sync.next() {
                Step::Sleep { why: Why::NothingDue, .. } => break,
                Step::Sleep { until, why } => {
                    assert_eq!(why, Why::CursorsRefused);
                    sync.now = until;
                }
                Step::Commit(_) => drop(sync.commit()),
                Step::Call(_) => {
                    calls += 1;
                    sync.answer(Ok(page(r#"{"devices": [], "cursor": "c", "more_to_follow": false}"#)));
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!(calls, 8);
    sync.now += TimeDelta::hours(1);
    sync.commit();
    sync.answer(Ok(page(r#"{"devices": [], "cursor": "c2", "more_to_follow": false}"#)));
    assert!(!sync.machine.health().is_stuck());
}

/// A date that is missing stands between two that are not in order; the newest counts all the same.
#[test]
fn dates_that_are_missing() {
    let (new, old) = (r#""op_date":"2026-11-22T07:00:00Z""#, r#""op_date":"2026-11-21T07:00:00Z""#);
    for (rows, expected) in [
        (format!(r#"{{"op_type":"added",{new}}},{{"op_type":"modified"}},{{"op_type":"deleted",{old}}}"#), "+A"),
        (format!(r#"{{"op_type":"deleted",{new}}},{{"op_type":"added",{old}}},{{"op_type":"modified",{old}}}"#), "-A"),
        (format!(r#"{{"op_type":"modified","op_date":"soon"}},{{"op_type":"deleted",{old}}}"#), "-A"),
    ] {
        let mut sync = Sync::in_delta(POLICY);
        let rows = rows.replace('{', r#"{"serial_number":"A","#);
        let json = format!(r#"{{"devices": [{rows}], "cursor": "c2", "more_to_follow": true}}"#);
        assert_eq!(serials(&sync.answer(Ok(page(&json)))), [expected], "{rows}");
    }
}

/// DEV-7, DEV-8: a removed device is visible for as long as the policy says, whatever date Apple gives.
#[test]
fn dates_that_cannot_be() {
    for date in ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon", ""] {
        let mut sync = Sync::in_delta(POLICY);
        let json = format!(
            r#"{{"devices": [{{"serial_number": "A", "op_type": "deleted", "op_date": "{date}"}}], "cursor": "c2", "more_to_follow": false}}"#
        );
        let commit = sync.answer(Ok(page(&json)));
        let [Change::Remove { at, .. }, Change::Forget { removed_before }] = commit.changes() else {
            panic!("{commit:?}")
        };
        assert_eq!((*at, *removed_before), (sync.now, sync.now - TimeDelta::days(45)), "{date}");
    }
    assert!(
        [SyncPolicy::APPLE, POLICY, SyncPolicy::DEP_2017]
            .iter()
            .all(|policy| (30..=45).contains(&policy.removed_kept.num_days()))
    );
}

/// A delta's row that is older than what is stored: DEV-5, a device that came back stays.
#[test]
fn rows_that_are_older_than_what_is_stored() {
    let time = |hour: u32| Some(format!("2026-11-22T{hour:02}:00:00Z").parse::<DateTime<Utc>>().unwrap());
    let row = |op: Option<OpType>, op_date, assigned| {
        let mut device = Device::new("A".parse().unwrap());
        (device.op_type, device.op_date, device.device_assigned_date) = (op, op_date, assigned);
        device
    };
    let removed = |op_date| Change::Remove { device: row(Some(OpType::Deleted), op_date, None), at: start() };
    let fetched = row(None, None, time(5));
    assert!(removed(time(4)).is_outdated_by(&fetched));
    assert!(!removed(time(5)).is_outdated_by(&fetched), "of two of the same date the later counts");
    assert!(!removed(None).is_outdated_by(&fetched));
    assert!(removed(time(4)).is_outdated_by(&row(Some(OpType::Added), time(5), None)));
    // A removed device is not brought back by what was before.
    let gone = row(Some(OpType::Deleted), time(6), None);
    assert!(Change::Store(row(Some(OpType::Added), time(5), None)).is_outdated_by(&gone));
    assert!(!Change::Store(row(Some(OpType::Added), time(7), None)).is_outdated_by(&gone));
    // What a full fetch tells counts in any case.
    assert!(!Change::Store(fetched).is_outdated_by(&gone));
    assert!(!Change::Sweep { generation: 1, at: start() }.is_outdated_by(&gone));
}
