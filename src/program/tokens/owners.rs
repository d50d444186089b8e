use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::SerialNumber;
use crate::token::TokenIdentity;

/// To which token each device belongs: to one at most, as at Apple (TOK-26). There may be any number of tokens.
///
/// ```
/// use apple_ade::program::tokens::Owners;
/// # let (north, south) = ("0a".repeat(32).parse()?, "0b".repeat(32).parse()?);
///
/// let mut owners = Owners::default();
/// owners.listed("C02T0HL0GGC0".parse()?, north);
/// let moved = owners.listed("C02T0HL0GGC0".parse()?, south).ok_or("it was moved in Apple's portal")?;
/// assert_eq!((moved.from, owners.of("C02T0HL0GGC0")), (north, Some(south)));
/// // The deletion that the first server meets later does not take the device from the second.
/// assert!(!owners.left("C02T0HL0GGC0", north));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Two tokens cannot have a device:
///
/// ```compile_fail,E0308
/// # use apple_ade::{id::SerialNumber, program::tokens::Owners, token::TokenIdentity};
/// fn in_two_schools(owners: &mut Owners, serial: SerialNumber, tokens: [TokenIdentity; 2]) {
///     owners.listed(serial, tokens);
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owners(BTreeMap<SerialNumber, TokenIdentity>);

/// A device has moved from one token to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moved {
    /// The token that it was under.
    pub from: TokenIdentity,
}

impl Owners {
    /// A token's list has the device: it belongs to that token, and to no other any more.
    pub fn listed(&mut self, serial: SerialNumber, token: TokenIdentity) -> Option<Moved> {
        self.0.insert(serial, token).filter(|from| *from != token).map(|from| Moved { from })
    }

    /// The device has left a token's list; whether it belonged to that token.
    pub fn left(&mut self, serial: &str, token: TokenIdentity) -> bool {
        let is_owner = self.of(serial) == Some(token);
        if is_owner {
            self.0.remove(serial);
        }
        is_owner
    }

    /// The token that a device belongs to.
    pub fn of(&self, serial: &str) -> Option<TokenIdentity> {
        self.0.get(serial).copied()
    }

    /// How many devices each token has.
    pub fn counts(&self) -> BTreeMap<TokenIdentity, u64> {
        let mut counts = BTreeMap::new();
        for token in self.0.values() {
            let count: &mut u64 = counts.entry(*token).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}
