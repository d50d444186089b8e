#![cfg(test)]
//! The integration tests: one binary, one file per topic.

mod affinity;
mod api_calls;
mod api_errors;
mod api_garbage;
mod api_lenient;
mod api_requests;
mod api_responses;
mod api_round_trip;
mod api_schema;
mod assign;
mod device_name;
mod docs;
mod error_word;
mod fixture;
mod layers;
mod os;
mod paths;
mod pki_certificate;
mod pki_der;
mod pki_key;
mod requirements;
mod secrets;
mod session;
mod session_model;
mod setup_assistant_keys;
mod setup_assistant_preview;
mod setup_assistant_screens;
mod setup_assistant_table;
mod simulator;
mod source;
mod token_file;
mod token_message;
mod token_mistakes;
mod token_program;
mod token_wrapping;
