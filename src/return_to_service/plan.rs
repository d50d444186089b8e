//! What a device needs to be returned to service.

use crate::affinity::{AuthMethod, UserAffinity};
use crate::command::{Command, EnrolledDevice, EraseDevice, EraseMobile, Known, ReturnToService};
use crate::judgement::{Rule, Violation, Violations};
use crate::os::Platform;
use crate::profile::{EnrollmentProfile, Release};

/// How an erased device gets to a network by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Network {
    /// Nobody knows.
    #[default]
    Unknown,
    /// By Wi-Fi alone.
    WifiOnly,
    /// By cellular, which is enough for the command and not for the reply to a check-in.
    Cellular,
    /// By Ethernet.
    Ethernet,
}

/// Whether Activation Lock is on. What a device reports of it can be wrong both ways.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ActivationLock {
    /// Nobody knows.
    #[default]
    Unknown,
    /// It is off: it was never on, or it was taken off before.
    Off,
    /// It is on.
    On,
}

/// Something that goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Need {
    /// `MDMProfileData`: the device cannot fetch the enrollment profile by itself.
    MdmProfile,
    /// `WiFiProfileData`: there is no other network, or none that is known.
    WifiProfile,
    /// `BootstrapToken`: apps are to be kept.
    BootstrapToken,
    /// Activation Lock has to be taken off first.
    ActivationLockOff,
}

/// A return to service that is looked at before it is ordered.
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::command::EnrolledDevice;
/// use apple_ade::device_name::DeviceType;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
/// use apple_ade::return_to_service::{ActivationLock, Need, Network, ReturnPlan, ReturnToService};
///
/// let profile = EnrollmentProfile::builder("Loan iPads", "https://mdm.example.com/enroll")
///     .mode(Supervised::new(UserAffinity::Without))
///     .build()?;
/// let ipad = EnrolledDevice::new("DMPC0000ABCD".parse()?, DeviceType::Ipad, "18.1".parse()?);
/// let plan = ReturnPlan::new(&profile, &ipad).network(Network::WifiOnly).activation_lock(ActivationLock::Off);
/// assert_eq!(plan.needs(), [Need::WifiProfile]);
///
/// let refused = plan.erase(ReturnToService::new()).unwrap_err();
/// assert_eq!(refused.errors().next().map(|violation| violation.path()), Some("ReturnToService.WiFiProfileData"));
/// let command = plan.erase(ReturnToService::new().wifi_profile(b"<?xml...".to_vec()))?;
/// assert_eq!(command.request_type(), "EraseDevice");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ReturnPlan<'p> {
    profile: &'p EnrollmentProfile,
    device: &'p EnrolledDevice,
    network: Network,
    activation_lock: ActivationLock,
}

impl<'p> ReturnPlan<'p> {
    /// For this device, which has this profile.
    pub fn new(profile: &'p EnrollmentProfile, device: &'p EnrolledDevice) -> Self {
        Self { profile, device, network: Network::Unknown, activation_lock: ActivationLock::Unknown }
    }

    /// How it gets to a network.
    #[must_use]
    pub fn network(self, network: Network) -> Self {
        Self { network, ..self }
    }

    /// Whether it is locked.
    #[must_use]
    pub fn activation_lock(self, activation_lock: ActivationLock) -> Self {
        Self { activation_lock, ..self }
    }

    /// What goes along with the command, and what comes before it.
    pub fn needs(&self) -> Vec<Need> {
        let needs = [
            (self.mdm_profile_because().is_some(), Need::MdmProfile),
            (self.network <= Network::WifiOnly, Need::WifiProfile),
            (self.keeps_apps(), Need::BootstrapToken),
            (self.activation_lock != ActivationLock::Off, Need::ActivationLockOff),
        ];
        needs.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, need)| need).collect()
    }

    /// What is wrong with returning the device by command with this.
    pub fn check(&self, back: &ReturnToService) -> Violations {
        Violations::sorted(self.judge(back, false))
    }

    /// What is wrong with answering the device's own request with this: here cellular is no network.
    pub fn check_reply(&self, back: &ReturnToService) -> Violations {
        Violations::sorted(self.judge(back, true))
    }

    /// The command that returns the device.
    ///
    /// # Errors
    ///
    /// All violations, if one of them is an error.
    pub fn erase(&self, back: ReturnToService) -> Result<Command, Violations> {
        let mut found = self.judge(&back, false);
        let command = Command::EraseDevice(EraseDevice::from(EraseMobile::new().return_to_service(back)));
        found.extend(command.check(self.device));
        let violations = Violations::sorted(found);
        if violations.has_errors() { Err(violations) } else { Ok(command) }
    }

    /// Whether apps stay on the device.
    fn keeps_apps(&self) -> bool {
        let target = self.device.target();
        let has_it = matches!(target.platform, Platform::Ios | Platform::IpadOs | Platform::VisionOs);
        has_it && target.version.major() >= 26 && self.profile.setup().release() == Release::ReturnToService
    }

    /// Why the device cannot fetch the profile.
    fn mdm_profile_because(&self) -> Option<&'static str> {
        if !self.device.is_enrolled_by_ade() {
            return Some("the device was not enrolled by ADE");
        }
        let supervised = match self.device.supervision() {
            Known::Unknown => self.profile.mode().is_supervised_on(self.device.target()),
            known => known == Known::Yes,
        };
        if !supervised {
            return Some("the device is not supervised");
        }
        if self.profile.wire().configuration_web_url.is_some() {
            return Some("the profile has `configuration_web_url`, where somebody would have to sign in");
        }
        match self.profile.mode().affinity() {
            UserAffinity::With(AuthMethod::SetupAssistantLegacy(_)) => {
                Some("`url` asks for a user name and a password")
            }
            _ => None,
        }
    }

    fn judge(&self, back: &ReturnToService, is_reply: bool) -> Vec<Violation> {
        let mut found = Vec::new();
        if let Some(because) = self.mdm_profile_because().filter(|_| !back.has_mdm_profile()) {
            let path = "ReturnToService.MDMProfileData";
            let violation = Violation::new(Rule::RETURN_NEEDS_MDM_PROFILE, path, because);
            found.push(violation.with_help("give the enrollment profile, as `url` would"));
        }
        if !back.has_wifi_profile() {
            let path = "ReturnToService.WiFiProfileData";
            let help = "give a profile with the payload `com.apple.wifi.managed`";
            match self.network {
                Network::WifiOnly => {
                    let message = "Wi-Fi is the device's only network";
                    found.push(Violation::new(Rule::RETURN_NEEDS_WIFI, path, message).with_help(help));
                }
                Network::Cellular if is_reply => {
                    let message = "in the reply to the device's own request cellular is not enough";
                    found.push(Violation::new(Rule::RETURN_NEEDS_WIFI, path, message).with_help(help));
                }
                Network::Unknown => {
                    let message = "nobody knows whether the device has another network";
                    found.push(Violation::new(Rule::RETURN_NETWORK_UNKNOWN, path, message).with_help(help));
                }
                Network::Cellular | Network::Ethernet => {}
            }
        }
        if self.keeps_apps() && !back.has_bootstrap_token() {
            let path = "ReturnToService.BootstrapToken";
            let message = "the profile has `is_return_to_service`, and apps would be erased all the same";
            let violation = Violation::new(Rule::RETURN_NEEDS_BOOTSTRAP_TOKEN, path, message);
            found.push(violation.with_help("give the token that the device has set by `SetBootstrapToken`"));
        }
        match self.activation_lock {
            ActivationLock::On => {
                let message = "Activation Lock is on";
                let violation = Violation::new(Rule::RETURN_ACTIVATION_LOCK, "ReturnToService", message);
                found.push(violation.with_help("take it off first, with the bypass code"));
            }
            ActivationLock::Unknown => {
                let message = "nobody knows whether Activation Lock is on";
                let violation = Violation::new(Rule::RETURN_ACTIVATION_LOCK_UNKNOWN, "ReturnToService", message);
                found.push(violation.with_help("clear it with the bypass code, whether it is on or not"));
            }
            ActivationLock::Off => {}
        }
        found
    }
}
