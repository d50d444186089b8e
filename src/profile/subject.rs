//! What the rules look at.

use std::borrow::Cow;

use crate::affinity::UserAffinity;
use crate::api::profile::Profile;
use crate::device_name::DeviceNameTemplate;
use crate::id::SerialNumber;
use crate::json::RawJson;
use crate::os::{OsVersion, Platform, Target};
use crate::setup_assistant::SkipKey;
use crate::shared_ipad::SharedIpad;

use super::account::AccountConfiguration;
use super::cellular::CellularPlan;
use super::certificate::Reading;
use super::check::Check;

/// What a profile says beside Apple's keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside<'p> {
    pub(super) affinity: Option<&'p UserAffinity>,
    pub(super) shared_ipad: Option<&'p SharedIpad>,
    pub(super) device_name: Option<&'p DeviceNameTemplate>,
    pub(super) cellular_plan: Option<&'p CellularPlan>,
    pub(super) account: Option<&'p AccountConfiguration>,
    pub(super) secured_otherwise: bool,
}

/// The certificates of a profile, read once, with their places in the lists.
#[derive(Debug, Clone, Default)]
pub(super) struct Certificates {
    pub(super) anchors: Vec<(usize, Reading)>,
    pub(super) hosts: Vec<(usize, Reading)>,
}

/// A profile with everything that bears on it.
#[derive(Debug)]
pub(super) struct Subject<'p> {
    pub(super) wire: &'p Profile,
    /// The panes to skip, with their places in the list.
    pub(super) skip: Vec<(usize, SkipKey)>,
    pub(super) certificates: &'p Certificates,
    pub(super) beside: Beside<'p>,
    pub(super) check: &'p Check,
}

impl Certificates {
    pub(super) fn of(wire: &Profile) -> Self {
        let read = |key| {
            let texts = texts(wire, key).into_iter().flatten();
            texts.map(|(place, text)| (place, Reading::of(&text))).collect()
        };
        Self { anchors: read("anchor_certs"), hosts: read("supervising_host_certs") }
    }
}

impl Subject<'_> {
    pub(super) fn targets(&self) -> &[Target] {
        self.check.given_targets()
    }

    /// The targets for which something holds.
    pub(super) fn targets_where(&self, holds: impl Fn(Target) -> bool) -> Vec<Target> {
        self.targets().iter().copied().filter(|target| holds(*target)).collect()
    }

    /// The targets of iOS or iPadOS from a version on.
    pub(super) fn ios_from(&self, major: u16, minor: u16) -> Vec<Target> {
        self.targets_where(|target| is_ios(target.platform) && target.version >= OsVersion::new(major, minor, 0))
    }

    pub(super) fn is_supervised(&self) -> bool {
        self.wire.is_supervised == Some(true)
    }

    /// Whether the device is not supervised: neither by the profile, where what is left out means no, nor, as iOS and iPadOS from 13
    /// on (SUP-4), whatever it says. A value of another type is told already.
    pub(super) fn is_unsupervised(&self) -> bool {
        let is_odd = self.wire.odd.iter().any(|odd| odd.key == "is_supervised");
        let is_always = !self.targets().is_empty() && self.unsupervised().is_empty();
        !self.is_supervised() && !is_odd && !is_always
    }

    /// The targets that do not supervise always.
    pub(super) fn unsupervised(&self) -> Vec<Target> {
        self.targets_where(|target| !(is_ios(target.platform) && target.version >= OsVersion::new(13, 0, 0)))
    }

    pub(super) fn is_shared_ipad(&self) -> bool {
        self.wire.is_multi_user == Some(true)
    }

    pub(super) fn skips(&self, key: &SkipKey) -> bool {
        self.skip.iter().any(|(_, skipped)| skipped == key)
    }

    /// The place of a skip key in the list.
    pub(super) fn place_of(&self, key: &SkipKey) -> Option<usize> {
        self.skip.iter().find(|(_, skipped)| skipped == key).map(|(place, _)| *place)
    }
}

/// The keys that hold lists of texts.
pub(super) const LISTS: &[&str] = &["skip_setup_items", "anchor_certs", "supervising_host_certs", "devices"];

/// The texts of a list with their places, whatever else is in it; `None` if there is no list.
pub(super) fn texts<'p>(wire: &'p Profile, key: &str) -> Option<Vec<(usize, Cow<'p, str>)>> {
    fn borrowed<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<(usize, Cow<'t, str>)> {
        texts.map(Cow::Borrowed).enumerate().collect()
    }

    let list = match key {
        "skip_setup_items" => &wire.skip_setup_items,
        "anchor_certs" => &wire.anchor_certs,
        "supervising_host_certs" => &wire.supervising_host_certs,
        _ => &None,
    };
    if let Some(list) = list {
        return Some(borrowed(list.iter().map(String::as_str)));
    }
    if let Some(serials) = wire.devices.as_ref().filter(|_| key == "devices") {
        return Some(borrowed(serials.iter().map(SerialNumber::as_str)));
    }
    let elements = odd_elements(wire, key)?.into_iter().enumerate();
    Some(elements.filter_map(|(place, element)| Some((place, Cow::Owned(text(&element)?)))).collect())
}

/// The elements of a list in which one is no text.
pub(super) fn odd_elements(wire: &Profile, key: &str) -> Option<Vec<RawJson>> {
    wire.odd.iter().find(|odd| odd.key == key)?.value.read().ok()
}

/// An element that is a text.
pub(super) fn text(element: &RawJson) -> Option<String> {
    element.as_str().starts_with('"').then(|| element.read().ok()).flatten()
}

/// iOS or iPadOS.
pub(super) fn is_ios(platform: Platform) -> bool {
    matches!(platform, Platform::Ios | Platform::IpadOs)
}
