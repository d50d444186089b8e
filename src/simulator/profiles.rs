//! `/profile`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::profile_rules::{STORED, check};
use super::service::{Call, Refused, Reply};
use super::settings::UnknownProfile;
use super::world::World;

impl World {
    /// Stores a profile under a new UUID and gives it to the devices it names.
    ///
    /// Keys that Apple does not document, and those of a later protocol version than the call's, are left out.
    pub(super) fn define_profile(&mut self, call: &Call<'_>) -> Result<Reply, Refused> {
        let body = call.body()?;
        check(&body, &self.settings)?;
        let uuid = self.rng.uuid();
        let kept = STORED.iter().filter(|(_, since)| *since <= call.protocol);
        let mut profile: Map<String, Value> = kept
            .filter_map(|(key, _)| {
                Some(((*key).to_owned(), body.0.get(*key).filter(|value| !value.is_null())?.clone()))
            })
            .collect();
        profile.insert("profile_uuid".to_owned(), json!(uuid));
        let server = self.server_mut(&call.server).ok_or(Refused::new(403, "FORBIDDEN"))?;
        server.profiles.insert(uuid.clone(), profile);

        let mut outcomes = BTreeMap::new();
        for serial in body.texts("devices")? {
            if !outcomes.contains_key(serial) {
                // The documented answers of this call know no throttling.
                let outcome = self.give_profile(&call.server, serial, &uuid).word(1);
                outcomes.insert(serial, outcome);
            }
        }
        Reply::json(&if outcomes.is_empty() {
            json!({ "profile_uuid": uuid })
        } else {
            json!({ "profile_uuid": uuid, "devices": outcomes })
        })
    }

    pub(super) fn read_profile(&self, call: &Call<'_>) -> Result<Reply, Refused> {
        let uuid = call.query("profile_uuid").ok_or(Refused::bad("PROFILE_UUID_REQUIRED"))?;
        let profile = self.caller(call)?.profiles.get(&uuid).ok_or_else(|| match self.settings.unknown_profile {
            UnknownProfile::Documented => Refused::bad("NOT_FOUND"),
            UnknownProfile::Observed => Refused::new(404, "NOT_FOUND"),
            UnknownProfile::Legacy => Refused::bad("PROFILE_NOT_FOUND"),
        })?;
        let later = |key: &str| STORED.iter().any(|(stored, since)| *stored == key && *since > call.protocol);
        let shown: BTreeMap<&str, &Value> =
            profile.iter().map(|(key, value)| (key.as_str(), value)).filter(|(key, _)| !later(key)).collect();
        Reply::json(&shown)
    }
}
