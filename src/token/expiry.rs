use std::fmt;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long Apple's tokens have lasted so far: a year (TOK-11).
///
/// For plans made before there is a token, only. What counts is [`TokenExpiry::at`], which comes from the file.
pub const TOKEN_VALIDITY: TimeDelta = TimeDelta::days(365);

/// When a token stops working (TOK-11).
///
/// ```
/// # use apple_ade::token::{ExpiryStatus, TokenExpiry};
/// # use chrono::{DateTime, TimeDelta, Utc};
/// let expiry = TokenExpiry::new("2027-11-22T04:24:50Z".parse()?);
/// let now = "2027-11-15T08:00:00Z".parse::<DateTime<Utc>>()?;
/// assert_eq!(expiry.status(now, TimeDelta::days(30)), ExpiryStatus::ExpiringSoon { days_left: 6 });
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenExpiry(DateTime<Utc>);

impl TokenExpiry {
    /// An expiry that was kept elsewhere.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(at)
    }

    /// The moment.
    pub fn at(self) -> DateTime<Utc> {
        self.0
    }

    /// Where `now` stands, for a caller who wants to be warned `warn_window` before the end (TOK-12).
    pub fn status(self, now: DateTime<Utc>, warn_window: TimeDelta) -> ExpiryStatus {
        let left = self.0.signed_duration_since(now);
        if left <= TimeDelta::zero() {
            ExpiryStatus::Expired { days_ago: whole_days(-left) }
        } else if left <= warn_window {
            ExpiryStatus::ExpiringSoon { days_left: whole_days(left) }
        } else {
            ExpiryStatus::Valid { days_left: whole_days(left) }
        }
    }
}

fn whole_days(time: TimeDelta) -> u32 {
    u32::try_from(time.num_days()).unwrap_or(0)
}

impl fmt::Display for TokenExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// Where a token stands between issue and expiry (TOK-12). Days are whole, rounded down; `Display` is a phrase for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpiryStatus {
    /// It works, and will for longer than the caller's window.
    Valid {
        /// Until the end.
        days_left: u32,
    },
    /// It works still; renew it.
    ExpiringSoon {
        /// Until the end.
        days_left: u32,
    },
    /// Apple refuses it; renew it.
    Expired {
        /// Since the end.
        days_ago: u32,
    },
}

impl fmt::Display for ExpiryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = |count: u32| if count == 1 { "1 day".to_owned() } else { format!("{count} days") };
        match *self {
            Self::Valid { days_left } => write!(f, "{} left", days(days_left)),
            Self::ExpiringSoon { days_left } => write!(f, "only {} left: renew it", days(days_left)),
            Self::Expired { days_ago: 0 } => f.write_str("expired today: renew it"),
            Self::Expired { days_ago } => write!(f, "expired {} ago: renew it", days(days_ago)),
        }
    }
}
