//! The enrollment profile as Apple stores it.

use crate::id::{ProfileUuid, SerialNumber};
use crate::json::object;

object! {
    /// An enrollment profile in Apple's keys: the body of `POST /profile` and the answer of `GET /profile`.
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/profile). Booleans have three states: a key that
    /// is absent is not the same as one that is false, since Apple's defaults differ (`is_mdm_removable` and
    /// `allow_pairing` default to true, the others to false). An empty text is not sent: to Apple it would be an error.
    ///
    /// ```
    /// use apple_ade::api::profile::Profile;
    ///
    /// let mut profile = Profile::new("Class iPads", "https://mdm.example.com/enroll");
    /// profile.is_supervised = Some(true);
    /// profile.is_mdm_removable = Some(false);
    /// profile.skip_setup_items = Some(vec!["Siri".into(), "Location".into()]);
    /// ```
    Profile, "an enrollment profile" {
        /// `profile_name`: 1 to 125 characters. Apple demands it.
        profile_name: String,
        /// `url`: where the device posts its signed MachineInfo; https, 1 to 2000 URL-encoded characters. Apple demands it.
        url: String,
        /// `configuration_web_url`: a page that is opened in a web view instead (iOS and iPadOS 13, macOS 10.15).
        configuration_web_url: String,
        /// `allow_pairing`: whether hosts may pair. Defaults to true; deprecated since iOS 13.
        allow_pairing: bool,
        /// `is_supervised`: ignored by iOS 13 and later, which always supervises, but checked by Apple's service.
        is_supervised: bool,
        /// `is_mandatory`: whether the user may refuse. iOS 13 and later always take it as true.
        is_mandatory: bool,
        /// `is_mdm_removable`: defaults to true; false only together with `is_supervised` true.
        is_mdm_removable: bool,
        /// `is_multi_user`: Shared iPad.
        is_multi_user: bool,
        /// `is_return_to_service`: return to service with app preservation (iOS, iPadOS and visionOS 26).
        is_return_to_service: bool,
        /// `do_not_use_profile_from_backup`: fetch the profile afresh after a restore (iOS, iPadOS and visionOS 26).
        do_not_use_profile_from_backup: bool,
        /// `await_device_configured`: hold in Setup Assistant until the command `DeviceConfigured` (supervised devices).
        await_device_configured: bool,
        /// `auto_advance_setup`: walk through Setup Assistant unattended (tvOS, macOS 11).
        auto_advance_setup: bool,
        /// `language`: ISO 639-1, or 639-2 where there is none (tvOS, macOS 11).
        language: String,
        /// `region`: ISO 3166-1, two capital letters (tvOS, macOS 11).
        region: String,
        /// `department`: 1 to 125 characters.
        department: String,
        /// `org_magic`: 1 to 256 characters that name the services of one organisation.
        org_magic: String,
        /// `support_phone_number`: 1 to 50 characters.
        support_phone_number: String,
        /// `support_email_address`: 1 to 250 characters.
        support_email_address: String,
        /// `skip_setup_items`: the panes of Setup Assistant to leave out.
        skip_setup_items: Vec<String>,
        /// `anchor_certs`: DER certificates in base64 that are trusted for `url` and `configuration_web_url` in place of the built-in ones.
        anchor_certs: Vec<String>,
        /// `supervising_host_certs`: DER certificates in base64 of hosts that may pair although `allow_pairing` is false.
        supervising_host_certs: Vec<String>,
        /// `devices`: serial numbers to assign the profile to at once.
        devices: Vec<SerialNumber>,
        /// `profile_uuid`: in answers only.
        profile_uuid: ProfileUuid,
    }
}

impl AsRef<Self> for Profile {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Profile {
    /// A profile with the two keys that Apple demands.
    pub fn new(profile_name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { profile_name: Some(profile_name.into()), url: Some(url.into()), ..Self::default() }
    }

    /// Drops empty texts: to Apple an empty text is an error, and an absent one is not.
    pub(super) fn without_empty_texts(mut self) -> Self {
        let texts = [
            &mut self.profile_name,
            &mut self.url,
            &mut self.configuration_web_url,
            &mut self.language,
            &mut self.region,
            &mut self.department,
            &mut self.org_magic,
            &mut self.support_phone_number,
            &mut self.support_email_address,
        ];
        for text in texts {
            text.take_if(|text| text.is_empty());
        }
        for list in [&mut self.skip_setup_items, &mut self.anchor_certs, &mut self.supervising_host_certs] {
            for items in list.iter_mut() {
                items.retain(|item| !item.is_empty());
            }
        }
        self
    }
}
