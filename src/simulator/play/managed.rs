//! An enrolled device and its MDM: it checks in, asks for commands, and answers them.

use http::header::CONTENT_TYPE;
use http::{Method, Request};
use plist::{Dictionary, Value};
use sha2::{Digest as _, Sha256};

use super::super::device_info::DeviceInfo;
use super::install::Mdm;
use super::text;
use crate::property_list;

/// A command that was carried out, and what is to be answered.
#[derive(Debug, Clone)]
pub(super) struct Done {
    uuid: String,
    pub(super) request_type: String,
    answer: Dictionary,
    /// An erasure, which comes when the answer is sent.
    pub(super) erases: Option<Erasure>,
}

/// What an erased device does.
#[derive(Debug, Clone)]
pub(super) struct Erasure {
    pub(super) returns: bool,
    /// `MDMProfileData`
    pub(super) profile: Option<Vec<u8>>,
}

impl Done {
    /// Carries out a command. What is no command is an error.
    pub(super) fn carry_out(body: &[u8], mdm: &Mdm) -> Result<Self, String> {
        let value = property_list::read(body).map_err(|error| format!("the command is no property list: {error}"))?;
        let keys = value.as_dictionary().ok_or("the command is no dictionary")?;
        let uuid = text(keys, "CommandUUID").ok_or("the command has no `CommandUUID`")?.to_owned();
        let command = keys.get("Command").and_then(Value::as_dictionary).ok_or("the command has no `Command`")?;
        let request_type = text(command, "RequestType").ok_or("the command has no `RequestType`")?.to_owned();
        let mut answer = Dictionary::new();
        let mut erases = None;
        let mut status = "Acknowledged";
        match &*request_type {
            "DeviceConfigured" if !mdm.held => {
                status = "Error";
                answer.insert("ErrorChain".into(), error(12_021, "the device does not await its configuration"));
            }
            "Settings" => {
                let items = command.get("Settings").and_then(Value::as_array).map_or(0, Vec::len);
                let mut done = Dictionary::new();
                done.insert("Status".into(), "Acknowledged".into());
                answer.insert("Settings".into(), Value::Array(vec![Value::Dictionary(done); items]));
            }
            "EraseDevice" => {
                let back = command.get("ReturnToService").and_then(Value::as_dictionary);
                let returns = back.and_then(|back| back.get("Enabled")?.as_boolean()).unwrap_or(false);
                let profile = back.and_then(|back| back.get("MDMProfileData")?.as_data()).map(<[u8]>::to_vec);
                erases = Some(Erasure { returns, profile });
            }
            "AccountConfiguration" | "DeviceConfigured" | "InstallProfile" | "RefreshCellularPlans" => {}
            _ => {
                status = "CommandFormatError";
                answer.insert("ErrorChain".into(), error(12_003, "the command is not known to a simulated device"));
            }
        }
        answer.insert("Status".into(), status.into());
        Ok(Self { uuid, request_type, answer, erases })
    }

    /// Whether it lets the device go.
    pub(super) fn releases(&self) -> bool {
        self.request_type == "DeviceConfigured" && text(&self.answer, "Status") == Some("Acknowledged")
    }

    pub(super) fn answer(&self, info: &DeviceInfo) -> Dictionary {
        let mut answer = self.answer.clone();
        answer.insert("CommandUUID".into(), self.uuid.as_str().into());
        answer.insert("UDID".into(), udid(info).into());
        answer
    }
}

fn error(code: i64, text: &str) -> Value {
    let mut entry = Dictionary::new();
    entry.insert("ErrorCode".into(), code.into());
    entry.insert("ErrorDomain".into(), "MCMDMErrorDomain".into());
    entry.insert("LocalizedDescription".into(), text.into());
    entry.insert("USEnglishDescription".into(), text.into());
    Value::Array(vec![entry.into()])
}

fn udid(info: &DeviceInfo) -> &str {
    info.text("UDID").unwrap_or_default()
}

fn message(kind: &str, mdm: &Mdm, info: &DeviceInfo) -> Dictionary {
    let mut message = Dictionary::new();
    message.insert("MessageType".into(), kind.into());
    message.insert("Topic".into(), mdm.topic.as_str().into());
    message.insert("UDID".into(), udid(info).into());
    message
}

pub(super) fn authenticate(mdm: &Mdm, info: &DeviceInfo) -> Dictionary {
    let mut message = message("Authenticate", mdm, info);
    for (key, of) in [
        ("BuildVersion", "VERSION"),
        ("OSVersion", "OS_VERSION"),
        ("ProductName", "PRODUCT"),
        ("SerialNumber", "SERIAL"),
        ("IMEI", "IMEI"),
    ] {
        if let Some(text) = info.text(of) {
            message.insert(key.into(), text.into());
        }
    }
    message
}

pub(super) fn token_update(mdm: &Mdm, info: &DeviceInfo) -> Dictionary {
    let mut message = message("TokenUpdate", mdm, info);
    let token = Sha256::digest(udid(info)).to_vec();
    message.insert("AwaitingConfiguration".into(), mdm.held.into());
    message.insert("PushMagic".into(), format!("magic of {}", udid(info)).into());
    message.insert("Token".into(), Value::Data(token));
    message
}

pub(super) fn idle(info: &DeviceInfo) -> Dictionary {
    let mut message = Dictionary::new();
    message.insert("Status".into(), "Idle".into());
    message.insert("UDID".into(), udid(info).into());
    message
}

pub(super) fn check_in(mdm: &Mdm, message: &Dictionary) -> http::Result<Request<Vec<u8>>> {
    put(&mdm.check_in_url, "application/x-apple-aspen-mdm-checkin", message)
}

pub(super) fn report(mdm: &Mdm, message: &Dictionary) -> http::Result<Request<Vec<u8>>> {
    put(&mdm.server_url, "application/x-apple-aspen-mdm", message)
}

fn put(url: &str, media_type: &str, message: &Dictionary) -> http::Result<Request<Vec<u8>>> {
    // Writing into memory does not fail.
    let xml = property_list::to_xml(&Value::Dictionary(message.clone())).unwrap_or_default();
    Request::builder().method(Method::PUT).uri(url).header(CONTENT_TYPE, media_type).body(xml)
}
