//! What a device should have, and why.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::name::ProfileName;
use super::profiles::{DefinedProfile, Profiles};
use super::rules::AssignmentRules;
use crate::api::{Device, ProfileStatus};
use crate::id::ProfileUuid;

/// Rules together with the profiles that they name: made by [`AssignmentRules::with_profiles`], which has checked them.
///
/// ```
/// # use std::collections::BTreeSet;
/// # use apple_ade::token::ServerToken;
/// use apple_ade::api::Device;
/// use apple_ade::assign::{AssignmentRules, DefinedProfile, Profiles, Reason};
///
/// # let token = ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1",
/// #     "access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// let mut profiles = Profiles::new();
/// profiles.insert("Kiosks".parse()?, DefinedProfile::new(token.identity(), "C1F1".parse()?));
///
/// let rules = AssignmentRules::new(token.identity()).default_profile("Kiosks".parse()?);
/// let wanted = rules.with_profiles(&profiles)?;
/// let resolution = wanted.resolve(&Device::new("C02T0HL0GGC0".parse()?), &BTreeSet::new());
/// assert_eq!(resolution.name().map(|name| name.as_str()), Some("Kiosks"));
/// assert_eq!(resolution.reason(), &Reason::Default);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct DesiredState<'r> {
    rules: &'r AssignmentRules,
    profiles: &'r Profiles,
}

/// What a device should have, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution<'r> {
    profile: Option<(&'r ProfileName, &'r DefinedProfile)>,
    reason: Reason,
}

/// Why a device should have a profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// It was chosen for this device (ASG-6).
    Chosen,
    /// This rule selects the device, and none before it does.
    Rule(String),
    /// No rule selects the device, and the token has a default (ASG-5).
    Default,
    /// No rule selects the device, and the token has no default: it should have no profile, and cannot enroll (ASG-1).
    Nothing,
}

impl<'r> DesiredState<'r> {
    pub(super) fn new(rules: &'r AssignmentRules, profiles: &'r Profiles) -> Self {
        Self { rules, profiles }
    }

    /// What a device with these tags should have, and why: an explicit choice, else the first rule that selects it, else the default.
    pub fn resolve(&self, device: &Device, tags: &BTreeSet<String>) -> Resolution<'r> {
        let rules = self.rules;
        let selected = || rules.in_order().iter().find(|rule| rule.when.selects(device, tags));
        let (name, reason) = if let Some(name) = rules.chosen(&device.serial_number) {
            (name, Reason::Chosen)
        } else if let Some(rule) = selected() {
            (&rule.profile, Reason::Rule(rule.name.clone()))
        } else if let Some(name) = rules.default_name() {
            (name, Reason::Default)
        } else {
            return Resolution { profile: None, reason: Reason::Nothing };
        };
        // That it is there was checked when this was made.
        Resolution { profile: self.profiles.get(name.as_str()).map(|profile| (name, profile)), reason }
    }

    /// The rules.
    pub fn rules(&self) -> &'r AssignmentRules {
        self.rules
    }

    /// The profiles.
    pub fn profiles(&self) -> &'r Profiles {
        self.profiles
    }
}

impl<'r> Resolution<'r> {
    /// The name of the profile; `None` where the device should have none.
    pub fn name(&self) -> Option<&'r ProfileName> {
        self.profile.map(|(name, _)| name)
    }

    /// The profile.
    pub fn profile(&self) -> Option<&'r DefinedProfile> {
        self.profile.map(|(_, profile)| profile)
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen => f.write_str("chosen for the device"),
            Self::Rule(name) => write!(f, "rule {name:?}"),
            Self::Default => f.write_str("the token's default"),
            Self::Nothing => f.write_str("no rule selects it, and the token has no default"),
        }
    }
}

/// Whether a device has a profile: this one, or any. One that was taken away does not count, nor one that a record names with the status
/// `empty`.
pub(super) fn has_profile(device: &Device, uuid: Option<&ProfileUuid>) -> bool {
    let is_gone = matches!(device.profile_status, Some(ProfileStatus::Empty | ProfileStatus::Removed));
    !is_gone && device.profile_uuid.as_ref().is_some_and(|its| uuid.is_none_or(|uuid| its == uuid))
}
