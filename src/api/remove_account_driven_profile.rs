use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};

/// `DELETE /account-driven-enrollment/profile`: takes the discovery URL away.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/remove-account-driven-enrollment-profile).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RemoveAccountDrivenProfile;

impl Endpoint for RemoveAccountDrivenProfile {
    type Response = ();

    const CALL: &'static str = "DELETE /account-driven-enrollment/profile";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::request(service, Method::DELETE, "/account-driven-enrollment/profile")
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<(), Error> {
        endpoint::accept_any(Self::CALL, response)
    }
}
