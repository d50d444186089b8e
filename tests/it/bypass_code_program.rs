//! `examples/bypass_code.rs` as a process: streams and exit statuses.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use apple_ade::activation_lock::BypassCode;

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("debug/examples/bypass_code");
    if built.exists() {
        Command::new(built)
    } else {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "-q", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
        command.args(["-p", "apple-ade", "--example", "bypass_code", "--"]);
        command
    }
}

fn run(arguments: &[&str], input: &str) -> Output {
    use std::io::Write;

    let mut command = program();
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// What is on standard output of a run that succeeds and has nothing to say.
#[track_caller]
fn done(arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What is on standard error of a run that fails so.
#[track_caller]
fn refused(status: i32, arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(status), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

const CODE: &str = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4";

#[test]
fn a_new_code_is_one_and_no_other() {
    let (first, second) = (done(&["new"], ""), done(&["new"], ""));
    assert_ne!(first, second);
    for line in [&first, &second] {
        let code: BypassCode = line.strip_suffix('\n').unwrap().parse().unwrap();
        assert_eq!(format!("{}\n", code.to_code().expose_secret()), *line);
    }
    assert_eq!(done(&["check", first.trim()], ""), "ok\n");
}

#[test]
fn a_hash_stands_alone_in_its_line() {
    let hash = "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5\n";
    assert_eq!(done(&["hash", CODE], ""), hash);
    assert_eq!(done(&["hash", "-"], &format!("{CODE}\n")), hash);
    assert_eq!(done(&["hash", &CODE.replace('-', "")], ""), hash);
}

#[test]
fn a_wrong_character_is_pointed_at() {
    assert_eq!(
        refused(1, &["check", "3UM43-PUYVY-QYDI-UVCC-HEHJ-FKA4"], ""),
        "bypass_code: character 16 is 'I', which no bypass code has; it may be meant as 1\n\n  \
         3UM43-PUYVY-QYDI-UVCC-HEHJ-FKA4\n                 ^\n"
    );
    assert!(refused(1, &["hash", "3UM43"], "").contains("it has 5 characters"));
    let long = refused(1, &["check", "-"], &"\u{1b}[31m".repeat(300));
    assert!(long.lines().count() == 1 && !long.contains('\u{1b}'), "{long:?}");
}

#[test]
fn wrong_usage_is_told_and_shows_no_code() {
    for arguments in [&[][..], &["old"], &["new", CODE], &["hash"], &["check", "3UM43", CODE], &["hash", "--secret"]] {
        let said = refused(2, arguments, "");
        assert!(said.starts_with("bypass_code: ") && said.ends_with("Try --help.\n"), "{said}");
        assert!(!said.contains(CODE), "{said}");
    }
    let help = done(&["--help"], "");
    assert!(help.starts_with("Bypass codes") && help.lines().all(|line| line.len() <= 100));
}
