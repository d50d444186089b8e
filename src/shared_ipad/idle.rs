//! When an idle session ends.

use serde::{Deserialize, Serialize};

use super::range::{Range, RangeError, number};

/// After how many idle seconds a session is logged out: never, or at least 30 (SHI-10, SHI-13). iPadOS 14.5.
///
/// In JSON it is the number of seconds, and 0 for never, as Apple writes it. Never is not the same as no value at all: it takes away
/// a time-out that was set before.
///
/// ```
/// use apple_ade::shared_ipad::IdleTimeout;
///
/// assert_eq!(IdleTimeout::from_seconds(0)?, IdleTimeout::Never);
/// assert_eq!(IdleTimeout::after_seconds(300)?.seconds(), 300);
/// assert_eq!(IdleTimeout::from_seconds(10).unwrap_err().nearest(), 30);
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
#[non_exhaustive]
pub enum IdleTimeout {
    /// Sessions stay open.
    Never,
    /// After so many seconds.
    After(IdleSeconds),
}

/// At least 30 seconds. [`IdleTimeout::after_seconds`] makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct IdleSeconds(u32);

impl IdleTimeout {
    /// After so many seconds.
    ///
    /// # Errors
    /// Fewer than 30. 0 is [`IdleTimeout::Never`], and an error here.
    pub fn after_seconds(seconds: u32) -> Result<Self, RangeError> {
        IdleSeconds::new(seconds).map(Self::After)
    }

    /// After so many minutes.
    ///
    /// # Errors
    /// 0. See [`IdleTimeout::Never`].
    ///
    /// ```
    /// use apple_ade::shared_ipad::IdleTimeout;
    ///
    /// assert_eq!(IdleTimeout::after_minutes(5)?, IdleTimeout::after_seconds(300)?);
    /// assert!(IdleTimeout::after_minutes(0).is_err());
    /// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
    /// ```
    pub fn after_minutes(minutes: u16) -> Result<Self, RangeError> {
        Self::after_seconds(u32::from(minutes) * 60)
    }

    /// As Apple writes it: 0 is never.
    ///
    /// # Errors
    /// 1 to 29.
    pub fn from_seconds(seconds: u32) -> Result<Self, RangeError> {
        match seconds {
            0 => Ok(Self::Never),
            _ => Self::after_seconds(seconds),
        }
    }

    /// As Apple writes it: 0 for never.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Never => 0,
            Self::After(seconds) => seconds.get(),
        }
    }
}

impl IdleSeconds {
    const RANGE: Range =
        Range { what: "idle time-out", unit: " seconds", bounds: "at least 30, or never", least: 30, most: u32::MAX };

    /// So many seconds.
    ///
    /// # Errors
    /// Fewer than 30.
    pub fn new(seconds: u32) -> Result<Self, RangeError> {
        Self::RANGE.check(seconds).map(Self)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

number! { IdleTimeout from_seconds seconds IdleSeconds new get }
