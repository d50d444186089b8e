//! What is stored, and what is not accepted as that.

use std::collections::BTreeSet;

use apple_ade::Stamp;
use apple_ade::assign::*;
use chrono::TimeDelta;

use super::{Assign, POLICY, outcomes, plan, serial, start};

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

/// Keys that are there twice, and numbers of tasks that have come to their end.
#[test]
fn states_that_are_no_states() {
    let state = |rest: &str| AssignerState::from_json(&format!(r#"{{"version":1,{rest},"failures":0}}"#));
    let twice = [
        r#""next_task":1,"tasks":{"0":{"task":"remove"},"0":{"task":"disown"}},"devices":{"S1":{"task":0}}"#,
        r#""next_task":2,"tasks":{"0":{"task":"remove"},"1":{"task":"disown"}},"devices":{"S1":{"task":0},"S1":{"task":1}}"#,
        r#""next_task":0,"tasks":{},"devices":{},"given_up":{"S1":"U1","S1":"U2"}"#,
    ];
    for rest in twice {
        let error = state(rest).unwrap_err().to_string();
        assert!(error.contains("is there twice"), "{error}");
        assert!(error.contains("take an earlier copy") && error.contains("released"), "{error}");
    }
    assert!(state(r#""next_task":4294967295,"tasks":{},"devices":{}"#).is_err());

    // The last number but one: what comes next takes the first that is free, and nobody's task becomes another.
    let last = r#""next_task":4294967294,"tasks":{"0":{"task":{"assign":{"profile":"P","uuid":"U1"}}}},"devices":{"S1":{"task":0}}"#;
    let mut assign = Assign::of_one(POLICY);
    assign.machine = Assigner::resume(state(last).unwrap(), POLICY);
    assign.machine.add(Disown::permanently([serial("S2")], 1).unwrap()).unwrap();
    assign.machine.add(plan("Q", "U2", &["S3"])).unwrap();
    let commit = assign.commit();
    let again = AssignerState::from_json(&commit.state().to_json()).unwrap();
    assert_eq!(&again, commit.state());
    let pending: Vec<String> = again.pending().map(|(serial, task)| format!("{serial}: {task}")).collect();
    assert_eq!(pending, ["S1: assign P", "S2: release for ever", "S3: assign Q"]);
    assert_eq!(outcomes(&commit), []);
}

/// What cannot be read says what is lost by it.
#[test]
fn texts_that_cannot_be_read() {
    let rules = AssignmentRules::from_json(r#"{"version":1}"#).unwrap_err().to_string();
    assert!(rules.contains("your own") && !rules.contains("plan"), "{rules}");
    let plan = AssignmentPlan::from_json(r#"{"version":1}"#).unwrap_err().to_string();
    assert!(plan.contains("make a new plan from Apple's list"), "{plan}");
    let state = AssignerState::from_json(r#"{"version":1}"#).unwrap_err().to_string();
    assert!(state.contains("throttled") && state.contains("removed"), "{state}");
}
