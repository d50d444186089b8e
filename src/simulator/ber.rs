//! Writes BER: definite lengths for what is short, indefinite ones where Apple's files have them.

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
/// `[0]`, constructed.
pub(super) const CONTEXT_0: u8 = 0xA0;

/// An element of definite length.
pub(super) fn element(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let length: usize = content.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    if length < 0x80 {
        out.extend(u8::try_from(length));
    } else {
        let bytes = length.to_be_bytes();
        let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
        out.extend(u8::try_from(digits.len()).map(|count| 0x80 | count));
        out.extend(digits);
    }
    out.extend(content.concat());
    out
}

/// A constructed element of indefinite length.
pub(super) fn indefinite(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![tag, 0x80];
    out.extend(content.concat());
    out.extend([0, 0]);
    out
}

/// The segments of a long OCTET STRING, without the constructed element around them.
pub(super) fn segments(content: &[u8], length: usize) -> Vec<u8> {
    content.chunks(length.max(1)).flat_map(|segment| element(OCTET_STRING, &[segment])).collect()
}

#[cfg(test)]
mod tests {
    use super::{OCTET_STRING, SEQUENCE, element, indefinite, segments};

    #[test]
    fn lengths_are_written_as_x690_says() {
        assert_eq!(element(OCTET_STRING, &[&[1, 2]]), [4, 2, 1, 2]);
        assert_eq!(element(OCTET_STRING, &[&[0; 127]])[..2], [4, 127]);
        assert_eq!(element(OCTET_STRING, &[&[0; 128]])[..3], [4, 0x81, 128]);
        assert_eq!(element(OCTET_STRING, &[&[0; 200], &[0; 100]])[..4], [4, 0x82, 1, 44]);
        assert_eq!(indefinite(SEQUENCE, &[&[5, 0]]), [0x30, 0x80, 5, 0, 0, 0]);
        assert_eq!(segments(&[1, 2, 3], 2), [4, 2, 1, 2, 4, 1, 3]);
        assert_eq!(segments(&[], 0), [0u8; 0]);
    }
}
