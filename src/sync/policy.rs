//! When what may be asked of Apple.

use chrono::TimeDelta;

use crate::api::{AccountDetail, DEFAULT_LIMIT};

/// The rules of a sync, as data.
///
/// Apple publishes no interval; its own rules are the cursor's seven days and what the answers say. Intune's documentation has figures of
/// its own, which differ by year (X-1, X-2, X-3, X-4, X-5, CON-6).
///
/// An interval of less than a second counts as a second, and an age of a cursor of less than 20 minutes as 20 minutes, since nothing here
/// may become a loop without a pause.
///
/// ```
/// use apple_ade::sync::SyncPolicy;
/// use chrono::TimeDelta;
///
/// let policy = SyncPolicy { delta_every: TimeDelta::hours(1), ..SyncPolicy::APPLE };
/// assert_eq!((policy.cursor_age, policy.page_size), (TimeDelta::days(7), Some(1000)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncPolicy {
    /// The least time between the beginnings of two full fetches (SYN-1).
    pub full_apart: TimeDelta,
    /// How often all devices are fetched although nothing asks for it: some never appear in a delta, and what a fetch
    /// left [unswept](super::Health::unswept) is swept by the next. `None` is for a caller who asks for full fetches.
    pub full_every: Option<TimeDelta>,
    /// What becomes of a full fetch that is asked for too early (X-2).
    pub early_full: EarlyFull,
    /// Whether a full fetch that becomes necessary has to wait as well (X-3, X-45).
    pub recovery: Recovery,
    /// How often a delta runs by itself (SYN-9).
    pub delta_every: TimeDelta,
    /// The least time between two runs that people ask for (SYN-10).
    pub manual_apart: TimeDelta,
    /// Whether the run after a delta that failed fetches all (SYN-12).
    pub failed_delta_makes_full: bool,
    /// How long one call may take (SYN-5, SYN-6, X-28).
    pub deadline: TimeDelta,
    /// From what age on a cursor is not even tried: Apple refuses it after seven days (SYN-16).
    pub cursor_age: TimeDelta,
    /// How many devices a minute are expected, for estimates (SYN-13).
    pub devices_per_minute: u32,
    /// How long a removed device stays in the store (DEV-7).
    pub removed_kept: TimeDelta,
    /// How many devices a page may have: 1000, which is Apple's maximum, or what the [account](Self::for_account) advertises. `None` leaves
    /// it to [`Client::sync_page`](crate::Client::sync_page), which takes the most that Apple allows; in a request that is made as it is
    /// Apple's default of 100 then applies.
    pub page_size: Option<u32>,
    /// The first pause after a failure; it doubles from failure to failure.
    pub first_pause: TimeDelta,
    /// The longest pause after failures.
    pub longest_pause: TimeDelta,
    /// The pause while somebody has to do something in Apple's portal.
    pub account_pause: TimeDelta,
}

/// What becomes of a full fetch that is asked for too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EarlyFull {
    /// It becomes a delta, which finds what is new (SYN-4).
    Reduced,
    /// It is refused, with the time from which on it is not.
    Refused,
}

/// Whether a full fetch that becomes necessary, since the cursor is gone or a delta has failed, waits for [`SyncPolicy::full_apart`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Recovery {
    /// It runs at once, and counts: the next one that is asked for waits.
    AtOnce,
    /// It waits.
    Waits,
}

impl SyncPolicy {
    /// The policy with intervals of which none makes a loop without a pause, or is more than a clock can count.
    pub(super) fn bounded(self) -> Self {
        let most = TimeDelta::days(36_500);
        let pause = |pause: TimeDelta| pause.clamp(TimeDelta::seconds(1), most);
        let apart = |apart: TimeDelta| apart.clamp(TimeDelta::zero(), most);
        Self {
            full_apart: apart(self.full_apart),
            full_every: self.full_every.map(pause),
            delta_every: pause(self.delta_every),
            manual_apart: apart(self.manual_apart),
            deadline: pause(self.deadline),
            cursor_age: self.cursor_age.clamp(TimeDelta::minutes(20), most),
            removed_kept: apart(self.removed_kept),
            first_pause: pause(self.first_pause),
            longest_pause: pause(self.longest_pause),
            account_pause: pause(self.account_pause),
            ..self
        }
    }

    /// Apple's rules alone, with intervals that are usual among MDMs: a delta every half hour, all devices once a week.
    pub const APPLE: Self = Self {
        full_apart: TimeDelta::zero(),
        full_every: Some(TimeDelta::days(7)),
        early_full: EarlyFull::Refused,
        recovery: Recovery::AtOnce,
        delta_every: TimeDelta::minutes(30),
        manual_apart: TimeDelta::minutes(1),
        failed_delta_makes_full: false,
        deadline: TimeDelta::minutes(5),
        cursor_age: TimeDelta::days(7),
        devices_per_minute: 3000,
        removed_kept: TimeDelta::days(30),
        page_size: Some(DEFAULT_LIMIT),
        first_pause: TimeDelta::seconds(30),
        longest_pause: TimeDelta::minutes(30),
        account_pause: TimeDelta::hours(1),
    };

    /// Intune's documentation of 2023: a delta every 12 hours, by hand every 15 minutes; a full fetch every 7 days, refused before; a
    /// failed delta makes the next run a full one; 15 minutes for an answer; removed devices stay up to 45 days.
    pub const ADE_2023: Self = Self {
        full_apart: TimeDelta::days(7),
        delta_every: TimeDelta::hours(12),
        manual_apart: TimeDelta::minutes(15),
        failed_delta_makes_full: true,
        deadline: TimeDelta::minutes(15),
        removed_kept: TimeDelta::days(45),
        ..Self::APPLE
    };

    /// Intune's documentation of 2016 and 2017: a full fetch every 7 days, which finds only what is new if it is asked for before; 10
    /// minutes for an answer, and until then no other run. It has no figure for a delta that runs by itself; 12 hours is taken from 2023.
    pub const DEP_2017: Self = Self {
        full_apart: TimeDelta::days(7),
        early_full: EarlyFull::Reduced,
        delta_every: TimeDelta::hours(12),
        manual_apart: TimeDelta::minutes(10),
        deadline: TimeDelta::minutes(10),
        ..Self::APPLE
    };

    /// The same, with as many devices in a page as the account advertises.
    #[must_use]
    pub fn for_account(self, account: &AccountDetail) -> Self {
        Self { page_size: Some(account.page_size()), ..self }
    }
}
