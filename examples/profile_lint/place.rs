//! Where in a JSON text something stands.

/// A place in a text: line and column from 1, in characters, and how many characters are meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) length: usize,
}

/// The key of a path such as `url`, or the element of one such as `skip_setup_items[3]`. Of a key that is there twice, the last.
pub(crate) fn find(text: &str, path: &str) -> Option<Place> {
    let (key, index) = match path.split_once('[') {
        Some((key, rest)) => (key, Some(rest.strip_suffix(']')?.parse::<usize>().ok()?)),
        None => (path, None),
    };
    let mut scan = Scan { text, at: 0 };
    let mut found = None;
    scan.expect('{')?;
    loop {
        scan.space();
        let start = scan.at;
        let name = scan.string()?;
        let name_end = scan.at;
        scan.expect(':')?;
        scan.space();
        let value = scan.at;
        scan.skip()?;
        if serde_json::from_str::<String>(name).is_ok_and(|name| name == key) {
            found = match index {
                None => Some((start, name_end)),
                Some(index) => element(text, value, index),
            };
        }
        scan.space();
        if !scan.take(',') {
            break;
        }
    }
    let (start, end) = found?;
    let before = text.get(..start)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some(Place {
        line: before.matches('\n').count() + 1,
        column: text.get(line_start..start)?.chars().count() + 1,
        length: text.get(start..end)?.split('\n').next()?.chars().count(),
    })
}

/// From where to where the element of the array reaches that begins here.
fn element(text: &str, at: usize, index: usize) -> Option<(usize, usize)> {
    let mut scan = Scan { text, at };
    scan.expect('[')?;
    for place in 0.. {
        scan.space();
        let start = scan.at;
        scan.skip()?;
        if place == index {
            return Some((start, scan.at));
        }
        scan.space();
        if !scan.take(',') {
            break;
        }
    }
    None
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
        self.at += self.rest().len() - self.rest().trim_start().len();
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

    /// A string, with its quotes.
    fn string(&mut self) -> Option<&'t str> {
        let start = self.at;
        let mut escaped = false;
        let inner = self.rest().strip_prefix('"')?;
        for (at, c) in inner.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => {
                    self.at = start + at + 2;
                    return self.text.get(start..self.at);
                }
                _ => {}
            }
        }
        None
    }

    /// Any value.
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
                _ => self.at += self.rest().find([',', '}', ']', ':', ' ', '\n', '\r', '\t'])?,
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
