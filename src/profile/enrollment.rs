//! The one description of an enrollment.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::affinity::UserAffinity;
use crate::api::profile::Profile;
use crate::device_name::DeviceNameTemplate;
use crate::judgement::{Rule, Violation, Violations};
use crate::os::Target;
use crate::shared_ipad::SharedIpad;

use super::account::AccountConfiguration;
use super::builder::CallModeFirst;
use super::cellular::CellularPlan;
use super::check::Check;
use super::mode::DeviceMode;
use super::object::Text;
use super::setup::SetupExperience;
use super::subject::{Beside, Certificates};

/// Everything that a group of devices receives when it enrolls (PRO-1): what Apple stores, and what the MDM sends afterwards. With it a
/// device enrolls over the air, and nobody has to hold it before its user does (PRO-12).
///
/// It is made by a [builder](Self::builder) or [from Apple's JSON](Self::from_json), and then breaks no rule that is an error. serde reads
/// and writes a form of its own, for the store, which Apple's JSON is not; what is read from there was judged when it was stored, and a
/// later version of the crate may have more to say: [`check`](Self::check) tells. [`to_wire`](Self::to_wire) gives Apple's part. The rest never reaches Apple (X-37): who uses the device, the sessions of a Shared
/// iPad, the name template, the cellular plan, the accounts of a Mac, and the description.
///
/// Apple cannot change or delete a profile that is defined: a changed one is defined anew, and assigned again (PRO-10, X-21). It
/// belongs to the one server whose token defined it (PRO-3).
///
/// ```
/// use apple_ade::os::Platform;
/// use apple_ade::profile::EnrollmentProfile;
/// use apple_ade::setup_assistant::SkipKey;
/// use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
///
/// let profile = EnrollmentProfile::builder("Class iPads", "https://mdm.example.com/enroll")
///     .mode(SharedIpad::accounts(ResidentUsers::new(10)?))
///     .await_configuration()
///     .target(Platform::IpadOs, "17.0".parse()?)
///     .build()?;
/// assert_eq!(profile.to_wire().is_multi_user, Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What cannot be is told at once, with what to do:
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
///
/// let refused = EnrollmentProfile::builder("Kiosks", "mdm.example.com/enroll")
///     .mode(Supervised::new(UserAffinity::Without).locked())
///     .support_email_address("helpdesk")
///     .build()
///     .unwrap_err();
/// let paths: Vec<&str> = refused.errors().map(|violation| violation.path()).collect();
/// assert_eq!(paths, ["support_email_address", "url"]);
/// ```
#[derive(Debug, Clone)]
pub struct EnrollmentProfile {
    pub(super) wire: Profile,
    pub(super) mode: DeviceMode,
    pub(super) setup: SetupExperience,
    pub(super) rest: Rest,
    pub(super) certificates: Certificates,
}

/// What Apple's keys do not say, beside the mode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) targets: Vec<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) device_name: Option<DeviceNameTemplate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cellular_plan: Option<CellularPlan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<AccountConfiguration>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) secured_otherwise: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) in_education: bool,
}

impl EnrollmentProfile {
    /// Begins a profile with its name and the URL to which devices post their signed MachineInfo; the mode comes next.
    ///
    /// The name is for administrators, users never see it (PRO-2).
    pub fn builder(name: impl Into<String>, url: impl Into<String>) -> CallModeFirst {
        CallModeFirst::new(name.into(), url.into())
    }

    /// Reads a profile in Apple's JSON, as it is sent to `POST /profile` or comes from `GET /profile`. Apple's keys do not say whether
    /// the device has a user.
    ///
    /// # Errors
    ///
    /// All violations, if one of them is an error.
    pub fn from_json(text: &str, affinity: &UserAffinity) -> Result<Self, Violations> {
        let read = Text::read(text).map_err(|violation| Violations::sorted(vec![*violation]))?;
        Self::imported(read.profile, affinity, read.violations)
    }

    /// Takes a profile in Apple's keys.
    ///
    /// # Errors
    ///
    /// All violations, if one of them is an error.
    pub fn from_wire(wire: Profile, affinity: &UserAffinity) -> Result<Self, Violations> {
        Self::imported(wire, affinity, Vec::new())
    }

    fn imported(wire: Profile, affinity: &UserAffinity, mut found: Vec<Violation>) -> Result<Self, Violations> {
        let profile = Self::unjudged(wire, affinity.clone(), None, Rest::default());
        // The mode of a Shared iPad knows of no user: what was asked for is judged.
        let beside = Beside { affinity: Some(affinity), ..profile.beside() };
        Check::new().judge(&profile.wire, &profile.certificates, beside, &mut found);
        let violations = Violations::sorted(found);
        if violations.has_errors() { Err(violations) } else { Ok(profile) }
    }

    pub(super) fn unjudged(wire: Profile, affinity: UserAffinity, shared: Option<SharedIpad>, rest: Rest) -> Self {
        let mut rest = rest;
        rest.targets.sort_unstable();
        rest.targets.dedup();
        let mode = DeviceMode::from_wire(&wire, affinity, shared);
        let (setup, certificates) = (SetupExperience::from_wire(&wire), Certificates::of(&wire));
        Self { wire, mode, setup, rest, certificates }
    }

    pub(super) fn judged(self, check: &Check) -> Result<Self, Violations> {
        let violations = check.profile(&self);
        if violations.has_errors() { Err(violations) } else { Ok(self) }
    }

    /// In Apple's keys: what `POST /profile` takes.
    pub fn to_wire(&self) -> Profile {
        self.wire.clone()
    }

    /// In Apple's keys, borrowed.
    pub fn wire(&self) -> &Profile {
        &self.wire
    }

    /// What there is to say of the profile for its targets: warnings and notes. Certificates' dates are judged by
    /// [`Check::at`].
    pub fn check(&self) -> Violations {
        Check::new().profile(self)
    }

    /// What kind of device it makes.
    pub fn mode(&self) -> &DeviceMode {
        &self.mode
    }

    /// What happens in Setup Assistant.
    pub fn setup(&self) -> &SetupExperience {
        &self.setup
    }

    /// Its name, for administrators.
    pub fn name(&self) -> &str {
        self.wire.profile_name.as_deref().unwrap_or_default()
    }

    /// Its description, for administrators; Apple does not have it (PRO-2).
    pub fn description(&self) -> Option<&str> {
        self.rest.description.as_deref()
    }

    /// The operating systems that it is made for (PRO-4), sorted.
    pub fn targets(&self) -> &[Target] {
        &self.rest.targets
    }

    /// How devices are named.
    pub fn device_name(&self) -> Option<&DeviceNameTemplate> {
        self.rest.device_name.as_ref()
    }

    /// Where the eSIM's plan comes from.
    pub fn cellular_plan(&self) -> Option<&CellularPlan> {
        self.rest.cellular_plan.as_ref()
    }

    /// The accounts of a Mac.
    pub fn account_configuration(&self) -> Option<&AccountConfiguration> {
        self.rest.account.as_ref()
    }

    pub(super) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub(super) fn beside(&self) -> Beside<'_> {
        Beside {
            affinity: Some(self.mode.affinity()),
            shared_ipad: self.mode.shared_ipad(),
            device_name: self.rest.device_name.as_ref(),
            cellular_plan: self.rest.cellular_plan.as_ref(),
            account: self.rest.account.as_ref(),
            secured_otherwise: self.rest.secured_otherwise,
        }
    }
}

/// Equal descriptions; the certificates are in Apple's keys already.
impl PartialEq for EnrollmentProfile {
    fn eq(&self, other: &Self) -> bool {
        self.wire == other.wire && self.mode == other.mode && self.setup == other.setup && self.rest == other.rest
    }
}

impl Eq for EnrollmentProfile {}

impl AsRef<Profile> for EnrollmentProfile {
    fn as_ref(&self) -> &Profile {
        &self.wire
    }
}

/// The form in which a profile is stored. `apple` is Apple's JSON, to the letter.
#[derive(Serialize)]
struct Stored<'p> {
    version: u32,
    apple: &'p Profile,
    affinity: &'p UserAffinity,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_ipad: Option<&'p SharedIpad>,
    beside: &'p Rest,
}

/// The same as it is read. What has none of it is another kind of JSON.
#[derive(Deserialize)]
struct Restored {
    version: Option<u32>,
    apple: Option<Profile>,
    affinity: Option<UserAffinity>,
    shared_ipad: Option<SharedIpad>,
    #[serde(default)]
    beside: Rest,
}

const VERSION: u32 = 1;

/// A versioned record: Apple's JSON as `apple`, and the rest beside it.
impl Serialize for EnrollmentProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            version: VERSION,
            apple: &self.wire,
            affinity: self.mode.affinity(),
            shared_ipad: self.mode.shared_ipad(),
            beside: &self.rest,
        }
        .serialize(serializer)
    }
}

/// Reads the record again, and nothing else: Apple's JSON is for [`EnrollmentProfile::from_json`]. Of the rules only those are judged without which there is no such profile, so that a later version of
/// the crate, which knows more rules, still reads what an earlier one stored; [`EnrollmentProfile::check`] judges all.
impl<'de> Deserialize<'de> for EnrollmentProfile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;

        let stored = Restored::deserialize(deserializer)?;
        let Some(version) = stored.version else {
            return Err(D::Error::custom(
                "this is no stored profile, since it has no `version`; read Apple's JSON by `EnrollmentProfile::from_json`",
            ));
        };
        if version != VERSION {
            return Err(D::Error::custom(format_args!(
                "the profile is stored in version {version} of the form, and this version of the crate reads {VERSION}"
            )));
        }
        let apple = stored.apple.ok_or_else(|| D::Error::missing_field("apple"))?;
        let affinity = stored.affinity.ok_or_else(|| D::Error::missing_field("affinity"))?;
        let profile = Self::unjudged(apple, affinity.clone(), stored.shared_ipad, stored.beside);
        let beside = Beside { affinity: Some(&affinity), ..profile.beside() };
        let violations = Check::new().with_beside(&profile.wire, &profile.certificates, beside);
        let structural = [
            Rule::WRONG_TYPE,
            Rule::KEY_MISSING,
            Rule::LOCKED_UNSUPERVISED,
            Rule::SHARED_IPAD_UNSUPERVISED,
            Rule::SHARED_IPAD_WITH_USER,
        ];
        match violations.errors().find(|violation| structural.contains(&violation.rule())) {
            Some(violation) => Err(D::Error::custom(violation)),
            None => Ok(profile),
        }
    }
}
