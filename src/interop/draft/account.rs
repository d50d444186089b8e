//! The accounts of a Mac.

use std::str::FromStr;

use super::Draft;
use crate::interop::loss::{Loss, LossKind};
use crate::interop::slot::Slot;
use crate::profile::account::{
    AccountConfiguration, AdminAccount, FullName, NameError, Prefill, PrimaryAccount, ShortName,
};

impl Draft {
    /// The accounts, if anything is said of them.
    pub(super) fn account(&self, losses: &mut Vec<Loss>) -> Option<AccountConfiguration> {
        let admin = self.admin(losses);
        let primary = self.primary(losses);
        let managed = admin.as_ref().filter(|_| self.is(Slot::ManagesAdmin)).map(|admin| admin.short_name().clone());
        let regular = self.is(Slot::PrimaryIsRegular);
        let accounts = match admin {
            Some(admin) if self.is(Slot::SkipsPrimary) => {
                let unused = "no account is made in Setup Assistant";
                for slot in [Slot::PrimaryIsRegular, Slot::PrimaryFullName, Slot::PrimaryShortName, Slot::NoPrefill] {
                    losses.extend(self.lost(slot, LossKind::Unused, unused));
                }
                AccountConfiguration::admin_only(admin)
            }
            Some(admin) if regular => AccountConfiguration::admin_and_regular_user(admin, primary),
            Some(admin) => AccountConfiguration::admin_and_primary(admin, primary),
            None => {
                let reason = "without an administrator's account nobody could administer the Mac";
                for slot in [Slot::SkipsPrimary, Slot::PrimaryIsRegular] {
                    losses.extend(self.lost(slot, LossKind::Unused, reason));
                }
                if primary == PrimaryAccount::Asked {
                    return None;
                }
                AccountConfiguration::primary(primary)
            }
        };
        losses.extend(self.held());
        Some(match managed {
            Some(name) => accounts.managed_local_user(name),
            None => accounts,
        })
    }

    /// A Mac is held for its accounts, whatever was said.
    fn held(&self) -> Option<Loss> {
        let (path, _) = self.values.get(&Slot::Awaits).filter(|_| self.flag(Slot::Awaits) == Some(false))?;
        let reason = "set to true: accounts can be made only while the Mac awaits its configuration";
        Some(Loss::new(path.clone(), LossKind::Changed, reason).with_value("false"))
    }

    fn admin(&self, losses: &mut Vec<Loss>) -> Option<AdminAccount> {
        let short_name = self.name::<ShortName>(Slot::AdminShortName, losses);
        let full_name = self.name::<FullName>(Slot::AdminFullName, losses);
        let Some(short_name) = short_name else {
            for slot in [Slot::AdminFullName, Slot::AdminIsHidden, Slot::ManagesAdmin] {
                losses.extend(self.lost(slot, LossKind::Unused, "there is no administrator's account"));
            }
            return None;
        };
        let admin = AdminAccount::new(short_name).hidden(self.is(Slot::AdminIsHidden));
        Some(match full_name {
            Some(name) => admin.full_name(name),
            None => admin,
        })
    }

    fn primary(&self, losses: &mut Vec<Loss>) -> PrimaryAccount {
        if self.is(Slot::NoPrefill) {
            for slot in [Slot::PrimaryFullName, Slot::PrimaryShortName, Slot::LocksPrimary] {
                losses.extend(self.lost(slot, LossKind::Unused, "nothing is to be prefilled"));
            }
            return PrimaryAccount::NotPrefilled;
        }
        let full_name = self.name::<FullName>(Slot::PrimaryFullName, losses);
        let user_name = self.name::<ShortName>(Slot::PrimaryShortName, losses);
        let prefill = match (full_name, user_name) {
            (Some(full_name), Some(user_name)) => Prefill::names(full_name, user_name),
            (Some(full_name), None) => Prefill::full_name(full_name),
            (None, Some(user_name)) => Prefill::user_name(user_name),
            (None, None) => {
                losses.extend(self.lost(
                    Slot::LocksPrimary,
                    LossKind::Unused,
                    "there is nothing prefilled to be locked",
                ));
                return PrimaryAccount::Asked;
            }
        };
        PrimaryAccount::Prefilled(prefill.locked(self.is(Slot::LocksPrimary)))
    }

    fn name<T: FromStr<Err = NameError>>(&self, slot: Slot, losses: &mut Vec<Loss>) -> Option<T> {
        let text = self.text(slot)?;
        // `{{username}}` is a name by all rules of names, and would be that of every Mac.
        if text.contains("{{") {
            let reason = "a variable of the other system; the names are the same for every Mac here";
            losses.extend(self.lost(slot, LossKind::Invalid, reason));
            return None;
        }
        match text.parse() {
            Ok(name) => Some(name),
            Err(error) => {
                losses.extend(self.lost(slot, LossKind::Invalid, error.to_string()));
                None
            }
        }
    }
}
