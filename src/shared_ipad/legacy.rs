//! The items that earlier iPadOS had in place of `SharedDeviceConfiguration`.

use serde::{Serialize, Serializer};

use super::grace::{GracePeriod, PasscodeGrace};
use super::range::ResidentUsers;
use super::sessions::{SharedIpad, Storage};
use crate::os::OsVersion;

/// An item of the `Settings` command of its own, in Apple's spelling, for a system that does not have the newer key yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "Item")]
#[non_exhaustive]
pub enum LegacySetting {
    /// From 9.3 on, deprecated in 13.4 for `SharedDeviceConfiguration.ResidentUsers`. Taken only while the device awaits its
    /// configuration (SHI-17).
    MaximumResidentUsers {
        /// How many.
        #[serde(rename = "MaximumResidentUsers")]
        users: ResidentUsers,
    },
    /// From 9.3.2 on, deprecated in 17.0 for `PasscodePolicy.PasscodeLockGracePeriod` (X-18).
    PasscodeLockGracePeriod {
        /// How long.
        #[serde(rename = "PasscodeLockGracePeriod", serialize_with = "seconds")]
        period: GracePeriod,
    },
}

/// The period as Apple writes it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn seconds<S: Serializer>(period: &GracePeriod, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(period.seconds())
}

impl LegacySetting {
    /// The versions that have it and not yet its successor: from the first to before the second.
    fn versions(self) -> (OsVersion, OsVersion) {
        match self {
            Self::MaximumResidentUsers { .. } => (OsVersion::new(9, 3, 0), OsVersion::new(13, 4, 0)),
            Self::PasscodeLockGracePeriod { .. } => (OsVersion::new(9, 3, 2), OsVersion::new(17, 0, 0)),
        }
    }
}

impl SharedIpad {
    /// What a device with this version of iPadOS (iOS before 13) has to be told by items of their own, beside or in place of
    /// `SharedDeviceConfiguration`.
    ///
    /// ```
    /// use apple_ade::shared_ipad::{GracePeriod, ResidentUsers, SharedIpad};
    ///
    /// let ipad = SharedIpad::accounts(ResidentUsers::MOST).passcode_grace(GracePeriod::OneHour);
    /// let items = SharedIpad::from(ipad).legacy_settings("16.7".parse()?);
    /// assert_eq!(
    ///     serde_json::to_string(&items).unwrap(),
    ///     r#"[{"Item":"PasscodeLockGracePeriod","PasscodeLockGracePeriod":3600}]"#
    /// );
    /// # Ok::<(), apple_ade::os::OsVersionError>(())
    /// ```
    pub fn legacy_settings(&self, version: OsVersion) -> Vec<LegacySetting> {
        let Self::Accounts(accounts) = self else { return Vec::new() };
        let users = match accounts.storage {
            Storage::ResidentUsers(users) => Some(LegacySetting::MaximumResidentUsers { users }),
            _ => None,
        };
        let grace = accounts.passcode_grace.map(PasscodeGrace::effective);
        let grace = grace.map(|period| LegacySetting::PasscodeLockGracePeriod { period });
        let here = |item: &LegacySetting| {
            let (since, until) = item.versions();
            (since..until).contains(&version)
        };
        [users, grace].into_iter().flatten().filter(here).collect()
    }
}
