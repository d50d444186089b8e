//! Any bytes as the answer of a device, and as its request to be returned to service: refused, or read and given back with every key.
//!
//! Seeds: `tests/fixtures/commands/answers`.
#![no_main]

use apple_ade::command::CommandAnswer;
use apple_ade::property_list;
use apple_ade::return_to_service::ReturnRequest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = ReturnRequest::read(bytes);
    let Ok(answer) = CommandAnswer::read(bytes) else { return };
    let _ = (answer.outcome(), format!("{answer:?}"));
    let came = property_list::read(bytes).unwrap();
    let keys = answer.to_dictionary();
    for key in came.as_dictionary().unwrap().keys() {
        assert!(keys.contains_key(key), "{key} is lost");
    }
    assert_eq!(keys.len(), came.as_dictionary().unwrap().len());
});
