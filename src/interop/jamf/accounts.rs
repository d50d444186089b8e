//! `accountSettings`: the accounts of a Mac.

use crate::interop::draft::Draft;
use crate::interop::loss::LossKind;
use crate::interop::reading::Reading;
use crate::interop::slot::Slot;
use crate::interop::tree::Tree;

const SETTINGS: &str = "accountSettings";
const ADMIN: [Slot; 4] = [Slot::AdminShortName, Slot::AdminFullName, Slot::AdminIsHidden, Slot::ManagesAdmin];
const PREFILL: [Slot; 3] = [Slot::PrimaryFullName, Slot::PrimaryShortName, Slot::LocksPrimary];

pub(super) fn read(reading: &mut Reading<'_>, draft: &mut Draft) {
    let mut flag = |key| reading.flag(&[SETTINGS, key]);
    let is_configured = flag("payloadConfigured") != Some(false);
    let has_admin = flag("localAdminAccountEnabled") != Some(false);
    let prefills = flag("prefillPrimaryAccountInfoFeatureEnabled") != Some(false);
    let prefill = reading.text(&[SETTINGS, "prefillType"]).unwrap_or_default();
    let kind = reading.text(&[SETTINGS, "userAccountType"]).unwrap_or_default();

    let mut forget = |slots: &[Slot], reason: &str| {
        for slot in slots {
            reading.losses.extend(draft.lost(*slot, LossKind::Unused, format!("{SETTINGS}.{reason}")));
            draft.forget(*slot);
        }
    };
    if !is_configured {
        forget(&ADMIN, "payloadConfigured is false");
        return forget(&PREFILL, "payloadConfigured is false");
    }
    if !has_admin {
        forget(&ADMIN, "localAdminAccountEnabled is false");
    }
    if !prefills {
        forget(&PREFILL, "prefillPrimaryAccountInfoFeatureEnabled is false");
    } else if prefill == "DEVICE_OWNER" {
        forget(&PREFILL, "prefillType names the user who signed in");
        let reason = "the name of whoever signed in is known only when the command AccountConfiguration is sent";
        reading.lose("accountSettings.prefillType", LossKind::NoCounterpart, reason, &Tree::Text(prefill.into()));
    } else if !["", "CUSTOM", "UNKNOWN"].contains(&prefill) {
        let reason = "this has to be CUSTOM, DEVICE_OWNER or UNKNOWN; the names are taken as they are";
        reading.lose("accountSettings.prefillType", LossKind::Invalid, reason, &Tree::Text(prefill.into()));
    }
    let path = "accountSettings.userAccountType";
    match kind {
        "" | "ADMINISTRATOR" => {}
        "STANDARD" => reading.losses.extend(draft.put(Slot::PrimaryIsRegular, path, super::Content::Flag(true))),
        "SKIP" => reading.losses.extend(draft.put(Slot::SkipsPrimary, path, super::Content::Flag(true))),
        other => {
            let reason = "this has to be ADMINISTRATOR, STANDARD or SKIP; it is taken for ADMINISTRATOR";
            reading.lose(path, LossKind::Invalid, reason, &Tree::Text(other.into()));
        }
    }
}

pub(super) fn write(draft: &Draft, put: &mut dyn FnMut(&[&str], Tree)) {
    let mut set = |key, value| put(&[SETTINGS, key], value);
    let text = |text: &str| Tree::Text(text.into());
    let has_admin = draft.text(Slot::AdminShortName).is_some();
    let prefills = draft.text(Slot::PrimaryFullName).or(draft.text(Slot::PrimaryShortName)).is_some();
    let kind = match (draft.is(Slot::SkipsPrimary), draft.is(Slot::PrimaryIsRegular)) {
        (true, _) => "SKIP",
        (false, true) => "STANDARD",
        (false, false) => "ADMINISTRATOR",
    };
    set("payloadConfigured", Tree::Flag(has_admin || prefills));
    set("localAdminAccountEnabled", Tree::Flag(has_admin));
    set("userAccountType", text(kind));
    set("prefillPrimaryAccountInfoFeatureEnabled", Tree::Flag(prefills));
    set("prefillType", text(if prefills { "CUSTOM" } else { "UNKNOWN" }));
}
