//! `examples/import_profile` as a process: streams and exit statuses.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::fixture;

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("debug/examples/import_profile");
    if built.exists() {
        Command::new(built)
    } else {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "-q", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
        command.args(["-p", "apple-ade", "--example", "import_profile", "--"]);
        command
    }
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    use std::io::Write;

    let mut command = program();
    let command = command.args(arguments).current_dir(fixture::path("interop"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Standard output as JSON, and standard error.
#[track_caller]
fn done(arguments: &[&str], input: &[u8]) -> (Value, String) {
    let output = run(arguments, input);
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.lines().all(|line| line.chars().count() <= 100 && line.trim_end() == line), "{said}");
    (serde_json::from_slice(&output.stdout).unwrap(), said)
}

#[track_caller]
fn refused(status: i32, arguments: &[&str], input: &str) -> String {
    let output = run(arguments, input.as_bytes());
    assert_eq!((output.status.code(), output.stdout.len()), (Some(status), 0), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

const URL: [&str; 2] = ["--url", "https://mdm.example.com/enroll"];

#[test]
fn a_profile_is_taken_over_with_its_commands_and_losses() {
    let (profile, said) = done(&[&URL[..], &["graph", "graph_ios.json"]].concat(), b"");
    assert_eq!(profile["url"], "https://mdm.example.com/enroll");
    assert_eq!((&profile["is_multi_user"], &profile["is_mdm_removable"]), (&true.into(), &false.into()));
    for part in [
        "  Settings SharedDeviceConfiguration: PasscodePolicy {\"PasscodeLockGracePeriod\":60}, ResidentUsers",
        "\n      groups are the MDM's directory's\n",
        "  Settings DeviceName \"Class {{DEVICETYPE}} {{SERIAL}}\"\n",
        "  RefreshCellularPlans \"https://esim.example.com/activate\"\n  DeviceConfigured\n",
        "4 not carried over:\n  configurationEndpointUrl = \"https://manage.example.net/EnrollmentServer\"\n      the other server",
    ] {
        assert!(said.contains(part), "{part} is missing:\n{said}");
    }
    assert!(said.starts_with("what the MDM sends to a device with iPadOS 18.0 when it has enrolled:\n"), "{said}");
    // The same for an iPad that is too old for a Shared iPad's settings, and has earlier ones.
    let old = [&URL[..], &["--target", "ipados:13.4", "graph", "graph_ios.json"]].concat();
    let (_, older) = done(&old, b"");
    assert!(older.contains("device with iPadOS 13.4") && older != said, "{older}");
    assert!(said.contains("  note: nobody knows whether the device has an eSIM"), "{said}");
    let (_, said) = done(&[&URL[..], &["jamf", "jamf_computer.json"]].concat(), b"");
    assert!(said.contains("AccountConfiguration with SetPrimarySetupAccountAsRegularUser"), "{said}");
    assert!(!said.contains("PLANTED"), "{said}");
}

#[test]
fn a_profile_is_written_for_another_system_and_comes_back() {
    let (apple, _) = done(&[&URL[..], &["jamf", "jamf_mobile.json"]].concat(), b"");
    let (graph, said) = done(&["--export", "graph-ios", "-"], &serde_json::to_vec(&apple).unwrap());
    assert_eq!(graph["profileRemovalDisabled"], true);
    assert!(
        said.contains("support_email_address = \"it@example.com\"\n      Microsoft Graph has nothing for it"),
        "{said}"
    );
    let (again, _) = done(&[&URL[..], &["graph", "-"]].concat(), &serde_json::to_vec(&graph).unwrap());
    assert_eq!(again["skip_setup_items"], apple["skip_setup_items"]);
}

#[test]
fn a_setup_that_runs_by_itself_takes_its_language_from_the_options() {
    let lab = br#"{"displayName": "Lab", "supervisedModeEnabled": true, "autoAdvanceSetupEnabled": true}"#;
    let (profile, said) = done(&[&URL[..], &["graph", "-"]].concat(), lab);
    assert_eq!(profile["auto_advance_setup"], Value::Null);
    assert!(
        said.contains("  autoAdvanceSetupEnabled = true\n      Setup Assistant runs by itself only where"),
        "{said}"
    );
    let (profile, _) = done(&[&URL[..], &["--language", "nl", "--region", "NL", "graph", "-"]].concat(), lab);
    assert_eq!((&profile["auto_advance_setup"], &profile["language"]), (&true.into(), &"nl".into()));
}

#[test]
fn what_cannot_be_taken_over_is_told() {
    let said = refused(1, &[&URL[..], &["graph", "graph_macos.json"]].concat(), "");
    assert!(said.contains("`configurationWebUrl` says that users sign in on a page"), "{said}");
    let said = refused(1, &[&URL[..], &["graph", "-"]].concat(), r#"{"displayName": "", "pets": "\u001b[31m"}"#);
    assert!(said.contains("1 not carried over:\n  pets = ") && said.contains("error[ADE-P"), "{said}");
    assert!(!said.contains('\u{1b}'));
    assert!(refused(1, &[&URL[..], &["jamf", "no_such.json"]].concat(), "").contains("check the path"));
    assert!(refused(1, &["--export", "jamf-mobile", "-"], "{}").contains("ADE-P"));
}

#[test]
fn wrong_usage_is_told() {
    for arguments in [
        &[][..],
        &["graph", "x"],
        &["--url", "https://a.example", "intune", "x"],
        &["--url", "https://a.example", "graph"],
        &["--url", "https://a.example", "--target", "ipados", "graph", "x"],
        &["--url", "https://a.example", "--target", "watchos:11.0", "graph", "x"],
        &["--url", "https://a.example", "--language", "nl", "graph", "x"],
        &["--url", "https://a.example", "--language", "nl", "--region", "Holland", "graph", "x"],
        &["--export", "graph-ios", "--language", "nl", "--region", "NL", "x"],
        &["--export", "graph-ios", "--target", "ipados:17.4", "x"],
        &["--export", "mosyle", "x"],
        &["--export", "graph-ios"],
        &["--export", "graph-ios", "--url", "https://a.example", "x"],
    ] {
        let said = refused(2, arguments, "");
        assert!(said.starts_with("import_profile: ") && said.ends_with("Try --help.\n"), "{said}");
    }
    let help = run(&["--help"], b"");
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.starts_with("Takes an enrollment profile") && help.lines().all(|line| line.chars().count() <= 100));
}
