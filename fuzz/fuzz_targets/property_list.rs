#![no_main]
//! Any bytes as a property list: an error or a value that is read again as the same from what is written of it; never a panic.

use apple_ade::property_list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = property_list::read(bytes)
        && let Ok(xml) = property_list::to_xml(&value)
        && let Ok(again) = property_list::read(&xml)
    {
        let twice = property_list::to_xml(&again).expect("what XML held is written as XML");
        assert_eq!(xml, twice);
    }
});
