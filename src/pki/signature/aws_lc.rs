//! Checks by AWS-LC.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey, VerificationAlgorithm,
};

use super::{PublicKey, SignatureAlgorithm, SignatureHash};

pub(super) fn check(algorithm: SignatureAlgorithm, key: &PublicKey<'_>, message: &[u8], signature: &[u8]) -> bool {
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm {
        SignatureAlgorithm::Ecdsa(SignatureHash::Sha1) => &ECDSA_P256_SHA1_ASN1,
        SignatureAlgorithm::Ecdsa(SignatureHash::Sha256) => &ECDSA_P256_SHA256_ASN1,
        SignatureAlgorithm::Rsa(SignatureHash::Sha1) => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        SignatureAlgorithm::Rsa(SignatureHash::Sha256) => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    };
    let (PublicKey::Rsa { pkcs1: key, .. } | PublicKey::P256 { point: key }) = key;
    UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
}
