//! Who is calling.

use serde::{Deserialize, Serialize};

use crate::os::{Build, OsRelease, Platform, Target};

/// What a device says of itself when it asks to be enrolled, as far as the [decision](super::decide()) looks at it.
///
/// The texts are those of the keys of [MachineInfo](https://developer.apple.com/documentation/devicemanagement/machineinfo), as they came. Fill
/// it from a MachineInfo whose signature was verified and from nothing else: whoever can fill it in decides what the device may do. Even then the
/// signature proves an Apple device, not that this serial number is its own.
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

/// How the model identifiers of each system begin.
const MODELS: &[(&str, Platform)] = &[
    ("iPhone", Platform::Ios),
    ("iPod", Platform::Ios),
    ("iPad", Platform::IpadOs),
    ("AppleTV", Platform::TvOs),
    ("RealityDevice", Platform::VisionOs),
    ("Watch", Platform::WatchOs),
    ("Mac", Platform::MacOs),
    ("iMac", Platform::MacOs),
    ("VirtualMac", Platform::MacOs),
    ("Xserve", Platform::MacOs),
];

/// The operating system of a model identifier such as `iPad13,1`.
fn platform_of(product: &str) -> Option<Platform> {
    let (_, platform) = MODELS.iter().find(|(model, _)| product.starts_with(model))?;
    Some(*platform)
}
