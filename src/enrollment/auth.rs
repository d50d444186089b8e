//! How a user signs in on the system that a device really has.

use crate::affinity::AuthMethod;
use crate::os::{OsVersion, Platform, Target};

/// The first version that shows a web page to sign in on, where documents name one; others are taken to have it.
pub fn modern_sign_in_since(platform: Platform) -> Option<OsVersion> {
    match platform {
        Platform::Ios | Platform::IpadOs => Some(OsVersion::new(13, 0, 0)),
        Platform::MacOs => Some(OsVersion::new(10, 15, 0)),
        Platform::TvOs | Platform::VisionOs | Platform::WatchOs => None,
    }
}

/// How the user signs in on this system (AFF-11): the method of the profile, or legacy sign-in with the same portal app where the system is
/// too old for a web page. It is no error; the profile stays as it is, and its `url` has to be able to enroll such devices.
///
/// ```
/// use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery};
/// use apple_ade::enrollment::effective_auth;
///
/// let modern = AuthMethod::SetupAssistantModern(Modern::Portal(PortalDelivery::AppStore));
/// assert_eq!(effective_auth(&modern, "ipados:13.0".parse()?), modern);
/// let legacy = AuthMethod::SetupAssistantLegacy(PortalDelivery::AppStore);
/// assert_eq!(effective_auth(&modern, "ios:12.5".parse()?), legacy);
/// # Ok::<(), apple_ade::os::TargetError>(())
/// ```
pub fn effective_auth(method: &AuthMethod, target: Target) -> AuthMethod {
    let is_too_old = modern_sign_in_since(target.platform).is_some_and(|since| target.version < since);
    match method {
        AuthMethod::SetupAssistantModern(modern) if is_too_old => {
            AuthMethod::SetupAssistantLegacy(AuthMethod::SetupAssistantModern(modern.clone()).portal())
        }
        other => other.clone(),
    }
}
