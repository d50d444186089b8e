//! The enrollment profile.

pub mod account;
pub mod cellular;
