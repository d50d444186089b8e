//! What the answers of the calls are read as: documented keys typed, everything else kept, and nothing lost.

use std::fmt::Debug;

use apple_ade::api::profile::Profile;
use apple_ade::api::{
    AccountDetail, AccountDrivenProfile, ActivationLockResponse, ActivationLockStatus, AssignProfile,
    AssignProfileResponse, BetaEnrollmentTokens, BetaOs, BetaToken, DefineProfileResponse, Device, DeviceFamily,
    DevicePage, DeviceStatus, DeviceStatusResponse, DisownDevices, EnableActivationLock, Endpoint, FetchDevices,
    GetAccount, GetAccountDrivenProfile, GetBetaEnrollmentTokens, GetDeviceDetails, GetProfile, GetReplacementDetails,
    HttpMethod, Limit, OpType, OrgType, OrgVersion, Os, ProfileStatus, RemoveAccountDrivenProfile, ReplacementDetails,
    SyncDevices, Url,
};
use apple_ade::error::Error;
use apple_ade::json::{Extra, OddField, RawJson};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api_calls::{all, answer, cursor, serial, serials, sign_in, uuid};
use crate::api_schema::{properties, sample, words};
use crate::fixture;

fn parse<E: Endpoint>(endpoint: &E, body: impl Into<Vec<u8>>) -> E::Response {
    endpoint.parse_response(&answer(200, body)).unwrap()
}

fn page(body: impl Into<Vec<u8>>) -> DevicePage {
    parse(&FetchDevices::from_start(), body)
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    text.parse::<RawJson>().unwrap().read().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with optional fields")]
fn time(text: &str) -> Option<DateTime<Utc>> {
    Some(text.parse().unwrap())
}

/// An object of Apple's, with what the tests want to see of it.
trait Object: DeserializeOwned + Serialize + Debug + PartialEq + Clone {
    fn extra(&self) -> &Extra;
    fn odd(&self) -> &[OddField];

    fn json(&self) -> Value {
        serde_json::to_value(self).unwrap()
    }

    /// How many fields there are, as `Debug` lists them; `extra` and `odd` not counted.
    fn fields(&self) -> usize {
        let debug = format!("{self:#?}");
        let fields =
            debug.lines().filter(|line| line.starts_with("    ") && line[4..].starts_with(char::is_alphabetic));
        fields.count() - 2
    }
}

macro_rules! objects {
    ($($type:ty),*) => {$(
        impl Object for $type {
            fn extra(&self) -> &Extra {
                &self.extra
            }

            fn odd(&self) -> &[OddField] {
                &self.odd
            }
        }
    )*};
}

objects! {
    Device, Profile, AccountDetail, Url, Limit, DefineProfileResponse, AssignProfileResponse, DeviceStatusResponse,
    ActivationLockResponse, ReplacementDetails, BetaEnrollmentTokens, BetaToken, AccountDrivenProfile
}

/// Compares a type with the schema, both ways: every property is known and typed, and what we have beyond is listed here.
fn matches_schema<T: Object>(schema: &str, beyond: &Value) {
    let beyond = beyond.as_object().unwrap();
    for word in 0..words(schema) {
        let mut json = sample(schema, word);
        json.as_object_mut().unwrap().extend(beyond.clone());
        let object: T = read(&json.to_string());
        assert!(object.extra().is_empty(), "{schema}: unknown to us: {:?}", object.extra());
        assert!(object.odd().is_empty(), "{schema}: {:?}", object.odd());
        assert_eq!(object.json(), json, "{schema}");
        assert_eq!(object.fields(), properties(schema).len() + beyond.len(), "{schema}: a key is not listed here");
        // No word that the schema lists is unknown to us.
        let debug = format!("{object:?}").replace("response_status: Some(Other(Unknown(\"C02T0HL0GGC0\")))", "");
        assert!(!debug.contains("Other("), "{schema}: {debug}");
    }
}

#[test]
fn types_have_the_keys_of_the_schemas() {
    let none = json!({});
    // Apple's page of the device, protocol version 10.
    let version_10 = json!({
        "wifi_mac_address": "a8:4a:28:00:00:01", "bluetooth_mac_address": "a8:4a:28:00:00:02",
        "ethernet_mac_address": "a8:4a:28:00:00:03", "imei": ["490154203237518"], "meid": ["A000003D7D2A1B"],
        "eid": "89049032005008882600033489123456", "is_replacement_device": true, "released_by_replacement": false,
    });
    matches_schema::<Device>("Device", &version_10);
    matches_schema::<Profile>("Profile", &none);
    matches_schema::<AccountDetail>("AccountDetail", &none);
    matches_schema::<Url>("Url", &none);
    matches_schema::<Limit>("Limit", &none);
    matches_schema::<DefineProfileResponse>("DefineProfileResponse", &none);
    matches_schema::<AssignProfileResponse>("AssignProfileResponse", &none);
    matches_schema::<DeviceStatusResponse>("DeviceStatusResponse", &none);
    matches_schema::<DeviceStatusResponse>("ClearProfileResponse", &none);
    matches_schema::<ActivationLockResponse>("ActivationLockStatusResponse", &none);
    matches_schema::<BetaEnrollmentTokens>("GetSeedBuildTokenResponse", &none);
    matches_schema::<BetaToken>("SeedBuildToken", &none);
    matches_schema::<AccountDrivenProfile>("GetAccountDrivenEnrollmentProfileResponse", &none);
}

#[test]
fn pages_and_details_have_the_keys_of_the_schemas() {
    let json = sample("FetchDeviceResponse", 0);
    let page = page(json.to_string());
    assert!(page.extra.is_empty() && page.odd.is_empty() && page.rejected.is_empty(), "{page:?}");
    assert_eq!(page.cursor.unwrap().as_str(), json["cursor"]);
    assert_eq!(page.fetched_until, time(json["fetched_until"].as_str().unwrap()));
    assert_eq!(page.more_to_follow, json["more_to_follow"].as_bool());
    let devices: Vec<Value> = page.devices.iter().map(Object::json).collect();
    assert_eq!(Value::Array(devices), json["devices"]);
    assert_eq!(properties("FetchDeviceResponse"), ["cursor", "devices", "fetched_until", "more_to_follow"]);

    let json = sample("DeviceListResponse", 0);
    let details = parse(&GetDeviceDetails::new(serials()), json.to_string());
    assert!(details.extra.is_empty() && details.rejected.is_empty(), "{details:?}");
    assert_eq!(details.devices[&serial()].json(), json["devices"]["C02T0HL0GGC0"]);
}

/// Apple's page of the device, every line of it.
#[test]
fn a_device_is_typed() {
    let device: Device = read(
        r#"{"serial_number":"C02T0HL0GGC0","model":"iPad Air","description":"IPAD AIR","color":"SPACE GRAY",
        "asset_tag":"A-1","profile_status":"pushed","profile_uuid":"C1F123098EB5074580041E69883004C3",
        "profile_assign_time":"2024-10-03T09:35:18Z","profile_push_time":"2024-10-03T11:35:19.5+02:00",
        "device_assigned_date":"2024-10-03T08:35:18+0000","device_assigned_by":"it@school.example.org","os":"iPadOS",
        "device_family":"iPad","op_type":"modified","op_date":"2024-10-03T08:35:23Z",
        "mdm_migration_deadline":"2026-12-01T00:00:00Z","wifi_mac_address":"a8:4a:28:00:00:01",
        "bluetooth_mac_address":"a8:4a:28:00:00:02","ethernet_mac_address":"a8:4a:28:00:00:03",
        "imei":["490154203237518","490154203237526"],"meid":["A000003D7D2A1B"],"eid":"89049032005008882600033489123456",
        "is_replacement_device":true,"released_by_replacement":false,"response_status":"SUCCESS"}"#,
    );
    let mut expected = Device::new(serial());
    let text = |text: &str| Some(text.to_owned());
    expected.model = text("iPad Air");
    expected.description = text("IPAD AIR");
    expected.color = text("SPACE GRAY");
    expected.asset_tag = text("A-1");
    expected.profile_status = Some(ProfileStatus::Pushed);
    expected.profile_uuid = Some(uuid());
    expected.profile_assign_time = time("2024-10-03T09:35:18Z");
    expected.profile_push_time = time("2024-10-03T09:35:19.5Z");
    expected.device_assigned_date = time("2024-10-03T08:35:18Z");
    expected.device_assigned_by = text("it@school.example.org");
    expected.os = Some(Os::IpadOs);
    expected.device_family = Some(DeviceFamily::Ipad);
    expected.op_type = Some(OpType::Modified);
    expected.op_date = time("2024-10-03T08:35:23Z");
    expected.mdm_migration_deadline = time("2026-12-01T00:00:00Z");
    expected.wifi_mac_address = text("a8:4a:28:00:00:01");
    expected.bluetooth_mac_address = text("a8:4a:28:00:00:02");
    expected.ethernet_mac_address = text("a8:4a:28:00:00:03");
    expected.imei = Some(vec!["490154203237518".into(), "490154203237526".into()]);
    expected.meid = Some(vec!["A000003D7D2A1B".into()]);
    expected.eid = text("89049032005008882600033489123456");
    expected.is_replacement_device = Some(true);
    expected.released_by_replacement = Some(false);
    expected.response_status = Some(DeviceStatus::Success);
    assert_eq!(device, expected);
}

/// A documented answer of each call that is small.
#[test]
fn answers_are_typed() {
    use DeviceStatus::{Failed, NotAccessible, NotFound, Success};

    let session = parse(&sign_in(), r#"{"auth_session_token":"1526-1-a","more":1}"#);
    assert_eq!(session.expose_secret(), "1526-1-a");

    let statuses =
        r#"{"devices":{"C02T0HL0GGC0":"SUCCESS","C02T0HL0GGC1":"NOT_ACCESSIBLE","A":"FAILED","B":"NOT_FOUND"}}"#;
    let disowned = parse(&DisownDevices::permanently_release(serials()), statuses).devices.unwrap();
    let found: Vec<_> = disowned.by_serial.iter().map(|(serial, status)| (serial.as_str(), status)).collect();
    let expected = [("A", &Failed), ("B", &NotFound), ("C02T0HL0GGC0", &Success), ("C02T0HL0GGC1", &NotAccessible)];
    assert_eq!(found, expected);

    let assigned = parse(
        &AssignProfile::new(uuid(), serials()),
        r#"{"profile_uuid":"C1F123098EB5074580041E69883004C3","devices":{"C02T0HL0GGC0":"THROTTLED"},"retry_after_seconds":86400}"#,
    );
    assert_eq!(assigned.profile_uuid, Some(uuid()));
    assert_eq!(assigned.retry_after_seconds, Some(86400));
    assert_eq!(assigned.devices.unwrap().get(&serial()), Some(&DeviceStatus::Throttled));

    let locked = parse(
        &EnableActivationLock::new(serial()),
        r#"{"serial_number":"C02T0HL0GGC0","response_status":"DEVICE_ALREADY_LOCKED"}"#,
    );
    assert_eq!(locked.serial_number, Some(serial()));
    assert_eq!(locked.response_status, Some(ActivationLockStatus::DeviceAlreadyLocked));

    let replaced: ReplacementDetails = parse(
        &GetReplacementDetails::new(serial()),
        r#"{"serial_number":"C02T0HL0GGC0","original_device_serial_number":"C02T0HL0GGC1","replacement_date":"2026-06-23"}"#,
    );
    // There is no schema of this answer; Apple's page has these three keys.
    assert_eq!(replaced.fields(), 3);
    assert_eq!(replaced.serial_number, Some(serial()));
    assert_eq!(replaced.original_device_serial_number, Some(serials()[1].clone()));
    assert_eq!(replaced.replacement_date.unwrap().to_string(), "2026-06-23");

    let beta = parse(
        &GetBetaEnrollmentTokens,
        r#"{"betaEnrollmentTokens":[{"token":"a1","title":"iOS 27","os":"iOS"},{"os":"macOS"}]}"#,
    );
    let tokens = beta.beta_enrollment_tokens.unwrap();
    assert_eq!((tokens[0].token.as_deref(), tokens[0].title.as_deref()), (Some("a1"), Some("iOS 27")));
    assert_eq!((&tokens[0].os, &tokens[1].os), (&Some(BetaOs::Ios), &Some(BetaOs::MacOsNew)));

    let discovery = parse(
        &GetAccountDrivenProfile,
        r#"{"mdm_service_discovery_url":"https://mdm.example.com/d","last_updated_timestamp":"2026-06-23T08:00:00Z"}"#,
    );
    assert_eq!(discovery.mdm_service_discovery_url.as_deref(), Some("https://mdm.example.com/d"));
    assert_eq!(discovery.last_updated_timestamp, time("2026-06-23T08:00:00Z"));

    let profile =
        parse(&GetProfile::new(uuid()), r#"{"profile_uuid":"C1F1","devices":["C02T0HL0GGC0"],"is_mandatory":false}"#);
    assert_eq!(profile.profile_uuid.unwrap().as_str(), "C1F1");
    assert_eq!(profile.devices.unwrap(), [serial()]);
    assert_eq!((profile.is_mandatory, profile.is_supervised), (Some(false), None));
}

/// Any status of success will do, and an answer of no interest may be anything but a web page.
#[test]
fn answers_without_content() {
    for body in ["", "{}", "\"OK\"", "null", "OK"] {
        RemoveAccountDrivenProfile.parse_response(&answer(200, body)).unwrap();
    }
    RemoveAccountDrivenProfile.parse_response(&answer(204, "")).unwrap();
    assert!(RemoveAccountDrivenProfile.parse_response(&answer(200, " <html>Welcome to the hotel</html>")).is_err());
    assert!(RemoveAccountDrivenProfile.parse_response(&answer(302, "")).is_err());
    assert_eq!(parse(&GetAccount, "\u{feff} {\"server_name\":\"School\"}\n").server_name.as_deref(), Some("School"));
}

#[test]
fn a_real_account_of_2018() {
    let text = fixture::text("api/account_2018.json");
    let account = parse(&GetAccount, text.as_str());
    assert!(account.extra.is_empty() && account.odd.is_empty(), "{account:?}");
    assert_eq!(account.json(), serde_json::from_str::<Value>(&text).unwrap());
    assert_eq!(
        (account.org_type.as_ref(), account.org_version.as_ref()),
        (Some(&OrgType::Organization), Some(&OrgVersion::V2))
    );
    assert_eq!(account.page_size(), 5000);
    assert_eq!(account.batch_size(), 1000);
    let urls = account.urls.unwrap();
    assert_eq!(urls.len(), 18);
    for url in &urls {
        assert!(url.extra.is_empty() && url.odd.is_empty(), "{url:?}");
        assert!(!url.http_method.as_ref().unwrap().iter().any(|method| matches!(method, HttpMethod::Other(_))));
    }
}

#[test]
fn pages_in_the_form_of_real_ones() {
    for (name, rows) in [("device_2018.json", 1), ("fetch_page_1000.json", 1000)] {
        let text = fixture::text(&format!("api/{name}"));
        let json: Value = serde_json::from_str(&text).unwrap();
        for page in [page(text.as_str()), parse(&SyncDevices::since(cursor()), text.as_str())] {
            assert!(page.extra.is_empty() && page.odd.is_empty() && page.rejected.is_empty(), "{name}");
            assert_eq!(page.devices.len(), rows);
            assert_eq!(page.cursor.as_ref().unwrap().as_str(), json["cursor"]);
            assert_eq!(page.has_more(), json["more_to_follow"]);
            assert_eq!(page.fetched_until, time(json["fetched_until"].as_str().unwrap()));
            for (device, row) in page.devices.iter().zip(json["devices"].as_array().unwrap()) {
                assert!(device.extra.is_empty() && device.odd.is_empty(), "{device:?}");
                assert_eq!(device.json(), *row);
            }
        }
    }
}

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
    let deep = format!("{{\"serial_number\":\"D\",\"model\":{}1{}}}", "[".repeat(200), "]".repeat(200));
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
        ("{\"serial_number\":\"S\",\"model\":1e999}", Some("S"), "number out of range"),
        ("{\"model\":-1e999,\"serial_number\":\"S\"}", Some("S"), "number out of range"),
        ("{\"serial_number\":\"S\",\"description\":\"\\ud83d\"}", Some("S"), "hex escape"),
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
        assert_eq!(rejected.serial_number.as_ref().map(apple_ade::id::SerialNumber::as_str), serial, "{row}");
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
    // Depth is no reason: what is odd is kept.
    let page = page(format!("{{\"devices\":[{deep}]}}"));
    assert_eq!(page.rejected, []);
    assert_eq!(serde_json::to_string(&page.devices[0]).unwrap(), deep);
    assert_eq!(page.devices[0].odd[0].key, "model");
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

#[test]
fn sizes_are_as_advertised_or_a_thousand() {
    let account = |limit: &str, path: &str| {
        parse(&GetAccount, format!(r#"{{"urls":[{{"uri":"/account"}},{{"uri":"{path}","limit":{limit}}}]}}"#))
    };
    for (limit, most) in [
        (r#"{"default":100,"maximum":5000}"#, 5000),
        (r#"{"default":100}"#, 100),
        (r#"{"maximum":7}"#, 7),
        (r#"{"maximum":0}"#, 1000),
        (r#"{"maximum":"7"}"#, 1000),
        ("{}", 1000),
        ("null", 1000),
        ("5", 1000),
    ] {
        let devices = account(limit, "/server/devices");
        assert_eq!((devices.page_size(), devices.batch_size()), (most, 1000), "{limit}");
        let assignment = account(limit, "/profile/devices");
        assert_eq!((assignment.page_size(), assignment.batch_size()), (1000, most), "{limit}");
    }
    assert_eq!(AccountDetail::default().page_size(), 1000);
    assert_eq!(AccountDetail::default().batch_size(), 1000);
}

/// The word for each variant is Apple's, and is read as that variant.
#[test]
fn words_are_apples() {
    fn check<T: for<'a> From<&'a str> + PartialEq + Debug>(all: &[T], words: &[&str], as_str: impl Fn(&T) -> &str) {
        assert_eq!(all.iter().map(as_str).collect::<Vec<_>>(), words);
        for (variant, word) in all.iter().zip(words) {
            assert_eq!(*variant, T::from(word));
        }
    }
    check(Os::ALL, &["iOS", "iPadOS", "OSX", "tvOS", "visionOS"], Os::as_str);
    check(DeviceFamily::ALL, &["iPad", "iPhone", "iPod", "Mac", "AppleTV", "Vision"], DeviceFamily::as_str);
    check(ProfileStatus::ALL, &["empty", "assigned", "pushed", "removed"], ProfileStatus::as_str);
    check(OpType::ALL, &["added", "modified", "deleted"], OpType::as_str);
    check(OrgType::ALL, &["edu", "org", "tvprovider"], OrgType::as_str);
    check(OrgVersion::ALL, &["v1", "v2"], OrgVersion::as_str);
    check(HttpMethod::ALL, &["DELETE", "GET", "POST", "PUT"], HttpMethod::as_str);
    let catalogue: Value = serde_json::from_slice(&fixture::bytes("api/error_catalogue.json")).unwrap();
    let mut statuses: Vec<&str> = DeviceStatus::ALL.iter().map(DeviceStatus::as_str).collect();
    statuses.sort_unstable();
    let per_device: Vec<&String> = catalogue["per_device_statuses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, per_device);
    let locks: Vec<&str> = ActivationLockStatus::ALL.iter().map(ActivationLockStatus::as_str).collect();
    assert_eq!(json!(locks), catalogue["activation_lock_statuses"]);
}

#[test]
fn each_call_reads_the_answer_that_it_is_tested_with() {
    for call in all() {
        let given = format!("{:?}", call.parse(&answer(200, call.good())).unwrap());
        assert!(!given.contains("OddField") && !given.contains("Other("), "{}: {given}", call.name());
    }
}

mod round_trip {
    //! Random objects: what is read, written and read again is the same, and equal to what was there.

    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// A JSON number or other scalar, as text.
    fn scalar() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            any::<i64>().prop_map(|value| value.to_string()),
            prop::sample::select(vec![
                "0",
                "-0",
                "1.10",
                "1e5",
                "2E-3",
                "12345678901234567890",
                "0.1000",
                "1538000000"
            ])
            .prop_map(Into::into),
            ".{0,8}".prop_map(|text| Value::String(text).to_string()),
            prop::sample::select(vec![
                "\"\"",
                "\"2024-10-03T09:35:18Z\"",
                "\"2024-10-03T09:35:18+02:00\"",
                "\"iPadOS\"",
                "\"\\u00e4\\n\""
            ])
            .prop_map(Into::into),
        ]
    }

    /// Any JSON of at most three levels, as text.
    fn value() -> impl Strategy<Value = String> {
        scalar().prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
                prop::collection::btree_map("[a-c]{1,2}", inner, 0..4).prop_map(|entries| object(entries.iter())),
            ]
        })
    }

    fn object<'e>(entries: impl Iterator<Item = (&'e String, &'e String)>) -> String {
        let mut text = String::from("{");
        for (key, value) in entries {
            let comma = if text.len() > 1 { "," } else { "" };
            write!(text, "{comma}{}:{value}", Value::from(key.as_str())).unwrap();
        }
        text + "}"
    }

    /// Entries of an object: known keys, with fitting values and with any, and unknown ones.
    fn entries(schema: &'static str, required: &'static str) -> impl Strategy<Value = Vec<(String, String)>> {
        let known = properties(schema);
        let fitting = prop::sample::subsequence(known.clone(), 0..=known.len()).prop_map(move |keys| {
            let sample = sample(schema, 1);
            keys.into_iter().map(|key| (key.clone(), sample[&key].to_string())).collect::<Vec<_>>()
        });
        let any_value = prop::collection::vec((prop::sample::select(known), value()), 0..4);
        let unknown = prop::collection::vec(("[x-z]{1,3}|.{0,3}", value()), 0..5);
        (fitting, any_value, unknown).prop_map(move |(mut entries, odd, unknown)| {
            for (key, value) in odd.into_iter().chain(unknown) {
                entries.retain(|(other, _)| *other != key);
                if key != required {
                    entries.push((key, value));
                }
            }
            if !required.is_empty() {
                entries.retain(|(key, _)| key != required);
                entries.insert(0, (required.into(), "\"A1\"".into()));
            }
            entries
        })
    }

    /// A known key may change in one way only: a value that says there is none is gone, a time is in UTC.
    fn same(before: &Value, after: Option<&Value>) -> bool {
        match (before, after) {
            (Value::Null, None) => true,
            (Value::String(text), None) => text.is_empty(),
            (Value::String(text), Some(Value::String(other))) if text != other => {
                DateTime::parse_from_rfc3339(text).unwrap() == DateTime::parse_from_rfc3339(other).unwrap()
            }
            // Within the objects that are known, such as the URLs of an account, too.
            (Value::Array(before), Some(Value::Array(after))) => {
                before.len() == after.len() && before.iter().zip(after).all(|(before, after)| same(before, Some(after)))
            }
            (Value::Object(before), Some(Value::Object(after))) => {
                before.iter().all(|(key, value)| same(value, after.get(key)))
                    && after.keys().all(|key| before.contains_key(key))
            }
            (before, after) => Some(before) == after,
        }
    }

    fn check<T: Object>(schema: &str, entries: &[(String, String)]) {
        let text = object(entries.iter().map(|(key, value)| (key, value)));
        let first: T = read(&text);
        let written = serde_json::to_string(&first).unwrap();
        let second: T = read(&written);
        assert_eq!(first, second, "{text}");
        assert_eq!(written, serde_json::to_string(&second).unwrap());
        let after: Value = serde_json::from_str(&written).unwrap();
        let known = properties(schema);
        for (key, value) in entries {
            let before: Value = serde_json::from_str(value).unwrap();
            assert!(same(&before, after.get(key)), "`{key}` was {value} and is {:?}", after.get(key));
            if !known.contains(key) && first.extra().get(key).is_some() {
                assert_eq!(first.extra().get(key).unwrap().as_str(), value, "`{key}` is not to the letter");
                assert!(written.contains(value), "{written}");
            }
        }
        // A key is read as a value, as odd, or as unknown: no two of them, and none is made up.
        assert!(after.as_object().unwrap().keys().all(|key| entries.iter().any(|(other, _)| other == key)));
        let none = |(_, value): &&(String, String)| value == "null" || value == "\"\"";
        assert!(after.as_object().unwrap().len() + entries.iter().filter(none).count() >= entries.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn devices(entries in entries("Device", "serial_number")) {
            check::<Device>("Device", &entries);
        }

        #[test]
        fn profiles(entries in entries("Profile", "")) {
            check::<Profile>("Profile", &entries);
        }

        #[test]
        fn accounts(entries in entries("AccountDetail", "")) {
            check::<AccountDetail>("AccountDetail", &entries);
        }

        #[test]
        fn urls(entries in entries("Url", "")) {
            check::<Url>("Url", &entries);
            let text = format!("{{\"urls\":[{}]}}", object(entries.iter().map(|(key, value)| (key, value))));
            let account: AccountDetail = read(&text);
            assert_eq!(read::<AccountDetail>(&serde_json::to_string(&account).unwrap()), account);
        }
    }
}
