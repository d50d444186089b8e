//! Shared iPad: who signs in, how many stay on the device, when sessions end.
//!
//! Apple's profile says no more than `is_multi_user`. Everything here is set by the MDM, by the items of the `Settings` command on the
//! device channel, before the first user signs in (SHI-17): [`SharedIpad::shared_device_configuration`] is the item's content, and
//! [`SharedIpad::settings`] says which iPadOS each key needs. The number of users goes out while the device awaits its configuration;
//! the passcode grace before a user has a passcode.
//!
//! People sign in with federated Managed Apple Accounts, or as guests in a temporary session (SHI-5, AFF-17). What exists only with
//! accounts cannot be said of guests:
//!
//! ```
//! use apple_ade::shared_ipad::{IdleTimeout, ResidentUsers, SharedIpad};
//!
//! let ipad: SharedIpad =
//!     SharedIpad::accounts(ResidentUsers::new(10)?).user_session_timeout(IdleTimeout::after_seconds(300)?).into();
//! let keys: Vec<_> = ipad.settings().iter().map(|setting| (setting.key, setting.since.to_string())).collect();
//! assert_eq!(keys, [("ResidentUsers", "13.4".into()), ("UserSessionTimeout", "14.5".into())]);
//!
//! let error = IdleTimeout::after_seconds(10).unwrap_err();
//! assert_eq!(error.to_string(), "the idle time-out is 10 seconds, and has to be at least 30, or never; the nearest is 30");
//! # Ok::<(), apple_ade::shared_ipad::RangeError>(())
//! ```
//!
//! Shared iPad is for supervised iPads with 32 GB and more that enroll through ADE: iPad 5th generation, iPad Air 2, iPad mini 4, every
//! iPad Pro, and what came later.

mod advice;
mod domains;
mod grace;
mod idle;
mod legacy;
mod range;
mod sessions;
mod wire;

pub(crate) use self::advice::LEAST_STORAGE;
pub use self::advice::{StorageAdvice, users_that_fit};
pub use self::domains::{DefaultDomains, DomainError};
pub use self::grace::{GracePeriod, PasscodeGrace};
pub use self::idle::{IdleSeconds, IdleTimeout};
pub use self::legacy::LegacySetting;
pub use self::range::{AutoLock, OnlineGrace, Quota, RangeError, ResidentUsers};
pub use self::sessions::{Accounts, GuestsOnly, SharedIpad, Storage};
pub use self::wire::{AwaitUserConfiguration, PasscodePolicy, SharedDeviceConfiguration};
