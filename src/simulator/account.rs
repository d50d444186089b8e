//! `/account`.

use serde_json::{Value, json};

use super::service::{Call, REPLACEMENT, ROUTES, Refused, Reply};
use super::world::World;

impl World {
    pub(super) fn account(&self, call: &Call<'_>) -> Result<Reply, Refused> {
        let server = self.server(&call.server).ok_or(Refused::new(403, "FORBIDDEN"))?;
        let org = &self.organisation;
        let mut account = json!({
            "server_name": server.name,
            "server_uuid": server.uuid,
            "admin_id": server.admin_id,
            "facilitator_id": server.admin_id,
            "org_name": org.name,
            "org_email": org.email,
            "org_phone": org.phone,
            "org_address": org.address,
        });
        if let Some(members) = account.as_object_mut().filter(|_| call.protocol >= 3) {
            let mut add = |key: &str, value: Value| members.insert(key.to_owned(), value);
            add("org_id", json!(org.id));
            add("org_id_hash", json!(org.id_hash));
            add("org_type", json!(org.kind));
            add("org_version", json!("v2"));
            add("urls", self.urls(call.protocol));
        }
        Reply::json(&account)
    }

    /// Limits are advertised for the two lists of devices alone, as seen in real answers.
    fn urls(&self, protocol: u8) -> Value {
        let limit = self.settings.page_limit;
        let routes = ROUTES.iter().filter(|(uri, _)| *uri != REPLACEMENT || protocol >= 10);
        let urls = routes.map(|(uri, methods)| {
            let methods: Vec<&str> = methods.iter().map(http::Method::as_str).collect();
            match *uri {
                "/server/devices" | "/devices/sync" => {
                    json!({ "uri": uri, "http_method": methods, "limit": { "default": limit.default, "maximum": limit.maximum } })
                }
                _ => json!({ "uri": uri, "http_method": methods }),
            }
        });
        urls.collect()
    }
}
