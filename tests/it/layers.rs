//! The layers of the crate: a module uses what is below it, and the whole library neither files nor sockets nor clocks.
//!
//! The table here is the one in CONTRIBUTING.md. Test code may use everything.

use std::collections::{BTreeMap, BTreeSet};

use crate::paths::{Named, modules, paths};
use crate::source::{Token, rust, tokens, without_tests};

/// The modules of each layer, in the order in which `lib.rs` lists them.
const LAYERS: &[&[&str]] = &[
    &["error", "secret", "id", "os", "stamp", "json", "property_list", "judgement", "pki"],
    &["api"],
    &[
        "token",
        "setup_assistant",
        "shared_ipad",
        "affinity",
        "device_name",
        "profile",
        "command",
        "machine_info",
        "enrollment",
        "activation_lock",
        "maid",
        "migration",
        "return_to_service",
        "program",
        "interop",
    ],
    &["session", "sync", "assign", "schedule"],
    &["transport", "client"],
    &["simulator"],
];

/// What a module may use of its own layer. In layer 0 it is whatever is listed before.
const BESIDE: &[(&str, &[&str])] = &[
    ("profile", &["setup_assistant", "shared_ipad", "affinity", "device_name"]),
    ("command", &["setup_assistant", "shared_ipad", "affinity", "device_name", "profile", "activation_lock"]),
    ("enrollment", &["machine_info", "profile", "affinity"]),
    ("return_to_service", &["affinity", "profile", "command"]),
    (
        "program",
        &[
            "token",
            "setup_assistant",
            "shared_ipad",
            "affinity",
            "device_name",
            "profile",
            "command",
            "machine_info",
            "enrollment",
            "activation_lock",
            "maid",
            "migration",
            "return_to_service",
        ],
    ),
    ("interop", &["setup_assistant", "profile", "shared_ipad", "affinity", "device_name", "command", "program"]),
    ("schedule", &["sync", "assign"]),
    ("client", &["transport"]),
];

/// Modules whose files use only those that their `mod.rs` declares before them.
const IN_ORDER: &[&str] = &["api", "pki"];

/// Declared by `pki/mod.rs` in this order.
const PKI: &[&str] = &["der", "signature", "cms", "certificate", "key", "trust"];

/// What the library leaves to its caller.
const OUTSIDE: &[&str] = &["fs", "net", "process", "env", "thread"];
const ADDRESSES: &[&str] = &["IpAddr", "Ipv4Addr", "Ipv6Addr"];
const CLOCKS: &[&str] = &["Instant", "SystemTime", "*"];

const LONGEST_FILE: usize = 500;

#[test]
fn the_layers_hold() {
    let found = findings(&rust(&["src", "examples"]));
    assert!(found.is_empty(), "{} broken rules; the table is in CONTRIBUTING.md:\n{}", found.len(), found.join("\n"));
}

/// A module's own submodules, and where the names that it exports come from.
#[derive(Default)]
struct Module {
    children: Vec<String>,
    exports: BTreeMap<String, Vec<String>>,
}

/// One source file without its test code.
struct File<'f> {
    name: &'f str,
    module: Vec<String>,
    tokens: Vec<Token>,
}

/// Every broken rule, as `file:line: what is wrong`.
fn findings(sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    let (mut files, mut tests) = (Vec::new(), BTreeSet::new());
    for (name, text) in sources {
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            found.push(format!("{name}:{LONGEST_FILE}: {lines} lines; split it at {LONGEST_FILE}"));
        }
        let Some(path) = name.strip_prefix("src/") else { continue };
        let module = module_of(path);
        let (tokens, test_files) = without_tests(&tokens(text));
        tests.extend(test_files.into_iter().map(|file| [module.clone(), vec![file]].concat()));
        files.push(File { name, module, tokens });
    }
    files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));

    let with_children = files.iter().filter(|file| file.module.len() <= 1);
    let known: BTreeMap<String, Module> = with_children.map(|file| (file.module.concat(), Module::of(file))).collect();
    for file in &files {
        match file.module.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            [] => order(file, &LAYERS.concat(), true, &mut found),
            ["pki"] => order(file, PKI, false, &mut found),
            _ => {}
        }
        for named in paths(&file.tokens, &file.module) {
            let problem = match named.path.first().map(String::as_str) {
                Some("std") => outside(file, &named),
                _ => upward(file, &named, &known),
            };
            found.extend(problem.map(|problem| format!("{}:{}: {problem}", file.name, named.line)));
        }
    }
    found
}

fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').filter(|part| *part != "lib" && *part != "mod").map(String::from).collect()
}

impl Module {
    fn of(file: &File<'_>) -> Self {
        let children = modules(&file.tokens).into_iter().map(|(_, name)| name).collect();
        let exports = paths(&file.tokens, &file.module).into_iter().map(|named| (named.name, named.path));
        Self { children, exports: exports.collect() }
    }
}

/// Modules are declared in the order of the table.
fn order(file: &File<'_>, table: &[&str], complete: bool, found: &mut Vec<String>) {
    let mut last = 0;
    for (line, name) in modules(&file.tokens) {
        match table.iter().position(|listed| *listed == name) {
            Some(place) if place < last => {
                found.push(format!(
                    "{}:{line}: `{name}` is declared after `{}`, which it comes before",
                    file.name, table[last]
                ));
            }
            Some(place) => last = place,
            None if complete => found.push(format!("{}:{line}: `{name}` is in no layer", file.name)),
            None => {}
        }
    }
}

/// What is wrong with a path into `std`.
fn outside(file: &File<'_>, named: &Named) -> Option<String> {
    let part = |n: usize| named.path.get(n).map_or("*", String::as_str);
    let clock = part(1) == "time" && CLOCKS.contains(&part(2)) && file.name != "src/stamp.rs";
    let forbidden = match part(1) {
        "*" => true,
        "net" => !ADDRESSES.contains(&part(2)),
        name => clock || OUTSIDE.contains(&name),
    };
    forbidden.then(|| format!("`{}` is the caller's, not the library's", named.path.join("::")))
}

/// What is wrong with a path into the crate.
fn upward(file: &File<'_>, named: &Named, known: &BTreeMap<String, Module>) -> Option<String> {
    let from = file.module.first()?;
    let shown = format!("crate::{}", named.path.join("::"));
    let mut path = named.path.clone();
    if let Some(origin) = exported(known, "", path.first()) {
        path.splice(..1, origin.iter().cloned());
    }
    let Some((to, to_layer)) = path.first().and_then(|to| Some((to, layer(to)?))) else {
        return Some(format!("`{shown}` names nothing in a module of the table"));
    };
    let Some(from_layer) = layer(from) else { return Some(format!("`{from}` is in no layer")) };
    // Inside the modules that are in order, and for what the simulator uses of `api`, the submodule counts.
    let inner = match exported(known, to, path.get(1)) {
        Some(origin) => origin.get(1),
        None => path.get(1),
    };
    if from == "simulator" {
        let whole = inner.is_none_or(|inner| inner == "*" || inner == "oauth");
        let forbidden = to == "profile" || (to == "api" && whole);
        return forbidden
            .then(|| format!("`{shown}`: `simulator` judges with its own code, not with `profile` and `api::oauth`"));
    }
    if from == to {
        return inside(file, inner, known).map(|problem| format!("`{shown}`: {problem}"));
    }
    let allowed = match from_layer {
        0 if to_layer == 0 => {
            LAYERS[0].iter().position(|name| name == to) < LAYERS[0].iter().position(|name| name == from)
        }
        _ => to_layer < from_layer || BESIDE.iter().any(|(name, beside)| name == from && beside.contains(&to.as_str())),
    };
    (!allowed).then(|| format!("`{shown}`: `{from}` (layer {from_layer}) may not use `{to}` (layer {to_layer})"))
}

/// What is wrong with a path from a file to its sibling.
fn inside(file: &File<'_>, inner: Option<&String>, known: &BTreeMap<String, Module>) -> Option<String> {
    let [top, own, ..] = &file.module[..] else { return None };
    if !IN_ORDER.contains(&top.as_str()) {
        return None;
    }
    let children = &known.get(top)?.children;
    let place = |name: &String| children.iter().position(|child| child == name);
    match inner {
        Some(inner) if inner != "*" => {
            (place(inner)? > place(own)?).then(|| format!("`{top}/mod.rs` declares it after `{own}`"))
        }
        _ => Some("name the submodule, so that the order can be seen".into()),
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// Where a name that a module exports comes from, unless it is a submodule.
fn exported<'k>(known: &'k BTreeMap<String, Module>, module: &str, name: Option<&String>) -> Option<&'k Vec<String>> {
    let (module, name) = (known.get(module)?, name?);
    if module.children.contains(name) { None } else { module.exports.get(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "pub mod error; pub mod json; pub mod pki; pub mod api; pub mod profile; pub mod session;
        pub mod client; pub mod simulator; pub use self::client::Client;";
    const API: &str = "mod page; mod oauth; mod devices; pub use self::oauth::Header; pub trait Endpoint {}";

    /// The findings in one more file.
    fn with(name: &str, text: &str) -> String {
        let files = [("src/lib.rs", LIB), ("src/api/mod.rs", API), (name, text)];
        let files: BTreeMap<&str, &str> = files.into();
        let files: Vec<(String, String)> = files.into_iter().map(|(name, text)| (name.into(), text.into())).collect();
        findings(&files).join("\n")
    }

    #[track_caller]
    fn refused(name: &str, text: &str, expected: &str) {
        let found = with(name, text);
        assert!(found.contains(expected) && found.lines().count() == 1, "{text:?} gave {found:?}");
    }

    #[track_caller]
    fn accepted(name: &str, text: &str) {
        assert_eq!(with(name, text), "", "{text:?}");
    }

    #[test]
    fn a_layer_uses_lower_ones_only() {
        accepted("src/session/mod.rs", "use crate::{api::Endpoint, error::Error}; use std::fmt;");
        refused(
            "src/api/page.rs",
            "\nuse crate::{error::{Error}, session::S};",
            "src/api/page.rs:2: `crate::session::S`",
        );
        refused(
            "src/session/a.rs",
            "fn f() -> crate::client::C {}",
            "`session` (layer 3) may not use `client` (layer 4)",
        );
        refused("src/session/a.rs", "fn f(_: super::super::client::C) {}", "src/session/a.rs:1: `crate::client::C`");
        refused("src/session/a.rs", "use crate::Client;", "may not use `client`");
        refused("src/session/a.rs", "use crate::*;", "names nothing");
        refused("src/session/a.rs", "use crate::unknown::X;", "names nothing");
    }

    #[test]
    fn comments_and_tests_do_not_count() {
        accepted("src/api/page.rs", "//! [`x`](crate::session::X)\n/// crate::client\n// crate::client\nfn f() {}");
        accepted("src/api/page.rs", "fn f() {} #[cfg(test)] mod tests { use crate::simulator::S; use std::fs; }");
        refused("src/api/page.rs", "#[cfg(test)] mod tests {} use crate::client::C;", "may not use `client`");
    }

    #[test]
    fn a_layer_uses_along_what_the_table_lists() {
        accepted("src/command.rs", "use crate::profile::P;");
        accepted("src/client/async.rs", "use crate::transport::T;");
        refused("src/profile/a.rs", "use crate::command::C;", "`profile` (layer 2) may not use `command`");
        refused("src/program.rs", "use crate::interop::I;", "may not use `interop`");
        refused("src/session/a.rs", "use crate::sync::S;", "may not use `sync`");
        refused("src/sync.rs", "use crate::schedule::S;", "may not use `schedule`");
    }

    #[test]
    fn the_base_is_in_order() {
        accepted("src/json/raw.rs", "use crate::{id::I, error::E}; use super::field::F;");
        refused("src/error/word.rs", "use crate::json::J;", "`error` (layer 0) may not use `json` (layer 0)");
        refused("src/json/raw.rs", "use crate::pki::P;", "may not use `pki`");
        refused("src/pki/mod.rs", "mod cms; mod der;", "src/pki/mod.rs:1: `der` is declared after `cms`");
    }

    #[test]
    fn a_call_uses_earlier_ones_only() {
        accepted(
            "src/api/devices.rs",
            "use super::page::P; use crate::api::{Header, Endpoint, oauth}; use self::x::Y;",
        );
        refused("src/api/page.rs", "use super::devices::D;", "`api/mod.rs` declares it after `page`");
        refused("src/api/page.rs", "use crate::api::Header;", "`api/mod.rs` declares it after `page`");
        refused("src/api/page.rs", "use crate::api::*;", "name the submodule");
        refused("src/api/page/row.rs", "use super::super::oauth::X;", "`api/mod.rs` declares it after `page`");
    }

    #[test]
    fn the_simulator_judges_by_itself() {
        accepted("src/simulator/a.rs", "use crate::{api::page::P, client::C, api::Endpoint};");
        refused("src/simulator/a.rs", "use crate::profile::P;", "`simulator` judges with its own code");
        refused("src/simulator/a.rs", "use crate::api::oauth::header;", "`simulator` judges with its own code");
        refused("src/simulator/a.rs", "use crate::api::{page::P, Header};", "`simulator` judges with its own code");
        refused("src/simulator/a.rs", "use crate::api;", "`simulator` judges with its own code");
    }

    #[test]
    fn files_sockets_and_clocks_are_the_callers() {
        accepted("src/session/a.rs", "use std::net::{IpAddr, Ipv6Addr}; use std::time::Duration; use std::{fmt, io};");
        accepted("src/stamp.rs", "fn f() { std::time::SystemTime::now(); }");
        for name in
            ["fs", "fs::File", "process::Command", "env", "thread::sleep", "net::TcpStream", "net", "net::*", "*"]
        {
            refused("src/session/a.rs", &format!("use std::{name};"), &format!("`std::{name}` is the caller's"));
        }
        refused("src/session/a.rs", "use std::{fmt, net::{IpAddr, SocketAddr}};", "`std::net::SocketAddr`");
        refused("src/session/a.rs", "fn f() { ::std::env::var(\"\"); }", "`std::env::var`");
        for name in ["time::Instant", "time::SystemTime", "time", "time::{self}", "time::*"] {
            refused("src/session/a.rs", &format!("use std::{name};"), "is the caller's");
        }
    }

    #[test]
    fn files_stay_short_and_modules_in_order() {
        accepted("src/session/a.rs", &"\n".repeat(LONGEST_FILE));
        refused("src/session/a.rs", &"\n".repeat(LONGEST_FILE + 1), "501 lines");
        refused("examples/a.rs", &"\n".repeat(LONGEST_FILE + 1), "501 lines");
        refused("src/lib.rs", "mod id;\nmod error;", "src/lib.rs:2: `error` is declared after `id`");
        refused("src/lib.rs", "mod util;", "`util` is in no layer");
    }
}
