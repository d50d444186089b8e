//! All that was found at once.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::fix::Fix;
use super::rule::{Rule, Severity};
use super::violation::Violation;

/// Every violation that a check found: errors first, then by place, then by code. Often empty.
///
/// As an error (it is one) it says all errors and warnings, and the notes in few lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct Violations(Vec<Violation>);

impl Violations {
    pub(crate) fn sorted(mut violations: Vec<Violation>) -> Self {
        violations.sort_by_cached_key(|violation| {
            let (key, index, rest) = natural(violation.path());
            (violation.severity(), key.to_owned(), index, rest.to_owned(), violation.rule())
        });
        Self(violations)
    }

    /// All, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of one severity.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Violation> {
        self.iter().filter(move |violation| violation.severity() == severity)
    }

    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Violation> {
        self.of(Severity::Error)
    }

    /// The warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Violation> {
        self.of(Severity::Warning)
    }

    /// The notes.
    pub fn notes(&self) -> impl Iterator<Item = &Violation> {
        self.of(Severity::Note)
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// Those of one rule.
    pub fn by_rule(&self, rule: Rule) -> impl Iterator<Item = &Violation> {
        self.iter().filter(move |violation| violation.rule() == rule)
    }

    /// The fixes that a program can apply.
    pub fn fixes(&self) -> impl Iterator<Item = &Fix> {
        self.iter().filter_map(Violation::fix)
    }
}

/// A path's order: by key, and by number within brackets.
fn natural(path: &str) -> (&str, u64, &str) {
    let (key, rest) = path.split_once('[').unwrap_or((path, ""));
    let (index, rest) = rest.split_once(']').unwrap_or((rest, ""));
    (key, index.parse().unwrap_or(0), rest)
}

impl<'v> IntoIterator for &'v Violations {
    type Item = &'v Violation;
    type IntoIter = std::slice::Iter<'v, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// More notes than these are told a line for each rule.
const MOST_NOTES: usize = 3;
/// How many places such a line names.
const MOST_PLACES: usize = 5;

/// Each error and warning, then the notes, then how many there were: `1 error, 2 warnings, 0 notes`. Where there are more than three notes
/// they get a line for each rule; [`iter`](Violations::iter) has all of each.
impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let notes = self.notes().count();
        let is_whole = |violation: &&Violation| violation.severity() != Severity::Note || notes <= MOST_NOTES;
        self.iter().filter(is_whole).try_for_each(|violation| write!(f, "{violation}\n\n"))?;
        if notes > MOST_NOTES {
            let mut by_rule: BTreeMap<Rule, Vec<&str>> = BTreeMap::new();
            for note in self.notes() {
                by_rule.entry(note.rule()).or_default().push(note.path());
            }
            for (rule, places) in by_rule {
                write!(f, "note[{}]: {}\n  --> ", rule.code(), rule.summary())?;
                f.write_str(&places.iter().take(MOST_PLACES).copied().collect::<Vec<_>>().join(", "))?;
                match places.len().saturating_sub(MOST_PLACES) {
                    0 => writeln!(f, "\n")?,
                    more => writeln!(f, " and {more} more\n")?,
                }
            }
        }
        for (place, severity) in [Severity::Error, Severity::Warning, Severity::Note].into_iter().enumerate() {
            let count = self.of(severity).count();
            let (comma, plural) = (if place == 0 { "" } else { ", " }, if count == 1 { "" } else { "s" });
            write!(f, "{comma}{count} {severity}{plural}")?;
        }
        Ok(())
    }
}
