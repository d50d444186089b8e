//! The request that takes a lock away.

use std::fmt;

use http::{HeaderValue, Method, Request, Uri, header};
use zeroize::Zeroizing;

use super::bypass_code::BypassCode;
use crate::id::SerialNumber;
use crate::secret::SecretBytes;

/// `POST /deviceservicesworkers/escrowKeyUnlock`: takes the Activation Lock of one device away.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/creating-and-using-bypass-codes). The service is another
/// one than that of the other calls: it knows no session and no server token. The caller's HTTP client presents the MDM's APNs push
/// certificate as its client certificate, and may not follow redirects.
///
/// ```
/// use apple_ade::activation_lock::{BypassCode, BypassCodes, Unlock, UnlockAnswer, UnlockOutcome};
///
/// # fn send(request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
/// #     let right = request.body().starts_with(b"orgName=Example%20School&guid=17&escrowKey=8LNYD-");
/// #     http::Response::builder().status(if right { 200 } else { 404 }).body(Vec::new()).unwrap()
/// # }
/// let codes = BypassCodes {
///     server_generated: Some("3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4".parse()?),
///     device_generated: Some("8LNYD-DVNKU-GYRC-E6GU-3YFD-CT86".parse()?),
/// };
/// let unlock = Unlock::new("C02T0HL0GGC0".parse()?, "iPad13,4", "Example School", "17");
/// let mut outcome = None;
/// for code in codes.in_order() {
///     let answer = UnlockAnswer::read(&send(unlock.request(code)?.expose_secret()));
///     outcome = Some(answer.outcome());
///     if answer.outcome() != UnlockOutcome::TryOtherCode {
///         break;
///     }
/// }
/// assert_eq!(outcome, Some(UnlockOutcome::Unlocked));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "escrowKeyUnlock")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unlock {
    /// `serial`
    pub serial_number: SerialNumber,
    /// `productType`: the model's identifier, as in `iPad13,4`; MachineInfo and device information have it.
    pub product_type: String,
    /// `imei`: of the first slot of `ServiceSubscriptions`. Devices with cellular alone.
    pub imei: Option<String>,
    /// `imei2`: of the second slot.
    pub imei2: Option<String>,
    /// `meid`: of the first slot.
    pub meid: Option<String>,
    /// `orgName`: the organisation that asks, for Apple's records.
    pub org_name: String,
    /// `guid`: an id, the caller's own, of whoever in the organisation asks, for Apple's records.
    pub guid: String,
}

/// A request that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is {problem}; Apple answers 400")]
pub struct UnlockError {
    field: &'static str,
    problem: &'static str,
}

impl UnlockError {
    /// The field in Apple's spelling.
    pub fn field(&self) -> &'static str {
        self.field
    }
}

/// A request with a bypass code in its body; the code is wiped with it, and not shown.
pub struct UnlockRequest {
    uri: Uri,
    body: SecretBytes,
}

impl Unlock {
    /// Where the service is.
    pub const URL: &'static str = "https://deviceservices-external.apple.com/deviceservicesworkers/escrowKeyUnlock";

    /// The longest value of a field, in bytes. Apple gives no number; a request has to have some bound.
    pub const LONGEST: usize = 1000;

    /// Takes the lock of this device away, for this organisation and on request of whom `guid` names.
    pub fn new(
        serial_number: SerialNumber,
        product_type: impl Into<String>,
        org_name: impl Into<String>,
        guid: impl Into<String>,
    ) -> Self {
        Self {
            serial_number,
            product_type: product_type.into(),
            imei: None,
            imei2: None,
            meid: None,
            org_name: org_name.into(),
            guid: guid.into(),
        }
    }

    /// Names the device's IMEI.
    #[must_use]
    pub fn with_imei(self, imei: impl Into<String>) -> Self {
        Self { imei: Some(imei.into()), ..self }
    }

    /// Names the IMEI of the second slot.
    #[must_use]
    pub fn with_imei2(self, imei2: impl Into<String>) -> Self {
        Self { imei2: Some(imei2.into()), ..self }
    }

    /// Names the device's MEID.
    #[must_use]
    pub fn with_meid(self, meid: impl Into<String>) -> Self {
        Self { meid: Some(meid.into()), ..self }
    }

    /// The request with one of the codes. An IMEI or MEID that is empty counts as none.
    ///
    /// # Errors
    ///
    /// A field that is empty or too long, or has control characters.
    pub fn request(&self, code: &BypassCode) -> Result<UnlockRequest, UnlockError> {
        let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let (imei, imei2, meid) = (some(&self.imei), some(&self.imei2), some(&self.meid));
        let mut query = String::new();
        let required =
            [("serial", Some(self.serial_number.as_str())), ("productType", Some(self.product_type.as_str()))];
        let optional = [("imei", imei.as_deref()), ("imei2", imei2.as_deref()), ("meid", meid.as_deref())];
        for (field, value) in required.into_iter().chain(optional) {
            if let Some(value) = value {
                add(&mut query, field, value)?;
            }
        }
        let url = format!("{}?{query}", Self::URL);
        // Everything in it is percent-encoded, so that only a length can be wrong.
        let uri = url.try_into().map_err(|_| UnlockError { field: "productType", problem: "too long" })?;

        let code = code.to_code();
        // At its full size from the start, so that no part is left behind in memory that was given back.
        let most = 3 * (self.org_name.len() + self.guid.len()) + code.expose_secret().len() + 32;
        let mut body = Zeroizing::new(String::with_capacity(most));
        add(&mut body, "orgName", &self.org_name)?;
        add(&mut body, "guid", &self.guid)?;
        add(&mut body, "escrowKey", code.expose_secret())?;
        Ok(UnlockRequest { uri, body: SecretBytes::new(std::mem::take(&mut *body)) })
    }
}

/// Adds one pair in the form `application/x-www-form-urlencoded`, with `%20` for a space.
fn add(to: &mut String, field: &'static str, value: &str) -> Result<(), UnlockError> {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let value = value.trim();
    let problem = match value {
        "" => Some("empty"),
        _ if value.len() > Unlock::LONGEST => Some("longer than 1000 bytes"),
        _ if value.contains(char::is_control) => Some("a text with control characters"),
        _ => None,
    };
    if let Some(problem) = problem {
        return Err(UnlockError { field, problem });
    }
    if !to.is_empty() {
        to.push('&');
    }
    to.push_str(field);
    to.push('=');
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(char::from(byte));
        } else {
            let digit = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or_default();
            to.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    Ok(())
}

impl UnlockRequest {
    /// Where it goes, with the query; the code is not in it.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The request to send. Its body holds the code in plain text: keep it out of logs and traces, its `Debug` included.
    pub fn expose_secret(&self) -> Request<Vec<u8>> {
        let mut request = Request::new(self.body.expose_secret().to_vec());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(header::CONTENT_TYPE, form);
        request
    }
}

impl fmt::Debug for UnlockRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnlockRequest").field("uri", &self.uri).finish_non_exhaustive()
    }
}
