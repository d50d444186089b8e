//! What a changed profile means for devices that have the old one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::json::RawJson;

use super::canonical::{Keys, canonical};
use super::difference;
use super::enrollment::EnrollmentProfile;

/// When a difference reaches devices that are enrolled.
///
/// A device that is not activated yet gets everything when it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Never: devices do not see it.
    Never,
    /// As soon as the MDM has sent a command.
    AtOnce,
    /// When the device is wiped and activated again; before that the profile has to be defined anew and assigned, where
    /// [`ChangeImpact::needs_definition`] says so.
    AfterWipe,
}

/// One difference between two profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What differs: Apple's key, or the name of what the profile says beside them (`device_name`,
    /// `shared_ipad.UserSessionTimeout`).
    pub path: String,
    /// What the old profile says, as JSON; `None` for nothing.
    pub from: Option<RawJson>,
    /// What the new profile says, as JSON; `None` for nothing.
    pub to: Option<RawJson>,
    /// When it reaches enrolled devices.
    pub effect: Effect,
    /// Why then.
    pub why: &'static str,
    /// Where that comes from.
    pub source: &'static str,
}

/// What a change of a profile means.
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::profile::{Effect, EnrollmentProfile, Supervised, change_impact};
///
/// let old = EnrollmentProfile::builder("Kiosks", "https://mdm.example.org/enroll")
///     .mode(Supervised::new(UserAffinity::Without))
///     .build()?;
/// let new = old.to_builder().device_name("Kiosk-{{SERIAL}}".parse()?).build()?;
/// let impact = change_impact(&old, &new);
/// assert_eq!(impact.effect(), Effect::AtOnce);
/// assert!(!impact.needs_definition());
///
/// let locked = new.to_builder().mode(Supervised::new(UserAffinity::Without).locked()).build()?;
/// assert_eq!(change_impact(&new, &locked).effect(), Effect::AfterWipe);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangeImpact {
    changes: Vec<Change>,
    needs_definition: bool,
}

impl ChangeImpact {
    /// The differences, by path.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether something that Apple stores differs, so that the profile has to be defined anew and assigned again (PRO-10): Apple
    /// cannot change it.
    pub fn needs_definition(&self) -> bool {
        self.needs_definition
    }

    /// Until when it takes, for the slowest of the differences; [`Effect::Never`] if there is none.
    pub fn effect(&self) -> Effect {
        self.changes.iter().map(|change| change.effect).max().unwrap_or(Effect::Never)
    }
}

/// Says what differs, and for each difference when enrolled devices get it (PRO-5): everything but the device name, the cellular plan and
/// the settings that the MDM sends takes a wipe and a new activation.
///
/// The documents of 2017 say so of locking alone, those of 2023 of everything but the name, which is what holds here (X-51).
///
/// By Intune's documentation the name template is the only exception (PRO-7); by Apple's, the settings of a Shared iPad are commands
/// as well (X-23). Of them a wipe is needed to leave temporary sessions (SHI-16), to divide the storage anew, and to take back what is no
/// more said; to enter temporary sessions it is not. Keys that this version of the crate does not know are named, and count as not sent.
pub fn change_impact(old: &EnrollmentProfile, new: &EnrollmentProfile) -> ChangeImpact {
    let of = |keys| [old, new].map(|profile| canonical(profile.wire(), keys));
    let [before, after] = of(Keys::Documented);
    let mut changes = differences("", &before, &after, |key, _| of_apple(key));
    let needs_definition = !changes.is_empty();
    let [mut before_all, mut after_all] = of(Keys::All);
    let is_unknown = |key: &String| !before.contains_key(key) && !after.contains_key(key);
    before_all.retain(|key, _| is_unknown(key));
    after_all.retain(|key, _| is_unknown(key));
    changes.extend(differences("", &before_all, &after_all, |_, _| of_unknown()));
    let [before, after] = [old, new].map(beside);
    changes.extend(differences("", &before, &after, of_beside));
    let [before, after] = [old, new].map(shared);
    // Where a device becomes or stops being a Shared iPad, its settings come and go with it.
    if old.mode().shared_ipad().is_some() && new.mode().shared_ipad().is_some() {
        let is_entering = after.contains_key(GUESTS_ONLY) && !before.contains_key(GUESTS_ONLY);
        changes.extend(differences("shared_ipad.", &before, &after, |key, to| of_shared(key, to, is_entering)));
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    ChangeImpact { changes, needs_definition }
}

type Entries = BTreeMap<String, RawJson>;

/// When a difference reaches devices, why then, and where that comes from.
type Reason = (Effect, &'static str, &'static str);

/// Whether the new profile says something there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    Something,
    Nothing,
}

/// What tells that nobody signs in with an account.
const GUESTS_ONLY: &str = "TemporarySessionOnly";

fn differences(prefix: &str, before: &Entries, after: &Entries, reason: impl Fn(&str, To) -> Reason) -> Vec<Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    changed
        .map(|key| {
            let to = if after.contains_key(key) { To::Something } else { To::Nothing };
            let (when, why, source) = reason(key, to);
            Change {
                path: format!("{prefix}{key}"),
                from: before.get(key).cloned(),
                to: after.get(key).cloned(),
                effect: when,
                why,
                source,
            }
        })
        .collect()
}

fn of_apple(key: &str) -> Reason {
    match key {
        "profile_name" => (Effect::Never, "users and devices never see the name", "PRO-2"),
        "is_mdm_removable" | "is_supervised" => {
            (Effect::AfterWipe, "it is settled when the device is activated", "LOK-4, PRO-5")
        }
        "anchor_certs" => {
            (Effect::AfterWipe, "the device goes by the certificates of the profile that it fetched", "PRO-5")
        }
        _ => (
            Effect::AfterWipe,
            "the device fetches its profile when it is activated, and keeps it until it is wiped",
            "PRO-5",
        ),
    }
}

fn of_unknown() -> Reason {
    (
        Effect::Never,
        "a key that this version of the crate does not know is not sent unless it is asked for",
        "https://developer.apple.com/documentation/devicemanagement/profile",
    )
}

fn of_beside(name: &str, to: To) -> Reason {
    match (name, to) {
        ("device_name", To::Something) => {
            (Effect::AtOnce, "the MDM names the device by a command", "PRO-7, NAM-2, NAM-6")
        }
        ("device_name", To::Nothing) => (Effect::Never, "devices keep the names that they have", "PRO-7, NAM-2"),
        ("cellular_plan", To::Something) => {
            (Effect::AtOnce, "the MDM has the plan refreshed by a command", "CEL-2, X-23")
        }
        ("cellular_plan", To::Nothing) => (Effect::Never, "a plan that is activated stays", "CEL-2"),
        ("affinity", _) => (Effect::AfterWipe, "a device is tied to its user while it enrolls", "PRO-5, AFF-2"),
        ("account", To::Something) => {
            (Effect::AfterWipe, "accounts are created while the device awaits its configuration", "PRO-5")
        }
        ("account", To::Nothing) => {
            (Effect::AfterWipe, "accounts that were created stay until the Mac is wiped", "PRO-5")
        }
        _ => (Effect::Never, "it is for administrators and for the rules", "PRO-2, PRO-4"),
    }
}

/// What is set of a Shared iPad. Entering temporary sessions is a command; they are left by a reset.
fn of_shared(key: &str, to: To, is_entering: bool) -> Reason {
    const DIVIDED: &str =
        "the device has to be erased, so that its storage is divided anew before the first user signs in";
    match (key, to) {
        (GUESTS_ONLY, To::Something) => (
            Effect::AtOnce,
            "a command ends the sign-in with accounts; the way back takes a reset",
            "SHI-11, SHI-16, X-23",
        ),
        (GUESTS_ONLY, To::Nothing) => (
            Effect::AfterWipe,
            "a device leaves temporary sessions by a full reset alone; the new profile that Intune's documentation asks for, too, is one of \
             Intune's, since what Apple stores is the same for both",
            "SHI-16, X-23",
        ),
        (_, To::Nothing) if is_entering => {
            (Effect::Never, "it holds for accounts, and guests alone sign in", "SHI-11, SHI-12")
        }
        ("QuotaSize" | "ResidentUsers", _) => (Effect::AfterWipe, DIVIDED, "SHI-17"),
        ("PasscodePolicy", To::Something) => {
            (Effect::AtOnce, "a command sets it; a longer grace counts once the user has signed out", "SHI-9, X-23")
        }
        (_, To::Something) => (Effect::AtOnce, "the MDM sets it by a command", "X-23"),
        (_, To::Nothing) => (
            Effect::AfterWipe,
            "no command takes it back: the device keeps the value, unless it is given another",
            "X-23",
        ),
    }
}

fn beside(profile: &EnrollmentProfile) -> Entries {
    let rest = &profile.rest;
    let values = [
        ("account", rest.account.as_ref().and_then(RawJson::of)),
        ("affinity", RawJson::of(profile.mode().affinity())),
        ("cellular_plan", rest.cellular_plan.as_ref().and_then(RawJson::of)),
        ("description", rest.description.as_ref().and_then(RawJson::of)),
        ("device_name", rest.device_name.as_ref().and_then(RawJson::of)),
        ("in_education", RawJson::of(&rest.in_education)),
        ("secured_otherwise", RawJson::of(&rest.secured_otherwise)),
        ("targets", RawJson::of(&rest.targets)),
    ];
    values.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// The settings of a Shared iPad as the command has them.
fn shared(profile: &EnrollmentProfile) -> Entries {
    let settings =
        profile.mode().shared_ipad().and_then(|sessions| RawJson::of(&sessions.shared_device_configuration()));
    settings.and_then(|settings| settings.read().ok()).unwrap_or_default()
}

/// A line for each difference: `is_mdm_removable: nothing → false; takes effect after wipe and activation, since …`; of lists what comes
/// (`+`) and what goes (`−`), of certificates the fingerprints.
impl fmt::Display for ChangeImpact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, change) in self.changes.iter().enumerate() {
            let line_break = if place == 0 { "" } else { "\n" };
            let value =
                |value: &Option<RawJson>| value.as_ref().map_or_else(|| "nothing".to_owned(), difference::value);
            let what = difference::of_lists(&change.path, change.from.as_ref(), change.to.as_ref())
                .unwrap_or_else(|| format!("{} → {}", value(&change.from), value(&change.to)));
            let when = match change.effect {
                Effect::Never => "has no effect on devices",
                Effect::AtOnce => "takes effect at once",
                Effect::AfterWipe => "takes effect after wipe and activation",
            };
            write!(f, "{line_break}{}: {what}; {when}, since {} ({})", change.path, change.why, change.source)?;
        }
        Ok(())
    }
}
