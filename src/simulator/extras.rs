//! Activation Lock, replacement details, beta tokens, account-driven enrollment.

use serde_json::json;

use super::device::{Family, Trouble};
use super::organisation::Discovery;
use super::profile_rules::is_url;
use super::rng::mix;
use super::service::{Call, Refused, Reply};
use super::time::Iso;
use super::world::World;

/// The platforms of the beta programme, in the spelling of `os`.
const BETAS: &[(&str, &str)] = &[
    ("iOS", "iOS 27 AppleSeed Beta"),
    ("OSX", "macOS 27 AppleSeed Beta"),
    ("tvOS", "tvOS 27 AppleSeed Beta"),
    ("visionOS", "visionOS 27 AppleSeed Beta"),
    ("watchOS", "watchOS 27 AppleSeed Beta"),
];

impl World {
    pub(super) fn activation_lock(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        body.text("escrow_key")?;
        body.text("lost_message")?;
        let serial = body.text("device")?.filter(|serial| !serial.is_empty());
        let serial = serial.ok_or(Refused::bad("DEVICE_ID_REQUIRED"))?;
        let supported = self.settings.activation_lock;
        let device = self.devices.get_mut(serial).filter(|device| device.is_accessible(&call.server));
        let status = match device {
            _ if !supported => "ORG_NOT_SUPPORTED",
            None => "NOT_ACCESSIBLE",
            Some(device) if device.trouble == Some(Trouble::Failing) => "FAILED",
            Some(device) if matches!(device.family, Family::AppleTv) => "DEVICE_NOT_SUPPORTED",
            Some(device) if device.locked => "DEVICE_ALREADY_LOCKED",
            Some(device) => {
                device.locked = true;
                "SUCCESS"
            }
        };
        Reply::json(&json!({ "serial_number": serial, "response_status": status }))
    }

    pub(super) fn replacement(&self, call: &Call<'_>) -> Result<Reply, Refused> {
        let serial = call.query("device").ok_or(Refused::bad("DEVICE_ID_REQUIRED"))?;
        let device = self.accessible(&call.server, &serial);
        let Some(replaced) = device.and_then(|device| device.replaces.as_ref()) else {
            let status = if self.settings.no_replacement_is_400 { 400 } else { 404 };
            return Err(Refused::new(status, "DEVICE_NOT_FOUND"));
        };
        Reply::json(&json!({
            "serial_number": serial,
            "original_device_serial_number": replaced.original,
            "replacement_date": Iso(replaced.at).date(),
        }))
    }

    /// The tokens stay the same for one organisation.
    pub(super) fn beta_tokens(&self) -> Result<Reply, Refused> {
        if !self.settings.beta_program {
            return Err(Refused::new(403, "APPLE_SEED_FOR_IT_TURNED_OFF"));
        }
        let tokens: Vec<_> = BETAS
            .iter()
            .map(|(os, title)| {
                let seed = os.bytes().fold(self.cursor_key, |state, byte| mix(state ^ u64::from(byte)));
                json!({ "token": format!("{seed:016x}{:016x}", mix(seed)), "title": title, "os": os })
            })
            .collect();
        Reply::json(&json!({ "betaEnrollmentTokens": tokens }))
    }

    pub(super) fn store_discovery(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        self.check_account_driven()?;
        let body = call.body()?;
        let url = body.text("mdm_service_discovery_url")?.filter(|url| !url.is_empty());
        let url = url.ok_or(Refused::bad("MDM_SERVICE_DISCOVERY_URL_REQUIRED"))?;
        let secure = url.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"));
        if !secure || !is_url(url) {
            return Err(Refused::bad("MDM_SERVICE_DISCOVERY_URL_NOT_VALID"));
        }
        self.organisation.discovery = Some(Discovery { url: url.to_owned(), updated: self.now });
        Ok(Reply::empty())
    }

    pub(super) fn read_discovery(&self) -> Result<Reply, Refused> {
        self.check_account_driven()?;
        let stored = self.organisation.discovery.as_ref().ok_or(Refused::new(404, "NOT_FOUND"))?;
        Reply::json(&json!({
            "mdm_service_discovery_url": stored.url,
            "last_updated_timestamp": Iso(stored.updated),
        }))
    }

    pub(super) fn remove_discovery(&mut self) -> Result<Reply, Refused> {
        self.check_account_driven()?;
        self.organisation.discovery = None;
        Ok(Reply::empty())
    }

    fn check_account_driven(&self) -> Result<(), Refused> {
        if self.settings.account_driven_enrollment { Ok(()) } else { Err(Refused::bad("ORG_NOT_SUPPORTED")) }
    }
}
