use std::collections::BTreeMap;
use std::fmt;

use http::{Method, Request, Response};
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::device::Device;
use super::endpoint::{self, Endpoint};
use super::page::RejectedDevice;
use super::service::Service;
use crate::error::{Error, RequestError};
use crate::id::SerialNumber;
use crate::json::{Extra, Key, RawJson};

/// `POST /devices`: the records of some devices.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/device-details). A device that is not on this
/// server comes back with the [`response_status`](Device::response_status) `NOT_ACCESSIBLE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GetDeviceDetails {
    /// `devices`: at least one.
    pub devices: Vec<SerialNumber>,
}

/// The records that were asked for.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct DeviceDetails {
    /// `devices`, each under the serial number that Apple filed it under.
    pub devices: BTreeMap<SerialNumber, Device>,
    /// The entries that cannot be read as a device.
    pub rejected: Vec<RejectedDevice>,
    /// Keys that this version of the crate does not know.
    pub extra: Extra,
}

/// The answer, with its rows as text. (Serde's `flatten` would read unknown numbers, and fail at those it cannot hold.)
#[derive(Default)]
struct Answer {
    devices: BTreeMap<String, RawJson>,
    extra: Extra,
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnswerVisitor;

        impl<'de> Visitor<'de> for AnswerVisitor {
            type Value = Answer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `devices`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Answer, A::Error> {
                let mut answer = Answer::default();
                while let Some(key) = map.next_key_seed(Key)? {
                    match &*key {
                        "devices" => answer.devices = map.next_value::<Option<_>>()?.unwrap_or_default(),
                        _ => answer.extra.push(&key, map.next_value()?),
                    }
                }
                Ok(answer)
            }
        }

        deserializer.deserialize_map(AnswerVisitor)
    }
}

impl GetDeviceDetails {
    /// Asks for some devices.
    pub fn new(devices: impl IntoIterator<Item = SerialNumber>) -> Self {
        Self { devices: devices.into_iter().collect() }
    }
}

impl Endpoint for GetDeviceDetails {
    type Response = DeviceDetails;

    const CALL: &'static str = "POST /devices";

    fn to_request(&self, service: &Service) -> Result<Request<Vec<u8>>, RequestError> {
        endpoint::some_serials(Self::CALL, &self.devices)?;
        endpoint::json_request(service, Method::POST, Self::CALL, "/devices", self)
    }

    fn parse_response(&self, response: &Response<Vec<u8>>) -> Result<DeviceDetails, Error> {
        let text = endpoint::text(Self::CALL, response)?;
        let answer: Answer = endpoint::read_exact(Self::CALL, response, &text)?;
        let mut details = DeviceDetails { extra: answer.extra, ..DeviceDetails::default() };
        for (row, (name, value)) in answer.devices.into_iter().enumerate() {
            let serial_number = SerialNumber::from_wire(&name);
            match with_serial(&name, &value).and_then(|value| value.read::<Device>().map_err(|error| error.to_string()))
            {
                Ok(device) => {
                    details.devices.insert(serial_number.unwrap_or_else(|| device.serial_number.clone()), device);
                }
                Err(problem) => details.rejected.push(RejectedDevice { row, serial_number, problem, value }),
            }
        }
        Ok(details)
    }
}

/// The record of a device that is not accessible may lack the serial number; then it has only the key's. A serial number
/// of its own, further back in the text, wins.
fn with_serial(name: &str, record: &RawJson) -> Result<RawJson, String> {
    let Some(rest) = record.as_str().strip_prefix('{') else { return Ok(record.clone()) };
    let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
    let name = RawJson::of(name).ok_or("the serial number is not a text")?;
    format!("{{\"serial_number\":{name}{comma}{rest}")
        .parse()
        .map_err(|error: crate::json::JsonError| error.to_string())
}
