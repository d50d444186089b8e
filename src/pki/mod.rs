//! Certificates, keys, and encrypted files.
//!
//! Small modules, each using only those before it: [`der`] turns BER into DER, [`signature`] checks signatures, [`cms`] opens
//! encrypted messages and reads signed ones, [`certificate`] reads and makes certificates, [`key`] holds RSA keys behind two
//! traits of one method each, and [`trust`] decides whom to believe.

pub(crate) mod pem;

pub(crate) mod raw;

pub mod der;

pub mod signature;

pub mod cms;

pub mod certificate;

pub mod key;

pub mod trust;
