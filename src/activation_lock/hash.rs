//! The hash of a bypass code: PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA256.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use sha2::digest::KeyInit;
use zeroize::Zeroizing;

const ITERATIONS: u32 = 50_000;
const SALT: [u8; 4] = [0; 4];

/// The hash of a [`BypassCode`](super::BypassCode), to lock a device with: 64 hexadecimal digits in lower case.
///
/// It is no secret: a lock is opened by the code alone, and from 128 random bits there is no way back. Apple's example has upper
/// case; both are taken.
///
/// ```
/// use apple_ade::activation_lock::BypassCode;
///
/// let code: BypassCode = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4".parse()?;
/// assert_eq!(code.hash().as_str(), "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5");
/// # Ok::<(), apple_ade::activation_lock::BypassCodeError>(())
/// ```
#[doc(alias = "escrow_key")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BypassCodeHash(Box<str>);

impl BypassCodeHash {
    pub(super) fn of(code: &[u8; 16]) -> Self {
        let digest = derive(code, &SALT, ITERATIONS);
        Self(digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(digit).collect())
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digit(nibble: u8) -> Option<char> {
    char::from_digit(nibble.into(), 16)
}

/// The first block of PBKDF2, which is all there is to 32 bytes.
fn derive(password: &[u8; 16], salt: &[u8], iterations: u32) -> [u8; 32] {
    // HMAC takes a key of one block, filled up with zeros; so there is no length that could be refused.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(password).for_each(|(to, from)| *to = *from);
    let keyed = <Hmac<Sha256> as KeyInit>::new((&*block).into());

    let mut round = keyed.clone().chain_update(salt).chain_update(1_u32.to_be_bytes()).finalize().into_bytes();
    let mut derived: [u8; 32] = round.into();
    for _ in 1..iterations {
        round = keyed.clone().chain_update(round).finalize().into_bytes();
        derived.iter_mut().zip(round).for_each(|(to, from)| *to ^= from);
    }
    derived
}

impl fmt::Display for BypassCodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for BypassCodeHash {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<BypassCodeHash> for String {
    fn from(hash: BypassCodeHash) -> Self {
        hash.0.into()
    }
}
