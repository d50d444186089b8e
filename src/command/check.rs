//! Judging a command before it is sent.

use super::availability::{Availability, SharedIpadUse};
use super::device::{EnrolledDevice, Known};
use super::erase::EraseDevice;
use super::request::Command;
use super::settings::SettingsItem;
use crate::judgement::{Rule, Violation, Violations};
use crate::os::{OsVersion, Platform};
use crate::shared_ipad::LegacySetting;

impl Command {
    /// Whether a device will take the command: whatever is wrong, at once. What is not known of the device is given the benefit of the doubt.
    ///
    /// ```
    /// use apple_ade::command::{Command, CreateAccounts, EnrolledDevice};
    /// use apple_ade::device_name::DeviceType;
    /// use apple_ade::judgement::Rule;
    /// use apple_ade::profile::account::{AccountConfiguration, PrimaryAccount};
    ///
    /// let accounts = CreateAccounts::new(AccountConfiguration::primary(PrimaryAccount::NotPrefilled));
    /// let command = Command::AccountConfiguration(accounts);
    /// let ipad = EnrolledDevice::new("DMPC0000ABCD".parse()?, DeviceType::Ipad, "18.1".parse()?).awaiting();
    /// let violations = command.check(&ipad);
    /// assert_eq!(violations.iter().map(|violation| violation.rule()).collect::<Vec<_>>(), [Rule::COMMAND_NOT_ON_SYSTEM]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, device: &EnrolledDevice) -> Violations {
        let mut found = Vec::new();
        let judged = Judged { device, found: &mut found };
        judged.command(self);
        Violations::sorted(found)
    }
}

struct Judged<'j> {
    device: &'j EnrolledDevice,
    found: &'j mut Vec<Violation>,
}

impl Judged<'_> {
    fn command(mut self, command: &Command) {
        let name = command.request_type();
        if !self.available(command.availability(), "RequestType", name) {
            return;
        }
        match command {
            Command::AccountConfiguration(accounts) => {
                for setting in accounts.accounts().settings() {
                    self.key(setting.key.into(), setting.since);
                }
                if accounts.accounts().admin().is_some() && !accounts.has_password() {
                    let message = "the administrator's account has no password";
                    let violation = Violation::new(Rule::ADMIN_WITHOUT_PASSWORD, "AutoSetupAdminAccounts[0]", message);
                    self.found.push(violation.with_help("give a `PasswordHash`"));
                }
            }
            Command::EraseDevice(erase) => self.erase(erase),
            Command::Settings(items) => {
                if items.is_empty() {
                    let violation = Violation::new(Rule::COMMAND_SETTINGS_EMPTY, "Settings", "there is no item");
                    self.found.push(violation.with_help("add an item, or do not send the command"));
                }
                for (place, item) in items.iter().enumerate() {
                    self.item(&format!("Settings[{place}]"), item);
                }
            }
            Command::DeviceConfigured
            | Command::InstallProfile(_)
            | Command::RefreshCellularPlans(_)
            | Command::UserConfigured => {}
        }
    }

    /// Whether the device's system takes it at all; what else is in its way is found on the way.
    fn available(&mut self, availability: Availability, path: &str, name: &str) -> bool {
        let target = self.device.target();
        let mut push = |rule: Rule, message: String, help: String| {
            let violation = Violation::new(rule, path.to_owned(), message).with_found(name.to_owned());
            self.found.push(violation.with_help(help).with_targets(vec![target]));
        };
        let Some(since) = availability.on(target.platform) else {
            push(
                Rule::COMMAND_NOT_ON_SYSTEM,
                format!("{} does not know `{name}`", target.platform),
                format!("do not send it to {}", target.platform),
            );
            return false;
        };
        if target.version < since.version {
            push(
                Rule::COMMAND_TOO_NEW,
                format!("{} {} is the first that knows `{name}`", target.platform, since.version),
                format!("update the device to {} {} first", target.platform, since.version),
            );
            return false;
        }
        if since.deprecated.is_some_and(|deprecated| target.version >= deprecated) {
            let by =
                if name == "MaximumResidentUsers" { "ResidentUsers" } else { "PasscodePolicy.PasscodeLockGracePeriod" };
            push(
                Rule::COMMAND_DEPRECATED,
                format!("`{name}` is deprecated on {target}"),
                format!("send `{by}` of `SharedDeviceConfiguration`"),
            );
        }
        if since.supervised && self.device.supervised == Known::No {
            push(
                Rule::COMMAND_UNSUPERVISED,
                format!("`{name}` needs supervision, and the device is not supervised"),
                "do not send it, or enroll the device anew with a profile that supervises".into(),
            );
        }
        if since.ade && !self.device.ade {
            push(
                Rule::COMMAND_NOT_ADE,
                format!("`{name}` is for devices of ADE, and this one was enrolled otherwise"),
                "do not send it".into(),
            );
        }
        if availability.shared_ipad == SharedIpadUse::Required && self.device.shared_ipad == Known::No {
            push(
                Rule::COMMAND_NOT_SHARED_IPAD,
                format!("`{name}` is for Shared iPad, and the device is none"),
                "do not send it".into(),
            );
        }
        if availability.awaiting && !self.device.awaiting {
            push(
                Rule::COMMAND_NOT_AWAITING,
                format!("`{name}` is taken while the device awaits its configuration, and it does not"),
                "set `await_device_configured` in the profile, and send it before `DeviceConfigured`".into(),
            );
        }
        true
    }

    /// A key that newer systems alone know.
    fn key(&mut self, path: String, since: OsVersion) {
        let target = self.device.target();
        if target.version < since {
            let message = format!("{} {since} is the first that knows the key", target.platform);
            let violation = Violation::new(Rule::COMMAND_KEY_TOO_NEW, path, message).with_targets(vec![target]);
            self.found.push(violation.with_help("leave it out, or update the device first"));
        }
    }

    fn item(&mut self, path: &str, item: &SettingsItem) {
        if !self.available(item.availability(), path, item.item()) {
            return;
        }
        match item {
            SettingsItem::SharedDevice(shared) => {
                for setting in shared.settings() {
                    self.key(format!("{path}.{}", setting.key), setting.since);
                }
                if shared.resident_users.is_some() && !self.device.awaiting {
                    let message = "the device does not await its configuration any more";
                    let path = format!("{path}.ResidentUsers");
                    let violation = Violation::new(Rule::RESIDENT_USERS_LATE, path, message);
                    self.found.push(violation.with_help("send it before `DeviceConfigured`, or erase the device"));
                }
                let grace = shared.passcode_policy.and_then(|policy| policy.passcode_lock_grace_period);
                if grace.is_some_and(|grace| grace > 0) {
                    self.grace(format!("{path}.PasscodePolicy.PasscodeLockGracePeriod"));
                }
            }
            SettingsItem::Legacy(LegacySetting::PasscodeLockGracePeriod { period }) if period.seconds() > 0 => {
                self.grace(path.to_owned());
            }
            _ => {}
        }
    }

    fn grace(&mut self, path: String) {
        if self.device.passcode == Known::Yes {
            let violation = Violation::new(Rule::GRACE_AFTER_PASSCODE, path, "the device has a passcode already");
            self.found.push(violation.with_help("have the user log out, or remove the passcode"));
        }
    }

    fn erase(&mut self, erase: &EraseDevice) {
        const V10_8: OsVersion = OsVersion::new(10, 8, 0);
        const V11_0: OsVersion = OsVersion::new(11, 0, 0);
        const V11_3: OsVersion = OsVersion::new(11, 3, 0);
        const V12_0: OsVersion = OsVersion::new(12, 0, 0);
        const V14_0: OsVersion = OsVersion::new(14, 0, 0);
        const V17_0: OsVersion = OsVersion::new(17, 0, 0);
        const V18_0: OsVersion = OsVersion::new(18, 0, 0);
        const V26_0: OsVersion = OsVersion::new(26, 0, 0);
        const V27_0: OsVersion = OsVersion::new(27, 0, 0);
        let target = self.device.target();
        let mac = target.platform == Platform::MacOs;
        let ios = matches!(target.platform, Platform::Ios | Platform::IpadOs);
        match erase {
            EraseDevice::Mac(erase) => {
                for (is_set, key, since) in
                    [(erase.has_pin(), "PIN", V10_8), (erase.has_obliteration(), "ObliterationBehavior", V12_0)]
                {
                    match is_set {
                        true if mac => self.key(key.into(), since),
                        true => self.elsewhere(key),
                        false => {}
                    }
                }
            }
            EraseDevice::Mobile(erase) => {
                let back = erase.returns_to_service();
                let proximity = erase.disallows_proximity_setup();
                for (is_set, key, since) in [
                    (erase.preserves_data_plan(), "PreserveDataPlan", V11_0),
                    (proximity, "DisallowProximitySetup", V11_3),
                ] {
                    match is_set {
                        true if ios => self.key(key.into(), since),
                        true => self.elsewhere(key),
                        false => {}
                    }
                }
                if let Some(back) = back {
                    let since = match target.platform {
                        Platform::Ios | Platform::IpadOs => Some((V17_0, Some(V26_0))),
                        Platform::TvOs => Some((V18_0, None)),
                        Platform::VisionOs => Some((V26_0, Some(V26_0))),
                        Platform::MacOs | Platform::WatchOs => None,
                    };
                    match since {
                        Some((since, token)) => {
                            self.returns("ReturnToService", since);
                            match (back.has_bootstrap_token(), token) {
                                (true, Some(since)) => self.key("ReturnToService.BootstrapToken".into(), since),
                                (true, None) => self.elsewhere("ReturnToService.BootstrapToken"),
                                (false, _) => {}
                            }
                            match back.retries_enrollment() {
                                true if ios => self.key("ReturnToService.ShouldRetryEnrollment".into(), V27_0),
                                true => self.elsewhere("ReturnToService.ShouldRetryEnrollment"),
                                false => {}
                            }
                        }
                        None => self.elsewhere("ReturnToService"),
                    }
                }
                if proximity && ios && target.version < V14_0 && (erase.preserves_data_plan() || back.is_some()) {
                    let message = "before iOS 14 no other key may stand beside it";
                    let violation = Violation::new(Rule::ERASE_PROXIMITY_ALONE, "DisallowProximitySetup", message);
                    self.found.push(violation.with_help("leave it out, or the others").with_targets(vec![target]));
                }
                if proximity && self.device.shared_ipad == Known::Yes {
                    let message = "the device is a Shared iPad";
                    let violation =
                        Violation::new(Rule::ERASE_PROXIMITY_SHARED_IPAD, "DisallowProximitySetup", message);
                    self.found.push(violation.with_help("leave it out"));
                }
            }
        }
    }

    /// A device that is too old for a return to service would be erased and left: that is no key to be ignored.
    fn returns(&mut self, path: &'static str, since: OsVersion) {
        let target = self.device.target();
        if target.version < since {
            let message = format!("{} {since} is the first that returns to service", target.platform);
            let violation = Violation::new(Rule::COMMAND_TOO_NEW, path, message).with_targets(vec![target]);
            self.found.push(violation.with_help("update the device first, or erase it and set it up by hand"));
        }
    }

    fn elsewhere(&mut self, path: &'static str) {
        let target = self.device.target();
        let message = format!("{} does not know `{path}`", target.platform);
        let violation = Violation::new(Rule::COMMAND_NOT_ON_SYSTEM, path, message).with_targets(vec![target]);
        self.found.push(violation.with_help(format!("leave it out for {}", target.platform)));
    }
}
