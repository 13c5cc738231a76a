//! Addresses, once more before they become a header of a mail.

use lettre::Address;

use crate::error::AuthError;

/// What the library takes for an address, and holds nothing that a header, an envelope or a reader could take for more
/// than one: no white space, no control characters, no display name, no comment, no group, no route, no encoded word.
///
/// # Errors
/// 400 for anything else.
pub(super) fn checked(address: &str) -> Result<Address, AuthError> {
    let is_plain = !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"(),:;\\[]".contains(c));
    let parsed = address.parse::<Address>().ok().filter(|_| is_plain && !address.contains("=?"));
    parsed.ok_or_else(|| AuthError::invalid("this is no address that mail can be sent to"))
}

#[cfg(test)]
mod tests {
    fn check(address: &str, is_taken: bool) {
        assert_eq!(super::checked(address).is_ok(), is_taken, "{address:?}");
    }

    #[test]
    fn nothing_gets_into_a_header() {
        check("ada@example.org", true);
        check("ada+lovelace@sub.example.org", true);
        check("o'hara@example.org", true);
        for address in [
            "ada@example.org\r\nBcc: all@example.org",
            "ada@example.org\nBcc: all@example.org",
            "ada@example.org\rBcc: all@example.org",
            "ada\r\nBcc: all@example.org",
            "ada@example.org\0",
            "ada@example.org ben@example.org",
            "ada@example.org,ben@example.org",
            "ada@example.org;ben@example.org",
            "Ada <ada@example.org>",
            "<ada@example.org>",
            "\"Ada\" <ada@example.org>",
            "\"ada\"@example.org",
            "ada(comment)@example.org",
            "group: ada@example.org;",
            "@relay.test:ada@example.org",
            "=?utf-8?q?ada=0d=0aBcc:_all=40example.org?=@example.org",
            "=?utf-8?b?YWRh?=@example.org",
            "ada@=?utf-8?q?example=2eorg?=",
            "ada\u{2028}@example.org",
            "ada\u{85}@example.org",
            "",
            "@",
            "ada@",
        ] {
            check(address, false);
        }
    }
}
