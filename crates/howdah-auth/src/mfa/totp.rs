//! Time-based one-time passwords (RFC 6238 over RFC 4226), as all authenticator apps make them: HMAC-SHA-1, steps of 30
//! seconds, six digits.
//!
//! A code of the step before and the step after counts too (RFC 6238, 5.2): clocks differ, and people take their time.

use rand::Rng;
use ring::hmac;

/// In seconds.
pub(super) const STEP: u64 = 30;
/// Of a code.
pub(super) const DIGITS: usize = 6;
/// Random bytes of a secret: as long as what HMAC-SHA-1 gives (RFC 4226, 4), 160 bits.
pub(super) const SECRET_BYTES: usize = 20;

/// A new secret.
pub(super) fn new_secret() -> [u8; SECRET_BYTES] {
    let mut secret = [0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut secret);
    secret
}

/// The step at `now`, in seconds since 1970.
pub(super) fn step_at(now: u64) -> u64 {
    now / STEP
}

/// The step whose code `typed` is, among the three that count around `now`; `None` for a wrong one. White space is not
/// looked at: apps show codes in two groups.
pub(super) fn matching_step(secret: &[u8], typed: &str, now: u64) -> Option<u64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let is_possible = typed.len() == DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit());
    let typed: u32 = typed.parse().ok().filter(|_| is_possible)?;
    let current = step_at(now);
    let steps = current.saturating_sub(1)..=current + 1;
    // All of them, so that how long it takes does not tell which.
    steps.fold(None, |found, step| if code(secret, step) == typed { Some(step) } else { found })
}

/// The code of a step, as a number of at most six digits.
pub(super) fn code(secret: &[u8], step: u64) -> u32 {
    truncated(secret, step) % 10_u32.pow(DIGITS as u32)
}

/// RFC 4226, 5.3: 31 bits of the HMAC, from where its last four bits say.
fn truncated(secret: &[u8], counter: u64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &counter.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or_default() & 0xf);
    let chosen = bytes.iter().skip(at).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    chosen & 0x7fff_ffff
}

/// RFC 4648's base32 without padding, which is how people type secrets into an app.
pub(super) fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let letter = |chunk: &[u8], at: usize| {
        let bit = |n: usize| chunk.get(n / 8).map_or(0, |byte| usize::from(byte >> (7 - n % 8) & 1));
        char::from(ALPHABET[(at * 5..at * 5 + 5).fold(0, |letter, n| letter << 1 | bit(n))])
    };
    bytes.chunks(5).flat_map(|chunk| (0..(chunk.len() * 8).div_ceil(5)).map(move |at| letter(chunk, at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of both RFCs' vectors.
    const SECRET: &[u8] = b"12345678901234567890";

    /// RFC 4226, appendix D.
    #[test]
    fn codes_of_rfc_4226() {
        let codes = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (counter, expected) in (0..).zip(codes) {
            assert_eq!(code(SECRET, counter), expected, "{counter}");
        }
        assert_eq!(truncated(SECRET, 0), 0x4c93_cf18);
        assert_eq!(truncated(SECRET, 9), 0x2679_dc69);
    }

    /// RFC 6238, appendix B: eight digits, of which ours are the last six.
    #[test]
    fn codes_of_rfc_6238() {
        for (now, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(SECRET, step_at(now)) % 100_000_000, expected, "{now}");
            let typed = format!("{:06}", expected % 1_000_000);
            assert_eq!(matching_step(SECRET, &typed, now), Some(now / 30), "{now}");
        }
    }

    #[test]
    fn the_steps_beside_count_and_no_others() {
        let now = 1_111_111_109;
        let (typed, own) = (format!("{:06}", code(SECRET, step_at(now))), step_at(now));
        for (later, expected) in [(-61, None), (-30, Some(own)), (0, Some(own)), (30, Some(own)), (61, None)] {
            let then = now.checked_add_signed(later).unwrap();
            assert_eq!(matching_step(SECRET, &typed, then), expected, "{later} s later");
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        let now = 59;
        assert_eq!(matching_step(SECRET, " 287 082\n", now), Some(1));
        for typed in
            ["", "287083", "28708", "0287082", "2870820", "+87082", "-87082", "２８７０８２", "287082\0", "28708a"]
        {
            assert_eq!(matching_step(SECRET, typed, now), None, "{typed}");
        }
    }

    /// RFC 4648, 10, without its padding.
    #[test]
    fn base32_of_rfc_4648() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), expected);
        }
        assert_eq!(base32(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_ne!(new_secret(), new_secret());
    }
}
