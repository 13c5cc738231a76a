//! Decimal numbers of any size.

use bytes::{BufMut, BytesMut};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;
use std::str::FromStr;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

/// A `numeric`, as text and therefore exact: `12.50`, `-0.001`, `NaN`, `Infinity`, `-Infinity`.
///
/// Two are equal when they read the same, so `1.0` is not `1.00`. To calculate, parse it into a type of your choice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Numeric(String);

/// Text that is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidNumeric(pub String);

impl fmt::Display for InvalidNumeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no decimal number such as -12.50", self.0)
    }
}

impl Error for InvalidNumeric {}

impl Numeric {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Digits with an optional sign and point; no exponent.
impl FromStr for Numeric {
    type Err = InvalidNumeric;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if matches!(text, "NaN" | "Infinity" | "-Infinity") {
            return Ok(Self(text.to_owned()));
        }
        let invalid = || InvalidNumeric(text.to_owned());
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole) || !are_digits(fraction) || whole.len() + fraction.len() == 0 {
            return Err(invalid());
        }
        // The form that PostgreSQL prints: no leading zeros, no sign of zero.
        let whole = whole.trim_start_matches('0');
        let is_zero = whole.is_empty() && fraction.bytes().all(|byte| byte == b'0');
        let sign = if is_zero { "" } else { sign };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        Ok(Self(format!("{sign}{whole}{point}{fraction}")))
    }
}

impl TryFrom<String> for Numeric {
    type Error = InvalidNumeric;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Numeric> for String {
    fn from(number: Numeric) -> Self {
        number.0
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {
        $(impl From<$integer> for Numeric {
            fn from(number: $integer) -> Self {
                Self(number.to_string())
            }
        })*
    };
}

from_integers!(i16, i32, i64, i128, u8, u16, u32, u64);

// Signs of the binary form: src/backend/utils/adt/numeric.c.
const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// How many decimal digits stand in one of the binary form.
const GROUP: usize = 4;

impl<'a> FromSql<'a> for Numeric {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let mut words = raw
            .chunks_exact(2)
            .map(|word| u16::from_be_bytes([word[0], word[1]]));
        let mut word = || words.next().ok_or("a number is cut off");
        let count = word()?;
        let weight = i32::from(i16::from_be_bytes(word()?.to_be_bytes()));
        let sign = match word()? {
            POSITIVE => "",
            NEGATIVE => "-",
            NAN => return Ok(Self("NaN".to_owned())),
            INFINITY => return Ok(Self("Infinity".to_owned())),
            NEGATIVE_INFINITY => return Ok(Self("-Infinity".to_owned())),
            other => return Err(format!("a number with the sign {other:#x}").into()),
        };
        let scale = usize::from(word()?);
        let groups = words.collect::<Vec<_>>();
        if groups.len() != usize::from(count) {
            return Err("a number is cut off".into());
        }
        // The group of 10000^place; those that are not there are zeros.
        let group = |place: i32| {
            let at = usize::try_from(weight - place).ok();
            at.and_then(|at| groups.get(at)).copied().unwrap_or(0)
        };
        let whole: String = (0..=weight)
            .rev()
            .map(|place| format!("{:04}", group(place)))
            .collect();
        let whole = whole.trim_start_matches('0');
        let mut text = format!("{sign}{}", if whole.is_empty() { "0" } else { whole });
        if scale > 0 {
            let places = i32::try_from(scale.div_ceil(GROUP))?;
            let fraction: String = (1..=places)
                .map(|place| format!("{:04}", group(-place)))
                .collect();
            text.push('.');
            text.extend(fraction.chars().take(scale));
        }
        Ok(Self(text))
    }

    tokio_postgres::types::accepts!(NUMERIC);
}

impl ToSql for Numeric {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let special = match self.0.as_str() {
            "NaN" => Some(NAN),
            "Infinity" => Some(INFINITY),
            "-Infinity" => Some(NEGATIVE_INFINITY),
            _ => None,
        };
        if let Some(sign) = special {
            for word in [0, 0, sign, 0] {
                out.put_u16(word);
            }
            return Ok(IsNull::No);
        }
        let (sign, digits) = match self.0.strip_prefix('-') {
            Some(digits) => (NEGATIVE, digits),
            None => (POSITIVE, self.0.as_str()),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        // Whole groups on both sides of the point.
        let left = whole.len().div_ceil(GROUP);
        let right = fraction.len().div_ceil(GROUP);
        let padded = format!("{whole:0>0$}{fraction:0<1$}", left * GROUP, right * GROUP);
        let mut groups = Vec::new();
        for group in padded.as_bytes().chunks(GROUP) {
            groups.push(
                group
                    .iter()
                    .fold(0, |sum: u16, digit| sum * 10 + u16::from(digit - b'0')),
            );
        }
        let leading = groups.iter().take_while(|group| **group == 0).count();
        let weight = i64::try_from(left)? - 1 - i64::try_from(leading)?;
        let significant: Vec<u16> = match groups.iter().rposition(|group| *group != 0) {
            Some(last) => groups.drain(leading..=last).collect(),
            None => Vec::new(),
        };
        let weight = if significant.is_empty() { 0 } else { weight };
        out.put_u16(u16::try_from(significant.len())?);
        out.put_i16(i16::try_from(weight)?);
        out.put_u16(sign);
        out.put_u16(u16::try_from(fraction.len())?);
        for group in significant {
            out.put_u16(group);
        }
        Ok(IsNull::No)
    }

    tokio_postgres::types::accepts!(NUMERIC);
    tokio_postgres::types::to_sql_checked!();
}
