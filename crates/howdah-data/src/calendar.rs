//! Days and moments of the proleptic Gregorian calendar, as small as demo data needs them.
//!
//! A date library would bring time zones with a database of its own that changes between versions, and with it the
//! bytes of the demo data. The people of the demo live under the European summer time rule, which fits in ten lines.

use crate::DataError;
use std::fmt;
use std::str::FromStr;

/// A day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A moment in whole seconds since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

/// Seconds in a day.
const DAY: i64 = 86_400;

impl Day {
    /// The day of a year, month (1 to 12) and day of the month, by Howard Hinnant's `days_from_civil`.
    /// A month or day out of range runs over into the next, like a calendar that is counted on.
    #[must_use]
    pub const fn from_ymd(year: i32, month: i32, day: i32) -> Self {
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let mp = (month + 9) % 12;
        let doy = (153 * mp + 2) / 5 + day - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Self(era * 146_097 + doe - 719_468)
    }

    /// Year, month and day of the month.
    #[must_use]
    pub const fn ymd(self) -> (i32, i32, i32) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, doy - (153 * mp + 2) / 5 + 1)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// This many days later (earlier when negative).
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// 0 for Monday to 6 for Sunday.
    #[must_use]
    pub const fn weekday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }

    /// Whether it is a Saturday or a Sunday.
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        self.weekday() >= 5
    }

    /// Midnight UTC plus `seconds`.
    #[must_use]
    pub const fn at_utc(self, seconds: i64) -> Moment {
        Moment(self.0 as i64 * DAY + seconds)
    }

    /// `seconds` after local midnight of this day, where winter time is `winter_offset_min` minutes ahead of UTC and
    /// the European summer time rule holds.
    #[must_use]
    pub const fn at_local(self, winter_offset_min: i32, seconds: i64) -> Moment {
        let winter = Moment(self.at_utc(seconds).0 - winter_offset_min as i64 * 60);
        if winter.is_european_summer() { Moment(winter.0 - 3600) } else { winter }
    }

    /// The last Sunday of a month.
    const fn last_sunday(year: i32, month: i32) -> Self {
        let next = if month == 12 { Self::from_ymd(year + 1, 1, 1) } else { Self::from_ymd(year, month + 1, 1) };
        let last = next.plus(-1);
        last.plus(-((last.weekday() + 1) % 7))
    }
}

impl Moment {
    /// Seconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This many seconds later (earlier when negative).
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    /// The day in UTC.
    #[must_use]
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY) as i32)
    }

    /// Whether Europe is on summer time: from 01:00 UTC of the last Sunday of March to that of October.
    #[must_use]
    pub const fn is_european_summer(self) -> bool {
        let (year, _, _) = self.day().ymd();
        let from = Day::last_sunday(year, 3).at_utc(3600);
        let to = Day::last_sunday(year, 10).at_utc(3600);
        from.0 <= self.0 && self.0 < to.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for Moment {
    /// As PostgreSQL reads it whatever its time zone: `2026-06-30 12:00:00+00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.rem_euclid(DAY);
        write!(f, "{} {:02}:{:02}:{:02}+00", self.day(), seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

impl FromStr for Day {
    type Err = DataError;

    fn from_str(text: &str) -> Result<Self, DataError> {
        let bad = || DataError::BadDay { text: text.chars().take(40).collect() };
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(bad());
        }
        let number = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i32>().ok()).unwrap_or(0);
        let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
        let made = Self::from_ymd(year, month, day);
        // A day that does not exist comes back as another one.
        if year >= 1970 && made.ymd() == (year, month, day) { Ok(made) } else { Err(bad()) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Moment};

    #[test]
    fn days_go_there_and_back() {
        for number in -200_000..200_000 {
            let day = Day(number);
            let (y, m, d) = day.ymd();
            assert_eq!(Day::from_ymd(y, m, d), day);
        }
        assert_eq!(Day::from_ymd(2026, 6, 30).to_string(), "2026-06-30");
        assert_eq!(Day::from_ymd(2026, 6, 30).weekday(), 1, "a Tuesday");
    }

    #[test]
    fn summer_time_starts_and_ends_at_one_utc() {
        let first = Day::from_ymd(2026, 3, 29).at_utc(3600);
        let last = Day::from_ymd(2026, 10, 25).at_utc(3600);
        assert!(!first.plus(-1).is_european_summer() && first.is_european_summer());
        assert!(last.plus(-1).is_european_summer() && !last.is_european_summer());
        assert_eq!(Day::from_ymd(2026, 7, 1).at_local(60, 8 * 3600).to_string(), "2026-07-01 06:00:00+00");
        assert_eq!(Day::from_ymd(2026, 1, 1).at_local(60, 0).to_string(), "2025-12-31 23:00:00+00");
        assert_eq!(Moment(-1).to_string(), "1969-12-31 23:59:59+00");
    }

    #[test]
    fn a_day_is_read_strictly() {
        assert_eq!("2024-02-29".parse::<Day>().unwrap(), Day::from_ymd(2024, 2, 29));
        for bad in ["2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "", "2026-01-01 ", "1969-12-31"] {
            assert_eq!(bad.parse::<Day>().unwrap_err().code(), "demo-bad-day", "{bad}");
        }
    }
}
