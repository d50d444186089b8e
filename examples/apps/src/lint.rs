//! The report on a profile, as the program `profile_lint` prints it.

#[path = "../../profile_lint/place.rs"]
mod place;
#[path = "../../profile_lint/report.rs"]
#[expect(dead_code, reason = "`profile_lint` prints more than a report")]
mod report;
#[path = "../../profile_lint/veil.rs"]
#[expect(dead_code, reason = "`profile_lint` prints more than a report")]
mod veil;

use std::io::IsTerminal;

use apple_ade::judgement::Violations;

use self::report::{Judged, Style};

/// Every violation, with the line of the text that it is about; in colour where `stream` is a terminal.
pub(crate) fn report(stream: &impl IsTerminal, name: &str, text: &str, violations: &Violations) -> String {
    Style::of(stream).violations(&Judged { name, text, violations, is_one_of_many: false })
}
