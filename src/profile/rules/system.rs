//! Keys on the operating systems that a profile is for.

use crate::api::profile::Profile;
use crate::judgement::{Rule, Violation, rules};
use crate::os::{OsVersion, Platform, Target};
use crate::setup_assistant::SkipKey;

use super::super::subject::Subject;

rules! {
    KEY_NOT_ON_PLATFORM = "ADE-P110" Warning
        "a key is one that at least one of the targets' operating systems has"
        why "the other systems do not know the key, and what it says is lost on them"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    KEY_NOT_IN_VERSION = "ADE-P111" Warning
        "a key is one that at least one of the targets has in its version"
        why "systems older than the key do not know it, and what it says is lost on them"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    KEY_NOT_IN_OLDER = "ADE-P112" Note
        "a key may be newer than some of the targets"
        why "a system that is older than the key goes by the key's default"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    TV_PROFILE_LATE = "ADE-P113" Note
        "an Apple TV fetches its profile after Wi-Fi has been set up, unless it is on Ethernet"
        why "panes that come before the network cannot be skipped by a profile that comes over it; vendors report it, Apple's pages do not"
        from ["Ivanti's documentation of Apple TV"];
    RESTORE_DROPS_PROFILES = "ADE-P114" Note
        "from 26.4 on a restore without the backup's profile drops every configuration profile"
        why "`do_not_use_profile_from_backup` first dropped the enrollment alone, and since 26.4 drops every profile that the backup had"
        from ["https://developer.apple.com/documentation/devicemanagement/profile"];
    TARGET_UNKNOWN = "ADE-P115" Note
        "a target is a version that this list knows"
        why "what such a system does is not known here; it is taken for what its number says"
        from ["https://support.apple.com/100100"];
}

/// On which operating systems a key acts, and since when.
struct KeyOn {
    key: &'static str,
    since: &'static [(Platform, OsVersion)],
    /// Where Apple's documents disagree on whether the system has it: nothing is said of these.
    unsure: &'static [Platform],
    /// Whether the profile asks for what the key does; a flag that is false asks for nothing.
    is_asked: fn(&Profile) -> bool,
}

/// Without a version: as long as the system can be enrolled.
const ALWAYS: OsVersion = OsVersion::new(1, 0, 0);

const V11: OsVersion = OsVersion::new(11, 0, 0);
const V13: OsVersion = OsVersion::new(13, 0, 0);
const V26: OsVersion = OsVersion::new(26, 0, 0);

const IN_26: &[(Platform, OsVersion)] = &[(Platform::Ios, V26), (Platform::IpadOs, V26), (Platform::VisionOs, V26)];
const UNATTENDED: &[(Platform, OsVersion)] = &[(Platform::MacOs, V11), (Platform::TvOs, ALWAYS)];

/// The keys that not every system has. `is_multi_user` is judged with Shared iPad.
const KEYS: &[KeyOn] = &[
    KeyOn {
        key: "auto_advance_setup",
        since: UNATTENDED,
        unsure: &[],
        is_asked: |wire| wire.auto_advance_setup == Some(true),
    },
    KeyOn {
        key: "await_device_configured",
        since: &[
            (Platform::Ios, ALWAYS),
            (Platform::IpadOs, ALWAYS),
            (Platform::MacOs, ALWAYS),
            (Platform::TvOs, ALWAYS),
        ],
        // Its page leaves visionOS out, whereas the command `DeviceConfigured`, which ends the wait, is for visionOS 2.0.
        unsure: &[Platform::VisionOs],
        // Beside a return to service it is for older systems, and asks for nothing more.
        is_asked: |wire| wire.await_device_configured == Some(true) && wire.is_return_to_service != Some(true),
    },
    KeyOn {
        key: WEB_VIEW,
        since: &[(Platform::Ios, V13), (Platform::IpadOs, V13), (Platform::MacOs, OsVersion::new(10, 15, 0))],
        unsure: &[],
        is_asked: |wire| wire.configuration_web_url.is_some(),
    },
    KeyOn {
        key: "do_not_use_profile_from_backup",
        since: IN_26,
        unsure: &[],
        is_asked: |wire| wire.do_not_use_profile_from_backup == Some(true),
    },
    KeyOn {
        key: "is_return_to_service",
        since: IN_26,
        unsure: &[],
        is_asked: |wire| wire.is_return_to_service == Some(true),
    },
    KeyOn { key: "language", since: UNATTENDED, unsure: &[], is_asked: |wire| wire.language.is_some() },
    KeyOn { key: "region", since: UNATTENDED, unsure: &[], is_asked: |wire| wire.region.is_some() },
];

/// Systems older than this key post to `url`, which the group of URLs says.
const WEB_VIEW: &str = "configuration_web_url";

impl KeyOn {
    /// Since when the target's operating system has the key.
    fn since(&self, platform: Platform) -> Option<OsVersion> {
        self.since.iter().find(|(on, _)| *on == platform).map(|(_, since)| *since)
    }

    fn has(&self, target: Target) -> bool {
        self.since(target.platform).is_some_and(|since| since <= target.version)
    }

    fn is_newer_than(&self, target: Target) -> bool {
        self.since(target.platform).is_some_and(|since| since > target.version)
    }

    /// "macOS 11.0, tvOS".
    fn systems(&self) -> String {
        let systems = self.since.iter().map(|(platform, since)| match *since {
            ALWAYS => platform.to_string(),
            since => format!("{platform} {since}"),
        });
        systems.collect::<Vec<_>>().join(", ")
    }
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.targets().is_empty() {
        return;
    }
    for target in subject.targets() {
        if let Some(doubt) = target.doubt() {
            let violation = Violation::new(Rule::TARGET_UNKNOWN, "$", format!("{target} is {doubt}"));
            let help = "look whether the version is right, or for a newer version of the crate";
            found.push(violation.with_targets(vec![*target]).with_help(help));
        }
    }
    found.extend(KEYS.iter().filter(|key| (key.is_asked)(subject.wire)).filter_map(|key| misplaced(subject, key)));
    late_on_tv(subject, found);
    if subject.wire.do_not_use_profile_from_backup == Some(true) {
        let drops = |target: Target| {
            IN_26.iter().any(|(on, _)| *on == target.platform) && target.version >= OsVersion::new(26, 4, 0)
        };
        if subject.targets().iter().any(|target| drops(*target)) {
            let message = "a restore from a backup drops every configuration profile, not the enrollment alone";
            let violation = Violation::new(Rule::RESTORE_DROPS_PROFILES, "do_not_use_profile_from_backup", message);
            let help = "see to it that the MDM installs all that a restored device needs";
            found.push(violation.with_found("true").with_targets(subject.targets_where(drops)).with_help(help));
        }
    }
}

fn misplaced(subject: &Subject<'_>, key: &KeyOn) -> Option<Violation> {
    let targets = subject.targets_where(|target| !key.unsure.contains(&target.platform));
    if targets.is_empty() {
        return None;
    }
    let is_there = targets.iter().any(|target| key.has(*target));
    let is_newer = targets.iter().any(|target| key.is_newer_than(*target));
    let name = key.key;
    let (rule, message, help) = match (is_there, is_newer) {
        (true, false) => return None,
        (_, true) if name == WEB_VIEW => return None,
        (false, false) => (
            Rule::KEY_NOT_ON_PLATFORM,
            format!("none of the targets' operating systems has `{name}`; it is for {}", key.systems()),
            "remove the key, or give the devices that it is for a profile of their own",
        ),
        (false, true) => (
            Rule::KEY_NOT_IN_VERSION,
            format!("`{name}` is newer than every target; it is for {}", key.systems()),
            "remove the key until the devices are updated",
        ),
        (true, true) => (
            Rule::KEY_NOT_IN_OLDER,
            format!("`{name}` is newer than some of the targets; it is for {}", key.systems()),
            "update these devices before they are enrolled, if they depend on it",
        ),
    };
    let lacks = |target: &Target| !key.has(*target) && (!is_newer || key.is_newer_than(*target));
    let lacking = targets.into_iter().filter(lacks).collect();
    Some(Violation::new(rule, name, message).with_targets(lacking).with_help(help))
}

fn late_on_tv(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let is_tv = |target: Target| target.platform == Platform::TvOs;
    let acts = |key: &SkipKey, target: Target| !key.is_withdrawn() && key.on(target.platform).is_some();
    let Some(tv) = subject.targets().iter().copied().find(|target| is_tv(*target)) else { return };
    if subject.skip.iter().any(|(_, key)| acts(key, tv)) {
        let message = "on Wi-Fi, the panes before the network are shown although the profile skips them";
        let violation = Violation::new(Rule::TV_PROFILE_LATE, "skip_setup_items", message);
        let help = "set these devices up on Ethernet, if nobody is to touch them";
        found.push(violation.with_targets(subject.targets_where(is_tv)).with_help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand from Apple's page on the profile.
    #[test]
    fn keys_and_systems() {
        let has = |key: &str, target: &str| {
            let key = KEYS.iter().find(|on| on.key == key).unwrap_or_else(|| panic!("{key} is not there"));
            key.has(target.parse().unwrap())
        };
        for (key, with, without) in [
            ("auto_advance_setup", "tvos:10.2", "ipados:26.0"),
            ("auto_advance_setup", "macos:11.0", "macos:10.15.7"),
            ("await_device_configured", "tvos:10.2", "watchos:10.0"),
            ("await_device_configured", "ipados:9.3", "watchos:11.0"),
            ("configuration_web_url", "ios:13.0", "ios:12.4.9"),
            ("configuration_web_url", "macos:10.15", "macos:10.14.6"),
            ("configuration_web_url", "ipados:13.0", "tvos:26.0"),
            ("configuration_web_url", "ipados:26.0", "visionos:26.0"),
            ("do_not_use_profile_from_backup", "ios:26.0", "ios:18.6"),
            ("do_not_use_profile_from_backup", "visionos:26.0", "macos:26.0"),
            ("is_return_to_service", "ipados:26.0", "ipados:18.6"),
            ("is_return_to_service", "visionos:26.0", "tvos:26.0"),
            ("language", "macos:11.0", "macos:10.15"),
            ("language", "tvos:11.0", "ios:26.0"),
            ("region", "tvos:11.0", "visionos:26.0"),
        ] {
            assert!(has(key, with), "{key} on {with}");
            assert!(!has(key, without), "{key} on {without}");
        }
        assert!(KEYS.is_sorted_by_key(|on| on.key));
        assert!(KEYS.iter().all(|on| Profile::KEYS.contains(&on.key)));
    }
}
