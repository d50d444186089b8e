//! The payload that makes a device managed, in Apple's keys.

use std::collections::BTreeMap;

use plist::Value;
use serde::{Deserialize, Serialize};

/// `com.apple.mdm`: the payload that makes a device managed, in Apple's keys and order. What it does not know it keeps.
///
/// [Apple's page](https://developer.apple.com/documentation/devicemanagement/mdm). [`check`](Self::check) judges it alone,
/// [`check_update`](Self::check_update) beside the one that it takes the place of.
///
/// ```
/// use apple_ade::enrollment::MdmPayload;
///
/// let payload: MdmPayload = plist::from_bytes(br#"<plist version="1.0"><dict>
///     <key>ServerURL</key><string>https://mdm.example.com/mdm</string>
///     <key>NewInOS31</key><true/>
/// </dict></plist>"#)?;
/// assert_eq!(payload.server_url.as_deref(), Some("https://mdm.example.com/mdm"));
/// assert!(payload.extra.contains_key("NewInOS31"));
/// # Ok::<(), plist::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MdmPayload {
    /// `IdentityCertificateUUID`: the UUID of the payload with the device's identity. It may change: the identity is renewed.
    #[serde(rename = "IdentityCertificateUUID", skip_serializing_if = "Option::is_none")]
    pub identity_certificate_uuid: Option<String>,
    /// `Topic`: the subject of the push certificate, `com.apple.mgmt.…`.
    #[serde(rename = "Topic", skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// `ServerURL`
    #[serde(rename = "ServerURL", skip_serializing_if = "Option::is_none")]
    pub server_url: Option<String>,
    /// `CheckInURL`: `ServerURL` where it is absent.
    #[serde(rename = "CheckInURL", skip_serializing_if = "Option::is_none")]
    pub check_in_url: Option<String>,
    /// `SignMessage`: messages of the device have the header `Mdm-Signature`. Default false.
    #[serde(rename = "SignMessage", skip_serializing_if = "Option::is_none")]
    pub sign_message: Option<bool>,
    /// `AccessRights`: see [`AccessRights`](super::AccessRights). Ignored in user enrollment.
    #[serde(rename = "AccessRights", skip_serializing_if = "Option::is_none")]
    pub access_rights: Option<i64>,
    /// `UseDevelopmentAPNS`: default false.
    #[serde(rename = "UseDevelopmentAPNS", skip_serializing_if = "Option::is_none")]
    pub use_development_apns: Option<bool>,
    /// `ManagedAppleID`: iOS 13.1 to 17, macOS 10.15 to 14; removed since.
    #[serde(rename = "ManagedAppleID", skip_serializing_if = "Option::is_none")]
    pub managed_apple_id: Option<String>,
    /// `AssignedManagedAppleID`: iOS 15, macOS 14, visionOS 1.1; account-driven enrollment.
    #[serde(rename = "AssignedManagedAppleID", skip_serializing_if = "Option::is_none")]
    pub assigned_managed_apple_id: Option<String>,
    /// `EnrollmentMode`: `BYOD` or `ADDE`; account-driven enrollment.
    #[serde(rename = "EnrollmentMode", skip_serializing_if = "Option::is_none")]
    pub enrollment_mode: Option<String>,
    /// `ServerURLPinningCertificateUUIDs`: UUIDs of certificate payloads.
    #[serde(rename = "ServerURLPinningCertificateUUIDs", skip_serializing_if = "Option::is_none")]
    pub server_url_pinning_certificate_uuids: Option<Vec<String>>,
    /// `CheckInURLPinningCertificateUUIDs`: UUIDs of certificate payloads.
    #[serde(rename = "CheckInURLPinningCertificateUUIDs", skip_serializing_if = "Option::is_none")]
    pub check_in_url_pinning_certificate_uuids: Option<Vec<String>>,
    /// `PinningRevocationCheckRequired`: default false.
    #[serde(rename = "PinningRevocationCheckRequired", skip_serializing_if = "Option::is_none")]
    pub pinning_revocation_check_required: Option<bool>,
    /// `ServerCapabilities`: see [`ServerCapabilities`](super::ServerCapabilities).
    #[serde(rename = "ServerCapabilities", skip_serializing_if = "Option::is_none")]
    pub server_capabilities: Option<Vec<String>>,
    /// `CheckOutWhenRemoved`: default false.
    #[serde(rename = "CheckOutWhenRemoved", skip_serializing_if = "Option::is_none")]
    pub check_out_when_removed: Option<bool>,
    /// `RequiredAppIDForMDM`: an app that needs no approval; iOS 15.1, visionOS 1.1, account-driven enrollment.
    #[serde(rename = "RequiredAppIDForMDM", skip_serializing_if = "Option::is_none")]
    pub required_app_id_for_mdm: Option<i64>,
    /// `PromptUserToAllowBootstrapTokenForAuthentication`: macOS 11; a Mac that enrolls by ADE allows it anyway. Default false.
    #[serde(rename = "PromptUserToAllowBootstrapTokenForAuthentication", skip_serializing_if = "Option::is_none")]
    pub prompt_user_to_allow_bootstrap_token_for_authentication: Option<bool>,
    /// Keys that this version of the crate does not know, as they came.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

impl MdmPayload {
    /// Whether the keys of an account-driven enrollment are there.
    pub fn is_account_driven(&self) -> bool {
        self.assigned_managed_apple_id.is_some() || self.enrollment_mode.is_some()
    }
}
