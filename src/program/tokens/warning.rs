use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::token::TokenExpiry;

/// How long before the end of a token somebody is to be told (TOK-12).
///
/// The documentation names no lead time. The default is 60, 30, 14, 7, 3 and 1 days: a renewal needs a person with the right role in
/// Apple's portal, who may be away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarnAt(Vec<TimeDelta>);

/// Somebody is to be told now that a token ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ExpiryWarning {
    /// When the token ends.
    pub expiry: TokenExpiry,
    /// When this was due. Store it: the next warning comes with the next threshold.
    pub due: DateTime<Utc>,
    /// Whether it has ended already.
    pub expired: bool,
}

impl Default for WarnAt {
    fn default() -> Self {
        Self::new([60, 30, 14, 7, 3, 1].map(TimeDelta::days))
    }
}

impl WarnAt {
    /// Thresholds in any order; those that are not before the end are left out. The end itself always is one.
    pub fn new(before: impl IntoIterator<Item = TimeDelta>) -> Self {
        let mut before: Vec<TimeDelta> = before.into_iter().filter(|time| *time > TimeDelta::zero()).collect();
        before.push(TimeDelta::zero());
        before.sort_unstable_by(|a, b| b.cmp(a));
        before.dedup();
        Self(before)
    }

    /// The warning that is due and was not given yet; `last` is the one that was given last for this token. Of several that are due
    /// only the latest counts, so that nobody is told twice after an outage. For a renewed token all begins anew.
    ///
    /// ```
    /// use apple_ade::program::tokens::WarnAt;
    /// use apple_ade::token::TokenExpiry;
    ///
    /// let expiry = TokenExpiry::new("2027-11-22T08:00:00Z".parse()?);
    /// let warn = WarnAt::default();
    /// assert_eq!(warn.due(expiry, "2027-09-01T00:00:00Z".parse()?, None), None);
    /// let first = warn.due(expiry, "2027-11-10T00:00:00Z".parse()?, None).ok_or("14 days before is over")?;
    /// assert_eq!(warn.due(expiry, "2027-11-11T00:00:00Z".parse()?, Some(&first)), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn due(&self, expiry: TokenExpiry, now: DateTime<Utc>, last: Option<&ExpiryWarning>) -> Option<ExpiryWarning> {
        let times = self.0.iter().filter_map(|before| expiry.at().checked_sub_signed(*before));
        let due = times.take_while(|time| *time <= now).last()?;
        let given = last.filter(|last| last.expiry == expiry).is_some_and(|last| last.due >= due);
        (!given).then_some(ExpiryWarning { expiry, due, expired: expiry.at() <= now })
    }

    /// When to look again: the next threshold after `now`; `None` after the end.
    pub fn next(&self, expiry: TokenExpiry, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.0.iter().filter_map(|before| expiry.at().checked_sub_signed(*before)).find(|time| *time > now)
    }
}

impl fmt::Display for ExpiryWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.expired { "ended" } else { "ends" };
        write!(f, "the server token {verb} on {}: renew it in Apple's portal and here", self.expiry)
    }
}
