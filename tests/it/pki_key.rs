//! RSA keys: in and out in four forms, each read by openssl too; signatures; and what is no usable key.

use apple_ade::pki::cms::{KeyEncryption, OaepHash};
use apple_ade::pki::key::{DecryptKey, KeyError, PrivateKey, SignKey};

use crate::fixture;
use crate::token_file::{certificate, key};

#[test]
fn the_four_forms_are_those_of_openssl() {
    let key = key();
    assert_eq!(key.to_pkcs8_pem().unwrap().expose_secret(), fixture::text("token/key.pem"));
    assert_eq!(key.to_pkcs8_der().unwrap().expose_secret(), fixture::bytes("token/key.p8.der"));
    assert_eq!(key.to_pkcs1_pem().expose_secret(), fixture::text("token/key_pkcs1.pem"));
    if let Some(der) = fixture::openssl(&["rsa", "-traditional", "-outform", "DER"], &fixture::bytes("token/key.pem")) {
        assert_eq!(key.to_pkcs1_der().expose_secret(), der);
    }
    if let Some(der) = fixture::openssl(&["pkey", "-pubout", "-outform", "DER"], &fixture::bytes("token/key.pem")) {
        assert_eq!(key.public_key_der(), der);
    }
    assert_eq!(key.public_key_der(), certificate().public_key_der());
}

#[test]
fn a_new_key_goes_out_and_comes_back_in_four_forms() {
    let key = PrivateKey::generate().unwrap();
    let forms = [
        PrivateKey::from_pem(key.to_pkcs8_pem().unwrap().expose_secret()),
        PrivateKey::from_der(key.to_pkcs8_der().unwrap().expose_secret()),
        PrivateKey::from_pem(key.to_pkcs1_pem().expose_secret()),
        PrivateKey::from_der(key.to_pkcs1_der().expose_secret()),
    ];
    let signature = key.sign(b"message").unwrap();
    for form in forms {
        // PKCS#1 v1.5 signatures have no random part.
        assert_eq!(form.unwrap().sign(b"message").unwrap(), signature);
    }
    for (arguments, input) in [
        (&["rsa", "-check", "-noout", "-text"][..], key.to_pkcs8_pem().unwrap().expose_secret().as_bytes().to_vec()),
        (&["rsa", "-check", "-noout", "-text"], key.to_pkcs1_pem().expose_secret().into()),
        (&["rsa", "-inform", "DER", "-check", "-noout", "-text"], key.to_pkcs1_der().expose_secret().into()),
        (&["rsa", "-inform", "DER", "-check", "-noout", "-text"], key.to_pkcs8_der().unwrap().expose_secret().into()),
    ] {
        let Some(text) = fixture::openssl(arguments, &input) else { return };
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("(2048 bit, 2 primes)") && text.contains("RSA key ok"), "{text}");
    }
}

#[test]
fn the_signature_is_openssls() {
    let path = fixture::path("token/key.pem");
    let Some(expected) = fixture::openssl(&["dgst", "-sha256", "-sign", path.to_str().unwrap()], b"message") else {
        return;
    };
    assert_eq!(key().sign(b"message").unwrap(), expected);
}

#[test]
fn text_around_the_key_does_not_matter() {
    let pem = fixture::text("token/key.pem");
    let cert = fixture::text("token/cert.pem");
    for text in [
        format!("\u{FEFF}{pem}"),
        pem.replace('\n', "\r\n"),
        format!("Bag Attributes\n    friendlyName: a\n{cert}Key Attributes: <No Attributes>\n{pem}"),
        pem.trim_end().to_owned(),
    ] {
        assert_eq!(PrivateKey::from_pem(&text).unwrap().public_key_der(), key().public_key_der());
    }
}

#[test]
fn what_is_no_usable_key_is_named() {
    let none = |text: &str, what: &str| {
        let error = PrivateKey::from_pem(text).unwrap_err();
        assert!(matches!(&error, KeyError::NoPrivateKey { found } if found.contains(what)), "{error:?}");
    };
    none(&fixture::text("token/cert.pem"), "certificate");
    none("", "no PEM block");
    none("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "PUBLIC KEY");
    let error = PrivateKey::from_der(&fixture::bytes("token/cert.der")).unwrap_err();
    assert!(matches!(error, KeyError::NoPrivateKey { .. }), "{error:?}");
    assert!(matches!(PrivateKey::from_der(key().public_key_der()), Err(KeyError::NoPrivateKey { .. })));
    for der in [&[][..], &[0x30], &[0x30, 0], &[0x30, 3, 2, 1, 0], b"-----BEGIN", &[0xFF; 40]] {
        assert!(matches!(PrivateKey::from_der(der), Err(KeyError::Malformed)), "{der:?}");
    }
    let pem = fixture::text("token/key.pem");
    for length in [40, 400, 1000, pem.len() - 60] {
        assert!(matches!(PrivateKey::from_pem(&pem[..length]), Err(KeyError::Malformed)), "{length}");
    }
}

#[test]
fn what_openssl_makes_and_is_no_usable_key_is_named() {
    let pem = fixture::bytes("token/key.pem");
    let run = |arguments: &[&str]| fixture::openssl(arguments, &pem);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    for arguments in
        [&["pkcs8", "-topk8", "-passout", "pass:a"][..], &["rsa", "-traditional", "-aes128", "-passout", "pass:a"]]
    {
        let Some(encrypted) = run(arguments) else { return };
        let error = PrivateKey::from_pem(&text(encrypted)).unwrap_err();
        assert!(matches!(error, KeyError::Encrypted), "{error:?}");
        assert!(error.to_string().contains("openssl pkey -in"), "{error}");
    }
    let encrypted = run(&["pkcs8", "-topk8", "-passout", "pass:a", "-outform", "DER"]).unwrap();
    assert!(matches!(PrivateKey::from_der(&encrypted), Err(KeyError::Encrypted)));
    for arguments in [
        &["genpkey", "-algorithm", "ED25519"][..],
        &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        &["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
        &["genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
    ] {
        let error = PrivateKey::from_pem(&text(run(arguments).unwrap())).unwrap_err();
        assert!(matches!(error, KeyError::NotRsa { .. }), "{arguments:?}: {error:?}");
    }
    let small = run(&["genrsa", "1024"]).unwrap();
    assert!(matches!(PrivateKey::from_pem(&text(small)), Err(KeyError::TooSmall { bits: 1024 })));
    let longer = run(&["genrsa", "3072"]).unwrap();
    assert_eq!(PrivateKey::from_pem(&text(longer)).unwrap().sign(b"a").unwrap().len(), 384);
}

/// A key whose numbers do not belong together is refused when it is read, by either back end.
#[test]
fn a_damaged_key_is_refused() {
    let mut der = key().to_pkcs1_der().expose_secret().to_vec();
    let at = der.len() / 2;
    der[at] ^= 1;
    assert!(matches!(PrivateKey::from_der(&der), Err(KeyError::Malformed)));
}

/// The content of a SEQUENCE of INTEGERs, one by one.
fn integers(der: &[u8]) -> Vec<Vec<u8>> {
    fn split(der: &[u8]) -> (&[u8], &[u8]) {
        let (length, from) = match der[1] {
            0x82 => (usize::from(der[2]) << 8 | usize::from(der[3]), 4),
            0x81 => (usize::from(der[2]), 3),
            short => (usize::from(short), 2),
        };
        (&der[from..from + length], &der[from + length..])
    }
    let (mut rest, _) = split(der);
    std::iter::from_fn(|| {
        let (number, tail) = (!rest.is_empty()).then(|| split(rest))?;
        rest = tail;
        Some(number.to_vec())
    })
    .collect()
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let skip = length.iter().take_while(|byte| **byte == 0).count().min(3);
    let short = content.len() < 0x80;
    let head = if short { vec![tag] } else { vec![tag, 0x80 | u8::try_from(4 - skip).unwrap()] };
    [&head, &length[skip..], content].concat()
}

/// Each number of a key is wrong, or far too large: refused at once, by either back end, so that none is written out again.
#[test]
fn each_number_of_a_key_is_checked() {
    let good = integers(key().to_pkcs1_der().expose_secret());
    let write =
        |numbers: &[Vec<u8>]| element(0x30, &numbers.iter().flat_map(|number| element(2, number)).collect::<Vec<u8>>());
    assert_eq!(write(&good), key().to_pkcs1_der().expose_secret());
    for place in 1..good.len() {
        let mut odd_bit = good[place].clone();
        *odd_bit.last_mut().unwrap() ^= 2;
        // A million digits would keep a back end busy for seconds.
        for wrong in [vec![0], vec![1], vec![2], vec![3], odd_bit, vec![0x7F; 400], vec![0x7F; 200_000]] {
            let mut numbers = good.clone();
            numbers[place].clone_from(&wrong);
            let error = PrivateKey::from_der(&write(&numbers)).unwrap_err();
            let named = matches!(error, KeyError::Malformed | KeyError::TooSmall { .. } | KeyError::TooLarge { .. });
            assert!(named, "number {place} of {} bytes: {error:?}", wrong.len());
        }
    }
    let mut swapped = good;
    swapped.swap(4, 5);
    assert!(matches!(PrivateKey::from_der(&write(&swapped)), Err(KeyError::Malformed)));
}

#[test]
fn what_does_not_open_says_so_and_no_more() {
    let key = key();
    for scheme in [KeyEncryption::Pkcs1v15, KeyEncryption::Oaep { hash: OaepHash::Sha256, label: Vec::new() }] {
        for wrapped in [vec![], vec![1; 255], vec![1; 256], vec![0xFF; 256], vec![1; 257], vec![1; 10_000]] {
            let error = key.unwrap_key(&scheme, &wrapped).unwrap_err();
            assert!(matches!(error, KeyError::Decrypt), "{error:?}");
        }
    }
    let unknown = KeyEncryption::Unsupported { oid: "1.2.3".into() };
    assert!(matches!(key.unwrap_key(&unknown, &[1; 256]), Err(KeyError::Unsupported { .. })));
    let label = KeyEncryption::Oaep { hash: OaepHash::Sha256, label: vec![0xFF] };
    assert!(matches!(key.unwrap_key(&label, &[1; 256]), Err(KeyError::Unsupported { .. })));
}

fn shared<T: Send + Sync>(_: &T) {}

#[test]
fn the_traits_are_object_safe() {
    let key = key();
    let keys: (&dyn DecryptKey, &dyn SignKey) = (&key, &key);
    assert!(keys.1.sign(b"a").is_ok() && keys.0.unwrap_key(&KeyEncryption::Pkcs1v15, &[]).is_err());
    shared(&key);
}
