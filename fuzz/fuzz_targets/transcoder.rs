//! The transcoder: its output is never longer than its input, and is DER already.
//!
//! Seeds: the messages inside `tests/fixtures/token`.
#![no_main]

use std::borrow::Cow;

use apple_ade::pki::der::ber_to_der;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(der) = ber_to_der(bytes) {
        assert!(der.len() <= bytes.len());
        assert!(matches!(ber_to_der(&der), Ok(Cow::Borrowed(again)) if *again == *der));
    }
});
