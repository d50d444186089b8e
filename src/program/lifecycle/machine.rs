use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::contact::ContactState;
use super::event::{Consequence, Event, LifecycleError};
use super::state::{AtApple, OnDevice, ProfileAtApple, State};
use crate::program::sign_in::EnrollmentKind;

/// Where a device is in its life. To be stored with the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    pub(super) at_apple: AtApple,
    pub(super) on_device: OnDevice,
    pub(super) deleted_here: bool,
    pub(super) contact: ContactState,
    pub(super) last: DateTime<Utc>,
}

/// How long a released device is shown: 30 to 45 days (DEV-7, X-25). The documentation says both; the caller chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Retention(u32);

/// A number of days that is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a released device is shown for 30 to 45 days, not {found}: {nearest} is nearest")]
#[non_exhaustive]
pub struct RetentionError {
    /// What was said.
    pub found: u32,
    /// The nearest number that is in range.
    pub nearest: u32,
}

impl Retention {
    /// The shortest.
    pub const SHORTEST: Self = Self(30);
    /// The longest.
    pub const LONGEST: Self = Self(45);

    /// So many days.
    ///
    /// # Errors
    ///
    /// [`RetentionError`] below 30 and above 45.
    pub fn days(days: u32) -> Result<Self, RetentionError> {
        let nearest = days.clamp(Self::SHORTEST.0, Self::LONGEST.0);
        if days == nearest { Ok(Self(days)) } else { Err(RetentionError { found: days, nearest }) }
    }

    /// As a length of time.
    pub fn length(self) -> TimeDelta {
        TimeDelta::days(self.0.into())
    }
}

impl TryFrom<u32> for Retention {
    type Error = RetentionError;

    fn try_from(days: u32) -> Result<Self, RetentionError> {
        Self::days(days)
    }
}

impl From<Retention> for u32 {
    fn from(retention: Retention) -> Self {
        retention.0
    }
}

impl Lifecycle {
    /// A device that Apple lists for the first time: new, without a profile, not contacted (DEV-4).
    pub fn listed(now: DateTime<Utc>) -> Self {
        Self {
            at_apple: AtApple::Listed { profile: ProfileAtApple::None },
            on_device: OnDevice::New,
            deleted_here: false,
            contact: ContactState::NotContacted,
            last: now,
        }
    }

    /// Where it stands, in the documents' words.
    pub fn state(&self) -> State {
        let profile = match self.at_apple {
            AtApple::Released { .. } if self.deleted_here => return State::Gone,
            AtApple::Released { .. } => return State::Released,
            AtApple::Listed { .. } if self.deleted_here => return State::DeletedHere,
            AtApple::Listed { profile } => profile,
        };
        match (self.on_device, profile) {
            (OnDevice::New, ProfileAtApple::None) => State::Unassigned,
            (OnDevice::New, _) => State::Assigned,
            (OnDevice::Erased, _) => State::Erased,
            (OnDevice::Enrolling, _) => State::Pushed,
            (OnDevice::Enrolled { outdated: false, .. }, _) => State::Enrolled,
            (OnDevice::Unmanaged, ProfileAtApple::None) => State::Unmanaged,
            (OnDevice::Enrolled { outdated: true, .. } | OnDevice::Unmanaged, _) => State::PendingReset,
            (OnDevice::Blocked { .. }, _) => State::Blocked,
            (OnDevice::Failed, _) => State::Failed,
        }
    }

    /// What Apple says.
    pub fn at_apple(&self) -> AtApple {
        self.at_apple
    }

    /// What the device does.
    pub fn on_device(&self) -> OnDevice {
        self.on_device
    }

    /// Whether it was ever set up since it is known (DEV-4, LIF-8).
    pub fn contact(&self) -> ContactState {
        self.contact
    }

    /// Whether the MDM manages it now.
    pub fn is_managed(&self) -> bool {
        matches!(self.on_device, OnDevice::Enrolled { .. })
    }

    /// Whether a released device is to be deleted now (DEV-7). It may be deleted by hand before (DEV-9).
    pub fn is_over(&self, retention: Retention, now: DateTime<Utc>) -> bool {
        match self.at_apple {
            AtApple::Released { since } => now.signed_duration_since(since) >= retention.length(),
            AtApple::Listed { .. } => false,
        }
    }

    /// Takes what happened, and says what follows.
    ///
    /// # Errors
    ///
    /// [`LifecycleError`]; nothing has changed.
    pub fn take(&mut self, event: Event, at: DateTime<Utc>) -> Result<Option<Consequence>, LifecycleError> {
        if at < self.last {
            return Err(LifecycleError::Earlier { at, last: self.last });
        }
        let refused = LifecycleError::OutOfOrder { state: self.state(), event };
        let (next, consequence) = self.after(event, at).ok_or(refused)?;
        *self = Self { last: at, ..next };
        Ok(consequence)
    }

    /// Sets right what a clock has left behind that was ahead: no time is after `now` any more. Without it such a device takes no event
    /// until that time has come.
    pub fn set_clock_back(&mut self, now: DateTime<Utc>) {
        self.last = self.last.min(now);
        if let AtApple::Released { since } = &mut self.at_apple {
            *since = (*since).min(now);
        }
    }

    /// The device after an event; `None` where it has no place.
    fn after(mut self, event: Event, at: DateTime<Utc>) -> Option<(Self, Option<Consequence>)> {
        if self.state() == State::Gone && event != Event::Listed {
            return None;
        }
        let consequence = match event {
            Event::Listed => self.listed_again(),
            Event::Released => {
                if let AtApple::Released { .. } = self.at_apple {
                    return None;
                }
                self.at_apple = AtApple::Released { since: at };
                None
            }
            Event::ProfileAssigned => Some(self.assigned()?),
            Event::ProfileRemoved => {
                self.with_profile(ProfileAtApple::None)?;
                // There is nothing any more that a wipe would bring.
                if let OnDevice::Enrolled { outdated, .. } = &mut self.on_device {
                    *outdated = false;
                }
                None
            }
            Event::DeletedHere => {
                if self.deleted_here {
                    return None;
                }
                self.deleted_here = true;
                matches!(self.at_apple, AtApple::Listed { .. }).then_some(Consequence::WillReappear)
            }
            event => {
                let (next, consequence) = self.on_the_device(event)?;
                self.on_device = next;
                consequence
            }
        };
        Some((self, consequence))
    }

    fn listed_again(&mut self) -> Option<Consequence> {
        let was_away = self.deleted_here || matches!(self.at_apple, AtApple::Released { .. });
        self.deleted_here = false;
        if let AtApple::Released { .. } = self.at_apple {
            // Apple keeps no profile through a release.
            self.at_apple = AtApple::Listed { profile: ProfileAtApple::None };
        }
        was_away.then_some(Consequence::Reappeared)
    }

    /// The state of the profile at Apple, if it lists the device.
    fn with_profile(&mut self, profile: ProfileAtApple) -> Option<()> {
        match &mut self.at_apple {
            AtApple::Listed { profile: old } => {
                *old = profile;
                Some(())
            }
            AtApple::Released { .. } => None,
        }
    }

    fn assigned(&mut self) -> Option<Consequence> {
        self.with_profile(ProfileAtApple::Assigned)?;
        Some(match &mut self.on_device {
            OnDevice::New | OnDevice::Erased => Consequence::TakesEffectAtSetUp,
            OnDevice::Enrolled { by: EnrollmentKind::UserInitiated, .. } => {
                self.on_device = OnDevice::Unmanaged;
                Consequence::Unenrolled
            }
            OnDevice::Enrolled { outdated, .. } => {
                *outdated = true;
                Consequence::NeedsWipe
            }
            OnDevice::Enrolling | OnDevice::Unmanaged | OnDevice::Blocked { .. } | OnDevice::Failed => {
                Consequence::NeedsWipe
            }
        })
    }

    /// What happens on the device itself.
    fn on_the_device(&mut self, event: Event) -> Option<(OnDevice, Option<Consequence>)> {
        Some(match (self.on_device, event) {
            (OnDevice::New | OnDevice::Erased, Event::SetUp) => {
                self.contact = ContactState::Contacted;
                match self.at_apple {
                    AtApple::Listed { profile: ProfileAtApple::Assigned | ProfileAtApple::Pushed } => {
                        self.with_profile(ProfileAtApple::Pushed);
                        (OnDevice::Enrolling, None)
                    }
                    _ => (OnDevice::Unmanaged, Some(Consequence::NotManaged)),
                }
            }
            // Setup Assistant lets the user try again after a failure, without a wipe.
            (OnDevice::Enrolling | OnDevice::Blocked { .. } | OnDevice::Failed, Event::EnrollmentCompleted) => {
                // Another profile may have been assigned meanwhile.
                let outdated = self.at_apple == AtApple::Listed { profile: ProfileAtApple::Assigned };
                (OnDevice::Enrolled { by: EnrollmentKind::Automated, outdated }, None)
            }
            // Tries may end in different ways, one after the other.
            (OnDevice::Enrolling | OnDevice::Blocked { .. } | OnDevice::Failed, Event::EnrollmentBlocked { by }) => {
                (OnDevice::Blocked { by }, None)
            }
            (OnDevice::Enrolling | OnDevice::Blocked { .. } | OnDevice::Failed, Event::EnrollmentFailed) => {
                (OnDevice::Failed, None)
            }
            // A device may have been set up and enrolled before Apple listed it here.
            (OnDevice::New | OnDevice::Erased | OnDevice::Unmanaged | OnDevice::Failed, Event::EnrolledByUser) => {
                self.contact = ContactState::Contacted;
                (OnDevice::Enrolled { by: EnrollmentKind::UserInitiated, outdated: false }, None)
            }
            (OnDevice::Enrolled { .. }, Event::Retired) => (OnDevice::Unmanaged, None),
            (OnDevice::Enrolled { .. }, Event::RemovedOnDevice) => {
                (OnDevice::Unmanaged, Some(Consequence::RetireFromConsole))
            }
            (OnDevice::New, Event::Erased) => (OnDevice::New, None),
            (_, Event::Erased) => (OnDevice::Erased, None),
            _ => return None,
        })
    }
}
