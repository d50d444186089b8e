//! Where the device gets its identity from: the certificate by which it is known to the MDM.

use plist::{Dictionary, Value};

use super::acme::Acme;
use super::pkcs12::Pkcs12;
use super::scep::Scep;

/// Where a device gets the certificate from by which the MDM knows it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Identity {
    /// From an ACME server, for a key that may be bound to the device and attested: iOS 16, macOS 13.1, tvOS 16, visionOS 1, watchOS 9.
    Acme(Acme),
    /// From the profile itself, with its private key. Whoever sees the profile has it.
    Pkcs12(Pkcs12),
    /// From a SCEP server, for a key that the device makes.
    Scep(Scep),
}

impl From<Acme> for Identity {
    fn from(acme: Acme) -> Self {
        Self::Acme(acme)
    }
}

impl From<Pkcs12> for Identity {
    fn from(pkcs12: Pkcs12) -> Self {
        Self::Pkcs12(pkcs12)
    }
}

impl From<Scep> for Identity {
    fn from(scep: Scep) -> Self {
        Self::Scep(scep)
    }
}

impl Identity {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Acme(_) => "com.apple.security.acme",
            Self::Pkcs12(_) => "com.apple.security.pkcs12",
            Self::Scep(_) => "com.apple.security.scep",
        }
    }

    /// Adds its keys to a payload.
    pub(super) fn put_into(&self, payload: &mut Dictionary) {
        match self {
            Self::Acme(acme) => acme.put_into(payload),
            Self::Pkcs12(pkcs12) => pkcs12.put_into(payload),
            Self::Scep(scep) => scep.put_into(payload),
        }
    }
}

/// What a device asks to be named in its certificate.
///
/// ```
/// use apple_ade::enrollment::Subject;
///
/// let subject = Subject::common_name("C02T0HL0GGC0").with("O", "Example School");
/// assert_eq!(subject.parts().count(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject(Vec<(String, String)>);

impl Subject {
    /// `CN`
    pub fn common_name(name: impl Into<String>) -> Self {
        Self::default().with("CN", name)
    }

    /// With one more part: `C`, `L`, `ST`, `O`, `OU`, `CN`, or an object identifier in numbers.
    #[must_use]
    pub fn with(mut self, oid: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push((oid.into(), value.into()));
        self
    }

    /// The parts, in their order.
    pub fn parts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(oid, value)| (oid.as_str(), value.as_str()))
    }

    /// `[[["CN", "…"]], …]`
    pub(super) fn to_value(&self) -> Value {
        let pair = |oid: &str, value: &str| Value::Array(vec![oid.into(), value.into()]);
        Value::Array(self.parts().map(|(oid, value)| Value::Array(vec![pair(oid, value)])).collect())
    }
}

/// Other names that a device asks for in its certificate: `SubjectAltName`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubjectAltName {
    /// `rfc822Name`: a mail address.
    pub rfc822_name: Option<String>,
    /// `dNSName`
    pub dns_name: Option<String>,
    /// `uniformResourceIdentifier`
    pub uniform_resource_identifier: Option<String>,
    /// `ntPrincipalName`
    pub nt_principal_name: Option<String>,
}

impl SubjectAltName {
    pub(super) fn to_value(&self) -> Value {
        let mut names = Dictionary::new();
        put_opt(&mut names, "rfc822Name", self.rfc822_name.clone());
        put_opt(&mut names, "dNSName", self.dns_name.clone());
        put_opt(&mut names, "uniformResourceIdentifier", self.uniform_resource_identifier.clone());
        put_opt(&mut names, "ntPrincipalName", self.nt_principal_name.clone());
        names.into()
    }
}

/// What a key is for: `Key Usage` of SCEP, `UsageFlags` of ACME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyUsage {
    /// 1: signatures.
    Signing,
    /// 4: encryption.
    Encryption,
    /// 5: both, which some authorities do not issue.
    Both,
}

impl KeyUsage {
    pub(super) fn bits(self) -> u64 {
        match self {
            Self::Signing => 1,
            Self::Encryption => 4,
            Self::Both => 5,
        }
    }
}

pub(super) fn put(dictionary: &mut Dictionary, key: &str, value: impl Into<Value>) {
    dictionary.insert(key.to_owned(), value.into());
}

pub(super) fn put_opt(dictionary: &mut Dictionary, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        put(dictionary, key, value);
    }
}
