//! A profile for every device that has none. What came of each is stored; a crash repeats a batch and loses none, since to be given the
//! same profile twice is to have it.

use std::time::Duration;

use apple_ade::assign::{AssignError, Outcome};
use apple_ade::error::{Advice, BoxError};
use apple_ade::id::{ProfileUuid, SerialNumber};
use chrono::{DateTime, TimeDelta, Utc};

use super::job::Job;
use super::wanted::Wanted;
use crate::store::{Database, Given};
use crate::thousands::thousands;

/// How long a throttled device is left alone where Apple names no time.
const THROTTLED: TimeDelta = TimeDelta::hours(24);
/// How long a device is left alone that Apple failed on.
const AFTER_FAILURE: TimeDelta = TimeDelta::minutes(10);

/// What a pass has come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) asked: u64,
    pub(crate) assigned: u64,
}

impl<D: Database> Job<'_, D> {
    /// Goes once through the devices that have no profile, and may be given one now; each is asked for once.
    pub(crate) fn assign(&mut self, wanted: &Wanted) -> Result<Pass, BoxError> {
        let mut pass = Pass::default();
        let (mut after, mut profile, mut most) = (String::new(), None, 0);
        while !self.stop.is_set() {
            if profile.is_none() {
                if self.store.without_profile(self.lease.token(), &after, 1)?.is_empty() {
                    break;
                }
                most = self.ade.account()?.batch_size();
                profile = Some(self.define(wanted)?);
            }
            let Some(profile) = &profile else { break };
            let serials = self.store.without_profile(self.lease.token(), &after, most)?;
            let Some(last) = serials.last() else { break };
            after.clone_from(last);
            pass.asked += serials.len() as u64;
            pass.assigned += self.batch(wanted, profile, &serials)?;
        }
        if pass.asked > 0 {
            let left = self.store.outcomes(self.lease.token())?;
            let mut parts = vec![format!("{} of {}", thousands(pass.assigned), thousands(pass.asked))];
            for (count, what) in [
                (left.later, "to be tried again"),
                (left.parked, "not on this server, says Apple"),
                (left.for_support, "failed three times, for Apple's support"),
            ] {
                if count > 0 {
                    parts.push(format!("{} {what}", thousands(count)));
                }
            }
            self.console.line("assigned", parts.join(", "))?;
        }
        Ok(pass)
    }

    /// Gives a batch the profile, and stores what came of it.
    fn batch(&mut self, wanted: &Wanted, profile: &ProfileUuid, serials: &[String]) -> Result<u64, BoxError> {
        self.store.renew(self.lease)?;
        let devices = serials.iter().map(|serial| serial.parse::<SerialNumber>()).collect::<Result<Vec<_>, _>>()?;
        let (report, error) = match self.ade.assign(profile.clone(), devices) {
            Ok(report) => (report, None),
            Err(AssignError { report, error, .. }) => (*report, Some(error)),
        };
        let now = self.store.now()?;
        let given =
            report.outcomes.iter().filter_map(|(serial, outcome)| Some((serial.to_string(), of(outcome, now)?)));
        let given: Vec<(String, Given)> = given.collect();
        self.store.given(self.lease, profile.as_str(), &given)?;
        match error {
            None => Ok(given.iter().filter(|(_, given)| *given == Given::Assigned).count() as u64),
            Some(error) => {
                if error.advice() == Advice::DefineProfileAgain {
                    self.store.define(self.lease, &wanted.fingerprint, None)?;
                }
                Err(error.into())
            }
        }
    }

    /// The profile at Apple: the one that was defined from this text before, or a new one.
    fn define(&mut self, wanted: &Wanted) -> Result<ProfileUuid, BoxError> {
        if let Some(uuid) = self.store.defined(self.lease.token(), &wanted.fingerprint)? {
            return Ok(uuid.parse()?);
        }
        let uuid = self.ade.define_profile(&wanted.profile)?.profile_uuid;
        self.store.define(self.lease, &wanted.fingerprint, Some(uuid.as_str()))?;
        let name = wanted.profile.profile_name.as_deref().unwrap_or_default();
        self.console.line("profile", format_args!("{name:?} defined as {uuid}"))?;
        Ok(uuid)
    }
}

/// When a device may be tried again; `None` if nothing is known of it.
fn of(outcome: &Outcome, now: DateTime<Utc>) -> Option<Given> {
    Some(match outcome {
        Outcome::Success => Given::Assigned,
        Outcome::NotAccessible => Given::Parked,
        Outcome::Throttled { retry_after } => {
            Given::Later { not_before: now + retry_after.map_or(THROTTLED, span), counts: false }
        }
        // The request as a whole was not answered, or not sent: the same batch again.
        Outcome::InDoubt | Outcome::NotAssigned => return None,
        _ => Given::Later { not_before: now + AFTER_FAILURE, counts: true },
    })
}

/// A month at most.
fn span(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(THROTTLED).min(TimeDelta::days(30))
}
