//! What is to be done next.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::change::Change;
use super::state::SyncState;
use super::wait::Why;
use crate::api::{FetchDevices, RejectedDevice, SyncDevices};

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Make this call, and hand over what came of it with [`DeviceSync::answer`](super::DeviceSync::answer).
    Call(Call),
    /// Store changes and state in one transaction, then say so with [`DeviceSync::committed`](super::DeviceSync::committed).
    Commit(Arc<Commit>),
    /// There is nothing to do before this time.
    Sleep {
        /// The time.
        until: DateTime<Utc>,
        /// The reason.
        why: Why,
    },
}

/// A call to be made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Call {
    /// What the answer is handed over with.
    pub id: u64,
    /// The call.
    pub request: Request,
    /// When the answer comes too late: the machine goes on without it.
    pub deadline: DateTime<Utc>,
}

/// The two calls of a sync.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// `POST /server/devices`
    Fetch(FetchDevices),
    /// `POST /devices/sync`
    Sync(SyncDevices),
}

/// Changes and state, to be stored together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    pub(super) id: u64,
    pub(super) changes: Vec<Change>,
    pub(super) unreadable: Vec<RejectedDevice>,
    pub(super) state: SyncState,
}

impl Commit {
    /// What the acknowledgement is given with.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The changes, to be made in this order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The rows that cannot be read, to be logged: nothing of them is in the changes but that their devices are there.
    pub fn unreadable(&self) -> &[RejectedDevice] {
        &self.unreadable
    }

    /// The state, to be stored in the place of the one before.
    pub fn state(&self) -> &SyncState {
        &self.state
    }

    /// The generation with which devices of this commit are stored.
    pub fn generation(&self) -> u64 {
        self.state.generation
    }
}
