//! Assigning and removing profiles.

use apple_ade::simulator::{ProfileStatus, Trouble, World};
use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};

use super::client::{Client, serials};

fn world() -> (World, Client, String, Vec<String>) {
    let mut world = World::builder().seed(7).devices(6).build();
    world.settings_mut().session_seconds = u32::MAX;
    let client = Client::sign_in(&mut world);
    let uuid = client.define(&mut world);
    let serials = serials(&world);
    (world, client, uuid, serials)
}

#[test]
fn by_post_and_by_put() {
    for method in [Method::POST, Method::PUT] {
        let (mut world, client, uuid, serials) = world();
        let body = json!({ "profile_uuid": uuid, "devices": serials });
        let answer = client.call(&mut world, &method, "/profile/devices", &body).json();
        assert_eq!(answer["profile_uuid"], json!(uuid));
        assert_eq!(answer.get("retry_after_seconds"), None);
        let outcomes = answer["devices"].as_object().unwrap();
        assert_eq!(outcomes.len(), 6);
        assert!(outcomes.values().all(|outcome| outcome == "SUCCESS"));
        let now = world.now();
        for device in world.devices() {
            assert_eq!(device.profile.status, ProfileStatus::Assigned);
            assert_eq!((device.profile.uuid.as_ref(), device.profile.assigned), (Some(&uuid), Some(now)));
        }
    }
}

#[test]
fn what_is_required() {
    let (mut world, client, uuid, serials) = world();
    for method in [Method::POST, Method::PUT] {
        let mut call = |body: &Value| client.call(&mut world, &method, "/profile/devices", body);
        call(&json!({ "devices": serials })).refused(400, "PROFILE_UUID_REQUIRED");
        call(&json!({ "profile_uuid": "", "devices": serials })).refused(400, "PROFILE_UUID_REQUIRED");
        call(&json!({ "profile_uuid": uuid })).refused(400, "DEVICE_ID_REQUIRED");
        call(&json!({ "profile_uuid": uuid, "devices": [] })).refused(400, "DEVICE_ID_REQUIRED");
    }
    client.delete(&mut world, "/profile/devices", &json!({})).refused(400, "DEVICE_ID_REQUIRED");
}

#[test]
fn each_outcome_by_protocol_version() {
    let (mut world, client, uuid, serials) = world();
    let hour = world.now() + TimeDelta::hours(1);
    world.set_trouble(&serials[1], Some(Trouble::NotAccessible));
    world.set_trouble(&serials[2], Some(Trouble::Failing));
    world.set_trouble(&serials[3], Some(Trouble::Throttled { until: hour }));
    world.set_trouble(&serials[4], Some(Trouble::Throttled { until: world.now() + TimeDelta::minutes(5) }));
    world.unassign_device(&serials[5]);
    let body = json!({ "profile_uuid": uuid, "devices": serials });
    for (protocol, throttled, retry) in
        [("8", "FAILED", None), ("9", "THROTTLED", None), ("10", "THROTTLED", Some(json!(3600)))]
    {
        let answer = client.at(protocol).post(&mut world, "/profile/devices", &body).json();
        let outcome = |index: usize| answer["devices"][&serials[index]].as_str().unwrap();
        let expected = ["SUCCESS", "NOT_ACCESSIBLE", "FAILED", throttled, throttled, "NOT_ACCESSIBLE"];
        assert_eq!([0, 1, 2, 3, 4, 5].map(outcome), expected, "{protocol}");
        assert_eq!(answer.get("retry_after_seconds"), retry.as_ref(), "{protocol}");
    }
    world.set_now(hour);
    let answer = client.post(&mut world, "/profile/devices", &body).json();
    assert_eq!(answer["devices"][&serials[3]], "SUCCESS", "after the wait");
    assert_eq!(answer.get("retry_after_seconds"), None);
}

#[test]
fn assigning_again_and_again_is_throttled() {
    let (mut world, client, uuid, serials) = world();
    world.settings_mut().throttle_after = Some(2);
    let body = json!({ "profile_uuid": uuid, "devices": [serials[0]] });
    let outcome =
        |world: &mut World| client.post(world, "/profile/devices", &body).json()["devices"][&serials[0]].clone();
    let outcomes: Vec<Value> = (0..4).map(|_| outcome(&mut world)).collect();
    assert_eq!(outcomes, ["SUCCESS", "SUCCESS", "THROTTLED", "THROTTLED"]);
    world.advance(TimeDelta::days(1));
    assert_eq!(outcome(&mut world), "SUCCESS");
}

#[test]
fn removing() {
    let (mut world, client, uuid, serials) = world();
    let [a, b, c, ..] = &serials[..] else { panic!("six devices") };
    client.post(&mut world, "/profile/devices", &json!({ "profile_uuid": uuid, "devices": [a, b] })).json();
    world.set_trouble(b, Some(Trouble::Failing));
    let body = json!({ "devices": [a, b, c, "UNKNOWN00000"], "profile_uuid": "looked at by nobody" });
    let answer = client.delete(&mut world, "/profile/devices", &body).json();
    let expected = json!({ a: "SUCCESS", b: "FAILED", c: "SUCCESS", "UNKNOWN00000": "NOT_ACCESSIBLE" });
    assert_eq!(answer["devices"], expected);
    let status = |serial: &str| world.device(serial).unwrap().profile.status;
    assert_eq!(
        [a, b, c].map(|serial| status(serial)),
        [ProfileStatus::Removed, ProfileStatus::Assigned, ProfileStatus::Empty]
    );
}

/// The shares of a builder are drawn by the seed, and what a client is told is what is so.
#[test]
fn a_mixed_result_comes_from_the_world() {
    let mut results = Vec::new();
    for seed in [1, 2] {
        let builder = World::builder().seed(seed).devices(2500);
        let mut world = builder.share_not_accessible(20).share_failing(10).share_throttled(5).build();
        let client = Client::sign_in(&mut world);
        let uuid = client.define(&mut world);
        let body = json!({ "profile_uuid": uuid, "devices": serials(&world) });
        let answer = client.post(&mut world, "/profile/devices", &body).json();
        let count =
            |word: &str| answer["devices"].as_object().unwrap().values().filter(|outcome| *outcome == word).count();
        let counts = ["SUCCESS", "NOT_ACCESSIBLE", "FAILED", "THROTTLED"].map(count);
        let is = |trouble: fn(&Trouble) -> bool| {
            world.devices().filter(|device| device.trouble.as_ref().is_some_and(trouble)).count()
        };
        assert_eq!(counts[1], is(|trouble| matches!(trouble, Trouble::NotAccessible)));
        assert_eq!(counts[2], is(|trouble| matches!(trouble, Trouble::Failing)));
        assert_eq!(counts[3], is(|trouble| matches!(trouble, Trouble::Throttled { .. })));
        assert_eq!(counts.iter().sum::<usize>(), 2500);
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
        results.push(counts);
    }
    assert_ne!(results[0], results[1]);
}
