//! Numbers with bounds.

use serde::{Deserialize, Serialize};

/// A number outside of its range.
///
/// ```
/// use apple_ade::shared_ipad::ResidentUsers;
///
/// let error = ResidentUsers::new(30).unwrap_err();
/// assert_eq!((error.found(), error.nearest()), (30, 24));
/// assert_eq!(error.to_string(), "the number of resident users is 30, and has to be 1 to 24; the nearest is 24");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {what} is {found}{unit}, and has to be {range}; the nearest is {nearest}")]
pub struct RangeError {
    what: &'static str,
    unit: &'static str,
    range: &'static str,
    found: u32,
    nearest: u32,
}

impl RangeError {
    /// The number.
    pub fn found(&self) -> u32 {
        self.found
    }

    /// The legal number next to it.
    pub fn nearest(&self) -> u32 {
        self.nearest
    }
}

/// The name, unit and bounds of a number.
pub(super) struct Range {
    pub(super) what: &'static str,
    /// With a space before it, or empty.
    pub(super) unit: &'static str,
    pub(super) bounds: &'static str,
    pub(super) least: u32,
    pub(super) most: u32,
}

impl Range {
    /// The number, if it is inside.
    pub(super) fn check(&self, found: u32) -> Result<u32, RangeError> {
        match found.clamp(self.least, self.most) {
            nearest if nearest == found => Ok(found),
            nearest => Err(RangeError { what: self.what, unit: self.unit, range: self.bounds, found, nearest }),
        }
    }
}

/// How many users' data stay on the device, by `ResidentUsers`: 1 to 24 (SHI-7).
///
/// 24 is what Intune documents for 32 GB and 64 GB; Apple says that the device takes fewer if it cannot hold so many (X-22).
/// See [`users_that_fit`](super::users_that_fit).
///
/// ```compile_fail,E0423
/// # use apple_ade::shared_ipad::ResidentUsers;
/// let users = ResidentUsers(25);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct ResidentUsers(u32);

impl ResidentUsers {
    const RANGE: Range =
        Range { what: "number of resident users", unit: "", bounds: "1 to 24", least: 1, most: Self::MOST.0 };

    /// The most: 24.
    pub const MOST: Self = Self(24);

    /// As many as a device keeps when nobody says a number: 10 (Apple's deployment guide).
    pub const DEVICE_DEFAULT: Self = Self(10);

    /// This number.
    ///
    /// # Errors
    /// 0, or more than 24.
    pub fn new(users: u32) -> Result<Self, RangeError> {
        Self::RANGE.check(users).map(Self)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// The space of each user in MB, by `QuotaSize`: at least 1. A device raises it to the least that it needs.
///
/// ```
/// use apple_ade::shared_ipad::Quota;
///
/// assert_eq!(Quota::from_megabytes(2048)?.megabytes(), 2048);
/// assert_eq!(Quota::from_megabytes(0).unwrap_err().nearest(), 1);
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quota(u32);

impl Quota {
    const RANGE: Range = Range { what: "quota", unit: " MB", bounds: "at least 1", least: 1, most: u32::MAX };

    /// So many MB.
    ///
    /// # Errors
    /// 0.
    pub fn from_megabytes(megabytes: u32) -> Result<Self, RangeError> {
        Self::RANGE.check(megabytes).map(Self)
    }

    /// The number of MB.
    pub fn megabytes(self) -> u32 {
        self.0
    }
}

/// After how many idle seconds the device goes to sleep, by `PasscodePolicy.AutoLockTime`: at least 120. iPadOS 17.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct AutoLock(u32);

impl AutoLock {
    const RANGE: Range =
        Range { what: "auto-lock time", unit: " seconds", bounds: "at least 120", least: 120, most: u32::MAX };

    /// After so many seconds.
    ///
    /// # Errors
    /// Fewer than 120.
    pub fn after_seconds(seconds: u32) -> Result<Self, RangeError> {
        Self::RANGE.check(seconds).map(Self)
    }

    /// The number of seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// For how many days a known user's passcode is checked on the device alone, by `OnlineAuthenticationGracePeriod`. iPadOS 16.0.
///
/// ```
/// use apple_ade::shared_ipad::OnlineGrace;
///
/// assert_eq!(OnlineGrace::from_days(0), OnlineGrace::EVERY_SIGN_IN);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OnlineGrace(u32);

impl OnlineGrace {
    /// Every sign-in is checked with Apple's identity server, and needs the network: 0 days.
    pub const EVERY_SIGN_IN: Self = Self(0);

    /// For so many days. Apple states no bound.
    pub const fn from_days(days: u32) -> Self {
        Self(days)
    }

    /// The number of days.
    pub fn days(self) -> u32 {
        self.0
    }
}

/// The number behind a type, in both directions, for serde and for callers.
macro_rules! number {
    ($($name:ident $new:ident $get:ident)*) => {$(
        impl TryFrom<u32> for $name {
            type Error = $crate::shared_ipad::RangeError;

            fn try_from(number: u32) -> Result<Self, Self::Error> {
                Self::$new(number)
            }
        }

        impl From<$name> for u32 {
            fn from(value: $name) -> Self {
                value.$get()
            }
        }
    )*};
}

number! { ResidentUsers new get Quota from_megabytes megabytes AutoLock after_seconds seconds }

pub(super) use number;
