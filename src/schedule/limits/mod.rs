//! How much is too much.

use std::num::{NonZeroU32, NonZeroU64};

use chrono::TimeDelta;

use crate::judgement::Rule;
use crate::sync::SyncPolicy;

mod check;
mod rooms;
mod rules;
mod split;

pub use self::check::{AccountUse, ProfileUse, TokenUse};
pub use self::split::{Parts, Share, Split, TooLarge};

/// The limits of an MDM: Intune's by default. Apple knows none of them but the last two.
///
/// ```
/// use apple_ade::judgement::Rule;
/// use apple_ade::schedule::{AccountUse, Limits, TokenUse};
///
/// let account = AccountUse::new([TokenUse::new("school-17", 230_000), TokenUse::new("school-18", 1_200)]);
/// let violations = Limits::DEFAULT.check(&account);
/// assert!(!violations.has_errors());
/// let warning = violations.by_rule(Rule::TOKEN_DEVICES_MANY).next().ok_or("there is one")?;
/// assert_eq!(warning.path(), "tokens[0].devices");
///
/// let strict = Limits { is_device_cap_hard: true, ..Limits::DEFAULT };
/// assert!(strict.check(&account).has_errors());
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many enrollment profiles a token may have (LIM-1).
    pub profiles_per_token: u64,
    /// How many devices a profile may have (LIM-2).
    pub devices_per_profile: u64,
    /// How many tokens an account may have (LIM-3).
    pub tokens_per_account: u64,
    /// How many devices a token should have (LIM-4, X-15).
    pub devices_per_token: NonZeroU64,
    /// Whether more than that is an error, and not a warning (LIM-4, X-15).
    pub is_device_cap_hard: bool,
    /// How many devices may be selected at a time, which is what Apple advises for a request (LIM-6).
    pub selection: NonZeroU32,
    /// How many devices a minute Apple delivers (LIM-7).
    pub devices_per_minute: u32,
}

const TOKEN_DEVICES: NonZeroU64 = match NonZeroU64::new(200_000) {
    Some(number) => number,
    None => NonZeroU64::MIN,
};
const SELECTION: NonZeroU32 = match NonZeroU32::new(1000) {
    Some(number) => number,
    None => NonZeroU32::MIN,
};

impl Limits {
    /// Intune's figures: 1000 profiles on a token, 200,000 devices on a profile, 2000 tokens in an account; 200,000 devices on a token,
    /// beyond which there is a warning; 1000 devices at a time; 3000 devices a minute.
    pub const DEFAULT: Self = Self {
        profiles_per_token: 1000,
        devices_per_profile: 200_000,
        tokens_per_account: 2000,
        devices_per_token: TOKEN_DEVICES,
        is_device_cap_hard: false,
        selection: SELECTION,
        devices_per_minute: 3000,
    };

    /// Every rule by which [`check`](Self::check) and [`check_selection`](Self::check_selection) judge.
    pub const RULES: &'static [Rule] = rules::RULES;

    /// How many more devices a token may have (LIM-4).
    pub fn headroom(&self, devices: u64) -> u64 {
        self.devices_per_token.get().saturating_sub(devices)
    }

    /// How long a full fetch of so many devices takes (LIM-7, SYN-13).
    pub fn full_fetch(&self, devices: u64) -> TimeDelta {
        SyncPolicy { devices_per_minute: self.devices_per_minute, ..SyncPolicy::APPLE }.expected_duration(devices)
    }

    /// The selections that so many devices make, each as large as one may be but the last (LIM-6).
    ///
    /// ```
    /// use apple_ade::schedule::Limits;
    ///
    /// let devices: Vec<u32> = (0..2_500).collect();
    /// let sizes: Vec<usize> = Limits::DEFAULT.selections(&devices).map(<[u32]>::len).collect();
    /// assert_eq!(sizes, [1000, 1000, 500]);
    /// ```
    pub fn selections<'d, T>(&self, devices: &'d [T]) -> std::slice::Chunks<'d, T> {
        devices.chunks(usize::try_from(self.selection.get()).unwrap_or(usize::MAX))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
