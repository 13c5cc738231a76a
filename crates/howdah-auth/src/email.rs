//! Addresses as accounts have them.

use crate::error::AuthError;

/// The longest that the database takes, in characters.
const LONGEST: usize = 255;

/// The address in the form in which it is stored: without white space around it and in small letters. Only its form is
/// checked, and loosely: what proves an address is a mail that arrives.
///
/// # Errors
/// 400 for what cannot be one.
pub(crate) fn normalised(address: &str) -> Result<String, AuthError> {
    let address = address.trim().to_lowercase();
    let has_form = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && !domain.starts_with('.')
    });
    // A line break would become a header of a mail; nothing else of it is anybody's name either.
    let is_plain = !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"(),:;\\[]".contains(c))
        // An encoded word (RFC 2047) may hold either.
        && !address.contains("=?");
    if has_form && is_plain && address.chars().count() <= LONGEST {
        return Ok(address);
    }
    Err(AuthError::invalid("Unable to validate email address: invalid format"))
}

#[cfg(test)]
mod tests {
    fn check(address: &str, expected: Option<&str>) {
        assert_eq!(super::normalised(address).ok().as_deref(), expected, "{address}");
    }

    #[test]
    fn addresses() {
        check(" Ada@Example.ORG ", Some("ada@example.org"));
        check("ada+lovelace@example.org", Some("ada+lovelace@example.org"));
        check("ada@localhost", Some("ada@localhost"));
        check("ada", None);
        check("@example.org", None);
        check("ada@", None);
        check("ada@b@c", None);
        check("ada@example.org\nBcc: all@example.org", None);
        check("ada@example.org, ben@example.org", None);
        check("Ada <ada@example.org>", None);
        check("=?utf-8?q?ada=0d=0abcc:all?=@example.org", None);
        check(&format!("{}@example.org", "x".repeat(250)), None);
    }
}
