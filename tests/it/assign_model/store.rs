//! What a caller stores.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::assign::*;
use apple_ade::id::{ProfileUuid, SerialNumber};

/// A database, as far as an assignment goes.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    pub(super) state: Option<String>,
    pub(super) profiles: Profiles,
    /// The UUIDs in whose place there are others.
    pub(super) forgotten: BTreeSet<ProfileUuid>,
    pub(super) outcomes: BTreeMap<SerialNumber, (Task, Outcome)>,
}

impl Store {
    pub(super) fn state(&self) -> AssignerState {
        self.state.as_deref().map_or_else(AssignerState::new, |state| AssignerState::from_json(state).unwrap())
    }

    /// Stores a commit, and sees that each device that leaves the state leaves it with one outcome.
    pub(super) fn apply(&mut self, commit: &Commit) {
        let before = self.state();
        let tasks = |state: &AssignerState| -> BTreeMap<SerialNumber, Task> {
            state.pending().map(|(serial, task)| (serial.clone(), task.clone())).collect()
        };
        let (before, after) = (tasks(&before), tasks(commit.state()));
        let given_up: BTreeSet<_> = commit.state().for_support().map(|(serial, _)| serial.clone()).collect();
        let mut redefined = false;
        // What ended each device, and how often something else was ordered in its place.
        let mut ends: BTreeMap<SerialNumber, Vec<Outcome>> = BTreeMap::new();
        let mut superseded: BTreeSet<SerialNumber> = BTreeSet::new();
        for change in commit.changes() {
            match change {
                Change::Outcome { serial, outcome: Outcome::Superseded, .. } => drop(superseded.insert(serial.clone())),
                Change::Outcome { serial, task, outcome } => {
                    let at_once = *outcome == Outcome::Failed && given_up.contains(serial);
                    assert!(at_once || before.get(serial) == Some(task), "{serial}: {task} was not ordered");
                    ends.entry(serial.clone()).or_default().push(outcome.clone());
                    self.outcomes.insert(serial.clone(), (task.clone(), outcome.clone()));
                }
                Change::Parked { serial } => assert!(after.contains_key(serial), "{serial} is parked and forgotten"),
                Change::Redefined { profile, from, to } => {
                    redefined = true;
                    self.forgotten.insert(from.clone());
                    self.forgotten.remove(to);
                    assert!(self.profiles.redefined(profile.as_str(), to.clone()));
                }
                other => panic!("{other:?}"),
            }
        }
        for (serial, task) in &before {
            match (after.get(serial), ends.get(serial).map(Vec::as_slice).unwrap_or_default()) {
                (None, [_]) | (Some(_), []) => {}
                // Something else was ordered, for which it had been given up before.
                (Some(_), [Outcome::Failed]) if given_up.contains(serial) => {}
                (after, ends) => panic!("{serial} (there: {}) has ended by {ends:?}", after.is_some()),
            }
            let is_other = after.get(serial).is_some_and(|after| after != task) && !redefined;
            assert!(!is_other || superseded.contains(serial), "{serial}: {task} has no outcome");
        }
        for serial in &superseded {
            assert!(after.contains_key(serial) || ends.contains_key(serial), "{serial} is superseded by nothing");
        }
        self.state = Some(commit.state().to_json());
    }
}
