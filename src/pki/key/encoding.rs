//! PKCS#1 and PKCS#8, from and to each other.

use const_oid::db::rfc5912::RSA_ENCRYPTION;
use der::asn1::{BitStringRef, OctetStringRef, UintRef};
use der::{AnyRef, Decode, Encode, Reader, Sequence, SliceReader, Tag};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::KeyError;
use crate::secret::SecretBytes;

/// `RSAPrivateKey` (RFC 8017, A.1.2), with two primes.
#[derive(Sequence)]
struct RsaPrivateKey<'a> {
    version: u8,
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
    private_exponent: UintRef<'a>,
    prime1: UintRef<'a>,
    prime2: UintRef<'a>,
    exponent1: UintRef<'a>,
    exponent2: UintRef<'a>,
    coefficient: UintRef<'a>,
}

/// `RSAPublicKey` (RFC 8017, A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    public_exponent: UintRef<'a>,
}

/// `PrivateKeyInfo` (RFC 5208, 5).
#[derive(Sequence)]
struct PrivateKeyInfo<'a> {
    version: u8,
    algorithm: AlgorithmIdentifierRef<'a>,
    private_key: OctetStringRef<'a>,
}

const RSA: AlgorithmIdentifierRef<'_> = AlgorithmIdentifierRef { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };

/// The PKCS#1 inside a key in DER, of either form.
pub(super) fn pkcs1_of(der: &[u8]) -> Result<&[u8], KeyError> {
    let mut members = sequence(der).ok_or(KeyError::Malformed)?;
    let mut next = || members.tlv_bytes().ok();
    match (next(), next(), next()) {
        // Version and modulus.
        (Some([0x02, ..]), Some([0x02, ..]), Some(_)) => Ok(der),
        // Version and algorithm; attributes may follow the key.
        (Some([0x02, ..]), Some(algorithm @ [0x30, ..]), Some(key @ [0x04, ..])) => {
            let algorithm = AlgorithmIdentifierRef::from_der(algorithm).map_err(|_| KeyError::Malformed)?;
            if algorithm.oid != RSA_ENCRYPTION {
                return Err(KeyError::NotRsa { found: algorithm.oid.to_string() });
            }
            OctetStringRef::from_der(key).map(|key| key.as_bytes()).map_err(|_| KeyError::Malformed)
        }
        // SEC 1: version, private key, parameters.
        (Some([0x02, ..]), Some([0x04, ..]), _) => Err(KeyError::NotRsa { found: "an elliptic-curve key".into() }),
        (Some([0x30, ..]), Some([0x04, ..]), None) => Err(KeyError::Encrypted),
        (Some([0x30, ..]), Some([0x30, ..]), Some([0x03, ..])) => {
            Err(KeyError::NoPrivateKey { found: "it is a certificate".into() })
        }
        (Some([0x30, ..]), Some([0x03, ..]), None) => {
            Err(KeyError::NoPrivateKey { found: "it is a public key".into() })
        }
        _ => Err(KeyError::Malformed),
    }
}

fn sequence(der: &[u8]) -> Option<SliceReader<'_>> {
    let outer = AnyRef::from_der(der).ok().filter(|outer| der::Tagged::tag(outer) == Tag::Sequence)?;
    SliceReader::new(outer.value()).ok()
}

/// The public half of a PKCS#1 key, as `SubjectPublicKeyInfo`, and the length of its modulus in bits.
pub(super) fn public_key_of(pkcs1: &[u8]) -> Result<(Vec<u8>, usize), KeyError> {
    let malformed = |_: der::Error| KeyError::Malformed;
    let key = RsaPrivateKey::from_der(pkcs1).map_err(malformed)?;
    let modulus = key.modulus.as_bytes();
    // None of the others is larger, and a back end would calculate with it for a long time before it noticed.
    let others = [key.public_exponent, key.private_exponent, key.prime1, key.prime2];
    let others = others.into_iter().chain([key.exponent1, key.exponent2, key.coefficient]);
    if others.into_iter().any(|number| number.as_bytes().len() > modulus.len()) {
        return Err(KeyError::Malformed);
    }
    let zeros = modulus.first().map_or(8, |first| first.leading_zeros());
    let bits = modulus.len().saturating_mul(8).saturating_sub(zeros as usize);
    let public = RsaPublicKey { modulus: key.modulus, public_exponent: key.public_exponent };
    let public = public.to_der().map_err(malformed)?;
    let subject_public_key = BitStringRef::from_bytes(&public).map_err(malformed)?;
    let info = SubjectPublicKeyInfoRef { algorithm: RSA, subject_public_key };
    Ok((info.to_der().map_err(malformed)?, bits))
}

/// A PKCS#1 key as PKCS#8.
pub(super) fn to_pkcs8(pkcs1: &[u8]) -> Result<SecretBytes, KeyError> {
    let private_key = OctetStringRef::new(pkcs1).map_err(|_| KeyError::Malformed)?;
    let info = PrivateKeyInfo { version: 0, algorithm: RSA, private_key };
    info.to_der().map(SecretBytes::new).map_err(|_| KeyError::Malformed)
}
