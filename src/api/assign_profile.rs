use http::{Method, Request, Response};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::service::{AssignMethod, Service};
use super::status::DeviceStatuses;
use crate::error::{Error, RequestError};
use crate::id::{ProfileUuid, SerialNumber};
use crate::json::object;

/// `POST /profile/devices`: assigns a profile to devices. It takes effect when a device is next activated.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/assign-profile). Apple advises at most 1000 devices
/// in a call; [`Assignment`](crate::assign::Assignment) makes the batches. An unknown profile is refused with status 404.
///
/// What one call gives is a type of its own, so that it can only go where it belongs (`CON-3`):
///
/// ```compile_fail,E0308
/// # use apple_ade::{api::AssignProfile, id::SerialNumber};
/// fn assign(device: SerialNumber, profile_uuid: apple_ade::id::ProfileUuid) -> AssignProfile {
///     AssignProfile::new(device, [profile_uuid])
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssignProfile {
    /// `profile_uuid`
    pub profile_uuid: ProfileUuid,
    /// `devices`: at least one.
    pub devices: Vec<SerialNumber>,
}

object! {
    /// What became of each device.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/assignprofileresponse).
    AssignProfileResponse, "an object with `devices`" {
        /// `profile_uuid`
        profile_uuid: ProfileUuid,
        /// `devices`
        devices: DeviceStatuses,
        /// `retry_after_seconds` (10): how long to leave the throttled devices alone.
        retry_after_seconds: u64,
    }
}

impl AssignProfile {
    /// Assigns a profile to devices.
    pub fn new(profile_uuid: ProfileUuid, devices: impl IntoIterator<Item = SerialNumber>) -> Self {
        Self { profile_uuid, devices: devices.into_iter().collect() }
    }
}

impl Endpoint for AssignProfile {
    type Response = AssignProfileResponse;

    const CALL: &'static str = "POST /profile/devices";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::some_serials(Self::CALL, &self.devices)?;
        let method = match service.assign_method() {
            AssignMethod::Post => Method::POST,
            AssignMethod::Put => Method::PUT,
        };
        endpoint::json_request(service, method, Self::CALL, "/profile/devices", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<AssignProfileResponse, Error> {
        endpoint::read(Self::CALL, response)
    }
}
