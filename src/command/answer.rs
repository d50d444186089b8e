//! What a device answers.

use std::fmt;

use plist::{Dictionary, Value};

use crate::id::CommandUuid;
use crate::json::open_enum;
use crate::property_list::{self, KeysAlone, PropertyListError};

open_enum! {
    /// `Status` of a device's message.
    AnswerStatus, "a status" {
        /// The command was carried out.
        Acknowledged = "Acknowledged",
        /// The command is malformed, or unknown to the device.
        CommandFormatError = "CommandFormatError",
        /// The command failed.
        Error = "Error",
        /// The device has no answer to give, and asks for a command.
        Idle = "Idle",
        /// The device cannot do it now, and will ask again by itself.
        NotNow = "NotNow",
    }
}

/// What a device posts to the server URL: the answer to a command, or that it is idle. Unknown keys are kept, and so are known ones with a
/// value that is not what Apple documents.
///
/// See Apple's [response](https://developer.apple.com/documentation/devicemanagement/implementing-device-management).
///
/// ```
/// use apple_ade::command::{AnswerStatus, CommandAnswer};
///
/// let answer = CommandAnswer::read(b"<plist version=\"1.0\"><dict>
///     <key>Status</key><string>NotNow</string>
///     <key>UDID</key><string>00008110-000000000000001E</string>
///     <key>CommandUUID</key><string>1</string>
/// </dict></plist>")?;
/// assert_eq!(answer.status, AnswerStatus::NotNow);
/// assert_eq!(answer.command_uuid.as_ref().map(|uuid| uuid.as_str()), Some("1"));
/// # Ok::<(), apple_ade::command::CommandAnswerError>(())
/// ```
///
/// What other commands ask for can be secret, a bypass code or a recovery key: `Debug` shows the unknown keys without their values.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CommandAnswer {
    /// `Status`
    pub status: AnswerStatus,
    /// `CommandUUID`: which command it is about. `Idle` is about none.
    pub command_uuid: Option<CommandUuid>,
    /// `UDID` of the device.
    pub udid: Option<String>,
    /// `EnrollmentID`, in place of the UDID for user enrollment.
    pub enrollment_id: Option<String>,
    /// `UserID`, on the user channel.
    pub user_id: Option<String>,
    /// `UserShortName`: the Managed Apple Account, on the user channel of a Shared iPad.
    pub user_short_name: Option<String>,
    /// `ErrorChain`: what went wrong, the outermost first.
    pub error_chain: Vec<ErrorEntry>,
    /// `Settings`: an entry for each item of the command, in its order.
    pub settings: Vec<SettingAnswer>,
    /// Every other key, and known ones whose values are not what Apple documents.
    pub extra: Dictionary,
}

/// An entry of an `ErrorChain`.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ErrorEntry {
    /// `ErrorDomain`
    pub domain: Option<String>,
    /// `ErrorCode`
    pub code: Option<i64>,
    /// `USEnglishDescription`
    pub us_english: Option<String>,
    /// `LocalizedDescription`, in the language of the device.
    pub localized: Option<String>,
    /// Every other key.
    pub extra: Dictionary,
}

/// What came of one item of the command `Settings`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct SettingAnswer {
    /// `Status`; without one, the item counts as done.
    pub status: Option<AnswerStatus>,
    /// `Identifier`: the app that it is about.
    pub identifier: Option<String>,
    /// `ErrorChain`
    pub error_chain: Vec<ErrorEntry>,
    /// Every other key.
    pub extra: Dictionary,
}

impl fmt::Debug for CommandAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandAnswer")
            .field("status", &self.status)
            .field("command_uuid", &self.command_uuid)
            .field("udid", &self.udid)
            .field("enrollment_id", &self.enrollment_id)
            .field("user_id", &self.user_id)
            .field("user_short_name", &self.user_short_name)
            .field("error_chain", &self.error_chain)
            .field("settings", &self.settings)
            .field("extra", &KeysAlone(&self.extra))
            .finish()
    }
}

impl fmt::Debug for ErrorEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorEntry")
            .field("domain", &self.domain)
            .field("code", &self.code)
            .field("us_english", &self.us_english)
            .field("localized", &self.localized)
            .field("extra", &KeysAlone(&self.extra))
            .finish()
    }
}

impl fmt::Debug for SettingAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingAnswer")
            .field("status", &self.status)
            .field("identifier", &self.identifier)
            .field("error_chain", &self.error_chain)
            .field("extra", &KeysAlone(&self.extra))
            .finish()
    }
}

/// What an answer means for whoever sent the command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is done, all of it.
    Done,
    /// It failed, or one of its items did, with what the device says of it; or what came of an item cannot be read.
    Failed {
        /// The first description there is, with its domain and code: one line of 400 characters at most, and 100 of the domain, without control
        /// characters.
        why: String,
    },
    /// The device will ask for it again.
    NotNow,
    /// The device asks for a command.
    Idle,
    /// A word that this version of the crate does not know.
    Unknown,
}

/// A message that is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandAnswerError {
    /// It is no property list.
    #[error(transparent)]
    PropertyList(#[from] PropertyListError),
    /// It is no dictionary.
    #[error("the answer is no dictionary, and has no `Status`")]
    NotADictionary,
    /// There is no `Status`, or none that is a text.
    #[error("the answer has no `Status`; a message with `MessageType` is a check-in, and goes elsewhere")]
    NoStatus,
}

impl CommandAnswer {
    /// Reads what a device has posted.
    ///
    /// # Errors
    ///
    /// [`CommandAnswerError`].
    pub fn read(bytes: &[u8]) -> Result<Self, CommandAnswerError> {
        let Value::Dictionary(mut keys) = property_list::read(bytes)? else {
            return Err(CommandAnswerError::NotADictionary);
        };
        let status = text(&mut keys, "Status").ok_or(CommandAnswerError::NoStatus)?;
        let command_uuid = text(&mut keys, "CommandUUID").and_then(|uuid| match CommandUuid::from_wire(&uuid) {
            None => {
                keys.insert("CommandUUID".into(), Value::String(uuid));
                None
            }
            uuid => uuid,
        });
        Ok(Self {
            status: AnswerStatus::from(&*status),
            command_uuid,
            udid: text(&mut keys, "UDID"),
            enrollment_id: text(&mut keys, "EnrollmentID"),
            user_id: text(&mut keys, "UserID"),
            user_short_name: text(&mut keys, "UserShortName"),
            error_chain: chain(&mut keys),
            settings: settings(&mut keys),
            extra: keys,
        })
    }

    /// The same keys as a dictionary again.
    pub fn to_dictionary(&self) -> Dictionary {
        let mut keys = Dictionary::new();
        keys.insert("Status".into(), Value::String(self.status.to_string()));
        put(&mut keys, "CommandUUID", self.command_uuid.as_ref().map(CommandUuid::as_str));
        put(&mut keys, "UDID", self.udid.as_deref());
        put(&mut keys, "EnrollmentID", self.enrollment_id.as_deref());
        put(&mut keys, "UserID", self.user_id.as_deref());
        put(&mut keys, "UserShortName", self.user_short_name.as_deref());
        put_chain(&mut keys, &self.error_chain);
        if !self.settings.is_empty() {
            let settings = self.settings.iter().map(|setting| {
                let mut keys = Dictionary::new();
                put(&mut keys, "Status", setting.status.as_ref().map(AnswerStatus::as_str));
                put(&mut keys, "Identifier", setting.identifier.as_deref());
                put_chain(&mut keys, &setting.error_chain);
                rest(&mut keys, &setting.extra);
                Value::Dictionary(keys)
            });
            keys.insert("Settings".into(), Value::Array(settings.collect()));
        }
        rest(&mut keys, &self.extra);
        keys
    }

    /// A key by which an item may have failed, and whose value is not what Apple documents.
    fn unread(&self) -> Option<&'static str> {
        let says = |extra: &Dictionary, key: &str| match extra.get(key) {
            Some(Value::Array(values)) => !values.is_empty(),
            value => value.is_some(),
        };
        let of_item = |key| self.settings.iter().any(|setting| says(&setting.extra, key));
        let whole = ["Settings", "ErrorChain"].into_iter().find(|key| says(&self.extra, key));
        whole.or_else(|| ["Status", "ErrorChain"].into_iter().find(|key| of_item(key)))
    }

    /// What it means.
    pub fn outcome(&self) -> Outcome {
        let failed = |chain: &[ErrorEntry]| Outcome::Failed { why: described(chain) };
        match self.status {
            AnswerStatus::Acknowledged => {
                let is_failed = |setting: &&SettingAnswer| {
                    let said = !matches!(setting.status, None | Some(AnswerStatus::Acknowledged));
                    said || !setting.error_chain.is_empty()
                };
                if let Some(setting) = self.settings.iter().find(is_failed) {
                    failed(&setting.error_chain)
                } else if !self.error_chain.is_empty() {
                    failed(&self.error_chain)
                } else if let Some(key) = self.unread() {
                    // Not `Unknown`: the device would say the same again and again.
                    Outcome::Failed {
                        why: format!("the answer's `{key}` cannot be read, and what came of it is not known"),
                    }
                } else {
                    Outcome::Done
                }
            }
            AnswerStatus::Error | AnswerStatus::CommandFormatError => {
                let inner = self.settings.iter().find(|setting| !setting.error_chain.is_empty());
                match (self.error_chain.as_slice(), inner) {
                    ([], Some(setting)) => failed(&setting.error_chain),
                    ([], None) => Outcome::Failed { why: format!("the device says {}, and no more", self.status) },
                    (chain, _) => failed(chain),
                }
            }
            AnswerStatus::NotNow => Outcome::NotNow,
            AnswerStatus::Idle => Outcome::Idle,
            AnswerStatus::Other(_) => Outcome::Unknown,
        }
    }
}

/// One line of so many characters at most: what a device says goes into logs.
fn line(text: &str, most: usize) -> String {
    let clean = |c: char| {
        // Characters that break the line, or turn around what comes behind them.
        let breaks = matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        if breaks || c.is_control() { ' ' } else { c }
    };
    text.chars().map(clean).take(most).collect()
}

/// The first entry that says something, in English where there is English.
fn described(chain: &[ErrorEntry]) -> String {
    let entry = chain.iter().find(|entry| entry.us_english.is_some() || entry.localized.is_some()).or(chain.first());
    let Some(entry) = entry else { return "the device says that it failed, and no more".into() };
    let text = entry.us_english.as_ref().or(entry.localized.as_ref()).map_or("no description", String::as_str);
    let text = line(text, 400);
    match (entry.domain.as_deref().map(|domain| line(domain, 100)), entry.code) {
        (Some(domain), Some(code)) => format!("{text} ({domain} {code})"),
        (None, Some(code)) => format!("{text} ({code})"),
        (Some(domain), None) => format!("{text} ({domain})"),
        (None, None) => text,
    }
}

/// Takes out a text; what is something else stays.
fn text(keys: &mut Dictionary, key: &str) -> Option<String> {
    match keys.remove(key)? {
        Value::String(text) => Some(text),
        other => {
            keys.insert(key.to_owned(), other);
            None
        }
    }
}

/// Takes out a list of dictionaries. Some devices give one without the list around it; what is something else stays.
fn dictionaries(keys: &mut Dictionary, key: &str) -> Vec<Dictionary> {
    let into = |value: Value| value.into_dictionary();
    match keys.remove(key) {
        Some(Value::Array(values)) if values.iter().all(|value| value.as_dictionary().is_some()) => {
            let empty = values.is_empty();
            let found: Vec<Dictionary> = values.into_iter().filter_map(into).collect();
            if empty {
                keys.insert(key.to_owned(), Value::Array(Vec::new()));
            }
            found
        }
        Some(Value::Dictionary(dictionary)) => vec![dictionary],
        Some(other) => {
            keys.insert(key.to_owned(), other);
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn chain(keys: &mut Dictionary) -> Vec<ErrorEntry> {
    let entry = |mut keys: Dictionary| {
        let code = match keys.remove("ErrorCode") {
            Some(value) => {
                let code = value.as_signed_integer();
                if code.is_none() {
                    keys.insert("ErrorCode".into(), value);
                }
                code
            }
            None => None,
        };
        ErrorEntry {
            domain: text(&mut keys, "ErrorDomain"),
            code,
            us_english: text(&mut keys, "USEnglishDescription"),
            localized: text(&mut keys, "LocalizedDescription"),
            extra: keys,
        }
    };
    dictionaries(keys, "ErrorChain").into_iter().map(entry).collect()
}

fn settings(keys: &mut Dictionary) -> Vec<SettingAnswer> {
    let setting = |mut keys: Dictionary| SettingAnswer {
        status: text(&mut keys, "Status").map(|status| AnswerStatus::from(&*status)),
        identifier: text(&mut keys, "Identifier"),
        error_chain: chain(&mut keys),
        extra: keys,
    };
    dictionaries(keys, "Settings").into_iter().map(setting).collect()
}

fn put(keys: &mut Dictionary, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        keys.insert(key.to_owned(), Value::String(value.to_owned()));
    }
}

fn put_chain(keys: &mut Dictionary, chain: &[ErrorEntry]) {
    if chain.is_empty() {
        return;
    }
    let entries = chain.iter().map(|entry| {
        let mut keys = Dictionary::new();
        put(&mut keys, "ErrorDomain", entry.domain.as_deref());
        if let Some(code) = entry.code {
            keys.insert("ErrorCode".into(), Value::Integer(code.into()));
        }
        put(&mut keys, "USEnglishDescription", entry.us_english.as_deref());
        put(&mut keys, "LocalizedDescription", entry.localized.as_deref());
        rest(&mut keys, &entry.extra);
        Value::Dictionary(keys)
    });
    keys.insert("ErrorChain".into(), Value::Array(entries.collect()));
}

/// Adds what is not there yet.
fn rest(keys: &mut Dictionary, extra: &Dictionary) {
    for (key, value) in extra {
        if !keys.contains_key(key) {
            keys.insert(key.clone(), value.clone());
        }
    }
}
