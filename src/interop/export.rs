//! Exporting.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::Draft;
use super::exchange::{Model, Source, ThisServer, import};
use super::field::Role;
use super::loss::{Loss, LossKind, LossReport};
use super::slot::Slot;
use super::tree::Tree;
use super::{graph, jamf};
use crate::json::RawJson;
use crate::profile::{Comparison, EnrollmentProfile};
use crate::setup_assistant::SkipKey;

/// A profile as another system writes it, and what could not be carried over.
#[derive(Debug, Clone)]
pub struct Exported {
    json: String,
    losses: LossReport,
}

impl Exported {
    /// The JSON, with line breaks.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// What could not be carried over, by the path in Apple's keys or in the description: whatever is not the same when the JSON is
    /// imported again, and what an import takes from [`ThisServer`].
    pub fn losses(&self) -> &LossReport {
        &self.losses
    }
}

/// Writes a profile as another system's.
///
/// Fields that the other system alone has (sites, groups, its ids) are left out; Jamf demands some of them when a PreStage is made.
///
/// ```
/// use apple_ade::affinity::UserAffinity;
/// use apple_ade::interop::{Model, export};
/// use apple_ade::profile::{EnrollmentProfile, Supervised};
///
/// let profile = EnrollmentProfile::builder("Kiosks", "https://mdm.example.com/enroll")
///     .mode(Supervised::new(UserAffinity::Without).locked())
///     .support_email_address("it@example.com")
///     .build()?;
/// let graph = export(&profile, Model::GraphIos);
/// assert!(graph.json().contains(r#""profileRemovalDisabled": true"#));
/// assert_eq!(graph.losses().to_string(), r#"support_email_address = "it@example.com": Microsoft Graph has nothing for it"#);
/// assert!(export(&profile, Model::JamfMobile).losses().iter().all(|loss| loss.path() == "url"));
/// # Ok::<(), apple_ade::judgement::Violations>(())
/// ```
pub fn export(profile: &EnrollmentProfile, model: Model) -> Exported {
    let mut draft = Draft::of(profile);
    let source = model.source();
    if source == Source::Graph && (!draft.is(Slot::SignsIn) || draft.is(Slot::IsUnattended)) {
        // Graph refuses another one.
        draft.say(Slot::IsMandatory, true);
    }
    // What the other system writes where nothing is set.
    let nothing = match source {
        Source::Graph => Tree::Null,
        Source::Jamf => Tree::Text(String::new()),
    };
    let mut tree = Tree::Object(Vec::new());
    for field in source.fields().iter().filter(|field| field.models().contains(&model)) {
        let value = match field.role {
            Role::Flag(slot) => Tree::Flag(draft.is(slot)),
            Role::Opposite(slot) => Tree::Flag(!draft.is(slot)),
            Role::Hides(key) => Tree::Flag(draft.hides(&SkipKey::from(key))),
            Role::Text(slot) => draft.text(slot).map_or(nothing.clone(), |text| Tree::Text(text.into())),
            Role::Number(slot) => draft.number(slot).map_or(Tree::Null, |number| Tree::Number(number.into())),
            Role::Own(_) | Role::Nothing(_) | Role::Secret(_) | Role::Told(_) | Role::Record(_) => continue,
        };
        insert(&mut tree, &field.path(), value);
    }
    let mut put = |path: &[&str], value: Tree| insert(&mut tree, path, value);
    match source {
        Source::Graph => graph::write(&draft, profile, model, &mut put),
        Source::Jamf => jamf::write(&draft, model, &mut put),
    }
    let json = serde_json::to_string_pretty(&tree).unwrap_or_default();
    let losses = losses(profile, source, &json, &draft);
    Exported { json, losses }
}

/// Puts a value in its place; what is there already is replaced.
fn insert(tree: &mut Tree, path: &[&str], value: Tree) {
    let (Tree::Object(entries), Some((key, rest))) = (tree, path.split_first()) else { return };
    let found = entries.iter().position(|(name, _)| name == key);
    let index = found.unwrap_or_else(|| {
        entries.push(((*key).into(), Tree::Object(Vec::new())));
        entries.len() - 1
    });
    let Some((_, place)) = entries.get_mut(index) else { return };
    if rest.is_empty() {
        *place = value;
    } else {
        insert(place, rest, value);
    }
}

/// Notes a loss: path, kind, reason, value.
type Lose<'l> = dyn FnMut(&str, LossKind, String, Option<String>) + 'l;

/// What is not the same when the JSON is imported again.
fn losses(profile: &EnrollmentProfile, source: Source, json: &str, draft: &Draft) -> LossReport {
    let name = source.name();
    let (wire, locale) = (profile.wire(), profile.setup().given_locale());
    let url = wire.url.clone().unwrap_or_default();
    let mut server = ThisServer::new(url.clone());
    let mut losses = Vec::new();
    let mut lose = |path: &str, kind, reason: String, value: Option<String>| {
        let loss = Loss::new(path, kind, reason);
        losses.push(match value {
            Some(value) => loss.with_json(&value),
            None => loss,
        });
    };
    // What an import takes from `ThisServer`.
    if source == Source::Jamf {
        lose(
            "url",
            LossKind::NoCounterpart,
            format!("{name} enrolls devices at its own server"),
            Some(format!("{url:?}")),
        );
    }
    if let Some(page) = &wire.configuration_web_url {
        server = server.with_web_url(page.clone());
        if source == Source::Graph && draft.page().is_some() {
            let reason = format!("{name} says only that there is a page, and shows its own");
            lose("configuration_web_url", LossKind::Changed, reason, Some(format!("{page:?}")));
        }
    }
    if let (Source::Graph, true, Some(locale)) = (source, draft.is(Slot::IsUnattended), locale) {
        server = server.with_locale(locale);
        for (path, text) in [("language", locale.language.to_string()), ("region", locale.region.to_string())] {
            lose(path, LossKind::NoCounterpart, format!("{name} has nothing for it"), Some(format!("{text:?}")));
        }
    }
    // No part of what is described, but of what was given.
    if let Some(devices) = wire.devices.as_ref().filter(|devices| !devices.is_empty()) {
        let reason = format!("{name} assigns devices by itself");
        lose("devices", LossKind::NoCounterpart, reason, Some(format!("{} devices", devices.len())));
    }
    if let Some(uuid) = &wire.profile_uuid {
        lose(
            "profile_uuid",
            LossKind::NoCounterpart,
            "Apple's name for one definition".into(),
            Some(format!("{uuid:?}")),
        );
    }
    match import(source, json, &server) {
        Ok(again) => differences(profile, again.profile(), (source, draft), &mut lose),
        Err(error) => lose("$", LossKind::Invalid, format!("it cannot be imported again: {error}"), None),
    }
    LossReport::sorted(losses)
}

/// Why what is at a path is not the same, and as what kind of loss.
fn reason(source: Source, draft: &Draft, path: &str) -> (LossKind, String) {
    let name = source.name();
    match (source, path) {
        (Source::Graph, "is_mandatory") => (
            LossKind::Changed,
            format!("set to true: {name} demands it where no user signs in, and where Setup Assistant runs by itself"),
        ),
        (Source::Graph, "configuration_web_url") => {
            (LossKind::NoCounterpart, format!("{name} has a page only where a user signs in on it"))
        }
        (Source::Jamf, path) if path.starts_with("affinity") && draft.is(Slot::SignsInByPortal) => (
            LossKind::Changed,
            format!(
                "{name} has no sign-in in the portal app: by requireAuthentication users sign in without a second factor"
            ),
        ),
        (Source::Jamf, path) if path.starts_with("affinity") && draft.page().is_some() => (
            LossKind::NoCounterpart,
            format!(
                "{name} signs users in on a page of its own: until enrollmentCustomizationId names one nobody signs in"
            ),
        ),
        _ => (LossKind::NoCounterpart, format!("{name} has nothing for it")),
    }
}

fn differences(
    profile: &EnrollmentProfile,
    again: &EnrollmentProfile,
    (source, draft): (Source, &Draft),
    lose: &mut Lose<'_>,
) {
    let gone = |lose: &mut Lose<'_>, path: &str, value: Option<String>| {
        let (kind, reason) = reason(source, draft, path);
        lose(path, kind, reason, value);
    };
    for difference in Comparison::with_unknown_keys(profile.wire(), again.wire()).differences() {
        let key = &*difference.key;
        let text = |raw: &Option<RawJson>| raw.as_ref().map(|raw| raw.as_str().to_owned());
        match (&difference.wanted, &difference.found) {
            (Some(wanted), found) => {
                let list = |raw: &RawJson| raw.read::<Vec<String>>().ok();
                let Some(items) = list(wanted) else {
                    gone(lose, key, text(&difference.wanted));
                    continue;
                };
                let kept: BTreeSet<String> = found.as_ref().and_then(list).unwrap_or_default().into_iter().collect();
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !kept.contains(*item)) {
                    gone(lose, &format!("{key}[{index}]"), Some(format!("{item:?}")));
                }
            }
            // What is left out is false.
            (None, Some(found)) if found.as_str() == "false" => {}
            (None, found) => {
                let reason = format!("{} writes something where the profile says nothing", source.name());
                lose(key, LossKind::Changed, reason, text(found));
            }
        }
    }
    let flat = |profile: &EnrollmentProfile| {
        let mut leaves = BTreeSet::new();
        if let Ok(Value::Object(parts)) = serde_json::to_value(profile) {
            for (key, part) in parts.iter().filter(|(key, _)| !["apple", "version"].contains(&key.as_str())) {
                // What stands beside Apple's keys is called by its own name.
                let prefix = if key == "beside" { "" } else { key.as_str() };
                flatten(prefix, part, &mut leaves);
            }
        }
        leaves
    };
    let found = flat(again);
    for (path, value) in flat(profile).into_iter().filter(|leaf| !found.contains(leaf)) {
        gone(lose, &path, Some(value));
    }
}

/// Every value that holds no others, with its path.
fn flatten(path: &str, value: &Value, leaves: &mut BTreeSet<(String, String)>) {
    match value {
        // Nothing in it is something: guests alone, by all defaults.
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, leaves);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{path}[{index}]"), item, leaves);
            }
        }
        leaf => {
            leaves.insert((path.into(), leaf.to_string()));
        }
    }
}
