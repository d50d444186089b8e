//! What is to be done next.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::change::Change;
use super::state::SyncState;
use super::wait::Why;
use crate::api::{DevicePage, Endpoint, FetchDevices, RejectedDevice, Service, SyncDevices};
use crate::error::{Error, RequestError};

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

/// The two calls of a sync: a page of devices each.
///
/// A client makes it by [`sync_page`](crate::blocking::Client::sync_page). It is an [`Endpoint`] as well, for who has no client.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// `POST /server/devices`
    Fetch(FetchDevices),
    /// `POST /devices/sync`
    Sync(SyncDevices),
}

impl Request {
    /// With a size of the page, where none is set.
    pub(crate) fn or_limit(self, limit: u32) -> Self {
        match self {
            Self::Fetch(fetch) => Self::Fetch(FetchDevices { limit: fetch.limit.or(Some(limit)), ..fetch }),
            Self::Sync(sync) => Self::Sync(SyncDevices { limit: sync.limit.or(Some(limit)), ..sync }),
        }
    }
}

impl Endpoint for Request {
    type Response = DevicePage;

    const CALL: &'static str = "POST /server/devices or /devices/sync";

    fn to_request(&self, service: &Service) -> Result<http::Request<Vec<u8>>, RequestError> {
        match self {
            Self::Fetch(fetch) => fetch.to_request(service),
            Self::Sync(sync) => sync.to_request(service),
        }
    }

    fn parse_response(&self, response: &http::Response<Vec<u8>>) -> Result<DevicePage, Error> {
        match self {
            Self::Fetch(fetch) => fetch.parse_response(response),
            Self::Sync(sync) => sync.parse_response(response),
        }
    }
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
