//! What one certificate says of another.

use const_oid::ObjectIdentifier;
use x509_parser::prelude::{ParsedExtension, X509Certificate};

use super::Certificate;
use crate::pki::raw;
use crate::pki::signature::{self, CheckSignature, SignatureAlgorithm, SignatureError};

/// How it was signed, and what it may be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Limits {
    algorithm: Result<SignatureAlgorithm, String>,
    path_length: Option<u32>,
    /// Bits of the key usage extension, if there is one.
    usage: Option<u16>,
    /// Whether the extended key usage leaves room for messages; it does if there is none.
    for_messages: bool,
    critical: Option<String>,
}

impl Limits {
    pub(super) fn read(parsed: &X509Certificate<'_>) -> Self {
        let named = parsed.signature_algorithm.algorithm.to_id_string();
        // It stands there twice, once inside of what is signed (RFC 5280, 4.1.1.2).
        let same = parsed.signature_algorithm.algorithm == parsed.tbs_certificate.signature.algorithm;
        // By its bytes: the numbers of a text may be larger than that library reckons with.
        let oid = ObjectIdentifier::from_bytes(parsed.signature_algorithm.algorithm.as_bytes());
        let known = oid.ok().and_then(SignatureAlgorithm::from_oid).filter(|_| same);
        let algorithm = known.ok_or(named);
        let mut limits = Self { algorithm, path_length: None, usage: None, for_messages: true, critical: None };
        for extension in parsed.iter_extensions() {
            match extension.parsed_extension() {
                ParsedExtension::BasicConstraints(constraints) => limits.path_length = constraints.path_len_constraint,
                ParsedExtension::KeyUsage(usage) => limits.usage = Some(usage.flags),
                // Devices' have `clientAuth`, beside `serverAuth`; what is made to sign messages has `emailProtection`.
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    limits.for_messages &= usage.any || usage.email_protection || usage.client_auth;
                }
                // They say for which names and policies: not what is asked here.
                ParsedExtension::SubjectAlternativeName(_) | ParsedExtension::CertificatePolicies(_) => {}
                _ if extension.critical => limits.critical = Some(extension.oid.to_id_string()),
                _ => {}
            }
        }
        limits
    }
}

const DIGITAL_SIGNATURE: u16 = 1;
const KEY_CERT_SIGN: u16 = 1 << 5;

impl Certificate {
    /// Whether the key of `issuer` signed this certificate. Names, dates and purposes are not looked at; a
    /// [`Trust`](crate::pki::trust::Trust) does that.
    ///
    /// # Errors
    ///
    /// [`SignatureError`]: it did not, or that cannot be said.
    pub fn check_signed_by(&self, issuer: &Self, checker: &dyn CheckSignature) -> Result<(), SignatureError> {
        let algorithm =
            self.limits.algorithm.as_ref().map_err(|found| SignatureError::Algorithm { found: found.clone() })?;
        let (signed, signature) = self.signed_parts().ok_or(SignatureError::Invalid)?;
        signature::check(checker, *algorithm, &issuer.public_key, signed, signature)
    }

    /// The bytes that are signed, and the signature.
    fn signed_parts(&self) -> Option<(&[u8], &[u8])> {
        let outer = raw::take(&mut self.der.as_slice())?;
        let mut members = raw::members(outer.content);
        let (signed, signature) = (members.next()?, members.nth(1)?);
        // A BIT STRING: its first byte says how many bits of the last one are unused.
        match signature.content {
            [0, bytes @ ..] if signature.first == 0x03 => Some((signed.whole, bytes)),
            _ => None,
        }
    }

    /// Whether it may vouch for other certificates, by its basic constraints and its key usage.
    pub(crate) fn may_vouch(&self) -> bool {
        self.authority && self.limits.usage.is_none_or(|usage| usage & KEY_CERT_SIGN != 0)
    }

    /// Whether its key usage lets it sign messages.
    pub(crate) fn may_sign(&self) -> bool {
        self.limits.usage.is_none_or(|usage| usage & DIGITAL_SIGNATURE != 0)
    }

    /// Whether its extended key usage, if it has one, names any purpose, `emailProtection` or `clientAuth`. In an authority it says what that may
    /// vouch for.
    pub(crate) fn is_for_messages(&self) -> bool {
        self.limits.for_messages
    }

    /// How many authorities may stand between it and the one at the end.
    pub(crate) fn path_length(&self) -> Option<u32> {
        self.limits.path_length
    }

    /// A critical extension that is not understood here: the certificate counts for nothing then (RFC 5280, 4.2).
    pub(crate) fn unknown_critical(&self) -> Option<&str> {
        self.limits.critical.as_deref()
    }
}
