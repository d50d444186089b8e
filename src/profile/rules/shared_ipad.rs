//! Shared iPad.

use crate::judgement::{Rule, Violation, rules};
use crate::os::{OsVersion, Platform};
use crate::shared_ipad::{LEAST_STORAGE, SharedIpad, StorageAdvice};

use super::super::subject::Subject;
use super::shown;

rules! {
    SHARED_IPAD_UNSUPERVISED = "ADE-P300" Error
        "a Shared iPad is supervised"
        why "Shared iPad is a mode of supervised devices alone"
        from ["SHI-1", "SUP-5", "https://developer.apple.com/documentation/devicemanagement/profile"];
    SHARED_IPAD_WITH_USER = "ADE-P301" Error
        "a Shared iPad belongs to nobody"
        why "its users sign in one after the other; there is no user to enroll it for"
        from ["SHI-1", "SHI-5"];
    SHARED_IPAD_NOT_IPAD = "ADE-P302" Error
        "Shared iPad is for iPads"
        why "a device that cannot be a Shared iPad has to be wiped to get out of such a profile"
        from ["SHI-3", "SHI-4"];
    SHARED_IPAD_TOO_OLD = "ADE-P303" Error
        "Shared iPad needs iPadOS 13.4, or 9.3 in a school"
        why "older systems know Shared iPad from Apple School Manager alone, or not at all"
        from ["SHI-2", "SHI-3", "X-11"];
    SHARED_IPAD_WEB_VIEW = "ADE-P304" Warning
        "a Shared iPad is enrolled without a sign-in"
        why "the page of `configuration_web_url` asks somebody to sign in, although the device will belong to nobody"
        from ["SHI-1", "AFF-9"];
    SHARED_IPAD_NOT_AWAITING = "ADE-P305" Warning
        "a Shared iPad awaits its configuration"
        why "the number of users has to be set before anybody signs in, and the passcode's grace before there is a passcode: that is while it is held"
        from ["SHI-17", "https://developer.apple.com/documentation/devicemanagement/shareddeviceconfiguration"];
    SHARED_SETTING_TOO_NEW = "ADE-P306" Warning
        "the settings of a Shared iPad exist on its system"
        why "an older system does not know the setting, and goes by its own default"
        from ["SHI-9", "SHI-10", "SHI-11", "SHI-13", "https://developer.apple.com/documentation/devicemanagement/shareddeviceconfiguration"];
    SHARED_DOMAINS_MANY = "ADE-P307" Warning
        "a Shared iPad suggests at most three domains"
        why "of more than three the device shows three at random"
        from ["https://developer.apple.com/documentation/devicemanagement/shareddeviceconfiguration"];
    SHARED_GRACE_ROUNDED = "ADE-P308" Note
        "the passcode's grace is 0, 60, 300, 900, 3600 or 14400 seconds"
        why "the device rounds other values down"
        from ["SHI-9", "X-18", "https://developer.apple.com/documentation/devicemanagement/shareddeviceconfiguration"];
    SHARED_STORAGE_TIGHT = "ADE-P309" Warning
        "as many users are kept as the storage has room for"
        why "by Apple's figures a user needs 1 GB on a device of 32 GB, and 2 GB on a larger one, beside system and apps"
        from ["SHI-7", "SHI-8", "X-22"];
    SHARED_AND_RETURN_TO_SERVICE = "ADE-P310" Warning
        "a device is shared, or returned to service with its apps"
        why "Apple documents each for devices of one kind, and what both together do is not documented"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    SHARED_STORAGE_LITTLE = "ADE-P311" Warning
        "a Shared iPad has 32 GB or more"
        why "by Apple's deployment guide there is no Shared iPad on devices with less"
        from ["SHI-8", "X-22", "Apple's deployment guide on Shared iPad"];
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if !subject.is_shared_ipad() {
        return;
    }
    device(subject, found);
    storage(subject, found);
    keys(subject, found);
    settings(subject, found);
}

/// The first iPadOS that can be shared: the one in a school (SHI-2), or the one for everybody.
fn least(subject: &Subject<'_>) -> OsVersion {
    if subject.check.is_in_education() { OsVersion::new(9, 3, 0) } else { OsVersion::new(13, 4, 0) }
}

fn device(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let shared = |rule, message: &'static str| Violation::new(rule, "is_multi_user", message).with_found("true");
    let is_locked = subject.wire.is_mdm_removable == Some(false);
    if !subject.is_supervised() && !is_locked {
        let message = "the iPad is shared, but not supervised";
        let violation = shared(Rule::SHARED_IPAD_UNSUPERVISED, message);
        found.push(subject.raising(violation, "is_supervised", "remove `is_multi_user`"));
    }
    let others = subject.targets_where(|target| target.platform != Platform::IpadOs);
    if !others.is_empty() {
        let help = "give these devices another profile, and this one to iPads alone";
        let message = "the profile is for devices that cannot be a Shared iPad";
        found.push(shared(Rule::SHARED_IPAD_NOT_IPAD, message).with_targets(others).with_help(help));
    }
    let least = least(subject);
    let older = subject.targets_where(|target| target.platform == Platform::IpadOs && target.version < least);
    if !older.is_empty() {
        let help = format!("update these iPads to {least} or later before they are assigned");
        let message = "the system is too old for Shared iPad";
        found.push(shared(Rule::SHARED_IPAD_TOO_OLD, message).with_targets(older).with_help(help));
    }
}

fn storage(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Some(storage) = subject.check.storage().filter(|gigabytes| *gigabytes < LEAST_STORAGE) else { return };
    let message = format!("the devices have {storage} GB, and a Shared iPad has {LEAST_STORAGE} GB at least");
    let violation = Violation::new(Rule::SHARED_STORAGE_LITTLE, "is_multi_user", message).with_found("true");
    found.push(violation.with_help("give these devices another profile, and this one to iPads with more storage"));
}

fn keys(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    if subject.beside.affinity.is_some_and(|affinity| affinity.method().is_some()) {
        let message = "the iPad is shared, but is to be enrolled for one user";
        let violation = Violation::new(Rule::SHARED_IPAD_WITH_USER, "is_multi_user", message).with_found("true");
        found.push(violation.with_help("describe it without user affinity, or leave `is_multi_user` out"));
    }
    if wire.configuration_web_url.is_some() {
        let message = "a page is shown before enrollment, for a sign-in that the Shared iPad has no use for";
        let violation = Violation::new(Rule::SHARED_IPAD_WEB_VIEW, "configuration_web_url", message);
        found.push(violation.with_help("leave it out, unless the page asks for something else than the user"));
    }
    let returns = wire.is_return_to_service == Some(true);
    if returns {
        let message = "the iPad is shared, and is to be returned to service with its apps";
        let violation = Violation::new(Rule::SHARED_AND_RETURN_TO_SERVICE, "is_return_to_service", message);
        found.push(violation.with_found("true").with_help("leave one of the two out"));
    }
    if wire.await_device_configured != Some(true) && !returns {
        let message = "the Shared iPad does not await its configuration";
        let violation = Violation::new(Rule::SHARED_IPAD_NOT_AWAITING, "await_device_configured", message);
        let other = "configure these iPads before anybody signs in by other means";
        found.push(subject.raising(violation, "await_device_configured", other));
    }
}

fn settings(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Some(sessions) = subject.beside.shared_ipad else { return };
    for setting in sessions.settings() {
        // Before iPadOS 17 the grace is an item of its own, and devices that are too old to be shared have been spoken of.
        let has_forerunner = setting.key == "PasscodePolicy.PasscodeLockGracePeriod";
        let old = subject.targets_where(|target| {
            target.platform == Platform::IpadOs
                && (least(subject)..setting.since).contains(&target.version)
                && !has_forerunner
        });
        if !old.is_empty() {
            let message = format!("`{}` came with iPadOS {}", setting.key, setting.since);
            let path = format!("shared_ipad.{}", setting.key);
            let violation = Violation::new(Rule::SHARED_SETTING_TOO_NEW, path, message);
            found.push(violation.with_targets(old).with_help("update these iPads, or do without it on them"));
        }
    }
    if let SharedIpad::Accounts(accounts) = sessions {
        if let Some(domains) = accounts.domains().filter(|domains| domains.picks_at_random()) {
            let message = format!("there are {} domains to suggest", domains.as_slice().len());
            let path = "shared_ipad.ManagedAppleIDDefaultDomains";
            let violation = Violation::new(Rule::SHARED_DOMAINS_MANY, path, message);
            found.push(violation.with_found(shown(domains)).with_help("keep the three that most users have"));
        }
        if let Some(grace) = accounts.grace().filter(|grace| grace.is_rounded()) {
            let effective = grace.effective().seconds();
            let message = format!("the grace of {} seconds will be one of {effective}", grace.seconds());
            let path = "shared_ipad.PasscodePolicy.PasscodeLockGracePeriod";
            let violation = Violation::new(Rule::SHARED_GRACE_ROUNDED, path, message);
            let found_here = grace.seconds().to_string();
            found.push(
                violation.with_found(found_here).with_help(format!("set it to {effective}, which says what happens")),
            );
        }
    }
    let advice = subject.check.storage().and_then(|gigabytes| sessions.advice(gigabytes));
    if let Some(advice) = advice.filter(StorageAdvice::is_tight) {
        let violation = Violation::new(Rule::SHARED_STORAGE_TIGHT, "shared_ipad.ResidentUsers", advice.to_string());
        let violation = violation.with_found(advice.users().to_string());
        found.push(violation.with_help(format!("keep {} users at most", advice.fits())));
    }
}
