//! Token files as they are met: 31 from three programs, each in every wrapping (TOK-1, TOK-5, KEY-5).

use std::cell::RefCell;
use std::collections::BTreeMap;

use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::cms::KeyEncryption;
use apple_ade::pki::key::{DecryptKey, KeyError, PrivateKey};
use apple_ade::secret::SecretBytes;
use apple_ade::token::{ServerToken, TokenError, TokenFile, TokenKeyPair};

use crate::fixture;

pub(crate) fn key() -> PrivateKey {
    PrivateKey::from_pem(&fixture::text("token/key.pem")).unwrap()
}

type Unwrapped = BTreeMap<(String, Vec<u8>), Vec<u8>>;

/// The key, with what it unwrapped once remembered: one pure Rust operation takes a tenth of a second in a debug build.
pub(crate) struct Remembering {
    key: PrivateKey,
    /// By scheme and wrapped key.
    unwrapped: RefCell<Unwrapped>,
}

impl Remembering {
    pub(crate) fn new() -> Self {
        Self { key: key(), unwrapped: RefCell::default() }
    }
}

impl DecryptKey for Remembering {
    fn unwrap_key(&self, scheme: &KeyEncryption, wrapped: &[u8]) -> Result<SecretBytes, KeyError> {
        let place = (scheme.to_string(), wrapped.to_vec());
        if let Some(known) = self.unwrapped.borrow().get(&place) {
            return Ok(SecretBytes::new(known.clone()));
        }
        let content_key = self.key.unwrap_key(scheme, wrapped)?;
        self.unwrapped.borrow_mut().insert(place, content_key.expose_secret().to_vec());
        Ok(content_key)
    }
}

pub(crate) fn certificate() -> Certificate {
    Certificate::from_pem(&fixture::text("token/cert.pem")).unwrap()
}

pub(crate) fn key_pair() -> TokenKeyPair {
    TokenKeyPair::from_parts(key(), certificate()).unwrap()
}

pub(crate) fn samples() -> Vec<(String, Vec<u8>)> {
    let names = fixture::names("token", ".p7m").into_iter();
    names.map(|name| (name.clone(), fixture::bytes(&format!("token/{name}")))).collect()
}

fn assert_is_sample(token: Result<ServerToken, TokenError>, what: &str) {
    let token = token.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(token.to_json().expose_secret(), fixture::text("token/token.json"), "{what}");
}

#[test]
fn every_sample_decrypts_with_the_certificate_and_without() {
    let (key_pair, key) = (key_pair(), key());
    let samples = samples();
    assert_eq!(samples.len(), 31);
    for (name, file) in &samples {
        assert_is_sample(ServerToken::decrypt(file, &key_pair), name);
        assert_is_sample(TokenFile::parse(file).unwrap().decrypt(&key), name);
    }
}

#[test]
fn a_key_behind_a_network_goes_in_two_steps() {
    for (name, file) in samples() {
        let file = TokenFile::parse(&file).unwrap();
        let certificate = certificate();
        let recipient = file.wrapped_key(&certificate).unwrap();
        let content_key = key().unwrap_key(recipient.key_encryption(), recipient.wrapped_key()).unwrap();
        assert_eq!(content_key.expose_secret().len(), file.cipher().key_length(), "{name}");
        assert_is_sample(file.finish(&content_key), &name);
    }
}
