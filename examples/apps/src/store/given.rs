use apple_ade::assign::{ApprovedPlan, Change, Commit, Hazard, Task, Why};

use super::error::StoreError;

/// One thing that an assignment has to say; those of a commit are stored in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what the tables can do")]
pub enum Given {
    /// What became of a device. It stands until Apple lists the device again.
    Outcome {
        /// The key.
        serial: String,
        /// The profile that it was to be given.
        profile: Option<String>,
        /// In the words of [`Outcome`](apple_ade::assign::Outcome), or `parked`, or `withheld`.
        outcome: String,
        /// For people.
        reason: String,
    },
    /// Apple did not know a profile, and it was defined again.
    Redefined {
        /// The UUID that is not known.
        from: String,
        /// The new one.
        to: String,
    },
}

/// What a commit of an assignment has to say.
///
/// # Errors
///
/// [`StoreError::UnknownChange`]: to leave one out would lose an outcome.
pub fn given(commit: &Commit) -> Result<Vec<Given>, StoreError> {
    commit.changes().iter().map(of_change).collect()
}

/// What a plan leaves alone, since nobody has confirmed what it would do to it.
pub fn withheld(plan: &ApprovedPlan) -> Vec<Given> {
    let of_one = plan.withheld().map(|(serial, group)| Given::Outcome {
        serial: serial.to_string(),
        profile: Some(group.profile_uuid.to_string()),
        outcome: "withheld".to_owned(),
        reason: format!("withheld: {}", group.hazards.iter().map(Hazard::to_string).collect::<Vec<_>>().join("; ")),
    });
    of_one.collect()
}

fn of_change(change: &Change) -> Result<Given, StoreError> {
    Ok(match change {
        Change::Outcome { serial, task, outcome } => Given::Outcome {
            serial: serial.to_string(),
            profile: match task {
                Task::Assign { uuid, .. } => Some(uuid.to_string()),
                _ => None,
            },
            outcome: word(&serde_json::to_value(outcome).map_err(StoreError::database)?),
            reason: outcome.to_string(),
        },
        Change::Parked { serial } => Given::Outcome {
            serial: serial.to_string(),
            profile: None,
            outcome: "parked".to_owned(),
            reason: Why::Parked.to_string(),
        },
        Change::Redefined { from, to, .. } => Given::Redefined { from: from.to_string(), to: to.to_string() },
        other => return Err(StoreError::UnknownChange(format!("{other:?}"))),
    })
}

/// The variant, without what it holds.
fn word(outcome: &serde_json::Value) -> String {
    let of_map = || outcome.as_object().and_then(|map| map.keys().next()).map(String::as_str);
    outcome.as_str().or_else(of_map).unwrap_or_default().to_owned()
}
