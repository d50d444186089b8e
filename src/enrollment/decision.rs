//! What was decided, and why.

use std::fmt;

use http::Response;
use serde::Serialize;

use super::answer::{Admission, Answer};
use super::document::Format;
use crate::secret::SecretBytes;

/// What was decided of a device, with the reasons.
///
/// Its `Display` is for the log and for administrators: the answer, then a line for each gate.
///
/// ```
/// use apple_ade::Stamp;
/// use apple_ade::enrollment::{Caller, EnrollmentPolicy, Format, Standing, decide};
///
/// let stamp = Stamp::new("2026-11-22T08:00:00Z".parse()?, *b"sixteen bytes 01");
/// let (caller, policy) = (Caller::new("iPad13,1", "21E230"), EnrollmentPolicy::new());
/// let decision = decide(&caller, Standing::Unknown, &policy, &stamp);
/// assert_eq!(decision.to_string(), "unrecognized\n  no    device: Apple's list for this server does not have the device");
///
/// let response = decision.respond(Format::Json, |_| Err("not asked for"))?;
/// assert_eq!(response.status(), 403);
/// assert_eq!(response.body(), br#"{"code":"com.apple.unrecognized.device"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Decision {
    pub(super) answer: Answer,
    pub(super) reasons: Vec<Reason>,
}

/// What a device has to pass, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gate {
    /// Whether it is one of this server's.
    Device,
    /// Whether it moves here from another MDM, in place.
    Migration,
    /// Whether there is a licence for the portal app that the profile delivers (CPV-8).
    PortalApp,
    /// Whether its platform may enroll (RES-1).
    Restrictions,
    /// Whether a watch has sent a token of its phone's server.
    PairingToken,
    /// Whether its system is new enough.
    System,
    /// Whether a Mac is set up for Platform SSO.
    PlatformSso,
}

impl Gate {
    /// Where it comes from: requirement ids, Apple's pages.
    pub fn sources(self) -> &'static [&'static str] {
        match self {
            Self::Device => &["https://developer.apple.com/documentation/devicemanagement/errorcodeunrecognizeddevice"],
            Self::Migration => {
                &["https://developer.apple.com/documentation/devicemanagement/migrating-managed-devices"]
            }
            Self::PortalApp => &["CPV-8"],
            Self::Restrictions => &["RES-1", "RES-2", "RES-3"],
            Self::PairingToken => {
                &["https://developer.apple.com/documentation/devicemanagement/errorcodepairingtokenmissing"]
            }
            Self::System => {
                &["https://developer.apple.com/documentation/devicemanagement/errorcodesoftwareupdaterequired"]
            }
            Self::PlatformSso => &[
                "https://developer.apple.com/documentation/devicemanagement/implementing-platform-sso-during-automated-device-enrollment",
            ],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Migration => "migration",
            Self::PortalApp => "portal app",
            Self::Restrictions => "restrictions",
            Self::PairingToken => "pairing token",
            Self::System => "system",
            Self::PlatformSso => "Platform SSO",
        }
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What one gate has said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub(super) gate: Gate,
    pub(super) passed: bool,
    pub(super) why: String,
}

impl Reason {
    pub(super) fn passed(gate: Gate, why: impl Into<String>) -> Self {
        Self { gate, passed: true, why: why.into() }
    }

    /// Which.
    pub fn gate(&self) -> Gate {
        self.gate
    }

    /// Whether the device passes it.
    pub fn has_passed(&self) -> bool {
        self.passed
    }

    /// Why, in a sentence without a full stop.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.passed { "yes" } else { "no" };
        write!(f, "{verdict:5} {}: {}", self.gate, self.why)
    }
}

impl Decision {
    /// The answer.
    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// The answer alone.
    pub fn into_answer(self) -> Answer {
        self.answer
    }

    /// What each gate has said, in their order; the first that was not passed gave the answer.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The response to the device's POST. `profile` makes the enrollment profile, and is called only if the device may enroll.
    ///
    /// # Errors
    ///
    /// What `profile` gives.
    pub fn respond<E>(
        &self,
        format: Format,
        profile: impl FnOnce(&Admission) -> Result<SecretBytes, E>,
    ) -> Result<Response<Vec<u8>>, E> {
        match &self.answer {
            Answer::Enroll(admission) => Ok(admission.respond(&profile(admission)?)),
            answer => Ok(answer.refusal(format)),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.answer)?;
        self.reasons.iter().try_for_each(|reason| write!(f, "\n  {reason}"))
    }
}
