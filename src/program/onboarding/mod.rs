//! From nothing to a server token that works: consent, key pair, certificate, token file, check.
//!
//! Each stage is a type of its own, and has only what may be done next (TOK-2, KEY-4):
//!
//! ```text
//!  Onboarding ── agree ──▶ Agreed ── issue ──▶ Pending ── accept ──▶ Received ── check ──▶ Checked ── activate ──▶ TokenRecord
//!                             ▲                   │ close
//!                             └── a new key ──────┘
//! ```
//!
//! The token is the trust between the MDM and Apple's servers (TOK-24): it is made once by a person in Apple's portal, and everything
//! else follows from it. Use an account of the organisation for it, not somebody's own (TOK-7).
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use apple_ade::program::onboarding::{Consent, Onboarding};
//! # use apple_ade::{Stamp, pki::certificate::Certificate, pki::key::{DecryptKey, KeyError}, pki::cms::KeyEncryption, secret::SecretBytes};
//! # use apple_ade::simulator::fixtures;
//! # let now = "2026-11-22T08:00:00Z".parse()?;
//! # let certificate = Certificate::from_pem(fixtures::CERTIFICATE_PEM)?;
//! let consent = Consent { by: "admin@example.org".into(), at: now };
//! let pending = Onboarding::begin().agree(consent).issue(certificate);
//! println!("upload this in Apple Business Manager:\n{}", pending.certificate_pem());
//!
//! // The administrator comes back with a file, which may be any file.
//! # struct NoKey;
//! # impl DecryptKey for NoKey {
//! #     fn unwrap_key(&self, _: &KeyEncryption, _: &[u8]) -> Result<SecretBytes, KeyError> { Err(KeyError::Decrypt) }
//! # }
//! # let key = NoKey;
//! let error = pending.open(b"<!DOCTYPE html><title>Sign in", &key, &[]).err().ok_or("it is a web page")?;
//! assert!(error.to_string().contains("a web page"));
//! # Ok(())
//! # }
//! ```

mod error;
mod names;
mod stages;

pub use self::error::OnboardingError;
pub use self::names::{AppleId, AppleIdError, MdmServerName, MdmServerNameError};
pub use self::stages::{Agreed, Checked, Closed, Consent, NextStep, Onboarding, Opened, Pending, Received};
