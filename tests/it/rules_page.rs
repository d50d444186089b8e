//! `docs/profile-rules.md` is what the code says.

use std::fmt::Write as _;

use apple_ade::judgement::{Rule, Severity};

use crate::source::{root, text};

const PAGE: &str = "docs/profile-rules.md";

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
    }
    page
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

#[test]
fn the_page_is_what_the_code_says() {
    let page = page();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join(PAGE), &page).unwrap();
    }
    assert_eq!(text(PAGE), page, "to write it anew: UPDATE=1 cargo test -p apple-ade --test it rules_page");
}

#[test]
fn every_rule_is_on_the_page_once() {
    let page = page();
    for rule in Rule::ALL {
        let heading = format!("\n### {}\n", rule.code());
        assert_eq!(page.matches(&heading).count(), 1, "{}", rule.code());
        assert!(page.contains(rule.why()) && !rule.why().ends_with('.') && !rule.summary().ends_with('.'));
    }
    // A group begins where its first rule can be.
    assert!(GROUPS.is_sorted() && GROUPS.first().is_some_and(|(first, _)| *first == 0));
}
