//! The command `EraseDevice`, with a return to service.

use std::fmt;
use std::str::FromStr;

use crate::property_list::Node;
use crate::secret::{SecretBytes, SecretString};

/// What is erased, and how: a Mac knows other keys than the rest.
///
/// ```
/// use apple_ade::command::{Command, EraseDevice, EraseMobile, ReturnToService};
///
/// let back = ReturnToService::new().wifi_profile(b"<?xml version=\"1.0\"?>...".to_vec());
/// let erase = EraseMobile::new().preserve_data_plan(true).return_to_service(back);
/// let command = Command::EraseDevice(EraseDevice::from(erase)).to_dictionary();
/// assert_eq!(command.get("PreserveDataPlan").and_then(|preserve| preserve.as_boolean()), Some(true));
/// ```
///
/// ```compile_fail,E0599
/// use apple_ade::command::{EraseMac, ReturnToService};
///
/// // No Mac returns to service.
/// let impossible = EraseMac::new().return_to_service(ReturnToService::new());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum EraseDevice {
    /// A Mac.
    Mac(EraseMac),
    /// iPhone, iPad, Apple TV, Apple Vision Pro, Apple Watch.
    Mobile(EraseMobile),
}

/// How a Mac is erased.
#[derive(Debug, Default)]
pub struct EraseMac {
    pin: Option<ErasePin>,
    obliteration: Option<ObliterationBehavior>,
}

/// How another device is erased.
#[derive(Debug, Default)]
pub struct EraseMobile {
    preserve_data_plan: bool,
    disallow_proximity_setup: bool,
    return_to_service: Option<ReturnToService>,
}

/// `PIN`: six characters, by which a Mac is unlocked after it was erased. macOS 10.8.
///
/// ```
/// use apple_ade::command::ErasePin;
///
/// let pin: ErasePin = "123456".parse()?;
/// assert_eq!(format!("{pin:?}"), "ErasePin(redacted)");
/// assert_eq!("1234".parse::<ErasePin>().unwrap_err().to_string(), "the PIN has 4 characters; it has to have 6");
/// # Ok::<(), apple_ade::command::ErasePinError>(())
/// ```
pub struct ErasePin(SecretString);

/// A text that is no PIN. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErasePinError {
    /// Fewer or more than six characters.
    #[error("the PIN has {found} characters; it has to have 6")]
    Length {
        /// How many.
        found: usize,
    },
    /// A character that no keyboard has at a Mac's start.
    #[error("character {position} of the PIN is neither a letter nor a digit of ASCII")]
    Character {
        /// Which, counted from 1.
        position: usize,
    },
}

impl FromStr for ErasePin {
    type Err = ErasePinError;

    fn from_str(text: &str) -> Result<Self, ErasePinError> {
        if let Some(at) = text.chars().position(|c| !c.is_ascii_alphanumeric()) {
            return Err(ErasePinError::Character { position: at.saturating_add(1) });
        }
        match text.len() {
            6 => Ok(Self(SecretString::new(text))),
            found => Err(ErasePinError::Length { found }),
        }
    }
}

impl fmt::Debug for ErasePin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasePin(redacted)")
    }
}

/// `ObliterationBehavior`: what a Mac does where it cannot erase all content and settings. macOS 12.0, Macs with T2 or Apple silicon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObliterationBehavior {
    /// `Default`: it says that it failed, and is obliterated.
    Default,
    /// `DoNotObliterate`: it says that it failed, and stays as it is.
    DoNotObliterate,
    /// `ObliterateWithWarning`: it acknowledges, and is obliterated.
    ObliterateWithWarning,
    /// `Always`: it is obliterated at once.
    Always,
}

impl ObliterationBehavior {
    /// All of them, in Apple's order.
    pub const ALL: &[Self] = &[Self::Default, Self::DoNotObliterate, Self::ObliterateWithWarning, Self::Always];

    /// Apple's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::DoNotObliterate => "DoNotObliterate",
            Self::ObliterateWithWarning => "ObliterateWithWarning",
            Self::Always => "Always",
        }
    }
}

/// The dictionary `ReturnToService`: the device is erased, enrolls again by itself, and can be used again without a touch.
///
/// iOS and iPadOS 17.0, tvOS 18.0, visionOS 26.0. What a device needs of it, [`return_to_service`](crate::return_to_service) says.
#[derive(Default)]
pub struct ReturnToService {
    pub(super) wifi_profile: Option<SecretBytes>,
    pub(super) mdm_profile: Option<SecretBytes>,
    pub(super) bootstrap_token: Option<SecretBytes>,
    pub(super) retry_enrollment: bool,
}

impl ReturnToService {
    /// With nothing beside `Enabled`.
    pub fn new() -> Self {
        Self::default()
    }

    /// `WiFiProfileData`: the profile of the Wi-Fi network, for a device without Ethernet and without cellular.
    #[must_use]
    pub fn wifi_profile(self, mobileconfig: impl Into<Vec<u8>>) -> Self {
        Self { wifi_profile: Some(SecretBytes::new(mobileconfig)), ..self }
    }

    /// `MDMProfileData`: the enrollment profile that is installed, in place of the one that the device would fetch.
    #[must_use]
    pub fn mdm_profile(self, mobileconfig: impl Into<Vec<u8>>) -> Self {
        Self { mdm_profile: Some(SecretBytes::new(mobileconfig)), ..self }
    }

    /// `BootstrapToken`: what the device has given by `SetBootstrapToken`, so that it keeps its apps. iOS, iPadOS and visionOS 26.0.
    #[must_use]
    pub fn bootstrap_token(self, token: impl Into<Vec<u8>>) -> Self {
        Self { bootstrap_token: Some(SecretBytes::new(token)), ..self }
    }

    /// `ShouldRetryEnrollment`: whether an enrollment that fails is tried again. iOS and iPadOS 27.0.
    #[must_use]
    pub fn retry_enrollment(self, retry: bool) -> Self {
        Self { retry_enrollment: retry, ..self }
    }

    /// Whether there is a Wi-Fi profile.
    pub fn has_wifi_profile(&self) -> bool {
        self.wifi_profile.is_some()
    }

    /// Whether there is an enrollment profile.
    pub fn has_mdm_profile(&self) -> bool {
        self.mdm_profile.is_some()
    }

    /// Whether there is a bootstrap token.
    pub fn has_bootstrap_token(&self) -> bool {
        self.bootstrap_token.is_some()
    }

    /// Whether an enrollment that fails is tried again.
    pub fn retries_enrollment(&self) -> bool {
        self.retry_enrollment
    }

    pub(crate) fn node(&self) -> Node<'_> {
        Node::keys([
            ("Enabled", Some(Node::Bool(true))),
            ("WiFiProfileData", self.wifi_profile.as_ref().map(|data| Node::Data(data.expose_secret()))),
            ("MDMProfileData", self.mdm_profile.as_ref().map(|data| Node::Data(data.expose_secret()))),
            ("BootstrapToken", self.bootstrap_token.as_ref().map(|data| Node::Data(data.expose_secret()))),
            ("ShouldRetryEnrollment", self.retry_enrollment.then_some(Node::Bool(true))),
        ])
    }
}

impl fmt::Debug for ReturnToService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnToService")
            .field("wifi_profile", &self.has_wifi_profile())
            .field("mdm_profile", &self.has_mdm_profile())
            .field("bootstrap_token", &self.has_bootstrap_token())
            .field("retry_enrollment", &self.retry_enrollment)
            .finish()
    }
}

impl EraseMac {
    /// Without a PIN, as the system does by default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for this PIN afterwards.
    #[must_use]
    pub fn pin(self, pin: ErasePin) -> Self {
        Self { pin: Some(pin), ..self }
    }

    /// Does this where all content and settings cannot be erased.
    #[must_use]
    pub fn obliteration(self, behavior: ObliterationBehavior) -> Self {
        Self { obliteration: Some(behavior), ..self }
    }
}

impl EraseMobile {
    /// Everything is erased, and somebody has to set the device up again.
    pub fn new() -> Self {
        Self::default()
    }

    /// `PreserveDataPlan`: whether the eSIM keeps its plan. iOS and iPadOS 11.0.
    #[must_use]
    pub fn preserve_data_plan(self, preserve: bool) -> Self {
        Self { preserve_data_plan: preserve, ..self }
    }

    /// `DisallowProximitySetup`: whether setting up by a device nearby is off at the next start. iOS and iPadOS 11.3, not for Shared iPad;
    /// before 14.0 not together with another key.
    #[must_use]
    pub fn disallow_proximity_setup(self, disallow: bool) -> Self {
        Self { disallow_proximity_setup: disallow, ..self }
    }

    /// `ReturnToService`: enrolls again by itself.
    #[must_use]
    pub fn return_to_service(self, back: ReturnToService) -> Self {
        Self { return_to_service: Some(back), ..self }
    }

    /// The return to service.
    pub fn returns_to_service(&self) -> Option<&ReturnToService> {
        self.return_to_service.as_ref()
    }

    pub(super) fn preserves_data_plan(&self) -> bool {
        self.preserve_data_plan
    }

    pub(super) fn disallows_proximity_setup(&self) -> bool {
        self.disallow_proximity_setup
    }
}

impl EraseMac {
    pub(super) fn has_pin(&self) -> bool {
        self.pin.is_some()
    }

    pub(super) fn has_obliteration(&self) -> bool {
        self.obliteration.is_some()
    }
}

impl EraseDevice {
    /// In Apple's order.
    pub(super) fn keys(&self) -> Vec<(&'static str, Node<'_>)> {
        let keys = match self {
            Self::Mac(mac) => vec![
                ("PIN", mac.pin.as_ref().map(|pin| Node::Text(pin.0.expose_secret()))),
                ("ObliterationBehavior", mac.obliteration.map(|behavior| Node::Text(behavior.as_str()))),
            ],
            Self::Mobile(mobile) => vec![
                ("PreserveDataPlan", mobile.preserve_data_plan.then_some(Node::Bool(true))),
                ("DisallowProximitySetup", mobile.disallow_proximity_setup.then_some(Node::Bool(true))),
                ("ReturnToService", mobile.return_to_service.as_ref().map(ReturnToService::node)),
            ],
        };
        keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

impl From<EraseMac> for EraseDevice {
    fn from(mac: EraseMac) -> Self {
        Self::Mac(mac)
    }
}

impl From<EraseMobile> for EraseDevice {
    fn from(mobile: EraseMobile) -> Self {
        Self::Mobile(mobile)
    }
}
