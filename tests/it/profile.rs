//! The typed profile: what the builder makes of it, what is read back, and what differs.

use apple_ade::affinity::{AuthMethod, Modern, PortalDelivery, UserAffinity};
use apple_ade::api::profile::Profile;
use apple_ade::judgement::{Rule, Violation};
use apple_ade::os::Platform;
use apple_ade::profile::{
    Check, Comparison, DeviceMode, Effect, EnrollmentProfile, Locale, MdmRemoval, Pairing, ProfileBuilder, Release,
    SetupExperience, SharedMode, Supervised, Unsupervised, change_impact,
};
use apple_ade::setup_assistant::SkipKey;
use apple_ade::shared_ipad::{IdleTimeout, ResidentUsers, SharedIpad};
use proptest::prelude::*;
use serde_json::json;

const URL: &str = "https://mdm.example.org/enroll";

fn supervised() -> ProfileBuilder {
    EnrollmentProfile::builder("iPads", URL).mode(Supervised::new(UserAffinity::Without))
}

fn wire(profile: &EnrollmentProfile) -> serde_json::Value {
    serde_json::to_value(profile.wire()).unwrap()
}

/// LOK-1, SUP-1, SHI-1, PAI-3: the flags that Apple reads, without double negatives in ours (X-49).
#[test]
fn modes_are_apples_flags() {
    let flags = |mode: DeviceMode| {
        let profile = EnrollmentProfile::builder("iPads", URL).mode(mode).await_configuration().build().unwrap();
        let wire = profile.to_wire();
        (wire.is_supervised, wire.is_mdm_removable, wire.is_multi_user, wire.allow_pairing)
    };
    let without = UserAffinity::Without;
    let sessions = SharedIpad::accounts(ResidentUsers::new(10).unwrap());
    assert_eq!(flags(Unsupervised::new(without.clone()).into()), (Some(false), Some(true), None, None));
    assert_eq!(flags(Supervised::new(without.clone()).into()), (Some(true), Some(true), None, None));
    assert_eq!(flags(Supervised::new(without.clone()).locked().into()), (Some(true), Some(false), None, None));
    assert_eq!(
        flags(Supervised::new(without).pairing(Pairing::DenyAll).into()),
        (Some(true), Some(true), None, Some(false))
    );
    assert_eq!(flags(SharedMode::new(sessions).locked().into()), (Some(true), Some(false), Some(true), None));
}

/// PRO-8, SCR-1: what is skipped is listed, what is not is not; flags that are false by default are not sent.
#[test]
fn setup_is_apples_keys() {
    let locale: Locale = "nl-NL".parse().unwrap();
    let setup = SetupExperience::unattended(locale).skip([SkipKey::Siri, SkipKey::AppleId]).await_configuration();
    let profile = supervised().setup(setup.clone()).skip([SkipKey::Siri, SkipKey::Tos]).build().unwrap();
    assert_eq!(
        wire(&profile),
        json!({
            "profile_name": "iPads", "url": URL, "is_supervised": true, "is_mandatory": true, "is_mdm_removable": true,
            "await_device_configured": true, "auto_advance_setup": true, "language": "nl", "region": "NL",
            "skip_setup_items": ["AppleID", "Siri", "TOS"],
        })
    );
    assert_eq!(*profile.setup(), setup.skip([SkipKey::Tos]));
    assert_eq!(profile.setup().release(), Release::AwaitConfiguration);
    let returning = supervised().setup(SetupExperience::guided().return_to_service()).build().unwrap();
    assert_eq!(returning.to_wire().is_return_to_service, Some(true));
    assert_eq!(returning.to_wire().await_device_configured, Some(true), "for older systems");
}

/// PRO-4: rules that depend on the system are asked for the targets that the profile names.
#[test]
fn a_profile_is_judged_for_its_targets() {
    let build = |target: Option<&str>| {
        let builder = supervised().mode(Unsupervised::new(UserAffinity::Without));
        builder.targets(target.map(|target| target.parse().unwrap())).build().unwrap()
    };
    assert!(build(None).check().is_empty());
    let profile = build(Some("ipados:17.4"));
    let rules: Vec<Rule> = profile.check().iter().map(Violation::rule).collect();
    assert_eq!(rules, [Rule::SUPERVISION_IGNORED]);
    let also = Check::new().target("ios:12.0".parse().unwrap()).profile(&profile);
    assert!(also.by_rule(Rule::UNSUPERVISED).next().is_some());
}

/// SHI-2, X-11: Shared iPad came to schools with iOS 9.3.
#[test]
fn a_school_shares_older_ipads() {
    let builder = || {
        let sessions = SharedIpad::accounts(ResidentUsers::new(10).unwrap());
        let builder = EnrollmentProfile::builder("iPads", URL).mode(sessions).await_configuration();
        builder.target(Platform::IpadOs, "13.0".parse().unwrap())
    };
    let refused = builder().build().unwrap_err();
    assert_eq!(refused.errors().map(Violation::rule).collect::<Vec<_>>(), [Rule::SHARED_IPAD_TOO_OLD]);
    let profile = builder().in_education().build().unwrap();
    let stored = serde_json::to_string(&profile).unwrap();
    let read: EnrollmentProfile = serde_json::from_str(&stored).unwrap();
    assert!(!read.check().has_errors() && read == profile);
}

/// PRO-2, DPT-1, DPT-2, DPT-3: at Apple's bound the profile is built, and above it refused.
#[test]
fn texts_have_apples_bounds() {
    type Set = fn(ProfileBuilder, String) -> ProfileBuilder;
    let email = |length: usize| format!("{}@example.org", "a".repeat(length - 12));
    let cases: [(&str, usize, Set); 4] = [
        ("profile_name", 125, |builder, text| builder.name(text)),
        ("department", 125, |builder, text| builder.department(text)),
        ("support_phone_number", 50, |builder, text| builder.support_phone_number(text)),
        ("support_email_address", 250, |builder, text| builder.support_email_address(text)),
    ];
    for (key, most, set) in cases {
        let text = |length| if key.ends_with("address") { email(length) } else { "1".repeat(length) };
        let built = set(supervised(), text(most)).build().unwrap();
        assert_eq!(wire(&built)[key], text(most));
        let refused = set(supervised(), text(most + 1)).build().unwrap_err();
        let errors: Vec<_> = refused.errors().map(|error| (error.rule(), error.path())).collect();
        assert_eq!(errors, [(Rule::TEXT_LONG, key)]);
    }
    assert!(supervised().name("").build().is_err());
    // What administrators alone read is no key of Apple's.
    let described = supervised().description("For the sales force").build().unwrap();
    assert!(!serde_json::to_string(described.wire()).unwrap().contains("sales"));
}

#[test]
fn json_names_every_violation_at_once() {
    let text =
        r#"{"profile_name": "", "url": "ftp://x", "is_mdm_removable": false, "region": "xyz", "is_mandatory": 1}"#;
    let violations = EnrollmentProfile::from_json(text, &UserAffinity::Without).unwrap_err();
    let mut paths: Vec<&str> = violations.errors().map(Violation::path).collect();
    paths.dedup();
    assert_eq!(paths, ["is_mandatory", "is_mdm_removable", "profile_name", "region", "url"]);
    let text = violations.to_string();
    assert!(text.contains("error[ADE-P050]") && text.contains("FLAGS_INVALID"), "{text}");
    let errors = EnrollmentProfile::from_json("[1]", &UserAffinity::Without).unwrap_err();
    assert_eq!(errors.iter().map(Violation::path).collect::<Vec<_>>(), ["$"]);
}

/// SHI-1, AFF-8: Apple's JSON of a Shared iPad cannot be read for a user.
#[test]
fn a_shared_ipad_has_no_user() {
    let text = json!({
        "profile_name": "iPads", "url": URL, "is_supervised": true, "is_mandatory": true, "is_multi_user": true,
        "await_device_configured": true,
    });
    let user = UserAffinity::With(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
    let violations = EnrollmentProfile::from_json(&text.to_string(), &user).unwrap_err();
    assert_eq!(violations.errors().map(Violation::rule).collect::<Vec<_>>(), [Rule::SHARED_IPAD_WITH_USER]);
    let read = EnrollmentProfile::from_json(&text.to_string(), &UserAffinity::Without).unwrap();
    assert_eq!(*read.mode().affinity(), UserAffinity::Without);
    assert!(read.mode().shared_ipad().is_some());
}

/// Whatever is put among the unknown keys, nothing is locked but unsupervised (LOK-2), and nobody's is a Shared iPad (SHI-1).
#[test]
fn documented_keys_do_not_hide_among_the_unknown() {
    let with = |key: &str, value: &str| {
        let mut wire = Profile::new("iPads", URL);
        wire.is_supervised = Some(false);
        wire.extra.insert(key, value.parse().unwrap());
        wire
    };
    let user = UserAffinity::With(AuthMethod::SetupAssistantLegacy(PortalDelivery::None));
    for wire in [with("is_mdm_removable", "false"), with("is_multi_user", "true"), with("department", "5")] {
        assert!(Check::new().wire(&wire).by_rule(Rule::KEY_KNOWN).next().is_some(), "{wire:?}");
        let refused = EnrollmentProfile::from_wire(wire, &user).unwrap_err();
        assert!(refused.by_rule(Rule::KEY_KNOWN).next().is_some(), "{refused}");
    }
}

/// PRO-1: the stored form holds what Apple has and what Apple has not.
#[test]
fn everything_is_stored() {
    let modern = UserAffinity::With(AuthMethod::SetupAssistantModern(Modern::JustInTime));
    let profile = EnrollmentProfile::builder("iPads", URL)
        .mode(Supervised::new(modern).locked())
        .configuration_web_url("https://mdm.example.org/web")
        .description("For the sales force")
        .device_name("Sales-{{SERIAL}}".parse().unwrap())
        .target(Platform::IpadOs, "17.4".parse().unwrap())
        .unknown_key("is_next_year", "{\"since\": 28.0}".parse().unwrap())
        .secured_otherwise()
        .build()
        .unwrap();
    let stored = serde_json::to_string(&profile).unwrap();
    let read: EnrollmentProfile = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, profile);
    assert_eq!(read.mode().removal(), MdmRemoval::Locked);
    assert!(stored.contains("{\"since\": 28.0}"), "to the letter: {stored}");
    for (from, to, error) in [
        ("\"version\":1", "\"version\":2", "version 2"),
        ("\"is_supervised\":true", "\"is_supervised\":false", "ADE-P050"),
        ("\"description\"", "\"descriptoin\"", "descriptoin"),
    ] {
        let refused = serde_json::from_str::<EnrollmentProfile>(&stored.replace(from, to)).unwrap_err();
        assert!(refused.to_string().contains(error), "{refused}");
    }
}

/// PRO-10, X-21: what says the same to Apple is not defined again.
#[test]
fn fingerprints_tell_profiles_apart() {
    let base = supervised().build().unwrap();
    let same = [
        supervised().description("another").build().unwrap(),
        supervised().device_name("iPad-{{SERIAL}}".parse().unwrap()).build().unwrap(),
        supervised().devices(["DMPVK0A9N1".parse().unwrap()]).build().unwrap(),
        base.to_builder().build().unwrap(),
    ];
    for other in &same {
        assert_eq!(other.fingerprint(), base.fingerprint());
        assert!(other.compare(base.wire()).is_same());
    }
    let mut all = std::collections::BTreeSet::from([base.fingerprint()]);
    let others = [
        supervised().department("IT"),
        supervised().org_magic("IT"),
        supervised().skip([SkipKey::Siri]),
        supervised().optional(),
        supervised().await_configuration(),
        supervised().mode(Supervised::new(UserAffinity::Without).locked()),
        supervised().mode(Unsupervised::new(UserAffinity::Without)),
        supervised().name("others"),
    ];
    for (place, other) in others.into_iter().enumerate() {
        let other = other.build().unwrap();
        assert!(all.insert(other.fingerprint()), "{place}");
        assert!(!other.compare(base.wire()).is_same(), "{place}");
    }
    // Keys that are not known are not sent, and so not compared, unless it is asked for.
    let unknown = supervised().unknown_key("is_next_year", "true".parse().unwrap()).build().unwrap();
    assert_eq!(unknown.fingerprint(), base.fingerprint());
    assert!(unknown.compare(base.wire()).is_same());
    let with_unknown = apple_ade::profile::ProfileFingerprint::with_unknown_keys;
    assert!(all.insert(with_unknown(unknown.wire())));
    assert_eq!(with_unknown(base.wire()), base.fingerprint());
    let sent = Comparison::with_unknown_keys(unknown.wire(), base.wire());
    assert_eq!(sent.to_string(), "is_next_year: true is wanted, the default is there");
    let impact = change_impact(&base, &unknown);
    assert_eq!((impact.effect(), impact.needs_definition()), (Effect::Never, false));
    assert_eq!(impact.changes()[0].path, "is_next_year");
    let fingerprint = base.fingerprint();
    assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    assert!("abc".parse::<apple_ade::profile::ProfileFingerprint>().is_err());
}

/// What Apple answers with, beside what was sent: its own UUID, and flags at their default.
#[test]
fn apples_answer_is_compared() {
    let wanted = supervised().skip([SkipKey::Tos, SkipKey::Siri]).build().unwrap();
    let mut found: Profile = wanted.to_wire();
    found.profile_uuid = Some("88FC4E378CEC83C2A2C3C2D1F2E5C8B1".parse().unwrap());
    found.is_multi_user = Some(false);
    found.allow_pairing = Some(true);
    found.skip_setup_items = Some(vec!["Siri".into(), "TOS".into()]);
    assert!(wanted.compare(&found).is_same(), "{}", wanted.compare(&found));
    found.skip_setup_items = Some(vec!["Siri".into()]);
    found.department = Some("IT".into());
    let comparison = wanted.compare(&found);
    assert_eq!(
        comparison.to_string(),
        "department: the default is wanted, \"IT\" is there\n\
         skip_setup_items: +TOS"
    );
    assert_eq!(Comparison::of(&found, wanted.wire()).differences().len(), 2);
}

/// PRO-5, PRO-7, LOK-4, NAM-6, SHI-16, X-23: when each change reaches devices.
#[test]
fn changes_take_effect_when_they_can() {
    let shared = |sessions: SharedIpad| {
        EnrollmentProfile::builder("iPads", URL).mode(sessions).await_configuration().build().unwrap()
    };
    let accounts = || SharedIpad::accounts(ResidentUsers::new(10).unwrap());
    let base = supervised().build().unwrap();
    let effect = |old: &EnrollmentProfile, new: &EnrollmentProfile| {
        let impact = change_impact(old, new);
        (
            impact.effect(),
            impact.needs_definition(),
            impact.changes().iter().map(|c| c.path.clone()).collect::<Vec<_>>(),
        )
    };
    let changed = |builder: ProfileBuilder| effect(&base, &builder.build().unwrap());
    assert_eq!(effect(&base, &base), (Effect::Never, false, vec![]));
    assert_eq!(changed(supervised().description("x")), (Effect::Never, false, vec!["description".into()]));
    assert_eq!(changed(supervised().name("x")), (Effect::Never, true, vec!["profile_name".into()]));
    let named = supervised().device_name("iPad-{{SERIAL}}".parse().unwrap());
    assert_eq!(changed(named), (Effect::AtOnce, false, vec!["device_name".into()]));
    let locked = supervised().mode(Supervised::new(UserAffinity::Without).locked());
    assert_eq!(changed(locked), (Effect::AfterWipe, true, vec!["is_mdm_removable".into()]));
    let skipping = supervised().skip([SkipKey::Siri]);
    assert_eq!(changed(skipping), (Effect::AfterWipe, true, vec!["skip_setup_items".into()]));

    let old = shared(accounts().into());
    let timeout = IdleTimeout::after_seconds(300).unwrap();
    let new = shared(accounts().user_session_timeout(timeout).into());
    assert_eq!(effect(&old, &new), (Effect::AtOnce, false, vec!["shared_ipad.UserSessionTimeout".into()]));
    let more = shared(SharedIpad::accounts(ResidentUsers::new(12).unwrap()).into());
    assert_eq!(effect(&old, &more), (Effect::AfterWipe, false, vec!["shared_ipad.ResidentUsers".into()]));
    let guests = shared(SharedIpad::guests_only().into());
    let (when, needs_definition, paths) = effect(&guests, &old);
    assert_eq!((when, needs_definition), (Effect::AfterWipe, false));
    assert!(paths.contains(&"shared_ipad.TemporarySessionOnly".to_owned()), "{paths:?}");
    let leaving = change_impact(&guests, &old);
    let why = leaving.changes().iter().find(|change| change.path.ends_with("TemporarySessionOnly")).unwrap().why;
    assert!(why.contains("reset") && why.contains("Intune"), "{why}");
    // The way in is a command, and what held for accounts alone is of no account.
    let (when, needs_definition, paths) = effect(&old, &guests);
    assert_eq!((when, needs_definition), (Effect::AtOnce, false));
    assert_eq!(paths, ["shared_ipad.ResidentUsers", "shared_ipad.TemporarySessionOnly"]);
    // What is no more said stays as it was set.
    assert_eq!(effect(&new, &old), (Effect::AfterWipe, false, vec!["shared_ipad.UserSessionTimeout".into()]));
    let erased = change_impact(&old, &more).to_string();
    assert!(erased.contains("erased"), "{erased}");
    assert_eq!(effect(&base, &old).0, Effect::AfterWipe);
    let named = supervised().device_name("iPad-{{SERIAL}}".parse().unwrap()).build().unwrap();
    assert_eq!(effect(&named, &base), (Effect::Never, false, vec!["device_name".into()]));
}

#[test]
fn a_changed_profile_begins_with_the_old_one() {
    let old = supervised()
        .department("IT")
        .skip([SkipKey::Siri])
        .mode(Supervised::new(UserAffinity::Without).pairing(Pairing::DenyAll))
        .build()
        .unwrap();
    assert_eq!(old.to_builder().build().unwrap(), old);
    let shared = old.to_builder().mode(SharedIpad::accounts_by_default()).await_configuration().build().unwrap();
    assert_eq!(shared.to_wire().is_multi_user, Some(true));
    assert_eq!(shared.to_wire().allow_pairing, None);
    let back = shared.to_builder().mode(Supervised::new(UserAffinity::Without)).build().unwrap();
    assert_eq!(back.to_wire().is_multi_user, None);
}

/// One of the things that can be set, each touching a field of its own.
type Setter = fn(ProfileBuilder) -> ProfileBuilder;

const SETTERS: &[Setter] = &[
    |builder| builder.department("IT"),
    |builder| builder.support_phone_number("+31 20 555 0100"),
    |builder| builder.support_email_address("it@example.org"),
    |builder| builder.org_magic("913FABBB-0032-4E13-9966-D6BBAC900331"),
    |builder| builder.configuration_web_url("https://mdm.example.org/web"),
    |builder| builder.description("For the sales force"),
    |builder| builder.skip([SkipKey::Siri, SkipKey::Tos]),
    |builder| builder.skip([SkipKey::AppleId, SkipKey::Siri]),
    |builder| builder.setup(SetupExperience::guided().skip([SkipKey::Diagnostics])),
    |builder| builder.await_configuration(),
    |builder| builder.optional(),
    |builder| builder.device_name("iPad-{{SERIAL}}".parse().unwrap()),
    |builder| builder.devices(["DMPVK0A9N1".parse().unwrap()]),
    |builder| builder.devices(["C8QJ41PRN4".parse().unwrap()]),
    |builder| builder.target(Platform::MacOs, "15.0".parse().unwrap()),
    |builder| builder.target(Platform::IpadOs, "17.4".parse().unwrap()),
    |builder| builder.mode(Supervised::new(UserAffinity::Without).locked()),
    |builder| builder.unknown_key("is_next_year", "true".parse().unwrap()),
    |builder| builder.unknown_key("b_next_year", "1".parse().unwrap()),
    |builder| builder.secured_otherwise(),
    |builder| builder.at("2027-01-01T00:00:00Z".parse().unwrap()),
];

proptest! {
    #[test]
    fn the_order_of_setters_does_not_matter(
        (one, other) in proptest::sample::subsequence(SETTERS, 0..=SETTERS.len())
            .prop_flat_map(|setters| (Just(setters.clone()), Just(setters).prop_shuffle()))
    ) {
        let build = |setters: Vec<Setter>| setters.into_iter().fold(supervised(), |builder, set| set(builder)).build();
        let (one, other) = (build(one).unwrap(), build(other).unwrap());
        prop_assert_eq!(wire(&one).to_string(), wire(&other).to_string());
        prop_assert_eq!(&one, &other);
        // What is written is what is read.
        let read = EnrollmentProfile::from_wire(one.to_wire(), one.mode().affinity()).unwrap();
        prop_assert_eq!(read.mode(), one.mode());
        prop_assert_eq!(read.setup(), one.setup());
    }
}
