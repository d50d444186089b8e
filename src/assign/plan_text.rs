//! A plan for people.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::approved::ApprovedPlan;
use super::plan::{AssignmentPlan, PlanGroup};
use crate::id::SerialNumber;

const WIDTH: usize = 100;
/// How many serial numbers are shown where somebody has to look at them.
const SHOWN: usize = 5;

/// For people: by profile, with counts and reasons, in lines of at most 100 columns. What waits for a decision is marked `!`.
impl fmt::Display for AssignmentPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open: usize = self.open_hazards().map(|group| group.devices.len()).sum();
        let assigned: usize = self.groups.iter().filter(|group| group.is_carried_out()).map(|g| g.devices.len()).sum();
        let withheld = self.devices().saturating_sub(open).saturating_sub(assigned);
        write!(f, "{} given a profile", devices(assigned))?;
        for (count, what) in [(open, "waiting for a decision"), (withheld, "withheld")] {
            if count > 0 {
                write!(f, ", {} {what}", thousands(count))?;
            }
        }
        writeln!(f)?;

        let mut by_profile: BTreeMap<_, Vec<&PlanGroup>> = BTreeMap::new();
        for group in &self.groups {
            by_profile.entry((&group.profile, &group.profile_uuid)).or_default().push(group);
        }
        for ((profile, uuid), groups) in by_profile {
            line(f, &format!("  {} ({uuid})", cut(profile.as_str(), 56)))?;
            for group in groups {
                show(f, group)?;
            }
        }
        if !self.no_profile.is_empty() {
            let count = thousands(self.no_profile.len());
            line(f, &format!("  no profile, and no rule gives them one: {count}, which cannot enroll"))?;
            serials(f, &self.no_profile)?;
        }
        let left = [
            (self.unchanged, "as they should be"),
            (self.not_covered, "with a profile, and in no rule"),
            (self.filtered, "left out by the filter"),
            (self.not_here, "not on this server"),
        ];
        let left = left.iter().filter(|(count, _)| *count > 0).map(|(count, what)| {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            format!("{} {what}", thousands(count))
        });
        let left: Vec<String> = left.collect();
        if left.is_empty() { Ok(()) } else { line(f, &format!("  left alone: {}", left.join("; "))) }
    }
}

impl fmt::Display for ApprovedPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan().fmt(f)
    }
}

fn show(f: &mut fmt::Formatter<'_>, group: &PlanGroup) -> fmt::Result {
    let mark = if group.is_open() { '!' } else { ' ' };
    let withheld = if group.is_open() || group.is_carried_out() { "" } else { "; withheld" };
    let count = thousands(group.devices.len());
    let effect = group.effect.to_string();
    // What is cut is the rule's name; the effect and what was decided are always there.
    let room = WIDTH.saturating_sub(16).saturating_sub(effect.len()).saturating_sub(withheld.len());
    line(f, &format!("  {mark} {count:>8}  {}; {effect}{withheld}", cut(&group.reason.to_string(), room)))?;
    for hazard in &group.hazards {
        line(f, &format!("              {hazard}"))?;
    }
    if group.hazards.is_empty() { Ok(()) } else { serials(f, &group.devices) }
}

fn serials(f: &mut fmt::Formatter<'_>, serials: &BTreeSet<SerialNumber>) -> fmt::Result {
    let shown: Vec<&str> = serials.iter().take(SHOWN).map(SerialNumber::as_str).collect();
    let more = match serials.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {} more", thousands(more)),
    };
    line(f, &format!("              {}{more}", cut(&shown.join(", "), WIDTH.saturating_sub(14 + more.len()))))
}

fn line(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    writeln!(f, "{}", cut(text, WIDTH))
}

/// At most so many characters, none of them a control character.
fn cut(text: &str, most: usize) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= most {
        return plain.collect();
    }
    plain.take(most.saturating_sub(1)).chain(['…']).collect()
}

fn devices(count: usize) -> String {
    format!("{} {}", thousands(count), if count == 1 { "device is" } else { "devices are" })
}

/// With a comma between thousands.
fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && digits.len().saturating_sub(place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
