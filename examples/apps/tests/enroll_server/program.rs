//! The program as a process: its demo, its exit codes.

use std::process::{Command, Output};

fn program(arguments: &[&str]) -> (Option<i32>, String, String) {
    let here = std::env::current_exe().unwrap();
    let name = format!("enroll_server{}", std::env::consts::EXE_SUFFIX);
    let built = here.parent().unwrap().parent().unwrap().join("examples").join(name);
    if !built.exists() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let arguments = ["build", "-q", "--manifest-path", manifest, "--example", "enroll_server"];
        assert!(Command::new(env!("CARGO")).args(arguments).status().unwrap().success());
    }
    let Output { status, stdout, stderr } = Command::new(built).args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_demo_plays_every_answer_and_ends() {
    let (code, out, err) = program(&["--demo"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let last = out.lines().last().unwrap();
    assert_eq!(last, "demo: 9 devices, 5 enrolled, 4 answered otherwise, 0 surprises");
    for part in [
        "enroll: a signed profile",
        "update to 17.6",
        "set up Platform SSO",
        "fetch a pairing token",
        "unrecognized",
        "refused: ",
        "This page was sent before",
        "device_configured",
        "EraseDevice",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
}

#[test]
fn wrong_usage_is_told() {
    for (arguments, word) in [
        (&["--port"][..], "--port"),
        (&["--demo", "--any-serial"], "--demo goes with"),
        (&["--any-serial"], "--public-url"),
        (&["--any-serial", "--listen", "0.0.0.0:1"], "--allow-remote"),
        (&["--minimum-os", "ios"], "ios:17.5"),
        (&[], "--serials"),
    ] {
        let (code, out, err) = program(arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(err.contains(word), "{arguments:?}: {err}");
    }
    let (code, help, _) = program(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(help.contains("--minimum-os") && help.lines().all(|line| line.chars().count() <= 100));
}
