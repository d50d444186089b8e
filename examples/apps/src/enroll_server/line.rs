use std::io::Write;
use std::sync::{Mutex, PoisonError};

use apple_ade::enrollment::Caller;

/// How a line is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Plain,
    Bad,
}

/// What happens, one line each: the device, its system, what it has sent, and what it got.
pub(super) struct Lines {
    out: Mutex<Box<dyn Write + Send>>,
    colour: bool,
}

impl Lines {
    pub(super) fn new(out: impl Write + Send + 'static, colour: bool) -> Self {
        Self { out: Mutex::new(Box::new(out)), colour }
    }

    pub(super) fn tell(&self, caller: Option<&Caller>, sent: &str, tone: Tone, got: &str) {
        let text = |text: Option<&String>| plain(text.map_or("-", String::as_str));
        let serial = text(caller.and_then(|caller| caller.serial.as_ref()));
        let product = text(caller.and_then(|caller| caller.product.as_ref()));
        let version = text(caller.and_then(|caller| caller.os_version.as_ref()));
        let got = plain(got);
        let got = match tone {
            Tone::Good if self.colour => format!("\x1b[32m{got}\x1b[0m"),
            Tone::Bad if self.colour => format!("\x1b[31m{got}\x1b[0m"),
            _ => got,
        };
        self.write(&format!("{serial:<12}  {product:<12} {version:<7}  {sent:<16}  {got}"));
    }

    pub(super) fn heading(&self, text: &str) {
        let (bold, end) = if self.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        self.write(&format!("\n{bold}{text}{end}"));
    }

    pub(super) fn write(&self, line: &str) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever reads the output may stop reading; devices are served all the same.
        drop(writeln!(out, "{line}").and_then(|()| out.flush()));
    }
}

/// A device writes what it likes, and nothing of it moves the cursor of a terminal.
fn plain(text: &str) -> String {
    let shown: String = text.chars().take(200).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    shown
}
