use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What can go wrong, or be odd, with the service. Each has been seen in the field, is documented, or was a response of Apple's
/// old simulator; [`Fault::CATALOGUE`] lists them by name.
///
/// ```
/// use apple_ade::simulator::{Fault, FaultRule, World};
///
/// let mut world = World::builder().fault(FaultRule::new(Fault::LostReply).on("POST /profile").times(1)).build();
/// world.faults_mut().add(FaultRule::new(Fault::refusal("LOCALE_INVALID").unwrap()));
/// assert_eq!(world.faults().count(), 2);
/// assert!(Fault::CATALOGUE.iter().any(|entry| entry.name == "lost_reply"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// A page carries the cursor it was asked with once more, and says that more follows.
    SameCursor,
    /// A page without a device that says that more follows; the next page goes on where this one stood.
    EmptyPage,
    /// The first device of a page is in it twice.
    DuplicateInPage,
    /// A page begins with the last device of the page before.
    DuplicateAcrossPages,
    /// `deleted` rows have four keys only: serial number, family, `op_type`, `op_date`.
    BareDeletedRows,
    /// The timestamps of device rows are written in another way than documented.
    OddTimestamps {
        /// In which way.
        #[serde(default)]
        form: TimeForm,
    },
    /// Answers have keys that nobody has documented, at the top and in every device's row.
    UnknownKeys,
    /// The first device of an answer has values that nobody has documented: family, OS, profile status, `op_type`.
    UnknownValues,
    /// Devices that sync never tells of; a new fetch from the start does (Apple's FB24445195).
    HiddenFromSync {
        /// Which; empty stands for all.
        #[serde(default)]
        serials: BTreeSet<String>,
        /// How many of them, per mille; the serial number decides.
        #[serde(default = "all_of_them")]
        share: u16,
    },
    /// Sync tells nothing of devices that are throttled.
    ThrottledVanish,
    /// A device that is moved to another server leaves no `deleted` row at the old one. Counted by moves.
    SilentMove,
    /// `T_C_NOT_SIGNED` goes on for hours after the terms were signed. Counted by signings.
    TermsLinger {
        /// For how many hours.
        #[serde(default = "one_day")]
        hours: u32,
    },
    /// The connection breaks before the service has done anything.
    LostRequest,
    /// The service does the work, and its answer never arrives.
    LostReply,
    /// The answer takes its time: see [`Answer::delay`](crate::simulator::Answer::delay).
    Slow {
        /// How long.
        #[serde(default = "one_minute")]
        seconds: u32,
    },
    /// A 5xx without a word, instead of the work.
    ServerError {
        /// The status.
        #[serde(default = "unavailable")]
        status: u16,
        /// The header `Retry-After`, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
    },
    /// 429 `TOO_MANY_REQUESTS`, instead of the work.
    TooManyRequests {
        /// The header `Retry-After`, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
    },
    /// A proxy's page in HTML, instead of the work. The page names `FORBIDDEN` in its text, to catch who looks for words in it.
    ProxyPage {
        /// The status; 200 is a captive portal.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// A proxy leads elsewhere, instead of the work: 302 to a page of its own.
    Redirect,
    /// The service does the work, and a proxy answers 504 in its place, in HTML.
    GatewayTimeout,
    /// The second half of the answer's body is missing.
    TruncatedBody,
    /// Serial numbers that were asked about are not in the answer, though the work was done.
    MissingSerials {
        /// How many, from the last on.
        #[serde(default = "one")]
        count: u32,
    },
    /// A refusal instead of the work: any status with any word; see [`Fault::refusal`].
    Refusal {
        /// The status.
        #[serde(default = "bad_request")]
        status: u16,
        /// The word; empty for a body without one.
        #[serde(default)]
        word: String,
    },
    /// Every device that the call names gets this status, and nothing is done with it: `NOT_FOUND`, `FAILED`, …
    DeviceStatus {
        /// The status.
        #[serde(default = "not_found")]
        status: String,
    },
}

/// How an odd timestamp is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimeForm {
    /// An empty text.
    Empty,
    /// With a fraction of a second: `2026-11-22T08:00:00.123Z`.
    Fraction,
    /// What is no time at all: `yesterday`.
    Garbage,
    /// With an offset: `2026-11-22T08:00:00+00:00`.
    #[default]
    Offset,
}

/// The two forms of the header `Retry-After` (RFC 9110, 10.2.3), both in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RetryAfter {
    /// Written as an HTTP date.
    Date(u32),
    /// Written as a number of seconds.
    Seconds(u32),
}

impl Fault {
    /// The name, as in JSON and in [`Fault::CATALOGUE`].
    pub fn name(&self) -> &'static str {
        match self {
            Self::SameCursor => "same_cursor",
            Self::EmptyPage => "empty_page",
            Self::DuplicateInPage => "duplicate_in_page",
            Self::DuplicateAcrossPages => "duplicate_across_pages",
            Self::BareDeletedRows => "bare_deleted_rows",
            Self::OddTimestamps { .. } => "odd_timestamps",
            Self::UnknownKeys => "unknown_keys",
            Self::UnknownValues => "unknown_values",
            Self::HiddenFromSync { .. } => "hidden_from_sync",
            Self::ThrottledVanish => "throttled_vanish",
            Self::SilentMove => "silent_move",
            Self::TermsLinger { .. } => "terms_linger",
            Self::LostRequest => "lost_request",
            Self::LostReply => "lost_reply",
            Self::Slow { .. } => "slow",
            Self::ServerError { .. } => "server_error",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::ProxyPage { .. } => "proxy_page",
            Self::Redirect => "redirect",
            Self::GatewayTimeout => "gateway_timeout",
            Self::TruncatedBody => "truncated_body",
            Self::MissingSerials { .. } => "missing_serials",
            Self::Refusal { .. } => "refusal",
            Self::DeviceStatus { .. } => "device_status",
        }
    }

    /// The fault of this name with its usual parameters.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::json!({ "fault": name })).ok()
    }

    /// Whether it is a matter of one call, so that it may come and go at random; the others change what is true of the world.
    pub(super) fn is_passing(&self) -> bool {
        let lasting = matches!(self, Self::HiddenFromSync { .. } | Self::SilentMove | Self::TermsLinger { .. });
        !lasting && !matches!(self, Self::Refusal { .. } | Self::DeviceStatus { .. } | Self::ThrottledVanish)
    }
}

fn all_of_them() -> u16 {
    1000
}

fn one_day() -> u32 {
    24
}

fn one_minute() -> u32 {
    60
}

fn unavailable() -> u16 {
    503
}

fn bad_gateway() -> u16 {
    502
}

fn bad_request() -> u16 {
    400
}

fn one() -> u32 {
    1
}

fn not_found() -> String {
    "NOT_FOUND".to_owned()
}
