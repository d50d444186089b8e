//! What is not as documented: unknown keys and words, odd values, rows that are no devices. It is kept, and costs itself alone.

use apple_ade::api::{
    AccountDetail, AssignProfileResponse, Device, DevicePage, DeviceStatus, DeviceStatusResponse, Endpoint,
    FetchDevices, GetAccount, GetDeviceDetails, Limit, Os,
};
use apple_ade::error::Error;
use apple_ade::id::SerialNumber;

use crate::api_calls::{answer, serial, serials};
use crate::api_responses::{page, parse, read};

#[test]
fn unknown_keys_are_kept_to_the_letter() {
    let text = r#"{"serial_number":"A1","colour":"\u0072ed","weight":1.10,"huge":1e999,"long":123456789012345678901234567890,"deep":{ "b":[ 1.0,2 ],"a":-0 }}"#;
    let device: Device = read(text);
    assert!(device.odd.is_empty());
    let kept: Vec<(&str, &str)> = device.extra.iter().map(|(key, value)| (key, value.as_str())).collect();
    let expected = [
        ("colour", "\"\\u0072ed\""),
        ("weight", "1.10"),
        ("huge", "1e999"),
        ("long", "123456789012345678901234567890"),
        ("deep", "{ \"b\":[ 1.0,2 ],\"a\":-0 }"),
    ];
    assert_eq!(kept, expected);
    assert_eq!(serde_json::to_string(&device).unwrap(), text);

    // Also in objects within objects, and around the rows.
    let text = r#"{"urls":[{"uri":"/a","limit":{"maximum":5,"soft":1.10},"huge":1e999}],"cost":2.50}"#;
    assert_eq!(serde_json::to_string(&parse(&GetAccount, text)).unwrap(), text);
    let page = page(r#"{"devices":[],"cost":2.50,"huge":1e999}"#);
    assert_eq!(page.extra.get("cost").unwrap().as_str(), "2.50");
    assert_eq!(page.extra.get("huge").unwrap().as_str(), "1e999");
    let details = parse(&GetDeviceDetails::new(serials()), r#"{"devices":{},"cost":2.50,"huge":1e999}"#);
    assert_eq!(details.extra.get("cost").unwrap().as_str(), "2.50");
    assert_eq!(details.extra.get("huge").unwrap().as_str(), "1e999");
}

#[test]
fn unknown_words_are_kept() {
    let text = r#"{"serial_number":"A1","profile_status":"","os":"homeOS","device_family":"Watch","op_type":"moved","response_status":"LATER"}"#;
    let device: Device = read(text);
    assert!(device.odd.is_empty() && device.extra.is_empty());
    let words = [
        device.profile_status.as_ref().unwrap().as_str(),
        device.os.as_ref().unwrap().as_str(),
        device.device_family.as_ref().unwrap().as_str(),
        device.op_type.as_ref().unwrap().as_str(),
        device.response_status.as_ref().unwrap().as_str(),
    ];
    assert_eq!(words, ["", "homeOS", "Watch", "moved", "LATER"]);
    assert_eq!(serde_json::to_string(&device).unwrap(), text);
    // Apple's spelling counts.
    assert!(matches!(Os::from("ios"), Os::Other(_)));

    for text in [
        r#"{"org_type":"club","org_version":"v3","urls":[{"http_method":["PATCH"]}]}"#,
        r#"{"devices":{"A1":"LATER"}}"#,
    ] {
        assert_eq!(serde_json::to_string(&read::<AccountDetail>(text)).unwrap(), text);
        assert_eq!(serde_json::to_string(&read::<DeviceStatusResponse>(text)).unwrap(), text);
    }
}

/// Values that are not as documented: the field is empty, and the value is kept with what was expected.
#[test]
fn odd_values_are_kept() {
    for (key, value, expected) in [
        ("model", "5", "a string"),
        ("description", "true", "a string"),
        ("color", "[\"red\"]", "a string"),
        ("asset_tag", "{\"a\":1.10}", "a string"),
        ("profile_status", "0", "a profile status"),
        ("profile_uuid", "12", "a profile UUID"),
        ("profile_assign_time", "\"yesterday\"", "a time such as 2026-11-22T08:00:00Z"),
        ("profile_push_time", "1538000000", "a time such as 2026-11-22T08:00:00Z"),
        ("device_assigned_date", "\"2024-10-03\"", "a time such as 2026-11-22T08:00:00Z"),
        ("op_date", "\"2024-13-03T09:35:18Z\"", "a time such as 2026-11-22T08:00:00Z"),
        ("mdm_migration_deadline", "\"9999-12-31T23:59:59-01:00\"", "a time such as 2026-11-22T08:00:00Z"),
        ("os", "{}", "an operating system"),
        ("device_family", "false", "a device family"),
        ("op_type", "[]", "an operation"),
        ("imei", "\"490154203237518\"", "an array whose elements are all of the documented type"),
        ("imei", "490154203237518", "an array whose elements are all of the documented type"),
        ("meid", "[\"A000003D7D2A1B\",null]", "an array whose elements are all of the documented type"),
        ("meid", "[\"A000003D7D2A1B\",{\"a\":[1e999]}]", "an array whose elements are all of the documented type"),
        ("is_replacement_device", "\"true\"", "true or false"),
        ("released_by_replacement", "1", "true or false"),
        // To the letter, also where a float would round: an EID has 32 digits.
        ("eid", "89049032005008882600033489123456", "a string"),
        ("eid", "1.10", "a string"),
        ("eid", "[ 1.10, \"\\u00e4\" ]", "a string"),
        ("is_replacement_device", "\"\\u00e4\"", "true or false"),
        ("response_status", "-1.5", "a device's status"),
    ] {
        let text = format!("{{\"serial_number\":\"A1\",\"{key}\":{value}}}");
        let device: Device = read(&text);
        let mut bare = Device::new("A1".parse().unwrap());
        bare.odd = device.odd.clone();
        assert_eq!(device, bare, "{text}: a field is set");
        let [odd] = &device.odd[..] else { panic!("{text}: {:?}", device.odd) };
        assert_eq!((odd.key, odd.value.as_str(), odd.expected), (key, value, expected));
        assert_eq!(odd.to_string(), format!("`{key}` is {value}, where {expected} is expected"));
        assert_eq!(serde_json::to_string(&device).unwrap(), text);
    }
    let account = parse(&GetAccount, r#"{"server_name":1e999,"urls":5,"org_name":"A"}"#);
    assert_eq!(account.odd.iter().map(|odd| odd.value.as_str()).collect::<Vec<_>>(), ["1e999", "5"]);
    assert_eq!(account.org_name.as_deref(), Some("A"));
    for (text, key) in [
        (r#"{"default":1.5}"#, "default"),
        (r#"{"maximum":-1}"#, "maximum"),
        (r#"{"maximum":4294967296}"#, "maximum"),
        (r#"{"maximum":"1000"}"#, "maximum"),
    ] {
        let limit: Limit = read(text);
        assert_eq!(limit.odd[0].key, key);
        assert_eq!(serde_json::to_string(&limit).unwrap(), text);
    }
    let page = page(r#"{"devices":[],"cursor":5,"fetched_until":"soon","more_to_follow":"no"}"#);
    assert_eq!(page.odd.iter().map(|odd| odd.key).collect::<Vec<_>>(), ["cursor", "fetched_until", "more_to_follow"]);
    assert!(!page.has_more());
    let assigned: AssignProfileResponse = read(r#"{"devices":{"A1":1.10,"":"SUCCESS"},"retry_after_seconds":-5}"#);
    let statuses = assigned.devices.as_ref().unwrap();
    assert!(statuses.by_serial.is_empty());
    assert_eq!(statuses.odd.get("A1").unwrap().as_str(), "1.10");
    assert_eq!(assigned.odd[0].key, "retry_after_seconds");
}

/// `null`, and the empty text where a time or an id belongs, say that there is none; that is not odd.
#[test]
fn values_that_say_there_is_none() {
    let device: Device =
        read(r#"{"serial_number":"A1","model":null,"profile_assign_time":"","profile_uuid":"","imei":null,"os":null}"#);
    assert_eq!(device, Device::new("A1".parse().unwrap()));
    let page = page(r#"{"devices":null,"cursor":"","fetched_until":"","more_to_follow":null}"#);
    assert_eq!(page, DevicePage::default());
}

#[test]
fn of_a_key_that_is_there_twice_the_last_value_counts() {
    let device: Device = read(
        r#"{"serial_number":"A1","model":"a","model":5,"color":5,"color":"red","os":"iOS","os":null,"x":1,"x":2}"#,
    );
    assert_eq!((device.model.as_deref(), device.color.as_deref(), &device.os), (None, Some("red"), &None));
    assert_eq!(device.odd.len(), 1);
    assert_eq!(device.extra.get("x").unwrap().as_str(), "2");
    assert_eq!(
        serde_json::to_string(&device).unwrap(),
        r#"{"serial_number":"A1","color":"red","model":5,"x":1,"x":2}"#
    );

    let mut extra = device.extra;
    assert_eq!(extra.insert("x", "3".parse().unwrap()).unwrap().as_str(), "2");
    assert_eq!(extra.remove("x").unwrap().as_str(), "3");
    assert!(extra.is_empty() && extra.remove("x").is_none());
}

/// Rows that cannot be a device cost themselves alone.
#[test]
fn rejected_rows_leave_the_others_alone() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    for (row, serial, problem) in [
        ("5", None, "a device"),
        ("null", None, "a device"),
        ("\"C02T0HL0GGC0\"", None, "a device"),
        ("[{}]", None, "a device"),
        ("{}", None, "serial_number"),
        ("{\"model\":\"iPad\"}", None, "serial_number"),
        ("{\"serial_number\":null}", None, "serial_number"),
        ("{\"serial_number\":\"\"}", None, "empty serial number"),
        ("{\"serial_number\":12}", None, "string"),
        ("{\"serial_number\":\"S\",\"serial_number\":5}", Some("S"), "string"),
        ("{\"serial_number\":\"S\",\"\\ud83d\":5}", Some("S"), "hex escape"),
    ] {
        let text = format!(
            r#"{{"cursor":"c","devices":[{{"serial_number":"A","model":"iPad"}},{row},{{"serial_number":"B"}}],"more_to_follow":true,"x":1}}"#
        );
        let page = page(text);
        assert_eq!(page.devices.iter().map(|device| device.serial_number.as_str()).collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!(page.devices[0].model.as_deref(), Some("iPad"));
        assert!(page.has_more() && page.cursor.is_some() && page.extra.len() == 1, "{page:?}");
        let [rejected] = &page.rejected[..] else { panic!("{row}: {:?}", page.rejected) };
        assert_eq!((rejected.row, rejected.value.as_str()), (1, row));
        assert_eq!(rejected.serial_number.as_ref().map(SerialNumber::as_str), serial, "{row}");
        assert!(rejected.problem.contains(problem), "{row}: {}", rejected.problem);

        // A record of POST /devices has the serial number of its key, too.
        let details = parse(&GetDeviceDetails::new(serials()), format!(r#"{{"devices":{{"A":{{}},"K":{row}}}}}"#));
        assert!(details.devices.contains_key("A"));
        if let [rejected] = &details.rejected[..] {
            assert_eq!(rejected.serial_number.as_ref().unwrap().as_str(), "K");
            assert_eq!(rejected.value.as_str(), row);
        } else {
            assert!(details.devices.contains_key("K"), "{row} is lost");
        }
    }
    // Depth, numbers that no float can hold, and half characters are no reason: they are kept.
    for (value, key) in [(&*deep, "model"), ("1e999", "color"), ("-1e999", "os"), ("\"\\ud83d\"", "description")] {
        let row = format!("{{\"serial_number\":\"S\",\"asset_tag\":\"a\",\"{key}\":{value}}}");
        let page = page(format!("{{\"devices\":[{{\"serial_number\":\"A\"}},{row}]}}"));
        assert_eq!(page.rejected, []);
        assert_eq!(serde_json::to_string(&page.devices[1]).unwrap(), row);
        assert_eq!((page.devices[1].odd[0].key, page.devices[1].odd[0].value.as_str()), (key, value));
        assert_eq!(page.devices[1].asset_tag.as_deref(), Some("a"));
    }
}

#[test]
fn records_are_found_under_the_serial_number_that_was_asked_for() {
    let details = parse(
        &GetDeviceDetails::new(serials()),
        r#"{"devices":{"C02T0HL0GGC0":{"serial_number":"X","response_status":"SUCCESS"},
        "C02T0HL0GGC1":{"serial_number":"X"},"E":{"serial_number":null,"response_status":"NOT_ACCESSIBLE"},"F":{ }}}"#,
    );
    assert_eq!(details.rejected, []);
    assert_eq!(details.devices.len(), 4);
    assert_eq!(details.devices[&serial()].serial_number.as_str(), "X");
    assert_eq!(details.devices["E"].serial_number.as_str(), "E");
    assert_eq!(details.devices["E"].response_status, Some(DeviceStatus::NotAccessible));
    assert_eq!(details.devices["F"].serial_number.as_str(), "F");
}

#[test]
fn a_page_is_known_by_its_keys() {
    for body in ["{\"devices\":[]}", "{\"cursor\":\"c\"}", "{\"more_to_follow\":false}"] {
        assert!(page(body).is_empty(), "{body}");
    }
    for body in [
        "{}",
        "{\"fetched_until\":\"2018-09-08T17:28:18Z\"}",
        "{\"error\":\"busy\"}",
        "{\"devices\":{}}",
        "{\"devices\":\"\"}",
    ] {
        let error = FetchDevices::from_start().parse_response(&answer(200, body)).unwrap_err();
        assert!(matches!(error, Error::Answer(_)), "{body}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_cost_their_characters() {
    let text = b"{\"devices\":[{\"serial_number\":\"A\",\"description\":\"caf\xE9 \xFF\",\"model\":\"iPad\"},{\"serial_number\":\"B\"}]}";
    let page = page(text.to_vec());
    assert_eq!(page.rejected, []);
    assert_eq!(page.devices[0].description.as_deref(), Some("caf\u{fffd} \u{fffd}"));
    assert_eq!(page.devices[0].model.as_deref(), Some("iPad"));
    assert_eq!(page.devices.len(), 2);
}
