//! `examples/profile_lint` as a process: streams, exit statuses, what is shown and what is not.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use apple_ade::judgement::Rule;
use apple_ade::setup_assistant::SkipKey;
use serde_json::{Value, json};

use crate::fixture;

#[path = "../../examples/profile_lint/veil.rs"]
#[expect(dead_code, reason = "the program uses the rest")]
pub(crate) mod veil;

const AT: [&str; 2] = ["--at", "2027-01-01T00:00:00Z"];

/// The program, built by `cargo test` beside this one, or now.
fn program() -> Command {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("debug/examples/profile_lint");
    if built.exists() {
        Command::new(built)
    } else {
        let mut command = Command::new(env!("CARGO"));
        command.args(["run", "-q", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
        command.args(["-p", "apple-ade", "--example", "profile_lint", "--"]);
        command
    }
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    use std::io::Write;

    let mut command = program();
    let command = command.args(arguments).current_dir(fixture::path("lint"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The same at a fixed time, from standard input.
pub(crate) fn lint(arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    run(&[&AT, arguments, &["-"]].concat(), input.as_ref())
}

/// What a terminal would show: nothing steers it, and nothing is wider.
pub(crate) fn text(bytes: &[u8]) -> &str {
    let text = std::str::from_utf8(bytes).unwrap();
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{line}");
        assert!(!line.contains(|c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)), "{line:?}");
    }
    text
}

/// A profile in which nothing is to be said, but for what is added.
pub(crate) fn profile(also: &Value) -> String {
    let mut profile = json!({
        "profile_name": "iPads", "url": "https://mdm.example.org/enroll", "is_supervised": true, "is_mandatory": true,
    });
    for (key, value) in also.as_object().unwrap() {
        profile[key] = value.clone();
    }
    profile.to_string()
}

/// Compares with a file, or makes the file anew.
fn golden(name: &str, found: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(fixture::path(name), found).unwrap();
    }
    assert_eq!(fixture::text(name), found, "{name}; if it should be so: UPDATE=1");
}

#[test]
fn a_profile_is_explained() {
    let done = run(&[&AT[..], &["--target", "ipados:17.4", "kiosk.json"]].concat(), b"");
    assert_eq!(done.status.code(), Some(1));
    assert!(done.stderr.is_empty(), "{done:?}");
    golden("lint/kiosk.txt", text(&done.stdout));
}

/// What the README shows is what the program says.
#[test]
fn the_readme_shows_real_output() {
    let readme = crate::source::text("README.md");
    let shown = readme.split("```text\n").find(|block| block.starts_with("error[ADE-P")).unwrap();
    let shown = shown.split("```").next().unwrap();
    assert!(fixture::text("lint/kiosk.txt").contains(shown), "{shown}");
}

#[test]
fn fix_writes_what_a_second_run_accepts() {
    let arguments = [&AT[..], &["--target", "ipados:17.4", "--fix", "kiosk.json"]].concat();
    let done = run(&arguments, b"");
    assert_eq!(done.status.code(), Some(0), "the errors are mended: {done:?}");
    golden("lint/kiosk.fixed.json", text(&done.stdout));
    let said = text(&done.stderr);
    assert!(said.starts_with("fixed: set `is_supervised` to true\n"), "{said}");
    assert!(said.contains("  --> corrected kiosk.json:") && said.contains("\n0 errors, 1 warning,"), "{said}");

    let again = lint(&["--target", "ipados:17.4", "--fix"], &done.stdout);
    assert_eq!((again.status.code(), &again.stdout), (Some(0), &done.stdout), "there is nothing left to mend");
    assert!(!text(&again.stderr).contains("fixed: "), "{again:?}");

    // What needs no mending stays to the letter.
    let fine = profile(&json!({}));
    assert_eq!(String::from_utf8(lint(&["--fix"], &fine).stdout).unwrap().trim_end(), fine);
    // A key that is there twice is seen in the text alone; what is there now is there once.
    let twice = lint(&["--fix"], fine.replace('{', "{\"is_next_year\": 1, \"is_next_year\": 2.50, "));
    assert!(text(&twice.stderr).starts_with("fixed: keep the last `is_next_year` alone\n"), "{twice:?}");
    assert!(text(&twice.stdout).contains("\"is_next_year\": 2.50") && !text(&twice.stdout).contains('1'), "{twice:?}");
    // What is broken gives no profile.
    let broken = lint(&["--fix"], "{");
    assert_eq!((broken.status.code(), broken.stdout.len()), (Some(1), 0), "{broken:?}");
}

#[test]
fn the_status_is_that_of_the_errors() {
    let note = profile(&json!({"profile_uuid": "88FC4E378CEC83C2A2C3C2D1F2E5C8B1"}));
    let warning = profile(&json!({"is_next_year": true}));
    let error = profile(&json!({"url": "ftp://mdm.example.org"}));
    for (text, status, counts) in [
        (profile(&json!({})), 0, "0 errors, 0 warnings, 0 notes\n"),
        (note, 0, "0 errors, 0 warnings, 1 note\n"),
        (warning, 0, "0 errors, 1 warning, 0 notes\n"),
        (error, 1, "1 error, 0 warnings, 0 notes\n"),
        ("[]".into(), 1, "1 error, 0 warnings, 0 notes\n"),
        (String::new(), 1, "1 error, 0 warnings, 0 notes\n"),
    ] {
        let done = lint(&[], &text);
        assert_eq!(done.status.code(), Some(status), "{text}: {done:?}");
        assert!(self::text(&done.stdout).ends_with(counts) && done.stderr.is_empty(), "{text}: {done:?}");
        let done = lint(&["--json"], &text);
        assert_eq!(done.status.code(), Some(status), "{text}: {done:?}");
        assert!(serde_json::from_slice::<Value>(&done.stdout).is_ok() && done.stderr.is_empty(), "{done:?}");
    }
}

#[test]
fn json_has_code_path_and_fix() {
    let kiosk = fixture::text("lint/kiosk.json");
    let parse = |arguments: &[&str]| -> Value {
        let done = lint(arguments, &kiosk);
        serde_json::from_slice(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"))
    };
    let report = parse(&["--json"]);
    let violations = report["violations"].as_array().unwrap();
    let of = |code: &str| violations.iter().find(|violation| violation["code"] == code).unwrap();
    assert_eq!(of("ADE-P201")["path"], "skip_setup_items[2]");
    let edit = json!({"edit": "set_item", "key": "skip_setup_items", "index": 2, "value": "Location"});
    assert_eq!(of("ADE-P201")["fix"]["edits"], json!([edit]));
    assert_eq!(of("ADE-P050")["word"], "FLAGS_INVALID");
    assert_eq!((&report["errors"], violations[0]["severity"].as_str()), (&json!(2), Some("error")));
    assert!(report.get("fixed").is_none() && report.get("applied").is_none() && report.get("preview").is_none());

    let all = parse(&["--json", "--fix", "--preview", "--target", "ipados:17.4", "--target", "macos:15.0"]);
    assert_eq!(all["errors"], 0);
    let expected: Value = serde_json::from_str(&fixture::text("lint/kiosk.fixed.json")).unwrap();
    assert_eq!(all["fixed"], expected);
    assert!(all["applied"].as_array().unwrap().contains(&json!("set `is_supervised` to true")));
    let previews = all["preview"].as_array().unwrap();
    assert_eq!(previews.len(), 2);
    assert!(previews.iter().all(|preview| preview["panes"].as_array().unwrap().len() == SkipKey::ALL.len()));

    let broken = lint(&["--json", "--fix", "--preview", "--target", "ipados:17.4"], "{");
    let broken: Value = serde_json::from_slice(&broken.stdout).unwrap();
    assert!(broken["fixed"].is_null() && broken["preview"].is_null() && broken.get("fixed").is_some());
    assert_eq!(broken["violations"][0]["code"], "ADE-P000");
}

#[test]
fn a_preview_shows_the_panes_that_are_there() {
    let skipping = profile(&json!({"skip_setup_items": ["Siri", "Sirri", "Zoom"]}));
    let table = |arguments: &[&str]| {
        let done = lint(arguments, &skipping);
        let (_, table) =
            text(&done.stdout).split_once(" notes\n\n").or(text(&done.stdout).split_once(" note\n\n")).unwrap();
        table.to_owned()
    };
    let verdicts = ["  shown     ", "  hidden    ", "  not there ", "  may appear"];
    let rows =
        |table: &str| table.lines().filter(|line| verdicts.iter().any(|verdict| line.starts_with(verdict))).count();
    let all = table(&["--preview=all", "--target", "ipados:17.4"]);
    assert_eq!(rows(&all), 58);
    for key in SkipKey::ALL {
        let row = |line: &&str| line.get(14..).is_some_and(|rest| rest.split(' ').next() == Some(key.as_str()));
        assert_eq!(all.lines().filter(row).count(), 1, "{key}");
    }
    let short = table(&["--preview", "--target", "ipados:17.4"]);
    assert!(short.starts_with("iPadOS 17.4\n  shown "), "{short}");
    let missing = 58 - rows(&short);
    assert!(missing > 10 && short.ends_with(&format!("  {missing} panes are not there\n")), "{short}");
    assert!(short.contains("  hidden      Siri                                 Siri pane"), "{short}");
    assert!(short.contains("  ?           Sirri  "), "{short}");
    // Rules speak of what the profile names.
    assert_eq!(all.matches("[ADE-P").count(), 0, "{all}");
    let named = lint(&["--preview", "--target", "ipados:17.4"], profile(&json!({"skip_setup_items": ["Keyboard"]})));
    let (_, with_rules) = text(&named.stdout).split_once("\n\niPadOS 17.4\n").unwrap();
    assert_eq!(with_rules.matches("[ADE-P").count(), 1, "{with_rules}");
    assert!(with_rules.contains("[ADE-P214]"), "{with_rules}");

    // Several targets stand side by side where there is room.
    let beside = table(&["--preview", "--target", "ipados:17.4", "--target", "macos:15.0", "--target", "ios:31"]);
    let head = beside.lines().next().unwrap();
    assert_eq!(head.split_whitespace().collect::<Vec<_>>(), ["iOS", "31.0", "iPadOS", "17.4", "macOS", "15.0"]);
    let row = |key: &str| beside.lines().find(|line| line.starts_with(&format!("  {key} "))).unwrap();
    let cells = row("FileVault").split("  ").map(str::trim).filter(|cell| !cell.is_empty()).take(4);
    assert_eq!(cells.collect::<Vec<_>>(), ["FileVault", "not there", "not there", "shown"]);
    assert!(beside.contains("  iOS 31.0: newer than this list (OS 27)\n") && !beside.contains("  TVRoom "), "{beside}");
    let many = ["ios:17", "ios:18", "ipados:17", "ipados:18", "macos:15", "tvos:18"];
    let many: Vec<&str> = many.iter().flat_map(|target| ["--target", target]).chain(["--preview"]).collect();
    assert!(table(&many).contains("\n\nmacOS 15.0\n  shown "));
    let broken = lint(&["--preview", "--target", "ipados:17.4"], "[");
    assert!(text(&broken.stderr).contains("no preview") && broken.status.code() == Some(1), "{broken:?}");
}

#[test]
fn a_rule_is_explained_in_full() {
    for code in ["ADE-P050", "ade-p050", "P050"] {
        let done = run(&["--explain", code], b"");
        let said = text(&done.stdout);
        assert!(said.starts_with("error[ADE-P050]: ") && said.contains("  Apple:  answers FLAGS_INVALID\n"), "{said}");
        assert!(said.contains("  why: ") && said.contains("  from:   LOK-2\n") && done.status.success(), "{said}");
    }
    for rule in Rule::ALL {
        if rule.code().ends_with('0') {
            assert!(!text(&run(&["--explain", rule.code()], b"").stdout).is_empty());
        }
    }
}

#[test]
fn several_files_are_judged_and_named() {
    let done = run(&[&AT[..], &["kiosk.json", "-"]].concat(), profile(&json!({})).as_bytes());
    let said = text(&done.stdout);
    assert!(
        said.contains("\nkiosk.json: 2 errors, ")
            && said.ends_with("\nstandard input: 0 errors, 0 warnings, 0 notes\n"),
        "{said}"
    );
    assert_eq!(done.status.code(), Some(1));
    // One that is not there does not hide the others.
    let done = run(&[&AT[..], &["--json", "none.json", "kiosk.json", "kiosk.json", "--fix"]].concat(), b"");
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("none.json: "));
    let reports: Vec<Value> = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((reports.len(), &reports[1]["file"]), (2, &json!("kiosk.json")));
    assert!(reports[1]["fixed"].is_object());
}

/// A profile as the crate stores it is no mistake, and what it says beside Apple's keys counts.
#[test]
fn a_stored_profile_is_known_as_such() {
    let apple: Value = serde_json::from_str(&profile(&json!({"await_device_configured": true}))).unwrap();
    let stored =
        json!({"version": 1, "apple": apple, "affinity": {"user": "without"}, "beside": {"device_name": "Kiosk"}});
    let record = apple_ade::profile::EnrollmentProfile::builder("iPads", "https://mdm.example.org/enroll")
        .mode(apple_ade::profile::Supervised::new(apple_ade::affinity::UserAffinity::Without))
        .device_name("Kiosk".parse().unwrap())
        .build()
        .unwrap();
    let record = serde_json::to_string(&record).unwrap();
    let done = lint(&["--preview", "--target", "ipados:17.4"], &record);
    let said = text(&done.stdout);
    assert!(
        said.contains("[ADE-P613]") && said.contains("--> stored profile standard input") && done.status.success(),
        "{said}"
    );
    assert!(!said.contains("ADE-P004") && said.contains("\niPadOS 17.4\n"), "{said}");
    let refused = lint(&["--fix"], &record);
    assert!(refused.status.code() == Some(2) && text(&refused.stderr).contains("a stored profile"), "{refused:?}");
    // What cannot be read as one is judged by Apple's part, or said.
    let broken = lint(&[], stored.to_string().replace("https://mdm.example.org/enroll", ""));
    assert!(broken.status.code() == Some(1) || text(&broken.stderr).contains("cannot be read"), "{broken:?}");
    let newer = lint(&[], record.replace("\"version\":1", "\"version\":9"));
    assert!(newer.status.code() == Some(2) && text(&newer.stderr).contains("stored in version 9"), "{newer:?}");
}

/// A fix may hold what no number and no depth of a JSON library does.
#[test]
fn odd_values_cost_no_report() {
    let (number, deep) = ("1e999".to_owned(), format!("{}{}", "[".repeat(200), "]".repeat(200)));
    for value in [number, deep] {
        let json = format!(r#"{{"profile_name":"A","url":"https://mdm.example.org/e","x":{value},"x":{value}}}"#);
        let report = run(&["--json", "-"], json.as_bytes());
        assert!(report.status.success(), "{report:?}");
        let report: Value = serde_json::from_slice(&report.stdout).unwrap();
        let repeated = report["violations"].as_array().unwrap().iter().find(|v| v["code"] == "ADE-P007").unwrap();
        assert_eq!(repeated["path"], "x");
    }
}

#[test]
fn rules_are_listed_a_line_each() {
    let done = run(&["--rules"], b"");
    let listed = std::str::from_utf8(&done.stdout).unwrap();
    let codes: Vec<&str> = listed.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(codes, Rule::ALL.iter().map(|rule| rule.code()).collect::<Vec<_>>());
    assert!(listed.lines().all(|line| line.chars().count() <= 120), "{listed}");
    let done = run(&["--rules", "--json"], b"");
    let rules: Vec<Value> = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(rules.len(), Rule::ALL.len());
    assert!(rules.iter().all(|rule| rule["code"].is_string() && rule["why"].is_string()));
}

#[test]
fn wrong_usage_names_the_option() {
    let none = PathBuf::from("none.json");
    let none = none.to_str().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&[], "FILE is missing"),
        (&["--target", "ipados", none], "--target \"ipados\""),
        (&["--target", "ipad:17", none], "\"ipad\" is no operating system; did you mean iPadOS?\n"),
        (&["--target", "ios:x", none], "write numbers with dots between them, as in 17.4\n"),
        (&["--targets", "ios:17", none], "give --target once for each system"),
        (&["--rule"], "did you mean --rules?"),
        (&["--explain", "ADE-P999"], "no rule has this code; --rules lists them"),
        (&["--explain", "P001", "--json"], "--explain"),
        (&["--preview=some", "--target", "ios:17", none], "--preview=all"),
        (&["--fix", none, none], "give one FILE"),
        (&["-", "-"], "read once"),
        (&["--target"], "--target"),
        (&["--at", "noon", none], "--at \"noon\": this is no time; write it as in 2026-11-22 or "),
        (&["--storage-gb", "many", none], "--storage-gb \"many\""),
        (&["--preview", none], "--preview needs a target"),
        (&["--preview", "--fix", "--target", "ios:17.0", none], "--preview and --fix"),
        (&["--rules", none], "--rules"),
        (&["--rules", "--target", "ios:17.0"], "--rules"),
        (&["--colour", none], "--colour"),
        (&[none, "other.json"], "other.json: "),
        (&[none], "none.json: "),
    ];
    for (arguments, part) in cases {
        let done = run(arguments, b"");
        assert_eq!(done.status.code(), Some(2), "{arguments:?}: {done:?}");
        assert!(done.stdout.is_empty());
        let said = std::str::from_utf8(&done.stderr).unwrap();
        assert!(said.starts_with("profile_lint: ") && said.contains(part), "{arguments:?}: {said}");
    }
    assert_eq!(run(&["--at", "2030-01-01", "-"], profile(&json!({})).as_bytes()).status.code(), Some(0));
    assert_eq!(lint(&[], b"\xff").status.code(), Some(2));
    let help = run(&["--help"], b"");
    assert!(help.status.success() && text(&help.stdout).contains("Exit status"), "{help:?}");
}

/// Anybody can have written the file.
#[test]
fn a_hostile_file_does_not_steer_the_terminal() {
    let hostile = "{\"\\u001b]0;a\\u0007\\u202e\u{9b}2J\": 1, \"url\": \"ftp://\u{9b}2J\\u001b[2J\u{202e}\",
        \"profile_name\": \"a\\u0000\u{85}b\", \"skip_setup_items\": [\"\\u001b[31m\u{9b}\", \"Siri\u{2028}\"]}";
    for arguments in [&[][..], &["--json"], &["--fix"], &["--fix", "--json"], &["--preview", "--target", "ios:17.0"]] {
        let done = lint(arguments, hostile);
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        text(&done.stderr);
        let out = std::str::from_utf8(&done.stdout).unwrap();
        assert!(!out.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{arguments:?}: {out:?}");
        if !arguments.contains(&"--fix") && !arguments.contains(&"--json") {
            text(&done.stdout);
        }
    }
    // What is written in another way says the same.
    let done = lint(&["--fix"], hostile);
    let fixed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(fixed["profile_name"], "a\u{0}\u{85}b");
    assert_eq!(fixed["\u{1b}]0;a\u{7}\u{202e}\u{9b}2J"], 1);
    let named = run(&["\u{1b}[2J.json"], b"");
    assert!(!text(&named.stderr).contains('\u{1b}'));
}

#[test]
fn nothing_is_wider_than_the_screen() {
    let long = "k".repeat(300);
    let mut odd = json!({"url": format!("https://{long}"), "department": long, "skip_setup_items": vec!["siri"; 120]});
    odd[&long] = json!(long);
    let done = lint(&["--preview", "--target", "ipados:17.4"], profile(&odd));
    let one_line = text(&done.stdout);
    assert!(one_line.contains("skip_setup_items[119]"));
    let pretty: Value = serde_json::from_str(&profile(&odd)).unwrap();
    let done = lint(&[], serde_json::to_string_pretty(&pretty).unwrap());
    // The notes stand under the bar, with numbers of lines of one, two and three digits.
    let shown = text(&done.stdout);
    let mut bars = std::collections::BTreeSet::new();
    for block in shown.split("\n\n") {
        let bar = block.lines().find(|line| line.trim() == "|").and_then(|line| line.find('|'));
        let Some(bar) = bar else { continue };
        bars.insert(bar);
        let marks = block.lines().filter(|line| line.trim_start().starts_with("= "));
        assert!(marks.clone().count() >= 2 && marks.clone().all(|line| line.find('=') == Some(bar)), "{block}");
    }
    assert_eq!(bars.into_iter().collect::<Vec<_>>(), [3, 4, 5], "{shown}");
    // A long name of a file.
    let done = run(&[&AT[..], &[&format!("../lint/{}kiosk.json", "./".repeat(80))]].concat(), b"");
    assert!(text(&done.stdout).contains("…"), "{done:?}");
}

#[test]
fn broken_json_is_shown_where_it_breaks() {
    let done = lint(&[], "\n\n{ \"url\": 1,\n  \"é\" 2 }");
    let shown = text(&done.stdout);
    let expected = "  --> standard input:4:7  $\n   |\n 4 |   \"é\" 2 }\n   |       ^\n";
    assert!(shown.contains("at line 4 column 8") && shown.contains(expected), "{shown}");
    let done = lint(&[], "{\"url\": \"a\n\"}");
    assert!(text(&done.stdout).contains("standard input:1:10  $\n"), "{done:?}");
    let done = lint(&[], "{\"url\": ");
    assert!(text(&done.stdout).contains("standard input:1:8  $\n"), "{done:?}");
}

/// The parts of a key's text by which it would be known.
fn parts(key: &str) -> Vec<String> {
    let body: Vec<char> = key.lines().filter(|line| !line.starts_with("--")).flat_map(str::chars).collect();
    assert!(body.len() > 100);
    body.chunks(12).filter(|part| part.len() == 12).map(|part| part.iter().collect()).collect()
}

/// A key where a certificate should be, or anywhere else, in every form.
#[test]
fn a_private_key_is_never_printed() {
    let pem = fixture::text("token/key.pem");
    let der: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
    let pkcs1 = fixture::text("token/key_pkcs1.pem");
    let pkcs1_der: String = pkcs1.lines().filter(|line| !line.starts_with("--")).collect();
    let ec = fixture::openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout"], b"");
    let ec = ec.map(|pem| String::from_utf8(pem).unwrap());
    let ec_der = ec.as_ref().map(|pem| pem.lines().filter(|line| !line.starts_with("--")).collect::<String>());
    let wrapped = pem.lines().filter(|line| !line.starts_with("--")).collect::<Vec<_>>().join("\n");
    for key in [&pem, &der, &pkcs1, &pkcs1_der, &wrapped].into_iter().chain(&ec).chain(&ec_der) {
        let parts = parts(key);
        let texts = [
            profile(&json!({"anchor_certs": [key]})),
            profile(&json!({"supervising_host_certs": ["AAAA", key], "allow_pairing": false})),
            profile(&json!({"anchor_certs": key})),
            profile(&json!({"anchor_certs": [{"key": key}, 1]})),
            profile(&json!({"anchor_cert": [key]})),
            profile(&json!({"department": key, "is_supervised": key})),
            profile(&json!({"skip_setup_items": [key], "devices": [key]})),
            profile(&json!({"url": key})),
            profile(&json!({key.as_str(): 1})),
            profile(&json!({"anchor_certs": []})).replace('{', &format!("{{\"anchor_certs\": [{}],", json!(key))),
            // Broken JSON.
            profile(&json!({"anchor_certs": [key]})).replace(']', ""),
            format!("{{\"anchor_certs\": [\"{key}\"]}}"),
            key.clone(),
        ];
        for text in &texts {
            for arguments in [&[][..], &["--json"], &["--preview", "--target", "ipados:17.4"]] {
                let done = lint(arguments, text);
                let printed = [done.stdout, done.stderr].concat();
                let printed = String::from_utf8(printed).unwrap().replace("\\n", "");
                let shown = parts.iter().find(|part| printed.contains(*part));
                assert_eq!(shown, None, "{arguments:?} {text}\n{printed}");
            }
            let done = lint(&["--fix"], text);
            let said = String::from_utf8(done.stderr).unwrap();
            assert!(!parts.iter().any(|part| said.contains(part)), "--fix {text}\n{said}");
        }
    }
}

/// A certificate is no secret: what mends it has to be in the report.
#[test]
fn certificates_are_no_keys() {
    let certificate = fixture::text("profile_certificates/host.pem");
    assert!(!veil::has_key(&certificate));
    let der: String = certificate.lines().filter(|line| !line.starts_with("--")).collect();
    assert!(!veil::has_key(&der) && veil::has_key("x MHcCAQEEIAAAAAAAAAAA") && !veil::has_key("MHcCAQ"));
    let shown = veil::veiled(&profile(&json!({"anchor_certs": [&der], "department": "Information Technology"})));
    assert_eq!(shown.len(), profile(&json!({"anchor_certs": [&der], "department": "Information Technology"})).len());
    assert!(!shown.contains(&der[..40]) && shown.contains("Information Technology"));
}
