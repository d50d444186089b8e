//! Token files as they are met: 31 from three programs, each in every wrapping (TOK-1, TOK-5, KEY-5).

use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::key::{DecryptKey, PrivateKey};
use apple_ade::token::{ServerToken, TokenError, TokenFile, TokenKeyPair};

use crate::fixture;

pub(crate) fn key() -> PrivateKey {
    PrivateKey::from_pem(&fixture::text("token/key.pem")).unwrap()
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
