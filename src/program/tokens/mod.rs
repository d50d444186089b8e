//! The life of a server token: what is kept of it, when to warn, how it is renewed, what the state of Apple's terms is, and how it goes.
//!
//! Four things make a renewal necessary ([`RenewalReason`]): the year is over (TOK-11), the password of the Apple Account that made the
//! token has changed (TOK-13), its owner has left (TOK-14), or somebody downloaded the token again, which makes the one in use invalid at
//! once (TOK-18).
//!
//! ```
//! use apple_ade::program::tokens::{Renewal, RenewalStep};
//! # use apple_ade::program::tokens::TokenRecord;
//! # use apple_ade::token::TokenExpiry;
//! # let identity = "00".repeat(32).parse()?;
//! # let expiry = TokenExpiry::new("2027-11-22T08:00:00Z".parse()?);
//! # let record = TokenRecord::new(identity, expiry, "it@example.org".parse()?, "2026-11-22T08:00:00Z".parse()?);
//! let renewal = Renewal::of(&record);
//! // The same key pair: no new certificate is uploaded (KEY-6).
//! assert_eq!(renewal.plan().first(), Some(&RenewalStep::SignInToApple));
//! assert!(renewal.plan().iter().any(|step| step.side().is_apple()) && renewal.plan().iter().any(|step| !step.side().is_apple()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod deletion;
mod fence;
mod key_slots;
mod owners;
mod record;
mod renewal;
mod tag;
mod terms;
mod tombstone;
mod warning;

pub use self::deletion::{DeletionBlocker, DeletionBlockers, DeletionPlan, DeletionStep, TokenUse};
pub use self::fence::{AppleIdPolicy, Fence, Notice, same_account};
pub use self::key_slots::{KeySlots, Slot, SlotError};
pub use self::owners::{Moved, Owners};
pub use self::record::{TokenRecord, TokenState, Use};
pub use self::renewal::{Renewal, RenewalReason, RenewalStep, Renewed, Side};
pub use self::tag::{Tag, TagError, effective_tags};
pub use self::terms::{OrganizationTerms, TermsState};
pub use self::tombstone::Tombstones;
pub use self::warning::{ExpiryWarning, WarnAt};
