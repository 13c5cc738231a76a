//! How wide text is at most, whichever of the named fonts a reader has.
//!
//! A viewer takes Inter and JetBrains Mono if it has them and something else if not, so the widths here are those of the
//! widest fallback in use, DejaVu Sans Bold and DejaVu Sans Mono. Text that the tables cannot judge (other scripts,
//! emoji) is drawn with `textLength`, which makes it exactly as wide as was reckoned.

/// A font that diagrams use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    /// Names of tables and groups.
    Sans,
    /// Columns and types.
    Mono,
}

/// Widths of `space` to `~` in DejaVu Sans Bold, in thousandths of the font's size.
#[rustfmt::skip]
const SANS: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
    696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
    1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
    733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
    500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
    716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];

/// Of every character of a monospaced font.
const MONO: u32 = 610;

/// The width of text in pixels, rounded up.
pub(super) fn width(text: &str, font: Font, size: u32) -> i32 {
    let thousandths: u32 = text.chars().map(|c| advance(c, font)).sum();
    i32::try_from((thousandths * size).div_ceil(1000)).unwrap_or(i32::MAX)
}

/// Whether the tables know every character.
pub(super) fn is_known(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~' | '…' | '→' | '←' | '·' | '\u{a1}'..='\u{17f}'))
}

fn advance(c: char, font: Font) -> u32 {
    match (font, c) {
        (Font::Mono, ' '..='~' | '\u{a1}'..='\u{17f}' | '…') => MONO,
        (Font::Sans, ' '..='~') => {
            let place = usize::try_from(u32::from(c) - u32::from(' ')).unwrap_or_default();
            SANS.get(place).copied().map_or(1000, u32::from)
        }
        (Font::Sans, '·') => 380,
        (Font::Sans, '\u{a1}'..='\u{17f}') => 1100,
        // What modifies the character before it.
        (_, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe0f}') => 0,
        _ => 1000,
    }
}

/// Cuts text that is wider than `room` and puts `…` after it. The second is whether it was cut.
pub(super) fn fit(text: &str, font: Font, size: u32, room: i32) -> (String, bool) {
    if width(text, font, size) <= room {
        return (text.to_owned(), false);
    }
    let mut kept: Vec<char> = text.chars().collect();
    loop {
        // An emoji is not cut in the middle of its parts.
        while kept.pop().is_some_and(continues) || kept.last() == Some(&'\u{200d}') {}
        let short: String = kept.iter().chain(['…'].iter()).collect();
        if kept.is_empty() || width(&short, font, size) <= room {
            return (short, true);
        }
    }
}

fn continues(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_fits() {
        for text in [
            "customer_addresses",
            "WWWWWWWWWWWWWW",
            "🐘🐘🐘🐘🐘🐘🐘",
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
            "👩‍👩‍👧👩‍👩‍👧",
            "表表表表表表表",
        ] {
            for room in 0..80 {
                for font in [Font::Sans, Font::Mono] {
                    let (short, cut) = fit(text, font, 12, room);
                    assert!(!cut || short == "…" || width(&short, font, 12) <= room, "{short} in {room}");
                    assert!(!cut || short.ends_with('…') && !short.ends_with("\u{200d}…"), "{short}");
                }
            }
            assert_eq!(fit(text, Font::Mono, 12, 1000), (text.to_owned(), false));
        }
    }

    #[test]
    fn widths_round_up() {
        assert_eq!(width("", Font::Mono, 12), 0);
        assert_eq!(width("a", Font::Mono, 12), 8);
        assert_eq!(width("Wi", Font::Sans, 10), 15);
    }
}
