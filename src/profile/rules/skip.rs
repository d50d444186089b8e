//! The list of panes to skip, whatever the system.

use std::collections::BTreeSet;

use crate::judgement::{Fix, Rule, Violation, rules};
use crate::setup_assistant::SkipKey;

use super::super::subject::{Subject, is_ios};
use super::{quoted, shortened, shown};

rules! {
    SKIP_KEY_UNKNOWN = "ADE-P200" Warning
        "a skip key is one of Apple's list"
        why "an unknown key is kept and sent, since a newer system may know it; whether Apple refuses it is not documented"
        from ["SCR-13", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_SPELLING = "ADE-P201" Warning
        "a skip key is written as Apple writes it"
        why "keys are compared to the letter, and the pane is shown"
        from ["SCR-13", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_REPEATED = "ADE-P202" Note
        "a skip key is there once"
        why "naming a pane again changes nothing"
        from ["SCR-1", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_EMPTY = "ADE-P203" Warning
        "a skip key is not empty"
        why "it names no pane; Apple refuses empty texts elsewhere, and does not say what becomes of this one"
        from ["https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_WITHDRAWN = "ADE-P204" Warning
        "a skip key is still on Apple's list"
        why "Apple took back AdditionalPrivacySettings, AgeAssurance and AgeBasedSafetySettings, and Registration is in an old document alone; what became of the panes is not said"
        from ["https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_KEY_REDUNDANT = "ADE-P205" Note
        "`Android` makes sense where `Restore` is shown"
        why "the choice stands on the pane `Restore`, and goes with it"
        from ["SCR-11", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
    SKIP_ON_SHARED_IPAD = "ADE-P206" Note
        "on a Shared iPad the choice of panes has no effect"
        why "by Intune's documentation it shows no pane after activation, whatever the profile says"
        from ["SHI-6", "SCR-4"];
    SKIP_SIM_SETUP_WITH_PLAN = "ADE-P207" Warning
        "`SIMSetup` is shown where a cellular plan is to be activated"
        why "skipping the pane also stops the automatic setup of an eSIM"
        from ["CEL-5", "SCN-17", "https://developer.apple.com/documentation/devicemanagement/skipkeys"];
}

const KEY: &str = "skip_setup_items";

/// For how many unknown keys a similar one is looked for.
const MOST_GUESSES: usize = 20;

pub(super) fn path(place: usize) -> String {
    format!("{KEY}[{place}]")
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.skip.is_empty() {
        return;
    }
    let (mut seen, mut unknown, mut guesses) = (Seen::default(), BTreeSet::new(), MOST_GUESSES);
    for (place, key) in &subject.skip {
        let place = *place;
        let is_repeated = match key {
            SkipKey::Other(word) => !word.as_str().trim().is_empty() && !unknown.insert(word.as_str()),
            known => seen.is_repeated(known),
        };
        if is_repeated {
            let message = format!("`{}` is there already", shortened(key.as_str()));
            let violation = Violation::new(Rule::SKIP_KEY_REPEATED, path(place), message);
            found.push(violation.with_found(quoted(key.as_str())).with_fix(Fix::remove_item(KEY, place)));
        } else if matches!(key, SkipKey::Other(_)) {
            found.push(odd(key.as_str(), place, &mut guesses).with_found(quoted(key.as_str())));
        } else if key.is_withdrawn() {
            let message = format!("Apple has withdrawn `{key}`");
            let violation =
                Violation::new(Rule::SKIP_KEY_WITHDRAWN, path(place), message).with_found(quoted(key.as_str()));
            let notes = key.notes().first().map_or_else(String::new, |note| format!("; {note}"));
            found.push(violation.with_help(format!("remove the key{}", notes.trim_end_matches('.'))));
        } else if is_redundant(subject, key) {
            let message = format!("`{key}` changes nothing, since `Restore` is skipped, too");
            let violation =
                Violation::new(Rule::SKIP_KEY_REDUNDANT, path(place), message).with_found(quoted(key.as_str()));
            found.push(violation.with_fix(Fix::remove_item(KEY, place)));
        }
    }
    on_shared_ipad(subject, found);
    with_cellular_plan(subject, found);
}

/// Whether another key of the list makes this one redundant. On a Shared iPad all are without effect, which is said once.
pub(super) fn is_redundant(subject: &Subject<'_>, key: &SkipKey) -> bool {
    !subject.is_shared_ipad() && key.redundant_with().is_some_and(|whole| subject.skips(&whole))
}

/// Keys of the list that came before, a bit for each, by its place in the table.
#[derive(Default)]
pub(super) struct Seen(u128);

impl Seen {
    /// Whether the key came before; never of an unknown one.
    pub(super) fn is_repeated(&mut self, key: &SkipKey) -> bool {
        // The table is in the order of the keys, and of fewer than 128.
        let place = SkipKey::ALL.binary_search(key).ok().and_then(|place| u32::try_from(place).ok());
        let bit = place.and_then(|place| 1_u128.checked_shl(place)).unwrap_or_default();
        let is_repeated = self.0 & bit != 0;
        self.0 |= bit;
        is_repeated
    }
}

/// What is to be said of a text that is no key.
fn odd(text: &str, place: usize, guesses: &mut usize) -> Violation {
    let plain = text.trim();
    if plain.is_empty() {
        let violation = Violation::new(Rule::SKIP_KEY_EMPTY, path(place), "the text is empty, and names no pane");
        return violation.with_fix(Fix::remove_item(KEY, place));
    }
    if let Some(key) = SkipKey::ALL.iter().find(|key| key.as_str().eq_ignore_ascii_case(plain)) {
        let message = format!("`{}` is not a key of Apple's; `{key}` is", shortened(text));
        let violation = Violation::new(Rule::SKIP_KEY_SPELLING, path(place), message);
        return violation.with_fix(Fix::set_item(KEY, place, key.as_str()));
    }
    let message = format!("Apple's list has no `{}`", shortened(text));
    let violation = Violation::new(Rule::SKIP_KEY_UNKNOWN, path(place), message);
    let guess = guesses.checked_sub(1).and_then(|left| {
        *guesses = left;
        SkipKey::closest(plain)
    });
    match guess {
        Some(key) => violation.with_help(format!("did you mean `{key}`?")),
        None => violation.with_help("remove the key, unless it is of a system newer than this list (OS 27)"),
    }
}

fn on_shared_ipad(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    if subject.is_shared_ipad() && subject.skip.iter().any(|(_, key)| !key.availability().is_empty()) {
        let message = "the iPad is shared, and shows no pane after activation anyway";
        let violation = Violation::new(Rule::SKIP_ON_SHARED_IPAD, KEY, message);
        let ipads = subject.targets_where(|target| target.platform == crate::os::Platform::IpadOs);
        found.push(violation.with_targets(ipads).with_help("remove `skip_setup_items`, or do not rely on it"));
    }
}

fn with_cellular_plan(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    let targets = subject.targets();
    let may_have_it = targets.is_empty() || targets.iter().any(|target| is_ios(target.platform));
    if subject.beside.cellular_plan.is_none() || !may_have_it {
        return;
    }
    if let Some(place) = subject.place_of(&SkipKey::SimSetup) {
        let message = "a cellular plan is to be activated, but the pane that sets it up is skipped";
        let violation = Violation::new(Rule::SKIP_SIM_SETUP_WITH_PLAN, path(place), message);
        let fix = Fix::remove_item(KEY, place).titled(format!("show the pane: remove `{}`", path(place)));
        found.push(violation.with_found(shown(&SkipKey::SimSetup)).with_fix(fix));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_bit() {
        assert!(SkipKey::ALL.is_sorted() && SkipKey::ALL.len() <= 128);
        let mut seen = Seen::default();
        assert!(SkipKey::ALL.iter().all(|key| !seen.is_repeated(key)));
        assert!(SkipKey::ALL.iter().all(|key| seen.is_repeated(key)));
    }
}
