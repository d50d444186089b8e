//! Writing a profile.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::api::profile::Profile;
use crate::device_name::DeviceNameTemplate;
use crate::id::SerialNumber;
use crate::json::{Extra, RawJson};
use crate::judgement::Violations;
use crate::os::{OsVersion, Platform, Target};
use crate::setup_assistant::{SkipKey, Visibility};

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

/// A profile in the making. Where things are set that exclude each other, the last counts; otherwise the order does not matter.
#[derive(Debug, Clone)]
#[must_use]
pub struct ProfileBuilder {
    wire: Profile,
    mode: DeviceMode,
    setup: SetupExperience,
    /// What the keys say already.
    said: Said,
    /// What is left out, and what is shown, whatever the setup says.
    panes: BTreeMap<SkipKey, Visibility>,
    awaits: bool,
    anchors: BTreeMap<[u8; 32], String>,
    devices: BTreeSet<SerialNumber>,
    unknown: BTreeMap<String, RawJson>,
    targets: BTreeSet<Target>,
    at: Option<DateTime<Utc>>,
    rest: Rest,
}

/// The mode and setup of the profile from which a builder came. Keys that say the same stay as they are: there is more than one way to
/// write it.
#[derive(Debug, Clone, Default)]
struct Said {
    mode: Option<DeviceMode>,
    setup: Option<SetupExperience>,
}

/// What [`ProfileBuilder::without`] takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// [`account_configuration`](ProfileBuilder::account_configuration). A profile that was built with it awaits its configuration all the
    /// same: see [`AwaitConfiguration`](Self::AwaitConfiguration).
    AccountConfiguration,
    /// All that [`anchor`](ProfileBuilder::anchor) gave: the built-in authorities are trusted again.
    Anchors,
    /// [`await_configuration`](ProfileBuilder::await_configuration), and with it a [return to
    /// service](SetupExperience::return_to_service) with apps: the device is let go at once.
    AwaitConfiguration,
    /// [`cellular_plan`](ProfileBuilder::cellular_plan)
    CellularPlan,
    /// [`configuration_web_url`](ProfileBuilder::configuration_web_url)
    ConfigurationWebUrl,
    /// [`department`](ProfileBuilder::department)
    Department,
    /// [`description`](ProfileBuilder::description)
    Description,
    /// [`device_name`](ProfileBuilder::device_name)
    DeviceName,
    /// [`devices`](ProfileBuilder::devices)
    Devices,
    /// [`org_magic`](ProfileBuilder::org_magic)
    OrgMagic,
    /// [`secured_otherwise`](ProfileBuilder::secured_otherwise)
    SecuredOtherwise,
    /// [`support_email_address`](ProfileBuilder::support_email_address)
    SupportEmailAddress,
    /// [`support_phone_number`](ProfileBuilder::support_phone_number)
    SupportPhoneNumber,
    /// All [`targets`](ProfileBuilder::targets)
    Targets,
    /// Every [`unknown_key`](ProfileBuilder::unknown_key), also those that came with a profile that was read.
    UnknownKeys,
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
            said: Said::default(),
            panes: BTreeMap::new(),
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

    /// What happens in Setup Assistant, as a whole: it takes the place of an earlier setup, and of all that a profile from which the
    /// builder came says of it (panes, release, locale). What [`skip`](Self::skip), [`show`](Self::show),
    /// [`await_configuration`](Self::await_configuration) and [`account_configuration`](Self::account_configuration) say is added to it,
    /// before or after.
    pub fn setup(mut self, setup: SetupExperience) -> Self {
        self.said.setup.take_if(|said| *said != setup);
        self.setup = setup;
        self
    }

    /// Leaves these panes out, beside those that [`setup`](Self::setup) leaves out.
    pub fn skip(mut self, keys: impl IntoIterator<Item = SkipKey>) -> Self {
        self.panes.extend(keys.into_iter().map(|key| (key, Visibility::Hide)));
        self
    }

    /// Shows these panes, whatever [`setup`](Self::setup) or a profile from which the builder came leaves out.
    pub fn show(mut self, keys: impl IntoIterator<Item = SkipKey>) -> Self {
        self.panes.extend(keys.into_iter().map(|key| (key, Visibility::Show)));
        self
    }

    /// Shows or hides a pane, whatever was said of it before (SCR-1).
    pub fn screen(mut self, key: SkipKey, visibility: Visibility) -> Self {
        self.panes.insert(key, visibility);
        self
    }

    /// Holds the device in Setup Assistant until the MDM sends `DeviceConfigured`: `await_device_configured`.
    pub fn await_configuration(mut self) -> Self {
        self.awaits = true;
        self
    }

    /// Trusts this authority for the URL and the page, beside others that are given. The built-in ones are then not trusted.
    pub fn anchor(self, certificate: &AnchorCertificate) -> Self {
        self.anchors([certificate])
    }

    /// Trusts these authorities, such as those of a [bundle](AnchorCertificate::read_all), beside others that are given.
    pub fn anchors(mut self, certificates: impl IntoIterator<Item = impl Borrow<AnchorCertificate>>) -> Self {
        for certificate in certificates {
            let certificate = certificate.borrow();
            self.anchors.insert(*certificate.fingerprint().as_bytes(), certificate.to_base64());
        }
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
        self
    }

    /// The organisation is in Apple School Manager, where Shared iPad came with iOS 9.3 (SHI-2, X-11).
    pub fn in_education(mut self) -> Self {
        self.rest.in_education = true;
        self
    }

    /// The device is secured by other means than a passcode, such as a kiosk in single app mode (SCR-8).
    pub fn secured_otherwise(mut self) -> Self {
        self.rest.secured_otherwise = true;
        self
    }

    /// Adds an operating system for which the profile is made (PRO-4). Rules that depend on it are judged for those that are named, and so
    /// is the table of panes; a version alone says nothing. Menus that say macOS above texts on iOS are no guide (X-30):
    ///
    /// ```compile_fail,E0061
    /// # use apple_ade::profile::ProfileBuilder;
    /// fn for_seventeen(builder: ProfileBuilder) -> ProfileBuilder {
    ///     builder.target("17.4".parse().unwrap())
    /// }
    /// ```
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

    /// Takes back what was said, here or in a profile from which the builder came.
    ///
    /// ```
    /// use apple_ade::affinity::UserAffinity;
    /// use apple_ade::profile::{EnrollmentProfile, Part, Supervised};
    ///
    /// let old = EnrollmentProfile::builder("Kiosks", "https://mdm.example.org/enroll")
    ///     .mode(Supervised::new(UserAffinity::Without))
    ///     .department("IT")
    ///     .build()?;
    /// let new = old.to_builder().without(Part::Department).build()?;
    /// assert_eq!(new.wire().department, None);
    /// # Ok::<(), apple_ade::judgement::Violations>(())
    /// ```
    pub fn without(mut self, part: Part) -> Self {
        let (wire, rest) = (&mut self.wire, &mut self.rest);
        match part {
            Part::AccountConfiguration => rest.account = None,
            Part::Anchors => {
                wire.anchor_certs = None;
                self.anchors.clear();
            }
            Part::AwaitConfiguration => {
                self.setup = self.setup.let_go_at_once();
                self.awaits = false;
            }
            Part::CellularPlan => rest.cellular_plan = None,
            Part::ConfigurationWebUrl => wire.configuration_web_url = None,
            Part::Department => wire.department = None,
            Part::Description => rest.description = None,
            Part::DeviceName => rest.device_name = None,
            Part::Devices => {
                forget_devices(wire);
                self.devices.clear();
            }
            Part::OrgMagic => wire.org_magic = None,
            Part::SecuredOtherwise => rest.secured_otherwise = false,
            Part::SupportEmailAddress => wire.support_email_address = None,
            Part::SupportPhoneNumber => wire.support_phone_number = None,
            Part::Targets => self.targets.clear(),
            Part::UnknownKeys => {
                wire.extra = Extra::default();
                self.unknown.clear();
            }
        }
        self
    }

    /// A key of Apple's that this version of the crate does not know. It is kept, reported, and sent only on request
    /// ([`DefineProfile::with_unknown_keys`](crate::api::DefineProfile::with_unknown_keys)). A key that it does know is an error when the profile
    /// is built (`ADE-P009`).
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
        let Self { mut wire, mode, setup, said, panes, awaits, anchors, devices, unknown, targets, at, mut rest } =
            self;
        let these = |pane| panes.iter().filter(move |(_, said)| **said == pane).map(|(key, _)| key.clone());
        let mut setup = setup.skip(these(Visibility::Hide)).show(these(Visibility::Show));
        let awaits = awaits || rest.account.is_some();
        if awaits && setup.release() == Release::AtOnce {
            setup = setup.await_configuration();
        }
        if said.mode.is_none_or(|said| !said.has_keys_of(&mode)) {
            mode.to_wire(&mut wire);
        }
        setup.to_wire(&mut wire, said.setup.as_ref());
        if awaits {
            // A profile that was read may return to service without it.
            wire.await_device_configured = Some(true);
        }
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
    /// Begins a changed profile from this one. What is not touched stays as it is, to the letter, but for `devices` and `profile_uuid`: they
    /// belong to one definition, and are no part of what is described.
    pub fn to_builder(&self) -> ProfileBuilder {
        let mut wire = self.wire.clone();
        forget_devices(&mut wire);
        wire.profile_uuid = None;
        wire.odd.retain(|odd| odd.key != "profile_uuid");
        ProfileBuilder {
            anchors: BTreeMap::new(),
            devices: BTreeSet::new(),
            wire,
            mode: self.mode.clone(),
            setup: self.setup.clone(),
            said: Said { mode: Some(self.mode.clone()), setup: Some(self.setup.clone()) },
            panes: BTreeMap::new(),
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

/// Without devices, also such as were kept because one of them is odd.
fn forget_devices(wire: &mut Profile) {
    wire.devices = None;
    wire.odd.retain(|odd| odd.key != "devices");
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
