//! Lengths of time on the command line: `90s`, `30m`, `24h`, `7d`, `never`.

use std::str::FromStr;
use std::time::Duration;

/// A length of time, or no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span(pub(super) Option<Duration>);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(None));
        }
        length(text).map(|length| Self(Some(length)))
    }
}

/// A length of time that has an end.
pub(super) fn length(text: &str) -> Result<Duration, String> {
    let unit = |unit: char| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3600),
        'd' => Some(24 * 3600),
        _ => None,
    };
    let seconds = text.chars().last().and_then(unit).and_then(|seconds| {
        let number: u64 = text[..text.len() - 1].parse().ok()?;
        number.checked_mul(seconds).filter(|seconds| *seconds <= 100 * 366 * 24 * 3600)
    });
    seconds.map(Duration::from_secs).ok_or_else(|| "write a number and s, m, h or d, such as 24h or 90d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, seconds) in [
            ("0s", Some(0)),
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("24h", Some(86_400)),
            ("90d", Some(7_776_000)),
            ("", None),
            ("5", None),
            ("d", None),
            ("-5d", None),
            ("1.5h", None),
            ("5ä", None),
            ("99999999999999999999d", None),
            ("999999d", None),
        ] {
            assert_eq!(length(text).ok(), seconds.map(Duration::from_secs), "{text}");
        }
        assert_eq!("never".parse(), Ok(Span(None)));
        assert_eq!("1m".parse(), Ok(Span(Some(Duration::from_secs(60)))));
    }
}
