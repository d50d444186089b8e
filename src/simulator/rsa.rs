//! RSA signatures of the simulated devices, with keys that are public and worth nothing.
//!
//! By arithmetic of its own: the back ends sign neither with 1024 bits nor over SHA-1, both of which devices do, and what checks the
//! library must not share its mistakes. It takes no care of timing.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::ber::{INTEGER, NULL, OID, SEQUENCE, element};
use crate::pki::raw;

/// What is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
        }
    }

    /// The object identifier.
    pub(super) fn oid(self) -> &'static [u8] {
        match self {
            Self::Sha1 => &[0x2B, 0x0E, 0x03, 0x02, 0x1A],
            Self::Sha256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
        }
    }

    pub(super) fn algorithm(self) -> Vec<u8> {
        element(SEQUENCE, &[&element(OID, &[self.oid()]), &element(NULL, &[])])
    }
}

/// An RSA key, PKCS#1 in DER.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(pub(super) &'static [u8]);

impl Key {
    /// The content of the number at this place, without a sign byte.
    fn number(self, place: usize) -> &'static [u8] {
        let mut bytes = self.0;
        let content = raw::take(&mut bytes).map_or(&[][..], |outer| outer.content);
        let number = raw::members(content).nth(place).map_or(&[][..], |number| number.content);
        number.strip_prefix(&[0]).unwrap_or(number)
    }

    /// `SubjectPublicKeyInfo` in DER.
    pub(super) fn public(self) -> Vec<u8> {
        let sign = |bytes: &[u8]| if bytes.first() > Some(&0x7F) { &[0][..] } else { &[] };
        let positive = |bytes: &[u8]| element(INTEGER, &[sign(bytes), bytes]);
        let key = element(SEQUENCE, &[&positive(self.number(1)), &positive(self.number(2))]);
        let algorithm = element(SEQUENCE, &[&element(OID, &[RSA_ENCRYPTION]), &element(NULL, &[])]);
        element(SEQUENCE, &[&algorithm, &element(0x03, &[&[0], &key])])
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.1).
    pub(super) fn sign(self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let info = element(SEQUENCE, &[&hash.algorithm(), &element(0x04, &[&hash.digest(message)])]);
        let modulus = self.number(1);
        let mut padded = vec![0, 1];
        padded.resize(modulus.len().saturating_sub(info.len() + 1), 0xFF);
        padded.push(0);
        padded.extend(info);
        self.private(&padded, modulus.len())
    }

    /// The private operation, by each of the two primes (RFC 8017, 5.1.2, 2b).
    fn private(self, message: &[u8], length: usize) -> Vec<u8> {
        let [p, q] = [self.number(4), self.number(5)].map(Field::new);
        let by_p = p.power(&p.remainder(message), self.number(6));
        let by_q = q.power(&q.remainder(message), self.number(7));
        let factor =
            p.product(&p.enter(&p.remainder(self.number(8))), &p.difference(&by_p, &p.remainder(&bytes(&by_q))));
        let mut sum = by_q;
        sum.resize(p.modulus.len() + q.modulus.len() + 1, 0);
        for (place, limb) in factor.iter().enumerate() {
            add_product(sum.get_mut(place..).unwrap_or_default(), *limb, &q.modulus);
        }
        let all = bytes(&sum);
        all.get(all.len().saturating_sub(length)..).unwrap_or_default().to_vec()
    }
}

pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// The number in limbs, least significant first.
fn limbs(bytes: &[u8], count: usize) -> Vec<u64> {
    let mut limbs: Vec<u64> =
        bytes.rchunks(8).map(|chunk| chunk.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))).collect();
    limbs.resize(count, 0);
    limbs
}

/// The number in bytes, most significant first.
fn bytes(limbs: &[u64]) -> Vec<u8> {
    limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect()
}

/// Numbers modulo an odd one.
struct Field {
    modulus: Vec<u64>,
    /// −1 divided by the modulus, modulo 2⁶⁴.
    inverse: u64,
}

impl Field {
    fn new(modulus: &[u8]) -> Self {
        let modulus = limbs(modulus, modulus.len().div_ceil(8));
        let lowest = modulus.first().copied().unwrap_or(1);
        // Newton's iteration: each step doubles the number of bits that are right.
        let inverse = (0..6).fold(1_u64, |x, _| x.wrapping_mul(2_u64.wrapping_sub(lowest.wrapping_mul(x))));
        Self { modulus, inverse: inverse.wrapping_neg() }
    }

    /// What is left of a number of any length.
    fn remainder(&self, number: &[u8]) -> Vec<u64> {
        let mut rest = vec![0; self.modulus.len()];
        for bit in bits(number) {
            self.double(&mut rest, bit);
        }
        rest
    }

    /// Into Montgomery's form: times 2 to the power of all bits, by doubling.
    fn enter(&self, number: &[u64]) -> Vec<u64> {
        let mut number = number.to_vec();
        for _ in 0..self.modulus.len() * 64 {
            self.double(&mut number, 0);
        }
        number
    }

    /// Twice the number and a bit.
    fn double(&self, number: &mut [u64], bit: u64) {
        let mut carry = bit;
        for limb in number.iter_mut() {
            (*limb, carry) = (*limb << 1 | carry, *limb >> 63);
        }
        self.reduce(number, carry);
    }

    fn difference(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let mut out = a.to_vec();
        if subtract(&mut out, b) {
            add_product(&mut out, 1, &self.modulus);
        }
        out
    }

    /// The number, which is not in Montgomery's form, to the power of `exponent`.
    fn power(&self, number: &[u64], exponent: &[u8]) -> Vec<u64> {
        let one = limbs(&[1], self.modulus.len());
        let (base, mut power) = (self.enter(number), self.enter(&one));
        for bit in bits(exponent) {
            power = self.product(&power, &power);
            if bit == 1 {
                power = self.product(&power, &base);
            }
        }
        self.product(&power, &one)
    }

    /// The product of two numbers in Montgomery's form; of one that is and one that is not, their product as it is.
    fn product(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let mut sum = vec![0; self.modulus.len() + 2];
        for limb in a {
            add_product(&mut sum, *limb, b);
            let factor = sum.first().copied().unwrap_or(0).wrapping_mul(self.inverse);
            add_product(&mut sum, factor, &self.modulus);
            // The lowest limb is zero now.
            sum.rotate_left(1);
        }
        let top = sum.get(self.modulus.len()).copied().unwrap_or(0);
        sum.truncate(self.modulus.len());
        self.reduce(&mut sum, top);
        sum
    }

    /// Takes the modulus off once, if the number with `top` above it is not less.
    fn reduce(&self, number: &mut [u64], top: u64) {
        if top > 0 || number.iter().rev().ge(self.modulus.iter().rev()) {
            subtract(number, &self.modulus);
        }
    }
}

/// Takes `other` off a number of the same length, and says whether it was the larger one.
fn subtract(number: &mut [u64], other: &[u64]) -> bool {
    number.iter_mut().zip(other).fold(false, |borrow, (limb, other)| {
        let (less, first) = limb.overflowing_sub(*other);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        *limb = less;
        first || second
    })
}

/// From the most significant one on.
fn bits(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |place| u64::from(byte >> place & 1)))
}

/// Adds `factor` times `number`. What does not fit in is lost.
#[expect(clippy::cast_possible_truncation, reason = "the two halves of a number")]
fn add_product(sum: &mut [u64], factor: u64, number: &[u64]) {
    let mut carry = 0_u64;
    let mut sum = sum.iter_mut();
    for other in number {
        let Some(limb) = sum.next() else { return };
        let wide = u128::from(factor) * u128::from(*other) + u128::from(*limb) + u128::from(carry);
        (*limb, carry) = (wide as u64, (wide >> 64) as u64);
    }
    for limb in sum {
        let (more, over) = limb.overflowing_add(carry);
        (*limb, carry) = (more, u64::from(over));
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, bytes, limbs};

    /// Against another implementation: `python3 -c 'print(hex(pow(3, 0x10001, 2**127 - 1)))'`.
    #[test]
    fn powers_are_right() {
        let field = Field::new(&(u128::MAX >> 1).to_be_bytes());
        let power = |base: &[u8], exponent: &[u8]| bytes(&field.power(&field.remainder(base), exponent));
        assert_eq!(power(&[3], &[1, 0, 1]), 0x0370_02CD_96C2_8F67_0D8E_B760_E630_1408_u128.to_be_bytes());
        assert_eq!(power(&[5], &[0]), 1_u128.to_be_bytes());
        assert_eq!(power(&[0xFF; 16], &[1]), 1_u128.to_be_bytes());
        assert_eq!(limbs(&[1, 0, 0, 0, 0, 0, 0, 0, 2], 3), [2, 1, 0]);
        let (two, five) = (limbs(&[2], 2), limbs(&[5], 2));
        assert_eq!(bytes(&field.difference(&two, &five)), ((u128::MAX >> 1) - 3).to_be_bytes());
    }
}
