//! Oddities in the JSON of an answer.

use std::ops::Bound;

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::kind::{Fault, TimeForm};
use super::set::Due;
use crate::simulator::cursor::Cursor;
use crate::simulator::device::Trouble;
use crate::simulator::rng::mix;
use crate::simulator::service::{Call, Reply};
use crate::simulator::wire::Row;
use crate::simulator::world::World;

/// The timestamps of a device's row.
const TIMES: &[&str] =
    &["op_date", "profile_assign_time", "profile_push_time", "device_assigned_date", "mdm_migration_deadline"];

/// What a `deleted` row keeps when it is bare.
const BARE: &[&str] = &["serial_number", "device_family", "op_type", "op_date"];

impl World {
    /// Lets the due faults at an answer's JSON.
    pub(in crate::simulator) fn alter(&self, call: &Call<'_>, reply: Reply, due: &mut Due) -> Reply {
        let Ok(mut answer) = serde_json::from_slice::<Value>(reply.bytes()) else {
            return reply;
        };
        let mut altered = false;
        due.each(|fault| {
            let struck = self.alter_by(fault, call, &mut answer).unwrap_or(false);
            altered |= struck;
            struck
        });
        if altered { Reply::json(&answer).unwrap_or(reply) } else { reply }
    }

    /// Whether the fault found what it could change; `None` counts as no.
    fn alter_by(&self, fault: &Fault, call: &Call<'_>, answer: &mut Value) -> Option<bool> {
        match fault {
            Fault::SameCursor => {
                let asked = call.body().ok()?.text("cursor").ok()??.to_owned();
                set(answer, "cursor", json!(asked))?;
                set(answer, "more_to_follow", json!(true))?;
            }
            Fault::EmptyPage => {
                let cursor = self.cursor_again(call)?;
                set(answer, "devices", json!([]))?;
                set(answer, "cursor", json!(cursor))?;
                set(answer, "more_to_follow", json!(true))?;
            }
            Fault::DuplicateInPage => {
                let devices = answer.get_mut("devices")?.as_array_mut()?;
                devices.push(devices.first()?.clone());
            }
            Fault::DuplicateAcrossPages => {
                let last = self.row_before(call)?;
                answer.get_mut("devices")?.as_array_mut()?.insert(0, last);
            }
            Fault::HiddenFromSync { serials, share } => {
                return retain(answer, |serial| {
                    let named = serials.is_empty() || serials.contains(serial);
                    let draw = serial.bytes().fold(0, |state, byte| mix(state ^ u64::from(byte))) % 1000;
                    !(named && draw < u64::from(*share))
                });
            }
            Fault::ThrottledVanish => {
                return retain(answer, |serial| {
                    let trouble = self.devices.get(serial).and_then(|device| device.trouble);
                    !matches!(trouble, Some(Trouble::Throttled { until }) if until > self.now)
                });
            }
            Fault::MissingSerials { count } => {
                let devices = answer.get_mut("devices")?.as_object_mut()?;
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                let names: Vec<String> = devices.keys().rev().take(count).cloned().collect();
                devices.retain(|serial, _| !names.contains(serial));
                return Some(!names.is_empty());
            }
            Fault::BareDeletedRows => {
                let mut deleted: Vec<_> =
                    rows(answer).into_iter().filter(|row| row.get("op_type") == Some(&json!("deleted"))).collect();
                for row in &mut deleted {
                    row.retain(|key, _| BARE.contains(&key.as_str()));
                }
                return Some(!deleted.is_empty());
            }
            Fault::OddTimestamps { form } => {
                let mut struck = false;
                for row in rows(answer) {
                    for (_, value) in row.iter_mut().filter(|(key, _)| TIMES.contains(&key.as_str())) {
                        *value = json!(form.write(value.as_str().unwrap_or_default()));
                        struck = true;
                    }
                }
                return Some(struck);
            }
            Fault::UnknownKeys => {
                set(answer, "x_served_by", json!({ "region": "nk11", "edge": [1, 2.5, null, true] }))?;
                for row in rows(answer) {
                    row.insert("x_lease".to_owned(), json!({ "until": "2031-01-01", "terms": [7, "b"] }));
                }
            }
            Fault::UnknownValues => return unknown_values(answer),
            _ => return None,
        }
        Some(true)
    }

    /// A cursor that stands where the call's stood, and is another text.
    fn cursor_again(&self, call: &Call<'_>) -> Option<String> {
        let server = self.server(&call.server)?;
        let body = call.body().ok()?;
        let start = match body.text("cursor").ok()?.filter(|text| !text.is_empty()) {
            Some(text) => Cursor::decode(text, self.cursor_key, &server.uuid)?,
            None => Cursor { place: 0, changes: server.changes.len() as u64, issued: self.now, fetching: true },
        };
        let issued = start.issued.max(self.now).checked_add_signed(TimeDelta::milliseconds(1))?;
        Some(Cursor { issued, ..start }.encode(self.cursor_key, &server.uuid))
    }

    /// The last row of the page before.
    fn row_before(&self, call: &Call<'_>) -> Option<Value> {
        let server = self.server(&call.server)?;
        let body = call.body().ok()?;
        let cursor = Cursor::decode(body.text("cursor").ok()??, self.cursor_key, &server.uuid)?;
        if cursor.fetching {
            let told = (Bound::Unbounded, Bound::Included(cursor.place));
            let (_, serial) = server.places.range(told).next_back()?;
            serde_json::to_value(Row::full(self.devices.get(serial)?, call.protocol)).ok()
        } else {
            let change = server.changes.get(usize::try_from(cursor.changes.checked_sub(1)?).ok()?)?;
            let device = self.devices.get(&change.serial)?;
            serde_json::to_value(Row::change(device, change, &server.uuid, call.protocol)).ok()
        }
    }
}

impl TimeForm {
    fn write(self, text: &str) -> String {
        let bare = text.strip_suffix('Z').unwrap_or(text);
        match self {
            Self::Empty => String::new(),
            Self::Fraction => format!("{bare}.123Z"),
            Self::Garbage => "yesterday".to_owned(),
            Self::Offset => format!("{bare}+00:00"),
        }
    }
}

fn set(answer: &mut Value, key: &str, value: Value) -> Option<()> {
    answer.as_object_mut()?.insert(key.to_owned(), value);
    Some(())
}

/// The device rows of an answer: of a page, or of `/devices`.
fn rows(answer: &mut Value) -> Vec<&mut Map<String, Value>> {
    match answer.get_mut("devices") {
        Some(Value::Array(rows)) => rows.iter_mut().filter_map(Value::as_object_mut).collect(),
        Some(Value::Object(rows)) => rows.values_mut().filter_map(Value::as_object_mut).collect(),
        _ => Vec::new(),
    }
}

/// Keeps some of a page's rows, by serial number. Whether one went.
fn retain(answer: &mut Value, keep: impl Fn(&str) -> bool) -> Option<bool> {
    let devices = answer.get_mut("devices")?.as_array_mut()?;
    let before = devices.len();
    devices.retain(|row| row.get("serial_number").and_then(Value::as_str).is_none_or(&keep));
    Some(devices.len() < before)
}

fn unknown_values(answer: &mut Value) -> Option<bool> {
    if let Some(account) = answer.as_object_mut().filter(|answer| answer.contains_key("org_name")) {
        account.insert("org_type".to_owned(), json!("gov"));
        account.insert("org_version".to_owned(), json!("v9"));
        return Some(true);
    }
    let odd = [
        ("device_family", "Watch"),
        ("op_type", "renamed"),
        ("os", "watchOS"),
        ("profile_status", "queued"),
        ("response_status", "PENDING"),
    ];
    let row = rows(answer).into_iter().next()?;
    for (key, value) in odd {
        if let Some(old) = row.get_mut(key) {
            *old = json!(value);
        }
    }
    Some(true)
}
