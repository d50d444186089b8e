//! The rules around Apple's service, as Intune's documentation states them for the same job: state in, decision out.
//!
//! Nothing in here calls Apple. Each part takes what the caller knows and answers with a decision, a plan or a list of what stands in
//! the way, each with its reason; the ids of the requirements stand at the items.

pub mod authority;
pub mod branding;
pub mod derived_credentials;
mod https_url;
pub mod licences;
pub mod lifecycle;
pub mod onboarding;
pub mod organization;
mod pem;
pub mod profiles;
mod push_certificate;
pub mod readiness;
pub mod sign_in;
mod text;
pub mod tokens;
pub mod workflow;

pub use self::https_url::{HttpsUrl, UrlProblem};
pub use self::push_certificate::{PushCertificate, PushCertificateError};
