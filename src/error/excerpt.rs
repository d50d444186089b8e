use std::fmt;

/// The first bytes of an answer, for a message: enough to tell a proxy's HTML from Apple's JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Excerpt {
    text: String,
    total: usize,
}

impl Excerpt {
    /// How many bytes of a body are kept.
    pub const LENGTH: usize = 200;

    /// The beginning of `body`; bytes that are not UTF-8 are replaced.
    pub fn of(body: &[u8]) -> Self {
        let head = body.get(..Self::LENGTH).unwrap_or(body);
        Self { text: String::from_utf8_lossy(head).into_owned(), total: body.len() }
    }

    /// For a body that may hold a secret: its length alone.
    pub(crate) fn withheld(body: &[u8]) -> Self {
        Self { text: String::from("(withheld)"), total: body.len() }
    }

    /// A message of which only the beginning is worth keeping, and the end, where JSON's says at which line and column.
    pub(crate) fn shortened(message: String) -> String {
        let ends = message.char_indices().rev().nth(Self::LENGTH / 4).map(|(at, _)| message.split_at(at));
        match message.char_indices().nth(Self::LENGTH).map(|(at, _)| message.split_at(at)).zip(ends) {
            Some(((head, _), (rest, tail))) if head.len() < rest.len() => format!("{head} … {tail}"),
            _ => message,
        }
    }

    /// The first bytes, as text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How long the whole body was, in bytes.
    pub fn total(&self) -> usize {
        self.total
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            0 => f.write_str("an empty body"),
            total if total > Self::LENGTH => write!(f, "{total} bytes beginning {:?}", self.text),
            total => write!(f, "{total} bytes: {:?}", self.text),
        }
    }
}
