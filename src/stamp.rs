//! Time and randomness, as a value.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

/// The time of a step and sixteen random bytes for it: the timestamp and the nonce of a sign-in.
///
/// The library asks no clock and no random source; the caller hands in a stamp where one is needed. Make a new one for
/// every step: Apple refuses a sign-in whose nonce it has seen.
///
/// ```
/// # use apple_ade::Stamp;
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// let stamp = Stamp::new(now, *b"sixteen bytes 01");
/// assert_eq!(stamp.now(), now);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[doc(alias = "oauth_timestamp")]
#[doc(alias = "oauth_nonce")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    now: DateTime<Utc>,
    nonce: [u8; 16],
}

impl Stamp {
    /// A stamp from the caller's own clock and cryptographic random source.
    pub fn new(now: DateTime<Utc>, nonce: [u8; 16]) -> Self {
        Self { now, nonce }
    }

    /// A stamp from the operating system.
    ///
    /// # Panics
    ///
    /// Never for a reason the caller could meet: only on a system that has no random source.
    #[cfg(feature = "sys")]
    #[expect(clippy::disallowed_methods, reason = "the one place where the system's clock and randomness come in")]
    #[expect(clippy::expect_used, reason = "without randomness there is no way to go on")]
    pub fn from_system() -> Self {
        let mut nonce = [0; 16];
        getrandom::getrandom(&mut nonce).expect("the operating system has a random source");
        Self { now: std::time::SystemTime::now().into(), nonce }
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The random bytes.
    pub fn nonce(&self) -> [u8; 16] {
        self.nonce
    }
}

/// A time so much later, or the last that there is.
pub(crate) fn after(time: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    time.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stamp").field("now", &self.now).finish_non_exhaustive()
    }
}
