use serde::{Deserialize, Serialize};

use super::kind::Fault;
use super::rule::FaultRule;
use crate::simulator::rng::Rng;

/// The faults of a world, in the order in which they were added.
///
/// Chance has a seed of its own here, so that a fault which strikes at random changes no serial number.
///
/// ```
/// use apple_ade::simulator::{Faults, World};
///
/// // One call in twenty goes wrong in some way, in the same way each time this runs.
/// let world = World::builder().seed(7).faults(Faults::at_random(7, 50)).build();
/// assert!(world.faults().count() > 10);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    rules: Vec<FaultRule>,
    rng: Rng,
}

impl Default for Faults {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl Faults {
    /// No fault; those that will be added strike at random by this seed.
    pub fn seeded(seed: u64) -> Self {
        Self { rules: Vec::new(), rng: Rng::new(seed) }
    }

    /// Every passing fault, together about so many in a thousand calls.
    pub fn at_random(seed: u64, per_mille: u16) -> Self {
        let mut faults = Self::seeded(seed);
        let passing: Vec<Fault> = Fault::all().filter(Fault::is_passing).collect();
        let count = u16::try_from(passing.len()).unwrap_or(1).max(1);
        let share = per_mille.div_ceil(count).min(1000);
        for fault in passing {
            faults.add(FaultRule::new(fault).per_mille(share));
        }
        faults
    }

    /// Adds a fault; the rules before it come first.
    pub fn add(&mut self, rule: impl Into<FaultRule>) {
        self.rules.push(rule.into());
    }

    /// Ends every fault of this name. Gives how many there were.
    pub fn remove(&mut self, name: &str) -> usize {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.fault.name() != name);
        before.saturating_sub(self.rules.len())
    }

    /// Ends every fault.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// The faults that can still strike.
    pub fn iter(&self) -> impl Iterator<Item = &FaultRule> {
        self.rules.iter()
    }

    pub(in crate::simulator) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The faults that strike this call if they can. Chance is asked, and calls to skip are counted.
    pub(in crate::simulator) fn due(&mut self, method: &str, path: &str) -> Due {
        let mut due = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            if rule.is_spent() || !rule.is_about(method, path) || !rule.fault.can_strike(method, path) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip = rule.skip.saturating_sub(1);
            } else if rule.per_mille >= 1000 || self.rng.chance(rule.per_mille) {
                due.push((index, rule.fault.clone()));
            }
        }
        Due { due, struck: Vec::new() }
    }

    /// Counts what has struck.
    pub(in crate::simulator) fn settle(&mut self, due: &Due) {
        for index in &due.struck {
            if let Some(times) = self.rules.get_mut(*index).and_then(|rule| rule.times.as_mut()) {
                *times = times.saturating_sub(1);
            }
        }
        self.rules.retain(|rule| !rule.is_spent());
    }

    /// The first fault that is not about calls and is chosen; it counts as struck.
    pub(in crate::simulator) fn strike(&mut self, choose: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let rng = &mut self.rng;
        let rule = self
            .rules
            .iter_mut()
            .filter(|rule| choose(&rule.fault))
            .find(|rule| !rule.is_spent() && (rule.per_mille >= 1000 || rng.chance(rule.per_mille)))?;
        let fault = rule.fault.clone();
        if rule.skip > 0 {
            rule.skip = rule.skip.saturating_sub(1);
            return None;
        }
        rule.times = rule.times.map(|times| times.saturating_sub(1));
        self.rules.retain(|rule| !rule.is_spent());
        Some(fault)
    }
}

/// The faults of one call.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Due {
    due: Vec<(usize, Fault)>,
    struck: Vec<usize>,
}

impl Due {
    pub(in crate::simulator) fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Offers each fault to `apply`, in order; those for which it gives `Some` have struck. Ends with the first result that is `Break`.
    pub(super) fn first<T>(&mut self, mut apply: impl FnMut(&Fault) -> Option<T>) -> Option<T> {
        for (index, fault) in &self.due {
            if let Some(result) = apply(fault) {
                self.struck.push(*index);
                return Some(result);
            }
        }
        None
    }

    /// Offers each fault to `apply`, in order; those for which it gives true have struck.
    pub(super) fn each(&mut self, mut apply: impl FnMut(&Fault) -> bool) {
        for (index, fault) in &self.due {
            if apply(fault) {
                self.struck.push(*index);
            }
        }
    }

    /// The names of what has struck.
    pub(in crate::simulator) fn names(&self) -> Vec<String> {
        let struck = self.due.iter().filter(|(index, _)| self.struck.contains(index));
        struck.map(|(_, fault)| fault.name().to_owned()).collect()
    }
}
