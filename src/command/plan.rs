//! What a device gets after it has enrolled, from the one description of its profile.

use super::account::{CreateAccounts, NoAdminAccount};
use super::device::{EnrolledDevice, Known};
use super::install::InstallProfile;
use super::name;
use super::password::PasswordHash;
use super::request::Command;
use super::settings::SettingsItem;
use super::step::{PlanStep, StepId};
use crate::judgement::{Rule, Violation, Violations};
use crate::os::Platform;
use crate::profile::EnrollmentProfile;
use crate::setup_assistant::SkipKey;
use crate::shared_ipad::SharedIpad;

/// Commands in the order in which they are sent, and what is not sent.
///
/// What belongs to the time of waiting comes first, what may fail for reasons outside of the device later, and `DeviceConfigured` last: it
/// is part of the plan exactly if the device awaits its configuration. Even where a rule says that such a device does not take it: nothing
/// else lets it go. The rule is then a warning, [`PLAN_RELEASE_IN_DOUBT`](Rule::PLAN_RELEASE_IN_DOUBT).
#[derive(Debug)]
pub struct PostEnrollmentPlan {
    device: EnrolledDevice,
    steps: Vec<PlanStep>,
    left_out: Vec<LeftOut>,
    found: Vec<Violation>,
}

/// Something that the profile or the caller asks for, and that this device does not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    id: StepId,
    because: Violation,
}

impl LeftOut {
    /// Which step it would be.
    pub fn id(&self) -> &StepId {
        &self.id
    }

    /// Why it is left out, with what to do about it.
    pub fn because(&self) -> &Violation {
        &self.because
    }
}

/// What a device needs of its profile beside Apple's keys (PRO-1, X-37), in the right order.
///
/// The device's supervision and whether it is a Shared iPad are taken from the profile where the device does not say them.
///
/// - The accounts of a Mac, while it is held.
/// - The sessions of a Shared iPad: the number of users while it is held, the passcode grace before there is a passcode (SHI-17).
/// - The name (NAM-2), on supervised iPhones, iPads and iPods (NAM-4), if it is not the name already.
/// - The plan of the eSIM, where there may be one (CEL-2).
/// - `DeviceConfigured`, for a device that is held.
///
/// What the profile does not describe is added: [`with_admin_password`](PostEnrollmentPlan::with_admin_password),
/// [`with_profile`](PostEnrollmentPlan::with_profile), [`with_diagnostic_submission`](PostEnrollmentPlan::with_diagnostic_submission),
/// [`with_app_analytics`](PostEnrollmentPlan::with_app_analytics).
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::command::{EnrolledDevice, StepId, post_enrollment_plan};
/// use apple_ade::device_name::DeviceType;
/// use apple_ade::judgement::Rule;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
///
/// let profile = EnrollmentProfile::builder("Macs", "https://mdm.example.com/enroll")
///     .mode(Supervised::new(UserAffinity::Without))
///     .device_name("Mac {{SERIAL}}".parse()?)
///     .build()?;
/// let mac = EnrolledDevice::new("C02T0HL0GGC0".parse()?, DeviceType::Mac, "15.1".parse()?);
/// let plan = post_enrollment_plan(&profile, &mac);
/// assert!(plan.steps().is_empty());
/// assert_eq!(plan.left_out()[0].because().rule(), Rule::PLAN_NAME_NOT_SUPPORTED);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn post_enrollment_plan(profile: &EnrollmentProfile, device: &EnrolledDevice) -> PostEnrollmentPlan {
    let mut device = device.clone();
    let target = device.target();
    if device.supervised == Known::Unknown {
        device.supervised = profile.mode().is_supervised_on(target).into();
    }
    if device.shared_ipad == Known::Unknown {
        device.shared_ipad = profile.mode().shared_ipad().is_some().into();
    }
    let mut plan = PostEnrollmentPlan { device, steps: Vec::new(), left_out: Vec::new(), found: Vec::new() };
    if let Some(accounts) = profile.account_configuration() {
        let why = "a Mac makes its accounts while it is held, before Setup Assistant asks for them";
        let command = Command::AccountConfiguration(CreateAccounts::new(accounts.clone()));
        plan.add(StepId::Accounts, command, why, &[ACCOUNTS_PAGE]);
    }
    if let Some(shared) = profile.mode().shared_ipad() {
        plan.shared_ipad(shared);
    }
    match name::planned(profile, &plan.device) {
        Ok(Some(name)) => {
            let why = "the device gets its name when it enrolls";
            plan.add(StepId::DeviceName, Command::Settings(vec![SettingsItem::DeviceName(name)]), why, &["NAM-2"]);
        }
        Ok(None) => {}
        Err(because) => plan.left_out.push(LeftOut { id: StepId::DeviceName, because: *because }),
    }
    if let Some(cellular) = profile.cellular_plan() {
        let skips = profile.setup().skipped().any(|key| *key == SkipKey::SimSetup);
        plan.cellular(Command::RefreshCellularPlans(cellular.clone()), skips);
    }
    if plan.device.awaiting {
        let why = "lets the device go; whatever needs it to wait has come before";
        let sources = &["SHI-17", CONFIGURED_PAGE];
        // Not by `add`: left out, it would leave the device in Setup Assistant for ever.
        plan.steps.push(PlanStep { id: StepId::DeviceConfigured, command: Command::DeviceConfigured, why, sources });
    } else if let Some(step) = plan.steps.first() {
        let message =
            format!("the device is not held, and gets the step `{}` and all others while it is in use", step.id);
        let violation = Violation::new(Rule::PLAN_NOT_HELD, "await_device_configured", message);
        plan.found.push(violation.with_help("set `await_device_configured` to true"));
    }
    plan
}

const ACCOUNTS_PAGE: &str = "https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand";
const CONFIGURED_PAGE: &str = "https://developer.apple.com/documentation/devicemanagement/deviceconfiguredcommand";
const SETTINGS_PAGE: &str = "https://developer.apple.com/documentation/devicemanagement/settingscommand";

impl PostEnrollmentPlan {
    /// The commands, in their order.
    pub fn steps(&self) -> &[PlanStep] {
        &self.steps
    }

    /// What the device does not get, and why.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// What is doubtful about the steps, and what is left out.
    pub fn violations(&self) -> Violations {
        let commands = self.steps.iter().flat_map(|step| {
            let found = step.command.check(&self.device).into_iter();
            found.map(
                move |violation| if step.id == StepId::DeviceConfigured { in_doubt(&violation) } else { violation },
            )
        });
        let left_out = self.left_out.iter().map(|left_out| left_out.because.clone());
        Violations::sorted(commands.chain(left_out).chain(self.found.iter().cloned()).collect())
    }

    /// The step of this id, if it is part of the plan.
    pub fn step(&self, id: &StepId) -> Option<&PlanStep> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// Whether the plan ends by letting the device go.
    pub fn releases_device(&self) -> bool {
        self.steps.last().is_some_and(|step| step.id == StepId::DeviceConfigured)
    }

    /// Gives the administrator's account of a Mac its password.
    ///
    /// # Errors
    ///
    /// The plan makes no administrator's account: none is described, or the device does not take it, for the reason that the error says.
    pub fn with_admin_password(mut self, password: PasswordHash) -> Result<Self, NoAdminAccount> {
        let left_out = self.left_out.iter().find(|left_out| left_out.id == StepId::Accounts);
        if let Some(left_out) = left_out {
            return Err(NoAdminAccount::LeftOut { because: Box::new(left_out.because.clone()) });
        }
        let step = self.steps.iter_mut().find(|step| step.id == StepId::Accounts);
        let step = step.ok_or(NoAdminAccount::NotDescribed)?;
        if let Command::AccountConfiguration(accounts) = &step.command {
            let accounts = CreateAccounts::with_password(accounts.accounts().clone(), password)?;
            step.command = Command::AccountConfiguration(accounts);
        }
        Ok(self)
    }

    /// Says whether a Shared iPad sends diagnostics to Apple. Other devices ask in Setup Assistant.
    #[must_use]
    pub fn with_diagnostic_submission(mut self, enabled: bool) -> Self {
        let command = Command::Settings(vec![SettingsItem::DiagnosticSubmission(enabled)]);
        let why = "nobody is asked on a Shared iPad, whose panes are skipped";
        self.add(StepId::Diagnostics, command, why, &["SHI-6", SETTINGS_PAGE]);
        self
    }

    /// Says whether a Shared iPad shares app analytics with developers. Other devices ask in Setup Assistant.
    #[must_use]
    pub fn with_app_analytics(mut self, enabled: bool) -> Self {
        let command = Command::Settings(vec![SettingsItem::AppAnalytics(enabled)]);
        let why = "nobody is asked on a Shared iPad, whose panes are skipped";
        self.add(StepId::AppAnalytics, command, why, &["SHI-6", SETTINGS_PAGE]);
        self
    }

    /// Installs a profile. Profiles come in the order of their identifiers; a second one of an identifier takes the first one's place.
    #[must_use]
    pub fn with_profile(mut self, install: InstallProfile) -> Self {
        let id = StepId::Profile(install.identifier().to_owned());
        let why = "what the profile allows and forbids holds from the first moment of use";
        self.add(id, Command::InstallProfile(install), why, &[CONFIGURED_PAGE]);
        self
    }

    /// Whether the administrator's account that the plan makes has a password.
    pub(super) fn has_admin_password(&self) -> bool {
        let accounts = self.step(&StepId::Accounts).map(PlanStep::command);
        matches!(accounts, Some(Command::AccountConfiguration(accounts)) if accounts.has_password())
    }

    fn shared_ipad(&mut self, shared: &SharedIpad) {
        let version = self.device.target().version;
        let mut items: Vec<SettingsItem> =
            shared.legacy_settings(version).into_iter().map(SettingsItem::Legacy).collect();
        let configuration = shared.shared_device_configuration();
        let is_known = |setting: &crate::os::Setting| setting.since <= version;
        let settings = configuration.settings();
        // A system that knows none of its keys has those above.
        if settings.iter().any(is_known) || (items.is_empty() && !settings.is_empty()) {
            items.push(SettingsItem::SharedDevice(configuration));
        }
        if items.is_empty() {
            return;
        }
        let why =
            "the space is divided before the first user signs in, and a grace counts from before there is a passcode";
        self.add(StepId::SharedIpad, Command::Settings(items), why, &["SHI-17", "SHI-7", "SHI-9", SETTINGS_PAGE]);
    }

    fn cellular(&mut self, command: Command, sim_setup_is_skipped: bool) {
        let target = self.device.target();
        let has_esim = match (target.platform, self.device.esim) {
            (Platform::Ios | Platform::IpadOs, esim) => esim,
            _ => Known::Yes,
        };
        match has_esim {
            Known::No => {
                let violation = Violation::new(Rule::PLAN_NO_ESIM, "cellular_plan", "the device has no eSIM");
                let because = violation.with_help("nothing has to be done");
                self.left_out.push(LeftOut { id: StepId::CellularPlan, because });
                return;
            }
            Known::Unknown => {
                let message = "nobody knows whether the device has an eSIM";
                let violation = Violation::new(Rule::PLAN_ESIM_UNKNOWN, "cellular_plan", message);
                self.found.push(violation.with_help("ask the device for `ServiceSubscriptions` first"));
            }
            Known::Yes => {}
        }
        if sim_setup_is_skipped && self.device.esim == Known::Yes {
            let message = "the pane `SIMSetup` is left out";
            let violation = Violation::new(Rule::PLAN_SIM_SETUP_SKIPPED, "skip_setup_items", message);
            self.found.push(violation.with_help("show `SIMSetup`, or set up the eSIM by hand"));
        }
        let why =
            "the eSIM asks the carrier for its plan; the carrier may not have it yet, so that it comes after the rest";
        self.add(StepId::CellularPlan, command, why, &["CEL-1", "CEL-2", "CEL-3"]);
    }

    /// Puts a step in its place, unless the device does not take its command.
    fn add(&mut self, id: StepId, command: Command, why: &'static str, sources: &'static [&'static str]) {
        self.steps.retain(|step| step.id != id);
        self.left_out.retain(|left_out| left_out.id != id);
        if let Some(because) = command.check(&self.device).errors().next() {
            self.left_out.push(LeftOut { id, because: because.clone() });
            return;
        }
        let place = self.steps.partition_point(|step| step.id < id);
        self.steps.insert(place, PlanStep { id, command, why, sources });
    }
}

/// What speaks against `DeviceConfigured`, which goes out all the same.
fn in_doubt(violation: &Violation) -> Violation {
    let message = format!("the device is held, and may not take what lets it go: {}", violation.message());
    let doubt = Violation::new(Rule::PLAN_RELEASE_IN_DOUBT, "RequestType", message).with_found("DeviceConfigured");
    doubt.with_help("see what the device answers; if it refuses, erase it, and enroll it with what it can take")
}
