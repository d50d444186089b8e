//! Clocks that are wrong, and intervals that are more than a clock can count.

use apple_ade::Stamp;
use apple_ade::api::GetDeviceDetails;
use apple_ade::assign::*;
use apple_ade::error::Obstacle;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Assign, POLICY, outcomes, plan, refusal, serial, start};
use crate::api_responses::parse;

/// A clock that was ten years ahead, once, and is right again: no wait that was made by it lasts.
#[test]
fn a_clock_that_was_ahead() {
    let years = TimeDelta::days(3_650);
    for word in ["THROTTLED", "FAILED", "LATER", "NOT_ACCESSIBLE"] {
        let mut assign = Assign::of_one(POLICY);
        assign.now += years;
        assign.look(&[("S1", None)]);
        assign.says(&format!(r#"{{"devices":{{"S1":"{word}"}}}}"#));
        assign.commit();
        assign.now -= years;
        // It is looked at again, and nothing that is only waited for has ended.
        assign.look(&[("S1", None)]);
        if matches!(assign.next(), Step::Commit(_)) {
            assert_eq!(outcomes(&assign.commit()), [], "{word}");
        }
        assert_eq!(assign.sent(), ["S1"], "{word}");
    }
    for error in [refusal(503, "", None), refusal(403, "T_C_NOT_SIGNED", None)] {
        let mut assign = Assign::of_one(POLICY);
        assign.now += years;
        assign.look(&[("S1", None)]);
        assign.answer(Err(error));
        assign.commit();
        assign.now -= years;
        assert!(matches!(assign.next(), Step::Call(_)));
    }
    // A clock that is set back a little changes nothing.
    let mut assign = Assign::of_one(POLICY);
    assign.says(r#"{"devices":{"S1":"NOT_ACCESSIBLE"}}"#);
    assign.commit();
    assign.now -= TimeDelta::hours(2);
    assert_eq!(assign.sleep(), (TimeDelta::days(45) + TimeDelta::hours(2), Why::Parked));
}

/// A state says what it likes.
#[test]
fn times_at_the_end_of_time() {
    let end = "+262142-12-31T23:59:59.999999999Z";
    let device = format!(r#"{{"task":0,"until":["{end}","throttled"]}}"#);
    for (device, wait) in [
        (device.as_str(), String::new()),
        (r#"{"task":0}"#, format!(r#","wait":{{"until":"{end}","why":"outage","since":"2026-11-22T08:00:00Z"}}"#)),
    ] {
        let json = format!(
            r#"{{"version":1,"next_task":1,"tasks":{{"0":{{"task":"remove"}}}},"devices":{{"S1":{device}}},"failures":1{wait}}}"#
        );
        let mut machine = Assigner::resume(AssignerState::from_json(&json).unwrap(), POLICY);
        assert!(matches!(machine.next(&Stamp::new(start(), [0; 16])), Step::Call(_)), "{json}");
    }
}

/// The largest and the smallest intervals, at the beginning and the end of time: no panic, and no wait that is none.
#[test]
fn any_interval() {
    let last = DateTime::<Utc>::MAX_UTC;
    let policy = |by: TimeDelta| AssignPolicy {
        read_back: Some(by),
        throttled_pause: by,
        throttled_longest: by,
        parked: by,
        deadline: by,
        first_pause: by,
        longest_pause: by,
        account_pause: by,
        ..POLICY
    };
    for by in [TimeDelta::MAX, TimeDelta::MIN, TimeDelta::zero()] {
        // In the last instant every deadline has passed.
        let mut assign = Assign::new(policy(by), plan("P", "U1", &["S1"]));
        assign.now = last;
        for _ in 0..3 {
            assign.next();
            assign.commit();
        }
        for now in [start(), last - TimeDelta::hours(1), DateTime::<Utc>::MIN_UTC] {
            for word in ["SUCCESS", "THROTTLED", "FAILED", "LATER", "NOT_ACCESSIBLE"] {
                let mut assign = Assign::new(policy(by), plan("P", "U1", &["S1"]));
                assert_eq!(assign.machine.policy(), &policy(by));
                assign.now = now;
                assign.look(&[("S1", None)]);
                assign.says(&format!(r#"{{"devices":{{"S1":"{word}"}}}}"#));
                assign.next();
            }
            for error in [refusal(503, "", Some("90")), refusal(403, "T_C_NOT_SIGNED", None), refusal(404, "", None)] {
                let mut assign = Assign::new(policy(by), plan("P", "U1", &["S1"]));
                assign.now = now;
                assign.answer(Err(error));
                assign.next();
            }
        }
    }
    // What is to be waited for as long as possible is not over at once.
    let most = policy(TimeDelta::MAX);
    for (word, why) in [("SUCCESS", Why::ReadBack), ("THROTTLED", Why::Throttled), ("NOT_ACCESSIBLE", Why::Parked)] {
        let mut assign = Assign::of_one(most);
        assign.says(&format!(r#"{{"devices":{{"S1":"{word}"}}}}"#));
        assert_eq!(outcomes(&assign.commit()), [], "{word}");
        let (pause, because) = assign.sleep();
        assert!(pause > TimeDelta::days(3_650) && because == why, "{word}: {pause} {because}");
    }
}

/// An answer after the deadline is not used, however long after, and whether or not somebody has asked in between.
#[test]
fn late_answers() {
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1"]));
    let call = assign.call();
    assign.now += TimeDelta::days(3);
    let answer = Answer::Details(parse(
        &GetDeviceDetails::new([serial("S1")]),
        r#"{"devices":{"S1":{"serial_number":"S1","profile_uuid":"U1"}}}"#.to_owned(),
    ));
    let stamp = assign.stamp();
    assign.machine.answer(call.id, Ok(answer.clone()), &stamp).unwrap();
    assert_eq!(outcomes(&assign.commit()), []);
    assert_eq!(assign.sleep().1, Why::Obstacle(Obstacle::NoAnswer));
    let again = assign.machine.answer(call.id, Ok(answer), &stamp);
    assert!(matches!(again, Err(Misuse::NoSuchCall { .. })));
    // What was read is as old as its call.
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1"]));
    let call = assign.call();
    assign.now = call.deadline - TimeDelta::seconds(1);
    assign.look(&[("S1", None)]);
    assert_eq!(assign.sent(), ["S1"]);
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1"]));
    let call = assign.call();
    assign.now = call.deadline - TimeDelta::seconds(1);
    assign.look(&[("S1", None)]);
    assign.now += TimeDelta::seconds(2);
    assert!(matches!(assign.call().request, Request::Details(details) if details.devices == [serial("S1")]));
}

/// A clock that is corrected by a little gives no call up; one that is set back by a day does.
#[test]
fn a_little_backwards() {
    let mut assign = Assign::of_one(POLICY);
    let call = assign.call();
    assign.now -= TimeDelta::milliseconds(1);
    assert_eq!(assign.call(), call);
    assign.now -= TimeDelta::minutes(2);
    assert_eq!(assign.call(), call);
    assign.now -= TimeDelta::days(1);
    assert!(matches!(assign.next(), Step::Commit(_)));
}
