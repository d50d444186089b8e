//! Choosing and sorting devices.

use apple_ade::api::Device;
use apple_ade::json::RawJson;
use apple_ade::program::lifecycle::{DeviceSelector, SelectorError, SortKey, sort};

/// DEV-2, X-20.
#[test]
fn devices_are_chosen_in_three_ways() {
    let csv = DeviceSelector::csv("\u{feff}Serial Number;Model\r\nC1;iPad\r\n\r\n\"c2\",x\nC1\n").unwrap();
    let serials = csv.serials().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(serials, ["C1", "C2"]);
    assert!(matches!(DeviceSelector::csv("C1\nno serial!\n"), Err(SelectorError::Line { line: 2, .. })));
    assert_eq!(DeviceSelector::csv("Serial\n"), Err(SelectorError::Nothing));
    for (file, expected) in [
        ("Model,Serial Number\niPad,C02T0HL0GGC0", Ok("C02T0HL0GGC0")),
        ("Asset,Serial\nA1,C02T0HL0GGC0\n,\n", Ok("C02T0HL0GGC0")),
        ("Seriennummer\nC02T0HL0GGC0", Ok("C02T0HL0GGC0")),
        ("sep=;\n\nSN;Ort\nC02T0HL0GGC0;\"Raum 1; links\"", Ok("C02T0HL0GGC0")),
        ("C02T0HL0GGC0,the head's iPad", Ok("C02T0HL0GGC0")),
        ("Gerät\nC02T0HL0GGC0", Err("Gerät")),
        ("MODEL,ID\niPad,C02T0HL0GGC0", Err("MODEL, ID")),
    ] {
        let serials = DeviceSelector::csv(file);
        match expected {
            Ok(serial) => assert_eq!(serials, Ok(DeviceSelector::Csv([serial.parse().unwrap()].into())), "{file}"),
            Err(found) => assert_eq!(serials, Err(SelectorError::Heading { found: found.into() }), "{file}"),
        }
    }
    assert_eq!(DeviceSelector::order_number("  "), Err(SelectorError::NoOrder));
    assert_eq!(DeviceSelector::order_number(" 4711 "), Ok(DeviceSelector::OrderNumber("4711".into())));
    assert!(DeviceSelector::serials_of(["C1".parse().unwrap()]).is_ok());
}

/// DEV-3: by each key, what is not said last, and equal ones by serial number.
#[test]
fn lists_are_sorted_by_properties() {
    let device = |serial: &str, json: &str| {
        let json: RawJson = format!(r#"{{"serial_number":"{serial}"{json}}}"#).parse().unwrap();
        json.read::<Device>().unwrap()
    };
    let devices = [
        device("C4", ""),
        device(
            "C3",
            r#","model":"iPad","asset_tag":"7","device_family":"iPad","profile_status":"pushed","device_assigned_date":"2026-01-03T00:00:00Z""#,
        ),
        device(
            "C2",
            r#","model":"iPad","asset_tag":"8","device_family":"iPad","profile_status":"assigned","device_assigned_date":"2026-01-01T00:00:00Z""#,
        ),
        device(
            "C1",
            r#","model":"iPhone","asset_tag":"6","device_family":"iPhone","profile_status":"empty","device_assigned_date":"2026-01-02T00:00:00Z""#,
        ),
    ];
    for (key, expected) in [
        (SortKey::SerialNumber, "C1 C2 C3 C4"),
        (SortKey::Model, "C2 C3 C1 C4"),
        (SortKey::AssetTag, "C1 C3 C2 C4"),
        (SortKey::Family, "C2 C3 C1 C4"),
        (SortKey::ProfileStatus, "C1 C2 C3 C4"),
        (SortKey::AssignedDate, "C2 C1 C3 C4"),
    ] {
        let mut sorted = devices.clone();
        sort(&mut sorted, key);
        let serials: Vec<&str> = sorted.iter().map(|device| device.serial_number.as_str()).collect();
        assert_eq!(serials.join(" "), expected, "{key:?}");
    }
}
