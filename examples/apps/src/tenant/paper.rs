use std::fmt::Display;
use std::io::{self, Write};

use chrono::{DateTime, Utc};

use crate::thousands::thousands;

/// The widest line.
const WIDTH: usize = 100;
/// Where the text begins: behind the requirement.
const TEXT: usize = 10;

/// What the walk is written on; it counts the decisions, and what came out otherwise than it should.
#[derive(Debug)]
pub(super) struct Paper<W> {
    out: W,
    bold: bool,
    decisions: usize,
    surprises: usize,
}

impl<W: Write> Paper<W> {
    pub(super) fn new(out: W, bold: bool) -> Self {
        Self { out, bold, decisions: 0, surprises: 0 }
    }

    /// A month begins.
    pub(super) fn month(&mut self, now: DateTime<Utc>, title: &str) -> io::Result<()> {
        let (on, off) = self.marks("\x1b[1m");
        let heading = format!("{}: {title}", now.format("%B %Y"));
        let line = "─".repeat(WIDTH.saturating_sub(heading.chars().count() + 1));
        let gap = if self.decisions == 0 { "" } else { "\n" };
        writeln!(self.out, "{gap}{on}{heading}{off} {line}")
    }

    /// What happens.
    pub(super) fn note(&mut self, text: impl Display) -> io::Result<()> {
        self.entry("", &text.to_string())
    }

    /// A decision, with the requirement that it comes from.
    pub(super) fn decided(&mut self, requirement: &str, text: impl Display) -> io::Result<()> {
        self.decisions += 1;
        self.entry(requirement, &text.to_string())
    }

    /// Lines that are as they should be, but for those that are too long.
    pub(super) fn block(&mut self, text: impl Display) -> io::Result<()> {
        const HANGING: usize = 3;
        for line in text.to_string().lines() {
            if line.chars().count() <= WIDTH - TEXT {
                writeln!(self.out, "{}{line}", " ".repeat(TEXT))?;
                continue;
            }
            let mut indent = TEXT;
            for part in folded(line, WIDTH - TEXT - HANGING) {
                writeln!(self.out, "{}{part}", " ".repeat(indent))?;
                indent = TEXT + HANGING;
            }
        }
        Ok(())
    }

    /// Lines of the full width.
    pub(super) fn wide(&mut self, text: impl Display) -> io::Result<()> {
        text.to_string().lines().try_for_each(|line| writeln!(self.out, "{line}"))
    }

    /// What should be so; it is a surprise if it is not.
    pub(super) fn expect(&mut self, is_so: bool, what: &str) -> io::Result<()> {
        if is_so {
            return Ok(());
        }
        self.surprises += 1;
        let (on, off) = self.marks("\x1b[1;31m");
        writeln!(self.out, "{on}surprise: {what}{off}")
    }

    /// The last line; whether there was no surprise.
    pub(super) fn end(mut self, devices: usize) -> io::Result<bool> {
        let (devices, decisions, surprises) = (thousands(devices), self.decisions, self.surprises);
        let plural = if surprises == 1 { "surprise" } else { "surprises" };
        writeln!(self.out, "\nyear over: {devices} devices, {decisions} decisions, {surprises} {plural}")?;
        self.out.flush()?;
        Ok(surprises == 0)
    }

    fn entry(&mut self, requirement: &str, text: &str) -> io::Result<()> {
        let (on, off) = self.marks("\x1b[36m");
        let mut mark = format!("  {on}{requirement:<8}{off}");
        for line in folded(text, WIDTH - TEXT) {
            writeln!(self.out, "{mark}{line}")?;
            mark = " ".repeat(TEXT);
        }
        Ok(())
    }

    fn marks(&self, on: &'static str) -> (&'static str, &'static str) {
        if self.bold { (on, "\x1b[0m") } else { ("", "") }
    }
}

/// The text in lines of a width; a word that is longer has a line of its own.
fn folded(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let room = width.saturating_sub(line.chars().count());
        if line.is_empty() {
            line.push_str(word);
        } else if word.chars().count() < room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Paper, folded};

    #[test]
    fn text_is_folded_between_words() {
        assert_eq!(folded("one two three", 7), ["one two", "three"]);
        assert_eq!(folded("incomprehensible one", 7), ["incomprehensible", "one"]);
        assert_eq!(folded("", 7), [""]);
    }

    #[test]
    fn surprises_are_counted() {
        let mut out = Vec::new();
        let mut paper = Paper::new(&mut out, false);
        paper.decided("TOK-1", "yes").unwrap();
        paper.expect(true, "two is two").unwrap();
        paper.expect(false, "two is three").unwrap();
        assert!(!paper.end(3000).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "  TOK-1   yes\nsurprise: two is three\n\nyear over: 3,000 devices, 1 decisions, 1 surprise\n"
        );
    }
}
