use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// How a device came under management (X-29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EnrollmentKind {
    /// By Automated Device Enrollment.
    Automated,
    /// By its user, through the portal app: the way to derived credentials, too.
    UserInitiated,
}

/// What users may do to their device in the portal app and on its website.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SelfServiceAction {
    /// Set it to factory settings.
    FactoryReset,
    /// Take it out of management.
    RemoveDevice,
}

/// What the portal app and its website offer for a device (CPV-14): neither removal nor reset after automated enrollment, however locked the
/// enrollment is (LOK-8). An edition of 2022 tied this to locked enrollment; this is the one of 2023.
///
/// It is the kind of enrollment that decides; whether it is locked cannot even be said:
///
/// ```compile_fail,E0061
/// use apple_ade::program::sign_in::{EnrollmentKind, self_service_actions};
///
/// let locked = true;
/// let actions = self_service_actions(EnrollmentKind::Automated, locked);
/// ```
///
/// ```
/// use apple_ade::program::sign_in::{EnrollmentKind, self_service_actions};
///
/// assert!(self_service_actions(EnrollmentKind::Automated).is_empty());
/// assert_eq!(self_service_actions(EnrollmentKind::UserInitiated).len(), 2);
/// ```
pub fn self_service_actions(kind: EnrollmentKind) -> BTreeSet<SelfServiceAction> {
    match kind {
        EnrollmentKind::Automated => BTreeSet::new(),
        EnrollmentKind::UserInitiated => [SelfServiceAction::FactoryReset, SelfServiceAction::RemoveDevice].into(),
    }
}
