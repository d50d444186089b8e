//! The rules of the enrollment profile, and what gets round none of them.

use std::collections::BTreeSet;

use apple_ade::enrollment::{AccessRights, EnrollmentMode, MdmPayload, MdmProfile, Subject};
use apple_ade::judgement::{Rule, Violations};
use apple_ade::secret::SecretString;
use plist::Value;
use serde_json::json;

use super::mdm_profile::{TOPIC, builder, scep, uuid};
use crate::fixture;
use crate::token_file::certificate;

fn codes(refused: &Violations) -> Vec<(&'static str, &str)> {
    refused.errors().map(|violation| (violation.rule().code(), violation.path())).collect()
}

/// What XML cannot hold is refused where it would be lost, and not written where it would break the list.
#[test]
fn control_characters_are_refused_by_their_place() {
    let uid = Value::Uid(plist::Uid::new(5));
    let scep =
        scep().name("a\u{b}").subject(Subject::common_name("b\u{1}")).challenge(SecretString::new("se\u{2}cret"));
    let refused = MdmProfile::builder("com.example\n.mdm", "https://mdm.example.com/mdm", "com.apple.mgmt. x\0", scep)
        .display_name("A\u{1}B")
        .description("a\nb")
        .organization("\u{FFFF}")
        .payload(|payload| {
            payload.managed_apple_id = Some("\u{8}".into());
            payload.extra.insert("Later".into(), Value::Array(vec![uid, "a\u{1f}".into()]));
        })
        .build(uuid())
        .unwrap_err();
    let expected = [
        ("ADE-M016", "Later[0]"),
        ("ADE-M016", "Later[1]"),
        ("ADE-M016", "ManagedAppleID"),
        ("ADE-M016", "PayloadDisplayName"),
        ("ADE-M020", "PayloadIdentifier"),
        ("ADE-M016", "PayloadOrganization"),
        ("ADE-M002", "Topic"),
        ("ADE-M016", "com.apple.security.scep.PayloadContent.Challenge"),
        ("ADE-M016", "com.apple.security.scep.PayloadContent.Name"),
        ("ADE-M016", "com.apple.security.scep.PayloadContent.Subject[0][0][1]"),
    ];
    assert_eq!(codes(&refused), expected);
    assert!(!format!("{refused} {refused:?}").contains("cret"), "the challenge is a secret");
}

/// A documented key that is said among the unknown ones gets round no rule, and what the payload is does not change.
#[test]
fn unknown_keys_are_unknown() {
    let change = |key: &str, value: &str| {
        let (key, value) = (key.to_owned(), Value::from(value));
        builder(scep()).payload(move |payload| {
            payload.extra.insert(key, value);
        })
    };
    for (key, value) in [
        ("ServerURL", "http://evil.example.com/"),
        ("Topic", "com.apple.mgmt.Other"),
        ("CheckInURL", "http://evil.example.com/"),
        ("PayloadType", "com.apple.wifi.managed"),
        ("PayloadUUID", "0F2F8C2C-7F3B-4F1E-8D2E-3B1F6A1C9D11"),
    ] {
        assert_eq!(codes(&change(key, value).build(uuid()).unwrap_err()), [("ADE-M017", key)], "{key}");
    }
    assert!(change("PayloadDisplayName", "MDM").build(uuid()).is_ok());
    // The field counts, also where nobody has asked the rules.
    let mut payload = MdmPayload::default();
    payload.server_url = Some("https://mdm.example.com/mdm".into());
    payload.extra.insert("ServerURL".into(), "http://evil.example.com/".into());
    assert_eq!(serde_json::to_value(&payload).unwrap(), json!({"ServerURL": "https://mdm.example.com/mdm"}));
    assert_eq!(payload.check().by_rule(Rule::MDM_EXTRA_KNOWN).count(), 1);
}

/// What a caller says of pins is not thrown away in silence.
#[test]
fn pins_of_the_caller_are_kept_or_refused() {
    let pin = "0F2F8C2C-7F3B-4F1E-8D2E-3B1F6A1C9D11";
    let said = || {
        builder(scep()).payload(|payload| {
            payload.server_url_pinning_certificate_uuids = Some(vec![pin.into()]);
            payload.pinning_revocation_check_required = Some(true);
        })
    };
    let kept = said().build(uuid()).unwrap();
    assert_eq!(kept.payload().server_url_pinning_certificate_uuids.as_deref(), Some(&[pin.to_owned()][..]));
    assert_eq!(kept.payload().pinning_revocation_check_required, Some(true));
    // A pin of the other server is no contradiction; one of the same is, and so is another identity.
    assert!(said().pin_check_in(certificate()).build(uuid()).is_ok());
    let refused = said().pin_server(certificate()).build(uuid()).unwrap_err();
    assert_eq!(codes(&refused), [("ADE-M018", "ServerURLPinningCertificateUUIDs")]);
    let other = builder(scep()).payload(|payload| payload.identity_certificate_uuid = Some(pin.into()));
    assert_eq!(codes(&other.build(uuid()).unwrap_err()), [("ADE-M018", "IdentityCertificateUUID")]);
    let again = builder(scep())
        .payload(|payload| payload.identity_certificate_uuid = kept.payload().identity_certificate_uuid.clone());
    assert!(again.build(uuid()).is_ok());
}

#[test]
fn user_enrollment_has_no_access_rights_in_any_order() {
    let account = "ada@example.com";
    let byod = EnrollmentMode::Byod;
    for builder in [
        builder(scep()).account_driven(account, byod).access_rights(AccessRights::ALL),
        builder(scep()).access_rights(AccessRights::ALL).account_driven(account, byod),
        builder(scep()).account_driven(account, EnrollmentMode::Adde).account_driven(account, byod),
    ] {
        assert_eq!(builder.build(uuid()).unwrap().payload().access_rights, None);
    }
    let back = builder(scep()).account_driven(account, byod).account_driven(account, EnrollmentMode::Adde);
    assert_eq!(back.build(uuid()).unwrap().payload().access_rights, Some(8191));
    for odd in ["", "not an account", "ada", "@example.com", "ada@", "a@b@c", "ada@example.com\n"] {
        let refused = builder(scep()).account_driven(odd, byod).build(uuid()).unwrap_err();
        assert_eq!(codes(&refused), [("ADE-M019", "AssignedManagedAppleID")], "{odd:?}");
    }
}

/// Rights that are none of Apple's allow nothing.
#[test]
fn access_rights_need_one_that_is_known() {
    for (rights, expected) in
        [(-1, false), (0, false), (8192, false), (1 << 40, false), (8193, true), (i64::MIN, false)]
    {
        let built = builder(scep()).payload(|payload| payload.access_rights = Some(rights)).build(uuid());
        assert_eq!(built.is_ok(), expected, "{rights}");
        let refused = built.err();
        let found = refused.iter().flat_map(codes).all(|found| found == ("ADE-M006", "AccessRights"));
        assert!(found, "{rights}");
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixture {
    breaks: serde_json::Value,
    keeps: serde_json::Value,
    paths: Vec<String>,
}

/// What is found in a payload, or between two.
fn judged(case: &serde_json::Value) -> Violations {
    if let Some(identifier) = case.get("PayloadIdentifier") {
        let mut keys = case.clone();
        keys.as_object_mut().unwrap().remove("PayloadIdentifier");
        let said: MdmPayload = serde_json::from_value(keys).unwrap();
        let builder = MdmProfile::builder(identifier.as_str().unwrap(), "https://mdm.example.com/mdm", TOPIC, scep());
        let builder = builder.payload(|own| {
            own.identity_certificate_uuid = said.identity_certificate_uuid;
            own.server_url_pinning_certificate_uuids = said.server_url_pinning_certificate_uuids;
            own.extra = said.extra;
        });
        return builder
            .build(uuid())
            .err()
            .unwrap_or_else(|| MdmPayload::default().check_update(&MdmPayload::default()));
    }
    let Some(old) = case.get("old") else {
        return serde_json::from_value::<MdmPayload>(case.clone()).unwrap().check();
    };
    let (old, new) = (old.clone(), case["new"].clone());
    let payload = |mut value: serde_json::Value| {
        let identifier = value.as_object_mut().unwrap().remove("PayloadIdentifier");
        (identifier, serde_json::from_value::<MdmPayload>(value).unwrap())
    };
    match (payload(old), payload(new)) {
        ((Some(old), old_payload), (Some(new), new_payload)) => {
            let profile = |identifier: &serde_json::Value, payload: MdmPayload| {
                MdmProfile::builder(identifier.as_str().unwrap(), "https://mdm.example.com/mdm", TOPIC, scep())
                    .payload(|own| own.sign_message = payload.sign_message)
                    .build(uuid())
                    .unwrap()
            };
            profile(&old, old_payload).check_update(&profile(&new, new_payload))
        }
        ((_, old), (_, new)) => old.check_update(&new),
    }
}

#[test]
fn every_rule_is_broken_alone_by_its_fixture_and_just_kept() {
    let codes: BTreeSet<String> = MdmPayload::rules().map(|rule| format!("{}.json", rule.code())).collect();
    assert_eq!(codes, fixture::names("mdm_profile", ".json").into_iter().collect());
    for rule in MdmPayload::rules() {
        let text = fixture::text(&format!("mdm_profile/{}.json", rule.code()));
        let fixture: Fixture = serde_json::from_str(&text).unwrap();
        let violations = judged(&fixture.breaks);
        let found: Vec<_> =
            violations.iter().map(|violation| (violation.rule(), violation.path().to_owned())).collect();
        let expected: Vec<_> = fixture.paths.iter().map(|path| (rule, path.clone())).collect();
        assert_eq!(found, expected, "{violations}");
        assert!(violations.iter().all(|violation| violation.help().is_some()), "{violations}");
        assert_ne!(fixture.breaks, fixture.keeps);
        assert!(judged(&fixture.keeps).is_empty(), "{rule:?}: {}", judged(&fixture.keeps));
    }
}
