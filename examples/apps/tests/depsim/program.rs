//! The program as a process: its first line, its files, its exit codes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

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

/// Runs the program to its end. One that serves instead is killed after a while.
fn ended(arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut child = program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
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
    for fact in ["timestamp_window", "/_sim/churn", "besides its own", "{\"date\": 30}"] {
        assert!(out.contains(fact), "{fact}");
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
        (&["--cert", "x.pem", "--p7m-out", "x.pem"], 2, "--p7m-out and --cert name the same file"),
        (&["--allow-host", "http://sim.example.com"], 2, "without scheme and port"),
        (&["--token-out="], 2, "--token-out is empty"),
    ] {
        let (found, out, err) = ended(arguments);
        assert_eq!((found, out.as_str()), (Some(code), ""), "{arguments:?}: {err}");
        assert!(err.contains(word), "{arguments:?}: {err}");
    }
}

/// A link, a folder or a pipe in the place of the new file stays what it is.
#[cfg(unix)]
#[test]
fn nothing_but_a_file_is_replaced_by_a_token() {
    use std::os::unix::fs::FileTypeExt as _;

    let folder = folder("places");
    let [link, target, pipe, inside] = ["link", "target", "pipe", "inside"].map(|name| folder.join(name));
    std::fs::write(&target, "kept").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    std::fs::create_dir(&inside).unwrap();
    let has_pipe = Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success());
    if !has_pipe {
        println!("skipped: mkfifo is not there");
    }
    for place in [&link, &inside, &pipe].into_iter().filter(|place| *place != &pipe || has_pipe) {
        let (code, out, err) = ended(&["--token-out", place.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains("--token-out") && err.contains("not a regular file"), "{err}");
    }
    assert!(link.is_symlink() && inside.is_dir());
    assert!(!has_pipe || std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "kept");
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3 + usize::from(has_pipe), "nothing is left over: {left:?}");
}

/// One file under two names is one file.
#[cfg(unix)]
#[test]
fn a_file_is_not_written_over_another_in_a_different_spelling() {
    let folder = folder("spelling");
    let [cert, link, sub] = ["cert.pem", "link.pem", "sub"].map(|name| folder.join(name));
    std::fs::write(&cert, fixtures::CERTIFICATE_PEM).unwrap();
    std::os::unix::fs::symlink(&cert, &link).unwrap();
    std::fs::create_dir(&sub).unwrap();
    let around = sub.join("..").join("cert.pem");
    for other in [&link, &around] {
        let [cert, other] = [&cert, other].map(|path| path.to_str().unwrap());
        let (code, _, err) = ended(&["--cert", cert, "--p7m-out", other]);
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains("--p7m-out and --cert name the same file"), "{err}");
        let (code, _, err) = ended(&["--scenario", cert, "--token-out", other]);
        assert_eq!(code, Some(2), "{err}");
        assert!(err.contains("--token-out and --scenario name the same file"), "{err}");
    }
    let [new, around] = [folder.join("new"), sub.join("..").join("new")];
    let (code, _, err) = ended(&[
        "--cert",
        cert.to_str().unwrap(),
        "--p7m-out",
        new.to_str().unwrap(),
        "--token-out",
        around.to_str().unwrap(),
    ]);
    assert_eq!((code, err.contains("--token-out and --p7m-out")), (Some(2), true), "{err}");
    assert_eq!(std::fs::read_to_string(&cert).unwrap(), fixtures::CERTIFICATE_PEM);
}

#[test]
fn a_scenario_that_cannot_be_used_is_told_with_its_place() {
    let file = folder("broken").join("day.json");
    for (scenario, word) in [
        ("{\n  \"scenario\": 1,\n  \"devices\": [,]\n}", "this is not JSON: expected value at line 3 column 15"),
        ("{ \"devices\": [] }", "$.scenario: the format's version is missing"),
        ("[]", "this is JSON, and no object"),
        ("{ \"version\": 1 }", "this is not a stored world: missing field"),
        ("{ \"scenario\": 1, \"start\": \"2300-01-01T00:00:00Z\" }", "a hundred years are the most"),
        ("{ \"scenario\": 1, \"start\": \"+12000-01-01T00:00:00Z\" }", "$.start: "),
        (
            "{ \"scenario\": 1, \"faults\": [{ \"fault\": \"server_error\", \"retry_after\": 30 }] }",
            "$.faults[0].retry_after: found 30; write {\"seconds\": 30}, or {\"date\": 30}",
        ),
    ] {
        std::fs::write(&file, scenario).unwrap();
        let (code, out, err) = ended(&["--scenario", file.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        assert!(err.contains(word), "{word}: {err}");
    }
}
