use std::fmt;

use serde::{Deserialize, Serialize};

use crate::affinity::AuthMethod;

/// Where the second factor of a sign-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SecondFactor {
    /// On another device, or on paper.
    Elsewhere,
    /// On the device that is being set up: a call or message to it, or an app on it.
    SameDevice,
}

/// Whether multi-factor authentication works while a device enrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mfa {
    /// It works.
    Works,
    /// It does not, for this reason.
    Fails(MfaProblem),
}

/// Why multi-factor authentication does not work while a device enrolls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MfaProblem {
    /// Legacy sign-in in Setup Assistant asks for a name and a password, and for nothing more. It works after the enrollment (AFF-14).
    LegacySignIn,
    /// The device is locked to the portal app, and the second factor on it cannot be reached (CPV-12).
    SingleAppMode,
}

impl fmt::Display for MfaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LegacySignIn => "legacy sign-in in Setup Assistant asks for no second factor",
            Self::SingleAppMode => "in single app mode the second factor on the same device cannot be reached",
        })
    }
}

/// Whether multi-factor authentication works during the enrollment: by method, single app mode, and where the second factor is (X-9, AFF-10,
/// AFF-14, CPV-12). Of the documents, 2017 says never, 2023 with two methods of three, and never on a device that is locked to one app; all are
/// right for what they speak of.
///
/// ```
/// use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery};
/// use apple_ade::program::sign_in::{Mfa, SecondFactor, mfa_during_enrollment};
///
/// let modern = AuthMethod::SetupAssistantModern(Modern::WEB_ONLY);
/// assert_eq!(mfa_during_enrollment(&modern, SecondFactor::SameDevice), Mfa::Works);
/// let legacy = AuthMethod::SetupAssistantLegacy(PortalDelivery::None);
/// assert_ne!(mfa_during_enrollment(&legacy, SecondFactor::Elsewhere), Mfa::Works);
/// ```
pub fn mfa_during_enrollment(method: &AuthMethod, factor: SecondFactor) -> Mfa {
    let is_single_app = method.vpp().is_some_and(crate::affinity::Vpp::is_single_app_until_sign_in);
    if !method.supports_mfa() {
        Mfa::Fails(MfaProblem::LegacySignIn)
    } else if is_single_app && factor == SecondFactor::SameDevice {
        Mfa::Fails(MfaProblem::SingleAppMode)
    } else {
        Mfa::Works
    }
}
