//! What every call goes through before its own work: route, method, headers, session, standing, body.

use apple_ade::simulator::World;
use chrono::TimeDelta;
use http::{Method, Request};
use serde_json::{Value, json};

use super::client::{BASE, Client, Signer, send};

fn world() -> World {
    World::builder().seed(7).devices(3).build()
}

/// Every call with a session, its method and a body that gets past the JSON parser.
const CALLS: &[(&str, &str)] = &[
    ("GET", "/account"),
    ("POST", "/server/devices"),
    ("POST", "/devices/sync"),
    ("POST", "/devices"),
    ("POST", "/devices/disown"),
    ("POST", "/profile"),
    ("GET", "/profile"),
    ("POST", "/profile/devices"),
    ("PUT", "/profile/devices"),
    ("DELETE", "/profile/devices"),
    ("POST", "/device/activationlock"),
    ("GET", "/device/replacementDetails"),
    ("GET", "/os-beta-enrollment/tokens"),
    ("POST", "/account-driven-enrollment/profile"),
    ("GET", "/account-driven-enrollment/profile"),
    ("DELETE", "/account-driven-enrollment/profile"),
];

#[test]
fn every_call_needs_a_session() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    let stranger = Client { session: "stranger".to_owned(), ..client.clone() };
    for (method, path) in CALLS {
        let method = method.parse().unwrap();
        stranger.call(&mut world, &method, path, &json!({})).refused(401, "UNAUTHORIZED");
    }
    let bare = Request::get(format!("{BASE}/account")).header("User-Agent", "test/1").body(Vec::new()).unwrap();
    send(&mut world, &bare).refused(401, "UNAUTHORIZED");
    world.settings_mut().forbid_unknown_session = true;
    stranger.get(&mut world, "/account").refused(403, "FORBIDDEN");
    send(&mut world, &bare).refused(401, "UNAUTHORIZED");
}

#[test]
fn every_call_needs_a_user_agent() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    for (method, path) in CALLS.iter().chain(&[("GET", "/session")]) {
        let mut request = client.request(&method.parse().unwrap(), path, b"{}".to_vec());
        request.headers_mut().remove("User-Agent");
        send(&mut world, &request).refused(400, "USER_AGENT_MISSING");
        request.headers_mut().insert("User-Agent", " ".parse().unwrap());
        send(&mut world, &request).refused(400, "USER_AGENT_MISSING");
        world.settings_mut().refused_user_agents = vec!["curl".to_owned()];
        request.headers_mut().insert("User-Agent", "curl/8".parse().unwrap());
        send(&mut world, &request).refused(400, "USER_AGENT_INVALID");
    }
}

#[test]
fn wrong_paths_and_methods() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    for path in ["/", "/accounts", "/account/", "/Session", "/roster/class"] {
        client.get(&mut world, path).refused(404, "");
    }
    for (_, path) in CALLS.iter().chain(&[("GET", "/session")]) {
        let answer = client.call(&mut world, &Method::PATCH, path, &json!({}));
        answer.refused(405, "");
        assert!(!answer.header("Allow").is_empty());
    }
    assert_eq!(client.delete(&mut world, "/profile", &json!({})).header("Allow"), "GET, POST");
    // Known from protocol version 10 on.
    client.at("9").get(&mut world, "/device/replacementDetails?device=X").refused(404, "");
}

#[test]
fn bodies_are_read_strictly() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    for (method, path) in
        CALLS.iter().filter(|(method, path)| *method != "GET" && (*method, *path) != ("DELETE", CALLS[15].1))
    {
        let method: Method = method.parse().unwrap();
        for body in ["{", "[]", "null", "\"x\"", "{\"devices\":[1}", "{} {}"] {
            let request = client.request(&method, path, body.as_bytes().to_vec());
            send(&mut world, &request).refused(400, "MALFORMED_REQUEST_BODY");
        }
        let deep = format!("{{\"devices\":{}", "[".repeat(100_000));
        send(&mut world, &client.request(&method, path, deep.into_bytes())).refused(400, "MALFORMED_REQUEST_BODY");
        for kind in ["", "text/plain", "application/x-www-form-urlencoded"] {
            let mut request = client.request(&method, path, b"{}".to_vec());
            request.headers_mut().insert("Content-Type", kind.parse().unwrap());
            send(&mut world, &request).refused(415, "");
        }
    }
    let wrong_types = [
        ("/server/devices", json!({ "limit": "10" })),
        ("/server/devices", json!({ "limit": 1.5 })),
        ("/server/devices", json!({ "limit": 3_000_000_000_u32 })),
        ("/devices/sync", json!({ "cursor": 5 })),
        ("/devices", json!({ "devices": "C02" })),
        ("/devices/disown", json!({ "devices": [1] })),
        ("/profile/devices", json!({ "profile_uuid": 1, "devices": ["C02"] })),
        ("/device/activationlock", json!({ "device": ["C02"] })),
        ("/account-driven-enrollment/profile", json!({ "mdm_service_discovery_url": 1 })),
    ];
    for (path, body) in wrong_types {
        client.post(&mut world, path, &body).refused(400, "MALFORMED_REQUEST_BODY");
    }
}

#[test]
fn sessions_expire() {
    let mut world = world();
    world.settings_mut().session_seconds = 60;
    let client = Client::sign_in(&mut world);
    world.advance(TimeDelta::seconds(59));
    assert_eq!(client.get(&mut world, "/account").status, 200);
    world.advance(TimeDelta::seconds(1));
    client.get(&mut world, "/account").refused(401, "UNAUTHORIZED");
    let client = Client::sign_in(&mut world);
    assert_eq!(client.get(&mut world, "/account").status, 200);
    world.end_sessions();
    client.get(&mut world, "/account").refused(401, "UNAUTHORIZED");
}

#[test]
fn sessions_rotate() {
    for old_stays in [true, false] {
        let mut world = world();
        world.settings_mut().rotate_every = Some(3);
        world.settings_mut().old_session_stays = old_stays;
        let mut client = Client::sign_in(&mut world);
        let old = client.clone();
        for round in 1..=7 {
            let answer = client.get(&mut world, "/account");
            assert_eq!(answer.status, 200);
            let fresh = answer.header("X-ADM-Auth-Session");
            assert_eq!(!fresh.is_empty(), round % 3 == 0, "round {round}");
            if !fresh.is_empty() {
                assert_ne!(fresh, client.session);
                assert!(answer.response.headers()["X-ADM-Auth-Session"].is_sensitive());
                fresh.clone_into(&mut client.session);
            }
        }
        assert_eq!(old.get(&mut world, "/account").status == 200, old_stays);
    }
}

#[test]
fn standing_is_checked_at_sign_in_and_later() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    world.organisation_mut().terms_signed = false;
    client.get(&mut world, "/account").refused(403, "T_C_NOT_SIGNED");
    Signer::new(&world, "n1").send(&mut world).refused(403, "T_C_NOT_SIGNED");
    world.organisation_mut().access = false;
    client.get(&mut world, "/account").refused(403, "ACCESS_DENIED");
    Signer::new(&world, "n2").send(&mut world).refused(403, "ACCESS_DENIED");
    world.organisation_mut().access = true;
    world.organisation_mut().terms_signed = true;
    assert_eq!(client.get(&mut world, "/account").status, 200);
}

#[test]
fn error_words_come_bare_or_quoted_and_every_answer_has_its_headers() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    client.post(&mut world, "/devices", &json!({})).refused(400, "DEVICE_ID_REQUIRED");
    world.settings_mut().quoted_errors = true;
    let answer = client.post(&mut world, "/devices", &json!({}));
    answer.refused(400, "\"DEVICE_ID_REQUIRED\"");
    assert_eq!(answer.header("Date"), "Sun, 22 Nov 2026 08:00:00 GMT");
    assert!(answer.header("Content-Type").starts_with("text/plain"));
    client.get(&mut world, "/nowhere").refused(404, "");

    let ids: Vec<String> =
        (0..3).map(|_| client.get(&mut world, "/account").header("X-Apple-Request-UUID").to_owned()).collect();
    assert!(ids.iter().all(|id| id.len() == 36));
    assert!(ids[0] != ids[1] && ids[1] != ids[2]);
    let logged: Vec<&str> = world.calls().map(|call| call.request_id.as_str()).collect();
    assert_eq!(logged[logged.len() - 3..], ids);
}

#[test]
fn the_account_by_protocol_version() {
    let mut world = World::builder().seed(7).org_name("District 42").server_name("Main").build();
    let client = Client::sign_in(&mut world);
    let account = |world: &mut World, protocol| client.at(protocol).get(world, "/account").json();
    let keys = |account: &Value| account.as_object().unwrap().keys().cloned().collect::<Vec<_>>();

    let two = account(&mut world, "2");
    assert_eq!(
        keys(&two),
        [
            "admin_id",
            "facilitator_id",
            "org_address",
            "org_email",
            "org_name",
            "org_phone",
            "server_name",
            "server_uuid",
        ]
    );
    assert_eq!((&two["org_name"], &two["server_name"]), (&json!("District 42"), &json!("Main")));

    let three = account(&mut world, "3");
    let sample: Value = serde_json::from_str(include_str!("../../fixtures/micromdm/account_2018.json")).unwrap();
    for (key, value) in sample.as_object().unwrap() {
        assert_eq!(std::mem::discriminant(value), std::mem::discriminant(&three[key]), "{key}");
    }
    let ten = account(&mut world, "10");
    let url =
        |account: &Value, uri: &str| account["urls"].as_array().unwrap().iter().find(|url| url["uri"] == uri).cloned();
    assert_eq!(url(&three, "/device/replacementDetails"), None);
    assert_eq!(
        url(&ten, "/device/replacementDetails"),
        Some(json!({ "uri": "/device/replacementDetails", "http_method": ["GET"] }))
    );
    let limit = json!({ "default": 1000, "maximum": 1000 });
    for uri in ["/server/devices", "/devices/sync"] {
        assert_eq!(url(&ten, uri).unwrap(), json!({ "uri": uri, "http_method": ["POST"], "limit": limit }));
    }
    assert_eq!(url(&ten, "/profile/devices").unwrap()["http_method"], json!(["DELETE", "POST", "PUT"]));
    for larger in ["11", "12", "99", "100000000000"] {
        assert_eq!(account(&mut world, larger), ten);
    }
    // Not a version: as if there were none.
    assert_eq!(account(&mut world, "ten"), account(&mut world, "1"));
    assert_eq!(account(&mut world, "0"), account(&mut world, "1"));
}

#[test]
fn calls_are_logged_without_secrets() {
    let mut world = world();
    let client = Client::sign_in(&mut world);
    client.post(&mut world, "/devices", &json!({}));
    let calls: Vec<_> = world.calls().collect();
    let server = &world.servers().next().unwrap().uuid;
    assert_eq!((calls[1].method.as_str(), calls[1].target.as_str()), ("POST", "/devices"));
    assert_eq!((calls[1].status, calls[1].word.as_deref(), calls[1].protocol), (400, Some("DEVICE_ID_REQUIRED"), 10));
    assert_eq!(calls.iter().map(|call| call.server.as_ref()).collect::<Vec<_>>(), [Some(server), Some(server)]);
    let told = format!("{calls:?}{world:?}{}", serde_json::to_string(&calls).unwrap());
    assert!(!told.contains(&client.session));
    let token: Value = serde_json::from_str(&world.server_token_json()).unwrap();
    for key in ["consumer_key", "consumer_secret", "access_token", "access_secret"] {
        assert!(!told.contains(token[key].as_str().unwrap()), "{key}");
    }
    world.settings_mut().calls_kept = 1;
    client.get(&mut world, "/account");
    assert_eq!(world.calls().count(), 1);
}
