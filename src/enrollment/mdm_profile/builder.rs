//! Making an enrollment profile.

use super::access_rights::AccessRights;
use super::capabilities::ServerCapabilities;
use super::identity::Identity;
use super::payload::MdmPayload;
use super::uuid::PayloadUuid;
use super::{IDENTITY, MdmProfile, anchor_uuid};
use crate::enrollment::EnrollmentMode;
use crate::judgement::{Rule, Violation, Violations};
use crate::os::Platform;
use crate::pki::certificate::Certificate;
use crate::profile::{EnrollmentProfile, MdmRemoval};

/// An enrollment profile that is being made. See [`MdmProfile::builder`].
#[derive(Debug)]
pub struct MdmProfileBuilder {
    profile: MdmProfile,
    pins: [Vec<Certificate>; 2],
}

impl MdmProfileBuilder {
    pub(super) fn new(identifier: String, server_url: String, topic: String, identity: Identity) -> Self {
        let mdm = MdmPayload {
            topic: Some(topic),
            server_url: Some(server_url),
            access_rights: Some(AccessRights::ALL.bits().into()),
            ..MdmPayload::default()
        };
        let profile = MdmProfile {
            identifier,
            uuid: PayloadUuid::from_bytes([0; 16]),
            display_name: None,
            description: None,
            organization: None,
            removal_disallowed: None,
            mdm,
            identity,
            anchors: Vec::new(),
        };
        Self { profile, pins: [Vec::new(), Vec::new()] }
    }

    /// What follows from what the device was told when it was assigned: the [capabilities](ServerCapabilities::demanded_by) that its
    /// mode demands, in place of those said before, and whether the profile can be removed. Where the device is known,
    /// [`for_enrollment_on`](Self::for_enrollment_on) is more exact.
    #[must_use]
    pub fn for_enrollment(self, enrollment: &EnrollmentProfile) -> Self {
        self.for_enrollment_on(enrollment, None)
    }

    /// The same for a device with this system, `caller.platform()`: the [capabilities](ServerCapabilities::demanded_on) of no other system are
    /// among those that it is told.
    #[must_use]
    pub fn for_enrollment_on(self, enrollment: &EnrollmentProfile, platform: Option<Platform>) -> Self {
        let locked = enrollment.mode().removal() == MdmRemoval::Locked;
        let mut this = self.server_capabilities(&ServerCapabilities::demanded_on(enrollment, platform));
        this.profile.removal_disallowed = Some(locked);
        this
    }

    /// `PayloadDisplayName`: what users read.
    #[must_use]
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.profile.display_name = Some(name.into());
        self
    }

    /// `PayloadDescription`
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.profile.description = Some(description.into());
        self
    }

    /// `PayloadOrganization`
    #[must_use]
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.profile.organization = Some(organization.into());
        self
    }

    /// `CheckInURL`: `ServerURL`, unless this is called.
    #[must_use]
    pub fn check_in_url(mut self, url: impl Into<String>) -> Self {
        self.profile.mdm.check_in_url = Some(url.into());
        self
    }

    /// `AccessRights`: all, unless this is called. User enrollment knows none: there it is left out.
    #[must_use]
    pub fn access_rights(mut self, rights: AccessRights) -> Self {
        self.profile.mdm.access_rights = Some(rights.bits().into());
        self
    }

    /// `ServerCapabilities`, in place of those said before.
    #[must_use]
    pub fn server_capabilities(mut self, capabilities: &ServerCapabilities) -> Self {
        let words: Vec<String> = capabilities.as_slice().iter().map(|word| (*word).to_owned()).collect();
        self.profile.mdm.server_capabilities = (!words.is_empty()).then_some(words);
        self
    }

    /// `SignMessage`: the device signs its messages.
    #[must_use]
    pub fn sign_messages(mut self) -> Self {
        self.profile.mdm.sign_message = Some(true);
        self
    }

    /// `CheckOutWhenRemoved`: the device says so when the profile is removed.
    #[must_use]
    pub fn check_out_when_removed(mut self) -> Self {
        self.profile.mdm.check_out_when_removed = Some(true);
        self
    }

    /// A certificate to trust: a root, or one that leads to it. One that is named twice is there once.
    #[must_use]
    pub fn anchor(mut self, certificate: Certificate) -> Self {
        if !self.profile.anchors.contains(&certificate) {
            self.profile.anchors.push(certificate);
        }
        self
    }

    /// A certificate that the server of `ServerURL` has to show; it is put into the profile, too.
    #[must_use]
    pub fn pin_server(mut self, certificate: Certificate) -> Self {
        let [server, _] = &mut self.pins;
        server.push(certificate.clone());
        self.anchor(certificate)
    }

    /// A certificate that the server of `CheckInURL` has to show; it is put into the profile, too.
    #[must_use]
    pub fn pin_check_in(mut self, certificate: Certificate) -> Self {
        let [_, check_in] = &mut self.pins;
        check_in.push(certificate.clone());
        self.anchor(certificate)
    }

    /// `PinningRevocationCheckRequired`
    #[must_use]
    pub fn pinning_revocation_check_required(mut self) -> Self {
        self.profile.mdm.pinning_revocation_check_required = Some(true);
        self
    }

    /// For an account-driven enrollment: `AssignedManagedAppleID`, the Managed Apple Account as in `ada@example.com`, and `EnrollmentMode`. In user
    /// enrollment (BYOD) there are no access rights, whatever was said of them.
    #[must_use]
    pub fn account_driven(mut self, managed_apple_account: impl Into<String>, mode: EnrollmentMode) -> Self {
        self.profile.mdm.assigned_managed_apple_id = Some(managed_apple_account.into());
        self.profile.mdm.enrollment_mode = Some(mode.as_str().into());
        self
    }

    /// `RequiredAppIDForMDM`: the App Store's number of an app that needs no approval, in account-driven enrollment.
    #[must_use]
    pub fn required_app(mut self, app: u32) -> Self {
        self.profile.mdm.required_app_id_for_mdm = Some(app.into());
        self
    }

    /// Changes the payload `com.apple.mdm` beyond what the other methods say. What names other payloads is given by the builder, except for
    /// pins where neither [`pin_server`](Self::pin_server) nor [`pin_check_in`](Self::pin_check_in) says any.
    #[must_use]
    pub fn payload(mut self, change: impl FnOnce(&mut MdmPayload)) -> Self {
        change(&mut self.profile.mdm);
        self
    }

    /// The profile, with this `PayloadUUID`; those of the payloads are derived from it. Give the same for each new edition of a device's profile, so
    /// that what is the same has the same UUID.
    ///
    /// # Errors
    ///
    /// All violations, if one of them is an error.
    pub fn build(self, uuid: PayloadUuid) -> Result<MdmProfile, Violations> {
        let Self { mut profile, pins: [server, check_in] } = self;
        profile.uuid = uuid;
        let uuids = |pins: Vec<Certificate>| -> Option<Vec<String>> {
            let uuids: Vec<String> = pins.iter().map(|pin| anchor_uuid(uuid, pin).to_string()).collect();
            (!uuids.is_empty()).then_some(uuids)
        };
        let identity = Some(uuid.derive(IDENTITY).to_string());
        let mdm = &mut profile.mdm;
        if mdm.enrollment_mode.as_deref() == Some(EnrollmentMode::Byod.as_str()) {
            mdm.access_rights = None;
        }
        let mut found = Vec::new();
        found.extend(settle("IdentityCertificateUUID", &mut mdm.identity_certificate_uuid, identity));
        let pins = [
            ("ServerURLPinningCertificateUUIDs", &mut mdm.server_url_pinning_certificate_uuids, uuids(server)),
            ("CheckInURLPinningCertificateUUIDs", &mut mdm.check_in_url_pinning_certificate_uuids, uuids(check_in)),
        ];
        for (key, said, derived) in pins {
            found.extend(settle(key, said, derived));
        }
        found.extend(profile.check());
        let violations = Violations::sorted(found);
        if violations.has_errors() { Err(violations) } else { Ok(profile) }
    }
}

/// Takes what the builder derives. What was said beside it stays where nothing is derived, and is told where it is something else.
fn settle<T: PartialEq>(key: &'static str, said: &mut Option<T>, derived: Option<T>) -> Option<Violation> {
    if derived.is_none() || *said == derived {
        return None;
    }
    if said.is_none() {
        *said = derived;
        return None;
    }
    let violation = Violation::new(Rule::MDM_SAID_TWICE, key, format!("`{key}` is given by the builder, too"));
    Some(violation.with_help("leave it out of `payload`, or do not pin by the builder"))
}
