//! What the profile is meant for: migration from another MDM, return to service.

use crate::judgement::{Rule, Violation, rules};
use crate::os::Platform;

use super::super::subject::{Subject, is_ios};
use super::flags::flag;

rules! {
    MIGRATION_EXCLUDED = "ADE-P700" Error
        "neither a Shared iPad nor a device that returns to service with its apps is migrated"
        why "Apple leaves such devices out of migration from one MDM to another"
        from ["X-27", "https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices"];
    MIGRATION_NOT_AWAITING = "ADE-P701" Warning
        "a device that is migrated awaits its configuration"
        why "only while it is held can the new MDM lock it to the organisation, and name the apps that are kept"
        from ["https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices"];
    MIGRATION_TOO_OLD = "ADE-P702" Warning
        "migration needs iOS, iPadOS or macOS 26"
        why "other systems come to the new MDM only by a wipe"
        from ["https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices"];
    RETURN_TO_SERVICE_WEB_VIEW = "ADE-P710" Note
        "with a web view, a return to service needs the enrollment profile in the command"
        why "nobody is there to sign in on the page, so that the device takes `MDMProfileData` of `EraseDevice` in its place"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    RETURN_TO_SERVICE_UNSUPERVISED = "ADE-P711" Warning
        "a device that returns to service with its apps is supervised"
        why "its apps are kept for supervised devices of automated enrollment alone"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.check.is_for_migration() {
        migration(subject, found);
    }
    if subject.wire.is_return_to_service == Some(true) {
        return_to_service(subject, found);
    }
}

fn migration(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    let excluding = [("is_multi_user", wire.is_multi_user), ("is_return_to_service", wire.is_return_to_service)];
    let excluding = excluding.iter().filter(|(_, flag)| *flag == Some(true));
    for (key, _) in excluding {
        let message = format!("the profile is for devices that are migrated, and `{key}` excludes them");
        let violation = Violation::new(Rule::MIGRATION_EXCLUDED, *key, message).with_found("true");
        found.push(violation.with_help(format!("remove `{key}`, or wipe these devices instead of migrating them")));
    }
    // A Shared iPad has a rule of its own about waiting, and what is returned to service waits anyway.
    let waits = wire.await_device_configured == Some(true) || wire.is_return_to_service == Some(true);
    if !waits && !subject.is_shared_ipad() {
        let message = "the device is migrated without awaiting its configuration";
        let violation = Violation::new(Rule::MIGRATION_NOT_AWAITING, "await_device_configured", message);
        found.push(subject.raising(
            violation,
            "await_device_configured",
            "wipe these devices instead of migrating them",
        ));
    }
    let old = subject.targets_where(|target| {
        target.version.major() < 26 || !(is_ios(target.platform) || target.platform == Platform::MacOs)
    });
    if !old.is_empty() {
        let violation = Violation::new(Rule::MIGRATION_TOO_OLD, "$", "some of the systems know no migration");
        found.push(violation.with_targets(old).with_help("update these devices first, or wipe them"));
    }
}

fn return_to_service(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    if wire.configuration_web_url.is_some() {
        let message = "devices that return to service will not open the page";
        let violation = Violation::new(Rule::RETURN_TO_SERVICE_WEB_VIEW, "configuration_web_url", message);
        found.push(violation.with_help("give `MDMProfileData` with `ReturnToService` of the command `EraseDevice`"));
    }
    if subject.is_unsupervised() && wire.is_mdm_removable != Some(false) && !subject.is_shared_ipad() {
        let message = "the device is to return to service with its apps, but is not supervised";
        let violation = Violation::new(Rule::RETURN_TO_SERVICE_UNSUPERVISED, "is_supervised", message);
        let violation = violation.with_found(flag(wire.is_supervised)).with_targets(subject.unsupervised());
        found.push(subject.raising(violation, "is_supervised", "remove `is_return_to_service`"));
    }
}
