use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::token::TokenIdentity;

/// Tokens that were deleted. One that comes back, as after a console was migrated, is known by its identity and may be deleted once more:
/// deleting is idempotent (ORG-24).
///
/// ```
/// use apple_ade::program::tokens::Tombstones;
/// # let identity = "ab".repeat(32).parse()?;
///
/// let mut tombstones = Tombstones::default();
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// assert!(tombstones.bury(identity, now));
/// assert!(!tombstones.bury(identity, now), "once more is no error");
/// assert_eq!(tombstones.deleted(&identity), Some(now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tombstones(BTreeMap<TokenIdentity, DateTime<Utc>>);

impl Tombstones {
    /// The token is deleted; whether that is news.
    pub fn bury(&mut self, identity: TokenIdentity, now: DateTime<Utc>) -> bool {
        let is_news = !self.0.contains_key(&identity);
        self.0.entry(identity).or_insert(now);
        is_news
    }

    /// When a token was deleted; `None` if it was not.
    pub fn deleted(&self, identity: &TokenIdentity) -> Option<DateTime<Utc>> {
        self.0.get(identity).copied()
    }

    /// Of the tokens that a store holds, those that were deleted before and have come back.
    pub fn returned<'t>(
        &'t self,
        stored: impl IntoIterator<Item = &'t TokenIdentity>,
    ) -> impl Iterator<Item = TokenIdentity> {
        stored.into_iter().filter(|identity| self.0.contains_key(identity)).copied()
    }

    /// The server was joined anew on purpose, with a token of the same identity.
    pub fn raise(&mut self, identity: &TokenIdentity) -> bool {
        self.0.remove(identity).is_some()
    }
}
