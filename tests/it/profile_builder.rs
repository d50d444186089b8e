//! What a program does with a typed profile beyond building one: begins from another, takes parts back, sends it.

use apple_ade::api::profile::Profile;
use apple_ade::judgement::Rule;
use apple_ade::profile::Check;

const URL: &str = "https://mdm.example.org/enroll";

fn read(json: serde_json::Value) -> Profile {
    serde_json::from_value(json).unwrap()
}

/// A value of the wrong type counts no more once its field has another: that one is written.
#[test]
fn what_was_of_the_wrong_type_is_superseded_by_a_value() {
    let mut profile = read(serde_json::json!({
        "profile_name": "iPads", "url": URL, "is_supervised": "true", "is_mandatory": true, "devices": ["", "DMPVK0A9N1"],
    }));
    let rules = |profile: &Profile| Check::new().wire(profile).iter().map(|v| v.rule()).collect::<Vec<_>>();
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
