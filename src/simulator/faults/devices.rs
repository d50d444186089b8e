//! A status that every device of a call gets.

use http::Request;
use serde_json::{Map, Value, json};

use super::kind::Fault;
use super::set::Due;
use crate::simulator::service::{Call, Refused, Reply};
use crate::simulator::world::World;

impl World {
    /// The answer to a call about devices with the status that a due fault gives them all, and nothing done.
    ///
    /// `None` when no fault is due, or the call names no device.
    pub(in crate::simulator) fn forced_status(
        &mut self,
        call: &Call<'_>,
        due: &mut Due,
    ) -> Option<Result<Reply, Refused>> {
        let body = call.body().ok()?;
        let locking = call.request.uri().path() == "/device/activationlock";
        let serials: Vec<&str> =
            if locking { body.text("device").ok()?.into_iter().collect() } else { body.serials().ok()? };
        if serials.iter().all(|serial| serial.is_empty()) {
            return None;
        }
        let status = due.first(|fault| match fault {
            Fault::DeviceStatus { status } => Some(status.clone()),
            _ => None,
        })?;
        let words: Map<String, Value> = serials.iter().map(|serial| ((*serial).to_owned(), json!(status))).collect();
        let path = call.request.uri().path();
        Some(match (path, call.request.method().as_str()) {
            ("/profile", _) => self.define_without_devices(call, words),
            ("/devices", _) => {
                let row = |serial: &String| json!({ "serial_number": serial, "response_status": status });
                let rows: Map<String, Value> = words.keys().map(|serial| (serial.clone(), row(serial))).collect();
                Reply::json(&json!({ "devices": rows }))
            }
            ("/device/activationlock", _) => {
                Reply::json(&json!({ "serial_number": serials.first(), "response_status": status }))
            }
            ("/profile/devices", "POST" | "PUT") => {
                Reply::json(&json!({ "profile_uuid": body.0.get("profile_uuid"), "devices": words }))
            }
            _ => Reply::json(&json!({ "devices": words })),
        })
    }

    /// The profile is stored all the same: its UUID has to be told.
    fn define_without_devices(&mut self, call: &Call<'_>, words: Map<String, Value>) -> Result<Reply, Refused> {
        let mut members = call.body()?.0;
        members.remove("devices");
        let mut request = Request::new(serde_json::to_vec(&members).map_err(|_| Refused::status(500))?);
        *request.headers_mut() = call.request.headers().clone();
        let reply = self.define_profile(&Call { request: &request, server: call.server.clone(), ..*call })?;
        let mut answer: Value = serde_json::from_slice(reply.bytes()).map_err(|_| Refused::status(500))?;
        if let Some(answer) = answer.as_object_mut() {
            answer.insert("devices".to_owned(), Value::Object(words));
        }
        Reply::json(&answer)
    }
}
