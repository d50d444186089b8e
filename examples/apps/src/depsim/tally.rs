//! How many devices an answer tells about, and how it went with each.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The devices of an answer: a list has a number alone, a map from serial number to status has both.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) devices: usize,
    pub(super) outcomes: BTreeMap<String, usize>,
}

impl Tally {
    /// Of an answer's body. `None` when it names no devices.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Answer>(body).ok()?.devices
    }
}

struct Answer {
    devices: Option<Tally>,
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = Answer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer with devices")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
        let mut answer = Answer { devices: None };
        while let Some(key) = map.next_key::<String>()? {
            if key == "devices" {
                answer.devices = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(answer)
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TallyVisitor)
    }
}

struct TallyVisitor;

impl<'de> Visitor<'de> for TallyVisitor {
    type Value = Tally;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of devices, or a status for each")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Tally, A::Error> {
        let mut tally = Tally::default();
        while rows.next_element::<IgnoredAny>()?.is_some() {
            tally.devices += 1;
        }
        Ok(tally)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tally, A::Error> {
        let mut tally = Tally::default();
        while let Some((_, Status(status))) = map.next_entry::<IgnoredAny, Status>()? {
            tally.devices += 1;
            *tally.outcomes.entry(status).or_default() += 1;
        }
        Ok(tally)
    }
}

/// A status, or the row that has it in `response_status`.
struct Status(String);

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let status = value.get("response_status").unwrap_or(&value).as_str();
        Ok(Self(status.unwrap_or("?").to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn lists_and_maps_are_counted() {
        let read = |text: &str| Tally::read(text.as_bytes());
        let page = read(r#"{"cursor":"a","devices":[{"serial_number":"A"},{"serial_number":"B"}]}"#).unwrap();
        assert_eq!((page.devices, page.outcomes.len()), (2, 0));
        let assigned = read(r#"{"devices":{"A":"SUCCESS","B":"FAILED","C":"SUCCESS"}}"#).unwrap();
        assert_eq!((assigned.devices, assigned.outcomes["SUCCESS"], assigned.outcomes["FAILED"]), (3, 2, 1));
        let details = read(r#"{"devices":{"A":{"serial_number":"A","response_status":"NOT_ACCESSIBLE"}}}"#).unwrap();
        assert_eq!(details.outcomes["NOT_ACCESSIBLE"], 1);
        assert_eq!(read(r#"{"auth_session_token":"x"}"#), None);
        assert_eq!(read("T_C_NOT_SIGNED"), None);
    }
}
