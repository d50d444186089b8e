//! The content of Apple's `Settings` item for Shared iPad.

use serde::Serialize;

use super::sessions::{SharedIpad, Storage};
use crate::os::{OsVersion, Setting};

/// The item `SharedDeviceConfiguration` of the `Settings` command, in Apple's spelling and order. A key that is `None` is not sent.
///
/// See Apple's [`SharedDeviceConfiguration`](https://developer.apple.com/documentation/devicemanagement/settingscommand/command-data.dictionary/settings-data.dictionary/shareddeviceconfiguration).
///
/// ```
/// use apple_ade::shared_ipad::{GracePeriod, IdleTimeout, ResidentUsers, SharedIpad};
///
/// let ipad = SharedIpad::accounts(ResidentUsers::new(10)?).passcode_grace(GracePeriod::OneMinute);
/// let item = SharedIpad::from(ipad.user_session_timeout(IdleTimeout::Never)).shared_device_configuration();
/// assert_eq!(
///     serde_json::to_string(&item).unwrap(),
///     r#"{"Item":"SharedDeviceConfiguration","ResidentUsers":10,"UserSessionTimeout":0,"PasscodePolicy":{"PasscodeLockGracePeriod":60}}"#
/// );
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
///
/// Commands are property lists: `plist::to_value` makes the item of the array `Settings`.
///
/// ```
/// use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
/// use plist::{Dictionary, Value};
///
/// let item = plist::to_value(&SharedIpad::accounts(ResidentUsers::new(10)?).shared_device_configuration())?;
/// let mut command = Dictionary::new();
/// command.insert("RequestType".into(), "Settings".into());
/// command.insert("Settings".into(), Value::Array(vec![item]));
/// let mut xml = Vec::new();
/// plist::to_writer_xml(&mut xml, &command)?;
/// assert!(String::from_utf8(xml)?.contains("<key>ResidentUsers</key>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "Item", rename_all = "PascalCase")]
#[non_exhaustive]
pub struct SharedDeviceConfiguration {
    /// `QuotaSize`: MB for each user. For accounts from 13.4 on, for guests from 17.0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_size: Option<u32>,
    /// `ResidentUsers`: from 13.4 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resident_users: Option<u32>,
    /// `UserSessionTimeout`: seconds, 0 for never; from 14.5 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_session_timeout: Option<u32>,
    /// `TemporarySessionTimeout`: seconds, 0 for never; from 14.5 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary_session_timeout: Option<u32>,
    /// `TemporarySessionOnly`: from 14.5 on. Not sent where there are accounts, since false is what a device does without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary_session_only: Option<bool>,
    /// `ManagedAppleIDDefaultDomains`: from 16.0 on.
    #[serde(rename = "ManagedAppleIDDefaultDomains", skip_serializing_if = "Option::is_none")]
    pub managed_apple_id_default_domains: Option<Vec<String>>,
    /// `OnlineAuthenticationGracePeriod`: days, 0 for a check at every sign-in; from 16.0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_authentication_grace_period: Option<u32>,
    /// `SkipLanguageAndLocaleSetupForNewUsers`: from 16.2 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_language_and_locale_setup_for_new_users: Option<bool>,
    /// `AwaitUserConfiguration`: from 17.0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub await_user_configuration: Option<AwaitUserConfiguration>,
    /// `PasscodePolicy`: from 17.0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_policy: Option<PasscodePolicy>,
}

/// `AwaitUserConfiguration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct AwaitUserConfiguration {
    /// `Enabled`: whether a sign-in waits for `UserConfigured`.
    pub enabled: bool,
}

/// `PasscodePolicy`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct PasscodePolicy {
    /// `PasscodeLockGracePeriod`: 0, 60, 300, 900, 3600 or 14400 seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_lock_grace_period: Option<u32>,
    /// `AutoLockTime`: seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_lock_time: Option<u32>,
}

impl SharedIpad {
    /// What the `Settings` command says (SHI-17). Empty but for its name where nothing is set.
    pub fn shared_device_configuration(&self) -> SharedDeviceConfiguration {
        let policy = |grace: Option<u32>, auto_lock: Option<u32>| {
            let policy = PasscodePolicy { passcode_lock_grace_period: grace, auto_lock_time: auto_lock };
            (policy != PasscodePolicy::default()).then_some(policy)
        };
        match self {
            Self::Accounts(accounts) => SharedDeviceConfiguration {
                quota_size: match accounts.storage {
                    Storage::Quota(quota) => Some(quota.megabytes()),
                    _ => None,
                },
                resident_users: match accounts.storage {
                    Storage::ResidentUsers(users) => Some(users.get()),
                    _ => None,
                },
                user_session_timeout: accounts.user_session_timeout.map(u32::from),
                temporary_session_timeout: accounts.temporary_session_timeout.map(u32::from),
                temporary_session_only: None,
                managed_apple_id_default_domains: accounts.default_domains.clone().map(Vec::from),
                online_authentication_grace_period: accounts.online_grace.map(super::OnlineGrace::days),
                skip_language_and_locale_setup_for_new_users: accounts.skip_language_and_locale,
                await_user_configuration: accounts
                    .await_user_configuration
                    .map(|enabled| AwaitUserConfiguration { enabled }),
                passcode_policy: policy(
                    accounts.passcode_grace.map(|grace| grace.effective().seconds()),
                    accounts.auto_lock.map(u32::from),
                ),
            },
            Self::GuestsOnly(guests) => SharedDeviceConfiguration {
                quota_size: guests.quota.map(u32::from),
                temporary_session_timeout: guests.temporary_session_timeout.map(u32::from),
                temporary_session_only: Some(true),
                skip_language_and_locale_setup_for_new_users: guests.skip_language_and_locale,
                await_user_configuration: guests
                    .await_user_configuration
                    .map(|enabled| AwaitUserConfiguration { enabled }),
                passcode_policy: policy(None, guests.auto_lock.map(u32::from)),
                ..SharedDeviceConfiguration::default()
            },
        }
    }

    /// Each key that is set, with the iPadOS that brought it, in Apple's order. A device that is older does not act on it.
    pub fn settings(&self) -> Vec<Setting> {
        self.shared_device_configuration().settings()
    }
}

impl SharedDeviceConfiguration {
    /// Each key that is sent, with the iPadOS that brought it.
    pub fn settings(&self) -> Vec<Setting> {
        const V13_4: OsVersion = OsVersion::new(13, 4, 0);
        const V14_5: OsVersion = OsVersion::new(14, 5, 0);
        const V16_0: OsVersion = OsVersion::new(16, 0, 0);
        const V16_2: OsVersion = OsVersion::new(16, 2, 0);
        const V17_0: OsVersion = OsVersion::new(17, 0, 0);
        let quota = if self.temporary_session_only == Some(true) { V17_0 } else { V13_4 };
        let policy = self.passcode_policy.unwrap_or_default();
        let keys = [
            (self.quota_size.is_some(), "QuotaSize", quota),
            (self.resident_users.is_some(), "ResidentUsers", V13_4),
            (self.user_session_timeout.is_some(), "UserSessionTimeout", V14_5),
            (self.temporary_session_timeout.is_some(), "TemporarySessionTimeout", V14_5),
            (self.temporary_session_only.is_some(), "TemporarySessionOnly", V14_5),
            (self.managed_apple_id_default_domains.is_some(), "ManagedAppleIDDefaultDomains", V16_0),
            (self.online_authentication_grace_period.is_some(), "OnlineAuthenticationGracePeriod", V16_0),
            (
                self.skip_language_and_locale_setup_for_new_users.is_some(),
                "SkipLanguageAndLocaleSetupForNewUsers",
                V16_2,
            ),
            (self.await_user_configuration.is_some(), "AwaitUserConfiguration", V17_0),
            (policy.passcode_lock_grace_period.is_some(), "PasscodePolicy.PasscodeLockGracePeriod", V17_0),
            (policy.auto_lock_time.is_some(), "PasscodePolicy.AutoLockTime", V17_0),
        ];
        keys.into_iter().filter(|(is_set, ..)| *is_set).map(|(_, key, since)| Setting::new(key, since)).collect()
    }
}
