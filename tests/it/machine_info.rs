//! Signed MachineInfo: the samples that openssl and BouncyCastle made, and what becomes of them when anything is changed.

use apple_ade::machine_info::{ReadError, SignedMachineInfo, Trust, UntrustedError};
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::cms::SignedError;
use apple_ade::pki::signature::{SignatureAlgorithm, SignatureError, SignatureHash};
use apple_ade::pki::trust::{ChainError, Validity, VerifyError};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};

use crate::fixture;

/// A time at which the samples' certificates are valid: the devices' from 2026-11-22 to 2027-11-22.
pub(crate) fn at() -> DateTime<Utc> {
    "2026-11-28T00:00:00Z".parse().unwrap()
}

pub(crate) fn samples() -> Vec<(String, Vec<u8>)> {
    let names = fixture::names("machine_info", ".p7s");
    assert_eq!(names.len(), 22);
    names.into_iter().map(|name| (name.clone(), fixture::bytes(&format!("machine_info/{name}")))).collect()
}

pub(crate) fn certificate(name: &str) -> Certificate {
    Certificate::from_pem(&fixture::text(&format!("machine_info/{name}.pem"))).unwrap()
}

pub(crate) fn root() -> Trust {
    Trust::anchors([certificate("root")])
}

/// Why it is refused, or that it is not one.
pub(crate) fn refusal(body: &[u8], trust: &Trust) -> Result<VerifyError, String> {
    match SignedMachineInfo::from_body(body).map(|signed| signed.verify(trust, at())) {
        Ok(Err(UntrustedError::Signature(error))) => Ok(error),
        Ok(Err(other)) => Err(other.to_string()),
        Ok(Ok(_)) => Err("accepted".into()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn every_sample_verifies_and_says_what_was_signed() {
    let plist = plist::from_bytes::<plist::Dictionary>(&fixture::bytes("machine_info/machineinfo.plist")).unwrap();
    for (name, body) in samples() {
        let signed = SignedMachineInfo::from_body(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let message = signed.signed();
        let hash = if name.contains("sha256") { SignatureHash::Sha256 } else { SignatureHash::Sha1 };
        let algorithm =
            if name.starts_with("ec") { SignatureAlgorithm::Ecdsa(hash) } else { SignatureAlgorithm::Rsa(hash) };
        assert_eq!(message.algorithm(), algorithm, "{name}");
        assert_eq!(message.has_attributes(), !name.contains("noattr"), "{name}");

        let device = signed.verify(&root(), at()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(device.info().to_dictionary(), plist, "{name}");
        let chain: Vec<String> = device.chain().certificates().map(|one| one.subject().to_string()).collect();
        assert_eq!(chain.len(), 3, "{name}");
        assert!(chain[1].ends_with("CN=Fake iPhone Device CA") && chain[2].ends_with("CN=Fake Apple Root CA"));
        assert!(device.chain().validity().all(|(_, validity)| validity == Validity::Valid));

        // The other policies: what is below the root can be an anchor as well, and be pinned; the root issued no device.
        let device_ca = certificate("inter");
        assert!(signed.verify(&Trust::anchors([device_ca.clone()]), at()).is_ok(), "{name}");
        assert!(signed.verify(&Trust::pinned(device_ca), at()).is_ok(), "{name}");
        let pinned_root = signed.verify(&Trust::pinned(certificate("root")), at()).unwrap_err();
        let not_pinned = |error: &UntrustedError| {
            matches!(error, UntrustedError::Signature(VerifyError::Chain(ChainError::NotPinned { pinned, .. }))
                if pinned.ends_with("CN=Fake Apple Root CA"))
        };
        assert!(not_pinned(&pinned_root), "{name}: {pinned_root}");
        let apple = signed.verify(&Trust::apple_devices(), at()).unwrap_err();
        assert!(
            apple.to_string().contains("not directly by the pinned C=US, O=Apple Inc., OU=Apple iPhone"),
            "{apple}"
        );
    }
}

/// What is damaged, where that is, and the reason that has to be given. A place that a sample does not have is none.
struct Damage {
    what: &'static str,
    place: fn(&str, &[u8]) -> Option<usize>,
    reason: fn(&VerifyError, bool) -> bool,
}

fn find(body: &[u8], wanted: &[u8]) -> Option<usize> {
    body.windows(wanted.len()).position(|window| window == wanted)
}

fn attribute(body: &[u8], last: u8) -> Option<usize> {
    find(body, &[0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, last])
}

fn key_of(name: &str) -> Vec<u8> {
    let key = certificate(name).public_key_der().to_vec();
    key[key.len() - 40..key.len() - 10].to_vec()
}

/// The end of its signature.
fn tail_of(name: &str) -> Vec<u8> {
    let certificate = certificate(name);
    let der = certificate.as_der();
    der[der.len() - 30..].to_vec()
}

fn device(name: &str) -> &'static str {
    match name {
        name if name.starts_with("1024") => "dev1024",
        name if name.starts_with("ec") => "devec",
        _ => "dev2048",
    }
}

fn invalid(error: &VerifyError) -> bool {
    matches!(error, VerifyError::Signature(SignatureError::Invalid))
}

fn broken_link(error: &VerifyError, named: &str) -> bool {
    matches!(error, VerifyError::Chain(ChainError::Signature { subject, source: SignatureError::Invalid, .. })
        if subject.contains(named))
}

const DAMAGES: &[Damage] = &[
    Damage {
        what: "content",
        // One of the two is not at the border of two pieces.
        place: |_, body| Some(find(body, b"F9FXJ1").or_else(|| find(body, b"iPad14")).unwrap() + 3),
        reason: |error, attributes| {
            if attributes { matches!(error, VerifyError::Digest { .. }) } else { invalid(error) }
        },
    },
    Damage {
        what: "attribute messageDigest",
        place: |_, body| attribute(body, 4).map(|place| place + 20),
        reason: |error, _| matches!(error, VerifyError::Digest { .. }),
    },
    Damage {
        what: "attribute contentType",
        // From data to signed data.
        place: |_, body| attribute(body, 3).map(|place| place + 23),
        reason: |error, _| {
            matches!(error, VerifyError::ContentType { found, expected }
                if found == "1.2.840.113549.1.7.0" && expected == "1.2.840.113549.1.7.1")
        },
    },
    Damage {
        what: "attribute signingTime",
        place: |_, body| attribute(body, 5).map(|place| place + 18),
        reason: |error, _| invalid(error),
    },
    Damage {
        what: "signature",
        place: |name, body| {
            let head: &[u8] = match device(name) {
                "dev1024" => &[0x04, 0x81, 0x80],
                "devec" => &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04],
                _ => &[0x04, 0x82, 0x01, 0x00],
            };
            let place = body.windows(head.len()).rposition(|window| window == head)?;
            Some(place + 30)
        },
        reason: |error, _| invalid(error),
    },
    Damage {
        what: "certificate, its key",
        place: |name, body| find(body, &key_of(device(name))),
        reason: |error, _| broken_link(error, "CN="),
    },
    Damage {
        what: "certificate, its signature",
        place: |name, body| find(body, &tail_of(device(name))),
        reason: |error, _| broken_link(error, "CN="),
    },
    Damage {
        what: "certificate, its number, by which it is named",
        place: |name, body| find(body, certificate(device(name)).serial().as_bytes()).map(|place| place + 5),
        reason: |error, _| matches!(error, VerifyError::NoCertificate { .. }),
    },
    Damage {
        what: "chain, the key of the authority",
        place: |_, body| find(body, &key_of("inter")),
        reason: |error, _| matches!(error, VerifyError::Chain(ChainError::Signature { .. })),
    },
    Damage {
        what: "chain, the signature of the authority",
        place: |_, body| find(body, &tail_of("inter")),
        reason: |error, _| broken_link(error, "CN=Fake iPhone Device CA"),
    },
    Damage {
        what: "chain, the name of the authority",
        place: |_, body| {
            let place = find(body, &certificate("inter").as_der()[..200]).unwrap();
            let name = b"Fake iPhone Device CA";
            Some(place + body[place..].windows(name.len()).position(|window| window == name).unwrap())
        },
        reason: |error, _| {
            matches!(error, VerifyError::Chain(ChainError::UnknownIssuer { issuer, .. })
                if issuer.ends_with("CN=Fake iPhone Device CA"))
        },
    },
];

#[test]
fn every_sample_is_refused_with_the_reason_when_anything_is_changed() {
    let mut tried = 0;
    for (name, body) in samples() {
        for damage in DAMAGES {
            let attributes = !name.contains("noattr");
            let Some(place) = (damage.place)(&name, &body) else {
                assert!(!attributes && damage.what.starts_with("attribute"), "{name} has no {}", damage.what);
                continue;
            };
            let mut damaged = body.clone();
            damaged[place] ^= 1;
            let error = refusal(&damaged, &root()).unwrap_or_else(|what| panic!("{name}, {}: {what}", damage.what));
            assert!((damage.reason)(&error, attributes), "{name}, {}: {error}", damage.what);
            tried += 1;
        }
        // A chain to another root, of another name or of the same.
        let apple =
            Trust::anchors_from_pem(&fixture::text("machine_info/Apple_iPhone_Device_CA_Fullchain.pem")).unwrap();
        assert!(matches!(refusal(&body, &apple), Ok(VerifyError::Chain(ChainError::UnknownIssuer { .. }))), "{name}");
        assert!(matches!(
            refusal(&body, &Trust::anchors([])),
            Ok(VerifyError::Chain(ChainError::UnknownIssuer { .. }))
        ));
    }
    // Three kinds are of attributes, which six samples do not have.
    assert_eq!(tried, 22 * DAMAGES.len() - 6 * 3);
}

#[test]
fn no_byte_can_be_changed_unseen() {
    let plist = fixture::bytes("machine_info/machineinfo.plist");
    for name in ["1024_sha1_der", "bc_sha256_chunk", "2048_sha256_noattr"] {
        let body = fixture::bytes(&format!("machine_info/{name}.p7s"));
        for place in (0..body.len()).step_by(7) {
            let mut damaged = body.clone();
            damaged[place] ^= 0x41;
            let Ok(signed) = SignedMachineInfo::from_body(&damaged) else { continue };
            // What is accepted all the same says what was signed: lists of algorithms, for one, count for nothing.
            if signed.verify(&root(), at()).is_ok() {
                assert_eq!(signed.signed().dangerous_unverified_content(), plist, "{name}, byte {place}");
            }
        }
        for length in (0..body.len()).step_by(11) {
            assert!(SignedMachineInfo::from_body(&body[..length]).is_err(), "{name} cut at {length}");
        }
    }
}

#[test]
fn validity_decides_under_anchors_and_is_reported_under_a_pinned_authority() {
    let body = fixture::bytes("machine_info/bc_sha1.p7s");
    let signed = SignedMachineInfo::from_body(&body).unwrap();
    let on = |time: &str, trust: &Trust| signed.verify(trust, time.parse().unwrap());
    let reason = |time: &str| match on(time, &root()).unwrap_err() {
        UntrustedError::Signature(VerifyError::Chain(error)) => error,
        other => panic!("{other}"),
    };
    // The certificate says "Nov 22 04:49:48 2026 GMT" and "Nov 22 04:49:48 2027 GMT", both seconds included.
    assert!(matches!(reason("2026-11-22T04:49:47Z"), ChainError::NotYetValid { .. }));
    assert!(on("2026-11-22T04:49:48Z", &root()).is_ok() && on("2027-11-22T04:49:48.9Z", &root()).is_ok());
    let expired = reason("2027-11-22T04:49:49Z");
    assert_eq!(
        expired.to_string(),
        "CN=00008112-001E2D2A3C8A401E, O=Fake Apple, OU=iPad was valid until 2027-11-22T04:49:48Z, and the time is \
         2027-11-22T04:49:49Z"
    );
    let pinned = Trust::pinned(certificate("inter"));
    for (time, validity) in [
        ("2036-12-01T00:00:00Z", ["expired 2027-11-22T04:49:48Z", "expired 2036-11-19T04:49:47Z"]),
        ("2030-01-01T00:00:00Z", ["expired 2027-11-22T04:49:48Z", "valid"]),
        ("2007-01-01T00:00:00Z", ["valid from 2026-11-22T04:49:48Z on", "valid from 2026-11-22T04:49:47Z on"]),
    ] {
        let device = on(time, &pinned).unwrap();
        let reported: Vec<String> = device.chain().validity().map(|(_, validity)| validity.to_string()).collect();
        assert_eq!(reported, validity);
    }
}

/// A certificate that Apple made for a device in 2018, and Apple's chain, of which all but the root are expired.
#[test]
fn a_real_device_is_believed_by_the_pinned_authority_alone() {
    let device = certificate("device_certificate_2018");
    let apple = Trust::apple_devices();
    let pinned: Vec<String> = apple.certificates().map(|one| one.fingerprint().to_string()).collect();
    let known = "76f27d00e1333bc88de0e2916c38c9a7f2b75774c25a794c092a80e3c4c66cce";
    assert_eq!(
        pinned,
        [known
            .to_uppercase()
            .as_bytes()
            .chunks(2)
            .map(|two| str::from_utf8(two).unwrap())
            .collect::<Vec<_>>()
            .join(":")]
    );
    let chain = apple.chain(&device, &[], at()).unwrap();
    let validity: Vec<Validity> = chain.validity().map(|(_, validity)| validity).collect();
    assert_eq!(
        validity,
        [
            Validity::Expired("2019-11-08T14:41:36Z".parse().unwrap()),
            Validity::Expired("2014-04-16T22:54:46Z".parse().unwrap())
        ]
    );

    // As anchors they expired; and another authority of Apple's, though it is Apple's, does not make this device.
    let above = fixture::text("machine_info/Apple_iPhone_Device_CA_Fullchain.pem");
    let [device_ca, iphone_ca, apple_root] =
        &Trust::anchors_from_pem(&above).unwrap().certificates().cloned().collect::<Vec<_>>()[..]
    else {
        panic!("three certificates")
    };
    let others = [device_ca.clone(), iphone_ca.clone()];
    let anchor = Trust::anchors([apple_root.clone()]);
    assert!(matches!(anchor.chain(&device, &others, at()), Err(ChainError::Expired { .. })));
    let in_time = "2012-01-01T00:00:00Z".parse().unwrap();
    assert!(matches!(anchor.chain(&device, &others, in_time), Err(ChainError::NotYetValid { .. })));
    for other in [iphone_ca, apple_root] {
        let error = Trust::pinned(other.clone()).chain(&device, &others, at()).unwrap_err();
        assert!(matches!(error, ChainError::NotPinned { .. }), "{error}");
    }
    // The pinned one vouches for devices, and is none; neither is what stands above it.
    for authority in [device_ca, iphone_ca] {
        assert!(matches!(apple.chain(authority, &others, at()), Err(ChainError::SignerIsAuthority { .. })));
    }
    assert_eq!(device_ca.check_signed_by(iphone_ca, &apple_ade::pki::signature::BuiltIn), Ok(()));
    assert_eq!(iphone_ca.check_signed_by(apple_root, &apple_ade::pki::signature::BuiltIn), Ok(()));
}

#[test]
fn the_header_is_read_in_each_form_of_base64() {
    for (name, body) in samples() {
        let forms = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].map(|engine| engine.encode(&body));
        let folded = forms[0].as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap()).collect::<Vec<_>>();
        for form in forms.iter().chain([&folded.join("\r\n "), &format!(" {}\t", forms[0])]) {
            let signed = SignedMachineInfo::from_header(form).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(signed.verify(&root(), at()).is_ok(), "{name}");
        }
    }
    let header = STANDARD.encode(fixture::bytes("machine_info/bc_sha1.p7s"));
    let refused = |value: &str| SignedMachineInfo::from_header(value).unwrap_err();
    assert_eq!(refused(""), ReadError::Empty { place: "header" });
    assert_eq!(refused("  "), ReadError::Empty { place: "header" });
    assert_eq!(refused(&header.replacen('A', "%2B", 1)), ReadError::Base64 { offset: header.find('A').unwrap() });
    assert_eq!(refused(&format!("{header}=AAAA")), ReadError::Base64 { offset: header.len() + 1 });
    assert_eq!(refused("AAAAA"), ReadError::Base64 { offset: 5 });
    assert!(matches!(refused(&header[..1000]), ReadError::Signed(SignedError::Ber(_))));
    assert!(matches!(refused(&"A".repeat(200_000)), ReadError::TooLarge { place: "header", .. }));
    assert!(matches!(refused(&"A".repeat(100_000)), ReadError::TooLarge { place: "header", limit: 65_535 }));
}

#[test]
fn a_request_is_read_by_its_method() {
    let body = fixture::bytes("machine_info/bc_sha1.p7s");
    let post = |media_type: Option<&str>| {
        let mut request = http::Request::post("https://mdm.example.com/enroll");
        if let Some(media_type) = media_type {
            request = request.header("Content-Type", media_type);
        }
        SignedMachineInfo::from_request(&request.body(body.clone()).unwrap())
    };
    for fine in [None, Some("application/pkcs7-signature"), Some("Application/X-PKCS7-signature; charset=utf-8")] {
        assert!(post(fine).is_ok(), "{fine:?}");
    }
    let found = "text/html".to_owned();
    assert_eq!(post(Some("text/html")).unwrap_err(), ReadError::MediaType { found });

    let get = |values: &[&str]| {
        let mut request = http::Request::get("https://mdm.example.com/welcome");
        for value in values {
            request = request.header("X-Apple-Aspen-DeviceInfo", *value);
        }
        SignedMachineInfo::from_request(&request.body("").unwrap())
    };
    let header = STANDARD.encode(&body);
    assert!(get(&[&header]).is_ok());
    assert_eq!(get(&[]).unwrap_err(), ReadError::NoHeader);
    assert_eq!(get(&[&header, &header]).unwrap_err(), ReadError::Headers { count: 2 });
}
