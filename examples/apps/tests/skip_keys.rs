//! The table of skip keys is what the generator makes of the data, and the generator refuses broken data.

#![cfg(test)]

#[path = "../examples/generate_skip_keys.rs"]
#[expect(dead_code, reason = "its `main` is not called here")]
mod generate_skip_keys;

use std::path::Path;

use generate_skip_keys::{DATA, TABLE, generate};

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).unwrap()
}

#[test]
fn the_table_is_generated_from_the_data() {
    assert!(
        generate(&read(DATA)).unwrap() == read(TABLE),
        "{TABLE} is not what {DATA} says: run `cargo run -p apple-ade-apps --example generate_skip_keys`"
    );
}

#[test]
fn other_data_give_another_table_or_none() {
    let data = read(DATA);
    let with = |old: &str, new: &str| {
        assert_eq!(data.matches(old).count(), 1, "{old}");
        generate(&data.replace(old, new))
    };
    let line = "Siri,tvOS,10.2,";
    assert_ne!(with(line, "Siri,tvOS,10.3,").unwrap(), read(TABLE));
    for (new, expected) in [
        ("Siri,tvOS,10.2.x,", "\"10.2.x\" is not a version"),
        ("Siri,tvOS,10,", "\"10\" is not a version"),
        ("Siri,homeOS,10.2,", "an operating system without skip keys"),
        ("Siri,tvOS,10.2,,", "has 12 fields"),
        ("Aerial,tvOS,10.2,", "it comes before Siri"),
        ("Siri,tvOS,\"10.2\",", "quotes"),
    ] {
        let error = with(line, new).unwrap_err();
        assert!(error.starts_with("line ") && error.contains(expected), "{error}");
    }
    assert!(generate("key,platform\n").unwrap_err().contains("columns"));
}
