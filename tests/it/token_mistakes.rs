//! The mistakes that people make, each with its own error that says what to do (TOK-5, TOK-9, KEY-3, KEY-5).

use apple_ade::Stamp;
use apple_ade::pki::certificate::{Certificate, CertificateError};
use apple_ade::pki::cms::{CmsError, KeyEncryption};
use apple_ade::pki::key::{DecryptKey, KeyError, PrivateKey};
use apple_ade::secret::SecretBytes;
use apple_ade::token::{Artifact, ServerToken, TokenError, TokenFile, TokenKeyPair};
use base64::Engine;
use chrono::TimeDelta;

use crate::fixture;
use crate::token_file::{Remembering, certificate, key, key_pair, samples};

fn found(file: &[u8]) -> Artifact {
    let error = TokenFile::parse(file).unwrap_err();
    let TokenError::WrongArtifact { expected, found } = error else { panic!("{error:?}") };
    assert_eq!(expected, Artifact::ServerTokenFile);
    // One sentence that says what it is and what to do.
    let text = error.to_string();
    assert!(text.contains(&found.to_string()) && text.contains(": ") && !text.contains('\n'), "{text}");
    found
}

#[test]
fn another_file_is_named() {
    let vpp = r#"{"token":"AbCdEf==","expDate":"2027-05-01T12:00:00-0700","orgName":"Example School"}"#;
    let vpp_file = base64::engine::general_purpose::STANDARD.encode(vpp);
    let cases: &[(&[u8], Artifact)] = &[
        (b"", Artifact::EmptyFile),
        (b"\xEF\xBB\xBF \r\n\r\n", Artifact::EmptyFile),
        (vpp.as_bytes(), Artifact::ContentToken),
        (vpp_file.as_bytes(), Artifact::ContentToken),
        (&fixture::bytes("token/cert.pem"), Artifact::Certificate),
        (&fixture::bytes("token/cert.der"), Artifact::Certificate),
        (&fixture::bytes("token/key.pem"), Artifact::PrivateKey),
        (&fixture::bytes("token/key_pkcs1.pem"), Artifact::PrivateKey),
        (&fixture::bytes("token/key.p8.der"), Artifact::PrivateKey),
        (&fixture::bytes("token/token.json"), Artifact::DecryptedToken),
        (b"Content-Type: text/plain\n\n-----BEGIN MESSAGE-----\n{}\n-----END MESSAGE-----\n", Artifact::DecryptedToken),
        (b"<!DOCTYPE html>\n<html><head><title>Apple Business Manager</title>", Artifact::WebPage),
        (b"\r\n<HTML>", Artifact::WebPage),
        (b"Content-Type: text/html\n\nSign in", Artifact::WebPage),
        (b"<?xml version=\"1.0\"?><!DOCTYPE plist><plist version=\"1.0\"><dict/></plist>", Artifact::PropertyList),
        (b"bplist00\xD0", Artifact::PropertyList),
        (b"PK\x03\x04\x14\0", Artifact::ZipArchive),
        (b"Hello, world", Artifact::Unknown),
        (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", Artifact::Unknown),
        (b"\0\0\0\0", Artifact::Unknown),
        (b"{}", Artifact::Unknown),
        (b"<svg/>", Artifact::Unknown),
    ];
    for (file, expected) in cases {
        assert_eq!(found(file), *expected, "{:?}", String::from_utf8_lossy(file));
    }
}

#[test]
fn what_openssl_makes_is_named() {
    let (cert, key) = (fixture::path("token/cert.pem"), fixture::path("token/key.pem"));
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let signed = ["cms", "-sign", "-nodetach", "-signer", cert, "-inkey", key, "-outform"];
    let apns = "/UID=com.apple.mgmt.External.9d8d3d23/CN=APSP:9d8d3d23/C=US";
    let cases: &[(&[&str], Artifact)] = &[
        (&[&signed[..], &["DER"]].concat(), Artifact::SignedMessage),
        (&[&signed[..], &["PEM"]].concat(), Artifact::SignedMessage),
        (&[&signed[..], &["SMIME"]].concat(), Artifact::SignedMessage),
        (&["req", "-new", "-key", key, "-subj", "/CN=a", "-outform", "DER"], Artifact::CertificateRequest),
        (&["req", "-new", "-key", key, "-subj", "/CN=a"], Artifact::CertificateRequest),
        (&["req", "-x509", "-key", key, "-subj", apns], Artifact::PushCertificate),
        (&["req", "-x509", "-key", key, "-subj", apns, "-outform", "DER"], Artifact::PushCertificate),
        (&["pkcs12", "-export", "-inkey", key, "-in", cert, "-passout", "pass:a"], Artifact::Pkcs12),
        (&["pkcs8", "-topk8", "-in", key, "-passout", "pass:a"], Artifact::PrivateKey),
        (&["pkcs8", "-topk8", "-in", key, "-passout", "pass:a", "-outform", "DER"], Artifact::PrivateKey),
        (
            &["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER"],
            Artifact::PrivateKey,
        ),
    ];
    for (arguments, expected) in cases {
        let Some(file) = fixture::openssl(arguments, b"content") else { return };
        assert_eq!(found(&file), *expected, "{arguments:?}");
    }
}

#[test]
fn a_token_for_another_certificate_says_for_which() {
    let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [7; 16]);
    let other =
        Certificate::self_signed("other", TimeDelta::days(9), &stamp, key().public_key_der(), |_| Ok(vec![0; 256]));
    let other = other.unwrap();
    let file = TokenFile::parse(&fixture::bytes("token/bc_aes128.p7m")).unwrap();
    for error in [file.wrapped_key(&other).unwrap_err(), file.decrypt_for(&other, &key()).unwrap_err()] {
        assert!(matches!(error, TokenError::NotEncryptedForThisKey { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("issuer CN=ade-spike, serial 5975D04D8101D64DECFDB5821CA3BC1967665938"), "{text}");
    }
}

/// A wrong key, a damaged wrapped key and damaged content are one error, in value and in text.
#[test]
fn a_wrong_key_and_damage_are_the_same_error() {
    let wrong = TokenKeyPair::generate(
        "wrong",
        TimeDelta::days(9),
        &Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), [7; 16]),
    );
    let wrong = wrong.unwrap();
    let bytes = crate::token_wrapping::message(&fixture::bytes("token/cms_aes128.p7m"));
    let reference = TokenFile::parse(&bytes).unwrap().decrypt(wrong.private_key()).unwrap_err();
    assert!(matches!(reference, TokenError::Decrypt { .. }), "{reference:?}");
    assert!(reference.to_string().contains("5975D04D8101D64DECFDB5821CA3BC1967665938"), "{reference}");

    // The wrapped key stands before the content, which ends the message.
    let wrapped = bytes.windows(4).position(|window| window == [0x04, 0x82, 0x01, 0x00]).unwrap() + 4;
    for at in [wrapped, wrapped + 255, bytes.len() - 1, bytes.len() - 17] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        let error = ServerToken::decrypt(&damaged, &key_pair()).unwrap_err();
        assert_eq!(format!("{error:?} {error}"), format!("{reference:?} {reference}"), "byte {at}");
    }
    let file = TokenFile::parse(&bytes).unwrap();
    for length in [0, 1, 15, 16, 17, 24, 32, 256] {
        let error = file.finish(&SecretBytes::new(vec![0; length])).unwrap_err();
        assert_eq!(format!("{error:?}"), format!("{reference:?}"), "{length}");
    }
}

#[test]
fn a_key_that_cannot_be_asked_is_reported_as_such() {
    struct Hsm;
    impl DecryptKey for Hsm {
        fn unwrap_key(&self, _: &KeyEncryption, _: &[u8]) -> Result<SecretBytes, KeyError> {
            Err(KeyError::External("slot 3 is locked".into()))
        }
    }
    let file = TokenFile::parse(&fixture::bytes("token/bc_aes128.p7m")).unwrap();
    let error = file.decrypt(&Hsm).unwrap_err();
    assert!(error.to_string().contains("slot 3 is locked"), "{error}");
}

#[test]
fn ciphers_and_key_transports_of_openssl() {
    let cert = fixture::path("token/cert.pem");
    let cert = cert.to_str().unwrap();
    let content = fixture::bytes("token/token.json");
    let encrypt = |arguments: &[&str]| fixture::openssl(&[&["cms", "-encrypt"], arguments].concat(), &content);
    for cipher in ["-aes-128-gcm", "-aes-192-gcm", "-aes-256-gcm", "-aes-128-cbc", "-des3"] {
        for hash in ["sha1", "sha256", "sha384", "sha512"] {
            let (md, mgf) = (format!("rsa_oaep_md:{hash}"), format!("rsa_mgf1_md:{hash}"));
            let oaep = ["-recip", cert, "-keyopt", "rsa_padding_mode:oaep", "-keyopt", &md, "-keyopt", &mgf];
            let label = ["-keyopt", "rsa_oaep_label:6c6162656c"];
            for arguments in [oaep.to_vec(), [&oaep[..], &label].concat()] {
                let Some(file) = encrypt(&[&[cipher], &arguments[..]].concat()) else { return };
                let token = ServerToken::decrypt(&file, &key_pair());
                let token = token.unwrap_or_else(|error| panic!("{cipher} {hash} {arguments:?}: {error}"));
                assert_eq!(token.to_json().expose_secret().as_bytes(), content);
            }
        }
    }
    let unknown = encrypt(&["-camellia128", cert]).unwrap();
    let error = TokenFile::parse(&unknown).unwrap_err();
    let named =
        matches!(&error, TokenError::Cms(CmsError::UnsupportedCipher { oid }) if oid == "1.2.392.200011.61.1.1.1.2");
    assert!(named, "{error:?}");
    let mixed = [
        "-aes128",
        "-recip",
        cert,
        "-keyopt",
        "rsa_padding_mode:oaep",
        "-keyopt",
        "rsa_oaep_md:sha256",
        "-keyopt",
        "rsa_mgf1_md:sha1",
    ];
    let error = ServerToken::decrypt(&encrypt(&mixed).unwrap(), &key_pair()).unwrap_err();
    assert!(matches!(error, TokenError::Key(KeyError::Unsupported { .. })), "{error:?}");
}

#[test]
fn a_private_key_is_no_certificate_to_upload() {
    let (cert, key) = (fixture::text("token/cert.pem"), fixture::text("token/key.pem"));
    for text in [key.clone(), format!("{key}{cert}"), format!("{cert}{key}"), fixture::text("token/key_pkcs1.pem")] {
        assert!(matches!(Certificate::from_pem(&text), Err(CertificateError::PrivateKey)));
    }
    for (text, label) in [("", None), ("-----BEGIN CMS-----", Some("CMS"))] {
        let error = Certificate::from_pem(text).unwrap_err();
        assert!(matches!(&error, CertificateError::NoCertificate { found } if found.as_deref() == label), "{error:?}");
    }
    assert!(matches!(Certificate::from_pem(&cert[..300]), Err(CertificateError::Malformed)));
}

#[test]
fn a_certificate_of_another_key_is_refused() {
    let other = PrivateKey::generate().unwrap();
    let error = TokenKeyPair::from_parts(other, certificate()).unwrap_err();
    assert!(error.to_string().contains("5975D04D8101D64DECFDB5821CA3BC1967665938"), "{error}");
}

/// Every sample, cut at every length: a typed error, or the token where only line ends are missing.
#[test]
fn a_file_cut_short_is_an_error_at_every_length() {
    let key_pair = key_pair();
    for (name, file) in samples() {
        let whole = file.trim_ascii_end().len();
        for length in 0..whole {
            match TokenFile::parse(&file[..length]) {
                Err(TokenError::Truncated { length: said }) => assert_eq!(said, length),
                Err(TokenError::WrongArtifact { found: Artifact::EmptyFile, .. }) => assert_eq!(length, 0),
                // Not enough of the first header to know one.
                Err(TokenError::WrongArtifact { found: Artifact::Unknown, .. }) => {
                    assert!(length < 20, "{name} {length}");
                }
                // Padding at most.
                Ok(_) => assert!(whole - length <= 2 && file[length] == b'=', "{name} {length}"),
                error => panic!("{name} {length}: {error:?}"),
            }
        }
        ServerToken::decrypt(&file[..whole], &key_pair).unwrap();
        let message = crate::token_wrapping::message(&file);
        for length in 2..message.len() {
            let error = TokenFile::parse(&message[..length]).unwrap_err();
            assert!(matches!(error, TokenError::Truncated { .. }), "{name} {length}: {error:?}");
        }
    }
}

#[test]
fn a_flipped_bit_is_a_typed_error_or_does_no_harm() {
    let (key, expected) = (Remembering::new(), fixture::text("token/token.json"));
    for name in ["bc_aes128", "bc_chunk64", "cms_gcm", "cms_keyid_des3"] {
        let message = crate::token_wrapping::message(&fixture::bytes(&format!("token/{name}.p7m")));
        for at in 0..message.len() {
            let mut damaged = message.clone();
            damaged[at] ^= 1 << (at % 8);
            // No error's text may be long, or in several lines.
            match TokenFile::parse(&damaged).and_then(|file| file.decrypt(&key)) {
                Err(error) => assert!(error.to_string().len() < 500 && !error.to_string().contains('\n'), "{error}"),
                // CBC does not notice a flipped bit in the text: it may change a letter of a value.
                Ok(token) if name != "cms_gcm" => assert_eq!(token.to_json().expose_secret().len(), expected.len()),
                // Versions, and the type of the content, are not looked at.
                Ok(token) => assert_eq!(token.to_json().expose_secret(), expected),
            }
        }
    }
}

#[test]
fn too_large_a_file_is_not_read() {
    let file = vec![b'A'; TokenFile::MAX_SIZE + 1];
    assert!(matches!(TokenFile::parse(&file), Err(TokenError::TooLarge { .. })));
    assert_eq!(found(&file[1..]), Artifact::Unknown);
}

/// Names come from the file: they cannot fill a log or write on a terminal.
#[test]
fn a_hostile_issuer_stays_within_bounds() {
    let sample = crate::token_wrapping::message(&fixture::bytes("token/cms_aes128.p7m"));
    let at = sample.windows(9).position(|window| window == b"ade-spike").unwrap();
    let mut hostile = sample.clone();
    hostile[at..at + 9].copy_from_slice(b"\x1B[31m\r\nab");
    let error = TokenFile::parse(&hostile).unwrap().decrypt_for(&certificate(), &key()).unwrap_err();
    assert!(matches!(error, TokenError::NotEncryptedForThisKey { .. }), "{error:?}");
    assert!(!error.to_string().contains(char::is_control), "{error}");
}

/// More recipients than any file has are refused before a key has to try them.
#[test]
fn recipients_are_bounded() {
    let recipient =
        [0x30, 23, 2, 1, 2, 0x80, 1, 7, 0x30, 11, 6, 9, 42, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1, 4, 2, 1, 2];
    let message = |count: usize| {
        let open = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
        let cipher = [&[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2, 4, 16][..], &[0; 16]].concat();
        let content =
            [&[6, 9, 42, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1][..], &open(0x30, &cipher), &open(0xA0, &[])].concat();
        let body = [&[2, 1, 2][..], &open(0x31, &recipient.repeat(count)), &open(0x30, &content)].concat();
        let oid = [6, 9, 42, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 3];
        open(0x30, &[&oid[..], &open(0xA0, &open(0x30, &body))].concat())
    };
    assert_eq!(TokenFile::parse(&message(64)).unwrap().recipients().len(), 64);
    for count in [65, 2500] {
        let error = TokenFile::parse(&message(count)).unwrap_err();
        assert!(matches!(error, TokenError::Cms(CmsError::TooManyRecipients)), "{error:?}");
    }
    assert!(matches!(TokenFile::parse(&message(0)).unwrap().decrypt(&key()), Err(TokenError::Decrypt { .. })));
}
