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
        && !address.contains("=?")
        // What nobody sees makes two accounts look like one.
        && !address.chars().any(is_invisible);
    // Where no mail can go there is nobody to prove it.
    let is_mailable = address.parse::<lettre::Address>().is_ok();
    if has_form && is_plain && is_mailable && address.chars().count() <= LONGEST {
        return Ok(address);
    }
    Err(AuthError::invalid("Unable to validate email address: invalid format"))
}

/// Characters that take no room or turn the text around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
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
        // The sign of the unit kelvin is a k in small letters, and so the account of the k.
        check("\u{212a}im@example.org", Some("kim@example.org"));
        check("müller@münchen.example", Some("müller@münchen.example"));
        for invisible in ["\u{200b}", "\u{202e}", "\u{feff}", "\u{ad}", "\u{2060}", "\u{e0041}"] {
            check(&format!("ada{invisible}@example.org"), None);
        }
        check("ada", None);
        check("@example.org", None);
        check("ada@", None);
        check("ada@b@c", None);
        check("ada@b..c", None);
        check("ada..x@example.org", None);
        check("ada@example.org\nBcc: all@example.org", None);
        check("ada@example.org, ben@example.org", None);
        check("Ada <ada@example.org>", None);
        check("=?utf-8?q?ada=0d=0abcc:all?=@example.org", None);
        check(&format!("{}@example.org", "x".repeat(250)), None);
    }
}
