use http::{Method, Request, Response};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::page::DevicePage;
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::id::Cursor;

/// `POST /devices/sync`: lists what has changed since a cursor, page by page.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/sync-devices).
/// A device may be listed several times; the record with the latest `op_date` counts. Refusals: `CURSOR_REQUIRED`,
/// `INVALID_CURSOR` and `EXPIRED_CURSOR` call for a new fetch; `EXHAUSTED_CURSOR` says that there is nothing new.
#[doc(alias = "Sync the List of Devices")]
#[doc(alias = "/devices/sync")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SyncDevices {
    /// Where to go on: the cursor of the latest page, at most seven days old.
    pub cursor: Cursor,
    /// How many devices a page may hold. Apple's default is 100; [`AccountDetail::page_size`](super::AccountDetail::page_size) is the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl SyncDevices {
    /// What has changed since `cursor`.
    pub fn since(cursor: Cursor) -> Self {
        Self { cursor, limit: None }
    }

    /// Sets the size of the page.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl Endpoint for SyncDevices {
    type Response = DevicePage;

    const CALL: &'static str = "POST /devices/sync";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::page_size(Self::CALL, self.limit)?;
        endpoint::json_request(service, Method::POST, Self::CALL, "/devices/sync", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<DevicePage, Error> {
        DevicePage::read(Self::CALL, response)
    }
}
