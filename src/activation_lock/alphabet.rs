//! The 32 symbols of a bypass code, and what stands beside them.

/// Apple's alphabet: digits and letters without B, I, O and S, which look like 8, 1, 0 and 5.
const SYMBOLS: &[u8; 32] = b"0123456789ACDEFGHJKLMNPQRTUVWXYZ";

/// How many symbols a code has.
pub(super) const LENGTH: usize = 26;

/// Before which symbols a dash is written.
pub(super) const DASHES: [usize; 5] = [5, 10, 14, 18, 22];

/// The symbol of the lowest five bits.
pub(super) fn symbol(bits: u128) -> char {
    let index = usize::try_from(bits & 31).unwrap_or_default();
    SYMBOLS.get(index).map_or('0', |symbol| char::from(*symbol))
}

/// The five bits of a symbol, in upper or lower case. A lower-case L is none: it looks like 1 more than like L.
pub(super) fn bits(symbol: char) -> Option<u8> {
    if symbol == 'l' {
        return None;
    }
    let upper = u8::try_from(symbol).ok()?.to_ascii_uppercase();
    SYMBOLS.iter().position(|known| *known == upper).and_then(|index| u8::try_from(index).ok())
}

/// What a character that is no symbol may have been meant as.
pub(super) fn meant(found: char) -> Option<&'static str> {
    match found {
        'B' | 'b' => Some("8"),
        'I' | 'i' | '|' => Some("1"),
        'l' => Some("1 or L"),
        'O' | 'o' => Some("0"),
        'S' | 's' => Some("5"),
        // What word processors make of a dash: hyphens, en and em dash, minus.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ad}' | '_' => Some("-"),
        _ => None,
    }
}
