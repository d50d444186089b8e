use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A text that is kept out of `Debug`: a part of a server token, a session.
///
/// The simulated service issues these itself, and a world is stored with them; so, other than the secrets of the
/// library, it can be cloned, compared and serialised.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Confidential(pub(super) String);

impl fmt::Debug for Confidential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl Borrow<str> for Confidential {
    fn borrow(&self) -> &str {
        &self.0
    }
}
