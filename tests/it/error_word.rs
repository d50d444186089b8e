//! Apple's words for a refusal, in the forms in which they arrive.

use apple_ade::error::ErrorWord;
use http::StatusCode;

fn find(body: &str, status: u16) -> Option<String> {
    let word = ErrorWord::find(body.as_bytes(), StatusCode::from_u16(status).unwrap());
    word.map(|word| word.as_str().into())
}

#[test]
fn a_word_is_found_whole() {
    assert_eq!(find("DEVICE_NOT_FOUND", 404).as_deref(), Some("DEVICE_NOT_FOUND"));
    assert_eq!(find("PROFILE_NOT_FOUND", 404).as_deref(), Some("PROFILE_NOT_FOUND"));
    assert_eq!(find("The answer is NOT_FOUND, sorry", 404).as_deref(), Some("NOT_FOUND"));
    assert_eq!(find("\"EXPIRED_CURSOR\"\n", 400).as_deref(), Some("EXPIRED_CURSOR"));
}

#[test]
fn a_reason_phrase_is_no_word() {
    assert_eq!(find("T_C_NOT_SIGNEDForbidden", 403).as_deref(), Some("T_C_NOT_SIGNED"));
    assert_eq!(find("Forbidden", 403), None);
    assert_eq!(find("<html>T_C_NOT_SIGNED</html>", 403), None);
}
