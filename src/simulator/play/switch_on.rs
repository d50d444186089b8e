use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::body::Body;
use super::super::device::ProfileStatus;
use super::super::profile_rules::check;
use super::super::world::World;
use super::{SimulatedDevice, Stage};

/// Why a device cannot be switched on so that it enrolls.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SwitchOnError {
    /// There is no such device, it is on no server, or it was released.
    #[error("no server has the device {0:?}; buy it and move it to a server")]
    NoDevice(String),
    /// No profile is assigned to it: it sets itself up without an MDM.
    #[error("no profile is assigned to the device {0}; assign one, by the service or by `World::assign_profile`")]
    NoProfile(String),
    /// The profile is one that the service would refuse, with this word.
    #[error("the service would answer {0} to the profile")]
    Profile(String),
}

impl World {
    /// Stores a profile in Apple's JSON and gives it to a device, as `POST /profile` with `devices` would: for tests that do not go through
    /// the service. Gives its UUID.
    ///
    /// # Errors
    ///
    /// [`SwitchOnError`]
    pub fn assign_profile(&mut self, serial: &str, json: &str) -> Result<String, SwitchOnError> {
        let unknown = || SwitchOnError::NoDevice(serial.to_owned());
        let server = self.device(serial).and_then(|device| device.server.clone()).ok_or_else(unknown)?;
        let members: Result<Map<String, Value>, _> = serde_json::from_str(json);
        let body = Body(members.map_err(|_| SwitchOnError::Profile("MALFORMED_REQUEST_BODY".into()))?);
        check(&body, &self.settings).map_err(|refused| SwitchOnError::Profile(refused.word.into_owned()))?;
        let uuid = self.rng.uuid();
        let mut profile = body.0;
        profile.insert("profile_uuid".to_owned(), json!(uuid));
        self.server_mut(&server).ok_or_else(unknown)?.profiles.insert(uuid.clone(), profile);
        match self.give_profile(&server, serial, &uuid).word(1) {
            "SUCCESS" => Ok(uuid),
            _ => Err(unknown()),
        }
    }

    /// A device is switched on: it downloads the profile that is assigned to it ([`activate`](World::activate)), and is about to ask for its
    /// enrollment profile.
    ///
    /// # Errors
    ///
    /// [`SwitchOnError`], if there is no such device or no profile waits for it.
    pub fn switch_on(&mut self, serial: &str) -> Result<SimulatedDevice, SwitchOnError> {
        let known = self.device(serial).filter(|device| !device.released);
        let (server, profile) = known
            .and_then(|device| Some((device.server.clone()?, device.profile.clone())))
            .ok_or_else(|| SwitchOnError::NoDevice(serial.to_owned()))?;
        let waits = matches!(profile.status, ProfileStatus::Assigned | ProfileStatus::Pushed);
        let stored = profile.uuid.filter(|_| waits).and_then(|uuid| self.server(&server)?.profiles.get(&uuid));
        let text = |key: &str| stored?.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let url = text("url").ok_or_else(|| SwitchOnError::NoProfile(serial.to_owned()))?;
        let web_url = text("configuration_web_url");
        let awaits =
            stored.and_then(|stored| stored.get("await_device_configured")).and_then(Value::as_bool).unwrap_or(false);
        self.activate(serial);
        let mut device = SimulatedDevice {
            serial: serial.to_owned(),
            url,
            web_url,
            awaits,
            changes: BTreeMap::new(),
            stage: Stage::Asks,
            cookies: BTreeMap::new(),
            access_token: None,
            commands: Vec::new(),
        };
        device.stage = device.begin();
        Ok(device)
    }
}
