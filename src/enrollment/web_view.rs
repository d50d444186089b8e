//! The web view of `configuration_web_url`: pages between the device and its enrollment profile.
//!
//! The device sends its MachineInfo with the first page alone, in the header [`DEVICE_INFO_HEADER`]. The server keeps what was verified as a
//! [`WebViewSession`], and hands out the enrollment profile as the last page, with the media type [`PROFILE_TYPE`](super::PROFILE_TYPE);
//! then the view closes. See
//! [Apple's article](https://developer.apple.com/documentation/devicemanagement/authenticating-through-web-views).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::caller::Caller;
use crate::profile::url::Url;
use crate::secret::SecretBytes;
use crate::stamp::Stamp;

/// The header with the signed MachineInfo in base64, on the first page of a web view.
pub const DEVICE_INFO_HEADER: &str = "x-apple-aspen-deviceinfo";

/// How the host that gives the enrollment profile stands to that of `configuration_web_url`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WebViewHost {
    /// The same host over https: what both of Apple's pages ask for.
    Same,
    /// Another host whose last two labels are the same: one of Apple's pages lets it be, the other asks for the same host.
    SameDomain,
    /// Neither: the device does not take the profile.
    Other,
}

impl WebViewHost {
    /// Compares the two URLs; what is no https URL is [`Other`](Self::Other).
    ///
    /// ```
    /// use apple_ade::enrollment::WebViewHost;
    ///
    /// let page = "https://mdm.example.com/login";
    /// assert_eq!(WebViewHost::of(page, "https://MDM.example.com:8443/profile"), WebViewHost::Same);
    /// assert_eq!(WebViewHost::of(page, "https://files.example.com/profile"), WebViewHost::SameDomain);
    /// assert_eq!(WebViewHost::of(page, "https://mdm.example.net/profile"), WebViewHost::Other);
    /// ```
    pub fn of(configuration_web_url: &str, profile_url: &str) -> Self {
        match (Url::read(configuration_web_url), Url::read(profile_url)) {
            (Ok(page), Ok(profile)) if page.is_https() && profile.is_https() => {
                if page.host.is(&profile.host) {
                    Self::Same
                } else if page.host.is_of_domain(&profile.host) {
                    Self::SameDomain
                } else {
                    Self::Other
                }
            }
            _ => Self::Other,
        }
    }
}

/// What a server keeps of a web view between its first page and its last. It is stored as JSON, with a version.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::enrollment::{Caller, WebView, WebViewSession};
///
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
/// let mut caller = Caller::new("iPad13,1", "21E230");
/// caller.serial = Some("C02T0HL0GGC0".into());
/// // The first page: the header was there, and its signature was verified.
/// let WebView::Began(session) = WebView::on_request(None, Some(caller), &stamp) else { return Err("it begins".into()) };
/// // The next: no header.
/// let next = WebView::on_request(Some(session.clone()), None, &stamp);
/// assert_eq!(next, WebView::Goes(session));
/// assert_eq!(WebView::on_request(None, None, &stamp), WebView::NoDevice);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebViewSession {
    version: u32,
    caller: Caller,
    began_at: DateTime<Utc>,
}

impl WebViewSession {
    /// How long a session lasts: an hour, in which a person has signed in or gone away.
    pub const LIFETIME: TimeDelta = TimeDelta::hours(1);

    /// Who is calling, as verified on the first page.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// When the first page was asked for.
    pub fn began_at(&self) -> DateTime<Utc> {
        self.began_at
    }
}

/// What a request within a web view is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebView {
    /// The first page: keep the session.
    Began(WebViewSession),
    /// A later page of this session.
    Goes(WebViewSession),
    /// The session is older than [`WebViewSession::LIFETIME`]; the device has to begin anew.
    Expired,
    /// No session and no header: a browser, or a device that has lost its cookie. It has to begin anew.
    NoDevice,
    /// The header names another device than the session. Drop the session, and begin anew with the device: `on_request(None, Some(caller),
    /// stamp)`.
    OtherDevice(Caller),
    /// The header names no device, neither by serial number nor by UDID, so that no session can be bound to it: it is refused. Devices that
    /// enroll by ADE name both, and user enrollment, which names none, does not go through a web view.
    Unidentified,
}

impl WebView {
    /// Tells what a request is, by the session that its cookie names, and the caller if the header was there and its signature verified. A header
    /// that does not verify is to be refused before.
    pub fn on_request(session: Option<WebViewSession>, header: Option<Caller>, stamp: &Stamp) -> Self {
        let now = stamp.now();
        let is_current = |session: &WebViewSession| {
            session.version == 1
                && now.signed_duration_since(session.began_at).num_seconds().abs()
                    < WebViewSession::LIFETIME.num_seconds()
        };
        match (session, header) {
            (None, None) => Self::NoDevice,
            (_, Some(caller)) if !is_identified(&caller) => Self::Unidentified,
            (Some(session), Some(caller)) if identity(&session.caller) != identity(&caller) => {
                Self::OtherDevice(caller)
            }
            // The first page, perhaps once more.
            (_, Some(caller)) => Self::Began(WebViewSession { version: 1, caller, began_at: now }),
            (Some(session), None) if is_current(&session) => Self::Goes(session),
            (Some(_), None) => Self::Expired,
        }
    }
}

/// Whether there is a name to which something can be bound.
fn is_identified(caller: &Caller) -> bool {
    [&caller.serial, &caller.udid].into_iter().flatten().any(|name| !name.is_empty())
}

fn identity(caller: &Caller) -> (Option<&str>, Option<&str>) {
    (caller.serial.as_deref(), caller.udid.as_deref())
}

/// Nonces for the forms of a web view, so that none is sent twice, by another device, or later than its time: each is bound to a device and a
/// time by HMAC-SHA256 with the server's secret.
///
/// That one is used a single time, the caller's store sees to: it takes each [`NonceId`] once.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::enrollment::{BoundNonce, Caller, NonceError};
/// use apple_ade::secret::SecretBytes;
///
/// let nonces = BoundNonce::new(SecretBytes::new(*b"thirty-two bytes of good secrecy")).ok_or("too short a secret")?;
/// let mut caller = Caller::new("iPad13,1", "21E230");
/// caller.serial = Some("C02T0HL0GGC0".into());
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
///
/// let nonce = nonces.issue(&caller, &stamp)?;
/// assert!(nonces.verify(&nonce, &caller, "2026-11-22T08:05:00Z".parse()?).is_ok());
/// caller.serial = Some("C02T0HL0GGC1".into());
/// assert_eq!(nonces.verify(&nonce, &caller, "2026-11-22T08:05:00Z".parse()?), Err(NonceError::NotIssued));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BoundNonce {
    secret: SecretBytes,
    lifetime: TimeDelta,
}

/// By what a store knows a nonce again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NonceId(String);

impl NonceId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a nonce does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NonceError {
    /// It is too old.
    #[error("the page has expired; open it again")]
    Expired,
    /// Its time lies ahead: the clocks of two servers differ.
    #[error("the nonce was issued in the future; set the clocks of the servers")]
    NotYet,
    /// It was not issued for this device with this secret, or was changed.
    #[error("the nonce was not issued for this device")]
    NotIssued,
    /// It is no nonce at all.
    #[error("this is no nonce")]
    Malformed,
    /// The device has neither a serial number nor a UDID, so that the nonce would be any device's.
    #[error("the device has neither a serial number nor a UDID that the nonce could be bound to")]
    Unidentified,
}

type HmacSha256 = Hmac<Sha256>;

const TIME: usize = 8;
const RANDOM: usize = 16;
/// How far the clocks of two servers may differ.
const SKEW: TimeDelta = TimeDelta::minutes(1);

impl BoundNonce {
    /// The shortest secret, in bytes.
    pub const MIN_SECRET: usize = 32;

    /// Nonces that last an hour; `None` for a secret of fewer than [`MIN_SECRET`](Self::MIN_SECRET) bytes.
    pub fn new(secret: SecretBytes) -> Option<Self> {
        let is_long = secret.expose_secret().len() >= Self::MIN_SECRET;
        is_long.then_some(Self { secret, lifetime: WebViewSession::LIFETIME })
    }

    /// With another lifetime.
    #[must_use]
    pub fn lifetime(self, lifetime: TimeDelta) -> Self {
        Self { lifetime, ..self }
    }

    /// A nonce for this device: 56 bytes in base64url.
    ///
    /// # Errors
    ///
    /// [`NonceError::Unidentified`]
    pub fn issue(&self, caller: &Caller, stamp: &Stamp) -> Result<String, NonceError> {
        let mut bytes = stamp.now().timestamp().to_be_bytes().to_vec();
        bytes.extend(stamp.nonce());
        let tag = self.mac(caller, &bytes)?.finalize().into_bytes();
        bytes.extend(tag);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Checks a nonce that comes back.
    ///
    /// # Errors
    ///
    /// [`NonceError`]; whether it is too old is told only of a nonce that was issued for this device.
    pub fn verify(&self, nonce: &str, caller: &Caller, now: DateTime<Utc>) -> Result<NonceId, NonceError> {
        let bytes = URL_SAFE_NO_PAD.decode(nonce.trim()).map_err(|_| NonceError::Malformed)?;
        let (bound, tag) = bytes.split_at_checked(TIME + RANDOM).ok_or(NonceError::Malformed)?;
        let mac = self.mac(caller, bound)?;
        mac.verify_slice(tag).map_err(|_| NonceError::NotIssued)?;
        let time = bound.first_chunk::<TIME>().map(|bytes| i64::from_be_bytes(*bytes));
        let issued = time.and_then(|time| DateTime::from_timestamp(time, 0)).ok_or(NonceError::Malformed)?;
        let age = now.signed_duration_since(issued);
        if age >= self.lifetime {
            Err(NonceError::Expired)
        } else if age < -SKEW {
            Err(NonceError::NotYet)
        } else {
            Ok(NonceId(URL_SAFE_NO_PAD.encode(bound)))
        }
    }

    /// Over what it is for, the device with the lengths of its names, and the time with the random part.
    fn mac(&self, caller: &Caller, bound: &[u8]) -> Result<HmacSha256, NonceError> {
        if !is_identified(caller) {
            return Err(NonceError::Unidentified);
        }
        // A key of any length is one of HMAC.
        let mut mac = HmacSha256::new_from_slice(self.secret.expose_secret()).map_err(|_| NonceError::NotIssued)?;
        mac.update(b"apple-ade web view nonce 1\0");
        for name in [&caller.serial, &caller.udid] {
            let name = name.as_deref().unwrap_or_default();
            mac.update(&u64::try_from(name.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(name.as_bytes());
        }
        mac.update(bound);
        Ok(mac)
    }
}
