//! How many users a device has room for.

use std::fmt;

use super::range::ResidentUsers;
use super::sessions::{SharedIpad, Storage};

/// Apple's figures: what the system takes, what apps take, and the least that a user needs, in GB. 32 GB devices have figures of their own.
const SYSTEM: u32 = 10;
const SMALL: (u32, u32) = (8, 1);
const LARGE: (u32, u32) = (16, 2);

/// The least storage of a Shared iPad, in GB.
pub(crate) const LEAST_STORAGE: u32 = 32;

/// How many users' data fit on a device with so many GB, by the figures of Apple's deployment guide (SHI-8, X-22); `None` below 32 GB,
/// where there is no Shared iPad.
///
/// On 32 GB, 10 GB are for the system, 8 GB for apps, and 1 GB at least for each user; on larger devices 10, 16 and 2 GB. It may be
/// more than [`ResidentUsers::MOST`].
///
/// ```
/// use apple_ade::shared_ipad::users_that_fit;
///
/// assert_eq!([16, 32, 64].map(users_that_fit), [None, Some(14), Some(19)]);
/// ```
pub fn users_that_fit(storage_gb: u32) -> Option<u32> {
    let (apps, each) = figures(storage_gb)?;
    storage_gb.saturating_sub(SYSTEM + apps).checked_div(each)
}

/// What apps and each user take, in GB.
fn figures(storage_gb: u32) -> Option<(u32, u32)> {
    match storage_gb {
        ..LEAST_STORAGE => None,
        LEAST_STORAGE => Some(SMALL),
        _ => Some(LARGE),
    }
}

/// Whether a number of resident users is good for a device, and why; a sentence by `Display` (SHI-8).
///
/// ```
/// use apple_ade::shared_ipad::ResidentUsers;
///
/// let advice = ResidentUsers::new(20)?.advice(64).expect("a Shared iPad has 32 GB or more");
/// assert!(advice.is_tight());
/// assert_eq!(
///     advice.to_string(),
///     "20 users are more than the 19 that fit on 64 GB (10 GB for the system, 16 GB for apps, 2 GB for each user): \
///      the disk fills up; keep 19 at most"
/// );
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageAdvice {
    storage_gb: u32,
    users: u32,
    fits: u32,
    apps: u32,
    each: u32,
}

impl StorageAdvice {
    /// The number that was asked about.
    pub fn users(&self) -> u32 {
        self.users
    }

    /// How many fit.
    pub fn fits(&self) -> u32 {
        self.fits
    }

    /// Whether there are more than fit, so that the disk fills up.
    pub fn is_tight(&self) -> bool {
        self.users > self.fits
    }
}

impl fmt::Display for StorageAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { storage_gb, users, fits, apps, each } = self;
        let figures = format!("({SYSTEM} GB for the system, {apps} GB for apps, {each} GB for each user)");
        if self.is_tight() {
            return write!(
                f,
                "{users} users are more than the {fits} that fit on {storage_gb} GB {figures}: the disk fills up; keep {fits} at most"
            );
        }
        write!(
            f,
            "{users} of the {fits} users who fit on {storage_gb} GB {figures}: who is not among them waits for data at sign-in"
        )
    }
}

impl ResidentUsers {
    /// Whether a device with so many GB has room for them; `None` below 32 GB, where there is no Shared iPad.
    pub fn advice(self, storage_gb: u32) -> Option<StorageAdvice> {
        let (fits, (apps, each)) = (users_that_fit(storage_gb)?, figures(storage_gb)?);
        Some(StorageAdvice { storage_gb, users: self.get(), fits, apps, each })
    }
}

impl SharedIpad {
    /// Whether a device with so many GB has room for the users who stay on it; 10 where no number is set. `None` for guests, who do not
    /// stay, for a quota, from which the device works the number out, and below 32 GB.
    pub fn advice(&self, storage_gb: u32) -> Option<StorageAdvice> {
        let Self::Accounts(accounts) = self else { return None };
        match accounts.storage() {
            Storage::ResidentUsers(users) => users.advice(storage_gb),
            Storage::DeviceDefault => ResidentUsers::DEVICE_DEFAULT.advice(storage_gb),
            Storage::Quota(_) => None,
        }
    }
}
