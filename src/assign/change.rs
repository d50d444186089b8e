//! What a commit says.

use serde::Serialize;

use super::name::ProfileName;
use super::outcome::Outcome;
use super::task::Task;
use crate::id::{ProfileUuid, SerialNumber};

/// One thing that a [`Commit`](super::Commit) says, to be stored or shown together with its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// The device has its outcome. It is the only one for what was added, and the state forgets the device.
    Outcome {
        /// The device.
        serial: SerialNumber,
        /// What was to be done with it.
        task: Task,
        /// What became of it.
        outcome: Outcome,
    },
    /// The device is not on this server. It is waited for; say with [`Assigner::seen`](super::Assigner::seen) when it is listed again.
    Parked {
        /// The device.
        serial: SerialNumber,
    },
    /// The profile was defined again: from now on its name stands for this UUID. Hand it to
    /// [`Profiles::redefined`](super::Profiles::redefined), so that the next plan knows.
    Redefined {
        /// The profile.
        profile: ProfileName,
        /// The UUID that Apple does not know.
        from: ProfileUuid,
        /// The new one.
        to: ProfileUuid,
    },
}
