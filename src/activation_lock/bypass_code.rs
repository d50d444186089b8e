//! The secret that takes a lock away.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use super::alphabet::{self, DASHES, LENGTH};
use super::error::BypassCodeError;
use super::hash::BypassCodeHash;
use crate::secret::SecretString;
use crate::stamp::Stamp;

/// A bypass code: 16 random bytes, written as 26 characters in groups, `3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4`.
///
/// It is a secret: no copy, no comparison, no text by accident. Store [`to_code`](Self::to_code) or
/// [`expose_secret`](Self::expose_secret) where secrets are kept; from the hash nobody gets back to it.
///
/// Reading is strict, since a code is typed in by hand from a screen or from paper, and a wrong one is found out only at a locked
/// device: no character is skipped or guessed. The five dashes are where Apple writes them, or none is there at all. Lower case is
/// taken, but for `l`, which may be a 1 as well as an L. White space around the code does not count.
///
/// ```
/// use apple_ade::activation_lock::BypassCode;
///
/// let code: BypassCode = "8lnyd-dvnku-gyrc-e6gu-3yfd-ct86".to_uppercase().parse()?;
/// let plain: BypassCode = "8LNYDdvnkugyrce6gu3yfdct86".parse()?;
/// assert_eq!(code.expose_secret(), plain.expose_secret());
/// assert_eq!(format!("{code:?}"), "BypassCode(redacted)");
/// assert_eq!(plain.to_code().expose_secret(), "8LNYD-DVNKU-GYRC-E6GU-3YFD-CT86");
/// # Ok::<(), apple_ade::activation_lock::BypassCodeError>(())
/// ```
///
/// ```compile_fail,E0599
/// # use apple_ade::activation_lock::BypassCode;
/// let copy = BypassCode::from_bytes([7; 16]).clone();
/// ```
///
/// ```compile_fail,E0277
/// # use apple_ade::activation_lock::BypassCode;
/// println!("{}", BypassCode::from_bytes([7; 16]));
/// ```
///
/// ```compile_fail,E0369
/// # use apple_ade::activation_lock::BypassCode;
/// // Comparing secrets tells the time that it takes.
/// let same = BypassCode::from_bytes([7; 16]) == BypassCode::from_bytes([7; 16]);
/// ```
pub struct BypassCode(Zeroizing<[u8; 16]>);

impl BypassCode {
    /// Makes a code of the stamp's sixteen random bytes.
    ///
    /// Take a stamp for this alone. The nonce of a sign-in goes over the wire and into logs.
    pub fn generate(stamp: &Stamp) -> Self {
        Self::from_bytes(stamp.nonce())
    }

    /// Takes sixteen bytes from a cryptographic random source, or from the store.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The sixteen bytes. Keep them out of logs.
    pub fn expose_secret(&self) -> &[u8; 16] {
        &self.0
    }

    /// As it is shown, typed in, and sent to Apple: 31 characters with dashes, in upper case.
    pub fn to_code(&self) -> SecretString {
        // At its full size from the start, so that no part is left behind in memory that was given back.
        let mut code = String::with_capacity(LENGTH + DASHES.len());
        let value = Zeroizing::new(u128::from_be_bytes(*self.0));
        for index in 0..LENGTH {
            if DASHES.contains(&index) {
                code.push('-');
            }
            // 25 symbols of five bits from the top, and the last three bits by themselves.
            let bits = if index + 1 == LENGTH { *value & 7 } else { *value >> (123 - 5 * index) };
            code.push(alphabet::symbol(bits));
        }
        SecretString::new(code)
    }

    /// What Apple is given as `escrow_key` when a device is locked. It takes milliseconds: 50,000 rounds.
    pub fn hash(&self) -> BypassCodeHash {
        BypassCodeHash::of(&self.0)
    }
}

impl FromStr for BypassCode {
    type Err = BypassCodeError;

    fn from_str(text: &str) -> Result<Self, BypassCodeError> {
        let code = text.trim();
        let leading = text.chars().count() - text.trim_start().chars().count();
        let has_dashes = code.contains('-');
        let mut value = Zeroizing::new(0_u128);
        let (mut symbols, mut after_dash) = (0, false);
        let count = code.chars().filter(|c| *c != '-').count();
        for (found, position) in code.chars().zip(leading + 1..) {
            if found == '-' {
                if after_dash || !DASHES.contains(&symbols) {
                    return Err(BypassCodeError::Dash { position });
                }
                after_dash = true;
                continue;
            }
            let Some(bits) = alphabet::bits(found) else {
                return Err(BypassCodeError::Letter { position, found, meant: alphabet::meant(found) });
            };
            if symbols == LENGTH {
                return Err(BypassCodeError::Length { found: count });
            }
            if has_dashes && !after_dash && DASHES.contains(&symbols) {
                return Err(BypassCodeError::DashMissing { position });
            }
            symbols += 1;
            after_dash = false;
            if symbols < LENGTH {
                *value = *value << 5 | u128::from(bits);
            } else if bits < 8 {
                *value = *value << 3 | u128::from(bits);
            } else if count == LENGTH {
                return Err(BypassCodeError::LastSymbol { position, found });
            }
        }
        match count {
            LENGTH => Ok(Self::from_bytes(value.to_be_bytes())),
            found => Err(BypassCodeError::Length { found }),
        }
    }
}

impl fmt::Debug for BypassCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BypassCode(redacted)")
    }
}

/// The codes of one device, of which either may be in force.
///
/// ```
/// use apple_ade::activation_lock::{BypassCode, BypassCodes};
///
/// let made: BypassCode = "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4".parse()?;
/// let codes = BypassCodes { server_generated: Some(made), device_generated: None };
/// assert_eq!(codes.in_order().count(), 1);
/// # Ok::<(), apple_ade::activation_lock::BypassCodeError>(())
/// ```
#[derive(Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "Apple's page knows of these two, and a store fills both")]
pub struct BypassCodes {
    /// The code that the server made when it locked the device.
    pub server_generated: Option<BypassCode>,
    /// The code that the device made: keep it until the device gives another one that is not empty.
    pub device_generated: Option<BypassCode>,
}

impl BypassCodes {
    /// The codes to try, one after the other: first the server's.
    pub fn in_order(&self) -> impl Iterator<Item = &BypassCode> {
        [&self.server_generated, &self.device_generated].into_iter().flatten()
    }
}
