use chrono::{DateTime, Utc};
use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::json::object;

/// `GET /account-driven-enrollment/profile`: the discovery URL that is set.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/fetch-account-driven-enrollment-profile).
/// Where none is set, it is refused with `NOT_FOUND`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GetAccountDrivenProfile;

object! {
    /// The discovery URL that is set.
    AccountDrivenProfile, "an object with `mdm_service_discovery_url`" {
        /// `mdm_service_discovery_url`
        mdm_service_discovery_url: String,
        /// `last_updated_timestamp`
        last_updated_timestamp: DateTime<Utc>,
    }
}

impl Endpoint for GetAccountDrivenProfile {
    type Response = AccountDrivenProfile;

    const CALL: &'static str = "GET /account-driven-enrollment/profile";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::request(service, Method::GET, "/account-driven-enrollment/profile")
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<AccountDrivenProfile, Error> {
        endpoint::read(Self::CALL, response)
    }
}
