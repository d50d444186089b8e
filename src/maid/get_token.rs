//! The check-in message.

use http::{Response, StatusCode};
use plist::{Dictionary, Value};

use crate::secret::SecretString;

/// `GetToken`: a check-in message by which a device asks for a token.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/gettokenrequest). Whether the device may ask is the
/// caller's to find out, by the identity certificate that it connects with.
///
/// ```
/// use apple_ade::maid::{GetToken, TokenServiceType};
///
/// let asked = GetToken::read(br#"<?xml version="1.0" encoding="UTF-8"?>
///     <plist version="1.0"><dict>
///         <key>MessageType</key><string>GetToken</string>
///         <key>TokenServiceType</key><string>com.apple.maid</string>
///         <key>UDID</key><string>00008020-000123456789002E</string>
///     </dict></plist>"#)?;
/// assert_eq!(asked.service(), &TokenServiceType::Maid);
/// assert_eq!(asked.udid(), Some("00008020-000123456789002E"));
/// # Ok::<(), apple_ade::maid::GetTokenError>(())
/// ```
#[derive(Debug)]
pub struct GetToken {
    service: TokenServiceType,
    watch: Option<WatchPairing>,
    rest: Dictionary,
}

/// For what a token is: `TokenServiceType`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TokenServiceType {
    /// `com.apple.maid`: a sign-in with a Managed Apple Account. Answer with a [`MaidToken`](super::MaidToken).
    Maid,
    /// `com.apple.watch.pairing`: the enrollment of a watch that is paired with this iPhone. What the token holds is up to the two
    /// MDMs; it has to be protected against tampering, spoofing and replay.
    WatchPairing,
    /// A service that this version of the crate does not know: answer with [`GetToken::refusal`].
    Other(String),
}

impl TokenServiceType {
    /// The word in Apple's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Maid => "com.apple.maid",
            Self::WatchPairing => "com.apple.watch.pairing",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for TokenServiceType {
    fn from(word: &str) -> Self {
        match word {
            "com.apple.maid" => Self::Maid,
            "com.apple.watch.pairing" => Self::WatchPairing,
            other => Self::Other(other.into()),
        }
    }
}

/// `TokenParameters` of a watch: which phone and watch are paired, and what the token has to prove.
///
/// Apple asks for all three; a message that lacks one is refused.
#[derive(Debug)]
#[non_exhaustive]
pub struct WatchPairing {
    /// `PhoneUDID`
    pub phone_udid: String,
    /// `SecurityToken`: what the MDM sent to the watch with `com.apple.watch.pairing.token.missing`. A secret.
    pub security_token: SecretString,
    /// `WatchUDID`
    pub watch_udid: String,
}

/// Why a body is no `GetToken` message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetTokenError {
    /// It is longer than a message can be.
    #[error("the message has {found} bytes, and at most {} are read", GetToken::MAX_SIZE)]
    TooLong {
        /// How many bytes it has.
        found: usize,
    },
    /// It is no property list in XML.
    #[error(
        "the message is not a property list in XML whose root is a dictionary; a device sends one as the body of its check-in"
    )]
    NotAPropertyList,
    /// It is nested deeper than a message can be.
    #[error("the message is nested deeper than {} levels", GetToken::MAX_DEPTH)]
    TooDeep,
    /// A key is missing, or its value is not a text.
    #[error("the message has no text under `{key}`")]
    Missing {
        /// The key, with a dot between a dictionary's key and that of what is in it.
        key: &'static str,
    },
    /// It is another message.
    #[error("the message is a {found:?}, not a GetToken; hand it to what reads these")]
    OtherMessage {
        /// `MessageType`, cut at 40 characters.
        found: String,
    },
}

impl GetToken {
    /// The longest message that is read, in bytes. Real ones have less than a thousand.
    pub const MAX_SIZE: usize = 16 << 10;

    /// How deep a message may be nested. Apple's has two levels.
    pub const MAX_DEPTH: usize = 8;

    /// Reads the body of a check-in.
    ///
    /// # Errors
    ///
    /// Where the body is no such message. A service that is not known is no error: see [`TokenServiceType::Other`].
    pub fn read(body: &[u8]) -> Result<Self, GetTokenError> {
        if body.len() > Self::MAX_SIZE {
            return Err(GetTokenError::TooLong { found: body.len() });
        }
        // In XML alone: the binary form can name one part of itself many times, and grow without bounds while it is read.
        let value = Value::from_reader_xml(body).map_err(|_| GetTokenError::NotAPropertyList)?;
        if depth(&value) > Self::MAX_DEPTH {
            return Err(GetTokenError::TooDeep);
        }
        let mut rest = value.into_dictionary().ok_or(GetTokenError::NotAPropertyList)?;
        let message = take(&mut rest, "MessageType", "MessageType")?;
        if message != "GetToken" {
            return Err(GetTokenError::OtherMessage { found: message.chars().take(40).collect() });
        }
        let service = TokenServiceType::from(&*take(&mut rest, "TokenServiceType", "TokenServiceType")?);
        let watch = match service {
            TokenServiceType::WatchPairing => Some(WatchPairing::take_from(&mut rest)?),
            _ => None,
        };
        Ok(Self { service, watch, rest })
    }

    /// For what the token is.
    pub fn service(&self) -> &TokenServiceType {
        &self.service
    }

    /// The parameters of [`TokenServiceType::WatchPairing`]; `None` with any other service.
    pub fn watch_pairing(&self) -> Option<&WatchPairing> {
        self.watch.as_ref()
    }

    /// `UDID`: the device, in a device enrollment.
    pub fn udid(&self) -> Option<&str> {
        self.text("UDID")
    }

    /// `EnrollmentID`: the enrollment, where a user enrolled the device.
    pub fn enrollment_id(&self) -> Option<&str> {
        self.text("EnrollmentID")
    }

    /// `UserID`: the user, on the user channel of a Mac or a Shared iPad. Every guest of a Shared iPad is
    /// `FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF`.
    pub fn user_id(&self) -> Option<&str> {
        self.text("UserID")
    }

    /// `EnrollmentUserID`: the user, on the user channel where a user enrolled the device.
    pub fn enrollment_user_id(&self) -> Option<&str> {
        self.text("EnrollmentUserID")
    }

    /// What the message says besides its type, its service and the parameters of a watch; also keys that this version of the crate
    /// does not know, and `TokenParameters` of other services.
    pub fn rest(&self) -> &Dictionary {
        &self.rest
    }

    /// What a server answers that does not know the service: status 400, without a body.
    pub fn refusal() -> Response<Vec<u8>> {
        let mut response = Response::new(Vec::new());
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.rest.get(key).and_then(Value::as_string)
    }
}

impl WatchPairing {
    fn take_from(message: &mut Dictionary) -> Result<Self, GetTokenError> {
        let parameters = message.get_mut("TokenParameters").and_then(Value::as_dictionary_mut);
        let parameters = parameters.ok_or(GetTokenError::Missing { key: "TokenParameters" })?;
        let mut text = |key, path| take(parameters, key, path);
        let pairing = Self {
            phone_udid: text("PhoneUDID", "TokenParameters.PhoneUDID")?,
            security_token: SecretString::new(text("SecurityToken", "TokenParameters.SecurityToken")?),
            watch_udid: text("WatchUDID", "TokenParameters.WatchUDID")?,
        };
        if parameters.is_empty() {
            message.remove("TokenParameters");
        }
        Ok(pairing)
    }
}

/// Takes a text out that has to be there.
fn take(from: &mut Dictionary, key: &str, path: &'static str) -> Result<String, GetTokenError> {
    from.remove(key)
        .and_then(Value::into_string)
        .filter(|text| !text.is_empty())
        .ok_or(GetTokenError::Missing { key: path })
}

/// How deep a value is nested: 1 for what holds no other.
fn depth(value: &Value) -> usize {
    let (mut waiting, mut deepest) = (vec![(value, 1)], 0);
    while let Some((value, level)) = waiting.pop() {
        deepest = deepest.max(level);
        match value {
            Value::Array(values) => waiting.extend(values.iter().map(|value| (value, level + 1))),
            Value::Dictionary(values) => waiting.extend(values.values().map(|value| (value, level + 1))),
            _ => {}
        }
    }
    deepest
}
