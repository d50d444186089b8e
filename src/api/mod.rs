//! Apple's device assignment service, call by call: its JSON as it is, lenient in, exact out.
//!
//! One call is one file with one request type and one response type. A request is an [`Endpoint`]: it turns itself into an
//! `http::Request` and reads the `http::Response`; it sends nothing. [`Session`](crate::session::Session) signs it in, and
//! [`Client`](crate::Client) sends it over a transport of the caller's.
//!
//! | Apple's call | type |
//! |---|---|
//! | `GET /session` | [`SignIn`] |
//! | `GET /account` | [`GetAccount`] |
//! | `POST /server/devices` | [`FetchDevices`] |
//! | `POST /devices/sync` | [`SyncDevices`] |
//! | `POST /devices` | [`GetDeviceDetails`] |
//! | `POST /devices/disown` | [`DisownDevices`] |
//! | `POST /profile` | [`DefineProfile`] |
//! | `GET /profile` | [`GetProfile`] |
//! | `POST /profile/devices` | [`AssignProfile`] |
//! | `DELETE /profile/devices` | [`RemoveProfile`] |
//! | `POST /device/activationlock` | [`EnableActivationLock`] |
//! | `GET /device/replacementDetails` | [`GetReplacementDetails`] |
//! | `GET /os-beta-enrollment/tokens` | [`GetBetaEnrollmentTokens`] |
//! | `POST /account-driven-enrollment/profile` | [`AssignAccountDrivenProfile`] |
//! | `GET /account-driven-enrollment/profile` | [`GetAccountDrivenProfile`] |
//! | `DELETE /account-driven-enrollment/profile` | [`RemoveAccountDrivenProfile`] |
//!
//! Whoever writes devices straight into a store reads pages as [`DevicePageRef`], by way of [`Unread`];
//! whoever holds a fleet in memory does so in a [`DeviceTable`].
//!
//! A server token serves three purposes (`CON-3`): to list devices, to define profiles, and to assign one to the other. The
//! types say which call is for which: [`Device`]s come out of the first, a [`ProfileUuid`](crate::id::ProfileUuid) out of
//! the second, and only the third takes both.

pub mod oauth;
mod service;
mod endpoint;

mod status;
mod device;
mod page;
mod device_ref;
mod page_ref;
mod device_table;
pub mod profile;

mod sign_in;
mod get_account;
mod fetch_devices;
mod sync_devices;
mod unread;
mod get_device_details;
mod disown_devices;
mod define_profile;
mod get_profile;
mod assign_profile;
mod remove_profile;
mod enable_activation_lock;
mod get_replacement_details;
mod get_beta_enrollment_tokens;
mod beta_program;
mod assign_account_driven_profile;
mod get_account_driven_profile;
mod remove_account_driven_profile;

pub use self::assign_account_driven_profile::AssignAccountDrivenProfile;
pub use self::assign_profile::{AssignProfile, AssignProfileResponse};
pub use self::beta_program::{BetaProgram, BetaSetting};
pub use self::define_profile::{DefineProfile, DefineProfileResponse};
pub use self::device::{Device, DeviceFamily, OpType, Os, ProfileStatus};
pub use self::device_ref::DeviceRef;
pub use self::device_table::{DeviceTable, DeviceTableFull};
pub use self::disown_devices::DisownDevices;
pub use self::enable_activation_lock::{ActivationLockResponse, ActivationLockStatus, EnableActivationLock};
pub use self::endpoint::Endpoint;
pub use self::fetch_devices::FetchDevices;
pub use self::get_account::{AccountDetail, DEFAULT_LIMIT, GetAccount, HttpMethod, Limit, OrgType, OrgVersion, Url};
pub use self::get_account_driven_profile::{AccountDrivenProfile, GetAccountDrivenProfile};
pub use self::get_beta_enrollment_tokens::{BetaEnrollmentTokens, BetaOs, BetaToken, GetBetaEnrollmentTokens};
pub use self::get_device_details::{DeviceDetails, GetDeviceDetails};
pub use self::get_profile::GetProfile;
pub use self::get_replacement_details::{GetReplacementDetails, ReplacementDetails};
pub use self::page::{DevicePage, RejectedDevice};
pub use self::page_ref::DevicePageRef;
pub use self::remove_account_driven_profile::RemoveAccountDrivenProfile;
pub use self::remove_profile::RemoveProfile;
pub use self::service::{AssignMethod, Service};
pub use self::sign_in::SignIn;
pub use self::status::{DeviceStatus, DeviceStatusResponse, DeviceStatuses};
pub use self::sync_devices::SyncDevices;
pub use self::unread::{Unread, UnreadPage};
