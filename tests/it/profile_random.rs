//! Random profiles: what is kept, what is mended, and that the simulated service, which judges by its own code, refuses the same.

use apple_ade::affinity::UserAffinity;
use apple_ade::api::profile::Profile;
use apple_ade::os::Target;
use apple_ade::profile::{Check, Comparison, EnrollmentProfile, ProfileFingerprint};
use apple_ade::setup_assistant::SkipKey;
use apple_ade::simulator::World;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::simulator::client::Client;

/// How many random profiles a property takes, unless PROPTEST_CASES says so.
fn cases_or(number: u32) -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { number }
}

fn text_of(most: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[A-Za-z0-9 @.+-]{1,20}".prop_map(|text| text),
        1 => Just(String::new()),
        1 => Just("  ".to_owned()),
        1 => Just("it@example.org".to_owned()),
        1 => Just("+31 20 555 0100".to_owned()),
        1 => (most - 1..most + 2).prop_map(|length| "ö".repeat(length)),
        1 => "\\PC{0,12}",
    ]
}

fn url() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("https://mdm.example.org/enroll".to_owned()),
        1 => Just("http://mdm.example.org/enroll".to_owned()),
        1 => Just("mdm.example.org/enroll".to_owned()),
        1 => Just(String::new()),
        1 => (1990_usize..2010).prop_map(|length| format!("https://m.example.org/{}", "a".repeat(length - 22))),
        1 => (660_usize..670).prop_map(|length| format!("https://m.example.org/{}", "%20".repeat(length))),
        2 => "(https?|ftp)://[a-z0-9.:@\\[\\]%-]{0,20}(/[a-zA-Z0-9%._~ {}?#-]{0,20})?",
    ]
}

fn skip_key() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => proptest::sample::select(SkipKey::ALL).prop_map(|key| key.as_str().to_owned()),
        1 => proptest::sample::select(SkipKey::ALL).prop_map(|key| key.as_str().to_lowercase()),
        1 => "[A-Za-z ]{0,12}",
    ]
}

fn serial() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[A-Z0-9]{10,12}", 1 => "[a-z0-9 ]{0,14}"]
}

fn certificate() -> impl Strategy<Value = String> {
    let pem = crate::fixture::text("profile_certificates/host.pem");
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    prop_oneof![Just(base64), Just(pem), Just("bm90IGEgY2VydGlmaWNhdGU=".to_owned()), Just("???".to_owned())]
}

/// A value for a key: most often one of the documented type.
fn value(key: &'static str) -> BoxedStrategy<Value> {
    let right = match key {
        "profile_name" | "department" => text_of(125).prop_map(Value::from).boxed(),
        "org_magic" => text_of(256).prop_map(Value::from).boxed(),
        "support_phone_number" => text_of(50).prop_map(Value::from).boxed(),
        "support_email_address" => text_of(250).prop_map(Value::from).boxed(),
        "url" | "configuration_web_url" => url().prop_map(Value::from).boxed(),
        "language" => "[a-z]{2,3}|[A-Z]{2}|[a-z]{2}-[A-Z]{2}|english|".prop_map(Value::from).boxed(),
        "region" => "[A-Z]{2}|[a-z]{2}|[A-Z]{3}|".prop_map(Value::from).boxed(),
        "skip_setup_items" => proptest::collection::vec(skip_key(), 0..12).prop_map(Value::from).boxed(),
        "devices" => proptest::collection::vec(serial(), 0..4).prop_map(Value::from).boxed(),
        "anchor_certs" | "supervising_host_certs" => {
            proptest::collection::vec(certificate(), 0..3).prop_map(Value::from).boxed()
        }
        "profile_uuid" => "[0-9A-F]{32}".prop_map(Value::from).boxed(),
        _ => any::<bool>().prop_map(Value::from).boxed(),
    };
    let wrong = prop_oneof![Just(json!("true")), Just(json!(5)), Just(json!({})), Just(json!(["x", 1]))];
    prop_oneof![40 => right, 1 => wrong].boxed()
}

/// A profile with some of the keys, and now and then an unknown one.
fn profile() -> impl Strategy<Value = Value> {
    const KEYS: &[&str] = &[
        "configuration_web_url",
        "allow_pairing",
        "is_supervised",
        "is_mandatory",
        "is_mdm_removable",
        "is_multi_user",
        "is_return_to_service",
        "do_not_use_profile_from_backup",
        "await_device_configured",
        "auto_advance_setup",
        "language",
        "region",
        "department",
        "org_magic",
        "support_phone_number",
        "support_email_address",
        "skip_setup_items",
        "anchor_certs",
        "supervising_host_certs",
        "devices",
        "profile_uuid",
    ];
    let optional: Vec<_> =
        KEYS.iter().map(|key| proptest::option::weighted(0.3, value(key)).prop_map(|value| (*key, value))).collect();
    let unknown = proptest::option::weighted(0.1, "[a-z_]{1,12}|supervised|skipSetupItems|Department");
    let required =
        (proptest::option::weighted(0.97, value("profile_name")), proptest::option::weighted(0.97, value("url")));
    (required, optional, unknown).prop_map(|((name, url), optional, unknown)| {
        let entries = [("profile_name", name), ("url", url)].into_iter().chain(optional);
        let mut profile: Map<String, Value> =
            entries.filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        if let Some(key) = unknown {
            profile.entry(key).or_insert(json!({ "since": 28 }));
        }
        Value::Object(profile)
    })
}

fn check() -> impl Strategy<Value = Check> {
    let targets = ["ios:12.4", "ipados:17.4", "ipados:26.1", "macos:10.14", "macos:26.1", "tvos:18.0", "visionos:26.0"];
    let targets: Vec<Target> = targets.iter().map(|target| target.parse().unwrap()).collect();
    let now = "2027-06-01T00:00:00Z".parse().unwrap();
    (proptest::sample::subsequence(targets, 0..4), any::<bool>(), any::<bool>()).prop_map(
        move |(targets, dated, migration)| {
            let check = Check::new().targets(targets);
            let check = if dated { check.at(now) } else { check };
            if migration { check.for_migration() } else { check }
        },
    )
}

#[test]
fn the_simulated_service_refuses_the_same_with_the_same_words() {
    let mut world = World::builder().seed(11).build();
    let client = Client::sign_in(&mut world);
    let (mut refused, mut taken) = (std::collections::BTreeMap::<String, u32>::new(), 0);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(cases_or(2_000)));
    let world = std::cell::RefCell::new(&mut world);
    let counts = std::cell::RefCell::new((&mut refused, &mut taken));
    runner
        .run(&profile(), |profile| {
            let answer = client.post(&mut world.borrow_mut(), "/profile", &profile);
            let violations = Check::new().json(&profile.to_string());
            let mut words: Vec<&str> = violations.iter().filter_map(apple_ade::judgement::Violation::word).collect();
            words.sort_unstable();
            if answer.status == 200 {
                prop_assert!(words.is_empty(), "it is taken, and {words:?} was said of {profile}");
                *counts.borrow_mut().1 += 1;
            } else {
                let refusal = answer.text;
                prop_assert!(
                    words.contains(&refusal.as_str()),
                    "it is refused with {refusal}, {words:?} was said of {profile}"
                );
                *counts.borrow_mut().0.entry(refusal).or_default() += 1;
            }
            Ok(())
        })
        .unwrap();
    assert!(taken > cases_or(2_000) / 20, "{taken} were taken");
    // Every documented word but the one for a pair of language and region, which is refused on request alone.
    assert!(refused.len() >= 10, "{refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases_or(500)))]

    #[test]
    fn fixes_leave_nothing_to_fix(profile in profile(), check in check()) {
        let profile: Profile = serde_json::from_value(profile).unwrap();
        let (fixed, titles) = check.fix(&profile);
        let left = check.wire(&fixed);
        prop_assert_eq!(left.fixes().count(), 0, "{}", left);
        prop_assert_eq!(titles.is_empty(), fixed == profile);
        let (again, more) = check.fix(&fixed);
        prop_assert!(more.is_empty() && again == fixed);
    }

    /// What is accepted keeps every key and value; what is not is told.
    #[test]
    fn nothing_is_lost_between_json_and_profile(profile in profile()) {
        let text = profile.to_string();
        match EnrollmentProfile::from_json(&text, &UserAffinity::Without) {
            Ok(read) => {
                prop_assert_eq!(&serde_json::to_value(read.wire()).unwrap(), &profile);
                let stored = serde_json::to_string(&read).unwrap();
                prop_assert_eq!(&serde_json::from_str::<EnrollmentProfile>(&stored).unwrap(), &read);
            }
            Err(violations) => {
                prop_assert!(violations.has_errors());
                // As an import it is judged as a JSON text, with the user that was named beside it.
                let judged = Check::new().json(&text);
                prop_assert!(judged.iter().all(|violation| violations.iter().any(|other| other == violation)));
            }
        }
    }

    /// A builder that came from a profile and was told nothing gives the same one, however its keys are written; devices and UUID are of
    /// one definition.
    #[test]
    fn what_is_not_touched_stays(profile in profile()) {
        let Ok(read) = EnrollmentProfile::from_json(&profile.to_string(), &UserAffinity::Without) else { return Ok(()) };
        let same = read.to_builder().build().unwrap();
        let mut wire = read.to_wire();
        (wire.devices, wire.profile_uuid) = (None, None);
        wire.odd.retain(|odd| !["devices", "profile_uuid"].contains(&odd.key));
        prop_assert_eq!(same.wire(), &wire);
        prop_assert_eq!((same.mode(), same.setup()), (read.mode(), read.setup()));
        prop_assert_eq!(&same.to_builder().build().unwrap(), &same);
        prop_assert_eq!(same.fingerprint(), read.fingerprint());
        // One key is touched, and no other changes.
        let other = read.to_builder().department("Of Another Kind").build().unwrap();
        wire.department = Some("Of Another Kind".into());
        prop_assert_eq!(other.wire(), &wire);
        // What is hidden beside the others, and shown again.
        let key = SkipKey::TermsOfAddress;
        if !read.setup().skipped().any(|skipped| *skipped == key) {
            let hidden = read.to_builder().skip([key.clone()]).build().unwrap();
            prop_assert!(hidden.setup().skipped().any(|skipped| *skipped == key));
            let shown = hidden.to_builder().show([key]).build().unwrap();
            prop_assert_eq!((shown.mode(), shown.setup()), (read.mode(), read.setup()));
        }
    }

    /// One notion of sameness: equal fingerprints, and nothing that differs.
    #[test]
    fn fingerprints_and_comparisons_agree(
        (one, other) in (profile(), profile(), proptest::collection::vec(any::<proptest::sample::Index>(), 0..3)).prop_map(
            |(one, other, places)| {
                // Most often two that differ in a few keys, or in how they are written.
                let mut near = one.clone();
                let others: Vec<_> = other.as_object().unwrap().iter().collect();
                for place in places.iter().filter(|_| !others.is_empty()) {
                    let (key, value) = *place.get(&others);
                    near[key] = value.clone();
                }
                (one, near)
            }
        )
    ) {
        let [one, other] = [one, other].map(|profile| serde_json::from_value::<Profile>(profile).unwrap());
        for [same, equal] in [
            [Comparison::of(&one, &other).is_same(), ProfileFingerprint::of(&one) == ProfileFingerprint::of(&other)],
            [
                Comparison::with_unknown_keys(&one, &other).is_same(),
                ProfileFingerprint::with_unknown_keys(&one) == ProfileFingerprint::with_unknown_keys(&other),
            ],
        ] {
            prop_assert_eq!(same, equal);
        }
    }

    /// Sorted: errors before warnings before notes.
    #[test]
    fn violations_are_sorted(profile in profile(), check in check()) {
        let violations = check.json(&profile.to_string());
        let severities: Vec<_> = violations.iter().map(apple_ade::judgement::Violation::severity).collect();
        prop_assert!(severities.is_sorted());
    }
}
