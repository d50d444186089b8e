//! An identity that comes with the profile.

use plist::{Dictionary, Value};

use super::identity::{put, put_opt};
use crate::pki::certificate::Certificate;
use crate::pki::raw;
use crate::secret::{SecretBytes, SecretString};

/// `com.apple.security.pkcs12`: a certificate with its private key.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/certificatepkcs12). Apple advises to leave the password out, or to
/// use SCEP or ACME.
///
/// ```
/// use apple_ade::enrollment::{Pkcs12, Pkcs12Error};
/// use apple_ade::secret::SecretBytes;
///
/// # let file = include_bytes!("../../../tests/fixtures/mdm_profile/identity.p12");
/// assert!(Pkcs12::new(SecretBytes::new(*file)).is_ok());
/// let pem = SecretBytes::new(*b"-----BEGIN PRIVATE KEY-----");
/// assert_eq!(Pkcs12::new(pem).unwrap_err(), Pkcs12Error::Text);
/// ```
#[derive(Debug)]
pub struct Pkcs12 {
    content: SecretBytes,
    password: Option<SecretString>,
    file_name: Option<String>,
    all_apps: Option<bool>,
    extractable: Option<bool>,
}

/// What is no PKCS #12 file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs12Error {
    /// There is nothing.
    #[error("there is no PKCS #12 file, it is empty")]
    Empty,
    /// It is text: PEM, or a file in base64.
    #[error(
        "this is text, and a PKCS #12 file is none; decode it, or make one of PEM: openssl pkcs12 -export -in CERT.pem -inkey KEY.pem -out FILE.p12"
    )]
    Text,
    /// It is a certificate alone, without its private key.
    #[error(
        "this is a certificate without its private key; make a file of both: openssl pkcs12 -export -in CERT.pem -inkey KEY.pem -out FILE.p12"
    )]
    Certificate,
    /// It is something else, or was cut short.
    #[error("this is no PKCS #12 file of version 3 (RFC 7292, 4), or it was cut short")]
    Malformed,
}

impl Pkcs12 {
    /// A PKCS #12 file with one certificate, as its bytes are: `PFX` in DER or BER. What is in it is encrypted as a rule, and is not looked at.
    ///
    /// # Errors
    ///
    /// [`Pkcs12Error`]
    pub fn new(content: SecretBytes) -> Result<Self, Pkcs12Error> {
        check(content.expose_secret())?;
        Ok(Self { content, password: None, file_name: None, all_apps: None, extractable: None })
    }

    /// `Password`
    #[must_use]
    pub fn password(self, password: SecretString) -> Self {
        Self { password: Some(password), ..self }
    }

    /// `PayloadCertificateFileName`
    #[must_use]
    pub fn file_name(self, name: impl Into<String>) -> Self {
        Self { file_name: Some(name.into()), ..self }
    }

    /// `AllowAllAppsAccess`: macOS 10.10. Default false.
    #[must_use]
    pub fn allow_all_apps_access(self, on: bool) -> Self {
        Self { all_apps: Some(on), ..self }
    }

    /// `KeyIsExtractable`: macOS 10.15. Default true.
    #[must_use]
    pub fn key_is_extractable(self, on: bool) -> Self {
        Self { extractable: Some(on), ..self }
    }

    pub(super) fn put_into(&self, payload: &mut Dictionary) {
        put_opt(payload, "PayloadCertificateFileName", self.file_name.clone());
        put(payload, "PayloadContent", Value::Data(self.content.expose_secret().to_vec()));
        put_opt(payload, "Password", self.password.as_ref().map(|password| password.expose_secret().to_owned()));
        put_opt(payload, "AllowAllAppsAccess", self.all_apps);
        put_opt(payload, "KeyIsExtractable", self.extractable);
    }
}

/// Whether this is a `PFX` by its beginnings: version 3, and data of some type.
fn check(content: &[u8]) -> Result<(), Pkcs12Error> {
    const INTEGER: u8 = 0x02;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const SEQUENCE: u8 = 0x30;
    if content.is_empty() {
        return Err(Pkcs12Error::Empty);
    }
    let is_text = |text: &str| text.chars().all(|c| !c.is_control() || c.is_whitespace());
    if std::str::from_utf8(content).is_ok_and(is_text) {
        return Err(Pkcs12Error::Text);
    }
    let mut rest = content;
    let outer = raw::take(&mut rest).filter(|outer| outer.first == SEQUENCE && rest.is_empty());
    let mut members = raw::members(outer.map(|outer| outer.content).unwrap_or_default());
    let version = members.next().is_some_and(|version| version.first == INTEGER && version.content == [3]);
    let data = members.next().filter(|data| data.first == SEQUENCE);
    let kind = data.and_then(|data| raw::members(data.content).next());
    if version && kind.is_some_and(|kind| kind.first == OBJECT_IDENTIFIER) {
        return Ok(());
    }
    Err(if Certificate::from_der(content).is_ok() { Pkcs12Error::Certificate } else { Pkcs12Error::Malformed })
}
