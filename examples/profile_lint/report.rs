//! What people read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;

use apple_ade::judgement::{Rule, Severity, Violation, Violations};

use super::place::{self, Place};
use super::veil::{has_key, plain, veiled, without_key};

/// No line is wider, unless a path or a word in it is.
pub(crate) const WIDTH: usize = 100;

/// Nobody reads more; the rest is counted.
const MOST_OF_A_RULE: usize = 5000;

/// With or without colour.
pub(crate) struct Style {
    colour: bool,
}

/// A text that was judged, under its name.
pub(crate) struct Judged<'t> {
    pub(crate) name: &'t str,
    pub(crate) text: &'t str,
    pub(crate) violations: &'t Violations,
    /// Then the counts say of which.
    pub(crate) is_one_of_many: bool,
}

impl Style {
    /// Coloured on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn of(stream: &impl IsTerminal) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: stream.is_terminal() && !refused }
    }

    pub(crate) fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Every violation with the line that it is about, and how many there are.
    pub(crate) fn violations(&self, judged: &Judged<'_>) -> String {
        let shown = veiled(judged.text);
        let places = place::find(judged.text, judged.violations.iter().map(Violation::path));
        let mut out = String::new();
        let mut told: BTreeMap<Rule, usize> = BTreeMap::new();
        for violation in judged.violations {
            let told = told.entry(violation.rule()).or_default();
            *told += 1;
            if *told > MOST_OF_A_RULE {
                continue;
            }
            let place = if violation.rule() == Rule::NOT_JSON {
                broken_at(judged.text, violation.message())
            } else {
                places.get(violation.path()).copied()
            };
            self.violation(&mut out, judged.name, &shown, violation, place);
            out.push('\n');
        }
        for (rule, count) in told.into_iter().filter(|(_, count)| *count > MOST_OF_A_RULE) {
            let more = count - MOST_OF_A_RULE;
            line(&mut out, &format!("{more} more of {}; --json has all of them\n", rule.code()));
        }
        let counts = counts(judged.violations);
        if judged.is_one_of_many {
            let room = WIDTH.saturating_sub(counts.chars().count() + 2);
            write!(out, "{}: ", last(&plain(judged.name), room)).unwrap_or_default();
        }
        out + &counts
    }

    fn violation(&self, out: &mut String, name: &str, text: &str, violation: &Violation, place: Option<Place>) {
        let rule = violation.rule();
        let colour = match violation.severity() {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            _ => "1;36",
        };
        let head = format!("{}[{}]", violation.severity(), rule.code());
        let message = if has_key(violation.message()) { rule.summary() } else { violation.message() };
        let message = wrapped(message, head.chars().count() + 2);
        line(out, &format!("{}: {message}", self.paint(colour, &head)));

        // Below the bar that stands behind the number of the line.
        let number = place.map_or_else(|| " ".into(), |place| place.line.to_string());
        let margin = " ".repeat(number.chars().count() + 1);
        let at = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        // What is too long for a line loses the beginning of the file's name, then the end of the path.
        let room = WIDTH - margin.len() - 4 - at.len() - 2;
        let path = first(&plain(without_key(violation.path())), room / 2);
        let file = last(&plain(name), room - path.chars().count());
        line(out, &format!("{margin}--> {file}{at}  {path}"));
        if let Some(place) = place {
            let (shown, under) = window(text, place, WIDTH - margin.len() - 3);
            line(out, &format!("{margin} |"));
            line(out, &format!(" {number} | {shown}"));
            line(out, &format!("{margin} | {}{}", " ".repeat(under.0), self.paint(colour, &"^".repeat(under.1))));
        }

        let mut say = |label: &str, text: &str| {
            let label = format!("{margin} = {label}: ");
            line(out, &format!("{label}{}", wrapped(text, label.chars().count())));
        };
        if let Some(found) = violation.found().filter(|_| place.is_none()) {
            say("found", without_key(found));
        }
        match violation.word() {
            Some(word) => say("why", &format!("{}; Apple answers {word}", rule.why())),
            None => say("why", rule.why()),
        }
        let targets: Vec<String> = violation.targets().iter().map(ToString::to_string).collect();
        if !targets.is_empty() {
            say("on", &targets.join(", "));
        }
        if let Some(help) = violation.help() {
            say("help", without_key(help));
        }
        say("from", &rule.sources().join(", "));
    }
}

/// All of a rule.
pub(crate) fn rule(rule: Rule) -> String {
    let mut out = format!("{}[{}]: {}\n", rule.severity(), rule.code(), wrapped(rule.summary(), 20));
    let mut say = |label: &str, text: &str| line(&mut out, &format!("  {label:7} {}", wrapped(text, 10)));
    say("why:", rule.why());
    if !rule.words().is_empty() {
        say("Apple:", &format!("answers {}", rule.words().join(", ")));
    }
    rule.sources().iter().for_each(|source| say("from:", source));
    out.trim_end().to_owned()
}

/// Adds a line, without spaces at its end.
pub(crate) fn line(out: &mut String, text: &str) {
    writeln!(out, "{}", text.trim_end()).unwrap_or_default();
}

fn counts(violations: &Violations) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let count = violations.of(severity).count();
        format!("{count} {severity}{}", if count == 1 { "" } else { "s" })
    });
    counts.join(", ")
}

/// Where the parser stopped, if the message says so.
fn broken_at(text: &str, message: &str) -> Option<Place> {
    let (_, at) = message.rsplit_once(" at line ")?;
    let (line, column) = at.split_once(" column ")?;
    place::of_line(text, line.parse().ok()?, column.parse().ok()?)
}

/// As much of a line as there is room for, with the place in it; and how far in, and how many characters, to underline.
/// Certificates make long lines.
fn window(text: &str, place: Place, room: usize) -> (String, (usize, usize)) {
    const BEFORE: usize = 8;
    let before = text.get(place.line_start..place.start).unwrap_or_default();
    let length = text.get(place.start..place.end).unwrap_or_default().chars().take(room).count().max(1);
    let ahead = before.chars().take(room).count();
    let from = if ahead + length <= room {
        place.line_start
    } else {
        let kept = before.char_indices().rev().take(BEFORE).last();
        kept.map_or(place.start, |(at, _)| place.line_start + at)
    };
    let ahead = text.get(from..place.start).unwrap_or_default().chars().count();
    let shown: String =
        text.get(from..).unwrap_or_default().chars().take_while(|c| !matches!(c, '\r' | '\n')).take(room).collect();
    (plain(&shown), (ahead, length.min(room - ahead)))
}

/// A text that is broken at spaces, or within a word that is wider than the screen, so that no line is wider; every line has that
/// much before it.
pub(crate) fn wrapped(text: &str, indent: usize) -> String {
    let room = WIDTH - indent;
    let mut lines: Vec<String> = vec![String::new()];
    let mut column = 0;
    for word in plain(text).split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length <= room {
            column += 1;
            lines.last_mut().into_iter().for_each(|line| line.push(' '));
        } else if column > 0 {
            lines.push(String::new());
            column = 0;
        }
        for c in word.chars() {
            if column == room {
                lines.push(String::new());
                column = 0;
            }
            lines.last_mut().into_iter().for_each(|line| line.push(c));
            column += 1;
        }
    }
    lines.join(&format!("\n{}", " ".repeat(indent)))
}

/// Its first characters.
pub(crate) fn first(text: &str, most: usize) -> String {
    match text.char_indices().nth(most).and(text.char_indices().nth(most.saturating_sub(1))) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Its last characters.
fn last(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().skip(count + 1 - most).collect();
    format!("…{kept}")
}
