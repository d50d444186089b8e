//! Elements of BER as they came, to take bytes out of a message that must not be written anew: certificates.

/// One element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'i> {
    /// The first byte of its tag.
    pub(crate) first: u8,
    /// Between its length and its end mark.
    pub(crate) content: &'i [u8],
    /// All of it, from the tag to the end mark.
    pub(crate) whole: &'i [u8],
}

impl Element<'_> {
    /// Whether its length is written as DER has it: known, and in as few bytes as it can be.
    pub(crate) fn has_der_length(&self) -> bool {
        let length = self.content.len().to_be_bytes();
        let digits = length.iter().skip_while(|byte| **byte == 0);
        let bytes = if self.content.len() < 0x80 { 1 } else { digits.count().saturating_add(1) };
        // The tags that are asked about have one byte.
        let is_known = self.first & 0x20 == 0 || self.whole.get(1) != Some(&0x80);
        is_known && self.whole.len().checked_sub(self.content.len()) == Some(bytes.saturating_add(1))
    }
}

/// Takes the first element off `input`. Nothing if it is not one; [`ber_to_der`](super::der::ber_to_der) says why.
pub(crate) fn take<'i>(input: &mut &'i [u8]) -> Option<Element<'i>> {
    let bytes: &'i [u8] = input;
    let (first, header, length) = header(bytes)?;
    let (content_end, end) = if let Some(length) = length {
        let end = header.checked_add(length)?;
        (end, end)
    } else {
        let end = open_end(bytes, header)?;
        (end.checked_sub(2)?, end)
    };
    let (whole, rest) = bytes.split_at_checked(end)?;
    *input = rest;
    Some(Element { first, content: whole.get(header..content_end)?, whole })
}

/// The elements inside one. It ends early at what is not one.
pub(crate) fn members(mut content: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || take(&mut content))
}

/// Where an element of open length ends, behind its end mark.
fn open_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut open = 1_usize;
    loop {
        let (first, header, length) = header(bytes.get(at..)?)?;
        at = at.checked_add(header)?;
        match length {
            None => open = open.checked_add(1)?,
            Some(0) if first == 0 => open = open.checked_sub(1)?,
            Some(length) => at = at.checked_add(length)?,
        }
        if open == 0 {
            return Some(at);
        }
    }
}

/// The first byte, the length of tag and length, and the length of the content unless it is open.
fn header(bytes: &[u8]) -> Option<(u8, usize, Option<usize>)> {
    let first = *bytes.first()?;
    let mut at = 1_usize;
    if first & 0x1F == 0x1F {
        at = at.checked_add(bytes.get(1..)?.iter().take_while(|byte| **byte & 0x80 != 0).count())?.checked_add(1)?;
    }
    let short = *bytes.get(at)?;
    at = at.checked_add(1)?;
    match short {
        0x80 if first & 0x20 != 0 => Some((first, at, None)),
        0x80 | 0xFF => None,
        ..0x80 => Some((first, at, Some(usize::from(short)))),
        _ => {
            let end = at.checked_add(usize::from(short & 0x7F))?;
            let digits = bytes.get(at..end)?;
            let length =
                digits.iter().fold(0_usize, |sum, byte| sum.saturating_mul(256).saturating_add((*byte).into()));
            Some((first, end, Some(length)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_taken_as_they_came() {
        // SEQUENCE of open length: an OCTET STRING with a long form of a short length, and an open one in pieces.
        let ber = [0x30, 0x80, 4, 0x81, 1, b'a', 0x24, 0x80, 4, 1, b'b', 0, 0, 0, 0, 9];
        let mut rest = &ber[..];
        let outer = take(&mut rest).unwrap();
        assert_eq!((outer.first, outer.whole.len(), rest), (0x30, 15, &[9][..]));
        let inner: Vec<&[u8]> = members(outer.content).map(|element| element.whole).collect();
        assert_eq!(inner, [&ber[2..6], &ber[6..13]]);
        assert_eq!(members(outer.content).map(|element| element.content).collect::<Vec<_>>(), [&b"a"[..], &ber[8..11]]);
    }

    #[test]
    fn a_length_is_that_of_der_or_is_not() {
        let long = |head: &[u8], length: usize| [head, &vec![0; length]].concat();
        let is_der = |bytes: &[u8]| take(&mut &bytes[..]).unwrap().has_der_length();
        for (head, length) in
            [(&[4, 0][..], 0), (&[4, 0x7F], 0x7F), (&[4, 0x81, 0x80], 0x80), (&[4, 0x82, 1, 0], 0x100)]
        {
            assert!(is_der(&long(head, length)), "{head:?}");
        }
        for (head, length) in
            [(&[4, 0x81, 0x7F][..], 0x7F), (&[4, 0x82, 0, 0x80], 0x80), (&[4, 0x84, 0, 0, 1, 0], 0x100)]
        {
            assert!(!is_der(&long(head, length)), "{head:?}");
        }
        // Open, with as many bytes around it as there were with a length.
        assert!(!is_der(&[&[0x30, 0x80][..], &long(&[4, 0x82, 1, 0], 0x100), &[0, 0]].concat()));
    }

    #[test]
    fn what_is_no_element_is_none() {
        for wrong in [&[][..], &[4], &[4, 2, 0], &[4, 0x80], &[4, 0xFF], &[0x30, 0x80, 0], &[0x3F, 0x81], &[4, 0x89]] {
            assert!(take(&mut &wrong[..]).is_none(), "{wrong:?}");
        }
        assert!(take(&mut &[&[4, 0x89][..], &[0xFF; 20]].concat()[..]).is_none());
    }
}
