//! What is ordered, and what has changed since.

use apple_ade::api::{Device, ProfileStatus};
use apple_ade::assign::*;
use apple_ade::id::ProfileUuid;
use chrono::TimeDelta;

use super::{Assign, POLICY, outcomes, plan, refusal, serial, token};

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
    // It is the device that Apple wants to be left alone, not the profile.
    assert_eq!(assign.sleep(), (TimeDelta::hours(24), Why::Throttled));
    assign.look(&[("S1", Some("U1"))]);
    assign.commit();
    assert_eq!(assign.sent(), ["S1"]);
    // A removal is no assignment.
    assign.says(r#"{"devices":{"S1":"THROTTLED"}}"#);
    assign.commit();
    assign.machine.add(Removal::of([serial("S1")])).unwrap();
    assign.commit();
    assign.look(&[("S1", Some("U1"))]);
    assert_eq!(assign.sent(), ["S1"]);
}

/// Of a plan in parts each names the UUID that the profile had when the plan was made. Apple has forgotten it: it is defined once.
#[test]
fn parts_share_a_definition() {
    let parts = plan("P", "U1", &["S1", "S2", "S3", "S4", "S5"]).into_parts(1);
    assert_eq!(parts.len(), 5);
    let stored: Vec<String> = parts.iter().map(ApprovedPlan::to_json).collect();
    let mut assign = Assign::new(POLICY, Removal::of([]));
    let mut uuid = "U1".to_owned();
    let mut defined = 0;
    for (number, part) in stored.iter().enumerate() {
        let name = format!("S{}", number + 1);
        assign.machine.add(ApprovedPlan::from_json(part).unwrap()).unwrap();
        assign.commit();
        assign.look(&[(&name, None)]);
        // It is forgotten with the first part, and once more with the third.
        if number == 0 || number == 2 {
            assign.answer(Err(refusal(404, "NOT_FOUND", None)));
            assign.commit();
            let Step::Define(define) = assign.next() else { panic!("{:?}", assign.next()) };
            assert_eq!(define.uuid.as_str(), uuid);
            defined += 1;
            uuid = format!("U{}", 1 + defined);
            let stamp = assign.stamp();
            assign.machine.defined(define.id, Ok(uuid.parse().unwrap()), &stamp).unwrap();
            assign.commit();
            assign.look(&[(&name, None)]);
        }
        assert!(matches!(assign.call().request, Request::Assign(request) if request.profile_uuid.as_str() == uuid));
        assign.says(&format!(r#"{{"devices":{{"{name}":"SUCCESS"}}}}"#));
        let commit = assign.commit();
        assert_eq!(outcomes(&commit), [(name, Outcome::Success)]);
        // Also after a crash.
        let state = AssignerState::from_json(&commit.state().to_json()).unwrap();
        assert_eq!(&state, commit.state());
        assign.machine = Assigner::resume(state, POLICY);
    }
    assert_eq!((defined, uuid.as_str()), (2, "U3"));
    // Of another profile nothing is known; and what was defined last is what it is, even if it was so before.
    assign.machine.add(plan("Q", "U1", &["S6"])).unwrap();
    assign.commit();
    assign.look(&[("S6", None)]);
    assert!(matches!(assign.call().request, Request::Assign(request) if request.profile_uuid.as_str() == "U1"));
}

/// However many profiles Apple forgets, the machine remembers some hundreds of them.
#[test]
fn what_is_remembered_has_a_bound() {
    let mut assign = Assign::of_one(POLICY);
    let mut lengths = Vec::new();
    for number in 0..1_200 {
        let name = format!("P{number}");
        assign.machine.add(plan(&name, "OLD", &["S1"])).unwrap();
        assign.commit();
        assign.look(&[("S1", None)]);
        assign.answer(Err(refusal(404, "NOT_FOUND", None)));
        assign.commit();
        let Step::Define(define) = assign.next() else { panic!("{:?}", assign.next()) };
        let stamp = assign.stamp();
        assign.machine.defined(define.id, Ok("NEW".parse().unwrap()), &stamp).unwrap();
        lengths.push(assign.commit().state().to_json().len());
    }
    assert!(lengths[1_199] < lengths[600] + 1_000, "{} and {}", lengths[600], lengths[1_199]);
    assert!(lengths[1_199] < 50_000, "{}", lengths[1_199]);
}

/// A plan of the filter, which lies for a while in the store.
fn filtered(filter: DeviceFilter, profile: &str, devices: &[(&str, Option<&str>)]) -> ApprovedPlan {
    let mut profiles = Profiles::new();
    for (name, uuid) in [("P", "U1"), ("Q", "U2")] {
        profiles.insert(name.parse().unwrap(), DefinedProfile::new(token("CK"), uuid.parse().unwrap()));
    }
    let rules = AssignmentRules::new(token("CK")).default_profile(profile.parse().unwrap());
    let mut planner = Planner::new(rules.with_profiles(&profiles).unwrap()).with_filter(filter);
    for (name, uuid) in devices {
        let mut device = Device::new(serial(name));
        device.profile_uuid = uuid.map(|uuid| uuid.parse().unwrap());
        device.profile_status = uuid.map(|_| ProfileStatus::Assigned);
        planner.add(&device, &Known::new());
    }
    let plan = planner.finish().approve().unwrap();
    assert_eq!(plan.devices(), devices.len());
    ApprovedPlan::from_json(&plan.to_json()).unwrap()
}

/// A filter, what a device had when the plan was made and what it has now, and what becomes of it; `None` if it is sent.
type Case<'c> = (DeviceFilter, Option<&'c str>, Option<&'c str>, Option<Outcome>);

/// ASG-3: what the filter would not admit any more when its turn comes is left alone, and said.
#[test]
fn what_has_changed_since_is_left_alone() {
    let changed =
        |has: Option<&str>| Some(Outcome::ChangedSince { profile_uuid: has.map(|uuid| uuid.parse().unwrap()) });
    let by_profile = || DeviceFilter::Profile("Q".parse().unwrap());
    let cases: [Case<'_>; 8] = [
        (DeviceFilter::Unassigned, None, None, None),
        (DeviceFilter::Unassigned, None, Some("U9"), changed(Some("U9"))),
        (DeviceFilter::Unassigned, None, Some("U1"), Some(Outcome::Success)),
        (by_profile(), Some("U2"), Some("U2"), None),
        (by_profile(), Some("U2"), Some("U9"), changed(Some("U9"))),
        (by_profile(), Some("U2"), None, changed(None)),
        // All are all, whatever they have.
        (DeviceFilter::All, None, Some("U9"), None),
        (DeviceFilter::All, Some("U9"), None, None),
    ];
    for (filter, then, now, expected) in cases {
        let what = format!("{filter:?} {then:?} {now:?}");
        let work = filtered(filter, "P", &[("S1", then)]).into_parts(5).remove(0);
        let mut assign = Assign::new(POLICY, work);
        assign.machine = Assigner::resume(AssignerState::from_json(&assign.machine.state().to_json()).unwrap(), POLICY);
        assign.look(&[("S1", now)]);
        match expected {
            None => assert_eq!(assign.sent(), ["S1"], "{what}"),
            Some(outcome) => {
                assert!(!outcome.to_string().is_empty());
                assert_eq!(outcomes(&assign.commit()), [("S1".to_owned(), outcome)], "{what}");
                assert_eq!(assign.next(), Step::Done, "{what}");
            }
        }
    }
    // Of two plans for the same profile the newer one's filter counts, and nothing is superseded.
    let mut assign = Assign::new(POLICY, filtered(DeviceFilter::Unassigned, "P", &[("S1", None), ("S2", None)]));
    assign.machine.add(filtered(DeviceFilter::All, "P", &[("S1", Some("U9"))])).unwrap();
    assert_eq!(outcomes(&assign.commit()), []);
    assign.look(&[("S2", Some("U9"))]);
    assert_eq!(outcomes(&assign.commit()), [("S2".to_owned(), changed(Some("U9")).unwrap())]);
    assign.look(&[("S1", Some("U9"))]);
    assert_eq!(assign.sent(), ["S1"]);
}

/// One profile with two filters is defined once, and what it had given under its old UUID is nobody else's.
#[test]
fn one_profile_with_two_filters() {
    let mut assign = Assign::new(POLICY, filtered(DeviceFilter::Unassigned, "P", &[("S1", None)]));
    assign.machine.add(filtered(DeviceFilter::All, "P", &[("S2", None)])).unwrap();
    assign.commit();
    assign.look(&[("S1", None)]);
    assign.answer(Err(refusal(404, "NOT_FOUND", None)));
    assign.commit();
    let Step::Define(define) = assign.next() else { panic!("{:?}", assign.next()) };
    let (new, stamp): (ProfileUuid, _) = ("U3".parse().unwrap(), assign.stamp());
    assign.machine.defined(define.id, Ok(new.clone()), &stamp).unwrap();
    assign.commit();
    for _ in 0..2 {
        let name = match assign.call().request {
            Request::Details(details) => details.devices[0].to_string(),
            other => panic!("{other:?}"),
        };
        assign.look(&[(&name, Some("U1"))]);
        assert!(matches!(assign.call().request, Request::Assign(request) if request.profile_uuid == new));
        assign.says(&format!(r#"{{"devices":{{"{name}":"SUCCESS"}}}}"#));
        assert_eq!(outcomes(&assign.commit()), [(name, Outcome::Success)]);
    }
    assert_eq!(assign.next(), Step::Done);
}

/// What is waited for holds up no other part.
#[test]
fn has_work() {
    let mut assign = Assign::new(POLICY, plan("P", "U1", &["S1", "S2"]));
    let has_work = |assign: &Assign| assign.machine.state().has_work(assign.now);
    assert!(has_work(&assign));
    assign.look(&[("S1", Some("NOT_ACCESSIBLE")), ("S2", None)]);
    assign.commit();
    assert!(has_work(&assign));
    assign.says(r#"{"devices":{"S2":"THROTTLED"}}"#);
    assign.commit();
    assert!(!has_work(&assign) && !assign.machine.state().is_done());
    assign.now += TimeDelta::hours(24);
    assert!(has_work(&assign));
}
