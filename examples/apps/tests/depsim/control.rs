//! The calls at `/_sim`.

use apple_ade::api::Service;
use apple_ade::api::profile::Profile;
use apple_ade::blocking::Client;
use apple_ade::session::Session;
use apple_ade::simulator::{World, fixtures};
use apple_ade::token::{ServerToken, TokenKeyPair};
use serde_json::{Value, json};

use crate::ureq_transport::{UreqTransport, ureq_agent};
use crate::{call, client, depsim, ok, raw, serials, state};

#[test]
fn devices_are_bought_moved_and_released_and_the_state_tells() {
    let served = depsim();
    let url = served.base_url();
    let before = state(url, "");
    assert_eq!((&before["devices"]["total"], &before["devices"]["matching"]), (&json!(60), &json!(60)));
    assert_eq!((before["servers"][0]["devices"].as_u64(), serials(&before).len()), (Some(60), 50));
    let all = serials(&state(url, "?limit=1000"));
    assert_eq!(serials(&state(url, "?offset=50")), all[50..]);
    assert_eq!(serials(&state(url, &format!("?search={}", all[3].to_lowercase()))), [all[3].clone()]);

    let bought = ok(url, "POST", "/devices/buy", &json!({ "family": "Mac", "count": 3, "server": "Second MDM" }));
    let loose = ok(url, "POST", "/devices/buy", &json!({ "family": "Vision" }));
    assert_eq!((bought["new"].as_array().unwrap().len(), loose["new"].as_array().unwrap().len()), (3, 1));
    let moved =
        ok(url, "POST", "/devices/move", &json!({ "devices": [all[0], bought["new"][0]], "server": "Second MDM" }));
    let there = bought["new"][0].as_str().unwrap();
    let expected = json!({
        "changed": [all[0]], "unchanged": [there], "reasons": { there: "it is on this server already" },
    });
    assert_eq!(moved, expected);
    let deadline = json!({ "devices": [all[1]], "server": "Second MDM", "deadline": "2030-01-02T03:04:05Z" });
    ok(url, "POST", "/devices/move", &deadline);
    ok(url, "POST", "/devices/unassign", &json!({ "devices": [all[2]] }));
    ok(url, "POST", "/devices/release", &json!({ "devices": [all[3]] }));
    for (call, serial, reason) in [
        ("release", &all[3], "it was released"),
        ("replace", &all[3], "it was released"),
        ("unassign", &all[2], "it is on no server"),
        ("activate", &all[1], "no profile waits for it"),
    ] {
        let answer = ok(url, "POST", &format!("/devices/{call}"), &json!({ "devices": [serial] }));
        assert_eq!((&answer["changed"], &answer["reasons"][serial]), (&json!([]), &json!(reason)), "{call}");
    }
    let fresh = ok(url, "POST", "/devices/replace", &json!({ "devices": [all[4]] }));
    ok(url, "POST", "/devices/trouble", &json!({ "devices": [all[5], all[6]], "trouble": "Throttled" }));
    ok(url, "POST", "/devices/trouble", &json!({ "devices": [all[6]], "trouble": null }));

    let after = state(url, "?server=released");
    assert_eq!(serials(&after), [all[3].clone(), all[4].clone()]);
    let devices = &after["devices"];
    assert_eq!((devices["total"].as_u64(), devices["released"].as_u64()), (Some(63), Some(2)));
    assert_eq!((devices["unassigned"].as_u64(), devices["troubled"].as_u64()), (Some(2), Some(1)));
    assert_eq!((after["servers"][0]["devices"].as_u64(), after["servers"][1]["devices"].as_u64()), (Some(56), Some(5)));
    let second = after["servers"][1]["uuid"].as_str().unwrap();
    let there = serials(&state(url, &format!("?server={second}")));
    assert!(there.contains(&all[0]) && there.contains(&all[1]) && there.len() == 5, "{there:?}");
    let migrated = state(url, &format!("?search={}", all[1]));
    assert_eq!(migrated["devices"]["list"][0]["migration_deadline"], "2030-01-02T03:04:05Z");
    let replacement = state(url, &format!("?search={}", fresh["new"][0].as_str().unwrap()));
    assert_eq!(replacement["devices"]["list"][0]["replaces"]["original"], all[4].as_str());
    assert_eq!(serials(&state(url, "?search=throttled")), [all[5].clone()]);
}

#[test]
fn calls_are_logged_with_what_came_of_them() {
    let served = depsim();
    let url = served.base_url();
    let ade = client(url);
    let page = ade.fetch_devices(None).unwrap();
    let serials: Vec<_> = page.devices.into_iter().map(|device| device.serial_number).collect();
    let profile = Profile::new("Class iPads", "https://mdm.example.com/enroll");
    let uuid = ade.define_profile(&profile).unwrap().profile_uuid;
    ok(url, "POST", "/devices/trouble", &json!({ "devices": [serials[0]], "trouble": "Failing" }));
    ade.assign(uuid, serials.iter().take(9).cloned()).unwrap();
    ok(url, "POST", "/sessions/end", &json!({}));
    ade.account().unwrap();
    raw(url, "POST", "/devices", &[("User-Agent", "mdm/1")], b"{}");

    let (_, log) = call(url, "GET", "/log", "");
    let calls: Vec<_> = log["calls"].as_array().unwrap().iter().rev().collect();
    let seen =
        |i: usize| format!("{} {} {}", calls[i]["method"], calls[i]["target"], calls[i]["status"]).replace('"', "");
    let expected = [
        "GET /session 200",
        "POST /server/devices 200",
        "POST /profile 200",
        "POST /profile/devices 200",
        "GET /account 401",
        "GET /session 200",
        "GET /account 200",
        "POST /devices 401",
    ];
    assert_eq!((0..calls.len()).map(seen).collect::<Vec<_>>(), expected);
    assert_eq!(calls[1]["devices"], 60);
    assert_eq!(calls[3]["outcomes"], json!({ "FAILED": 1, "SUCCESS": 8 }));
    assert!(calls[1]["micros"].as_u64().is_some() && calls[1]["answer_bytes"].as_u64() > Some(5000));
    assert_eq!(calls[4]["word"], "UNAUTHORIZED");
    assert!(calls[4]["help"].as_str().unwrap().starts_with("this session has ended"), "{}", calls[4]);
    assert!(calls[7]["help"].as_str().unwrap().contains("X-ADM-Auth-Session is missing"), "{}", calls[7]);
    assert_eq!(state(url, "?calls=2")["calls"]["list"].as_array().unwrap().len(), 2);
    // The control interface and the page are not in the log, and nothing secret is.
    let (_, _, token) = raw(url, "GET", "/_sim/portal/token", &[], b"");
    let token: Value = serde_json::from_slice(&token).unwrap();
    for key in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
        assert!(!log.to_string().contains(token[key].as_str().unwrap()), "{key}");
        assert!(!state(url, "").to_string().contains(token[key].as_str().unwrap()), "{key}");
    }
}

#[test]
fn the_clock_runs_and_can_be_turned() {
    let served = depsim();
    let url = served.base_url();
    let now = |state: &Value| state["clock"]["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let system = || apple_ade::Stamp::from_system().now();
    assert!((now(&state(url, "")) - system()).num_seconds().abs() <= 1);
    let first = now(&state(url, ""));
    std::thread::sleep(std::time::Duration::from_millis(30));
    assert!(now(&state(url, "")) > first, "it runs");
    assert_eq!(ok(url, "POST", "/clock", &json!({ "advance_seconds": 86_400 }))["ahead_seconds"], 86_400);
    let churned = ok(url, "POST", "/churn", &json!({ "count": 5 }));
    assert_eq!((&churned["count"], &churned["ahead_seconds"]), (&json!(5), &json!(86_400 + 5 * 60)));
    assert_eq!(state(url, "")["clock"]["ahead_seconds"], 86_400 + 5 * 60);
    assert!((now(&state(url, "")) - system()).num_minutes() >= 24 * 60 + 4);
    assert_eq!(ok(url, "POST", "/clock", &json!({ "advance_seconds": -300 }))["ahead_seconds"], 86_400);
    assert_eq!(ok(url, "POST", "/clock", &json!({ "ahead_seconds": 0 }))["ahead_seconds"], 0);
}

#[test]
fn settings_and_organisation_change_what_the_service_answers() {
    let served = depsim();
    let url = served.base_url();
    let ade = client(url);
    ok(url, "PATCH", "/settings", &json!({ "page_limit": { "default": 7, "maximum": 7 }, "session_seconds": 60 }));
    assert_eq!(ade.fetch_devices(None).unwrap().devices.len(), 7);
    ok(url, "PATCH", "/organisation", &json!({ "terms_signed": false }));
    assert_eq!(ade.account().unwrap_err().word().unwrap().as_str(), "T_C_NOT_SIGNED");
    ok(url, "PATCH", "/organisation", &json!({ "terms_signed": true, "name": "Other School" }));
    assert_eq!(ade.account().unwrap().org_name.as_deref(), Some("Other School"));
    assert_eq!(state(url, "")["settings"]["session_seconds"], 60);
}

/// The same words and spans as in a scenario.
#[test]
fn trouble_and_times_are_written_as_in_a_scenario() {
    let served = depsim();
    let url = served.base_url();
    let serial = serials(&state(url, ""))[0].clone();
    let device = || state(url, &format!("?search={serial}"))["devices"]["list"][0].clone();
    let now = || state(url, "")["clock"]["now"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    for (trouble, expected) in [
        (json!("not_accessible"), json!("NotAccessible")),
        (json!("Failing"), json!("Failing")),
        (json!("throttled"), json!("Throttled")),
        (json!("none"), json!(null)),
        (json!({ "Throttled": { "until": "2026-12-24T08:00:00Z" } }), json!("Throttled")),
    ] {
        ok(url, "POST", "/devices/trouble", &json!({ "devices": [serial], "trouble": trouble }));
        assert_eq!(device()["trouble"], expected, "{trouble}");
    }
    assert_eq!(device()["throttled_until"], "2026-12-24T08:00:00Z");
    let until = json!({ "throttled": { "until": "+2h" } });
    ok(url, "POST", "/devices/trouble", &json!({ "devices": [serial], "trouble": until }));
    let left = |until: &Value| {
        (until.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap() - now()).num_minutes()
    };
    assert!((118..=120).contains(&left(&device()["throttled_until"])));
    ok(url, "POST", "/devices/move", &json!({ "devices": [serial], "server": "Second MDM", "deadline": "+1d" }));
    assert!((1438..=1440).contains(&left(&device()["migration_deadline"])));
    assert_eq!(serials(&state(url, "?server=Second%20MDM")), std::slice::from_ref(&serial), "by name");
}

#[test]
fn a_world_is_stored_and_restored() {
    let served = depsim();
    let url = served.base_url();
    let ade = client(url);
    ade.account().unwrap();
    ok(url, "POST", "/clock", &json!({ "advance_seconds": 7200 }));
    let (status, _, stored) = raw(url, "GET", "/_sim/world", &[], b"");
    assert_eq!(status, 200);
    let world: World = serde_json::from_slice(&stored).unwrap();
    assert_eq!(world.devices().count(), 60);

    let serial = serials(&state(url, ""))[0].clone();
    ok(url, "POST", "/devices/release", &json!({ "devices": [serial] }));
    ok(url, "POST", "/clock", &json!({ "ahead_seconds": 0 }));
    let (status, restored) = call(url, "PUT", "/world", std::str::from_utf8(&stored).unwrap());
    assert_eq!((status, &restored["devices"]), (200, &json!(60)));
    let after = state(url, "?server=released");
    assert_eq!(after["devices"]["matching"], 0);
    // Its time goes on from where it was: a few seconds of this test behind.
    let ahead = after["clock"]["ahead_seconds"].as_i64().unwrap();
    assert!((7200 - 60..=7200).contains(&ahead), "{ahead}");
}

/// What was found and what would be right, without words of Rust.
#[track_caller]
fn is_told_plainly(answer: &Value) {
    assert!(answer["error"].as_str().is_some_and(|text| text.len() > 5), "{answer}");
    assert!(answer["fix"].as_str().is_some_and(|text| text.len() > 5), "{answer}");
    let told = answer.to_string();
    for word in ["struct", "variant", "Option", "u8", "u16", "u32", "u64", "usize", "i64", "sequence", "map,", "::"] {
        assert!(!told.contains(word), "{word} in {told}");
    }
}

#[test]
fn what_is_not_there_is_404_and_a_wrong_method_405() {
    let served = depsim();
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("GET", "/clock", 405),
        ("DELETE", "/state", 405),
        ("DELETE", "/faults?id=slow", 400),
    ] {
        let (found, answer) = call(served.base_url(), method, path, "");
        assert_eq!(found, status, "{method} {path}");
        is_told_plainly(&answer);
    }
}

#[test]
fn bad_input_is_refused_with_its_field_and_a_fix() {
    let served = depsim();
    let url = served.base_url();
    let serial = serials(&state(url, ""))[0].clone();
    let before = raw(url, "GET", "/_sim/state", &[], b"").2;
    for (method, path, body, field) in [
        ("POST", "/clock", "{}", "advance_seconds"),
        ("POST", "/clock", r#"{"advance_seconds": "3600"}"#, "advance_seconds"),
        ("POST", "/clock", r#"{"advance_seconds": 9223372036854775807}"#, "advance_seconds"),
        ("POST", "/clock", r#"{"advance_seconds": 1, "ahead_seconds": 1}"#, "advance_seconds"),
        ("POST", "/clock", r#"{"hours": 1}"#, "hours"),
        ("POST", "/faults", r#"{"fault": "server_error", "status": 0}"#, "status"),
        ("POST", "/faults", r#"{"fault": "server_error", "per_mille": 1001}"#, "per_mille"),
        ("POST", "/clock", "{", "(body)"),
        ("GET", "/state?server=Third", "", "server"),
        (
            "POST",
            "/devices/trouble",
            &format!(
                r#"{{"devices": ["{serial}"], "trouble": {{"Throttled": {{"until": "+12000-01-01T00:00:00Z"}}}}}}"#
            ),
            "trouble.Throttled.until",
        ),
        (
            "POST",
            "/devices/trouble",
            &format!(r#"{{"devices": ["{serial}"], "trouble": {{"failing": {{}}}}}}"#),
            "trouble",
        ),
        (
            "POST",
            "/devices/move",
            &format!(r#"{{"devices": ["{serial}"], "server": "Second MDM", "deadline": "+12000-01-01T00:00:00Z"}}"#),
            "deadline",
        ),
        ("PATCH", "/settings", r#"{"page_limit": {"default": 2, "maximum": 1}}"#, "page_limit.default"),
        ("PATCH", "/settings", r#"{"page_limit": {"default": 0, "maximum": 1}}"#, "page_limit.default"),
        ("PATCH", "/settings", r#"{"calls_kept": [1]}"#, "calls_kept"),
        ("PATCH", "/organisation", r#"{"administrators": [1]}"#, "administrators"),
        ("PATCH", "/organisation", r#"{"discovery": "x"}"#, "discovery"),
        (
            "PATCH",
            "/organisation",
            r#"{"discovery": {"url": "https://mdm.example.com", "updated": "+12000-01-01T00:00:00Z"}}"#,
            "discovery",
        ),
        ("POST", "/terms/sign", r#"{"by": "nobody"}"#, "by"),
        ("POST", "/terms/sign", "{}", "by"),
        ("PUT", "/world", "5", "(body)"),
        ("POST", "/churn?n=1", "{}", "n"),
        ("POST", "/clock", "[]", "(body)"),
        ("POST", "/devices/move", "{}", "devices"),
        ("POST", "/devices/move", r#"{"devices": [], "server": "Second MDM"}"#, "devices"),
        (
            "POST",
            "/devices/move",
            &format!(r#"{{"devices": ["{serial}", "NONE"], "server": "Second MDM"}}"#),
            "devices[1]",
        ),
        ("POST", "/devices/move", &format!(r#"{{"devices": ["{serial}"]}}"#), "server"),
        ("POST", "/devices/move", &format!(r#"{{"devices": ["{serial}"], "server": "Third"}}"#), "server"),
        (
            "POST",
            "/devices/move",
            &format!(r#"{{"devices": ["{serial}"], "server": "Second MDM", "deadline": "soon"}}"#),
            "deadline",
        ),
        ("POST", "/devices/release", r#"{"devices": "C02"}"#, "devices"),
        ("POST", "/devices/trouble", &format!(r#"{{"devices": ["{serial}"]}}"#), "trouble"),
        ("POST", "/devices/trouble", &format!(r#"{{"devices": ["{serial}"], "trouble": "Bad"}}"#), "trouble"),
        ("POST", "/devices/buy", r#"{"family": "Watch"}"#, "family"),
        ("POST", "/devices/buy", r#"{"family": "Mac", "count": 0}"#, "count"),
        ("POST", "/churn", r#"{"count": 1000000}"#, "count"),
        ("PATCH", "/settings", r#"{"session_seconds": -1}"#, "session_seconds"),
        ("PATCH", "/settings", r#"{"nothing": 1}"#, "nothing"),
        ("PATCH", "/organisation", r#"{"access": "no"}"#, "access"),
        ("PUT", "/world", "{}", "(body)"),
        ("POST", "/portal/certificate", "no certificate", "(body)"),
        ("POST", "/portal/certificate?server=Third", fixtures::CERTIFICATE_PEM, "server"),
        ("POST", "/portal/certificate?renew=maybe", fixtures::CERTIFICATE_PEM, "renew"),
        ("GET", "/state?limit=many", "", "limit"),
        ("GET", "/state?limit=1001", "", "limit"),
        ("GET", "/state?page=1", "", "page"),
    ] {
        let (status, answer) = call(url, method, path, body);
        assert_eq!((status, answer["field"].as_str()), (400, Some(field)), "{method} {path} {body}: {answer}");
        is_told_plainly(&answer);
    }
    let without_time = |state: &[u8]| {
        let mut state: Value = serde_json::from_slice(state).unwrap();
        state["clock"] = Value::Null;
        state
    };
    assert_eq!(without_time(&raw(url, "GET", "/_sim/state", &[], b"").2), without_time(&before), "nothing was changed");
}

#[test]
fn the_portal_gives_token_files_and_the_newest_is_in_force() {
    let served = depsim();
    let url = served.base_url();
    let download = |query: &str| {
        let path = format!("/_sim/portal/certificate{query}");
        let (status, head, file) = raw(url, "POST", &path, &[], fixtures::CERTIFICATE_PEM.as_bytes());
        assert_eq!(status, 200);
        assert!(head.contains("application/pkcs7-mime") && head.contains("smime.p7m"), "{head}");
        let key = apple_ade::pki::key::PrivateKey::from_pem(fixtures::PRIVATE_KEY_PEM).unwrap();
        let certificate = apple_ade::pki::certificate::Certificate::from_pem(fixtures::CERTIFICATE_PEM).unwrap();
        ServerToken::decrypt(&file, &TokenKeyPair::from_parts(key, certificate).unwrap()).unwrap()
    };
    let account = |token: &ServerToken| {
        let token = ServerToken::from_json(token.to_json().expose_secret().as_bytes()).unwrap();
        let session = Session::new(token, Service::at(url).unwrap());
        Client::for_session(session, UreqTransport(ureq_agent().proxy(None).build().into())).account()
    };
    let first = download("");
    assert!(account(&first).is_ok());
    let same = download("?renew=false");
    assert!(account(&first).is_ok() && account(&same).is_ok());
    let second = download("");
    assert_eq!(account(&first).unwrap_err().word().unwrap().as_str(), "token_rejected");
    assert!(account(&second).is_ok());
    assert_eq!(account(&download("?server=Second%20MDM")).unwrap().server_name.as_deref(), Some("Second MDM"));
}

#[test]
fn faults_are_set_strike_and_end() {
    let served = depsim();
    let url = served.base_url();
    let (_, listed) = call(url, "GET", "/faults", "");
    let kinds = listed["kinds"].as_array().unwrap();
    assert!(kinds.len() > 20);
    for kind in kinds {
        assert_eq!(call(url, "POST", "/faults", &kind["example"].to_string()).0, 200, "{kind}");
    }
    let (_, cleared) = call(url, "DELETE", "/faults", "");
    assert_eq!(cleared["faults"], json!([]));
    for (body, field) in [
        ("{}", "fault"),
        (r#"{"fault": "other"}"#, "fault"),
        (r#"{"fault": "slow", "status": 500}"#, "status"),
        (r#"{"fault": "slow", "seconds": "long"}"#, "seconds"),
        (r#"{"fault": "slow", "times": -1}"#, "times"),
        (r#"{"fault": "slow", "times": 0}"#, "times"),
        (r#"{"fault": "slow", "per_mille": 1001}"#, "per_mille"),
        (r#"{"fault": "slow", "call": "POST /profil"}"#, "call"),
        (r#"{"fault": "server_error", "status": 199}"#, "status"),
        (r#"{"fault": "refusal", "status": 70000}"#, "status"),
        (r#"{"fault": "hidden_from_sync", "share": 1001}"#, "share"),
        (r#"{"fault": "too_many_requests", "retry_after": 30}"#, "retry_after"),
    ] {
        let (status, answer) = call(url, "POST", "/faults", body);
        assert_eq!((status, answer["field"].as_str()), (400, Some(field)), "{body}: {answer}");
        assert!(field != "retry_after" || answer["fix"].to_string().contains("date"), "{answer}");
    }
    let after = kinds.iter().filter(|kind| kind["example"]["retry_after"]["seconds"] == 30).count();
    assert_eq!(after, 2, "those that have it show its form");
    ok(url, "POST", "/faults", &json!({ "fault": "server_error", "retry_after": { "date": 30 }, "times": 1 }));
    let (status, head, _) = raw(url, "GET", "/account", &[("User-Agent", "mdm/1")], b"");
    assert!(status == 503 && head.contains("retry-after: ") && head.contains(" gmt"), "{head}");

    let ade = client(url);
    ade.account().unwrap();
    ok(url, "POST", "/faults", &json!({ "fault": "refusal", "status": 400, "word": "LOCALE_INVALID", "times": 1 }));
    assert_eq!(ade.account().unwrap_err().word().unwrap().as_str(), "LOCALE_INVALID");
    assert!(ade.account().is_ok(), "once");
    ok(url, "POST", "/faults", &json!({ "fault": "lost_reply", "call": "POST /profile", "times": 1 }));
    let profiles = || state(url, "")["servers"][0]["profiles"].as_u64();
    let before = profiles();
    let error = ade.define_profile(Profile::new("Lost", "https://mdm.example.com/enroll")).unwrap_err();
    assert_eq!((error.status(), error.word()), (None, None), "not a byte came: {error}");
    assert_eq!(profiles(), before.map(|count| count + 1), "the work was done");
    let start = std::time::Instant::now();
    ok(url, "POST", "/faults", &json!({ "fault": "slow", "seconds": 1 }));
    assert!(ade.account().is_ok() && start.elapsed().as_millis() >= 1000);
    ok(url, "DELETE", "/faults?id=slow", &json!({}));

    let (_, log) = call(url, "GET", "/log", "");
    let calls = log["calls"].as_array().unwrap();
    assert_eq!((&calls[0]["faults"], &calls[0]["delay_seconds"]), (&json!(["slow"]), &json!(1)));
    assert_eq!((&calls[1]["lost"], &calls[1]["target"]), (&json!(true), &json!("/profile")));
    assert!(calls[1]["help"].as_str().unwrap().contains("the answer never arrives"), "{}", calls[1]);
}

#[test]
fn terms_are_published_and_signed() {
    let served = depsim();
    let url = served.base_url();
    let ade = client(url);
    ok(url, "POST", "/terms/publish", &json!({}));
    assert_eq!(ade.account().unwrap_err().word().unwrap().as_str(), "T_C_NOT_SIGNED");
    assert_eq!(call(url, "POST", "/terms/sign", r#"{"by": "nobody"}"#).1["field"], "by");
    ok(url, "POST", "/terms/sign", &json!({}));
    assert!(ade.account().is_ok());
}
