use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::circumstances::VppToken;
use crate::program::text::Counted;
use crate::token::ExpiryStatus;

/// How a token of Apps and Books is doing: warn while there is time (CPV-9), for devices are blocked afterwards (CPV-8).
///
/// ```
/// use apple_ade::program::sign_in::{ResourceStatus, VppToken};
/// use apple_ade::token::TokenExpiry;
/// use chrono::TimeDelta;
///
/// let token = VppToken::new("campus".parse()?, TokenExpiry::new("2027-01-01T00:00:00Z".parse()?), 12);
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// assert_eq!(token.status(now, TimeDelta::days(30), 10), ResourceStatus::Fine);
/// assert!(token.status(now, TimeDelta::days(60), 20).is_warning());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResourceStatus {
    /// There is enough of it, for long enough.
    Fine,
    /// It comes to its end: the thresholds are the caller's, since the documentation names none.
    RunningOut {
        /// Whole days that are left, if that is the reason.
        days_left: Option<u32>,
        /// Licences that are left, if that is the reason.
        licences_left: Option<u64>,
    },
    /// Devices that need it are blocked (CPV-7).
    Blocking {
        /// Whether the token has ended.
        expired: bool,
        /// Whether no licence is left.
        exhausted: bool,
    },
}

impl ResourceStatus {
    /// Whether somebody has to be told, and devices still enroll.
    pub fn is_warning(self) -> bool {
        matches!(self, Self::RunningOut { .. })
    }
}

impl VppToken {
    /// How it is doing, for whom wants to be told `warn` before its end and from so many licences on (CPV-9).
    pub fn status(&self, now: DateTime<Utc>, warn: TimeDelta, warn_licences: u64) -> ResourceStatus {
        let exhausted = self.device_licences_left == 0;
        let few = (self.device_licences_left <= warn_licences).then_some(self.device_licences_left);
        match self.expiry.status(now, warn) {
            ExpiryStatus::Expired { .. } => ResourceStatus::Blocking { expired: true, exhausted },
            _ if exhausted => ResourceStatus::Blocking { expired: false, exhausted },
            ExpiryStatus::ExpiringSoon { days_left } => {
                ResourceStatus::RunningOut { days_left: Some(days_left), licences_left: few }
            }
            ExpiryStatus::Valid { .. } if few.is_some() => {
                ResourceStatus::RunningOut { days_left: None, licences_left: few }
            }
            ExpiryStatus::Valid { .. } => ResourceStatus::Fine,
        }
    }
}

impl fmt::Display for ResourceStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Fine => f.write_str("the token of Apps and Books is fine"),
            Self::RunningOut { days_left, licences_left } => {
                f.write_str("the token of Apps and Books runs out:")?;
                if let Some(days) = days_left {
                    let days = Counted(days.into(), "day");
                    write!(f, " {days} {} left", days.is())?;
                }
                let and = if days_left.is_some() { " and" } else { "" };
                licences_left.map_or(Ok(()), |left| {
                    let licences = Counted(left, "device licence");
                    write!(f, "{and} {licences} {} left", licences.is())
                })
            }
            Self::Blocking { expired, exhausted } => {
                let why = match (expired, exhausted) {
                    (true, true) => "it has ended, and no device licence is left",
                    (true, false) => "it has ended: renew it",
                    _ => "no device licence is left: buy some",
                };
                write!(f, "the token of Apps and Books blocks devices: {why}")
            }
        }
    }
}
