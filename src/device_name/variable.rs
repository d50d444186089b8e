//! The variables of a template.

use std::fmt;

/// A variable of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Variable {
    /// `{{DEVICETYPE}}`: the kind of the device.
    DeviceType,
    /// `{{SERIAL}}`: its serial number.
    Serial,
}

impl Variable {
    /// All of them.
    pub const ALL: &[Self] = &[Self::DeviceType, Self::Serial];

    /// The variable as it is written in a template.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeviceType => "{{DEVICETYPE}}",
            Self::Serial => "{{SERIAL}}",
        }
    }

    /// The name between the braces.
    fn name(self) -> &'static str {
        match self {
            Self::DeviceType => "DEVICETYPE",
            Self::Serial => "SERIAL",
        }
    }

    /// The variable of this name, exactly.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|variable| variable.name() == name)
    }

    /// The variable that this name was probably meant to be. The name is at most as long as a template.
    pub(super) fn closest(name: &str) -> Option<Self> {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        let alike = |variable: &Self| match variable {
            Self::Serial => name.contains("SERIAL") || name == "SN",
            Self::DeviceType => name.contains("TYPE") || name.contains("MODEL"),
        };
        let near = |variable: &Self| distance(&name, variable.name()) <= 2;
        Self::ALL.iter().copied().find(alike).or_else(|| Self::ALL.iter().copied().find(near))
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many letters have to be changed, put in or taken out.
fn distance(from: &str, to: &str) -> usize {
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (done, letter) in from.chars().enumerate() {
        let mut left = done + 1;
        let mut row = vec![left];
        for (pair, expected) in last.windows(2).zip(to.chars()) {
            let [before, above] = pair else { continue };
            left = (before + usize::from(letter != expected)).min(above + 1).min(left + 1);
            row.push(left);
        }
        last = row;
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances() {
        for (from, to, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("SERAIL", "SERIAL", 2), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(from, to), expected, "{from:?} to {to:?}");
        }
    }
}
