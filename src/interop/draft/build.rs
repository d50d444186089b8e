//! From the draft to the profile.

use super::Draft;
use crate::affinity::UserAffinity;
use crate::device_name::DeviceNameTemplate;
use crate::interop::exchange::ThisServer;
use crate::interop::loss::{Loss, LossKind};
use crate::interop::slot::Slot;
use crate::judgement::Violations;
use crate::profile::{
    CellularPlan, DeviceMode, EnrollmentProfile, Language, Locale, Pairing, ProfileBuilder, Region, SetupExperience,
    SharedMode, Supervised, Unsupervised,
};

/// A method of the builder that takes a text.
type SetText = fn(ProfileBuilder, &str) -> ProfileBuilder;

impl Draft {
    /// Builds the profile. What cannot be carried over is added to the losses.
    pub(in crate::interop) fn build(
        &self,
        server: &ThisServer,
        losses: &mut Vec<Loss>,
    ) -> Result<EnrollmentProfile, Violations> {
        let mode = self.mode(losses);
        let name = self.text(Slot::Name).unwrap_or_default();
        let mut builder = EnrollmentProfile::builder(name, server.url()).mode(mode).setup(self.setup(server, losses));
        if self.flag(Slot::IsMandatory) == Some(false) {
            builder = builder.optional();
        }
        if let (true, Some(page)) = (self.page().is_some(), server.web_url()) {
            builder = builder.configuration_web_url(page);
        }
        let texts: [(Slot, SetText); 4] = [
            (Slot::Department, |builder, text| builder.department(text)),
            (Slot::Description, |builder, text| builder.description(text)),
            (Slot::SupportEmail, |builder, text| builder.support_email_address(text)),
            (Slot::SupportPhone, |builder, text| builder.support_phone_number(text)),
        ];
        for (slot, set) in texts {
            if let Some(text) = self.text(slot) {
                builder = set(builder, text);
            }
        }
        if let Some(text) = self.text(Slot::NameTemplate) {
            match text.parse::<DeviceNameTemplate>() {
                Ok(template) => builder = builder.device_name(template),
                Err(error) => losses.extend(self.lost(Slot::NameTemplate, LossKind::Invalid, error.to_string())),
            }
        }
        if let Some(url) = self.text(Slot::CarrierUrl) {
            match url.parse::<CellularPlan>() {
                Ok(plan) => builder = builder.cellular_plan(plan),
                Err(error) => losses.extend(self.lost(Slot::CarrierUrl, LossKind::Invalid, error.to_string())),
            }
        }
        if let Some(account) = self.account(losses) {
            builder = builder.account_configuration(account);
        }
        builder.anchors(&self.anchors).build()
    }

    fn mode(&self, losses: &mut Vec<Loss>) -> DeviceMode {
        let affinity = self.affinity(losses);
        let pairing = self.pairing();
        let locked = self.flag(Slot::IsRemovable) == Some(false);
        if let Some(sessions) = self.sessions(losses) {
            if let Some((path, _)) = self.values.get(&Slot::IsSupervised).filter(|_| !self.is(Slot::IsSupervised)) {
                let reason = "set to true: a Shared iPad is supervised";
                losses.push(Loss::new(path.clone(), LossKind::Changed, reason).with_value("false"));
            }
            let mode = SharedMode::new(sessions).pairing(pairing);
            return if locked { mode.locked() } else { mode }.into();
        }
        if self.is(Slot::IsSupervised) {
            let mode = Supervised::new(affinity).pairing(pairing);
            return if locked { mode.locked() } else { mode }.into();
        }
        self.unsupervised(affinity, locked, &pairing, losses)
    }

    fn unsupervised(
        &self,
        affinity: UserAffinity,
        locked: bool,
        pairing: &Pairing,
        losses: &mut Vec<Loss>,
    ) -> DeviceMode {
        if let (true, Some((path, _))) = (locked, self.values.get(&Slot::IsRemovable)) {
            let reason = "management can be removed from a device that is not supervised; supervise it to lock it";
            losses.push(Loss::new(path.clone(), LossKind::Contradiction, reason));
        }
        if *pairing != Pairing::AllowAll {
            let path = self.pairing.as_ref().map(|(path, _)| path);
            let path = path.or_else(|| self.values.get(&Slot::AllowsPairing).map(|(path, _)| path));
            let reason = "a device that is not supervised pairs with any host";
            losses.extend(path.map(|path| Loss::new(path.clone(), LossKind::Contradiction, reason)));
        }
        Unsupervised::new(affinity).into()
    }

    fn pairing(&self) -> Pairing {
        match (&self.pairing, self.flag(Slot::AllowsPairing)) {
            (Some((_, pairing)), _) => pairing.clone(),
            (None, Some(false)) => Pairing::DenyAll,
            (None, _) => Pairing::AllowAll,
        }
    }

    fn setup(&self, server: &ThisServer, losses: &mut Vec<Loss>) -> SetupExperience {
        for (key, path) in &self.shows {
            if let Some(other) = self.hides.get(key) {
                let reason = format!("{other} leaves the pane {key} out, and counts");
                losses.push(Loss::new(path.clone(), LossKind::Contradiction, reason).with_value("false"));
            }
        }
        let locale = self.locale(losses).or(server.given_locale().filter(|_| self.is(Slot::IsUnattended)));
        let mut setup = match (self.is(Slot::IsUnattended), locale) {
            (true, Some(locale)) => SetupExperience::unattended(locale),
            (false, Some(locale)) => SetupExperience::guided().locale(locale),
            (true, None) => {
                let reason = "Setup Assistant runs by itself only where a language and a region are given: ThisServer::with_locale";
                losses.extend(self.lost(Slot::IsUnattended, LossKind::Invalid, reason));
                SetupExperience::guided()
            }
            (false, None) => SetupExperience::guided(),
        };
        setup = setup.skip(self.hides.keys().cloned());
        if self.is(Slot::ReturnsToService) {
            setup = setup.return_to_service();
        } else if self.is(Slot::Awaits) {
            setup = setup.await_configuration();
        }
        if self.is(Slot::FetchesAfterRestore) { setup.fetch_profile_after_restore() } else { setup }
    }

    fn locale(&self, losses: &mut Vec<Loss>) -> Option<Locale> {
        let (language, region) = (self.text(Slot::Language), self.text(Slot::Region));
        let (Some(language), Some(region)) = (language, region) else {
            for slot in [Slot::Language, Slot::Region] {
                losses.extend(self.lost(slot, LossKind::Unused, "a language and a region go together"));
            }
            return None;
        };
        let read_language = language.parse::<Language>();
        if let Err(error) = &read_language {
            losses.extend(self.lost(Slot::Language, LossKind::Invalid, error.to_string()));
        }
        let read_region = region.parse::<Region>();
        if let Err(error) = &read_region {
            losses.extend(self.lost(Slot::Region, LossKind::Invalid, error.to_string()));
        }
        Some(Locale { language: read_language.ok()?, region: read_region.ok()? })
    }
}
