//! What every call sends: method, path, query, headers and body, and what is not sent at all.

use std::collections::BTreeSet;

use apple_ade::api::profile::Profile;
use apple_ade::api::{
    AssignAccountDrivenProfile, AssignMethod, AssignProfile, DefineProfile, DisownDevices, EnableActivationLock,
    Endpoint, FetchDevices, GetDeviceDetails, GetProfile, RemoveProfile, Service, SyncDevices,
};
use apple_ade::error::RequestError;
use apple_ade::id::{Cursor, ProfileUuid, SerialNumber};
use apple_ade::json::RawJson;
use serde_json::{Map, Value, json};

use crate::api_calls::{HASH, UUID, all, cursor, serial, sign_in, uuid};
use crate::api_schema::{properties, sample};

type Request = http::Request<Vec<u8>>;

fn body(request: &Request) -> Value {
    serde_json::from_slice(request.body()).unwrap()
}

fn sent(endpoint: &impl Endpoint) -> Request {
    endpoint.to_request(&Service::apple()).unwrap()
}

/// The table of Apple's calls: method, path with query, body.
#[test]
fn every_call_is_as_apple_documents_it() {
    let both = json!({"devices": ["C02T0HL0GGC0", "C02T0HL0GGC1"]});
    let page = json!({"cursor": cursor(), "limit": 500});
    let expected = [
        ("GET", "/session", None),
        ("GET", "/account", None),
        ("POST", "/server/devices", Some(page.clone())),
        ("POST", "/devices/sync", Some(page)),
        ("POST", "/devices", Some(both.clone())),
        ("POST", "/devices/disown", Some(both)),
        ("POST", "/profile", Some(json!({"profile_name": "Class iPads", "url": "https://mdm.example.com/enroll"}))),
        ("GET", "/profile?profile_uuid=C1F123098EB5074580041E69883004C3", None),
        ("POST", "/profile/devices", Some(json!({"profile_uuid": UUID, "devices": ["C02T0HL0GGC0", "C02T0HL0GGC1"]}))),
        (
            "DELETE",
            "/profile/devices",
            Some(json!({"profile_uuid": UUID, "devices": ["C02T0HL0GGC0", "C02T0HL0GGC1"]})),
        ),
        (
            "POST",
            "/device/activationlock",
            Some(json!({"device": "C02T0HL0GGC0", "escrow_key": HASH, "lost_message": "Please call"})),
        ),
        ("GET", "/device/replacementDetails?device=C02T0HL0GGC0", None),
        ("GET", "/os-beta-enrollment/tokens", None),
        (
            "POST",
            "/account-driven-enrollment/profile",
            Some(json!({"mdm_service_discovery_url": "https://mdm.example.com/discovery"})),
        ),
        ("GET", "/account-driven-enrollment/profile", None),
        ("DELETE", "/account-driven-enrollment/profile", None),
    ];
    let calls = all();
    assert_eq!(calls.len(), expected.len());
    for (call, (method, path, expected)) in calls.iter().zip(expected) {
        let request = call.request(&Service::apple()).unwrap();
        let name = call.name();
        assert_eq!(request.method(), method, "{name}");
        assert_eq!(request.uri().to_string(), format!("https://mdmenrollment.apple.com{path}"), "{name}");
        assert_eq!(name, format!("{method} {}", request.uri().path()));
        match &expected {
            Some(expected) => assert_eq!(body(&request), *expected, "{name}"),
            None => assert!(request.body().is_empty(), "{name}"),
        }
        let headers = request.headers();
        assert_eq!(headers["user-agent"], concat!("apple-ade/", env!("CARGO_PKG_VERSION")), "{name}");
        assert_eq!(headers["x-server-protocol-version"], "10", "{name}");
        assert_eq!(headers["accept"], "application/json", "{name}");
        // Apple's old simulator wants this spelling, and wants it of the sign-in, too.
        let typed = expected.is_some() || path == "/session";
        assert_eq!(
            headers.get("content-type").map(|value| value.to_str().unwrap()),
            typed.then_some("application/json;charset=UTF8")
        );
        let signed = path == "/session";
        assert_eq!(headers.contains_key("authorization"), signed, "{name}");
        assert_eq!(headers.len(), 3 + usize::from(typed) + usize::from(signed), "{name}: {headers:?}");
    }
}

#[test]
fn the_service_can_be_another() {
    let service = Service::at("https://proxy.example.com:8443/apple/")
        .unwrap()
        .with_protocol_version(3)
        .with_user_agent(" ExampleMDM/4.2 (build 7) ")
        .unwrap();
    for call in all() {
        let request = call.request(&service).unwrap();
        let path = call.name().split_once(' ').unwrap().1;
        assert_eq!(request.uri().path(), format!("/apple{path}"));
        assert_eq!(request.uri().authority().unwrap(), "proxy.example.com:8443");
        assert_eq!(request.headers()["x-server-protocol-version"], "3");
        assert_eq!(request.headers()["user-agent"], "ExampleMDM/4.2 (build 7)");
    }
}

#[test]
fn a_profile_can_be_assigned_with_put() {
    let service = Service::apple().with_assign_method(AssignMethod::Put);
    for call in all() {
        let (with_put, documented) = (call.request(&service).unwrap(), call.request(&Service::apple()).unwrap());
        let is_assignment = call.name() == "POST /profile/devices";
        assert_eq!(with_put.method() == http::Method::PUT, is_assignment, "{}", call.name());
        assert_eq!(with_put.body(), documented.body());
    }
}

#[test]
fn what_is_optional_can_be_left_out() {
    assert_eq!(body(&sent(&FetchDevices::from_start())), json!({}));
    assert_eq!(body(&sent(&FetchDevices::from_start().with_limit(1))), json!({"limit": 1}));
    assert_eq!(body(&sent(&SyncDevices::since(cursor()))), json!({"cursor": cursor()}));
    assert_eq!(body(&sent(&RemoveProfile::new([serial()]))), json!({"devices": ["C02T0HL0GGC0"]}));
    assert_eq!(body(&sent(&EnableActivationLock::new(serial()))), json!({"device": "C02T0HL0GGC0"}));
}

/// Nothing in a query can become another parameter or another path.
#[test]
fn a_query_is_encoded() {
    let odd: RawJson = r#""A&b=c/d ä#?""#.parse().unwrap();
    let request = sent(&GetProfile::new(odd.read().unwrap()));
    assert_eq!(request.uri().query(), Some("profile_uuid=A%26b%3Dc%2Fd%20%C3%A4%23%3F"));
}

/// The bodies hold the keys of the schemas, all of them and no others.
#[test]
fn bodies_have_the_keys_of_the_schemas() {
    let calls = all();
    let keys = |name: &str| -> BTreeSet<String> {
        let call = calls.iter().find(|call| call.name() == name).unwrap();
        body(&call.request(&Service::apple()).unwrap()).as_object().unwrap().keys().cloned().collect()
    };
    for (call, schema) in [
        ("POST /server/devices", "FetchDeviceRequest"),
        ("POST /devices/sync", "SyncDeviceRequest"),
        ("POST /devices", "DeviceListRequest"),
        ("POST /devices/disown", "DeviceListRequest"),
        ("POST /profile/devices", "ProfileServiceRequest"),
        ("DELETE /profile/devices", "ClearProfileRequest"),
        ("POST /device/activationlock", "ActivationLockRequest"),
        ("POST /account-driven-enrollment/profile", "AccountDrivenEnrollmentProfileRequest"),
    ] {
        assert_eq!(keys(call), properties(schema).into_iter().collect(), "{call}");
    }
}

fn profile(json: &Value) -> Profile {
    let profile: Profile = json.to_string().parse::<RawJson>().unwrap().read().unwrap();
    assert!(profile.extra.is_empty() && profile.odd.is_empty(), "{profile:?}");
    profile
}

/// A profile with every key of the schema, typed as the schema says.
fn full() -> Map<String, Value> {
    let mut full = sample("Profile", 0);
    full.as_object_mut().unwrap().remove("profile_uuid");
    full.as_object().unwrap().clone()
}

/// The keys by type, after Apple's page of the profile.
const BOOLEANS: [&str; 9] = [
    "allow_pairing",
    "is_supervised",
    "is_mandatory",
    "is_mdm_removable",
    "is_multi_user",
    "is_return_to_service",
    "do_not_use_profile_from_backup",
    "await_device_configured",
    "auto_advance_setup",
];
const TEXTS: [&str; 9] = [
    "profile_name",
    "url",
    "configuration_web_url",
    "language",
    "region",
    "department",
    "org_magic",
    "support_phone_number",
    "support_email_address",
];
const LISTS: [&str; 4] = ["skip_setup_items", "anchor_certs", "supervising_host_certs", "devices"];

#[test]
fn a_profile_has_every_key_of_the_schema_and_no_other() {
    let full = full();
    let ours: BTreeSet<&str> = BOOLEANS.into_iter().chain(TEXTS).chain(LISTS).collect();
    assert_eq!(ours, full.keys().map(String::as_str).collect());
    let request = sent(&DefineProfile::new(profile(&Value::Object(full.clone()))));
    assert_eq!(body(&request), Value::Object(full));
}

/// The UUID is Apple's to give: a profile that was read is defined anew without it.
#[test]
fn a_profile_is_sent_without_its_uuid() {
    let mut read = full();
    read.insert("profile_uuid".into(), UUID.into());
    let read = profile(&Value::Object(read));
    assert_eq!(read.profile_uuid, Some(uuid()));
    assert_eq!(body(&sent(&DefineProfile::new(read))), Value::Object(full()));
}

#[test]
fn booleans_have_three_states() {
    for key in BOOLEANS {
        for state in [None, Some(true), Some(false)] {
            let mut json = full();
            match state {
                Some(value) => drop(json.insert(key.into(), value.into())),
                None => drop(json.remove(key)),
            }
            let json = Value::Object(json);
            assert_eq!(body(&sent(&DefineProfile::new(profile(&json)))), json, "{key} {state:?}");
        }
    }
}

#[test]
fn empty_texts_are_not_sent() {
    for key in TEXTS {
        let mut json = full();
        json.insert(key.into(), "".into());
        let result = DefineProfile::new(profile(&Value::Object(json.clone()))).to_request(&Service::apple());
        match key {
            "profile_name" => assert_eq!(result.unwrap_err(), missing("POST /profile", key, "CONFIG_NAME_INVALID")),
            "url" => assert_eq!(result.unwrap_err(), missing("POST /profile", key, "CONFIG_URL_INVALID")),
            _ => {
                json.remove(key);
                assert_eq!(body(&result.unwrap()), Value::Object(json));
            }
        }
    }
    for key in ["skip_setup_items", "anchor_certs", "supervising_host_certs"] {
        let mut json = full();
        json.insert(key.into(), json!(["", "a", ""]));
        let request = sent(&DefineProfile::new(profile(&Value::Object(json.clone()))));
        json.insert(key.into(), json!(["a"]));
        assert_eq!(body(&request), Value::Object(json), "{key}");
    }
    let mut lock = EnableActivationLock::new(serial()).with_lost_message("");
    assert_eq!(body(&sent(&lock)), json!({"device": "C02T0HL0GGC0"}));
    lock.lost_message = Some(String::new());
    assert_eq!(body(&sent(&lock)), json!({"device": "C02T0HL0GGC0"}));
}

#[test]
fn unknown_keys_are_sent_only_on_request() {
    let text =
        r#"{"profile_name":"a","url":"https://a.example","language":5,"is_next_year":{"since":28.10,"n":[1e2]}}"#;
    let read: Profile = text.parse::<RawJson>().unwrap().read().unwrap();
    // What is documented is not left out without a word.
    let refused = DefineProfile::new(read.clone()).to_request(&Service::apple()).unwrap_err();
    assert!(
        matches!(&refused, RequestError::WrongType { field: "language", found: Some(found), expected: "a string", .. } if found == "5"),
        "{refused:?}"
    );
    let mut known = read.clone();
    known.odd.clear();
    assert_eq!(body(&sent(&DefineProfile::new(known))), json!({"profile_name":"a","url":"https://a.example"}));
    let request = sent(&DefineProfile::new(read.clone()).with_unknown_keys());
    assert_eq!(std::str::from_utf8(request.body()).unwrap(), text);
    // The field wins over what was there before: no key is sent twice.
    let mut changed = read;
    changed.language = Some("de".into());
    changed.extra.insert("url", "\"https://b.example\"".parse().unwrap());
    let request = sent(&DefineProfile::new(changed).with_unknown_keys());
    let text = std::str::from_utf8(request.body()).unwrap();
    assert_eq!(text.matches("\"language\"").count(), 1, "{text}");
    assert_eq!(text.matches("\"url\"").count(), 1, "{text}");
    assert_eq!(body(&request)["language"], "de");
    assert_eq!(body(&request)["url"], "https://a.example");
}

fn missing(call: &'static str, field: &'static str, word: &'static str) -> RequestError {
    RequestError::Missing { call, field, word }
}

#[test]
fn an_empty_list_of_devices_is_not_sent() {
    let service = Service::apple();
    let none: [SerialNumber; 0] = [];
    for (result, call) in [
        (GetDeviceDetails::new(none.clone()).to_request(&service), "POST /devices"),
        (DisownDevices::permanently_release(none.clone()).to_request(&service), "POST /devices/disown"),
        (AssignProfile::new(uuid(), none.clone()).to_request(&service), "POST /profile/devices"),
        (RemoveProfile::new(none).to_request(&service), "DELETE /profile/devices"),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error, missing(call, "devices", "DEVICE_ID_REQUIRED"));
        let text = error.to_string();
        assert!(text.contains(call) && text.contains("`devices`") && text.contains("Set it before the call"), "{text}");
    }
}

#[test]
fn a_profile_needs_a_name_and_a_url() {
    let mut profile = Profile::new("a", "https://mdm.example.com");
    profile.profile_name = None;
    let refused = |profile: &Profile| DefineProfile::new(profile.clone()).to_request(&Service::apple()).unwrap_err();
    assert_eq!(refused(&profile), missing("POST /profile", "profile_name", "CONFIG_NAME_REQUIRED"));
    profile.profile_name = Some("a".into());
    profile.url = None;
    assert_eq!(refused(&profile), missing("POST /profile", "url", "CONFIG_URL_REQUIRED"));
}

#[test]
fn a_bypass_code_is_no_escrow_key_and_is_not_shown() {
    let code = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4";
    let long = format!("{HASH}0");
    let other = HASH.replace('6', "g");
    for key in [code, "3UM43PUYVYQYD1UVCCHEHJFKA4", &HASH[..63], &long, &other, ""] {
        let error = EnableActivationLock::new(serial()).with_escrow_key(key).to_request(&Service::apple()).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(matches!(error, RequestError::Malformed { field: "escrow_key", .. }), "{text}");
        assert!(text.contains("64 hexadecimal digits, not the code itself"), "{text}");
        assert!(key.is_empty() || !text.contains(key), "{text}");
    }
    for key in [HASH.to_owned(), HASH.to_uppercase()] {
        let request = sent(&EnableActivationLock::new(serial()).with_escrow_key(key.as_str()));
        assert_eq!(body(&request)["escrow_key"], *key);
    }
}

#[test]
fn a_discovery_url_is_https() {
    let refused = |url: &str| AssignAccountDrivenProfile::new(url).to_request(&Service::apple()).unwrap_err();
    let (call, field) = ("POST /account-driven-enrollment/profile", "mdm_service_discovery_url");
    assert_eq!(refused(""), missing(call, field, "MDM_SERVICE_DISCOVERY_URL_REQUIRED"));
    for url in
        ["http://mdm.example.com/d", "mdm.example.com", "/d", "https://", "ftp://mdm.example.com", "https:///d", " "]
    {
        let expected = RequestError::Malformed { call, field, found: url.into(), expected: "an https URL" };
        assert_eq!(refused(url), expected, "{url}");
    }
}

#[test]
fn a_page_has_room_for_a_device() {
    let error = FetchDevices::from_start().with_limit(0).to_request(&Service::apple()).unwrap_err();
    assert!(matches!(&error, RequestError::Malformed { call: "POST /server/devices", field: "limit", .. }), "{error}");
    let error = SyncDevices::since(cursor()).with_limit(0).to_request(&Service::apple()).unwrap_err();
    assert!(matches!(&error, RequestError::Malformed { call: "POST /devices/sync", field: "limit", .. }), "{error}");
}

/// An id that an answer or a store gave may be anything: it is named, not the base URL.
#[test]
fn ids_too_long_for_a_uri_are_named() {
    let text = format!("\"{}\"", "A".repeat(70_000));
    let (device, uuid) = (serde_json::from_str(&text).unwrap(), serde_json::from_str(&text).unwrap());
    for (error, field) in [
        (apple_ade::api::GetReplacementDetails::new(device).to_request(&Service::apple()).unwrap_err(), "device"),
        (GetProfile::new(uuid).to_request(&Service::apple()).unwrap_err(), "profile_uuid"),
    ] {
        assert!(matches!(error, RequestError::TooMany { field: found, .. } if found == field), "{error}");
        assert!(error.to_string().len() < 200, "{error}");
    }
}

#[test]
fn base_urls_that_are_refused() {
    for (url, problem) in [
        ("http://mdm.example.com", "must begin with https://"),
        ("http://10.0.0.1", "must begin with https://"),
        ("http://0.0.0.0", "must begin with https://"),
        ("http://localhost.example.com", "must begin with https://"),
        ("http://127.0.0.1.example.com", "must begin with https://"),
        ("https://mdm.example.com/?a=b", "leave out the query"),
        ("https://mdm.example.com?", "leave out the query"),
        ("https://mdm.example.com/#a", "leave out the query and the fragment"),
        ("mdm.example.com", "must begin with https:// and a host"),
        ("/apple", "must begin with https:// and a host"),
        ("ftp://mdm.example.com", "must begin with https:// and a host"),
        ("https://", "not a URL"),
        ("", "not a URL"),
        ("https://mdm example.com", "not a URL"),
        ("https://mdm.example.com:99999", "port"),
        ("https://mdm.example.com:0", "port"),
        ("https://mdm.example.com:", "port"),
        ("https://[::1]:", "port"),
        ("https://mdm.example.com:+443", "port"),
    ] {
        let Err(RequestError::BaseUrl { found, problem: found_problem }) = Service::at(url) else {
            panic!("{url} is taken, or refused otherwise");
        };
        assert_eq!(found, url);
        assert!(found_problem.contains(problem), "{url}: {found_problem}");
    }
    for url in ["https://me@mdm.example.com", "https://me:very-secret@mdm.example.com", "http://me:very-secret@[::1]:1"]
    {
        for error in [Service::at(url).unwrap_err(), Service::at_plain_http(url).unwrap_err()] {
            let text = format!("{error} {error:?}");
            assert!(text.contains("must not hold a user name") && !text.contains("very-secret"), "{text}");
        }
    }
    // Whatever else is wrong with it, and found first.
    for url in [
        "https://me:very-secret@mdm.example.com/?a=b",
        "https://me:very-secret@mdm.example.com/#a",
        "ftp://me:very-secret@mdm.example.com",
        "https://me:very-secret @mdm.example.com",
        "me:very-secret@mdm.example.com",
        "https://me:very-secret@",
    ] {
        for error in [Service::at(url).unwrap_err(), Service::at_plain_http(url).unwrap_err()] {
            let text = format!("{error} {error:?}");
            assert!(text.contains("(withheld)") && !text.contains("very-secret"), "{text}");
        }
    }
}

#[test]
fn base_urls_that_are_taken() {
    for (url, base) in [
        ("https://mdm.example.com", "https://mdm.example.com"),
        (" https://mdm.example.com/a/b/ ", "https://mdm.example.com/a/b"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LOCALHOST/", "http://localhost"),
        ("http://127.9.9.9:1", "http://127.9.9.9:1"),
        ("http://[::1]:65535/", "http://[::1]:65535"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ] {
        let service = Service::at(url).unwrap();
        assert!(service.base_url().eq_ignore_ascii_case(base), "{}", service.base_url());
    }
    assert_eq!(Service::at_plain_http("http://mdm.example.com").unwrap().base_url(), "http://mdm.example.com");
    assert!(Service::at_plain_http("mdm.example.com").is_err());
}

#[test]
fn user_agents_that_are_refused() {
    for user_agent in ["", "  ", "\n", "a\nb", "a\r\nX-Other: 1", "a\0b", "a\tb", "a\u{7f}", "Müller/1"] {
        let error = Service::apple().with_user_agent(user_agent).unwrap_err();
        let RequestError::Malformed { field: "User-Agent", found, expected, .. } = &error else { panic!("{error}") };
        assert_eq!(found, user_agent);
        assert!(expected.contains("as in ExampleMDM/4.2"), "{expected}");
    }
}

#[test]
fn a_sign_in_shows_no_secret() {
    let request = sent(&sign_in());
    assert!(request.headers()["authorization"].is_sensitive());
    let debug = format!("{request:?} {:?}", sign_in());
    for secret in ["CK_48dd", "CS_34c7", "AT_9276", "AS_c31a"] {
        assert!(!debug.contains(secret), "{debug}");
    }
    let header = request.headers()["authorization"].to_str().unwrap().to_owned();
    assert!(
        header.starts_with("OAuth realm=\"ADM\", oauth_consumer_key=\"CK_48dd\", oauth_token=\"AT_9276\", "),
        "{header}"
    );
    assert!(!header.contains("CS_34c7") && !header.contains("AS_c31a"), "{header}");
}

#[test]
fn ids_that_are_refused() {
    let long = "A".repeat(65);
    for text in ["", " ", "C02T0HL0GGC0,C02T0HL0GGC1", "C02T-HL0", "ä", "A B", &long] {
        let error = text.parse::<SerialNumber>().unwrap_err();
        assert_eq!((error.kind(), error.found()), ("serial number", text));
    }
    for text in ["", "{C1F1}", "C1F1/..", &long] {
        assert_eq!(text.parse::<ProfileUuid>().unwrap_err().kind(), "profile UUID");
    }
    let long = "A".repeat(1001);
    for text in ["", "a\nb", &long] {
        assert_eq!(text.parse::<Cursor>().unwrap_err().kind(), "cursor");
    }
    assert_eq!("ä".repeat(1000).parse::<Cursor>().unwrap().as_str().chars().count(), 1000);
    assert_eq!(" c1f1-23\n".parse::<ProfileUuid>().unwrap().as_str(), "c1f1-23");
}
