//! Chains of certificates that should not be believed, made by `tests/fixtures/machine_info/odd/make.sh`, and those beside them that should.

use apple_ade::pki::certificate::{Certificate, CertificateError};
use apple_ade::pki::signature::{BuiltIn, SignatureError};
use apple_ade::pki::trust::{Chain, ChainError, Trust, VerifyError};

use crate::asn1::Node;
use crate::fixture;
use crate::machine_info::{certificate, refusal, root};

fn odd(name: &str) -> Certificate {
    certificate(&format!("odd/{name}"))
}

fn several(names: &[&str]) -> Vec<Certificate> {
    let read = |name: &&str| Trust::anchors_from_pem(&fixture::text(&format!("machine_info/{name}.pem"))).unwrap();
    names.iter().map(read).flat_map(|trust| trust.certificates().cloned().collect::<Vec<_>>()).collect()
}

fn chain(leaf: &str, others: &[&str], trust: &Trust) -> Result<Chain, ChainError> {
    trust.chain(&odd(leaf), &several(others), "2027-01-01T00:00:00Z".parse().unwrap())
}

#[test]
fn a_name_alone_is_nothing() {
    // An authority of the same name, trusted or in the message, before the right one or behind it.
    let impostor = Trust::anchors([odd("same_name")]);
    let leaf = certificate("dev2048");
    let at = "2027-01-01T00:00:00Z".parse().unwrap();
    let error = impostor.chain(&leaf, &several(&["inter"]), at).unwrap_err();
    assert!(
        matches!(&error, ChainError::Signature { subject, source: SignatureError::Invalid, .. }
        if subject.ends_with("CN=Fake iPhone Device CA")),
        "{error}"
    );
    for anchors in [["odd/same_name", "root"], ["root", "odd/same_name"]] {
        let trust = Trust::anchors(several(&anchors));
        let chain = trust.chain(&leaf, &several(&["odd/same_name", "inter", "root"]), at).unwrap();
        assert_eq!(chain.anchor(), &certificate("root"));
    }
    let error = Trust::pinned(odd("same_name")).chain(&leaf, &several(&["inter"]), at).unwrap_err();
    assert!(matches!(error, ChainError::NotPinned { .. }));
}

#[test]
fn circles_and_long_ways_end() {
    let error = chain("loop_device", &["odd/loop_a", "odd/loop_b", "odd/loop_a", "inter"], &root()).unwrap_err();
    assert!(matches!(&error, ChainError::UnknownIssuer { .. }), "{error}");
    // Where one of the circle is trusted, it is a chain.
    assert!(chain("loop_device", &["odd/loop_a"], &Trust::anchors([odd("loop_b")])).is_ok());

    assert_eq!(chain("low_device", &["odd/deep"], &root()).unwrap().certificates().count(), 8);
    assert_eq!(chain("deep_device", &["odd/deep"], &root()).unwrap_err(), ChainError::TooLong);
    // Hundreds of ways that all end in nothing.
    let many = ["odd/deep"; 20];
    assert!(chain("deep_device", &many, &Trust::anchors([certificate("inter")])).is_err());
}

#[test]
fn authorities_do_what_they_may() {
    let reason = |leaf: &str, others: &[&str]| chain(leaf, others, &root()).unwrap_err();
    assert!(chain("short_device", &["odd/short"], &root()).is_ok());
    assert_eq!(
        reason("below_device", &["odd/below", "odd/short"]),
        ChainError::PathLength { subject: "CN=Short".into(), allowed: 0, found: 1 }
    );
    let not = |subject: &str| ChainError::NotAuthority { subject: subject.into() };
    assert_eq!(reason("no_ca_device", &["odd/no_ca"]), not("CN=No authority"));
    assert_eq!(reason("usage_device", &["odd/usage"]), not("CN=Authority without usage"));
    // Trusted or not.
    assert_eq!(chain("no_ca_device", &[], &Trust::anchors([odd("no_ca")])).unwrap_err(), not("CN=No authority"));
    assert_eq!(chain("no_ca_device", &[], &Trust::pinned(odd("no_ca"))).unwrap_err(), not("CN=No authority"));
    assert_eq!(reason("short", &[]), ChainError::SignerIsAuthority { subject: "CN=Short".into() });
}

#[test]
fn what_a_certificate_is_not_made_for_counts_under_a_pin_too() {
    let encrypts = ChainError::NotForSigning { subject: "CN=Encrypts".into() };
    let critical =
        |subject: &str, oid: &str| ChainError::CriticalExtension { subject: subject.into(), oid: oid.into() };
    assert_eq!(chain("encrypts", &["inter"], &root()).unwrap_err(), encrypts);
    assert_eq!(chain("critical", &["inter"], &root()).unwrap_err(), critical("CN=Critical", "1.2.3.4"));
    // Constraints on names are not looked at, so an authority with such is not believed.
    assert_eq!(chain("names_device", &["odd/names"], &root()).unwrap_err(), critical("CN=Names", "2.5.29.30"));
    let pinned = Trust::pinned(certificate("inter"));
    assert_eq!(chain("encrypts", &[], &pinned).unwrap_err(), encrypts);
    assert_eq!(chain("critical", &[], &pinned).unwrap_err(), critical("CN=Critical", "1.2.3.4"));
    let error = chain("names_device", &[], &Trust::pinned(odd("names"))).unwrap_err();
    assert_eq!(error, critical("CN=Names", "2.5.29.30"));
    // Dates alone do not count there.
    let past = "2020-01-01T00:00:00Z".parse().unwrap();
    assert!(pinned.chain(&odd("exponent_3"), &[], past).is_ok());
    assert!(matches!(
        root().chain(&odd("exponent_3"), &several(&["inter"]), past),
        Err(ChainError::NotYetValid { .. })
    ));
}

/// Whether openssl takes a chain of these for mail or for clients of TLS.
fn openssl_accepts(leaf: &str, other: &str) -> Option<bool> {
    let [root, other, leaf] = ["root", other, leaf].map(|name| fixture::path(&format!("machine_info/{name}.pem")));
    let mut accepts = false;
    for purpose in ["smimesign", "sslclient"] {
        let mut command = std::process::Command::new("openssl");
        command.args(["verify", "-auth_level", "0", "-attime", "1798761600", "-purpose", purpose, "-CAfile"]);
        let Ok(output) = command.arg(&root).arg("-untrusted").arg(&other).arg(&leaf).output() else {
            println!("skipped: openssl is not there");
            return None;
        };
        accepts |= output.status.success();
    }
    Some(accepts)
}

#[test]
fn purposes_are_those_of_messages_or_clients() {
    for (leaf, other, blamed) in [
        ("for_servers", "inter", Some("CN=For servers")),
        ("for_programs", "inter", Some("CN=For programs")),
        ("for_clients", "inter", None),
        ("for_mail", "inter", None),
        ("for_any", "inter", None),
        ("servers_device", "odd/servers", Some("CN=Authority for servers")),
    ] {
        let expected = blamed.map(|subject| ChainError::Purpose { subject: subject.into() });
        assert_eq!(chain(leaf, &[other], &root()).err(), expected, "{leaf}");
        assert_eq!(chain(leaf, &[], &Trust::pinned(certificate(other))).err(), expected, "{leaf}, pinned");
        // To any purpose openssl is harsher.
        if leaf != "for_any"
            && let Some(accepts) = openssl_accepts(&format!("odd/{leaf}"), other)
        {
            assert_eq!(accepts, expected.is_none(), "{leaf}");
        }
    }
}

#[test]
fn weak_and_unknown_algorithms_are_named() {
    for (leaf, oid) in [("md5", "1.2.840.113549.1.1.4"), ("sha512", "1.2.840.113549.1.1.13")] {
        let error = chain(leaf, &["inter"], &root()).unwrap_err();
        let ChainError::Signature { source, .. } = error else { panic!("{error}") };
        assert_eq!(source, SignatureError::Algorithm { found: oid.into() });
    }
    // Of numbers that no algorithm has, and of two that differ.
    let unknown = [0x2A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
    let mut leaf = Node::read(certificate("dev2048").as_der());
    *leaf.at(&[0, 2, 0]).content() = unknown.to_vec();
    assert!(matches!(Certificate::from_der(&leaf.write()), Err(CertificateError::Outside { .. })));
    *leaf.at(&[1, 0]).content() = unknown.to_vec();
    let leaf = Certificate::from_der(&leaf.write()).unwrap();
    let error = leaf.check_signed_by(&certificate("inter"), &BuiltIn).unwrap_err();
    assert_eq!(error, SignatureError::Algorithm { found: "1.2.4398046511103".into() });
    let message = |name: &str| fixture::bytes(&format!("machine_info/odd/{name}.p7s"));
    for (name, found) in [("bits_512", "RSA of 512 bits"), ("p384", "on the curve 1.3.132.0.34")] {
        match later(&message(name)) {
            Err(VerifyError::Signature(SignatureError::Key { found: said })) => assert_eq!(said, found),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(matches!(refusal(&message("loop_device"), &root()), Ok(VerifyError::Chain(_))));
}

/// The exponent 3 itself is no fault; that a check looks at the beginning of the padding alone would be.
#[test]
fn a_forged_signature_for_the_exponent_3_is_refused() {
    let message = |name: &str| fixture::bytes(&format!("machine_info/odd/{name}.p7s"));
    assert!(later(&message("exponent_3")).is_ok());
    assert!(matches!(later(&message("forged")), Err(VerifyError::Signature(SignatureError::Invalid))));
}

/// At a time at which the odd certificates are valid.
fn later(body: &[u8]) -> Result<Chain, VerifyError> {
    let signed = apple_ade::machine_info::SignedMachineInfo::from_body(body).unwrap();
    root().verify(signed.signed(), "2027-01-01T00:00:00Z".parse().unwrap())
}
