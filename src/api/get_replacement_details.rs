use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::id::SerialNumber;
use crate::json::object;

/// `GET /device/replacementDetails`: which device a replacement replaces (protocol version 10).
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/get-replacement-details). A device that replaces
/// none is refused with `DEVICE_NOT_FOUND`; documented with status 404, seen with 400.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetReplacementDetails {
    /// `device`: the serial number of the replacement.
    pub device: SerialNumber,
}

object! {
    /// A replacement and the device that it replaces.
    ReplacementDetails, "an object with `original_device_serial_number`" {
        /// `serial_number`: of the replacement.
        serial_number: SerialNumber,
        /// `original_device_serial_number`: of the device that was replaced.
        original_device_serial_number: SerialNumber,
        /// `replacement_date`: the day, in UTC.
        replacement_date: chrono::NaiveDate,
    }
}

impl GetReplacementDetails {
    /// Asks what a device replaces.
    pub fn new(device: SerialNumber) -> Self {
        Self { device }
    }
}

impl Endpoint for GetReplacementDetails {
    type Response = ReplacementDetails;

    const CALL: &'static str = "GET /device/replacementDetails";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        let path = endpoint::query_path(Self::CALL, "/device/replacementDetails", "device", self.device.as_str())?;
        endpoint::request(service, Method::GET, &path)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<ReplacementDetails, Error> {
        endpoint::read(Self::CALL, response)
    }
}
