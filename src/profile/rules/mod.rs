//! The rules on enrollment profiles, by group: each file has its rules as constants and the check that finds what breaks them.
//!
//! A rule is broken on its own wherever that can be: a fixture for each shows it.

use crate::judgement::{Fix, Rule, Violation, veiled};

use super::subject::Subject;

mod beside;
mod certificate;
mod contact;
mod device;
mod flags;
mod form;
mod list;
mod locale;
mod purpose;
mod shared_ipad;
mod skip;
mod skip_system;
mod system;
mod text;
mod trust;
mod url;

/// Rules, and what finds where they are broken.
type Group = (&'static [Rule], fn(&Subject<'_>, &mut Vec<Violation>));

/// In the order of their codes.
const GROUPS: &[Group] = &[
    (form::RULES, form::check),
    (text::RULES, text::check),
    (contact::RULES, contact::check),
    (url::RULES, url::check),
    (flags::RULES, flags::check),
    (locale::RULES, locale::check),
    (system::RULES, system::check),
    (skip::RULES, skip::check),
    (skip_system::RULES, skip_system::check),
    (shared_ipad::RULES, shared_ipad::check),
    (certificate::RULES, certificate::check),
    (trust::RULES, trust::check),
    (device::RULES, device::check),
    (beside::RULES, beside::check),
    (purpose::RULES, purpose::check),
];

pub(super) fn judge(subject: &Subject<'_>, found: &mut Vec<Violation>) {
    for (_, check) in GROUPS {
        check(subject, found);
    }
}

impl Rule {
    /// Every rule on an enrollment profile, in the order of the codes.
    ///
    /// ```
    /// use apple_ade::judgement::Rule;
    ///
    /// assert!(Rule::ALL.len() >= 60);
    /// assert!(Rule::ALL.is_sorted());
    /// ```
    pub const ALL: &'static [Self] = &concatenated::<{ count() }>();
}

const fn count() -> usize {
    let (mut groups, mut count) = (GROUPS, 0);
    while let [(rules, _), rest @ ..] = groups {
        count += rules.len();
        groups = rest;
    }
    count
}

#[expect(clippy::indexing_slicing, reason = "evaluated when the crate is compiled")]
const fn concatenated<const N: usize>() -> [Rule; N] {
    let (mut all, mut at, mut groups) = ([Rule::NOT_JSON; N], 0, GROUPS);
    while let [(group, _), rest @ ..] = groups {
        let mut rules = *group;
        while let [rule, others @ ..] = rules {
            all[at] = *rule;
            at += 1;
            rules = others;
        }
        groups = rest;
    }
    all
}

impl Subject<'_> {
    /// The violation that ends when a flag is true. The fix sets it, unless the profile says something else, in whatever spelling: what
    /// was said is not reversed without asking. Then the help names the other way, too.
    fn raising(&self, violation: Violation, flag: &'static str, other: &str) -> Violation {
        let is_said = self.wire.has(flag) || self.wire.odd.iter().any(|odd| odd.key == flag);
        match form::written_as(self.wire, flag) {
            None if !is_said => violation.with_fix(Fix::set_bool(flag, true)),
            Some((key, value)) if !is_said && value.as_str() == "true" => {
                violation.with_help(format!("write `{flag}` in place of `{}`", shortened(key)))
            }
            _ => violation.with_help(format!("set `{flag}` to true, or {other}, whichever is meant")),
        }
    }
}

/// In place of a private key.
const NO_KEY: &str = "(not shown: there is a private key in it)";

/// A value as JSON, for a message: shortened, so that no message is longer than a screen, and without a private key or a password.
fn shown(value: &(impl serde::Serialize + ?Sized)) -> String {
    const MOST: usize = 80;
    let text = crate::json::RawJson::of(value).map(|raw| raw.to_string()).unwrap_or_default();
    veiled(text.into(), MOST).into_owned()
}

/// [`shown`] for the short texts that most violations are about.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if text.len() >= 40 || !text.bytes().all(is_plain) {
        return shown(text);
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    quoted.push_str(text);
    quoted.push('"');
    quoted
}

/// As much of a text as a message repeats.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST).and_then(|(end, _)| text.get(..end)) {
        Some(head) => format!("{head}…"),
        None => text.to_owned(),
    }
}
