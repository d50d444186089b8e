//! The way from an organisation's wish to the first enrolled device, as a graph: the documents number its steps differently, and agree on
//! what needs what (ORG-19, ORG-20, X-16).
//!
//! ```
//! use std::collections::BTreeSet;
//! use apple_ade::program::workflow::{Step, next_steps};
//!
//! let mut done = BTreeSet::from([Step::JoinProgramme, Step::EnableManagement]);
//! assert_eq!(next_steps(&done), [Step::MakeKeyPair, Step::MakeProfile].into());
//! // A profile can be described before the token; only with it can it be defined at Apple.
//! done.extend([Step::MakeKeyPair, Step::MakeProfile]);
//! assert_eq!(next_steps(&done), [Step::MakeServerAtApple].into());
//! ```

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Join Apple Business Manager or Apple School Manager (ORG-1).
    JoinProgramme,
    /// Make management of Apple devices possible: the push certificate (ORG-10).
    EnableManagement,
    /// Make the key pair, and take its certificate.
    MakeKeyPair,
    /// Make the MDM server in Apple's portal with that certificate, and save it (TOK-3).
    MakeServerAtApple,
    /// Download its token and install it in the MDM (TOK-2).
    InstallToken,
    /// Describe the enrollment profile.
    MakeProfile,
    /// Assign devices to the MDM server in Apple's portal (DEV-1).
    AssignDevicesAtApple,
    /// Fetch the devices from Apple.
    Synchronize,
    /// Define the profile at Apple and assign it to devices (ASG-1).
    AssignProfile,
    /// Hand the devices out (LIF-6).
    Distribute,
}

impl Step {
    /// All, in an order that works.
    pub const ALL: [Self; 10] = [
        Self::JoinProgramme,
        Self::EnableManagement,
        Self::MakeKeyPair,
        Self::MakeServerAtApple,
        Self::InstallToken,
        Self::MakeProfile,
        Self::AssignDevicesAtApple,
        Self::Synchronize,
        Self::AssignProfile,
        Self::Distribute,
    ];

    /// The eight steps of 2016 (ORG-20). They leave unsaid that the profile is assigned: before the last of them comes
    /// [`AssignProfile`](Self::AssignProfile), and before all others [`JoinProgramme`](Self::JoinProgramme).
    pub const ORDER_2016: [Self; 8] = [
        Self::EnableManagement,
        Self::MakeKeyPair,
        Self::MakeServerAtApple,
        Self::InstallToken,
        Self::MakeProfile,
        Self::AssignDevicesAtApple,
        Self::Synchronize,
        Self::Distribute,
    ];

    /// The six steps of 2017, where getting a token is one step (ORG-19).
    pub const ORDER_2017: [Self; 6] = [
        Self::InstallToken,
        Self::MakeProfile,
        Self::AssignDevicesAtApple,
        Self::Synchronize,
        Self::AssignProfile,
        Self::Distribute,
    ];

    /// The order of 2023: devices are assigned in Apple's portal before the token is uploaded.
    pub const ORDER_2023: [Self; 7] = [
        Self::MakeKeyPair,
        Self::MakeServerAtApple,
        Self::AssignDevicesAtApple,
        Self::InstallToken,
        Self::MakeProfile,
        Self::Synchronize,
        Self::AssignProfile,
    ];

    /// What has to be done before.
    pub fn requires(self) -> &'static [Self] {
        match self {
            Self::JoinProgramme | Self::EnableManagement | Self::MakeProfile | Self::MakeKeyPair => &[],
            Self::MakeServerAtApple => &[Self::JoinProgramme, Self::MakeKeyPair],
            Self::InstallToken | Self::AssignDevicesAtApple => &[Self::MakeServerAtApple],
            Self::Synchronize => &[Self::InstallToken, Self::AssignDevicesAtApple],
            Self::AssignProfile => &[Self::Synchronize, Self::MakeProfile],
            Self::Distribute => &[Self::AssignProfile, Self::EnableManagement],
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::JoinProgramme => "join Apple Business Manager or Apple School Manager",
            Self::EnableManagement => "install a push certificate",
            Self::MakeKeyPair => "make the key pair and take its certificate",
            Self::MakeServerAtApple => "make the MDM server in Apple's portal with that certificate, and save it",
            Self::InstallToken => "download the server's token and install it",
            Self::MakeProfile => "describe the enrollment profile",
            Self::AssignDevicesAtApple => "assign devices to the MDM server in Apple's portal",
            Self::Synchronize => "fetch the devices from Apple",
            Self::AssignProfile => "assign the profile to the devices",
            Self::Distribute => "hand the devices out",
        })
    }
}

/// The steps that can be taken now: not done, and all that they need done (ORG-19, ORG-20).
pub fn next_steps(done: &BTreeSet<Step>) -> BTreeSet<Step> {
    let is_open = |step: &Step| !done.contains(step) && missing(*step, done).is_empty();
    Step::ALL.into_iter().filter(is_open).collect()
}

/// What a step still needs, itself or through others, in an order that works; nothing if it can be taken now.
///
/// ```
/// use std::collections::BTreeSet;
/// use apple_ade::program::workflow::{Step, missing};
///
/// let done = BTreeSet::from([Step::JoinProgramme, Step::MakeKeyPair]);
/// assert_eq!(missing(Step::InstallToken, &done), [Step::MakeServerAtApple]);
/// ```
pub fn missing(step: Step, done: &BTreeSet<Step>) -> Vec<Step> {
    let mut wanted = BTreeSet::new();
    let mut waiting: Vec<Step> = step.requires().to_vec();
    while let Some(step) = waiting.pop() {
        if !done.contains(&step) && wanted.insert(step) {
            waiting.extend(step.requires());
        }
    }
    Step::ALL.into_iter().filter(|step| wanted.contains(step)).collect()
}
