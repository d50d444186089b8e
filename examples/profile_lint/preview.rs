//! What Setup Assistant will show, as a table.

use std::collections::{BTreeMap, BTreeSet};

use apple_ade::setup_assistant::{Pane, Preview, SkipKey, Verdict};

use super::arguments::Panes;
use super::report::{Style, WIDTH, first, line, wrapped};
use super::veil::{plain, without_key};

/// As wide as the longest key.
const KEY: usize = 35;

/// Side by side where that fits, else one after the other. `named` are the keys of the profile: rules speak of these.
pub(crate) fn table(style: &Style, previews: &[Preview], named: &BTreeSet<SkipKey>, panes: Panes) -> String {
    let width = |preview: &Preview| header(preview).chars().count().max(10) + 2;
    let is_narrow = KEY + 4 + previews.iter().map(width).sum::<usize>() <= WIDTH;
    if previews.len() > 1 && is_narrow {
        return beside(style, previews, named, panes);
    }
    let tables = previews.iter().map(|preview| alone(style, preview, named, panes));
    tables.collect::<Vec<_>>().join("\n")
}

fn header(preview: &Preview) -> String {
    preview.target().to_string()
}

fn painted(style: &Style, pane: &Pane, width: usize) -> String {
    let colour = match pane.verdict() {
        Verdict::Shown => "32",
        Verdict::Hidden => "0",
        Verdict::MayAppear => "33",
        _ => "2",
    };
    style.paint(colour, &format!("{:width$}", pane.verdict()))
}

/// The code of the rule that speaks of a pane.
fn code(pane: &Pane, named: &BTreeSet<SkipKey>) -> String {
    let rule = pane.rule().filter(|_| named.contains(pane.key()));
    rule.map(|rule| format!(" [{}]", rule.code())).unwrap_or_default()
}

/// What is shown comes first, unless all are asked for: then the order is the list's.
fn alone(style: &Style, preview: &Preview, named: &BTreeSet<SkipKey>, panes: Panes) -> String {
    let mut out = String::new();
    line(&mut out, &style.paint("1", &header(preview)));
    line(&mut out, &preview.target().doubt().map(|doubt| format!("  ({doubt})")).unwrap_or_default());
    if preview.target().doubt().is_none() {
        out.pop();
    }
    let all: Vec<&Pane> = match panes {
        Panes::All => preview.panes().iter().collect(),
        Panes::There => {
            let verdicts = [Verdict::Shown, Verdict::MayAppear, Verdict::Hidden];
            verdicts.into_iter().flat_map(|verdict| preview.with_verdict(verdict)).collect()
        }
    };
    for pane in all {
        let about = wrapped(&format!("{}{}", pane.about(), code(pane, named)), 16 + KEY);
        line(&mut out, &format!("  {}  {:KEY$}  {about}", painted(style, pane, 10), pane.key().as_str()));
    }
    unknown(&mut out, preview.unknown());
    if panes == Panes::There {
        not_there(&mut out, preview.with_verdict(Verdict::NotThere).count());
    }
    out
}

fn unknown<'k>(out: &mut String, keys: impl IntoIterator<Item = &'k SkipKey>) {
    for key in keys {
        let key = first(&plain(without_key(key.as_str())), KEY);
        line(out, &format!("  {:10}  {key:KEY$}  unknown, and sent as it is", "?"));
    }
}

fn not_there(out: &mut String, count: usize) {
    match count {
        0 => {}
        1 => line(out, "  1 pane is not there"),
        count => line(out, &format!("  {count} panes are not there")),
    }
}

/// A column for each target, and below the reasons that are not plain.
fn beside(style: &Style, previews: &[Preview], named: &BTreeSet<SkipKey>, panes: Panes) -> String {
    let mut out = String::new();
    let widths: Vec<usize> = previews.iter().map(|preview| header(preview).chars().count().max(10)).collect();
    let columns = widths.iter().map(|width| width + 2).sum::<usize>();
    let heads = previews.iter().zip(&widths).map(|(preview, width)| format!("  {:width$}", header(preview)));
    line(&mut out, &format!("  {:KEY$}{}", "", style.paint("1", &heads.collect::<String>())));
    let (mut hidden, mut reasons) = (0, BTreeMap::<String, Vec<&str>>::new());
    for key in SkipKey::ALL {
        let row: Vec<&Pane> = previews.iter().filter_map(|preview| preview.pane(key)).collect();
        if panes == Panes::There && row.iter().all(|pane| pane.verdict() == Verdict::NotThere) {
            hidden += 1;
            continue;
        }
        for pane in row.iter().filter(|pane| pane.verdict() == Verdict::MayAppear) {
            let keys = reasons.entry(format!("{}{}", pane.reason(), code(pane, named))).or_default();
            if !keys.contains(&key.as_str()) {
                keys.push(key.as_str());
            }
        }
        let cells = row.iter().zip(&widths).map(|(pane, width)| format!("  {}", painted(style, pane, *width)));
        let room = WIDTH.saturating_sub(KEY + 4 + columns);
        let title = if room > 8 { first(key.title().unwrap_or_default(), room - 1) } else { String::new() };
        line(&mut out, &format!("  {:KEY$}{}  {title}", key.as_str(), cells.collect::<String>()));
    }
    unknown(&mut out, previews.first().into_iter().flat_map(Preview::unknown));
    not_there(&mut out, hidden);
    for (preview, doubt) in previews.iter().filter_map(|preview| Some((preview, preview.target().doubt()?))) {
        line(&mut out, &format!("  {}: {doubt}", header(preview)));
    }
    for (reason, keys) in reasons {
        line(&mut out, &format!("  may appear: {}", wrapped(&format!("{reason}: {}", keys.join(", ")), 14)));
    }
    out
}
