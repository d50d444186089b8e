//! What is stored of a walk.

use serde::{Deserialize, Serialize};

use super::step::StepId;
use crate::id::CommandUuid;

/// How far a walk has come, to be stored after each step. No command and no secret is in it: the plan is made anew from the profile, with the
/// same [`with_admin_password`](super::PostEnrollmentPlan::with_admin_password), [`with_profile`](super::PostEnrollmentPlan::with_profile)
/// and the like as before. What the plan had is stored, so that [`PlanWalk::resume`](super::PlanWalk::resume) sees what was forgotten.
///
/// serde reads and writes a versioned record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct WalkState {
    /// The steps of the plan. Empty in what an earlier version has stored.
    pub(super) planned: Vec<StepId>,
    /// Whether the plan had the administrator's password.
    pub(super) admin_password: bool,
    /// How many commands were given out.
    pub(super) given_out: u64,
    /// In the order in which they were settled.
    pub(super) settled: Vec<(StepId, Settled)>,
    /// Those that the device will take later.
    pub(super) postponed: Vec<StepId>,
    /// What is out.
    pub(super) sent: Option<(StepId, CommandUuid)>,
    /// The step at whose failure the walk stopped.
    pub(super) stopped: Option<(StepId, String)>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Settled {
    /// The device has carried it out.
    Done,
    /// It failed, and the walk went on.
    Failed(String),
}

/// A stored walk that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the walk is stored in version {found} of the form, and this version of the crate reads {VERSION}")]
pub struct WalkStateError {
    found: u32,
}

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    planned: Vec<StepId>,
    #[serde(default, skip_serializing_if = "is_default")]
    admin_password: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    given_out: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    settled: Vec<StoredStep>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    postponed: Vec<StepId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent: Option<StoredSent>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stopped: Option<StoredStop>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Serialize, Deserialize)]
struct StoredStep {
    step: StepId,
    outcome: Settled,
}

#[derive(Serialize, Deserialize)]
struct StoredSent {
    step: StepId,
    command_uuid: CommandUuid,
}

#[derive(Serialize, Deserialize)]
struct StoredStop {
    step: StepId,
    why: String,
}

impl From<WalkState> for Stored {
    fn from(state: WalkState) -> Self {
        Self {
            version: VERSION,
            planned: state.planned,
            admin_password: state.admin_password,
            given_out: state.given_out,
            settled: state.settled.into_iter().map(|(step, outcome)| StoredStep { step, outcome }).collect(),
            postponed: state.postponed,
            sent: state.sent.map(|(step, command_uuid)| StoredSent { step, command_uuid }),
            stopped: state.stopped.map(|(step, why)| StoredStop { step, why }),
        }
    }
}

impl TryFrom<Stored> for WalkState {
    type Error = WalkStateError;

    fn try_from(stored: Stored) -> Result<Self, WalkStateError> {
        if stored.version != VERSION {
            return Err(WalkStateError { found: stored.version });
        }
        Ok(Self {
            planned: stored.planned,
            admin_password: stored.admin_password,
            given_out: stored.given_out,
            settled: stored.settled.into_iter().map(|step| (step.step, step.outcome)).collect(),
            postponed: stored.postponed,
            sent: stored.sent.map(|sent| (sent.step, sent.command_uuid)),
            stopped: stored.stopped.map(|stop| (stop.step, stop.why)),
        })
    }
}

impl WalkState {
    /// What came of a step, if it has ended.
    pub fn outcome(&self, id: &StepId) -> Option<&Settled> {
        self.settled.iter().find(|(step, _)| step == id).map(|(_, outcome)| outcome)
    }

    /// The steps that have ended, in the order in which they did.
    pub fn settled(&self) -> impl Iterator<Item = (&StepId, &Settled)> {
        self.settled.iter().map(|(step, outcome)| (step, outcome))
    }

    pub(super) fn has_ended(&self, id: &StepId) -> bool {
        self.outcome(id).is_some()
    }
}
