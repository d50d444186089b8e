//! Serial numbers in a file of a spreadsheet.

use std::collections::BTreeSet;

use super::selection::SelectorError;
use crate::id::SerialNumber;

/// The serial numbers of a file; see [`DeviceSelector::csv`](super::DeviceSelector::csv).
pub(super) fn serials(text: &str) -> Result<BTreeSet<SerialNumber>, SelectorError> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    // Spreadsheets say in a first line what parts the columns.
    let is_told = |line: &str| line.trim().is_empty() || line.trim_start().to_lowercase().starts_with("sep=");
    let rows: Vec<(usize, Vec<String>)> =
        lines.filter(|(_, line)| !is_told(line)).map(|(place, line)| (place.saturating_add(1), cells(line))).collect();
    let heading = rows.first().map(|(_, cells)| cells.as_slice()).unwrap_or_default();
    let found = heading
        .iter()
        .position(|cell| cell.to_lowercase().contains("serial"))
        .or_else(|| heading.iter().position(|cell| is_heading(cell)));
    let (column, skipped) = (found.unwrap_or(0), usize::from(found.is_some()));
    let cell = |cells: &[String]| cells.get(column).cloned().unwrap_or_default();
    if found.is_none() {
        let is_word = |text: &str| text.contains(|c: char| c.is_lowercase() || c.is_whitespace());
        let others = || rows.iter().skip(1).map(|(_, cells)| cell(cells));
        let is_wide = rows.iter().any(|(_, cells)| cells.iter().filter(|cell| !cell.is_empty()).count() > 1);
        let first = cell(heading);
        let has_no_digit = !first.contains(|c: char| c.is_ascii_digit()) && (is_wide || first.len() < 8);
        let is_odd = is_word(&first) && !others().any(|text| is_word(&text));
        if others().next().is_some() && (has_no_digit || is_odd) {
            return Err(SelectorError::Heading { found: heading.join(", ") });
        }
    }
    let mut serials = BTreeSet::new();
    for (line, cells) in rows.iter().skip(skipped) {
        let text = cell(cells);
        if text.is_empty() && cells.iter().all(String::is_empty) {
            continue;
        }
        serials.insert(text.parse().map_err(|error| SelectorError::Line { line: *line, error })?);
    }
    Ok(serials)
}

/// The cells of a line. What parts columns does not within quotation marks.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match (c, cells.last_mut()) {
            ('"', _) => is_quoted = !is_quoted,
            (',' | ';' | '\t', _) if !is_quoted => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

fn is_heading(cell: &str) -> bool {
    let cell = cell.to_lowercase();
    ["serien", "serie", "série"].iter().any(|word| cell.contains(word)) || ["sn", "s/n"].contains(&cell.as_str())
}
