//! The program `depsim`: its control interface, its guard, its page in a browser, its files and exit codes.

#![cfg(test)]

#[path = "../../examples/ureq_transport.rs"]
#[expect(dead_code, reason = "only the adapter is used")]
mod ureq_transport;

mod bounds;
mod control;
mod page;
mod program;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::session::Session;
use apple_ade::simulator::World;
use apple_ade::token::ServerToken;
use apple_ade_apps::depsim::{Desk, Hosts, routes};
use apple_ade_apps::{Served, serve_routes};
use serde_json::Value;
use ureq_transport::{UreqTransport, ureq_agent};

/// A world with 60 devices and a second server, served.
fn depsim() -> Served {
    let now = apple_ade::Stamp::from_system().now();
    let world = World::builder().seed(7).now(now).devices(60).add_server("Second MDM").build();
    serve_routes(routes(Desk::new(world), Hosts::default())).unwrap()
}

/// Status, headers and body of an answer. The request is written as it is, so that no HTTP client can mend it.
fn raw(base_url: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> (u16, String, Vec<u8>) {
    let host = base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let host = if headers.iter().any(|(name, _)| *name == "Host") { None } else { Some(("Host", host)) };
    let headers = headers.iter().copied().chain(host).map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers: Vec<String> = headers.collect();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {length}\r\n{}\r\n",
        headers.concat()
    );
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut answer = Vec::new();
    std::thread::scope(|scope| {
        let mut out = stream.try_clone().unwrap();
        // The server may answer, and close, before it has read everything.
        scope.spawn(move || drop(out.write_all(head.as_bytes()).and_then(|()| out.write_all(body))));
        let read = stream.read_to_end(&mut answer);
        assert!(read.is_ok() || !answer.is_empty(), "{read:?}");
        drop(stream.shutdown(std::net::Shutdown::Both));
    });
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    (head[9..12].parse().unwrap(), head.to_ascii_lowercase(), answer[end + 4..].to_vec())
}

fn call(base_url: &str, method: &str, path: &str, body: &str) -> (u16, Value) {
    let (status, head, body) = raw(base_url, method, &format!("/_sim{path}"), &[], body.as_bytes());
    assert!(head.contains("content-type: application/json"), "{head}");
    (status, serde_json::from_slice(&body).unwrap())
}

#[track_caller]
fn ok(base_url: &str, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) = call(base_url, method, path, &body.to_string());
    assert_eq!(status, 200, "{answer}");
    answer
}

fn state(base_url: &str, query: &str) -> Value {
    let (status, state) = call(base_url, "GET", &format!("/state{query}"), "");
    assert_eq!(status, 200, "{state}");
    state
}

fn serials(state: &Value) -> Vec<String> {
    let list = state["devices"]["list"].as_array().unwrap().iter();
    list.map(|device| device["serial_number"].as_str().unwrap().to_owned()).collect()
}

fn client(base_url: &str) -> Client {
    let (status, _, token) = raw(base_url, "GET", "/_sim/portal/token", &[], b"");
    assert_eq!(status, 200);
    let session = Session::new(ServerToken::from_json(&token).unwrap(), Service::at(base_url).unwrap());
    Client::for_session(session, UreqTransport(ureq_agent().proxy(None).build().into()))
}

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("depsim-{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
