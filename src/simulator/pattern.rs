//! Which calls are meant: `POST /profile/devices`, `/profile/devices`, or every call.

use super::service::ROUTES;

/// A call by its method and path, by its path alone, or (the empty text) any call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern<'p> {
    method: Option<&'p str>,
    path: &'p str,
}

impl<'p> Pattern<'p> {
    pub(super) fn read(text: &'p str) -> Self {
        match text.trim().split_once(' ') {
            Some((method, path)) => Self { method: Some(method), path: path.trim_start() },
            None => Self { method: None, path: text.trim() },
        }
    }

    pub(super) fn matches(self, method: &str, path: &str) -> bool {
        let path_fits = self.path.is_empty() || self.path == path;
        path_fits && self.method.is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
    }

    /// Why no call of the service can ever match, and what would: the nearest one that exists.
    pub(super) fn problem(self) -> Option<(String, String)> {
        if self.path.is_empty() {
            return None;
        }
        let Some((path, methods)) = ROUTES.iter().find(|(path, _)| *path == self.path) else {
            let paths = || ROUTES.iter().map(|(path, _)| *path);
            let hint = near(self.path, paths());
            let all = || format!("the paths are: {}", paths().collect::<Vec<_>>().join(", "));
            let fix = hint.strip_prefix("; ").map_or_else(all, str::to_owned);
            return Some((format!("Apple's service has no path {:?}", self.path), fix));
        };
        let method = self.method?;
        let known = methods.iter().any(|known| known.as_str().eq_ignore_ascii_case(method));
        let names: Vec<&str> = methods.iter().map(http::Method::as_str).collect();
        (!known).then(|| (format!("{path} is not called by {method}"), format!("its methods: {}", names.join(", "))))
    }
}

/// `; did you mean "X"?`, or nothing when no word is near.
pub(super) fn near<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> String {
    let best = words.map(|known| (distance(word, known), known)).min();
    match best {
        Some((far, known)) if far <= known.chars().count().max(3) / 3 => format!("; did you mean {known:?}?"),
        _ => String::new(),
    }
}

/// How many letters to change, add or take away (Levenshtein); long texts are cut, they are not mistyped words.
fn distance(one: &str, other: &str) -> usize {
    let fold = |text: &str| -> Vec<char> { text.chars().take(60).flat_map(char::to_lowercase).collect() };
    let (one, other) = (fold(one), fold(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut corner = i;
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        for (b, above) in other.iter().zip(row.iter().skip(1)) {
            let changed = corner.saturating_add(usize::from(a != b));
            left = changed.min(left.saturating_add(1)).min(above.saturating_add(1));
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Pattern, distance, near};

    #[test]
    fn distances() {
        for (one, other, expected) in [("", "", 0), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("", "abc", 3)] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
        assert_eq!(near("servrs", ["devices", "servers"].into_iter()), "; did you mean \"servers\"?");
        assert_eq!(near("zzz", ["devices", "servers"].into_iter()), "");
    }

    #[test]
    fn patterns() {
        let fits = |pattern| Pattern::read(pattern).matches("POST", "/profile/devices");
        assert!(
            ["", "/profile/devices", "POST /profile/devices", "post  /profile/devices"].map(fits).iter().all(|x| *x)
        );
        assert!(["/profile", "GET /profile/devices"].map(fits).iter().all(|x| !x));
        let problem = |pattern| Pattern::read(pattern).problem().map(|(problem, fix)| format!("{problem}; {fix}"));
        assert_eq!(problem("PUT /profile/devices"), None);
        assert_eq!(
            problem("/profile/device").unwrap(),
            "Apple's service has no path \"/profile/device\"; did you mean \"/profile/devices\"?"
        );
        assert_eq!(
            problem("GET /profile/devices").unwrap(),
            "/profile/devices is not called by GET; its methods: DELETE, POST, PUT"
        );
        assert!(problem("/nothing/of/the/kind").unwrap().contains("; the paths are: /session, /account, "));
    }
}
