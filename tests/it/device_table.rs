//! A table of devices holds what was put into it, in little room.

use std::collections::BTreeMap;

use apple_ade::api::{Device, DevicePageRef, DeviceRef, DeviceTable, Endpoint, FetchDevices};
use apple_ade::simulator::fixtures;
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture;

fn page(body: Vec<u8>) -> Vec<Device> {
    FetchDevices::from_start().parse_response(&http::Response::new(body)).unwrap().devices
}

fn fill(table: &mut DeviceTable, body: &[u8]) {
    for device in &DevicePageRef::read(body).unwrap().devices {
        table.insert(device).unwrap();
    }
}

/// What a table keeps of a device.
fn kept(device: &Device) -> Device {
    let mut device = device.clone();
    (device.extra, device.odd) = Default::default();
    device
}

#[test]
fn a_fleet_goes_in_and_comes_out() {
    for body in [fixture::bytes("api/fetch_page_1000.json"), fixtures::page(3, 2500)] {
        let devices: BTreeMap<String, Device> =
            page(body.clone()).iter().map(|device| (device.serial_number.to_string(), kept(device))).collect();
        let mut table = DeviceTable::new();
        fill(&mut table, &body);
        assert_eq!(table.len(), devices.len());
        assert!(table.iter().map(|device| device.to_owned()).eq(devices.values().cloned()));
        for (serial, device) in &devices {
            assert_eq!(table.get(serial).unwrap().to_owned(), *device);
            assert!(!table.insert_device(device).unwrap());
        }
        assert!(!table.contains("") && table.get("NOT THERE").is_none() && !table.remove("NOT THERE"));
        // Every third first, so that those that stay move in their places.
        for turn in 0..3 {
            for serial in devices.keys().skip(turn).step_by(3) {
                assert!(table.remove(serial) && !table.contains(serial));
            }
            let stay = devices.iter().enumerate().filter(|(n, _)| n % 3 > turn).map(|(_, (_, device))| device.clone());
            assert!(table.iter().map(|device| device.to_owned()).eq(stay.clone()));
            assert!(stay.map(|device| device.serial_number).all(|serial| table.contains(serial.as_str())));
        }
        assert!(table.is_empty() && table.iter().next().is_none());
    }
}

/// The 15 keys of the fixture in at most 100 bytes, and nothing for hardware ids that are not there.
#[test]
fn a_device_takes_less_than_100_bytes() {
    let mut table = DeviceTable::new();
    fill(&mut table, &fixture::bytes("api/fetch_page_1000.json"));
    assert_eq!((table.len(), table.hardware_bytes()), (1000, 0));
    let bytes = table.memory_bytes();
    assert!((48_000..=100_000).contains(&bytes), "{bytes}");

    // The same devices with hardware ids take as much, and these are counted apart.
    let before = table.clone();
    let devices: Vec<Device> = before.iter().map(|device| device.to_owned()).collect();
    for mut device in devices {
        device.wifi_mac_address = Some("a8:4a:28:00:00:01".into());
        device.eid = Some("89049032005008882600033489123456".into());
        device.imei = Some(vec!["490154203237518".into()]);
        table.insert_device(&device).unwrap();
        assert_eq!(table.get(device.serial_number.as_str()).unwrap().to_owned(), device);
    }
    assert_eq!(table.memory_bytes(), bytes);
    assert!((50_000..70_000).contains(&table.hardware_bytes()), "{}", table.hardware_bytes());
}

/// Texts that no device has any more do not stay for ever.
#[test]
fn what_has_left_makes_room() {
    let mut table = DeviceTable::new();
    let mut device = Device::new("C02T0HL0GGC0".parse().unwrap());
    let mut most = 0;
    for round in 0..20_000 {
        device.asset_tag = Some(format!("TAG-{round:08}"));
        device.op_date = DateTime::from_timestamp(i64::from(round), 1);
        table.insert_device(&device).unwrap();
        most = most.max(table.memory_bytes());
    }
    assert_eq!(table.get("C02T0HL0GGC0").unwrap().to_owned(), device);
    assert!(most < 200_000, "{most}");

    for round in 0..20_000 {
        let device = Device::new(format!("LONGSERIALNUMBER{round}").parse().unwrap());
        assert!(table.insert_device(&device).unwrap() && table.remove(device.serial_number.as_str()));
        most = most.max(table.memory_bytes());
    }
    assert!(most < 200_000, "{most}");
    assert_eq!(table.get("C02T0HL0GGC0").unwrap().to_owned(), device);
}

#[test]
fn texts_of_any_length() {
    let mut table = DeviceTable::new();
    let devices: Vec<Device> = [0, 1, 63, 64, 4095, 4096, 65_533, 65_534, 262_143, 262_144, 300_000]
        .into_iter()
        .enumerate()
        .map(|(n, length)| {
            let mut device = Device::new(format!("S{n}").parse().unwrap());
            device.asset_tag = Some("\u{e9}".repeat(length / 2) + &"a".repeat(length % 2));
            device.eid = device.asset_tag.clone();
            device.imei = Some(vec!["1".repeat(length % 300), String::new()]);
            device.meid = Some(vec!["F0".to_owned(); n * 30]);
            device
        })
        .collect();
    for device in &devices {
        assert!(table.insert_device(device).unwrap());
    }
    for device in &devices {
        let found = table.get(device.serial_number.as_str()).unwrap().to_owned();
        assert!(found == *device, "{}", device.serial_number);
    }
}

/// Few serial numbers, so that they meet again: short ones, long ones, and such as no device has.
fn serial() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-C][0-9]{0,2}",
        1 => "[AB]{11,14}",
        1 => prop::sample::select(vec!["\0", "A\0", "A", "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", "\u{1F34E}\u{1F34E}\u{1F34E}\u{1F34E}"]).prop_map(String::from),
    ]
}

fn time() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..2_000_000_000_i64).prop_map(|seconds| json!(DateTime::from_timestamp(seconds, 0))),
        prop::sample::select(vec![
            "1970-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
            "2024-10-03T08:35:23.5Z",
            "2016-12-31T23:59:60Z",
            "2097-07-23T21:20:31Z",
            "2097-07-23T21:20:32Z",
            "2106-02-07T06:28:15Z",
            "soon",
        ])
        .prop_map(Value::from),
    ]
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![
            "",
            "iPad",
            "a8:4a:28:00:00:01",
            "A8:4A:28:00:00:01",
            "a8:4A:28:00:00:01",
            "a8:4a:28:00:00:01:02",
            "0",
            "89049032005008882600033489123456",
            "FF",
            "ff",
            "\0",
        ])
        .prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[0-9A-F]{0,9}".prop_map(Value::from),
    ]
}

fn device() -> impl Strategy<Value = Device> {
    let texts = [
        "model",
        "description",
        "color",
        "asset_tag",
        "profile_status",
        "profile_uuid",
        "device_assigned_by",
        "os",
        "device_family",
        "op_type",
        "wifi_mac_address",
        "bluetooth_mac_address",
        "ethernet_mac_address",
        "eid",
        "response_status",
        "unknown",
    ];
    let times =
        ["profile_assign_time", "profile_push_time", "device_assigned_date", "op_date", "mdm_migration_deadline"];
    let entry = prop_oneof![
        8 => (prop::sample::select(texts.to_vec()), text()),
        4 => (prop::sample::select(times.to_vec()), time()),
        1 => (prop::sample::select(vec!["imei", "meid"]), prop::collection::vec(text(), 0..3).prop_map(Value::from)),
        1 => (prop::sample::select(vec!["is_replacement_device", "released_by_replacement"]), any::<bool>().prop_map(Value::from)),
    ];
    (serial(), prop::collection::vec(entry, 0..12)).prop_map(|(serial, entries)| {
        let mut row = json!({ "serial_number": serial });
        for (key, value) in entries {
            row[key] = value;
        }
        page(json!({ "devices": [row] }).to_string().into_bytes()).remove(0)
    })
}

proptest! {
    #[test]
    fn a_table_is_a_map(steps in prop::collection::vec((device(), 0..4_u8), 1..60)) {
        let (mut table, mut model) = (DeviceTable::new(), BTreeMap::<String, Device>::new());
        for (device, step) in steps {
            let serial = device.serial_number.to_string();
            if step == 0 {
                prop_assert_eq!(table.remove(&serial), model.remove(&serial).is_some());
            } else {
                let new = model.insert(serial.clone(), kept(&device)).is_none();
                prop_assert_eq!(table.insert_device(&device).unwrap(), new);
            }
            prop_assert_eq!(table.get(&serial).map(|device| device.to_owned()), model.get(&serial).cloned());
            prop_assert_eq!(table.len(), model.len());
        }
        prop_assert_eq!(table.iter().map(|device| device.to_owned()).collect::<Vec<_>>(), model.values().cloned().collect::<Vec<_>>());
        prop_assert!(model.keys().all(|serial| table.contains(serial)));
    }

    /// As many as meet again.
    #[test]
    fn many_come_and_go(serials in prop::collection::vec(serial(), 1..300), keep in any::<u8>()) {
        let mut table = DeviceTable::new();
        let mut model = std::collections::BTreeSet::new();
        for (n, serial) in serials.iter().enumerate() {
            let body = json!({ "devices": [{ "serial_number": serial }] }).to_string();
            let page = DevicePageRef::read(body.as_bytes()).unwrap();
            let gone = n * 37 % 256 > usize::from(keep);
            if gone {
                prop_assert_eq!(table.remove(serial), model.remove(serial));
            } else {
                prop_assert_eq!(table.insert(&page.devices[0]).unwrap(), model.insert(serial.clone()));
            }
        }
        prop_assert!(table.iter().map(|device| device.serial_number().to_owned()).eq(model.iter().cloned()));
        prop_assert!(model.iter().all(|serial| table.contains(serial)));
    }
}

#[test]
fn times_are_those_that_came() {
    let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let mut device = Device::new("A".parse().unwrap());
    device.op_date = Some(time("2016-12-31T23:59:60.25Z"));
    device.profile_push_time = Some(DateTime::UNIX_EPOCH);
    let mut table = DeviceTable::new();
    table.insert_device(&device).unwrap();
    assert_eq!(table.get("A").as_ref().map(DeviceRef::op_date), Some(device.op_date));
    assert_eq!(table.get("A").and_then(|device| device.profile_push_time()), Some(DateTime::UNIX_EPOCH));
}
