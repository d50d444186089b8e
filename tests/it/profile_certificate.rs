//! Certificates in profiles, beside what openssl says of them.

use apple_ade::affinity::UserAffinity;
use apple_ade::judgement::Rule;
use apple_ade::pki::certificate::CertificateError;
use apple_ade::profile::{
    AnchorCertificate, Check, HostCertificate, Pairing, ProfileBuilder, ProfileCertificateError, Supervised,
};
use chrono::{DateTime, NaiveDateTime, Utc};

use crate::fixture;

fn pem(name: &str) -> Vec<u8> {
    fixture::bytes(&format!("profile_certificates/{name}.pem"))
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// When everything but `expired` and `future` is valid.
fn now() -> DateTime<Utc> {
    at("2026-12-01T12:00:00Z")
}

/// The lines that `openssl x509` prints for these options, without what precedes the equals sign; nothing without openssl.
fn openssl(name: &str, options: &[&str]) -> Option<Vec<String>> {
    let arguments = [&["x509", "-noout", "-nameopt", "sep_comma_plus_space"], options].concat();
    let text = String::from_utf8(fixture::openssl(&arguments, &pem(name))?).unwrap();
    Some(text.lines().map(|line| line.split_once('=').map_or(line, |(_, value)| value).to_owned()).collect())
}

fn time_of_openssl(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%b %e %H:%M:%S %Y GMT").unwrap().and_utc()
}

#[test]
fn anchors_are_what_openssl_sees() {
    for name in ["ca", "ec_ca", "self_signed", "soon", "sha1", "sha1_root", "short_key", "host"] {
        let anchor = AnchorCertificate::read(&pem(name), now()).unwrap();
        let Some(said) = openssl(name, &["-subject", "-issuer", "-dates", "-fingerprint", "-sha256"]) else { return };
        let certificate = anchor.certificate();
        assert_eq!(certificate.subject().as_str(), said[0], "{name}");
        assert_eq!(certificate.issuer().as_str(), said[1], "{name}");
        assert_eq!(certificate.not_before(), time_of_openssl(&said[2]), "{name}");
        assert_eq!(certificate.not_after(), time_of_openssl(&said[3]), "{name}");
        assert_eq!(anchor.fingerprint().to_string(), said[4], "{name}");
        let der = fixture::openssl(&["x509", "-outform", "DER"], &pem(name)).unwrap();
        assert_eq!(AnchorCertificate::read(&der, now()).unwrap(), anchor, "{name}");
        let base64 = fixture::openssl(&["base64", "-A"], &der).unwrap();
        assert_eq!(anchor.to_base64().as_bytes(), base64, "{name}");
    }
}

/// `openssl x509 -purpose` says which of them are authorities, and `-text` which are weak.
#[test]
fn authorities_and_weak_ones_are_those_of_openssl() {
    for (name, is_authority) in [("ca", true), ("sha1", true), ("leaf", false), ("self_signed", false), ("host", true)]
    {
        let Some(said) = openssl(name, &["-ext", "basicConstraints"]) else { return };
        assert_eq!(said.iter().any(|line| line.contains("CA:TRUE")), is_authority, "{name}");
        let certificate = HostCertificate::read(&pem(name), now()).unwrap();
        assert_eq!(certificate.certificate().is_authority(), is_authority, "{name}");
    }
    for name in ["ca", "ec_ca", "sha1", "sha1_root", "short_key"] {
        let text = openssl(name, &["-text"]).unwrap().join("\n");
        let certificate = HostCertificate::read(&pem(name), now()).unwrap();
        let certificate = certificate.certificate();
        assert_eq!(certificate.has_weak_digest(), text.contains("Signature Algorithm: sha1"), "{name}");
        let bits = certificate.rsa_bits();
        assert!(bits.is_none_or(|bits| text.contains(&format!("Public-Key: ({bits} bit)"))), "{name}: {bits:?}");
        assert_eq!(bits.is_none(), name == "ec_ca");
    }
}

#[test]
fn dates_count_to_the_second() {
    let read = |name: &str, time: DateTime<Utc>| AnchorCertificate::read(&pem(name), time);
    for name in ["expired", "future", "soon"] {
        let Some(said) = openssl(name, &["-dates"]) else { return };
        let (from, to) = (time_of_openssl(&said[0]), time_of_openssl(&said[1]));
        let second = chrono::TimeDelta::seconds(1);
        assert!(read(name, from).is_ok() && read(name, to).is_ok(), "{name}");
        let early = read(name, from - second).unwrap_err();
        assert!(
            matches!(&early, ProfileCertificateError::NotYetValid { not_before, .. } if *not_before == from),
            "{early}"
        );
        let late = read(name, to + second).unwrap_err();
        assert!(matches!(&late, ProfileCertificateError::Expired { not_after, .. } if *not_after == to), "{late}");
    }
}

#[test]
fn what_cannot_be_in_a_profile_is_refused_with_what_to_give() {
    let anchor = |name: &str| AnchorCertificate::read(&pem(name), now()).unwrap_err().to_string();
    let host = |name: &str| HostCertificate::read(&pem(name), now()).unwrap_err().to_string();
    for refused in [anchor("expired"), host("expired")] {
        assert_eq!(
            refused,
            "the certificate of O=Example, CN=Example CA of 2016 has been invalid since 2026-01-01 00:00:00 UTC; give its successor"
        );
    }
    for refused in [anchor("future"), host("future")] {
        assert!(refused.contains("O=Example, CN=Example CA of 2036 is not valid before 2036-01-01"), "{refused}");
    }
    let leaf = anchor("leaf");
    assert!(leaf.ends_with("give the authority's that issued it (O=Example, CN=Example CA)"), "{leaf}");
    assert!(HostCertificate::read(&pem("leaf"), now()).is_ok(), "a host is no authority");

    let key = pem("test_key");
    let of = |bytes: &[u8]| match AnchorCertificate::read(bytes, now()) {
        Err(ProfileCertificateError::Certificate(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(of(&key), CertificateError::PrivateKey));
    assert!(matches!(of(&[pem("ca"), key].concat()), CertificateError::PrivateKey), "beside a certificate");
    assert!(matches!(of(b"-----BEGIN CERTIFICATE REQUEST-----\n"), CertificateError::NoCertificate { .. }));
    assert!(matches!(of(b"ca.pem"), CertificateError::Malformed));
    let ca = AnchorCertificate::read(&pem("ca"), now()).unwrap();
    let der = ca.certificate().as_der();
    assert!(matches!(of(&der[..der.len() - 1]), CertificateError::Malformed));
    assert!(matches!(of(&[der, &[0]].concat()), CertificateError::Malformed));
    assert!(matches!(of(b""), CertificateError::Malformed));
}

/// A file of several certificates is read as a whole, and never in part without a word.
#[test]
fn bundles_are_read_as_a_whole() {
    let bundle = |names: &[&str]| names.iter().map(|name| pem(name)).collect::<Vec<_>>().join(&b"and then\n"[..]);
    let several = bundle(&["ca", "ec_ca", "self_signed"]);
    let one = |name: &str| AnchorCertificate::read(&pem(name), now()).unwrap();
    assert_eq!(AnchorCertificate::read_all(&several, now()).unwrap(), ["ca", "ec_ca", "self_signed"].map(one));
    assert_eq!(AnchorCertificate::read_all(&pem("ca"), now()).unwrap(), [one("ca")]);
    assert_eq!(AnchorCertificate::read_all(one("ca").certificate().as_der(), now()).unwrap(), [one("ca")]);
    assert_eq!(HostCertificate::read_all(&several, now()).unwrap().len(), 3);
    for refused in
        [AnchorCertificate::read(&several, now()).unwrap_err(), HostCertificate::read(&several, now()).unwrap_err()]
    {
        assert!(matches!(refused, ProfileCertificateError::Several { count: 3 }), "{refused:?}");
        let said = refused.to_string();
        assert!(said.contains("3 certificates") && said.contains("`read_all`"), "{said}");
    }
    let with_leaf = AnchorCertificate::read_all(&bundle(&["ca", "leaf"]), now()).unwrap_err();
    let ProfileCertificateError::OneOf { number: 2, count: 2, source } = with_leaf else { panic!("{with_leaf:?}") };
    assert!(matches!(*source, ProfileCertificateError::NotAuthority { .. }), "{source:?}");
    let alone = AnchorCertificate::read_all(&pem("expired"), now()).unwrap_err();
    assert!(matches!(alone, ProfileCertificateError::Expired { .. }), "{alone:?}");
    for (bytes, expected) in [
        (bundle(&["ca", "test_key"]), CertificateError::PrivateKey),
        (b"-----BEGIN X-----\n".to_vec(), CertificateError::NoCertificate { found: Some("X".into()) }),
        (Vec::new(), CertificateError::Malformed),
    ] {
        let refused = AnchorCertificate::read_all(&bytes, now()).unwrap_err();
        assert_eq!(refused.to_string(), expected.to_string());
    }
}

/// Whatever form a private key comes in, no violation has any of it: not as text, and not as data.
#[test]
fn nothing_of_a_private_key_is_shown() {
    let key = fixture::text("profile_certificates/test_key.pem");
    let body: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let ca = fixture::text("profile_certificates/ca.pem");
    let forms = [
        key.clone(),
        body.clone(),
        format!("{ca}{key}"),
        format!("{key}{ca}"),
        base64(&key),
        base64(&format!("{ca}{key}")),
    ];
    for (form, list) in forms.iter().flat_map(|form| [(form, "anchor_certs"), (form, "supervising_host_certs")]) {
        let text = serde_json::json!({
            "profile_name": "iPads", "url": "https://mdm.example.com", "is_supervised": true, list: [form],
        });
        let violations = Check::new().json(&text.to_string());
        let found = violations.errors().find(|violation| violation.path() == format!("{list}[0]")).unwrap();
        assert!([Rule::PRIVATE_KEY, Rule::PRIVATE_KEY_BESIDE].contains(&found.rule()), "{found}");
        let said = format!("{violations}{violations:?}{}", serde_json::to_string(&violations).unwrap());
        let encoded = base64(&key);
        for secret in [&body, &encoded] {
            let mut pieces = (0..secret.len() - 12).map(|from| &secret[from..from + 12]);
            assert!(pieces.all(|piece| !said.contains(piece)), "{violations}");
        }
    }
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A fix gives the certificate in the one documented form, and never a key.
#[test]
fn fixes_give_the_same_certificate() {
    let ca = AnchorCertificate::read(&pem("ca"), now()).unwrap().to_base64();
    let key = fixture::text("profile_certificates/test_key.pem");
    let text = fixture::text("profile_certificates/ca.pem");
    let wrapped =
        ca.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n");
    for form in [text.clone(), base64(&text), format!("{text}{key}"), base64(&format!("{key}{text}")), wrapped] {
        let mut profile = apple_ade::api::profile::Profile::new("iPads", "https://mdm.example.com");
        profile.anchor_certs = Some(vec![form]);
        let (fixed, titles) = Check::new().fix(&profile);
        assert_eq!(fixed.anchor_certs, Some(vec![ca.clone()]));
        assert_eq!(titles.len(), 1, "{titles:?}");
        assert!(titles[0].len() < 80, "{titles:?}");
    }
    let mut profile = apple_ade::api::profile::Profile::new("iPads", "https://mdm.example.com");
    profile.anchor_certs = Some(vec![key]);
    assert_eq!(Check::new().fix(&profile).0.anchor_certs, None);
}

/// A certificate goes into the profile with its exact bytes (PAI-4), and a host is told by them (PAI-5).
#[test]
fn a_host_is_admitted_by_its_certificate() {
    let host = HostCertificate::read(&pem("host"), now()).unwrap();
    let other = HostCertificate::read(&pem("ca"), now()).unwrap();
    let pairing = Pairing::by_certificate(host.clone());
    assert!(pairing.admits(&host) && !pairing.admits(&other));
    let profile = builder(pairing).build().unwrap();
    assert_eq!(profile.wire().supervising_host_certs.as_deref(), Some(&[host.to_base64()][..]));
    assert!(profile.mode().pairing().admits(&host));
}

fn builder(pairing: Pairing) -> ProfileBuilder {
    apple_ade::profile::EnrollmentProfile::builder("iPads", "https://mdm.example.com/enroll")
        .mode(Supervised::new(UserAffinity::Without).pairing(pairing))
}
