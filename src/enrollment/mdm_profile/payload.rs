//! The payload that makes a device managed, in Apple's keys.

use std::collections::BTreeMap;

use plist::Value;
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! payload {
    ($(#[$struct_doc:meta])* $name:ident { $($(#[$doc:meta])* $field:ident: $type:ty = $key:literal,)* }) => {
        $(#[$struct_doc])*
        #[derive(Debug, Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$doc])* pub $field: Option<$type>,)*
            /// Keys that this version of the crate does not know, as they came. One that has a field does not belong here: `check` refuses it, and
            /// the field counts.
            pub extra: BTreeMap<String, Value>,
        }

        impl $name {
            /// The keys that have a field.
            pub(super) const KEYS: &[&str] = &[$($key),*];
        }

        /// By hand, as is the reverse: beside what is flattened, property lists have `Some` as a dictionary.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$field {
                    map.serialize_entry($key, value)?;
                })*
                let said = [$(($key, self.$field.is_some())),*];
                let is_said = |key: &str| said.iter().any(|(known, is_some)| *is_some && *known == key);
                let mut rest = self.extra.iter().filter(|(key, _)| !is_said(key));
                rest.try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut keys = BTreeMap::<String, Value>::deserialize(deserializer)?;
                let payload = Self {
                    $($field: keys.remove($key).map(|value| read($key, &value)).transpose().map_err(D::Error::custom)?,)*
                    extra: BTreeMap::new(),
                };
                Ok(Self { extra: keys, ..payload })
            }
        }
    };
}

payload! {
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
    MdmPayload {
        /// `IdentityCertificateUUID`: the UUID of the payload with the device's identity. It may change: the identity is renewed.
        identity_certificate_uuid: String = "IdentityCertificateUUID",
        /// `Topic`: the subject of the push certificate, `com.apple.mgmt.…`.
        topic: String = "Topic",
        /// `ServerURL`
        server_url: String = "ServerURL",
        /// `CheckInURL`: `ServerURL` where it is absent.
        check_in_url: String = "CheckInURL",
        /// `SignMessage`: messages of the device have the header `Mdm-Signature`. Default false.
        sign_message: bool = "SignMessage",
        /// `AccessRights`: see [`AccessRights`](super::AccessRights). Ignored in user enrollment.
        access_rights: i64 = "AccessRights",
        /// `UseDevelopmentAPNS`: default false.
        use_development_apns: bool = "UseDevelopmentAPNS",
        /// `ManagedAppleID`: iOS 13.1 to 17, macOS 10.15 to 14; removed since.
        managed_apple_id: String = "ManagedAppleID",
        /// `AssignedManagedAppleID`: iOS 15, macOS 14, visionOS 1.1; account-driven enrollment.
        assigned_managed_apple_id: String = "AssignedManagedAppleID",
        /// `EnrollmentMode`: `BYOD` or `ADDE`; account-driven enrollment.
        enrollment_mode: String = "EnrollmentMode",
        /// `ServerURLPinningCertificateUUIDs`: UUIDs of certificate payloads.
        server_url_pinning_certificate_uuids: Vec<String> = "ServerURLPinningCertificateUUIDs",
        /// `CheckInURLPinningCertificateUUIDs`: UUIDs of certificate payloads.
        check_in_url_pinning_certificate_uuids: Vec<String> = "CheckInURLPinningCertificateUUIDs",
        /// `PinningRevocationCheckRequired`: default false.
        pinning_revocation_check_required: bool = "PinningRevocationCheckRequired",
        /// `ServerCapabilities`: see [`ServerCapabilities`](super::ServerCapabilities).
        server_capabilities: Vec<String> = "ServerCapabilities",
        /// `CheckOutWhenRemoved`: default false.
        check_out_when_removed: bool = "CheckOutWhenRemoved",
        /// `RequiredAppIDForMDM`: an app that needs no approval; iOS 15.1, visionOS 1.1, account-driven enrollment.
        required_app_id_for_mdm: i64 = "RequiredAppIDForMDM",
        /// `PromptUserToAllowBootstrapTokenForAuthentication`: macOS 11; a Mac that enrolls by ADE allows it anyway. Default false.
        prompt_user_to_allow_bootstrap_token_for_authentication: bool = "PromptUserToAllowBootstrapTokenForAuthentication",
    }
}

/// One value, or which key has one of another type.
fn read<T: DeserializeOwned>(key: &str, value: &Value) -> Result<T, String> {
    plist::from_value(value).map_err(|error| format!("`{key}` is not of its type: {error}"))
}

impl MdmPayload {
    /// Whether the keys of an account-driven enrollment are there.
    pub fn is_account_driven(&self) -> bool {
        self.assigned_managed_apple_id.is_some() || self.enrollment_mode.is_some()
    }
}
