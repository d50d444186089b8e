use std::fmt;

use serde::{Deserialize, Serialize};

use super::record::TokenRecord;
use crate::program::text::{Counted, numbered};

/// What hangs on a token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TokenUse {
    /// How many devices Apple lists for it.
    pub devices: u64,
    /// How many of them have the default profile.
    pub devices_on_default_profile: u64,
    /// The names of its profiles, the default one last: the order in which they are deleted.
    /// [`ProfileBook::token_use`](crate::program::profiles::ProfileBook::token_use) gives them so.
    pub profiles: Vec<String>,
}

/// One thing that keeps a token from being deleted (TOK-22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "blocker", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeletionBlocker {
    /// Devices are assigned to it.
    Devices {
        /// How many.
        count: u64,
    },
    /// Devices have its default profile. They count among its devices as well; the message is for whoever looks at profiles.
    DevicesOnDefaultProfile {
        /// How many.
        count: u64,
    },
    /// Profiles belong to it.
    Profiles {
        /// Their names.
        names: Vec<String>,
    },
}

/// Everything that keeps a token from being deleted (TOK-22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("the token cannot be deleted yet: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct DeletionBlockers(
    /// One at least.
    Vec<DeletionBlocker>,
);

/// A step on the way to a deleted token, in its order (TOK-23, DEV-11, ASG-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeletionStep {
    /// Take the devices off this server in Apple's portal, then delete them here. Only in this order do they stay away (DEV-6). This is
    /// not `disown`, which cannot be undone.
    RemoveDevices {
        /// How many there are.
        count: u64,
    },
    /// Forget a profile here. Apple keeps it, since it has no call to delete one (X-21), and no device has it any more.
    DeleteProfile {
        /// Its name.
        name: String,
    },
    /// Delete the token here, and wipe its secrets and its private key.
    DeleteToken,
    /// Delete the MDM server in Apple's portal, where it would otherwise go on to offer tokens.
    DeleteServerAtApple,
}

/// The steps to a deleted token, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct DeletionPlan(Vec<DeletionStep>);

impl TokenUse {
    /// What hangs on a token.
    pub fn new(devices: u64, devices_on_default_profile: u64, profiles: Vec<String>) -> Self {
        Self { devices, devices_on_default_profile, profiles }
    }

    /// Whether the token may be deleted now (TOK-22).
    ///
    /// ```
    /// use apple_ade::program::tokens::{DeletionBlocker, TokenUse};
    ///
    /// assert!(TokenUse::default().may_be_deleted().is_ok());
    /// let blockers = TokenUse::new(3, 3, vec!["Class iPads".into()]).may_be_deleted().err().ok_or("in use")?;
    /// assert_eq!(blockers.iter().count(), 3);
    /// # Ok::<(), &str>(())
    /// ```
    ///
    /// # Errors
    ///
    /// All that is in the way.
    pub fn may_be_deleted(&self) -> Result<(), DeletionBlockers> {
        let mut blockers = Vec::new();
        if self.devices > 0 {
            blockers.push(DeletionBlocker::Devices { count: self.devices });
        }
        if self.devices_on_default_profile > 0 {
            blockers.push(DeletionBlocker::DevicesOnDefaultProfile { count: self.devices_on_default_profile });
        }
        if !self.profiles.is_empty() {
            blockers.push(DeletionBlocker::Profiles { names: self.profiles.clone() });
        }
        if blockers.is_empty() { Ok(()) } else { Err(DeletionBlockers(blockers)) }
    }

    /// What has to be done, in the order in which it works: devices, then every profile, then the token (TOK-23).
    pub fn deletion_plan(&self) -> DeletionPlan {
        let mut steps = Vec::new();
        let count = self.devices.max(self.devices_on_default_profile);
        if count > 0 {
            steps.push(DeletionStep::RemoveDevices { count });
        }
        steps.extend(self.profiles.iter().map(|name| DeletionStep::DeleteProfile { name: name.clone() }));
        steps.extend([DeletionStep::DeleteToken, DeletionStep::DeleteServerAtApple]);
        DeletionPlan(steps)
    }

    /// What hangs on the token after a step was taken.
    #[must_use]
    pub fn after(mut self, step: &DeletionStep) -> Self {
        match step {
            DeletionStep::RemoveDevices { .. } => (self.devices, self.devices_on_default_profile) = (0, 0),
            DeletionStep::DeleteProfile { name } => self.profiles.retain(|profile| profile != name),
            DeletionStep::DeleteToken | DeletionStep::DeleteServerAtApple => {}
        }
        self
    }
}

impl DeletionBlockers {
    /// The blockers.
    pub fn iter(&self) -> std::slice::Iter<'_, DeletionBlocker> {
        self.0.iter()
    }
}

impl<'b> IntoIterator for &'b DeletionBlockers {
    type Item = &'b DeletionBlocker;
    type IntoIter = std::slice::Iter<'b, DeletionBlocker>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl DeletionPlan {
    /// The steps.
    pub fn steps(&self) -> &[DeletionStep] {
        &self.0
    }
}

impl TokenRecord {
    /// Whether two records are of one MDM server in Apple's portal, as those of a token and of its renewals are.
    pub fn is_same_server(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl fmt::Display for DeletionBlocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Devices { count } => {
                let count = Counted(*count, "device");
                write!(f, "{count} {} assigned to it in Apple's portal", count.is())
            }
            Self::DevicesOnDefaultProfile { count } => {
                let count = Counted(*count, "device");
                write!(f, "{count} {} its default profile", count.has())
            }
            Self::Profiles { names } => {
                let count = Counted(u64::try_from(names.len()).unwrap_or(u64::MAX), "profile");
                write!(f, "it has {count}: {}", names.join(", "))
            }
        }
    }
}

impl fmt::Display for DeletionStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RemoveDevices { count } => {
                let count = Counted(*count, "device");
                write!(f, "take {count} off this server in Apple's portal, then delete the same here")
            }
            Self::DeleteProfile { name } => write!(f, "delete the profile {name:?}"),
            Self::DeleteToken => f.write_str("delete the token"),
            Self::DeleteServerAtApple => f.write_str("delete the MDM server in Apple's portal"),
        }
    }
}

/// One step a line, numbered.
impl fmt::Display for DeletionPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        numbered(f, &self.0)
    }
}
