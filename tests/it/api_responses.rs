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
use apple_ade::json::{Extra, OddField, RawJson};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api_calls::{all, answer, cursor, serial, serials, sign_in, uuid};
use crate::api_schema::{properties, sample, words};
use crate::fixture;

pub(crate) fn parse<E: Endpoint>(endpoint: &E, body: impl Into<Vec<u8>>) -> E::Response {
    endpoint.parse_response(&answer(200, body)).unwrap()
}

pub(crate) fn page(body: impl Into<Vec<u8>>) -> DevicePage {
    parse(&FetchDevices::from_start(), body)
}

pub(crate) fn read<T: DeserializeOwned>(text: &str) -> T {
    text.parse::<RawJson>().unwrap().read().unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "the fields are optional")]
fn time(text: &str) -> Option<DateTime<Utc>> {
    Some(text.parse().unwrap())
}

/// An object of Apple's, with what the tests want to see of it.
pub(crate) trait Object: DeserializeOwned + Serialize + Debug + PartialEq + Clone {
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
    let session = parse(&sign_in(), r#"{"auth_session_token":"1526-1-a","more":1}"#);
    assert_eq!(session.expose_secret(), "1526-1-a");

    let statuses =
        r#"{"devices":{"C02T0HL0GGC0":"SUCCESS","C02T0HL0GGC1":"NOT_ACCESSIBLE","A":"FAILED","B":"NOT_FOUND"}}"#;
    let disowned = parse(&DisownDevices::permanently_release(serials()), statuses).devices.unwrap();
    let found: Vec<_> = disowned.by_serial.iter().map(|(serial, status)| (serial.as_str(), status)).collect();
    let expected = [
        ("A", &DeviceStatus::Failed),
        ("B", &DeviceStatus::NotFound),
        ("C02T0HL0GGC0", &DeviceStatus::Success),
        ("C02T0HL0GGC1", &DeviceStatus::NotAccessible),
    ];
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
    let text = fixture::text("micromdm/account_2018.json");
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
    for (name, rows) in [("micromdm/device_2018.json", 1), ("api/fetch_page_1000.json", 1000)] {
        let text = fixture::text(name);
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
