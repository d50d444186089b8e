//! The `Authorization` header of a sign-in, beside the bare HMAC-SHA1 over as many bytes as its base string has.

use apple_ade::Stamp;
use apple_ade::api::oauth::{Credentials, authorization};
use apple_ade::secret::SecretString;
use criterion::Criterion;
use hmac::{Hmac, Mac};

use crate::paired::{Line, paired};

pub(crate) fn bench(criterion: &mut Criterion) -> [Line; 1] {
    // The lengths are those of Apple's tokens.
    let secret = |prefix: &str| SecretString::new(format!("{prefix}_{}", "0123456789abcdef".repeat(8)));
    let (key, key_secret, token, token_secret) = (secret("CK"), secret("CS"), secret("AT"), secret("AS"));
    let credentials = Credentials::new(&key, &key_secret, &token, &token_secret);
    let stamp = Stamp::new(chrono::DateTime::UNIX_EPOCH, [7; 16]);
    let uri = http::Uri::from_static("https://mdmenrollment.apple.com/session");
    let (base, key) = ([b'a'; 550], [b'k'; 263]);
    let reference = || {
        let mut mac = <Hmac<sha1::Sha1> as Mac>::new_from_slice(&key).ok()?;
        mac.update(&base);
        Some(mac.finalize().into_bytes())
    };
    let ours = || authorization("GET", &uri, &credentials, &stamp);
    [paired(criterion, "oauth_header", "hmac_sha1", ours, reference)]
}
