//! Our certificate as openssl sees it, and openssl's as we do (KEY-1, KEY-2, KEY-3).

use apple_ade::Stamp;
use apple_ade::pki::certificate::{Certificate, CertificateError};
use apple_ade::token::TokenKeyPair;
use chrono::TimeDelta;

use crate::fixture;
use crate::token_file::{certificate, key};

fn stamp() -> Stamp {
    Stamp::new("2026-11-22T08:00:00.7Z".parse().unwrap(), [0xFF; 16])
}

fn pair(common_name: &str, days: i64) -> Result<TokenKeyPair, apple_ade::token::KeyPairError> {
    TokenKeyPair::for_key(key(), common_name, TimeDelta::days(days), &stamp())
}

#[test]
fn openssl_reads_and_verifies_our_certificate() {
    let pair = pair("mdm.example.com — Schule", 366).unwrap();
    let pem = pair.certificate_pem();
    let Some(text) =
        fixture::openssl(&["x509", "-noout", "-text", "-nameopt", "RFC2253,utf8,-esc_msb"], pem.as_bytes())
    else {
        return;
    };
    let text = String::from_utf8(text).unwrap();
    for line in [
        "Version: 3 (0x2)",
        "7f:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff:ff",
        "Signature Algorithm: sha256WithRSAEncryption",
        "Issuer: CN=mdm.example.com — Schule",
        "Not Before: Nov 22 08:00:00 2026 GMT",
        "Not After : Nov 23 08:00:00 2027 GMT",
        "Subject: CN=mdm.example.com — Schule",
        "Public-Key: (2048 bit)",
        "X509v3 Basic Constraints: critical\n                CA:FALSE",
        "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n",
        "14:51:F6:E3:82:74:B6:38:1C:70:81:EB:D0:B3:7C:75:5B:C0:D6:F6",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("our_certificate.pem");
    std::fs::write(&folder, &pem).unwrap();
    let path = folder.to_str().unwrap();
    let arguments = ["verify", "-check_ss_sig", "-x509_strict", "-attime", "1795420800", "-CAfile", path, path];
    let said = String::from_utf8(fixture::openssl(&arguments, b"").unwrap()).unwrap();
    assert!(said.ends_with("OK\n"), "{said}");
    let der = fixture::openssl(&["x509", "-outform", "DER"], pem.as_bytes()).unwrap();
    assert_eq!(pair.certificate().as_der(), der);
}

#[test]
fn a_certificate_is_read_as_openssl_reads_it() {
    let certificate = certificate();
    assert_eq!(certificate.to_pem(), fixture::text("token/cert.pem"));
    assert_eq!(certificate, Certificate::from_der(&fixture::bytes("token/cert.der")).unwrap());
    // From: openssl x509 -noout -serial -issuer -ext subjectKeyIdentifier -dates -fingerprint -sha256
    assert_eq!(certificate.issuer().as_str(), "CN=ade-spike");
    assert_eq!(certificate.subject(), certificate.issuer());
    assert_eq!(certificate.serial().to_string(), "5975D04D8101D64DECFDB5821CA3BC1967665938");
    let key_id = [
        0x14, 0x51, 0xF6, 0xE3, 0x82, 0x74, 0xB6, 0x38, 0x1C, 0x70, 0x81, 0xEB, 0xD0, 0xB3, 0x7C, 0x75, 0x5B, 0xC0,
        0xD6, 0xF6,
    ];
    assert_eq!(certificate.key_identifier(), Some(&key_id[..]));
    assert_eq!(certificate.not_before().to_rfc3339(), "2026-11-22T04:27:11+00:00");
    assert_eq!(certificate.not_after().to_rfc3339(), "2036-11-19T04:27:11+00:00");
    assert_eq!(
        certificate.fingerprint().to_string(),
        "80:F9:D7:66:9E:CF:E6:8C:71:71:9A:A2:87:28:1D:E0:A4:37:CD:20:9E:8C:29:80:43:AE:06:A3:12:E1:4A:07"
    );
}

#[test]
fn names_and_times_out_of_range_are_refused() {
    use apple_ade::token::KeyPairError::Certificate as Refused;

    let longest = "ü".repeat(64);
    assert_eq!(pair(&longest, 1).unwrap().certificate().subject().as_str(), format!("CN={longest}"));
    for (name, said) in [("", 0), ("a\nb", 3), (&"a".repeat(65)[..], 65)] {
        let error = pair(name, 1).unwrap_err();
        assert!(matches!(error, Refused(CertificateError::CommonName { length }) if length == said), "{error:?}");
    }
    for days in [0, -1, 3_000_000, 100_000_000] {
        let error = pair("a", days).unwrap_err();
        assert!(matches!(error, Refused(CertificateError::Validity { days: said }) if said == days), "{error:?}");
    }
    // Beyond 2049 the time has another form.
    let late = pair("a", 36_500).unwrap();
    assert_eq!(late.certificate().not_after().to_rfc3339(), "2126-10-29T08:00:00+00:00");
    if let Some(text) = fixture::openssl(&["x509", "-noout", "-enddate"], late.certificate_pem().as_bytes()) {
        assert_eq!(text, b"notAfter=Oct 29 08:00:00 2126 GMT\n");
    }
}

#[test]
fn the_signature_may_come_from_elsewhere_and_fail() {
    let key = key();
    let result =
        Certificate::self_signed("a", TimeDelta::days(1), &stamp(), key.public_key_der(), |_| Err("no card".into()));
    assert!(result.unwrap_err().to_string().contains("no card"));
    let result = Certificate::self_signed("a", TimeDelta::days(1), &stamp(), b"none", |_| Ok(Vec::new()));
    assert!(matches!(result, Err(CertificateError::Malformed)));
}

/// A token encrypted for the certificate that we made comes back, named by issuer and serial and by key identifier.
#[test]
fn openssl_encrypts_for_our_certificate() {
    let pair = pair("mdm.example.com, Example \"Inc\"", 366).unwrap();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipient.pem");
    std::fs::write(&path, pair.certificate_pem()).unwrap();
    let path = path.to_str().unwrap();
    let token = fixture::bytes("token/token.json");
    for more in [&[][..], &["-keyid"]] {
        let arguments = [&["cms", "-encrypt", "-aes128", "-stream"], more, &[path]].concat();
        let Some(file) = fixture::openssl(&arguments, &token) else { return };
        let read = apple_ade::token::ServerToken::decrypt(&file, &pair).unwrap();
        assert_eq!(read.to_json().expose_secret().as_bytes(), token);
    }
}
