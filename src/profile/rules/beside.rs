//! What is said beside Apple's keys: the user, the device's name, its cellular plan, the accounts of a Mac.

use crate::affinity::{AuthMethod, UserAffinity};
use crate::judgement::{Rule, Violation, rules};
use crate::os::Platform;

use super::super::cellular::CellularPlan;
use super::super::subject::{Subject, is_ios};
use super::shown;

rules! {
    WEB_VIEW_MISSING = "ADE-P600" Error
        "a sign-in on a web page has its page"
        why "with modern authentication the user signs in on the page of `configuration_web_url`"
        from ["AFF-9", "https://developer.apple.com/documentation/devicemanagement/authenticating-through-web-views"];
    WEB_VIEW_UNEXPECTED = "ADE-P601" Warning
        "a web page is shown where the user signs in on it"
        why "systems with web views show the page of `configuration_web_url` whatever else is meant, so that the user is asked there"
        from ["AFF-8", "AFF-9", "https://developer.apple.com/documentation/devicemanagement/profile"];
    NAME_NOT_SUPPORTED = "ADE-P610" Warning
        "names are given to iPhone, iPad and iPod touch"
        why "by Intune's documentation the template is for these alone"
        from ["NAM-4"];
    NAME_TOO_LONG = "ADE-P611" Warning
        "a device's name has at most 63 characters with the variables filled in"
        why "the limit is stated for the template; what comes of it can be longer, and is then refused"
        from ["NAM-5", "X-47"];
    NAME_NOT_HOST_NAME = "ADE-P612" Note
        "a device's name can be its host name"
        why "on the network the device changes what is not a letter, a digit or a hyphen"
        from ["NAM-3", "RFC 1123 section 2.1"];
    NAMES_ALIKE = "ADE-P613" Warning
        "every device gets a name of its own"
        why "without the serial number, all devices of one type have the same name"
        from ["NAM-3"];
    NAME_UNSUPERVISED = "ADE-P614" Warning
        "only supervised devices are named by the MDM"
        why "the command that sets a device's name needs supervision"
        from ["NAM-2"];
    CELLULAR_TOO_OLD = "ADE-P620" Warning
        "a cellular plan is activated from iOS and iPadOS 13 on"
        why "older systems do not know the command `RefreshCellularPlans`"
        from ["CEL-1", "CEL-2"];
    CELLULAR_NOT_SUPPORTED = "ADE-P621" Warning
        "a cellular plan is for iOS and iPadOS"
        why "other systems have no eSIM that is set up by a profile"
        from ["CEL-1", "CEL-2"];
    ACCOUNT_NOT_MAC = "ADE-P630" Warning
        "accounts are created on Macs"
        why "only macOS knows the command `AccountConfiguration`"
        from ["https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand"];
    ACCOUNT_SETTING_TOO_NEW = "ADE-P631" Warning
        "the settings of a Mac's accounts exist on its system"
        why "an older system does not know the setting, and ignores it"
        from ["https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand"];
    ACCOUNT_NOT_AWAITING = "ADE-P632" Error
        "a Mac whose accounts are created awaits its configuration"
        why "the command `AccountConfiguration` works only while the device is held"
        from ["https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand"];
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    sign_in(subject, found);
    name(subject, found);
    cellular(subject, found);
    account(subject, found);
}

fn sign_in(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let page = subject.wire.configuration_web_url.as_ref();
    match (subject.beside.affinity, page) {
        (Some(UserAffinity::With(AuthMethod::SetupAssistantModern(_))), None) => {
            let message = "the user is to sign in on a web page, and there is none";
            let violation = Violation::new(Rule::WEB_VIEW_MISSING, "configuration_web_url", message);
            found.push(violation.with_help("give the https URL of the page, or another authentication method"));
        }
        // A Shared iPad has a rule of its own.
        (Some(UserAffinity::Without), Some(page)) if !subject.is_shared_ipad() => {
            let message = "a page is shown, although the device is to have no user";
            let violation = Violation::new(Rule::WEB_VIEW_UNEXPECTED, "configuration_web_url", message);
            let help = "remove the key, unless the page asks for something else than the user";
            found.push(violation.with_found(shown(page)).with_help(help));
        }
        (Some(UserAffinity::With(AuthMethod::SetupAssistantLegacy(_) | AuthMethod::CompanyPortal(_))), Some(page)) => {
            let message = "a page is shown, although the user is to sign in elsewhere";
            let violation = Violation::new(Rule::WEB_VIEW_UNEXPECTED, "configuration_web_url", message);
            let help = "remove the key, or say that the user signs in on it (SetupAssistantModern)";
            found.push(violation.with_found(shown(page)).with_help(help));
        }
        _ => {}
    }
}

fn name(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Some(template) = subject.beside.device_name else { return };
    let violation = |rule, message: String| Violation::new(rule, "device_name", message).with_found(shown(template));
    let others = subject.targets_where(|target| !is_ios(target.platform));
    if !others.is_empty() {
        let message = "some of the systems are not named by a template".to_owned();
        let help = "give these devices another profile";
        found.push(violation(Rule::NAME_NOT_SUPPORTED, message).with_targets(others).with_help(help));
    }
    let longest = template.longest_rendering();
    if longest > 63 {
        let message = format!("a device's name can have {longest} characters");
        let help = format!("shorten the text around the variables by {}", longest - 63);
        found.push(violation(Rule::NAME_TOO_LONG, message).with_help(help));
    }
    let literal = template.as_str().replace("{{SERIAL}}", "0").replace("{{DEVICETYPE}}", "0");
    let odd: String = literal.chars().filter(|c| !c.is_ascii_alphanumeric() && *c != '-').collect();
    if !odd.is_empty() || literal.starts_with('-') || literal.ends_with('-') {
        let message = "the names will not be their host names as they are".to_owned();
        let help = "use letters, digits, and hyphens between them, if the names matter on the network";
        found.push(violation(Rule::NAME_NOT_HOST_NAME, message).with_help(help));
    }
    if !template.names_are_distinct() {
        let message = "several devices will have the same name".to_owned();
        found.push(violation(Rule::NAMES_ALIKE, message).with_help("put `{{SERIAL}}` into the template"));
    }
    let is_refused = subject.is_shared_ipad() || subject.wire.is_mdm_removable == Some(false);
    if subject.is_unsupervised() && !is_refused {
        let message = "the device is to be named, but is not supervised".to_owned();
        let violation = violation(Rule::NAME_UNSUPERVISED, message).with_targets(subject.unsupervised());
        found.push(violation.with_help("set `is_supervised` to true"));
    }
}

fn cellular(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.beside.cellular_plan.is_none() {
        return;
    }
    let old = subject.targets_where(|target| is_ios(target.platform) && target.version < CellularPlan::SINCE);
    if !old.is_empty() {
        let violation = Violation::new(Rule::CELLULAR_TOO_OLD, "cellular_plan", "some of the systems are too old");
        found.push(violation.with_targets(old).with_help("update these devices, or enter the plan by hand"));
    }
    let others = subject.targets_where(|target| !is_ios(target.platform));
    if !others.is_empty() {
        let message = "some of the systems have no cellular plan";
        let violation = Violation::new(Rule::CELLULAR_NOT_SUPPORTED, "cellular_plan", message);
        found.push(violation.with_targets(others).with_help("give these devices another profile"));
    }
}

fn account(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let Some(account) = subject.beside.account else { return };
    if subject.wire.await_device_configured != Some(true) {
        let message = "accounts are to be created, but the Mac does not await its configuration";
        let violation = Violation::new(Rule::ACCOUNT_NOT_AWAITING, "await_device_configured", message);
        found.push(subject.raising(violation, "await_device_configured", "create no accounts"));
    }
    let others = subject.targets_where(|target| target.platform != Platform::MacOs);
    if !others.is_empty() {
        let message = "accounts are to be created on systems that know no such command";
        let violation = Violation::new(Rule::ACCOUNT_NOT_MAC, "account", message);
        found.push(violation.with_targets(others).with_help("give these devices another profile"));
    }
    for setting in account.settings() {
        let old = subject.targets_where(|target| target.platform == Platform::MacOs && target.version < setting.since);
        if !old.is_empty() {
            let message = format!("`{}` came with macOS {}", setting.key, setting.since);
            let violation = Violation::new(Rule::ACCOUNT_SETTING_TOO_NEW, format!("account.{}", setting.key), message);
            found.push(violation.with_targets(old).with_help("update these Macs, or do without it on them"));
        }
    }
}
