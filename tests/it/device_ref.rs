//! The borrowed page says what the owned one says.

use std::fmt::Write as _;

use apple_ade::api::{DevicePage, DevicePageRef, DeviceRef, Endpoint, FetchDevices, Service, SyncDevices, Unread};
use apple_ade::simulator::fixtures;
use proptest::prelude::*;

use crate::api_calls::answer;
use crate::fixture;

/// Both readings of a body; the borrowed one if it is a page.
#[track_caller]
pub(crate) fn agree(body: &[u8]) -> Option<DevicePage> {
    let response = http::Response::new(body.to_vec());
    let owned = FetchDevices::from_start().parse_response(&response);
    let borrowed = DevicePageRef::read_response(FetchDevices::CALL, &response);
    let shown = String::from_utf8_lossy(body);
    match (owned, borrowed) {
        (Ok(owned), Ok(borrowed)) => {
            assert_eq!(borrowed.to_owned(), owned, "{shown}");
            assert_eq!((borrowed.has_more(), borrowed.is_empty()), (owned.has_more(), owned.is_empty()));
            for (device, owned) in borrowed.devices.iter().zip(&owned.devices) {
                assert_eq!(device.serial_number(), owned.serial_number.as_str());
                assert_eq!(device.op_date(), owned.op_date);
                assert_eq!(DeviceRef::from(owned).to_owned(), *owned, "{shown}");
            }
            let unread = Unread(FetchDevices::from_start()).parse_response(&response).unwrap();
            assert_eq!(unread.read().unwrap().to_owned(), owned, "{shown}");
            Some(owned)
        }
        (Err(owned), Err(borrowed)) => {
            assert_eq!(borrowed.to_string(), owned.to_string());
            assert!(DevicePageRef::read(body).is_err());
            None
        }
        (owned, borrowed) => panic!("{shown}: {owned:?}, but {borrowed:?}"),
    }
}

#[test]
fn fixtures_read_alike() {
    let page = agree(&fixture::bytes("api/fetch_page_1000.json")).unwrap();
    assert_eq!((page.devices.len(), page.rejected.len()), (1000, 0));
    assert_eq!(agree(&fixtures::page(7, 300)).unwrap().devices.len(), 300);
    assert_eq!(agree(&fixture::bytes("micromdm/device_2018.json")).unwrap().devices.len(), 1);
    for word in ["\u{feff}{\"devices\":[]}", "", "<html>", "{}", "{\"devices\":5}", "{\"devices\":[]} x"] {
        agree(word.as_bytes());
    }
}

/// A text without escapes is not copied.
#[test]
fn texts_are_borrowed() {
    let body = fixture::bytes("api/fetch_page_1000.json");
    let page = DevicePageRef::read(&body).unwrap();
    let within = |text: &str| body.as_ptr_range().contains(&text.as_ptr());
    for device in &page.devices {
        let texts =
            [device.model(), device.description(), device.os(), device.profile_uuid(), device.device_assigned_by()];
        assert!(within(device.serial_number()) && texts.into_iter().flatten().all(within));
    }
    let unescaped = DevicePageRef::read(br#"{"devices":[{"serial_number":"A","model":"i\u0050ad"}]}"#).unwrap();
    assert_eq!(unescaped.devices[0].model(), Some("iPad"));
}

/// Odd times cost neither the row nor its quick reading, and are told in the order in which they came.
#[test]
fn odd_times_are_told_in_order() {
    let row = r#"{"op_date":"soon","serial_number":"A","device_assigned_date":"then","profile_assign_time":"","profile_push_time":"2024-10-03T08:35:23Z","x":1.10}"#;
    for other in ["", r#",{"serial_number":"B","op_date":"\u0079"}"#, ",5"] {
        let body = format!("{{\"devices\":[{row}{other}]}}");
        agree(body.as_bytes()).unwrap();
        let page = DevicePageRef::read(body.as_bytes()).unwrap();
        let odd: Vec<String> = page.devices[0].odd().iter().map(|odd| format!("{} {}", odd.key, odd.value)).collect();
        assert_eq!(odd, ["op_date \"soon\"", "device_assigned_date \"then\""]);
        assert_eq!(page.devices[0].extra().collect::<Vec<_>>(), [("x", "1.10")]);
        assert_eq!((page.devices[0].op_date(), page.devices[0].profile_assign_time()), (None, None));
        assert_eq!(page.devices[0].profile_push_time().unwrap().timestamp(), 1_727_944_523);
    }
}

#[test]
fn rows_that_are_no_devices_keep_their_serial_number() {
    let body = br#"{"devices":[{"serial_number":"A","serial_number":5},{"serial_number":"B"},{"serial_number":"C","\ud83d":5}],"cursor":"c"}"#;
    agree(body).unwrap();
    let page = DevicePageRef::read(body).unwrap();
    assert_eq!(page.devices.iter().map(DeviceRef::serial_number).collect::<Vec<_>>(), ["B"]);
    let rejected: Vec<_> =
        page.rejected.iter().map(|row| (row.row, row.serial_number.as_ref().unwrap().as_str())).collect();
    assert_eq!(rejected, [(0, "A"), (2, "C")]);
}

#[test]
fn bytes_that_are_not_utf_8_are_read_alike() {
    let body = b"{\"devices\":[{\"serial_number\":\"A\",\"device_assigned_date\":\"\xE9\",\"op_date\":\"x\",\"model\":\"caf\xE9\",\"y\":\"\xFF\",\"imei\":[\"\xE9\"]}]}";
    let page = agree(body).unwrap();
    assert_eq!((page.devices[0].odd.len(), page.devices[0].extra.len()), (2, 1));
}

#[test]
fn a_page_may_be_left_unread() {
    let call = Unread(SyncDevices::since("c".parse().unwrap()).with_limit(5));
    assert_eq!(Unread::<SyncDevices>::CALL, SyncDevices::CALL);
    let (request, plain) =
        (call.to_request(&Service::default()).unwrap(), call.0.to_request(&Service::default()).unwrap());
    assert_eq!((request.uri(), request.body()), (plain.uri(), plain.body()));
    assert!(call.parse_response(&answer(403, "EXPIRED_CURSOR")).is_err());
    let unread = call.parse_response(&answer(200, r#"{"more_to_follow":true}"#)).unwrap();
    assert!(unread.read().unwrap().has_more() && unread.as_str().starts_with('{'));
    assert!(format!("{unread:?}").contains("more_to_follow"));
    assert!(call.parse_response(&answer(200, "[]")).unwrap().read().is_err());
}

/// Keys that mean something to a device or a page, and others.
const KEYS: &[&str] = &[
    "serial_number",
    "serial_number",
    "serial_number",
    "model",
    "asset_tag",
    "profile_status",
    "profile_uuid",
    "profile_assign_time",
    "profile_push_time",
    "device_assigned_date",
    "op_date",
    "mdm_migration_deadline",
    "os",
    "imei",
    "meid",
    "eid",
    "is_replacement_device",
    "response_status",
    "colour",
    "\\u006fs",
    "\\ud83d",
    "",
];

const VALUES: &[&str] = &[
    "\"A1\"",
    "\"B2\"",
    "\"C3\"",
    "\"\"",
    "null",
    "5",
    "-0",
    "1.10",
    "1e999",
    "true",
    "false",
    "[]",
    "{}",
    "[null]",
    "[\"1\",\"\\u0032\"]",
    "[\"1\",[2]]",
    "{ \"a\" : [1e999] }",
    "\"2024-10-03T08:35:23Z\"",
    "\"2024-10-03T08:35:23+0200\"",
    "\"2024-10-03T08:35:23.5Z\"",
    "\"2024-10-0\\u0033T08:35:23Z\"",
    "\"soon\"",
    "\"so\\u006fn\"",
    "\"\\ud83d\"",
    "\"\u{e9}\"",
];

fn row() -> impl Strategy<Value = String> {
    let entry = (prop::sample::select(KEYS), prop::sample::select(VALUES), prop::sample::select(&["", " ", "\n"][..]));
    let entries = prop::collection::vec(entry, 0..8).prop_map(|entries| {
        let mut text = String::from("{");
        for (key, value, space) in entries {
            let comma = if text.len() > 1 { "," } else { "" };
            write!(text, "{comma}{space}\"{key}\"{space}:{value}{space}").unwrap();
        }
        text + "}"
    });
    let named = entries.clone().prop_map(|text| text.replacen('{', "{\"serial_number\":\"S\",", 1).replace(",}", "}"));
    prop_oneof![6 => named, 2 => entries, 1 => prop::sample::select(VALUES).prop_map(String::from)]
}

proptest! {
    #[test]
    fn random_pages_read_alike(
        rows in prop::collection::vec(row(), 0..6),
        rest in prop::sample::select(&["", ",\"cursor\":\"c\"", ",\"cursor\":5,\"more_to_follow\":true", ",\"devices\":null", ",\"x\":1e9"][..]),
        broken in prop::option::weighted(0.1, (any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let mut body = format!("{{\"devices\":[{}]{rest}}}", rows.join(",")).into_bytes();
        if let Some((at, byte)) = broken {
            let at = at.index(body.len());
            body[at] = byte;
        }
        agree(&body);
    }
}
