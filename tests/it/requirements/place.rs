//! What stands in the cell `where` of a line: whether it is there, and whether it shows what the class promises.

use std::collections::BTreeSet;

use crate::source::Token;

use super::Row;
use super::sources::{Block, Function, Source, module};

/// The conditions under which the tests run as they are run by default; `simulator` is always on for them.
const ALWAYS: &[&str] = &["test", "feature = \"aws-lc-rs\"", "feature = \"sys\"", "feature = \"simulator\""];

/// What is wrong with the last cell of a line.
pub(super) fn wrong(row: &Row) -> Option<String> {
    let place = row.place.as_str();
    let is_built = ["T", "V", "S"].contains(&row.class.as_str());
    if place == "planned" || place == "planned (documentation)" {
        return None;
    }
    if let Some((kind @ ("out of scope" | "documentation"), reason)) = place.split_once(": ") {
        if reason.is_empty() || (kind == "out of scope" && row.class != "X") {
            return Some(format!("{kind} needs a reason, and class X where it is out of scope"));
        }
        let is_explained = !is_built || reason.contains(", because ");
        return (!is_explained).then(|| format!("class {} is built, or the line says `, because …`", row.class));
    }
    let parts: Vec<&str> = place.split(", ").map(|part| part.trim_matches('`')).collect();
    let is_item =
        |part: &&&str| !part.starts_with("it::") && !part.starts_with("doctest ") && !part.contains("::tests::");
    let (items, tests) = parts.split_at(parts.iter().take_while(is_item).count());
    if items.is_empty() || tests.is_empty() {
        return Some(format!("{place:?} is not `path::item, path::test`"));
    }
    if let Some(item) = items.iter().find(|item| !has_item(item)) {
        return Some(format!("there is no item {item}"));
    }
    let mut shown = Vec::new();
    for test in tests {
        match find(test) {
            Some(found) => shown.push(found),
            None => return Some(format!("there is no test {test}")),
        }
    }
    if let Some((test, why)) = tests.iter().zip(&shown).find_map(|(test, shown)| Some((test, shown.off()?))) {
        return Some(format!("{test} does not run: {why}"));
    }
    let lacks = match row.class.as_str() {
        "T" if !shown.iter().any(Shown::forbids) => "neither `compile_fail` nor an error of a constructor",
        "V" | "S" if shown.iter().map(Shown::outcomes).sum::<usize>() < 2 => "fewer than two outcomes",
        _ => "",
    };
    if !lacks.is_empty() {
        return Some(format!("class {}, and {} shows {lacks}", row.class, tests.join(", ")));
    }
    if !items.iter().any(|item| defines(item, &row.id)) {
        return Some(String::from("no file of its items names it"));
    }
    let is_told = shown.iter().any(|shown| shown.names(&row.id));
    (!is_told).then(|| String::from("no test of its line names it, nor the file of one"))
}

/// A test that a line names.
enum Shown {
    /// A test function, with its file.
    Function(&'static Source, &'static Function),
    /// The code blocks above an item, with their file.
    Examples(&'static Source, Vec<Block>),
}

impl Shown {
    /// Why it does not run, if it does not.
    fn off(&self) -> Option<String> {
        match self {
            Self::Function(source, function) => {
                function.attributes.iter().chain(&source.attributes()).find(|attribute| is_off(attribute)).cloned()
            }
            Self::Examples(source, blocks) => {
                let not_run = |info: &&str| ["ignore", "no_run", "text"].iter().any(|word| info.contains(word));
                let info = blocks.iter().map(|block| block.info.as_str()).find(not_run).map(String::from);
                info.or_else(|| source.attributes().into_iter().find(|attribute| is_off(attribute)))
            }
        }
    }

    /// Whether it shows that the wrong thing cannot be written, or cannot be made.
    fn forbids(&self) -> bool {
        match self {
            Self::Function(source, function) => with_helpers(source, function).iter().any(|function| {
                let word = |at: usize| function.body.get(at).map_or("", |token| token.text.as_str());
                (0..function.body.len()).any(|at| match word(at) {
                    "is_err" | "unwrap_err" | "expect_err" => word(at + 1) == "(",
                    // `Err(error) =` and `Err(error) =>` take an error apart, and say of none that it comes.
                    "Err" => word(at + 1) == "(" && !(word(at + 3) == ")" && word(at + 4) == "="),
                    _ => false,
                })
            }),
            Self::Examples(_, blocks) => blocks.iter().any(|block| {
                let errors = [".is_err()", "unwrap_err()", "Err("];
                block.info.starts_with("compile_fail,E") || errors.iter().any(|error| block.code.contains(error))
            }),
        }
    }

    /// How many outcomes it compares at least: assertions, where one in a loop counts as two, and so does one over a list; a helper of the
    /// same file that asserts counts each time that it is called. An example that does not compile is an outcome.
    fn outcomes(&self) -> usize {
        match self {
            Self::Function(source, function) => outcomes(source, function, &mut BTreeSet::new()),
            Self::Examples(_, blocks) => blocks
                .iter()
                .map(|block| block.code.matches("assert").count() + usize::from(block.info.starts_with("compile_fail")))
                .sum(),
        }
    }

    fn names(&self, id: &str) -> bool {
        match self {
            Self::Function(source, _) | Self::Examples(source, _) => source.ids.iter().any(|(_, named)| named == id),
        }
    }
}

/// Whether an attribute keeps a test from being run, or from being there.
fn is_off(attribute: &str) -> bool {
    let condition = attribute.strip_prefix("#[cfg(").and_then(|rest| rest.strip_suffix(")]"));
    match condition {
        Some(condition) => {
            let all = condition.strip_prefix("all(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(condition);
            !all.split(", ").all(|part| ALWAYS.contains(&part))
        }
        None => {
            attribute.starts_with("#[ignore") || (attribute.starts_with("#[cfg_attr(") && attribute.contains("ignore"))
        }
    }
}

/// A function and those of its file that it calls.
fn with_helpers(source: &'static Source, function: &'static Function) -> Vec<&'static Function> {
    let (mut found, mut next) = (vec![function], 0);
    while let Some(function) = found.get(next) {
        let called: Vec<_> = helpers(source, function).collect();
        for helper in called {
            if !found.iter().any(|known| known.name == helper.name) {
                found.push(helper);
            }
        }
        next += 1;
    }
    found
}

/// The functions of the same file that are called, each time.
fn helpers(source: &'static Source, function: &'static Function) -> impl Iterator<Item = &'static Function> {
    // By its name and a bracket, or with its types between them.
    let is_call = |rest: &[Token]| rest[1].text == "(" || (rest[1].text == "::" && rest[2].text == "<");
    let calls = function.body.windows(3).filter(move |rest| is_call(rest)).map(|rest| rest[0].text.as_str());
    calls.filter_map(|name| source.functions.iter().find(|helper| !helper.is_test && helper.name == name))
}

fn outcomes(source: &'static Source, function: &'static Function, seen: &mut BTreeSet<String>) -> usize {
    let word = |at: usize| function.body.get(at).map_or("", |token| token.text.as_str());
    let (mut depth, mut loops, mut count) = (0_usize, Vec::new(), 0);
    for at in 0..function.body.len() {
        match word(at) {
            // A loop, or a closure that is called more than once.
            "for" | "while" | "loop" | "for_each" | "all" | "map" => loops.push((depth, false)),
            "{" | "(" | "[" => {
                depth += 1;
                for (_, open) in &mut loops {
                    *open = true;
                }
            }
            "}" | ")" | "]" => {
                depth = depth.saturating_sub(1);
                // The list that a loop goes through is not its body.
                loops.retain(|(outside, open)| !(*open && depth <= *outside && word(at) == "}"));
            }
            name if word(at + 1) == "!" && name.contains("assert") => {
                let is_list = ["[", "("].contains(&word(at + 3));
                count += if loops.is_empty() && !is_list { 1 } else { 2 };
            }
            _ => {}
        }
    }
    for helper in helpers(source, function) {
        if seen.insert(helper.name.clone()) {
            let most = outcomes(source, helper, seen);
            seen.remove(&helper.name);
            count += most;
        }
    }
    count
}

/// Whether the sources have an item such as `token::ServerToken::decrypt`: its names stand in the module's code.
fn has_item(path: &str) -> bool {
    let Some((files, names)) = module("src", path) else { return false };
    !names.is_empty() && names.iter().all(|name| files.iter().any(|source| source.words.contains(*name)))
}

/// Whether a file of the module that has the item names the requirement.
fn defines(path: &str, id: &str) -> bool {
    let Some((files, names)) = module("src", path) else { return false };
    let has_it = |source: &&&Source| names.iter().any(|name| source.words.contains(*name));
    files.iter().filter(has_it).any(|source| source.ids.iter().any(|(_, named)| named == id))
}

/// The test such as `it::token::every_sample_decrypts` (the integration tests), `token::file::tests::reads_pem` (unit tests), or
/// `doctest token::ServerToken` (the item's example, or its proof that something does not compile).
fn find(path: &str) -> Option<Shown> {
    if let Some(item) = path.strip_prefix("doctest ") {
        let (files, names) = module("src", item)?;
        return files.into_iter().find_map(|source| {
            let blocks = source.examples(names.last().copied());
            (!blocks.is_empty()).then_some(Shown::Examples(source, blocks))
        });
    }
    let (below, path) = match path.strip_prefix("it::") {
        Some(path) => ("tests/it", path),
        None => ("src", path),
    };
    let (files, names) = module(below, path)?;
    let name = names.last()?;
    let inner = names.len() == 1 || (names.len() == 2 && names[0] == "tests");
    files.into_iter().filter(|_| inner).find_map(|source| {
        let function = source.functions.iter().find(|function| function.is_test && function.name == *name)?;
        Some(Shown::Function(source, function))
    })
}

#[test]
fn the_checks_can_fail() {
    let wrong = |class: &str, place: &str| {
        let row = Row { id: "TOK-18".into(), rule: String::new(), class: class.into(), place: place.into() };
        wrong(&row).unwrap_or_default()
    };
    assert_eq!(wrong("S", "planned"), "");
    assert_eq!(wrong("X", "out of scope: not ours"), "");
    assert_eq!(wrong("D", "documentation: said in the profile's docs"), "");
    assert_eq!(wrong("S", "documentation: said in the profile's docs, because nothing runs"), "");
    assert!(wrong("S", "documentation: said in the profile's docs").contains("because"));
    assert!(wrong("S", "out of scope: not ours").contains("class X"));
    assert!(wrong("S", "done").contains("is not"));
    assert!(wrong("S", "error::ErrorWord::find").contains("is not"));
    assert!(wrong("S", "it::error_word::a_word_is_found_whole").contains("is not"));
    assert!(wrong("S", "error::ErrorWord::seek, it::error_word::a_word_is_found_whole").contains("no item error"));
    assert!(wrong("S", "terror::ErrorWord, it::error_word::a_word_is_found_whole").contains("no item terror"));
    assert!(wrong("S", "error::ErrorWord::find, it::error_word::a_word_is_lost").contains("no test it"));
    assert!(wrong("S", "error::ErrorWord::find, it::error_word::find").contains("no test it"));
    assert!(wrong("S", "error::ErrorWord::find, doctest error::UnknownWord").contains("no test doctest"));
    assert!(wrong("S", "stamp::Stamp, it::error_word::a_word_is_found_whole").contains("no file of its items"));
    assert!(wrong("T", "stamp::Stamp, it::source::tests::test_items_are_left_out").contains("compile_fail"));
    let both = "stamp::Stamp, it::error_word::a_word_is_found_whole, it::error_word::a_word_is_lost";
    assert!(wrong("S", both).contains("no test it::error_word::a_word_is_lost"));

    assert!(has_item("error::ErrorWord::TermsNotSigned") && has_item("error::word::ErrorWord"));
    let has_test = |path| find(path).is_some();
    assert!(has_test("it::error_word::a_word_is_found_whole"));
    assert!(has_test("it::source::tests::test_items_are_left_out"));
    assert!(has_test("doctest error::ErrorWord::find") && has_test("doctest stamp::Stamp"));
    assert!(!has_test("error::word::find") && !has_test("error::ErrorWord::find"));

    let runs = ["#[test]", "#[cfg(test)]", "#[cfg(all(test, feature = \"sys\"))]", "#[expect(clippy::panic)]"];
    assert!(runs.iter().all(|attribute| !is_off(attribute)));
    let off = [
        "#[ignore]",
        "#[ignore = \"slow\"]",
        "#[cfg(unix)]",
        "#[cfg(all(test, feature = \"odd\"))]",
        "#[cfg_attr(miri, ignore)]",
    ];
    assert!(off.iter().all(|attribute| is_off(attribute)));
}

#[test]
fn what_a_test_shows_is_counted() {
    let count = |body: &str, others: &str| {
        let text = format!("#[test]\nfn it_works() {{\n{body}\n}}\n{others}");
        let source: &'static Source = Box::leak(Box::new(Source::of("src/x.rs".into(), text)));
        let shown = Shown::Function(source, &source.functions[0]);
        (shown.outcomes(), shown.forbids())
    };
    assert_eq!(count("    a();", ""), (0, false));
    assert_eq!(count("    assert!(a().is_ok());", ""), (1, false));
    assert_eq!(count("    assert!(a().is_err());", ""), (1, true));
    assert_eq!(count("    assert_eq!(a(), Err(B::C));\n    assert_eq!(a(), 1);", ""), (2, true));
    assert_eq!(count("    match a() {\n        Err(error) => b(),\n    }", ""), (0, false));
    assert_eq!(count("    // is_err()\n    let s = \"Err(x)\";", ""), (0, false));
    assert_eq!(count("    for a in [1, 2] {\n        assert!(a > 0);\n    }", ""), (2, false));
    assert_eq!(count("    for a in [1, 2] {\n        b(a);\n    }\n    assert!(a > 0);", ""), (1, false));
    assert_eq!(count("    assert_eq!([a(1), a(2)], [1, 2]);", ""), (2, false));
    let helper = "fn check(a: u8) {\n    assert!(a.unwrap_err() > 1);\n}\n";
    assert_eq!(count("    check(1);", helper), (1, true));
    assert_eq!(count("    check(1);\n    check(2);", helper), (2, true));
    assert_eq!(count("    check::<u8>(1);", helper), (1, true));
    assert_eq!(count("    check_more(1);", helper), (0, false));
}
