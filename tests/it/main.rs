#![cfg(test)]
//! The integration tests: one binary, one file per topic.

mod fixture;
mod token_file;
