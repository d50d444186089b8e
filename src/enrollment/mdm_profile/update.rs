//! What may not change when a profile takes the place of the one that is installed.

use crate::judgement::{Rule, Violation, Violations, rules};

use super::MdmProfile;
use super::capabilities::{BOOTSTRAP_TOKEN, GET_TOKEN, PER_USER_CONNECTIONS};
use super::payload::MdmPayload;

pub(super) const CAPABILITIES: &[&str] = &[PER_USER_CONNECTIONS, BOOTSTRAP_TOKEN, GET_TOKEN];

rules! {
    MDM_UPDATE_TOPIC = "ADE-M101" Error
        "an update does not change `Topic`"
        why "the device rejects the update"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_SERVER_URL = "ADE-M102" Error
        "an update does not change `ServerURL`"
        why "the device rejects the update; a server that moves keeps its name"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_CHECK_IN_URL = "ADE-M103" Error
        "an update does not change `CheckInURL`"
        why "the device rejects the update; whether saying what was the default counts as a change is not documented"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_ACCESS_RIGHTS = "ADE-M104" Error
        "an update adds no access right"
        why "the device rejects the update; a device gets more rights only when it enrolls again"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_PER_USER_CONNECTIONS = "ADE-M105" Error
        "an update neither adds nor removes com.apple.mdm.per-user-connections"
        why "the device rejects the update"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_ACCOUNT = "ADE-M106" Error
        "an update does not change `AssignedManagedAppleID`"
        why "the device rejects the update"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_MODE = "ADE-M107" Error
        "an update does not change `EnrollmentMode`"
        why "the device rejects the update"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_REQUIRED_APP = "ADE-M108" Error
        "an update does not change `RequiredAppIDForMDM`"
        why "the device rejects the update"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_UPDATE_IDENTIFIER = "ADE-M109" Error
        "an update has the `PayloadIdentifier` of the profile that it takes the place of"
        why "the device takes another one for another profile, and does not install a second one for an MDM"
        from ["https://developer.apple.com/documentation/devicemanagement/toplevel"];
}

fn changed(rule: Rule, path: &'static str, old: Option<&str>, new: Option<&str>) -> Option<Violation> {
    if old == new {
        return None;
    }
    let shown = |value: Option<&str>| value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"));
    let violation = Violation::new(rule, path, format!("`{path}` is changed")).with_found(shown(new));
    Some(violation.with_help(format!("leave it as it was: {}", shown(old))))
}

impl MdmPayload {
    /// What keeps a device that has this payload from taking the new one in its place: Apple's rules on updates. The new one is
    /// judged by [`check`](Self::check) besides.
    ///
    /// ```
    /// use apple_ade::enrollment::MdmPayload;
    /// use apple_ade::judgement::Rule;
    ///
    /// let mut old = MdmPayload::default();
    /// old.access_rights = Some(8191);
    /// let mut new = old.clone();
    /// new.access_rights = Some(8191 - 8);
    /// assert!(old.check_update(&new).is_empty());
    /// assert_eq!(new.check_update(&old).by_rule(Rule::MDM_UPDATE_ACCESS_RIGHTS).count(), 1);
    /// ```
    pub fn check_update(&self, new: &Self) -> Violations {
        Violations::sorted(self.changes(new))
    }

    fn changes(&self, new: &Self) -> Vec<Violation> {
        let app = |payload: &Self| payload.required_app_id_for_mdm.map(|app| app.to_string());
        let mut found: Vec<Violation> = [
            changed(Rule::MDM_UPDATE_TOPIC, "Topic", self.topic.as_deref(), new.topic.as_deref()),
            changed(Rule::MDM_UPDATE_SERVER_URL, "ServerURL", self.server_url.as_deref(), new.server_url.as_deref()),
            changed(
                Rule::MDM_UPDATE_CHECK_IN_URL,
                "CheckInURL",
                self.check_in_url.as_deref(),
                new.check_in_url.as_deref(),
            ),
            changed(
                Rule::MDM_UPDATE_ACCOUNT,
                "AssignedManagedAppleID",
                self.assigned_managed_apple_id.as_deref(),
                new.assigned_managed_apple_id.as_deref(),
            ),
            changed(
                Rule::MDM_UPDATE_MODE,
                "EnrollmentMode",
                self.enrollment_mode.as_deref(),
                new.enrollment_mode.as_deref(),
            ),
            changed(Rule::MDM_UPDATE_REQUIRED_APP, "RequiredAppIDForMDM", app(self).as_deref(), app(new).as_deref()),
        ]
        .into_iter()
        .flatten()
        .collect();

        let rights = |payload: &Self| payload.access_rights.unwrap_or_default();
        let gained = rights(new) & !rights(self);
        if gained != 0 {
            let message = format!("the MDM would gain the access rights {gained}");
            let violation = Violation::new(Rule::MDM_UPDATE_ACCESS_RIGHTS, "AccessRights", message);
            let violation = violation.with_found(rights(new).to_string());
            found.push(violation.with_help(format!("ask for no more than {}", rights(self) & rights(new))));
        }
        let per_user = |payload: &Self| {
            payload.server_capabilities.iter().flatten().any(|capability| capability == PER_USER_CONNECTIONS)
        };
        if per_user(self) != per_user(new) {
            let (what, help) = if per_user(new) { ("added", "leave it out") } else { ("removed", "keep it") };
            let message = format!("{PER_USER_CONNECTIONS} is {what}");
            let violation = Violation::new(Rule::MDM_UPDATE_PER_USER_CONNECTIONS, "ServerCapabilities", message);
            found.push(violation.with_help(format!("{help}, or have the device enroll again")));
        }
        found
    }
}

impl MdmProfile {
    /// What keeps a device that has this profile from taking the new one in its place. A profile does not break any rule against itself.
    pub fn check_update(&self, new: &Self) -> Violations {
        let mut found = self.payload().changes(new.payload());
        let identifiers = (Some(self.identifier()), Some(new.identifier()));
        found.extend(changed(Rule::MDM_UPDATE_IDENTIFIER, "PayloadIdentifier", identifiers.0, identifiers.1));
        Violations::sorted(found)
    }
}
