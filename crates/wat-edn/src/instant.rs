//! Points of time as `#inst` holds them: RFC 3339 and its beginnings.
//!
//! Days are turned into dates and back by Howard Hinnant's algorithms for the proleptic Gregorian calendar
//! (`days_from_civil`, `civil_from_days`).

use crate::duration::{format_fraction, parse_fraction};
use crate::error::LiteralError;

/// A point of time between the years 0000 and 9999, exact to the nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    seconds: i64,
    nanos: u32,
}

const DAY: i64 = 86_400;
/// 0000-01-01 and 10000-01-01, in seconds from 1970.
const FIRST: i64 = -62_167_219_200;
const END: i64 = 253_402_300_800;

impl Instant {
    /// Seconds from 1970-01-01T00:00:00Z and the nanoseconds after them.
    pub fn from_unix(seconds: i64, nanos: u32) -> Option<Instant> {
        ((FIRST..END).contains(&seconds) && nanos < 1_000_000_000).then_some(Instant { seconds, nanos })
    }

    /// Nanoseconds from 1970-01-01T00:00:00Z: the years 1677 to 2262.
    pub fn from_nanos(nanos: i64) -> Instant {
        let second = 1_000_000_000;
        Instant { seconds: nanos.div_euclid(second), nanos: nanos.rem_euclid(second) as u32 }
    }

    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds after [`Instant::seconds`].
    pub fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// Nanoseconds from 1970-01-01T00:00:00Z, if an i64 holds them.
    pub fn to_nanos(self) -> Option<i64> {
        i64::try_from(i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)).ok()
    }

    /// `2024-01-02T03:04:05.678Z`, an offset `±hh:mm` instead of `Z`, or any beginning of it that ends with a field;
    /// without an offset it is UTC.
    pub fn parse(text: &str) -> Result<Instant, LiteralError> {
        let mut fields = Fields { rest: text };
        let year = fields.digits(4)?;
        let [mut month, mut day, mut hour, mut minute, mut second] = [1, 1, 0, 0, 0];
        let (mut nanos, mut offset) = (0, 0);
        // Each field may be absent with all the finer ones; an offset follows a time.
        if fields.take(b'-') {
            month = fields.digits(2)?;
            if fields.take(b'-') {
                day = fields.digits(2)?;
                if fields.take(b'T') {
                    hour = fields.digits(2)?;
                    if fields.take(b':') {
                        minute = fields.digits(2)?;
                        if fields.take(b':') {
                            second = fields.digits(2)?;
                            nanos = fields.fraction()?;
                        }
                    }
                    offset = fields.offset()?;
                }
            }
        }
        if !fields.rest.is_empty() {
            return Err(LiteralError::Malformed);
        }
        let valid = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !valid {
            return Err(LiteralError::OutOfRange);
        }
        let seconds = days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        Instant::from_unix(seconds, nanos).ok_or(LiteralError::OutOfRange)
    }

    /// Appends RFC 3339 text in UTC with `Z`, its fraction without trailing zeros.
    pub fn format(self, out: &mut Vec<u8>) {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(DAY));
        let time = self.seconds.rem_euclid(DAY);
        for (value, width, before) in [
            (year, 4, None),
            (month, 2, Some(b'-')),
            (day, 2, Some(b'-')),
            (time / 3600, 2, Some(b'T')),
            (time / 60 % 60, 2, Some(b':')),
            (time % 60, 2, Some(b':')),
        ] {
            out.extend(before);
            for place in (0..width).rev() {
                out.push(b'0' + (value / 10i64.pow(place) % 10) as u8);
            }
        }
        format_fraction(self.nanos, out);
        out.push(b'Z');
    }
}

/// What is left of the text.
struct Fields<'a> {
    rest: &'a str,
}

impl Fields<'_> {
    fn digits(&mut self, count: usize) -> Result<i64, LiteralError> {
        let digits = self.rest.get(..count).filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let value = digits.and_then(|d| d.parse().ok()).ok_or(LiteralError::Malformed)?;
        self.rest = &self.rest[count..];
        Ok(value)
    }

    fn take(&mut self, mark: u8) -> bool {
        let rest = self.rest.strip_prefix(char::from(mark));
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn fraction(&mut self) -> Result<u32, LiteralError> {
        if !self.take(b'.') {
            return Ok(0);
        }
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        parse_fraction(digits)
    }

    /// Seconds east of UTC.
    fn offset(&mut self) -> Result<i64, LiteralError> {
        let sign = if self.take(b'Z') {
            return Ok(0);
        } else if self.take(b'+') {
            1
        } else if self.take(b'-') {
            -1
        } else {
            return Ok(0);
        };
        let hours = self.digits(2)?;
        if !self.take(b':') {
            return Err(LiteralError::Malformed);
        }
        let minutes = self.digits(2)?;
        if hours > 23 || minutes > 59 {
            return Err(LiteralError::OutOfRange);
        }
        Ok(sign * (hours * 3600 + minutes * 60))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Result<String, LiteralError> {
        let mut out = Vec::new();
        Instant::parse(text)?.format(&mut out);
        Ok(String::from_utf8(out).expect("ascii"))
    }

    #[test]
    fn reads_beginnings_and_offsets() {
        for (text, full) in [
            ("2024", "2024-01-01T00:00:00Z"),
            ("2024-02", "2024-02-01T00:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("2024-01-02T03", "2024-01-02T03:00:00Z"),
            ("2024-01-02T03:04+01:00", "2024-01-02T02:04:00Z"),
            ("2024-01-02T03:04:05.678-00:00", "2024-01-02T03:04:05.678Z"),
            ("1969-12-31T23:59:59.123456789Z", "1969-12-31T23:59:59.123456789Z"),
            ("2024-01-01T00:30:00.5+01:00", "2023-12-31T23:30:00.5Z"),
            ("0000-01-01", "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(canonical(text).as_deref(), Ok(full), "{text}");
        }
        assert_eq!(Instant::parse("1970").map(Instant::to_nanos), Ok(Some(0)));
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "24",
            "2024-1-2",
            "2024T03",
            "2024-01-02Z",
            "2024-01-02 03:04:05Z",
            "2024-01-02t03:04:05z",
            "2024-01-02T03:04:05.Z",
            "2024-01-02T03:04:05+0100",
            "2024-01-02T03:04:05ZZ",
            "２024-01-02",
            "+2024",
        ] {
            assert_eq!(canonical(text), Err(LiteralError::Malformed), "{text}");
        }
        for text in [
            "2024-13-45",
            "2023-02-29",
            "2024-01-00",
            "2024-01-01T24:00:00Z",
            "2016-12-31T23:59:60Z",
            "2024-01-01T00:00:00.1234567891Z",
            "0000-01-01T00:00:00+01:00",
            "2024-01-01T00:00:00+24:00",
        ] {
            assert_eq!(canonical(text), Err(LiteralError::OutOfRange), "{text}");
        }
    }

    #[test]
    fn days_and_dates_agree() {
        for days in (FIRST / DAY..END / DAY).step_by(97) {
            let (year, month, day) = civil_from_days(days);
            assert!((1..=days_in_month(year, month)).contains(&day));
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn nanoseconds_round_trip() {
        for nanos in [0, 1, -1, i64::MAX, i64::MIN, 1_704_164_645_678_000_000] {
            let instant = Instant::from_nanos(nanos);
            assert_eq!(instant.to_nanos(), Some(nanos));
            let mut out = Vec::new();
            instant.format(&mut out);
            assert_eq!(Instant::parse(std::str::from_utf8(&out).expect("ascii")), Ok(instant));
        }
    }
}
