//! The payload `com.apple.SetupAssistant.managed`.

use std::collections::BTreeSet;

use super::install::{InstallProfile, InstallProfileError};
use crate::os::{OsVersion, Platform, Target};
use crate::profile::EnrollmentProfile;
use crate::property_list::Node;
use crate::secret::SecretBytes;
use crate::setup_assistant::SkipKey;

/// A configuration profile with the payload `com.apple.SetupAssistant.managed`: panes that are left out when a system was updated, or, on a
/// Mac, when another user logs in for the first time. The panes of the first setup are Apple's profile's.
///
/// iOS and iPadOS 14.0, supervised; macOS 10.12. From macOS 15.0 on it has `SkipSetupItems`, before that a key for each of eleven panes. See
/// Apple's [`SetupAssistant`](https://developer.apple.com/documentation/devicemanagement/setupassistant).
///
/// ```
/// use apple_ade::command::SetupAssistantPayload;
/// use apple_ade::setup_assistant::SkipKey;
///
/// let uuids = ["0A1B2C3D-1111-4222-8333-444455556666", "0A1B2C3D-1111-4222-8333-444455557777"];
/// let payload = SetupAssistantPayload::new([SkipKey::Siri, SkipKey::Tos], "com.example.setup", uuids);
/// let keys = |target: &str| -> Result<String, Box<dyn std::error::Error>> {
///     Ok(String::from_utf8(payload.to_mobileconfig(target.parse()?).ok_or("there is one")?.expose_secret().to_vec())?)
/// };
/// assert!(keys("macos:14.5")?.contains("<key>SkipSiriSetup</key>"));
/// assert!(keys("ipados:18.0")?.contains("<key>SkipSetupItems</key>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupAssistantPayload {
    skip: BTreeSet<SkipKey>,
    identifier: String,
    uuids: [String; 2],
}

/// The keys of earlier macOS, with the version that brought each, in Apple's order.
const OF_MACOS: [(SkipKey, &str, OsVersion); 11] = [
    (SkipKey::AppleId, "SkipCloudSetup", OsVersion::new(10, 12, 0)),
    (SkipKey::Siri, "SkipSiriSetup", OsVersion::new(10, 12, 0)),
    (SkipKey::Privacy, "SkipPrivacySetup", OsVersion::new(10, 13, 4)),
    (SkipKey::ICloudStorage, "SkipiCloudStorageSetup", OsVersion::new(10, 13, 4)),
    (SkipKey::DisplayTone, "SkipTrueTone", OsVersion::new(10, 13, 6)),
    (SkipKey::Appearance, "SkipAppearance", OsVersion::new(10, 14, 0)),
    (SkipKey::Biometric, "SkipTouchIDSetup", OsVersion::new(10, 15, 0)),
    (SkipKey::ScreenTime, "SkipScreenTime", OsVersion::new(10, 15, 0)),
    (SkipKey::Accessibility, "SkipAccessibility", OsVersion::new(11, 0, 0)),
    (SkipKey::UnlockWithWatch, "SkipUnlockWithWatch", OsVersion::new(12, 0, 0)),
    (SkipKey::Wallpaper, "SkipWallpaper", OsVersion::new(14, 1, 0)),
];

impl SetupAssistantPayload {
    /// Leaves out these panes. The identifier is the profile's `PayloadIdentifier`, that of the payload ends in `.setupassistant`; the
    /// `PayloadUUID` of profile and payload stay the same as long as the profile is to be replaced by its next version.
    pub fn new(
        skip: impl IntoIterator<Item = SkipKey>,
        identifier: impl Into<String>,
        uuids: [impl Into<String>; 2],
    ) -> Self {
        Self { skip: skip.into_iter().collect(), identifier: identifier.into(), uuids: uuids.map(Into::into) }
    }

    /// Leaves out what the enrollment profile leaves out (SCR-1).
    pub fn of(profile: &EnrollmentProfile, identifier: impl Into<String>, uuids: [impl Into<String>; 2]) -> Self {
        Self::new(profile.setup().skipped().cloned(), identifier, uuids)
    }

    /// The panes that are left out.
    pub fn skipped(&self) -> impl Iterator<Item = &SkipKey> {
        self.skip.iter()
    }

    /// The profile for a system; `None` where the system does not know the payload, or nothing of what is left out.
    pub fn to_mobileconfig(&self, target: Target) -> Option<SecretBytes> {
        let version = target.version;
        let listed = match target.platform {
            Platform::Ios | Platform::IpadOs if version >= OsVersion::new(14, 0, 0) => true,
            Platform::MacOs if version >= OsVersion::new(10, 12, 0) => version >= OsVersion::new(15, 0, 0),
            _ => return None,
        };
        let keys: Vec<(&str, Node<'_>)> = if listed {
            let items: Vec<Node<'_>> = self.skip.iter().map(|key| Node::Text(key.as_str())).collect();
            if items.is_empty() { Vec::new() } else { vec![("SkipSetupItems", Node::List(items))] }
        } else {
            let known = OF_MACOS.iter().filter(|(key, _, since)| *since <= version && self.skip.contains(key));
            known.map(|(_, key, _)| (*key, Node::Bool(true))).collect()
        };
        if keys.is_empty() {
            return None;
        }
        let payload_identifier = format!("{}.setupassistant", self.identifier);
        let [profile_uuid, payload_uuid] = &self.uuids;
        let mut payload = vec![
            ("PayloadIdentifier", Node::Text(&payload_identifier)),
            ("PayloadType", Node::Text("com.apple.SetupAssistant.managed")),
            ("PayloadUUID", Node::Text(payload_uuid)),
            ("PayloadVersion", Node::Integer(1)),
        ];
        payload.extend(keys);
        let profile = Node::Keys(vec![
            ("PayloadContent", Node::List(vec![Node::Keys(payload)])),
            ("PayloadDisplayName", Node::Text("Setup Assistant")),
            ("PayloadIdentifier", Node::Text(&self.identifier)),
            ("PayloadScope", Node::Text("System")),
            ("PayloadType", Node::Text("Configuration")),
            ("PayloadUUID", Node::Text(profile_uuid)),
            ("PayloadVersion", Node::Integer(1)),
        ]);
        Some(profile.to_xml())
    }

    /// The command that installs it, unsigned; `None` as for [`to_mobileconfig`](Self::to_mobileconfig).
    ///
    /// # Errors
    ///
    /// The identifier is empty.
    pub fn install(&self, target: Target) -> Result<Option<InstallProfile>, InstallProfileError> {
        let profile = self.to_mobileconfig(target);
        profile.map(|xml| InstallProfile::new(self.identifier.clone(), xml.expose_secret())).transpose()
    }
}
