#![doc = "placeholder"]

pub mod error;
pub mod secret;
pub mod id;
pub mod stamp;
pub mod json;
pub mod pki;
pub mod transport;

pub use self::stamp::Stamp;
