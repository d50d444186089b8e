use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The one service that may manage a set of devices (AUT-1).
#[doc(alias = "MDM authority")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Authority {
    /// Configuration Manager, with Intune as its arm: "hybrid".
    ConfigurationManager,
    /// Intune alone.
    Intune,
    /// The mobile device management of Office 365.
    Office365,
    /// Another MDM, by its name.
    Other(String),
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ConfigurationManager => "Configuration Manager",
            Self::Intune => "Intune",
            Self::Office365 => "Office 365",
            Self::Other(name) => name,
        })
    }
}

/// Configuration Manager has the authority, and another service is to manage devices beside it (AUT-2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{authority} has the authority, and {} {} devices beside it: let one of them go", list(.others), if .others.len() == 1 { "manages" } else { "manage" })]
#[non_exhaustive]
pub struct AuthorityConflict {
    /// Who has the authority.
    pub authority: Authority,
    /// The others: one at least.
    pub others: Vec<Authority>,
}

fn list(others: &[Authority]) -> String {
    others.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Checks that nobody manages devices beside Configuration Manager when that has the authority (AUT-2). Intune and Office 365 may
/// coexist.
///
/// ```
/// use apple_ade::program::authority::{Authority, check_exclusive};
///
/// assert!(check_exclusive(&Authority::ConfigurationManager, &[Authority::Intune]).is_err());
/// assert!(check_exclusive(&Authority::Intune, &[Authority::Office365]).is_ok());
/// ```
///
/// # Errors
///
/// [`AuthorityConflict`] names all the others.
pub fn check_exclusive(authority: &Authority, in_use: &[Authority]) -> Result<(), AuthorityConflict> {
    if *authority != Authority::ConfigurationManager {
        return Ok(());
    }
    let others: BTreeSet<&Authority> = in_use.iter().filter(|other| *other != authority).collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(AuthorityConflict { authority: authority.clone(), others: others.into_iter().cloned().collect() })
}

/// A choice of the authority that nobody has confirmed yet: somebody has to tick a box, then say yes (AUT-3).
///
/// There is no way around either:
///
/// ```compile_fail,E0599
/// use apple_ade::program::authority::{Authority, Choice};
///
/// let confirmed = Choice::new(Authority::Intune).yes();
/// ```
///
/// ```compile_fail,E0451
/// use apple_ade::program::authority::{Authority, Confirmed};
///
/// let confirmed = Confirmed { authority: Authority::Intune };
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a choice is nothing until it is confirmed"]
pub struct Choice {
    authority: Authority,
}

/// A choice with the box ticked.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a choice is nothing until it is confirmed"]
pub struct Ticked {
    authority: Authority,
}

/// The authority, chosen and confirmed (AUT-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confirmed {
    authority: Authority,
}

impl Choice {
    /// Chooses.
    pub fn new(authority: Authority) -> Self {
        Self { authority }
    }

    /// The box is ticked.
    pub fn tick(self) -> Ticked {
        Ticked { authority: self.authority }
    }
}

impl Ticked {
    /// Yes was said.
    pub fn yes(self) -> Confirmed {
        Confirmed { authority: self.authority }
    }

    /// No was said: the box is as it was.
    pub fn no(self) -> Choice {
        Choice { authority: self.authority }
    }
}

impl Confirmed {
    /// What was chosen.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}
