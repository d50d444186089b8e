//! What each protocol version adds, call by call (reference: Apple's pages for each object, and what a live server answered to 11 and more).

use apple_ade::simulator::{Family, Trouble, World};
use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client};

const VERSIONS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"];

/// A world with something for every field to tell.
struct Stage {
    world: World,
    client: Client,
    /// An iPhone (with cellular radios) that moves here.
    phone: String,
    ipad: String,
    tv: String,
    throttled: String,
    /// The device that replaced another.
    fresh: String,
    /// A cursor from before all of this.
    cursor: String,
    profile: String,
}

const KEYS: [&str; 4] = ["auto_advance_setup", "await_device_configured", "is_multi_user", "support_email_address"];

fn stage() -> Stage {
    let mut world = World::builder().seed(7).devices(3).build();
    world.settings_mut().session_seconds = u32::MAX;
    let client = Client::sign_in(&mut world);
    let (_, cursor) = client.read_all(&mut world, "/server/devices", None, 100);
    let server = world.servers().next().unwrap().uuid.clone();
    let mut buy = |family| {
        let serial = world.buy(family);
        world.migrate(&serial, &server, "2026-12-01T00:00:00Z".parse().unwrap());
        serial
    };
    let (phone, ipad, tv, throttled, old) =
        (buy(Family::Iphone), buy(Family::Ipad), buy(Family::AppleTv), buy(Family::Mac), buy(Family::Mac));
    let fresh = world.replace(&old).unwrap();
    let until = world.now() + TimeDelta::hours(1);
    world.set_trouble(&throttled, Some(Trouble::Throttled { until }));
    let profile = json!({
        "profile_name": "x", "url": "https://mdm.example.com/enroll", "auto_advance_setup": true, "is_multi_user": false,
        "await_device_configured": true, "support_email_address": "a@example.com", "department": "IT",
    });
    let profile = client.post(&mut world, "/profile", &profile).json()["profile_uuid"].as_str().unwrap().to_owned();
    Stage { world, client, phone, ipad, tv, throttled, fresh, cursor, profile }
}

impl Stage {
    fn at(&self, version: &'static str, method: &Method, target: &str, body: &Value) -> Answer {
        self.client.at(version).call(&mut self.world.clone(), method, target, body)
    }

    /// A device's row by each call that tells one.
    fn rows(&self, version: &'static str, serial: &str) -> Vec<Value> {
        let details = self.at(version, &Method::POST, "/devices", &json!({ "devices": [serial] })).json();
        let fetched = self.at(version, &Method::POST, "/server/devices", &json!({ "limit": 1000 })).json();
        let synced = self.at(version, &Method::POST, "/devices/sync", &json!({ "cursor": self.cursor })).json();
        let find = |page: &Value| {
            page["devices"].as_array().unwrap().iter().find(|row| row["serial_number"] == serial).unwrap().clone()
        };
        vec![details["devices"][serial].clone(), find(&fetched), find(&synced)]
    }

    fn every_row(&self, version: &'static str, serial: &str, test: impl Fn(&Value) -> bool) -> bool {
        let found: Vec<bool> = self.rows(version, serial).iter().map(test).collect();
        assert!(found.iter().all(|one| *one == found[0]), "the three calls tell the same: {found:?}");
        found[0]
    }

    fn assigned(&self, version: &'static str) -> Value {
        let body = json!({ "profile_uuid": self.profile, "devices": [self.throttled] });
        self.at(version, &Method::POST, "/profile/devices", &body).json()
    }
}

type Probe = fn(&Stage, &'static str) -> bool;

/// What is there, and since which version.
const FIELDS: &[(&str, usize, Probe)] = &[
    ("serial_number", 1, |stage, version| {
        stage.every_row(version, &stage.ipad, |row| row["serial_number"].is_string())
    }),
    ("os", 2, |stage, version| stage.every_row(version, &stage.ipad, |row| row.get("os").is_some())),
    ("device_family", 2, |stage, version| stage.every_row(version, &stage.ipad, |row| row["device_family"] == "iPad")),
    ("iPadOS", 7, |stage, version| stage.every_row(version, &stage.ipad, |row| row["os"] == "iPadOS")),
    ("mdm_migration_deadline", 8, |stage, version| {
        stage.every_row(version, &stage.ipad, |row| row["mdm_migration_deadline"] == "2026-12-01T00:00:00Z")
    }),
    ("wifi_mac_address", 10, |stage, version| {
        stage.every_row(version, &stage.phone, |row| row["wifi_mac_address"].is_string())
    }),
    ("bluetooth_mac_address", 10, |stage, version| {
        stage.every_row(version, &stage.phone, |row| row["bluetooth_mac_address"].is_string())
    }),
    ("ethernet_mac_address", 10, |stage, version| {
        stage.every_row(version, &stage.tv, |row| row["ethernet_mac_address"].is_string())
    }),
    ("imei", 10, |stage, version| stage.every_row(version, &stage.phone, |row| row["imei"].is_array())),
    ("meid", 10, |stage, version| stage.every_row(version, &stage.phone, |row| row["meid"].is_array())),
    ("eid", 10, |stage, version| stage.every_row(version, &stage.phone, |row| row["eid"].is_string())),
    ("is_replacement_device", 10, |stage, version| {
        stage.every_row(version, &stage.fresh, |row| row["is_replacement_device"] == true)
    }),
    ("released_by_replacement", 10, |stage, version| {
        let body = json!({ "cursor": stage.cursor });
        let synced = stage.at(version, &Method::POST, "/devices/sync", &body).json();
        let rows = synced["devices"].as_array().unwrap();
        rows.iter().any(|row| row["op_type"] == "deleted" && row["released_by_replacement"] == true)
    }),
    ("replacementDetails", 10, |stage, version| {
        let target = format!("/device/replacementDetails?device={}", stage.fresh);
        let answer = stage.at(version, &Method::GET, &target, &Value::Null);
        assert!(matches!(answer.status, 200 | 404));
        answer.status == 200
    }),
    ("replacementDetails in urls", 10, |stage, version| {
        let account = stage.at(version, &Method::GET, "/account", &Value::Null).text;
        account.contains("/device/replacementDetails")
    }),
    ("org_id, org_id_hash, org_type, org_version, urls", 3, |stage, version| {
        let account = stage.at(version, &Method::GET, "/account", &Value::Null).json();
        let there = ["org_id", "org_id_hash", "org_type", "org_version", "urls"].map(|key| account.get(key).is_some());
        assert!(there.iter().all(|one| *one == there[0]), "{there:?}");
        there[0]
    }),
    ("limits of both device lists", 3, |stage, version| {
        let account = stage.at(version, &Method::GET, "/account", &Value::Null).json();
        let urls = account["urls"].as_array().cloned().unwrap_or_default();
        let limited: Vec<_> =
            urls.iter().filter(|url| url.get("limit").is_some()).map(|url| url["uri"].clone()).collect();
        limited == [json!("/server/devices"), json!("/devices/sync")]
    }),
    ("THROTTLED", 9, |stage, version| {
        let word = stage.assigned(version)["devices"][&stage.throttled].clone();
        assert!(word == "THROTTLED" || word == "FAILED");
        word == "THROTTLED"
    }),
    ("retry_after_seconds", 10, |stage, version| stage.assigned(version).get("retry_after_seconds").is_some()),
    ("profile keys of version 2, read", 2, |stage, version| {
        let target = format!("/profile?profile_uuid={}", stage.profile);
        let profile = stage.at(version, &Method::GET, &target, &Value::Null).json();
        assert_eq!(profile["department"], "IT");
        let there = KEYS.map(|key| profile.get(key).is_some());
        assert!(there.iter().all(|one| *one == there[0]), "{there:?}");
        there[0]
    }),
    ("profile keys of version 2, defined", 2, |stage, version| {
        let mut world = stage.world.clone();
        let profile = json!({
            "profile_name": "x", "url": "https://mdm.example.com/enroll", "auto_advance_setup": true, "is_multi_user": false,
            "await_device_configured": true, "support_email_address": "a@example.com",
        });
        let uuid = stage.client.at(version).post(&mut world, "/profile", &profile).json()["profile_uuid"].clone();
        let stored: Value = serde_json::from_str(&world.profile_json(uuid.as_str().unwrap()).unwrap()).unwrap();
        let there = KEYS.map(|key| stored.get(key).is_some());
        assert!(there.iter().all(|one| *one == there[0]), "{there:?}");
        there[0]
    }),
];

#[test]
fn every_field_is_there_from_its_version_on_and_not_before() {
    let stage = stage();
    for (name, since, probe) in FIELDS {
        for (version, header) in (1..).zip(VERSIONS) {
            assert_eq!(probe(&stage, header), version >= *since, "{name} at version {version}");
        }
    }
}

/// Every call but the sign-in, as it is made once.
fn calls(stage: &Stage) -> Vec<(Method, String, Value)> {
    let (ipad, discovery) = (&stage.ipad, json!({ "mdm_service_discovery_url": "https://mdm.example.com/x" }));
    let get = |target: &str| (Method::GET, target.to_owned(), Value::Null);
    let post = |target: &str, body: Value| (Method::POST, target.to_owned(), body);
    let list = json!({ "devices": [ipad, stage.throttled, "UNKNOWN00000"] });
    let assign = json!({ "devices": [ipad, stage.throttled], "profile_uuid": stage.profile });
    vec![
        get("/account"),
        post("/server/devices", json!({ "limit": 2 })),
        post("/devices/sync", json!({ "cursor": stage.cursor })),
        post("/devices", list.clone()),
        post("/devices/disown", list.clone()),
        post("/profile", json!({ "profile_name": "x", "url": "https://mdm.example.com", "devices": [ipad] })),
        get(&format!("/profile?profile_uuid={}", stage.profile)),
        post("/profile/devices", assign.clone()),
        (Method::PUT, "/profile/devices".to_owned(), assign),
        (Method::DELETE, "/profile/devices".to_owned(), list),
        post("/device/activationlock", json!({ "device": ipad })),
        get(&format!("/device/replacementDetails?device={}", stage.fresh)),
        get("/os-beta-enrollment/tokens"),
        post("/account-driven-enrollment/profile", discovery),
        get("/account-driven-enrollment/profile"),
        (Method::DELETE, "/account-driven-enrollment/profile".to_owned(), Value::Null),
    ]
}

#[test]
fn every_call_is_served_at_every_version_and_clamped_above_ten() {
    let stage = stage();
    for (method, target, body) in calls(&stage) {
        let answers: Vec<(u16, String)> = VERSIONS
            .iter()
            .chain(&["99", "4294967296"])
            .map(|version| {
                let answer = stage.at(version, &method, &target, &body);
                (answer.status, answer.text)
            })
            .collect();
        let replacement = target.starts_with("/device/replacementDetails");
        let stored = method == Method::GET && target == "/account-driven-enrollment/profile";
        for (index, (status, text)) in answers.iter().enumerate() {
            let expected = if (replacement && index < 9) || stored { 404 } else { 200 };
            assert_eq!(*status, expected, "{method} {target} at {}: {text}", index + 1);
        }
        assert!(
            answers[9..].iter().all(|answer| *answer == answers[9]),
            "{method} {target}: 10 and above are the same"
        );
        assert!(answers[3..6].iter().all(|answer| *answer == answers[2]), "{method} {target}: 4 to 6 add nothing to 3");
    }
}
