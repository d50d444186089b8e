//! What a device is answered.

use std::fmt;

use chrono::{DateTime, Utc};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::document::{DeviceError, ErrorDocument, Format, SoftwareUpdate};
use super::failure::EnrollmentFailure;
use super::mdm_profile::PayloadUuid;
use super::sso::PlatformSso;
use super::standing::Blocked;
use crate::os::{OsRelease, OsVersion, Platform};
use crate::secret::SecretBytes;

/// The media type of an enrollment profile: of the answer to the POST, and of the last page of a web view.
pub const PROFILE_TYPE: &str = "application/x-apple-aspen-config";

/// What a device gets that asks to be enrolled.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The enrollment profile.
    Enroll(Admission),
    /// `com.apple.softwareupdate.required`: the device updates, and asks again.
    RequireSoftwareUpdate(SoftwareUpdate),
    /// `com.apple.psso.required`: the Mac sets up Platform SSO, and asks again with an access token.
    RequirePlatformSso(PlatformSso),
    /// `com.apple.watch.pairing.token.missing`: the watch fetches a token through its phone, and asks again.
    WatchPairingToken {
        /// What the phone's server makes the pairing token of.
        security_token: PayloadUuid,
    },
    /// `com.apple.unrecognized.device`: the device is none of this server's.
    Unrecognized,
    /// It is refused, and cannot do anything about it by itself.
    CannotComply(CannotComply),
}

/// That a device may enroll. Only [`decide`](super::decide()) gives one, so that no enrollment profile goes out without a decision:
///
/// ```compile_fail,E0423
/// use apple_ade::enrollment::Admission;
/// use apple_ade::secret::SecretBytes;
///
/// let response = Admission(()).respond(&SecretBytes::new(b"<plist/>".as_slice()));
/// ```
#[derive(PartialEq, Eq)]
pub struct Admission(pub(super) ());

impl Admission {
    /// The response with the enrollment profile: status 200, and the media type without which the device does not take it.
    pub fn respond(&self, profile: &SecretBytes) -> Response<Vec<u8>> {
        respond(StatusCode::OK, PROFILE_TYPE, profile.expose_secret().to_vec())
    }
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admission")
    }
}

/// Why a device is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CannotComply {
    /// A resource that it needs is used up (CPV-8).
    #[error("the device is blocked: {0}")]
    Blocked(Blocked),
    /// It moves here from another MDM, which the policy does not accept.
    #[error("the device moves here from another MDM until {until}, which the policy does not accept")]
    Migrates {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Platform SSO is demanded, and this Mac cannot be asked to set it up.
    #[error("Platform SSO is demanded, and the Mac does not offer to set it up; it needs macOS 26")]
    NoPlatformSso,
    /// The pairing token of a watch was not said to be accepted.
    #[error("the pairing token of the watch was not accepted by the server of its phone")]
    PairingTokenNotAccepted,
    /// The organisation has set the device aside.
    #[error("the organisation has set the device aside")]
    Parked,
    /// It belongs to its user, and a restriction admits devices of the organisation alone (RES-3).
    #[error("the device belongs to its user, and {} of the organisation alone is admitted", shown(*.0))]
    PersonallyOwned(Option<Platform>),
    /// A restriction blocks its platform (RES-2). [`EnrollmentRestrictions::suggest`](super::EnrollmentRestrictions::suggest) corrects it.
    #[error("{0} is blocked for all users; block personally owned devices in its place")]
    PlatformBlocked(Platform),
    /// Its system is too old, and it cannot be asked to update.
    #[error("{found}, and it cannot be asked to update: {not_asked}")]
    TooOld {
        /// What is known of its system, in a sentence.
        found: String,
        /// The oldest that may enroll.
        minimum: OsRelease,
        /// Why it cannot be asked.
        not_asked: WhyNotAsked,
    },
    /// The policy depends on the platform, and the model is of none that this crate knows.
    #[error("the model {product:?} is unknown, and so is its system")]
    UnknownModel {
        /// The model identifier, empty where there is none.
        product: String,
    },
}

fn shown(platform: Option<Platform>) -> String {
    platform.map_or_else(|| "a device".into(), |platform| format!("a device with {platform}"))
}

/// Why a device cannot be asked to update its system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotAsked {
    /// Its system is older than the question.
    #[error("systems before {0} do not understand the question")]
    Before(OsVersion),
    /// The update wants a beta programme, which its system cannot join when asked.
    #[error("its system is not known to be one that joins a beta programme when asked")]
    NoBetaProgram,
    /// It does not say `MDM_CAN_REQUEST_SOFTWARE_UPDATE`.
    #[error("it does not say MDM_CAN_REQUEST_SOFTWARE_UPDATE")]
    NotOffered,
    /// No version of this system understands the question.
    #[error("{0} does not understand the question")]
    Platform(Platform),
}

impl CannotComply {
    /// What the user sees on the device, as far as documents tell.
    pub fn shown_as(&self) -> EnrollmentFailure {
        match self {
            Self::Blocked(_) => EnrollmentFailure::Blocked,
            _ => EnrollmentFailure::InvalidProfile,
        }
    }
}

impl Answer {
    /// The response, where it is a refusal: status 403 with one of Apple's documents; for [`CannotComply`](Self::CannotComply), for which there
    /// is none, 403 with a sentence that tells nothing of the organisation. Apple does not say what a device shows then; by documents of 2023 it
    /// shows Invalid Profile.
    pub(super) fn refusal(&self, format: Format) -> Response<Vec<u8>> {
        let document = match self {
            Self::RequireSoftwareUpdate(update) => {
                Some(ErrorDocument::new(DeviceError::SoftwareUpdateRequired(update.clone())))
            }
            Self::RequirePlatformSso(sso) => Some(ErrorDocument::new(DeviceError::PlatformSsoRequired(sso.clone()))),
            Self::WatchPairingToken { security_token } => {
                Some(ErrorDocument::new(DeviceError::WatchPairingTokenMissing {
                    security_token: security_token.to_string(),
                }))
            }
            Self::Unrecognized => Some(ErrorDocument::new(DeviceError::UnrecognizedDevice)),
            Self::Enroll(_) | Self::CannotComply(_) => None,
        };
        if let Some(document) = document {
            return document.respond(format);
        }
        let text = "This device cannot be enrolled. The log of the MDM says why.\n";
        respond(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", text.into())
    }
}

pub(super) fn respond(status: StatusCode, media_type: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// A word, and what is asked for.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Enroll(_) => f.write_str("enroll"),
            Self::RequireSoftwareUpdate(update) => write!(f, "update to {}", update.os_version),
            Self::RequirePlatformSso(_) => f.write_str("set up Platform SSO"),
            Self::WatchPairingToken { .. } => f.write_str("fetch a pairing token"),
            Self::Unrecognized => f.write_str("unrecognized"),
            Self::CannotComply(why) => write!(f, "refused: {why}"),
        }
    }
}
