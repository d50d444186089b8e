//! The command `AccountConfiguration`.

use super::password::PasswordHash;
use crate::judgement::Violation;
use crate::profile::AccountConfiguration;
use crate::profile::account::{LocalAccounts, Prefill, PrimaryAccount};
use crate::property_list::Node;

/// The local accounts of a Mac, with the administrator's password hash.
///
/// ```
/// use apple_ade::command::{Command, CreateAccounts};
/// use apple_ade::profile::account::{AccountConfiguration, AdminAccount};
///
/// let accounts = AccountConfiguration::admin_only(AdminAccount::new("localadmin".parse()?));
/// let command = Command::AccountConfiguration(CreateAccounts::new(accounts)).to_dictionary();
/// assert_eq!(command.get("SkipPrimarySetupAccountCreation").and_then(|skip| skip.as_boolean()), Some(true));
/// # Ok::<(), apple_ade::profile::account::NameError>(())
/// ```
#[derive(Debug)]
pub struct CreateAccounts {
    accounts: AccountConfiguration,
    password: Option<PasswordHash>,
}

/// A password hash for an administrator's account that is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoAdminAccount {
    /// The accounts have no administrator's among them.
    #[error(
        "there is no administrator's account that the password would be for; describe one, or leave the password out"
    )]
    NotDescribed,
    /// The accounts are described, and the device does not get them.
    #[error("the device gets no accounts that the password would be for: {because}")]
    LeftOut {
        /// Why they are left out of the plan.
        because: Box<Violation>,
    },
}

impl CreateAccounts {
    /// These accounts; an administrator's among them has no password, so that nobody can log in with it.
    pub fn new(accounts: AccountConfiguration) -> Self {
        Self { accounts, password: None }
    }

    /// These accounts, with the administrator's password hash.
    ///
    /// # Errors
    ///
    /// There is no administrator's account.
    pub fn with_password(accounts: AccountConfiguration, password: PasswordHash) -> Result<Self, NoAdminAccount> {
        match accounts.admin() {
            Some(_) => Ok(Self { accounts, password: Some(password) }),
            None => Err(NoAdminAccount::NotDescribed),
        }
    }

    /// The accounts.
    pub fn accounts(&self) -> &AccountConfiguration {
        &self.accounts
    }

    /// Whether the administrator's account has a password.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// In Apple's order.
    pub(super) fn keys(&self) -> Vec<(&'static str, Node<'_>)> {
        let primary = self.accounts.primary_account();
        let prefill = match primary {
            Some(PrimaryAccount::Prefilled(prefill)) => Some(prefill),
            _ => None,
        };
        let only_true = |value: bool| value.then_some(Node::Bool(true));
        let regular = matches!(self.accounts.accounts(), LocalAccounts::AdminAndRegularUser { .. });
        let full_name = prefill.and_then(Prefill::stated_full_name);
        let user_name = prefill.and_then(Prefill::stated_user_name);
        let admin = self.accounts.admin().map(|admin| {
            Node::List(vec![Node::keys([
                ("shortName", Some(Node::Text(admin.short_name().as_str()))),
                ("fullName", admin.stated_full_name().map(|name| Node::Text(name.as_str()))),
                ("passwordHash", self.password.as_ref().map(|hash| Node::Data(hash.expose_secret()))),
                ("hidden", only_true(admin.is_hidden())),
            ])])
        });
        let managed = self.accounts.managed_local_user_short_name();
        let keys = [
            ("SkipPrimarySetupAccountCreation", only_true(primary.is_none())),
            ("SetPrimarySetupAccountAsRegularUser", only_true(regular)),
            ("PrimaryAccountFullName", full_name.map(|name| Node::Text(name.as_str()))),
            ("PrimaryAccountUserName", user_name.map(|name| Node::Text(name.as_str()))),
            ("DontAutoPopulatePrimaryAccountInfo", only_true(primary == Some(&PrimaryAccount::NotPrefilled))),
            ("LockPrimaryAccountInfo", only_true(prefill.is_some_and(Prefill::is_locked))),
            ("AutoSetupAdminAccounts", admin),
            ("ManagedLocalUserShortName", managed.map(|name| Node::Text(name.as_str()))),
        ];
        keys.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}
