//! Any text as a bypass code: it is one, and is written as it was read, or the error names a place that the text has.
#![no_main]

use apple_ade::activation_lock::{BypassCode, BypassCodeError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<BypassCode>() {
        Ok(code) => {
            let written = code.to_code();
            let plain = |text: &str| text.trim().replace('-', "").to_ascii_uppercase();
            assert_eq!(plain(written.expose_secret()), plain(text));
            let again: BypassCode = written.expose_secret().parse().unwrap();
            assert_eq!(again.expose_secret(), code.expose_secret());
        }
        Err(error) => {
            assert!(error.to_string().len() < 200);
            let characters = text.chars().count();
            match error {
                BypassCodeError::Length { found } => assert!(found != 26 && found <= characters),
                BypassCodeError::Letter { position, found, .. } | BypassCodeError::LastSymbol { position, found } => {
                    assert_eq!(text.chars().nth(position - 1), Some(found));
                }
                BypassCodeError::Dash { position } => assert_eq!(text.chars().nth(position - 1), Some('-')),
                other => assert!(other.position().is_some_and(|at| (1..=characters).contains(&at))),
            }
        }
    }
});
