//! What people read.

use std::fmt::Write as _;
use std::io::IsTerminal;

use apple_ade::judgement::{Severity, Violation};
use apple_ade::setup_assistant::{Preview, Verdict};

use super::place;

const WIDTH: usize = 100;

/// With or without colour.
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    /// Coloured on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn of(stream: &impl IsTerminal) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: stream.is_terminal() && !refused }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// A violation with the line of the file that it is about.
    pub(crate) fn violation(&self, file: &str, text: &str, violation: &Violation) -> String {
        let colour = match violation.severity() {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            _ => "1;36",
        };
        let head = format!("{}[{}]", violation.severity(), violation.rule().code());
        let indent = head.chars().count() + 2;
        let message = wrapped(&plain(violation.message()), indent, indent);
        let mut out = format!("{}: {message}\n", self.paint(colour, &head));
        let place = place::find(text, violation.path());
        let at = place.as_ref().map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let path = plain(violation.path());
        writeln!(out, "  --> {file}{at}  {path}").unwrap_or_default();
        if let Some((place, line)) = place.and_then(|place| text.lines().nth(place.line - 1).map(|line| (place, line)))
        {
            self.snippet(&mut out, &place, line, colour);
        }
        let rule = violation.rule();
        let mut why = rule.why().to_owned();
        if let Some(word) = violation.word() {
            write!(why, "; Apple answers {word}").unwrap_or_default();
        }
        let mut say = |name: &str, text: &str| {
            let label = format!("   = {name}: ");
            let indent = label.chars().count();
            writeln!(out, "{label}{}", wrapped(&plain(text), indent, indent)).unwrap_or_default();
        };
        say("why", &why);
        let targets: Vec<String> = violation.targets().iter().map(ToString::to_string).collect();
        if !targets.is_empty() {
            say("on", &targets.join(", "));
        }
        if let Some(help) = violation.help() {
            say("help", help);
        }
        say("from", &rule.sources().join(", "));
        out
    }

    /// The line, with what is meant underlined. Certificates make long lines: what is far from it is cut off.
    fn snippet(&self, out: &mut String, place: &place::Place, line: &str, colour: &str) {
        let number = place.line.to_string();
        let margin = " ".repeat(number.len());
        let room = WIDTH - number.len() - 5;
        let skipped = if place.column + place.length.min(room) > room { place.column.saturating_sub(9) } else { 0 };
        let shown: String = plain(line).chars().skip(skipped).take(room).collect();
        let before = " ".repeat(place.column - 1 - skipped);
        let under = "^".repeat(place.length.clamp(1, room.saturating_sub(before.len()).max(1)));
        let under = self.paint(colour, &under);
        write!(out, " {margin} |\n {number} | {shown}\n {margin} | {before}{under}\n").unwrap_or_default();
    }

    /// A table of the panes: verdict, key, reason with the rule that speaks of it.
    pub(crate) fn preview(&self, preview: &Preview) -> String {
        let mut out = format!("{}\n", self.paint("1", &preview.target().to_string()));
        for pane in preview.panes() {
            let colour = match pane.verdict() {
                Verdict::Shown => "32",
                Verdict::Hidden => "0",
                Verdict::MayAppear => "33",
                _ => "2",
            };
            let rule = pane.rule().map(|rule| format!(" [{}]", rule.code())).unwrap_or_default();
            let reason = wrapped(&format!("{}{rule}", pane.reason()), 52, 52);
            let verdict = self.paint(colour, &format!("{:10}", pane.verdict()));
            writeln!(out, "  {verdict}  {:36}  {reason}", pane.key().as_str()).unwrap_or_default();
        }
        for key in preview.unknown() {
            writeln!(out, "  {:10}  {:36}  unknown, and sent as it is", "?", plain(key.as_str())).unwrap_or_default();
        }
        out
    }
}

/// Anybody can have written the file: nothing in it may steer the terminal.
fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if steers(c) { ' ' } else { c }).collect()
}

/// Broken at spaces, so that no line is wider than the screen; the first line has that much before it already.
fn wrapped(text: &str, before: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut column = before;
    for word in text.split(' ') {
        let length = word.chars().count();
        if out.is_empty() {
            column += length;
        } else if column + 1 + length > WIDTH {
            write!(out, "\n{}", " ".repeat(indent)).unwrap_or_default();
            column = indent + length;
        } else {
            out.push(' ');
            column += 1 + length;
        }
        out.push_str(word);
    }
    out
}
