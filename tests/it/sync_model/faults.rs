//! Every fault of the simulator that a sync can meet.

use std::collections::BTreeSet;

use apple_ade::simulator::{Fault, FaultRule, Faults, RetryAfter, TimeForm};

/// Faults of calls that no sync makes.
const OF_OTHER_CALLS: [&str; 2] = ["missing_serials", "device_status"];

/// Refusals, of a session as well as of a page.
const WORDS: [&str; 19] = [
    "ACCESS_DENIED",
    "CURSOR_REQUIRED",
    "DEVICE_NOT_FOUND",
    "EXHAUSTED_CURSOR",
    "EXPIRED_CURSOR",
    "FORBIDDEN",
    "INVALID_CURSOR",
    "MALFORMED_REQUEST_BODY",
    "NOT_FOUND",
    "TOO_MANY_REQUESTS",
    "T_C_NOT_SIGNED",
    "UNAUTHORIZED",
    "USER_AGENT_INVALID",
    "USER_AGENT_MISSING",
    "internal_server_error",
    "oauth_problem_advice",
    "signature_invalid",
    "token_expired",
    "token_rejected",
];

/// What the final comparison of a store that was fed by deltas alone allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Harm {
    /// Whatever may happen.
    Any,
    /// Nothing that keeps a delta from telling the truth.
    NoLies,
}

/// All faults, together in about so many of a thousand calls, each with the parameters that the seed draws.
pub(crate) fn all(seed: u64, per_mille: u16, harm: Harm, hidden: &BTreeSet<String>) -> Faults {
    let mut faults = Faults::seeded(seed);
    let draw = |bound: u64, shift: u32| seed.rotate_right(shift) % bound;
    let lies = ["unknown_values", "throttled_vanish", "silent_move"];
    let retry_after = match draw(4, 3) {
        0 => Some(RetryAfter::Seconds(u32::try_from(draw(100_000, 7)).unwrap())),
        1 => Some(RetryAfter::Date(u32::try_from(draw(9_000, 7)).unwrap())),
        2 => Some(RetryAfter::Seconds(0)),
        _ => None,
    };
    let kinds: Vec<Fault> = Fault::CATALOGUE
        .iter()
        .filter(|entry| !OF_OTHER_CALLS.contains(&entry.name))
        .filter(|entry| harm == Harm::Any || !lies.contains(&entry.name))
        // An empty list stands for all devices.
        .filter(|entry| harm == Harm::Any || entry.name != "hidden_from_sync" || !hidden.is_empty())
        .map(|entry| match Fault::named(entry.name).unwrap() {
            Fault::OddTimestamps { .. } => Fault::OddTimestamps {
                form: match draw(4, 11) {
                    0 if harm == Harm::Any => TimeForm::Garbage,
                    1 if harm == Harm::Any => TimeForm::Empty,
                    2 => TimeForm::Fraction,
                    _ => TimeForm::Offset,
                },
            },
            Fault::HiddenFromSync { .. } if harm == Harm::Any => {
                Fault::HiddenFromSync { serials: BTreeSet::new(), share: 300 }
            }
            Fault::HiddenFromSync { .. } => Fault::HiddenFromSync { serials: hidden.clone(), share: 1000 },
            Fault::TermsLinger { .. } => Fault::TermsLinger { hours: 5 },
            Fault::Slow { .. } => Fault::Slow { seconds: [1, 60, 400, 2_000][usize::try_from(draw(4, 13)).unwrap()] },
            Fault::ServerError { .. } => {
                Fault::ServerError { status: [500, 502, 503, 504][usize::try_from(draw(4, 17)).unwrap()], retry_after }
            }
            Fault::TooManyRequests { .. } => Fault::TooManyRequests { retry_after },
            Fault::ProxyPage { .. } => {
                Fault::ProxyPage { status: [200, 403, 407, 502][usize::try_from(draw(4, 19)).unwrap()] }
            }
            Fault::Refusal { .. } => Fault::refusal(WORDS[usize::try_from(draw(19, 23)).unwrap()]).unwrap(),
            other => other,
        })
        .collect();
    let share = per_mille.div_ceil(u16::try_from(kinds.len()).unwrap()).min(1000);
    for fault in kinds {
        // Nothing of a hidden device is told, and all terms linger.
        let always = matches!(fault, Fault::HiddenFromSync { .. } | Fault::TermsLinger { .. });
        let rule = FaultRule::new(fault).per_mille(if always { 1000 } else { share });
        faults.add(rule);
    }
    // A word in a row: cursors that are refused again and again, terms, a dead token.
    let word = WORDS[usize::try_from(draw(19, 29)).unwrap()];
    let times = u32::try_from(1 + draw(5, 31)).unwrap();
    if harm == Harm::Any {
        faults.add(FaultRule::new(Fault::refusal(word).unwrap()).per_mille(share.saturating_mul(4)).times(times));
    }
    faults
}

/// A fault that is new is used, or said to be of another call.
#[test]
fn every_fault_is_used() {
    let used: BTreeSet<String> =
        all(1, 100, Harm::Any, &BTreeSet::new()).iter().map(|rule| rule.fault.name().to_owned()).collect();
    let left: Vec<&str> =
        Fault::CATALOGUE.iter().map(|entry| entry.name).filter(|name| !used.contains(*name)).collect();
    assert_eq!(left, OF_OTHER_CALLS);
}
