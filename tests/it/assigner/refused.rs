//! Requests that Apple refuses for one of their devices, or for all.

use std::collections::BTreeMap;

use apple_ade::assign::*;
use apple_ade::error::ErrorWord;

use super::{Assign, POLICY, outcomes, plan, refusal};

/// Carries out a plan for so many devices while Apple refuses every look or every assignment that holds one of those. Gives the outcomes,
/// how many requests were refused, and how many minutes it took.
fn carry_out(
    devices: usize,
    batch_size: u32,
    is_bad: impl Fn(&str) -> bool,
    looks: bool,
) -> (BTreeMap<String, Outcome>, usize, i64) {
    let names: Vec<String> = (0..devices).map(|number| format!("S{number:04}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut assign = Assign::new(AssignPolicy { batch_size, ..POLICY }, plan("P", "U1", &names));
    let (mut ended, mut refusals, start) = (BTreeMap::new(), 0, assign.now);
    for _ in 0..20_000 {
        match assign.next() {
            Step::Commit(commit) => {
                for (serial, outcome) in outcomes(&commit) {
                    assert_eq!(ended.insert(serial.clone(), outcome), None, "{serial}");
                }
                let state = AssignerState::from_json(&commit.state().to_json()).unwrap();
                assert_eq!(&state, commit.state());
                assign.machine.committed(commit.id()).unwrap();
            }
            Step::Sleep { until, .. } => assign.now = until,
            Step::Done => return (ended, refusals, (assign.now - start).num_minutes()),
            Step::Call(call) => {
                let (serials, is_look) = match call.request {
                    Request::Details(details) => (details.devices, true),
                    Request::Assign(request) => (request.devices, false),
                    other => panic!("{other:?}"),
                };
                if is_look == looks && serials.iter().any(|serial| is_bad(serial.as_str())) {
                    refusals += 1;
                    assign.answer(Err(refusal(400, "DEVICE_ID_REQUIRED", None)));
                } else if is_look {
                    let rows: Vec<_> = serials.iter().map(|serial| (serial.as_str(), None)).collect();
                    assign.look(&rows);
                } else {
                    let words: Vec<String> = serials.iter().map(|serial| format!(r#""{serial}":"SUCCESS""#)).collect();
                    assign.says(&format!(r#"{{"devices":{{{}}}}}"#, words.join(",")));
                }
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("no end");
}

/// One serial number that Apple refuses does not take the others of its request with it.
#[test]
fn the_one_is_found() {
    let refused = Outcome::Refused { word: Some(ErrorWord::DeviceIdRequired) };
    for looks in [false, true] {
        for (devices, batch_size, bad) in [
            (1000, 1000, &["S0000"][..]),
            (1000, 1000, &["S0999"]),
            (2500, 1000, &["S0500", "S1700"]),
            (7, 4, &["S0003"]),
        ] {
            let (ended, refusals, minutes) = carry_out(devices, batch_size, |serial| bad.contains(&serial), looks);
            assert_eq!(ended.len(), devices);
            for (serial, outcome) in &ended {
                let expected = if bad.contains(&serial.as_str()) { &refused } else { &Outcome::Success };
                assert_eq!(outcome, expected, "{serial} of {devices}, {bad:?}");
            }
            assert!(refusals <= 12 * bad.len() && minutes < 180, "{refusals} refusals, {minutes} minutes for {bad:?}");
        }
    }
    assert!(refused.to_string().contains("DEVICE_ID_REQUIRED"));
}

/// Where Apple refuses everything, it is not tried one by one.
#[test]
fn all_are_refused() {
    for looks in [false, true] {
        let (ended, refusals, _) = carry_out(1000, 1000, |_| true, looks);
        assert_eq!(ended.len(), 1000);
        assert!(ended.values().all(|outcome| matches!(outcome, Outcome::Refused { .. })));
        assert!(refusals <= 60, "{refusals}");
        // Each alone, three times.
        let (ended, refusals, _) = carry_out(5, 1, |_| true, looks);
        assert_eq!((ended.len(), refusals), (5, 15));
    }
}
