//! `/profile/devices`: giving profiles to devices and taking them away.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::device::{ProfileState, ProfileStatus, Trouble};
use super::organisation::ChangeKind;
use super::service::{Call, Refused, Reply};
use super::settings::UnknownProfile;
use super::world::World;

/// What became of one serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    NotAccessible,
    Failed,
    Throttled(DateTime<Utc>),
}

impl Outcome {
    /// Apple's word; a client that does not know `THROTTLED` is told `FAILED` (Apple does not document what it tells).
    pub(super) fn word(self, protocol: u8) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::NotAccessible => "NOT_ACCESSIBLE",
            Self::Throttled(_) if protocol >= 9 => "THROTTLED",
            Self::Failed | Self::Throttled(_) => "FAILED",
        }
    }
}

impl World {
    pub(super) fn answer_assign(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        let uuid = body.text("profile_uuid")?.filter(|uuid| !uuid.is_empty());
        let uuid = uuid.ok_or(Refused::bad("PROFILE_UUID_REQUIRED"))?;
        let serials = body.serials()?;
        if !self.caller(call)?.profiles.contains_key(uuid) {
            return Err(match self.settings.unknown_profile {
                UnknownProfile::Documented | UnknownProfile::Observed => Refused::new(404, "NOT_FOUND"),
                UnknownProfile::Legacy => Refused::bad("PROFILE_NOT_FOUND"),
            });
        }
        let mut outcomes = BTreeMap::new();
        for serial in serials {
            if !outcomes.contains_key(serial) {
                outcomes.insert(serial, self.give_profile(&call.server, serial, uuid));
            }
        }
        let waits = outcomes.values().filter_map(|outcome| match outcome {
            Outcome::Throttled(until) => Some((*until - self.now).num_seconds().max(1)),
            _ => None,
        });
        let wait = waits.max().filter(|_| call.protocol >= 10);
        let words: BTreeMap<&str, &str> =
            outcomes.iter().map(|(serial, outcome)| (*serial, outcome.word(call.protocol))).collect();
        Reply::json(&match wait {
            None => json!({ "profile_uuid": uuid, "devices": words }),
            Some(seconds) => json!({ "profile_uuid": uuid, "devices": words, "retry_after_seconds": seconds }),
        })
    }

    /// `profile_uuid` in the body is not looked at, as far as is known of Apple's service.
    pub(super) fn remove_profile(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        body.text("profile_uuid")?;
        let mut words = BTreeMap::new();
        for serial in body.serials()? {
            words.insert(serial, self.take_profile(&call.server, serial).word(1));
        }
        Reply::json(&json!({ "devices": words }))
    }

    pub(super) fn give_profile(&mut self, server: &str, serial: &str, uuid: &str) -> Outcome {
        let now = self.now;
        let throttled = self.after(self.settings.throttle_seconds);
        let window = TimeDelta::seconds(i64::from(self.settings.throttle_seconds));
        let bound = self.settings.throttle_after;
        let Some(device) = self.devices.get_mut(serial).filter(|device| device.is_accessible(server)) else {
            return Outcome::NotAccessible;
        };
        match device.trouble {
            Some(Trouble::Failing) => return Outcome::Failed,
            Some(Trouble::Throttled { until }) if until > now => return Outcome::Throttled(until),
            Some(Trouble::Throttled { .. }) => device.trouble = None,
            Some(Trouble::NotAccessible) | None => {}
        }
        if let Some(bound) = bound {
            device.assignments.retain(|at| now - *at < window);
            if device.assignments.len() >= usize::try_from(bound).unwrap_or(usize::MAX) {
                device.trouble = Some(Trouble::Throttled { until: throttled });
                return Outcome::Throttled(throttled);
            }
            device.assignments.push(now);
        }
        device.profile = ProfileState {
            status: ProfileStatus::Assigned,
            uuid: Some(uuid.to_owned()),
            assigned: Some(now),
            pushed: None,
        };
        self.record_change(server, serial, ChangeKind::Modified);
        Outcome::Success
    }

    fn take_profile(&mut self, server: &str, serial: &str) -> Outcome {
        let Some(device) = self.devices.get_mut(serial).filter(|device| device.is_accessible(server)) else {
            return Outcome::NotAccessible;
        };
        if device.trouble == Some(Trouble::Failing) {
            return Outcome::Failed;
        }
        if device.profile.uuid.is_some() {
            device.profile = ProfileState { status: ProfileStatus::Removed, ..ProfileState::default() };
            self.record_change(server, serial, ChangeKind::Modified);
        }
        Outcome::Success
    }
}
