//! As much of YAML as Apple's schema files use: mappings, lists, and texts of one or several lines.

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Yaml {
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Yaml {
    pub(crate) fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let mut lines: Vec<(usize, String)> =
            lines.map(|line| (line.len() - line.trim_start().len(), line.trim().to_owned())).collect();
        let mut at = 0;
        let read = value(&mut lines, &mut at, 0);
        assert_eq!(at, lines.len(), "{:?} is not read", lines.get(at));
        read
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(keys) => keys.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn list(&self, key: &str) -> &[Self] {
        match self.get(key) {
            Some(Self::List(values)) => values,
            _ => &[],
        }
    }
}

fn value(lines: &mut [(usize, String)], at: &mut usize, depth: usize) -> Yaml {
    if lines[*at].1.starts_with("- ") { list(lines, at, depth) } else { map(lines, at, depth) }
}

fn list(lines: &mut [(usize, String)], at: &mut usize, depth: usize) -> Yaml {
    let mut values = Vec::new();
    while *at < lines.len() && lines[*at].0 == depth && lines[*at].1.starts_with("- ") {
        let rest = lines[*at].1[2..].to_owned();
        if key(&rest).is_some() {
            lines[*at] = (depth + 2, rest);
            values.push(map(lines, at, depth + 2));
        } else {
            *at += 1;
            values.push(Yaml::Text(unquoted(&rest)));
        }
    }
    Yaml::List(values)
}

fn map(lines: &mut [(usize, String)], at: &mut usize, depth: usize) -> Yaml {
    let mut keys = Vec::new();
    while *at < lines.len() && lines[*at].0 == depth {
        let Some((name, rest)) = key(&lines[*at].1) else { break };
        *at += 1;
        let inside =
            lines.get(*at).is_some_and(|(next, line)| *next > depth || (*next == depth && line.starts_with("- ")));
        let found = if rest.is_empty() && inside {
            let next = lines[*at].0;
            value(lines, at, next)
        } else {
            // What is deeper goes on with the text.
            let mut text = rest;
            while *at < lines.len() && lines[*at].0 > depth {
                text = format!("{text} {}", lines[*at].1);
                *at += 1;
            }
            Yaml::Text(unquoted(&text))
        };
        keys.push((name, found));
    }
    Yaml::Map(keys)
}

/// A key and what stands behind it.
fn key(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.split_once(':')?;
    let is_key = !name.is_empty() && !name.starts_with('\'') && (rest.is_empty() || rest.starts_with(' '));
    is_key.then(|| (name.to_owned(), rest.trim().to_owned()))
}

fn unquoted(text: &str) -> String {
    text.trim_matches('\'').to_owned()
}

#[test]
fn apples_files_are_read() {
    let settings = Yaml::read(&crate::fixture::text("apple/settings.yaml"));
    let items = settings.list("payloadkeys")[0].list("subkeys");
    let shared = items.iter().find(|item| item.text("key") == Some("SharedDeviceConfiguration")).unwrap();
    let ios = shared.get("supportedOS").and_then(|systems| systems.get("iOS")).unwrap();
    assert_eq!(ios.text("introduced"), Some("13.4"));
    let policy = shared.list("subkeys").iter().find(|key| key.text("key") == Some("PasscodePolicy")).unwrap();
    let range: Vec<Yaml> = ["0", "60", "300", "900", "3600", "14400"].map(|text| Yaml::Text(text.into())).into();
    assert_eq!(policy.list("subkeys")[0].list("rangelist"), range);
}
