use serde::{Deserialize, Serialize};

use super::kind::Fault;
use crate::simulator::pattern::Pattern;

/// A fault, and when it strikes: at which calls, how often, how likely.
///
/// ```
/// use apple_ade::simulator::{Fault, FaultRule};
///
/// let rule = FaultRule::new(Fault::SameCursor).on("POST /devices/sync").skip(1).times(2);
/// let json = serde_json::to_value(&rule)?;
/// let expected = serde_json::json!({
///     "fault": "same_cursor", "call": "POST /devices/sync", "skip": 1, "times": 2,
/// });
/// assert_eq!(json, expected);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FaultRule {
    /// What happens.
    #[serde(flatten)]
    pub fault: Fault,
    /// At which calls: `POST /profile/devices`, or `/profile/devices` by any method. All calls that it can strike, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// How often it still strikes; without end when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many such calls it lets pass before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip: u32,
    /// Of each thousand calls, how many it strikes; the seed says which. 1000 by default.
    #[serde(default = "always", skip_serializing_if = "is_always")]
    pub per_mille: u16,
}

impl FaultRule {
    /// A fault that strikes every call that it can.
    pub fn new(fault: Fault) -> Self {
        Self { fault, call: None, times: None, skip: 0, per_mille: always() }
    }

    /// At this call only: `POST /profile/devices`, or `/profile/devices` by any method.
    #[must_use]
    pub fn on(self, call: impl Into<String>) -> Self {
        Self { call: Some(call.into()), ..self }
    }

    /// So many times, and then no more.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Only after so many such calls have passed.
    #[must_use]
    pub fn skip(self, calls: u32) -> Self {
        Self { skip: calls, ..self }
    }

    /// At random, so many times in a thousand.
    #[must_use]
    pub fn per_mille(self, per_mille: u16) -> Self {
        Self { per_mille, ..self }
    }

    pub(super) fn is_spent(&self) -> bool {
        self.times == Some(0)
    }

    pub(super) fn is_about(&self, method: &str, path: &str) -> bool {
        self.call.as_deref().is_none_or(|call| Pattern::read(call).matches(method, path))
    }
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

fn always() -> u16 {
    1000
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_always(per_mille: &u16) -> bool {
    *per_mille == always()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
