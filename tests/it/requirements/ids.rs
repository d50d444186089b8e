//! Ids in texts, such as `TOK-18`: each is written out, and none hides in a range.

use crate::source::{rust, texts};

use super::GROUPS;

/// The group of an id that the text begins with.
pub(super) fn group(text: &str) -> Option<&'static str> {
    let (name, rest) = text.split_once('-')?;
    let (group, _) = GROUPS.iter().find(|(group, _)| *group == name)?;
    rest.starts_with(|c: char| c.is_ascii_digit()).then_some(group)
}

/// The ids in a text, with their lines.
pub(super) fn ids(text: &str) -> Vec<(usize, String)> {
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

/// What joins the ends of a range, with or without spaces.
const TO: &[&str] = &["to", "till", "until", "through", "thru", "..", "...", "..=", "…", "-", "–", "—", "/", "+"];
/// What lists ids; a number behind it that has no group is an id cut short.
const LIST: &[&str] = &[",", ";", "and", "or", "&"];

/// Where ids, or conflicts as in `X-15`, stand as a range (`…-1 to …-3`), or without their group (`…-1 and 2`), or in the name of a function
/// (`…_2_to_5`).
fn cut_short(text: &str) -> Vec<(usize, String)> {
    text.lines().enumerate().filter_map(|(number, line)| Some((number + 1, cut_short_in(line)?.to_owned()))).collect()
}

fn cut_short_in(line: &str) -> Option<&str> {
    let is_start = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
    let starts = line.char_indices().map(|(at, _)| at).filter(|at| is_start(*at));
    starts.into_iter().find_map(|at| range_at(&line[at..]).or_else(|| range_in_name(&line[at..])))
}

/// The range that a text begins with.
fn range_at(text: &str) -> Option<&str> {
    let id_end = id_length(text)?;
    let rest = &text[id_end..];
    let rest = rest.trim_start_matches(['`', ')', '\'']);
    let spaced = rest.trim_start();
    let after = |word: &&&str| {
        let rest = spaced.strip_prefix(**word)?;
        // A word needs its spaces, or it is the beginning of another.
        let is_word = word.starts_with(char::is_alphabetic);
        (!is_word || (rest.starts_with(' ') && spaced.len() < text.len() - id_end)).then_some(rest)
    };
    let end = |rest: &str, alone: bool| {
        let rest = rest.trim_start().trim_start_matches(['`', '(']);
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let is_whole = !rest[digits..].starts_with(|c: char| c.is_alphanumeric() || ".:_%".contains(c));
        let is_number = (1..=2).contains(&digits) && (is_whole || rest[digits..].trim_end() == ".");
        is_number || (alone && id_length(rest).is_some())
    };
    let by = |words: &[&str], alone: bool| {
        // The longest first: `..` begins `..=`, too.
        let mut words: Vec<&&str> = words.iter().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.iter().find_map(after).is_some_and(|rest| end(rest, alone))
    };
    (by(TO, true) || by(LIST, false)).then_some(text)
}

/// The length of the id or conflict that a text begins with.
fn id_length(text: &str) -> Option<usize> {
    let (name, rest) = text.split_once('-')?;
    let is_known = name == "X" || GROUPS.iter().any(|(group, _)| *group == name);
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let whole = !rest[digits..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (is_known && digits > 0 && whole).then_some(name.len() + 1 + digits)
}

/// A range as in `fn …_2_to_5`.
fn range_in_name(text: &str) -> Option<&str> {
    let name = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    let parts: Vec<&str> = name.split('_').collect();
    let is_number = |part: &&&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_group = |part: &str| GROUPS.iter().any(|(group, _)| group.to_lowercase() == part);
    let numbers = parts.iter().skip(1).filter(is_number).count();
    (is_group(parts.first()?) && numbers > 1).then_some(text)
}

#[test]
fn ids_are_written_out_one_by_one() {
    let sources = rust(&["src", "tests", "examples", "benches", "fuzz"]).into_iter();
    // This file shows what is wrong.
    let sources = sources.filter(|(name, _)| name != "tests/it/requirements/ids.rs");
    let is_page = |name: &str| [Some("md"), Some("mutant")].contains(&name.rsplit_once('.').map(|(_, end)| end));
    let pages = texts(&[""]).into_iter().filter(|(name, _)| is_page(name));
    let mut wrong = Vec::new();
    for (name, text) in sources.chain(pages) {
        wrong.extend(cut_short(&text).into_iter().map(|(line, found)| format!("{name}:{line}: {found}")));
    }
    assert!(wrong.is_empty(), "each id is written out:\n{}", wrong.join("\n"));
}

#[test]
fn the_checks_can_fail() {
    let found: Vec<String> =
        ids("TOK-18, (SYN-5..8) `X-37`, TOKEN-1, xTOK-2\nKEY-99.").into_iter().map(|id| id.1).collect();
    assert_eq!(found, ["TOK-18", "SYN-5", "KEY-99"]);

    for range in [
        "SYN-1 to SYN-3",
        "SYN-5..8",
        "(SYN-5 .. SYN-8)",
        "SYN-5..=8",
        "SYN-5…8",
        "SYN-5 – SYN-8",
        "SYN-5–8",
        "SYN-5-8",
        "SYN-5/6",
        "`SYN-5` through `SYN-8`",
        "SYN-5 and 6",
        "SYN-5, 6",
        "see SYN-5, 6.",
        "X-1 to X-51",
        "fn scn_2_to_5() {",
        "it::screens::scn_2_5",
    ] {
        assert_eq!(cut_short(&format!("one\n// {range}\n")).len(), 1, "{range}");
    }
    for whole in [
        "SYN-1, SYN-2 and SYN-3",
        "SYN-1 to go on",
        "SYN-6, 2023",
        "(X-50), SYN-6: 15 minutes",
        "TOKEN-1 to TOKEN-3",
        "BASYN-1 to 3",
        "SYN-1 tomorrow 3",
        "fn scn_2() {",
        "screens_2017_and_2023",
        "SYN-5. 6 of them",
    ] {
        assert_eq!(cut_short(whole), [], "{whole}");
    }
}
