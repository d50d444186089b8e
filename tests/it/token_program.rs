//! `examples/server_token.rs` as a process: streams, exit statuses, file modes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::fixture;

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("debug/examples/server_token");
    if built.exists() {
        Command::new(built)
    } else {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "-q", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
        command.args(["-p", "apple-ade", "--example", "server_token", "--"]);
        command
    }
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    use std::io::Write;

    let mut command = program();
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn sample(name: &str) -> String {
    fixture::path(&format!("token/{name}")).into_os_string().into_string().unwrap()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn text(bytes: &[u8]) -> &str {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.lines().all(|line| !line.contains(char::is_control)), "{text}");
    text
}

#[test]
fn decrypt_shows_no_secret_unless_told_to() {
    let (key, cert, file) = (sample("key.pem"), sample("cert.der"), sample("bc_aes128.p7m"));
    let shown = run(&["decrypt", "--key", &key, "--cert", &cert, &file], b"");
    assert!(shown.status.success(), "{shown:?}");
    let token: serde_json::Value = serde_json::from_str(&fixture::text("token/token.json")).unwrap();
    let out = text(&shown.stdout);
    assert!(out.contains("2027-11-22T04:24:50Z") && out.lines().all(|line| line.len() <= 100), "{out}");
    let packed = out.replace(char::is_whitespace, "");
    assert!(packed.contains(token["consumer_key"].as_str().unwrap()), "{out}");
    for secret in ["consumer_secret", "access_token", "access_secret"] {
        assert!(!packed.contains(&token[secret].as_str().unwrap()[3..20]), "{out}");
    }

    let revealed =
        run(&["decrypt", "--reveal", "--key", &sample("key.p8.der"), "-"], &fixture::bytes("token/bc_aes128.p7m"));
    let revealed: serde_json::Value = serde_json::from_slice(&revealed.stdout).unwrap();
    assert_eq!(revealed, token);
}

#[test]
fn keygen_makes_a_pair_that_decrypts_and_overwrites_nothing() {
    let out = folder("keygen");
    let arguments = ["keygen", "--common-name", "mdm.example.com", "--out", out.to_str().unwrap()];
    let made = run(&arguments, b"");
    assert!(made.status.success() && text(&made.stdout).lines().all(|line| line.len() <= 100 + out.as_os_str().len()));
    let (key, cert) = (out.join("key.pem"), out.join("cert.pem"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = std::fs::read(&key).unwrap();
    let again = run(&arguments, b"");
    assert_eq!(again.status.code(), Some(1));
    assert!(again.stdout.is_empty() && text(&again.stderr).contains("is not overwritten"), "{again:?}");
    assert_eq!(std::fs::read(&key).unwrap(), before);

    // An expired token: a warning, and read all the same (TOK-11).
    let token = fixture::text("token/token.json").replace("2027-", "2021-");
    let encrypt = ["cms", "-encrypt", "-aes128", "-stream", cert.to_str().unwrap()];
    let Some(file) = fixture::openssl(&encrypt, token.as_bytes()) else { return };
    let shown = run(&["decrypt", "--key", key.to_str().unwrap(), "--reveal", "-"], &file);
    assert!(shown.status.success());
    assert!(text(&shown.stderr).starts_with("warning: the token expired"), "{shown:?}");
    assert_eq!(text(&shown.stdout).trim_end(), token);
}

#[test]
fn inspect_needs_no_key() {
    let shown = run(&["inspect", &sample("bc_two_recip.p7m")], b"");
    let out = text(&shown.stdout);
    for part in ["AES-256-CBC", "key identifier 01020304", "issuer CN=ade-spike, serial 5975D04D", "RSA PKCS#1 v1.5"] {
        assert!(out.contains(part), "{part} is not in {out}");
    }
}

#[test]
fn errors_are_one_line_with_a_hint() {
    let (key, cert, file) = (sample("key.pem"), sample("cert.pem"), sample("bc_aes128.p7m"));
    let none = folder("none");
    let cases: &[(&[&str], &str)] = &[
        (&["inspect", &cert], "a public key certificate"),
        (&["inspect", "-"], "an empty file"),
        (&["inspect", "/nonexistent/token.p7m"], "check the path"),
        (&["decrypt", "--key", &cert, &file], "there is no private key in this file (it is a certificate)"),
        (&["decrypt", "--key", &key, "--cert", &key, &file], "this is a private key"),
        (&["keygen", "--common-name", "", "--out", none.to_str().unwrap()], "use 1 to 64"),
    ];
    for (arguments, part) in cases {
        let failed = run(arguments, b"");
        assert_eq!(failed.status.code(), Some(1), "{arguments:?}");
        assert!(failed.stdout.is_empty());
        let err = text(&failed.stderr);
        assert!(err.starts_with("server_token: ") && err.contains(part) && err.lines().count() == 1, "{err}");
    }
    for arguments in [&[][..], &["decrypt"], &["fly"], &["inspect"], &["inspect", "--key", "a", "b"]] {
        assert_eq!(run(arguments, b"").status.code(), Some(2), "{arguments:?}");
    }
    let help = run(&["--help"], b"");
    assert!(help.status.success() && text(&help.stdout).lines().all(|line| line.len() <= 100));
}

/// Whoever has the certificate can make a file; what is in it goes to a terminal.
#[test]
fn a_hostile_token_does_not_steer_the_terminal() {
    let token = br#"{"consumer_key":"CK_\u001b]0;a\u0007\nexpires: never\u009b2J","consumer_secret":"CS_1","access_token":"AT_1",
        "access_secret":"AS_1","access_token_expiry":"2027-11-22T04:24:50Z"}"#;
    let (key, cert) = (sample("key.pem"), sample("cert.pem"));
    let Some(file) = fixture::openssl(&["cms", "-encrypt", "-binary", "-aes128", "-outform", "DER", &cert], token)
    else {
        return;
    };
    let shown = run(&["decrypt", "--key", &key, "-"], &file);
    assert!(shown.status.success(), "{shown:?}");
    let out = text(&shown.stdout);
    assert!(out.contains("CK_\u{FFFD}]0;a\u{FFFD}\u{FFFD}expires: never\u{FFFD}2J"), "{out}");
}

#[test]
fn what_cannot_be_leaves_nothing_behind() {
    let out = folder("refused");
    for arguments in [["--common-name", "", "--days", "1"], ["--common-name", "a", "--days", "0"]] {
        let refused = run(&[&["keygen", "--out", out.to_str().unwrap()], &arguments[..]].concat(), b"");
        assert_eq!(refused.status.code(), Some(1));
        assert!(!out.exists(), "{arguments:?}");
    }
    let twice = run(&["decrypt", "--key", "-", "-"], &fixture::bytes("token/key.pem"));
    assert!(twice.status.code() == Some(2) && text(&twice.stderr).contains("standard input"), "{twice:?}");
}

/// Where nobody reads standard error, the exit status still says what became of it.
#[cfg(target_os = "linux")]
#[test]
fn a_standard_error_that_cannot_be_written_is_no_panic() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for (arguments, status) in [(&["inspect", "/nowhere"][..], 1), (&["nonsense"], 2)] {
        let mut command = program();
        let done = command.args(arguments).stdin(Stdio::null()).stderr(full()).status().unwrap();
        assert_eq!(done.code(), Some(status), "{arguments:?}");
    }
}
