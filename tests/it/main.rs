#![cfg(test)]
//! The integration tests: one binary, one file per topic.

mod docs;
mod error_word;
mod fixture;
mod layers;
mod paths;
mod requirements;
mod session;
mod session_model;
mod simulator;
mod source;
mod token_file;
