//! `DeviceSync`, step by step: what each answer leads to.

use apple_ade::api::DevicePage;
use apple_ade::error::{Error, Refusal, TransportError};
use apple_ade::sync::{
    Call, Change, Commit, Decision, DeviceSync, FullReason, Kind, Misuse, Refused, Request, Step, SyncPolicy,
    SyncState, Trigger, Why,
};
use apple_ade::{Stamp, api::AccountDetail, api::Endpoint, api::FetchDevices};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;

pub(crate) const POLICY: SyncPolicy = SyncPolicy::ADE_2023;

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

pub(crate) fn stamp(now: DateTime<Utc>) -> Stamp {
    Stamp::new(now, [0; 16])
}

/// A page in Apple's JSON.
pub(crate) fn page(json: &str) -> DevicePage {
    let response = http::Response::new(json.as_bytes().to_vec());
    FetchDevices::from_start().parse_response(&response).unwrap()
}

pub(crate) fn refusal(status: u16, body: &str, retry_after: Option<&str>) -> Error {
    let mut response = http::Response::builder().status(status);
    if let Some(value) = retry_after {
        response = response.header("Retry-After", value);
    }
    Refusal::read("POST /devices/sync", &response.body(body.as_bytes().to_vec()).unwrap()).into()
}

/// A machine with a clock.
pub(crate) struct Sync {
    pub(crate) machine: DeviceSync,
    pub(crate) now: DateTime<Utc>,
}

impl Sync {
    pub(crate) fn new(policy: SyncPolicy) -> Self {
        Self { machine: DeviceSync::new(policy), now: start() }
    }

    pub(crate) fn next(&mut self) -> Step {
        self.machine.next(&stamp(self.now))
    }

    pub(crate) fn call(&mut self) -> Call {
        match self.next() {
            Step::Call(call) => call,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn commit(&mut self) -> Arc<Commit> {
        match self.next() {
            Step::Commit(commit) => {
                self.machine.committed(commit.id()).unwrap();
                commit
            }
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn sleep(&mut self) -> (TimeDelta, Why) {
        match self.next() {
            Step::Sleep { until, why } => (until - self.now, why),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn answer(&mut self, result: Result<DevicePage, Error>) -> Arc<Commit> {
        let call = self.call();
        self.machine.answer(call.id, result, &stamp(self.now)).unwrap();
        self.commit()
    }

    /// A store with one device, after the first full fetch.
    pub(crate) fn after_full(policy: SyncPolicy) -> Self {
        let mut sync = Self::new(policy);
        sync.commit();
        sync.answer(Ok(page(r#"{"devices": [{"serial_number": "A"}], "cursor": "c1", "more_to_follow": false}"#)));
        sync
    }

    /// The next delta has begun.
    pub(crate) fn in_delta(policy: SyncPolicy) -> Self {
        let mut sync = Self::after_full(policy);
        sync.now += policy.delta_every;
        sync.commit();
        sync
    }
}

pub(crate) fn serials(commit: &Commit) -> Vec<String> {
    let name = |change: &Change| match change {
        Change::Store(device) => format!("+{}", device.serial_number),
        Change::Remove { device, .. } => format!("-{}", device.serial_number),
        Change::Seen(serial) => format!("?{serial}"),
        Change::Sweep { generation, .. } => format!("sweep {generation}"),
        Change::Forget { .. } => "forget".to_owned(),
        other => panic!("{other:?}"),
    };
    commit.changes().iter().map(name).collect()
}

pub(crate) fn cursor(call: &Call) -> Option<String> {
    let body = call.request.to_request(&apple_ade::api::Service::apple()).unwrap();
    let body: serde_json::Value = serde_json::from_slice(body.body()).unwrap();
    body["cursor"].as_str().map(str::to_owned)
}

/// The kind, the reason and the generation of the run in a commit.
pub(crate) fn begun(commit: &Commit) -> (String, String, u64) {
    let state: serde_json::Value = serde_json::from_str(&commit.state().to_json()).unwrap();
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (word(&state["run"]["kind"]), word(&state["next_full"]), commit.generation())
}

/// Until the machine sleeps: how many calls were made, each with the same answer.
pub(crate) fn calls(sync: &mut Sync, answer: &str) -> usize {
    let mut calls = 0;
    for _ in 0..500 {
        match sync.next() {
            Step::Sleep { until, .. } => {
                assert!(until > sync.now);
                return calls;
            }
            Step::Commit(_) => drop(sync.commit()),
            Step::Call(_) => {
                calls += 1;
                sync.answer(Ok(page(answer)));
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("a loop without a pause");
}

/// The whole way: begin, pages, sweep, delta. SYN-2, SYN-3, SYN-9, SYN-11, X-4.
#[test]
fn first_all_then_what_changes() {
    let mut sync = Sync::new(POLICY);
    let begun = sync.commit();
    assert!(begun.changes().is_empty());
    assert_eq!(begun.generation(), 1);
    let call = sync.call();
    assert!(matches!(call.request, Request::Fetch(_)));
    assert_eq!(cursor(&call), None);
    let first = sync.answer(Ok(page(
        r#"{"devices": [{"serial_number": "A"}, {"serial_number": "B"}], "cursor": "c1", "more_to_follow": true}"#,
    )));
    assert_eq!(serials(&first), ["+A", "+B"]);
    let call = sync.call();
    assert_eq!(cursor(&call).as_deref(), Some("c1"));
    let last =
        sync.answer(Ok(page(r#"{"devices": [{"serial_number": "C"}], "cursor": "c2", "more_to_follow": false}"#)));
    assert_eq!(serials(&last), ["+C", "sweep 1", "forget"]);
    assert_eq!(sync.sleep(), (TimeDelta::hours(12), Why::NothingDue));

    sync.now += TimeDelta::hours(12);
    sync.commit();
    let call = sync.call();
    assert!(matches!(call.request, Request::Sync(_)));
    assert_eq!(cursor(&call).as_deref(), Some("c2"));
    let delta = sync.answer(Ok(page(
        r#"{"devices": [{"serial_number": "B", "op_type": "deleted", "op_date": "2026-11-22T09:00:00Z"},
            {"serial_number": "D", "op_type": "added"}], "cursor": "c3", "more_to_follow": false}"#,
    )));
    assert_eq!(serials(&delta), ["-B", "+D", "forget"]);

    // The next delta begins where this one has ended.
    sync.now += TimeDelta::hours(12);
    sync.commit();
    assert_eq!(cursor(&sync.call()).as_deref(), Some("c3"));
}

/// Newest `op_date` wins, ties keep arrival order; without a date, too. `peers`: added and modified in one page.
#[test]
fn of_several_rows_of_a_device_the_newest_counts() {
    for (rows, expected) in [
        (
            r#"{"serial_number":"A","op_type":"added","op_date":"2026-01-02T00:00:00Z"},
            {"serial_number":"A","op_type":"deleted","op_date":"2026-01-01T00:00:00Z"}"#,
            vec!["+A"],
        ),
        (
            r#"{"serial_number":"A","op_type":"deleted","op_date":"2026-01-02T00:00:00Z"},
            {"serial_number":"A","op_type":"added","op_date":"2026-01-01T00:00:00Z"}"#,
            vec!["-A"],
        ),
        (
            r#"{"serial_number":"A","op_type":"added","op_date":"2026-01-01T00:00:00Z"},
            {"serial_number":"A","op_type":"deleted","op_date":"2026-01-01T00:00:00Z"}"#,
            vec!["-A"],
        ),
        (
            r#"{"serial_number":"A","op_type":"deleted"},{"serial_number":"B"},{"serial_number":"A","op_type":"modified"}"#,
            vec!["+B", "+A"],
        ),
        (r#"{"serial_number":"A","op_type":"next_year"}"#, vec!["+A"]),
    ] {
        let mut sync = Sync::in_delta(POLICY);
        let json = format!(r#"{{"devices": [{rows}], "cursor": "c2", "more_to_follow": true}}"#);
        assert_eq!(serials(&sync.answer(Ok(page(&json)))), expected, "{rows}");
    }
}

/// A row that cannot be read never costs its device: it is marked as seen, and where it has no name nothing is swept.
#[test]
fn what_cannot_be_read_is_not_swept() {
    let mut sync = Sync::new(POLICY);
    sync.commit();
    let named = r#"{"devices": [{"serial_number": "A", "serial_number": 5}, {"serial_number": "B", "model": 1}, 7],
        "cursor": "c1", "more_to_follow": false}"#;
    let commit = sync.answer(Ok(page(named)));
    assert!(!serials(&commit).iter().any(|change| change.starts_with("sweep")), "{:?}", serials(&commit));
    assert!(!commit.unreadable().is_empty());
    assert!(sync.machine.health().unswept);
    assert_eq!(sync.sleep().1, Why::NothingDue);
}

/// SYN-16, X-45: what each refusal of a cursor leads to.
#[test]
fn cursors_that_are_refused() {
    for word in ["INVALID_CURSOR", "EXPIRED_CURSOR", "CURSOR_REQUIRED"] {
        let mut sync = Sync::in_delta(POLICY);
        let commit = sync.answer(Err(refusal(400, word, None)));
        assert!(commit.changes().is_empty());
        // At once, but only once.
        let begun = sync.commit();
        assert_eq!(begun.generation(), 2, "{word}");
        assert_eq!(cursor(&sync.call()), None, "{word}");
    }
    // Nothing new: the cursor stays, and so does its age.
    let mut sync = Sync::in_delta(POLICY);
    sync.answer(Err(refusal(400, "EXHAUSTED_CURSOR", None)));
    assert_eq!(sync.sleep(), (TimeDelta::hours(12), Why::NothingDue));
    // Too old: not even tried.
    let mut sync = Sync::after_full(SyncPolicy { full_every: None, ..POLICY });
    sync.now += TimeDelta::days(7);
    let begun = sync.commit();
    assert_eq!(begun.generation(), 2);
    assert!(matches!(sync.call().request, Request::Fetch(_)));
}

/// The same cursor with more to follow, pages without devices, no cursor: never a hot loop.
#[test]
fn a_list_that_does_not_go_on() {
    let same = r#"{"devices": [{"serial_number": "A"}], "cursor": "c1", "more_to_follow": true}"#;
    let none = r#"{"devices": [], "more_to_follow": true}"#;
    for json in [same, none] {
        let mut sync = Sync::in_delta(POLICY);
        for _ in 0..2 {
            sync.answer(Ok(page(json)));
            let (pause, why) = sync.sleep();
            assert_eq!(why, Why::NoProgress, "{json}");
            assert!(pause >= TimeDelta::seconds(30));
            sync.now += pause;
        }
        sync.answer(Ok(page(json)));
        assert_eq!(sync.commit().generation(), 2, "all are fetched");
    }
    // A page without devices is no standstill while the cursor moves.
    let mut sync = Sync::in_delta(POLICY);
    for number in 2..20 {
        sync.answer(Ok(page(&format!(r#"{{"devices": [], "cursor": "c{number}", "more_to_follow": true}}"#))));
        assert_eq!(cursor(&sync.call()), Some(format!("c{number}")));
    }
}

/// CON-6: 5xx, 429 with seconds and with a date, terms, token, no answer: each a wait with a reason and an end.
#[test]
fn failures_lead_to_waits() {
    let offline = Error::from(TransportError::new("connection refused"));
    let cases = [
        (refusal(503, "", None), Why::Outage, 30, 40),
        (refusal(503, "", Some("120")), Why::TooManyCalls, 120, 120),
        (refusal(429, "TOO_MANY_REQUESTS", Some("90")), Why::TooManyCalls, 90, 90),
        (refusal(429, "TOO_MANY_REQUESTS", Some("Sun, 22 Nov 2026 20:05:00 GMT")), Why::TooManyCalls, 300, 300),
        (refusal(429, "TOO_MANY_REQUESTS", Some("Sun, 22 Nov 2020 20:05:00 GMT")), Why::TooManyCalls, 30, 40),
        (refusal(429, "TOO_MANY_REQUESTS", Some("99999999")), Why::TooManyCalls, 86_400, 86_400),
        (refusal(403, "T_C_NOT_SIGNED", None), Why::TermsNotSigned, 3_600, 4_500),
        (refusal(401, "token_rejected", None), Why::TokenRejected, 3_600, 4_500),
        (refusal(403, "ACCESS_DENIED", None), Why::AccessDenied, 3_600, 4_500),
        (refusal(302, "<html>sign in</html>", None), Why::NetworkAnswers, 3_600, 4_500),
        (refusal(400, "USER_AGENT_INVALID", None), Why::Refused, 3_600, 4_500),
        (offline, Why::Outage, 30, 40),
    ];
    for (error, why, least, most) in cases {
        let mut sync = Sync::in_delta(SyncPolicy { failed_delta_makes_full: false, ..POLICY });
        sync.answer(Err(error.clone()));
        let (pause, found) = sync.sleep();
        assert_eq!(found, why, "{error}");
        assert!((least..=most).contains(&pause.num_seconds()), "{error}: {pause}");
        assert_eq!(sync.machine.health().is_stuck(), why.needs_somebody(), "{error}");
        // Afterwards the same call again.
        sync.now += pause;
        assert_eq!(cursor(&sync.call()).as_deref(), Some("c1"));
    }
}

/// The pause doubles up to its bound, and nothing is stuck for ever.
#[test]
fn pauses_grow() {
    let mut sync = Sync::in_delta(SyncPolicy::APPLE);
    let mut pauses = Vec::new();
    for _ in 0..12 {
        sync.answer(Err(refusal(500, "", None)));
        let (pause, _) = sync.sleep();
        pauses.push(pause.num_seconds());
        sync.now += pause;
    }
    assert_eq!(pauses[..4], [30, 60, 120, 240]);
    assert!(pauses.is_sorted() && pauses[11] == 1_800, "{pauses:?}");
    assert!(sync.machine.health().is_stuck());
    sync.answer(Ok(page(r#"{"devices": [], "cursor": "c2", "more_to_follow": false}"#)));
    assert!(!sync.machine.health().is_stuck());
}

/// SYN-12, X-3: by Intune's documentation a delta that failed for any reason is followed by a full fetch.
#[test]
fn a_failed_delta_makes_the_next_run_full() {
    let mut sync = Sync::in_delta(POLICY);
    sync.answer(Err(refusal(500, "", None)));
    let (pause, _) = sync.sleep();
    sync.now += pause;
    assert_eq!(sync.commit().generation(), 2);
    assert!(matches!(sync.call().request, Request::Fetch(_)));
}

/// SYN-5, SYN-6, X-28: a call has a deadline, after which its answer comes too late.
#[test]
fn a_call_that_is_not_answered() {
    let mut sync = Sync::in_delta(SyncPolicy::DEP_2017);
    let call = sync.call();
    assert_eq!(call.deadline, sync.now + TimeDelta::minutes(10));
    sync.now = call.deadline - TimeDelta::seconds(1);
    assert_eq!(sync.call(), call);
    sync.now = call.deadline;
    assert!(sync.commit().changes().is_empty());
    assert_eq!(sync.sleep().1, Why::NoAnswer);
    let late = sync.machine.answer(call.id, Ok(page(r#"{"devices": [], "cursor": "c"}"#)), &stamp(sync.now));
    assert_eq!(late, Err(Misuse::NoSuchCall { given: call.id, expected: None }));
}

/// SYN-1, SYN-4, SYN-7, SYN-8, SYN-10, SYN-14, SYN-15, X-2: asking for a sync.
#[test]
fn asking_for_a_sync() {
    // The first is always full, and runs at once.
    let mut sync = Sync::new(POLICY);
    assert_eq!(sync.machine.ask(Kind::Delta, Trigger::TokenInstalled, sync.now), Decision::Now(Kind::Full));
    sync.commit();
    let running = sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now);
    assert!(matches!(running, Decision::RefusedUntil { why: Refused::Running, until } if until > sync.now));

    let mut sync = Sync::after_full(POLICY);
    sync.now += TimeDelta::minutes(1);
    assert_eq!(sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now), Decision::Now(Kind::Delta));
    sync.commit();
    sync.answer(Ok(page(r#"{"devices": [], "cursor": "c2", "more_to_follow": false}"#)));
    let asked = sync.now;
    sync.now += TimeDelta::minutes(14);
    assert_eq!(
        sync.machine.ask(Kind::Delta, Trigger::Manual, sync.now),
        Decision::RefusedUntil { until: asked + TimeDelta::minutes(15), why: Refused::AskedJustNow }
    );
    sync.now += TimeDelta::minutes(1);
    let full_from = start() + TimeDelta::days(7);
    assert_eq!(
        sync.machine.ask(Kind::Full, Trigger::Manual, sync.now),
        Decision::RefusedUntil { until: full_from, why: Refused::FullTooEarly }
    );

    let mut sync = Sync::after_full(SyncPolicy::DEP_2017);
    sync.now += TimeDelta::hours(1);
    let reduced = Decision::ReducedTo { kind: Kind::Delta, full_from };
    assert_eq!(sync.machine.ask(Kind::Full, Trigger::Manual, sync.now), reduced);
    sync.commit();
    assert!(matches!(sync.call().request, Request::Sync(_)));
}

/// Whoever asks has accepted the terms, or installed a token; an outage is not over because somebody asks.
#[test]
fn asking_ends_the_waits_of_people() {
    for (error, trigger, ends) in [
        (refusal(403, "T_C_NOT_SIGNED", None), Trigger::Manual, true),
        (refusal(401, "token_rejected", None), Trigger::TokenInstalled, true),
        (refusal(500, "", None), Trigger::Manual, false),
    ] {
        let mut sync = Sync::in_delta(SyncPolicy::APPLE);
        sync.answer(Err(error.clone()));
        sync.machine.ask(Kind::Delta, trigger, sync.now);
        assert_eq!(matches!(sync.next(), Step::Call(_)), ends, "{error}");
    }
}

#[test]
fn steps_out_of_turn_change_nothing() {
    let mut sync = Sync::new(POLICY);
    let Step::Commit(commit) = sync.next() else { panic!("a run begins") };
    assert!(sync.machine.answer(commit.id(), Ok(DevicePage::default()), &stamp(sync.now)).is_err());
    assert_eq!(
        sync.machine.committed(commit.id() + 1),
        Err(Misuse::NoSuchCommit { given: commit.id() + 1, expected: Some(commit.id()) })
    );
    assert_eq!(sync.next(), Step::Commit(commit.clone()));
    // A store that failed: the same again, or from the stored state.
    sync.machine.abandon();
    assert!(matches!(sync.next(), Step::Commit(again) if again.state() == commit.state()));
}

/// A clock that is set back does not stop the machine for longer than it would have waited.
#[test]
fn a_clock_that_is_set_back() {
    let mut sync = Sync::after_full(POLICY);
    sync.now -= TimeDelta::days(400);
    sync.commit();
    assert!(sync.sleep().0 <= TimeDelta::hours(12));
    let mut sync = Sync::in_delta(SyncPolicy::APPLE);
    sync.answer(Err(refusal(429, "TOO_MANY_REQUESTS", Some("3600"))));
    sync.now -= TimeDelta::days(400);
    sync.commit();
    assert!(sync.sleep().0 <= TimeDelta::days(1));
}

/// States as earlier versions stored them are read, and others say what they are.
#[test]
fn stored_states() {
    for name in crate::fixture::names("sync_state", ".json") {
        let text = crate::fixture::text(&format!("sync_state/{name}"));
        let state = SyncState::from_json(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&state.to_json()).unwrap(),
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            "{name}"
        );
        let mut machine = DeviceSync::resume(state, POLICY);
        machine.next(&stamp(start() + TimeDelta::days(1)));
    }
    let newer = SyncState::new().to_json().replace("\"version\":1", "\"version\":2");
    assert!(SyncState::from_json(&newer).unwrap_err().to_string().contains("version 2"));
    assert!(SyncState::from_json("{}").is_err() && SyncState::from_json("").is_err());
    let _ = FullReason::First;
}

/// SYN-13, LIM-7: how far it is.
#[test]
fn progress_for_a_bar() {
    let mut sync =
        Sync::after_full(SyncPolicy { full_every: Some(TimeDelta::hours(1)), full_apart: TimeDelta::zero(), ..POLICY });
    assert_eq!(sync.machine.progress(sync.now), None);
    sync.now += TimeDelta::hours(1);
    sync.commit();
    let rows: Vec<String> = (0..10).map(|number| format!(r#"{{"serial_number": "S{number}"}}"#)).collect();
    let json = format!(r#"{{"devices": [{}], "cursor": "c9", "more_to_follow": true}}"#, rows.join(","));
    sync.answer(Ok(page(&json)));
    let progress = sync.machine.progress(sync.now + TimeDelta::seconds(30)).unwrap();
    assert_eq!((progress.devices, progress.expected, progress.pages, progress.per_minute), (10, Some(10), 1, Some(20)));
    assert_eq!(progress.time_left(&POLICY), Some(TimeDelta::zero()));
}

/// LIM-7: what a request says of the size of its page, in a fetch and in a delta.
#[test]
fn pages() {
    let limit = |call: &Call| match &call.request {
        Request::Fetch(fetch) => fetch.limit,
        Request::Sync(sync) => sync.limit,
        other => panic!("{other:?}"),
    };
    let account = |maximum: &str| -> AccountDetail {
        let url = format!(r#"{{"uri": "/server/devices", "http_method": ["POST"], "limit": {{{maximum}}}}}"#);
        serde_json::from_str(&format!(r#"{{"urls": [{url}]}}"#)).unwrap()
    };
    let small = account(r#""default": 100, "maximum": 250"#);
    for (policy, expected) in [
        (SyncPolicy::APPLE, Some(1000)),
        (SyncPolicy::ADE_2023, Some(1000)),
        (SyncPolicy::DEP_2017, Some(1000)),
        (POLICY.for_account(&small), Some(250)),
        (POLICY.for_account(&account("")), Some(1000)),
        (SyncPolicy { page_size: None, ..POLICY }, None),
    ] {
        let mut sync = Sync::new(policy);
        sync.commit();
        assert_eq!(limit(&sync.call()), expected);
        assert_eq!(limit(&Sync::in_delta(policy).call()), expected);
    }
}
