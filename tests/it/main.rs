#![cfg(test)]
//! The integration tests: one binary, one file per topic.

mod fixture;
mod pki_certificate;
mod pki_der;
mod pki_key;
mod token_file;
mod token_message;
mod token_mistakes;
mod token_program;
mod token_wrapping;
