//! The panes to skip, on the systems that the profile is for.

use crate::judgement::{Rule, Violation, rules};
use crate::os::{OsVersion, Platform, Target};
use crate::setup_assistant::{Availability, KeyStatus, SkipKey};

use super::super::subject::Subject;
use super::quoted;
use super::skip::{Seen, is_redundant, path};

rules! {
    SKIP_KEY_NOT_ON_PLATFORM = "ADE-P210" Note
        "a skip key is one that at least one of the targets' operating systems has"
        why "the others have no such pane, and the key does nothing"
        from ["SCR-7", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_NOT_YET = "ADE-P211" Note
        "a skip key exists on the targets that have its operating system"
        why "a system that is older than the key does not know it"
        from ["SCR-7", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_DEPRECATED = "ADE-P212" Note
        "a skip key is not deprecated"
        why "Apple advises against the key, and the pane may be gone"
        from ["SCR-7", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_REMOVED = "ADE-P213" Note
        "a skip key has not been removed"
        why "the system has the pane no more, and the key does nothing"
        from ["SCR-7", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_NOT_ALWAYS = "ADE-P214" Note
        "some panes cannot always be skipped"
        why "they may come before the device has fetched its profile"
        from ["SCR-12", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_ACCESSIBILITY = "ADE-P215" Note
        "`Accessibility` acts for further users of a Mac"
        why "the pane at the first start of the Mac cannot be skipped"
        from ["SCR-12", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_PASSCODE_INEFFECTIVE = "ADE-P216" Note
        "from iOS and iPadOS 14.5 on a passcode and Touch ID are demanded by a policy, not in Setup Assistant"
        why "by Intune's documentation these panes do not work under ADE; once the policies have arrived, the user is asked"
        from ["SCR-9", "SCR-10", "X-14"];
    SKIP_MIGRATION_INEFFECTIVE = "ADE-P217" Note
        "from iOS and iPadOS 13 on there is no device-to-device migration under ADE"
        why "by Intune's documentation the pane never appears there; Apple's does not say so"
        from ["SCN-21", "X-33"];
    SKIP_PASSCODE_UNSECURED = "ADE-P218" Warning
        "the passcode is asked for, unless the device is secured otherwise"
        why "whoever finds a device without a passcode has what is on it; a kiosk or an access control is another matter"
        from ["SCR-8", "X-14"];
    SKIP_LOCKDOWN_ALONE = "ADE-P219" Note
        "`EnableLockdownMode` makes sense where `AppleID` is shown"
        why "the pane matters only where an Apple Account has been set up"
        from ["https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_DOUBTFUL = "ADE-P220" Note
        "what a skip key does is documented without contradiction"
        why "the sources contradict each other, so that only a device can tell"
        from ["X-34", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    // On a Shared iPad none has an effect, which is said once.
    if subject.is_shared_ipad() || subject.skip.is_empty() {
        return;
    }
    passcode(subject, found);
    lockdown(subject, found);
    if subject.targets().is_empty() {
        return;
    }
    let mut seen = Seen::default();
    let mut not_always = Vec::new();
    for (place, key) in &subject.skip {
        // What is wrong with the key itself is said already.
        let is_other = matches!(key, SkipKey::Other(_)) || seen.is_repeated(key) || key.is_withdrawn();
        if !is_other && !is_redundant(subject, key) {
            on_targets(subject, key, *place, found, &mut not_always);
        }
    }
    found.extend(not_always_skipped(subject, &not_always));
}

/// One note for all panes that cannot always be skipped: it is no mistake to skip them.
fn not_always_skipped(subject: &Subject<'_>, keys: &[(usize, &SkipKey)]) -> Option<Violation> {
    let holds = |target: Target| keys.iter().any(|(_, key)| remark(key, target) == Some(Remark::NotAlways));
    let targets = subject.targets_where(holds);
    let (path, (rule, message, help)) = match keys {
        [] => return None,
        [(place, key)] => (path(*place), Remark::NotAlways.said(key, &targets)),
        [others @ .., (_, last)] => {
            let others = others.iter().map(|(_, key)| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let message = format!("the panes {others} and `{last}` may appear all the same");
            ("skip_setup_items".to_owned(), (Rule::SKIP_NOT_ALWAYS, message, "do not promise that they are skipped"))
        }
    };
    let violation = Violation::new(rule, path, message).with_targets(targets).with_help(help);
    Some(match keys {
        [(_, key)] => violation.with_found(quoted(key.as_str())),
        _ => violation,
    })
}

/// What there is to say of a key on a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Remark {
    Accessibility,
    Deprecated,
    Doubtful,
    Migration,
    NotAlways,
    NotOnPlatform,
    NotYet,
    Passcode,
    Removed,
}

fn remark(key: &SkipKey, target: Target) -> Option<Remark> {
    Some(match key.status(target) {
        KeyStatus::Works => return doubt(key, target).map(|_| Remark::Doubtful),
        KeyStatus::NotAlways if *key == SkipKey::Accessibility => Remark::Accessibility,
        KeyStatus::NotAlways => Remark::NotAlways,
        KeyStatus::Deprecated { .. } => Remark::Deprecated,
        KeyStatus::Ineffective { .. } if *key == SkipKey::DeviceToDeviceMigration => Remark::Migration,
        KeyStatus::Ineffective { .. } => Remark::Passcode,
        KeyStatus::NotYet { .. } => Remark::NotYet,
        KeyStatus::Removed { .. } => Remark::Removed,
        KeyStatus::NotOnPlatform => Remark::NotOnPlatform,
        KeyStatus::Withdrawn | KeyStatus::Unknown => return None,
    })
}

fn doubt(key: &SkipKey, target: Target) -> Option<&'static str> {
    key.on(target.platform).and_then(Availability::doubt)
}

fn on_targets<'k>(
    subject: &Subject<'_>,
    key: &'k SkipKey,
    place: usize,
    found: &mut Vec<Violation>,
    not_always: &mut Vec<(usize, &'k SkipKey)>,
) {
    let mut made = Vec::new();
    for target in subject.targets() {
        let Some(remark) = remark(key, *target).filter(|remark| !made.contains(remark)) else { continue };
        made.push(remark);
        if remark == Remark::NotAlways {
            not_always.push((place, key));
            continue;
        }
        let targets = subject.targets_where(|target| self::remark(key, target) == Some(remark));
        // One list for several systems is no mistake.
        if remark != Remark::NotOnPlatform || targets.len() == subject.targets().len() {
            let (rule, message, help) = remark.said(key, &targets);
            let violation = Violation::new(rule, path(place), message).with_found(quoted(key.as_str()));
            found.push(violation.with_help(help).with_targets(targets));
        }
    }
}

impl Remark {
    fn said(self, key: &SkipKey, targets: &[Target]) -> (Rule, String, &'static str) {
        let gone = "remove the key, once no older system is in use";
        match self {
            Self::Accessibility => (
                Rule::SKIP_ACCESSIBILITY,
                "the pane appears at the first start of the Mac all the same".to_owned(),
                "skip it for further users of the Mac only",
            ),
            Self::Deprecated => {
                let since = versions(key, targets, Availability::deprecated);
                (Rule::SKIP_KEY_DEPRECATED, format!("`{key}` is deprecated since {since}"), gone)
            }
            Self::Doubtful => {
                let doubt = targets.iter().find_map(|target| doubt(key, *target)).unwrap_or_default();
                let message = format!("it is in doubt what `{key}` does: {doubt}");
                (Rule::SKIP_KEY_DOUBTFUL, message, "try it on a device")
            }
            Self::Migration => (
                Rule::SKIP_MIGRATION_INEFFECTIVE,
                format!("the pane `{key}` does not appear under ADE, whether skipped or not"),
                "remove the key",
            ),
            Self::NotAlways => (
                Rule::SKIP_NOT_ALWAYS,
                format!("the pane `{key}` may appear all the same"),
                "do not promise that it is skipped",
            ),
            Self::NotOnPlatform => (
                Rule::SKIP_KEY_NOT_ON_PLATFORM,
                format!("none of the targets' operating systems has `{key}`"),
                "remove the key",
            ),
            Self::NotYet => (
                Rule::SKIP_KEY_NOT_YET,
                format!("`{key}` exists from {} on", versions(key, targets, Availability::introduced)),
                "remove the key, unless the profile is meant for newer systems, too",
            ),
            Self::Passcode => (
                Rule::SKIP_PASSCODE_INEFFECTIVE,
                format!("the pane `{key}` does not work under ADE, whether skipped or not"),
                "remove the key, and demand a passcode by a configuration or compliance policy",
            ),
            Self::Removed => {
                let since = versions(key, targets, Availability::removed);
                (Rule::SKIP_KEY_REMOVED, format!("`{key}` was removed in {since}"), gone)
            }
        }
    }
}

/// "iOS 17.0, macOS 14.0": a version for each operating system among the targets, which are sorted.
fn versions(key: &SkipKey, targets: &[Target], of: fn(&Availability) -> Option<OsVersion>) -> String {
    let mut platforms: Vec<Platform> = targets.iter().map(|target| target.platform).collect();
    platforms.dedup();
    let version = |platform: &Platform| key.on(*platform).and_then(of).map(|version| format!("{platform} {version}"));
    platforms.iter().filter_map(version).collect::<Vec<_>>().join(", ")
}

/// The systems on which Setup Assistant asks for a passcode: iOS and iPadOS before 14.5, and visionOS. On macOS the key is in doubt,
/// and Apple TVs have no passcode there. A profile for no particular target is judged, too: its passcode is nobody else's care.
fn passcode(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.beside.secured_otherwise {
        return;
    }
    let Some(place) = subject.place_of(&SkipKey::Passcode) else { return };
    let key = &SkipKey::Passcode;
    let asks = |target: Target| remark(key, target).is_none();
    let targets = subject.targets_where(asks);
    if targets.is_empty() && !subject.targets().is_empty() {
        return;
    }
    let message = "nobody is asked for a passcode, and nothing says that the device is secured otherwise";
    let violation =
        Violation::new(Rule::SKIP_PASSCODE_UNSECURED, path(place), message).with_found(quoted(key.as_str()));
    let help = "show the pane, demand a passcode by a policy, or say that the device is secured otherwise";
    found.push(violation.with_targets(targets).with_help(help));
}

fn lockdown(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let key = &SkipKey::EnableLockdownMode;
    let Some(place) = subject.place_of(key).filter(|_| subject.skips(&SkipKey::AppleId)) else { return };
    let targets = subject.targets_where(|target| !key.status(target).does_nothing());
    if targets.is_empty() && !subject.targets().is_empty() {
        return;
    }
    let message = format!("`{key}` changes little, since `AppleID` is skipped, too");
    let violation = Violation::new(Rule::SKIP_LOCKDOWN_ALONE, path(place), message).with_found(quoted(key.as_str()));
    found.push(violation.with_targets(targets).with_help("remove the key, or show `AppleID`"));
}
