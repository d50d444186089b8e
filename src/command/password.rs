//! The password of an account that the MDM makes on a Mac, as its hash.

use std::fmt;

use hmac::{Hmac, Mac as _};
use sha2::Sha512;
use zeroize::Zeroizing;

use crate::secret::{SecretBytes, SecretString};

/// The salted PBKDF2 hash of a password (HMAC-SHA-512, 128 bytes), as the data `passwordHash` of `AccountConfiguration`: a binary property
/// list with `SALTED-SHA512-PBKDF2`, and in it `entropy`, `iterations` and `salt`.
///
/// Whoever has the hash can try passwords against it: it is a secret, too. See Apple's
/// [`PasswordHash`](https://developer.apple.com/documentation/devicemanagement/passwordhash) and RFC 8018, 5.2.
///
/// ```
/// use apple_ade::command::{Iterations, PasswordHash};
/// use apple_ade::secret::SecretString;
///
/// // The salt comes from a cryptographic random source of yours, anew for each password.
/// let hash = PasswordHash::new(&SecretString::new("correct horse"), [7; 32], Iterations::new(1000)?)?;
/// assert!(hash.expose_secret().starts_with(b"bplist00"));
/// assert_eq!(format!("{hash:?}"), "PasswordHash(redacted)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PasswordHash(SecretBytes);

/// How often the hash is repeated: 1000 to 10 000 000.
///
/// The lower bound is that of NIST SP 800-132; a Mac takes as many as are given, and its log-in takes longer with each.
///
/// ```
/// use apple_ade::command::Iterations;
///
/// assert_eq!(Iterations::default().get(), 210_000);
/// assert_eq!(Iterations::new(12).unwrap_err().to_string(), "the password hash would be repeated 12 times; 1000 to 10000000 are sound");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iterations(u32);

/// What no password hash is made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordHashError {
    /// The password is empty.
    #[error("the password is empty; leave it out, or give one")]
    EmptyPassword,
    /// A number of iterations outside of its range.
    #[error("the password hash would be repeated {found} times; 1000 to 10000000 are sound")]
    Iterations {
        /// How many.
        found: u32,
    },
}

impl Iterations {
    /// So many.
    ///
    /// # Errors
    ///
    /// [`PasswordHashError::Iterations`].
    pub fn new(iterations: u32) -> Result<Self, PasswordHashError> {
        match iterations {
            1_000..=10_000_000 => Ok(Self(iterations)),
            found => Err(PasswordHashError::Iterations { found }),
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

/// 210 000, as OWASP's Password Storage Cheat Sheet (2023) has it for PBKDF2 with SHA-512.
impl Default for Iterations {
    fn default() -> Self {
        Self(210_000)
    }
}

impl PasswordHash {
    /// Hashes a password with a salt of 32 random bytes. The password's UTF-8 is taken as it is.
    ///
    /// # Errors
    ///
    /// [`PasswordHashError::EmptyPassword`].
    pub fn new(password: &SecretString, salt: [u8; 32], iterations: Iterations) -> Result<Self, PasswordHashError> {
        let password = password.expose_secret().as_bytes();
        if password.is_empty() {
            return Err(PasswordHashError::EmptyPassword);
        }
        let mut entropy = Zeroizing::new([0; ENTROPY]);
        pbkdf2(password, &salt, iterations.0, &mut entropy);
        Ok(Self(binary(&entropy, iterations.0, &salt)))
    }

    /// The data of `passwordHash`.
    pub fn expose_secret(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(redacted)")
    }
}

/// The bytes of `entropy`.
const ENTROPY: usize = 128;
/// The bytes of one HMAC.
const BLOCK: usize = 64;

/// PBKDF2 with HMAC-SHA-512 (RFC 8018, 5.2).
fn pbkdf2(password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8; ENTROPY]) {
    // A key of any length is one of HMAC.
    let Ok(keyed) = Hmac::<Sha512>::new_from_slice(password) else { return };
    for (block, number) in out.chunks_mut(BLOCK).zip(1_u32..) {
        let first = keyed.clone().chain_update(salt).chain_update(number.to_be_bytes()).finalize().into_bytes();
        let mut last = Zeroizing::new(<[u8; BLOCK]>::from(first));
        block.copy_from_slice(&*last);
        for _ in 1..iterations {
            *last = keyed.clone().chain_update(*last).finalize().into_bytes().into();
            block.iter_mut().zip(last.iter()).for_each(|(sum, byte)| *sum ^= byte);
        }
    }
}

/// The binary property list: two dictionaries, one in the other. It has less than 256 bytes, so that references and offsets have one each.
fn binary(entropy: &[u8; ENTROPY], iterations: u32, salt: &[u8; 32]) -> SecretBytes {
    const KEY: &[u8] = b"SALTED-SHA512-PBKDF2";
    let [_, _, high, low] = iterations.to_be_bytes();
    let (short, long) = ([0x11, high, low], iterations.to_be_bytes());
    let iterations: [&[u8]; 2] = if iterations > 0xFFFF { [&[0x12], &long] } else { [&[], &short] };
    let objects: [&[&[u8]]; 9] = [
        // A dictionary of one key: references to key and value.
        &[&[0xD1, 1, 2]],
        // A text of more than 14 bytes has its length as a number behind its mark.
        &[&[0x5F, 0x10, 20], KEY],
        &[&[0xD3, 3, 4, 5, 6, 7, 8]],
        &[&[0x57], b"entropy"],
        &[&[0x5A], b"iterations"],
        &[&[0x54], b"salt"],
        &[&[0x4F, 0x10, 128], entropy],
        &iterations,
        &[&[0x4F, 0x10, 32], salt],
    ];
    let mut list = Zeroizing::new(Vec::with_capacity(512));
    list.extend_from_slice(b"bplist00");
    let mut offsets = Vec::with_capacity(9);
    for object in objects {
        offsets.push(u8::try_from(list.len()).unwrap_or_default());
        for part in object {
            list.extend_from_slice(part);
        }
    }
    let table = u64::try_from(list.len()).unwrap_or_default();
    list.extend_from_slice(&offsets);
    list.extend_from_slice(&[0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [9, 0, table] {
        list.extend_from_slice(&number.to_be_bytes());
    }
    SecretBytes::new(std::mem::take(&mut *list))
}
