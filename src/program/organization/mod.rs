//! The organisation: its programme with Apple, who may do what there, and whether Automated Device Enrollment suits.
//!
//! What it brings: devices go straight to their users and set themselves up, led by Setup Assistant, without a cable and without an
//! administrator touching them (ORG-26).

mod fit;
mod programme;

pub use self::fit::{Devices, Fit, Ownership, Reason, Scenario};
pub use self::programme::{AppleRole, NotInProgramme, PORTALS, Programme, SERVICE_HOST};
