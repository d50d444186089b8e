//! Reads the repository's own files, for the tests that guard it.

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root directory.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file, by its path from the root.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The Rust files below the given directories, as path from the root and text, in order of path.
pub(crate) fn rust(directories: &[&str]) -> Vec<(String, String)> {
    let mut files = texts(directories);
    files.retain(|(name, _)| Path::new(name).extension().is_some_and(|extension| extension == "rs"));
    assert!(!files.is_empty(), "no Rust files in {directories:?}");
    files
}

/// Every text file below the given directories (`""` is the root), as path from the root and text, in order of path. Left
/// out are `.git`, what `.gitignore` names from the root on, and files that are not UTF-8.
pub(crate) fn texts(directories: &[&str]) -> Vec<(String, String)> {
    let ignored = text(".gitignore");
    let ignored: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('/')).chain([".git"]).collect();
    let mut waiting: Vec<PathBuf> = directories.iter().map(|directory| root().join(directory)).collect();
    let mut found = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).into_iter().flatten() {
            let path = entry.expect("a readable directory").path();
            let name = path.strip_prefix(root()).expect("below the root").to_str().expect("UTF-8").replace('\\', "/");
            if ignored.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((name, text));
            }
        }
    }
    found.sort();
    found
}

/// A word, `::`, or one other character of Rust source, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) text: String,
}

/// The tokens of Rust source, without comments, lifetimes, and the contents of literals.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let chars: Vec<char> = source.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut tokens, mut line, mut i) = (Vec::new(), 1, 0);
    while i < chars.len() {
        let start = i;
        match at(i) {
            '/' if at(i + 1) == '/' => i += chars[i..].iter().take_while(|c| **c != '\n').count(),
            '/' if at(i + 1) == '*' => i = end_of_comment(&chars, i),
            '"' => i = end_of_string(&chars, i + 1, None),
            '\'' if at(i + 1) == '\\' => i = end_of_quote(&chars, i + 3),
            '\'' if at(i + 2) == '\'' => i += 3,
            '\'' => i += 1 + chars[i + 1..].iter().take_while(|c| is_word(**c)).count(),
            ':' if at(i + 1) == ':' => {
                i += 2;
                tokens.push(Token { line, text: "::".into() });
            }
            c if is_word(c) => {
                i += chars[i..].iter().take_while(|c| is_word(**c)).count();
                let text: String = chars[start..i].iter().collect();
                let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
                i = match text.as_str() {
                    "r" | "br" | "cr" if at(i + hashes) == '"' => end_of_string(&chars, i + hashes + 1, Some(hashes)),
                    "b" | "c" if at(i) == '"' => end_of_string(&chars, i + 1, None),
                    _ => {
                        tokens.push(Token { line, text });
                        i
                    }
                };
            }
            c => {
                i += 1;
                if !c.is_whitespace() {
                    tokens.push(Token { line, text: c.into() });
                }
            }
        }
        i = i.min(chars.len());
        line += chars[start..i].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn end_of_comment(chars: &[char], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i < chars.len() {
        match chars.get(i..i + 2) {
            Some(['/', '*']) => (depth, i) = (depth + 1, i + 2),
            Some(['*', '/']) => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

/// The end of a string that begins at `i`; of a raw one with so many `#`.
fn end_of_string(chars: &[char], mut i: usize, raw: Option<usize>) -> usize {
    while i < chars.len() {
        match (chars[i], raw) {
            ('\\', None) => i += 2,
            ('"', None) => return i + 1,
            ('"', Some(hashes)) if chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes => {
                return i + 1 + hashes;
            }
            _ => i += 1,
        }
    }
    i
}

fn end_of_quote(chars: &[char], i: usize) -> usize {
    i + 1 + chars.get(i..).into_iter().flatten().take_while(|c| **c != '\'').count()
}

/// The tokens without items under `#[cfg(test)]` (or `#[cfg(all(test, …))]`), and the names of modules among these whose
/// text is in a file of its own.
pub(crate) fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let word = |i: usize| tokens.get(i).map_or("", |token: &Token| token.text.as_str());
    let is = |i: usize, words: &[&str]| (i..).zip(words).all(|(i, expected)| word(i) == *expected);
    let (mut kept, mut files, mut i) = (Vec::new(), Vec::new(), 0);
    while i < tokens.len() {
        if is(i, &["#", "!", "[", "cfg", "(", "test", ")"]) {
            return (Vec::new(), files);
        }
        if !is(i, &["#", "[", "cfg", "(", "test", ")"]) && !is(i, &["#", "[", "cfg", "(", "all", "(", "test"]) {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        let item = after_attributes(tokens, i);
        let end = end_of_item(tokens, item);
        if word(end - 1) == ";" && word(end - 3) == "mod" {
            files.push(word(end - 2).into());
        }
        i = end;
    }
    (kept, files)
}

fn after_attributes(tokens: &[Token], mut i: usize) -> usize {
    while tokens.get(i).is_some_and(|token| token.text == "#") {
        i = end_of_brackets(tokens, i + 1);
    }
    i
}

/// The end of the bracketed group that begins at `i`.
fn end_of_brackets(tokens: &[Token], mut i: usize) -> usize {
    let mut depth = 0;
    while let Some(token) = tokens.get(i) {
        i += 1;
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    i
}

/// The end of an item: of its block, or its semicolon where it is of a kind that ends in one.
fn end_of_item(tokens: &[Token], mut i: usize) -> usize {
    let mut ends_in_semicolon = false;
    while let Some(token) = tokens.get(i) {
        match token.text.as_str() {
            "fn" => ends_in_semicolon = false,
            "use" | "const" | "static" | "type" => ends_in_semicolon = true,
            ";" => return i + 1,
            "}" => return i,
            "{" if !ends_in_semicolon => return end_of_brackets(tokens, i),
            "(" | "[" | "{" => {
                i = end_of_brackets(tokens, i);
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> String {
        let words: Vec<String> = tokens(source).into_iter().map(|token| token.text).collect();
        words.join(" ")
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        assert_eq!(words("a // b\n/* c /* d */ e */ f \"g \\\" h\" i"), "a f i");
        assert_eq!(words(r##"a r#"b " c"# d r"\" e b"f" g"##), "a d e g");
        assert_eq!(words(r"a 'b' '\'' '\u{7f}' c &'d e '\\' f"), "a c & e f");
        assert_eq!(words("crate::a\n//! ```\n/// crate::b\n"), "crate :: a");
        assert_eq!(tokens("a \"\n\n\" b")[1].line, 3);
    }

    #[test]
    fn test_items_are_left_out() {
        let left = |source: &str| {
            let (kept, files) = without_tests(&tokens(source));
            let kept: Vec<String> = kept.into_iter().map(|token| token.text).collect();
            (kept.join(" "), files.join(" "))
        };
        assert_eq!(left("a; #[cfg(test)] #[allow(x)] mod tests { use b::{c}; fn d() {} } e;").0, "a ; e ;");
        assert_eq!(left("#[cfg(test)] use b::{c, d}; e"), ("e".into(), String::new()));
        assert_eq!(left("#[cfg(all(test, feature = \"x\"))] mod tests; e"), ("e".into(), "tests".into()));
        assert_eq!(left("#[cfg(test)] const fn f(x: [u8; 2]) -> u8 { 1 } e").0, "e");
        assert_eq!(left("#[cfg(not(test))] e").0, "# [ cfg ( not ( test ) ) ] e");
        assert_eq!(left("#![cfg(test)] e").0, "");
    }
}
