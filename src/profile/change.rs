//! What a changed profile means for devices that have the old one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::json::RawJson;

use super::canonical::canonical;
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
    /// When the profile is defined anew and assigned, and the device is wiped and activated again.
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
/// By Intune's documentation the name template is the only exception (PRO-7); by Apple's, the settings of a Shared iPad are commands
/// as well, and of them only the switch to or from temporary sessions (SHI-16), and what has to be set before anybody signs in, take a
/// wipe (X-23).
pub fn change_impact(old: &EnrollmentProfile, new: &EnrollmentProfile) -> ChangeImpact {
    let [before, after] = [old, new].map(|profile| canonical(profile.wire()));
    let mut changes = differences("", &before, &after, of_apple);
    let needs_definition = !changes.is_empty();
    let [before, after] = [old, new].map(beside);
    changes.extend(differences("", &before, &after, of_beside));
    let [before, after] = [old, new].map(shared);
    // Where a device becomes or stops being a Shared iPad, its settings come and go with it.
    if old.mode().shared_ipad().is_some() && new.mode().shared_ipad().is_some() {
        changes.extend(differences("shared_ipad.", &before, &after, of_shared));
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    ChangeImpact { changes, needs_definition }
}

type Entries = BTreeMap<String, RawJson>;

fn differences(
    prefix: &str,
    before: &Entries,
    after: &Entries,
    effect: impl Fn(&str) -> (Effect, &'static str, &'static str),
) -> Vec<Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    changed
        .map(|key| {
            let (when, why, source) = effect(key);
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

fn of_apple(key: &str) -> (Effect, &'static str, &'static str) {
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

fn of_beside(name: &str) -> (Effect, &'static str, &'static str) {
    match name {
        "device_name" => (Effect::AtOnce, "the MDM names the device by a command", "PRO-7, NAM-2, NAM-6"),
        "cellular_plan" => (Effect::AtOnce, "the MDM has the plan refreshed by a command", "CEL-2, X-23"),
        "affinity" => (Effect::AfterWipe, "a device is tied to its user while it enrolls", "PRO-5, AFF-2"),
        "account" => (Effect::AfterWipe, "accounts are created while the device awaits its configuration", "PRO-5"),
        _ => (Effect::Never, "it is for administrators and for the rules", "PRO-2, PRO-4"),
    }
}

fn of_shared(key: &str) -> (Effect, &'static str, &'static str) {
    match key {
        "TemporarySessionOnly" => {
            (Effect::AfterWipe, "a device leaves temporary sessions only by a reset and a new profile", "SHI-16, X-23")
        }
        "QuotaSize" | "ResidentUsers" => {
            (Effect::AfterWipe, "the storage is divided before the first user signs in", "SHI-17")
        }
        "PasscodePolicy" => {
            (Effect::AtOnce, "a command sets it; a longer grace counts once the user has signed out", "SHI-9, X-23")
        }
        _ => (Effect::AtOnce, "the MDM sets it by a command", "X-23"),
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

/// A line for each difference: `is_mdm_removable: false; after wipe and activation, since …`.
impl fmt::Display for ChangeImpact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, change) in self.changes.iter().enumerate() {
            let line_break = if place == 0 { "" } else { "\n" };
            let to = change.to.as_ref().map_or_else(|| "no more".to_owned(), ToString::to_string);
            let when = match change.effect {
                Effect::Never => "has no effect on devices",
                Effect::AtOnce => "takes effect at once",
                Effect::AfterWipe => "takes effect after wipe and activation",
            };
            write!(f, "{line_break}{}: {to}; {when}, since {} ({})", change.path, change.why, change.source)?;
        }
        Ok(())
    }
}
