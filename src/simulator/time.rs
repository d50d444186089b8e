//! Times as Apple writes them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Serialize, Serializer};

/// `YYYY-MM-DDThh:mm:ssZ`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Iso(pub(super) DateTime<Utc>);

impl Iso {
    pub(super) fn text(self) -> String {
        let time = self.0.naive_utc().time();
        let mut out = self.date();
        out.push('T');
        pair(&mut out, time.hour());
        out.push(':');
        pair(&mut out, time.minute());
        out.push(':');
        pair(&mut out, time.second());
        out.push('Z');
        out
    }

    /// `YYYY-MM-DD`.
    pub(super) fn date(self) -> String {
        let mut out = String::with_capacity(20);
        let date = self.0.naive_utc().date();
        let year = u32::try_from(date.year()).unwrap_or(0);
        pair(&mut out, year / 100);
        pair(&mut out, year % 100);
        out.push('-');
        pair(&mut out, date.month());
        out.push('-');
        pair(&mut out, date.day());
        out
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// The `Date` header of HTTP.
pub(super) fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn pair(out: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        out.extend(char::from_digit(digit, 10));
    }
}

#[cfg(test)]
mod tests {
    use super::{Iso, http_date};

    #[test]
    fn times_are_written_as_chrono_writes_them() {
        for text in ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z", "2026-11-22T08:07:06Z"] {
            let at = text.parse().unwrap();
            assert_eq!(Iso(at).text(), text);
            assert_eq!(Iso(at).date(), text[..10]);
        }
        // RFC 9110, 5.6.7.
        assert_eq!(http_date("1994-11-06T08:49:37Z".parse().unwrap()), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
