//! Derived credentials: a certificate that descends from a user's smart card, on a device that has no reader (NIST SP 800-157).
//!
//! The user enrolls the device through the portal app first, and gets the credential then (DCR-15); once it is enrolled, the device is
//! managed like any other and help comes from the organisation (DCR-16). [`Flow`] walks the user through, whoever the
//! [`CredentialProvider`] is (DCR-17).
//!
//! Such a device is enrolled by its user, and loses its management when it is given an ADE profile later (DCR-18): see
//! [`Flow::unenrolls`].
//!
//! ```
//! use apple_ade::program::derived_credentials::{Event, Flow, Intercede, Prerequisites, Stage};
//!
//! let mut flow = Flow::begin(&Prerequisites::ALL_MET)?;
//! flow.take(Event::SignedIn { code: "F7GK2".into() })?;
//! assert_eq!(flow.stage().name(), "code_shown");
//! println!("{}", flow.instruction(&Intercede::default()));
//! # assert!(flow.instruction(&Intercede::default()).contains("microsoft.com/devicelogin"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advice;
mod credential;
mod flow;
mod provider;
mod stage;

pub use self::advice::{Advice, SmartCardUse, advise};
pub use self::credential::{CredentialUse, DerivedCredential, NotDerived, Requirement, STANDARD};
pub use self::flow::{Flow, FlowError, MissingPrerequisites, Prerequisite, Prerequisites};
pub use self::provider::{CredentialProvider, DEVICE_LOGIN_URL, Intercede};
pub use self::stage::{Event, Stage};
