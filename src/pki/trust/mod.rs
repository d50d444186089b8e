//! Whom to believe: from a signed message to a certificate that the caller trusts.

mod chain;
mod error;
mod search;

use chrono::{DateTime, Utc};

pub use self::chain::{Chain, Validity};
pub use self::error::{ChainError, VerifyError};
use super::certificate::{Certificate, CertificateError};
use super::cms::{Signed, SignerId};
#[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
use super::signature::BuiltIn;
use super::signature::{self, CheckSignature};

/// Apple iPhone Device CA. See the README beside it.
const APPLE_DEVICE_CA: &[u8] = include_bytes!("apple_iphone_device_ca.der");

/// A policy: which certificates are believed, and what else must hold.
///
/// There are two. *Pinned*, for Apple's devices: the signer's certificate must be issued by the one certificate directly, and
/// validity periods are reported and do not decide. *Anchors*, for everything else: any chain that ends in one of the
/// caller's certificates, every certificate of it valid at the time that is asked about.
///
/// Under both, the signer must be no authority and its key usage, if it has one, let it sign; each issuer must be an authority by its basic
/// constraints and its key usage, with no more authorities below than it allows; and no certificate, the trusted one included, may have a critical
/// extension that is not understood, or an extended key usage without `emailProtection`, `clientAuth` or `anyExtendedKeyUsage`.
///
/// ```
/// use apple_ade::pki::trust::Trust;
///
/// let fingerprints = |trust: &Trust| trust.certificates().map(|anchor| anchor.fingerprint().to_string()).collect::<Vec<_>>();
/// let apple = Trust::apple_devices();
/// assert!(apple.is_pinned());
/// assert!(fingerprints(&apple)[0].starts_with("76:F2:7D:00:E1:33:3B:C8"));
///
/// # let my_ca = include_str!("../../../tests/fixtures/machine_info/root.pem");
/// let mine = Trust::anchors_from_pem(my_ca)?;
/// assert_eq!(fingerprints(&mine).len(), 1);
/// # Ok::<(), apple_ade::pki::certificate::CertificateError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Trust {
    anchors: Vec<Certificate>,
    pinned: bool,
}

impl Trust {
    /// Apple's devices, by the pinned Apple iPhone Device CA, which signs for Macs and iPads too.
    ///
    /// That certificate expired in 2014, has 1024 bits and is signed over SHA-1; devices use it all the same, and Apple's
    /// [documentation](https://developer.apple.com/library/archive/documentation/NetworkingInternet/Conceptual/iPhoneOTAConfiguration/profile-service/profile-service.html)
    /// says not to look at its dates. Other authorities of Apple's are refused, and so is one that the pinned one would have made.
    pub fn apple_devices() -> Self {
        // It is a constant, and a test reads it. Whom nobody vouches for is refused.
        Certificate::from_der(APPLE_DEVICE_CA).map_or_else(|_| Self::anchors([]), Self::pinned)
    }

    /// One certificate that must have issued the signer's itself. Validity periods do not decide; everything else does.
    pub fn pinned(issuer: Certificate) -> Self {
        Self { anchors: vec![issuer], pinned: true }
    }

    /// Certificates at which a chain may end. Without any, everything is refused.
    pub fn anchors(anchors: impl IntoIterator<Item = Certificate>) -> Self {
        Self { anchors: anchors.into_iter().collect(), pinned: false }
    }

    /// The same, all certificates of a PEM text.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] if one of them cannot be read, there is none, or a private key is among them.
    pub fn anchors_from_pem(text: &str) -> Result<Self, CertificateError> {
        let anchors: Result<Vec<_>, _> = Certificate::all_from_pem(text)?.into_iter().collect();
        Ok(Self::anchors(anchors?))
    }

    /// Whether the signer must be issued directly, and validity periods do not decide.
    pub fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// The certificates that are believed.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.anchors.iter()
    }

    /// Verifies a signed message: the chain of its signer, what its signed attributes say, and its signature. `at` is the time
    /// at which the certificates have to be valid, or about which is reported.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] says what is wrong first. Which is looked at in this order: the signer's certificate, its chain, the
    /// attributes, the signature.
    #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))]
    pub fn verify(&self, signed: &Signed, at: DateTime<Utc>) -> Result<Chain, VerifyError> {
        self.verify_with(signed, at, &BuiltIn)
    }

    /// The same with a checker of the caller's.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    pub fn verify_with(
        &self,
        signed: &Signed,
        at: DateTime<Utc>,
        checker: &dyn CheckSignature,
    ) -> Result<Chain, VerifyError> {
        let (leaf, others) = self.signer_certificate(signed)?;
        let chain = self.chain_with(&leaf, &others, at, checker)?;
        if let Some((content_type, digest)) = signed.attributes() {
            if content_type != signed.content_type() {
                return Err(VerifyError::ContentType { found: content_type, expected: signed.content_type() });
            }
            if digest != signed.hash().digest(signed.content()) {
                return Err(VerifyError::Digest { hash: signed.hash() });
            }
        } else if !signed.is_data() {
            // RFC 5652, 5.3.
            return Err(VerifyError::NoAttributes { content_type: signed.content_type() });
        }
        let (der, as_sent) = signed.signed_bytes();
        let key = chain.leaf().public_key_der();
        let check = |bytes| signature::check(checker, signed.algorithm(), key, bytes, signed.signature());
        check(der).or_else(|error| as_sent.map_or(Err(error), check)).map_err(VerifyError::Signature)?;
        Ok(chain)
    }

    /// The certificate of the signer, and the others that may lead from it to an anchor: none under a pinned one. One that
    /// cannot be read does not disturb the rest.
    fn signer_certificate(&self, signed: &Signed) -> Result<(Certificate, Vec<Certificate>), VerifyError> {
        let (mut leaf, mut others, mut unreadable) = (None, Vec::new(), None);
        for der in signed.certificates() {
            match Certificate::from_der(der) {
                Ok(certificate) if leaf.is_none() && certificate.is_named_by(signed.signer()) => {
                    leaf = Some(certificate);
                    if self.pinned {
                        break;
                    }
                }
                Ok(certificate) => others.push(certificate),
                Err(error) => unreadable = Some(error),
            }
        }
        match (leaf, unreadable) {
            (Some(leaf), _) => Ok((leaf, others)),
            (None, Some(error)) => Err(VerifyError::Certificate(Box::new(error))),
            (None, None) => Err(VerifyError::NoCertificate { signer: Box::new(signed.signer().clone()) }),
        }
    }
}

impl Certificate {
    fn is_named_by(&self, id: &SignerId) -> bool {
        match id {
            SignerId::IssuerSerial { issuer, serial } => self.serial() == serial && self.issuer() == issuer,
            SignerId::KeyIdentifier(id) => self.key_identifier() == Some(id),
        }
    }
}
