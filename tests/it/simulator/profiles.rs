//! Profiles: judged by Apple's documented words, stored, read.

use apple_ade::simulator::{Trouble, UnknownProfile, World, fixtures};
use serde_json::{Value, json};

use super::client::{Client, serials};

fn world() -> (World, Client) {
    let mut world = World::builder().seed(7).devices(5).build();
    let client = Client::sign_in(&mut world);
    (world, client)
}

/// A good profile with changes; `null` removes a key.
fn changed(changes: &Value) -> Value {
    let mut profile = json!({ "profile_name": "Class iPads", "url": "https://mdm.example.com/enroll" });
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            profile.as_object_mut().unwrap().remove(key);
        } else {
            profile[key] = value.clone();
        }
    }
    profile
}

#[test]
fn every_documented_word() {
    let (mut world, client) = world();
    let long = |length: usize| "ö".repeat(length);
    let url = |length: usize| format!("https://mdm.example.com/{}", "x".repeat(length - 24));
    let cases = [
        (json!({ "profile_name": null }), "CONFIG_NAME_REQUIRED"),
        (json!({ "profile_name": "" }), "CONFIG_NAME_INVALID"),
        (json!({ "profile_name": long(126) }), "CONFIG_NAME_INVALID"),
        (json!({ "profile_name": long(125) }), ""),
        (json!({ "url": null }), "CONFIG_URL_REQUIRED"),
        (json!({ "url": "" }), "CONFIG_URL_INVALID"),
        (json!({ "url": "mdm.example.com" }), "CONFIG_URL_INVALID"),
        (json!({ "url": "https://mdm.example.com/a b" }), "CONFIG_URL_INVALID"),
        (json!({ "url": url(2001) }), "CONFIG_URL_INVALID"),
        (json!({ "url": url(2000) }), ""),
        (json!({ "department": "" }), "DEPARTMENT_INVALID"),
        (json!({ "department": long(126) }), "DEPARTMENT_INVALID"),
        (json!({ "department": long(125) }), ""),
        (json!({ "is_mdm_removable": false }), "FLAGS_INVALID"),
        (json!({ "is_mdm_removable": false, "is_supervised": false }), "FLAGS_INVALID"),
        (json!({ "is_mdm_removable": false, "is_supervised": true }), ""),
        (json!({ "is_mdm_removable": true, "is_supervised": false }), ""),
        (json!({ "language": "" }), "LOCALE_INVALID"),
        (json!({ "language": "english" }), "LOCALE_INVALID"),
        (json!({ "region": "us" }), "LOCALE_INVALID"),
        (json!({ "language": "nob", "region": "NO" }), ""),
        (json!({ "org_magic": "" }), "MAGIC_INVALID"),
        (json!({ "org_magic": long(257) }), "MAGIC_INVALID"),
        (json!({ "org_magic": long(256) }), ""),
        (json!({ "support_email_address": "" }), "SUPPORT_EMAIL_INVALID"),
        (json!({ "support_email_address": long(251) }), "SUPPORT_EMAIL_INVALID"),
        (json!({ "support_email_address": long(250) }), ""),
        (json!({ "support_phone_number": "" }), "SUPPORT_PHONE_INVALID"),
        (json!({ "support_phone_number": long(51) }), "SUPPORT_PHONE_INVALID"),
        (json!({ "support_phone_number": long(50) }), ""),
        (json!({ "is_supervised": "true" }), "MALFORMED_REQUEST_BODY"),
        (json!({ "skip_setup_items": "Siri" }), "MALFORMED_REQUEST_BODY"),
        (json!({ "department": 5 }), "MALFORMED_REQUEST_BODY"),
        // No documented word speaks of these.
        (json!({ "configuration_web_url": "anything" }), ""),
        (json!({ "skip_setup_items": ["NoSuchPane"] }), ""),
        (json!({ "anchor_certs": ["not a certificate"] }), ""),
    ];
    for (changes, word) in cases {
        let before = world.servers().next().unwrap().profile_count();
        let answer = client.post(&mut world, "/profile", &changed(&changes));
        if word.is_empty() {
            assert_eq!(answer.json()["profile_uuid"].as_str().unwrap().len(), 32, "{changes}");
        } else {
            answer.refused(400, word);
        }
        assert_eq!(world.servers().next().unwrap().profile_count() > before, word.is_empty(), "{changes}");
    }
}

#[test]
fn words_on_request() {
    let (mut world, client) = world();
    world.settings_mut().refused_locales.insert(("en".to_owned(), "NL".to_owned()));
    client
        .post(&mut world, "/profile", &changed(&json!({ "language": "en", "region": "NL" })))
        .refused(400, "LOCALE_INVALID");
    assert_eq!(client.post(&mut world, "/profile", &changed(&json!({ "language": "nl", "region": "NL" }))).status, 200);
    world.settings_mut().legacy_required_keys = true;
    client.post(&mut world, "/profile", &changed(&json!({}))).refused(400, "DEPARTMENT_REQUIRED");
    client
        .post(&mut world, "/profile", &changed(&json!({ "department": "IT" })))
        .refused(400, "SUPPORT_PHONE_REQUIRED");
}

#[test]
fn a_profile_comes_back_as_it_was_sent() {
    let (mut world, client) = world();
    let sent: Value = serde_json::from_slice(&fixtures::profile(7, 0)).unwrap();
    let uuid = client.post(&mut world, "/profile", &sent).json()["profile_uuid"].as_str().unwrap().to_owned();
    let read = client.get(&mut world, &format!("/profile?profile_uuid={uuid}")).json();
    let mut expected = sent.clone();
    expected.as_object_mut().unwrap().remove("devices");
    expected["profile_uuid"] = json!(uuid);
    assert_eq!(read, expected);
    assert_eq!(serde_json::from_str::<Value>(&world.profile_json(&uuid).unwrap()).unwrap(), expected);

    let second = client.post(&mut world, "/profile", &sent).json();
    assert_ne!(second["profile_uuid"], json!(uuid), "there is no editing: each has its own UUID");
    assert!(second.get("devices").is_none());

    // Keys of a later protocol version are not there.
    let one = client.at("1");
    let old = one.get(&mut world, &format!("/profile?profile_uuid={uuid}")).json();
    let gated = ["await_device_configured", "is_multi_user", "auto_advance_setup", "support_email_address"];
    for key in gated {
        assert!(read.get(key).is_some() && old.get(key).is_none(), "{key}");
    }
    assert_eq!(old.as_object().unwrap().len() + gated.len(), read.as_object().unwrap().len());
    let by_one = one.post(&mut world, "/profile", &sent).json()["profile_uuid"].as_str().unwrap().to_owned();
    let stored = client.get(&mut world, &format!("/profile?profile_uuid={by_one}")).json();
    assert!(gated.iter().all(|key| stored.get(key).is_none()));
}

#[test]
fn unknown_profiles() {
    let (mut world, client) = world();
    client.get(&mut world, "/profile").refused(400, "PROFILE_UUID_REQUIRED");
    client.get(&mut world, "/profile?profile_uuid=").refused(400, "PROFILE_UUID_REQUIRED");
    let assign = json!({ "profile_uuid": "00", "devices": ["C02"] });
    for (behaviour, read, assigned) in [
        (UnknownProfile::Documented, (400, "NOT_FOUND"), (404, "NOT_FOUND")),
        (UnknownProfile::Observed, (404, "NOT_FOUND"), (404, "NOT_FOUND")),
        (UnknownProfile::Legacy, (400, "PROFILE_NOT_FOUND"), (400, "PROFILE_NOT_FOUND")),
    ] {
        world.settings_mut().unknown_profile = behaviour;
        client.get(&mut world, "/profile?profile_uuid=00").refused(read.0, read.1);
        client.post(&mut world, "/profile/devices", &assign).refused(assigned.0, assigned.1);
    }
}

#[test]
fn a_profile_can_name_devices() {
    let (mut world, client) = world();
    let [a, b, c, d, _] = <[String; 5]>::try_from(serials(&world)).unwrap();
    world.set_trouble(&b, Some(Trouble::Failing));
    world.set_trouble(&c, Some(Trouble::Throttled { until: world.now() + chrono::TimeDelta::hours(1) }));
    let profile = changed(&json!({ "devices": [a, b, c, "UNKNOWN00000", a] }));
    let answer = client.post(&mut world, "/profile", &profile).json();
    let expected = json!({ &a: "SUCCESS", &b: "FAILED", &c: "FAILED", "UNKNOWN00000": "NOT_ACCESSIBLE" });
    assert_eq!(answer["devices"], expected);
    assert_eq!(world.device(&a).unwrap().profile.uuid.as_deref(), answer["profile_uuid"].as_str());
    assert_eq!(world.device(&d).unwrap().profile.uuid, None);
}
