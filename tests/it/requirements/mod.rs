//! `docs/requirements.md` is complete, and what it says about the sources is true.

use std::collections::BTreeSet;

use crate::source::{rust, text};

use self::ids::group;
use self::sources::SOURCES;

mod ids;
mod place;
mod sources;

/// How many lines may still say `planned`.
const PLANNED: usize = 0;

/// Conflicts whose resolution is planned, with the lines that are.
const CONFLICTS_PLANNED: &[&str] = &[];

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

#[test]
fn every_requirement_is_listed_once() {
    let rows = rows();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((rows.len(), ids.len()), (321, 321));
    for (name, count) in GROUPS {
        let expected: Vec<String> = (1..=*count).map(|number| format!("{name}-{number}")).collect();
        let listed = rows.iter().filter(|row| group(&row.id) == Some(*name)).map(|row| row.id.clone());
        assert_eq!(listed.collect::<Vec<_>>(), expected);
    }
    for row in &rows {
        assert!(!row.rule.is_empty() && ["T", "V", "S", "C", "D", "X"].contains(&row.class.as_str()), "{}", row.id);
    }
}

#[test]
fn what_the_list_says_is_in_the_sources() {
    let wrong: Vec<String> =
        rows().iter().filter_map(|row| Some(format!("{}: {}", row.id, place::wrong(row)?))).collect();
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

#[test]
fn few_are_planned() {
    let planned: Vec<String> =
        rows().into_iter().filter(|row| row.place.starts_with("planned")).map(|row| row.id).collect();
    println!("planned: {} of 321 {planned:?}", planned.len());
    assert_eq!(planned.len(), PLANNED, "where fewer are planned, lower PLANNED");
}

/// Where the documents contradict each other, some module says what it does about that.
#[test]
fn every_conflict_is_resolved_in_the_sources() {
    let page = text("docs/requirements.md");
    let listed = page.lines().filter_map(|line| line.strip_prefix("- **X-")?.split_once("**: "));
    let listed: Vec<(String, &str)> = listed.map(|(number, rest)| (format!("X-{number}"), rest)).collect();
    let expected: Vec<String> = (1..=51).map(|number| format!("X-{number}")).collect();
    assert_eq!(listed.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), expected);
    for (id, rest) in &listed {
        assert!(rest.split_once(" → ").is_some_and(|(_, resolution)| !resolution.is_empty()), "{id} is not resolved");
    }
    let library: Vec<String> = rust(&["src"]).into_iter().map(|(_, text)| text).collect();
    let is_said = |id: &str| library.iter().any(|text| conflicts(text).any(|named| named == id));
    let unsaid: Vec<&String> =
        expected.iter().filter(|id| !is_said(id) && !CONFLICTS_PLANNED.contains(&id.as_str())).collect();
    assert!(unsaid.is_empty(), "no module says what becomes of {unsaid:?}");
}

/// The conflicts that a text names.
fn conflicts(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    words.filter(|word| word.strip_prefix("X-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())))
}
