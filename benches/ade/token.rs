//! A server token file as Apple writes it, with the key loaded, beside the bare RSA operation in it.

use apple_ade::pki::key::PrivateKey;
use apple_ade::token::TokenFile;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use criterion::Criterion;

use crate::paired::{Line, paired};

const FILE: &[u8] = include_bytes!("../../tests/fixtures/token/bc_aes128.p7m");
const KEY_DER: &[u8] = include_bytes!("../../tests/fixtures/token/key.p8.der");
const KEY: &str = include_str!("../../tests/fixtures/token/key.pem");

pub(crate) fn bench(criterion: &mut Criterion) -> Option<Line> {
    let key = PrivateKey::from_pem(KEY).ok()?;
    let file = TokenFile::parse(FILE).ok()?;
    let recipient = file.recipients().first()?;
    let ours = || TokenFile::parse(FILE).and_then(|file| file.decrypt(&key));
    assert!(ours().is_ok(), "the file is decrypted");
    let bare = Pkcs1PrivateDecryptingKey::new(PrivateDecryptingKey::from_pkcs8(KEY_DER).ok()?).ok()?;
    let mut buffer = [0; 256];
    let mut reference = || bare.decrypt(recipient.wrapped_key(), &mut buffer).map(|key| key.len());
    assert_eq!(reference(), Ok(16), "the content key is unwrapped");
    Some(paired(criterion, "token_decrypt_bc_aes128", "bare_rsa", ours, reference))
}
