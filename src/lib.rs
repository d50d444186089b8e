#![doc = "placeholder"]

pub mod error;
pub mod id;
pub mod json;
pub mod pki;
pub mod secret;
pub mod stamp;
pub mod token;
pub mod transport;

pub use self::stamp::Stamp;
