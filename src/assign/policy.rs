//! What the machine goes by.

use chrono::TimeDelta;

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

    pub(super) fn pauses(&self) -> Pauses {
        Pauses { first: self.first_pause, longest: self.longest_pause, account: self.account_pause }
    }

    /// The longest wait that the machine makes, in case that the clock was set back.
    pub(super) fn longest(&self) -> TimeDelta {
        let own = self.parked.max(self.throttled_pause).max(self.account_pause * 2).max(self.longest_pause * 2);
        own.max(self.read_back.unwrap_or_default()).max(LONGEST_THROTTLE)
    }
}

/// A longer `retry_after_seconds` is cut: what waits for weeks is nobody's plan any more.
pub(super) const LONGEST_THROTTLE: TimeDelta = TimeDelta::days(7);

/// Apple: "FAILED … contact support after three".
pub(super) const MOST_FAILURES: u32 = 3;

/// How often a device may be unanswered, answered with an unknown word, refused with its batch, or found unchanged.
pub(super) const MOST_ODD: u32 = 3;

/// How often a profile is defined again that Apple does not know.
pub(super) const MOST_REDEFINED: u32 = 3;
