//! Any bytes as a token file, and as what is inside one: a token or a typed error, never a panic.
//!
//! Seeds: `tests/fixtures/token`.
#![no_main]

use std::sync::LazyLock;

use apple_ade::pki::cms::KeyEncryption;
use apple_ade::pki::key::{DecryptKey, KeyError, PrivateKey};
use apple_ade::secret::SecretBytes;
use apple_ade::token::{ServerToken, TokenFile};
use libfuzzer_sys::fuzz_target;

/// The real key; what it unwrapped for the seeds is remembered, so that the RSA operation does not slow the search.
struct Fast {
    key: PrivateKey,
    last: std::sync::Mutex<Option<(Vec<u8>, Vec<u8>)>>,
}

impl DecryptKey for Fast {
    fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        let mut last = self.last.lock().unwrap();
        match &*last {
            Some((known, key)) if known == wrapped => Ok(SecretBytes::new(key.clone())),
            _ => {
                let key = self.key.unwrap_key(scheme, wrapped)?;
                *last = Some((wrapped.to_vec(), key.expose_secret().to_vec()));
                Ok(key)
            }
        }
    }
}

static KEY: LazyLock<Fast> = LazyLock::new(|| Fast {
    key: PrivateKey::from_pem(include_str!("../../tests/fixtures/token/key.pem")).unwrap(),
    last: std::sync::Mutex::default(),
});

fuzz_target!(|bytes: &[u8]| {
    match TokenFile::parse(bytes) {
        Ok(file) => {
            for recipient in file.recipients() {
                let _ = recipient.id().to_string();
            }
            if let Err(error) = file.decrypt(&*KEY) {
                assert!(!error.to_string().is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(token) = ServerToken::from_json(bytes) {
        let stored = token.to_json();
        let again = ServerToken::from_json(stored.expose_secret().as_bytes()).unwrap();
        assert_eq!(stored.expose_secret(), again.to_json().expose_secret());
    }
});
