//! The world as a value, and the handle around it.

use apple_ade::simulator::{Simulator, World};
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
