//! The faults by name, for menus, scenarios and people.

use super::kind::Fault;

/// A line of [`Fault::CATALOGUE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultEntry {
    /// The name, as in a rule's JSON.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// The keys that a rule may have besides `call`, `times`, `skip` and `per_mille`.
    pub parameters: &'static [&'static str],
}

const fn entry(name: &'static str, parameters: &'static [&'static str], about: &'static str) -> FaultEntry {
    FaultEntry { name, about, parameters }
}

impl Fault {
    /// Every fault there is, in the order of the enum.
    pub const CATALOGUE: &[FaultEntry] = &[
        entry("same_cursor", &[], "a page carries the cursor it was asked with, and more follows"),
        entry("empty_page", &[], "a page without a device, and more follows"),
        entry("duplicate_in_page", &[], "the first device of a page is in it twice"),
        entry("duplicate_across_pages", &[], "a page begins with the last device of the one before"),
        entry("bare_deleted_rows", &[], "`deleted` rows have four keys only"),
        entry("odd_timestamps", &["form"], "timestamps with an offset or a fraction, empty, or garbage"),
        entry("unknown_keys", &[], "keys that nobody has documented"),
        entry("unknown_values", &[], "values that nobody has documented, in the first device"),
        entry("hidden_from_sync", &["serials", "share"], "devices that sync never tells of, until a new fetch"),
        entry("throttled_vanish", &[], "sync tells nothing of throttled devices"),
        entry("silent_move", &[], "a moved device leaves no `deleted` row"),
        entry("terms_linger", &["hours"], "T_C_NOT_SIGNED goes on for hours after the terms were signed"),
        entry("lost_request", &[], "the connection breaks before anything is done"),
        entry("lost_reply", &[], "the work is done, and the answer never arrives"),
        entry("slow", &["seconds"], "the answer takes its time"),
        entry("server_error", &["status", "retry_after"], "a 5xx instead of the work"),
        entry("too_many_requests", &["retry_after"], "429 TOO_MANY_REQUESTS instead of the work"),
        entry("proxy_page", &["status"], "a proxy's page in HTML instead of the work"),
        entry("redirect", &[], "a proxy leads elsewhere, instead of the work"),
        entry("gateway_timeout", &[], "the work is done, and a proxy answers 504"),
        entry("truncated_body", &[], "the second half of the body is missing"),
        entry("missing_serials", &["count"], "serial numbers are missing from the answer, though the work was done"),
        entry("refusal", &["status", "word"], "a refusal with any status and word instead of the work"),
        entry("device_status", &["status"], "every named device gets this status, and nothing is done"),
    ];

    /// Every fault with its usual parameters.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::CATALOGUE.iter().filter_map(|entry| Self::named(entry.name))
    }
}
