use std::fmt::Display;
use std::io::{self, Write as _};
use std::time::Duration;

use apple_ade::sync::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::begin;
use crate::thousands::thousands;

/// Results on standard output; on standard error what else there is to say, and on a terminal a bar.
#[derive(Debug)]
pub(crate) struct Console {
    name: &'static str,
    bold: bool,
    bar: ProgressBar,
}

impl Console {
    pub(crate) fn new(name: &'static str) -> Self {
        let bold = begin::is_coloured();
        // It draws nothing where standard error is no terminal.
        let bar = ProgressBar::no_length();
        Self { name, bold, bar }
    }

    /// A line of the results.
    pub(crate) fn line(&self, label: &str, text: impl Display) -> io::Result<()> {
        let (on, off) = if self.bold { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        self.bar.suspend(|| writeln!(io::stdout(), "{on}{label:<11}{off}{text}"))
    }

    /// Some lines of the results.
    pub(crate) fn block(&self, label: &str, text: &impl Display) -> io::Result<()> {
        self.line(label, text.to_string().trim_end())
    }

    /// The last line of the results.
    pub(crate) fn end(&self, stored: u64, lost: usize) -> io::Result<()> {
        self.bar.finish_and_clear();
        writeln!(io::stdout(), "stored {} devices, {} lost", thousands(stored), thousands(lost))
    }

    /// A remark. Where standard error is closed, the exit code has to say it all.
    pub(crate) fn remark(&self, text: impl Display) {
        self.bar.suspend(|| drop(writeln!(io::stderr(), "{}: {text}", self.name)));
    }

    /// How far a run has come.
    pub(crate) fn progress(&self, progress: &Progress) {
        let template = if progress.expected.is_some() {
            "{msg:9} {wide_bar} {human_pos}/{human_len} devices, {per_sec}, {eta} left"
        } else {
            "{msg:9} {spinner} {human_pos} devices, {per_sec}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        if let Some(expected) = progress.expected {
            self.bar.set_length(expected);
        }
        self.bar.set_message(progress.kind.to_string());
        self.bar.set_position(progress.devices);
    }

    /// A run begins.
    pub(crate) fn begin(&self) {
        self.bar.reset();
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    /// There is nothing to do for a while.
    pub(crate) fn idle(&self, why: impl Display) {
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            self.bar.set_style(style);
        }
        self.bar.disable_steady_tick();
        self.bar.set_message(why.to_string());
        self.bar.tick();
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
