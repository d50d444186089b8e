//! What is to be done next.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::change::Change;
use super::name::ProfileName;
use super::state::AssignerState;
use super::why::Why;
use crate::api::{
    AssignProfile, AssignProfileResponse, DeviceDetails, DeviceStatusResponse, DisownDevices, GetDeviceDetails,
    RemoveProfile,
};
use crate::id::ProfileUuid;

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Make this call, and hand over what came of it with [`Assigner::answer`](super::Assigner::answer).
    Call(Call),
    /// Store changes and state in one transaction, then say so with [`Assigner::committed`](super::Assigner::committed).
    Commit(Arc<Commit>),
    /// Apple does not know this profile (any more): define it again (`POST /profile`), and hand over its new UUID with
    /// [`Assigner::defined`](super::Assigner::defined).
    Define(Define),
    /// There is nothing to do before this time.
    Sleep {
        /// The time.
        until: DateTime<Utc>,
        /// The reason.
        why: Why,
    },
    /// Every device has its outcome. There is nothing to do before something is added.
    Done,
}

/// A call to be made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// What the answer is handed over with.
    pub id: u64,
    /// The call. [`Client::carry_out`](crate::Client::carry_out) makes it.
    pub request: Request,
    /// When the answer comes too late: the machine goes on without it.
    pub deadline: DateTime<Utc>,
}

/// The calls of an assignment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// `POST /devices`: what has become of devices, before they are sent again or to confirm what was done.
    Details(GetDeviceDetails),
    /// `POST /profile/devices`
    Assign(AssignProfile),
    /// `DELETE /profile/devices`
    Remove(RemoveProfile),
    /// `POST /devices/disown`
    Disown(DisownDevices),
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// Of [`Request::Details`].
    Details(DeviceDetails),
    /// Of [`Request::Assign`].
    Assign(AssignProfileResponse),
    /// Of [`Request::Remove`].
    Remove(DeviceStatusResponse),
    /// Of [`Request::Disown`].
    Disown(DeviceStatusResponse),
}

/// A profile to be defined again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Define {
    /// What the answer is handed over with.
    pub id: u64,
    /// The profile.
    pub profile: ProfileName,
    /// The UUID that Apple does not know.
    pub uuid: ProfileUuid,
}

/// Changes and state, to be stored together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    pub(super) id: u64,
    pub(super) changes: Vec<Change>,
    pub(super) state: AssignerState,
}

impl Request {
    pub(super) fn is_answered_by(&self, answer: &Answer) -> bool {
        matches!(
            (self, answer),
            (Self::Details(_), Answer::Details(_))
                | (Self::Assign(_), Answer::Assign(_))
                | (Self::Remove(_), Answer::Remove(_))
                | (Self::Disown(_), Answer::Disown(_))
        )
    }
}

impl Commit {
    /// What the acknowledgement is given with.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The changes, in their order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The state, to be stored in the place of the one before.
    pub fn state(&self) -> &AssignerState {
        &self.state
    }
}
