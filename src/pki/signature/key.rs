use const_oid::db::rfc5912;
use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode, Sequence};
use spki::SubjectPublicKeyInfoRef;

use super::SignatureError;

/// A public key that signatures can be checked with.
///
/// ```
/// use apple_ade::pki::certificate::Certificate;
/// use apple_ade::pki::signature::PublicKey;
///
/// # let pem = include_str!("../../../tests/fixtures/machine_info/dev1024.pem");
/// let device = Certificate::from_pem(pem)?;
/// let PublicKey::Rsa { modulus, exponent, .. } = PublicKey::read(device.public_key_der())? else { panic!("it is RSA") };
/// assert_eq!((modulus.len() * 8, exponent), (1024, 65537));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey<'k> {
    /// An RSA key.
    #[non_exhaustive]
    Rsa {
        /// `RSAPublicKey` (RFC 8017, A.1.1) in DER.
        pkcs1: &'k [u8],
        /// The modulus, most significant byte first, without leading zeros.
        modulus: &'k [u8],
        /// The exponent: odd, from 3 to 2³³.
        exponent: u64,
    },
    /// A key on the curve P-256.
    #[non_exhaustive]
    P256 {
        /// The point, uncompressed: 65 bytes that begin with 4.
        point: &'k [u8],
    },
}

/// `RSAPublicKey`.
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
}

impl<'k> PublicKey<'k> {
    /// The shortest RSA modulus, in bits: that of Apple's device CA.
    pub const MIN_BITS: usize = 1024;
    /// The longest RSA modulus, in bits.
    pub const MAX_BITS: usize = 8192;

    /// Reads a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    ///
    /// [`SignatureError::Key`] for another kind of key, another curve, and RSA outside of the bounds.
    pub fn read(spki_der: &'k [u8]) -> Result<Self, SignatureError> {
        let refused = |found: String| SignatureError::Key { found };
        let malformed = || refused("malformed".into());
        let info = SubjectPublicKeyInfoRef::from_der(spki_der).map_err(|_| malformed())?;
        let bits = info.subject_public_key.as_bytes().ok_or_else(malformed)?;
        match info.algorithm.oid {
            rfc5912::RSA_ENCRYPTION => {
                let key = RsaPublicKey::from_der(bits).map_err(|_| malformed())?;
                let modulus = key.modulus.as_bytes();
                let zeros = modulus.first().map_or(0, |first| first.leading_zeros() as usize);
                let length = modulus.len().saturating_mul(8).saturating_sub(zeros);
                if !(Self::MIN_BITS..=Self::MAX_BITS).contains(&length) {
                    return Err(refused(format!("RSA of {length} bits")));
                }
                let exponent = key.public_exponent.as_bytes();
                let exponent = match exponent.len() {
                    ..=8 => exponent.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
                    _ => u64::MAX,
                };
                if exponent % 2 == 0 || !(3..=1 << 33).contains(&exponent) {
                    return Err(refused("RSA with an exponent that is even, 1, or more than 33 bits long".into()));
                }
                Ok(Self::Rsa { pkcs1: bits, modulus, exponent })
            }
            rfc5912::ID_EC_PUBLIC_KEY => {
                let curve = info.algorithm.parameters.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
                match (curve, bits) {
                    (Some(rfc5912::SECP_256_R_1), [4, point @ ..]) if point.len() == 64 => {
                        Ok(Self::P256 { point: bits })
                    }
                    (Some(rfc5912::SECP_256_R_1), _) => {
                        Err(refused("P-256 with a point that is not uncompressed".into()))
                    }
                    (Some(curve), _) => Err(refused(format!("on the curve {curve}"))),
                    (None, _) => Err(refused("on a curve without a name".into())),
                }
            }
            other => Err(refused(format!("of the kind {other}"))),
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RSA",
            Self::P256 { .. } => "P-256",
        }
    }
}
