//! `Assigner`, answer by answer: what each thing that Apple says comes to.

use std::collections::BTreeSet;
use std::sync::Arc;

use apple_ade::Stamp;
use apple_ade::api::{Device, DeviceDetails, GetDeviceDetails};
use apple_ade::assign::*;
use apple_ade::error::{Error, Obstacle, Refusal, TransportError};
use apple_ade::id::SerialNumber;
use apple_ade::token::{ServerToken, TokenIdentity};
use chrono::{DateTime, TimeDelta, Utc};

use crate::api_responses::{parse, read};

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
        (
            r#"{"devices":{"S1":"THROTTLED"},"retry_after_seconds":18446744073709551615}"#,
            Err((TimeDelta::days(7), Why::Throttled)),
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

/// NOT_ACCESSIBLE waits until the device is listed again, and not for ever.
#[test]
fn parked_until_seen() {
    let mut assign = Assign::of_one(POLICY);
    assign.says(r#"{"devices":{"S1":"NOT_ACCESSIBLE"}}"#);
    // What is about to be stored counts.
    assign.next();
    assign.machine.seen(&serial("S1"));
    assign.commit();
    assign.commit();
    assign.look(&[("S1", Some("NOT_ACCESSIBLE"))]);
    assign.commit();
    assert_eq!((assign.machine.health().parked, assign.machine.health().pending), (1, 1));
    assign.machine.seen(&serial("S2"));
    assert!(matches!(assign.next(), Step::Sleep { why: Why::Parked, .. }));
    // A plan has seen it too, and does not add it twice.
    assign.machine.add(plan("P", "U1", &["S1"])).unwrap();
    assert_eq!(outcomes(&assign.commit()), []);
    assign.look(&[("S1", Some("NOT_ACCESSIBLE"))]);
    assign.commit();
    assert_eq!(assign.sleep(), (TimeDelta::days(45), Why::Parked));
    assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), Outcome::NotAccessible)]);
    assert_eq!(assign.next(), Step::Done);
}

/// A profile that Apple does not know is defined again by the caller; not for ever.
#[test]
fn an_unknown_profile_is_defined_again() {
    for error in [refusal(404, "NOT_FOUND", None), refusal(400, "PROFILE_NOT_FOUND", None)] {
        let mut assign = Assign::of_one(POLICY);
        for (round, (old, new)) in [("U1", "U2"), ("U2", "U3"), ("U3", "U4")].into_iter().enumerate() {
            assign.answer(Err(error.clone()));
            assign.commit();
            let Step::Define(define) = assign.next() else { panic!("{:?}", assign.next()) };
            assert_eq!((define.profile.as_str(), define.uuid.as_str()), ("P", old));
            assert!(assign.machine.health().is_stuck());
            // Until it is defined, also after a crash.
            let mut again = Assigner::resume(assign.machine.state().clone(), POLICY);
            assert!(matches!(again.next(&assign.stamp()), Step::Define(_)));
            let stamp = assign.stamp();
            assign.machine.defined(define.id, Ok(new.parse().unwrap()), &stamp).unwrap();
            let commit = assign.commit();
            let redefined = Change::Redefined {
                profile: "P".parse().unwrap(),
                from: old.parse().unwrap(),
                to: new.parse().unwrap(),
            };
            assert_eq!(commit.changes(), [redefined]);
            if round > 0 {
                assert_eq!(assign.sleep().1, Why::ProfileUnknown);
            }
            assign.look(&[("S1", None)]);
            if matches!(assign.next(), Step::Commit(_)) {
                assign.commit();
            }
            assert!(matches!(assign.call().request, Request::Assign(request) if request.profile_uuid.as_str() == new));
        }
        assign.answer(Err(error));
        assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), Outcome::ProfileUnknown)]);
    }
    // The caller cannot define it: an outage is waited for, a refusal three times.
    let mut assign = Assign::of_one(POLICY);
    assign.answer(Err(refusal(404, "NOT_FOUND", None)));
    assign.commit();
    let mut ended = Vec::new();
    for error in [
        refusal(503, "", None),
        refusal(400, "CONFIG_URL_INVALID", None),
        refusal(400, "CONFIG_URL_INVALID", None),
        refusal(400, "CONFIG_URL_INVALID", None),
    ] {
        assert_eq!(ended, []);
        let Step::Define(define) = assign.next() else { panic!("{:?}", assign.next()) };
        let stamp = assign.stamp();
        assign.machine.defined(define.id, Err(error), &stamp).unwrap();
        ended = outcomes(&assign.commit());
        assert!(matches!(assign.sleep().1, Why::Obstacle(_)));
    }
    assert_eq!(ended, [("S1".to_owned(), Outcome::ProfileUnknown)]);
}

/// The read-back check: Apple's SUCCESS is not taken for it.
#[test]
fn read_back() {
    let policy = AssignPolicy { read_back: Some(TimeDelta::minutes(1)), ..POLICY };
    let mut assign = Assign::of_one(policy);
    assign.says(r#"{"devices":{"S1":"SUCCESS"}}"#);
    assert_eq!(outcomes(&assign.commit()), []);
    assert_eq!(assign.sleep(), (TimeDelta::minutes(1), Why::ReadBack));
    assign.look(&[("S1", Some("U1"))]);
    assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), Outcome::Success)]);

    let mut assign = Assign::of_one(policy);
    for round in 1..=3 {
        assign.says(r#"{"devices":{"S1":"SUCCESS"}}"#);
        assign.commit();
        assert_eq!(assign.sleep().1, Why::ReadBack);
        assign.look(&[("S1", None)]);
        let commit = assign.commit();
        if round == 3 {
            assert_eq!(outcomes(&commit), [("S1".to_owned(), Outcome::Unconfirmed)]);
            break;
        }
        assert_eq!(assign.sleep().1, Why::ReadBack);
        assign.look(&[("S1", None)]);
        assign.commit();
    }
}

/// Errors of a call as a whole: each has its pause, and its end.
#[test]
fn obstacles() {
    let hour = TimeDelta::hours(1);
    let cases = [
        (refusal(503, "", None), TimeDelta::seconds(30), Obstacle::Outage, false),
        (refusal(503, "", Some("90")), TimeDelta::seconds(90), Obstacle::TooManyCalls, false),
        (refusal(429, "TOO_MANY_REQUESTS", Some("3600")), hour, Obstacle::TooManyCalls, false),
        (TransportError::new("reset").into(), TimeDelta::seconds(30), Obstacle::Outage, false),
        (refusal(403, "T_C_NOT_SIGNED", None), hour, Obstacle::TermsNotSigned, true),
        (refusal(401, "token_rejected", None), hour, Obstacle::TokenRejected, true),
        (refusal(403, "ACCESS_DENIED", None), hour, Obstacle::AccessDenied, true),
    ];
    for (error, pause, obstacle, is_somebodys) in cases {
        let mut assign = Assign::of_one(POLICY);
        assign.answer(Err(error));
        assert_eq!(outcomes(&assign.commit()), []);
        let health = assign.machine.health();
        assert_eq!((health.obstacle, health.is_stuck()), (Some(obstacle), is_somebodys));
        let before = assign.now;
        assert_eq!(assign.sleep(), (pause, Why::Obstacle(obstacle)));
        // Somebody has done it: the pause ends. Others do not.
        assign.now = before;
        assign.machine.resolved();
        assert_eq!(matches!(assign.next(), Step::Call(_)), is_somebodys, "{obstacle:?}");
    }
    // It grows, and a clock that was set back does not make it longer than a day or so.
    let mut assign = Assign::of_one(POLICY);
    for pause in [30, 60, 120, 240, 480, 960, 1800, 1800] {
        assign.answer(Err(refusal(503, "", None)));
        assign.commit();
        assert_eq!(assign.sleep().0, TimeDelta::seconds(pause));
    }
    assert!(assign.machine.health().is_stuck());
    assign.answer(Err(refusal(503, "", None)));
    assign.commit();
    assign.now -= TimeDelta::days(400);
    assert!(assign.sleep().0 <= TimeDelta::days(45));
    // Refused for good: three times, then it is reported.
    let mut assign = Assign::of_one(POLICY);
    for round in 1..=3 {
        assign.answer(Err(refusal(400, "DEVICE_ID_REQUIRED", None)));
        let ended = outcomes(&assign.commit());
        assert_eq!(ended.first().map(|(_, outcome)| outcome), (round == 3).then_some(&Outcome::Refused));
        assign.sleep();
    }
    assert_eq!(assign.next(), Step::Done);
}

/// A call that is not answered is given up; its answer is then too late.
#[test]
fn silence() {
    let mut assign = Assign::of_one(POLICY);
    let call = assign.call();
    assert_eq!(call.deadline, assign.now + TimeDelta::minutes(5));
    assign.now = call.deadline;
    assign.commit();
    let stamp = assign.stamp();
    let late = assign.machine.answer(call.id, Ok(Answer::Assign(read("{}"))), &stamp);
    assert_eq!(late, Err(Misuse::NoSuchCall { given: call.id, expected: None }));
    assert_eq!(assign.sleep().1, Why::Obstacle(Obstacle::NoAnswer));
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

/// A plan of another token is not added.
#[test]
fn a_plan_belongs_to_its_token() {
    let mut profiles = Profiles::new();
    profiles.insert("P".parse().unwrap(), DefinedProfile::new(token("CK_OTHER"), "U1".parse().unwrap()));
    let rules = AssignmentRules::new(token("CK_OTHER")).default_profile("P".parse().unwrap());
    let mut planner = Planner::new(rules.with_profiles(&profiles).unwrap());
    planner.add(&Device::new(serial("S9")), &Known::new());
    let other = planner.finish().approve().unwrap();

    let mut assign = Assign::of_one(POLICY);
    let error = assign.machine.add(other.clone()).unwrap_err();
    assert_eq!((error.ours, error.theirs), (token("CK"), token("CK_OTHER")));
    assert_eq!(assign.sent(), ["S1"]);
    // What was given back can be added where it belongs; there, too, before anything is stored.
    let mut machine = Assigner::new(POLICY);
    machine.add(error.work).unwrap();
    assert!(machine.add(plan("P", "U1", &["S1"])).is_err());
    // It is stored.
    let mut machine = Assigner::resume(AssignerState::from_json(&assign.machine.state().to_json()).unwrap(), POLICY);
    assert!(machine.add(other).is_err());
    machine.add(Removal::of([serial("S9")])).unwrap();
}

/// The newest order counts; the one before ends, and is not carried out.
#[test]
fn superseded() {
    let mut assign = Assign::of_one(POLICY);
    assign.says(r#"{"devices":{"S1":"THROTTLED"}}"#);
    assign.commit();
    // The same again is the same, and what it waits for goes on.
    assign.machine.add(plan("P", "U1", &["S1"])).unwrap();
    assert!(matches!(assign.next(), Step::Sleep { why: Why::Throttled, .. }));
    assign.machine.add(plan("Q", "U2", &["S1"])).unwrap();
    let commit = assign.commit();
    assert_eq!(outcomes(&commit), [("S1".to_owned(), Outcome::Superseded)]);
    let pending: Vec<String> = commit.state().pending().map(|(serial, task)| format!("{serial}: {task}")).collect();
    assert_eq!(pending, ["S1: assign Q"]);
}

/// Misuse changes nothing, and says what would be right.
#[test]
fn misuse() {
    let mut assign = Assign::of_one(POLICY);
    let (call, stamp) = (assign.call(), assign.stamp());
    let machine = &mut assign.machine;
    let other = machine.answer(call.id, Ok(Answer::Details(DeviceDetails::default())), &stamp).unwrap_err();
    assert!(other.to_string().contains("another kind"));
    let unknown = machine.answer(99, Ok(Answer::Assign(read("{}"))), &stamp).unwrap_err();
    assert_eq!(unknown, Misuse::NoSuchCall { given: 99, expected: Some(call.id) });
    assert_eq!(machine.committed(call.id), Err(Misuse::NoSuchCommit { given: call.id, expected: None }));
    let undefined = machine.defined(call.id, Ok("U2".parse().unwrap()), &stamp);
    assert_eq!(undefined, Err(Misuse::NoSuchDefinition { given: call.id, expected: None }));
    assert_eq!(assign.call(), call);
}

/// States, plans and rules as earlier versions stored them are read, and others say what they are.
#[test]
fn stored_states() {
    let mut kinds = BTreeSet::new();
    for name in crate::fixture::names("assign_state", ".json") {
        let text = crate::fixture::text(&format!("assign_state/{name}"));
        let kind = name.split('-').nth(1).unwrap().trim_end_matches(".json").to_owned();
        let again = match kind.as_str() {
            "rules" => AssignmentRules::from_json(&text).map(|rules| rules.to_json()),
            "plan" => AssignmentPlan::from_json(&text).map(|plan| plan.to_json()),
            "approved" => ApprovedPlan::from_json(&text).map(|plan| plan.to_json()),
            "state" => AssignerState::from_json(&text).map(|state| {
                let mut machine = Assigner::resume(state.clone(), POLICY);
                assert!(!matches!(machine.next(&Stamp::new(start() + TimeDelta::days(1), [0; 16])), Step::Commit(_)));
                state.to_json()
            }),
            other => panic!("{other}"),
        };
        let again = again.unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&again), value(&text), "{name}");
        let newer = text.replace("\"version\":1", "\"version\":2");
        let error = AssignerState::from_json(&newer).unwrap_err();
        assert!(error.to_string().contains("version 2"), "{error}");
        kinds.insert(kind);
    }
    assert_eq!(kinds.len(), 4);
    for wrong in [
        "",
        "{}",
        r#"{"version":1}"#,
        r#"{"version":1,"next_task":1,"tasks":{},"devices":{"S1":{"task":0}},"failures":0}"#,
        r#"{"version":1,"next_task":0,"tasks":{"0":{"task":"remove"}},"devices":{},"failures":0}"#,
    ] {
        assert!(AssignerState::from_json(wrong).is_err(), "{wrong}");
    }
}
