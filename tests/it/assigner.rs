//! `Assigner`, answer by answer: what each thing that Apple says comes to.

use std::sync::Arc;
use std::time::Duration;

use apple_ade::Stamp;
use apple_ade::api::{Device, DeviceDetails, GetDeviceDetails};
use apple_ade::assign::*;
use apple_ade::error::{Error, Obstacle, Refusal, TransportError};
use apple_ade::id::SerialNumber;
use apple_ade::token::{ServerToken, TokenIdentity};
use chrono::{DateTime, TimeDelta, Utc};

use crate::api_responses::{parse, read};

mod clock;
mod orders;
mod refused;
mod stored;
mod trouble;

pub(crate) fn token(key: &str) -> TokenIdentity {
    let json = format!(
        r#"{{"consumer_key":"{key}","consumer_secret":"CS_1","access_token":"AT_1","access_secret":"AS_1",
            "access_token_expiry":"2027-11-22T00:00:00Z"}}"#
    );
    ServerToken::from_json(json.as_bytes()).unwrap().identity()
}

fn start() -> DateTime<Utc> {
    "2026-11-22T08:00:00Z".parse().unwrap()
}

fn serial(name: &str) -> SerialNumber {
    name.parse().unwrap()
}

/// A plan that gives these devices this profile.
fn plan(profile: &str, uuid: &str, serials: &[&str]) -> ApprovedPlan {
    let mut profiles = Profiles::new();
    profiles.insert(profile.parse().unwrap(), DefinedProfile::new(token("CK"), uuid.parse().unwrap()));
    let rules = AssignmentRules::new(token("CK")).default_profile(profile.parse().unwrap());
    let mut planner = Planner::new(rules.with_profiles(&profiles).unwrap());
    for name in serials {
        planner.add(&Device::new(serial(name)), &Known::new());
    }
    planner.finish().approve().unwrap()
}

fn refusal(status: u16, word: &str, retry_after: Option<&str>) -> Error {
    let mut response = http::Response::builder().status(status);
    if let Some(after) = retry_after {
        response = response.header("Retry-After", after);
    }
    Refusal::read("POST /profile/devices", &response.body(word.as_bytes().to_vec()).unwrap()).into()
}

/// A machine with a clock.
struct Assign {
    machine: Assigner,
    now: DateTime<Utc>,
}

impl Assign {
    fn new(policy: AssignPolicy, work: impl Into<Work>) -> Self {
        let mut assign = Self { machine: Assigner::new(policy), now: start() };
        assign.machine.add(work).unwrap();
        assign.commit();
        assign
    }

    /// One device `S1`, profile `P` with the UUID `U1`, which was looked at, and is to be sent.
    fn of_one(policy: AssignPolicy) -> Self {
        let mut assign = Self::new(policy, plan("P", "U1", &["S1"]));
        assign.look(&[("S1", None)]);
        assign
    }

    fn stamp(&self) -> Stamp {
        // Without jitter.
        Stamp::new(self.now, [0; 16])
    }

    fn next(&mut self) -> Step {
        let stamp = self.stamp();
        self.machine.next(&stamp)
    }

    fn call(&mut self) -> Call {
        match self.next() {
            Step::Call(call) => call,
            other => panic!("{other:?}"),
        }
    }

    fn commit(&mut self) -> Arc<Commit> {
        match self.next() {
            Step::Commit(commit) => {
                self.machine.committed(commit.id()).unwrap();
                commit
            }
            other => panic!("{other:?}"),
        }
    }

    /// The pause that comes, and its reason; afterwards it is over.
    fn sleep(&mut self) -> (TimeDelta, Why) {
        match self.next() {
            Step::Sleep { until, why } => {
                let pause = until - self.now;
                self.now = until;
                (pause, why)
            }
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, result: Result<Answer, Error>) {
        let (call, stamp) = (self.call(), self.stamp());
        self.machine.answer(call.id, result, &stamp).unwrap();
    }

    /// Apple's records of devices: each with the UUID of its profile.
    fn look(&mut self, records: &[(&str, Option<&str>)]) {
        let rows = records.iter().map(|(serial, uuid)| {
            let profile = match uuid {
                Some("NOT_ACCESSIBLE") => r#""response_status":"NOT_ACCESSIBLE""#.to_owned(),
                Some(uuid) => {
                    format!(r#""response_status":"SUCCESS","profile_status":"assigned","profile_uuid":"{uuid}""#)
                }
                None => r#""response_status":"SUCCESS","profile_status":"empty""#.to_owned(),
            };
            format!(r#""{serial}":{{"serial_number":"{serial}",{profile}}}"#)
        });
        let body = format!(r#"{{"devices":{{{}}}}}"#, rows.collect::<Vec<_>>().join(","));
        let call = self.call();
        let Request::Details(details) = &call.request else { panic!("{:?}", call.request) };
        let answer: DeviceDetails = parse(&GetDeviceDetails::new(details.devices.clone()), body);
        self.answer(Ok(Answer::Details(answer)));
    }

    /// Apple's answer to what was sent.
    fn says(&mut self, json: &str) {
        let answer = match self.call().request {
            Request::Assign(_) => Answer::Assign(read(json)),
            Request::Remove(_) => Answer::Remove(read(json)),
            Request::Disown(_) => Answer::Disown(read(json)),
            other => panic!("{other:?}"),
        };
        self.answer(Ok(answer));
    }

    fn sent(&mut self) -> Vec<String> {
        let serials = match self.call().request {
            Request::Assign(request) => request.devices,
            Request::Remove(request) => request.devices,
            Request::Disown(request) => request.devices,
            Request::Details(_) => panic!("it looks first"),
            other => panic!("{other:?}"),
        };
        serials.iter().map(ToString::to_string).collect()
    }
}

fn outcomes(commit: &Commit) -> Vec<(String, Outcome)> {
    let outcome = |change: &Change| match change {
        Change::Outcome { serial, outcome, .. } => Some((serial.to_string(), outcome.clone())),
        _ => None,
    };
    commit.changes().iter().filter_map(outcome).collect()
}

const POLICY: AssignPolicy = AssignPolicy::APPLE;

/// ASG-4, LIM-6: as many devices in a request as the account allows, until none are left.
#[test]
fn batches() {
    let account: apple_ade::api::AccountDetail =
        read(r#"{"urls":[{"uri":"/profile/devices","http_method":["POST"],"limit":{"default":2,"maximum":2}}]}"#);
    assert_eq!(POLICY.for_account(&account).batch_size, 2);
    assert_eq!(POLICY.for_account(&read("{}")).batch_size, 1000);
    for (policy, expected) in [(POLICY.for_account(&account), 2), (AssignPolicy { batch_size: 0, ..POLICY }, 1)] {
        let serials = ["S1", "S2", "S3", "S4", "S5"];
        let mut assign = Assign::new(policy, plan("P", "U1", &serials));
        let mut all = Vec::new();
        for batch in serials.chunks(expected) {
            assign.look(&batch.iter().map(|serial| (*serial, None)).collect::<Vec<_>>());
            let sent = assign.sent();
            assert_eq!(sent, batch);
            let words: Vec<String> = sent.iter().map(|serial| format!(r#""{serial}":"SUCCESS""#)).collect();
            assign.says(&format!(r#"{{"devices":{{{}}}}}"#, words.join(",")));
            all.extend(outcomes(&assign.commit()));
        }
        assert_eq!(all, serials.map(|serial| (serial.to_owned(), Outcome::Success)));
        assert_eq!(assign.next(), Step::Done);
        assert!(assign.machine.state().is_done());
    }
}

/// Two profiles are two requests, and a look is of one of them.
#[test]
fn a_request_is_about_one_profile() {
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1", "S3"]));
    assign.machine.add(plan("Q", "U2", &["S2"])).unwrap();
    assign.commit();
    assign.look(&[("S1", None), ("S3", Some("U2"))]);
    assert_eq!(assign.sent(), ["S1", "S3"]);
    assign.says(r#"{"devices":{"S1":"SUCCESS","S3":"SUCCESS"}}"#);
    assign.commit();
    assign.look(&[("S2", None)]);
    assert!(matches!(assign.call().request, Request::Assign(request) if request.profile_uuid.as_str() == "U2"));
}

/// ASG-10: what each word comes to.
#[test]
fn words() {
    let cases = [
        (r#"{"devices":{"S1":"SUCCESS"}}"#, Ok(Outcome::Success)),
        (r#"{"devices":{"S1":"FAILED"}}"#, Err((TimeDelta::seconds(30), Why::Failed))),
        (r#"{"devices":{"S1":"THROTTLED"},"retry_after_seconds":7200}"#, Err((TimeDelta::hours(2), Why::Throttled))),
        (r#"{"devices":{"S1":"THROTTLED"}}"#, Err((TimeDelta::hours(24), Why::Throttled))),
        (r#"{"devices":{"S1":"THROTTLED"},"retry_after_seconds":0}"#, Err((TimeDelta::seconds(1), Why::Throttled))),
        (r#"{"devices":{"S1":"THROTTLED"},"retry_after_seconds":2592000}"#, Err((TimeDelta::days(30), Why::Throttled))),
        (
            // What Apple wants to be left alone for longer than anybody waits is not sent before, but reported.
            r#"{"devices":{"S1":"THROTTLED"},"retry_after_seconds":18446744073709551615}"#,
            Ok(Outcome::Throttled { retry_after: Some(Duration::from_secs(u64::MAX)) }),
        ),
        (r#"{"devices":{"S1":"NOT_ACCESSIBLE"}}"#, Err((TimeDelta::days(45), Why::Parked))),
        (r#"{"devices":{"S1":"NOT_FOUND"}}"#, Err((TimeDelta::days(45), Why::Parked))),
        (r#"{"devices":{"S2":"SUCCESS"}}"#, Err((TimeDelta::seconds(30), Why::Unanswered))),
        (r#"{"devices":{"S1":5}}"#, Err((TimeDelta::seconds(30), Why::Unanswered))),
        ("{}", Err((TimeDelta::seconds(30), Why::Unanswered))),
        (r#"{"devices":{"S1":"LATER"}}"#, Err((TimeDelta::seconds(30), Why::Unanswered))),
    ];
    for (json, expected) in cases {
        let mut assign = Assign::of_one(POLICY);
        assert_eq!(assign.sent(), ["S1"]);
        assign.says(json);
        let commit = assign.commit();
        match expected {
            Ok(outcome) => {
                assert_eq!(outcomes(&commit), [("S1".to_owned(), outcome)], "{json}");
                assert_eq!(assign.next(), Step::Done);
                assert_eq!(commit.state().waiting().count(), 0);
            }
            Err(pause) => {
                assert_eq!(outcomes(&commit), [], "{json}");
                let waiting: Vec<_> = commit.state().waiting().collect();
                assert_eq!(waiting, [(&serial("S1"), assign.now + pause.0, pause.1)], "{json}");
                assert_eq!(assign.sleep(), pause, "{json}");
            }
        }
    }
}

/// What goes wrong with a device again and again has an end: FAILED after three in all, for Apple's support.
#[test]
fn three_times() {
    let cases = [
        (r#"{"devices":{"S1":"FAILED"}}"#, 3, Outcome::Failed),
        ("{}", 3, Outcome::Unanswered),
        (r#"{"devices":{"S1":"LATER"}}"#, 3, Outcome::Other("LATER".into())),
        (r#"{"devices":{"S1":"THROTTLED"}}"#, 6, Outcome::Throttled { retry_after: None }),
    ];
    for (json, times, expected) in cases {
        let mut assign = Assign::of_one(POLICY);
        for _ in 1..times {
            assign.says(json);
            assert_eq!(outcomes(&assign.commit()), []);
            assign.sleep();
            // Before it is sent again, it is looked at.
            assign.look(&[("S1", None)]);
            if matches!(assign.next(), Step::Commit(_)) {
                assign.commit();
            }
        }
        assign.says(json);
        assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), expected)], "{json}");
        assert_eq!(assign.next(), Step::Done);
    }
}

/// Failed three times in total: a later plan does not begin anew, before somebody says that the support was called.
#[test]
fn what_is_for_support_stays_so() {
    let mut assign = Assign::of_one(POLICY);
    for _ in 0..2 {
        assign.says(r#"{"devices":{"S1":"FAILED"}}"#);
        assign.commit();
        assign.sleep();
        assign.look(&[("S1", None)]);
        assign.commit();
    }
    assign.says(r#"{"devices":{"S1":"FAILED"}}"#);
    assign.commit();
    assert_eq!(assign.machine.health().for_support, 1);

    assign.machine.add(plan("P", "U1", &["S1"])).unwrap();
    assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), Outcome::Failed)]);
    assert_eq!(assign.next(), Step::Done);

    assign.machine.try_again(&serial("S1"));
    assign.commit();
    assign.machine.add(plan("P", "U1", &["S1"])).unwrap();
    assert_eq!(outcomes(&assign.commit()), []);
    assign.look(&[("S1", None)]);
    assert_eq!(assign.sent(), ["S1"]);

    // Another profile is another matter.
    let state = assign.machine.state().clone();
    assert_eq!(state.for_support().count(), 0);
}

/// What has the profile is not sent, however old the plan is.
#[test]
fn what_is_done_is_not_sent() {
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1", "S2", "S3"]));
    assign.look(&[("S1", Some("U1")), ("S2", Some("U0")), ("S3", Some("NOT_ACCESSIBLE"))]);
    let commit = assign.commit();
    assert_eq!(outcomes(&commit), [("S1".to_owned(), Outcome::Success)]);
    assert!(commit.changes().contains(&Change::Parked { serial: serial("S3") }));
    assert_eq!(assign.sent(), ["S2"]);

    // Without a record, nobody knows.
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1"]));
    assign.look(&[]);
    assert_eq!(outcomes(&assign.commit()), []);
    assert_eq!(assign.sleep(), (TimeDelta::seconds(30), Why::Unanswered));
}

/// A crash between call and commit: what may have been done is looked at first.
#[test]
fn after_a_crash_it_looks_first() {
    let mut assign = Assign::of_one(POLICY);
    assert_eq!(assign.sent(), ["S1"]);
    let stored = AssignerState::from_json(&assign.machine.state().to_json()).unwrap();
    for mut machine in [Assigner::resume(stored, POLICY), {
        assign.machine.abandon();
        assign.machine.clone()
    }] {
        match machine.next(&assign.stamp()) {
            Step::Call(Call { request: Request::Details(details), .. }) => assert_eq!(details.devices, [serial("S1")]),
            other => panic!("{other:?}"),
        }
    }
    // So does a call that failed, and time that went by.
    let mut assign = Assign::of_one(POLICY);
    assign.answer(Err(TransportError::new("reset").into()));
    assign.commit();
    assert_eq!(assign.sleep(), (TimeDelta::seconds(30), Why::Obstacle(Obstacle::Outage)));
    assert!(matches!(assign.call().request, Request::Details(_)));
    let mut assign = Assign::of_one(POLICY);
    assign.now += TimeDelta::hours(1);
    assert!(matches!(assign.call().request, Request::Details(_)));
}

/// ASG-11: a profile is taken away by the same machine; what has none is not sent, and nobody waits for what is not here.
#[test]
fn removal() {
    let mut assign = Assign::new(POLICY, Removal::of(["S1", "S2", "S3", "S4"].map(serial)));
    assign.look(&[("S1", Some("U1")), ("S2", None), ("S3", Some("NOT_ACCESSIBLE")), ("S4", Some("U7"))]);
    let ended = outcomes(&assign.commit());
    assert_eq!(ended, [("S2".to_owned(), Outcome::Success), ("S3".to_owned(), Outcome::NotAccessible)]);
    assert_eq!(assign.sent(), ["S1", "S4"]);
    assert!(matches!(assign.call().request, Request::Remove(_)));
    assign.says(r#"{"devices":{"S1":"SUCCESS","S4":"NOT_ACCESSIBLE"}}"#);
    let ended = outcomes(&assign.commit());
    assert_eq!(ended, [("S1".to_owned(), Outcome::Success), ("S4".to_owned(), Outcome::NotAccessible)]);
    assert_eq!(assign.next(), Step::Done);
}

/// Disowning: as many as were confirmed, never later, and never a device that comes back.
#[test]
fn disowning() {
    let serials = ["S1", "S2", "S1"].map(serial);
    let wrong = Disown::permanently(serials.clone(), 3).unwrap_err();
    assert_eq!((wrong.confirmed, wrong.named), (3, 2));
    let policy = AssignPolicy { read_back: Some(TimeDelta::minutes(1)), ..POLICY };
    let mut assign = Assign::new(policy, Disown::permanently(serials, 2).unwrap());
    assign.look(&[("S1", Some("U1")), ("S2", Some("NOT_ACCESSIBLE"))]);
    assert_eq!(outcomes(&assign.commit()), [("S2".to_owned(), Outcome::NotAccessible)]);
    assert!(matches!(assign.call().request, Request::Disown(_)));
    // The answer is lost; the device is still there.
    assign.answer(Err(TransportError::new("reset").into()));
    assign.commit();
    assign.sleep();
    assign.look(&[("S1", None)]);
    if matches!(assign.next(), Step::Commit(_)) {
        assign.commit();
    }
    assign.says(r#"{"devices":{"S1":"SUCCESS"}}"#);
    assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), Outcome::Success)]);
    assert_eq!(assign.next(), Step::Done);
}
