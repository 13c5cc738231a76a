//! What a new password must be: long enough, and none of those that are tried first.
//!
//! No rules about kinds of characters, no largest length that anybody would reach, nothing cut off (security requirement
//! 1, OWASP ASVS 6.2). The list holds the 5,000 most common passwords of eight characters and more, in the order of
//! bytes; which they are is a fact that the frequency lists of the package zxcvbn (MIT) state.

use serde_json::json;

use crate::error::{AuthError, ErrorCode};

/// Longer passwords are refused before they are hashed: nobody types them, and hashing is not free. In bytes.
pub(crate) const LONGEST_PASSWORD: usize = 1024;

/// One a line, in small letters, in the order of bytes.
static COMMON: &str = include_str!("common_passwords.txt");

/// Whether `password` may be the new one of the account with this address.
///
/// # Errors
/// 422 `weak_password`, with the reasons that Supabase's clients know.
pub(crate) fn check(password: &str, email: Option<&str>, least: usize) -> Result<(), AuthError> {
    if password.len() > LONGEST_PASSWORD {
        return Err(weak("length", format!("Password should be at most {LONGEST_PASSWORD} bytes.")));
    }
    if password.chars().count() < least {
        return Err(weak("length", format!("Password should be at least {least} characters.")));
    }
    let lower = password.to_lowercase();
    if is_common(&lower) {
        return Err(weak("pwned", "Password is one of the most common ones; choose another.".to_owned()));
    }
    let of_address = |email: &str| {
        let email = email.to_lowercase();
        lower == email || email.split('@').next() == Some(&lower)
    };
    if email.is_some_and(of_address) {
        return Err(weak("characters", "Password should not be the address of the account.".to_owned()));
    }
    Ok(())
}

fn weak(reason: &str, message: String) -> AuthError {
    let details = json!({ "reasons": [reason], "message": message });
    AuthError::new(ErrorCode::WeakPassword, message).with("weak_password", details)
}

/// Looks in the sorted text itself, so that nothing is built at the start.
fn is_common(password: &str) -> bool {
    let (mut low, mut high) = (0, COMMON.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = COMMON[..middle].rfind('\n').map_or(0, |at| at + 1);
        let end = COMMON[middle..].find('\n').map_or(COMMON.len(), |at| middle + at);
        match COMMON[start..end].cmp(password) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str, expected: Result<(), &str>) {
        let email = Some("Grace.Hopper@example.com");
        let reason = super::check(password, email, 8).map_err(|error| {
            let body = format!("{error:?}");
            ["length", "pwned", "characters"]
                .into_iter()
                .find(|reason| body.contains(&format!("\"{reason}\"")))
                .unwrap()
        });
        assert_eq!(reason, expected, "{password}");
    }

    /// Requirement 1 (6.2.1, 6.2.4, 6.2.5, 6.2.9).
    // ASVS 6.2.1 6.2.4 6.2.5 6.2.9
    #[test]
    fn length_and_rarity_are_all_that_counts() {
        check("correct horse", Ok(()));
        check("football", Err("pwned"));
        check("zzqqzzqq", Ok(()));
        check("1726354", Err("length"));
        check("äöüßéèà", Err("length"));
        check("äöüßéèàâ", Ok(()));
        check(&"long enough ".repeat(10), Ok(()));
        check(&"x".repeat(1024), Ok(()));
        check(&"x".repeat(1025), Err("length"));
        check("Password", Err("pwned"));
        check("grace.hopper@EXAMPLE.com", Err("characters"));
        check("grace.hopper", Err("characters"));
    }

    // ASVS 6.2.4
    #[test]
    fn every_common_password_is_found() {
        let all: Vec<_> = COMMON.lines().collect();
        assert!(all.len() >= 3000 && all.is_sorted(), "{}", all.len());
        for password in &all {
            assert!(is_common(password), "{password}");
            assert!(!is_common(&format!("{password}\u{7f}")), "{password}");
        }
        assert!(!is_common("") && !is_common("\u{7f}"));
    }
}
