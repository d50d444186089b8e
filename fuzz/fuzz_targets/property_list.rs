//! Any bytes as a property list: refused, or a value within the bounds that is written and read again as it was.
//!
//! Seeds: `tests/fixtures/commands`.
#![no_main]

use apple_ade::property_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = property_list::read(bytes) else { return };
    // XML has no form for a UID, none for some characters, and no fractions of a second.
    let Ok(xml) = property_list::to_xml(&value) else { return };
    let Ok(again) = property_list::read(&xml) else { return };
    let xml = property_list::to_xml(&again).unwrap();
    assert_eq!(property_list::to_xml(&property_list::read(&xml).unwrap()).unwrap(), xml);
});
