//! Activation Lock by the organisation: bypass codes, their hashes, and the request that takes a lock away.
//!
//! See Apple's [Creating and using bypass codes](https://developer.apple.com/documentation/devicemanagement/creating-and-using-bypass-codes).
//! The MDM makes a [`BypassCode`], stores it as a secret, and sends its [hash](BypassCode::hash) as `escrow_key` with
//! [`EnableActivationLock`](crate::api::EnableActivationLock). The code is what opens the lock again: typed in by hand in the password
//! field of the activation screen, or sent to Apple by [`Unlock`]. The hash opens nothing.
//!
//! ```
//! use apple_ade::Stamp;
//! use apple_ade::activation_lock::BypassCode;
//! use apple_ade::api::EnableActivationLock;
//!
//! // A stamp of its own: its sixteen random bytes are the code. With the feature `sys`: `Stamp::from_system()`.
//! let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, [0; 16]);
//! let code = BypassCode::generate(&stamp);
//! assert_eq!(code.to_code().expose_secret(), "00000-00000-0000-0000-0000-0000");
//!
//! let lock = EnableActivationLock::new("C02T0HL0GGC0".parse()?).with_escrow_key(code.hash());
//! assert!(lock.escrow_key.is_some_and(|key| key.starts_with("deab860d")));
//!
//! // What somebody typed in: a letter that the alphabet does not have is named.
//! let error = "00000-0000O-0000-0000-0000-0000".parse::<BypassCode>().unwrap_err();
//! assert_eq!(error.to_string(), "character 11 is 'O', which no bypass code has; it may be meant as 0");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! There are two codes of a device that may be in force: the one that the device made (Apple's command `ActivationLockBypassCode`
//! fetches it, in the first 15 days after it was supervised), and the one that the server made. Nobody but Apple can tell which, nor
//! whether the device is locked at all: `IsActivationLockEnabled` errs both ways. Keep both, in [`BypassCodes`], and try the other
//! where the first fails. Whichever lock came first holds: Find My of a user, or the organisation's.

mod alphabet;
mod bypass_code;
mod error;
mod hash;
mod outcome;
mod unlock;

pub use self::bypass_code::{BypassCode, BypassCodes};
pub use self::error::BypassCodeError;
pub use self::hash::BypassCodeHash;
pub use self::outcome::{UnlockAnswer, UnlockOutcome};
pub use self::unlock::{Unlock, UnlockError, UnlockRequest};
