//! The sessions of a Shared iPad.

use super::Draft;
use crate::interop::loss::{Loss, LossKind};
use crate::interop::slot::Slot;
use crate::shared_ipad::{IdleTimeout, PasscodeGrace, Quota, RangeError, ResidentUsers, SharedIpad};

impl Draft {
    /// The sessions, if it is a Shared iPad.
    pub(super) fn sessions(&self, losses: &mut Vec<Loss>) -> Option<SharedIpad> {
        let of_accounts = [Slot::Users, Slot::UserTimeout, Slot::PasscodeGrace];
        let unused = |slots: &[Slot], reason: &str| -> Vec<Loss> {
            slots.iter().filter_map(|slot| self.lost(*slot, LossKind::Unused, reason)).collect()
        };
        if !self.is(Slot::IsSharedIpad) {
            let reason = "it is no Shared iPad";
            losses.extend(unused(&of_accounts, reason));
            losses.extend(unused(&[Slot::GuestsOnly, Slot::GuestTimeout, Slot::QuotaMegabytes], reason));
            return None;
        }
        let guest_timeout = self.above_zero(Slot::GuestTimeout, IdleTimeout::after_seconds, losses);
        let quota = self.above_zero(Slot::QuotaMegabytes, Quota::from_megabytes, losses);
        if self.is(Slot::GuestsOnly) {
            losses.extend(unused(&of_accounts, "guests alone sign in, and no accounts"));
            let mut guests = SharedIpad::guests_only();
            if let Some(timeout) = guest_timeout {
                guests = guests.temporary_session_timeout(timeout);
            }
            if let Some(quota) = quota {
                guests = guests.quota(quota);
            }
            return Some(guests.into());
        }
        let users = match quota {
            Some(_) => {
                losses.extend(unused(&[Slot::Users], "the quota says how many users there is room for"));
                None
            }
            None => self.above_zero(Slot::Users, ResidentUsers::new, losses),
        };
        let mut accounts = match (quota, users) {
            (Some(quota), _) => SharedIpad::accounts_with_quota(quota),
            (None, Some(users)) => SharedIpad::accounts(users),
            (None, None) => SharedIpad::accounts_by_default(),
        };
        if let Some(timeout) = self.above_zero(Slot::UserTimeout, IdleTimeout::after_seconds, losses) {
            accounts = accounts.user_session_timeout(timeout);
        }
        if let Some(timeout) = guest_timeout {
            accounts = accounts.temporary_session_timeout_beside_accounts(timeout);
        }
        match self.number(Slot::PasscodeGrace).map(PasscodeGrace::from_seconds) {
            // 0 is a grace of its own: at once.
            Some(Ok(grace)) => accounts = accounts.passcode_grace(grace),
            Some(Err(error)) => losses.extend(self.lost(Slot::PasscodeGrace, LossKind::Invalid, error.to_string())),
            None => {}
        }
        Some(accounts.into())
    }

    /// A number that is set, which 0 is not.
    fn above_zero<T>(
        &self,
        slot: Slot,
        check: impl Fn(u32) -> Result<T, RangeError>,
        losses: &mut Vec<Loss>,
    ) -> Option<T> {
        match check(self.number(slot).filter(|number| *number > 0)?) {
            Ok(number) => Some(number),
            Err(error) => {
                losses.extend(self.lost(slot, LossKind::Invalid, error.to_string()));
                None
            }
        }
    }
}
