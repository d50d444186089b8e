//! The enrollment profile: Apple's keys, UUIDs, rules, and the signature, which openssl verifies.

use std::process::Command;

use apple_ade::Stamp;
use apple_ade::affinity::UserAffinity;
use apple_ade::enrollment::{
    AccessRights, AccessRightsError, Acme, AcmeError, AcmeKey, Curve, EnrollmentMode, HardwareCurve, Identity,
    KeyUsage, MdmPayload, MdmProfile, MdmProfileBuilder, PayloadUuid, Pkcs12, Pkcs12Error, Scep, ScepKeySize,
    ServerCapabilities, Subject, SubjectAltName,
};
use apple_ade::os::Platform;
use apple_ade::pki::certificate::Certificate;
use apple_ade::pki::cms::{SignError, sign_message};
use apple_ade::pki::key::SignKey as _;
use apple_ade::profile::{EnrollmentProfile, Supervised};
use apple_ade::secret::{SecretBytes, SecretString};
use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
use plist::{Dictionary, Value};
use proptest::prelude::*;
use serde_json::json;

use crate::apple_keys::compare;
use crate::fixture;
use crate::token_file::{certificate, key};

pub(crate) const TOPIC: &str = "com.apple.mgmt.External.1";

pub(crate) fn uuid() -> PayloadUuid {
    PayloadUuid::from_nonce(*b"sixteen bytes 01")
}

pub(crate) fn scep() -> Scep {
    Scep::new("http://ca.example.com/scep").unwrap()
}

pub(crate) fn builder(identity: impl Into<Identity>) -> MdmProfileBuilder {
    MdmProfile::builder("com.example.mdm", "https://mdm.example.com/mdm", TOPIC, identity)
}

pub(crate) fn read(profile: &MdmProfile) -> Dictionary {
    let value: Value = plist::from_bytes(profile.to_mobileconfig().expose_secret()).unwrap();
    value.into_dictionary().unwrap()
}

/// The payload of a type, without the keys that every payload has.
pub(crate) fn payload(profile: &MdmProfile, kind: &str) -> Dictionary {
    let whole = read(profile);
    let payloads = whole["PayloadContent"].as_array().unwrap().iter();
    let mut found =
        payloads.filter_map(Value::as_dictionary).filter(|payload| payload["PayloadType"].as_string() == Some(kind));
    let mut payload = found.next().unwrap_or_else(|| panic!("there is {kind}")).clone();
    for common in ["PayloadType", "PayloadVersion", "PayloadIdentifier", "PayloadUUID"] {
        assert!(payload.remove(common).is_some(), "{common} of {kind}");
    }
    payload
}

#[test]
fn the_mdm_payload_has_every_key_of_apples() {
    let root = Certificate::from_pem(&fixture::text("token/cert.pem")).unwrap();
    let full = builder(scep())
        .check_in_url("https://mdm.example.com/checkin")
        .sign_messages()
        .check_out_when_removed()
        .pin_server(root.clone())
        .pin_check_in(root)
        .pinning_revocation_check_required()
        .server_capabilities(&ServerCapabilities::new().get_token())
        .account_driven("ada@example.com", EnrollmentMode::Adde)
        .required_app(1_234_567)
        .payload(|payload| {
            payload.use_development_apns = Some(false);
            payload.managed_apple_id = Some("ada@example.com".into());
            payload.prompt_user_to_allow_bootstrap_token_for_authentication = Some(true);
        })
        .build(uuid())
        .unwrap();
    let bare = builder(scep()).build(uuid()).unwrap();
    let yaml = fixture::text("apple/com.apple.mdm.yaml");
    let (full, bare) = (Value::from(payload(&full, "com.apple.mdm")), Value::from(payload(&bare, "com.apple.mdm")));
    compare(&yaml, &[&full, &bare], &[]);
    // The words of the two lists are those of Apple's.
    let keys = crate::apple_keys::keys(&yaml);
    let capabilities = ServerCapabilities::new().per_user_connections().bootstrap_token().get_token();
    assert_eq!(keys["ServerCapabilities[]"].range, capabilities.as_slice());
    let modes = [EnrollmentMode::Byod, EnrollmentMode::Adde].map(EnrollmentMode::as_str);
    assert_eq!(keys["EnrollmentMode"].range, modes);
    // What is unknown is kept.
    let text = r#"{"Topic": "com.apple.mgmt.X", "NewInOS31": [1, {"a": true}]}"#;
    let read: MdmPayload = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::from_str::<serde_json::Value>(text).unwrap());
    let xml = br#"<plist version="1.0"><dict><key>Topic</key><string>t</string><key>AccessRights</key><integer>3</integer>
        <key>D</key><data>AAEC</data><key>T</key><date>2026-11-22T08:00:00Z</date><key>R</key><real>1.5</real></dict></plist>"#;
    let (read, value): (MdmPayload, Value) = (plist::from_bytes(xml).unwrap(), plist::from_bytes(xml).unwrap());
    assert_eq!(plist::to_value(&read).unwrap(), value);
    assert_eq!(plist::from_value::<MdmPayload>(&value).unwrap(), read);
    let odd = serde_json::from_str::<MdmPayload>(r#"{"AccessRights": "all"}"#).unwrap_err();
    assert!(odd.to_string().starts_with("`AccessRights` is not of its type"), "{odd}");
}

#[test]
fn the_identities_have_every_key_of_apples() {
    let mut names = SubjectAltName::default();
    names.rfc822_name = Some("ada@example.com".into());
    names.dns_name = Some("mdm.example.com".into());
    names.uniform_resource_identifier = Some("https://example.com".into());
    names.nt_principal_name = Some("ada@example.com".into());
    let subject = Subject::common_name("C02T0HL0GGC0").with("1.2.5.3", "bar");
    let scep = scep()
        .name("example.org")
        .subject(subject.clone())
        .challenge(SecretString::new("once"))
        .key_size(ScepKeySize::Rsa4096)
        .key_usage(KeyUsage::Both)
        .ca_fingerprint([1, 2, 3])
        .retries(5)
        .retry_delay(7)
        .subject_alt_name(names.clone())
        .key_is_extractable(false)
        .allow_all_apps_access(true);
    let hardware = AcmeKey::Hardware { curve: HardwareCurve::P384, attest: true };
    let acme = Acme::new("https://acme.example.com/directory", "C02T0HL0GGC0", hardware, subject)
        .unwrap()
        .subject_alt_name(names)
        .key_usage(KeyUsage::Signing)
        .extended_key_usage(["1.3.6.1.5.5.7.3.2"])
        .key_is_extractable(false)
        .allow_all_apps_access(true);
    let pkcs12 = Pkcs12::new(SecretBytes::new(fixture::bytes("mdm_profile/identity.p12")))
        .unwrap()
        .password(SecretString::new("secret"))
        .file_name("identity.p12")
        .key_is_extractable(false)
        .allow_all_apps_access(true);
    let mut all = Dictionary::new();
    for identity in [Identity::from(scep), acme.into(), pkcs12.into()] {
        let kind = match &identity {
            Identity::Scep(_) => "com.apple.security.scep",
            Identity::Acme(_) => "com.apple.security.acme",
            _ => "com.apple.security.pkcs12",
        };
        let profile = builder(identity).build(uuid()).unwrap();
        let debug = format!("{profile:?}");
        assert!(!debug.contains("once") && !debug.contains("secret\""), "{debug}");
        // The MDM payload names it.
        let identity =
            read(&profile)["PayloadContent"].as_array().unwrap()[0].as_dictionary().unwrap()["PayloadUUID"].clone();
        assert_eq!(payload(&profile, "com.apple.mdm")["IdentityCertificateUUID"], identity);
        all.insert(kind.into(), payload(&profile, kind).into());
    }
    let value = Value::from(all);
    compare(&fixture::text("apple/identities.yaml"), &[&value], &[]);
    let json = serde_json::to_value(&value).unwrap();
    let scep = &json["com.apple.security.scep"]["PayloadContent"];
    assert_eq!(scep["Subject"], json!([[["CN", "C02T0HL0GGC0"]], [["1.2.5.3", "bar"]]]));
    assert_eq!((&scep["Keysize"], &scep["Key Usage"], &scep["Key Type"]), (&json!(4096), &json!(5), &json!("RSA")));
    let acme = &json["com.apple.security.acme"];
    assert_eq!(
        (&acme["KeySize"], &acme["KeyType"], &acme["HardwareBound"]),
        (&json!(384), &json!("ECSECPrimeRandom"), &json!(true))
    );
}

#[test]
fn what_is_no_pkcs12_file_is_told() {
    let read = |bytes: &[u8]| Pkcs12::new(SecretBytes::new(bytes)).err();
    let file = fixture::bytes("mdm_profile/identity.p12");
    assert_eq!(read(&file), None);
    // With its outermost length open, as some programs write it.
    let open = [&[0x30, 0x80][..], &file[4..], &[0, 0]].concat();
    assert_eq!(read(&open), None);

    assert_eq!(read(b""), Some(Pkcs12Error::Empty));
    for name in ["devec.key", "devec.pem", "machineinfo.plist"] {
        assert_eq!(read(&fixture::bytes(&format!("machine_info/{name}"))), Some(Pkcs12Error::Text), "{name}");
    }
    assert_eq!(read(&fixture::bytes("machine_info/root.der")), Some(Pkcs12Error::Certificate));
    let mut older = file.clone();
    assert_eq!(older[4..7], [2, 1, 3]);
    older[6] = 2;
    for odd in
        [&file[..file.len() - 1], &[&file[..], &[0]].concat(), &older, &[0x30, 0], &[0x30, 3, 2, 1, 3], &[0xFF; 40]]
    {
        assert_eq!(read(odd), Some(Pkcs12Error::Malformed), "{:?}", &odd[..2]);
    }
    assert_eq!(read(&fixture::bytes("machine_info/2048_sha256_der.p7s")), Some(Pkcs12Error::Malformed));
}

#[test]
fn keys_that_apple_does_not_allow_are_refused() {
    let acme = |key| Acme::new("https://acme.example.com/directory", "id", key, Subject::default());
    for bits in [0, 1000, 1023, 1025, 2047, 4097, 4104] {
        assert_eq!(acme(AcmeKey::Rsa { bits }), Err(AcmeError::KeySize { bits }));
    }
    for bits in [1024, 1032, 2048, 4096] {
        assert!(acme(AcmeKey::Rsa { bits }).is_ok());
    }
    let plain = builder(acme(AcmeKey::Software { curve: Curve::P521 }).unwrap()).build(uuid()).unwrap();
    let payload = payload(&plain, "com.apple.security.acme");
    assert_eq!(payload["KeySize"].as_unsigned_integer(), Some(521));
    assert!(payload.get("Attest").is_none() && payload["HardwareBound"].as_boolean() == Some(false));
    let refused = Acme::new("https://acme.example.com/", "", AcmeKey::Rsa { bits: 2048 }, Subject::default());
    assert_eq!(refused, Err(AcmeError::ClientIdentifier));
    for url in ["", "ca.example.com", "ftp://ca.example.com/", "https://"] {
        assert!(Scep::new(url).is_err(), "{url}");
    }
}

/// By Apple's text: not 0, 2 needs 1, 128 needs 64, up to 4096.
#[test]
fn access_rights_are_a_checked_set() {
    let mut legal = 0;
    for bits in 0..16384_u32 {
        let expected =
            bits != 0 && bits < 8192 && (bits & 2 == 0 || bits & 1 == 1) && (bits & 128 == 0 || bits & 64 == 64);
        assert_eq!(AccessRights::new(bits).is_ok(), expected, "{bits}");
        legal += u32::from(expected);
        // The rule on the payload says the same.
        let mut payload = MdmPayload::default();
        payload.access_rights = Some(bits.into());
        let found = payload.check().iter().any(|violation| violation.path() == "AccessRights");
        assert_eq!(found, !expected, "{bits}");
    }
    assert_eq!(legal, 3 * 3 * (1 << 9) - 1);
    assert_eq!(AccessRights::new(8192 | 1), Err(AccessRightsError::Unknown { bits: 8192 }));
}

/// UUIDs of version 5 by Python.
#[test]
fn uuids_are_derived_as_python_does() {
    let program = "import uuid\nn = uuid.UUID(bytes=b'sixteen bytes 01', version=4)\nprint(n)\nprint(uuid.uuid5(n, 'com.apple.mdm'))\nprint(uuid.uuid5(n, 'identity'))";
    let Ok(output) = Command::new("python3").args(["-c", program]).output() else {
        println!("skipped: python3 is not there");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(str::to_uppercase).collect();
    let profile = builder(scep()).build(uuid()).unwrap();
    let whole = read(&profile);
    let uuids = whole["PayloadContent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payload| &payload.as_dictionary().unwrap()["PayloadUUID"]);
    let uuids: Vec<&str> = uuids.map(|uuid| uuid.as_string().unwrap()).collect();
    assert_eq!(whole["PayloadUUID"].as_string(), Some(expected[0].as_str()));
    assert_eq!(uuids, [expected[2].as_str(), expected[1].as_str()]);
    for odd in [
        "",
        "73697874-6565-4E20-A279-74657320303",
        "73697874-6565-4E20-A279-7465732030zz",
        "7369787465654E20A279746573203031",
        "+3697874-6565-4E20-A279-746573203031",
    ] {
        assert!(odd.parse::<PayloadUuid>().is_err(), "{odd}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let make = || {
        builder(scep().challenge(SecretString::new("a<b>&")))
            .display_name("Schöner Name")
            .anchor(certificate())
            .build(uuid())
            .unwrap()
    };
    let (one, other) = (make().to_mobileconfig(), make().to_mobileconfig());
    assert_eq!(one.expose_secret(), other.expose_secret());
    let text = String::from_utf8(one.expose_secret().to_vec()).unwrap();
    assert!(
        text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") && text.contains("a&lt;b&gt;&amp;"),
        "{text}"
    );
    // A certificate that is self-issued is a root, another is not; one that is named twice is there once.
    let twice = builder(scep()).anchor(certificate()).pin_server(certificate()).build(uuid()).unwrap();
    let payload = payload(&twice, "com.apple.security.root");
    assert_eq!(payload["PayloadContent"].as_data(), Some(certificate().as_der()));
    let whole = read(&twice);
    let payloads = whole["PayloadContent"].as_array().unwrap();
    assert_eq!(payloads.len(), 3);
    let pinned = self::payload(&twice, "com.apple.mdm")["ServerURLPinningCertificateUUIDs"].clone();
    assert_eq!(pinned, Value::Array(vec![payloads[0].as_dictionary().unwrap()["PayloadUUID"].clone()]));
}

#[test]
fn capabilities_follow_from_what_the_device_was_told() {
    let url = "https://mdm.example.com/enroll";
    let shared = EnrollmentProfile::builder("Shared", url)
        .mode(SharedIpad::accounts(ResidentUsers::new(10).unwrap()))
        .await_configuration()
        .build()
        .unwrap();
    let own = || EnrollmentProfile::builder("Own", url).mode(Supervised::new(UserAffinity::Without).locked());
    let ipad = own().target(Platform::IpadOs, "17.0".parse().unwrap()).build().unwrap();
    let any = own().build().unwrap();
    let mac = EnrollmentProfile::builder("Mac", url)
        .mode(Supervised::new(UserAffinity::Without))
        .target(Platform::MacOs, "14.0".parse().unwrap())
        .build()
        .unwrap();
    let capabilities = |profile| ServerCapabilities::demanded_by(profile).as_slice().to_vec();
    assert_eq!(capabilities(&shared), ["com.apple.mdm.per-user-connections"]);
    assert!(capabilities(&ipad).is_empty());
    assert_eq!(capabilities(&mac), ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"]);

    // What is made for no system in particular may reach a Mac, which would lack its user channel for ever.
    assert_eq!(capabilities(&any), capabilities(&mac));
    let on = |profile, platform| ServerCapabilities::demanded_on(profile, platform).as_slice().to_vec();
    assert_eq!(on(&any, Some(Platform::MacOs)), capabilities(&mac));
    assert!(on(&any, Some(Platform::Ios)).is_empty() && on(&mac, Some(Platform::IpadOs)).is_empty());
    assert_eq!(on(&shared, Some(Platform::IpadOs)), capabilities(&shared));
    assert_eq!(on(&any, None), capabilities(&any));
    let of_phone = builder(scep()).for_enrollment_on(&any, Some(Platform::Ios)).build(uuid()).unwrap();
    assert_eq!(of_phone.payload().server_capabilities, None);

    let profile = builder(scep()).for_enrollment(&shared).build(uuid()).unwrap();
    assert_eq!(
        profile.payload().server_capabilities.as_deref(),
        Some(&["com.apple.mdm.per-user-connections".to_owned()][..])
    );
    assert_eq!(read(&profile)["PayloadRemovalDisallowed"].as_boolean(), Some(false));
    let locked = builder(scep()).for_enrollment(&ipad).build(uuid()).unwrap();
    assert_eq!(read(&locked)["PayloadRemovalDisallowed"].as_boolean(), Some(true));
    assert!(locked.payload().server_capabilities.is_none());
    // A Shared iPad cannot become one by an update.
    assert_eq!(
        locked.check_update(&profile).errors().map(|violation| violation.rule().code()).collect::<Vec<_>>(),
        ["ADE-M105"]
    );
}

#[test]
fn the_builder_tells_everything_at_once() {
    let refused = MdmProfile::builder("com.example.mdm", "http://mdm.example.com", "com.apple.mgmt", scep())
        .check_in_url("mdm.example.com")
        .build(uuid())
        .unwrap_err();
    let found: Vec<_> = refused.errors().map(|violation| (violation.rule().code(), violation.path())).collect();
    assert_eq!(found, [("ADE-M003", "CheckInURL"), ("ADE-M003", "ServerURL"), ("ADE-M002", "Topic")]);
    let user = builder(scep()).account_driven("ada@example.com", EnrollmentMode::Byod).build(uuid()).unwrap();
    assert_eq!(user.payload().access_rights, None);
}

/// A message as a file, with what openssl says of it.
fn verified(message: &[u8], more: &[&str]) -> Option<(bool, Vec<u8>)> {
    let file = std::env::temp_dir().join(format!("apple-ade-signed-{}-{:p}.der", std::process::id(), message));
    std::fs::write(&file, message).unwrap();
    let root = fixture::path("token/cert.pem");
    let mut command = Command::new("openssl");
    command
        .args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-no_check_time", "-in"])
        .arg(&file);
    let output = command.arg("-CAfile").arg(root).args(more).output();
    std::fs::remove_file(&file).unwrap();
    let Ok(output) = output else {
        println!("skipped: openssl is not there");
        return None;
    };
    Some((output.status.success(), if output.status.success() { output.stdout } else { output.stderr }))
}

#[test]
fn openssl_verifies_the_signature_and_no_changed_one() {
    let stamp = Stamp::new("2026-11-22T08:00:00Z".parse().unwrap(), *b"sixteen bytes 01");
    let profile = builder(scep()).anchor(certificate()).build(uuid()).unwrap();
    let signed = profile.sign(&key(), [&certificate()], &stamp).unwrap();
    let signed = signed.expose_secret();
    let Some((good, content)) = verified(signed, &[]) else { return };
    assert!(good, "{}", String::from_utf8_lossy(&content));
    assert_eq!(content, profile.to_mobileconfig().expose_secret());
    let print = fixture::openssl(&["cms", "-cmsout", "-print", "-inform", "DER"], signed).unwrap();
    let print = String::from_utf8_lossy(&print);
    for part in
        ["contentType (1.2.840.113549.1.9.3)", "signingTime", "Nov 22 08:00:00 2026 GMT", "messageDigest", "sha256"]
    {
        assert!(print.contains(part), "{part} in {print}");
    }
    // The same input, the same bytes: PKCS #1 v1.5 has no random part.
    assert_eq!(profile.sign(&key(), [&certificate(), &certificate()], &stamp).unwrap().expose_secret(), signed);

    // One byte changed: in the content, in the message digest and signing time near the end, in the signature.
    let at = |needle: &[u8]| signed.windows(needle.len()).position(|window| window == needle).unwrap();
    let end = signed.len();
    for place in [at(b"com.apple.mdm"), at(b"261122080000Z"), end - 300, end - 10] {
        let mut changed = signed.to_vec();
        changed[place] ^= 1;
        let (good, said) = verified(&changed, &[]).unwrap();
        assert!(!good, "{place}: {}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn what_cannot_be_signed_says_why() {
    let time = "2026-11-22T08:00:00Z".parse().unwrap();
    let sign = |_: &[u8]| Ok(vec![0; 256]);
    let none: [&[u8]; 0] = [];
    assert!(matches!(sign_message(b"a", none, time, sign), Err(SignError::NoCertificate)));
    let certificate = certificate();
    let good = certificate.as_der();
    // A signature that no device would take is not given out.
    assert!(matches!(sign_message(b"a", [good], time, sign), Err(SignError::KeyMismatch)));
    let other = Certificate::from_pem(&fixture::text("machine_info/root.pem")).unwrap();
    let by_key = |message: &[u8]| key().sign(message).map_err(Into::into);
    assert!(sign_message(b"a", [good, other.as_der()], time, by_key).is_ok());
    assert!(matches!(sign_message(b"a", [other.as_der(), good], time, by_key), Err(SignError::KeyMismatch)));
    let elliptic = Certificate::from_pem(&fixture::text("machine_info/devec.pem")).unwrap();
    let error = sign_message(b"a", [elliptic.as_der()], time, by_key).unwrap_err();
    assert!(error.to_string().starts_with("the key of the signer's certificate is P-256; give"), "{error}");
    let mut longer = good.to_vec();
    longer.push(0);
    assert!(matches!(
        sign_message(b"a", [good, longer.as_slice()], time, sign),
        Err(SignError::Certificate { place: 1 })
    ));
    let early = "1969-12-31T23:59:59Z".parse().unwrap();
    assert!(matches!(sign_message(b"a", [good], early, sign), Err(SignError::Time(_))));
    let asleep = |_: &[u8]| Err("the HSM is asleep".into());
    let error = sign_message(b"a", [good], time, asleep).unwrap_err();
    assert_eq!(error.to_string(), "the message could not be signed: the HSM is asleep");
    // Of 2050 on, another kind of time.
    let late = sign_message(b"a", [good], "2051-01-01T00:00:00Z".parse().unwrap(), |bytes| {
        assert!(bytes.windows(15).any(|window| window == b"20510101000000Z"));
        by_key(bytes)
    });
    assert!(late.is_ok());
}

fn random_payload() -> impl Strategy<Value = MdmPayload> {
    let text = || prop::option::of(prop::sample::select(vec!["a", "b"]));
    let capabilities =
        prop::sample::subsequence(vec!["com.apple.mdm.per-user-connections", "com.apple.mdm.token"], 0..=2);
    (text(), text(), text(), text(), text(), prop::option::of(0..8192_i64), prop::option::of(0..2_i64), capabilities)
        .prop_map(|(topic, server, check_in, account, mode, rights, app, capabilities)| {
            let mut payload = MdmPayload::default();
            payload.topic = topic.map(str::to_owned);
            payload.server_url = server.map(str::to_owned);
            payload.check_in_url = check_in.map(str::to_owned);
            payload.assigned_managed_apple_id = account.map(str::to_owned);
            payload.enrollment_mode = mode.map(str::to_owned);
            payload.access_rights = rights;
            payload.required_app_id_for_mdm = app;
            payload.server_capabilities = Some(capabilities.into_iter().map(str::to_owned).collect());
            payload
        })
}

proptest! {
    #[test]
    fn an_update_by_itself_breaks_nothing(payload in random_payload(), check in any::<bool>()) {
        prop_assert!(payload.check_update(&payload).is_empty());
        // Rights can be given back, and what may change changes freely.
        let mut less = payload.clone();
        less.access_rights = Some(payload.access_rights.unwrap_or_default() & 0x0F0F);
        less.check_out_when_removed = Some(check);
        less.identity_certificate_uuid = Some("x".into());
        prop_assert!(payload.check_update(&less).is_empty());
    }

    /// Two updates that are taken one after the other could have been one.
    #[test]
    fn updates_that_are_taken_can_be_joined(one in random_payload(), two in random_payload(), three in random_payload()) {
        if one.check_update(&two).is_empty() && two.check_update(&three).is_empty() {
            prop_assert!(one.check_update(&three).is_empty());
        }
        // What is refused has a key that differs.
        prop_assert!(one == two || !one.check_update(&two).is_empty() || one.access_rights != two.access_rights
            || one.server_capabilities != two.server_capabilities);
    }
}
