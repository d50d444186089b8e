//! What is done with devices.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::approved::ApprovedPlan;
use super::condition::Condition;
use super::name::ProfileName;
use crate::id::{ProfileUuid, SerialNumber};
use crate::token::TokenIdentity;

/// What is done with a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Task {
    /// It is given a profile (`POST /profile/devices`).
    Assign {
        /// The profile.
        profile: ProfileName,
        /// Apple's UUID of it.
        uuid: ProfileUuid,
    },
    /// Its profile is taken away (`DELETE /profile/devices`).
    Remove,
    /// It is released from the organisation for ever (`POST /devices/disown`).
    Disown,
}

/// What is to be done with devices, for [`Assigner::add`](super::Assigner::add): made from an [`ApprovedPlan`], a [`Removal`] or a
/// [`Disown`], and from nothing else.
///
/// ```compile_fail,E0277
/// # use apple_ade::{assign::Work, id::SerialNumber};
/// fn disown_by_accident(serials: Vec<SerialNumber>) -> Work {
///     serials.into()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Work {
    /// Whose devices these are, where that is known.
    pub(super) token: Option<TokenIdentity>,
    /// What the devices have to have still.
    pub(super) only: Option<Condition>,
    pub(super) parts: Vec<(Task, BTreeSet<SerialNumber>)>,
}

/// Devices whose profile is taken away, as it has to be before a token is deleted (ASG-11). A device that has fetched it keeps it until
/// it is wiped.
///
/// ```
/// use apple_ade::assign::Removal;
///
/// let removal = Removal::of(["C02T0HL0GGC0".parse()?, "C02T0HL0GGC0".parse()?]);
/// assert_eq!(removal.devices(), 1);
/// # Ok::<(), apple_ade::id::IdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    serials: BTreeSet<SerialNumber>,
}

/// Devices that are released from the organisation for ever. **This cannot be undone**: they have to be bought, or added by hand, again.
///
/// The one way to it is [`Disown::permanently`], which wants the number of the devices as well: what somebody has confirmed.
///
/// ```
/// use apple_ade::assign::Disown;
///
/// let serials = ["C02T0HL0GGC0".parse()?, "C02T0HL0GGC1".parse()?];
/// assert!(Disown::permanently(serials.clone(), 1).is_err());
/// assert_eq!(Disown::permanently(serials, 2)?.devices(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```compile_fail,E0451
/// # use std::collections::BTreeSet;
/// let disown = apple_ade::assign::Disown { serials: BTreeSet::new() };
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub struct Disown {
    serials: BTreeSet<SerialNumber>,
}

/// As many devices as were confirmed are not those that would be released. Nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{confirmed} devices were confirmed to be released for ever, and {named} are named: show the list again, and have its number confirmed"
)]
#[non_exhaustive]
pub struct DisownCount {
    /// How many were confirmed.
    pub confirmed: usize,
    /// How many different serial numbers there are.
    pub named: usize,
}

/// A plan is for the devices of another token than this machine's. Nothing is added.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "the plan is for the token {theirs}, and this machine carries out plans for {ours}: add it to that token's machine"
)]
#[non_exhaustive]
pub struct OtherToken {
    /// The plan's token.
    pub theirs: TokenIdentity,
    /// The machine's token.
    pub ours: TokenIdentity,
    /// What was to be added.
    pub work: Work,
}

impl Removal {
    /// These devices.
    pub fn of(serials: impl IntoIterator<Item = SerialNumber>) -> Self {
        Self { serials: serials.into_iter().collect() }
    }

    /// How many.
    pub fn devices(&self) -> usize {
        self.serials.len()
    }
}

impl Disown {
    /// These devices, of which there are as many as somebody has confirmed.
    ///
    /// # Errors
    ///
    /// [`DisownCount`], where the two differ. A serial number that is named twice counts once.
    pub fn permanently(serials: impl IntoIterator<Item = SerialNumber>, confirmed: usize) -> Result<Self, DisownCount> {
        let serials: BTreeSet<SerialNumber> = serials.into_iter().collect();
        let named = serials.len();
        if named == confirmed { Ok(Self { serials }) } else { Err(DisownCount { confirmed, named }) }
    }

    /// How many.
    pub fn devices(&self) -> usize {
        self.serials.len()
    }
}

impl From<ApprovedPlan> for Work {
    fn from(plan: ApprovedPlan) -> Self {
        let token = Some(plan.plan().token());
        let only = plan.plan().condition();
        let mut parts: BTreeMap<Task, BTreeSet<SerialNumber>> = BTreeMap::new();
        for group in plan.into_groups() {
            // Groups that differ in reason or effect alone share their calls.
            let task = Task::Assign { profile: group.profile, uuid: group.profile_uuid };
            parts.entry(task).or_default().extend(group.devices);
        }
        Self { token, only, parts: parts.into_iter().collect() }
    }
}

impl From<Removal> for Work {
    fn from(removal: Removal) -> Self {
        Self { token: None, only: None, parts: vec![(Task::Remove, removal.serials)] }
    }
}

impl From<Disown> for Work {
    fn from(disown: Disown) -> Self {
        Self { token: None, only: None, parts: vec![(Task::Disown, disown.serials)] }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign { profile, .. } => write!(f, "assign {profile}"),
            Self::Remove => f.write_str("remove the profile"),
            Self::Disown => f.write_str("release for ever"),
        }
    }
}
