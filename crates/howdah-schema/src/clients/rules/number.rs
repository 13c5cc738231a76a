//! Where the numbers begin that a comparison lets through, as numbers of a JavaScript client.
//!
//! A client's number is a double, and it travels as the shortest decimal text that means it. What PostgreSQL compares is what
//! it makes of that text: the same number, or one rounded to the column's scale or to single precision. All of these
//! steps keep the order of numbers, so there is one double at which a comparison changes its mind, and it can be searched
//! for: no rounding has to be repeated in the client.

use std::cmp::Ordering;

/// How a column keeps a number that it is given as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Exactly: whole numbers, and `numeric` without a scale.
    Exact,
    /// Rounded to this many decimals, halves away from zero: `numeric(p,s)`.
    Rounded(i32),
    /// `double precision`.
    Double,
    /// `real`.
    Single,
}

/// A comparison with a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
}

/// A limit of a client's number: `value >= 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// Which way.
    pub side: Side,
    /// As JavaScript and JSON write it.
    pub number: String,
}

/// What a comparison comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Every number satisfies it.
    Always,
    /// None does.
    Never,
    /// Those on one side.
    Limit(Limit),
}

/// The doubles whose stored value compares so with `constant`; `None` if that is no number.
pub fn limit(stored: Stored, side: Side, constant: &str) -> Option<Found> {
    let constant = Constant::read(stored, constant)?;
    let satisfied = |number: f64| {
        let order = constant.order(stored, number);
        match side {
            Side::AtLeast => order.is_ge(),
            Side::Above => order.is_gt(),
            Side::AtMost => order.is_le(),
            Side::Below => order.is_lt(),
        }
    };
    let upwards = matches!(side, Side::AtLeast | Side::Above);
    // The first double, upwards, from which on the answer is another than at the very bottom.
    let change = search(|number| satisfied(number) == upwards)?;
    let Some(change) = change else { return Some(if upwards { Found::Never } else { Found::Always }) };
    if change == f64::MIN {
        return Some(if upwards { Found::Always } else { Found::Never });
    }
    let below = change.next_down();
    // Both say the same: the one that is shorter to write is the one that was meant.
    let (inclusive, exclusive) = if upwards {
        ((Side::AtLeast, change), (Side::Above, below))
    } else {
        ((Side::AtMost, below), (Side::Below, change))
    };
    let (inclusive_text, exclusive_text) = (written(inclusive.1), written(exclusive.1));
    let (side, number) = if exclusive_text.len() < inclusive_text.len() {
        (exclusive.0, exclusive_text)
    } else {
        (inclusive.0, inclusive_text)
    };
    Some(Found::Limit(Limit { side, number }))
}

/// As short as JavaScript can read it.
fn written(number: f64) -> String {
    let number = if number == 0.0 { 0.0 } else { number };
    let (plain, scientific) = (format!("{number}"), format!("{number:e}"));
    // A whole number is easier to read without an exponent, up to a length.
    if plain.len() <= scientific.len().max(16) { plain } else { scientific }
}

/// The smallest finite double for which `holds`, which is false up to some double and true from there on; `Some(None)` if it
/// is false throughout, `None` if it is not of that shape at its ends.
fn search(holds: impl Fn(f64) -> bool) -> Option<Option<f64>> {
    if !holds(f64::MAX) {
        return Some(None);
    }
    // Doubles in their order as whole numbers.
    let (mut low, mut high) = (place(f64::MIN), place(f64::MAX));
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(number(middle)) {
            high = middle;
        } else {
            low = middle.checked_add(1)?;
        }
    }
    Some(Some(number(high)))
}

fn place(number: f64) -> i128 {
    let bits = i128::from(number.abs().to_bits());
    if number.is_sign_negative() { -bits } else { bits }
}

fn number(place: i128) -> f64 {
    let bits = u64::try_from(place.unsigned_abs()).unwrap_or(f64::MAX.to_bits());
    let size = f64::from_bits(bits);
    if place < 0 { -size } else { size }
}

enum Constant {
    Decimal(Decimal),
    Double(f64),
}

impl Constant {
    fn read(stored: Stored, text: &str) -> Option<Self> {
        match stored {
            Stored::Exact | Stored::Rounded(_) => Decimal::read(text).map(Self::Decimal),
            Stored::Double | Stored::Single => {
                let number: f64 = text.parse().ok()?;
                number.is_finite().then_some(Self::Double(number))
            }
        }
    }

    /// How what is stored of `number` compares with the constant.
    fn order(&self, stored: Stored, number: f64) -> Ordering {
        match (self, stored) {
            (Self::Double(constant), Stored::Single) => {
                let mut single: f32 = format!("{number:e}").parse().unwrap_or_default();
                if single == 0.0 && number != 0.0 {
                    // Too small to be kept, and refused for that; here it only has to stay on its side of zero.
                    single = f32::from_bits(1).copysign(if number < 0.0 { -1.0 } else { 1.0 });
                }
                f64::from(single).partial_cmp(constant).unwrap_or(Ordering::Equal)
            }
            (Self::Double(constant), _) => number.partial_cmp(constant).unwrap_or(Ordering::Equal),
            (Self::Decimal(constant), stored) => {
                let mut decimal = Decimal::of(number);
                if let Stored::Rounded(scale) = stored {
                    decimal = decimal.rounded(scale);
                }
                decimal.cmp(constant)
            }
        }
    }
}

/// A decimal number: `0.digits × 10^exponent`, without zeros at either end of the digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// The shortest decimal that means this double: what a client sends.
    fn of(number: f64) -> Self {
        Self::read(&format!("{number:e}")).unwrap_or(Self { negative: false, digits: Vec::new(), exponent: 0 })
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let digits = digits.into_iter().map(|digit| digit - b'0').collect();
        Some(Self { negative, digits, exponent: i64::from(exponent) + i64::try_from(whole.len()).ok()? }.trimmed())
    }

    fn trimmed(mut self) -> Self {
        let leading = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..leading);
        self.exponent -= i64::try_from(leading).unwrap_or(0);
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            return Self { negative: false, digits: Vec::new(), exponent: 0 };
        }
        self
    }

    /// To this many decimals, halves away from zero, as `numeric` rounds.
    fn rounded(self, scale: i32) -> Self {
        let kept = self.exponent + i64::from(scale);
        let Ok(kept) = usize::try_from(kept) else {
            return Self { negative: false, digits: Vec::new(), exponent: 0 };
        };
        let Some(next) = self.digits.get(kept) else { return self };
        let up = *next >= 5;
        let mut rounded = Self { digits: self.digits.iter().take(kept).copied().collect(), ..self };
        if up {
            let mut carry = true;
            for digit in rounded.digits.iter_mut().rev() {
                if !carry {
                    break;
                }
                carry = *digit == 9;
                *digit = if carry { 0 } else { *digit + 1 };
            }
            if carry {
                rounded.digits.insert(0, 1);
                rounded.exponent += 1;
            }
        }
        rounded.trimmed()
    }

    fn size(&self, other: &Self) -> Ordering {
        // Zero has no digits, and is smaller than everything else.
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.size(other),
            (true, true) => other.size(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stored: Stored, side: Side, constant: &str, expected: &str) {
        let found = match limit(stored, side, constant) {
            None => "no number".to_owned(),
            Some(Found::Always) => "always".to_owned(),
            Some(Found::Never) => "never".to_owned(),
            Some(Found::Limit(limit)) => {
                let side = match limit.side {
                    Side::AtLeast => ">=",
                    Side::Above => ">",
                    Side::AtMost => "<=",
                    Side::Below => "<",
                };
                format!("{side} {}", limit.number)
            }
        };
        assert_eq!(found, expected, "{stored:?} {side:?} {constant}");
    }

    #[test]
    fn limits() {
        for stored in [Stored::Exact, Stored::Double] {
            check(stored, Side::AtLeast, "0", ">= 0");
            check(stored, Side::Above, "0", "> 0");
            check(stored, Side::AtMost, "50000", "<= 50000");
            check(stored, Side::Below, "-840", "< -840");
            check(stored, Side::AtLeast, "0.1", ">= 0.1");
        }
        check(Stored::Exact, Side::AtMost, "1e400", "always");
        check(Stored::Exact, Side::Above, "1e400", "never");
        check(Stored::Exact, Side::AtLeast, "NaN", "no number");
        // The last double that bigint takes: the next is sent as 9223372036854776000.
        check(Stored::Exact, Side::AtMost, "9223372036854775807", "<= 9223372036854775000");
        // What is rounded before it is compared.
        check(Stored::Rounded(2), Side::AtLeast, "0", "> -0.005");
        check(Stored::Rounded(2), Side::Above, "0", ">= 0.005");
        check(Stored::Rounded(2), Side::AtMost, "0", "< 0.005");
        check(Stored::Rounded(0), Side::AtLeast, "2", ">= 1.5");
        check(Stored::Rounded(-2), Side::AtLeast, "100", ">= 50");
        check(Stored::Rounded(4), Side::Below, "1e15", "< 1000000000000000");
        check(Stored::Rounded(2), Side::Below, "100000", "< 99999.995");
        check(Stored::Single, Side::AtMost, "100", "<= 100.00000381469725");
        check(Stored::Single, Side::AtLeast, "0", ">= 0");
    }

    #[test]
    fn decimals_round_like_numeric() {
        for (text, scale, expected) in [
            ("0.995", 2, "1"),
            ("-0.995", 2, "-1"),
            ("0.994", 2, "0.99"),
            ("9.5", 0, "10"),
            ("0.4", 0, "0"),
            ("0.5", 0, "1"),
            ("0.05", 0, "0"),
            ("1250", -2, "1300"),
            ("49", -2, "0"),
            ("50", -2, "100"),
        ] {
            let rounded = Decimal::read(text).unwrap().rounded(scale);
            assert_eq!(rounded, Decimal::read(expected).unwrap(), "{text} to {scale}");
        }
        assert!(Decimal::read("-1").unwrap() < Decimal::read("-0.5").unwrap());
        assert!(Decimal::read("12").unwrap() > Decimal::read("9.99").unwrap());
        for bad in ["", ".", "x", "1e", "Infinity"] {
            assert_eq!(Decimal::read(bad), None, "{bad}");
        }
    }
}
