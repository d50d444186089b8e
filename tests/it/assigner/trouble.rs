//! What goes wrong: devices that are not here, profiles that Apple forgets, calls that fail.

use apple_ade::api::DeviceDetails;
use apple_ade::assign::*;
use apple_ade::error::{ErrorWord, Obstacle, TransportError};
use chrono::TimeDelta;

use super::{Assign, POLICY, outcomes, plan, refusal, serial};
use crate::api_responses::read;

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
        // Nobody waits for anything when nothing is to be done.
        assert!(matches!(assign.next(), Step::Done) || matches!(assign.sleep().1, Why::Obstacle(_)));
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
    // It grows.
    let mut assign = Assign::of_one(POLICY);
    for pause in [30, 60, 120, 240, 480, 960, 1800, 1800] {
        assign.answer(Err(refusal(503, "", None)));
        assign.commit();
        assert_eq!(assign.sleep().0, TimeDelta::seconds(pause));
    }
    assert!(assign.machine.health().is_stuck());
    // Refused for good: three times, then it is reported.
    let mut assign = Assign::of_one(POLICY);
    for round in 1..=3 {
        assign.answer(Err(refusal(400, "DEVICE_ID_REQUIRED", None)));
        let ended = outcomes(&assign.commit());
        let refused = Outcome::Refused { word: Some(ErrorWord::DeviceIdRequired) };
        assert_eq!(ended.first().map(|(_, outcome)| outcome), (round == 3).then_some(&refused));
        if round < 3 {
            assign.sleep();
        }
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
