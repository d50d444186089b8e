//! What the sources have: items, tests with what they do, and examples in docs.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::source::{Token, rust, tokens, without_tests};

use super::ids::ids;

/// The sources, read once.
pub(super) static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let sources = rust(&["src", "tests", "examples", "benches"]).into_iter();
    sources
        .filter(|(name, _)| !name.starts_with("tests/it/requirements"))
        .map(|(name, text)| Source::of(name, text))
        .collect()
});

/// A source file, and what is looked for in it.
pub(super) struct Source {
    pub(super) name: String,
    text: String,
    /// The requirements that it names, with the line.
    pub(super) ids: Vec<(usize, String)>,
    /// The words of its code, tests left out.
    pub(super) words: BTreeSet<String>,
    pub(super) functions: Vec<Function>,
}

/// A function with a body, as rustfmt lays it out.
pub(super) struct Function {
    pub(super) name: String,
    /// It has the attribute `#[test]`.
    pub(super) is_test: bool,
    /// The attributes above it, and above the modules around it in its file.
    pub(super) attributes: Vec<String>,
    pub(super) body: Vec<Token>,
}

/// A code block in the comment above an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// What stands behind the fence: `compile_fail,E0599`, or nothing.
    pub(super) info: String,
    pub(super) code: String,
}

impl Source {
    pub(super) fn of(name: String, text: String) -> Self {
        let words = without_tests(&tokens(&text)).0.into_iter().map(|token| token.text).collect();
        Self { ids: ids(&text), words, functions: functions(&text), name, text }
    }

    /// The code blocks in the comment above the line that defines `name`; those in the file's head for no name.
    pub(super) fn examples(&self, name: Option<&str>) -> Vec<Block> {
        let marker = if name.is_some() { "///" } else { "//!" };
        let (mut blocks, mut open) = (Vec::<Block>::new(), false);
        for line in self.text.lines().map(str::trim) {
            if let Some(comment) = line.strip_prefix(marker).map(str::trim) {
                match (comment.strip_prefix("```"), open, blocks.last_mut()) {
                    (Some(info), false, _) => blocks.push(Block { info: info.into(), code: String::new() }),
                    (None, true, Some(block)) => block.code.extend([comment, "\n"]),
                    _ => {}
                }
                open ^= comment.starts_with("```");
            } else if !line.starts_with('#') {
                let is_defined = name.is_none_or(|name| defines(line, name));
                if is_defined && !blocks.is_empty() {
                    return blocks;
                }
                (blocks, open) = (Vec::new(), false);
            }
        }
        Vec::new()
    }

    /// The attributes on the file and on the `mod` lines that lead to it.
    pub(super) fn attributes(&self) -> Vec<String> {
        let inner = self.text.lines().filter(|line| line.starts_with("#![")).map(|line| line.replacen("#!", "#", 1));
        let mut found: Vec<String> = inner.collect();
        let path = self.name.strip_suffix(".rs").unwrap_or(&self.name);
        let path = path.strip_suffix("/mod").unwrap_or(path);
        let Some((parent, module)) = path.rsplit_once('/') else { return found };
        let is_parent = |name: &str| {
            let ends = [".rs", "/mod.rs", "/lib.rs", "/main.rs"];
            name != self.name && ends.iter().any(|end| name.strip_suffix(end) == Some(parent))
        };
        let Some(above) = SOURCES.iter().find(|source| is_parent(&source.name)) else { return found };
        let lines: Vec<&str> = above.text.lines().collect();
        let of_module =
            |line: &&str| words_of(line).collect::<Vec<_>>().ends_with(&["mod", module]) && line.ends_with(';');
        if let Some(at) = lines.iter().position(of_module) {
            found.extend(above_line(&lines, at));
        }
        found.extend(above.attributes());
        found
    }
}

fn words_of(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Whether a line defines a name: behind the word for its kind, or at the beginning, as macros have it.
fn defines(line: &str, name: &str) -> bool {
    const KINDS: &[&str] = &["const", "enum", "fn", "macro_rules", "mod", "static", "struct", "trait", "type", "union"];
    let words: Vec<&str> = words_of(line).collect();
    words.first() == Some(&name) || words.windows(2).any(|pair| KINDS.contains(&pair[0]) && pair[1] == name)
}

/// The functions of a file that rustfmt has laid out: the body ends at the next line with the same indent.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_before = |word: &&&str| ["pub", "const", "async"].contains(*word) || word.starts_with("pub(");
        let before = words.iter().take_while(is_before).count();
        if words.get(before) != Some(&"fn") {
            continue;
        }
        let Some(name) = words.get(before + 1).and_then(|rest| words_of(rest).next()) else { continue };
        let Some(end) = end_of_function(&lines, at) else { continue };
        let mut attributes = above_line(&lines, at);
        attributes.extend(around(&lines, at));
        found.push(Function {
            name: name.into(),
            is_test: attributes.iter().any(|attribute| attribute == "#[test]"),
            attributes,
            body: tokens(&lines[at..=end].join("\n")),
        });
    }
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The last line of the function that begins in a line; `None` for one without a body.
fn end_of_function(lines: &[&str], at: usize) -> Option<usize> {
    let opens = (at..lines.len()).find(|line| lines[*line].ends_with(['{', ';', '}']))?;
    match lines[opens].chars().last()? {
        ';' => None,
        '}' => Some(opens),
        _ => (opens..lines.len()).find(|line| lines[*line].trim() == "}" && indent(lines[*line]) == indent(lines[at])),
    }
}

/// The attributes above a line.
fn above_line(lines: &[&str], at: usize) -> Vec<String> {
    let is_above = |line: &str| line.trim().starts_with("//") || line.trim().starts_with("#[");
    let first = (0..at).rev().take_while(|line| is_above(lines[*line])).last().unwrap_or(at);
    let attributes = lines[first..at].iter().map(|line| line.trim()).filter(|line| line.starts_with("#["));
    attributes.map(String::from).collect()
}

/// The attributes of the modules in the same file around a line.
fn around(lines: &[&str], at: usize) -> Vec<String> {
    let (mut found, mut within) = (Vec::new(), indent(lines[at]));
    for line in (0..at).rev().filter(|line| !lines[*line].trim().is_empty()) {
        if indent(lines[line]) < within {
            within = indent(lines[line]);
            if words_of(lines[line]).any(|word| word == "mod") {
                found.extend(above_line(lines, line));
            }
        }
    }
    found
}

/// The files of the module that a path begins with, and the rest of the path.
pub(super) fn module<'p>(below: &str, path: &'p str) -> Option<(Vec<&'static Source>, Vec<&'p str>)> {
    let parts: Vec<&str> = path.split("::").collect();
    (1..=parts.len()).rev().find_map(|length| {
        let stem = format!("{below}/{}", parts[..length].join("/"));
        let is_in = |name: &str| name.strip_prefix(&stem).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'));
        let files: Vec<&Source> = SOURCES.iter().filter(|source| is_in(&source.name)).collect();
        (!files.is_empty()).then(|| (files, parts[length..].to_vec()))
    })
}

#[test]
fn functions_and_examples_are_found() {
    let text = "\
//! ```
//! head();
//! ```

/// Says `TOK-1`.
///
/// ```
/// assert!(true);
///
/// assert!(1 < 2);
/// ```
///
/// ```compile_fail,E0599
/// no();
/// ```
#[derive(Debug)]
pub struct Thing;

fn made() -> Thing;

pub trait Other {
    fn without_body(&self);
}

/// LIM-2
#[cfg(feature = \"odd\")]
mod tests {
    #[test]
    #[ignore]
    // TOK-3
    fn works() {
        // TOK-4
        helper(1);
    }

    pub(crate) fn helper(
        a: u8,
    ) {
        assert_eq!(a, 1);
    }
}
";
    let source = Source::of("src/x.rs".into(), text.into());
    let [works, helper] = source.functions.as_slice() else { panic!("two functions") };
    assert_eq!((works.name.as_str(), works.is_test, helper.is_test), ("works", true, false));
    assert_eq!(works.attributes, ["#[test]", "#[ignore]", "#[cfg(feature = \"odd\")]"]);
    let named: Vec<&str> = source.ids.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(named, ["TOK-1", "LIM-2", "TOK-3", "TOK-4"]);
    assert!(helper.body.iter().any(|token| token.text == "assert_eq") && works.body.len() < 12);
    let blocks = source.examples(Some("Thing"));
    let infos: Vec<&str> = blocks.iter().map(|block| block.info.as_str()).collect();
    assert_eq!(infos, ["", "compile_fail,E0599"]);
    assert_eq!(blocks[0].code.matches("assert!").count(), 2);
    assert_eq!(source.examples(Some("Other")), []);
    assert_eq!(source.examples(None)[0].code.trim(), "head();");
}
