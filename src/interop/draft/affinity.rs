//! Who signs in, and how.

use super::Draft;
use crate::affinity::{AuthMethod, Modern, PortalDelivery, PortalSource, UserAffinity, Vpp, VppTokenId};
use crate::interop::loss::{Loss, LossKind};
use crate::interop::slot::Slot;

/// What counts only where a user signs in.
const HOW: [Slot; 5] =
    [Slot::SignsInByPortal, Slot::SignsInOnPage, Slot::PortalAfterSignIn, Slot::SingleApp, Slot::VppToken];

impl Draft {
    pub(super) fn affinity(&self, losses: &mut Vec<Loss>) -> UserAffinity {
        let unused = |slots: &[Slot], reason: &str| -> Vec<Loss> {
            slots.iter().filter_map(|slot| self.lost(*slot, LossKind::Unused, reason)).collect()
        };
        if !self.is(Slot::SignsIn) {
            losses.extend(unused(&HOW, "nobody signs in"));
            return UserAffinity::Without;
        }
        if self.is(Slot::IsSharedIpad) {
            let reason = "a Shared iPad has no user of its own; people sign in to their sessions";
            losses.extend(self.lost(Slot::SignsIn, LossKind::Contradiction, reason));
            losses.extend(unused(&HOW, reason));
            return UserAffinity::Without;
        }
        let by_portal = self.is(Slot::SignsInByPortal);
        if by_portal {
            losses.extend(unused(&[Slot::SignsInOnPage], "users sign in in the portal app, and not on a page"));
        }
        let brings_portal = by_portal || self.is(Slot::PortalAfterSignIn);
        let vpp = if brings_portal {
            self.vpp(losses)
        } else {
            losses.extend(unused(&[Slot::VppToken, Slot::SingleApp], "no portal app is delivered"));
            None
        };
        let source = || vpp.clone().map_or(PortalSource::AppStore, PortalSource::Vpp);
        let delivery = || if brings_portal { PortalDelivery::from(source()) } else { PortalDelivery::None };
        UserAffinity::With(if by_portal {
            AuthMethod::CompanyPortal(source())
        } else if self.page().is_some() {
            AuthMethod::SetupAssistantModern(Modern::Portal(delivery()))
        } else {
            AuthMethod::SetupAssistantLegacy(delivery())
        })
    }

    fn vpp(&self, losses: &mut Vec<Loss>) -> Option<Vpp> {
        let Some(token) = self.text(Slot::VppToken) else {
            let reason = "single app mode needs a VPP token, by which the app comes without a sign-in to the App Store";
            losses.extend(self.lost(Slot::SingleApp, LossKind::Unused, reason));
            return None;
        };
        match token.parse::<VppTokenId>() {
            Ok(token) => Some(Vpp::new(token).single_app_until_sign_in(self.is(Slot::SingleApp))),
            Err(error) => {
                losses.extend(self.lost(Slot::VppToken, LossKind::Invalid, error.to_string()));
                None
            }
        }
    }
}
