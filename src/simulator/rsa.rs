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
        power(&padded, self.number(3), modulus)
    }
}

pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// `base` to the power of `exponent`, modulo the odd `modulus`; all with the most significant byte first.
fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let field = Field::new(modulus);
    let base = field.enter(&limbs(base, field.modulus.len()));
    let mut power = field.enter(&limbs(&[1], field.modulus.len()));
    for bit in exponent.iter().flat_map(|byte| (0..8).rev().map(move |place| byte >> place & 1)) {
        power = field.product(&power, &power);
        if bit == 1 {
            power = field.product(&power, &base);
        }
    }
    let power = field.product(&power, &limbs(&[1], field.modulus.len()));
    let bytes: Vec<u8> = power.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
    bytes.get(bytes.len().saturating_sub(modulus.len())..).unwrap_or_default().to_vec()
}

/// The number in limbs, least significant first.
fn limbs(bytes: &[u8], count: usize) -> Vec<u64> {
    let mut limbs: Vec<u64> =
        bytes.rchunks(8).map(|chunk| chunk.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))).collect();
    limbs.resize(count, 0);
    limbs
}

/// Numbers modulo an odd one, in Montgomery's form.
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

    /// Into Montgomery's form: times 2 to the power of all bits, by doubling.
    fn enter(&self, number: &[u64]) -> Vec<u64> {
        let mut number = number.to_vec();
        for _ in 0..self.modulus.len() * 64 {
            let top = number.iter_mut().fold(0, |carry, limb| {
                let next = *limb >> 63;
                *limb = *limb << 1 | carry;
                next
            });
            self.reduce(&mut number, top);
        }
        number
    }

    /// The product of two numbers in Montgomery's form.
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
            number.iter_mut().zip(&self.modulus).fold(false, |borrow, (limb, other)| {
                let (less, first) = limb.overflowing_sub(*other);
                let (less, second) = less.overflowing_sub(u64::from(borrow));
                *limb = less;
                first || second
            });
        }
    }
}

/// Adds `factor` times `number`.
fn add_product(sum: &mut [u64], factor: u64, number: &[u64]) {
    let mut carry = 0_u64;
    for (limb, other) in sum.iter_mut().zip(number.iter().chain(std::iter::repeat(&0))) {
        let wide = u128::from(factor) * u128::from(*other) + u128::from(*limb) + u128::from(carry);
        let [low, high] = halves(wide);
        (*limb, carry) = (low, high);
    }
}

fn halves(wide: u128) -> [u64; 2] {
    [wide & u128::from(u64::MAX), wide >> 64].map(|half| u64::try_from(half).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{limbs, power};

    /// Against numbers that another implementation gave: `python3 -c 'print(hex(pow(3, 0x10001, 2**127 - 1)))'`.
    #[test]
    fn powers_are_right() {
        let modulus = (u128::MAX >> 1).to_be_bytes();
        assert_eq!(power(&[3], &[1, 0, 1], &modulus), POWER.to_be_bytes());
        assert_eq!(power(&[5], &[0], &[0xFF, 0xF1]), [0, 1]);
        assert_eq!(power(&[7], &[1], &[0xFF, 0xF1]), [0, 7]);
        assert_eq!(limbs(&[1, 0, 0, 0, 0, 0, 0, 0, 2], 3), [2, 1, 0]);
    }

    const POWER: u128 = 0x37002CD96C28F670D8EB760E6301408;
}
