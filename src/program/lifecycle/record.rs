//! Apple's record of a device, taken as what has happened to it.

use chrono::{DateTime, Utc};

use super::event::{Consequence, Event, LifecycleError};
use super::machine::Lifecycle;
use super::state::{AtApple, OnDevice, ProfileAtApple};
use crate::api::{Device, OpType, ProfileStatus};

impl Lifecycle {
    /// A device as Apple's record describes it that is seen for the first time (DEV-1, DEV-4): with its profile, and as contacted where it
    /// has fetched that. What it has done since, the MDM does not know.
    ///
    /// ```
    /// use apple_ade::api::{Device, ProfileStatus};
    /// use apple_ade::program::lifecycle::{Lifecycle, State};
    ///
    /// let now = "2026-11-22T08:00:00Z".parse()?;
    /// let mut device = Device::new("C02T0HL0GGC0".parse()?);
    /// device.profile_status = Some(ProfileStatus::Assigned);
    /// let mut life = Lifecycle::of_record(&device, now);
    /// assert_eq!(life.state(), State::Assigned);
    ///
    /// // The next sync tells that it has been switched on.
    /// device.profile_status = Some(ProfileStatus::Pushed);
    /// life.take_record(&device, now)?;
    /// assert_eq!(life.state(), State::Pushed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_record(device: &Device, now: DateTime<Utc>) -> Self {
        let mut life = Self::listed(now);
        // Nothing is out of order for a device of which nothing is known.
        drop(life.take_record(device, now));
        life
    }

    /// Takes a record of a page of `POST /server/devices` or `POST /devices/sync`, and says what follows: the [events](Event) that lie between
    /// what was known and what Apple says.
    ///
    /// | the record | what has happened |
    /// |---|---|
    /// | `op_type` is `deleted` | [`Released`](Event::Released) |
    /// | it was released, or deleted here | [`Listed`](Event::Listed) |
    /// | `profile_status` is `empty` or `removed`, and it had a profile | [`ProfileRemoved`](Event::ProfileRemoved) |
    /// | `assigned`, and it had none, or had fetched another | [`ProfileAssigned`](Event::ProfileAssigned) |
    /// | `pushed`, and it had not fetched it | [`SetUp`](Event::SetUp), after an [`Erased`](Event::Erased) where it was in use and a [`ProfileAssigned`](Event::ProfileAssigned) where it had none |
    ///
    /// A record that says nothing new is no event. A device that was erased and set up again between two records leaves no trace in them; its
    /// enrollment tells. What the MDM did itself it takes first, as an event: a record that agrees with it changes nothing.
    ///
    /// `at` is when the page was received, also where the record has an `op_date`: what the MDM did itself may lie between the two. A device
    /// has been away [since](AtApple::Released) its `op_date`. What follows is what follows from the record as a whole: a device that has just
    /// been set up with its profile needs no wipe.
    ///
    /// # Errors
    ///
    /// [`LifecycleError::Earlier`]; nothing has changed.
    pub fn take_record(&mut self, device: &Device, at: DateTime<Utc>) -> Result<Vec<Consequence>, LifecycleError> {
        if at < self.last {
            return Err(LifecycleError::Earlier { at, last: self.last });
        }
        // A record that says nothing new is news all the same: an older one that comes after it is late.
        let (mut next, mut told) = (Self { last: at, ..*self }, Vec::new());
        let events = self.between(device);
        // What a profile would have needed to take effect has happened.
        let is_set_up = events.contains(&Event::SetUp);
        for event in events {
            let consequence = next.take(event, at)?;
            told.extend(consequence.filter(|told| !is_set_up || *told != Consequence::TakesEffectAtSetUp));
        }
        if let (AtApple::Released { since }, Some(date), AtApple::Listed { .. }) =
            (&mut next.at_apple, device.op_date, self.at_apple)
        {
            *since = date.min(at);
        }
        *self = next;
        Ok(told)
    }

    /// What lies between what is known and the record, in its order.
    fn between(&self, device: &Device) -> Vec<Event> {
        let (is_listed, profile) = match self.at_apple {
            AtApple::Listed { profile } => (true, profile),
            // Apple keeps no profile through a release.
            AtApple::Released { .. } => (false, ProfileAtApple::None),
        };
        if device.op_type == Some(OpType::Deleted) {
            return if is_listed { vec![Event::Released] } else { Vec::new() };
        }
        let mut events = Vec::new();
        if !is_listed || self.deleted_here {
            events.push(Event::Listed);
        }
        match device.profile_status {
            Some(ProfileStatus::Empty | ProfileStatus::Removed) if profile != ProfileAtApple::None => {
                events.push(Event::ProfileRemoved);
            }
            Some(ProfileStatus::Assigned) if profile != ProfileAtApple::Assigned => {
                events.push(Event::ProfileAssigned);
            }
            Some(ProfileStatus::Pushed) if profile != ProfileAtApple::Pushed => {
                // A profile is fetched when a device is set up, and at no other time (LIF-1, LIF-2).
                if !matches!(self.on_device, OnDevice::New | OnDevice::Erased) {
                    events.push(Event::Erased);
                }
                if profile == ProfileAtApple::None {
                    events.push(Event::ProfileAssigned);
                }
                events.push(Event::SetUp);
            }
            _ => {}
        }
        events
    }
}
