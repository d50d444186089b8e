//! The button by which a user leaves management, and the 30 days in which a device shows it in any case.

use chrono::{DateTime, TimeDelta, Utc};

use crate::profile::MdmRemoval;

/// How long a device that was added later shows the button for removal (LOK-6).
pub const PROVISIONAL_PERIOD: TimeDelta = TimeDelta::days(30);

/// How a device came to the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// It was added later, by Apple Configurator, and not bought through the programme.
    AddedLater,
    /// It was bought through the programme, from Apple or a reseller.
    Bought,
}

/// Whether a user can remove management now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RemovalState {
    /// The profile allows it, at any time.
    Allowed,
    /// The button is hidden.
    Locked,
    /// The button is shown although the profile hides it.
    Provisional {
        /// The first moment at which it is hidden.
        until: DateTime<Utc>,
    },
}

/// Whether the user of a device can remove management now (LOK-6): on a locked device that was added later, in the 30 days after its
/// activation. At the end of the thirtieth day the button is gone. A device whose activation lies ahead of the clock has them all before it.
///
/// ```
/// use apple_ade::enrollment::{Origin, RemovalState, removal_state};
/// use apple_ade::profile::MdmRemoval;
///
/// let activated = "2026-11-01T09:00:00Z".parse()?;
/// let now = "2026-11-22T08:00:00Z".parse()?;
/// let state = removal_state(MdmRemoval::Locked, Origin::AddedLater, activated, now);
/// assert_eq!(state, RemovalState::Provisional { until: "2026-12-01T09:00:00Z".parse()? });
/// assert_eq!(removal_state(MdmRemoval::Locked, Origin::Bought, activated, now), RemovalState::Locked);
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn removal_state(
    removal: MdmRemoval,
    origin: Origin,
    activated_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> RemovalState {
    match (removal, origin) {
        (MdmRemoval::Allowed, _) => RemovalState::Allowed,
        (MdmRemoval::Locked, Origin::Bought) => RemovalState::Locked,
        (MdmRemoval::Locked, Origin::AddedLater) => match activated_at.checked_add_signed(PROVISIONAL_PERIOD) {
            Some(until) if now >= until => RemovalState::Locked,
            Some(until) => RemovalState::Provisional { until },
            // So late that there is no date behind it.
            None => RemovalState::Provisional { until: DateTime::<Utc>::MAX_UTC },
        },
    }
}
