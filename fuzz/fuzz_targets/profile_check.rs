//! Any text as a profile to be judged: the judgement comes to an end, its fixes mend, and what is accepted is kept to the letter.
//!
//! Seeds: `tests/fixtures/rules`.
#![no_main]

use apple_ade::affinity::UserAffinity;
use apple_ade::api::profile::Profile;
use apple_ade::json::RawJson;
use apple_ade::profile::{Check, EnrollmentProfile, preview};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let targets = ["ios:12.4", "ipados:17.4", "macos:26.1", "tvos:18.0"].map(|target| target.parse().unwrap());
    let check = Check::new().targets(targets).at("2026-11-22T00:00:00Z".parse().unwrap()).for_migration();
    let violations = check.json(text);
    serde_json::to_string(&violations).unwrap();
    assert!(violations.to_string().len() < 10_000 + violations.len() * 4_000 + text.len());

    let Ok(profile) = text.parse::<RawJson>().and_then(|raw| raw.read::<Profile>()) else {
        assert!(violations.has_errors());
        return;
    };
    let (fixed, titles) = check.fix(&profile);
    let left = check.wire(&fixed);
    assert_eq!(left.fixes().count(), 0, "{left}");
    assert!(!titles.is_empty() || left.len() <= violations.len());
    assert!(targets.iter().all(|target| preview(&profile, *target).panes().len() == 58));

    if let Ok(read) = EnrollmentProfile::from_json(text, &UserAffinity::Without) {
        assert_eq!(*read.wire(), profile);
        assert!(read.compare(&profile).is_same());
        let stored = serde_json::to_string(&read).unwrap();
        let again: EnrollmentProfile = serde_json::from_str(&stored).unwrap();
        assert_eq!((again.fingerprint(), &again), (read.fingerprint(), &read));
        // Built anew it is a profile, too, but for rules that say more of a flag that is said than of one that is left out.
        drop(read.to_builder().build());
    }
});
