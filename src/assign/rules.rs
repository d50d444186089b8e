//! Rules, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::desired::DesiredState;
use super::name::ProfileName;
use super::profiles::Profiles;
use super::selector::{Selector, typed};
use super::stored::{self, StateError, VERSION};
use crate::id::SerialNumber;
use crate::token::TokenIdentity;

/// Which profile the devices of a token should have: desired state, not events.
///
/// An explicit choice for a serial number wins; then the first rule in order that selects the device; then the token's default (ASG-5);
/// else the device should have none, and is reported. No document says which of explicit and default is stronger; that the explicit one
/// wins is this crate's choice (ASG-6).
///
/// Rules are stored as JSON with a version, and name profiles by the caller's own [names](ProfileName).
///
/// ```
/// # use apple_ade::token::ServerToken;
/// use apple_ade::api::DeviceFamily;
/// use apple_ade::assign::{AssignmentRules, Rule, Selector};
///
/// # let token = ServerToken::from_json(br#"{"consumer_key":"CK_1","consumer_secret":"CS_1","access_token":"AT_1",
/// #     "access_secret":"AS_1","access_token_expiry":"2027-11-22T00:00:00Z"}"#)?;
/// let rules = AssignmentRules::new(token.identity())
///     .rule(Rule::new("library", "Kiosks".parse()?, Selector::all().tag(["library"])))
///     .rule(Rule::new("iPads", "Class iPads".parse()?, Selector::all().family([DeviceFamily::Ipad])))
///     .default_profile("Everything else".parse()?)
///     .choose("C02T0HL0GGC0".parse()?, "Head teacher".parse()?);
/// assert_eq!(AssignmentRules::from_json(&rules.to_json())?, rules);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRules {
    #[serde(deserialize_with = "stored::version")]
    version: u32,
    token: TokenIdentity,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "choices")]
    choices: BTreeMap<SerialNumber, ProfileName>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Rule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_profile: Option<ProfileName>,
}

/// A rule: these devices should have this profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// What plans call it when they give the reason.
    pub name: String,
    /// The profile.
    pub profile: ProfileName,
    /// The devices.
    #[serde(default)]
    pub when: Selector,
}

/// Where rules name a profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RulePlace {
    /// For one device.
    Choice(SerialNumber),
    /// In the rule of this number, from 0, and name.
    Rule(usize, String),
}

/// What is wrong with rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum RulesProblem {
    /// ASG-7: the default profile does not exist.
    #[error(
        "the default profile {:?} does not exist: define it, or name one that is defined with this token",
        .profile.as_str()
    )]
    DefaultProfileUnknown {
        /// The profile.
        profile: ProfileName,
    },
    /// ASG-7: the default profile was defined with another token, whose devices alone can have it.
    #[error(
        "the default profile {:?} belongs to another token: define it with this token too, under another name",
        .profile.as_str()
    )]
    DefaultProfileOfOtherToken {
        /// The profile.
        profile: ProfileName,
    },
    /// A profile does not exist.
    #[error("{place} names the profile {:?}, which does not exist: define it, or correct the name", .profile.as_str())]
    ProfileUnknown {
        /// Where it is named.
        place: RulePlace,
        /// The profile.
        profile: ProfileName,
    },
    /// A profile was defined with another token, whose devices alone can have it.
    #[error(
        "{place} names the profile {:?}, which belongs to another token: define it with this token too, under another name",
        .profile.as_str()
    )]
    ProfileOfOtherToken {
        /// Where it is named.
        place: RulePlace,
        /// The profile.
        profile: ProfileName,
    },
}

/// Rules that cannot be followed, with everything that is wrong with them. Its text shows the first few, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", first_of(.problems))]
#[non_exhaustive]
pub struct RulesError {
    /// At least one.
    pub problems: Vec<RulesProblem>,
}

impl AssignmentRules {
    /// Of a token, and so far no device should have a profile.
    pub fn new(token: TokenIdentity) -> Self {
        Self { version: VERSION, token, choices: BTreeMap::new(), rules: Vec::new(), default_profile: None }
    }

    /// Adds a rule behind the others: it counts for devices that none before it selects.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The profile for devices that no rule selects (ASG-5). Apple has no such thing; the plan assigns it (X-43).
    #[must_use]
    pub fn default_profile(self, profile: ProfileName) -> Self {
        Self { default_profile: Some(profile), ..self }
    }

    /// One device should have this profile, whatever the rules say (ASG-6): assignment from the list of serial numbers (ASG-2).
    #[must_use]
    pub fn choose(mut self, serial: SerialNumber, profile: ProfileName) -> Self {
        self.choices.insert(serial, profile);
        self
    }

    /// These devices should have this profile, whatever the rules say: assignment from the profile. It is the same as
    /// [`choose`](Self::choose) for each, and gives the same plan (ASG-2).
    #[must_use]
    pub fn assign_to(self, profile: &ProfileName, serials: impl IntoIterator<Item = SerialNumber>) -> Self {
        serials.into_iter().fold(self, |rules, serial| rules.choose(serial, profile.clone()))
    }

    /// Takes back what was chosen for a device: the rules count for it again.
    pub fn unchoose(&mut self, serial: &str) -> Option<ProfileName> {
        self.choices.remove(serial)
    }

    /// The token.
    pub fn token(&self) -> TokenIdentity {
        self.token
    }

    pub(super) fn chosen(&self, serial: &SerialNumber) -> Option<&ProfileName> {
        self.choices.get(serial)
    }

    pub(super) fn in_order(&self) -> &[Rule] {
        &self.rules
    }

    pub(super) fn default_name(&self) -> Option<&ProfileName> {
        self.default_profile.as_ref()
    }

    /// The rules together with the profiles that they name, if each of them exists and belongs to this token.
    ///
    /// # Errors
    ///
    /// [`RulesError`], with all that is wrong; the default profile among it (ASG-7).
    pub fn with_profiles<'r>(&'r self, profiles: &'r Profiles) -> Result<DesiredState<'r>, RulesError> {
        let mut problems = Vec::new();
        let mut look = |place: Option<RulePlace>, name: &ProfileName| {
            let (profile, found) = (name.clone(), profiles.get(name.as_str()));
            problems.extend(match (found.map(|found| found.token() == self.token), place) {
                (Some(true), _) => None,
                (None, None) => Some(RulesProblem::DefaultProfileUnknown { profile }),
                (None, Some(place)) => Some(RulesProblem::ProfileUnknown { place, profile }),
                (Some(false), None) => Some(RulesProblem::DefaultProfileOfOtherToken { profile }),
                (Some(false), Some(place)) => Some(RulesProblem::ProfileOfOtherToken { place, profile }),
            });
        };
        for (serial, name) in &self.choices {
            look(Some(RulePlace::Choice(serial.clone())), name);
        }
        for (number, rule) in self.rules.iter().enumerate() {
            look(Some(RulePlace::Rule(number, rule.name.clone())), &rule.profile);
        }
        if let Some(name) = &self.default_profile {
            look(None, name);
        }
        if problems.is_empty() { Ok(DesiredState::new(self, profiles)) } else { Err(RulesError { problems }) }
    }

    /// Reads stored rules.
    ///
    /// # Errors
    ///
    /// [`StateError`].
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        stored::from_json("rules", text)
    }

    /// As JSON, to be stored.
    pub fn to_json(&self) -> String {
        stored::to_json(self)
    }
}

impl Rule {
    /// These devices should have this profile.
    pub fn new(name: impl Into<String>, profile: ProfileName, when: Selector) -> Self {
        Self { name: name.into(), profile, when }
    }
}

/// How many problems are shown.
const SHOWN: usize = 10;

fn first_of(problems: &[RulesProblem]) -> String {
    let mut shown: Vec<String> = problems.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = problems.len().saturating_sub(SHOWN);
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join("; ")
}

/// Reads choices; each device has one, however its serial number is written.
fn choices<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<SerialNumber, ProfileName>, D::Error> {
    let mut choices = BTreeMap::new();
    for (serial, profile) in stored::unique::<D, SerialNumber, ProfileName>(deserializer)? {
        if let Some(twice) = choices.insert(typed(serial.clone()), profile) {
            let text = format!("the device {serial} is there twice, with the profile {twice} and with another");
            return Err(serde::de::Error::custom(text));
        }
    }
    Ok(choices)
}

impl std::fmt::Display for RulePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Choice(serial) => write!(f, "the choice for {serial}"),
            Self::Rule(number, name) => write!(f, "rule {number} ({name:?})"),
        }
    }
}
