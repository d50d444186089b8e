//! Pages that nobody should send, read in place and as values of their own, and kept in a table.

use apple_ade::api::{Device, DevicePageRef, DeviceTable};
use chrono::DateTime;

use crate::device_ref::agree;

/// A page with what is odd in some way: an escape, a byte order mark's letter, keys twice, times, lists, numbers.
const PAGE: &str = "{\"devices\":[{\"serial_number\":\"A\\u0031\",\"model\":\"\u{feff}é\",\"model\":\"b\",\"op_date\":\"2024-10-03T08:35:23Z\",\
    \"imei\":[\"1\",\"2\"],\"x\":1e400,\"is_replacement_device\":true},{\"serial_number\":\"B\",\"os\":null}],\"cursor\":\"MTow\",\
    \"more_to_follow\":false,\"fetched_until\":\"2024-10-03T08:35:23Z\"}";

#[test]
fn every_byte_may_be_wrong() {
    assert_eq!(agree(PAGE.as_bytes()).unwrap().devices.len(), 2);
    for place in 0..PAGE.len() {
        agree(&PAGE.as_bytes()[..place]);
        for wrong in [&b"\xFF"[..], b"\xC0\x80", b"\xED\xA0\x80", b"\0", b"\"", b"\\", b"}", b"\xF0\x9F", b"7"] {
            let mut body = PAGE.as_bytes().to_vec();
            body.splice(place..=place, wrong.iter().copied());
            agree(&body);
        }
    }
}

#[test]
fn nesting_has_an_end() {
    for depth in [1, 60, 124, 125, 126, 127, 128, 129, 500, 50_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for body in [
                format!(r#"{{"devices":[{{"serial_number":"A","x":{deep}}}],"cursor":"c"}}"#),
                format!(r#"{{"devices":[{{"serial_number":"A","model":{deep}}},{{"serial_number":"B"}}]}}"#),
                format!(r#"{{"devices":[{{"serial_number":{deep}}},{{"serial_number":"B"}}]}}"#),
                format!(r#"{{"devices":[{deep},{{"serial_number":"B","imei":{deep}}}]}}"#),
                format!(r#"{{"devices":{deep}}}"#),
                format!(r#"{{"cursor":{deep},"x":{deep}}}"#),
                deep.clone(),
            ] {
                agree(body.as_bytes());
            }
        }
    }
}

#[test]
fn a_page_has_a_size() {
    let rows = |count: usize| {
        format!(r#"{{"devices":[{}{{"serial_number":"A"}}]}}"#, r#"{"serial_number":"A"},"#.repeat(count - 1))
    };
    assert_eq!(agree(rows(20_000).as_bytes()).unwrap().devices.len(), 20_000);
    assert_eq!(agree(rows(100_001).as_bytes()), None);
    let odd = format!(r#"{{"devices":[{}7]}}"#, "7,".repeat(100_000));
    assert_eq!(agree(odd.as_bytes()), None);
    let long = format!(r#"{{"devices":[{{"serial_number":"A","model":"{}"}}]}}"#, "m".repeat(16 << 20));
    assert_eq!(agree(long.as_bytes()), None);
    let long = format!(r#"{{"devices":[{{"serial_number":"{}"}}]}}"#, "S".repeat(1 << 20));
    assert_eq!(agree(long.as_bytes()).unwrap().devices[0].serial_number.as_str().len(), 1 << 20);
}

#[test]
fn keys_that_are_there_twice_and_numbers_that_are_none() {
    let keys = ["serial_number", "model", "op_date", "profile_uuid", "imei", "is_replacement_device", "os", "x"];
    let values = [
        "1e400",
        "-1e400",
        "1e-400",
        "18446744073709551616",
        "-0",
        "NaN",
        "Infinity",
        "01",
        "1.",
        ".5",
        "+1",
        "0x1",
        "\"\"",
        "\"B\"",
        "null",
        "true",
        "[\"\\u0000\"]",
        "[1e400]",
        "\"\\ud800\"",
        "\"\\ud83c\\udf4e\"",
        "\"\\u0000\"",
        "\"2024-10-03T08:35:23Z\"",
    ];
    for key in keys {
        for one in values {
            for other in values {
                let row = format!(r#"{{"serial_number":"A","{key}":{one},"{key}":{other}}}"#);
                agree(format!(r#"{{"devices":[{row},{{"serial_number":"B"}}]}}"#).as_bytes());
            }
            for page in ["cursor", "devices", "more_to_follow", "fetched_until"] {
                agree(format!(r#"{{"{page}":{one},"{page}":"c","devices":[],"{page}":{one}}}"#).as_bytes());
            }
        }
    }
    let twice = br#"{"devices":[{"serial_number":"A"}],"devices":[{"serial_number":"B"}],"cursor":"a","cursor":"b"}"#;
    let page = agree(twice).unwrap();
    assert_eq!((page.devices[0].serial_number.as_str(), page.cursor.unwrap().as_str()), ("B", "b"));
}

/// Serial numbers that no device has, each by itself in a table.
#[test]
fn serial_numbers_that_no_device_has() {
    let texts = [
        r"\u0000",
        r"A",
        r"A\u0000",
        r"A\u0000B",
        r"\u0041B",
        r"\ud83c\udf4e",
        r"é",
        r"\t\n\r",
        r"\\u0041",
        r"ABCDEFGHIJK\u0000",
        r"ABCDEFGHIJKL",
        r"ABCDEFGHIJKLM",
        r"\u0000\u0001\u0000\u0000\u0000",
        r" A",
        r"a",
        r"''; --",
        r"\u202e",
        r"\/",
    ];
    let rows: Vec<String> =
        texts.iter().map(|text| format!(r#"{{"serial_number":"{text}","asset_tag":"{text}"}}"#)).collect();
    let body = format!(r#"{{"devices":[{}]}}"#, rows.join(","));
    let devices = agree(body.as_bytes()).unwrap().devices;
    let mut table = DeviceTable::new();
    for device in &DevicePageRef::read(body.as_bytes()).unwrap().devices {
        assert!(table.insert(device).unwrap(), "{:?}", device.serial_number());
    }
    assert_eq!((table.len(), devices.len()), (texts.len(), texts.len()));
    for device in &devices {
        assert_eq!(table.get(device.serial_number.as_str()).unwrap().to_owned(), *device);
    }
    let mut sorted: Vec<&str> = devices.iter().map(|device| device.serial_number.as_str()).collect();
    sorted.sort_unstable();
    assert!(
        table.iter().map(|device| device.serial_number().to_owned()).eq(sorted.iter().map(|text| (*text).to_owned()))
    );
    for device in &devices {
        assert!(table.remove(device.serial_number.as_str()));
    }
    assert!(table.is_empty());
}

/// More models, people, times and profiles than 16 bits can number: every device is what it was.
#[test]
fn more_words_than_a_small_number_has() {
    let device = |number: i64| {
        let mut device = Device::new(format!("S{number}").parse().unwrap());
        device.model = Some(format!("Model {number}"));
        device.description = Some(format!("{number}").repeat(3));
        device.device_assigned_by = Some(format!("{number}@example.org"));
        device.profile_uuid = Some(format!("{number:032X}").parse().unwrap());
        // No whole second, and before 1970.
        device.op_date = DateTime::from_timestamp(-number, 5);
        device.eid = (number % 2 == 0).then(|| format!("{number:032}"));
        device
    };
    let count = 70_000;
    let mut table = DeviceTable::new();
    for number in 0..count {
        table.insert_device(&device(number)).unwrap();
    }
    assert_eq!(table.len(), 70_000);
    for number in (0..count).step_by(7).chain(65_000..66_000) {
        assert_eq!(table.get(&format!("S{number}")).unwrap().to_owned(), device(number));
    }
    // The hardware ids are counted apart: without them the rest takes as much.
    let (with, hardware) = (table.memory_bytes(), table.hardware_bytes());
    for number in 0..count {
        let mut device = device(number);
        device.eid = None;
        table.insert_device(&device).unwrap();
    }
    assert!(hardware > 35_000 * 16, "{hardware}");
    assert!(table.memory_bytes() <= with, "{} and {with}", table.memory_bytes());
}
