//! From a profile back to a draft.

use super::{Content, Draft};
use crate::affinity::{AuthMethod, PortalDelivery, UserAffinity};
use crate::device_name::DeviceNameTemplate;
use crate::interop::slot::Slot;
use crate::profile::account::{FullName, LocalAccounts, PrimaryAccount, ShortName};
use crate::profile::{AccountConfiguration, CellularPlan, EnrollmentProfile, MdmRemoval, Pairing, Release};
use crate::shared_ipad::{PasscodeGrace, SharedIpad};

impl Draft {
    /// What a profile says, as far as the vocabulary goes.
    pub(in crate::interop) fn of(profile: &EnrollmentProfile) -> Self {
        let mut draft = Self::default();
        let (wire, mode, setup) = (profile.wire(), profile.mode(), profile.setup());
        draft.set(Slot::Name, profile.name());
        draft.set_some(Slot::Description, profile.description());
        draft.set_some(Slot::Department, wire.department.as_deref());
        draft.set_some(Slot::SupportEmail, wire.support_email_address.as_deref());
        draft.set_some(Slot::SupportPhone, wire.support_phone_number.as_deref());
        draft.set_some(Slot::NameTemplate, profile.device_name().map(DeviceNameTemplate::as_str));
        draft.set_some(Slot::CarrierUrl, profile.cellular_plan().map(CellularPlan::activation_server));

        for (slot, flag) in [
            (Slot::IsMandatory, wire.is_mandatory == Some(true)),
            (Slot::IsSupervised, mode.is_supervised()),
            (Slot::IsRemovable, mode.removal() == MdmRemoval::Allowed),
            (Slot::IsSharedIpad, mode.shared_ipad().is_some()),
            (Slot::AllowsPairing, *mode.pairing() == Pairing::AllowAll),
            (Slot::Awaits, setup.release() != Release::AtOnce),
            (Slot::ReturnsToService, setup.release() == Release::ReturnToService),
            (Slot::IsUnattended, setup.is_unattended()),
            (Slot::FetchesAfterRestore, setup.fetches_profile_after_restore()),
        ] {
            draft.say(slot, flag);
        }
        if let Some(locale) = setup.given_locale() {
            draft.set(Slot::Language, &locale.language.to_string());
            draft.set(Slot::Region, &locale.region.to_string());
        }
        draft.hides = setup.skipped().map(|key| (key.clone(), String::new())).collect();
        draft.pairing = Some((String::new(), mode.pairing().clone()));
        draft.anchor_texts = wire.anchor_certs.clone().unwrap_or_default();
        draft.set_affinity(mode.affinity());
        // A page beside another way to sign in, or beside none, has no spelling in the vocabulary.
        let on_page =
            matches!(mode.affinity().method(), Some(method) if !matches!(method, AuthMethod::CompanyPortal(_)));
        draft.say(Slot::SignsInOnPage, on_page && wire.configuration_web_url.is_some());
        if let Some(sessions) = mode.shared_ipad() {
            draft.set_sessions(sessions);
        }
        if let Some(account) = profile.account_configuration() {
            draft.set_account(account);
        }
        draft
    }

    pub(in crate::interop) fn set(&mut self, slot: Slot, text: &str) {
        self.values.insert(slot, (String::new(), Content::Text(text.into())));
    }

    fn set_some(&mut self, slot: Slot, text: Option<&str>) {
        if let Some(text) = text {
            self.set(slot, text);
        }
    }

    pub(in crate::interop) fn say(&mut self, slot: Slot, flag: bool) {
        self.values.insert(slot, (String::new(), Content::Flag(flag)));
    }

    fn count(&mut self, slot: Slot, number: Option<u32>) {
        if let Some(number) = number {
            self.values.insert(slot, (String::new(), Content::Number(number)));
        }
    }

    fn set_affinity(&mut self, affinity: &UserAffinity) {
        self.say(Slot::SignsIn, affinity.method().is_some());
        let Some(method) = affinity.method() else { return };
        self.say(Slot::SignsInByPortal, matches!(method, AuthMethod::CompanyPortal(_)));
        let follows = !matches!(method, AuthMethod::CompanyPortal(_)) && method.portal() != PortalDelivery::None;
        self.say(Slot::PortalAfterSignIn, follows);
        if let Some(vpp) = method.vpp() {
            self.set(Slot::VppToken, vpp.token().as_str());
            self.say(Slot::SingleApp, vpp.is_single_app_until_sign_in());
        }
    }

    fn set_sessions(&mut self, sessions: &SharedIpad) {
        let settings = sessions.shared_device_configuration();
        self.say(Slot::GuestsOnly, matches!(sessions, SharedIpad::GuestsOnly(_)));
        self.count(Slot::Users, settings.resident_users);
        self.count(Slot::QuotaMegabytes, settings.quota_size);
        self.count(Slot::UserTimeout, settings.user_session_timeout);
        self.count(Slot::GuestTimeout, settings.temporary_session_timeout);
        if let SharedIpad::Accounts(accounts) = sessions {
            // As it was said: the setting has what the device makes of it.
            self.count(Slot::PasscodeGrace, accounts.grace().map(PasscodeGrace::seconds));
        }
    }

    fn set_account(&mut self, account: &AccountConfiguration) {
        let accounts = account.accounts();
        self.say(Slot::SkipsPrimary, matches!(accounts, LocalAccounts::AdminOnly(_)));
        self.say(Slot::PrimaryIsRegular, matches!(accounts, LocalAccounts::AdminAndRegularUser { .. }));
        if let Some(admin) = account.admin() {
            self.set(Slot::AdminShortName, admin.short_name().as_str());
            self.set_some(Slot::AdminFullName, admin.stated_full_name().map(FullName::as_str));
            self.say(Slot::AdminIsHidden, admin.is_hidden());
            let managed = account.managed_local_user_short_name();
            self.say(Slot::ManagesAdmin, managed == Some(admin.short_name()));
        }
        match account.primary_account() {
            Some(PrimaryAccount::NotPrefilled) => self.say(Slot::NoPrefill, true),
            Some(PrimaryAccount::Prefilled(prefill)) => {
                self.set_some(Slot::PrimaryFullName, prefill.stated_full_name().map(FullName::as_str));
                self.set_some(Slot::PrimaryShortName, prefill.stated_user_name().map(ShortName::as_str));
                self.say(Slot::LocksPrimary, prefill.is_locked());
            }
            _ => {}
        }
    }
}
