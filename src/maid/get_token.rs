//! The check-in message.

use std::fmt;

use http::{Response, StatusCode};
use plist::{Dictionary, Value};

use crate::property_list::{self, Bounds, KeysAlone, PropertyListError};
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
pub struct GetToken {
    service: TokenServiceType,
    watch: Option<WatchPairing>,
    rest: Dictionary,
}

impl fmt::Debug for GetToken {
    /// Of the rest the keys alone: the parameters of a service that is new may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetToken")
            .field("service", &self.service)
            .field("watch", &self.watch)
            .field("rest", &KeysAlone(&self.rest))
            .finish()
    }
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
    /// It is no property list, or one in which something would be lost.
    #[error(transparent)]
    PropertyList(PropertyListError),
    /// It is no dictionary.
    #[error(
        "the message is not a property list whose root is a dictionary; a device sends one as the body of its check-in"
    )]
    NotADictionary,
    /// It is nested deeper than a message can be.
    #[error("the message is nested deeper than {} levels", GetToken::MAX_DEPTH)]
    TooDeep,
    /// It holds more values than a message can have.
    #[error("the message holds more than {} values", GetToken::MAX_VALUES)]
    TooMany,
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

    /// How deep arrays and dictionaries of a message may be nested. Apple's has two levels.
    pub const MAX_DEPTH: usize = 8;

    /// How many values a message may hold, each as often as it occurs, keys included.
    pub const MAX_VALUES: usize = 1000;

    /// Reads the body of a check-in, a property list in XML or in the binary form.
    ///
    /// # Errors
    ///
    /// Where the body is no such message. A service that is not known is no error: see [`TokenServiceType::Other`].
    pub fn read(body: &[u8]) -> Result<Self, GetTokenError> {
        let Value::Dictionary(mut rest) = property_list::read_within::<Self>(body).map_err(refused)? else {
            return Err(GetTokenError::NotADictionary);
        };
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

impl Bounds for GetToken {
    const BYTES: usize = Self::MAX_SIZE;
    const DEEP: usize = Self::MAX_DEPTH;
    const VALUES: usize = Self::MAX_VALUES;
}

/// The same with the bounds of a message.
fn refused(error: PropertyListError) -> GetTokenError {
    match error {
        PropertyListError::TooLarge { found } => GetTokenError::TooLong { found },
        // What unfolds names its values more than once.
        PropertyListError::TooMany | PropertyListError::Unfolds => GetTokenError::TooMany,
        PropertyListError::TooDeep => GetTokenError::TooDeep,
        error => GetTokenError::PropertyList(error),
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
