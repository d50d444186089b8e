//! The device's side of an enrollment: what a device gets that asks for it, and everything between its first call and the installed profile.
//!
//! A device that Apple has told about this server posts its signed MachineInfo to the `url` of its profile. [`decide`] says what it gets, with
//! its reasons, and [`Decision::respond`] makes the response. That is the whole of an MDM's answer:
//!
//! ```
//! use apple_ade::Stamp;
//! use apple_ade::enrollment::*;
//! use apple_ade::os::Platform;
//! # use apple_ade::pki::{certificate::Certificate, key::SignKey};
//!
//! fn answer(
//!     caller: &Caller, // from the MachineInfo, whose signature was verified
//!     is_ours: bool,   // whether Apple's list has its serial number
//!     key: &impl SignKey,
//!     certificate: &Certificate,
//!     stamp: &Stamp,
//! ) -> Result<http::Response<Vec<u8>>, Box<dyn std::error::Error>> {
//!     let policy = EnrollmentPolicy::new().minimum([Platform::Ios, Platform::IpadOs], MinimumOs::new("17.4".parse()?));
//!     let standing = if is_ours { Listed::new().into() } else { Standing::Unknown };
//!     let decision = decide(caller, standing, &policy, stamp);
//!     println!("{decision}");
//!     decision.respond(Format::Json, |_| {
//!         let identity = Scep::new("https://ca.example.com/scep")?;
//!         let (url, topic) = ("https://mdm.example.com/mdm", "com.apple.mgmt.External.1");
//!         let profile = MdmProfile::builder("com.example.mdm", url, topic, identity)
//!             .build(PayloadUuid::from_nonce(stamp.nonce()))?;
//!         Ok(profile.sign(key, [certificate], stamp)?)
//!     })
//! }
//! # #[cfg(any(feature = "aws-lc-rs", feature = "rustcrypto"))] {
//! # let key = apple_ade::pki::key::PrivateKey::from_pem(include_str!("../../tests/fixtures/token/key.pem"))?;
//! # let certificate = Certificate::from_pem(include_str!("../../tests/fixtures/token/cert.pem"))?;
//! # let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
//! # let mut caller = Caller::new("iPad13,1", "21E230");
//! # caller.os_version = Some("17.4".into());
//! # let response = answer(&caller, true, &key, &certificate, &stamp)?;
//! # assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &PROFILE_TYPE.parse()?));
//! # assert_eq!(answer(&caller, false, &key, &certificate, &stamp)?.status(), 403);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - The answer: [`Caller`], [`Standing`], [`EnrollmentPolicy`], [`decide`], [`Decision`], [`Answer`]; Apple's documents of status 403 by
//!   [`ErrorDocument`].
//! - The enrollment profile: [`MdmProfile`], with the rules on its update.
//! - Sign-in: the web view ([`WebView`], [`BoundNonce`]), account-driven enrollment ([`SignedIn`], with an example of the whole,
//!   [`DiscoveryDocument`], [`BearerChallenge`]), [`effective_auth`].
//! - What users meet: [`EnrollmentFailure`], [`scep_recovery`], [`removal_state`].

mod answer;
mod auth;
mod caller;
mod challenge;
mod decide;
mod decision;
mod discovery;
mod document;
mod failure;
mod mdm_profile;
mod policy;
mod property_list;
mod removal;
mod restriction;
mod service_config;
mod signed_in;
mod sso;
mod standing;
mod web_view;

pub use self::answer::{Admission, Answer, CannotComply, PROFILE_TYPE, WhyNotAsked};
pub use self::auth::{effective_auth, modern_sign_in_since};
pub use self::caller::Caller;
pub use self::challenge::{BearerChallenge, ChallengeError, LOGIN_REDIRECT, LOGIN_SCHEME, access_token, login_done};
pub use self::decide::decide;
pub use self::decision::{Decision, Gate, Reason};
pub use self::discovery::{AvailableServer, DiscoveryDocument, DiscoveryRequest, EnrollmentMode, WELL_KNOWN};
pub use self::document::{DeviceError, ErrorDocument, ErrorDocumentError, Format, SoftwareUpdate};
pub use self::failure::{
    EnrollmentFailure, INVALID_PROFILE, SCEP_INVALID_RESPONSE, SCEP_WINDOW, ScepRecovery, UnknownFailure, scep_recovery,
};
pub use self::mdm_profile::{
    AccessRights, AccessRightsError, Acme, AcmeError, AcmeKey, Curve, HardwareCurve, Identity, KeyUsage, MdmPayload,
    MdmProfile, MdmProfileBuilder, PayloadUuid, PayloadUuidError, Pkcs12, Pkcs12Error, Scep, ScepError, ScepKeySize,
    ServerCapabilities, Subject, SubjectAltName,
};
pub use self::policy::{BetaProgram, CannotBeAsked, EnrollmentPolicy, Migration, MinimumOs, MinimumOsError};
pub use self::removal::{Origin, PROVISIONAL_PERIOD, RemovalState, removal_state};
pub use self::restriction::{Admits, EnrollmentRestrictions};
pub use self::service_config::{ESSO_HEADER, EssoDocument, EssoDocumentError, MdmServiceConfig, PackageManifest};
pub use self::signed_in::{AccountError, SignedIn};
pub use self::sso::{HttpsError, PlatformSso};
pub use self::standing::{Blocked, Listed, Standing, VppStatus};
pub use self::web_view::{BoundNonce, DEVICE_INFO_HEADER, NonceError, NonceId, WebView, WebViewHost, WebViewSession};
