//! The documents of status 403: Apple's error codes with their details, in JSON or as a property list.

use http::{Response, StatusCode};
use plist::{Dictionary, Value};

use super::answer::respond;
use super::policy::BetaProgram;
use super::property_list::{json_of, value_of_json, xml};
use super::sso::{PlatformSso, https};
use crate::os::{Build, OsRelease};
use crate::property_list::{self, PropertyListError};

/// How a document of status 403 is written. Devices take both alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `application/json`
    #[default]
    Json,
    /// `application/xml`: a property list in XML.
    PropertyList,
}

/// `details` of `com.apple.softwareupdate.required`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SoftwareUpdate {
    /// `OSVersion`: what to update to, perhaps with a supplement. Where the build says otherwise, this counts.
    pub os_version: OsRelease,
    /// `BuildVersion`: the very build, for seeds.
    pub build_version: Option<Build>,
    /// `RequireBetaProgram`: the programme to join.
    pub require_beta_program: Option<BetaProgram>,
    /// A sentence for the user, which becomes the document's `message`.
    pub message: Option<String>,
}

/// What a document of status 403 says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviceError {
    /// `com.apple.psso.required`: macOS 26, where `MDM_CAN_REQUEST_PSSO_CONFIG` is true.
    PlatformSsoRequired(PlatformSso),
    /// `com.apple.softwareupdate.required`: iOS 17, macOS 14, visionOS 26, where `MDM_CAN_REQUEST_SOFTWARE_UPDATE` is true.
    SoftwareUpdateRequired(SoftwareUpdate),
    /// `com.apple.unrecognized.device`: iOS 17, macOS 14, tvOS 17, visionOS 1.1, watchOS 10. On any endpoint of an MDM it makes the
    /// device leave it; to be preferred to status 401.
    UnrecognizedDevice,
    /// `com.apple.watch.pairing.token.missing`: watchOS 10.
    WatchPairingTokenMissing {
        /// `security-token`: a random UUID.
        security_token: String,
    },
    /// `com.apple.well-known.failed`: to service discovery; iOS 17.5, macOS 14.5, visionOS 1.2.
    WellKnownFailed,
}

/// A document of status 403.
///
/// ```
/// use apple_ade::enrollment::{DeviceError, ErrorDocument, Format};
///
/// let document = ErrorDocument::new(DeviceError::WellKnownFailed).with_description("no such domain");
/// let body = document.to_bytes(Format::Json);
/// assert_eq!(body, br#"{"code":"com.apple.well-known.failed","description":"no such domain"}"#);
/// assert_eq!(ErrorDocument::from_bytes(&body)?, document);
/// # Ok::<(), apple_ade::enrollment::ErrorDocumentError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorDocument {
    error: DeviceError,
    description: Option<String>,
    message: Option<String>,
}

/// Why a document of status 403 cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorDocumentError {
    /// It is neither a JSON object nor a property list with a dictionary.
    #[error("the document is neither a JSON object nor a property list")]
    Unreadable,
    /// It begins as a property list does, and is none that is read.
    #[error(transparent)]
    PropertyList(PropertyListError),
    /// The code is not one of Apple's.
    #[error("the code {code:?} is none of Apple's")]
    UnknownCode {
        /// The code.
        code: String,
    },
    /// A key that the code needs is missing, or of another type or form.
    #[error("`{key}` is missing, or not what it should be")]
    Key {
        /// The key, with a dot behind each dictionary that it is in.
        key: &'static str,
    },
}

impl DeviceError {
    /// `code`
    pub fn code(&self) -> &'static str {
        match self {
            Self::PlatformSsoRequired(_) => "com.apple.psso.required",
            Self::SoftwareUpdateRequired(_) => "com.apple.softwareupdate.required",
            Self::UnrecognizedDevice => "com.apple.unrecognized.device",
            Self::WatchPairingTokenMissing { .. } => "com.apple.watch.pairing.token.missing",
            Self::WellKnownFailed => "com.apple.well-known.failed",
        }
    }

    fn details(&self) -> Option<Dictionary> {
        let mut details = Dictionary::new();
        match self {
            Self::PlatformSsoRequired(sso) => {
                put(&mut details, "ProfileURL", sso.profile_url.clone());
                put(&mut details, "AuthURL", sso.auth_url.clone());
                let mut package = Dictionary::new();
                put(&mut package, "ManifestURL", sso.manifest_url.clone());
                if !sso.pinning_certs.is_empty() {
                    let certificates = sso.pinning_certs.iter().cloned().map(Value::Data);
                    put(&mut package, "PinningCerts", certificates.collect::<Vec<_>>());
                }
                if sso.pinning_revocation_check_required {
                    put(&mut package, "PinningRevocationCheckRequired", true);
                }
                put(&mut details, "Package", package);
            }
            Self::SoftwareUpdateRequired(update) => {
                put(&mut details, "OSVersion", update.os_version.to_string());
                if let Some(build) = update.build_version {
                    put(&mut details, "BuildVersion", build.to_string());
                }
                if let Some(program) = &update.require_beta_program {
                    let mut beta = Dictionary::new();
                    put(&mut beta, "Description", program.description.clone());
                    put(&mut beta, "Token", program.token.clone());
                    put(&mut details, "RequireBetaProgram", beta);
                }
            }
            Self::WatchPairingTokenMissing { security_token } => {
                put(&mut details, "security-token", security_token.clone());
            }
            Self::UnrecognizedDevice | Self::WellKnownFailed => return None,
        }
        Some(details)
    }

    fn read(code: &str, details: Option<&Dictionary>) -> Result<Self, ErrorDocumentError> {
        let text = |key: &'static str, within: Option<&Dictionary>| {
            let name = key.rsplit('.').next().unwrap_or(key);
            let text = within.and_then(|within| within.get(name)?.as_string());
            text.map(str::to_owned).ok_or(ErrorDocumentError::Key { key })
        };
        match code {
            "com.apple.psso.required" => {
                let package = details.and_then(|details| details.get("Package")?.as_dictionary());
                let bad = |error: super::HttpsError| ErrorDocumentError::Key { key: error.key };
                let certificates = package.and_then(|package| package.get("PinningCerts"));
                let certificates = match certificates {
                    None => Some(Vec::new()),
                    Some(value) => value.as_array().and_then(|array| array.iter().map(data).collect()),
                };
                let required = package.and_then(|package| package.get("PinningRevocationCheckRequired"));
                Ok(Self::PlatformSsoRequired(PlatformSso {
                    profile_url: https("ProfileURL", text("details.ProfileURL", details)?).map_err(bad)?,
                    auth_url: https("AuthURL", text("details.AuthURL", details)?).map_err(bad)?,
                    manifest_url: https("ManifestURL", text("details.Package.ManifestURL", package)?).map_err(bad)?,
                    pinning_certs: certificates
                        .ok_or(ErrorDocumentError::Key { key: "details.Package.PinningCerts" })?,
                    pinning_revocation_check_required: required.and_then(Value::as_boolean).unwrap_or(false),
                }))
            }
            "com.apple.softwareupdate.required" => {
                let version = text("details.OSVersion", details)?.parse();
                let build = details.and_then(|details| details.get("BuildVersion")).map(|build| {
                    let build = build.as_string().and_then(|text| text.parse().ok());
                    build.ok_or(ErrorDocumentError::Key { key: "details.BuildVersion" })
                });
                let beta = details.and_then(|details| details.get("RequireBetaProgram")).map(|beta| {
                    let beta = beta.as_dictionary();
                    Ok(BetaProgram {
                        description: text("details.RequireBetaProgram.Description", beta)?,
                        token: text("details.RequireBetaProgram.Token", beta)?,
                    })
                });
                Ok(Self::SoftwareUpdateRequired(SoftwareUpdate {
                    os_version: version.map_err(|_| ErrorDocumentError::Key { key: "details.OSVersion" })?,
                    build_version: build.transpose()?,
                    require_beta_program: beta.transpose()?,
                    message: None,
                }))
            }
            "com.apple.unrecognized.device" => Ok(Self::UnrecognizedDevice),
            "com.apple.watch.pairing.token.missing" => {
                Ok(Self::WatchPairingTokenMissing { security_token: text("details.security-token", details)? })
            }
            "com.apple.well-known.failed" => Ok(Self::WellKnownFailed),
            code => Err(ErrorDocumentError::UnknownCode { code: code.chars().take(80).collect() }),
        }
    }
}

impl ErrorDocument {
    /// A document without texts for people.
    pub fn new(error: DeviceError) -> Self {
        let message = match &error {
            DeviceError::SoftwareUpdateRequired(update) => update.message.clone(),
            _ => None,
        };
        Self { error, description: None, message }
    }

    /// `description`: for the device's log.
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }

    /// `message`: for the user, shown where the device can.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        if let DeviceError::SoftwareUpdateRequired(update) = &mut self.error {
            update.message.clone_from(&self.message);
        }
        self
    }

    /// What it says.
    pub fn error(&self) -> &DeviceError {
        &self.error
    }

    /// `message`
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// `description`
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    fn to_dictionary(&self) -> Dictionary {
        let mut document = Dictionary::new();
        put(&mut document, "code", self.error.code());
        if let Some(description) = &self.description {
            put(&mut document, "description", description.clone());
        }
        if let Some(message) = &self.message {
            put(&mut document, "message", message.clone());
        }
        if let Some(details) = self.error.details() {
            put(&mut document, "details", details);
        }
        document
    }

    /// The body. In JSON, data are base64.
    pub fn to_bytes(&self, format: Format) -> Vec<u8> {
        let document = Value::Dictionary(self.to_dictionary());
        match format {
            Format::Json => json_of(&document),
            Format::PropertyList => xml(&document),
        }
    }

    /// Reads a body: JSON, or a property list in XML or binary, within the bounds of [`property_list::read`].
    ///
    /// # Errors
    ///
    /// [`ErrorDocumentError`], with the key.
    pub fn from_bytes(body: &[u8]) -> Result<Self, ErrorDocumentError> {
        let value = match value_of_json(body) {
            Some(value) => value,
            None => property_list::read(body).map_err(|error| match error {
                PropertyListError::Empty | PropertyListError::NotAPropertyList => ErrorDocumentError::Unreadable,
                error => ErrorDocumentError::PropertyList(error),
            })?,
        };
        let document = value.into_dictionary().ok_or(ErrorDocumentError::Unreadable)?;
        let text = |key: &str| document.get(key).and_then(Value::as_string).map(str::to_owned);
        let code = text("code").ok_or(ErrorDocumentError::Key { key: "code" })?;
        let mut error = DeviceError::read(&code, document.get("details").and_then(Value::as_dictionary))?;
        let message = text("message");
        if let DeviceError::SoftwareUpdateRequired(update) = &mut error {
            update.message.clone_from(&message);
        }
        Ok(Self { error, description: text("description"), message })
    }

    /// The response: status 403 and the media type of the format.
    pub fn respond(&self, format: Format) -> Response<Vec<u8>> {
        let media_type = match format {
            Format::Json => "application/json",
            Format::PropertyList => "application/xml",
        };
        respond(StatusCode::FORBIDDEN, media_type, self.to_bytes(format))
    }
}

fn put(dictionary: &mut Dictionary, key: &str, value: impl Into<Value>) {
    dictionary.insert(key.to_owned(), value.into());
}

/// Data, or base64 where the document is JSON.
fn data(value: &Value) -> Option<Vec<u8>> {
    use base64::Engine as _;

    let decoded = |text| base64::engine::general_purpose::STANDARD.decode(text).ok();
    value.as_data().map(<[u8]>::to_vec).or_else(|| decoded(value.as_string()?))
}
