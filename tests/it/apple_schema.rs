//! What Apple's own schema files of commands say of a key.

/// The lines that describe a key: from its `- key:` line to the next key that is not inside.
fn block<'y>(yaml: &'y str, path: &[&str]) -> Vec<&'y str> {
    let mut lines: Vec<&str> = yaml.lines().collect();
    for (level, key) in path.iter().enumerate() {
        let head = format!("- key: {key}");
        // The outermost of them, since what is inside another key may have the same name.
        let found = lines.iter().enumerate().skip(level.min(1)).filter(|(_, line)| line.trim_start() == head);
        let start = found.min_by_key(|(_, line)| indent(line)).map(|(at, _)| at);
        let start = start.unwrap_or_else(|| panic!("{path:?} is not in Apple's file"));
        let depth = indent(lines[start]);
        let length = lines[start + 1..]
            .iter()
            .take_while(|line| line.is_empty() || indent(line) > depth || !line.contains("- key:"));
        let length = length.count();
        lines = lines[start..=start + length].to_vec();
    }
    lines
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The first version of this system that has the key; that of what it is inside where it has none of its own.
pub(crate) fn introduced(yaml: &str, path: &[&str], system: &str) -> String {
    (1..=path.len())
        .rev()
        .find_map(|length| own(&block(yaml, &path[..length]), system))
        .or_else(|| own(&yaml.lines().collect::<Vec<_>>(), system))
        .unwrap_or_else(|| panic!("{path:?} has no version"))
}

/// The version that stands in a block before any key inside.
fn own(block: &[&str], system: &str) -> Option<String> {
    let head = block.iter().enumerate().take_while(|(at, line)| *at == 0 || !line.contains("- key:"));
    let lines: Vec<&str> = head.map(|(_, line)| line.trim()).collect();
    let system = lines.iter().position(|line| *line == format!("{system}:"))?;
    // Up to the next system: what stands there may say something else of this one alone.
    let mut of_it = lines[system + 1..].iter().take_while(|line| !line.ends_with("OS:"));
    let version = of_it.find_map(|line| line.strip_prefix("introduced: "))?;
    Some(version.trim_matches('\'').to_owned())
}

/// The values that a key may have.
pub(crate) fn range_list(yaml: &str, path: &[&str]) -> Vec<String> {
    let lines = block(yaml, path);
    let from =
        lines.iter().position(|line| line.trim() == "rangelist:").unwrap_or_else(|| panic!("{path:?} has no list"));
    let values = lines[from + 1..].iter().map_while(|line| line.trim().strip_prefix("- "));
    values.map(str::to_owned).collect()
}

/// Whether the file has a key of this name at all.
pub(crate) fn has(yaml: &str, key: &str) -> bool {
    yaml.lines().any(|line| line.trim() == format!("- key: {key}"))
}

#[test]
fn versions_are_found() {
    let settings = crate::fixture::text("apple/settings.yaml");
    for (path, expected) in [
        (&["SharedDeviceConfiguration"][..], "13.4"),
        (&["SharedDeviceConfiguration", "QuotaSize"], "13.4"),
        (&["SharedDeviceConfiguration", "PasscodePolicy", "AutoLockTime"], "17.0"),
        (&["PasscodeLockGracePeriod"], "9.3.2"),
    ] {
        assert_eq!(introduced(&settings, path, "iOS"), expected, "{path:?}");
    }
    assert!(has(&settings, "QuotaSize") && !has(&settings, "Quota"));
}
