#![cfg(test)]
//! The integration tests: one binary, one module per topic.

mod docs;
mod error_word;
mod layers;
mod paths;

mod requirements;
mod source;
