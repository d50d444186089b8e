use http::{Method, Request, Response};

use super::endpoint::{self, Endpoint};
use super::profile::Profile;
use super::service::Service;
use super::status::DeviceStatuses;
use crate::error::{Error, Excerpt, RequestError};
use crate::id::ProfileUuid;
use crate::json::{Extra, OddField, object};

/// `POST /profile`: defines a profile, and assigns it to the devices that it names.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/define-profile). A profile cannot be changed or
/// deleted: every call makes a new one with a new UUID. Empty texts are left out, since Apple refuses them. A documented key with a value
/// of another type is not left out in silence: it is [refused](RequestError::WrongType) or, on request, sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DefineProfile {
    /// The profile. Its `profile_uuid` is not sent.
    pub profile: Profile,
    /// Whether keys that this version of the crate does not know are sent, too, and documented keys whose values are not of the documented
    /// type. It is not documented what Apple does with them.
    pub send_unknown_keys: bool,
}

object! {
    /// The profile that was defined, and what became of the devices in it.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/defineprofileresponse).
    DefineProfileResponse, "an object with `profile_uuid`", requires {
        /// `profile_uuid`
        profile_uuid: ProfileUuid
    } {
        /// `devices`
        devices: DeviceStatuses,
    }
}

impl DefineProfile {
    /// Defines a profile, without unknown keys.
    pub fn new(profile: Profile) -> Self {
        Self { profile, send_unknown_keys: false }
    }

    /// Sends unknown keys, too, and values that are not of the documented type, as they are.
    #[must_use]
    pub fn with_unknown_keys(mut self) -> Self {
        self.send_unknown_keys = true;
        self
    }
}

fn wrong_type(odd: &OddField) -> RequestError {
    let text = odd.value.as_str();
    // What stands for a certificate may be a private key.
    let is_shown = !odd.key.ends_with("_certs") && !text.contains("PRIVATE KEY");
    RequestError::WrongType {
        call: DefineProfile::CALL,
        field: odd.key,
        found: is_shown.then(|| Excerpt::shortened(text.to_owned())),
        expected: odd.expected,
    }
}

impl Endpoint for DefineProfile {
    type Response = DefineProfileResponse;

    const CALL: &'static str = "POST /profile";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        let missing = |field, word| RequestError::Missing { call: Self::CALL, field, word };
        let is_empty = |text: &Option<String>| text.as_deref() == Some("");
        if is_empty(&self.profile.profile_name) {
            return Err(missing("profile_name", "CONFIG_NAME_INVALID"));
        }
        if is_empty(&self.profile.url) {
            return Err(missing("url", "CONFIG_URL_INVALID"));
        }
        let mut profile = self.profile.clone().without_empty_texts();
        profile.profile_uuid = None;
        profile.odd.retain(|odd| odd.key != "profile_uuid" && !self.profile.has(odd.key));
        if !self.send_unknown_keys {
            profile.extra = Extra::default();
            if let Some(odd) = profile.odd.first() {
                return Err(wrong_type(odd));
            }
        }
        let is_absent = |key: &str| !profile.has(key) && profile.odd.iter().all(|odd| odd.key != key);
        if is_absent("profile_name") {
            return Err(missing("profile_name", "CONFIG_NAME_REQUIRED"));
        }
        if is_absent("url") {
            return Err(missing("url", "CONFIG_URL_REQUIRED"));
        }
        endpoint::json_request(service, Method::POST, Self::CALL, "/profile", &profile)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<DefineProfileResponse, Error> {
        endpoint::read(Self::CALL, response)
    }
}
