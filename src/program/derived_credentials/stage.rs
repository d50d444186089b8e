use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a user has come with the credential. `Debug` shows no code: for some minutes it lets whoever types it sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Stage {
    /// The portal app is open, and nobody has signed in.
    SigningIn,
    /// The app shows a code (DCR-7), which is to be typed on the computer with the smart card (DCR-8).
    CodeShown {
        /// The code.
        code: String,
    },
    /// The card has signed in at the computer; the device enrolls (DCR-9).
    Enrolling,
    /// The device is enrolled. A notification is to come; if it does not, the same stands in the mailbox (DCR-10).
    AwaitingNotification,
    /// The setup screen is open, with instructions and Begin (DCR-11).
    SetUp,
    /// Begin was tapped: the user asks for a QR code at the computer or kiosk (DCR-12).
    RequestingQrCode,
    /// The QR code is shown there; the app asks for the camera (DCR-13).
    QrCodeShown,
    /// The camera may be used; the code is to be scanned (DCR-13).
    Scanning,
    /// The code was scanned; the app installs the credential (DCR-14).
    Installing,
    /// The app has finished its setup: the credential is on the device (DCR-14).
    Installed,
}

/// What happens to a [`Flow`](super::Flow). `Debug` shows no code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Event {
    /// The user has signed in to the app, which shows a code (DCR-7).
    SignedIn {
        /// The code.
        code: String,
    },
    /// The code was typed and the card has signed in (DCR-8).
    CardSignedIn,
    /// The code has expired before it was typed: the user signs in again, and gets a new one.
    CodeExpired,
    /// The enrollment is complete (DCR-9).
    Enrolled,
    /// The enrollment has failed, or was broken off: the user signs in again (DCR-7).
    EnrollmentFailed,
    /// The notification was opened, or the message in the mailbox (DCR-10).
    NotificationOpened,
    /// Begin was tapped (DCR-11).
    Begun,
    /// The computer shows the QR code (DCR-12).
    QrCodeReady,
    /// The camera may be used (DCR-13).
    CameraAllowed,
    /// The QR code was scanned (DCR-13).
    Scanned,
    /// The QR code has expired, or cannot be read: a new one has to be asked for (DCR-12).
    QrCodeExpired,
    /// The app has finished (DCR-14).
    Finished,
    /// The app could not install the credential: a new QR code has to be asked for (DCR-12).
    InstallationFailed,
}

impl Event {
    /// Its name, as it is stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "signed_in",
            Self::CardSignedIn => "card_signed_in",
            Self::CodeExpired => "code_expired",
            Self::Enrolled => "enrolled",
            Self::EnrollmentFailed => "enrollment_failed",
            Self::NotificationOpened => "notification_opened",
            Self::Begun => "begun",
            Self::QrCodeReady => "qr_code_ready",
            Self::CameraAllowed => "camera_allowed",
            Self::Scanned => "scanned",
            Self::QrCodeExpired => "qr_code_expired",
            Self::Finished => "finished",
            Self::InstallationFailed => "installation_failed",
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Stage {
    /// Its name, as it is stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SigningIn => "signing_in",
            Self::CodeShown { .. } => "code_shown",
            Self::Enrolling => "enrolling",
            Self::AwaitingNotification => "awaiting_notification",
            Self::SetUp => "set_up",
            Self::RequestingQrCode => "requesting_qr_code",
            Self::QrCodeShown => "qr_code_shown",
            Self::Scanning => "scanning",
            Self::Installing => "installing",
            Self::Installed => "installed",
        }
    }

    /// Where an event leads from here; `None` where it has no place.
    pub(super) fn after(&self, event: &Event) -> Option<Self> {
        Some(match (self, event) {
            (Self::SigningIn, Event::SignedIn { code }) => Self::CodeShown { code: code.clone() },
            (Self::CodeShown { .. }, Event::CodeExpired) | (Self::Enrolling, Event::EnrollmentFailed) => {
                Self::SigningIn
            }
            (Self::CodeShown { .. }, Event::CardSignedIn) => Self::Enrolling,
            (Self::Enrolling, Event::Enrolled) => Self::AwaitingNotification,
            (Self::AwaitingNotification, Event::NotificationOpened) => Self::SetUp,
            (Self::RequestingQrCode, Event::QrCodeReady) => Self::QrCodeShown,
            (Self::QrCodeShown, Event::CameraAllowed) => Self::Scanning,
            (Self::SetUp, Event::Begun)
            | (Self::QrCodeShown | Self::Scanning, Event::QrCodeExpired)
            | (Self::Installing, Event::InstallationFailed) => Self::RequestingQrCode,
            (Self::Scanning, Event::Scanned) => Self::Installing,
            (Self::Installing, Event::Finished) => Self::Installed,
            _ => return None,
        })
    }

    /// Whether the device is enrolled by now (DCR-15).
    pub fn is_enrolled(&self) -> bool {
        !matches!(self, Self::SigningIn | Self::CodeShown { .. } | Self::Enrolling)
    }
}
