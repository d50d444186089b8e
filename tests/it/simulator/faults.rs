//! Every fault of the catalogue is provoked, and nothing else is disturbed by it.

use apple_ade::simulator::{Fault, FaultRule, Faults, RetryAfter, Simulator, TimeForm, Trouble, World};
use apple_ade::transport::BlockingTransport;
use chrono::{DateTime, TimeDelta};
use http::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client, serials};

const FETCH: &str = "/server/devices";
const SYNC: &str = "/devices/sync";

fn world() -> (World, Client) {
    let mut world = World::builder().seed(7).devices(6).add_server("Second").build();
    world.settings_mut().session_seconds = u32::MAX;
    let client = Client::sign_in(&mut world);
    (world, client)
}

fn once(world: &mut World, fault: Fault) {
    world.faults_mut().add(FaultRule::new(fault).times(1));
}

fn names(page: &Value) -> Vec<String> {
    let rows = page["devices"].as_array().unwrap();
    rows.iter().map(|row| row["serial_number"].as_str().unwrap().to_owned()).collect()
}

fn page(client: &Client, world: &mut World, path: &str, cursor: &Value, limit: usize) -> Value {
    client.post(world, path, &json!({ "cursor": cursor, "limit": limit })).json()
}

/// The cursor at the end of the list.
fn end(client: &Client, world: &mut World) -> Value {
    json!(client.read_all(world, FETCH, None, 100).1)
}

/// A page at a cursor, with the fault and then without: what differs, and that the fault is gone after once.
fn both(world: &mut World, client: &Client, fault: Fault, path: &str, cursor: &Value) -> (Value, Value) {
    once(world, fault.clone());
    let odd = page(client, world, path, cursor, 2);
    assert_eq!(world.calls().last().unwrap().faults, [fault.name()]);
    assert_eq!(world.faults().count(), 0, "{} is spent", fault.name());
    (odd, page(client, world, path, cursor, 2))
}

fn same_cursor(world: &mut World, client: &Client) {
    let first = page(client, world, FETCH, &Value::Null, 2);
    let (odd, usual) = both(world, client, Fault::SameCursor, FETCH, &first["cursor"]);
    assert_eq!((&odd["cursor"], &odd["more_to_follow"]), (&first["cursor"], &json!(true)));
    assert_ne!(usual["cursor"], first["cursor"]);
    assert_eq!(odd["devices"], usual["devices"]);
    let end = end(client, world);
    let (odd, usual) = both(world, client, Fault::SameCursor, SYNC, &end);
    assert_eq!((&odd["cursor"], &odd["more_to_follow"], &usual["more_to_follow"]), (&end, &json!(true), &json!(false)));
}

fn empty_page(world: &mut World, client: &Client) {
    for cursor in [Value::Null, page(client, world, FETCH, &Value::Null, 2)["cursor"].clone()] {
        let (odd, usual) = both(world, client, Fault::EmptyPage, FETCH, &cursor);
        assert_eq!((&odd["devices"], &odd["more_to_follow"]), (&json!([]), &json!(true)));
        assert_ne!(odd["cursor"], cursor, "the list has moved on");
        assert_eq!(page(client, world, FETCH, &odd["cursor"], 2)["devices"], usual["devices"], "nothing is lost");
    }
}

fn duplicate_in_page(world: &mut World, client: &Client) {
    let (odd, usual) = both(world, client, Fault::DuplicateInPage, FETCH, &Value::Null);
    let usual = names(&usual);
    assert_eq!(names(&odd), [usual[0].clone(), usual[1].clone(), usual[0].clone()]);
}

fn duplicate_across_pages(world: &mut World, client: &Client) {
    let first = page(client, world, FETCH, &Value::Null, 2);
    let (odd, usual) = both(world, client, Fault::DuplicateAcrossPages, FETCH, &first["cursor"]);
    assert_eq!(odd["devices"][0], first["devices"][1]);
    assert_eq!(names(&odd)[1..], names(&usual)[..]);
    let end = end(client, world);
    for serial in serials(world) {
        world.set_asset_tag(&serial, "x");
    }
    let first = page(client, world, SYNC, &end, 2);
    let (odd, _) = both(world, client, Fault::DuplicateAcrossPages, SYNC, &first["cursor"]);
    assert_eq!(odd["devices"][0], first["devices"][1]);
}

fn bare_deleted_rows(world: &mut World, client: &Client) {
    let end = end(client, world);
    let serials = serials(world);
    world.set_asset_tag(&serials[0], "x");
    world.release(&serials[1]);
    let (odd, usual) = both(world, client, Fault::BareDeletedRows, SYNC, &end);
    assert_eq!(odd["devices"][0], usual["devices"][0], "the modified row is whole");
    let keys: Vec<_> = odd["devices"][1].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["device_family", "op_date", "op_type", "serial_number"]);
}

fn odd_timestamps(world: &mut World, client: &Client) {
    for (form, time) in [
        (TimeForm::Empty, ""),
        (TimeForm::Fraction, "2026-11-22T08:00:00.123Z"),
        (TimeForm::Garbage, "yesterday"),
        (TimeForm::Offset, "2026-11-22T08:00:00+00:00"),
    ] {
        let end = end(client, world);
        world.set_asset_tag(&serials(world)[0], "x");
        let (odd, usual) = both(world, client, Fault::OddTimestamps { form }, SYNC, &end);
        assert_eq!(usual["devices"][0]["op_date"], "2026-11-22T08:00:00Z");
        assert_eq!(odd["devices"][0]["op_date"], time);
        assert_ne!(odd["devices"][0]["device_assigned_date"], usual["devices"][0]["device_assigned_date"]);
    }
}

fn unknown_keys(world: &mut World, client: &Client) {
    let (mut odd, usual) = both(world, client, Fault::UnknownKeys, FETCH, &Value::Null);
    assert!(odd.as_object_mut().unwrap().remove("x_served_by").unwrap().is_object());
    for row in odd["devices"].as_array_mut().unwrap() {
        assert!(row.as_object_mut().unwrap().remove("x_lease").is_some());
    }
    assert_eq!(odd, usual, "nothing else is different");
    once(world, Fault::UnknownKeys);
    assert!(client.get(world, "/account").json().get("x_served_by").is_some());
}

fn unknown_values(world: &mut World, client: &Client) {
    let (odd, usual) = both(world, client, Fault::UnknownValues, FETCH, &Value::Null);
    assert_eq!(odd["devices"][0]["device_family"], "Watch");
    assert_eq!(odd["devices"][0]["profile_status"], "queued");
    assert_eq!(odd["devices"][1], usual["devices"][1]);
    once(world, Fault::UnknownValues);
    assert_eq!(client.get(world, "/account").json()["org_type"], "gov");
}

fn hidden_from_sync(world: &mut World, client: &Client) {
    let cursor = end(client, world);
    let all = serials(world);
    for serial in &all {
        world.set_asset_tag(serial, "x");
    }
    let hidden = [all[1].clone(), all[2].clone()].into();
    world.faults_mut().add(Fault::HiddenFromSync { serials: hidden, share: 1000 });
    let told = page(client, world, SYNC, &cursor, 100);
    assert_eq!(names(&told), [&all[0], &all[3], &all[4], &all[5]].map(Clone::clone));
    assert_eq!(page(client, world, SYNC, &told["cursor"], 100)["devices"], json!([]), "they never come");
    assert_eq!(names(&page(client, world, FETCH, &Value::Null, 100)).len(), 6, "a new fetch lists them");
    world.faults_mut().clear();
    world.faults_mut().add(Fault::HiddenFromSync { serials: [].into(), share: 500 });
    let some = names(&page(client, world, SYNC, &cursor, 100));
    assert!((1..6).contains(&some.len()), "{some:?}");
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), some, "always the same ones");
}

fn throttled_vanish(world: &mut World, client: &Client) {
    let cursor = end(client, world);
    let all = serials(world);
    let until = world.now() + TimeDelta::hours(1);
    world.set_trouble(&all[0], Some(Trouble::Throttled { until }));
    world.faults_mut().add(Fault::ThrottledVanish);
    world.set_asset_tag(&all[0], "x");
    world.set_asset_tag(&all[1], "x");
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), [all[1].clone()]);
    world.advance(TimeDelta::hours(1));
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), all[..2]);
}

fn silent_move(world: &mut World, client: &Client) {
    let cursor = end(client, world);
    let all = serials(world);
    let second = world.servers().nth(1).unwrap().uuid.clone();
    once(world, Fault::SilentMove);
    assert!(world.move_device(&all[0], &second) && world.move_device(&all[1], &second));
    assert_eq!(names(&page(client, world, SYNC, &cursor, 100)), [all[1].clone()], "the first left no row");
    let token = world.server_token_json_for("Second").unwrap();
    let other = Client::with_token(world, &token);
    assert_eq!(names(&page(&other, world, FETCH, &Value::Null, 100)), all[..2]);
    assert_eq!(client.read_all(world, FETCH, None, 100).0.len(), 4, "a new fetch does without both");
}

fn terms_linger(world: &mut World, client: &Client) {
    let refused = |world: &mut World| client.get(world, "/account").refused(403, "T_C_NOT_SIGNED");
    once(world, Fault::TermsLinger { hours: 30 });
    world.publish_terms();
    refused(world);
    world.sign_terms("it-admin@school.example.org").unwrap();
    refused(world);
    world.advance(TimeDelta::hours(30) - TimeDelta::seconds(1));
    refused(world);
    world.advance(TimeDelta::seconds(1));
    client.get(world, "/account").json();
    world.publish_terms();
    world.sign_terms("it-admin@school.example.org").unwrap();
    client.get(world, "/account").json();
}

/// Defines a profile through a handle, and says whether an answer came.
fn define(world: &World, client: &Client) -> (Simulator, bool) {
    let simulator = Simulator::new(world.clone());
    let profile = json!({ "profile_name": "x", "url": "https://mdm.example.com/enroll" });
    let request = client.request(&Method::POST, "/profile", serde_json::to_vec(&profile).unwrap());
    let result = BlockingTransport::send(&simulator, request);
    if let Err(error) = &result {
        assert!(error.get_ref().is::<apple_ade::simulator::Lost>(), "{error:?}");
        assert_eq!(error.to_string(), "no answer from the service: the connection broke before an answer came");
    }
    (simulator, result.is_ok())
}

fn profiles(simulator: &Simulator) -> usize {
    simulator.with_world(|world| world.servers().next().unwrap().profile_count())
}

fn lost_request(world: &mut World, client: &Client) {
    once(world, Fault::LostRequest);
    let (simulator, answered) = define(world, client);
    assert!(!answered);
    assert_eq!(profiles(&simulator), 0);
    let call = simulator.with_world(|world| world.calls().last().unwrap().clone());
    assert_eq!((call.lost, call.status), (true, 0));
    assert_eq!(client.get(world, "/account").status, 504, "World::handle has an answer for everything");
}

fn lost_reply(world: &mut World, client: &Client) {
    once(world, Fault::LostReply);
    let (simulator, answered) = define(world, client);
    assert!(!answered);
    assert_eq!(profiles(&simulator), 1, "the work was done");
    let call = simulator.with_world(|world| world.calls().last().unwrap().clone());
    assert_eq!((call.lost, call.status), (true, 200));
}

fn slow(world: &mut World, client: &Client) {
    world.faults_mut().add(Fault::Slow { seconds: 90 });
    let before = world.now();
    let answer = world.answer(&client.request(&Method::GET, "/account", Vec::new()));
    assert_eq!((answer.delay.as_secs(), answer.result.unwrap().status().as_u16()), (90, 200));
    assert_eq!(world.now(), before, "time never passes by itself");
    assert_eq!(world.calls().last().unwrap().delay_seconds, 90);
}

fn answers(world: &mut World, client: &Client, fault: Fault) -> Answer {
    once(world, fault);
    let answer = client.get(world, "/account");
    client.get(world, "/account").json();
    answer
}

fn server_error(world: &mut World, client: &Client) {
    let error = |retry_after| Fault::ServerError { status: 503, retry_after };
    let plain = answers(world, client, error(None));
    assert_eq!((plain.status, plain.text.as_str(), plain.header("Retry-After")), (503, "", ""));
    assert_eq!(answers(world, client, error(Some(RetryAfter::Seconds(120)))).header("Retry-After"), "120");
    let dated = answers(world, client, error(Some(RetryAfter::Date(120))));
    let at = DateTime::parse_from_rfc2822(dated.header("Retry-After")).unwrap();
    assert_eq!(at, world.now() + TimeDelta::seconds(120));
    assert_eq!(dated.header("Retry-After"), "Sun, 22 Nov 2026 08:02:00 GMT");
    // A burst, and the service is back.
    world.faults_mut().add(FaultRule::new(error(None)).skip(1).times(3));
    let burst: Vec<u16> = (0..5).map(|_| client.get(world, "/account").status).collect();
    assert_eq!(burst, [200, 503, 503, 503, 200]);
}

fn too_many_requests(world: &mut World, client: &Client) {
    let answer = answers(world, client, Fault::TooManyRequests { retry_after: Some(RetryAfter::Seconds(30)) });
    answer.refused(429, "TOO_MANY_REQUESTS");
    assert_eq!(answer.header("Retry-After"), "30");
}

fn proxy_page(world: &mut World, client: &Client) {
    for status in [502, 403, 200] {
        let answer = answers(world, client, Fault::ProxyPage { status });
        assert_eq!((answer.status, answer.header("Content-Type")), (status, "text/html; charset=utf-8"));
        assert!(answer.text.starts_with("<!DOCTYPE html>") && answer.text.contains("FORBIDDEN"));
    }
}

fn redirect(world: &mut World, client: &Client) {
    let answer = answers(world, client, Fault::Redirect);
    assert_eq!((answer.status, answer.header("Location")), (302, "https://proxy.example.net/login"));
}

fn gateway_timeout(world: &mut World, client: &Client) {
    once(world, Fault::GatewayTimeout);
    let (simulator, answered) = define(world, client);
    assert!(answered && profiles(&simulator) == 1, "the work was done");
    assert_eq!(answers(world, client, Fault::GatewayTimeout).status, 504);
}

fn truncated_body(world: &mut World, client: &Client) {
    let whole = client.get(world, "/account").text;
    let answer = answers(world, client, Fault::TruncatedBody);
    assert!(answer.status == 200 && answer.text == whole[..whole.len() / 2]);
}

fn missing_serials(world: &mut World, client: &Client) {
    let uuid = client.define(world);
    let all = serials(world);
    once(world, Fault::MissingSerials { count: 2 });
    let answer = client.post(world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": all })).json();
    let told: Vec<&String> = answer["devices"].as_object().unwrap().keys().collect();
    assert_eq!(told, all[..4].iter().collect::<Vec<_>>());
    assert!(all.iter().all(|serial| world.device(serial).unwrap().profile.uuid.as_deref() == Some(&uuid)));
}

fn refusal(world: &mut World, client: &Client) {
    for (status, word) in [(400, "DESCRIPTION_INVALID"), (500, "internal_server_error"), (418, "A_WORD_OF_TOMORROW")] {
        answers(world, client, Fault::Refusal { status, word: word.into() }).refused(status, word);
    }
    world.settings_mut().quoted_errors = true;
    answers(world, client, Fault::refusal("LOCALE_INVALID").unwrap()).refused(400, "\"LOCALE_INVALID\"");
}

fn device_status(world: &mut World, client: &Client) {
    let all = serials(world);
    let uuid = client.define(world);
    let status = |world: &mut World, client: &Client, method: Method, path: &str, body: Value| {
        once(world, Fault::DeviceStatus { status: "NOT_FOUND".into() });
        client.call(world, &method, path, &body).json()
    };
    let list = json!({ "devices": [all[0]] });
    let assign = json!({ "devices": [all[0]], "profile_uuid": uuid });
    let profile = json!({ "devices": [all[0]], "profile_name": "x", "url": "https://mdm.example.com/enroll" });
    let expected = json!({ &all[0]: "NOT_FOUND" });
    assert_eq!(status(world, client, Method::POST, "/devices/disown", list.clone())["devices"], expected);
    assert_eq!(status(world, client, Method::DELETE, "/profile/devices", list.clone())["devices"], expected);
    assert_eq!(status(world, client, Method::PUT, "/profile/devices", assign)["devices"], expected);
    let defined = status(world, client, Method::POST, "/profile", profile);
    assert_eq!(defined["devices"], expected);
    assert!(world.profile_json(defined["profile_uuid"].as_str().unwrap()).is_some());
    let details = status(world, client, Method::POST, "/devices", list);
    assert_eq!(details["devices"][&all[0]]["response_status"], "NOT_FOUND");
    let locked = status(world, client, Method::POST, "/device/activationlock", json!({ "device": all[0] }));
    assert_eq!(locked, json!({ "serial_number": all[0], "response_status": "NOT_FOUND" }));
    let device = world.device(&all[0]).unwrap();
    assert!(!device.released && !device.locked && device.profile.uuid.is_none(), "nothing was done");
}

type Provoke = fn(&mut World, &Client);

#[test]
fn every_fault_of_the_catalogue_is_provoked() {
    let all: &[(&str, Provoke)] = &[
        ("same_cursor", same_cursor),
        ("empty_page", empty_page),
        ("duplicate_in_page", duplicate_in_page),
        ("duplicate_across_pages", duplicate_across_pages),
        ("bare_deleted_rows", bare_deleted_rows),
        ("odd_timestamps", odd_timestamps),
        ("unknown_keys", unknown_keys),
        ("unknown_values", unknown_values),
        ("hidden_from_sync", hidden_from_sync),
        ("throttled_vanish", throttled_vanish),
        ("silent_move", silent_move),
        ("terms_linger", terms_linger),
        ("lost_request", lost_request),
        ("lost_reply", lost_reply),
        ("slow", slow),
        ("server_error", server_error),
        ("too_many_requests", too_many_requests),
        ("proxy_page", proxy_page),
        ("redirect", redirect),
        ("gateway_timeout", gateway_timeout),
        ("truncated_body", truncated_body),
        ("missing_serials", missing_serials),
        ("refusal", refusal),
        ("device_status", device_status),
    ];
    let names: Vec<&str> = Fault::CATALOGUE.iter().map(|entry| entry.name).collect();
    assert_eq!(all.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    for (name, provoke) in all {
        println!("{name}");
        let (mut world, client) = world();
        provoke(&mut world, &client);
    }
}

#[test]
fn faults_are_stored_by_their_names() {
    let stored: Vec<Fault> = Fault::all().collect();
    assert_eq!(stored.len(), Fault::CATALOGUE.len());
    for (fault, entry) in stored.iter().zip(Fault::CATALOGUE) {
        assert_eq!(fault.name(), entry.name);
        let json =
            serde_json::to_value(FaultRule::new(fault.clone()).on("/devices/sync").times(3).per_mille(10)).unwrap();
        let mut keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        keys.retain(|key| !["fault", "call", "times", "per_mille"].contains(key));
        assert!(keys.iter().all(|key| entry.parameters.contains(key)), "{keys:?} {entry:?}");
        let back: FaultRule = serde_json::from_value(json).unwrap();
        assert_eq!((&back.fault, back.times, back.per_mille), (fault, Some(3), 10));
    }
    assert_eq!(Fault::named("no_such_fault"), None);
}

#[test]
fn a_fault_strikes_only_the_calls_it_is_for() {
    let (mut world, client) = world();
    world.faults_mut().add(FaultRule::new(Fault::refusal("FORBIDDEN").unwrap()).on("POST /profile").times(1));
    client.get(&mut world, "/account").json();
    let profile = json!({ "profile_name": "x", "url": "https://mdm.example.com/enroll" });
    assert_eq!(client.get(&mut world, "/profile?profile_uuid=1").status, 400);
    client.post(&mut world, "/profile", &profile).refused(403, "FORBIDDEN");
    client.post(&mut world, "/profile", &profile).json();

    // A fault that finds nothing to change is not used up.
    once(&mut world, Fault::MissingSerials { count: 1 });
    client.post(&mut world, "/devices", &json!({})).refused(400, "DEVICE_ID_REQUIRED");
    assert_eq!(world.faults().count(), 1);
}

#[test]
fn random_faults_are_the_same_for_a_seed_and_change_no_serial_number() {
    let play = |seed, per_mille| {
        let faults = Faults::at_random(seed, per_mille);
        let mut world = World::builder().seed(7).devices(20).faults(faults).build();
        world.settings_mut().session_seconds = u32::MAX;
        let free: Vec<FaultRule> = world.faults().cloned().collect();
        world.faults_mut().clear();
        let client = Client::sign_in(&mut world);
        let mut odd = world.clone();
        *odd.faults_mut() = Faults::at_random(seed, per_mille);
        assert_eq!(odd.faults().cloned().collect::<Vec<_>>(), free);
        let struck: Vec<Vec<String>> = (0..300)
            .map(|round| {
                let body = json!({ "limit": 5 });
                odd.handle(&client.request(&Method::POST, FETCH, serde_json::to_vec(&body).unwrap()));
                world.handle(&client.request(&Method::GET, "/account", Vec::new()));
                let struck = odd.calls().last().unwrap().faults.clone();
                if round % 50 == 0 {
                    assert_eq!(
                        odd.buy(apple_ade::simulator::Family::Mac),
                        world.buy(apple_ade::simulator::Family::Mac)
                    );
                }
                struck
            })
            .collect();
        struck
    };
    let count = |struck: &[Vec<String>]| struck.iter().filter(|names| !names.is_empty()).count();
    let some = play(1, 200);
    assert_eq!(some, play(1, 200));
    assert_ne!(some, play(2, 200));
    assert!((10..90).contains(&count(&some)), "{}", count(&some));
    assert_eq!(count(&play(1, 0)), 0);
}
