//! One profile to many devices, once and without a plan.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::outcome::Outcome;
use crate::api::{AssignProfile, AssignProfileResponse, DeviceStatus};
use crate::error::Error;
use crate::id::{ProfileUuid, SerialNumber};

/// The assignment of one profile to many devices, as a machine: it hands out one request at a time, and takes the answers.
///
/// The one rule: *every serial number that goes in comes out in the [report](AssignReport), exactly once*, whatever the
/// answers hold and wherever it is broken off.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use apple_ade::api::AssignProfileResponse;
/// use apple_ade::assign::{Assignment, Outcome};
///
/// let serials = ["C02T0HL0GGC0".parse()?, "C02T0HL0GGC1".parse()?, "C02T0HL0GGC0".parse()?];
/// let mut assignment = Assignment::new("C1F123098EB5074580041E69883004C3".parse()?, serials, 1000);
/// let request = assignment.next().ok_or("there is a batch")?;
/// assert_eq!(request.devices.len(), 2);
///
/// let answer: apple_ade::json::RawJson = r#"{"devices":{"C02T0HL0GGC0":"SUCCESS"}}"#.parse()?;
/// assignment.receive(&answer.read::<AssignProfileResponse>()?);
/// assert_eq!(assignment.next(), None);
///
/// let report = assignment.finish();
/// assert_eq!(report.get("C02T0HL0GGC0"), Some(&Outcome::Success));
/// assert_eq!(report.get("C02T0HL0GGC1"), Some(&Outcome::Unanswered));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Assignment {
    batch_size: usize,
    waiting: VecDeque<SerialNumber>,
    out: Vec<SerialNumber>,
    report: AssignReport,
}

/// One outcome for each serial number.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssignReport {
    /// The profile.
    pub profile_uuid: ProfileUuid,
    /// The outcomes.
    pub outcomes: BTreeMap<SerialNumber, Outcome>,
}

/// The assignment was broken off. What had been done is in the report.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the assignment was broken off after {} of {} devices: {error}", report.count(&Outcome::Success), report.outcomes.len())]
#[non_exhaustive]
pub struct AssignError {
    /// What had become of each device.
    pub report: Box<AssignReport>,
    /// What broke it off.
    pub error: Error,
}

impl Assignment {
    /// Assigns a profile to devices, with at most `batch_size` of them in a request (0 counts as 1); a serial number that is
    /// named twice counts once. [`AccountDetail::batch_size`](crate::api::AccountDetail::batch_size) is what Apple allows.
    pub fn new(profile_uuid: ProfileUuid, serials: impl IntoIterator<Item = SerialNumber>, batch_size: u32) -> Self {
        let mut seen = BTreeSet::new();
        let waiting = serials.into_iter().filter(|serial| seen.insert(serial.clone())).collect();
        Self {
            batch_size: usize::try_from(batch_size).unwrap_or(usize::MAX).max(1),
            waiting,
            out: Vec::new(),
            report: AssignReport { profile_uuid, outcomes: BTreeMap::new() },
        }
    }

    /// The next request; the same one again as long as its answer has not come. `None` when every device has its outcome.
    #[expect(clippy::should_implement_trait, reason = "it is no iterator: each request wants its answer first")]
    pub fn next(&mut self) -> Option<AssignProfile> {
        if self.out.is_empty() {
            let batch = self.batch_size.min(self.waiting.len());
            self.out = self.waiting.drain(..batch).collect();
        }
        (!self.out.is_empty()).then(|| AssignProfile::new(self.report.profile_uuid.clone(), self.out.iter().cloned()))
    }

    /// Takes the answer to the request that is out.
    pub fn receive(&mut self, response: &AssignProfileResponse) {
        let retry_after = response.retry_after_seconds.map(Duration::from_secs);
        let statuses = response.devices.as_ref();
        for serial in std::mem::take(&mut self.out) {
            let outcome = match statuses.and_then(|statuses| statuses.get(&serial)) {
                Some(DeviceStatus::Success) => Outcome::Success,
                Some(DeviceStatus::NotAccessible | DeviceStatus::NotFound) => Outcome::NotAccessible,
                Some(DeviceStatus::Failed) => Outcome::Failed,
                Some(DeviceStatus::Throttled) => Outcome::Throttled { retry_after },
                Some(other) => Outcome::Other(other.clone()),
                None => Outcome::Unanswered,
            };
            self.report.outcomes.insert(serial, outcome);
        }
    }

    /// Ends the assignment. Where it was not complete, the rest is [`InDoubt`](Outcome::InDoubt) if its request was out, and
    /// [`NotAssigned`](Outcome::NotAssigned) if not.
    pub fn finish(mut self) -> AssignReport {
        self.close(&Outcome::InDoubt);
        self.report
    }

    /// Ends the assignment because its request failed.
    pub fn fail(mut self, error: Error) -> AssignError {
        // A refusal says that nothing was done; of an answer that was lost on the way nobody knows.
        self.close(match error {
            Error::Refused(_) | Error::Request(_) => &Outcome::NotAssigned,
            _ => &Outcome::InDoubt,
        });
        AssignError { report: Box::new(self.report), error }
    }

    fn close(&mut self, of_those_out: &Outcome) {
        for serial in std::mem::take(&mut self.out) {
            self.report.outcomes.insert(serial, of_those_out.clone());
        }
        for serial in std::mem::take(&mut self.waiting) {
            self.report.outcomes.insert(serial, Outcome::NotAssigned);
        }
    }
}

impl AssignReport {
    /// The outcome of a device.
    pub fn get(&self, serial: &str) -> Option<&Outcome> {
        self.outcomes.get(serial)
    }

    /// How many devices had this outcome.
    pub fn count(&self, outcome: &Outcome) -> usize {
        self.outcomes.values().filter(|other| *other == outcome).count()
    }

    /// The devices that had an outcome for which `choose` is true.
    pub fn serials(&self, choose: impl Fn(&Outcome) -> bool) -> impl Iterator<Item = &SerialNumber> {
        self.outcomes.iter().filter(move |(_, outcome)| choose(outcome)).map(|(serial, _)| serial)
    }
}

impl From<AssignError> for Error {
    /// Keeps the error and gives up the report.
    fn from(error: AssignError) -> Self {
        error.error
    }
}
