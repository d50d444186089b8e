//! The program `tenant` as a process: the same year for the same seed, and every requirement that it names is one.

#![cfg(test)]

use std::collections::BTreeSet;
use std::process::{Command, Output};

/// The program, built by `cargo test` beside this one, or now.
fn tenant(arguments: &[&str]) -> Output {
    let here = std::env::current_exe().unwrap();
    let name = format!("tenant{}", std::env::consts::EXE_SUFFIX);
    let built = here.parent().unwrap().parent().unwrap().join("examples").join(name);
    if !built.exists() {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let arguments = ["build", "-q", "--manifest-path", manifest, "--example", "tenant"];
        assert!(Command::new(env!("CARGO")).args(arguments).status().unwrap().success());
    }
    Command::new(built).args(arguments).output().unwrap()
}

fn year(arguments: &[&str]) -> String {
    let output = tenant(arguments);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""), "{out}");
    out
}

/// The first words of lines that are a requirement's id, with the rest of their lines.
fn decisions(text: &str) -> Vec<(&str, &str)> {
    let is_id = |word: &str| {
        word.split_once('-').is_some_and(|(group, number)| {
            group.chars().all(|c| c.is_ascii_uppercase()) && number.parse::<u32>().is_ok()
        })
    };
    let lines = text.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(' '));
    lines.filter(|(word, _)| is_id(word)).collect()
}

#[test]
fn the_year_goes_as_it_should() {
    let text = year(&[]);
    assert_eq!(year(&["--seed", "1"]), text, "the same seed, the same text");
    assert!(text.lines().all(|line| line.chars().count() <= 100 && !line.contains('\x1b')), "{text}");

    let decisions = decisions(&text);
    let last = format!("year over: 3,000 devices, {} decisions, 0 surprises", decisions.len());
    assert_eq!(text.lines().last(), Some(last.as_str()));
    assert!(decisions.iter().all(|(_, what)| !what.trim().is_empty()), "{decisions:?}");

    // Every id stands in the list, as a row or as one of the conflicts.
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/requirements.md")).unwrap();
    let ids: BTreeSet<&str> = decisions.iter().map(|(id, _)| *id).collect();
    for id in &ids {
        let is_listed = page.contains(&format!("\n| {id} |")) || page.contains(&format!("\n- **{id}**"));
        assert!(is_listed, "{id} is no requirement");
    }
    // Each part of the year is there.
    for id in
        ["ORG-12", "ORG-9", "TOK-9", "KEY-5", "ORG-16", "TOK-8", "ASG-5", "PRO-10", "DEV-7", "DEV-5", "DEV-10", "LIC-1"]
    {
        assert!(ids.contains(id), "{id} is missing in {ids:?}");
    }
    for id in ["TOK-12", "TOK-17", "TOK-18", "TOK-21", "LIM-5", "TOK-22", "TOK-23", "ORG-24"] {
        assert!(ids.contains(id), "{id} is missing in {ids:?}");
    }
    assert!(text.contains("T_C_NOT_SIGNED") && text.contains("token_rejected"), "{text}");
}

#[test]
fn another_seed_is_another_school() {
    let text = year(&["--seed=7"]);
    assert_ne!(text, year(&[]));
    assert!(text.ends_with(" decisions, 0 surprises\n"), "{text}");
}

#[test]
fn help_and_wrong_usage() {
    for help in ["--help", "-h"] {
        let text = year(&[help]);
        assert!(
            text.starts_with("Walks through a school's year") && text.lines().all(|line| line.chars().count() <= 100)
        );
    }
    for (arguments, word) in
        [(&["--seed"][..], "--seed"), (&["--seed", "-1"], "-1"), (&["--verbose"], "--verbose"), (&["2027"], "2027")]
    {
        let output = tenant(arguments);
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {err}");
        assert!(err.starts_with("tenant: ") && err.contains(word) && err.ends_with("Try --help.\n"), "{err}");
    }
}
