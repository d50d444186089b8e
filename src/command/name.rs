//! The name that a device has, and the one that it should have.

use super::device::{EnrolledDevice, Known};
use super::request::Command;
use super::settings::SettingsItem;
use crate::device_name::{DeviceName, RenderError};
use crate::judgement::{Rule, Violation};
use crate::profile::EnrollmentProfile;

/// The name that the profile's template gives a device; `None` where there is no template (NAM-1), or where templates are not for this
/// kind of device (NAM-4).
///
/// # Errors
///
/// The template gives this device no name (NAM-5).
pub fn desired_name(profile: &EnrollmentProfile, device: &EnrolledDevice) -> Result<Option<DeviceName>, RenderError> {
    let template = profile.device_name().filter(|_| device.device_type().takes_name_template());
    template.map(|template| template.render(device.serial(), device.device_type())).transpose()
}

/// The command that gives a device its name, if it has another one now: at each check-in (NAM-2). A changed template therefore needs no
/// reset (NAM-6, PRO-7).
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::command::{EnrolledDevice, rename};
/// use apple_ade::device_name::DeviceType;
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
///
/// let profile = EnrollmentProfile::builder("iPads", "https://mdm.example.com/enroll")
///     .mode(Supervised::new(UserAffinity::Without))
///     .device_name("iPad-{{SERIAL}}".parse()?)
///     .build()?;
/// let ipad = EnrolledDevice::new("DMPC0000ABCD".parse()?, DeviceType::Ipad, "17.4".parse()?);
/// assert!(rename(&profile, &ipad.clone().named("Bobby's"))?.is_some());
/// assert!(rename(&profile, &ipad.named("iPad-DMPC0000ABCD"))?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The template gives this device no name.
pub fn rename(profile: &EnrollmentProfile, device: &EnrolledDevice) -> Result<Option<Command>, RenderError> {
    let supervised = match device.supervised {
        Known::Unknown => profile.mode().is_supervised_on(device.target()),
        known => known == Known::Yes,
    };
    let name = desired_name(profile, device)?;
    let name = name.filter(|name| supervised && device.name.as_deref() != Some(name.as_str()));
    Ok(name.map(|name| Command::Settings(vec![SettingsItem::DeviceName(name)])))
}

/// The name for a plan, or why there is none.
pub(super) fn planned(
    profile: &EnrollmentProfile,
    device: &EnrolledDevice,
) -> Result<Option<DeviceName>, Box<Violation>> {
    let Some(template) = profile.device_name() else { return Ok(None) };
    let kind = device.device_type();
    if !kind.takes_name_template() {
        let message = format!("the device is of the kind {kind}");
        let violation = Violation::new(Rule::PLAN_NAME_NOT_SUPPORTED, "device_name", message);
        let violation = violation.with_found(template.as_str().to_owned());
        return Err(Box::new(violation.with_help("leave out the template for these devices, or name them by hand")));
    }
    match template.render(device.serial(), kind) {
        Ok(name) => Ok(Some(name).filter(|name| device.name.as_deref() != Some(name.as_str()))),
        Err(error) => {
            let violation = Violation::new(Rule::PLAN_NAME_NOT_RENDERED, "device_name", error.to_string());
            let violation = violation.with_found(template.as_str().to_owned());
            Err(Box::new(violation.with_help("change the template, which needs no reset")))
        }
    }
}
