//! Worlds described in JSON.

use apple_ade::simulator::{Family, Scenario, Trouble, World};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::client::Client;

const MIGRATION: &str = include_str!("../../fixtures/simulator/scenarios/migration.json");
const TERMS: &str = include_str!("../../fixtures/simulator/scenarios/terms.json");
const BAD_DAY: &str = include_str!("../../fixtures/simulator/scenarios/bad_day.json");

fn world(json: &str) -> World {
    World::from_scenario(&Scenario::from_json(json).unwrap())
}

fn counts(world: &World) -> Vec<usize> {
    world.servers().map(apple_ade::simulator::Server::device_count).collect()
}

#[test]
fn a_migration_by_scenario() {
    let mut world = world(MIGRATION);
    assert_eq!((counts(&world), world.devices().count()), (vec![22, 0], 24));
    assert_eq!(world.servers().nth(1).unwrap().admin_id, "eve@district42.example.edu");
    assert_eq!(world.device("C02XK1JQ0001").unwrap().model, "iMac");
    assert_eq!(world.device("C02XK1JQ0002").unwrap().trouble, Some(Trouble::NotAccessible));
    let client = Client::sign_in(&mut world);
    let (rows, cursor) = client.read_all(&mut world, "/server/devices", None, 100);
    assert_eq!(rows.len(), 22);

    world.advance(TimeDelta::minutes(59));
    assert_eq!(counts(&world), [22, 0], "nothing happens before its time");
    world.advance(TimeDelta::minutes(1));
    let deadline = world.device("C02XK1JQ0001").unwrap().migration_deadline.unwrap();
    assert_eq!(deadline, world.now() + TimeDelta::days(14));
    // All at once: each thing still happens at its own time.
    world.advance(TimeDelta::days(1));
    assert_eq!(counts(&world), [13, 12]);
    assert_eq!(world.events().count(), 0);
    assert!(world.past_events().all(|past| past.problems.is_empty()));
    let (news, _) = client.read_all(&mut world, "/devices/sync", Some(cursor), 100);
    let told: Vec<_> =
        news.iter().map(|row| (row["op_type"].as_str().unwrap(), row["op_date"].as_str().unwrap())).collect();
    let mut expected = vec![("deleted", "2026-11-22T10:00:00Z"); 8];
    expected.extend([("deleted", "2026-11-22T11:00:00Z"), ("added", "2026-11-22T11:00:00Z")]);
    assert_eq!(told, expected, "the Mac left no row");
}

#[test]
fn terms_by_scenario() {
    let mut world = world(TERMS);
    let client = Client::sign_in(&mut world);
    let status = |world: &mut World, hours: i64| {
        let start: chrono::DateTime<chrono::Utc> = "2026-12-01T22:00:00Z".parse().unwrap();
        world.set_now(start + TimeDelta::hours(hours));
        client.get(world, "/account").status
    };
    let seen: Vec<u16> = [0, 1, 9, 10, 33, 34].map(|hours| status(&mut world, hours)).to_vec();
    assert_eq!(seen, [200, 403, 403, 403, 403, 200]);
    let problems: Vec<_> = world.past_events().flat_map(|past| past.problems.clone()).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("eve@firm.example.com is DeviceEnrollmentManager"));
    assert_eq!(world.organisation().terms.signed_by.as_deref(), Some("ida@firm.example.com"));
}

#[test]
fn a_bad_day_by_scenario() {
    let mut world = world(BAD_DAY);
    let client = Client::sign_in(&mut world);
    let list = |world: &mut World| client.post(world, "/server/devices", &json!({}));
    list(&mut world).json();
    assert_eq!(world.calls().last().unwrap().delay_seconds, 20);
    world.advance(TimeDelta::hours(2));
    list(&mut world).json();
    assert_eq!(world.calls().last().unwrap().delay_seconds, 0);
    world.advance(TimeDelta::hours(2));
    let down = list(&mut world);
    assert_eq!((down.status, down.header("Retry-After")), (503, "600"));
    world.advance(TimeDelta::minutes(10));
    list(&mut world).refused(401, "UNAUTHORIZED");
    world.advance(TimeDelta::hours(3));
    let newest = world.past_events().last().unwrap();
    assert_eq!(newest.problems, ["device NOSUCH is not known"]);
    assert_eq!(world.devices().filter(|device| device.trouble == Some(Trouble::Failing)).count(), 4);
}

#[test]
fn a_scenario_gives_the_same_world_every_time_and_is_stored_with_its_events() {
    for json in [MIGRATION, TERMS, BAD_DAY] {
        let mut one = world(json);
        let mut two = World::from_json(&world(json).to_json()).unwrap();
        assert_eq!(one, two);
        one.advance(TimeDelta::hours(5));
        two.advance(TimeDelta::hours(2));
        let mut two = World::from_json(&two.to_json()).unwrap();
        two.advance(TimeDelta::hours(3));
        assert_eq!(one, two);
    }
}

/// A scenario with one value changed, and the first thing that is wrong with it.
fn wrong(change: impl Fn(&mut Value)) -> Vec<String> {
    let mut scenario: Value = serde_json::from_str(MIGRATION).unwrap();
    change(&mut scenario);
    let error = Scenario::from_json(&scenario.to_string()).unwrap_err();
    assert!(error.to_string().starts_with("the scenario cannot be used:\n$"));
    error.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn mistakes_are_told_with_their_path_and_what_would_be_right() {
    let one = |pointer: &str, value: Value| {
        let told = wrong(|scenario| *scenario.pointer_mut(pointer).unwrap() = value.clone());
        assert_eq!(told.len(), 1, "{told:?}");
        told[0].clone()
    };
    assert_eq!(
        one("/events/1/to", json!("New MDN")),
        "$.events[1].to: there is no MDM server \"New MDN\"; did you mean \"New MDM\"?"
    );
    assert_eq!(
        one("/events/0/do", json!("migrat")),
        "$.events[0].do: \"migrat\" is not one of activate, buy, churn, end_fault, end_sessions, fault, label, migrate, \
         move, publish_terms, release, replace, set_access, sign_terms, trouble, unassign, wipe; did you mean \"migrate\"?"
    );
    assert!(one("/events/0/at", json!("2 hours")).starts_with("$.events[0].at: \"2 hours\" is no time: write +90m"));
    assert_eq!(
        one("/events/1/devices/count", json!("8")),
        "$.events[1].devices.count: a whole number from 0 to 1000000 is expected, not \"8\""
    );
    assert_eq!(one("/events/0/devices", json!([1])), "$.events[0].devices[0]: a serial number is expected");
    assert!(one("/devices/0/count", json!(u64::MAX)).contains("from 0 to 1000000"));
    assert!(one("/devices/1/family", json!("IPad")).ends_with("; did you mean \"iPad\"?"));
    assert_eq!(
        one("/devices/2/serial", json!("C02XK1JQ0001")),
        "$.devices[2].serial: \"C02XK1JQ0001\" is in the list twice"
    );
    assert_eq!(
        one("/faults/0/fault", json!("silentmove")),
        "$.faults[0].fault: there is no fault \"silentmove\"; did you mean \"silent_move\"?"
    );
    assert!(one("/faults/0/times", json!("twice")).starts_with("$.faults[0].times: "));
    assert_eq!(
        one("/settings", json!({ "sesion_seconds": 5 })),
        "$.settings.sesion_seconds: there is no key \"sesion_seconds\" here; did you mean \"session_seconds\"?"
    );
    assert!(one("/settings", json!({ "session_seconds": "5" })).ends_with("the usual value is 180"));
    assert!(one("/scenario", json!(2)).starts_with("$.scenario: the format's version"));
    assert_eq!(one("/settings", json!([])), "$.settings: an object is expected, not a list");

    let call = wrong(|scenario| {
        scenario["faults"] = json!([{ "fault": "lost_reply", "call": "GET /profile/device", "seconds": 3 }]);
    });
    let expected = [
        "$.faults[0].seconds: there is no key \"seconds\" here; known: fault, call, times, skip, per_mille",
        "$.faults[0].call: Apple's service has no path \"/profile/device\"; did you mean \"/profile/devices\"?",
    ];
    assert_eq!(call, expected);
    let missing = wrong(|scenario| scenario["events"] = json!([{ "at": "+1h", "do": "move" }, { "do": "release" }]));
    let expected = [
        "$.events[0]: the key \"devices\" is missing",
        "$.events[0]: the key \"to\" is missing",
        "$.events[1]: the key \"at\" is missing",
        "$.events[1]: the key \"devices\" is missing",
    ];
    assert_eq!(missing, expected);
    let error = Scenario::from_json("{ \"scenario\": 1,, }").unwrap_err();
    assert!(error.problems[0].to_string().starts_with("$: this is not JSON: "), "{error}");
    assert_eq!(Scenario::from_json("{ \"scenario\": 1 }").map(|scenario| world_size(&scenario)), Ok((1, 0)));
}

#[test]
fn values_that_cannot_be_meant_are_refused_with_what_would_be_right() {
    let told = |key: &str, value: Value| {
        let told = wrong(|scenario| scenario[key] = value.clone());
        assert_eq!(told.len(), 1, "{value}: {told:?}");
        for word in ["expected struct", "expected u", "variant", "Option", "usize"] {
            assert!(!told[0].contains(word), "{told:?}");
        }
        told[0].clone()
    };
    let fault = |rule: Value| told("faults", json!([rule]));
    assert_eq!(
        fault(json!({ "fault": "server_error", "status": 600 })),
        "$.faults[0].status: found 600; write a whole number from 200 to 599"
    );
    for (rule, place) in [
        (json!({ "fault": "refusal", "status": 99999 }), "$.faults[0].status: found 99999; "),
        (json!({ "fault": "proxy_page", "status": 100 }), "$.faults[0].status: found 100; "),
        (json!({ "fault": "slow", "per_mille": 1001 }), "$.faults[0].per_mille: found 1001; "),
        (json!({ "fault": "hidden_from_sync", "share": -1 }), "$.faults[0].share: found -1; "),
        (json!({ "fault": "slow", "times": 0 }), "$.faults[0].times: found 0; "),
        (json!({ "fault": "slow", "call": 5 }), "$.faults[0].call: found 5; write a method and a path"),
        (json!({ "fault": "odd_timestamps", "form": "ofset" }), "$.faults[0].form: found \"ofset\"; write one of "),
        (json!({ "fault": 5 }), "$.faults[0].fault: there is no fault 5; the faults are: same_cursor, "),
        (json!({ "times": 1 }), "$.faults[0].fault: it is missing; the faults are: "),
    ] {
        let told = fault(rule);
        assert!(told.starts_with(place), "{told}");
    }
    for after in [json!(30), json!("30"), json!({ "minutes": 1 }), json!({ "seconds": 1, "date": 1 })] {
        let told = fault(json!({ "fault": "too_many_requests", "retry_after": after }));
        assert!(told.contains("write {\"seconds\": 30}, or {\"date\": 30} for an HTTP date"), "{told}");
    }
    assert_eq!(
        told("settings", json!({ "page_limit": { "default": 20, "maximum": 10 } })),
        "$.settings.page_limit.default: found 20, which is more than the maximum, 10; write a whole number from 1 to 10; \
         the usual value is {\"default\":1000,\"maximum\":1000}"
    );
    for settings in [json!({ "calls_kept": "many" }), json!({ "quoted_errors": 1 }), json!({ "rotate_every": {} })] {
        assert!(told("settings", settings).contains("; the usual value is "));
    }

    let event = |event: Value| told("events", json!([event]));
    let before = event(json!({ "at": "2026-11-22T07:59:59Z", "do": "publish_terms" }));
    assert!(before.starts_with("$.events[0].at: this is before the start, 2026-11-22 08:00:00 UTC"), "{before}");
    let nobody = event(json!({ "at": "+1h", "do": "sign_terms", "by": "it-admin@school.example.com" }));
    assert!(nobody.ends_with("did you mean \"it-admin@school.example.org\"?"), "{nobody}");
    let name = event(json!({ "at": "+1h", "do": "end_fault", "name": "sloow" }));
    assert!(name.starts_with("$.events[0].name: \"sloow\" is not one of same_cursor, "), "{name}");
    let rule = event(json!({ "at": "+1h", "do": "fault", "rule": { "fault": "slow", "times": 0 } }));
    assert!(rule.starts_with("$.events[0].rule.times: found 0; "), "{rule}");
    for at in ["+10000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "+9000000d"] {
        let far = event(json!({ "at": at, "do": "publish_terms" }));
        assert!(far.contains("of the years 1970 to 9999"), "{far}");
        let deadline =
            json!({ "at": "+1h", "do": "migrate", "devices": ["C02XK1JQ0001"], "to": "New MDM", "deadline": at });
        assert!(event(deadline).starts_with("$.events[0].deadline: "), "{at}");
        let trouble = json!({ "throttled": { "until": at } });
        let trouble = event(json!({ "at": "+1h", "do": "trouble", "devices": ["C02XK1JQ0001"], "trouble": trouble }));
        assert!(trouble.starts_with("$.events[0].trouble.throttled.until: "), "{trouble}");
    }
    for start in ["+12000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
        let told = wrong(|scenario| scenario["start"] = json!(start));
        assert!(told.iter().any(|told| told.starts_with("$.start: ")), "{told:?}");
    }
    let device = |more: Value| {
        let mut device = json!({ "serial": "C02XK1JQ0009", "family": "Mac" });
        device.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wrong(|scenario| scenario["devices"].as_array_mut().unwrap().push(device.clone()))
    };
    assert_eq!(
        device(json!({ "server": "New MDM", "unassigned": true })),
        ["$.devices[4].unassigned: a device is on a server or on none: leave out one of the two"]
    );
    assert_eq!(device(json!({ "family": null })), ["$.devices[4]: the key \"family\" is missing"]);
    let thirsty = device(json!({ "trouble": "thirsty" }));
    assert!(
        thirsty[0].starts_with("$.devices[4].trouble: \"thirsty\" is no trouble; write \"failing\""),
        "{thirsty:?}"
    );
}

/// The control interface writes trouble in the same ways.
#[test]
fn trouble_is_written_in_every_spelling() {
    let mut scenario = json!({
        "scenario": 1,
        "devices": [
            { "serial": "A1", "family": "Mac", "trouble": "NotAccessible" },
            { "serial": "A2", "family": "Mac", "trouble": { "throttled": { "until": "+2h" } } },
            { "serial": "A3", "family": "Mac", "trouble": { "Throttled": { "until": "2026-12-24T08:00:00Z" } } },
            { "serial": "A4", "family": "Mac", "trouble": "throttled" },
            { "serial": "A5", "family": "Mac", "trouble": "none" }
        ],
        "events": [
            { "at": "+1h", "do": "trouble", "devices": ["A1"], "trouble": null },
            { "at": "+1h", "do": "trouble", "devices": ["A5"], "trouble": { "throttled": { "until": "+30m" } } }
        ]
    });
    let mut world = world(&scenario.to_string());
    let start = world.now();
    let trouble = |world: &World, serial: &str| world.device(serial).unwrap().trouble;
    let until = |span: TimeDelta| Some(Trouble::Throttled { until: start + span });
    assert_eq!(trouble(&world, "A1"), Some(Trouble::NotAccessible));
    assert_eq!([trouble(&world, "A2"), trouble(&world, "A4")], [until(TimeDelta::hours(2)), until(TimeDelta::days(1))]);
    assert_eq!(trouble(&world, "A3"), Some(Trouble::Throttled { until: "2026-12-24T08:00:00Z".parse().unwrap() }));
    assert_eq!(trouble(&world, "A5"), None);
    world.advance(TimeDelta::hours(1));
    assert_eq!([trouble(&world, "A1"), trouble(&world, "A5")], [None, until(TimeDelta::minutes(90))]);
    assert_eq!(World::from_json(&world.to_json()), Ok(world));
    scenario["events"][0].as_object_mut().unwrap().remove("trouble");
    let error = Scenario::from_json(&scenario.to_string()).unwrap_err();
    assert_eq!(error.problems[0].to_string(), "$.events[0]: the key \"trouble\" is missing");
}

#[test]
fn every_key_at_the_top_may_be_absent_but_the_version() {
    let whole: Value = serde_json::from_str(MIGRATION).unwrap();
    for key in ["about", "seed", "organisation", "settings", "faults", "events"] {
        let mut less = whole.clone();
        less.as_object_mut().unwrap().remove(key).unwrap();
        assert!(Scenario::from_json(&less.to_string()).is_ok(), "{key}");
    }
    let broken = "{\n  \"scenario\": 1,\n  \"devices\": [,]\n}";
    let error = Scenario::from_json(broken).unwrap_err().to_string();
    assert!(error.contains("$: this is not JSON: ") && error.contains("line 3 column 15"), "{error}");
    assert_eq!(Scenario::from_json("[]").unwrap_err().problems.len(), 1);
}

fn world_size(scenario: &Scenario) -> (usize, usize) {
    let world = World::from_scenario(scenario);
    (world.servers().count(), world.devices().count())
}

#[test]
fn families_are_counted() {
    let world = world(MIGRATION);
    let of = |family| world.devices().filter(|device| device.family == family).count();
    assert_eq!([Family::Ipad, Family::Mac, Family::AppleTv].map(of), [20, 2, 2]);
}
