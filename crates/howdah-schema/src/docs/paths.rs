//! Names as parts of paths and anchors.
//!
//! A name of PostgreSQL may hold anything, and two names may differ in nothing but the case of a letter; a file system may
//! refuse the one and mix up the other. So a name is written with `a-z`, `0-9`, `_` and `-` as they are, and everything else
//! behind a `~`, which file systems take and URLs leave alone. Different names have different slugs.

use crate::QualifiedName;
use crate::catalog::Signature;
use std::fmt::Write as _;

/// A longer slug is written in the dense form, so that a schema's and a table's together fit into a file's name.
const MAX_READABLE: usize = 96;
/// More bytes than any name has: a list of argument types, or a tag's word.
const MAX_DENSE: usize = 126;

/// What Windows takes for a device whatever follows after a dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A name in letters that file systems, URLs and anchors take as they are, distinct even where case is ignored.
///
/// `a-z`, `0-9`, `_` and `-` stay; an upper-case letter is `~` and the small one, any other ASCII character `~` and its two
/// hexadecimal digits, and what is beyond ASCII `~8` and its code point in base 36, four digits. A slug that would be long
/// is `~~` and base 32 instead. Never holds a dot.
pub fn slug(name: &str) -> String {
    if name.is_empty() {
        // No name of PostgreSQL is empty, but a list of arguments may be.
        return "~".to_owned();
    }
    let mut slug = String::with_capacity(name.len());
    let escape_first = is_device(name);
    for (at, c) in name.chars().enumerate() {
        match c {
            'a'..='z' | '0'..='9' | '_' | '-' if !(at == 0 && escape_first) => slug.push(c),
            'A'..='Z' => slug.extend(['~', c.to_ascii_lowercase()]),
            c if c.is_ascii() => _ = write!(slug, "~{:02x}", u32::from(c)),
            c => {
                slug.push_str("~8");
                let digits = [36 * 36 * 36, 36 * 36, 36, 1].map(|unit| u32::from(c) / unit % 36);
                slug.extend(digits.into_iter().filter_map(|digit| char::from_digit(digit, 36)));
            }
        }
    }
    match (slug.len(), name.len()) {
        (..=MAX_READABLE, _) => slug,
        (_, ..=MAX_DENSE) => format!("~~{}", base32(name.as_bytes())),
        _ => format!("~~~{:032x}", fnv(name.as_bytes())),
    }
}

/// A table's page, without an extension: `tables/public.tasks`.
pub fn table_path(name: &QualifiedName) -> String {
    format!("tables/{}", qualified_slug(name))
}

/// A view's page, without an extension: `views/public.open_tasks`.
pub fn view_path(name: &QualifiedName) -> String {
    format!("views/{}", qualified_slug(name))
}

/// Both parts' slugs, joined by a dot, which neither holds.
pub(super) fn qualified_slug(name: &QualifiedName) -> String {
    format!("{}.{}", slug(&name.schema), slug(&name.name))
}

/// A function's anchor: its name, and its arguments if it has any.
pub(super) fn signature_slug(signature: &Signature) -> String {
    if signature.arguments.is_empty() {
        return qualified_slug(&signature.name);
    }
    format!("{}.{}", qualified_slug(&signature.name), slug(&signature.arguments))
}

fn is_device(name: &str) -> bool {
    let numbered = |name: &str| match name.strip_prefix("com").or_else(|| name.strip_prefix("lpt")) {
        Some(number) => matches!(number.as_bytes(), [b'0'..=b'9']),
        None => false,
    };
    DEVICES.contains(&name) || numbered(name)
}

/// Five bits a letter, the last one filled up with zeros.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let mut push = |bits: u32| text.extend(char::from_digit(bits & 31, 32));
    let (mut held, mut count) = (0u32, 0);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            push(held >> count);
        }
        held &= (1 << count) - 1;
    }
    if count > 0 {
        push(held << (5 - count));
    }
    text
}

/// FNV-1a of 128 bits.
fn fnv(bytes: &[u8]) -> u128 {
    let start = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
    bytes
        .iter()
        .fold(start, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_like_the_name() {
        for (name, expected) in [
            ("tasks", "tasks"),
            ("_x-9", "_x-9"),
            ("MyTable", "~my~table"),
            ("a.b c", "a~2eb~20c"),
            ("~", "~7e"),
            ("ü", "~80070"),
            ("../x", "~2e~2e~2fx"),
            ("con", "~63on"),
            ("com1", "~63om1"),
            ("icon", "icon"),
            ("<script>", "~3cscript~3e"),
        ] {
            assert_eq!(slug(name), expected);
        }
        assert_eq!(table_path(&QualifiedName::new("Pub.lic", "tasks")), "tables/~pub~2elic.tasks");
    }

    #[test]
    fn the_longest_names_fit_into_a_file_name() {
        for name in ["X".repeat(63), "ü".repeat(31), "🦀".repeat(15), "\"".repeat(63), "a".repeat(63)] {
            let file = format!("{}.html", qualified_slug(&QualifiedName::new(name.clone(), name)));
            assert!(file.len() <= 255, "{} {file}", file.len());
        }
        assert_eq!(slug(&"a".repeat(63)), "a".repeat(63));
        assert!(slug(&"integer, ".repeat(99)).len() < 40);
    }

    proptest! {
        #[test]
        fn different_names_have_different_slugs(one in "\\PC{1,40}|[a-zA-Z~.]{1,63}", other in "\\PC{1,40}|[a-zA-Z~.]{1,63}") {
            let (a, b) = (slug(&one), slug(&other));
            prop_assert_eq!(one == other, a == b);
            prop_assert!(a.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-' | '~')));
        }
    }

    #[test]
    fn case_and_length_tell_names_apart() {
        let names = ["a", "A", "~a", "aa", "AA", "aA", "\0", "~~a", "con", "Con", "~63on"].map(str::to_owned);
        let long = (1..=40).flat_map(|n| ["X".repeat(n), "x".repeat(n), "é".repeat(n)]);
        let all: Vec<String> = names.into_iter().chain(long).collect();
        let slugs: std::collections::BTreeSet<String> = all.iter().map(|name| slug(name)).collect();
        assert_eq!(slugs.len(), all.len());
    }
}
