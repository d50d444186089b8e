//! Places in a profile's text, as `profile_lint` shows them.

#[path = "../../examples/profile_lint/place.rs"]
mod place;

use serde_json::json;

use super::lint_program::{lint, profile, text, veil};

#[test]
fn places_are_found() {
    let text =
        "{ \"a\": [1, \"x\\\"]\", {\"b\": [2]}],\n  \"\\u0062\": 2, \"é[0]\":\t{}, \"c\": [],\r\n \"a\" :[ 3 ,4] }";
    let found = place::find(text, ["a", "a[0]", "a[1]", "a[2]", "b", "é[0]", "c[0]", "d", "$", "a[", "a[x]", "é"]);
    let shown: Vec<(&str, usize, usize, &str)> =
        found.iter().map(|(path, place)| (*path, place.line, place.column, &text[place.start..place.end])).collect();
    // Of a key that is there twice, the last; escapes in keys are read.
    let expected = [
        ("a", 3, 2, "\"a\""),
        ("a[0]", 3, 9, "3"),
        ("a[1]", 3, 12, "4"),
        ("b", 2, 3, "\"\\u0062\""),
        ("é[0]", 2, 16, "\"é[0]\""),
    ];
    assert_eq!(shown, expected);
    // In what is broken, that which stands before it.
    assert_eq!(place::find("{\"a\": 1, \"b\": [1, 2", ["a", "b", "b[0]", "b[1]"]).len(), 3);
    for odd in ["", "[", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":,", "{\"a\":]]]", "nul", "{a:1}"]
    {
        place::find(odd, ["a", "a[0]"]);
        assert_eq!(veil::veiled(odd), odd);
    }
}

/// Places in deep, long and many things: seconds would be too long, and a stack that overflows the end of all tests.
#[test]
fn places_in_huge_texts() {
    let deep = format!("{{\"a\": {}{}, \"b\": 1}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    assert_eq!(place::find(&deep, ["a", "b"])["b"].column, 2_000_000 + 9);
    let many = format!("{{\"a\": [{}\"x\"]}}", "\"é\", ".repeat(200_000));
    let paths: Vec<String> = (0..=200_000).map(|index| format!("a[{index}]")).collect();
    let found = place::find(&many, paths.iter().map(String::as_str));
    assert_eq!((found.len(), found["a[200000]"].column), (200_001, 5 * 200_000 + 8));
    let done = lint(&[], profile(&json!({"skip_setup_items": vec!["siri"; 5000]})));
    assert!(text(&done.stdout).contains("  skip_setup_items[4999]\n"));
}

proptest::proptest! {
    /// Whatever a file holds.
    #[test]
    fn no_text_is_too_odd(text in "[\\[\\]{}\",:\\\\a1é\\n u0]{0,60}") {
        for (path, place) in place::find(&text, ["a", "a[0]", "", "a[1]"]) {
            assert!(!text[place.start..place.end].is_empty(), "{path}");
            assert_eq!(text[..place.start].matches('\n').count() + 1, place.line);
            assert_eq!(text[place.line_start..place.start].chars().count() + 1, place.column);
        }
        assert_eq!(veil::veiled(&text).len(), text.len());
        for column in 0..20 {
            if let Some(place) = place::of_line(&text, 2, column) {
                assert!(text.get(place.start..place.end).is_some());
            }
        }
    }
}
