//! Percent-encoding by RFC 3986, as OAuth 1.0a wants it (RFC 5849, 3.6).

/// Everything but letters, digits and `-._~` becomes `%XX`.
pub(super) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            let digits = [byte >> 4, byte & 15].map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            out.extend(digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
    out
}

/// `None` when a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
pub(super) fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn percent_encoding_goes_both_ways() {
        // RFC 5849, 3.4.1.3.1 and 3.6.
        assert_eq!(encode("r b"), "r%20b");
        assert_eq!(encode("=%3D"), "%3D%253D");
        assert_eq!(encode("a-._~Z9"), "a-._~Z9");
        assert_eq!(encode("ö"), "%C3%B6");
        assert_eq!(decode("%C3%B6%253D").as_deref(), Some("ö%3D"));
        assert_eq!(decode("%4"), None);
        assert_eq!(decode("%zz"), None);
        assert_eq!(decode("%FF"), None);
    }
}
