//! What goes wrong on request.

mod catalogue;
mod check;
mod devices;
mod http_level;
mod kind;
mod page;
mod rule;
mod set;
mod words;

pub use self::catalogue::FaultEntry;
pub(super) use self::http_level::Instead;
pub use self::kind::{Fault, RetryAfter, TimeForm};
pub use self::rule::FaultRule;
pub(super) use self::set::Due;
pub use self::set::Faults;
