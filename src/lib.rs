#![doc = "placeholder"]

pub mod error;
pub mod id;
pub mod json;
pub mod pki;
pub mod secret;
#[cfg(feature = "simulator")]
pub mod simulator;
pub mod stamp;
pub mod transport;

pub use self::stamp::Stamp;
