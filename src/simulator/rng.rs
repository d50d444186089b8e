//! The world's own source of chance: splitmix64, so that a seed means the same world on every machine.

use serde::{Deserialize, Serialize};

/// A seeded stream of numbers. Not for secrets: whoever knows the seed knows them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Rng(u64);

/// The letters and digits of Apple's serial numbers.
const SERIAL: &[u8] = b"0123456789CDFGHJKLMNPQRTVWXY";

impl Rng {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// True in `per_mille` of 1000 cases.
    pub(super) fn chance(&mut self, per_mille: u16) -> bool {
        self.below(1000) < u64::from(per_mille)
    }

    pub(super) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let index = self.below(items.len() as u64);
        items.get(usize::try_from(index).unwrap_or(0)).copied().unwrap_or_default()
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for chunk in out.chunks_mut(8) {
            let word = self.next().to_be_bytes();
            chunk.iter_mut().zip(word).for_each(|(to, from)| *to = from);
        }
        out
    }

    /// Lower-case hexadecimal digits, `length` of them.
    pub(super) fn hex(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.pick(b"0123456789abcdef"))).collect()
    }

    /// 32 upper-case hexadecimal digits, as Apple names profiles and servers.
    pub(super) fn uuid(&mut self) -> String {
        self.hex(32).to_ascii_uppercase()
    }

    /// A random UUID in the usual form.
    pub(super) fn dashed_uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xFFFF,
            high & 0xFFF,
            0x8000 | ((low >> 48) & 0x3FFF),
            low & 0xFFFF_FFFF_FFFF
        )
    }

    pub(super) fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(self.pick(b"0123456789"))).collect()
    }

    pub(super) fn mac_address(&mut self) -> String {
        let tail = self.below(1 << 40);
        let octet = |shift: u32| (tail >> shift) & 0xFF;
        format!("F4:{:02X}:{:02X}:{:02X}:{:02X}:{:02X}", octet(32), octet(24), octet(16), octet(8), octet(0))
    }

    pub(super) fn serial_number(&mut self) -> String {
        let length = if self.chance(500) { 10 } else { 12 };
        // The first is a letter, as nearly always.
        let first = self.pick(b"CDFGHJKLMNPQRTVWXY");
        std::iter::once(first).chain((1..length).map(|_| self.pick(SERIAL))).map(char::from).collect()
    }
}

/// The finalizer of splitmix64.
pub(super) fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Rng;

    /// The first outputs of splitmix64 for the seed 1234567, as published with the algorithm's test vectors (Rosetta Code).
    #[test]
    fn splitmix64_is_splitmix64() {
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.next(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next(), 3_203_168_211_198_807_973);
    }
}
