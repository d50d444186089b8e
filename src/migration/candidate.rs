//! A device that may move.

use chrono::{DateTime, TimeDelta, Utc};

use super::obstacle::Obstacle;
use super::plan::{self, NewServerStep};
use crate::os::{OsVersion, Platform, Target};

/// How the device is managed before it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Enrolled {
    /// By the server to which it was assigned, through ADE.
    ByAde,
    /// By a profile that somebody installed. A Mac that belongs to the organisation may move all the same.
    ByProfile,
    /// Not at all, or not any more: it enrolls through Setup Assistant, after it was erased.
    No,
}

/// A device that may move to this server, as far as it is known.
///
/// ```
/// use apple_ade::migration::{Candidate, Enrolled, Obstacle};
///
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// let phone = Candidate::new("ios:18.6".parse()?, Enrolled::ByProfile);
/// let codes: Vec<&str> = phone.obstacles(now).iter().map(Obstacle::code).collect();
/// assert_eq!(codes, ["ADE-T002", "ADE-T007"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    target: Target,
    enrolled: Enrolled,
    is_shared_ipad: bool,
    returns_to_service: bool,
    added_by_configurator: Option<DateTime<Utc>>,
    is_released: bool,
    protocol_version: u32,
}

/// How a device that another MDM manages comes to this one (ORG-7).
///
/// Older documents know of one way alone: to leave the other MDM, erase, and enroll anew. Apple's migration is the other (X-27).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationPath {
    /// As it is, in these steps.
    InPlace(Vec<NewServerStep>),
    /// It has to leave the other MDM first and enroll anew, because of all of these.
    LeaveFirst(Vec<Obstacle>),
}

impl Candidate {
    /// The first version of iOS, iPadOS and macOS that can move.
    pub const SINCE: OsVersion = OsVersion::new(26, 0, 0);

    /// The lowest protocol version at which Apple sends `mdm_migration_deadline`.
    pub const PROTOCOL_VERSION: u32 = 8;

    /// How long a device that Apple Configurator added can leave by itself, and cannot move.
    pub const PROVISIONAL: TimeDelta = TimeDelta::days(30);

    /// A device with this system, which is managed so now.
    pub fn new(target: Target, enrolled: Enrolled) -> Self {
        Self {
            target,
            enrolled,
            is_shared_ipad: false,
            returns_to_service: false,
            added_by_configurator: None,
            is_released: false,
            protocol_version: 10,
        }
    }

    /// It is a Shared iPad now.
    #[must_use]
    pub fn shared_ipad(self) -> Self {
        Self { is_shared_ipad: true, ..self }
    }

    /// It returns to service with app preservation now (`is_return_to_service`).
    #[must_use]
    pub fn return_to_service(self) -> Self {
        Self { returns_to_service: true, ..self }
    }

    /// Apple Configurator added it to the organisation, and it was activated at this time.
    #[must_use]
    pub fn added_by_configurator(self, at: DateTime<Utc>) -> Self {
        Self { added_by_configurator: Some(at), ..self }
    }

    /// The organisation has released it.
    #[must_use]
    pub fn released(self) -> Self {
        Self { is_released: true, ..self }
    }

    /// The protocol version that this server asks Apple with, if it is not 10 (see
    /// [`Service::with_protocol_version`](crate::api::Service::with_protocol_version)).
    #[must_use]
    pub fn protocol_version(self, version: u32) -> Self {
        Self { protocol_version: version, ..self }
    }

    /// The system.
    pub fn target(&self) -> Target {
        self.target
    }

    /// How it is managed now.
    pub fn enrolled(&self) -> Enrolled {
        self.enrolled
    }

    /// Every reason why it cannot move as it is; none if it can.
    pub fn obstacles(&self, now: DateTime<Utc>) -> Vec<Obstacle> {
        let Target { platform, version } = self.target;
        let moves = matches!(platform, Platform::Ios | Platform::IpadOs | Platform::MacOs);
        let until = self.added_by_configurator.and_then(|at| at.checked_add_signed(Self::PROVISIONAL));
        let is_managed = match self.enrolled {
            Enrolled::ByAde => true,
            Enrolled::ByProfile => platform == Platform::MacOs,
            Enrolled::No => false,
        };
        let obstacles = [
            (!moves).then_some(Obstacle::Platform { found: platform }),
            (moves && version < Self::SINCE).then_some(Obstacle::Version { found: self.target }),
            self.is_shared_ipad.then_some(Obstacle::SharedIpad),
            self.returns_to_service.then_some(Obstacle::ReturnToService),
            until.filter(|until| now < *until).map(|until| Obstacle::Provisional { until }),
            self.is_released.then_some(Obstacle::Released),
            (!is_managed).then_some(Obstacle::NotManaged { enrolled: self.enrolled }),
            (self.protocol_version < Self::PROTOCOL_VERSION)
                .then_some(Obstacle::ProtocolVersion { found: self.protocol_version }),
        ];
        obstacles.into_iter().flatten().collect()
    }

    /// What there is to do on this server.
    pub fn path(&self, now: DateTime<Utc>) -> MigrationPath {
        let obstacles = self.obstacles(now);
        if obstacles.is_empty() {
            MigrationPath::InPlace(plan::new_server_plan(self.target.platform))
        } else {
            MigrationPath::LeaveFirst(obstacles)
        }
    }
}
