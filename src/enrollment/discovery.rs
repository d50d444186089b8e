//! Account-driven enrollment, first step: where the server for an account is.

use http::{Response, StatusCode, Uri};
use serde::{Deserialize, Serialize};

use super::answer::respond;
use super::sso::{HttpsError, https};
use crate::os::Platform;

/// The path of service discovery.
pub const WELL_KNOWN: &str = "/.well-known/com.apple.remotemanagement";

/// How a device enrolls that is driven by an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EnrollmentMode {
    /// `ADDE`: device enrollment; iOS 16, macOS 14, visionOS 1.1.
    Adde,
    /// `BYOD`: user enrollment, of a device that belongs to its user; iOS 15.
    Byod,
}

impl EnrollmentMode {
    /// `EnrollmentMode` of the MDM payload.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adde => "ADDE",
            Self::Byod => "BYOD",
        }
    }

    /// `Version` of the discovery document.
    pub fn version(self) -> &'static str {
        match self {
            Self::Adde => "mdm-adde",
            Self::Byod => "mdm-byod",
        }
    }
}

/// A device's question where its server is: `GET /.well-known/com.apple.remotemanagement?user-identifier=…&model-family=…`.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/get-.well-known-com.apple.remotemanagement). A redirect does
/// not pass the query on.
///
/// ```
/// use apple_ade::enrollment::DiscoveryRequest;
/// use apple_ade::os::Platform;
///
/// let uri = "/.well-known/com.apple.remotemanagement?user-identifier=ada%40example.com&model-family=iPad".parse()?;
/// let request = DiscoveryRequest::from_uri(&uri).ok_or("another page")?;
/// assert_eq!(request.user_identifier.as_deref(), Some("ada@example.com"));
/// assert_eq!(request.platform(), Some(Platform::IpadOs));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiscoveryRequest {
    /// `user-identifier`: the account that the user has typed in.
    pub user_identifier: Option<String>,
    /// `model-family`: `AppleTV`, `iPad`, `iPhone`, `Mac`, `RealityDevice` or `Watch`.
    pub model_family: Option<String>,
}

impl DiscoveryRequest {
    /// Reads the URL of a request; `None` where it asks for something else.
    pub fn from_uri(uri: &Uri) -> Option<Self> {
        if uri.path() != WELL_KNOWN {
            return None;
        }
        let mut request = Self::default();
        for pair in uri.query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "user-identifier" => request.user_identifier = Some(decoded(value)),
                "model-family" => request.model_family = Some(decoded(value)),
                _ => {}
            }
        }
        Some(request)
    }

    /// The operating system of the family.
    pub fn platform(&self) -> Option<Platform> {
        match self.model_family.as_deref()? {
            "AppleTV" => Some(Platform::TvOs),
            "iPad" => Some(Platform::IpadOs),
            "iPhone" => Some(Platform::Ios),
            "Mac" => Some(Platform::MacOs),
            "RealityDevice" => Some(Platform::VisionOs),
            "Watch" => Some(Platform::WatchOs),
            _ => None,
        }
    }
}

/// Without percent-encoding; what is no UTF-8 is replaced.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let escape = rest.get(1..3).filter(|hex| first == b'%' && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(byte) = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = rest.get(3..).unwrap_or_default();
        } else {
            let length = rest.chars().next().map_or(1, char::len_utf8);
            bytes.extend_from_slice(rest.as_bytes().get(..length).unwrap_or_default());
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer to service discovery: which server an account's device goes to.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/wellknown). It is not [`MdmServiceConfig`](super::MdmServiceConfig),
/// which is for tools.
///
/// ```
/// use apple_ade::enrollment::{DiscoveryDocument, EnrollmentMode};
///
/// let document = DiscoveryDocument::new(EnrollmentMode::Adde, "https://mdm.example.com/enroll")?;
/// let body = br#"{"Servers":[{"Version":"mdm-adde","BaseURL":"https://mdm.example.com/enroll"}]}"#;
/// assert_eq!(document.respond().body(), body);
/// # Ok::<(), apple_ade::enrollment::HttpsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveryDocument {
    #[serde(rename = "Servers")]
    servers: Vec<AvailableServer>,
}

/// A server of a [`DiscoveryDocument`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AvailableServer {
    /// `Version`: `mdm-byod` or `mdm-adde`.
    #[serde(rename = "Version")]
    pub version: String,
    /// `BaseURL`: to which the device posts its MachineInfo.
    #[serde(rename = "BaseURL")]
    pub base_url: String,
}

impl DiscoveryDocument {
    /// One server.
    ///
    /// # Errors
    ///
    /// [`HttpsError`] where it is at no https URL.
    pub fn new(mode: EnrollmentMode, base_url: impl Into<String>) -> Result<Self, HttpsError> {
        Self { servers: Vec::new() }.and(mode, base_url)
    }

    /// One more server, which a device takes that does not know the version of those before.
    ///
    /// # Errors
    ///
    /// [`HttpsError`] where it is at no https URL.
    pub fn and(mut self, mode: EnrollmentMode, base_url: impl Into<String>) -> Result<Self, HttpsError> {
        let base_url = https("BaseURL", base_url)?;
        self.servers.push(AvailableServer { version: mode.version().into(), base_url });
        Ok(self)
    }

    /// `Servers`
    pub fn servers(&self) -> &[AvailableServer] {
        &self.servers
    }

    /// The response. An account that the server does not know gets `com.apple.well-known.failed`
    /// ([`DeviceError::WellKnownFailed`](super::DeviceError)).
    pub fn respond(&self) -> Response<Vec<u8>> {
        // Texts in objects are always JSON.
        respond(StatusCode::OK, "application/json", serde_json::to_vec(self).unwrap_or_default())
    }
}
