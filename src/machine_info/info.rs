use std::fmt;

use plist::{Dictionary, Value};

use super::key::{Key, Since};
use super::{ContentError, ValueType};
use crate::id::SerialNumber;
use crate::os::{OsRelease, OsVersion, Platform, Supplement, Target};
use crate::property_list::KeysAlone;

/// A documented key whose value is not of the documented type. The field reads as absent; the value is kept here, and not shown by
/// `Debug`, as it may be a token.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct OddValue {
    /// The key, in Apple's spelling.
    pub key: &'static str,
    /// The value as it came.
    pub value: Value,
    /// The type that is documented.
    pub expected: ValueType,
}

impl fmt::Debug for OddValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OddValue").field("key", &self.key).field("expected", &self.expected).finish_non_exhaustive()
    }
}

/// The token by which the server knows a watch again (`PAIRING_TOKEN`). Whoever has it can enroll as that watch, so it is not
/// shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct PairingToken(Vec<u8>);

impl PairingToken {
    /// The bytes.
    pub fn expose_secret(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PairingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingToken(redacted)")
    }
}

/// What came of reading a value.
enum Read<T> {
    Value(T),
    Absent,
    Odd(Value),
}

/// What a field can hold.
trait Field: Sized {
    const TYPE: ValueType;

    fn read(value: Value) -> Read<Self>;

    fn write(&self) -> Value;
}

impl Field for String {
    const TYPE: ValueType = ValueType::String;

    fn read(value: Value) -> Read<Self> {
        match value {
            Value::String(text) if text.is_empty() => Read::Absent,
            Value::String(text) => Read::Value(text),
            other => Read::Odd(other),
        }
    }

    fn write(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Field for SerialNumber {
    const TYPE: ValueType = ValueType::String;

    fn read(value: Value) -> Read<Self> {
        match value {
            Value::String(text) => Self::from_wire(&text).map_or(Read::Absent, Read::Value),
            other => Read::Odd(other),
        }
    }

    fn write(&self) -> Value {
        Value::String(self.as_str().into())
    }
}

impl Field for bool {
    const TYPE: ValueType = ValueType::Boolean;

    fn read(value: Value) -> Read<Self> {
        value.as_boolean().map_or(Read::Odd(value), Read::Value)
    }

    fn write(&self) -> Value {
        Value::Boolean(*self)
    }
}

impl Field for PairingToken {
    const TYPE: ValueType = ValueType::Data;

    fn read(value: Value) -> Read<Self> {
        match value {
            Value::Data(bytes) => Read::Value(Self(bytes)),
            other => Read::Odd(other),
        }
    }

    fn write(&self) -> Value {
        Value::Data(self.0.clone())
    }
}

macro_rules! machine_info {
    ($($(#[$doc:meta])* $field:ident: $type:ty = $key:literal, $since:expr $(, $flag:ident)*;)*) => {
        /// What a device says of itself.
        ///
        /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/machineinfo). Every field may be absent: what Apple
        /// calls required is reported by [`missing`](Self::missing), a value of another type is kept in `odd`, and a key that this
        /// version does not know in `extra`. An empty text counts as absent: devices without a modem send an empty `IMEI`.
        ///
        /// As such it proves nothing: [`SignedMachineInfo`](super::SignedMachineInfo) is what devices send.
        ///
        /// `Debug` shows of `extra` the keys alone: a key that is new may hold a token.
        ///
        /// ```
        /// use apple_ade::machine_info::MachineInfo;
        ///
        /// let info = MachineInfo::from_plist(br#"<?xml version="1.0"?><plist version="1.0"><dict>
        ///     <key>SERIAL</key><string>F9FXJ1ABCD</string> <key>PRODUCT</key><string>iPad14,3</string>
        ///     <key>VERSION</key><string>20G75</string> <key>IMEI</key><string></string> <key>COLOUR</key><string>red</string>
        /// </dict></plist>"#)?;
        /// assert_eq!(info.serial.as_ref().map(|serial| serial.as_str()), Some("F9FXJ1ABCD"));
        /// assert_eq!((info.imei.as_ref(), info.extra.len()), (None, 1));
        /// // iPadOS 16, by its build, sends no OS_VERSION yet.
        /// assert_eq!(info.missing().iter().map(|key| key.name).collect::<Vec<_>>(), ["UDID"]);
        /// # Ok::<(), apple_ade::machine_info::ContentError>(())
        /// ```
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct MachineInfo {
            $($(#[$doc])* pub $field: Option<$type>,)*
            /// Keys that this version of the crate does not know.
            pub extra: Dictionary,
            /// Documented keys whose values are not of the documented type.
            pub odd: Vec<OddValue>,
        }

        impl fmt::Debug for MachineInfo {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("MachineInfo")
                    $(.field(stringify!($field), &self.$field))*
                    .field("extra", &KeysAlone(&self.extra))
                    .field("odd", &self.odd)
                    .finish()
            }
        }

        impl MachineInfo {
            /// The documented keys, in the order of Apple's page.
            pub const KEYS: &[Key] = &[$(Key::new($key, <$type as Field>::TYPE, $since)$(.$flag())*),*];

            fn read(dictionary: Dictionary) -> Self {
                let mut info = Self::default();
                for (key, value) in dictionary {
                    match &*key {
                        $($key => match Field::read(value) {
                            Read::Value(value) => info.$field = Some(value),
                            Read::Absent => {}
                            Read::Odd(value) => {
                                info.odd.push(OddValue { key: $key, value, expected: <$type as Field>::TYPE });
                            }
                        },)*
                        _ => drop(info.extra.insert(key, value)),
                    }
                }
                info
            }

            /// Whether the field of this key has a value.
            fn has(&self, key: &str) -> bool {
                match key {
                    $($key => self.$field.is_some(),)*
                    _ => false,
                }
            }

            /// As a dictionary with Apple's keys: fields, odd values and unknown keys. What was empty is left out.
            pub fn to_dictionary(&self) -> Dictionary {
                let mut dictionary = Dictionary::new();
                $(if let Some(value) = &self.$field {
                    dictionary.insert($key.into(), value.write());
                })*
                for odd in self.odd.iter().filter(|odd| !self.has(odd.key)) {
                    dictionary.insert(odd.key.into(), odd.value.clone());
                }
                for (key, value) in self.extra.iter().filter(|(key, _)| !self.has(key)) {
                    dictionary.insert(key.clone(), value.clone());
                }
                dictionary
            }
        }
    };
}

const ALWAYS: Since = [(7, 0), (10, 9), (10, 2), (1, 1), (10, 0)];
const OS_17: Since = [(17, 0), (14, 0), (17, 0), (1, 1), (10, 0)];
const CELLULAR: Since = [(7, 0), (0, 0), (0, 0), (0, 0), (10, 0)];

machine_info! {
    /// `UDID`. Not in a user enrollment.
    udid: String = "UDID", ALWAYS, required, device_only;
    /// `SERIAL`: the serial number, by which to look the device up in your list. Not in a user enrollment.
    serial: SerialNumber = "SERIAL", ALWAYS, required, device_only;
    /// `PRODUCT`: the model identifier, as in `iPhone5,1`.
    product: String = "PRODUCT", ALWAYS, required;
    /// `VERSION`: the **build** of the operating system, as in `21F90`.
    version: String = "VERSION", ALWAYS, required;
    /// `OS_VERSION`: the version of the operating system, as in `17.5.1`. From iOS 17, macOS 14 and tvOS 17 on. [`os`](Self::os) reads it.
    os_version: String = "OS_VERSION", OS_17, required;
    /// `SUPPLEMENTAL_BUILD_VERSION`: the build with its rapid security response. Since iOS 17, macOS 14.
    supplemental_build_version: String = "SUPPLEMENTAL_BUILD_VERSION", OS_17;
    /// `SUPPLEMENTAL_OS_VERSION_EXTRA`: what a rapid security response adds to the version, as in `(a)`. Since iOS 17, macOS 14.
    supplemental_os_version_extra: String = "SUPPLEMENTAL_OS_VERSION_EXTRA", OS_17;
    /// `SOFTWARE_UPDATE_DEVICE_ID`: the key of this model in `https://gdmf.apple.com/v2/pmv`. Since iOS 17.4, macOS 14.4.
    software_update_device_id: String = "SOFTWARE_UPDATE_DEVICE_ID", [(17, 4), (14, 4), (0, 0), (1, 1), (10, 0)];
    /// `IMEI`. Not in a user enrollment.
    imei: String = "IMEI", CELLULAR, device_only;
    /// `MEID`. Not in a user enrollment.
    meid: String = "MEID", CELLULAR, device_only;
    /// `LANGUAGE`: what the user has chosen, as in `en`.
    language: String = "LANGUAGE", ALWAYS;
    /// `MDM_CAN_REQUEST_SOFTWARE_UPDATE`: whether the server can demand an update now. Absent is no. Since iOS 17, macOS 14.
    mdm_can_request_software_update: bool = "MDM_CAN_REQUEST_SOFTWARE_UPDATE", [(17, 0), (14, 0), (0, 0), (0, 0), (0, 0)];
    /// `MDM_CAN_REQUEST_PSSO_CONFIG`: whether the server can demand Platform SSO now. Absent is no. Since macOS 26.
    mdm_can_request_psso_config: bool = "MDM_CAN_REQUEST_PSSO_CONFIG", [(0, 0), (26, 0), (0, 0), (0, 0), (0, 0)];
    /// `MANDATORY_SOFTWARE_UPDATE_REQUIRED`: the device will update in any case, and the server may say to which version. Absent is no.
    /// Since macOS 26.1.
    mandatory_software_update_required: bool = "MANDATORY_SOFTWARE_UPDATE_REQUIRED", [(0, 0), (26, 1), (0, 0), (0, 0), (0, 0)];
    /// `PAIRING_TOKEN`: of a watch that was asked for it. Since watchOS 10.
    pairing_token: PairingToken = "PAIRING_TOKEN", [(0, 0), (0, 0), (0, 0), (0, 0), (10, 0)];
}

impl MachineInfo {
    /// Reads a property list in XML or binary form, for tests and for those who verified the signature themselves.
    ///
    /// # Errors
    ///
    /// [`ContentError`] if it is not a property list of a dictionary, within bounds and without a key that is there twice.
    pub fn from_plist(bytes: &[u8]) -> Result<Self, ContentError> {
        super::plist::read(bytes).map(Self::read)
    }

    /// The keys that Apple calls required and that are not there or odd. `OS_VERSION` is not missed where the build says that
    /// the system is older than the key, nor are `UDID` and `SERIAL` in a user enrollment, which only the caller knows about
    /// ([`Key::forbidden_in_user_enrollment`]).
    pub fn missing(&self) -> Vec<&'static Key> {
        let expected = |key: &&Key| key.required && (key.name != "OS_VERSION" || !self.is_before_os_version());
        Self::KEYS.iter().filter(expected).filter(|key| !self.has(key.name)).collect()
    }

    /// The operating system, by the model identifier; none for a model of a kind that is not known.
    ///
    /// ```
    /// use apple_ade::machine_info::MachineInfo;
    /// use apple_ade::os::Platform;
    ///
    /// let mut info = MachineInfo::default();
    /// for (product, platform) in [("iPad14,3", Platform::IpadOs), ("MacBookPro18,3", Platform::MacOs), ("Mac14,2", Platform::MacOs)] {
    ///     info.product = Some(product.into());
    ///     assert_eq!(info.platform(), Some(platform));
    /// }
    /// ```
    pub fn platform(&self) -> Option<Platform> {
        platform_of(self.product.as_deref()?)
    }

    /// The version of the operating system, if `OS_VERSION` is there and is one; without a supplement.
    pub fn os(&self) -> Option<OsVersion> {
        self.release().map(OsRelease::version)
    }

    /// The version with what a rapid security response added, whether that stands in `OS_VERSION` or beside it; none if `OS_VERSION` is
    /// not there or is none. A supplement that cannot be read does not count.
    ///
    /// ```
    /// use apple_ade::machine_info::MachineInfo;
    ///
    /// let mut info = MachineInfo::default();
    /// info.os_version = Some("16.1".into());
    /// info.supplemental_os_version_extra = Some("(a)".into());
    /// assert_eq!(info.release(), Some("16.1 (a)".parse()?));
    /// # Ok::<(), apple_ade::os::OsReleaseError>(())
    /// ```
    pub fn release(&self) -> Option<OsRelease> {
        let release: OsRelease = self.os_version.as_deref()?.parse().ok()?;
        let extra = self.supplemental_os_version_extra.as_deref().and_then(|extra| extra.parse::<Supplement>().ok());
        Some(match extra {
            Some(extra) if release.supplement().is_none() => release.with_supplement(extra),
            _ => release,
        })
    }

    /// Operating system and version, if both are known.
    pub fn target(&self) -> Option<Target> {
        Some(Target::new(self.platform()?, self.os()?))
    }

    /// The version with what a rapid security response added, as in `16.1 (a)`: the form in which Apple writes it in its answers. Where
    /// one of the two cannot be read, both as they came.
    pub fn full_os_version(&self) -> Option<String> {
        let version = self.os_version.as_deref()?;
        let Some(extra) = self.supplemental_os_version_extra.as_deref() else { return Some(version.into()) };
        let (release, can_be_read) = (self.release(), extra.parse::<Supplement>().is_ok());
        let release = release.filter(|_| can_be_read).map(|release| release.to_string());
        Some(release.unwrap_or_else(|| format!("{version} {extra}")))
    }

    /// Whether the build is of a system that does not send `OS_VERSION` yet: its first number counts the major versions, 21 for
    /// iOS 17, tvOS 17, visionOS 1 and watchOS 10, 23 for macOS 14.
    fn is_before_os_version(&self) -> bool {
        let first = match self.platform() {
            Some(Platform::MacOs) => 23,
            Some(_) => 21,
            None => return false,
        };
        let digits = self.version.iter().flat_map(|build| build.chars()).map_while(|c| c.to_digit(10));
        let number = digits.fold(0_u32, |sum, digit| sum.saturating_mul(10).saturating_add(digit));
        (1..first).contains(&number)
    }
}

/// How the model identifiers of each system begin.
const MODELS: &[(&str, Platform)] = &[
    ("iPad", Platform::IpadOs),
    ("iPhone", Platform::Ios),
    ("iPod", Platform::Ios),
    ("AppleTV", Platform::TvOs),
    ("RealityDevice", Platform::VisionOs),
    ("Watch", Platform::WatchOs),
    ("Mac", Platform::MacOs),
    ("iMac", Platform::MacOs),
    ("VirtualMac", Platform::MacOs),
    ("Xserve", Platform::MacOs),
];

/// The operating system of a model identifier such as `iPad13,1`.
pub(crate) fn platform_of(product: &str) -> Option<Platform> {
    let (_, platform) = MODELS.iter().find(|(model, _)| product.starts_with(model))?;
    Some(*platform)
}
