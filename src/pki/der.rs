//! From BER to DER.
//!
//! Apple's server tokens and devices' signatures are BER: lengths left open, strings in pieces. The parsers behind
//! [`cms`](super::cms) read DER alone. [`ber_to_der`] stands in front of them: it closes the lengths and joins the
//! strings, and leaves every other byte as it is, so that what was signed stays what was signed.

use std::borrow::Cow;

/// The longest input, in bytes. Up to this length the output is never longer than the input.
pub const MAX_SIZE: usize = 0xFFFF;

/// How deep elements may be nested.
pub const MAX_DEPTH: usize = 24;

/// Why an input is not BER, or not within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {problem}")]
pub struct DerError {
    offset: usize,
    problem: DerProblem,
}

impl DerError {
    /// Where, in bytes from the beginning of the input.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong there.
    pub fn problem(&self) -> DerProblem {
        self.problem
    }
}

/// What is wrong with an input that should be BER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DerProblem {
    /// The input ends inside an element: a file cut short.
    #[error("the data ends inside an element; it was cut short")]
    Truncated,
    /// The input is longer than [`MAX_SIZE`].
    #[error("the data is longer than {MAX_SIZE} bytes")]
    TooLarge,
    /// Elements are nested deeper than [`MAX_DEPTH`].
    #[error("elements are nested deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Bytes follow the one element that the input should be.
    #[error("bytes follow the end of the data")]
    TrailingBytes,
    /// An element is longer than the one that it is in.
    #[error("an element is longer than the one around it")]
    Overrun,
    /// A tag number of more than four bytes.
    #[error("a tag number is too large")]
    Tag,
    /// A length that is reserved, or left open where that is not allowed.
    #[error("a length is not allowed here")]
    Length,
    /// An end mark outside of an element of open length.
    #[error("an end mark stands where nothing is open")]
    EndMark,
    /// A string in pieces has a piece that is not one of its kind.
    #[error("a string in pieces has a piece of another kind")]
    Segment,
}

/// The same value in DER, as far as lengths and strings go; borrowed if it is that already.
///
/// `[0]` as third member of a SEQUENCE that begins with an OID and a SEQUENCE is CMS's `encryptedContent`, an IMPLICIT
/// OCTET STRING, and is joined to one primitive element; everywhere else `[0]` stays, and strings inside it are joined.
///
/// # Errors
///
/// [`DerError`] with the place: cut short, too deep, too large, bytes at the end, or not BER.
///
/// ```
/// use apple_ade::pki::der::ber_to_der;
/// // An OCTET STRING of open length in two pieces, in a SEQUENCE of open length.
/// let ber = [0x30, 0x80, 0x24, 0x80, 4, 1, b'a', 4, 1, b'b', 0, 0, 0, 0];
/// assert_eq!(*ber_to_der(&ber)?, [0x30, 4, 4, 2, b'a', b'b']);
/// # Ok::<(), apple_ade::pki::der::DerError>(())
/// ```
pub fn ber_to_der(input: &[u8]) -> Result<Cow<'_, [u8]>, DerError> {
    if input.len() > MAX_SIZE {
        return Err(DerError { offset: MAX_SIZE, problem: DerProblem::TooLarge });
    }
    let mut transcoder = Transcoder { input, at: 0, out: Vec::with_capacity(input.len()) };
    transcoder.element(Limit { at: input.len(), inner: false }, 0, false)?;
    if transcoder.at != input.len() {
        return Err(transcoder.error(DerProblem::TrailingBytes));
    }
    Ok(if transcoder.out == input { Cow::Borrowed(input) } else { Cow::Owned(transcoder.out) })
}

/// Where the surroundings end.
#[derive(Clone, Copy)]
struct Limit {
    at: usize,
    /// An element of known length ends there, not merely the input.
    inner: bool,
}

struct Header {
    first: u8,
    /// Where the content ends; open if nothing.
    end: Option<usize>,
}

impl Header {
    fn is_constructed(&self) -> bool {
        self.first & 0x20 != 0
    }

    fn limit(&self, outer: Limit) -> Limit {
        self.end.map_or(outer, |at| Limit { at, inner: true })
    }
}

/// Of a BIT STRING in pieces.
struct Bits {
    /// How many bits of the last byte so far are not part of it.
    unused: Option<u8>,
}

struct Transcoder<'i> {
    input: &'i [u8],
    at: usize,
    out: Vec<u8>,
}

impl Transcoder<'_> {
    fn error(&self, problem: DerProblem) -> DerError {
        DerError { offset: self.at, problem }
    }

    /// Copies one element, and returns its first byte. `third`: it follows an OID and a SEQUENCE at the beginning of a
    /// SEQUENCE.
    fn element(&mut self, limit: Limit, depth: usize, third: bool) -> Result<u8, DerError> {
        let start = self.at;
        let header = self.header(limit)?;
        let tag_length = self.tag_length(start);
        if header.first == 0 {
            self.at = start;
            return Err(self.error(DerProblem::EndMark));
        }
        if header.is_constructed() && depth == MAX_DEPTH {
            self.at = start;
            return Err(self.error(DerProblem::TooDeep));
        }
        let joined = header.is_constructed() && (is_string(header.first) || third && self.is_content(&header));
        let tag = self.input.get(start..start.saturating_add(tag_length)).unwrap_or_default();
        self.out.extend_from_slice(tag);
        if joined && let Some(tag) = self.out.last_mut() {
            *tag &= !0x20;
        }
        let mark = self.out.len();
        if let (false, Some(end)) = (header.is_constructed(), header.end) {
            self.copy_to(end);
        } else if joined {
            let mut bits = (header.first == 0x23).then_some(Bits { unused: None });
            if bits.is_some() {
                self.out.push(0);
            }
            self.segments(&header, limit, depth, bits.as_mut())?;
            if let (Some(bits), Some(first)) = (bits, self.out.get_mut(mark)) {
                *first = bits.unused.ok_or(DerError { offset: start, problem: DerProblem::Segment })?;
            }
        } else {
            self.members(&header, limit, depth)?;
        }
        self.close(mark);
        Ok(header.first)
    }

    /// The elements inside one that is not a string.
    fn members(&mut self, header: &Header, limit: Limit, depth: usize) -> Result<(), DerError> {
        let inner = header.limit(limit);
        let mut before = [0, 0];
        let mut count = 0;
        while !self.ends(header, inner)? {
            let third = header.first == 0x30 && count == 2 && before == [0x06, 0x30];
            let first = self.element(inner, depth + 1, third)?;
            if let Some(slot) = before.get_mut(count) {
                *slot = first;
            }
            count = count.saturating_add(1);
        }
        Ok(())
    }

    /// The pieces of a string: primitive ones, or again in pieces. `bits` keeps the unused bits of a BIT STRING.
    fn segments(
        &mut self,
        header: &Header,
        limit: Limit,
        depth: usize,
        mut bits: Option<&mut Bits>,
    ) -> Result<(), DerError> {
        let inner = header.limit(limit);
        while !self.ends(header, inner)? {
            let start = self.at;
            let piece = self.header(inner)?;
            let kind = piece.first & !0x20;
            let own = header.first & 0xC0 == 0 && kind == header.first & !0x20;
            let fits = if bits.is_some() { kind == 0x03 } else { kind == 0x04 || own };
            let mut problem = (!fits).then_some(DerProblem::Segment);
            if piece.is_constructed() {
                if depth + 1 == MAX_DEPTH {
                    problem = Some(DerProblem::TooDeep);
                }
            } else if let Some(bits) = bits.as_deref_mut() {
                // The first byte of a piece says how many bits of its last byte are unused: only the last has any.
                let open = bits.unused.unwrap_or(0);
                match self.input.get(self.at) {
                    Some(&count) if open == 0 && count < 8 && piece.end > Some(self.at) => {
                        bits.unused = Some(count);
                        self.at = self.at.saturating_add(1);
                    }
                    _ => problem = Some(DerProblem::Segment),
                }
            }
            if let Some(problem) = problem {
                return Err(DerError { offset: start, problem });
            }
            match piece.end {
                Some(end) if !piece.is_constructed() => self.copy_to(end),
                _ => self.segments(&piece, inner, depth + 1, bits.as_deref_mut())?,
            }
        }
        Ok(())
    }

    /// Whether a constructed `[0]` at CMS's place for encrypted content holds that: pieces of an OCTET STRING, or none.
    fn is_content(&self, header: &Header) -> bool {
        let next = self.input.get(self.at).copied();
        header.first == 0xA0 && (header.end == Some(self.at) || matches!(next, Some(0x00 | 0x04 | 0x24)))
    }

    /// Whether the element ends here; consumes its end mark.
    fn ends(&mut self, header: &Header, inner: Limit) -> Result<bool, DerError> {
        if let Some(end) = header.end {
            return Ok(self.at == end);
        }
        if self.input.get(self.at) != Some(&0) {
            return Ok(false);
        }
        let next = self.at.saturating_add(1);
        if next >= inner.at {
            return Err(self.error(if inner.inner { DerProblem::Overrun } else { DerProblem::Truncated }));
        }
        if self.input.get(next) != Some(&0) {
            return Err(self.error(DerProblem::EndMark));
        }
        self.at = next.saturating_add(1);
        Ok(true)
    }

    /// Reads tag and length.
    fn header(&mut self, limit: Limit) -> Result<Header, DerError> {
        let start = self.at;
        let first = self.byte(limit)?;
        if first & 0x1F == 0x1F {
            while self.byte(limit)? & 0x80 != 0 {
                if self.at.saturating_sub(start) > 4 {
                    return Err(DerError { offset: start, problem: DerProblem::Tag });
                }
            }
        }
        let length = match self.byte(limit)? {
            0x80 if first & 0x20 != 0 => return Ok(Header { first, end: None }),
            0x80 | 0xFF => return Err(DerError { offset: start, problem: DerProblem::Length }),
            short @ ..0x80 => usize::from(short),
            long => {
                let mut length = 0_usize;
                for _ in 0..long & 0x7F {
                    let byte = usize::from(self.byte(limit)?);
                    // Beyond any input: stays large, and is refused below.
                    length = length.saturating_mul(256).saturating_add(byte);
                }
                length
            }
        };
        match self.at.checked_add(length) {
            Some(end) if end <= limit.at => Ok(Header { first, end: Some(end) }),
            _ if limit.inner => Err(DerError { offset: start, problem: DerProblem::Overrun }),
            _ => Err(DerError { offset: start, problem: DerProblem::Truncated }),
        }
    }

    fn byte(&mut self, limit: Limit) -> Result<u8, DerError> {
        let problem = if limit.inner { DerProblem::Overrun } else { DerProblem::Truncated };
        let byte = if self.at < limit.at { self.input.get(self.at).copied() } else { None };
        let byte = byte.ok_or(self.error(problem))?;
        self.at = self.at.saturating_add(1);
        Ok(byte)
    }

    fn tag_length(&self, start: usize) -> usize {
        let bytes = self.input.get(start..).unwrap_or_default();
        match bytes.split_first() {
            Some((first, rest)) if first & 0x1F == 0x1F => 2 + rest.iter().take_while(|byte| *byte & 0x80 != 0).count(),
            _ => 1,
        }
    }

    fn copy_to(&mut self, end: usize) {
        self.out.extend_from_slice(self.input.get(self.at..end).unwrap_or_default());
        self.at = end;
    }

    /// Puts the length in front of what was written since `mark`.
    fn close(&mut self, mark: usize) {
        let length = self.out.len().saturating_sub(mark);
        let bytes = length.to_be_bytes();
        let significant = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len() - 1);
        let digits = bytes.get(significant..).unwrap_or_default().iter().copied();
        if length < 0x80 {
            self.out.splice(mark..mark, digits);
        } else {
            let count = u8::try_from(digits.len()).unwrap_or(8);
            self.out.splice(mark..mark, std::iter::once(0x80 | count).chain(digits));
        }
    }
}

/// A constructed universal string type: BIT STRING, OCTET STRING, the character strings and the times.
fn is_string(first: u8) -> bool {
    matches!(first & 0x1F, 3 | 4 | 12 | 18..=28 | 30) && first & 0xE0 == 0x20
}
