//! The lists of devices, details, and releasing.

use std::collections::BTreeSet;

use apple_ade::simulator::{Family, PageLimit, Trouble, World};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::client::{Client, serials};

fn world(devices: usize) -> (World, Client) {
    let mut world = World::builder().seed(7).devices(devices).build();
    let client = Client::sign_in(&mut world);
    (world, client)
}

fn serial(row: &Value) -> String {
    row["serial_number"].as_str().unwrap().to_owned()
}

#[test]
fn paging_gives_every_device_once_in_the_order_of_operation() {
    for (devices, limit) in [(0, 10), (1, 1), (10, 10), (11, 10), (250, 7), (250, 1000)] {
        let (mut world, client) = world(devices);
        let (rows, _) = client.read_all(&mut world, "/server/devices", None, limit);
        let read: BTreeSet<String> = rows.iter().map(serial).collect();
        assert_eq!((rows.len(), read), (devices, serials(&world).into_iter().collect()), "{devices} by {limit}");
        assert!(rows.is_sorted_by_key(|row| row["device_assigned_date"].as_str().unwrap().to_owned()));
        assert!(rows.iter().all(|row| row.get("op_type").is_none()), "op_type is for sync only");
    }
}

#[test]
fn limits() {
    let (mut world, client) = world(1500);
    let size = |world: &mut World, body: Value| {
        let page = client.post(world, "/server/devices", &body).json();
        page["devices"].as_array().unwrap().len()
    };
    assert_eq!(size(&mut world, json!({})), 100);
    assert_eq!(size(&mut world, json!({ "limit": 0 })), 100);
    assert_eq!(size(&mut world, json!({ "limit": 1 })), 1);
    assert_eq!(size(&mut world, json!({ "limit": 5000 })), 1000);
    world.settings_mut().page_limit = PageLimit { default: 20, maximum: 30 };
    assert_eq!(size(&mut world, json!({ "limit": 5000 })), 30);
    world.settings_mut().page_size_unasked = 20;
    assert_eq!(size(&mut world, json!({})), 20);
}

#[test]
fn cursors_look_like_apples_and_are_checked() {
    let (mut world, client) = world(5);
    let first = client.post(&mut world, "/server/devices", &json!({ "limit": 2 })).json();
    assert_eq!(first["more_to_follow"], json!(true));
    let middle = first["cursor"].as_str().unwrap();
    assert!(
        middle.len() <= 1000 && middle.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/'),
        "{middle}"
    );
    let fetch = |world: &mut World, cursor: &str| {
        client.post(world, "/server/devices", &json!({ "cursor": cursor, "limit": 2 }))
    };
    let sync = |world: &mut World, cursor: &str| client.post(world, "/devices/sync", &json!({ "cursor": cursor }));

    client.post(&mut world, "/devices/sync", &json!({})).refused(400, "CURSOR_REQUIRED");
    sync(&mut world, "").refused(400, "CURSOR_REQUIRED");
    let cut = &middle[..middle.len() - 3];
    let long = "A".repeat(1001);
    for wrong in ["nonsense", "MDowOjE1MzY0Mjc2OTg5MTQ6MTUzNjQyNzY5ODkxNDp0cnVlOjE1MzY0Mjc2OTg5MTQ", cut, &long] {
        fetch(&mut world, wrong).refused(400, "INVALID_CURSOR");
        sync(&mut world, wrong).refused(400, "INVALID_CURSOR");
    }
    // A list that was not read to its end cannot be gone on with by sync.
    sync(&mut world, middle).refused(400, "INVALID_CURSOR");
    let (_, end) = client.read_all(&mut world, "/server/devices", Some(middle.to_owned()), 2);
    fetch(&mut world, &end).refused(400, "EXHAUSTED_CURSOR");
    assert_eq!(sync(&mut world, &end).json()["devices"], json!([]));
    // A cursor is good more than once: an answer may be lost.
    assert_eq!(fetch(&mut world, middle).json(), fetch(&mut world, middle).json());

    // Seven days.
    world.settings_mut().session_seconds = u32::MAX;
    let client = Client::sign_in(&mut world);
    world.advance(TimeDelta::days(7));
    assert_eq!(client.post(&mut world, "/devices/sync", &json!({ "cursor": end })).status, 200);
    world.advance(TimeDelta::seconds(1));
    client.post(&mut world, "/devices/sync", &json!({ "cursor": end })).refused(400, "EXPIRED_CURSOR");
    client.post(&mut world, "/server/devices", &json!({ "cursor": middle })).refused(400, "INVALID_CURSOR");
    client.post(&mut world, "/server/devices", &json!({ "cursor": end })).refused(400, "EXHAUSTED_CURSOR");
}

#[test]
fn a_cursor_is_of_one_server() {
    let mut world = World::builder().seed(7).devices(5).add_server("Second").build();
    let client = Client::sign_in(&mut world);
    let (_, cursor) = client.read_all(&mut world, "/server/devices", None, 100);
    let token = world.server_token_json_for("Second").unwrap();
    let second = Client::with_token(&mut world, &token);
    second.post(&mut world, "/devices/sync", &json!({ "cursor": cursor })).refused(400, "INVALID_CURSOR");
    assert_eq!(second.post(&mut world, "/server/devices", &json!({})).json()["devices"], json!([]));
}

#[test]
fn sync_tells_what_happened_oldest_first() {
    let mut world = World::builder().seed(7).devices(4).add_server("Second").build();
    world.settings_mut().session_seconds = u32::MAX;
    let second = world.servers().nth(1).unwrap().uuid.clone();
    let first = world.servers().next().unwrap().uuid.clone();
    let client = Client::sign_in(&mut world);
    let (rows, cursor) = client.read_all(&mut world, "/server/devices", None, 100);
    let [a, b, c, d] = <[String; 4]>::try_from(rows.iter().map(serial).collect::<Vec<_>>()).unwrap();

    let step = |world: &mut World| world.advance(TimeDelta::minutes(1));
    step(&mut world);
    assert!(world.set_asset_tag(&a, "ROOM-1"));
    step(&mut world);
    assert!(world.move_device(&b, &second));
    step(&mut world);
    let bought = world.buy(Family::Mac);
    assert!(world.move_device(&bought, &first));
    step(&mut world);
    let fresh = world.replace(&c).unwrap();
    step(&mut world);
    let uuid = client.define(&mut world);
    client.post(&mut world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": [d] })).json();

    let expected = [
        (a.as_str(), "modified", "2026-11-22T08:01:00Z"),
        (&b, "deleted", "2026-11-22T08:02:00Z"),
        (&bought, "added", "2026-11-22T08:03:00Z"),
        (&c, "deleted", "2026-11-22T08:04:00Z"),
        (&fresh, "added", "2026-11-22T08:04:00Z"),
        (&d, "modified", "2026-11-22T08:05:00Z"),
    ];
    for limit in [1, 2, 4, 100] {
        let (rows, _) = client.read_all(&mut world, "/devices/sync", Some(cursor.clone()), limit);
        let told: Vec<_> = rows
            .iter()
            .map(|row| ["serial_number", "op_type", "op_date"].map(|key| row[key].as_str().unwrap()))
            .collect();
        assert_eq!(told, expected.map(|(serial, kind, at)| [serial, kind, at]), "by {limit}");
        assert_eq!(rows[0]["asset_tag"], "ROOM-1");
        assert!(rows[1].get("profile_status").is_none(), "nothing is told about a device that is another server's");
        assert_eq!(rows[3]["released_by_replacement"], json!(true));
        assert_eq!(rows[4]["is_replacement_device"], json!(true));
        assert_eq!((&rows[5]["profile_status"], &rows[5]["profile_uuid"]), (&json!("assigned"), &json!(uuid)));
    }
    let (rows, end) = client.at("9").read_all(&mut world, "/devices/sync", Some(cursor), 100);
    assert!(rows.iter().all(|row| row.get("released_by_replacement").is_none()));
    let (rows, _) = client.read_all(&mut world, "/devices/sync", Some(end), 100);
    assert_eq!(rows, [] as [Value; 0], "what was told is not told again");
    let token = world.server_token_json_for("Second").unwrap();
    let (rows, _) = Client::with_token(&mut world, &token).read_all(&mut world, "/server/devices", None, 100);
    assert_eq!(rows.iter().map(serial).collect::<Vec<_>>(), [b]);
}

/// Whatever happens while a list is read and synced: in the end the client knows exactly the devices that are there.
#[test]
fn churn_during_fetch_and_sync_loses_nothing() {
    for seed in 0..40 {
        let mut world = World::builder().seed(seed).devices(60).build();
        world.settings_mut().session_seconds = u32::MAX;
        let client = Client::sign_in(&mut world);
        let mut known = BTreeSet::new();
        let mut cursor = None;
        let mut path = "/server/devices";
        for round in 0..30 {
            let body = json!({ "cursor": cursor, "limit": 9 });
            let page = client.post(&mut world, path, &body).json();
            for row in page["devices"].as_array().unwrap() {
                if row["op_type"] == "deleted" {
                    known.remove(&serial(row))
                } else {
                    known.insert(serial(row))
                };
            }
            cursor = Some(page["cursor"].as_str().unwrap().to_owned());
            if page["more_to_follow"] == json!(false) {
                path = "/devices/sync";
            }
            if round < 12 {
                world.churn(5);
            }
        }
        let there = world.devices().filter(|device| device.server.is_some()).map(|device| device.serial_number.clone());
        assert_eq!(known, there.collect(), "seed {seed}");
        assert!(world.devices().any(|device| device.released), "churn releases some");
    }
}

#[test]
fn rows_by_protocol_version() {
    let (mut world, client) = world(200);
    let server = world.servers().next().unwrap().uuid.clone();
    let serial = world.buy(Family::Ipad);
    world.migrate(&serial, &server, "2026-12-01T00:00:00Z".parse().unwrap());
    let phone = world.devices().find(|device| device.family == Family::Iphone).unwrap().serial_number.clone();
    let row = |world: &mut World, protocol, serial: &str| {
        client.at(protocol).post(world, "/devices", &json!({ "devices": [serial] })).json()["devices"][serial].clone()
    };
    let has = |row: &Value, key: &str| row.get(key).is_some();
    let all = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
    for (version, protocol) in (1..).zip(all) {
        let ipad = row(&mut world, protocol, &serial);
        assert_eq!(has(&ipad, "os"), version >= 2, "{protocol}");
        assert_eq!(has(&ipad, "device_family"), version >= 2, "{protocol}");
        assert_eq!(ipad["os"] == "iPadOS", version >= 7, "{protocol}");
        assert_eq!(has(&ipad, "mdm_migration_deadline"), version >= 8, "{protocol}");
        assert_eq!(ipad["is_replacement_device"] == json!(false), version >= 10, "{protocol}");
        let phone = row(&mut world, protocol, &phone);
        for key in ["wifi_mac_address", "bluetooth_mac_address", "imei", "meid", "eid"] {
            assert_eq!(has(&phone, key), version >= 10, "{protocol} {key}");
        }
        assert_eq!(phone["imei"].is_array(), version >= 10);
    }
    assert_eq!(row(&mut world, "10", &serial)["mdm_migration_deadline"], "2026-12-01T00:00:00Z");

    let sample: Value = serde_json::from_str(include_str!("../../fixtures/micromdm/device_2018.json")).unwrap();
    let uuid = client.define(&mut world);
    client.post(&mut world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": [serial] })).json();
    let ours = row(&mut world, "3", &serial);
    for (key, value) in sample["devices"][0].as_object().unwrap() {
        assert!(has(&ours, key) && value.is_string() == ours[key].is_string(), "{key} of the real answer");
    }
}

#[test]
fn details_and_disowning() {
    let (mut world, client) = world(5);
    for path in ["/devices", "/devices/disown"] {
        client.post(&mut world, path, &json!({})).refused(400, "DEVICE_ID_REQUIRED");
        client.post(&mut world, path, &json!({ "devices": [] })).refused(400, "DEVICE_ID_REQUIRED");
    }
    let [a, b, c, ..] = <[String; 5]>::try_from(serials(&world)).unwrap();
    world.set_trouble(&b, Some(Trouble::NotAccessible));
    world.set_trouble(&c, Some(Trouble::Failing));
    let devices = json!({ "devices": [a, b, c, "UNKNOWN00000"] });
    let details = client.post(&mut world, "/devices", &devices).json();
    let status = |serial: &str| details["devices"][serial]["response_status"].as_str().unwrap();
    assert_eq!([&a, &b, &c, "UNKNOWN00000"].map(status), ["SUCCESS", "NOT_ACCESSIBLE", "SUCCESS", "NOT_ACCESSIBLE"]);
    assert!(details["devices"][&a]["model"].is_string());

    let (_, cursor) = client.read_all(&mut world, "/server/devices", None, 100);
    let gone = client.post(&mut world, "/devices/disown", &devices).json();
    let expected = json!({ &a: "SUCCESS", &b: "NOT_ACCESSIBLE", &c: "FAILED", "UNKNOWN00000": "NOT_ACCESSIBLE" });
    assert_eq!(gone["devices"], expected);
    let again = client.post(&mut world, "/devices/disown", &json!({ "devices": [a, a] })).json();
    assert_eq!(again["devices"], json!({ &a: "NOT_ACCESSIBLE" }));
    let (rows, _) = client.read_all(&mut world, "/devices/sync", Some(cursor), 100);
    assert_eq!(
        rows.iter().map(|row| (serial(row), row["op_type"].clone())).collect::<Vec<_>>(),
        [(a, json!("deleted"))]
    );
}
