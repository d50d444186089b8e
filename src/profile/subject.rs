//! What the rules look at.

use crate::affinity::UserAffinity;
use crate::api::profile::Profile;
use crate::device_name::DeviceNameTemplate;
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

/// The certificates of a profile, read once.
#[derive(Debug, Clone, Default)]
pub(super) struct Certificates {
    pub(super) anchors: Vec<Reading>,
    pub(super) hosts: Vec<Reading>,
}

/// A profile with everything that bears on it.
#[derive(Debug)]
pub(super) struct Subject<'p> {
    pub(super) wire: &'p Profile,
    pub(super) skip: Vec<SkipKey>,
    pub(super) certificates: &'p Certificates,
    pub(super) beside: Beside<'p>,
    pub(super) check: &'p Check,
}

impl Certificates {
    pub(super) fn of(wire: &Profile) -> Self {
        let read = |texts: &Option<Vec<String>>| texts.iter().flatten().map(|text| Reading::of(text)).collect();
        Self { anchors: read(&wire.anchor_certs), hosts: read(&wire.supervising_host_certs) }
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

    pub(super) fn is_shared_ipad(&self) -> bool {
        self.wire.is_multi_user == Some(true)
    }

    pub(super) fn skips(&self, key: &SkipKey) -> bool {
        self.skip.contains(key)
    }

    /// The place of a skip key in the list.
    pub(super) fn place_of(&self, key: &SkipKey) -> Option<usize> {
        self.skip.iter().position(|skipped| skipped == key)
    }
}

/// iOS or iPadOS.
pub(super) fn is_ios(platform: Platform) -> bool {
    matches!(platform, Platform::Ios | Platform::IpadOs)
}
