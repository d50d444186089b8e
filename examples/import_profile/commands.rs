//! What a profile says that Apple's profile does not hold: the MDM sends it by command when the device has enrolled.

use apple_ade::command::{Command, EnrolledDevice, PlanStep, SettingsItem, StepId, post_enrollment_plan};
use apple_ade::device_name::{DeviceNameTemplate, DeviceType};
use apple_ade::os::{OsVersion, Platform, Target};
use apple_ade::profile::{EnrollmentProfile, Release};
use apple_ade::shared_ipad::LegacySetting;

/// The plan for a device of this system, in lines: the commands in their order, what the device does not get, and what is doubtful. Nothing
/// if there is nothing to send.
pub(crate) fn of(profile: &EnrollmentProfile, target: Option<Target>) -> Option<String> {
    let target = target.unwrap_or_else(|| usual(profile));
    // Any serial number does: no line shows it.
    let device =
        EnrolledDevice::new("C02EXAMPLE01".parse().ok()?, DeviceType::of_platform(target.platform)?, target.version);
    let is_held = profile.setup().release() != Release::AtOnce;
    let plan = post_enrollment_plan(profile, &if is_held { device.awaiting() } else { device });

    let mut lines: Vec<String> = plan.steps().iter().flat_map(|step| sent(step, profile)).collect();
    for left_out in plan.left_out() {
        lines.push(format!("  not {}: {}", left_out.id(), left_out.because().message()));
    }
    for violation in plan.violations().iter().filter(|found| plan.left_out().iter().all(|out| out.because() != *found))
    {
        let help = violation.help().map(|help| format!("; {help}")).unwrap_or_default();
        lines.push(format!("  {}: {}{help}", violation.severity(), violation.message()));
    }
    (!lines.is_empty())
        .then(|| format!("what the MDM sends to a device with {target} when it has enrolled:\n{}", lines.join("\n")))
}

/// The system of the devices that such a profile is for, where nobody says it.
fn usual(profile: &EnrollmentProfile) -> Target {
    let said = profile.targets().iter().copied().max();
    let by_accounts = profile.account_configuration().map(|_| Target::new(Platform::MacOs, OsVersion::new(15, 0, 0)));
    said.filter(|target| DeviceType::of_platform(target.platform).is_some())
        .or(by_accounts)
        .unwrap_or_else(|| Target::new(Platform::IpadOs, OsVersion::new(18, 0, 0)))
}

fn sent(step: &PlanStep, profile: &EnrollmentProfile) -> Vec<String> {
    match step.command() {
        // The template, from which each device's name comes.
        Command::Settings(_) if *step.id() == StepId::DeviceName => {
            let template = profile.device_name().map(DeviceNameTemplate::as_str).unwrap_or_default();
            vec![format!("  Settings DeviceName {template:?}")]
        }
        Command::Settings(items) => items.iter().map(setting).collect(),
        Command::AccountConfiguration(accounts) => {
            let keys: Vec<&str> = accounts.accounts().settings().iter().map(|setting| setting.key).collect();
            vec![format!("  AccountConfiguration with {}", keys.join(", "))]
        }
        Command::RefreshCellularPlans(plan) => vec![format!("  RefreshCellularPlans {:?}", plan.activation_server())],
        command => vec![format!("  {}", command.request_type())],
    }
}

fn setting(item: &SettingsItem) -> String {
    match item {
        SettingsItem::SharedDevice(configuration) => {
            let item = serde_json::to_value(configuration).unwrap_or_default();
            let keys = item.as_object().into_iter().flatten().filter(|(key, _)| *key != "Item");
            let keys: Vec<String> = keys.map(|(key, value)| format!("{key} {value}")).collect();
            format!("  Settings SharedDeviceConfiguration: {}", keys.join(", "))
        }
        SettingsItem::Legacy(LegacySetting::MaximumResidentUsers { users }) => {
            format!("  Settings MaximumResidentUsers {}", users.get())
        }
        SettingsItem::Legacy(LegacySetting::PasscodeLockGracePeriod { period }) => {
            format!("  Settings PasscodeLockGracePeriod {}", period.seconds())
        }
        other => format!("  Settings {}", other.item()),
    }
}
