//! `docs/profile-rules.md` and `docs/rules.md` are what the code says, and no code of a rule has two meanings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use apple_ade::enrollment::{EnrollmentRestrictions, MdmPayload};
use apple_ade::judgement::{Rule, Severity};

use crate::source::{root, rust, text};

const PAGE: &str = "docs/profile-rules.md";
const OTHERS: &str = "docs/rules.md";

/// What the rules of a hundred or of a part of it are about, by the first number of each.
const GROUPS: &[(u16, &str)] = &[
    (0, "The JSON itself"),
    (10, "Texts and contacts"),
    (30, "URLs"),
    (50, "Supervision, removal, pairing"),
    (60, "Language and region"),
    (110, "Operating systems"),
    (200, "Panes to skip"),
    (300, "Shared iPad"),
    (400, "Certificates"),
    (500, "Devices"),
    (600, "What Apple's keys do not hold: names, plans, accounts, users"),
    (700, "Purposes: migration, return to service"),
];

const HEAD: &str = "\
<!-- Made from the code: `UPDATE=1 cargo test -p apple-ade --test it rules_page` writes it anew, and the test compares it. -->

# Rules on enrollment profiles

What `apple_ade::profile::Check` and `profile_lint` look for.

- **error**: Apple refuses it, or it cannot do what it says. Where Apple's service answers with a word, it is named.
- **warning**: it is allowed, and most likely not what is meant.
- **note**: something to know.

A code never changes its meaning, and one that is given up is not used again. Ids such as LOK-2 and X-8 are those of the
requirements and of the conflicts between documents, in `docs/requirements.md`. Rules about an operating system speak only of the
targets that are named.
";

fn number(rule: Rule) -> u16 {
    rule.code().strip_prefix("ADE-P").and_then(|number| number.parse().ok()).unwrap()
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let count = |severity| Rule::ALL.iter().filter(|rule| rule.severity() == severity).count();
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    let [errors, warnings, notes] = counts;
    let all = counts.iter().sum::<usize>();
    writeln!(page, "\nThere are {all} rules: {errors} errors, {warnings} warnings, {notes} notes.").unwrap();
    for (place, (first, title)) in GROUPS.iter().enumerate() {
        let next = GROUPS.get(place + 1).map_or(u16::MAX, |(next, _)| *next);
        let mut rules = Rule::ALL.iter().filter(|rule| (*first..next).contains(&number(**rule))).peekable();
        if rules.peek().is_none() {
            continue;
        }
        writeln!(page, "\n## {title}").unwrap();
        for rule in rules {
            write_rule(&mut page, *rule);
        }
    }
    page
}

fn write_rule(page: &mut String, rule: Rule) {
    let sources: Vec<String> = rule.sources().iter().map(|source| linked(source)).collect();
    let words: Vec<String> = rule.words().iter().map(|word| format!("`{word}`")).collect();
    write!(page, "\n### {}\n\n", rule.code()).unwrap();
    writeln!(page, "**{}**: {}.", rule.severity(), rule.summary()).unwrap();
    writeln!(page, "\nWhy: {}.", rule.why()).unwrap();
    if !words.is_empty() {
        writeln!(page, "\nApple answers: {}.", words.join(", ")).unwrap();
    }
    writeln!(page, "\nFrom: {}.", sources.join(", ")).unwrap();
}

/// A source as Markdown: pages of Apple's by their name, and RFCs.
fn linked(source: &str) -> String {
    if let Some(rest) = source.strip_prefix("RFC ") {
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        return format!("[{source}](https://www.rfc-editor.org/rfc/rfc{number})");
    }
    match source.strip_prefix("https://developer.apple.com/documentation/") {
        Some(page) => format!("[{}]({source})", page.rsplit('/').next().unwrap_or(page)),
        None if source.starts_with("https://") => format!("<{source}>"),
        None => source.to_owned(),
    }
}

/// Everything else that is judged by rules, with what the first letter of the codes says.
fn others() -> Vec<(&'static str, &'static str, Vec<Rule>)> {
    vec![
        (
            "Commands",
            "`apple_ade::command::RULES`: what is sent to devices, and what is planned to be sent after the enrollment",
            apple_ade::command::RULES.to_vec(),
        ),
        (
            "Restrictions on enrollment",
            "`apple_ade::enrollment::EnrollmentRestrictions::check`: which platforms may enroll at all",
            EnrollmentRestrictions::rules().to_vec(),
        ),
        (
            "The MDM payload",
            "`apple_ade::enrollment::MdmPayload::check`, and `check_update` for its successor on the same device",
            MdmPayload::rules().collect(),
        ),
        (
            "Limits",
            "`apple_ade::schedule::Limits`: how many tokens, profiles and devices",
            apple_ade::schedule::Limits::RULES.to_vec(),
        ),
        (
            "Sign-in, the portal app and licences",
            "`apple_ade::program::sign_in::check`: what a profile needs around it",
            apple_ade::program::sign_in::RULES.to_vec(),
        ),
    ]
}

const OTHERS_HEAD: &str = "\
<!-- Made from the code: `UPDATE=1 cargo test -p apple-ade --test it rules_page` writes it anew, and the test compares it. -->

# Rules beside those on enrollment profiles

The rules on enrollment profiles, `ADE-P…`, have [a page of their own](profile-rules.md), which also says what errors, warnings and notes
are. A code never changes its meaning, is used in one module alone, and is not used again when it is given up. Ids such as CPV-3 and
X-9 are those of `docs/requirements.md`.
";

fn others_page() -> String {
    let mut page = OTHERS_HEAD.to_owned();
    for (title, whose, rules) in others() {
        write!(page, "\n## {title}\n\n{whose}.\n").unwrap();
        for rule in rules {
            write_rule(&mut page, rule);
        }
    }
    page += "\n## Obstacles to a migration\n\n`apple_ade::migration::Obstacle`: why a device cannot move as it is.\n\n";
    for (code, meaning) in obstacles() {
        writeln!(page, "- **{code}**: {meaning}").unwrap();
    }
    page
}

/// The codes of [`apple_ade::migration::Obstacle`] with what its variants' docs say.
fn obstacles() -> Vec<(String, String)> {
    let source = text("src/migration/obstacle.rs");
    let lines = source.lines().filter_map(|line| line.trim().strip_prefix("/// `ADE-T"));
    let parts = lines.filter_map(|line| line.split_once("`: "));
    parts.map(|(number, meaning)| (format!("ADE-T{number}"), meaning.to_owned())).collect()
}

/// What a test finds in the sources: codes with the file and whether they are defined there, in a table of rules or as the code of a variant.
fn codes() -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for (name, text) in rust(&["src"]) {
        for line in text.lines() {
            for (at, _) in line.match_indices("ADE-") {
                let code: String = line[at..]
                    .chars()
                    .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-')
                    .collect();
                let is_code = code.len() == 8 && code[5..].bytes().all(|byte| byte.is_ascii_digit());
                let is_defined = line[..at].ends_with("= \"") || line[..at].ends_with("=> \"");
                if is_code {
                    let is_comment = line.trim_start().starts_with("//");
                    found.push((code, name.clone(), is_defined && !is_comment));
                }
            }
        }
    }
    found
}

/// No code has two meanings, and none is mentioned that has none. Each letter belongs to one module; E and M share one.
#[test]
fn every_code_is_defined_once() {
    let found = codes();
    let mut defined = BTreeMap::<&str, Vec<&str>>::new();
    for (code, file, _) in found.iter().filter(|(_, _, is_defined)| *is_defined) {
        defined.entry(code).or_default().push(file);
    }
    let twice: Vec<_> = defined.iter().filter(|(_, files)| files.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let unknown: Vec<_> = found.iter().filter(|(code, _, _)| !defined.contains_key(code.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?}");

    let listed: Vec<Rule> =
        others().into_iter().flat_map(|(_, _, rules)| rules).chain(Rule::ALL.iter().copied()).collect();
    let mut listed: Vec<String> = listed.into_iter().map(|rule| rule.code().to_owned()).collect();
    listed.extend(obstacles().into_iter().map(|(code, _)| code));
    listed.sort_unstable();
    assert_eq!(listed, defined.keys().copied().collect::<Vec<_>>(), "what is exposed is what is defined");

    let modules = [
        ('C', "src/command/"),
        ('E', "src/enrollment/"),
        ('G', "src/program/"),
        ('L', "src/schedule/"),
        ('M', "src/enrollment/"),
        ('P', "src/profile/"),
        ('T', "src/migration/"),
    ];
    let mut used = BTreeSet::new();
    for (code, files) in &defined {
        let letter = code.chars().nth(4).unwrap();
        let home = modules.iter().find(|(known, _)| *known == letter).map(|(_, home)| *home);
        assert!(home.is_some_and(|home| files[0].starts_with(home)), "{code} in {files:?}");
        used.insert(letter);
    }
    assert_eq!(used, modules.map(|(letter, _)| letter).into());
}

#[test]
fn the_pages_are_what_the_code_says() {
    for (name, page) in [(PAGE, page()), (OTHERS, others_page())] {
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(root().join(name), &page).unwrap();
        }
        assert_eq!(text(name), page, "to write it anew: UPDATE=1 cargo test -p apple-ade --test it rules_page");
    }
}

#[test]
fn every_rule_is_on_a_page_once() {
    let pages = page() + &others_page();
    for rule in others().into_iter().flat_map(|(_, _, rules)| rules).chain(Rule::ALL.iter().copied()) {
        let heading = format!("\n### {}\n", rule.code());
        assert_eq!(pages.matches(&heading).count(), 1, "{}", rule.code());
        assert!(pages.contains(rule.why()) && !rule.why().ends_with('.') && !rule.summary().ends_with('.'));
    }
    // A group begins where its first rule can be.
    assert!(GROUPS.is_sorted() && GROUPS.first().is_some_and(|(first, _)| *first == 0));
}
