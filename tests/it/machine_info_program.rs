//! `examples/machine_info.rs` as a process: streams and exit statuses.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use apple_ade::simulator::{DeviceInfo, Family, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::fixture;

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("debug/examples/machine_info");
    if built.exists() {
        return Command::new(built);
    }
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "-q", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    command.args(["-p", "apple-ade", "--example", "machine_info", "--"]);
    command
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = program();
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn sample(name: &str) -> String {
    fixture::path(&format!("machine_info/{name}")).into_os_string().into_string().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    let text = str::from_utf8(bytes).unwrap();
    assert!(text.lines().all(|line| !line.contains(char::is_control)), "{text}");
    text
}

const AT: [&str; 2] = ["--at", "2026-11-28T00:00:00Z"];

#[test]
fn what_is_believed_is_printed_with_apples_keys() {
    let root = sample("root.pem");
    let plist: plist::Dictionary = plist::from_bytes(&fixture::bytes("machine_info/machineinfo.plist")).unwrap();
    let header = URL_SAFE_NO_PAD.encode(fixture::bytes("machine_info/bc_sha256_chunk.p7s"));
    let body = fixture::bytes("machine_info/1024_sha1_ber.p7s");
    let calls: [(&[&str], &[u8]); 4] = [
        (&["verify", "--anchor", &root, &sample("ec_sha1_noattr.p7s")], b""),
        (&["verify", "--anchor", &sample("device_certificate_2018.pem"), "--anchor", &root, "-"], &body),
        (&["header", "--anchor", &root, &header], b""),
        (&["header", "--anchor", &root, "-"], header.as_bytes()),
    ];
    for (call, input) in calls {
        let output = run(&[call, &AT].concat(), input);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(object.keys().collect::<Vec<_>>(), plist.keys().collect::<Vec<_>>());
        assert_eq!(
            (&object["SERIAL"], &object["MDM_CAN_REQUEST_SOFTWARE_UPDATE"]),
            (&"F9FXJ1ABCD".into(), &true.into())
        );
        let said = text(&output.stderr);
        assert_eq!(said.lines().count(), 3, "{said}");
        assert!(said.contains("CN=Fake Apple Root CA: valid; until 2036-11-19\n"), "{said}");
    }
}

#[test]
fn a_refusal_says_why_and_prints_nothing() {
    let (root, file) = (sample("root.pem"), sample("bc_sha1.p7s"));
    let mut tampered = fixture::bytes("machine_info/bc_sha1.p7s");
    let place = tampered.windows(6).position(|window| window == b"F9FXJ1").unwrap();
    tampered[place] = b'G';
    let calls: [(&[&str], &[u8], &str); 8] = [
        (&["verify", &file], b"", "not directly by the pinned C=US, O=Apple Inc."),
        (&["verify", "--anchor", &root, "-"], &tampered, "its SHA-1 is not that of the signed attributes"),
        (
            &["verify", "--anchor", &root, "--at", "2028-01-01T00:00:00Z", &file],
            b"",
            "was valid until 2027-11-22T04:49:48Z",
        ),
        (&["verify", "--anchor", &sample("root.key"), &file], b"", "this is a private key"),
        (&["verify", "--anchor", &sample("machineinfo.plist"), &file], b"", "no certificate in this text"),
        (&["verify", "no/such/file"], b"", "check the path"),
        (&["verify", "-"], b"", "the body is empty"),
        (&["header", "?"], b"", "not base64 at its character 0"),
    ];
    for (call, input, reason) in calls {
        let output = run(call, input);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        assert!(said.starts_with("machine_info: ") && said.contains(reason) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn wrong_usage_and_help() {
    for call in
        [&[][..], &["verify"], &["header"], &["look", "-"], &["verify", "--at", "today", "-"], &["verify", "a", "b"]]
    {
        let output = run(call, b"");
        assert_eq!(output.status.code(), Some(2), "{call:?}");
        assert!(output.stdout.is_empty() && text(&output.stderr).ends_with("Try `machine_info --help`.\n"));
    }
    let output = run(&["--help"], b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).lines().all(|line| line.len() <= 100));
}

/// A device chooses what it signs.
#[test]
fn nothing_that_is_signed_steers_the_terminal() {
    let mut world = World::builder().seed(7).build();
    let serial = world.buy(Family::Mac);
    let info = DeviceInfo::of(world.device(&serial).unwrap(), world.now());
    let info =
        info.with("LANGUAGE", "\u{9b}2J\t").with("PAIRING_TOKEN", true).with("NEW", plist::Value::Data(vec![1, 2]));
    let info = info.without("UDID").expired();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("machine_info_authority.pem");
    std::fs::write(&folder, DeviceInfo::authority().unwrap().to_pem()).unwrap();
    // As an anchor, the authority was valid in 2010.
    let call = ["verify", "--anchor", folder.to_str().unwrap(), "--at", "2010-01-01T00:00:00Z", "-"];
    let output = run(&call, &info.body());
    assert_eq!(output.status.code(), Some(1), "the device's certificate is of later");
    assert!(text(&output.stderr).contains("is valid from 20"));

    let at = "2010-01-01T00:00:00Z".parse().unwrap();
    let info = DeviceInfo::of(world.device(&serial).unwrap(), at);
    let info =
        info.with("LANGUAGE", "\u{9b}2J\t").with("PAIRING_TOKEN", true).with("NEW", plist::Value::Data(vec![1, 2]));
    let output = run(&call, &info.without("UDID").body());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let out = text(&output.stdout);
    let object: serde_json::Value = serde_json::from_str(out).unwrap();
    assert_eq!((&object["LANGUAGE"], &object["NEW"]), (&"\u{9b}2J\t".into(), &"AQI=".into()));
    let said = text(&output.stderr);
    assert!(said.contains("warning: UDID is missing") && said.contains("warning: PAIRING_TOKEN is no data"), "{said}");
}
