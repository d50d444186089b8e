//! Both adapters keep the promises of `Transport`, over real connections.

#![cfg(test)]

#[path = "../examples/reqwest_transport.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod reqwest_transport;
#[path = "../examples/ureq_transport.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod ureq_transport;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use apple_ade::Stamp;
use apple_ade::api::{DeviceStatus, Service};
use apple_ade::blocking::Client;
use apple_ade::error::TransportError;
use apple_ade::session::Session;
use apple_ade::simulator::{ProfileStatus, Simulator, Trouble, World};
use apple_ade::token::ServerToken;
use apple_ade::transport::{BlockingTransport, Request, Response, Transport as _};
use apple_ade_apps::{MOST_BYTES, Options, Walk, serve, serve_routes, thousands};
use axum::Router;
use axum::body::{Body, Bytes};
use http::request::Parts;
use reqwest_transport::{ReqwestTransport, reqwest_client};
use ureq_transport::{UreqTransport, ureq_agent};

type Adapter = (&'static str, Arc<dyn Fn(Request) -> Result<Response, TransportError> + Send + Sync>);

/// The adapters as they are to be copied; only a proxy of the environment is left out, for loopback.
fn adapters() -> [Adapter; 2] {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reqwest = ReqwestTransport(reqwest_client().no_proxy().build().unwrap());
    let ureq = UreqTransport(ureq_agent().proxy(None).build().into());
    [
        ("reqwest", Arc::new(move |request| runtime.block_on(reqwest.send(request)))),
        ("ureq", Arc::new(move |request| ureq.send(request))),
    ]
}

fn request(method: &str, uri: &str, body: &str) -> Request {
    http::Request::builder().method(method).uri(uri).body(body.into()).unwrap()
}

/// What has arrived, as text: the request line, the headers, the body.
fn echo() -> Router {
    Router::new().fallback(|parts: Parts, body: Bytes| async move {
        let mut text = format!("{} {} {:?}\n", parts.method, parts.uri, parts.version);
        for (name, value) in &parts.headers {
            writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes())).unwrap();
        }
        text + "\n" + &String::from_utf8_lossy(&body)
    })
}

#[test]
fn every_status_comes_through_as_it_is_and_no_redirect_is_followed() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let served = serve_routes(Router::new().fallback(move |parts: Parts| {
        let calls = count.fetch_add(1, Ordering::Relaxed);
        async move {
            let status: u16 = parts.uri.path().trim_start_matches('/').parse().unwrap();
            let answer = http::Response::builder().status(status).header("Location", "/200").header("X-Call", calls);
            answer.body(Body::from("\"T_C_NOT_SIGNED\"")).unwrap()
        }
    }))
    .unwrap();
    for (name, send) in adapters() {
        for status in [200, 201, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 413, 429, 500, 502, 503] {
            for method in ["GET", "POST", "DELETE"] {
                let before = calls.load(Ordering::Relaxed);
                let body = if method == "GET" { "" } else { "{}" };
                let answer = send(request(method, &format!("{}/{status}", served.base_url()), body)).unwrap();
                assert_eq!(answer.status(), status, "{name} {method}");
                assert_eq!(answer.body(), b"\"T_C_NOT_SIGNED\"", "{name} {method} {status}");
                assert_eq!(answer.headers()["location"], "/200", "{name}");
                assert_eq!(answer.headers()["x-call"], before.to_string(), "{name}");
                assert_eq!(calls.load(Ordering::Relaxed), before + 1, "{name} {method} {status}");
            }
        }
    }
}

#[test]
fn method_target_headers_and_body_arrive_as_they_were_given() {
    let served = serve_routes(echo()).unwrap();
    let target = "/profile?profile_uuid=A%20b&x=%2F";
    let host = served.base_url().trim_start_matches("http://");
    for (name, send) in adapters() {
        for (method, body) in [
            ("GET", ""),
            ("POST", "{\"limit\":1000}"),
            ("PUT", "{\"devices\":[\"C02\"]}"),
            ("DELETE", "{\"devices\":[\"C02\",\"é\"]}"),
            ("DELETE", ""),
        ] {
            let mut request = request(method, &format!("{}{target}", served.base_url()), body);
            let given = [
                ("x-adm-auth-session", "1795334400O1O0A+/="),
                ("authorization", "OAuth realm=\"ADM\", oauth_nonce=\"a%2Bb\""),
                ("x-server-protocol-version", "10"),
                ("content-type", "application/json;charset=UTF8"),
                ("user-agent", "ExampleMDM/4.2 (test)"),
            ];
            for (header, value) in given {
                request.headers_mut().insert(header, value.parse().unwrap());
            }
            let answer = String::from_utf8(send(request).unwrap().into_body()).unwrap();
            let (head, arrived) = answer.split_once("\n\n").unwrap();
            let lines: Vec<&str> = head.lines().collect();
            assert_eq!(lines[0], format!("{method} {target} HTTP/1.1"), "{name}");
            assert_eq!(arrived, body, "{name} {method}");
            for (header, value) in given.into_iter().chain([("host", host)]) {
                let found: Vec<_> = lines.iter().filter(|line| line.starts_with(&format!("{header}:"))).collect();
                assert_eq!(found, [&format!("{header}: {value}")], "{name} {method}");
            }
            assert!(!head.contains("transfer-encoding"), "{name}: the length is known\n{head}");
            assert!(!head.contains("accept-encoding"), "{name}: nothing here unpacks an answer\n{head}");
        }
    }
}

#[test]
fn the_headers_of_an_answer_are_kept() {
    let served = serve_routes(Router::new().fallback(|| async {
        let answer = http::Response::builder()
            .header("X-ADM-Auth-Session", "rotated")
            .header("X-Apple-Request-UUID", "6d0f")
            .header("Retry-After", "120")
            .header("Date", "Sun, 22 Nov 2026 08:00:00 GMT")
            .header("X-Twice", "1")
            .header("X-Twice", "2");
        answer.status(429).body(Body::empty()).unwrap()
    }))
    .unwrap();
    for (name, send) in adapters() {
        let answer = send(request("GET", &format!("{}/account", served.base_url()), "")).unwrap();
        let of =
            |header| answer.headers().get_all(header).iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(of("x-adm-auth-session"), ["rotated"], "{name}");
        assert_eq!(of("x-apple-request-uuid"), ["6d0f"], "{name}");
        assert_eq!(of("retry-after"), ["120"], "{name}");
        assert_eq!(of("date"), ["Sun, 22 Nov 2026 08:00:00 GMT"], "{name}");
        assert_eq!(of("x-twice"), ["1", "2"], "{name}");
        assert!(answer.body().is_empty(), "{name}");
    }
}

#[test]
fn no_answer_is_an_error_without_secrets() {
    let gone = serve_routes(echo()).unwrap();
    let uri = format!("{}/account", gone.base_url());
    drop(gone);
    for (name, send) in adapters() {
        let mut request = request("GET", &uri, "");
        request.headers_mut().insert("x-adm-auth-session", "planted".parse().unwrap());
        let error = send(request).unwrap_err();
        assert!(error.to_string().starts_with("no answer from the service: "), "{name}: {error}");
        assert!(!format!("{error} {error:?}").contains("planted"), "{name}: {error:?}");
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error.get_ref());
        let mut kinds = Vec::new();
        while let Some(error) = cause {
            kinds.extend(error.downcast_ref::<std::io::Error>().map(std::io::Error::kind));
            kinds.extend(match error.downcast_ref::<ureq::Error>() {
                Some(ureq::Error::Io(error)) => Some(error.kind()),
                _ => None,
            });
            cause = error.source();
        }
        assert!(kinds.contains(&std::io::ErrorKind::ConnectionRefused), "{name}: {error:?}");
    }
}

#[test]
fn https_is_spoken() {
    let plain = serve_routes(echo()).unwrap();
    let uri = plain.base_url().replace("http://", "https://");
    for (name, send) in adapters() {
        let error = send(request("GET", &uri, "")).unwrap_err();
        assert!(
            format!("{error:?}").contains("InvalidContentType"),
            "{name}: not what TLS says to plain text: {error:?}"
        );
    }
}

#[test]
fn an_answer_of_any_length_is_an_error_before_memory_ends() {
    let served =
        serve_routes(Router::new().fallback(|parts: Parts| async move {
            vec![b' '; parts.uri.path().trim_start_matches('/').parse().unwrap()]
        }))
        .unwrap();
    for (name, send) in adapters() {
        let ask = |length: usize| send(request("GET", &format!("{}/{length}", served.base_url()), ""));
        assert_eq!(ask(10 << 20).unwrap().body().len(), 10 << 20, "{name}");
        assert!(ask((16 << 20) + 1).is_err(), "{name}");
    }
}

#[test]
fn the_served_simulator_answers_as_the_one_in_the_process() {
    let world = World::builder().seed(7).devices(3).build();
    for (name, send) in adapters() {
        let twin = Simulator::new(world.clone());
        let served = serve(Simulator::new(world.clone())).unwrap();
        for (method, target) in
            [("GET", "/session"), ("GET", "/account"), ("GET", "/nowhere?x=1"), ("POST", "/account")]
        {
            let mut request = request(method, &format!("{}{target}", served.base_url()), "");
            request.headers_mut().insert("user-agent", "mdm/1".parse().unwrap());
            let expected = twin.handle(&request);
            let answer = send(request).unwrap();
            assert_eq!(answer.status(), expected.status(), "{name} {method} {target}");
            assert_eq!(answer.body(), expected.body(), "{name} {method} {target}");
            for (header, value) in expected.headers() {
                assert_eq!(answer.headers().get(header), Some(value), "{name} {method} {target}");
            }
        }
    }
}

#[test]
fn a_request_that_is_too_long_is_refused_by_the_server() {
    let served = serve(Simulator::new(World::builder().build())).unwrap();
    let (_, send) = &adapters()[1];
    let ask = |length: usize| send(request("POST", &format!("{}/devices", served.base_url()), &" ".repeat(length)));
    assert_eq!(ask(MOST_BYTES).unwrap().status(), 401, "it got as far as the simulator");
    assert_eq!(ask(MOST_BYTES + 1).unwrap().status(), 413);
}

#[test]
fn a_profile_is_taken_away_by_delete_with_a_body() {
    for (name, send) in adapters() {
        let now = Stamp::from_system().now();
        let school =
            Simulator::new(World::builder().seed(7).now(now).devices(3).trouble(1, Trouble::NotAccessible).build());
        school.with_world(|world| world.settings_mut().rotate_every = Some(1));
        let served = serve(school.clone()).unwrap();
        let token = ServerToken::from_json(school.with_world(|world| world.server_token_json()).as_bytes()).unwrap();
        let session = Session::new(token, Service::at(served.base_url()).unwrap());
        let ade = Client::for_session(session, move |request| send(request));

        let profile = apple_ade::api::profile::Profile::new("Class devices", "https://mdm.example.com/enroll");
        let uuid = ade.define_profile(&profile).unwrap().profile_uuid;
        let serials: Vec<_> =
            ade.fetch_devices(None).unwrap().devices.into_iter().map(|device| device.serial_number).collect();
        ade.assign(uuid, serials.clone()).unwrap();
        let statuses = ade.remove_profile(serials.clone()).unwrap().devices.unwrap();

        for serial in &serials {
            let device = school.with_world(|world| world.device(serial.as_str()).cloned()).unwrap();
            let expected = match device.trouble {
                Some(_) => (DeviceStatus::NotAccessible, ProfileStatus::Empty),
                None => (DeviceStatus::Success, ProfileStatus::Removed),
            };
            assert_eq!((statuses.get(serial), device.profile.status), (Some(&expected.0), expected.1), "{name}");
        }
        let calls = school.with_world(|world| {
            world.calls().map(|call| format!("{} {} {}", call.method, call.target, call.status)).collect::<Vec<_>>()
        });
        let expected = [
            "GET /session",
            "POST /profile",
            "POST /server/devices",
            "POST /profile/devices",
            "DELETE /profile/devices",
        ];
        assert_eq!(calls, expected.map(|call| format!("{call} 200")), "{name}");
    }
}

#[test]
fn both_programs_report_what_became_of_the_devices() {
    let mut lines = Vec::new();
    for options in [(1, 2500), (2, 2500), (3, 0), (4, 1001)].map(|(seed, devices)| {
        let mut options = Options::default();
        (options.seed, options.devices) = (seed, devices);
        options
    }) {
        let troubled = options.school().with_world(|world| {
            [Trouble::NotAccessible, Trouble::Failing]
                .map(|trouble| world.devices().filter(|device| device.trouble == Some(trouble)).count())
        });
        let [not_accessible, failed] = troubled;
        let (begin, end) = (
            format!(
                "done: {} devices in {} pages; profile ",
                thousands(options.devices),
                options.devices.div_ceil(1000).max(1)
            ),
            format!(
                "; assigned {} success, {} not accessible, {} failed",
                thousands(options.devices - not_accessible - failed),
                thousands(not_accessible),
                thousands(failed)
            ),
        );

        let (mut with_reqwest, mut with_ureq) = (Vec::new(), Vec::new());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(reqwest_transport::main_job(options, &mut Walk::new(&mut with_reqwest, false))).unwrap();
        ureq_transport::main_job(options, &mut Walk::new(&mut with_ureq, false)).unwrap();
        let [with_reqwest, with_ureq] = [with_reqwest, with_ureq].map(|text| String::from_utf8(text).unwrap());
        let last = with_ureq.lines().last().unwrap();
        assert_eq!(with_reqwest.lines().last(), Some(last));
        let uuid =
            last.strip_prefix(&begin).and_then(|rest| rest.strip_suffix(&end)).unwrap_or_else(|| panic!("{last}"));
        assert!(uuid.len() == 32 && uuid.chars().all(|c| matches!(c, '0'..='9' | 'A'..='F')), "{uuid}");
        let mut steps = with_ureq.lines().rev().skip(1);
        assert!(steps.all(|line| line.chars().count() <= 100), "{with_ureq}");
        lines.push(last.to_owned());
    }
    assert_ne!(lines[0], lines[1], "another seed is another school");
}

/// The contract that embedders run against transports of their own, over real connections.
#[test]
fn both_adapters_keep_the_contract() {
    let served = serve(Simulator::new(World::builder().seed(7).devices(3).build())).unwrap();
    for (name, send) in adapters() {
        let adapter = move |request: Request| send(request);
        let kept = apple_ade::simulator::contract::blocking_transport(served.base_url(), &adapter);
        assert!(kept.is_ok(), "{name}: {}", kept.unwrap_err());
    }
}
