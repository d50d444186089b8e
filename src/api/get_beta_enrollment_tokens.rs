use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::json::{object, open_enum};

/// `GET /os-beta-enrollment/tokens`: the beta programmes that the organisation may enrol devices in.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/get-beta-enrollment-tokens). Tokens change with
/// every seeding period; fetch them anew. `APPLE_SEED_FOR_IT_TURNED_OFF` says that the organisation takes no part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GetBetaEnrollmentTokens;

object! {
    /// The beta programmes.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/getseedbuildtokenresponse).
    BetaEnrollmentTokens, "an object with `betaEnrollmentTokens`" {
        /// `betaEnrollmentTokens`
        beta_enrollment_tokens: Vec<BetaToken> as "betaEnrollmentTokens",
        /// `seedBuildTokens`: seen, not documented.
        seed_build_tokens: Vec<BetaToken> as "seedBuildTokens",
    }
}

object! {
    /// A beta programme. [Apple's page](https://developer.apple.com/documentation/devicemanagement/seedbuildtoken).
    BetaToken, "a beta programme" {
        /// `token`: for the software update answer and settings.
        token: String,
        /// `title`: its public name.
        title: String,
        /// `os`
        os: BetaOs,
    }
}

open_enum! {
    /// The operating system of a beta programme.
    BetaOs, "an operating system" {
        /// HomePod.
        HomePodOs = "homePodOS",
        /// iOS and iPadOS.
        Ios = "iOS",
        /// macOS, as real answers spell it.
        MacOs = "OSX",
        /// macOS, as Apple's article spells it.
        MacOsNew = "macOS",
        /// tvOS.
        TvOs = "tvOS",
        /// visionOS.
        VisionOs = "visionOS",
        /// watchOS.
        WatchOs = "watchOS",
    }
}

impl Endpoint for GetBetaEnrollmentTokens {
    type Response = BetaEnrollmentTokens;

    const CALL: &'static str = "GET /os-beta-enrollment/tokens";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::request(service, Method::GET, "/os-beta-enrollment/tokens")
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<BetaEnrollmentTokens, Error> {
        endpoint::read(Self::CALL, response)
    }
}
