use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::profile::Profile;
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::id::ProfileUuid;

/// `GET /profile`: a profile as Apple stores it.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/fetch-profile). An unknown UUID is refused with
/// `NOT_FOUND`, under status 400 or 404.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetProfile {
    /// `profile_uuid`
    pub profile_uuid: ProfileUuid,
}

impl GetProfile {
    /// Asks for a profile.
    pub fn new(profile_uuid: ProfileUuid) -> Self {
        Self { profile_uuid }
    }
}

impl Endpoint for GetProfile {
    type Response = Profile;

    const CALL: &'static str = "GET /profile";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        let path = endpoint::query_path(Self::CALL, "/profile", "profile_uuid", self.profile_uuid.as_str())?;
        endpoint::request(service, Method::GET, &path)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<Profile, Error> {
        endpoint::read(Self::CALL, response)
    }
}
