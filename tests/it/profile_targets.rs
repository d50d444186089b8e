//! The rules that are about supervision, waiting and return to service, on the systems that are named.

use apple_ade::judgement::{Rule, Violation};
use apple_ade::os::Target;
use apple_ade::profile::{Check, EnrollmentProfile};
use serde_json::{Value, json};

fn check(targets: &[&str]) -> Check {
    Check::new().targets(targets.iter().map(|target| target.parse::<Target>().unwrap()))
}

fn profile(changes: &Value) -> Value {
    let mut profile = json!({ "profile_name": "iPads", "url": "https://mdm.example.com/enroll", "is_mandatory": true });
    profile.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    profile
}

fn broken(rule: Rule, changes: &Value, targets: &[&str]) -> Option<Vec<Target>> {
    let violations = check(targets).json(&profile(changes).to_string());
    violations.by_rule(rule).next().map(|violation| violation.targets().to_vec())
}

/// SUP-4: from iOS and iPadOS 13 on every device is supervised, whatever the flag says.
#[test]
fn who_supervises_always_is_told_nothing() {
    let host = crate::fixture::text("profile_certificates/host.pem");
    let host: String = host.lines().filter(|line| !line.starts_with('-')).collect();
    for (rule, changes) in [
        (Rule::HOSTS_UNSUPERVISED, json!({ "supervising_host_certs": [host], "allow_pairing": false })),
        (Rule::RETURN_TO_SERVICE_UNSUPERVISED, json!({ "is_return_to_service": true })),
        (Rule::AWAIT_UNSUPERVISED, json!({ "await_device_configured": true })),
        (Rule::UNSUPERVISED, json!({})),
    ] {
        for flag in [Some(false), None] {
            let mut changes = changes.clone();
            if let Some(flag) = flag {
                changes["is_supervised"] = flag.into();
            }
            assert_eq!(broken(rule, &changes, &["ios:13.0", "ipados:17.4"]), None, "{rule:?} {flag:?}");
            let some = broken(rule, &changes, &["ios:12.4", "ipados:17.4"]);
            assert_eq!(some, Some(vec!["ios:12.4".parse().unwrap()]), "{rule:?} {flag:?}");
            changes["is_supervised"] = true.into();
            assert_eq!(broken(rule, &changes, &["ios:12.4"]), None, "{rule:?}");
        }
    }
    let named = |targets: &[&str]| {
        let stored = json!({
            "version": 1, "apple": profile(&json!({ "is_supervised": false })), "affinity": "without",
            "beside": { "device_name": "Kiosk-{{SERIAL}}" }
        });
        let stored: EnrollmentProfile = serde_json::from_value(stored).unwrap();
        check(targets).profile(&stored).by_rule(Rule::NAME_UNSUPERVISED).count()
    };
    assert_eq!((named(&["ios:13.0"]), named(&["ios:12.0", "ios:13.0"]), named(&[])), (0, 1, 1));
}

#[test]
fn waiting_is_mended_where_every_system_returns_to_service() {
    let changes = json!({ "is_supervised": true, "is_return_to_service": true, "await_device_configured": false });
    let fixes = |targets: &[&str]| {
        let violations = check(targets).json(&profile(&changes).to_string());
        violations.by_rule(Rule::AWAIT_CONTRADICTED).map(Violation::fix).map(|fix| fix.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(fixes(&["ios:26.0", "visionos:26.0"]), [true]);
    assert_eq!(fixes(&["ios:26.0", "ios:18.0"]), [false]);
    assert_eq!(fixes(&["ios:26.0", "macos:26.0"]), [false]);
    assert_eq!(fixes(&[]), [false]);
    assert!(fixes(&["ios:18.0"]).is_empty());
}

/// Apple's page on the profile leaves visionOS out, and that on `DeviceConfigured` has it from 2.0 on.
#[test]
fn whether_visionos_waits_is_left_open() {
    let changes = json!({ "is_supervised": true, "await_device_configured": true });
    for rule in [Rule::KEY_NOT_ON_PLATFORM, Rule::KEY_NOT_IN_VERSION, Rule::KEY_NOT_IN_OLDER] {
        assert_eq!(broken(rule, &changes, &["visionos:2.0"]), None);
        assert_eq!(broken(rule, &changes, &["visionos:1.0", "ios:17.0"]), None);
    }
    assert!(broken(Rule::KEY_NOT_ON_PLATFORM, &changes, &["visionos:2.0", "watchos:11.0"]).is_some());
}

/// SHI-2: a school's iPads are shared from 9.3 on, and older ones than a setting are told of.
#[test]
fn settings_of_a_school() {
    let stored = json!({
        "version": 1, "affinity": "without",
        "apple": profile(&json!({ "is_supervised": true, "is_multi_user": true, "await_device_configured": true })),
        "shared_ipad": { "accounts": { "user_session_timeout": 300 } }
    });
    let stored: EnrollmentProfile = serde_json::from_value(stored).unwrap();
    let count = |check: Check| check.profile(&stored).by_rule(Rule::SHARED_SETTING_TOO_NEW).count();
    assert_eq!(count(check(&["ipados:9.3"]).in_education()), 1);
    assert_eq!(count(check(&["ipados:13.3"])), 0, "it is too old to be shared, which is said");
    assert_eq!(count(check(&["ipados:14.5"]).in_education()), 0);
}

#[test]
fn a_uuid_is_not_sent_whatever_it_is() {
    let text = profile(&json!({ "is_supervised": true, "profile_uuid": 5 })).to_string();
    let violations = Check::new().json(&text);
    assert_eq!(violations.iter().map(Violation::rule).collect::<Vec<_>>(), [Rule::KEY_OF_ANSWER], "{violations}");
}
