/// No row has this number.
pub(super) const NONE: u32 = u32::MAX;

/// Numbers by the hash of what they stand for: an open addressing table that knows neither, but asks for both.
///
/// Beside each number stands a byte of its hash, so that hardly any is looked at that is not the one. The hash is not keyed:
/// serial numbers are Apple's, and who could choose them could do worse.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    numbers: Vec<u32>,
    tags: Vec<u8>,
    filled: usize,
}

impl Index {
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut slot = self.first(hash);
        // There is always an empty slot.
        for _ in 0..self.numbers.len() {
            let number = *self.numbers.get(slot)?;
            if number == NONE {
                return None;
            }
            if self.tags.get(slot) == Some(&tag(hash)) && is_it(number) {
                return Some(number);
            }
            slot = self.next(slot);
        }
        None
    }

    /// Adds a number that is not there.
    pub(super) fn insert(&mut self, hash: u64, number: u32, hash_of: impl Fn(u32) -> u64) {
        // Seven eighths are filled at most.
        if self.filled >= self.numbers.len() / 8 * 7 {
            let size = self.numbers.len().saturating_mul(2).max(8);
            let before = std::mem::take(&mut self.numbers);
            self.numbers = vec![NONE; size];
            self.tags = vec![0; size];
            before.into_iter().filter(|number| *number != NONE).for_each(|number| self.put(hash_of(number), number));
        }
        self.put(hash, number);
        self.filled += 1;
    }

    fn put(&mut self, hash: u64, number: u32) {
        let mut slot = self.first(hash);
        while self.numbers.get(slot).is_some_and(|other| *other != NONE) {
            slot = self.next(slot);
        }
        self.set(slot, number, tag(hash));
    }

    /// Gives what stands for `from` the number `to`; `NONE` takes it out.
    pub(super) fn renumber(&mut self, hash: u64, from: u32, to: u32, hash_of: impl Fn(u32) -> u64) {
        let mut slot = self.first(hash);
        loop {
            match self.numbers.get(slot) {
                Some(number) if *number == from => break,
                Some(number) if *number != NONE => slot = self.next(slot),
                _ => return,
            }
        }
        if to != NONE {
            self.set(slot, to, tag(hash));
            return;
        }
        self.set(slot, NONE, 0);
        self.filled = self.filled.saturating_sub(1);
        // Whatever was pushed aside by it moves up.
        let mut other = self.next(slot);
        while let Some(number) = self.numbers.get(other).copied().filter(|number| *number != NONE) {
            let hash = hash_of(number);
            let distance = |to: usize| to.wrapping_sub(self.first(hash)) & self.mask();
            if distance(slot) < distance(other) {
                self.set(slot, number, tag(hash));
                self.set(other, NONE, 0);
                slot = other;
            }
            other = self.next(other);
        }
    }

    fn set(&mut self, slot: usize, number: u32, tag: u8) {
        if let (Some(number_at), Some(tag_at)) = (self.numbers.get_mut(slot), self.tags.get_mut(slot)) {
            (*number_at, *tag_at) = (number, tag);
        }
    }

    /// The size is a power of two.
    fn mask(&self) -> usize {
        self.numbers.len().wrapping_sub(1)
    }

    #[expect(clippy::cast_possible_truncation, reason = "as many bits as the table needs")]
    fn first(&self, hash: u64) -> usize {
        hash as usize & self.mask()
    }

    fn next(&self, slot: usize) -> usize {
        slot.wrapping_add(1) & self.mask()
    }

    pub(super) fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<u32>() + self.tags.capacity()
    }
}

/// The bits that do not say where it is.
#[expect(clippy::cast_possible_truncation, reason = "a byte is wanted")]
fn tag(hash: u64) -> u8 {
    (hash >> 56) as u8
}

pub(super) fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let all = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    mix(all.fold(bytes.len() as u64, |hash, word| (hash.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}

/// The finisher of `MurmurHash3`: every bit of the result depends on every bit.
fn mix(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ (hash >> 33)
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
        index.insert(hash_of(&record), id, |id| records.get(id as usize).map_or(0, hash_of));
        Some(id)
    }

    pub(super) fn bytes(&self) -> usize {
        self.records.capacity() * size_of::<[u32; N]>() + self.index.bytes()
    }
}

fn hash_of<const N: usize>(record: &[u32; N]) -> u64 {
    let numbers = record.iter().map(|number| u64::from(*number));
    mix(numbers.fold(0, |hash, number| (hash.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}
