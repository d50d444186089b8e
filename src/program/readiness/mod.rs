//! What is missing before the first device can enroll.
//!
//! ```
//! use apple_ade::program::readiness::{Facts, Fact, Item};
//!
//! let facts = Facts::default().with(Item::Programme, Fact::Met).with(Item::PushCertificate, Fact::Missing);
//! let readiness = facts.readiness();
//! assert!(!readiness.is_ready());
//! let first = readiness.next().ok_or("there is something to do")?;
//! println!("{first}");
//! # assert_eq!(first.item, Item::Network);
//! # Ok::<(), &str>(())
//! ```

mod item;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use self::item::{APPLE_HOSTS, Item};

/// What is known of an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fact {
    /// Nobody has looked. It counts as missing where it is needed.
    #[default]
    Unknown,
    /// It is there.
    Met,
    /// It is missing.
    Missing,
    /// It does not apply here.
    NotNeeded,
}

/// What is known of all items. What is not said is unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<Item, Fact>);

/// An item that is missing, or of which nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// The item.
    pub item: Item,
    /// [`Fact::Missing`] or [`Fact::Unknown`].
    pub fact: Fact,
    /// Whether no device can enroll without it.
    pub blocks: bool,
}

/// All gaps, in the order in which they are to be closed (ORG-12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Readiness(Vec<Gap>);

impl Facts {
    /// Says what is known of an item.
    #[must_use]
    pub fn with(mut self, item: Item, fact: Fact) -> Self {
        self.0.insert(item, fact);
        self
    }

    /// What is known of an item.
    pub fn of(&self, item: Item) -> Fact {
        self.0.get(&item).copied().unwrap_or_default()
    }

    /// What is missing, in the order in which it is to be closed. It is the same for the organisation's devices as for those of
    /// employees (ORG-13).
    pub fn readiness(&self) -> Readiness {
        let gap = |item: Item| match self.of(item) {
            fact @ (Fact::Missing | Fact::Unknown) => Some(Gap { item, fact, blocks: item.blocks() }),
            Fact::Met | Fact::NotNeeded => None,
        };
        Readiness(Item::ALL.into_iter().filter_map(gap).collect())
    }
}

impl Readiness {
    /// Whether the first device can enroll: nothing that blocks is missing or unknown.
    pub fn is_ready(&self) -> bool {
        !self.0.iter().any(|gap| gap.blocks)
    }

    /// What is to be done next.
    pub fn next(&self) -> Option<&Gap> {
        self.0.first()
    }

    /// All gaps, in their order.
    pub fn gaps(&self) -> &[Gap] {
        &self.0
    }
}

/// The next step, in a sentence.
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doubt = if self.fact == Fact::Unknown { "check: " } else { "" };
        write!(f, "{doubt}{} ({})", self.item.next_step(), self.item.requirement())
    }
}

/// A line a gap.
impl fmt::Display for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing is missing");
        }
        for (place, gap) in self.0.iter().enumerate() {
            let (end, mark) = (if place == 0 { "" } else { "\n" }, if gap.blocks { "!" } else { "-" });
            write!(f, "{end}{mark} {gap}")?;
        }
        Ok(())
    }
}
