/// No row has this number.
pub(super) const NONE: u32 = u32::MAX;

/// Numbers by the hash of what they stand for: an open addressing table that does not know what that is.
///
/// Beside each number stands its hash, so that hardly any is looked at that is not the one, and none when the table grows. The
/// hash is not keyed: serial numbers are Apple's, and who could choose them could do worse.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Number and hash; a power of two of them.
    slots: Vec<(u32, u32)>,
    filled: usize,
}

const EMPTY: (u32, u32) = (NONE, 0);

impl Index {
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.place(hash, is_it).and_then(|slot| self.slots.get(slot)).map(|(number, _)| *number)
    }

    /// The slot in which a number is.
    fn place(&self, hash: u32, is_it: impl Fn(u32) -> bool) -> Option<usize> {
        let mut slot = self.first(hash);
        // There is always an empty slot.
        loop {
            let (number, other) = *self.slots.get(slot).filter(|(number, _)| *number != NONE)?;
            if other == hash && is_it(number) {
                return Some(slot);
            }
            slot = self.next(slot);
        }
    }

    /// Adds a number that is not there.
    pub(super) fn insert(&mut self, hash: u32, number: u32) {
        // Seven eighths are filled at most.
        if self.filled >= self.slots.len() / 8 * 7 {
            let size = self.slots.len().saturating_mul(2).max(8);
            let before = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
            before.into_iter().filter(|slot| *slot != EMPTY).for_each(|slot| self.put(slot));
        }
        self.put((number, hash));
        self.filled += 1;
    }

    fn put(&mut self, entry: (u32, u32)) {
        let mut slot = self.first(entry.1);
        while self.slots.get(slot).is_some_and(|other| *other != EMPTY) {
            slot = self.next(slot);
        }
        self.set(slot, entry);
    }

    /// Gives what has the number `from` the number `to`.
    pub(super) fn renumber(&mut self, hash: u32, from: u32, to: u32) {
        if let Some(slot) = self.place(hash, |number| number == from) {
            self.set(slot, (to, hash));
        }
    }

    pub(super) fn remove(&mut self, hash: u32, number: u32) {
        let Some(mut slot) = self.place(hash, |other| other == number) else { return };
        self.set(slot, EMPTY);
        self.filled = self.filled.saturating_sub(1);
        // What it had pushed aside moves up.
        let mut other = self.next(slot);
        while let Some(entry) = self.slots.get(other).copied().filter(|entry| *entry != EMPTY) {
            let distance = |to: usize| to.wrapping_sub(self.first(entry.1)) & self.mask();
            if distance(slot) < distance(other) {
                self.set(slot, entry);
                self.set(other, EMPTY);
                slot = other;
            }
            other = self.next(other);
        }
    }

    fn set(&mut self, slot: usize, entry: (u32, u32)) {
        if let Some(at) = self.slots.get_mut(slot) {
            *at = entry;
        }
    }

    fn mask(&self) -> usize {
        self.slots.len().wrapping_sub(1)
    }

    fn first(&self, hash: u32) -> usize {
        hash as usize & self.mask()
    }

    fn next(&self, slot: usize) -> usize {
        slot.wrapping_add(1) & self.mask()
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<(u32, u32)>()
    }
}

pub(super) fn hash(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let all = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    mix(all.fold(bytes.len() as u64, |hash, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

/// The finisher of `MurmurHash3`: every bit of the result depends on every bit.
#[expect(clippy::cast_possible_truncation, reason = "half of it is enough")]
fn mix(mut hash: u64) -> u32 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    (hash ^ (hash >> 33)) as u32
}

/// Records of numbers, each kept once.
#[derive(Debug, Clone)]
pub(super) struct Pool<const N: usize> {
    records: Vec<[u32; N]>,
    index: Index,
}

impl<const N: usize> Default for Pool<N> {
    fn default() -> Self {
        Self { records: Vec::new(), index: Index::default() }
    }
}

impl<const N: usize> Pool<N> {
    pub(super) fn get(&self, id: u32) -> Option<&[u32; N]> {
        self.records.get(id as usize)
    }

    /// The number of a record; `None` when there are too many.
    pub(super) fn intern(&mut self, record: [u32; N]) -> Option<u32> {
        let Self { records, index } = self;
        if let Some(id) = index.find(hash_of(&record), |id| records.get(id as usize) == Some(&record)) {
            return Some(id);
        }
        let id = u32::try_from(records.len()).ok().filter(|id| *id != NONE)?;
        records.push(record);
        index.insert(hash_of(&record), id);
        Some(id)
    }

    pub(super) fn bytes(&self) -> usize {
        self.records.capacity() * size_of::<[u32; N]>() + self.index.bytes()
    }
}

fn hash_of<const N: usize>(record: &[u32; N]) -> u32 {
    let numbers = record.iter().map(|number| u64::from(*number));
    mix(numbers.fold(0, |hash, number| (hash.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}
