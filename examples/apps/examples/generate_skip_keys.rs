//! Writes `src/setup_assistant/table.rs` from `data/skip_keys.csv`. Needs nothing but Rust's standard library.
//!
//! `cargo run -p apple-ade-apps --example generate_skip_keys [-- --check]`
//!
//! With `--check` nothing is written, and the exit status is 1 when the file is not what the data say.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// From the root of the repository.
pub(crate) const DATA: &str = "data/skip_keys.csv";
pub(crate) const TABLE: &str = "src/setup_assistant/table.rs";

const COLUMNS: &str =
    "key,platform,introduced,deprecated,removed,always_skippable,ineffective_from,withdrawn,title,doubt,source";

const HEAD: &str = "\
//! Generated from `data/skip_keys.csv`: change that, then
//! `cargo run -p apple-ade-apps --example generate_skip_keys`.

use super::availability::{Entry, row, v};
use crate::json::open_enum;
use crate::os::Platform::{Ios, IpadOs, MacOs, TvOs, VisionOs};

open_enum! {
    /// A pane of Setup Assistant that an enrollment profile can leave out, in Apple's spelling, alphabetical.
    ///
    /// It is sent in `skip_setup_items`, where naming a pane means leaving it out. The user can still set up what was left out
    /// in Settings (SCR-2). Unknown keys are kept and sent as they came, for Apple adds some each year (SCR-13).
    ///
    /// [Apple's page](https://developer.apple.com/documentation/devicemanagement/skipkeys).
    ///
    /// ```
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// assert_eq!(SkipKey::AppleId.as_str(), \"AppleID\");
    /// assert_eq!(SkipKey::from(\"TOS\"), SkipKey::Tos);
    /// assert_eq!(SkipKey::from(\"NextYearsPane\").as_str(), \"NextYearsPane\");
    /// ```
    ///
    /// A match has an answer for the unknown ones:
    ///
    /// ```compile_fail,E0004
    /// use apple_ade::setup_assistant::SkipKey;
    ///
    /// match SkipKey::from(\"NextYearsPane\") {
    ///     SkipKey::Siri => {}
    /// }
    /// ```
    SkipKey, \"a skip key\" {
";

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let check = match std::env::args().skip(1).collect::<Vec<_>>()[..] {
        [] => false,
        [ref argument] if argument == "--check" => true,
        _ => {
            eprintln!("usage: generate_skip_keys [--check]");
            return ExitCode::from(2);
        }
    };
    match run(&root, check) {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("generate_skip_keys: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, check: bool) -> Result<String, String> {
    let read = |name| std::fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"));
    let text = generate(&read(DATA)?)?;
    if !check {
        std::fs::write(root.join(TABLE), &text).map_err(|error| format!("{TABLE}: {error}"))?;
        return Ok(format!("wrote {TABLE}: {} lines", text.lines().count()));
    }
    if read(TABLE)? == text {
        Ok(format!("{TABLE} is what {DATA} says"))
    } else {
        Err(format!("{TABLE} is not what {DATA} says; run this program without --check"))
    }
}

/// The source text for this data, or what is wrong with the data and where.
pub(crate) fn generate(data: &str) -> Result<String, String> {
    let mut lines =
        data.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.starts_with('#'));
    if lines.next().map(|(_, line)| line) != Some(COLUMNS) {
        return Err(format!("the columns are not {COLUMNS}"));
    }
    let (mut variants, mut table, mut last) = (String::new(), String::new(), String::new());
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    for (at, line) in lines {
        let fields: Vec<&str> = line.split(',').collect();
        let &[key, platform, introduced, deprecated, removed, skippable, ineffective, withdrawn, title, doubt, _source] =
            fields.as_slice()
        else {
            return Err(format!("line {at} has {} fields and not 11", fields.len()));
        };
        if line.contains(['"', '\\']) {
            return Err(format!("line {at}: quotes and backslashes are not understood"));
        }
        let wrong = |what: &str| format!("line {at}, {key}: {what}");
        let withdrawn = flag(withdrawn).ok_or_else(|| wrong("`withdrawn` is `yes` or empty"))?;
        if key != last {
            if last.to_lowercase() >= key.to_lowercase() {
                return Err(wrong(&format!("it comes before {last}")));
            }
            let variant = variant(key);
            let mark = if withdrawn { " Withdrawn by Apple." } else { "" };
            writeln!(variants, "        /// {title}.{mark}\n        {variant} = \"{key}\",").unwrap_or_default();
            let start = if last.is_empty() { "" } else { "    ];\n" };
            let withdrawn = if withdrawn { " withdrawn" } else { "" };
            writeln!(table, "{start}    {variant}: \"{title}\"{withdrawn} [").unwrap_or_default();
            last = key.into();
        }
        let shared = format!("{withdrawn} {title}");
        if keys.entry(key.into()).or_insert_with(|| shared.clone()) != &shared {
            return Err(wrong("its title or its withdrawal differs from the line above"));
        }
        let system = match platform {
            "iOS" => "Ios",
            "iPadOS" => "IpadOs",
            "macOS" => "MacOs",
            "tvOS" => "TvOs",
            "visionOS" => "VisionOs",
            _ => return Err(wrong("an operating system without skip keys")),
        };
        write!(table, "        row({system})").unwrap_or_default();
        for (name, text) in
            [("introduced", introduced), ("deprecated", deprecated), ("removed", removed), ("ineffective", ineffective)]
        {
            if !text.is_empty() {
                let version = version(text).ok_or_else(|| wrong(&format!("{text:?} is not a version")))?;
                write!(table, ".{name}({version})").unwrap_or_default();
            }
        }
        table.push_str(match skippable {
            "yes" => "",
            "no" => ".not_always()",
            "unsure" => ".unsure()",
            _ => return Err(wrong("`always_skippable` is `yes`, `no` or `unsure`")),
        });
        if !doubt.is_empty() {
            write!(table, ".doubt(\"{doubt}\")").unwrap_or_default();
        }
        table.push_str(",\n");
    }
    Ok(format!("{HEAD}{variants}    }}\n}}\n\nsuper::availability::table! {{\n{table}    ];\n}}\n"))
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "" => Some(false),
        "yes" => Some(true),
        _ => None,
    }
}

/// `9.3.2` as `v(9, 3, 2)`.
fn version(text: &str) -> Option<String> {
    let numbers: Vec<u16> = text.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [major, minor] => Some(format!("v({major}, {minor}, 0)")),
        [major, minor, patch] => Some(format!("v({major}, {minor}, {patch})")),
        _ => None,
    }
}

/// A key's name in Rust: `TVRoom` is `TvRoom`, `AppleID` is `AppleId`, `iCloudStorage` is `ICloudStorage`.
fn variant(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let is_capital = |letter: Option<&char>| letter.is_some_and(char::is_ascii_uppercase);
    let in_rust = letters.iter().enumerate().map(|(at, letter)| {
        let follows = at > 0 && (is_capital(letters.get(at - 1)));
        let starts_word = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        match at {
            0 => letter.to_ascii_uppercase(),
            _ if follows && !starts_word => letter.to_ascii_lowercase(),
            _ => *letter,
        }
    });
    in_rust.collect()
}
