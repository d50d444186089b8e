use http::{Method, Request, Response};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::service::Service;
use super::status::DeviceStatusResponse;
use crate::error::{Error, RequestError};
use crate::id::SerialNumber;

/// `POST /devices/disown`: releases devices from the organisation. **This cannot be undone** through the service.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/disown-devices).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DisownDevices {
    /// `devices`: at least one.
    pub devices: Vec<SerialNumber>,
}

impl DisownDevices {
    /// Releases devices for ever; the name is long so that nobody does it by accident.
    pub fn permanently_release(devices: impl IntoIterator<Item = SerialNumber>) -> Self {
        Self { devices: devices.into_iter().collect() }
    }
}

impl Endpoint for DisownDevices {
    type Response = DeviceStatusResponse;

    const CALL: &'static str = "POST /devices/disown";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::some_serials(Self::CALL, &self.devices)?;
        endpoint::json_request(service, Method::POST, Self::CALL, "/devices/disown", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<DeviceStatusResponse, Error> {
        endpoint::read(Self::CALL, response)
    }
}
