//! The world as a value, and the handle around it.

use apple_ade::simulator::{Family, Fault, FaultRule, Role, Simulator, TermsError, World, WorldError};
use apple_ade::transport::{BlockingTransport, Transport};
use serde_json::json;

use super::client::{Client, Signer};

fn builder() -> apple_ade::simulator::WorldBuilder {
    World::builder().seed(7).devices(30).share_failing(100)
}

/// Everything a client might do, each answer in full.
fn play(world: &mut World) -> String {
    let client = Client::sign_in(world);
    let uuid = client.define(world);
    let (rows, cursor) = client.read_all(world, "/server/devices", None, 7);
    world.churn(20);
    let (news, _) = client.at("9").read_all(world, "/devices/sync", Some(cursor), 3);
    let serials: Vec<_> = rows.iter().map(|row| row["serial_number"].clone()).collect();
    let assigned = client.post(world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": serials }));
    format!("{client:?} {uuid} {rows:?} {news:?} {:?}", assigned.response)
}

#[test]
fn the_same_seed_gives_the_same_world_and_answers() {
    let (mut one, mut two) = (builder().build(), builder().build());
    assert_eq!(one, two);
    one.settings_mut().session_seconds = u32::MAX;
    two.settings_mut().session_seconds = u32::MAX;
    assert_eq!(play(&mut one), play(&mut two));
    assert_eq!(one, two);
    let other = builder().seed(8).build();
    assert_ne!(one.server_token_json(), other.server_token_json());
    assert!(one.devices().zip(other.devices()).all(|(a, b)| a.serial_number != b.serial_number));
}

#[test]
fn a_world_is_cloned_and_stored_at_any_moment() {
    let mut world = builder().build();
    world.settings_mut().session_seconds = u32::MAX;
    play(&mut world);
    let stored = serde_json::to_string(&world).unwrap();
    let mut back: World = serde_json::from_str(&stored).unwrap();
    assert_eq!(back, world);
    let mut copy = world.clone();
    let answers = [play(&mut world), play(&mut back), play(&mut copy)];
    assert!(answers[0] == answers[1] && answers[1] == answers[2]);
    assert!(world == back && back == copy);
}

#[test]
fn time_stands_still_by_itself() {
    let mut world = builder().build();
    let start = world.now();
    let client = Client::sign_in(&mut world);
    (0..10).for_each(|_| assert_eq!(client.get(&mut world, "/account").status, 200));
    assert_eq!(world.now(), start);
}

#[test]
fn a_simulator_is_a_transport() {
    let simulator = Simulator::new(builder().build());
    let stamp = simulator.stamp();
    assert_eq!(stamp.now(), simulator.with_world(|world| world.now()));
    assert_ne!(stamp.nonce(), simulator.stamp().nonce());

    let signer = simulator.with_world(|world| Signer::new(world, "n"));
    let request = |signer: &Signer| {
        let request = http::Request::get(format!("{}/session", simulator.base_url()));
        request.header("Authorization", signer.header()).header("User-Agent", "test/1").body(Vec::new()).unwrap()
    };
    let blocking = BlockingTransport::send(&simulator, request(&signer)).unwrap();
    assert_eq!(blocking.status(), 200);
    let shared = simulator.clone();
    let object: &dyn Transport = &shared;
    let reused = pollster::block_on(object.send(request(&signer))).unwrap();
    assert_eq!(reused.status(), 401, "the clone knows the nonce");
    assert_eq!(simulator.with_world(|world| world.calls().count()), 2);
}

/// A world in the middle of its life: a profile assigned, a session open, a fault waiting.
fn lived() -> World {
    let builder = World::builder().seed(7).devices(3).family(Family::Vision, 1).add_server("Second");
    let mut world = builder.fault(FaultRule::new(Fault::EmptyPage).times(2)).build();
    let client = Client::sign_in(&mut world);
    let uuid = client.define(&mut world);
    let serials = super::client::serials(&world);
    client.post(&mut world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": serials })).json();
    world.release(&serials[0]);
    world.publish_terms();
    world
}

/// `world_v1.json` is what `lived().to_json()` gave when version 1 was made. A newer version adds a file and changes none.
#[test]
fn a_stored_world_of_every_version_is_read() {
    let stored = include_str!("../../fixtures/simulator/world_v1.json");
    let mut world = World::from_json(stored.trim_end()).unwrap();
    assert_eq!(world.to_json(), stored.trim_end());
    assert_eq!(world.devices().count(), 4);
    assert_eq!((world.faults().count(), world.organisation().terms.version), (1, 2));
    world.sign_terms("it-admin@school.example.org").unwrap();
    let client = Client::sign_in(&mut world);
    assert_eq!(client.post(&mut world, "/server/devices", &json!({})).json()["devices"], json!([]));
}

#[test]
fn what_is_no_stored_world_is_refused_with_the_reason() {
    let json = lived().to_json();
    assert_eq!(World::from_json(&json), Ok(lived()));
    let newer = json.replacen("\"version\":1", "\"version\":2", 1);
    assert_eq!(World::from_json(&newer), Err(WorldError::UnknownVersion(2)));
    assert!(serde_json::from_str::<World>(&newer).unwrap_err().to_string().contains("has version 2"));
    for wrong in ["", "{}", "[1]", "{\"version\":1}", &json[..json.len() - 1]] {
        let error = World::from_json(wrong).unwrap_err();
        assert!(matches!(&error, WorldError::NotAWorld(_)), "{wrong}");
        assert!(error.to_string().starts_with("this is not a stored world: "), "{error}");
    }
}

#[test]
fn a_stored_world_that_contradicts_itself_is_refused_with_the_names() {
    let world = World::builder().seed(7).devices(2).add_server("Second").build();
    let stored = world.to_json();
    let [first, second] = [0, 1].map(|index| world.servers().nth(index).unwrap().uuid.clone());
    let serial = world.devices().next().unwrap().serial_number.clone();
    let told = |stored: &str| match World::from_json(stored) {
        Err(WorldError::Contradiction(told)) => told,
        other => panic!("{other:?}"),
    };
    let twice = told(&stored.replace(&second, &first));
    assert_eq!(twice, [format!("two servers have the UUID {first:?}")]);
    let lost = stored.replace(&format!("\"server\":\"{first}\""), "\"server\":\"nowhere\"");
    let lost = told(&lost);
    let expected = format!("device {serial} is on the server \"nowhere\", which does not exist");
    assert!(lost.contains(&expected), "{lost:?}");
    let elsewhere = stored.replace(&format!("\"server\":\"{first}\""), &format!("\"server\":\"{second}\""));
    assert!(told(&elsewhere).iter().any(|told| told.ends_with("which does not list it")));
    let mut odd: serde_json::Value = serde_json::from_str(&stored).unwrap();
    odd["now"] = json!("+12000-01-01T00:00:00Z");
    odd["devices"][0]["migration_deadline"] = json!("-0001-01-01T00:00:00Z");
    let odd = told(&odd.to_string());
    assert_eq!(odd[0], "the clock is +12000-01-01 00:00:00 UTC, and a year has four digits");
    assert!(odd[1].starts_with("a time of device ") && odd.len() == 2, "{odd:?}");
    assert_eq!(World::from_json(&stored), Ok(world));
}

/// Apple's form has room for four digits of a year.
#[test]
fn the_clock_stays_where_times_can_be_written() {
    let mut world = builder().build();
    let end = "9999-12-31T23:59:59Z".parse().unwrap();
    world.set_now(end);
    world.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(world.now(), end);
    world.set_now(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    world.set_now(chrono::DateTime::<chrono::Utc>::MIN_UTC);
    assert_eq!(world.now(), end);
    world.add_server("Third");
    assert!(world.servers().all(|server| server.token_expiry() <= end));
    assert_eq!(World::from_json(&world.to_json()), Ok(world));
}

#[test]
fn terms_are_signed_by_administrators_alone() {
    let mut world = World::builder().administrator("eve@x", "Eve", Role::DeviceEnrollmentManager).build();
    let client = Client::sign_in(&mut world);
    let admin = world.organisation().administrators[0].id.clone();
    assert_eq!(world.sign_terms(&admin), Err(TermsError::NothingToSign(1)));
    world.publish_terms();
    client.get(&mut world, "/account").refused(403, "T_C_NOT_SIGNED");
    assert_eq!(world.sign_terms("nobody"), Err(TermsError::NoAdministrator("nobody".into())));
    let wrong = TermsError::WrongRole { id: "eve@x".into(), role: Role::DeviceEnrollmentManager };
    assert_eq!(world.sign_terms("eve@x"), Err(wrong));
    client.get(&mut world, "/account").refused(403, "T_C_NOT_SIGNED");
    world.sign_terms(&admin).unwrap();
    assert_eq!(world.organisation().terms.signed_by.as_ref(), Some(&admin));
    client.get(&mut world, "/account").json();
}
