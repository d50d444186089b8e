//! The rules on the payload `com.apple.mdm` by itself.

use std::collections::{BTreeMap, BTreeSet};

use plist::{Dictionary, Value};

use crate::judgement::{Rule, Violation, Violations, rules};
use crate::profile::url::Url;
use crate::property_list::{PropertyListError, is_xml, unwritable};

use super::access_rights::{AccessRights, AccessRightsError};
use super::payload::MdmPayload;
use super::update;
use super::uuid::PayloadUuid;
use super::{HEAD, MdmProfile};

rules! {
    MDM_KEY_MISSING = "ADE-M001" Error
        "the MDM payload has `IdentityCertificateUUID`, `Topic` and `ServerURL`"
        why "the device refuses the profile without them"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_TOPIC = "ADE-M002" Error
        "`Topic` begins with `com.apple.mgmt.`, and is one word of ASCII"
        why "it is the subject of the push certificate, without whose pushes the device hears nothing"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_URL = "ADE-M003" Error
        "`ServerURL` and `CheckInURL` are https URLs"
        why "the device refuses any other"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_IDENTITY_UUID = "ADE-M004" Error
        "what names another payload is a UUID"
        why "the device finds the identity and the pinned certificates by it"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ACCESS_RIGHTS_MISSING = "ADE-M005" Error
        "`AccessRights` is there outside of user enrollment"
        why "without them the MDM may do nothing"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ACCESS_RIGHTS_EMPTY = "ADE-M006" Error
        "`AccessRights` has a right that is documented"
        why "Apple forbids 0, and what is not documented allows nothing"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ACCESS_RIGHTS_NEEDED = "ADE-M007" Error
        "of `AccessRights`, 2 comes with 1, and 128 with 64"
        why "who may install profiles has to be allowed to list them"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ACCESS_RIGHTS_UNKNOWN = "ADE-M008" Warning
        "`AccessRights` has no bits beyond 4096"
        why "they are not documented"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_CAPABILITY_TWICE = "ADE-M009" Error
        "each of `ServerCapabilities` is there once"
        why "Apple asks for a unique array"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_CAPABILITY_UNKNOWN = "ADE-M010" Warning
        "`ServerCapabilities` are words of Apple's"
        why "the device does not know another, so that what is meant does not happen"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ACCOUNT_DRIVEN_HALF = "ADE-M011" Error
        "`EnrollmentMode` and `AssignedManagedAppleID` come together"
        why "account-driven enrollment needs both, and no other enrollment uses them"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ENROLLMENT_MODE = "ADE-M012" Error
        "`EnrollmentMode` is BYOD or ADDE"
        why "there is no other mode"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_REQUIRED_APP_IGNORED = "ADE-M013" Warning
        "`RequiredAppIDForMDM` is for account-driven enrollment"
        why "other enrollments ignore it"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_MANAGED_APPLE_ID = "ADE-M014" Warning
        "`ManagedAppleID` is not used any more"
        why "iOS 18 and macOS 15 have removed it"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_DEVELOPMENT_PUSH = "ADE-M015" Warning
        "`UseDevelopmentAPNS` is not true"
        why "Apple's portal issues push certificates for the production service alone"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_TEXT = "ADE-M016" Error
        "whatever the profile holds can be written in XML"
        why "control characters and `uid` cannot, and a profile that holds them is not taken, or loses what they stand in"
        from ["https://www.w3.org/TR/xml/#charsets", "https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_EXTRA_KNOWN = "ADE-M017" Error
        "what is given as an unknown key is unknown"
        why "a documented key has a field, and what is said beside it would get round the rules"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_SAID_TWICE = "ADE-M018" Error
        "which payloads belong to the MDM is said once"
        why "the builder names the identity and the pinned certificates itself, and another name would lead nowhere"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_ACCOUNT = "ADE-M019" Error
        "`AssignedManagedAppleID` is a Managed Apple Account"
        why "the device asks for the account's sign-in, and compares it with the one that has signed in"
        from ["https://developer.apple.com/documentation/devicemanagement/mdm"];
    MDM_IDENTIFIER = "ADE-M020" Error
        "the profile has a `PayloadIdentifier`, one word without control characters"
        why "the device knows the profile by it, and takes an update for the same profile"
        from ["https://developer.apple.com/documentation/devicemanagement/toplevel"];
}

/// Every rule on the MDM payload, alone and when it is updated, in the order of the codes.
pub(super) fn all() -> impl Iterator<Item = Rule> {
    RULES.iter().chain(update::RULES).copied()
}

impl MdmPayload {
    /// Every rule on this payload, alone and in an update, in the order of their codes.
    ///
    /// ```
    /// use apple_ade::enrollment::MdmPayload;
    ///
    /// assert!(MdmPayload::rules().is_sorted());
    /// ```
    pub fn rules() -> impl Iterator<Item = Rule> {
        all()
    }

    /// What there is to say of the payload by itself.
    pub fn check(&self) -> Violations {
        let mut found = Vec::new();
        self.required(&mut found);
        self.rights(&mut found);
        self.capabilities(&mut found);
        self.account(&mut found);
        self.extra(&mut found);
        if self.use_development_apns == Some(true) {
            let message = "the device listens to the development push service";
            let violation = Violation::new(Rule::MDM_DEVELOPMENT_PUSH, "UseDevelopmentAPNS", message);
            found.push(
                violation.with_found("true").with_help("leave it out, unless the push certificate is for development"),
            );
        }
        Violations::sorted(found)
    }

    fn required(&self, found: &mut Vec<Violation>) {
        let required = [
            ("IdentityCertificateUUID", &self.identity_certificate_uuid),
            ("Topic", &self.topic),
            ("ServerURL", &self.server_url),
        ];
        for (key, value) in required {
            if value.is_none() {
                let violation = Violation::new(Rule::MDM_KEY_MISSING, key, format!("`{key}` is missing"));
                found.push(violation.with_help("put it in"));
            }
        }
        if let Some(topic) = self.topic.as_deref().filter(|topic| !is_topic(topic)) {
            let message = "`Topic` is none that a push certificate of an MDM has";
            let violation = Violation::new(Rule::MDM_TOPIC, "Topic", message).with_found(format!("{topic:?}"));
            found.push(violation.with_help("take the UID in the subject of the push certificate"));
        }
        for (key, value) in [("ServerURL", &self.server_url), ("CheckInURL", &self.check_in_url)] {
            let Some(text) = value else { continue };
            if !Url::read(text).is_ok_and(|url| url.is_https()) {
                let violation = Violation::new(Rule::MDM_URL, key, format!("`{key}` is no https URL with a host"));
                found.push(violation.with_found(format!("{text:?}")).with_help("give the https URL of the server"));
            }
        }
        let identity = self.identity_certificate_uuid.iter().map(|uuid| ("IdentityCertificateUUID".to_owned(), uuid));
        let pins = [
            ("ServerURLPinningCertificateUUIDs", &self.server_url_pinning_certificate_uuids),
            ("CheckInURLPinningCertificateUUIDs", &self.check_in_url_pinning_certificate_uuids),
        ];
        let pins = pins.into_iter().flat_map(|(key, uuids)| {
            let uuids = uuids.iter().flatten().enumerate();
            uuids.map(move |(place, uuid)| (format!("{key}[{place}]"), uuid))
        });
        for (path, uuid) in identity.chain(pins) {
            if uuid.parse::<PayloadUuid>().is_err() {
                let message = format!("`{path}` is no UUID");
                let violation = Violation::new(Rule::MDM_IDENTITY_UUID, path, message);
                found
                    .push(violation.with_found(format!("{uuid:?}")).with_help("give the `PayloadUUID` of the payload"));
            }
        }
    }

    fn rights(&self, found: &mut Vec<Violation>) {
        let key = "AccessRights";
        let Some(rights) = self.access_rights else {
            if !self.is_account_driven() && self.managed_apple_id.is_none() {
                let violation = Violation::new(Rule::MDM_ACCESS_RIGHTS_MISSING, key, "the MDM has no access rights");
                found.push(violation.with_help("give all of them: 8191"));
            }
            return;
        };
        let broken = |rule, message: String| Violation::new(rule, key, message).with_found(rights.to_string());
        // Bits that are not documented hide nothing that is wrong with the others.
        let known = u32::try_from(rights).map_or(0, |bits| bits & AccessRights::ALL.bits());
        if rights > 0 && i64::from(known) != rights {
            let violation = broken(Rule::MDM_ACCESS_RIGHTS_UNKNOWN, "some access rights are not documented".into());
            found.push(violation.with_help("leave out what is beyond 8191"));
        }
        if rights < 0 || known == 0 {
            let violation = broken(Rule::MDM_ACCESS_RIGHTS_EMPTY, "the MDM has no access right".into());
            found.push(violation.with_help("give all of them: 8191"));
        }
        let mut bits = known;
        while let Err(AccessRightsError::Needs { right, needs }) = AccessRights::new(bits) {
            let violation =
                broken(Rule::MDM_ACCESS_RIGHTS_NEEDED, format!("access right {right} is there without {needs}"));
            found.push(violation.with_help(format!("add {needs}")));
            bits |= needs;
        }
    }

    fn capabilities(&self, found: &mut Vec<Violation>) {
        let mut seen = BTreeSet::new();
        for (place, capability) in self.server_capabilities.iter().flatten().enumerate() {
            let path = format!("ServerCapabilities[{place}]");
            let quoted = format!("{capability:?}");
            if !seen.insert(capability) {
                let violation = Violation::new(Rule::MDM_CAPABILITY_TWICE, path, "a capability is there twice");
                found.push(violation.with_found(quoted).with_help("leave it out here"));
            } else if !update::CAPABILITIES.contains(&capability.as_str()) {
                let violation = Violation::new(Rule::MDM_CAPABILITY_UNKNOWN, path, "a capability is none of Apple's");
                let meant = crate::judgement::closest(capability, update::CAPABILITIES, |known| known);
                let help = meant.map_or_else(|| "leave it out".to_owned(), |meant| format!("write {meant:?}"));
                found.push(violation.with_found(quoted).with_help(help));
            }
        }
    }

    fn account(&self, found: &mut Vec<Violation>) {
        let missing = match (&self.enrollment_mode, &self.assigned_managed_apple_id) {
            (Some(_), None) => Some(("EnrollmentMode", "AssignedManagedAppleID")),
            (None, Some(_)) => Some(("AssignedManagedAppleID", "EnrollmentMode")),
            _ => None,
        };
        if let Some((there, missing)) = missing {
            let message = format!("`{there}` is there without `{missing}`");
            let violation = Violation::new(Rule::MDM_ACCOUNT_DRIVEN_HALF, missing, message);
            found.push(violation.with_help(format!("add `{missing}`, or leave `{there}` out")));
        }
        if let Some(account) = self.assigned_managed_apple_id.as_deref().filter(|account| !is_account(account)) {
            let message = "`AssignedManagedAppleID` is no account";
            let violation = Violation::new(Rule::MDM_ACCOUNT, "AssignedManagedAppleID", message);
            found.push(violation.with_found(format!("{account:?}")).with_help("write it as in ada@example.com"));
        }
        if let Some(mode) = self.enrollment_mode.as_deref().filter(|mode| !matches!(*mode, "BYOD" | "ADDE")) {
            let violation = Violation::new(Rule::MDM_ENROLLMENT_MODE, "EnrollmentMode", "there is no such mode");
            found.push(violation.with_found(format!("{mode:?}")).with_help("write BYOD or ADDE"));
        }
        if let Some(app) = self.required_app_id_for_mdm.filter(|_| !self.is_account_driven()) {
            let message = "an app is required in an enrollment that ignores it";
            let violation = Violation::new(Rule::MDM_REQUIRED_APP_IGNORED, "RequiredAppIDForMDM", message);
            found.push(violation.with_found(app.to_string()).with_help("leave it out"));
        }
        if self.managed_apple_id.is_some() {
            let violation = Violation::new(Rule::MDM_MANAGED_APPLE_ID, "ManagedAppleID", "the key was removed");
            found.push(violation.with_help("use account-driven enrollment with `AssignedManagedAppleID`"));
        }
    }

    /// What has a field, and what XML cannot hold. A text of a field that has a form is judged by that.
    fn extra(&self, found: &mut Vec<Violation>) {
        let known = self.extra.keys().filter(|key| Self::KEYS.contains(&key.as_str()));
        found.extend(known.map(|key| extra_known(key, "say it by its field")));
        for (key, value) in &self.extra {
            if !key.chars().all(is_xml) {
                found.extend(in_xml(&Value::from(key.as_str()), "extra"));
            }
            found.extend(in_xml(value, key));
        }
        if let Ok(fields) = plist::to_value(&Self { extra: BTreeMap::new(), ..self.clone() }) {
            found.extend(in_xml(&fields, ""));
        }
    }
}

fn extra_known(key: &str, help: &'static str) -> Violation {
    let message = format!("`{key}` is among the unknown keys");
    Violation::new(Rule::MDM_EXTRA_KNOWN, key.to_owned(), message).with_help(help)
}

/// What XML cannot hold, without what is found: it may be a secret.
fn in_xml(value: &Value, within: &str) -> Vec<Violation> {
    const FORMED: [&str; 4] = ["Topic", "ServerURL", "CheckInURL", "AssignedManagedAppleID"];
    let found = unwritable(value, within).into_iter().filter(|(path, _)| !FORMED.contains(&path.as_str()));
    let violation = |(path, error): (String, PropertyListError)| {
        let violation = Violation::new(Rule::MDM_TEXT, path, error.to_string());
        violation.with_help("leave out control characters, and write numbers or texts")
    };
    found.map(violation).collect()
}

impl MdmProfile {
    /// What there is to say of the profile and its payloads.
    pub(super) fn check(&self) -> Vec<Violation> {
        let mut found: Vec<Violation> = self.mdm.check().into_iter().collect();
        let own = self.mdm.extra.keys().filter(|key| HEAD.contains(&key.as_str()));
        found.extend(own.map(|key| extra_known(key, "leave it out: the builder gives it")));
        if self.identifier.is_empty() || self.identifier.contains(|c: char| c.is_control() || c.is_whitespace()) {
            let message = "the profile's identifier is none";
            let violation = Violation::new(Rule::MDM_IDENTIFIER, "PayloadIdentifier", message);
            let violation = violation.with_found(format!("{:?}", self.identifier));
            found.push(violation.with_help("write one in the manner of com.example.mdm"));
        }
        let texts = [
            ("PayloadDisplayName", &self.display_name),
            ("PayloadDescription", &self.description),
            ("PayloadOrganization", &self.organization),
        ];
        for (key, text) in texts {
            found.extend(text.iter().flat_map(|text| in_xml(&Value::from(text.as_str()), key)));
        }
        let mut identity = Dictionary::new();
        self.identity.put_into(&mut identity);
        found.extend(in_xml(&identity.into(), self.identity.kind()));
        found
    }
}

/// A name, `@` and a domain, in one word.
pub(in crate::enrollment) fn is_account(text: &str) -> bool {
    let is_word = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_control() || c.is_whitespace());
    text.split_once('@').is_some_and(|(name, domain)| is_word(name) && is_word(domain) && !domain.contains('@'))
}

/// `com.apple.mgmt.` and something behind it.
pub(super) fn is_topic(text: &str) -> bool {
    let rest = text.strip_prefix("com.apple.mgmt.");
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()))
}
