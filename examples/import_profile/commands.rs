//! What a profile says that Apple's profile does not hold: the MDM sends it by command when the device has enrolled.

use apple_ade::profile::{EnrollmentProfile, Release};

/// A line for each command. A plan for a certain device, in its order and with the checks for its system, is made from the same parts.
pub(crate) fn of(profile: &EnrollmentProfile) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(sessions) = profile.mode().shared_ipad() {
        let item = serde_json::to_value(sessions.shared_device_configuration()).unwrap_or_default();
        let keys = item.as_object().into_iter().flatten().filter(|(key, _)| *key != "Item");
        let keys: Vec<String> = keys.map(|(key, value)| format!("{key} {value}")).collect();
        lines.push(format!("  Settings SharedDeviceConfiguration: {}", keys.join(", ")));
    }
    if let Some(account) = profile.account_configuration() {
        let keys: Vec<&str> = account.settings().iter().map(|setting| setting.key).collect();
        lines.push(format!("  AccountConfiguration with {}", keys.join(", ")));
    }
    if let Some(template) = profile.device_name() {
        lines.push(format!("  Settings DeviceName {:?}", template.as_str()));
    }
    if let Some(plan) = profile.cellular_plan() {
        lines.push(format!("  RefreshCellularPlans {:?}", plan.activation_server()));
    }
    if profile.setup().release() != Release::AtOnce {
        lines.push("  DeviceConfigured".into());
    }
    lines
}
