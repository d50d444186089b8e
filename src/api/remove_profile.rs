use http::{Method, Request, Response};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::service::Service;
use super::status::DeviceStatusResponse;
use crate::error::{Error, RequestError};
use crate::id::{ProfileUuid, SerialNumber};

/// `DELETE /profile/devices`: takes the profile away from devices. A device that has fetched it keeps it until it is erased.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/clear-device-profile). The request has a body,
/// which some HTTP clients must be told to send.
#[doc(alias = "ClearProfile")]
#[doc(alias = "Clear a Profile")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RemoveProfile {
    /// `devices`: at least one.
    pub devices: Vec<SerialNumber>,
    /// `profile_uuid`: documented; Apple seems to remove any profile all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_uuid: Option<ProfileUuid>,
}

impl RemoveProfile {
    /// Takes their profile away from devices.
    pub fn new(devices: impl IntoIterator<Item = SerialNumber>) -> Self {
        Self { devices: devices.into_iter().collect(), profile_uuid: None }
    }

    /// Names the profile to remove.
    #[must_use]
    pub fn with_profile(mut self, profile_uuid: ProfileUuid) -> Self {
        self.profile_uuid = Some(profile_uuid);
        self
    }
}

impl Endpoint for RemoveProfile {
    type Response = DeviceStatusResponse;

    const CALL: &'static str = "DELETE /profile/devices";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::some_serials(Self::CALL, &self.devices)?;
        endpoint::json_request(service, Method::DELETE, Self::CALL, "/profile/devices", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<DeviceStatusResponse, Error> {
        endpoint::read(Self::CALL, response)
    }
}
