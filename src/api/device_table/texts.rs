use super::index::{Index, NONE, hash};

/// Texts, each kept once.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    chunks: Chunks,
    index: Index,
}

impl Texts {
    pub(super) fn get(&self, id: u32) -> Option<&str> {
        self.chunks.get(id)
    }

    /// The number of a text; `None` when four billion bytes are taken.
    pub(super) fn intern(&mut self, text: &str) -> Option<u32> {
        let Self { chunks, index } = self;
        let hash = hash(text.as_bytes());
        let found = index.find(hash, |id| chunks.get(id) == Some(text));
        found.or_else(|| {
            let id = chunks.push(text)?;
            index.insert(hash, id);
            Some(id)
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.chunks.bytes() + self.index.bytes()
    }
}

/// A chunk of this many bytes is begun when the one before is full.
const CHUNK: usize = 1 << 16;

/// Texts, one behind the other: a number names the chunk (16 bits) and the place in it (16 bits).
///
/// A text is preceded by its length, in digits to the base 64 of which all but the last have 64 added, so that each is one
/// byte of the chunk, and the chunk is UTF-8.
#[derive(Debug, Clone, Default)]
struct Chunks(Vec<String>);

impl Chunks {
    fn get(&self, id: u32) -> Option<&str> {
        let text = self.0.get((id >> 16) as usize)?.get((id & 0xFFFF) as usize..)?;
        let (mut length, mut digits) = (0_usize, 0_usize);
        for digit in text.bytes() {
            digits += 1;
            length = length.checked_mul(64)?.checked_add(usize::from(digit & 63))?;
            if digit < 64 {
                break;
            }
        }
        text.get(digits..digits.checked_add(length)?)
    }

    fn push(&mut self, text: &str) -> Option<u32> {
        let digits = (1..11_u8).find(|digits| text.len() >> (6 * digits) == 0)?;
        let needed = text.len().checked_add(usize::from(digits))?;
        if self.0.last().is_none_or(|chunk| chunk.len().saturating_add(needed) > CHUNK) {
            // The first grows as it has to, since most tables are small. A long text has a chunk for itself.
            let size = if self.0.is_empty() { needed } else { needed.max(CHUNK) };
            self.0.push(String::with_capacity(size));
        }
        let number = u16::try_from(self.0.len().checked_sub(1)?).ok()?;
        let chunk = self.0.last_mut()?;
        let id = u32::from(number) << 16 | u32::from(u16::try_from(chunk.len()).ok()?);
        if id == NONE {
            return None;
        }
        for digit in (0..digits).rev() {
            let value = u8::try_from((text.len() >> (6 * digit)) & 63).ok()?;
            chunk.push(char::from(if digit > 0 { value | 64 } else { value }));
        }
        chunk.push_str(text);
        Some(id)
    }

    fn bytes(&self) -> usize {
        self.0.iter().map(String::capacity).sum::<usize>() + self.0.capacity() * size_of::<String>()
    }
}
