//! What every text file of the repository has to do without.

use crate::source::texts;

/// Directories of the machine that a file was written on.
const MACHINE: &[&str] = &["/home/", "/root/", "/tmp/", "/work/", "/Users/", r":\Users\"];

/// Where the text names a directory of somebody's machine; a URL that contains such a part does not.
fn machine_paths(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| {
        MACHINE.iter().any(|directory| {
            line.match_indices(directory).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                directory.starts_with(':') || !before.is_some_and(|c| c.is_alphanumeric() || "./_-~}+=".contains(c))
            })
        })
    })
}

/// Code blocks that are neither compiled nor run.
fn ignored_doctests(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| {
        let marks = line.trim_start_matches(|c: char| c.is_whitespace() || "/!*".contains(c)).strip_prefix("```");
        marks.is_some_and(|marks| marks.split([',', ' ', '-']).any(|word| word == "ignore"))
    })
}

/// The texts, without this one, which names what it looks for.
fn others() -> impl Iterator<Item = (String, String)> {
    texts(&[""]).into_iter().filter(|(name, _)| name != "tests/it/docs.rs")
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    for (name, text) in others() {
        let found: Vec<&str> = machine_paths(&text).collect();
        assert!(found.is_empty(), "{name} names a path of one machine:\n{}", found.join("\n"));
    }
}

#[test]
fn no_doctest_is_ignored() {
    for (name, text) in others() {
        let found: Vec<&str> = ignored_doctests(&text).collect();
        assert!(found.is_empty(), "{name} has a doctest that does not run:\n{}", found.join("\n"));
    }
}

#[test]
fn the_checks_can_fail() {
    let found = |text: &'static str| machine_paths(text).count();
    assert_eq!(found("cd /home/me/crate"), 1);
    assert_eq!(found("\"/tmp/token.p7m\"\nTMP=/tmp/x"), 1);
    assert_eq!(found(r"C:\Users\me"), 1);
    assert_eq!(found("https://example.com/home/ and src/work/a.rs and ${HOME}/tmp/x"), 0);

    let found = |text: &'static str| ignored_doctests(text).count();
    assert_eq!(found("/// ```ignore\n//! ```rust,ignore\n```ignore-wasm"), 3);
    assert_eq!(found("/// ```compile_fail,E0599\n// ignore\n```no_run\n```"), 0);
}
