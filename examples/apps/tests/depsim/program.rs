//! The program as a process: its first line, its files, its exit codes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use apple_ade::api::Service;
use apple_ade::blocking::Client;
use apple_ade::session::Session;
use apple_ade::simulator::fixtures;
use apple_ade::token::ServerToken;
use serde_json::Value;

use crate::ureq_transport::{UreqTransport, ureq_agent};
use crate::{client, folder, raw, state};

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let here = std::env::current_exe().unwrap();
    let name = format!("depsim{}", std::env::consts::EXE_SUFFIX);
    let built = here.parent().unwrap().parent().unwrap().join("examples").join(name);
    if !built.exists() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let arguments = ["build", "-q", "--manifest-path", manifest, "--example", "depsim"];
        assert!(Command::new(env!("CARGO")).args(arguments).status().unwrap().success());
    }
    Command::new(built)
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the program; gives its first line.
fn start(arguments: &[&str]) -> (Running, Value) {
    let mut child = program().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    let running = Running(child);
    BufReader::new(out).read_line(&mut line).unwrap();
    (running, serde_json::from_str(&line).unwrap())
}

fn ended(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = program().args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_program_writes_its_files_before_it_says_where_it_is() {
    let folder = folder("files");
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (token_out, p7m_out, cert, key) = (file("token.json"), file("token.p7m"), file("cert.pem"), file("key.pem"));
    std::fs::write(&token_out, "an old one that anybody could read").unwrap();
    std::fs::write(&cert, fixtures::CERTIFICATE_PEM).unwrap();
    std::fs::write(&key, fixtures::PRIVATE_KEY_PEM).unwrap();
    let options = ["--devices", "7", "--seed", "3", "--quoted-errors", "--token-out", &token_out, "--cert", &cert];
    let (_running, line) = start(&[&options[..], &["--p7m-out", &p7m_out]].concat());
    let url = line["base_url"].as_str().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{line}");
    assert_eq!(state(url, "")["devices"]["total"], 7);

    let token: Value = serde_json::from_slice(&std::fs::read(&token_out).unwrap()).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&token_out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // openssl reads the token file as it is.
    let openssl = Command::new("openssl").args(["smime", "-decrypt", "-in", &p7m_out, "-inkey", &key]).output();
    match openssl {
        Ok(output) => {
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(
                text.contains(token["access_secret"].as_str().unwrap()),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Err(_) => println!("skipped: openssl is not there"),
    }
    assert!(client(url).account().is_ok());
    let (status, _, body) = raw(url, "GET", "/account", &[("User-Agent", "mdm/1")], b"");
    assert_eq!((status, body.as_slice()), (401, &b"\"UNAUTHORIZED\""[..]));

    // A stored world is a scenario to start from, token and all.
    let scenario = file("world.json");
    std::fs::write(&scenario, raw(url, "GET", "/_sim/world", &[], b"").2).unwrap();
    let (_second, line) = start(&["--scenario", &scenario]);
    assert_eq!(line["devices"], 7);
    let session = Session::new(
        ServerToken::from_json(&std::fs::read(&token_out).unwrap()).unwrap(),
        Service::at(line["base_url"].as_str().unwrap()).unwrap(),
    );
    assert!(Client::for_session(session, UreqTransport(ureq_agent().proxy(None).build().into())).account().is_ok());
}

#[test]
fn a_scenario_starts_now_and_its_events_come() {
    let file = folder("scenario").join("day.json");
    let scenario = r#"{
        "scenario": 1, "organisation": { "name": "District 42" }, "servers": [{ "name": "Class MDM" }],
        "devices": [{ "family": "iPad", "count": 3 }], "events": [{ "at": "+2h", "do": "buy", "family": "Mac", "count": 4 }]
    }"#;
    std::fs::write(&file, scenario).unwrap();
    let (_running, line) = start(&["--scenario", file.to_str().unwrap(), "--devices", "5"]);
    assert_eq!((&line["server_name"], &line["devices"]), (&"Class MDM".into(), &8.into()));
    let url = line["base_url"].as_str().unwrap();
    assert!(client(url).account().is_ok(), "the clock is that of the client");
    raw(url, "POST", "/_sim/clock", &[], b"{\"advance_seconds\": 7300}");
    let after = state(url, "");
    assert_eq!(after["devices"]["total"], 12, "{}", after["past_events"]);
    assert_eq!(after["past_events"].as_array().unwrap().len(), 1);
}

#[test]
fn the_program_ends_with_0_1_or_2_and_says_why() {
    let (code, out, err) = ended(&["--help"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for option in
        ["--listen", "--devices", "--seed", "--scenario", "--token-out", "--cert", "--p7m-out", "--quoted-errors"]
    {
        assert!(out.contains(option), "{option}");
    }
    assert!(out.lines().all(|line| line.chars().count() <= 130), "{out}");
    for (arguments, code, word) in [
        (&["--listen", "0.0.0.0:0"][..], 2, "--allow-remote"),
        (&["--nothing"], 2, "--nothing"),
        (&["--cert", "x.pem"], 2, "--p7m-out"),
        (&["--scenario", "no such file"], 1, "no such file"),
        (&["--scenario", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], 1, "GET /_sim/world"),
        (&["--cert", "no such file", "--p7m-out", "x"], 1, "no such file"),
        (&["--token-out", "no such folder/token.json"], 1, "no such folder"),
        (&["--listen", "192.0.2.1:1", "--allow-remote"], 1, "192.0.2.1:1"),
    ] {
        let (found, out, err) = ended(arguments);
        assert_eq!((found, out.as_str()), (Some(code), ""), "{arguments:?}: {err}");
        assert!(err.contains(word), "{arguments:?}: {err}");
    }
}
