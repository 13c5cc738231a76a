//! Times as settings of PostgreSQL have them (its documentation, "Parameter Names and Values").

use std::time::Duration;

/// The time that a setting like `statement_timeout` is given as: a number with one of `us`, `ms`, `s`, `min`, `h` and `d`
/// behind it, or of milliseconds. What is more than nothing is a millisecond at the least.
///
/// `None` for what is no such time, and for numbers in octal, hexadecimal or scientific notation, which PostgreSQL takes too.
pub fn time_setting(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let is_octal = number.len() > 1 && number.starts_with('0') && !number.starts_with("0.");
    let seconds = match unit.trim_start() {
        "us" => 0.000_001,
        "" | "ms" => 0.001,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let number: f64 = Some(number).filter(|_| !is_octal)?.parse().ok()?;
    let time = Duration::try_from_secs_f64(number * seconds).ok()?;
    // PostgreSQL's largest number.
    (time.as_millis() <= 2_147_483_647).then(|| if time.is_zero() { time } else { time.max(Duration::from_millis(1)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, milliseconds: impl Into<Option<u64>>) {
        assert_eq!(time_setting(text), milliseconds.into().map(Duration::from_millis), "{text}");
    }

    #[test]
    fn times_are_read_as_postgresql_reads_them() {
        check("5s", 5_000);
        check("250", 250);
        check("0", 0);
        check(" 1.5 min ", 90_000);
        check("2h", 7_200_000);
        check("1d", 86_400_000);
        check("0.1s", 100);
        check("0s", 0);
        check("10us", 1);
        for wrong in ["", "s", "5 seconds", "5S", "-1", "010", "0x10", "1e3", "1.2.3s", "30d", "five"] {
            check(wrong, None);
        }
    }
}
