//! Microsoft Graph, as Intune keeps enrollment profiles (the beta endpoint, for there are some fields only there).
//!
//! `depEnrollmentBaseProfile` and what is derived from it hold more than Apple's profile: the sessions of a Shared iPad, the accounts of
//! a Mac and the names of devices are sent as commands, and how users sign in is the MDM's. All of it is in
//! [`EnrollmentProfile`]. See
//! [depIOSEnrollmentProfile](https://learn.microsoft.com/graph/api/resources/intune-enrollment-depiosenrollmentprofile) and
//! [depMacOSEnrollmentProfile](https://learn.microsoft.com/graph/api/resources/intune-enrollment-depmacosenrollmentprofile).
//!
//! `configurationWebUrl` is a flag, whatever its name says. A pane is left out by a flag of its own (`siriDisabled`) or by its key in
//! `enabledSkipKeys`; either suffices. `Privacy` and `Registration` are refused in that list by Graph, since they have flags.
//! [`DepOnboardingSetting`] is what Graph keeps of a server token, [`ImportedAppleDeviceIdentity`] a device.

mod fields;
mod identity;
mod onboarding;
mod pairing;

pub use self::fields::FIELDS;
pub use self::identity::{DiscoverySource, EnrollmentState, IdentityPlatform, ImportedAppleDeviceIdentity};
pub use self::onboarding::{DepOnboardingSetting, DepTokenType};

use super::draft::Draft;
use super::exchange::Model;
use super::field::{Field, Role};
use super::loss::LossKind;
use super::reading::Reading;
use super::tree::Tree;
use crate::profile::EnrollmentProfile;
use crate::setup_assistant::SkipKey;

/// Panes that Graph refuses in `enabledSkipKeys`.
const WITH_A_FLAG: [SkipKey; 2] = [SkipKey::Privacy, SkipKey::Registration];

const TYPES: [(&str, Model); 4] = [
    ("#microsoft.graph.depIOSEnrollmentProfile", Model::GraphIos),
    ("#microsoft.graph.depMacOSEnrollmentProfile", Model::GraphMacOs),
    ("#microsoft.graph.depTvOSEnrollmentProfile", Model::GraphTvOs),
    ("#microsoft.graph.depVisionOSEnrollmentProfile", Model::GraphVisionOs),
];

/// Reads what is not a matter of one row.
pub(super) fn read(reading: &mut Reading<'_>, draft: &mut Draft) {
    if let Some(name) = reading.text(&["@odata.type"])
        && !TYPES.iter().any(|(known, _)| *known == name)
        && name != "#microsoft.graph.depEnrollmentBaseProfile"
    {
        let reason = "this is no enrollment profile of Apple's devices";
        reading.lose("@odata.type", LossKind::Invalid, reason, &Tree::Text(name.into()));
    }
    pairing::read(reading, draft);
    for (index, item) in reading.list(&["enabledSkipKeys"]).iter().enumerate() {
        let path = format!("enabledSkipKeys[{index}]");
        match item.as_text() {
            Some(key) if !key.trim().is_empty() => draft.pane(key.trim(), &path, true),
            Some(_) => {}
            None => reading.lose(&path, LossKind::WrongType, "this has to be the name of a pane", item),
        }
    }
}

/// Writes what is not a matter of one row.
pub(super) fn write(draft: &Draft, profile: &EnrollmentProfile, model: Model, put: &mut dyn FnMut(&[&str], Tree)) {
    let name = TYPES.iter().find(|(_, known)| *known == model).map(|(name, _)| *name);
    put(&["@odata.type"], Tree::Text(name.unwrap_or_default().into()));
    let url = profile.wire().url.clone().unwrap_or_default();
    put(&["configurationEndpointUrl"], Tree::Text(url));
    if model == Model::GraphIos {
        pairing::write(profile.mode().pairing(), put);
    }
    let has_flag = |key: &SkipKey| {
        let is_it = |field: &Field| matches!(field.role, Role::Hides(name) if name == key.as_str());
        FIELDS.iter().any(|field| field.models.contains(&model) && is_it(field))
    };
    let others = draft.hidden().filter(|key| !has_flag(key) && !WITH_A_FLAG.contains(key));
    put(&["enabledSkipKeys"], Tree::List(others.map(|key| Tree::Text(key.as_str().into())).collect()));
}
