use http::{Method, Request, Response, Uri};
use serde::Serialize;

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};

/// `POST /account-driven-enrollment/profile`: sets where Apple sends devices of account-driven enrollment whose domain has no
/// discovery document (iOS and iPadOS 18.2, macOS 15.2, visionOS 2.2). **The URL is public.**
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/assign-account-driven-enrollment-profile).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssignAccountDrivenProfile {
    /// `mdm_service_discovery_url`: https.
    pub mdm_service_discovery_url: String,
}

impl AssignAccountDrivenProfile {
    /// Sets the discovery URL.
    pub fn new(mdm_service_discovery_url: impl Into<String>) -> Self {
        Self { mdm_service_discovery_url: mdm_service_discovery_url.into() }
    }
}

impl Endpoint for AssignAccountDrivenProfile {
    type Response = ();

    const CALL: &'static str = "POST /account-driven-enrollment/profile";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        let (call, field, url) = (Self::CALL, "mdm_service_discovery_url", &self.mdm_service_discovery_url);
        if url.is_empty() {
            return Err(RequestError::Missing { call, field, word: "MDM_SERVICE_DISCOVERY_URL_REQUIRED" });
        }
        let is_https = url.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some());
        if !is_https {
            return Err(RequestError::Malformed { call, field, found: url.clone(), expected: "an https URL" });
        }
        endpoint::json_request(service, Method::POST, Self::CALL, "/account-driven-enrollment/profile", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<(), Error> {
        endpoint::accept_any(Self::CALL, response)
    }
}
