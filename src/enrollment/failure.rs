//! Failures that users meet while a device enrolls, and their cure.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

/// How long the certificate or challenge for SCEP is valid, for security (ERR-4).
pub const SCEP_WINDOW: TimeDelta = TimeDelta::minutes(15);

/// What a device shows when its request for an identity fails (ERR-1). Apple's and Microsoft's documents leave it in English in every
/// language.
pub const SCEP_INVALID_RESPONSE: &str = "The SCEP server returned an invalid response.";

/// What a device shows that may not enroll (RES-2, ERR-6).
pub const INVALID_PROFILE: &str = "Invalid Profile";

/// A failure that the user of a device meets.
///
/// ```
/// use apple_ade::enrollment::EnrollmentFailure;
///
/// let failure = EnrollmentFailure::seen("The SCEP server returned an invalid response.").ok_or("it is known")?;
/// assert_eq!(failure, EnrollmentFailure::ScepInvalidResponse);
/// assert!(failure.cure().contains("15 minutes"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EnrollmentFailure {
    /// The device is blocked, because the VPP token has expired or has no licence left (CPV-8, ERR-7). What it shows is not documented.
    Blocked,
    /// A restriction blocks the platform for all users, whatever the user attests (RES-2, ERR-6).
    InvalidProfile,
    /// The certificate or challenge for SCEP was no longer valid when the device used it (ERR-1).
    ScepInvalidResponse,
}

impl EnrollmentFailure {
    /// All of them: the table by which a failure is diagnosed. Its `Display` is a row.
    pub const ALL: &[Self] = &[Self::ScepInvalidResponse, Self::InvalidProfile, Self::Blocked];

    /// The failure that a device shows by this very text, in English and in full; white space at the ends does not count.
    pub fn seen(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|failure| failure.text() == Some(text.trim())).copied()
    }

    /// What the device shows, if that is documented.
    pub fn text(self) -> Option<&'static str> {
        match self {
            Self::Blocked => None,
            Self::InvalidProfile => Some(INVALID_PROFILE),
            Self::ScepInvalidResponse => Some(SCEP_INVALID_RESPONSE),
        }
    }

    /// Where it comes from.
    pub fn cause(self) -> &'static str {
        match self {
            Self::Blocked => "the VPP token has expired, or has no licence left for the portal app",
            Self::InvalidProfile => "a restriction for all users blocks the platform of the device",
            Self::ScepInvalidResponse => {
                "the certificate or challenge for SCEP, which is valid for 15 minutes, has expired"
            }
        }
    }

    /// What to do.
    pub fn cure(self) -> &'static str {
        match self {
            Self::Blocked => "renew the VPP token or buy licences, then enroll again",
            Self::InvalidProfile => "block personally owned devices in place of the platform, then enroll again",
            Self::ScepInvalidResponse => {
                "download management again within 15 minutes; after that, reset the device to factory settings"
            }
        }
    }

    /// The requirements that say so.
    pub fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Blocked => &["CPV-8", "ERR-7"],
            Self::InvalidProfile => &["RES-1", "RES-2", "RES-3", "ERR-6"],
            Self::ScepInvalidResponse => &["ERR-1", "ERR-2", "ERR-3", "ERR-4"],
        }
    }
}

/// A text by which no failure is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no failure is known by the text {found:?}; write what the device shows in English and in full, as in {SCEP_INVALID_RESPONSE:?}"
)]
#[non_exhaustive]
pub struct UnknownFailure {
    /// The text, shortened.
    pub found: String,
}

/// [`EnrollmentFailure::seen`] with an error: what resembles a known text is none (ERR-1, ERR-6).
impl FromStr for EnrollmentFailure {
    type Err = UnknownFailure;

    fn from_str(text: &str) -> Result<Self, UnknownFailure> {
        Self::seen(text).ok_or_else(|| UnknownFailure { found: text.chars().take(80).collect() })
    }
}

/// `Invalid Profile: a restriction …; block …`
impl fmt::Display for EnrollmentFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.text().unwrap_or("(no text is documented)"), self.cause(), self.cure())
    }
}

/// What helps a device that shows [`SCEP_INVALID_RESPONSE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ScepRecovery {
    /// Management is downloaded once more, before this moment (ERR-2).
    DownloadAgain {
        /// The first moment that is too late.
        until: DateTime<Utc>,
    },
    /// Only a reset to factory settings helps (ERR-3): by hand, since a device that is not enrolled takes no command.
    FactoryReset,
}

/// What helps a device that showed [`SCEP_INVALID_RESPONSE`] at a time. No document decides for exactly 15 minutes; it counts as too late, since
/// what was valid for 15 minutes is then over.
///
/// ```
/// use apple_ade::enrollment::{ScepRecovery, scep_recovery};
///
/// let failed = "2026-11-22T08:00:00Z".parse()?;
/// let until = "2026-11-22T08:15:00Z".parse()?;
/// assert_eq!(scep_recovery(failed, "2026-11-22T08:14:59Z".parse()?), ScepRecovery::DownloadAgain { until });
/// assert_eq!(scep_recovery(failed, until), ScepRecovery::FactoryReset);
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn scep_recovery(failed_at: DateTime<Utc>, now: DateTime<Utc>) -> ScepRecovery {
    match failed_at.checked_add_signed(SCEP_WINDOW) {
        Some(until) if now < until => ScepRecovery::DownloadAgain { until },
        _ => ScepRecovery::FactoryReset,
    }
}
