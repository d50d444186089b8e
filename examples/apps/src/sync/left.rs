//! What is left to be assigned: what is waited for, until when and why; and what is given up.

use std::collections::BTreeMap;

use apple_ade::assign::{AssignerState, Why};
use apple_ade::error::BoxError;
use apple_ade::id::SerialNumber;
use chrono::{DateTime, Utc};

use super::program::short;
use crate::store::{Database, GivenUp, Store};
use crate::thousands::thousands;

/// A label and a text for each reason, from what is stored.
pub(super) fn left<D: Database>(store: &mut Store<D>, token: &str) -> Result<Vec<(&'static str, String)>, BoxError> {
    // One that cannot be read begins anew.
    let state = store.assigner(token)?.and_then(|state| AssignerState::from_json(&state).ok());
    let mut lines = waiting(&state.unwrap_or_default());
    lines.extend(store.given_up(token)?.into_iter().map(|given_up| {
        let GivenUp { reason, devices, first, .. } = given_up;
        ("left out", format!("{}; {reason}", some(&first, usize::try_from(devices).unwrap_or(usize::MAX))))
    }));
    Ok(lines)
}

/// Devices that wait for the same reason.
struct Waiting<'s> {
    devices: usize,
    serial: &'s SerialNumber,
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

fn waiting(state: &AssignerState) -> Vec<(&'static str, String)> {
    let mut by_reason = BTreeMap::<Why, Waiting<'_>>::new();
    for (serial, until, why) in state.waiting() {
        let group = by_reason.entry(why).or_insert(Waiting { devices: 0, serial, first: until, last: until });
        group.devices += 1;
        (group.first, group.last) = (until.min(group.first), until.max(group.last));
    }
    let at_once = state.pending().count() - by_reason.values().map(|group| group.devices).sum::<usize>();
    let mut lines: Vec<(&str, String)> = by_reason
        .into_iter()
        .map(|(why, Waiting { devices, serial, first, last })| {
            // Batches wait for times of their own.
            let from = if short(first) == short(last) { "until" } else { "from" };
            let (which, first) = (some(serial.as_str(), devices), short(first));
            let text = match why {
                Why::Throttled => format!("{which}; {from} {first}: assigned too often, says Apple"),
                Why::Failed => format!("{which}; {from} {first}: Apple failed"),
                Why::Unanswered => format!("{which}; {from} {first}: Apple's answer left them out"),
                Why::Parked => format!("{which}; until listed again, at most {}: not on this server", short(last)),
                why => format!("{which}; {from} {first}: {why}"),
            };
            ("waiting", text)
        })
        .collect();
    if at_once > 0 {
        lines.push(("waiting", format!("{} until Apple can be called", thousands(at_once))));
    }
    lines
}

/// The first, and how many more.
fn some(first: &str, count: usize) -> String {
    match count {
        0 | 1 => first.to_owned(),
        count => format!("{first} and {} more", thousands(count - 1)),
    }
}

#[cfg(test)]
mod tests {
    use apple_ade::assign::AssignerState;

    use super::waiting;

    #[test]
    fn what_is_waited_for_is_told_by_reason_in_a_hundred_columns() {
        let device = |serial: &str, more: &str| format!(r#""{serial}":{{"task":0{more}}}"#);
        let wait = |at: &str, why: &str| format!(r#","until":["2026-11-29T08:00:{at}Z","{why}"]"#);
        let devices = [
            device("C02T0HL0GGC0", &wait("00", "throttled")),
            device("C02T0HL0GGC1", &wait("59", "throttled")),
            device("C02T0HL0GGC2", &format!(r#","stage":"parked"{}"#, wait("01", "parked"))),
            device("C02T0HL0GGC3", &wait("02", "failed")),
            device("C02T0HL0GGC4", ""),
        ];
        let json = format!(
            r#"{{"version":1,"next_task":1,"tasks":{{"0":{{"task":{{"assign":{{"profile":"Kiosks","uuid":"U1"}}}}}}}},
                "devices":{{{}}},"failures":0}}"#,
            devices.join(",")
        );
        let lines = waiting(&AssignerState::from_json(&json).unwrap());
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "C02T0HL0GGC0 and 1 more; from 2026-11-29 08:00:00 UTC: assigned too often, says Apple",
                "C02T0HL0GGC3; until 2026-11-29 08:00:02 UTC: Apple failed",
                "C02T0HL0GGC2; until listed again, at most 2026-11-29 08:00:01 UTC: not on this server",
                "1 until Apple can be called",
            ]
        );
        assert!(texts.iter().all(|text| text.len() <= 89));
    }
}
