//! An identity from an ACME server.

use std::fmt;

use plist::{Dictionary, Value};

use super::identity::{KeyUsage, Subject, SubjectAltName, put, put_opt};
use crate::profile::url::Url;

/// `com.apple.security.acme`: a certificate from an ACME server, which may ask for an attestation of the device and its key.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/acmecertificate). The client identifier is not shown by `Debug`: a
/// server may give whoever has it a certificate.
///
/// ```
/// use apple_ade::enrollment::{Acme, AcmeKey, HardwareCurve, Subject};
///
/// let key = AcmeKey::Hardware { curve: HardwareCurve::P384, attest: true };
/// let acme = Acme::new("https://acme.example.com/directory", "C02T0HL0GGC0", key, Subject::common_name("C02T0HL0GGC0"))?;
/// assert_eq!(acme.key(), key);
/// assert!(Acme::new("http://acme.example.com/directory", "C02T0HL0GGC0", key, Subject::default()).is_err());
/// # Ok::<(), apple_ade::enrollment::AcmeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Acme {
    directory_url: String,
    client_identifier: String,
    key: AcmeKey,
    subject: Subject,
    subject_alt_name: Option<SubjectAltName>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Vec<String>,
    extractable: Option<bool>,
    all_apps: Option<bool>,
}

impl fmt::Debug for Acme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acme")
            .field("directory_url", &self.directory_url)
            .field("client_identifier", &format_args!("(redacted)"))
            .field("key", &self.key)
            .field("subject", &self.subject)
            .field("subject_alt_name", &self.subject_alt_name)
            .field("key_usage", &self.key_usage)
            .field("extended_key_usage", &self.extended_key_usage)
            .field("extractable", &self.extractable)
            .field("all_apps", &self.all_apps)
            .finish()
    }
}

/// What kind of key the device makes. A key is attested only where the hardware holds it, and the hardware holds two curves:
///
/// ```compile_fail,E0026
/// # use apple_ade::enrollment::AcmeKey;
/// let AcmeKey::Software { attest, .. } = AcmeKey::Software { curve: apple_ade::enrollment::Curve::P521 } else { return };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AcmeKey {
    /// `HardwareBound` with `ECSECPrimeRandom`: in the Secure Enclave.
    Hardware {
        /// Its curve.
        curve: HardwareCurve,
        /// `Attest`: the device vouches for itself and the key; iOS 16, macOS 14, tvOS 16, watchOS 10.
        attest: bool,
    },
    /// `RSA`: 1024 to 4096 bits, a multiple of 8.
    Rsa {
        /// Its length.
        bits: u16,
    },
    /// `ECSECPrimeRandom` in the keychain.
    Software {
        /// Its curve.
        curve: Curve,
    },
}

/// A curve that the hardware has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HardwareCurve {
    /// 256
    P256,
    /// 384
    P384,
}

/// A curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// 192
    P192,
    /// 256
    P256,
    /// 384
    P384,
    /// 521
    P521,
}

/// What cannot be the settings of an ACME server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AcmeError {
    /// The directory is at no https URL.
    #[error("`DirectoryURL` is no https URL with a host; write it as in https://acme.example.com/directory")]
    DirectoryUrl,
    /// The client identifier is empty.
    #[error("`ClientIdentifier` is empty; give a text that the server knows the device by")]
    ClientIdentifier,
    /// The RSA key has no length that Apple allows.
    #[error("an RSA key of {bits} bits is not allowed; give a multiple of 8 from 1024 to 4096")]
    KeySize {
        /// The length.
        bits: u16,
    },
}

impl Acme {
    /// An ACME server by its directory, with what it knows the device by, the key, and the subject to ask for.
    ///
    /// # Errors
    ///
    /// [`AcmeError`]
    pub fn new(
        directory_url: impl Into<String>,
        client_identifier: impl Into<String>,
        key: AcmeKey,
        subject: Subject,
    ) -> Result<Self, AcmeError> {
        let (directory_url, client_identifier) = (directory_url.into(), client_identifier.into());
        if !Url::read(&directory_url).is_ok_and(|url| url.is_https()) {
            return Err(AcmeError::DirectoryUrl);
        }
        if client_identifier.is_empty() {
            return Err(AcmeError::ClientIdentifier);
        }
        if let AcmeKey::Rsa { bits } = key
            && (!(1024..=4096).contains(&bits) || bits % 8 != 0)
        {
            return Err(AcmeError::KeySize { bits });
        }
        Ok(Self {
            directory_url,
            client_identifier,
            key,
            subject,
            subject_alt_name: None,
            key_usage: None,
            extended_key_usage: Vec::new(),
            extractable: None,
            all_apps: None,
        })
    }

    /// `SubjectAltName`
    #[must_use]
    pub fn subject_alt_name(self, names: SubjectAltName) -> Self {
        Self { subject_alt_name: Some(names), ..self }
    }

    /// `UsageFlags`
    #[must_use]
    pub fn key_usage(self, usage: KeyUsage) -> Self {
        Self { key_usage: Some(usage), ..self }
    }

    /// `ExtendedKeyUsage`: object identifiers in numbers, such as `1.3.6.1.5.5.7.3.2` for clients.
    #[must_use]
    pub fn extended_key_usage(self, oids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { extended_key_usage: oids.into_iter().map(Into::into).collect(), ..self }
    }

    /// `KeyIsExtractable`: macOS. Default true.
    #[must_use]
    pub fn key_is_extractable(self, on: bool) -> Self {
        Self { extractable: Some(on), ..self }
    }

    /// `AllowAllAppsAccess`: macOS. Default false.
    #[must_use]
    pub fn allow_all_apps_access(self, on: bool) -> Self {
        Self { all_apps: Some(on), ..self }
    }

    /// What kind of key the device makes.
    pub fn key(&self) -> AcmeKey {
        self.key
    }

    pub(super) fn put_into(&self, payload: &mut Dictionary) {
        const EC: &str = "ECSECPrimeRandom";
        let (kind, size, hardware, attest) = match self.key {
            AcmeKey::Rsa { bits } => ("RSA", u64::from(bits), false, None),
            AcmeKey::Hardware { curve: HardwareCurve::P256, attest } => (EC, 256, true, Some(attest)),
            AcmeKey::Hardware { curve: HardwareCurve::P384, attest } => (EC, 384, true, Some(attest)),
            AcmeKey::Software { curve } => {
                let size = match curve {
                    Curve::P192 => 192,
                    Curve::P256 => 256,
                    Curve::P384 => 384,
                    Curve::P521 => 521,
                };
                (EC, size, false, None)
            }
        };
        put(payload, "DirectoryURL", self.directory_url.clone());
        put(payload, "ClientIdentifier", self.client_identifier.clone());
        put(payload, "KeySize", size);
        put(payload, "KeyType", kind);
        put(payload, "HardwareBound", hardware);
        put(payload, "Subject", self.subject.to_value());
        put_opt(payload, "SubjectAltName", self.subject_alt_name.as_ref().map(SubjectAltName::to_value));
        put_opt(payload, "UsageFlags", self.key_usage.map(KeyUsage::bits));
        let usages = self.extended_key_usage.iter().map(|oid| Value::from(oid.as_str()));
        put_opt(payload, "ExtendedKeyUsage", (!self.extended_key_usage.is_empty()).then(|| usages.collect::<Vec<_>>()));
        put_opt(payload, "Attest", attest);
        put_opt(payload, "KeyIsExtractable", self.extractable);
        put_opt(payload, "AllowAllAppsAccess", self.all_apps);
    }
}
