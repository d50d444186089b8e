use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One call of the simulated service, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallRecord {
    /// When.
    pub at: DateTime<Utc>,
    /// The value of `X-Apple-Request-UUID` in the answer.
    pub request_id: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The protocol version the call was answered for.
    pub protocol: u8,
    /// The `User-Agent`, empty if there was none.
    pub user_agent: String,
    /// The UUID of the MDM server that called, once it is known.
    pub server: Option<String>,
    /// The size of the request's body, in bytes.
    pub request_bytes: usize,
    /// The status of the answer.
    pub status: u16,
    /// The error word of the answer.
    pub word: Option<String>,
    /// Whether the answer never arrived. `status` is then what it would have had, or 0 when nothing was done.
    #[serde(default)]
    pub lost: bool,
    /// How long the answer took, by a fault.
    #[serde(default)]
    pub delay_seconds: u64,
    /// The names of the faults that struck.
    #[serde(default)]
    pub faults: Vec<String>,
}
