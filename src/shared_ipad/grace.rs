//! How long a locked device opens without its passcode.

use serde::{Deserialize, Serialize};

use super::range::{Range, RangeError, number};

/// The seconds after locking in which no passcode is asked: 0 to 14400 (SHI-9).
///
/// Devices know six periods and round down to the next of them (X-18), and that [period](Self::effective) is what is sent. A larger one
/// takes effect only after the user has logged out or removed the passcode, so that it is best sent before there is one (SHI-17).
///
/// Intune says iPadOS 13.0. Apple: an item of its own from 9.3.2 on, and from 17.0 on in `PasscodePolicy`.
///
/// ```
/// use apple_ade::shared_ipad::{GracePeriod, PasscodeGrace};
///
/// let grace = PasscodeGrace::from_seconds(299)?;
/// assert_eq!((grace.effective(), grace.is_rounded()), (GracePeriod::OneMinute, true));
/// assert_eq!(PasscodeGrace::from_seconds(20_000).unwrap_err().nearest(), 14_400);
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PasscodeGrace(u32);

/// The six periods that devices know, shortest first.
///
/// ```
/// use apple_ade::shared_ipad::GracePeriod;
///
/// let seconds: Vec<u32> = GracePeriod::ALL.iter().map(|period| period.seconds()).collect();
/// assert_eq!(seconds, [0, 60, 300, 900, 3600, 14400]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GracePeriod {
    /// The passcode is asked at once: 0 seconds.
    Immediately,
    /// 60 seconds.
    OneMinute,
    /// 300 seconds.
    FiveMinutes,
    /// 900 seconds.
    FifteenMinutes,
    /// 3600 seconds.
    OneHour,
    /// 14400 seconds.
    FourHours,
}

impl GracePeriod {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Immediately, Self::OneMinute, Self::FiveMinutes, Self::FifteenMinutes, Self::OneHour, Self::FourHours];

    /// The number of seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Immediately => 0,
            Self::OneMinute => 60,
            Self::FiveMinutes => 300,
            Self::FifteenMinutes => 900,
            Self::OneHour => 3600,
            Self::FourHours => 14_400,
        }
    }
}

impl PasscodeGrace {
    const RANGE: Range =
        Range { what: "passcode grace", unit: " seconds", bounds: "0 to 14400", least: 0, most: 14_400 };

    /// So many seconds.
    ///
    /// # Errors
    /// More than 14400.
    pub fn from_seconds(seconds: u32) -> Result<Self, RangeError> {
        Self::RANGE.check(seconds).map(Self)
    }

    /// The number of seconds that was asked for.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// The period that devices make of it: the longest that is not longer.
    pub fn effective(self) -> GracePeriod {
        let fits = |period: &&GracePeriod| period.seconds() <= self.0;
        GracePeriod::ALL.iter().rev().find(fits).copied().unwrap_or(GracePeriod::Immediately)
    }

    /// Whether devices make another number of it.
    pub fn is_rounded(self) -> bool {
        self.effective().seconds() != self.0
    }
}

impl From<GracePeriod> for PasscodeGrace {
    fn from(period: GracePeriod) -> Self {
        Self(period.seconds())
    }
}

number! { PasscodeGrace from_seconds seconds }
