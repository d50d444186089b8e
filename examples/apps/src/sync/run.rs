use std::time::Instant;

use apple_ade::sync::{Commit, Kind};

use crate::store::{Counts, Write};
use crate::thousands::thousands;

/// What has come of a run since this process works on it.
#[derive(Debug)]
pub(crate) struct Run {
    kind: Kind,
    begun: Instant,
    is_continued: bool,
    commits: u64,
    stored: u64,
    left: u64,
    pub(crate) unreadable: u64,
}

impl Run {
    pub(crate) fn new(kind: Kind, is_continued: bool) -> Self {
        Self { kind, begun: Instant::now(), is_continued, commits: 0, stored: 0, left: 0, unreadable: 0 }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn add(&mut self, commit: &Commit, writes: &[Write]) {
        self.commits += 1;
        for write in writes {
            match write {
                Write::Put { .. } => self.stored += 1,
                Write::Remove { .. } => self.left += 1,
                _ => {}
            }
        }
        self.unreadable += commit.unreadable().len() as u64;
    }

    /// What it has done, and what there is now.
    pub(crate) fn summary(&self, counts: Counts) -> String {
        let mut parts = vec![format!("{} stored", thousands(self.stored))];
        for (count, what) in [(self.left, "left"), (self.unreadable, "unreadable")] {
            if count > 0 {
                parts.push(format!("{} {what}", thousands(count)));
            }
        }
        let went_on = if self.is_continued { "went on; " } else { "" };
        format!(
            "{went_on}{} in {} commits and {:.1} s; now {}, and {} that left",
            parts.join(", "),
            thousands(self.commits),
            self.begun.elapsed().as_secs_f64(),
            thousands(counts.present),
            thousands(counts.removed)
        )
    }
}
