//! Times as Apple writes them.

use chrono::{DateTime, Datelike, Timelike, Utc};
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
