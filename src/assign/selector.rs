//! Which devices a rule is for.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use super::stored;
use crate::api::{Device, DeviceFamily, Os};
use crate::id::SerialNumber;
use crate::os::Platform;

/// Which devices are meant: those that meet every condition. Without a condition, all of them.
///
/// A condition is a list of which one entry has to fit. An empty list fits no device, so that a list which a program puts together and
/// which comes out empty never means all. In stored rules, a condition that is `null` is refused for the same reason.
///
/// Stored rules may be written by people: upper and lower case, and spaces around, make no difference for families, models, systems and
/// serial numbers. Tags are the caller's, and compared to the letter.
///
/// ```
/// use std::collections::BTreeSet;
/// use apple_ade::api::{Device, DeviceFamily};
/// use apple_ade::assign::Selector;
///
/// let mut device = Device::new("C02T0HL0GGC0".parse()?);
/// device.device_family = Some(DeviceFamily::Ipad);
/// let tags = BTreeSet::from(["library".to_owned()]);
///
/// let library = Selector::all().family([DeviceFamily::Ipad]).tag(["library", "hall"]);
/// assert!(library.selects(&device, &tags) && !library.selects(&device, &BTreeSet::new()));
/// assert!(!Selector::all().serial([]).selects(&device, &tags));
/// # Ok::<(), apple_ade::id::IdError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selector {
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "families")]
    family: Option<BTreeSet<DeviceFamily>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stored::not_null")]
    model: Option<BTreeSet<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "systems")]
    os: Option<BTreeSet<Platform>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "serials")]
    serial: Option<BTreeSet<SerialNumber>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stored::not_null")]
    tag: Option<BTreeSet<String>>,
}

impl Selector {
    /// All devices.
    pub fn all() -> Self {
        Self::default()
    }

    /// Of one of these families (Apple's `device_family`); upper and lower case are the same for those that are known. Said again, it replaces what was said; so do the others.
    #[must_use]
    pub fn family(self, families: impl IntoIterator<Item = DeviceFamily>) -> Self {
        Self { family: Some(families.into_iter().map(known).collect()), ..self }
    }

    /// Of one of these models, as in `MacBook Pro` (Apple's `model`); upper and lower case are the same.
    #[must_use]
    pub fn model<M: Into<String>>(self, models: impl IntoIterator<Item = M>) -> Self {
        Self { model: Some(models.into_iter().map(Into::into).collect()), ..self }
    }

    /// With one of these operating systems. An iPad has iPadOS, although Apple says iOS below protocol version 7.
    #[must_use]
    pub fn os(self, systems: impl IntoIterator<Item = Platform>) -> Self {
        Self { os: Some(systems.into_iter().collect()), ..self }
    }

    /// With one of these serial numbers.
    #[must_use]
    pub fn serial(self, serials: impl IntoIterator<Item = SerialNumber>) -> Self {
        Self { serial: Some(serials.into_iter().collect()), ..self }
    }

    /// With one of these tags, which the caller gives to its devices.
    #[must_use]
    pub fn tag<T: Into<String>>(self, tags: impl IntoIterator<Item = T>) -> Self {
        Self { tag: Some(tags.into_iter().map(Into::into).collect()), ..self }
    }

    /// Whether a device with these tags is meant. What Apple does not say of a device fits no list.
    pub fn selects(&self, device: &Device, tags: &BTreeSet<String>) -> bool {
        let family =
            |families: &BTreeSet<DeviceFamily>| device.device_family.as_ref().is_some_and(|f| families.contains(f));
        let model = |models: &BTreeSet<String>| {
            let is =
                |model: &String| device.model.as_ref().is_some_and(|its| its.trim().eq_ignore_ascii_case(model.trim()));
            models.iter().any(is)
        };
        let os = |systems: &BTreeSet<Platform>| platform(device).is_some_and(|its| systems.contains(&its));
        self.family.as_ref().is_none_or(family)
            && self.model.as_ref().is_none_or(model)
            && self.os.as_ref().is_none_or(os)
            && self.serial.as_ref().is_none_or(|serials| serials.contains(&device.serial_number))
            && self.tag.as_ref().is_none_or(|wanted| !wanted.is_disjoint(tags))
    }
}

/// A family in Apple's spelling, where it differs from a known one in case or spaces.
fn known(family: DeviceFamily) -> DeviceFamily {
    let is = |known: &&DeviceFamily| known.as_str().eq_ignore_ascii_case(family.as_str().trim());
    DeviceFamily::ALL.iter().find(is).cloned().unwrap_or(family)
}

/// A serial number that somebody may have typed, as Apple writes it. What can be no serial number of Apple's is kept as it came.
pub(super) fn typed(serial: SerialNumber) -> SerialNumber {
    serial.as_str().parse().unwrap_or(serial)
}

fn families<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeSet<DeviceFamily>>, D::Error> {
    let families = Vec::<DeviceFamily>::deserialize(deserializer)?;
    Ok(Some(families.into_iter().map(known).collect()))
}

fn serials<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeSet<SerialNumber>>, D::Error> {
    let serials = Vec::<SerialNumber>::deserialize(deserializer)?;
    Ok(Some(serials.into_iter().map(typed).collect()))
}

fn systems<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BTreeSet<Platform>>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| name.parse().map_err(serde::de::Error::custom)).collect::<Result<_, _>>().map(Some)
}

/// The operating system of a device.
fn platform(device: &Device) -> Option<Platform> {
    match (&device.device_family, device.os.as_ref()?) {
        (Some(DeviceFamily::Ipad), Os::Ios) | (_, Os::IpadOs) => Some(Platform::IpadOs),
        (_, Os::Ios) => Some(Platform::Ios),
        (_, Os::MacOs) => Some(Platform::MacOs),
        (_, Os::TvOs) => Some(Platform::TvOs),
        (_, Os::VisionOs) => Some(Platform::VisionOs),
        (_, Os::Other(_)) => None,
    }
}
