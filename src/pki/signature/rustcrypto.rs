//! Checks by the crates `rsa` and `p256`.

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use sha1::Sha1;
use sha2::Sha256;

use super::{PublicKey, SignatureAlgorithm, SignatureHash};

pub(super) fn check(algorithm: SignatureAlgorithm, key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> bool {
    let digest = algorithm.hash().digest(message);
    match key {
        PublicKey::Rsa { modulus, exponent, .. } => {
            let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from(*exponent));
            let Ok(key) = RsaPublicKey::new_with_max_size(modulus, exponent, PublicKey::MAX_BITS) else { return false };
            let scheme = match algorithm.hash() {
                SignatureHash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
                SignatureHash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            };
            key.verify(scheme, &digest, signature).is_ok()
        }
        PublicKey::P256 { point } => {
            let (key, signature) = (VerifyingKey::from_sec1_bytes(point), Signature::from_der(signature));
            matches!((key, signature), (Ok(key), Ok(signature)) if key.verify_prehash(&digest, &signature).is_ok())
        }
    }
}
