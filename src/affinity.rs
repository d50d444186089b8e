//! Whether a device belongs to a user, and how that user signs in at first setup.
//!
//! Apple's profile has no key for it: affinity is a concept of the MDM, and Intune's names are used here. Legacy sign-in is Apple's own
//! HTTP authentication in Setup Assistant, modern sign-in the page at `configuration_web_url`.
//!
//! What cannot go together has no spelling: an authentication method without a user, just-in-time registration with a portal app,
//! single app mode without a VPP token, sign-in by a portal app that nobody delivers. Shared iPad is without affinity by
//! construction, and is not found here.
//!
//! ```
//! use apple_ade::affinity::{AuthMethod, PortalDelivery, UserAffinity, Vpp};
//!
//! let vpp = Vpp::new("b7a51ee3-1d2f-4a01-9a3c-9a6b6c2ddc0e".parse()?).single_app_until_sign_in(true);
//! let affinity = UserAffinity::With(AuthMethod::CompanyPortal(vpp.into()));
//! assert!(affinity.method().is_some_and(AuthMethod::supports_mfa));
//!
//! let legacy = AuthMethod::SetupAssistantLegacy(PortalDelivery::None);
//! assert!(!legacy.supports_mfa());
//! # Ok::<(), apple_ade::affinity::VppTokenIdError>(())
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whether a device is bound to a user at first setup (AFF-1); it takes the place of the policies of 2016 (PRO-9, X-17).
///
/// An authentication method can be stated only together with a user (AFF-8):
///
/// ```compile_fail,E0618
/// # use apple_ade::affinity::{AuthMethod, Modern, UserAffinity};
/// let affinity = UserAffinity::Without(AuthMethod::SetupAssistantModern(Modern::JustInTime));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UserAffinity {
    /// The user signs in during setup by this method. For people who depend on the portal app, for instance to install apps; the
    /// device still belongs to the organisation (AFF-3), whatever one edition says of devices that users own (X-19).
    With(AuthMethod),
    /// No user, and no local user data: kiosks, points of sale, shared utilities (AFF-4).
    Without,
}

impl UserAffinity {
    /// How the user signs in; `None` without affinity.
    pub fn method(&self) -> Option<&AuthMethod> {
        match self {
            Self::With(method) => Some(method),
            Self::Without => None,
        }
    }
}

/// How the user signs in (AFF-9).
///
/// The portal app cannot be the method and be delivered by nobody:
///
/// ```compile_fail,E0308
/// # use apple_ade::affinity::{AuthMethod, PortalDelivery};
/// let method = AuthMethod::CompanyPortal(PortalDelivery::None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuthMethod {
    /// In the portal app, after Setup Assistant.
    CompanyPortal(PortalSource),
    /// In Setup Assistant with HTTP authentication. The portal app may follow.
    SetupAssistantLegacy(PortalDelivery),
    /// In Setup Assistant on the MDM's own web page: iOS and iPadOS 13.0, macOS 10.15.
    SetupAssistantModern(Modern),
}

impl AuthMethod {
    /// Whether sign-in can ask for more than one factor: by the portal app and on a web page, but not in legacy Setup Assistant
    /// (AFF-10), which has no place for what the modern ones can do:
    ///
    /// ```compile_fail,E0308
    /// # use apple_ade::affinity::{AuthMethod, Modern};
    /// let method = AuthMethod::SetupAssistantLegacy(Modern::JustInTime);
    /// ```
    pub fn supports_mfa(&self) -> bool {
        match self {
            Self::CompanyPortal(_) | Self::SetupAssistantModern(_) => true,
            Self::SetupAssistantLegacy(_) => false,
        }
    }

    /// How the portal app comes to the device.
    pub fn portal(&self) -> PortalDelivery {
        match self {
            Self::CompanyPortal(source) => source.clone().into(),
            Self::SetupAssistantLegacy(delivery) | Self::SetupAssistantModern(Modern::Portal(delivery)) => {
                delivery.clone()
            }
            Self::SetupAssistantModern(Modern::JustInTime) => PortalDelivery::None,
        }
    }

    /// The VPP delivery of the portal app, if it has one.
    pub fn vpp(&self) -> Option<&Vpp> {
        match self {
            Self::CompanyPortal(PortalSource::Vpp(vpp))
            | Self::SetupAssistantLegacy(PortalDelivery::Vpp(vpp))
            | Self::SetupAssistantModern(Modern::Portal(PortalDelivery::Vpp(vpp))) => Some(vpp),
            _ => None,
        }
    }
}

/// What follows a sign-in on the web page.
///
/// Just-in-time registration makes the portal app unnecessary (AFF-12), so that one is stated or the other:
///
/// ```compile_fail,E0618
/// # use apple_ade::affinity::{Modern, PortalDelivery};
/// let modern = Modern::JustInTime(PortalDelivery::AppStore);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Modern {
    /// The device is registered just in time, without the portal app. The device configuration policy that makes this possible has to
    /// exist before the profile.
    JustInTime,
    /// The device is registered by the portal app, which comes in this way. With [`PortalDelivery::None`] nothing follows the sign-in
    /// that this profile knows of: a plain web sign-in, [`WEB_ONLY`](Self::WEB_ONLY).
    Portal(PortalDelivery),
}

impl Modern {
    /// The user signs in on the web page, and no more is to come: an MDM without a portal app.
    ///
    /// ```
    /// use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery};
    ///
    /// let method = AuthMethod::SetupAssistantModern(Modern::WEB_ONLY);
    /// assert_eq!(method.portal(), PortalDelivery::None);
    /// assert_eq!(Modern::WEB_ONLY, Modern::Portal(PortalDelivery::None));
    /// ```
    pub const WEB_ONLY: Self = Self::Portal(PortalDelivery::None);

    /// Whether the device is registered just in time.
    pub fn is_just_in_time(&self) -> bool {
        matches!(self, Self::JustInTime)
    }
}

/// How the portal app comes to the device, if it does (CPV-6).
///
/// Single app mode exists only with a VPP token (CPV-10):
///
/// ```compile_fail,E0599
/// # use apple_ade::affinity::PortalDelivery;
/// let delivery = PortalDelivery::AppStore.single_app_until_sign_in(true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PortalDelivery {
    /// Not by this profile: by other means, or there is no such app.
    #[default]
    None,
    /// From the App Store, where the user has to sign in with an Apple Account.
    AppStore,
    /// By an app licence of the organisation, without a sign-in to the App Store.
    Vpp(Vpp),
}

/// How the portal app comes to the device where sign-in depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PortalSource {
    /// From the App Store, where the user has to sign in with an Apple Account.
    AppStore,
    /// By an app licence of the organisation, without a sign-in to the App Store.
    Vpp(Vpp),
}

impl From<PortalSource> for PortalDelivery {
    fn from(source: PortalSource) -> Self {
        match source {
            PortalSource::AppStore => Self::AppStore,
            PortalSource::Vpp(vpp) => Self::Vpp(vpp),
        }
    }
}

impl From<Vpp> for PortalDelivery {
    fn from(vpp: Vpp) -> Self {
        Self::Vpp(vpp)
    }
}

impl From<Vpp> for PortalSource {
    fn from(vpp: Vpp) -> Self {
        Self::Vpp(vpp)
    }
}

/// Delivery by an app licence (VPP, "Apps and Books").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vpp {
    token: VppTokenId,
    #[serde(default)]
    single_app_until_sign_in: bool,
}

impl Vpp {
    /// Licences of this token; the device is not locked to the app.
    pub fn new(token: VppTokenId) -> Self {
        Self { token, single_app_until_sign_in: false }
    }

    /// Whether the device is locked to the portal app from the end of Setup Assistant until the user has signed in (CPV-10).
    #[must_use]
    pub fn single_app_until_sign_in(self, on: bool) -> Self {
        Self { single_app_until_sign_in: on, ..self }
    }

    /// The token whose licences are used.
    pub fn token(&self) -> &VppTokenId {
        &self.token
    }

    /// Whether the device is locked to the portal app until sign-in.
    pub fn is_single_app_until_sign_in(&self) -> bool {
        self.single_app_until_sign_in
    }
}

/// The name by which an MDM knows one of its VPP tokens: 1 to 255 characters without spaces at the ends and without control characters.
///
/// It is not the token: the token itself is a secret, and does not belong into a profile.
///
/// ```
/// use apple_ade::affinity::VppTokenId;
///
/// let id: VppTokenId = "campus-north".parse()?;
/// assert_eq!(id.as_str(), "campus-north");
/// let error = "".parse::<VppTokenId>().unwrap_err();
/// assert!(error.to_string().ends_with("leave the VPP delivery out, or name its token"));
/// # Ok::<(), apple_ade::affinity::VppTokenIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VppTokenId(String);

impl VppTokenId {
    /// The most characters that it may have.
    pub const MOST: usize = 255;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that names no VPP token. It is not repeated, since it may be the token itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VppTokenIdError {
    /// Nothing but spaces.
    #[error("the name of a VPP token is empty; leave the VPP delivery out, or name its token")]
    Empty,
    /// More than [`VppTokenId::MOST`] characters.
    #[error(
        "the name of a VPP token has {found} characters, and may have {}; give its name, and not the token itself",
        VppTokenId::MOST
    )]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// A line break, a tab or the like.
    #[error("the name of a VPP token has a control character at character {position}; leave it out")]
    ControlCharacter {
        /// Which character, counted from 1.
        position: usize,
    },
}

impl FromStr for VppTokenId {
    type Err = VppTokenIdError;

    /// Spaces at the ends are left out.
    fn from_str(text: &str) -> Result<Self, VppTokenIdError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(VppTokenIdError::Empty);
        }
        if let Some(at) = text.chars().position(char::is_control) {
            return Err(VppTokenIdError::ControlCharacter { position: at + 1 });
        }
        match text.chars().count() {
            found if found > Self::MOST => Err(VppTokenIdError::TooLong { found }),
            _ => Ok(Self(text.into())),
        }
    }
}

impl TryFrom<String> for VppTokenId {
    type Error = VppTokenIdError;

    fn try_from(text: String) -> Result<Self, VppTokenIdError> {
        text.parse()
    }
}

impl From<VppTokenId> for String {
    fn from(id: VppTokenId) -> Self {
        id.0
    }
}

impl fmt::Display for VppTokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
