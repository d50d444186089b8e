//! Integration tests, one module a topic.
#![cfg(test)]

mod simulator;
