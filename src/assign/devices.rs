//! The devices of a state, cheap to copy.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::state::Pending;
use crate::id::SerialNumber;

/// How many devices a part has at most.
const MOST: usize = 256;

/// The devices that have no outcome yet, in parts that copies share. A state is copied for each commit, which changes a few devices.
#[derive(Debug, Clone, Default)]
pub(super) struct Devices {
    /// By a serial number that none of the part's is below. None is empty.
    parts: BTreeMap<SerialNumber, Arc<BTreeMap<SerialNumber, Pending>>>,
    count: usize,
}

impl Devices {
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&SerialNumber, &Pending)> {
        self.parts.values().flat_map(|part| part.iter())
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Pending> {
        self.iter().map(|(_, pending)| pending)
    }

    pub(super) fn get(&self, serial: &SerialNumber) -> Option<&Pending> {
        self.parts.range(..=serial.clone()).next_back()?.1.get(serial)
    }

    pub(super) fn get_mut(&mut self, serial: &SerialNumber) -> Option<&mut Pending> {
        let part = self.parts.range_mut(..=serial.clone()).next_back()?.1;
        if part.contains_key(serial) { Arc::make_mut(part).get_mut(serial) } else { None }
    }

    pub(super) fn insert(&mut self, serial: SerialNumber, pending: Pending) {
        if self.parts.range(..=serial.clone()).next_back().is_none() {
            // The first part begins with it.
            let first = self.parts.pop_first().map(|(_, part)| part).unwrap_or_default();
            self.parts.insert(serial.clone(), first);
        }
        let Some((_, part)) = self.parts.range_mut(..=serial.clone()).next_back() else { return };
        let part = Arc::make_mut(part);
        if part.insert(serial, pending).is_none() {
            self.count = self.count.saturating_add(1);
        }
        if part.len() > MOST
            && let Some(middle) = part.keys().nth(MOST / 2).cloned()
        {
            let upper = part.split_off(&middle);
            self.parts.insert(middle, Arc::new(upper));
        }
    }

    pub(super) fn remove(&mut self, serial: &SerialNumber) -> Option<Pending> {
        let (first, part) = self.parts.range_mut(..=serial.clone()).next_back()?;
        if !part.contains_key(serial) {
            return None;
        }
        let removed = Arc::make_mut(part).remove(serial)?;
        self.count = self.count.saturating_sub(1);
        if part.is_empty() {
            let first = first.clone();
            self.parts.remove(&first);
        }
        Some(removed)
    }

    /// Changes those for which `is` is true.
    pub(super) fn update(&mut self, is: impl Fn(&Pending) -> bool, mut change: impl FnMut(&mut Pending)) {
        for part in self.parts.values_mut().filter(|part| part.values().any(&is)) {
            Arc::make_mut(part).values_mut().filter(|pending| is(pending)).for_each(&mut change);
        }
    }
}

impl From<BTreeMap<SerialNumber, Pending>> for Devices {
    fn from(devices: BTreeMap<SerialNumber, Pending>) -> Self {
        let mut parts = Self::default();
        for (serial, pending) in devices {
            parts.insert(serial, pending);
        }
        parts
    }
}

impl PartialEq for Devices {
    fn eq(&self, other: &Self) -> bool {
        let is_cut_alike = self.parts.keys().eq(other.parts.keys());
        // What is shared is equal.
        let is_same = |(one, other)| Arc::ptr_eq(one, other) || one == other;
        self.count == other.count
            && if is_cut_alike {
                self.parts.values().zip(other.parts.values()).all(is_same)
            } else {
                self.iter().eq(other.iter())
            }
    }
}

impl Eq for Devices {}

impl Serialize for Devices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// It does what a map does, and a copy stays as it was.
        #[test]
        fn as_a_map(steps in prop::collection::vec((0_u16..1_500, 0_u8..4, any::<u32>()), 0..3_000)) {
            let (mut ours, mut map) = (Devices::default(), BTreeMap::new());
            let mut copy = (ours.clone(), map.clone());
            for (number, step, task) in steps {
                let serial: SerialNumber = format!("S{number}").parse().unwrap();
                match step {
                    0 => prop_assert_eq!(ours.remove(&serial), map.remove(&serial)),
                    1 => {
                        let (one, other) = (ours.get_mut(&serial), map.get_mut(&serial));
                        prop_assert_eq!(&one, &other);
                        for pending in one.into_iter().chain(other) {
                            pending.task = task;
                        }
                    }
                    _ => {
                        ours.insert(serial.clone(), Pending::new(task));
                        map.insert(serial.clone(), Pending::new(task));
                    }
                }
                prop_assert_eq!(ours.get(&serial), map.get(&serial));
                prop_assert_eq!((ours.len(), ours.is_empty()), (map.len(), map.is_empty()));
                if task % 500 == 0 {
                    prop_assert!(copy.0.iter().eq(copy.1.iter()));
                    copy = (ours.clone(), map.clone());
                }
            }
            ours.update(|pending| pending.task % 2 == 0, |pending| pending.task = 1);
            map.values_mut().filter(|pending| pending.task % 2 == 0).for_each(|pending| pending.task = 1);
            prop_assert!(ours.iter().eq(map.iter()));
            prop_assert!(copy.0.iter().eq(copy.1.iter()));
            prop_assert_eq!(copy.0 == ours, copy.1 == map);
            prop_assert_eq!(&Devices::from(map.clone()), &ours);
            prop_assert!(ours.parts.values().all(|part| !part.is_empty() && part.len() <= MOST));
            prop_assert_eq!(serde_json::to_string(&ours).unwrap(), serde_json::to_string(&map).unwrap());
        }
    }
}
