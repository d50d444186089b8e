//! Every error word, and every response of Apple's old simulator, can be asked for.

use apple_ade::error::ErrorWord;
use apple_ade::simulator::{Fault, FaultRule, World};
use http::Method;
use serde_json::{Value, json};

use super::client::{Answer, Client, send, serials};

#[test]
fn every_word_comes_on_request_bare_and_quoted() {
    for word in ErrorWord::ALL {
        let fault = Fault::refusal(word.as_str()).unwrap_or_else(|| panic!("{word} has no usual status"));
        for quoted in [false, true] {
            let mut world = World::builder().seed(7).build();
            world.settings_mut().quoted_errors = quoted;
            world.faults_mut().add(fault.clone());
            let request = http::Request::get("https://mdmenrollment.apple.com/account").body(Vec::new()).unwrap();
            let answer = send(&mut world, &request);
            let expected = if quoted { format!("\"{word}\"") } else { word.to_string() };
            assert_eq!(answer.text, expected);
            assert!(answer.status >= 400);
            assert_eq!(ErrorWord::find(answer.response.body(), answer.response.status()), Some(word.clone()));
        }
    }
}

/// Status and body of a response by the old simulator's name for it; `None` is a status of every device in an answer of 200.
fn expected(list: &str, response: &str) -> Option<(u16, &'static str)> {
    Some(match (list, response) {
        ("get_session_responses", "bad_request") => (400, "oauth_problem_adviceBad Request"),
        ("get_session_responses", "unauthorized") => (401, "oauth_problem_adviceUnauthorized"),
        (_, "forbidden_access_denied") => (403, "ACCESS_DENIED"),
        (_, "forbidden_t_c_not_signed") => (403, "T_C_NOT_SIGNED"),
        (_, "invalid_method") => (405, ""),
        (_, "unauthorized") => (401, "UNAUTHORIZED"),
        (_, "too_many_requests") => (429, "TOO_MANY_REQUESTS"),
        (_, "forbidden") => (403, "FORBIDDEN"),
        (_, "bad_request_malformed_request_body") => (400, "MALFORMED_REQUEST_BODY"),
        (_, "bad_request_invalid_cursor") => (400, "INVALID_CURSOR"),
        (_, "bad_request_exhausted_cursor") => (400, "EXHAUSTED_CURSOR"),
        (_, "bad_request_cursor_required") => (400, "CURSOR_REQUIRED"),
        (_, "bad_request_device_id_required") => (400, "DEVICE_ID_REQUIRED"),
        (_, "bad_request_config_url_required") => (400, "CONFIG_URL_REQUIRED"),
        (_, "bad_request_config_name_required") => (400, "CONFIG_NAME_REQUIRED"),
        (_, "bad_request_department_required") => (400, "DEPARTMENT_REQUIRED"),
        (_, "bad_request_support_phone_required") => (400, "SUPPORT_PHONE_REQUIRED"),
        (_, "bad_request_profile_uuid_required") => (400, "PROFILE_UUID_REQUIRED"),
        (_, "bad_request_profile_not_found") => (400, "PROFILE_NOT_FOUND"),
        (_, "success" | "not_found" | "not_accessible" | "failed") => return None,
        _ => panic!("{response} of {list} is not known to this test"),
    })
}

/// A good call of the list's path.
fn call(world: &mut World, client: &Client, list: &str) -> Answer {
    let (method, path) = list.strip_suffix("_responses").unwrap().split_once('_').unwrap();
    let method: Method = method.to_ascii_uppercase().parse().unwrap();
    let path = match path {
        "server_devices" | "devices_sync" | "devices_disown" | "profile_devices" => {
            format!("/{}", path.replace('_', "/"))
        }
        _ => format!("/{path}"),
    };
    let body = match path.as_str() {
        "/session" | "/account" => Value::Null,
        "/profile" if method == Method::GET => Value::Null,
        "/server/devices" | "/devices/sync" => json!({}),
        _ => {
            let uuid = client.define(world);
            let url = "https://mdm.example.com/enroll";
            json!({ "devices": [serials(world)[0]], "profile_uuid": uuid, "profile_name": "x", "url": url })
        }
    };
    client.call(world, &method, &path, &body)
}

#[test]
fn every_response_of_the_old_simulator_comes_by_its_own_name() {
    let catalogue: Value =
        serde_json::from_str(include_str!("../../fixtures/simulator/simulator_failures.json")).unwrap();
    let mut walked = 0;
    for (list, responses) in catalogue.as_object().unwrap() {
        for response in responses.as_array().unwrap() {
            let name = response["response"].as_str().unwrap();
            let mut world = World::builder().seed(7).devices(2).build();
            let client = Client::sign_in(&mut world);
            let rule = FaultRule::old_simulator(list, name).unwrap_or_else(|| panic!("{name} of {list}"));
            world.faults_mut().add(rule);
            let answer = if list == "post_profile_responses" {
                let url = "https://mdm.example.com/enroll";
                let body = json!({ "devices": [serials(&world)[0]], "profile_name": "x", "url": url });
                client.post(&mut world, "/profile", &body)
            } else {
                call(&mut world, &client, list)
            };
            match expected(list, name) {
                Some((status, word)) => answer.refused(status, word),
                None => {
                    let told = &answer.json()["devices"][&serials(&world)[0]];
                    let status = told.as_str().or(told["response_status"].as_str()).unwrap();
                    assert_eq!(status, name.to_ascii_uppercase(), "{list}");
                }
            }
            assert_eq!(world.faults().count(), 0, "{list} {name} comes once");
            walked += 1;
        }
    }
    assert_eq!(walked, 70, "the whole catalogue");
    assert_eq!(FaultRule::old_simulator("post_devices_responses", "out_of_coffee"), None);
    assert_eq!(FaultRule::old_simulator("post_coffee_responses", "forbidden"), None);
}
