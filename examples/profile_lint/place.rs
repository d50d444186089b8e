//! Where in a JSON text something stands.

use std::collections::{BTreeMap, BTreeSet};

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The column, from 1, in characters.
    pub(crate) column: usize,
    /// The byte at which the line begins.
    pub(crate) line_start: usize,
    /// The byte at which it begins.
    pub(crate) start: usize,
    /// The byte behind its end.
    pub(crate) end: usize,
}

/// Where the keys (`url`) and elements (`skip_setup_items[3]`) of an object stand. Of a key that is there twice, the last. The text is
/// read once, however many are looked for; one that breaks off gives what stands before.
pub(crate) fn find<'p>(text: &str, paths: impl IntoIterator<Item = &'p str>) -> BTreeMap<&'p str, Place> {
    let mut wanted = Wanted::default();
    for path in paths {
        wanted.add(path);
    }
    let mut spans = BTreeMap::new();
    // It ends early where the text is broken; what was found before is good.
    Scan { text, at: 0 }.object(&wanted, &mut spans);
    let mut spans: Vec<(&str, Span)> = spans.into_iter().collect();
    spans.sort_by_key(|(_, span)| span.start);

    let mut counter = Counter { text, at: 0, line: 1, column: 1, line_start: 0 };
    spans.into_iter().map(|(path, span)| (path, counter.place(span))).collect()
}

/// The place of a line and a column in bytes, as a parser tells them; column 0 is the end of the line before.
pub(crate) fn of_line(text: &str, line: usize, column: usize) -> Option<Place> {
    let line = if column == 0 { line.checked_sub(1)? } else { line };
    let lines = text.split_inclusive('\n').take(line.checked_sub(1)?);
    let line_start = lines.map(str::len).sum::<usize>();
    let whole = text.get(line_start..)?.lines().next().unwrap_or_default();
    let mut start = if column == 0 { whole.len() } else { (column - 1).min(whole.len()) };
    while !whole.is_char_boundary(start) {
        start -= 1;
    }
    let (before, rest) = whole.split_at(start);
    let length = rest.chars().next().map_or(0, char::len_utf8);
    let column = before.chars().count() + 1;
    Some(Place { line, column, line_start, start: line_start + start, end: line_start + start + length })
}

#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

/// What is looked for. A path may be meant as a key and as an element: a key can be called `a[0]`.
#[derive(Default)]
struct Wanted<'p> {
    keys: BTreeSet<&'p str>,
    elements: BTreeMap<&'p str, BTreeMap<usize, &'p str>>,
}

impl<'p> Wanted<'p> {
    fn add(&mut self, path: &'p str) {
        self.keys.insert(path);
        let element = path.strip_suffix(']').and_then(|path| path.rsplit_once('['));
        if let Some((key, index)) = element
            && let Ok(index) = index.parse()
        {
            self.elements.entry(key).or_default().insert(index, path);
        }
    }
}

/// Counts lines and columns from one place to the next.
struct Counter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    column: usize,
    line_start: usize,
}

impl Counter<'_> {
    fn place(&mut self, span: Span) -> Place {
        let passed = self.text.get(self.at..span.start).unwrap_or_default();
        self.line += passed.matches('\n').count();
        match passed.rfind('\n') {
            Some(newline) => {
                self.line_start = self.at + newline + 1;
                self.column = self.text.get(self.line_start..span.start).unwrap_or_default().chars().count() + 1;
            }
            None => self.column += passed.chars().count(),
        }
        self.at = span.start;
        let Self { line, column, line_start, .. } = *self;
        Place { line, column, line_start, start: span.start, end: span.end }
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn take(&mut self, c: char) -> bool {
        let is_there = self.rest().starts_with(c);
        self.at += if is_there { c.len_utf8() } else { 0 };
        is_there
    }

    fn expect(&mut self, c: char) -> Option<()> {
        self.space();
        self.take(c).then_some(())
    }

    /// The object that begins here, up to its end or to what is broken.
    fn object<'p>(&mut self, wanted: &Wanted<'p>, found: &mut BTreeMap<&'p str, Span>) -> Option<()> {
        self.expect('{')?;
        loop {
            self.space();
            let start = self.at;
            let quoted = self.string()?;
            let end = self.at;
            let name = serde_json::from_str::<String>(quoted).ok();
            self.expect(':')?;
            self.space();
            if let Some(key) = name.as_ref().and_then(|name| wanted.keys.get(name.as_str())) {
                found.insert(key, Span { start, end });
            }
            match name.as_ref().and_then(|name| wanted.elements.get(name.as_str())) {
                Some(places) if self.rest().starts_with('[') => {
                    for path in places.values() {
                        found.remove(path);
                    }
                    self.array(places, found)?;
                }
                _ => self.skip()?,
            }
            self.space();
            if !self.take(',') {
                return Some(());
            }
        }
    }

    /// The array that begins here.
    fn array<'p>(&mut self, wanted: &BTreeMap<usize, &'p str>, found: &mut BTreeMap<&'p str, Span>) -> Option<()> {
        self.expect('[')?;
        self.space();
        if self.take(']') {
            return Some(());
        }
        for index in 0.. {
            self.space();
            let start = self.at;
            self.skip()?;
            if let Some(path) = wanted.get(&index) {
                found.insert(path, Span { start, end: self.at });
            }
            self.space();
            if !self.take(',') {
                break;
            }
        }
        self.take(']').then_some(())
    }

    /// A string, with its quotes.
    fn string(&mut self) -> Option<&'t str> {
        let start = self.at;
        let mut escaped = false;
        let inner = self.rest().strip_prefix('"')?;
        for (at, byte) in inner.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    self.at = start + at + 2;
                    return self.text.get(start..self.at);
                }
                _ => {}
            }
        }
        None
    }

    /// Any value. Nesting is counted, so that no depth is too deep.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            self.space();
            match self.rest().chars().next()? {
                '"' => {
                    self.string()?;
                }
                '{' | '[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                '}' | ']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                ',' | ':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                ',' | ':' => return None,
                _ => {
                    let ends = [',', '}', ']', ':', '"', '[', '{', ' ', '\n', '\r', '\t'];
                    self.at += self.rest().find(ends)?;
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
