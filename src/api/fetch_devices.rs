use http::{Method, Request, Response};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::page::DevicePage;
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::id::Cursor;

/// `POST /server/devices`: lists every device of this server, page by page.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/fetch-devices).
/// It never reports a device that has left. Refusals: `INVALID_CURSOR`, and `EXHAUSTED_CURSOR` when everything has been
/// returned: go on with [`SyncDevices`](super::SyncDevices) and the same cursor.
#[doc(alias = "Get a List of Devices")]
#[doc(alias = "/server/devices")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FetchDevices {
    /// Where to go on: the cursor of the page before. `None` begins anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// How many devices a page may hold. Apple's default is 100; [`AccountDetail::page_size`](super::AccountDetail::page_size) is the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

impl FetchDevices {
    /// The first page.
    pub fn from_start() -> Self {
        Self::default()
    }

    /// The page that follows one whose cursor this is.
    pub fn after(cursor: Cursor) -> Self {
        Self { cursor: Some(cursor), limit: None }
    }

    /// Sets the size of the page.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

impl Endpoint for FetchDevices {
    type Response = DevicePage;

    const CALL: &'static str = "POST /server/devices";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::page_size(Self::CALL, self.limit)?;
        endpoint::json_request(service, Method::POST, Self::CALL, "/server/devices", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<DevicePage, Error> {
        DevicePage::read(Self::CALL, response)
    }
}
