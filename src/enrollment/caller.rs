//! Who is calling.

use serde::{Deserialize, Serialize};

use crate::machine_info::{MachineInfo, VerifiedMachineInfo, platform_of};
use crate::os::{Build, OsRelease, Platform, Target};

/// What a device says of itself when it asks to be enrolled, as far as the [decision](super::decide()) looks at it.
///
/// The texts are those of the keys of [MachineInfo](https://developer.apple.com/documentation/devicemanagement/machineinfo), as they came. Make
/// it of a [`VerifiedMachineInfo`] and of nothing else: whoever can fill it in decides what the device may do. Even then the
/// signature proves an Apple device, not that this serial number is its own.
///
/// ```
/// # #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))] {
/// use apple_ade::enrollment::Caller;
/// use apple_ade::machine_info::{SignedMachineInfo, Trust};
///
/// # let body = include_bytes!("../../tests/fixtures/machine_info/2048_sha256_der.p7s");
/// # let my_ca = include_str!("../../tests/fixtures/machine_info/root.pem");
/// let trust = Trust::anchors_from_pem(my_ca)?;
/// let device = SignedMachineInfo::from_body(body)?.verify(&trust, "2026-11-28T00:00:00Z".parse()?)?;
/// let caller = Caller::from(&device);
/// assert_eq!(caller.product.as_deref(), Some("iPad14,3"));
/// assert_eq!(caller.serial.as_deref(), device.info().serial.as_ref().map(|serial| serial.as_str()));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// For tests, and for those who verify signatures themselves, it is made by hand:
///
/// ```
/// use apple_ade::enrollment::Caller;
/// use apple_ade::os::Platform;
///
/// let mut caller = Caller::new("iPhone15,2", "21E230");
/// caller.os_version = Some("17.4".into());
/// caller.supplemental_os_version_extra = Some("(a)".into());
/// assert_eq!(caller.platform(), Some(Platform::Ios));
/// assert_eq!(caller.release().map(|release| release.to_string()).as_deref(), Some("17.4 (a)"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "they are Apple's keys, which do not depend on each other")]
pub struct Caller {
    /// `PRODUCT`: the model identifier.
    pub product: Option<String>,
    /// `SERIAL`: the serial number; absent in user enrollment.
    pub serial: Option<String>,
    /// `UDID`: absent in user enrollment.
    pub udid: Option<String>,
    /// `VERSION`: the build.
    pub build: Option<String>,
    /// `OS_VERSION`: the version, from iOS 17, macOS 14, tvOS 17, visionOS 1.1 and watchOS 10 on.
    pub os_version: Option<String>,
    /// `SUPPLEMENTAL_BUILD_VERSION`: the build with a rapid security response.
    pub supplemental_build: Option<String>,
    /// `SUPPLEMENTAL_OS_VERSION_EXTRA`: the supplement, such as `(a)`.
    pub supplemental_os_version_extra: Option<String>,
    /// `MDM_CAN_REQUEST_SOFTWARE_UPDATE`: whether the answer may ask for a software update. False where it is absent.
    pub can_request_software_update: bool,
    /// `MDM_CAN_REQUEST_PSSO_CONFIG`: whether the answer may ask for Platform SSO. False where it is absent.
    pub can_request_psso_config: bool,
    /// `MANDATORY_SOFTWARE_UPDATE_REQUIRED`: the device updates in any case, and the answer may say to which version.
    pub mandatory_software_update_required: bool,
    /// Whether there is a `PAIRING_TOKEN`, which a watch has fetched through its phone; watchOS 10. The token itself is a secret, and not kept
    /// here.
    pub has_pairing_token: bool,
}

/// The keys that the decision looks at, as the device has sent them; a boolean that is absent is false.
impl From<&VerifiedMachineInfo> for Caller {
    fn from(device: &VerifiedMachineInfo) -> Self {
        let MachineInfo {
            udid,
            serial,
            product,
            version,
            os_version,
            supplemental_build_version,
            supplemental_os_version_extra,
            mdm_can_request_software_update,
            mdm_can_request_psso_config,
            mandatory_software_update_required,
            pairing_token,
            ..
        } = device.info();
        Self {
            product: product.clone(),
            serial: serial.as_ref().map(|serial| serial.as_str().to_owned()),
            udid: udid.clone(),
            build: version.clone(),
            os_version: os_version.clone(),
            supplemental_build: supplemental_build_version.clone(),
            supplemental_os_version_extra: supplemental_os_version_extra.clone(),
            can_request_software_update: mdm_can_request_software_update.unwrap_or(false),
            can_request_psso_config: mdm_can_request_psso_config.unwrap_or(false),
            mandatory_software_update_required: mandatory_software_update_required.unwrap_or(false),
            has_pairing_token: pairing_token.is_some(),
        }
    }
}

impl Caller {
    /// A device of this model with this build, of which nothing else is known.
    pub fn new(product: impl Into<String>, build: impl Into<String>) -> Self {
        Self { product: Some(product.into()), build: Some(build.into()), ..Self::default() }
    }

    /// The operating system that this model has; `None` for a model that is unknown.
    pub fn platform(&self) -> Option<Platform> {
        platform_of(self.product.as_deref()?)
    }

    /// The version with its supplement. A supplement that cannot be read does not count, so that the device is held to be older rather than
    /// newer; a version that cannot be read is none.
    pub fn release(&self) -> Option<OsRelease> {
        let release: OsRelease = self.os_version.as_deref()?.parse().ok()?;
        let supplement = self.supplemental_os_version_extra.as_deref().and_then(|extra| extra.parse().ok());
        Some(match (release.supplement(), supplement) {
            (None, Some(supplement)) => release.with_supplement(supplement),
            _ => release,
        })
    }

    /// The build, with a rapid security response where there is one.
    pub fn build(&self) -> Option<Build> {
        let read = |text: &Option<String>| text.as_deref().and_then(|text| text.parse().ok());
        read(&self.supplemental_build).or_else(|| read(&self.build))
    }

    /// The operating system with its version; `None` where one of the two is not known.
    pub fn target(&self) -> Option<Target> {
        Some(Target::new(self.platform()?, self.release()?.version()))
    }

    /// The first number of its version: as it says, or else as its build implies.
    pub(super) fn major_version(&self) -> Option<u16> {
        let said = self.release().map(|release| release.version().major());
        said.or_else(|| self.build.as_deref()?.parse::<Build>().ok()?.major_version(self.platform()?))
    }
}
