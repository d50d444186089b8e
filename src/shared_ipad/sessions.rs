//! Who may sign in, and what holds for their sessions.

use serde::{Deserialize, Serialize};

use super::advice::StorageAdvice;
use super::domains::DefaultDomains;
use super::grace::PasscodeGrace;
use super::idle::IdleTimeout;
use super::range::{AutoLock, OnlineGrace, Quota, ResidentUsers};
use super::wire::SharedDeviceConfiguration;
use crate::os::Setting;

/// What holds for the sessions of a Shared iPad (SHI-5, AFF-17). Each value that is not set is the device's own.
///
/// The constructors give [`Accounts`] or [`GuestsOnly`], whose setters are those that fit; both become a `SharedIpad` by `into()`.
///
/// ```
/// use apple_ade::shared_ipad::{GracePeriod, Quota, SharedIpad};
///
/// let ipad = SharedIpad::accounts_with_quota(Quota::from_megabytes(4096)?).passcode_grace(GracePeriod::FiveMinutes);
/// let ipad: SharedIpad = ipad.await_user_configuration(true).into();
/// assert_eq!(
///     serde_json::to_string(&ipad).unwrap(),
///     r#"{"accounts":{"storage":{"quota":4096},"passcode_grace":300,"await_user_configuration":true}}"#
/// );
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
///
/// In a profile it is a mode by itself; locked, or with hosts that may pair, it is put into a `SharedMode`:
///
/// ```
/// use apple_ade::profile::{DeviceMode, MdmRemoval, SharedMode};
/// use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
///
/// let accounts = SharedIpad::accounts(ResidentUsers::new(10)?);
/// assert_eq!(DeviceMode::from(SharedMode::new(accounts).locked()).removal(), MdmRemoval::Locked);
/// # Ok::<(), apple_ade::shared_ipad::RangeError>(())
/// ```
///
/// Guests have no passcode, no session of an account, and nothing that stays (SHI-12):
///
/// ```compile_fail,E0599
/// # use apple_ade::shared_ipad::{GracePeriod, SharedIpad};
/// let ipad = SharedIpad::guests_only().passcode_grace(GracePeriod::FiveMinutes);
/// ```
///
/// ```compile_fail,E0599
/// # use apple_ade::shared_ipad::{IdleTimeout, SharedIpad};
/// let ipad = SharedIpad::guests_only().user_session_timeout(IdleTimeout::Never);
/// ```
///
/// ```compile_fail,E0599
/// # use apple_ade::shared_ipad::{ResidentUsers, SharedIpad};
/// let ipad = SharedIpad::guests_only().resident_users(ResidentUsers::MOST);
/// ```
///
/// The space is divided by users or by a quota, not both: where Apple is given both, the quota wins.
///
/// ```compile_fail,E0599
/// # use apple_ade::shared_ipad::{Quota, ResidentUsers, SharedIpad};
/// let ipad = SharedIpad::accounts(ResidentUsers::MOST).quota(Quota::from_megabytes(1).unwrap());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SharedIpad {
    /// People sign in with Managed Apple Accounts, and also as guests unless the restriction `allowSharedDeviceTemporarySession` is false.
    Accounts(Accounts),
    /// Nobody signs in with an account (SHI-11).
    GuestsOnly(GuestsOnly),
}

impl SharedIpad {
    /// Accounts, of which the data of so many users stay on the device.
    pub fn accounts(users: ResidentUsers) -> Accounts {
        Accounts { storage: Storage::ResidentUsers(users), ..Accounts::default() }
    }

    /// Accounts with so much space each.
    pub fn accounts_with_quota(quota: Quota) -> Accounts {
        Accounts { storage: Storage::Quota(quota), ..Accounts::default() }
    }

    /// Accounts, and the device divides its space: among 10 users, by Apple's deployment guide.
    pub fn accounts_by_default() -> Accounts {
        Accounts::default()
    }

    /// Temporary sessions alone.
    pub fn guests_only() -> GuestsOnly {
        GuestsOnly::default()
    }
}

/// Sessions of people who have an account. iPadOS 13.4; what came later says so.
///
/// Beside them guests sign in, too, unless the restriction `allowSharedDeviceTemporarySession` is false: a configuration profile says it,
/// and nothing here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Accounts {
    #[serde(skip_serializing_if = "Storage::is_default")]
    pub(super) storage: Storage,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_session_timeout: Option<IdleTimeout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temporary_session_timeout: Option<IdleTimeout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passcode_grace: Option<PasscodeGrace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default_domains: Option<DefaultDomains>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) online_grace: Option<OnlineGrace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auto_lock: Option<AutoLock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skip_language_and_locale: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) await_user_configuration: Option<bool>,
}

/// Temporary sessions alone: the sign-in screen offers guests only, by `TemporarySessionOnly` (SHI-11). iPadOS 14.5.
///
/// Signing out erases all data of the user, and policies and apps arrive anew at each sign-in (SHI-15). By Intune's documentation the
/// way back to accounts is a full reset and a new profile (SHI-16); Apple's schema names no reset (X-23). Together with the restriction
/// `allowSharedDeviceTemporarySession` false, nobody can sign in at all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuestsOnly {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quota: Option<Quota>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temporary_session_timeout: Option<IdleTimeout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) auto_lock: Option<AutoLock>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skip_language_and_locale: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) await_user_configuration: Option<bool>,
}

/// How the device's space is divided among the users who stay on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Storage {
    /// As the device does by itself.
    #[default]
    DeviceDefault,
    /// Among so many users.
    ResidentUsers(ResidentUsers),
    /// So much for each.
    Quota(Quota),
}

impl Storage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_default(&self) -> bool {
        *self == Self::DeviceDefault
    }
}

impl Accounts {
    /// When an idle session of an account ends (SHI-10). iPadOS 14.5.
    #[must_use]
    pub fn user_session_timeout(self, timeout: IdleTimeout) -> Self {
        Self { user_session_timeout: Some(timeout), ..self }
    }

    /// When an idle session of a guest ends, on a device with accounts. iPadOS 14.5.
    ///
    /// Intune offers this time-out to guests only; Apple's key has no such tie (SHI-14, X-36). Hence the long name:
    ///
    /// ```compile_fail,E0599
    /// # use apple_ade::shared_ipad::{IdleTimeout, SharedIpad};
    /// let ipad = SharedIpad::accounts_by_default().temporary_session_timeout(IdleTimeout::Never);
    /// ```
    #[must_use]
    pub fn temporary_session_timeout_beside_accounts(self, timeout: IdleTimeout) -> Self {
        Self { temporary_session_timeout: Some(timeout), ..self }
    }

    /// How long after locking no passcode is asked (SHI-9): a [`GracePeriod`](super::GracePeriod), or a number that devices round down.
    #[must_use]
    pub fn passcode_grace(self, grace: impl Into<PasscodeGrace>) -> Self {
        Self { passcode_grace: Some(grace.into()), ..self }
    }

    /// The domains that the sign-in screen offers. iPadOS 16.0.
    #[must_use]
    pub fn default_domains(self, domains: DefaultDomains) -> Self {
        Self { default_domains: Some(domains), ..self }
    }

    /// How long known users sign in without Apple's identity server. iPadOS 16.0.
    #[must_use]
    pub fn online_grace(self, grace: OnlineGrace) -> Self {
        Self { online_grace: Some(grace), ..self }
    }

    /// How the space is divided.
    pub fn storage(&self) -> Storage {
        self.storage
    }

    /// The passcode grace that was asked for.
    pub fn grace(&self) -> Option<PasscodeGrace> {
        self.passcode_grace
    }

    /// The domains that the sign-in screen offers.
    pub fn domains(&self) -> Option<&DefaultDomains> {
        self.default_domains.as_ref()
    }
}

impl GuestsOnly {
    /// When an idle session ends (SHI-13, SHI-14). iPadOS 14.5.
    #[must_use]
    pub fn temporary_session_timeout(self, timeout: IdleTimeout) -> Self {
        Self { temporary_session_timeout: Some(timeout), ..self }
    }

    /// The space of a guest. For guests from iPadOS 17.0 on.
    #[must_use]
    pub fn quota(self, quota: Quota) -> Self {
        Self { quota: Some(quota), ..self }
    }
}

macro_rules! both {
    ($($name:ident)*) => {$(
        impl $name {
            /// When the idle device goes to sleep. iPadOS 17.0.
            #[must_use]
            pub fn auto_lock(self, time: AutoLock) -> Self {
                Self { auto_lock: Some(time), ..self }
            }

            /// Whether new users get the system's language and region without being asked. iPadOS 16.2.
            #[must_use]
            pub fn skip_language_and_locale(self, skip: bool) -> Self {
                Self { skip_language_and_locale: Some(skip), ..self }
            }

            /// Whether a sign-in waits until the MDM has sent `UserConfigured` on the user channel. It needs the network. iPadOS 17.0.
            #[must_use]
            pub fn await_user_configuration(self, wait: bool) -> Self {
                Self { await_user_configuration: Some(wait), ..self }
            }
        }

        impl $name {
            /// What the `Settings` command says: [`SharedIpad::shared_device_configuration`].
            pub fn shared_device_configuration(&self) -> SharedDeviceConfiguration {
                SharedIpad::from(self.clone()).shared_device_configuration()
            }

            /// Each key that is set, with the iPadOS that brought it: [`SharedIpad::settings`].
            pub fn settings(&self) -> Vec<Setting> {
                self.shared_device_configuration().settings()
            }

            /// Whether a device with so many GB has room for the users who stay on it: [`SharedIpad::advice`].
            pub fn advice(&self, storage_gb: u32) -> Option<StorageAdvice> {
                SharedIpad::from(self.clone()).advice(storage_gb)
            }
        }

        impl From<$name> for SharedIpad {
            fn from(sessions: $name) -> Self {
                Self::$name(sessions)
            }
        }
    )*};
}

both! { Accounts GuestsOnly }
