//! Answers checked against JSON Schemas that others made of Apple's documentation (see `tests/fixtures/schemas`).

use std::path::Path;

use apple_ade::simulator::{World, fixtures};
use chrono::DateTime;
use serde_json::{Value, json};

use super::client::{Client, serials};

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/schemas").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The part of JSON Schema that these files use. Gives every complaint.
fn check(schema_: &Value, value: &Value, at: &str, complaints: &mut Vec<String>) {
    if let Some(name) = schema_["$ref"].as_str() {
        return check(&schema(name), value, at, complaints);
    }
    let mut ensure = |holds: bool, what: &str| {
        if !holds {
            complaints.push(format!("{at}: {what}: {value}"));
        }
    };
    match schema_["type"].as_str() {
        Some("object") => ensure(value.is_object(), "not an object"),
        Some("array") => ensure(value.is_array(), "not a list"),
        Some("string") => ensure(value.is_string(), "not a text"),
        Some("integer") => ensure(value.is_i64() || value.is_u64(), "not an integer"),
        Some("boolean") => ensure(value.is_boolean(), "not a boolean"),
        Some(other) => panic!("the checker does not know {other}"),
        None => {}
    }
    if let Some(words) = schema_["enum"].as_array() {
        ensure(words.contains(value), "not one of the words");
    }
    if schema_["format"] == "date-time" {
        ensure(value.as_str().is_some_and(|text| DateTime::parse_from_rfc3339(text).is_ok()), "not a time");
    }
    let length = value.as_str().map_or(0, |text| text.chars().count() as u64);
    ensure(schema_["minLength"].as_u64().is_none_or(|least| length >= least), "too short");
    ensure(schema_["maxLength"].as_u64().is_none_or(|most| length <= most), "too long");
    for key in schema_["required"].as_array().into_iter().flatten() {
        ensure(value.get(key.as_str().unwrap()).is_some(), &format!("lacks {key}"));
    }
    for (key, member) in value.as_object().into_iter().flatten() {
        let rule =
            schema_["properties"].get(key).or(schema_.get("additionalProperties").filter(|rule| rule.is_object()));
        if let Some(rule) = rule {
            check(rule, member, &format!("{at}/{key}"), complaints);
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(&schema_["items"], item, &format!("{at}/{index}"), complaints);
    }
}

#[track_caller]
fn fits(name: &str, value: &Value) {
    let mut complaints = Vec::new();
    check(&schema(name), value, name, &mut complaints);
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn the_checker_finds_mistakes() {
    for (name, wrong) in [
        ("Device.json", json!({ "serial_number": "C02" })),
        ("Device.json", json!({ "serial_number": "C02", "model": "x", "os": "Linux" })),
        ("FetchDeviceResponse.json", json!({ "cursor": "x", "fetched_until": "soon", "more_to_follow": true })),
        ("AccountDetail.json", json!({ "urls": [{ "limit": { "maximum": "1000" } }] })),
        ("AssignProfileResponse.json", json!({ "devices": { "C02": "MAYBE" } })),
        ("Profile.json", json!({ "is_mdm_removable": true, "org_magic": "x", "region": "USA" })),
    ] {
        let mut complaints = Vec::new();
        check(&schema(name), &wrong, name, &mut complaints);
        assert_eq!(complaints.len(), 1, "{name} {complaints:?}");
    }
}

#[test]
fn every_answer_fits_its_schema_at_every_protocol_version() {
    let mut world =
        World::builder().seed(7).devices(300).share_not_accessible(50).share_failing(50).share_throttled(50).build();
    world.settings_mut().session_seconds = u32::MAX;
    let client = Client::sign_in(&mut world);
    for protocol in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "99"] {
        let client = client.at(protocol);
        fits("AccountDetail.json", &client.get(&mut world, "/account").json());
        let page = client.post(&mut world, "/server/devices", &json!({ "limit": 1000 })).json();
        fits("FetchDeviceResponse.json", &page);
        let mut profile: Value = serde_json::from_slice(&fixtures::profile(7, 3)).unwrap();
        profile["devices"] = json!(serials(&world));
        // The gap of the schema: it marks two keys as required that Apple does not; this profile has both.
        fits("Profile.json", &profile);
        let defined = client.post(&mut world, "/profile", &profile).json();
        fits("DefineProfileResponse.json", &defined);
        let uuid = defined["profile_uuid"].as_str().unwrap();
        fits("Profile.json", &client.get(&mut world, &format!("/profile?profile_uuid={uuid}")).json());
        let body = json!({ "profile_uuid": uuid, "devices": serials(&world) });
        fits("AssignProfileResponse.json", &client.post(&mut world, "/profile/devices", &body).json());
        world.churn(30);
        let news = client.post(&mut world, "/devices/sync", &json!({ "cursor": page["cursor"], "limit": 1000 })).json();
        assert!(news["devices"].as_array().unwrap().len() > 200);
        fits("FetchDeviceResponse.json", &news);
        let accessible: Vec<_> =
            page["devices"].as_array().unwrap().iter().map(|row| row["serial_number"].clone()).collect();
        let details = client.post(&mut world, "/devices", &json!({ "devices": accessible })).json();
        let rows = details["devices"].as_object().unwrap();
        let known: Value = rows
            .iter()
            .filter(|(_, row)| row["response_status"] == "SUCCESS")
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        // The schema wants a model even of a device that is not accessible.
        fits("DeviceListResponse.json", &json!({ "devices": known }));
        let all = json!({ "devices": serials(&world) });
        fits("ClearProfileResponse.json", &client.delete(&mut world, "/profile/devices", &all).json());
        let serial = &serials(&world)[0];
        fits(
            "ActivationLockStatusResponse.json",
            &client.post(&mut world, "/device/activationlock", &json!({ "device": serial })).json(),
        );
        fits(
            "DeviceStatusResponse.json",
            &client.post(&mut world, "/devices/disown", &json!({ "devices": [serial] })).json(),
        );
        fits("GetSeedBuildTokenResponse.json", &client.get(&mut world, "/os-beta-enrollment/tokens").json());
        let url = json!({ "mdm_service_discovery_url": "https://mdm.example.com/discover" });
        fits("AccountDrivenEnrollmentProfileRequest.json", &url);
        client.post(&mut world, "/account-driven-enrollment/profile", &url).refused(200, "");
        let stored = client.get(&mut world, "/account-driven-enrollment/profile").json();
        fits("GetAccountDrivenEnrollmentProfileResponse.json", &stored);
    }
}

#[test]
fn fixtures_fit_and_are_of_the_asked_size() {
    let page: Value = serde_json::from_slice(&fixtures::page(7, 1000)).unwrap();
    fits("FetchDeviceResponse.json", &page);
    let rows = page["devices"].as_array().unwrap();
    assert_eq!(rows.len(), 1000);
    let keys = |row: &Value| row.as_object().unwrap().len();
    assert!(rows.iter().all(|row| matches!(keys(row), 12 | 15)));
    assert!(rows.iter().filter(|row| keys(row) == 15).count() > 850);
    assert_ne!(fixtures::page(7, 10), fixtures::page(8, 10));
    let profile: Value = serde_json::from_slice(&fixtures::profile(7, 20)).unwrap();
    assert_eq!(profile["devices"].as_array().unwrap().len(), 20);
    let properties = schema("Profile.json")["properties"].clone();
    for key in properties.as_object().unwrap().keys().filter(|key| *key != "profile_uuid") {
        assert!(profile.get(key).is_some(), "{key} is in the full profile");
    }
    assert_eq!(fixtures::device_list(7, 20).len(), 20);
}
