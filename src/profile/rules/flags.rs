//! Supervision, removal, and when the device is let go.

use crate::judgement::{Fix, Rule, Violation, rules};
use crate::os::Platform;

use super::super::subject::Subject;
use super::form::written_as;

rules! {
    LOCKED_UNSUPERVISED = "ADE-P050" Error
        "only supervised devices can be kept from removing management"
        why "removal can be forbidden to supervised devices alone, and the service checks it even for systems that supervise always"
        from ["LOK-2", "SUP-6", "X-8", "https://developer.apple.com/documentation/devicemanagement/define-profile"]
        words ["FLAGS_INVALID"];
    UNSUPERVISED = "ADE-P051" Warning
        "iOS and iPadOS 11 and later are enrolled as supervised devices"
        why "Apple deprecated enrollment without supervision with iOS 11; most of management needs supervision"
        from ["SUP-1", "SUP-3", "https://developer.apple.com/documentation/devicemanagement/profile"];
    SUPERVISION_IGNORED = "ADE-P052" Note
        "from iOS and iPadOS 13 on every device is supervised"
        why "the system does not look at `is_supervised`, while the service still checks it"
        from ["SUP-4", "X-26", "https://developer.apple.com/documentation/devicemanagement/profile"];
    ALWAYS_MANDATORY = "ADE-P053" Note
        "from iOS and iPadOS 13 on enrollment is always mandatory"
        why "the system takes `is_mandatory` as true, whatever it says"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    FLAG_LEFT_OUT = "ADE-P054" Note
        "`is_supervised` and `is_mandatory` are said, not left to the default"
        why "Apple's pages and the clients in use disagree on what holds where they are absent"
        from ["X-26", "X-50"];
    AWAIT_UNSUPERVISED = "ADE-P055" Warning
        "only supervised devices await their configuration on iOS"
        why "an unsupervised device with iOS or iPadOS before 13 does not wait for `DeviceConfigured`"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    AWAIT_CONTRADICTED = "ADE-P056" Warning
        "a return to service with apps awaits the configuration"
        why "`is_return_to_service` makes the device behave as if `await_device_configured` were true; systems before 26 go by the latter alone"
        from ["https://developer.apple.com/documentation/devicemanagement/returning-a-managed-device-to-service"];
    PAIRING_DEPRECATED = "ADE-P057" Note
        "from iOS 13 on pairing is governed by the restriction `allowHostPairing`"
        why "Apple deprecated `allow_pairing` with iOS 13"
        from ["PAI-7", "X-38", "https://developer.apple.com/documentation/devicemanagement/profile"];
    HOSTS_UNSUPERVISED = "ADE-P058" Warning
        "only supervised devices have hosts that may pair by certificate"
        why "where the device is not supervised, the list is not used"
        from ["PAI-6", "https://developer.apple.com/documentation/devicemanagement/profile"];
    HOSTS_REDUNDANT = "ADE-P059" Note
        "a list of hosts makes sense where others may not pair"
        why "while `allow_pairing` is not false, every host may pair, and the list changes nothing"
        from ["PAI-1", "https://developer.apple.com/documentation/devicemanagement/profile"];
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    supervision(subject, found);
    awaiting(subject, found);
    pairing(subject, found);
}

/// A flag as it was found.
pub(super) fn flag(value: Option<bool>) -> String {
    value.map_or_else(|| "absent".to_owned(), |value| value.to_string())
}

fn supervision(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    let is_locked = wire.is_mdm_removable == Some(false);
    if is_locked && !subject.is_supervised() {
        let message = "management cannot be removed, but the device is not supervised";
        let violation = Violation::new(Rule::LOCKED_UNSUPERVISED, "is_mdm_removable", message);
        let found_here = format!("false, with is_supervised {}", flag(wire.is_supervised));
        found.push(subject.raising(violation.with_found(found_here), "is_supervised", "remove `is_mdm_removable`"));
    }
    // One thing at a time: whoever locks, and whoever shares, is told to supervise already.
    let speaks_of_it = !is_locked && !subject.is_shared_ipad();
    if subject.is_unsupervised() && speaks_of_it {
        let before_13 = subject.targets_where(|target| {
            super::super::subject::is_ios(target.platform) && (11..13).contains(&target.version.major())
        });
        if !before_13.is_empty() {
            let message = "the device is not supervised";
            let violation = Violation::new(Rule::UNSUPERVISED, "is_supervised", message);
            let violation = violation.with_found(flag(wire.is_supervised));
            found.push(
                violation.with_targets(before_13).with_help("set `is_supervised` to true, unless it must not be"),
            );
        }
    }
    if wire.is_supervised == Some(false) && speaks_of_it {
        let from_13 = subject.ios_from(13, 0);
        if !from_13.is_empty() {
            let message = "the device is supervised all the same";
            let violation = Violation::new(Rule::SUPERVISION_IGNORED, "is_supervised", message).with_found("false");
            found.push(
                violation.with_targets(from_13).with_help("set `is_supervised` to true, which says what happens"),
            );
        }
    }
    if wire.is_mandatory == Some(false) {
        let from_13 = subject.ios_from(13, 0);
        if !from_13.is_empty() {
            let message = "the user cannot refuse the enrollment, although the profile lets him";
            let violation = Violation::new(Rule::ALWAYS_MANDATORY, "is_mandatory", message).with_found("false");
            found
                .push(violation.with_targets(from_13).with_help("set `is_mandatory` to true, which says what happens"));
        }
    }
    let is_odd = |key: &str| wire.odd_in_force().any(|odd| odd.key == key);
    // What stands there under another name is said by the rules on keys.
    let is_left_out = |key: &str| !is_odd(key) && written_as(wire, key).is_none();
    if wire.is_supervised.is_none() && is_left_out("is_supervised") && speaks_of_it {
        let message = "`is_supervised` is left out";
        let help = "set it to true; to false only for a device with iOS before 11 that must not be supervised";
        found.push(Violation::new(Rule::FLAG_LEFT_OUT, "is_supervised", message).with_help(help));
    }
    if wire.is_mandatory.is_none() && is_left_out("is_mandatory") {
        let message = "`is_mandatory` is left out";
        let help = "set it to true, or to false if users of a Mac or Apple TV may refuse";
        found.push(Violation::new(Rule::FLAG_LEFT_OUT, "is_mandatory", message).with_help(help));
    }
}

fn awaiting(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    if wire.await_device_configured == Some(true) && subject.is_unsupervised() {
        let old = subject
            .targets_where(|target| super::super::subject::is_ios(target.platform) && target.version.major() < 13);
        if !old.is_empty() {
            let message = "the device is not supervised, and will not await its configuration";
            let violation = Violation::new(Rule::AWAIT_UNSUPERVISED, "await_device_configured", message);
            found.push(violation.with_found("true").with_targets(old).with_help("set `is_supervised` to true"));
        }
    }
    let returning = subject.targets_where(|target| {
        let knows = super::super::subject::is_ios(target.platform) || target.platform == Platform::VisionOs;
        knows && target.version.major() >= 26
    });
    let may_return = subject.targets().is_empty() || !returning.is_empty();
    if wire.is_return_to_service == Some(true) && wire.await_device_configured == Some(false) && may_return {
        let message = "the device awaits its configuration all the same, since it is returned to service with its apps";
        let violation = Violation::new(Rule::AWAIT_CONTRADICTED, "await_device_configured", message);
        let violation = violation.with_found("false").with_targets(returning.clone());
        // On other systems the flag holds as it is.
        found.push(if !returning.is_empty() && returning.len() == subject.targets().len() {
            violation.with_fix(Fix::set_bool("await_device_configured", true))
        } else {
            violation.with_help("set `await_device_configured` to true, if these devices are all to return to service")
        });
    }
}

fn pairing(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let wire = subject.wire;
    if let Some(allowed) = wire.allow_pairing {
        let from_13 = subject.targets_where(|target| {
            matches!(target.platform, Platform::Ios | Platform::IpadOs) && target.version.major() >= 13
        });
        if !from_13.is_empty() {
            let message = "`allow_pairing` is deprecated";
            let violation = Violation::new(Rule::PAIRING_DEPRECATED, "allow_pairing", message);
            let help = "send the restriction `allowHostPairing` after enrollment, too";
            found.push(violation.with_found(allowed.to_string()).with_targets(from_13).with_help(help));
        }
    }
    if wire.supervising_host_certs.as_ref().is_none_or(Vec::is_empty) {
        return;
    }
    if subject.is_unsupervised() {
        let message = "the hosts that may pair are named, but the device is not supervised";
        let violation = Violation::new(Rule::HOSTS_UNSUPERVISED, "supervising_host_certs", message);
        let violation = violation.with_targets(subject.unsupervised());
        found.push(violation.with_help("set `is_supervised` to true, or remove `supervising_host_certs`"));
    } else if wire.allow_pairing != Some(false) {
        let message = "every host may pair, so that the list changes nothing";
        let violation = Violation::new(Rule::HOSTS_REDUNDANT, "supervising_host_certs", message);
        found.push(violation.with_help("set `allow_pairing` to false, if only these hosts are meant"));
    }
}
