//! Questions about what was called.

use apple_ade::simulator::World;
use serde_json::json;

use super::client::Client;

#[test]
fn calls_are_counted_and_ordered_and_the_message_says_what_there_was() {
    let mut world = World::builder().seed(7).devices(2).build();
    let empty = world.call_log().assert_called("/account", 1).unwrap_err();
    assert_eq!(empty.to_string(), "/account was expected once and called 0 times; nothing was called");

    let client = Client::sign_in(&mut world);
    client.define(&mut world);
    client.get(&mut world, "/profile?profile_uuid=NO").refused(400, "NOT_FOUND");
    client.post(&mut world, "/devices", &json!({ "devices": ["A"] })).json();
    let log = world.call_log();
    log.assert_called("GET /session", 1).unwrap();
    log.assert_called("/profile", 2).unwrap();
    log.assert_called("GET /profile", 1).unwrap();
    log.assert_called("DELETE /profile/devices", 0).unwrap();
    assert_eq!((log.count("/profile"), log.statuses("/profile")), (2, vec![200, 400]));
    assert_eq!(log.order(), ["GET /session", "POST /profile", "GET /profile", "POST /devices"]);
    log.assert_order(&["GET /session", "/profile", "POST /devices"]).unwrap();

    let told = |result: Result<(), apple_ade::simulator::UnexpectedCalls>| result.unwrap_err().to_string();
    assert_eq!(
        told(log.assert_called("POST /devices", 3)),
        "POST /devices was expected 3 times and called once; \
         calls: GET /session 200, POST /profile 200, GET /profile 400, POST /devices 200"
    );
    assert!(
        told(log.assert_order(&["POST /devices", "/profile"]))
            .starts_with("/profile was not called after POST /devices; ")
    );
    assert_eq!(told(log.assert_no_refusal()), "call 3, GET /profile, was answered with 400 and NOT_FOUND");
    assert_eq!(
        told(log.assert_called("POST /profile/device", 0)),
        "Apple's service has no path \"/profile/device\"; did you mean \"/profile/devices\"? \
         (\"POST /profile/device\" was asked for)"
    );
    world.forget_calls();
    client.get(&mut world, "/account").json();
    world.call_log().assert_no_refusal().unwrap();
}
