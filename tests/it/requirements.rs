//! `docs/requirements.md` is complete, and what it says about the sources is true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::source::{Token, rust, text, tokens, without_tests};

/// How many requirements each group has.
const GROUPS: &[(&str, usize)] = &[
    ("ORG", 26),
    ("CON", 6),
    ("TOK", 26),
    ("KEY", 6),
    ("DEV", 14),
    ("SYN", 16),
    ("LIM", 7),
    ("PRO", 12),
    ("AFF", 17),
    ("CPV", 15),
    ("SUP", 10),
    ("LOK", 8),
    ("SHI", 17),
    ("PAI", 7),
    ("NAM", 6),
    ("CEL", 5),
    ("DPT", 3),
    ("SCR", 13),
    ("SCN", 25),
    ("ASG", 11),
    ("LIF", 10),
    ("LIC", 5),
    ("RES", 3),
    ("DCR", 18),
    ("BRA", 14),
    ("AUT", 14),
    ("ERR", 7),
];

/// The sources, read once.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let sources = rust(&["src", "tests", "examples", "benches"]).into_iter();
    sources.filter(|(name, _)| name != "tests/it/requirements.rs").map(|(name, text)| Source::of(name, text)).collect()
});

/// A source file, and what is looked for in it.
struct Source {
    name: String,
    text: String,
    /// The requirements that it names, with the line.
    ids: Vec<(usize, String)>,
    /// The words of its code, tests left out.
    words: BTreeSet<String>,
    /// Its test functions.
    tests: BTreeSet<String>,
}

impl Source {
    fn of(name: String, text: String) -> Self {
        let all = tokens(&text);
        let words = without_tests(&all).0.into_iter().map(|token| token.text).collect();
        let tests = test_functions(&all);
        Self { ids: ids(&text), words, tests, name, text }
    }
}

/// A line of the table: id, rule, class, where.
struct Row {
    id: String,
    rule: String,
    class: String,
    place: String,
}

fn rows() -> Vec<Row> {
    let page = text("docs/requirements.md");
    let rows = page.lines().filter(|line| line.strip_prefix("| ").is_some_and(|line| group(line).is_some()));
    let cells =
        rows.map(|row| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    let row = cells.map(|cells| match <[String; 4]>::try_from(cells) {
        Ok([id, rule, class, place]) => Row { id, rule, class, place },
        Err(cells) => panic!("{:?} has {} cells", cells.first(), cells.len()),
    });
    row.collect()
}

/// The group of an id that the text begins with.
fn group(text: &str) -> Option<&'static str> {
    let (name, rest) = text.split_once('-')?;
    let (group, _) = GROUPS.iter().find(|(group, _)| *group == name)?;
    rest.starts_with(|c: char| c.is_ascii_digit()).then_some(group)
}

/// The ids in a text, such as `TOK-18`, with their lines.
fn ids(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')) {
            if group(word).is_some() {
                found.push((number + 1, word.trim_end_matches(|c: char| !c.is_ascii_digit()).into()));
            }
        }
    }
    found
}

#[test]
fn every_requirement_is_listed_once() {
    let rows = rows();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((rows.len(), ids.len()), (321, 321));
    for (group, count) in GROUPS {
        let expected: Vec<String> = (1..=*count).map(|number| format!("{group}-{number}")).collect();
        let listed = rows.iter().filter(|row| self::group(&row.id) == Some(group)).map(|row| row.id.clone());
        assert_eq!(listed.collect::<Vec<_>>(), expected);
    }
    for row in &rows {
        assert!(!row.rule.is_empty() && ["T", "V", "S", "C", "D", "X"].contains(&row.class.as_str()), "{}", row.id);
    }
}

#[test]
fn what_the_list_says_is_in_the_sources() {
    let wrong: Vec<String> =
        rows().iter().filter_map(|row| Some(format!("{}: {}", row.id, wrong_place(row)?))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_sources_name_no_unknown_requirement() {
    let listed: BTreeSet<String> = rows().into_iter().map(|row| row.id).collect();
    for source in SOURCES.iter() {
        let unknown: Vec<_> = source.ids.iter().filter(|(_, id)| !listed.contains(id)).collect();
        assert!(unknown.is_empty(), "{} names unknown requirements: {unknown:?}", source.name);
    }
}

/// What is wrong with the last cell of a line.
fn wrong_place(row: &Row) -> Option<String> {
    let place = row.place.as_str();
    if place == "planned" || place == "planned (documentation)" {
        return None;
    }
    if let Some((kind @ ("out of scope" | "documentation"), reason)) = place.split_once(": ") {
        let fits = kind != "out of scope" || row.class == "X";
        return (reason.is_empty() || !fits)
            .then(|| format!("{kind} needs a reason, and class X where it is out of scope"));
    }
    let parts: Vec<&str> = place.split(", ").map(|part| part.trim_matches('`')).collect();
    let Some((test, items)) = parts.split_last().filter(|(_, items)| !items.is_empty()) else {
        return Some(format!("{place:?} is not `path::item, path::test`"));
    };
    if let Some(item) = items.iter().find(|item| !has_item(item)) {
        return Some(format!("there is no item {item}"));
    }
    if !has_test(test) {
        return Some(format!("there is no test {test}"));
    }
    let named = SOURCES.iter().any(|source| source.ids.iter().any(|(_, id)| *id == row.id));
    (!named).then(|| String::from("no doc and no test names it"))
}

/// The files of the module that a path begins with, and the rest of the path.
fn module<'p>(below: &str, path: &'p str) -> Option<(Vec<&'static Source>, Vec<&'p str>)> {
    let parts: Vec<&str> = path.split("::").collect();
    (1..=parts.len()).rev().find_map(|length| {
        let stem = format!("{below}/{}", parts[..length].join("/"));
        let is_in = |name: &str| name.strip_prefix(&stem).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
        let files: Vec<&Source> = SOURCES.iter().filter(|source| is_in(&source.name)).collect();
        (!files.is_empty()).then(|| (files, parts[length..].to_vec()))
    })
}

/// Whether the sources have an item such as `token::ServerToken::decrypt`: its names stand in the module's code.
fn has_item(path: &str) -> bool {
    let Some((files, names)) = module("src", path) else { return false };
    !names.is_empty() && names.iter().all(|name| files.iter().any(|source| source.words.contains(*name)))
}

/// Whether there is a test such as `it::token::every_sample_decrypts` (the integration tests), `token::file::tests::reads_pem`
/// (unit tests), or `doctest token::ServerToken` (the item's example, or its proof that something does not compile).
fn has_test(path: &str) -> bool {
    if let Some(item) = path.strip_prefix("doctest ") {
        let Some((files, names)) = module("src", item) else { return false };
        return names.last().is_some_and(|name| files.iter().any(|source| has_doctest(&source.text, name)));
    }
    let (below, path) = match path.strip_prefix("it::") {
        Some(path) => ("tests/it", path),
        None => ("src", path),
    };
    let Some((files, names)) = module(below, path) else { return false };
    let Some(name) = names.last() else { return false };
    let inner = names.len() == 1 || (names.len() == 2 && names[0] == "tests");
    inner && files.iter().any(|source| source.tests.contains(*name))
}

/// The functions with the attribute `#[test]` (a property test's has it inside its macro).
fn test_functions(tokens: &[Token]) -> BTreeSet<String> {
    let (mut found, mut is_test) = (BTreeSet::new(), false);
    for (i, token) in tokens.iter().enumerate() {
        let before = |back: usize| i.checked_sub(back).map(|i| tokens[i].text.as_str());
        match token.text.as_str() {
            "test" if before(1) == Some("[") && before(2) == Some("#") => is_test = true,
            "fn" if is_test => {
                found.extend(tokens.get(i + 1).map(|next| next.text.clone()));
                is_test = false;
            }
            "}" => is_test = false,
            _ => {}
        }
    }
    found
}

/// Whether the comment above a line that defines `name` has a code block.
fn has_doctest(text: &str, name: &str) -> bool {
    let mut fences = 0;
    for line in text.lines().map(str::trim) {
        if line.starts_with("///") {
            fences += usize::from(line.contains("```"));
        } else if !line.starts_with('#') {
            let defined = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name);
            if defined && fences > 0 {
                return true;
            }
            fences = 0;
        }
    }
    false
}

#[test]
fn the_checks_can_fail() {
    let wrong = |class: &str, place: &str| {
        let row = Row { id: "TOK-18".into(), rule: String::new(), class: class.into(), place: place.into() };
        wrong_place(&row).unwrap_or_default()
    };
    assert_eq!(wrong("S", "planned"), "");
    assert_eq!(wrong("X", "out of scope: not ours"), "");
    assert_eq!(wrong("D", "documentation: said in the profile's docs"), "");
    assert!(wrong("S", "out of scope: not ours").contains("class X"));
    assert!(wrong("S", "done").contains("is not"));
    assert!(wrong("S", "error::ErrorWord::find").contains("is not"));
    assert!(wrong("S", "error::ErrorWord::seek, it::error_word::a_word_is_found_whole").contains("no item error"));
    assert!(wrong("S", "terror::ErrorWord, it::error_word::a_word_is_found_whole").contains("no item terror"));
    assert!(wrong("S", "error::ErrorWord::find, it::error_word::a_word_is_lost").contains("no test it"));
    assert!(wrong("S", "error::ErrorWord::find, it::error_word::find").contains("no test it"));
    assert!(wrong("S", "error::ErrorWord::find, doctest error::UnknownWord").contains("no test doctest"));

    assert!(has_item("error::ErrorWord::TermsNotSigned") && has_item("error::word::ErrorWord"));
    assert!(
        has_test("it::error_word::a_word_is_found_whole") && has_test("it::source::tests::test_items_are_left_out")
    );
    assert!(has_test("doctest error::ErrorWord::find") && has_test("doctest stamp::Stamp"));
    assert!(!has_test("error::word::find") && !has_test("error::ErrorWord::find"));

    let found: Vec<String> =
        ids("TOK-18, (SYN-5..8) `X-37`, TOKEN-1, xTOK-2\nKEY-99.").into_iter().map(|id| id.1).collect();
    assert_eq!(found, ["TOK-18", "SYN-5", "KEY-99"]);
    let count: BTreeMap<&str, usize> = GROUPS.iter().copied().collect();
    assert_eq!((count.len(), count.values().sum()), (27, 321));
}
