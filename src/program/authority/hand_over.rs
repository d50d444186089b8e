use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Serialize};

use super::choice::Authority;
use super::reset::{ResetRequest, ResetRoute, Tenant};

/// The most working days that support takes for a reset; one is usual (AUT-13).
pub const RESET_MOST_WORKING_DAYS: u32 = 3;

/// By when support answers what it is asked on a day: three working days later, Saturdays and Sundays left out (AUT-13). Public holidays
/// are not known here.
///
/// ```
/// use apple_ade::program::authority::answer_due;
/// use chrono::NaiveDate;
///
/// let thursday = NaiveDate::from_ymd_opt(2017, 5, 18).ok_or("a date")?;
/// assert_eq!(answer_due(thursday), NaiveDate::from_ymd_opt(2017, 5, 23));
/// # Ok::<(), &str>(())
/// ```
pub fn answer_due(asked: NaiveDate) -> Option<NaiveDate> {
    let mut day = asked;
    let mut left = RESET_MOST_WORKING_DAYS;
    while left > 0 {
        day = day.checked_add_days(Days::new(1))?;
        if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            left = left.saturating_sub(1);
        }
    }
    Some(day)
}

/// A hand-over of the authority by support, as a machine that can be stored.
///
/// From the request on nothing may be configured until support confirms: a subscription that is set up early may corrupt data (AUT-14).
///
/// ```
/// # use apple_ade::program::authority::*;
/// # use std::collections::BTreeSet;
/// # let done: BTreeSet<_> = checklists(ResetRoute::IntuneToConfigurationManager, false).into_iter().flat_map(|l| l.items).collect();
/// # let target = Choice::new(Authority::ConfigurationManager).tick().yes();
/// # let request = ResetRequest::new("example.org".parse()?, &Authority::Intune, &target, false, &done)?;
/// let mut hand_over = HandOver::ask(&request, "2017-05-31T08:00:00Z".parse()?);
/// assert!(hand_over.may_configure().is_err());
/// hand_over.confirm("2017-06-01T10:00:00Z".parse()?)?;
/// assert!(hand_over.may_configure().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    tenant: Tenant,
    route: ResetRoute,
    phase: Phase,
}

/// Where a hand-over stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Phase {
    /// Support works, and everything is frozen (AUT-14).
    Frozen {
        /// Since when.
        asked: DateTime<Utc>,
    },
    /// Support has confirmed.
    Confirmed {
        /// When.
        at: DateTime<Utc>,
    },
    /// Support has refused, or the request was taken back: the authority is where it was.
    Ended {
        /// When.
        at: DateTime<Utc>,
    },
}

/// Why a step of a hand-over is not taken. The hand-over is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandOverError {
    /// Support has not confirmed yet (AUT-14).
    #[error(
        "support has been asked on {asked} and has not confirmed yet: configure nothing until then, for data may be corrupted"
    )]
    Frozen {
        /// When it was asked.
        asked: DateTime<Utc>,
    },
    /// The hand-over has ended without the new authority.
    #[error("the hand-over ended on {at} without a change of the authority: ask anew")]
    Ended {
        /// When.
        at: DateTime<Utc>,
    },
    /// It was confirmed before.
    #[error("support has confirmed on {at} already")]
    AlreadyConfirmed {
        /// When.
        at: DateTime<Utc>,
    },
}

impl HandOver {
    /// Support is asked.
    pub fn ask(request: &ResetRequest, now: DateTime<Utc>) -> Self {
        let (tenant, route) = (request.tenant().clone(), request.route());
        Self { tenant, route, phase: Phase::Frozen { asked: now } }
    }

    /// Support confirms.
    ///
    /// # Errors
    ///
    /// [`HandOverError`] if it has confirmed, or the hand-over has ended.
    pub fn confirm(&mut self, now: DateTime<Utc>) -> Result<(), HandOverError> {
        self.leave_frozen(now, |at| Phase::Confirmed { at })
    }

    /// Support refuses, or the request is taken back.
    ///
    /// # Errors
    ///
    /// [`HandOverError`] if it has confirmed, or the hand-over has ended.
    pub fn end(&mut self, now: DateTime<Utc>) -> Result<(), HandOverError> {
        self.leave_frozen(now, |at| Phase::Ended { at })
    }

    fn leave_frozen(&mut self, now: DateTime<Utc>, to: fn(DateTime<Utc>) -> Phase) -> Result<(), HandOverError> {
        match self.phase {
            // Nobody answers before being asked, whatever a clock says.
            Phase::Frozen { asked } => self.phase = to(now.max(asked)),
            Phase::Confirmed { at } => return Err(HandOverError::AlreadyConfirmed { at }),
            Phase::Ended { at } => return Err(HandOverError::Ended { at }),
        }
        Ok(())
    }

    /// Whether the subscription of the new authority may be configured (AUT-14).
    ///
    /// # Errors
    ///
    /// [`HandOverError`] says why not.
    pub fn may_configure(&self) -> Result<(), HandOverError> {
        match self.phase {
            Phase::Confirmed { .. } => Ok(()),
            Phase::Frozen { asked } => Err(HandOverError::Frozen { asked }),
            Phase::Ended { at } => Err(HandOverError::Ended { at }),
        }
    }

    /// Whether support is late: more than three working days have passed since it was asked (AUT-13).
    pub fn is_late(&self, now: DateTime<Utc>) -> bool {
        match self.phase {
            Phase::Frozen { asked } => answer_due(asked.date_naive()).is_some_and(|due| now.date_naive() > due),
            Phase::Confirmed { .. } | Phase::Ended { .. } => false,
        }
    }

    /// Who has the authority once support has confirmed.
    pub fn target(&self) -> Authority {
        self.route.target()
    }

    /// The tenant.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }
}
