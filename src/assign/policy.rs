//! What the machine goes by.

use chrono::TimeDelta;

use super::why::Why;
use crate::api::{AccountDetail, DEFAULT_LIMIT};
use crate::error::Pauses;

/// Intervals and bounds of an [`Assigner`](super::Assigner).
///
/// ```
/// use apple_ade::assign::AssignPolicy;
/// use chrono::TimeDelta;
///
/// let policy = AssignPolicy { read_back: Some(TimeDelta::minutes(1)), ..AssignPolicy::APPLE };
/// assert_eq!((policy.batch_size, policy.throttled_pause), (1000, TimeDelta::hours(24)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssignPolicy {
    /// How many serial numbers a request may have (ASG-4, LIM-6): what the account advertises, else 1000. 0 counts as 1.
    /// The size of a page of devices is another number (X-46).
    pub batch_size: u32,
    /// How long after Apple's `SUCCESS` the device's record is read, to see that it is so. `None` takes Apple's word for it.
    pub read_back: Option<TimeDelta>,
    /// How long a throttled device is left alone where Apple names no time.
    pub throttled_pause: TimeDelta,
    /// The longest `retry_after_seconds` that is waited for. A device that Apple wants to be left alone for longer ends as
    /// [`Throttled`](super::Outcome::Throttled), which names the time; it is never sent before.
    pub throttled_longest: TimeDelta,
    /// How often a device may be throttled before it is reported.
    pub throttled_most: u32,
    /// How long a device that is not on this server is waited for before it is reported (DEV-7 knows 45 days).
    pub parked: TimeDelta,
    /// How long one call may take.
    pub deadline: TimeDelta,
    /// The first pause after a failure, of a call or of one device; it doubles from failure to failure.
    pub first_pause: TimeDelta,
    /// The longest pause after failures.
    pub longest_pause: TimeDelta,
    /// The pause while somebody has to do something in Apple's portal.
    pub account_pause: TimeDelta,
}

impl AssignPolicy {
    /// Apple's rules: 1000 devices at once, 24 hours for a throttled one.
    pub const APPLE: Self = Self {
        batch_size: DEFAULT_LIMIT,
        read_back: None,
        throttled_pause: TimeDelta::hours(24),
        throttled_longest: TimeDelta::days(45),
        throttled_most: 5,
        parked: TimeDelta::days(45),
        deadline: TimeDelta::minutes(5),
        first_pause: TimeDelta::seconds(30),
        longest_pause: TimeDelta::minutes(30),
        account_pause: TimeDelta::hours(1),
    };

    /// The same, with as many devices in a request as the account advertises (ASG-4).
    #[must_use]
    pub fn for_account(self, account: &AccountDetail) -> Self {
        Self { batch_size: account.batch_size(), ..self }
    }

    /// The policy with intervals of which none makes a loop without a pause, or is more than a clock can count.
    pub(super) fn bounded(self) -> Self {
        let most = TimeDelta::days(36_500);
        let pause = |pause: TimeDelta| pause.clamp(TimeDelta::seconds(1), most);
        let later = |later: TimeDelta| later.clamp(TimeDelta::zero(), most);
        Self {
            read_back: self.read_back.map(later),
            throttled_pause: pause(self.throttled_pause),
            throttled_longest: pause(self.throttled_longest),
            parked: later(self.parked),
            deadline: pause(self.deadline),
            first_pause: pause(self.first_pause),
            longest_pause: pause(self.longest_pause),
            account_pause: pause(self.account_pause),
            ..self
        }
    }

    pub(super) fn pauses(&self) -> Pauses {
        Pauses { first: self.first_pause, longest: self.longest_pause, account: self.account_pause }
    }

    /// Twice the longest wait that the machine makes of a device for this reason. One that ends later is of a clock that was ahead. Of a
    /// [bounded](Self::bounded) policy.
    pub(super) fn longest(&self, why: Why) -> TimeDelta {
        let longest = match why {
            Why::Throttled => self.throttled_pause.max(self.throttled_longest),
            Why::Parked => self.parked,
            Why::ReadBack => self.longest_pause.max(self.read_back.unwrap_or_default()),
            Why::Failed | Why::Unanswered | Why::ProfileUnknown => self.longest_pause,
            // Apple may ask for a day.
            Why::Obstacle(_) => self.longest_pause.max(self.account_pause).max(TimeDelta::days(1)),
        };
        longest.max(TimeDelta::hours(1)) * 2
    }
}

/// Apple: "FAILED … contact support after three".
pub(super) const MOST_FAILURES: u32 = 3;

/// How often a device may be unanswered, answered with an unknown word, refused, or found unchanged.
pub(super) const MOST_ODD: u32 = 3;

/// How many requests in a row Apple may refuse, while their devices are tried in ever smaller ones to find the one that it refuses.
pub(super) const MOST_REFUSALS: u32 = 30;

/// How many definitions of profiles are remembered, for plans that still name the UUID before.
pub(super) const MOST_REMEMBERED: usize = 500;

/// How often a profile is defined again that Apple does not know.
pub(super) const MOST_REDEFINED: u32 = 3;
