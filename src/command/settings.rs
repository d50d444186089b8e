//! The items of the command `Settings`.

use crate::device_name::DeviceName;
use crate::property_list::Node;
use crate::shared_ipad::{LegacySetting, SharedDeviceConfiguration};

/// An item of the command `Settings`, in Apple's spelling. Each is answered by itself.
///
/// ```
/// use apple_ade::command::{Command, SettingsItem};
///
/// let name = SettingsItem::DeviceName("Anna's iPad".parse()?);
/// let command = Command::Settings(vec![name, SettingsItem::AppAnalytics(false)]).to_dictionary();
/// let items = command.get("Settings").and_then(|items| items.as_array()).ok_or("an array")?;
/// let second = items[1].as_dictionary().ok_or("a dictionary")?;
/// assert_eq!(second.get("Item").and_then(|item| item.as_string()), Some("AppAnalytics"));
/// assert_eq!(second.get("Enabled").and_then(|enabled| enabled.as_boolean()), Some(false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsItem {
    /// Whether a supervised device registers itself with Activation Lock when its user turns on Find My:
    /// `MDMOptions.ActivationLockAllowedWhileSupervised`. Supervision turns it off by default (SUP-2).
    ActivationLockAllowed(bool),
    /// `AppAnalytics`: whether a Shared iPad shares app analytics with developers.
    AppAnalytics(bool),
    /// `DeviceName` (NAM-2).
    DeviceName(DeviceName),
    /// `DiagnosticSubmission`: whether a Shared iPad sends diagnostics to Apple.
    DiagnosticSubmission(bool),
    /// `HostName` of a Mac, by which the network knows it.
    HostName(DeviceName),
    /// An item that earlier systems have in place of `SharedDeviceConfiguration`.
    Legacy(LegacySetting),
    /// `SharedDeviceConfiguration` (SHI-17).
    SharedDevice(SharedDeviceConfiguration),
}

impl SettingsItem {
    /// `Item`.
    pub fn item(&self) -> &'static str {
        match self {
            Self::ActivationLockAllowed(_) => "MDMOptions",
            Self::AppAnalytics(_) => "AppAnalytics",
            Self::DeviceName(_) => "DeviceName",
            Self::DiagnosticSubmission(_) => "DiagnosticSubmission",
            Self::HostName(_) => "HostName",
            Self::Legacy(LegacySetting::MaximumResidentUsers { .. }) => "MaximumResidentUsers",
            Self::Legacy(LegacySetting::PasscodeLockGracePeriod { .. }) => "PasscodeLockGracePeriod",
            Self::SharedDevice(_) => "SharedDeviceConfiguration",
        }
    }

    pub(super) fn node(&self) -> Node<'_> {
        let mut keys = match self {
            Self::ActivationLockAllowed(allowed) => {
                let options = Node::Keys(vec![("ActivationLockAllowedWhileSupervised", Node::Bool(*allowed))]);
                vec![("MDMOptions", options)]
            }
            Self::AppAnalytics(enabled) | Self::DiagnosticSubmission(enabled) => {
                vec![("Enabled", Node::Bool(*enabled))]
            }
            Self::DeviceName(name) => vec![("DeviceName", Node::Text(name.as_str()))],
            Self::HostName(name) => vec![("HostName", Node::Text(name.as_str()))],
            Self::Legacy(LegacySetting::MaximumResidentUsers { users }) => {
                vec![("MaximumResidentUsers", number(users.get()))]
            }
            Self::Legacy(LegacySetting::PasscodeLockGracePeriod { period }) => {
                vec![("PasscodeLockGracePeriod", number(period.seconds()))]
            }
            Self::SharedDevice(shared) => shared_device(shared),
        };
        keys.insert(0, ("Item", Node::Text(self.item())));
        Node::Keys(keys)
    }
}

fn number<'n>(number: u32) -> Node<'n> {
    Node::Integer(number.into())
}

/// In Apple's order.
fn shared_device(shared: &SharedDeviceConfiguration) -> Vec<(&'static str, Node<'_>)> {
    let domains = shared.managed_apple_id_default_domains.as_ref();
    let domains = domains.map(|domains| Node::List(domains.iter().map(|domain| Node::Text(domain)).collect()));
    let awaits =
        shared.await_user_configuration.map(|awaits| Node::Keys(vec![("Enabled", Node::Bool(awaits.enabled))]));
    let policy = shared.passcode_policy.map(|policy| {
        Node::keys([
            ("PasscodeLockGracePeriod", policy.passcode_lock_grace_period.map(number)),
            ("AutoLockTime", policy.auto_lock_time.map(number)),
        ])
    });
    let keys = [
        ("QuotaSize", shared.quota_size.map(number)),
        ("ResidentUsers", shared.resident_users.map(number)),
        ("UserSessionTimeout", shared.user_session_timeout.map(number)),
        ("TemporarySessionTimeout", shared.temporary_session_timeout.map(number)),
        ("TemporarySessionOnly", shared.temporary_session_only.map(Node::Bool)),
        ("ManagedAppleIDDefaultDomains", domains),
        ("OnlineAuthenticationGracePeriod", shared.online_authentication_grace_period.map(number)),
        ("SkipLanguageAndLocaleSetupForNewUsers", shared.skip_language_and_locale_setup_for_new_users.map(Node::Bool)),
        ("AwaitUserConfiguration", awaits),
        ("PasscodePolicy", policy),
    ];
    keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
