//! `Assignment`: whatever the answers hold, and wherever it is broken off, every device that went in comes out once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use apple_ade::api::{AssignProfile, AssignProfileResponse, DeviceStatus};
use apple_ade::assign::{AssignReport, Assignment, Outcome};
use apple_ade::error::{AnswerError, Error, Refusal, RequestError, TransportError};
use apple_ade::id::SerialNumber;
use apple_ade::json::RawJson;
use proptest::prelude::*;

use crate::api_calls::{answer, uuid};

/// What an answer says of a device: a word, something else than a word, or nothing.
fn says() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        4 => Just(Some("\"SUCCESS\"")),
        1 => Just(Some("\"NOT_ACCESSIBLE\"")),
        1 => Just(Some("\"NOT_FOUND\"")),
        1 => Just(Some("\"FAILED\"")),
        1 => Just(Some("\"THROTTLED\"")),
        1 => Just(Some("\"LATER\"")),
        1 => Just(Some("5")),
        1 => Just(Some("null")),
        2 => Just(None),
    ]
}

fn expected(says: Option<&str>, retry_after: Option<u64>) -> Outcome {
    match says {
        Some("\"SUCCESS\"") => Outcome::Success,
        Some("\"NOT_ACCESSIBLE\"" | "\"NOT_FOUND\"") => Outcome::NotAccessible,
        Some("\"FAILED\"") => Outcome::Failed,
        Some("\"THROTTLED\"") => Outcome::Throttled { retry_after: retry_after.map(Duration::from_secs) },
        Some("\"LATER\"") => Outcome::Other(DeviceStatus::from("LATER")),
        _ => Outcome::Unanswered,
    }
}

/// How an assignment ends before its time.
#[derive(Debug, Clone, Copy)]
enum End {
    Refused,
    NotSent,
    Lost,
    Unreadable,
    /// The caller gives it up while a request is out.
    Finished,
}

impl End {
    fn error(self) -> Option<Error> {
        match self {
            Self::Refused => Some(Refusal::read("POST /profile/devices", &answer(403, "T_C_NOT_SIGNED")).into()),
            Self::NotSent => {
                let (call, field, word) = ("POST /profile/devices", "devices", "DEVICE_ID_REQUIRED");
                Some(RequestError::Missing { call, field, word }.into())
            }
            Self::Lost => Some(TransportError::new("reset").into()),
            Self::Unreadable => Some(AnswerError::new("POST /profile/devices", &answer(200, "<"), "it is HTML").into()),
            Self::Finished => None,
        }
    }

    fn leaves(self) -> Outcome {
        match self {
            Self::Refused | Self::NotSent => Outcome::NotAssigned,
            Self::Lost | Self::Unreadable | Self::Finished => Outcome::InDoubt,
        }
    }
}

fn name(number: u8) -> SerialNumber {
    format!("S{number}").parse().unwrap()
}

/// Apple's answer to a request, with devices in it that were not asked for.
fn answered(
    request: &AssignProfile,
    says: &BTreeMap<SerialNumber, Option<&str>>,
    retry: Option<u64>,
) -> AssignProfileResponse {
    let mut entries = vec!["\"STRANGER\":\"SUCCESS\"".to_owned(), "\"\":\"FAILED\"".to_owned()];
    entries.extend(request.devices.iter().filter_map(|serial| Some(format!("\"{serial}\":{}", says[serial]?))));
    let retry = retry.map_or(String::new(), |seconds| format!(",\"retry_after_seconds\":{seconds}"));
    let text = format!("{{\"devices\":{{{}}}{retry}}}", entries.join(","));
    text.parse::<RawJson>().unwrap().read().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_device_comes_out_once(
        numbers in prop::collection::vec(0_u8..60, 0..100),
        words in prop::collection::vec(says(), 60),
        batch_size in prop_oneof![Just(0_u32), 1..12_u32, Just(1000), Just(u32::MAX)],
        retry in prop::option::of(0_u64..100_000),
        end in prop::option::of((0_usize..30, prop::sample::select(vec![
            End::Refused, End::NotSent, End::Lost, End::Unreadable, End::Finished,
        ]))),
        asks in 1_usize..4,
    ) {
        let serials: Vec<SerialNumber> = numbers.iter().copied().map(name).collect();
        let distinct: BTreeSet<SerialNumber> = serials.iter().cloned().collect();
        let says: BTreeMap<SerialNumber, Option<&str>> = (0..60).map(name).zip(words).collect();
        let mut assignment = Assignment::new(uuid(), serials.clone(), batch_size);
        let mut sent = Vec::new();
        let mut requests = 0;
        let mut broken = None;
        while let Some(request) = assignment.next() {
            // As long as no answer has come, it is the same request.
            for _ in 1..asks {
                let again = assignment.next();
                prop_assert_eq!(again.as_ref(), Some(&request));
            }
            prop_assert_eq!(&request.profile_uuid, &uuid());
            prop_assert!(!request.devices.is_empty());
            prop_assert!(request.devices.len() <= usize::try_from(batch_size).unwrap().max(1), "{} in a batch", request.devices.len());
            if let Some((at, end)) = end && at == requests {
                broken = Some((end, request.devices));
                break;
            }
            for serial in &request.devices {
                prop_assert!(!sent.contains(serial), "{serial} was sent after an answer");
            }
            sent.extend(request.devices.iter().cloned());
            assignment.receive(&answered(&request, &says, retry));
            requests += 1;
        }
        let was_broken = broken.is_some();
        let report: AssignReport = match broken.as_ref().map(|(end, _)| end.error()) {
            Some(Some(error)) => {
                let text = error.to_string();
                let broken_off = assignment.fail(error);
                let done = broken_off.report.count(&Outcome::Success);
                let expected = format!("the assignment was broken off after {done} of {} devices: {text}", distinct.len());
                prop_assert_eq!(broken_off.to_string(), expected);
                *broken_off.report
            }
            Some(None) | None => assignment.finish(),
        };
        let batch = usize::try_from(batch_size).unwrap().max(1);
        prop_assert!(was_broken || requests == distinct.len().div_ceil(batch), "{requests} requests");
        // In the order in which they were given, and each as it was answered for.
        let mut first: Vec<SerialNumber> = Vec::new();
        for serial in &serials {
            if !first.contains(serial) {
                first.push(serial.clone());
            }
        }
        prop_assert_eq!(&first[..sent.len()], &sent[..]);
        prop_assert_eq!(report.outcomes.keys().collect::<Vec<_>>(), distinct.iter().collect::<Vec<_>>());
        for (serial, outcome) in &report.outcomes {
            let expected = match &broken {
                _ if sent.contains(serial) => expected(says[serial], retry),
                Some((end, out)) if out.contains(serial) => end.leaves(),
                _ => Outcome::NotAssigned,
            };
            prop_assert_eq!(outcome, &expected, "{}", serial);
        }
        let successes = report.serials(|outcome| *outcome == Outcome::Success).count();
        prop_assert_eq!(successes, report.count(&Outcome::Success));
    }
}

#[test]
fn an_answer_that_was_not_asked_for_changes_nothing() {
    let mut assignment = Assignment::new(uuid(), [name(1), name(2)], 1);
    let text = r#"{"devices":{"S1":"SUCCESS","S2":"SUCCESS"}}"#;
    let early: AssignProfileResponse = text.parse::<RawJson>().unwrap().read().unwrap();
    assignment.receive(&early);
    assert_eq!(assignment.next().unwrap().devices, [name(1)]);
    // It names the device of the next request, too, which must be sent all the same.
    assignment.receive(&early);
    assignment.receive(&early);
    assert_eq!(assignment.next().unwrap().devices, [name(2)]);
    let report = assignment.finish();
    assert_eq!(report.get("S1"), Some(&Outcome::Success));
    assert_eq!(report.get("S2"), Some(&Outcome::InDoubt));
}

#[test]
fn nothing_to_assign_needs_no_request() {
    let mut assignment = Assignment::new(uuid(), [], 1000);
    assert_eq!(assignment.next(), None);
    assert!(assignment.finish().outcomes.is_empty());
}
