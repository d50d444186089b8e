//! Writing a profile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::api::profile::Profile;
use crate::device_name::DeviceNameTemplate;
use crate::id::SerialNumber;
use crate::json::RawJson;
use crate::judgement::Violations;
use crate::os::{OsVersion, Platform, Target};
use crate::setup_assistant::SkipKey;

use super::account::AccountConfiguration;
use super::cellular::CellularPlan;
use super::certificate::AnchorCertificate;
use super::check::Check;
use super::enrollment::{EnrollmentProfile, Rest};
use super::mode::DeviceMode;
use super::setup::{Release, SetupExperience};
use super::subject::Certificates;

/// A profile that has a name and a URL, and nothing else: call [`mode`](Self::mode) first, which gives the [`ProfileBuilder`] that has
/// all other methods. What kind of device the profile makes, and with or without a user, has no default (PRO-11):
///
/// ```compile_fail,E0599
/// # use apple_ade::profile::EnrollmentProfile;
/// let undecided = EnrollmentProfile::builder("iPads", "https://mdm.example.com/enroll").build();
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct CallModeFirst {
    name: String,
    url: String,
}

/// A profile in the making. The order of what is set does not matter, but for texts that are set twice.
#[derive(Debug, Clone)]
#[must_use]
pub struct ProfileBuilder {
    wire: Profile,
    mode: DeviceMode,
    setup: SetupExperience,
    skip: BTreeSet<SkipKey>,
    awaits: bool,
    anchors: BTreeMap<[u8; 32], String>,
    devices: BTreeSet<SerialNumber>,
    unknown: BTreeMap<String, RawJson>,
    targets: BTreeSet<Target>,
    at: Option<DateTime<Utc>>,
    rest: Rest,
}

impl CallModeFirst {
    pub(super) fn new(name: String, url: String) -> Self {
        Self { name, url }
    }

    /// Says what kind of device the profile makes, and with or without whom: [`Supervised`](super::Supervised),
    /// [`Unsupervised`](super::Unsupervised), [`SharedMode`](super::SharedMode), or the
    /// [sessions](crate::shared_ipad::SharedIpad) of a Shared iPad.
    pub fn mode(self, mode: impl Into<DeviceMode>) -> ProfileBuilder {
        ProfileBuilder {
            wire: Profile { is_mandatory: Some(true), ..Profile::new(self.name, self.url) },
            mode: mode.into(),
            setup: SetupExperience::default(),
            skip: BTreeSet::new(),
            awaits: false,
            anchors: BTreeMap::new(),
            devices: BTreeSet::new(),
            unknown: BTreeMap::new(),
            targets: BTreeSet::new(),
            at: None,
            rest: Rest::default(),
        }
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(mut self, text: impl Into<String>) -> Self {
            self.wire.$name = Some(text.into());
            self
        }
    )*};
}

impl ProfileBuilder {
    texts! {
        /// A page that is opened in a web view in place of a post to the URL: https (iOS and iPadOS 13, macOS 10.15). Older systems use the
        /// URL, which has to stay valid.
        configuration_web_url;
        /// The department, which a user sees who taps About Configuration during activation: 1 to 125 characters (DPT-1).
        department;
        /// The phone number, which a user sees who taps Need Help during activation: 1 to 50 characters (DPT-2).
        support_phone_number;
        /// The e-mail address of support: 1 to 250 characters (DPT-3).
        support_email_address;
        /// What names all services of one organisation: 1 to 256 characters.
        org_magic;
    }

    /// What the profile is for; for administrators, and not sent to Apple (PRO-2).
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.rest.description = Some(text.into());
        self
    }

    /// Lets the user refuse the enrollment (`is_mandatory` false); unless this is called, it is mandatory. iOS and iPadOS 13 and later
    /// do not ask.
    pub fn optional(mut self) -> Self {
        self.wire.is_mandatory = Some(false);
        self
    }

    /// What happens in Setup Assistant.
    pub fn setup(mut self, setup: SetupExperience) -> Self {
        self.setup = setup;
        self
    }

    /// Leaves these panes out, beside those that [`setup`](Self::setup) leaves out.
    pub fn skip(mut self, keys: impl IntoIterator<Item = SkipKey>) -> Self {
        self.skip.extend(keys);
        self
    }

    /// Holds the device in Setup Assistant until the MDM sends `DeviceConfigured`: `await_device_configured`.
    pub fn await_configuration(mut self) -> Self {
        self.awaits = true;
        self
    }

    /// Trusts this authority for the URL and the page, beside others that are given. The built-in ones are then not trusted.
    pub fn anchor(mut self, certificate: &AnchorCertificate) -> Self {
        self.anchors.insert(*certificate.fingerprint().as_bytes(), certificate.to_base64());
        self
    }

    /// Assigns these devices at once when the profile is defined.
    pub fn devices(mut self, serials: impl IntoIterator<Item = SerialNumber>) -> Self {
        self.devices.extend(serials);
        self
    }

    /// Names devices by this template (NAM-1).
    pub fn device_name(mut self, template: DeviceNameTemplate) -> Self {
        self.rest.device_name = Some(template);
        self
    }

    /// Has the plan of an eSIM activated (CEL-1).
    pub fn cellular_plan(mut self, plan: CellularPlan) -> Self {
        self.rest.cellular_plan = Some(plan);
        self
    }

    /// Creates accounts on a Mac. The command for it works only while the device is held, so that it is: see
    /// [`await_configuration`](Self::await_configuration).
    pub fn account_configuration(mut self, account: AccountConfiguration) -> Self {
        self.rest.account = Some(account);
        self.awaits = true;
        self
    }

    /// The device is secured by other means than a passcode, such as a kiosk in single app mode (SCR-8).
    pub fn secured_otherwise(mut self) -> Self {
        self.rest.secured_otherwise = true;
        self
    }

    /// Adds an operating system for which the profile is made (PRO-4). Rules that depend on it are judged for those that are named.
    pub fn target(self, platform: Platform, version: OsVersion) -> Self {
        self.targets([Target::new(platform, version)])
    }

    /// Adds operating systems for which the profile is made.
    pub fn targets(mut self, targets: impl IntoIterator<Item = Target>) -> Self {
        self.targets.extend(targets);
        self
    }

    /// The present time: certificates have to be valid then.
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.at = Some(now);
        self
    }

    /// A key of Apple's that this version of the crate does not know. It is kept, reported, and sent only on request
    /// ([`DefineProfile::with_unknown_keys`](crate::api::DefineProfile::with_unknown_keys)).
    pub fn unknown_key(mut self, key: impl Into<String>, value: RawJson) -> Self {
        self.unknown.insert(key.into(), value);
        self
    }

    /// Judges the profile for its targets.
    ///
    /// # Errors
    ///
    /// All violations, if one of them is an error. Warnings and notes alone are no obstacle:
    /// [`EnrollmentProfile::check`] tells them.
    pub fn build(self) -> Result<EnrollmentProfile, Violations> {
        let Self { mut wire, mode, setup, skip, awaits, anchors, devices, unknown, targets, at, mut rest } = self;
        let mut setup = setup.skip(skip);
        if awaits && setup.release() == Release::AtOnce {
            setup = setup.await_configuration();
        }
        mode.to_wire(&mut wire);
        setup.to_wire(&mut wire);
        add_missing(&mut wire.anchor_certs, anchors.into_values());
        add_missing(&mut wire.devices, devices.into_iter());
        for (key, value) in unknown {
            wire.extra.insert(&key, value);
        }
        rest.targets = targets.into_iter().collect();
        let certificates = Certificates::of(&wire);
        let check = at.map_or_else(Check::new, |now| Check::new().at(now));
        EnrollmentProfile { wire, mode, setup, rest, certificates }.judged(&check)
    }
}

impl EnrollmentProfile {
    /// Begins a changed profile from this one. What is not touched stays as it is.
    pub fn to_builder(&self) -> ProfileBuilder {
        let known = Profile { skip_setup_items: None, ..self.wire.clone() };
        ProfileBuilder {
            anchors: BTreeMap::new(),
            devices: BTreeSet::new(),
            wire: known,
            mode: self.mode.clone(),
            setup: self.setup.clone(),
            skip: BTreeSet::new(),
            awaits: false,
            unknown: BTreeMap::new(),
            targets: self.rest.targets.iter().copied().collect(),
            at: None,
            rest: self.rest.clone(),
        }
    }
}

impl ProfileBuilder {
    /// Takes another mode.
    pub fn mode(mut self, mode: impl Into<DeviceMode>) -> Self {
        self.mode = mode.into();
        self
    }

    /// Takes another name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.wire.profile_name = Some(name.into());
        self
    }

    /// Takes another URL.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.wire.url = Some(url.into());
        self
    }
}

/// Adds to a list what is not in it; a list with nothing to add stays as it is, or absent.
fn add_missing<T: PartialEq>(list: &mut Option<Vec<T>>, items: impl Iterator<Item = T>) {
    for item in items {
        let list = list.get_or_insert_default();
        if !list.contains(&item) {
            list.push(item);
        }
    }
}
