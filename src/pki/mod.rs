//! Certificates, keys, and encrypted files.
//!
//! Four small modules, each using only those before it: [`der`] turns BER into DER, [`cms`] opens encrypted messages,
//! [`certificate`] reads and makes certificates, and [`key`] holds RSA keys behind two traits of one method each.

pub(crate) mod pem;

pub mod der;

pub mod cms;

pub mod certificate;

pub mod key;
