//! What a program does with a typed profile beyond building one: begins from another, takes parts back, sends it.

use apple_ade::affinity::UserAffinity;
use apple_ade::api::profile::Profile;
use apple_ade::api::{DefineProfile, Endpoint, Service};
use apple_ade::error::RequestError;
use apple_ade::judgement::{Rule, Violation};
use apple_ade::profile::account::{AccountConfiguration, LocalAccounts, PrimaryAccount};
use apple_ade::profile::{
    AnchorCertificate, Check, EnrollmentProfile, Part, ProfileBuilder, Release, SetupExperience, SharedMode, Supervised,
};
use apple_ade::setup_assistant::SkipKey;
use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};

use crate::fixture;

const URL: &str = "https://mdm.example.org/enroll";

fn read(json: serde_json::Value) -> Profile {
    serde_json::from_value(json).unwrap()
}

fn supervised() -> ProfileBuilder {
    EnrollmentProfile::builder("iPads", URL).mode(Supervised::new(UserAffinity::Without))
}

/// What is written in more than one way stays as it was, even where another key is touched.
#[test]
fn the_letter_of_a_profile_survives() {
    let json = serde_json::json!({
        "profile_name": "iPads", "url": URL, "is_supervised": true, "allow_pairing": true, "is_multi_user": false,
        "await_device_configured": false, "language": "de", "skip_setup_items": ["TOS", "Siri", "TOS"],
        "is_next_year": {"since": 28}, "devices": ["DMPVK0A9N1"], "profile_uuid": "88FC4E378CEC83C2A2C3C2D1F2E5C8B1",
    });
    let read = EnrollmentProfile::from_json(&json.to_string(), &UserAffinity::Without).unwrap();
    let wire = |builder: ProfileBuilder| serde_json::to_value(builder.build().unwrap().wire()).unwrap();
    let mut expected = json;
    for key in ["devices", "profile_uuid"] {
        expected.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(wire(read.to_builder()), expected);
    // The same again is not another.
    let same = read.to_builder().mode(Supervised::new(UserAffinity::Without)).setup(read.setup().clone());
    assert_eq!(wire(same), expected);
    let mut held = expected.clone();
    held["await_device_configured"] = true.into();
    assert_eq!(wire(read.to_builder().await_configuration()), held);
    expected["skip_setup_items"] = serde_json::json!(["TOS"]);
    assert_eq!(wire(read.to_builder().show([SkipKey::Siri])), expected);
    // A setup as a whole takes the place of all of it.
    let replaced = wire(read.to_builder().setup(SetupExperience::guided()));
    assert!(["await_device_configured", "language", "skip_setup_items"].iter().all(|key| replaced.get(key).is_none()));
    // Other sessions are no other keys.
    let shared = EnrollmentProfile::builder("iPads", URL)
        .mode(SharedMode::new(SharedIpad::accounts_by_default()).locked())
        .await_configuration()
        .build()
        .unwrap();
    let sessions = SharedIpad::accounts(ResidentUsers::MOST);
    let other = shared.to_builder().mode(SharedMode::new(sessions).locked()).build().unwrap();
    assert_eq!(other.wire(), shared.wire());
    assert_ne!(other, shared);
}

/// Systems that know no return to service with apps hold the device by the older key, which goes with it.
#[test]
fn a_return_to_service_holds_older_systems() {
    let flags = |builder: ProfileBuilder| {
        let wire = builder.build().unwrap().to_wire();
        (wire.is_return_to_service, wire.await_device_configured)
    };
    let both = (Some(true), Some(true));
    let returning = || supervised().setup(SetupExperience::guided().return_to_service());
    assert_eq!(flags(returning()), both);
    assert_eq!(flags(returning().await_configuration()), both);
    let account = || AccountConfiguration::new(LocalAccounts::Primary(PrimaryAccount::Asked));
    assert_eq!(flags(returning().account_configuration(account())), both);
    assert_eq!(flags(returning().without(Part::AwaitConfiguration)), (None, None));
    // What was read keeps its letter until it is told to wait.
    let json =
        serde_json::json!({ "profile_name": "iPads", "url": URL, "is_supervised": true, "is_return_to_service": true });
    let read = EnrollmentProfile::from_json(&json.to_string(), &UserAffinity::Without).unwrap();
    assert_eq!(flags(read.to_builder()), (Some(true), None));
    assert_eq!(flags(read.to_builder().await_configuration()), both);
    assert_eq!(read.to_builder().await_configuration().build().unwrap().setup().release(), Release::ReturnToService);
    // Where there is no older system, the older key is no matter for a warning.
    let profile = returning().targets(["visionos:26.0".parse().unwrap()]).build().unwrap();
    assert!(profile.check().is_empty(), "{}", profile.check());
}

/// Each part that was said is taken back, in the same builder and in one that came from the profile.
#[test]
fn what_was_said_is_taken_back() {
    type Say = fn(ProfileBuilder) -> ProfileBuilder;
    let bundle = bundle();
    let anchors = AnchorCertificate::read_all(&bundle, now()).unwrap();
    assert_eq!(anchors.len(), 2);
    let parts: &[(Part, Say)] = &[
        (Part::AccountConfiguration, |b| {
            b.account_configuration(AccountConfiguration::new(LocalAccounts::Primary(PrimaryAccount::Asked)))
        }),
        (Part::AwaitConfiguration, |b| b.await_configuration()),
        (Part::CellularPlan, |b| b.cellular_plan("https://carrier.example/activate".parse().unwrap())),
        (Part::ConfigurationWebUrl, |b| b.configuration_web_url("https://mdm.example.org/web")),
        (Part::Department, |b| b.department("IT")),
        (Part::Description, |b| b.description("For the sales force")),
        (Part::DeviceName, |b| b.device_name("iPad-{{SERIAL}}".parse().unwrap())),
        (Part::Devices, |b| b.devices(["DMPVK0A9N1".parse().unwrap()])),
        (Part::OrgMagic, |b| b.org_magic("913FABBB")),
        (Part::SecuredOtherwise, |b| b.secured_otherwise()),
        (Part::SupportEmailAddress, |b| b.support_email_address("it@example.org")),
        (Part::SupportPhoneNumber, |b| b.support_phone_number("+31 20 555 0100")),
        (Part::Targets, |b| b.targets(["ipados:17.4".parse().unwrap()])),
        (Part::UnknownKeys, |b| b.unknown_key("is_next_year", "true".parse().unwrap())),
    ];
    let base = supervised().build().unwrap();
    for (part, say) in parts {
        let said = say(supervised()).build().unwrap();
        assert_ne!(said, base, "{part:?}");
        assert_eq!(say(supervised()).without(*part).build().unwrap(), base, "{part:?}");
        let expected = if *part == Part::AccountConfiguration {
            // The device is held by a part of its own.
            supervised().await_configuration().build().unwrap()
        } else {
            base.clone()
        };
        assert_eq!(said.to_builder().without(*part).build().unwrap(), expected, "{part:?}");
    }
    let anchored = supervised().anchors(&anchors).build().unwrap();
    assert_eq!(anchored, anchors.iter().fold(supervised(), ProfileBuilder::anchor).build().unwrap());
    assert_eq!(anchored.wire().anchor_certs.as_ref().map(Vec::len), Some(2));
    assert_eq!(anchored.to_builder().without(Part::Anchors).build().unwrap(), base);
    assert_eq!(supervised().anchors(anchors).without(Part::Anchors).build().unwrap(), base);
}

/// Of `skip` and `show` the last counts, wherever the setup is given.
#[test]
fn panes_are_shown_again() {
    let skipped = |builder: ProfileBuilder| {
        builder.build().unwrap().setup().skipped().map(|key| key.as_str().to_owned()).collect::<Vec<_>>()
    };
    let setup = || SetupExperience::guided().skip([SkipKey::Siri, SkipKey::Tos]);
    assert_eq!(skipped(supervised().show([SkipKey::Siri]).setup(setup())), ["TOS"]);
    assert_eq!(skipped(supervised().setup(setup()).show([SkipKey::Siri])), ["TOS"]);
    assert_eq!(skipped(supervised().setup(setup()).show([SkipKey::Siri]).skip([SkipKey::Siri])), ["Siri", "TOS"]);
    let all = supervised().setup(setup()).build().unwrap();
    let none = all.to_builder().show([SkipKey::Siri, SkipKey::Tos]).build().unwrap();
    assert_eq!(none.wire().skip_setup_items, None);
    assert_eq!(setup().show([SkipKey::Tos]), SetupExperience::guided().skip([SkipKey::Siri]));
}

fn bundle() -> Vec<u8> {
    ["ca", "ec_ca"].map(|name| fixture::bytes(&format!("profile_certificates/{name}.pem"))).concat()
}

fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-12-01T12:00:00Z".parse().unwrap()
}

/// A value of the wrong type counts no more once its field has another: that one is written.
#[test]
fn what_was_of_the_wrong_type_is_superseded_by_a_value() {
    let mut profile = read(serde_json::json!({
        "profile_name": "iPads", "url": URL, "is_supervised": "true", "is_mandatory": true, "devices": ["", "DMPVK0A9N1"],
    }));
    let rules = |profile: &Profile| Check::new().wire(profile).iter().map(Violation::rule).collect::<Vec<_>>();
    assert_eq!(rules(&profile), [Rule::WRONG_TYPE, Rule::DEVICE_EMPTY]);
    profile.is_supervised = Some(true);
    profile.devices = Some(vec!["DMPVK0A9N1".parse().unwrap()]);
    assert_eq!(rules(&profile), []);
    assert_eq!(Check::new().fix(&profile), (profile.clone(), Vec::new()));
    profile.is_supervised = None;
    profile.is_mandatory = None;
    assert_eq!(rules(&profile), [Rule::WRONG_TYPE, Rule::FLAG_LEFT_OUT]);
    let (fixed, titles) = Check::new().fix(&profile);
    assert_eq!((fixed.is_supervised, titles.len()), (Some(true), 1));
}

/// A value of the wrong type is refused with its key, and what is expected; on request it is sent as it is.
#[test]
fn what_is_of_the_wrong_type_is_not_dropped() {
    let service = Service::apple();
    let body = |define: &DefineProfile| {
        define.to_request(&service).map(|request| serde_json::from_slice::<serde_json::Value>(request.body()).unwrap())
    };
    let json = serde_json::json!({
        "profile_name": "iPads", "url": URL, "is_supervised": true, "is_mdm_removable": "false",
        "profile_uuid": 5,
    });
    let mut define = DefineProfile::new(read(json.clone()));
    let refused = body(&define).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "POST /profile: `is_mdm_removable` is \"false\", where true or false is expected. \
         Set the field, or send it as it is by `DefineProfile::with_unknown_keys`"
    );
    let as_it_is = body(&define.clone().with_unknown_keys()).unwrap();
    assert_eq!(as_it_is["is_mdm_removable"], "false");
    assert!(as_it_is.get("profile_uuid").is_none());
    define.profile.is_mdm_removable = Some(false);
    assert_eq!(body(&define).unwrap()["is_mdm_removable"], false);
    // The two keys that have to be there are there, if only on request.
    let unnamed = DefineProfile::new(read(serde_json::json!({ "profile_name": 5, "url": URL })));
    assert!(matches!(body(&unnamed), Err(RequestError::WrongType { field: "profile_name", .. })));
    assert_eq!(body(&unnamed.with_unknown_keys()).unwrap()["profile_name"], 5);
    for (key, value) in
        [("anchor_certs", "MIIEvQIBADANBg"), ("department", "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg")]
    {
        let profile = read(serde_json::json!({ "profile_name": "iPads", "url": URL, key: { "key": value } }));
        let refused = body(&DefineProfile::new(profile)).unwrap_err();
        assert!(matches!(&refused, RequestError::WrongType { found: None, .. }), "{refused:?}");
        assert!(!refused.to_string().contains("MIIE") && refused.to_string().contains(key), "{refused}");
    }
    let long = read(serde_json::json!({ "profile_name": "iPads", "url": URL, "region": vec![5; 10_000] }));
    assert!(body(&DefineProfile::new(long)).unwrap_err().to_string().len() < 500);
}

/// A documented key is no unknown one.
#[test]
fn a_documented_key_has_its_own_method() {
    let refused = supervised().unknown_key("is_mandatory", "false".parse().unwrap()).build().unwrap_err();
    let found: Vec<_> = refused.errors().map(|violation| (violation.rule(), violation.path())).collect();
    assert_eq!(found, [(Rule::KEY_KNOWN, "is_mandatory")]);
    assert!(supervised().unknown_key("is_next_year", "false".parse().unwrap()).build().is_ok());
}

/// Apple's JSON is not the stored form, and the error says what reads it.
#[test]
fn apples_json_is_no_stored_profile() {
    let apple = serde_json::to_string(supervised().build().unwrap().wire()).unwrap();
    let refused = serde_json::from_str::<EnrollmentProfile>(&apple).unwrap_err().to_string();
    assert!(refused.contains("`EnrollmentProfile::from_json`"), "{refused}");
    assert!(EnrollmentProfile::from_json(&apple, &UserAffinity::Without).is_ok());
    let refused = serde_json::from_str::<EnrollmentProfile>("{\"version\": 1}").unwrap_err().to_string();
    assert!(refused.contains("`apple`"), "{refused}");
}

/// A placeholder is shown with all of its braces.
#[test]
fn placeholders_are_shown_whole() {
    for (text, shown) in
        [("{{serial}}", "\"{{serial}}\""), ("{serial}}", "\"{serial}\""), ("<%= id %>", "\"<%= id %>\"")]
    {
        let url = format!("{URL}?serial={text}");
        let violations = Check::new().wire(&Profile::new("iPads", url));
        let message = violations.by_rule(Rule::URL_PLACEHOLDER).next().unwrap().message().to_owned();
        assert!(message.ends_with(&format!("the placeholder {shown}")), "{message}");
    }
}
