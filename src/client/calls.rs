/// The calls that need nothing but to be made, for both clients alike.
macro_rules! calls {
    (@asynchronous $(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $response:ty = |$client:ident| $endpoint:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// See [`Error::advice`](crate::error::Error::advice).
        pub async fn $name(&self, $($argument: $type),*) -> Result<$response, $crate::error::Error> {
            let $client = self;
            let endpoint = $endpoint;
            $client.call(endpoint).await
        }
    };
    (@blocking $(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $response:ty = |$client:ident| $endpoint:expr) => {
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// See [`Error::advice`](crate::error::Error::advice).
        pub fn $name(&self, $($argument: $type),*) -> Result<$response, $crate::error::Error> {
            let $client = self;
            let endpoint = $endpoint;
            $client.call(endpoint)
        }
    };
    (@each $mode:ident $($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $response:ty = |$client:ident| $endpoint:expr;)*) => {
        $($crate::client::calls::calls!(@$mode $(#[$doc])* $name($($argument: $type),*) -> $response = |$client| $endpoint);)*
    };
    ($mode:ident) => {
        $crate::client::calls::calls! {
            @each $mode
            /// `POST /server/devices`: a page of this server's devices, the first one without a cursor.
            fetch_devices(cursor: Option<$crate::id::Cursor>) -> $crate::api::DevicePage = |client| {
                let request = cursor.map_or_else($crate::api::FetchDevices::from_start, $crate::api::FetchDevices::after);
                request.with_limit(client.core.page_size())
            };
            /// `POST /devices/sync`: a page of what has changed since a cursor.
            sync_devices(cursor: $crate::id::Cursor) -> $crate::api::DevicePage = |client| {
                $crate::api::SyncDevices::since(cursor).with_limit(client.core.page_size())
            };
            /// The page that a [`DeviceSync`](crate::sync::DeviceSync) wants next. Where its policy names no size of a page, it is the
            /// largest that Apple allows.
            sync_page(request: $crate::sync::Request) -> $crate::api::DevicePage = |client| {
                request.or_limit(client.core.page_size())
            };
            /// `POST /devices`: the records of some devices, in one request: at most 1000, or what `/account` allows.
            device_details(serials: impl IntoIterator<Item = $crate::id::SerialNumber>) -> $crate::api::DeviceDetails = |client| {
                $crate::api::GetDeviceDetails::new(client.core.at_once("POST /devices", serials)?)
            };
            /// `POST /profile`: defines a profile, an [`EnrollmentProfile`](crate::profile::EnrollmentProfile) or one in Apple's keys.
            /// Every call makes a new one. Empty texts and unknown keys are not sent; a documented key with a value of another type is
            /// [refused](crate::error::RequestError::WrongType).
            define_profile(profile: impl AsRef<$crate::api::profile::Profile>) -> $crate::api::DefineProfileResponse = |client| {
                $crate::api::DefineProfile::new(profile.as_ref().clone())
            };
            /// `GET /profile`: a profile as Apple stores it.
            profile(profile_uuid: $crate::id::ProfileUuid) -> $crate::api::profile::Profile = |client| {
                $crate::api::GetProfile::new(profile_uuid)
            };
            /// `DELETE /profile/devices`: takes their profile away from devices, in one request: at most 1000, or what `/account` allows.
            remove_profile(serials: impl IntoIterator<Item = $crate::id::SerialNumber>) -> $crate::api::DeviceStatusResponse = |client| {
                $crate::api::RemoveProfile::new(client.core.at_once("DELETE /profile/devices", serials)?)
            };
            /// `GET /device/replacementDetails`: which device a replacement replaces.
            replacement_details(device: $crate::id::SerialNumber) -> $crate::api::ReplacementDetails = |client| {
                $crate::api::GetReplacementDetails::new(device)
            };
            /// `POST /device/activationlock`: locks a device to the organisation.
            enable_activation_lock(request: $crate::api::EnableActivationLock) -> $crate::api::ActivationLockResponse = |client| request;
            /// `POST /account-driven-enrollment/profile`: sets the public discovery URL of account-driven enrollment.
            assign_account_driven_profile(url: impl Into<String>) -> () = |client| $crate::api::AssignAccountDrivenProfile::new(url);
            /// `GET /account-driven-enrollment/profile`: the discovery URL that is set.
            account_driven_profile() -> $crate::api::AccountDrivenProfile = |client| $crate::api::GetAccountDrivenProfile;
            /// `DELETE /account-driven-enrollment/profile`: takes the discovery URL away.
            remove_account_driven_profile() -> () = |client| $crate::api::RemoveAccountDrivenProfile;
            /// `GET /os-beta-enrollment/tokens`: the beta programmes that the organisation may enrol devices in.
            beta_enrollment_tokens() -> $crate::api::BetaEnrollmentTokens = |client| $crate::api::GetBetaEnrollmentTokens;
        }
    };
}

pub(super) use calls;
