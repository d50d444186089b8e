//! The local accounts of a Mac, which the MDM sets up while the Mac awaits its configuration: the command `AccountConfiguration`.
//!
//! macOS 10.11, ADE, and `await_device_configured` in the profile. See Apple's
//! [`AccountConfiguration`](https://developer.apple.com/documentation/devicemanagement/accountconfigurationcommand).
//!
//! The password hash of the administrator is no part of this: it is given when the command is built.
//!
//! ```
//! use apple_ade::profile::account::{AccountConfiguration, AdminAccount, Prefill, PrimaryAccount};
//!
//! let admin = AdminAccount::new("localadmin".parse()?).hidden(true);
//! let user = Prefill::names("Anna Berg".parse()?, "aberg".parse()?).locked(true);
//! let accounts = AccountConfiguration::admin_and_regular_user(admin, PrimaryAccount::Prefilled(user));
//! assert!(accounts.settings().iter().any(|setting| setting.key == "LockPrimaryAccountInfo"));
//!
//! let error = "Local Admin".parse::<apple_ade::profile::account::ShortName>().unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "\"Local Admin\" is no short name: it may have lower-case letters, digits, `_`, `-` and `.` alone; localadmin would do"
//! );
//! # Ok::<(), apple_ade::profile::account::NameError>(())
//! ```

mod name;

use serde::{Deserialize, Serialize};

pub use self::name::{FullName, NameError, ShortName};
use crate::os::{OsVersion, Setting};

/// Which local accounts a Mac gets.
///
/// The account of the user who sets up the Mac can be left out, or be without administrator's rights, only where there is another
/// administrator:
///
/// ```compile_fail,E0061
/// # use apple_ade::profile::account::AccountConfiguration;
/// let accounts = AccountConfiguration::admin_only();
/// ```
///
/// ```compile_fail,E0061
/// # use apple_ade::profile::account::{AccountConfiguration, PrimaryAccount};
/// let accounts = AccountConfiguration::admin_and_regular_user(PrimaryAccount::Asked);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountConfiguration {
    accounts: LocalAccounts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    managed_local_user: Option<ShortName>,
}

/// The accounts, by who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum LocalAccounts {
    /// The user's alone, with administrator's rights, as Setup Assistant makes it.
    Primary(PrimaryAccount),
    /// An administrator's, and the user's with administrator's rights.
    AdminAndPrimary {
        /// Made by the MDM.
        admin: AdminAccount,
        /// Made in Setup Assistant.
        primary: PrimaryAccount,
    },
    /// An administrator's, and the user's without administrator's rights: `SetPrimarySetupAccountAsRegularUser`.
    AdminAndRegularUser {
        /// Made by the MDM.
        admin: AdminAccount,
        /// Made in Setup Assistant.
        primary: PrimaryAccount,
    },
    /// An administrator's alone: `SkipPrimarySetupAccountCreation`, which also turns off the automatic login.
    AdminOnly(AdminAccount),
}

/// An administrator's account that the MDM makes: the first element of `AutoSetupAdminAccounts`, the only one that a Mac reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminAccount {
    short_name: ShortName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    full_name: Option<FullName>,
    #[serde(default)]
    hidden: bool,
}

/// What Setup Assistant asks of the user when it makes the user's account.
///
/// Only names that are prefilled can be locked:
///
/// ```compile_fail,E0599
/// # use apple_ade::profile::account::PrimaryAccount;
/// let primary = PrimaryAccount::Asked.locked(true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PrimaryAccount {
    /// Its names, of which the MDM says nothing.
    #[default]
    Asked,
    /// Its names, which nothing prefills: `DontAutoPopulatePrimaryAccountInfo`. macOS 10.15.
    NotPrefilled,
    /// Its names, where some stand already. macOS 10.15.
    Prefilled(Prefill),
}

/// Names that stand in Setup Assistant already: a full name, a user name, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PrefillForm")]
pub struct Prefill {
    #[serde(skip_serializing_if = "Option::is_none")]
    full_name: Option<FullName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<ShortName>,
    locked: bool,
}

/// [`Prefill`] before it is known that there is a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrefillForm {
    full_name: Option<FullName>,
    user_name: Option<ShortName>,
    #[serde(default)]
    locked: bool,
}

impl AccountConfiguration {
    /// The first version of macOS that takes it.
    pub const SINCE: OsVersion = OsVersion::new(10, 11, 0);

    /// These accounts.
    pub fn new(accounts: LocalAccounts) -> Self {
        Self { accounts, managed_local_user: None }
    }

    /// The user's account alone, with administrator's rights.
    pub fn primary(primary: PrimaryAccount) -> Self {
        Self::new(LocalAccounts::Primary(primary))
    }

    /// An administrator's account beside the user's, which has administrator's rights too.
    pub fn admin_and_primary(admin: AdminAccount, primary: PrimaryAccount) -> Self {
        Self::new(LocalAccounts::AdminAndPrimary { admin, primary })
    }

    /// An administrator's account beside the user's, which has no administrator's rights.
    pub fn admin_and_regular_user(admin: AdminAccount, primary: PrimaryAccount) -> Self {
        Self::new(LocalAccounts::AdminAndRegularUser { admin, primary })
    }

    /// An administrator's account alone.
    pub fn admin_only(admin: AdminAccount) -> Self {
        Self::new(LocalAccounts::AdminOnly(admin))
    }

    /// The account that the MDM manages, `ManagedLocalUserShortName`; without it, the one that Setup Assistant makes. It may be the
    /// administrator's. macOS 11.0.
    #[must_use]
    pub fn managed_local_user(self, short_name: ShortName) -> Self {
        Self { managed_local_user: Some(short_name), ..self }
    }

    /// The accounts.
    pub fn accounts(&self) -> &LocalAccounts {
        &self.accounts
    }

    /// The administrator's account.
    pub fn admin(&self) -> Option<&AdminAccount> {
        match &self.accounts {
            LocalAccounts::Primary(_) => None,
            LocalAccounts::AdminAndPrimary { admin, .. }
            | LocalAccounts::AdminAndRegularUser { admin, .. }
            | LocalAccounts::AdminOnly(admin) => Some(admin),
        }
    }

    /// What is asked of the user; `None` where the user gets no account.
    pub fn primary_account(&self) -> Option<&PrimaryAccount> {
        match &self.accounts {
            LocalAccounts::Primary(primary)
            | LocalAccounts::AdminAndPrimary { primary, .. }
            | LocalAccounts::AdminAndRegularUser { primary, .. } => Some(primary),
            LocalAccounts::AdminOnly(_) => None,
        }
    }

    /// The short name of the account that the MDM manages, if it is stated.
    pub fn managed_local_user_short_name(&self) -> Option<&ShortName> {
        self.managed_local_user.as_ref()
    }

    /// Each key that is sent, with the macOS that brought it, in Apple's order.
    pub fn settings(&self) -> Vec<Setting> {
        const V10_15: OsVersion = OsVersion::new(10, 15, 0);
        const V11_0: OsVersion = OsVersion::new(11, 0, 0);
        let primary = self.primary_account();
        let prefill = match primary {
            Some(PrimaryAccount::Prefilled(prefill)) => Some(prefill),
            _ => None,
        };
        let regular = matches!(self.accounts, LocalAccounts::AdminAndRegularUser { .. });
        let keys = [
            (primary.is_none(), "SkipPrimarySetupAccountCreation", Self::SINCE),
            (regular, "SetPrimarySetupAccountAsRegularUser", Self::SINCE),
            (prefill.is_some_and(|prefill| prefill.full_name.is_some()), "PrimaryAccountFullName", V10_15),
            (prefill.is_some_and(|prefill| prefill.user_name.is_some()), "PrimaryAccountUserName", V10_15),
            (primary == Some(&PrimaryAccount::NotPrefilled), "DontAutoPopulatePrimaryAccountInfo", V10_15),
            (prefill.is_some_and(|prefill| prefill.locked), "LockPrimaryAccountInfo", V10_15),
            (self.admin().is_some(), "AutoSetupAdminAccounts", Self::SINCE),
            (self.managed_local_user.is_some(), "ManagedLocalUserShortName", V11_0),
        ];
        keys.into_iter().filter(|(is_set, ..)| *is_set).map(|(_, key, since)| Setting::new(key, since)).collect()
    }
}

impl AdminAccount {
    /// An account of this name, which is seen in the login window and in Users & Groups.
    pub fn new(short_name: ShortName) -> Self {
        Self { short_name, full_name: None, hidden: false }
    }

    /// Its full name; without it, the short name is taken for one.
    #[must_use]
    pub fn full_name(self, full_name: FullName) -> Self {
        Self { full_name: Some(full_name), ..self }
    }

    /// Whether it is hidden in the login window and in Users & Groups.
    #[must_use]
    pub fn hidden(self, hidden: bool) -> Self {
        Self { hidden, ..self }
    }

    /// Its short name.
    pub fn short_name(&self) -> &ShortName {
        &self.short_name
    }

    /// Its full name, if it is stated.
    pub fn stated_full_name(&self) -> Option<&FullName> {
        self.full_name.as_ref()
    }

    /// Whether it is hidden.
    pub fn is_hidden(&self) -> bool {
        self.hidden
    }
}

impl Prefill {
    /// The full name alone: `PrimaryAccountFullName`.
    pub fn full_name(full_name: FullName) -> Self {
        Self { full_name: Some(full_name), user_name: None, locked: false }
    }

    /// The user name alone: `PrimaryAccountUserName`.
    pub fn user_name(user_name: ShortName) -> Self {
        Self { full_name: None, user_name: Some(user_name), locked: false }
    }

    /// Both names.
    pub fn names(full_name: FullName, user_name: ShortName) -> Self {
        Self { full_name: Some(full_name), user_name: Some(user_name), locked: false }
    }

    /// Whether the user may not change these names: `LockPrimaryAccountInfo`. Where the password is known too, from a sign-in at
    /// `configuration_web_url`, the account is then made without a question.
    #[must_use]
    pub fn locked(self, locked: bool) -> Self {
        Self { locked, ..self }
    }

    /// The full name.
    pub fn stated_full_name(&self) -> Option<&FullName> {
        self.full_name.as_ref()
    }

    /// The user name.
    pub fn stated_user_name(&self) -> Option<&ShortName> {
        self.user_name.as_ref()
    }

    /// Whether the user may not change them.
    pub fn is_locked(&self) -> bool {
        self.locked
    }
}

impl TryFrom<PrefillForm> for Prefill {
    type Error = &'static str;

    fn try_from(form: PrefillForm) -> Result<Self, &'static str> {
        let PrefillForm { full_name, user_name, locked } = form;
        match (&full_name, &user_name) {
            (None, None) => Err("there is no name to prefill; give full_name, user_name or both, or write \"asked\""),
            _ => Ok(Self { full_name, user_name, locked }),
        }
    }
}
