//! Jamf Pro: PreStage enrollments, as the Jamf Pro API has them (`/v3/mobile-device-prestages`, `/v3/computer-prestages`).
//!
//! A PreStage is an enrollment profile together with what Jamf Pro does afterwards. `skipSetupItems` has a flag for each pane, in Apple's
//! spelling, and true leaves it out. Numbers count only where a flag beside them says so (`useStorageQuotaSize`, `enforceUserSessionTimeout`).
//! Time-outs are taken for seconds, as Apple's keys have them; Jamf's page names no unit. See
//! [the reference](https://developer.jamf.com/jamf-pro/reference/post_v3-mobile-device-prestages).

mod accounts;
mod fields;
mod names;

pub use self::fields::FIELDS;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::draft::{Content, Draft};
use super::exchange::Model;
use super::loss::{Loss, LossKind};
use super::reading::{Reading, says_more_than_no};
use super::slot::Slot;
use super::tree::Tree;
use crate::pki::pem;
use crate::profile::AnchorCertificate;
use crate::setup_assistant::SkipKey;

const PAGE: &str = "enrollmentCustomizationId";
const ANCHORS: &str = "anchorCertificates";

/// A number that counts only where a flag says so, and what Jamf writes where nobody has set it.
const GUARDED: [(&str, Slot, u32); 3] = [
    ("useStorageQuotaSize", Slot::QuotaMegabytes, 1024),
    ("enforceTemporarySessionTimeout", Slot::GuestTimeout, 0),
    ("enforceUserSessionTimeout", Slot::UserTimeout, 0),
];

/// Texts that count only where a flag says so, and have no counterpart then either, and what Jamf writes where nobody has set them.
const TOLD_WITH: [(&str, &str, &str, &str); 2] = [
    ("sendTimezone", "timezone", fields::TIME_ZONE, "UTC"),
    ("enableRecoveryLock", "recoveryLockPasswordType", fields::RECOVERY_LOCK, "MANUAL"),
];

/// How many accounts a Shared iPad has where nobody has set it.
const USERS: u32 = 10;

/// Reads what is not a matter of one row.
pub(super) fn read(reading: &mut Reading<'_>, draft: &mut Draft) {
    panes(reading, draft);
    anchors(reading, draft);
    page(reading, draft);
    for (flag, slot, default) in GUARDED {
        let counts = reading.flag(&[flag]);
        if counts == Some(true) {
            continue;
        }
        if draft.number(slot) != Some(default) {
            reading.losses.extend(draft.lost(slot, LossKind::Unused, format!("it counts only with {flag}")));
        }
        draft.forget(slot);
    }
    if draft.number(Slot::Users) == Some(USERS) && (!draft.is(Slot::IsSharedIpad) || draft.is(Slot::GuestsOnly)) {
        draft.forget(Slot::Users);
    }
    for (flag, key, reason, default) in TOLD_WITH {
        let counts = reading.take(&[flag]) == Some(&Tree::Flag(true));
        let Some(value) = reading.text(&[key]).filter(|text| !text.trim().is_empty()) else { continue };
        if counts {
            reading.lose(key, LossKind::NoCounterpart, reason, &Tree::Text(value.into()));
        } else if value != default {
            let reason = format!("it counts only with {flag}");
            reading.lose(key, LossKind::Unused, reason, &Tree::Text(value.into()));
        }
    }
    names::read(reading, draft);
    accounts::read(reading, draft);
}

/// The enrollment customization: a page on which users sign in.
fn page(reading: &mut Reading<'_>, draft: &mut Draft) {
    let Some(value) = reading.take(&[PAGE]) else { return };
    let is_page = if let Tree::Text(id) = value {
        !["", "0", "-1"].contains(&id.trim())
    } else {
        // An id of another type is one all the same: without it the second factor would be lost.
        let is_page = says_more_than_no(value);
        let reason =
            if is_page { "this has to be a text; it is taken for the id of a page" } else { "this has to be a text" };
        reading.lose(PAGE, LossKind::WrongType, reason, value);
        is_page
    };
    if !is_page {
        return;
    }
    if draft.is(Slot::IsSharedIpad) {
        let reason = "a Shared iPad has no user of its own; people sign in to their sessions";
        return reading.lose(PAGE, LossKind::Unused, reason, value);
    }
    let reason = "the page of this server takes its place; what its panes are is not known";
    reading.lose(PAGE, LossKind::Changed, reason, value);
    // Jamf's own flag for a sign-in is false beside it, and means the sign-in without a page.
    draft.forget(Slot::SignsIn);
    for slot in [Slot::SignsIn, Slot::SignsInOnPage] {
        reading.losses.extend(draft.put(slot, PAGE, Content::Flag(true)));
    }
}

fn panes(reading: &mut Reading<'_>, draft: &mut Draft) {
    let value = reading.take(&["skipSetupItems"]);
    if let Some(value) = value.filter(|value| !matches!(value, Tree::Object(_))) {
        reading.lose(
            "skipSetupItems",
            LossKind::WrongType,
            "this has to be an object with a flag for each pane",
            value,
        );
    }
    for (key, value) in value.map(Tree::entries).unwrap_or_default() {
        let path = format!("skipSetupItems.{key}");
        match value {
            Tree::Flag(hides) => draft.pane(key, &path, *hides),
            Tree::Null => {}
            _ => reading.lose(&path, LossKind::WrongType, "this has to be true or false", value),
        }
    }
}

fn anchors(reading: &mut Reading<'_>, draft: &mut Draft) {
    for (index, item) in reading.list(&[ANCHORS]).iter().enumerate() {
        let path = format!("{ANCHORS}[{index}]");
        let Some(text) = item.as_text() else {
            reading.lose(&path, LossKind::WrongType, "this has to be a certificate, PEM in base64", item);
            continue;
        };
        let packed: String = text.split_whitespace().collect();
        let read = match STANDARD.decode(&packed) {
            Ok(bytes) => AnchorCertificate::undated(&bytes),
            // PEM as it is, which is not documented and leaves no doubt.
            Err(_) => AnchorCertificate::undated(text.as_bytes()),
        };
        match read {
            Ok(certificates) => draft.anchors.extend(certificates),
            Err(error) => reading.losses.push(Loss::new(path, LossKind::Invalid, error.to_string())),
        }
    }
}

/// Writes what is not a matter of one row.
pub(super) fn write(draft: &Draft, model: Model, put: &mut dyn FnMut(&[&str], Tree)) {
    let unknown = draft.hidden().filter(|key| matches!(key, SkipKey::Other(_)));
    // All at once: a profile may name many panes, and each look for a place among them would cost as many steps.
    let panes = SkipKey::ALL.iter().chain(unknown);
    let panes = panes.map(|key| (key.as_str().to_owned(), Tree::Flag(draft.hides(key))));
    put(&["skipSetupItems"], Tree::Object(panes.collect()));
    let anchors = draft.anchor_texts.iter().map(|text| {
        let certificate = STANDARD.decode(text).map(|der| pem::encode("CERTIFICATE", &der));
        Tree::Text(certificate.map_or_else(|_| text.clone(), |pem| STANDARD.encode(pem.as_bytes())))
    });
    put(&[ANCHORS], Tree::List(anchors.collect()));
    // Which page it would be is not known.
    put(&[PAGE], Tree::Text("0".into()));
    put(&["requireAuthentication"], Tree::Flag(draft.is(Slot::SignsIn) && !draft.is(Slot::SignsInOnPage)));
    if model == Model::JamfMobile {
        for (flag, slot, _) in GUARDED {
            put(&[flag], Tree::Flag(draft.number(slot).is_some_and(|number| number > 0)));
        }
        names::write(draft, put);
    } else {
        accounts::write(draft, put);
    }
}
