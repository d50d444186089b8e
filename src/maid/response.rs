//! The answer to `GetToken`.

use http::{HeaderValue, Response, header};
use plist::{Dictionary, Value};
use zeroize::Zeroizing;

use super::token::MaidToken;
use crate::secret::SecretBytes;

/// The answer to `GetToken`: a property list with the token's bytes as `TokenData`.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/gettokenresponse). The bytes are the token's text in
/// UTF-8; they are written in base64 because property lists write data so.
///
/// ```
/// use apple_ade::maid::TokenResponse;
/// use apple_ade::secret::SecretBytes;
///
/// // A token for pairing a watch, whose form is the MDM's own.
/// let response = TokenResponse::new(SecretBytes::new(*b"a token")).to_http();
/// let body = std::str::from_utf8(response.body())?;
/// assert!(body.contains("<key>TokenData</key>") && body.contains("YSB0b2tlbg=="));
/// # Ok::<(), std::str::Utf8Error>(())
/// ```
#[derive(Debug)]
pub struct TokenResponse(SecretBytes);

impl TokenResponse {
    /// An answer with this token.
    pub fn new(token: SecretBytes) -> Self {
        Self(token)
    }

    /// The property list in XML. Keep it out of logs.
    pub fn to_plist(&self) -> SecretBytes {
        let mut answer = Dictionary::new();
        answer.insert("TokenData".into(), Value::Data(self.0.expose_secret().to_vec()));
        let mut xml = Zeroizing::new(Vec::new());
        // Writing to memory does not fail.
        let written = Value::Dictionary(answer).to_writer_xml(&mut *xml);
        debug_assert!(written.is_ok());
        SecretBytes::new(std::mem::take(&mut *xml))
    }

    /// The HTTP response: status 200, and the property list in XML. Its body holds the token: keep it out of logs.
    pub fn to_http(&self) -> Response<Vec<u8>> {
        let mut response = Response::new(self.to_plist().expose_secret().to_vec());
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        response
    }
}

impl From<MaidToken> for TokenResponse {
    fn from(token: MaidToken) -> Self {
        Self::new(SecretBytes::new(token.expose_secret()))
    }
}
