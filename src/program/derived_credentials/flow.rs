use serde::{Deserialize, Serialize};

use super::provider::{CredentialProvider, DEVICE_LOGIN_URL};
use super::stage::{Event, Stage};

/// What has to be at hand before a user can begin (DCR-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Prerequisite {
    /// The user's smart card.
    SmartCard,
    /// A computer or kiosk that reads it.
    CardReader,
    /// The device that is to get the credential.
    Device,
    /// The portal app, installed on the device.
    PortalApp,
}

/// Which of the four prerequisites are met (DCR-6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "four things are at hand or not, each for itself")]
#[expect(clippy::exhaustive_structs, reason = "the documentation has these four")]
pub struct Prerequisites {
    /// The user's smart card.
    pub smart_card: bool,
    /// A computer or kiosk that reads it.
    pub card_reader: bool,
    /// The device that is to get the credential.
    pub device: bool,
    /// The portal app, installed on the device.
    pub portal_app: bool,
}

impl Prerequisites {
    /// All are met.
    pub const ALL_MET: Self = Self { smart_card: true, card_reader: true, device: true, portal_app: true };

    /// What is not at hand.
    pub fn missing(&self) -> Vec<Prerequisite> {
        let all = [
            (self.smart_card, Prerequisite::SmartCard),
            (self.card_reader, Prerequisite::CardReader),
            (self.device, Prerequisite::Device),
            (self.portal_app, Prerequisite::PortalApp),
        ];
        all.into_iter().filter(|(is_met, _)| !is_met).map(|(_, prerequisite)| prerequisite).collect()
    }
}

/// Why a user cannot begin (DCR-6).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("before the credential can be set up: {}", .missing.iter().map(|one| one.phrase()).collect::<Vec<_>>().join("; "))]
#[non_exhaustive]
pub struct MissingPrerequisites {
    /// What is not at hand: one thing at least.
    pub missing: Vec<Prerequisite>,
}

impl Prerequisite {
    fn phrase(self) -> &'static str {
        match self {
            Self::SmartCard => "have your smart card at hand",
            Self::CardReader => "go to a computer or kiosk that reads it",
            Self::Device => "have the device at hand",
            Self::PortalApp => "install the portal app on the device",
        }
    }
}

/// An event that has no place where the flow stands. The flow is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// It comes at another stage.
    #[error("the event `{}` has no place at the stage `{}`", .event.name(), .stage.name())]
    OutOfOrder {
        /// Where the flow stands.
        stage: Stage,
        /// The event.
        event: Event,
    },
    /// There is no code to be shown (DCR-7).
    #[error("the code of the sign-in is empty: give the one that the app shows")]
    NoCode,
    /// The credential cannot begin before the device is enrolled (DCR-15).
    #[error("the device is not enrolled yet, and the credential comes after that: finish the enrollment first")]
    NotEnrolled {
        /// The event.
        event: Event,
    },
}

/// A user's way to a derived credential, as a machine that can be stored: first the device is enrolled, then the credential comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flow(Stage);

impl Flow {
    /// Begins.
    ///
    /// # Errors
    ///
    /// [`MissingPrerequisites`] names all that is not at hand (DCR-6).
    pub fn begin(prerequisites: &Prerequisites) -> Result<Self, MissingPrerequisites> {
        let missing = prerequisites.missing();
        if missing.is_empty() { Ok(Self(Stage::SigningIn)) } else { Err(MissingPrerequisites { missing }) }
    }

    /// Where it stands.
    pub fn stage(&self) -> &Stage {
        &self.0
    }

    /// Takes what happened.
    ///
    /// # Errors
    ///
    /// [`FlowError`]; nothing has changed.
    pub fn take(&mut self, event: Event) -> Result<(), FlowError> {
        if matches!(&event, Event::SignedIn { code } if code.trim().is_empty()) {
            return Err(FlowError::NoCode);
        }
        match self.0.after(&event) {
            Some(stage) => {
                self.0 = stage;
                Ok(())
            }
            None if !self.0.is_enrolled() && concerns_credential(&event) => Err(FlowError::NotEnrolled { event }),
            None => Err(FlowError::OutOfOrder { stage: self.0.clone(), event }),
        }
    }

    /// Whether an ADE profile, assigned to the device now, would end its management at once (DCR-18, DEV-10): it is enrolled by its
    /// user, through the portal app.
    pub fn unenrolls(&self) -> bool {
        self.0.is_enrolled()
    }

    /// What the user has to do now, in a sentence or two.
    pub fn instruction(&self, provider: &dyn CredentialProvider) -> String {
        if let Some(own) = provider.instruction(&self.0) {
            return own;
        }
        match &self.0 {
            Stage::SigningIn => "Open the portal app and sign in.".into(),
            Stage::CodeShown { code } => {
                format!(
                    "On the computer with your smart card, open {DEVICE_LOGIN_URL}, type the code {code}, and insert the card."
                )
            }
            Stage::Enrolling => "Go back to the device and follow the steps to enroll it.".into(),
            Stage::AwaitingNotification => {
                "A notification asks you to set up your smart card. If none comes, look in your mailbox.".into()
            }
            Stage::SetUp => match provider.instructions() {
                Some(url) => format!("Read {url}, then tap Begin."),
                None => format!("Read the instructions of {}, then tap Begin.", provider.name()),
            },
            Stage::RequestingQrCode => provider.request_at_the_card(),
            Stage::QrCodeShown => "On the device, tap Get QR code, then Continue, and allow the camera.".into(),
            Stage::Scanning => "Scan the QR code that the computer shows.".into(),
            Stage::Installing => "Wait until the app has finished.".into(),
            Stage::Installed => {
                format!("The credential of {} is on the device. There is nothing more to do.", provider.name())
            }
        }
    }
}

fn concerns_credential(event: &Event) -> bool {
    let comes_before = matches!(
        event,
        Event::SignedIn { .. } | Event::CardSignedIn | Event::CodeExpired | Event::Enrolled | Event::EnrollmentFailed
    );
    !comes_before
}
