//! Times as Apple writes them, and as people do.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use serde::{Serialize, Serializer};

/// `YYYY-MM-DDThh:mm:ssZ`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Iso(pub(super) DateTime<Utc>);

impl Iso {
    fn write(self) -> [u8; 20] {
        let (date, time) = (self.0.date_naive(), self.0.time());
        let year = u32::try_from(date.year()).unwrap_or(0);
        let mut out = *b"0000-00-00T00:00:00Z";
        let pairs = [
            (0, year / 100),
            (2, year),
            (5, date.month()),
            (8, date.day()),
            (11, time.hour()),
            (14, time.minute()),
            (17, time.second()),
        ];
        for (at, number) in pairs {
            if let Some([tens, ones]) = out.get_mut(at..at + 2) {
                *tens = digit(number / 10);
                *ones = digit(number);
            }
        }
        out
    }

    pub(super) fn text(self) -> String {
        String::from_utf8_lossy(&self.write()).into_owned()
    }

    /// `YYYY-MM-DD`.
    pub(super) fn date(self) -> String {
        let mut text = self.text();
        text.truncate(10);
        text
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.write()).unwrap_or_default())
    }
}

/// The last digit of a number.
fn digit(number: u32) -> u8 {
    b'0' | u8::try_from(number % 10).unwrap_or(0)
}

/// The `Date` header of HTTP.
pub(super) fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// What [`read`] reads.
pub(super) const FORMS: &str = "+90m, +2h, +1d12h (s, m, h, d, w), or 2026-11-22T08:00:00Z, of the years 1970 to 9999";

/// The last time that can be written.
pub(super) const LAST: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};

/// Whether the year has four digits, as Apple's form wants it.
pub(super) fn is_writable(at: DateTime<Utc>) -> bool {
    (0..=9999).contains(&at.year())
}

/// A time: `2026-11-22T08:00:00Z`, or a span from `start` such as `+2h` or `+1d12h`.
pub(super) fn read(text: &str, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let time = match text.strip_prefix('+') {
        Some(span) => start.checked_add_signed(read_span(span)?)?,
        None => text.parse().ok()?,
    };
    Some(time).filter(|time| (1970..=9999).contains(&time.year()))
}

/// Numbers with units: `1d12h`.
fn read_span(text: &str) -> Option<TimeDelta> {
    let mut total = TimeDelta::zero();
    let mut digits = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let number: i64 = digits.parse().ok()?;
        digits.clear();
        let seconds: i64 = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(&TimeDelta::try_seconds(number.checked_mul(seconds)?)?)?;
    }
    (digits.is_empty() && !text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{Iso, LAST, TimeDelta, http_date, is_writable, read, read_span};

    #[test]
    fn spans() {
        assert_eq!(read_span("1d12h"), Some(TimeDelta::hours(36)));
        assert_eq!(read_span("90m5s"), Some(TimeDelta::seconds(5405)));
        assert_eq!(read_span("2w"), Some(TimeDelta::days(14)));
        for wrong in ["", "2", "h", "2y", "2h3", "-2h", "99999999999999999999h", "9999999999999999h"] {
            assert_eq!(read_span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_of_the_years_1970_to_9999_are_read() {
        let start = "2026-11-22T08:00:00Z".parse().unwrap();
        let text = |text| read(text, start).map(|at| Iso(at).text());
        assert_eq!(text("+1d2h").unwrap(), "2026-11-23T10:00:00Z");
        assert_eq!(text("9999-12-31T23:59:59Z").unwrap(), Iso(LAST).text());
        assert!(is_writable(LAST) && !is_writable(LAST + TimeDelta::seconds(1)));
        for wrong in
            ["+10000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "-0001-01-01T00:00:00Z", "+8000000h", "+99999999h", ""]
        {
            assert_eq!(text(wrong).filter(|_| wrong != "+8000000h"), None, "{wrong}");
        }
    }

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
