//! The paths that Rust source names, made absolute.

use crate::source::Token;

/// A path as the source names it, from the crate's root on (`crate::` left out), or beginning with `std`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
    /// The name it gets here: its last part, or what follows `as`.
    pub(crate) name: String,
}

/// The modules that the tokens declare, in order, with their lines.
pub(crate) fn modules(tokens: &[Token]) -> Vec<(usize, String)> {
    let declared = tokens.windows(3).filter(|three| three[0].text == "mod" && matches!(&*three[2].text, ";" | "{"));
    declared.map(|three| (three[1].line, three[1].text.clone())).collect()
}

/// Every path that begins with `crate`, `self`, `super`, `std`, or in a `use` with a module declared here; `module` is the
/// module that the tokens are the text of. Groups are taken apart; a path ends in `*` where everything is imported.
pub(crate) fn paths(tokens: &[Token], module: &[String]) -> Vec<Named> {
    let children: Vec<String> = modules(tokens).into_iter().map(|(_, name)| name).collect();
    let word = |i: usize| tokens.get(i).map_or("", |token: &Token| token.text.as_str());
    let (mut here, mut depth, mut open) = (module.to_vec(), 0_usize, Vec::new());
    let mut found = Vec::new();
    for i in 0..tokens.len() {
        match word(i) {
            "{" => {
                depth += 1;
                if i >= 2 && word(i - 2) == "mod" {
                    here.push(word(i - 1).into());
                    open.push(depth);
                }
            }
            "}" => {
                if open.pop_if(|opened| *opened == depth).is_some() {
                    here.pop();
                }
                depth = depth.saturating_sub(1);
            }
            // `a::self` and the like go with the path that they are in; `::std` is a beginning.
            _ if i > 0 && word(i - 1) == "::" && !(word(i) == "std" && i > 1 && !is_name(word(i - 2))) => {}
            first => {
                let is_child = i > 0 && word(i - 1) == "use" && children.iter().any(|child| child == first);
                if is_child || (word(i + 1) == "::" && matches!(first, "crate" | "self" | "super" | "std")) {
                    Tree { tokens, here: &here, found: &mut found }.read(i, &[]);
                }
            }
        }
    }
    found
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

struct Tree<'t> {
    tokens: &'t [Token],
    here: &'t [String],
    found: &'t mut Vec<Named>,
}

impl Tree<'_> {
    fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |token| token.text.as_str())
    }

    /// Reads the path at `i`, with what stood before the group that it is in; gives the position behind it.
    fn read(&mut self, mut i: usize, before: &[String]) -> usize {
        let line = self.tokens.get(i).map_or(0, |token| token.line);
        let mut path = before.to_vec();
        loop {
            match self.word(i) {
                "{" => {
                    i += 1;
                    while !matches!(self.word(i), "}" | "") {
                        i = if self.word(i) == "," { i + 1 } else { self.read(i, &path).max(i + 1) };
                    }
                    return i + 1;
                }
                "crate" if path.is_empty() => path.push("crate".into()),
                "self" if path.is_empty() => path.extend(self.absolute(0)),
                "self" => {}
                "super" if path.is_empty() => path.extend(self.absolute(1)),
                "super" => drop(path.pop()),
                word if is_name(word) && path.is_empty() && word != "std" => {
                    path.extend(self.absolute(0));
                    path.push(word.into());
                }
                word if is_name(word) || word == "*" => path.push(word.into()),
                _ => break,
            }
            i += 1;
            if self.word(i) != "::" {
                break;
            }
            i += 1;
        }
        let mut name = path.last().cloned().unwrap_or_default();
        if self.word(i) == "as" {
            name = self.word(i + 1).into();
            i += 2;
        }
        if path.first().is_some_and(|first| first == "crate") {
            path.remove(0);
        }
        self.found.push(Named { line, path, name });
        i
    }

    fn absolute(&self, up: usize) -> Vec<String> {
        let kept = self.here.len().saturating_sub(up);
        std::iter::once("crate".into()).chain(self.here[..kept].iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::tokens;

    #[test]
    fn every_way_to_name_a_path_is_seen() {
        let source = "
            use crate::{error::{Error, Refusal as R}, id::*};
            pub(crate) use self::page::Page; use super::{self, os::Os};
            use inner::X; use foreign::Y; mod inner { fn f() { super::g(); crate::json::open_enum!(); } }
            fn f(self) -> ::std::net::IpAddr { <u8 as crate::token::T>::f(); std::time::Duration::ZERO; $crate::a::b::<u8>() }
        ";
        let module = ["api".into(), "page".into()];
        let found: Vec<String> = paths(&tokens(source), &module)
            .iter()
            .map(|named| format!("{} {}", named.line, named.path.join("::")))
            .collect();
        let expected = [
            "2 error::Error",
            "2 error::Refusal",
            "2 id::*",
            "3 api::page::page::Page",
            "3 api",
            "3 api::os::Os",
            "4 api::page::inner::X",
            "4 api::page::g",
            "4 json::open_enum",
            "5 std::net::IpAddr",
            "5 token::T",
            "5 std::time::Duration::ZERO",
            "5 a::b",
        ];
        assert_eq!(found, expected);
    }
}
