use crate::error::BoxError;

/// Why a certificate cannot be read or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A private key stands where the certificate should be (KEY-3).
    #[error("this is a private key, which must never be uploaded or passed on; give the certificate alone")]
    PrivateKey,
    /// The text has no PEM block of a certificate.
    #[error("there is no certificate in this text ({}); a certificate begins with -----BEGIN CERTIFICATE-----",
        found.as_ref().map_or_else(|| "no PEM block at all".into(), |found| format!("it has a block {found:?}")))]
    NoCertificate {
        /// The label of the first block, if there is one.
        found: Option<String>,
    },
    /// The bytes are not an X.509 certificate.
    #[error("the certificate is malformed or was cut short; copy it again from where it was made")]
    Malformed,
    /// What stands around the bytes that its issuer signed is not what it has to be (RFC 5280, 4.1.1; RFC 5280 asks for DER). Whoever passes
    /// the certificate on can change these bytes, and with them its [fingerprint](super::Fingerprint), while the signature stays good.
    #[error("the certificate {problem}, outside of what its issuer signed; get it again from its issuer")]
    Outside {
        /// What is wrong there.
        problem: &'static str,
    },
    /// The common name cannot be in a certificate.
    #[error("the common name has {length} characters; use 1 to 64, without control characters")]
    CommonName {
        /// How many characters it has.
        length: usize,
    },
    /// The time of validity is not one.
    #[error("the certificate cannot be valid for {days} days; use 1 day or more, ending before the year 10000")]
    Validity {
        /// What was asked for, in whole days.
        days: i64,
    },
    /// The certificate belongs to another key.
    #[error("the certificate (serial {serial}) belongs to another private key; give the two that were made together")]
    OtherKey {
        /// The certificate's serial number.
        serial: super::Serial,
    },
    /// The key did not sign.
    #[error("the certificate could not be signed: {0}")]
    Sign(#[source] BoxError),
}
