//! Activation Lock, replacement details, beta tokens, account-driven enrollment.

use apple_ade::simulator::{Family, Trouble, World};
use serde_json::json;

use super::client::Client;

fn world() -> (World, Client, String) {
    let mut world = World::builder().seed(7).devices(3).build();
    let server = world.servers().next().unwrap().uuid.clone();
    let client = Client::sign_in(&mut world);
    (world, client, server)
}

#[test]
fn activation_lock_has_every_status() {
    let (mut world, client, server) = world();
    let device = |world: &mut World, family| {
        let serial = world.buy(family);
        world.move_device(&serial, &server);
        serial
    };
    let ipad = device(&mut world, Family::Ipad);
    let tv = device(&mut world, Family::AppleTv);
    let failing = device(&mut world, Family::Iphone);
    world.set_trouble(&failing, Some(Trouble::Failing));
    let lock = |world: &mut World, serial: &str| {
        let body = json!({ "device": serial, "escrow_key": "6ab40d5e", "lost_message": "Call us" });
        let answer = client.post(world, "/device/activationlock", &body).json();
        assert_eq!(answer["serial_number"], serial);
        answer["response_status"].as_str().unwrap().to_owned()
    };
    assert_eq!(lock(&mut world, &ipad), "SUCCESS");
    assert_eq!(lock(&mut world, &ipad), "DEVICE_ALREADY_LOCKED");
    assert_eq!(lock(&mut world, &tv), "DEVICE_NOT_SUPPORTED");
    assert_eq!(lock(&mut world, &failing), "FAILED");
    assert_eq!(lock(&mut world, "UNKNOWN00000"), "NOT_ACCESSIBLE");
    world.settings_mut().activation_lock = false;
    assert_eq!(lock(&mut world, &ipad), "ORG_NOT_SUPPORTED");
    client.post(&mut world, "/device/activationlock", &json!({})).refused(400, "DEVICE_ID_REQUIRED");
}

#[test]
fn replacement_details() {
    let (mut world, client, _) = world();
    let old = world.devices().next().unwrap().serial_number.clone();
    let fresh = world.replace(&old).unwrap();
    let answer = client.get(&mut world, &format!("/device/replacementDetails?device={fresh}")).json();
    let expected = json!({
        "serial_number": fresh,
        "original_device_serial_number": old,
        "replacement_date": "2026-11-22",
    });
    assert_eq!(answer, expected);
    client.get(&mut world, "/device/replacementDetails").refused(400, "DEVICE_ID_REQUIRED");
    client.get(&mut world, &format!("/device/replacementDetails?device={old}")).refused(404, "DEVICE_NOT_FOUND");
    world.settings_mut().no_replacement_is_400 = true;
    client.get(&mut world, "/device/replacementDetails?device=UNKNOWN00000").refused(400, "DEVICE_NOT_FOUND");
}

#[test]
fn beta_tokens() {
    let (mut world, client, _) = world();
    let answer = client.get(&mut world, "/os-beta-enrollment/tokens").json();
    let tokens = answer["betaEnrollmentTokens"].as_array().unwrap();
    assert!(tokens.iter().all(|token| ["token", "title", "os"].iter().all(|key| token[key].is_string())));
    assert!(tokens.iter().any(|token| token["os"] == "OSX"));
    assert_eq!(client.get(&mut world, "/os-beta-enrollment/tokens").json(), answer);
    world.settings_mut().beta_program = false;
    client.get(&mut world, "/os-beta-enrollment/tokens").refused(403, "APPLE_SEED_FOR_IT_TURNED_OFF");
}

#[test]
fn account_driven_enrollment() {
    const PATH: &str = "/account-driven-enrollment/profile";
    let (mut world, client, _) = world();
    client.get(&mut world, PATH).refused(404, "NOT_FOUND");
    client.post(&mut world, PATH, &json!({})).refused(400, "MDM_SERVICE_DISCOVERY_URL_REQUIRED");
    for url in ["http://mdm.example.com/x", "mdm.example.com", "https://", "https://a b"] {
        let body = json!({ "mdm_service_discovery_url": url });
        client.post(&mut world, PATH, &body).refused(400, "MDM_SERVICE_DISCOVERY_URL_NOT_VALID");
    }
    let body = json!({ "mdm_service_discovery_url": "https://mdm.example.com/discover" });
    client.post(&mut world, PATH, &body).refused(200, "");
    let stored = client.get(&mut world, PATH).json();
    assert_eq!(stored["mdm_service_discovery_url"], "https://mdm.example.com/discover");
    assert_eq!(stored["last_updated_timestamp"], "2026-11-22T08:00:00Z");
    client.delete(&mut world, PATH, &serde_json::Value::Null).refused(200, "");
    client.get(&mut world, PATH).refused(404, "NOT_FOUND");
    world.settings_mut().account_driven_enrollment = false;
    client.get(&mut world, PATH).refused(400, "ORG_NOT_SUPPORTED");
    client.post(&mut world, PATH, &body).refused(400, "ORG_NOT_SUPPORTED");
    client.delete(&mut world, PATH, &serde_json::Value::Null).refused(400, "ORG_NOT_SUPPORTED");
}
