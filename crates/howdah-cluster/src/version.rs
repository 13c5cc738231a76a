//! PostgreSQL's version numbers, as its own programs print them.

use std::fmt;

/// The oldest major version Howdah works with.
pub const OLDEST_MAJOR: u16 = 14;

/// A version such as 15.18, 18beta1 or 19devel.
///
/// Ordered by what one would rather use: any release stands above any pre-release of the same or a newer major, because
/// nobody who has both wants their data under the beta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PgVersion {
    /// 14, 15, … (since PostgreSQL 10 the first number alone).
    pub major: u16,
    /// The second number; 0 for a pre-release.
    pub minor: u16,
    /// True for devel, alpha, beta and rc.
    pub prerelease: bool,
}

impl PgVersion {
    /// A released version.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor, prerelease: false }
    }

    /// Reads the output of `postgres --version` (`postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`) or a bare
    /// version (`18beta1`). `None` where no version stands in it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.rsplit_once("(PostgreSQL)").map_or(text, |(_, after)| after).trim();
        let major_digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (major, rest) = text.split_at(major_digits);
        let major = major.parse().ok()?;
        if let Some(rest) = rest.strip_prefix('.') {
            let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
            return Some(Self::new(major, minor.parse().ok()?));
        }
        let prerelease = ["devel", "alpha", "beta", "rc"].iter().any(|tag| rest.starts_with(tag));
        Some(Self { major, minor: 0, prerelease })
    }
}

impl Ord for PgVersion {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |v: &Self| (!v.prerelease, v.major, v.minor);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for PgVersion {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for PgVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prerelease {
            write!(f, "{} (pre-release)", self.major)
        } else {
            write!(f, "{}.{}", self.major, self.minor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_postgres_prints() {
        let check = |text, expect: Option<(u16, u16, bool)>| {
            let got = PgVersion::parse(text).map(|v| (v.major, v.minor, v.prerelease));
            assert_eq!(got, expect, "{text}");
        };
        check("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some((15, 18, false)));
        check("postgres (PostgreSQL) 17.10", Some((17, 10, false)));
        check("postgres (PostgreSQL) 18beta1", Some((18, 0, true)));
        check("postgres (PostgreSQL) 19devel", Some((19, 0, true)));
        check("postgres (PostgreSQL) 18rc1 (Ubuntu 18~rc1-1.pgdg24.04+1)", Some((18, 0, true)));
        check("15", Some((15, 0, false)));
        check("9.6.24", Some((9, 6, false)));
        check("bash: postgres: not found", None);
        check("", None);
    }

    #[test]
    fn a_release_is_preferred_to_a_newer_beta() {
        let mut versions: Vec<_> =
            ["15.3", "19beta1", "18.1", "14.22", "18.0"].iter().filter_map(|v| PgVersion::parse(v)).collect();
        versions.sort();
        let names: Vec<_> = versions.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["19 (pre-release)", "14.22", "15.3", "18.0", "18.1"]);
    }
}
