//! An identity from a SCEP server.

use plist::{Dictionary, Value};

use super::identity::{KeyUsage, Subject, SubjectAltName, put, put_opt};
use crate::profile::url::Url;
use crate::secret::SecretString;

/// `com.apple.security.scep`: a certificate from a SCEP server for a key that the device makes.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/scep). A challenge that is valid for 15 minutes is what most failures
/// come from: see [`SCEP_WINDOW`](crate::enrollment::SCEP_WINDOW).
///
/// ```
/// use apple_ade::enrollment::{KeyUsage, Scep, ScepKeySize, Subject};
/// use apple_ade::secret::SecretString;
///
/// let scep = Scep::new("https://ca.example.com/scep")?
///     .subject(Subject::common_name("C02T0HL0GGC0"))
///     .challenge(SecretString::new("once"))
///     .key_size(ScepKeySize::Rsa2048)
///     .key_usage(KeyUsage::Both);
/// assert!(!format!("{scep:?}").contains("once"));
/// # Ok::<(), apple_ade::enrollment::ScepError>(())
/// ```
#[derive(Debug)]
pub struct Scep {
    url: String,
    name: Option<String>,
    subject: Option<Subject>,
    challenge: Option<SecretString>,
    key_size: Option<ScepKeySize>,
    key_usage: Option<KeyUsage>,
    ca_fingerprint: Option<Vec<u8>>,
    retries: Option<u32>,
    retry_delay: Option<u32>,
    subject_alt_name: Option<SubjectAltName>,
    extractable: Option<bool>,
    all_apps: Option<bool>,
}

/// A text that cannot be the URL of a SCEP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the URL of a SCEP server is one of http or https with a host, as in https://ca.example.com/scep")]
pub struct ScepError;

/// `Keysize`: how long the key is, in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ScepKeySize {
    /// 1024, which is Apple's default, and too short for most.
    Rsa1024,
    /// 2048
    Rsa2048,
    /// 4096
    Rsa4096,
}

impl Scep {
    /// A SCEP server by its URL. SCEP protects its messages itself, so that http will do.
    ///
    /// # Errors
    ///
    /// [`ScepError`]
    pub fn new(url: impl Into<String>) -> Result<Self, ScepError> {
        let url = url.into();
        match Url::read(&url) {
            Ok(read) if read.is_https() || read.scheme.eq_ignore_ascii_case("http") => {}
            _ => return Err(ScepError),
        }
        Ok(Self {
            url,
            name: None,
            subject: None,
            challenge: None,
            key_size: None,
            key_usage: None,
            ca_fingerprint: None,
            retries: None,
            retry_delay: None,
            subject_alt_name: None,
            extractable: None,
            all_apps: None,
        })
    }

    /// `Name`: which of the server's authorities is meant.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// `Subject`
    #[must_use]
    pub fn subject(self, subject: Subject) -> Self {
        Self { subject: Some(subject), ..self }
    }

    /// `Challenge`: the shared secret.
    #[must_use]
    pub fn challenge(self, challenge: SecretString) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// `Keysize`: default 1024.
    #[must_use]
    pub fn key_size(self, size: ScepKeySize) -> Self {
        Self { key_size: Some(size), ..self }
    }

    /// `Key Usage`: default none.
    #[must_use]
    pub fn key_usage(self, usage: KeyUsage) -> Self {
        Self { key_usage: Some(usage), ..self }
    }

    /// `CAFingerprint`: of the authority's certificate.
    #[must_use]
    pub fn ca_fingerprint(self, fingerprint: impl Into<Vec<u8>>) -> Self {
        Self { ca_fingerprint: Some(fingerprint.into()), ..self }
    }

    /// `Retries`: how often the device asks again while the server says PENDING. Default 3.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        Self { retries: Some(retries), ..self }
    }

    /// `RetryDelay`: the seconds between these. Default 10.
    #[must_use]
    pub fn retry_delay(self, seconds: u32) -> Self {
        Self { retry_delay: Some(seconds), ..self }
    }

    /// `SubjectAltName`
    #[must_use]
    pub fn subject_alt_name(self, names: SubjectAltName) -> Self {
        Self { subject_alt_name: Some(names), ..self }
    }

    /// `KeyIsExtractable`: macOS 10.13.4. Default true.
    #[must_use]
    pub fn key_is_extractable(self, on: bool) -> Self {
        Self { extractable: Some(on), ..self }
    }

    /// `AllowAllAppsAccess`: macOS 10.10. Default false.
    #[must_use]
    pub fn allow_all_apps_access(self, on: bool) -> Self {
        Self { all_apps: Some(on), ..self }
    }

    pub(super) fn put_into(&self, payload: &mut Dictionary) {
        let mut content = Dictionary::new();
        put(&mut content, "URL", self.url.clone());
        put_opt(&mut content, "Name", self.name.clone());
        put_opt(&mut content, "Subject", self.subject.as_ref().map(Subject::to_value));
        put_opt(&mut content, "Challenge", self.challenge.as_ref().map(|text| text.expose_secret().to_owned()));
        let bits = |size| match size {
            ScepKeySize::Rsa1024 => 1024_u64,
            ScepKeySize::Rsa2048 => 2048,
            ScepKeySize::Rsa4096 => 4096,
        };
        put_opt(&mut content, "Keysize", self.key_size.map(bits));
        put(&mut content, "Key Type", "RSA");
        put_opt(&mut content, "Key Usage", self.key_usage.map(KeyUsage::bits));
        put_opt(&mut content, "CAFingerprint", self.ca_fingerprint.clone().map(Value::Data));
        put_opt(&mut content, "Retries", self.retries);
        put_opt(&mut content, "RetryDelay", self.retry_delay);
        put_opt(&mut content, "SubjectAltName", self.subject_alt_name.as_ref().map(SubjectAltName::to_value));
        put_opt(&mut content, "KeyIsExtractable", self.extractable);
        put_opt(&mut content, "AllowAllAppsAccess", self.all_apps);
        put(payload, "PayloadContent", content);
    }
}
