use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono::{DateTime, Utc};

use super::rng::mix;

/// A place in a server's list of devices or in its list of changes.
///
/// It travels as unpadded base64 of numbers with colons between them, like Apple's, with a check number that only this
/// world can compute for this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    /// While fetching, the last place that was told.
    pub(super) place: u64,
    /// How many changes the client knows of: all before the fetch began, or all that sync has told.
    pub(super) changes: u64,
    pub(super) issued: DateTime<Utc>,
    /// Whether the fetch still goes on.
    pub(super) fetching: bool,
}

impl Cursor {
    pub(super) fn encode(&self, key: u64, server: &str) -> String {
        let plain = self.plain();
        let check = check(&plain, key, server);
        STANDARD_NO_PAD.encode(format!("{plain}:{check}"))
    }

    /// `None` for a cursor that is not one of ours.
    pub(super) fn decode(text: &str, key: u64, server: &str) -> Option<Self> {
        if text.len() > 1000 {
            return None;
        }
        let text = String::from_utf8(STANDARD_NO_PAD.decode(text).ok()?).ok()?;
        let (plain, given) = text.rsplit_once(':')?;
        if check(plain, key, server).to_string() != given {
            return None;
        }
        let mut parts = plain.split(':');
        let place = parts.next()?.parse().ok()?;
        let changes = parts.next()?.parse().ok()?;
        let issued = DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?;
        let fetching = parts.next()?.parse().ok()?;
        Some(Self { place, changes, issued, fetching })
    }

    fn plain(&self) -> String {
        format!("{}:{}:{}:{}", self.place, self.changes, self.issued.timestamp_millis(), self.fetching)
    }
}

fn check(plain: &str, key: u64, server: &str) -> u64 {
    let bytes = plain.bytes().chain(server.bytes());
    bytes.fold(key, |state, byte| mix(state ^ u64::from(byte))) % 10_000_000_000_000
}
