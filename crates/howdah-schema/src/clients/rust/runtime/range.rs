//! Ranges, and sets of them.

use super::Failure;
use bytes::{BufMut, BytesMut};
use serde::{Deserialize, Serialize};
use std::ops::Bound;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type};

/// What lies between two bounds. PostgreSQL brings ranges of whole things (`int4range`, `daterange` …) into the form `[)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range<T> {
    /// Nothing.
    Empty,
    /// From here to there.
    Span {
        /// Where it begins.
        lower: Bound<T>,
        /// Where it ends.
        upper: Bound<T>,
    },
}

impl<T> Range<T> {
    /// Everything between two bounds, such as those of `1..5`, which `(…).into()` also gives.
    pub fn new(lower: Bound<T>, upper: Bound<T>) -> Self {
        Self::Span { lower, upper }
    }
}

impl<T> From<std::ops::Range<T>> for Range<T> {
    fn from(range: std::ops::Range<T>) -> Self {
        Self::new(Bound::Included(range.start), Bound::Excluded(range.end))
    }
}

/// A set of ranges: in order, and without gaps of nothing between them, as PostgreSQL gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Multirange<T>(pub Vec<Range<T>>);

// Flags of the binary form: src/include/utils/rangetypes.h.
const EMPTY: u8 = 0x01;
const LOWER_INCLUDED: u8 = 0x02;
const UPPER_INCLUDED: u8 = 0x04;
const LOWER_UNBOUNDED: u8 = 0x08;
const UPPER_UNBOUNDED: u8 = 0x10;

impl<'a, T: FromSql<'a>> FromSql<'a> for Range<T> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        let Kind::Range(of) = ty.kind() else {
            return Err("not a range".into());
        };
        read_range(of, raw)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Range(of) if T::accepts(of))
    }
}

impl<T: ToSql> ToSql for Range<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let Kind::Range(of) = ty.kind() else {
            return Err("not a range".into());
        };
        write_range(self, of, out)?;
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Range(of) if T::accepts(of))
    }

    tokio_postgres::types::to_sql_checked!();
}

impl<'a, T: FromSql<'a>> FromSql<'a> for Multirange<T> {
    fn from_sql(ty: &Type, mut raw: &'a [u8]) -> Result<Self, Failure> {
        let of = subtype(ty).ok_or("not a multirange")?;
        let count = take_length(&mut raw)?;
        let ranges = (0..count).map(|_| read_range(of, take_value(&mut raw)?));
        Ok(Self(ranges.collect::<Result<_, Failure>>()?))
    }

    fn accepts(ty: &Type) -> bool {
        subtype(ty).is_some_and(T::accepts)
    }
}

impl<T: ToSql> ToSql for Multirange<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        let of = subtype(ty).ok_or("not a multirange")?;
        out.put_i32(i32::try_from(self.0.len())?);
        for range in &self.0 {
            with_length(out, |out| write_range(range, of, out))?;
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        subtype(ty).is_some_and(T::accepts)
    }

    tokio_postgres::types::to_sql_checked!();
}

/// What a multirange's ranges are of. The library says `Multirange(range)` of some types and `Multirange(subtype)` of others.
fn subtype(ty: &Type) -> Option<&Type> {
    match ty.kind() {
        Kind::Multirange(of) => match of.kind() {
            Kind::Range(of) => Some(of),
            _ => Some(of),
        },
        _ => None,
    }
}

fn read_range<'a, T: FromSql<'a>>(of: &Type, mut raw: &'a [u8]) -> Result<Range<T>, Failure> {
    let (&flags, rest) = raw.split_first().ok_or("a range of no bytes")?;
    raw = rest;
    if flags & EMPTY != 0 {
        return Ok(Range::Empty);
    }
    let mut bound = |unbounded: u8, included: u8| -> Result<Bound<T>, Failure> {
        if flags & unbounded != 0 {
            return Ok(Bound::Unbounded);
        }
        let value = T::from_sql(of, take_value(&mut raw)?)?;
        Ok(if flags & included != 0 {
            Bound::Included(value)
        } else {
            Bound::Excluded(value)
        })
    };
    let lower = bound(LOWER_UNBOUNDED, LOWER_INCLUDED)?;
    let upper = bound(UPPER_UNBOUNDED, UPPER_INCLUDED)?;
    Ok(Range::Span { lower, upper })
}

fn write_range<T: ToSql>(range: &Range<T>, of: &Type, out: &mut BytesMut) -> Result<(), Failure> {
    let Range::Span { lower, upper } = range else {
        out.put_u8(EMPTY);
        return Ok(());
    };
    let flag = |bound: &Bound<T>, unbounded: u8, included: u8| match bound {
        Bound::Unbounded => unbounded,
        Bound::Included(_) => included,
        Bound::Excluded(_) => 0,
    };
    out.put_u8(
        flag(lower, LOWER_UNBOUNDED, LOWER_INCLUDED) | flag(upper, UPPER_UNBOUNDED, UPPER_INCLUDED),
    );
    for bound in [lower, upper] {
        if let Bound::Included(value) | Bound::Excluded(value) = bound {
            with_length(out, |out| match value.to_sql(of, out)? {
                IsNull::No => Ok(()),
                IsNull::Yes => Err("a bound of a range is no null".into()),
            })?;
        }
    }
    Ok(())
}

pub(super) fn take_length(raw: &mut &[u8]) -> Result<i32, Failure> {
    let (bytes, rest) = raw.split_first_chunk().ok_or("a value is cut off")?;
    *raw = rest;
    Ok(i32::from_be_bytes(*bytes))
}

pub(super) fn take_value<'a>(raw: &mut &'a [u8]) -> Result<&'a [u8], Failure> {
    let length = usize::try_from(take_length(raw)?)?;
    let (value, rest) = raw.split_at_checked(length).ok_or("a value is cut off")?;
    *raw = rest;
    Ok(value)
}

/// Writes a length, and what has it.
fn with_length(
    out: &mut BytesMut,
    write: impl FnOnce(&mut BytesMut) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let at = out.len();
    out.put_i32(0);
    write(out)?;
    let length = i32::try_from(out.len() - at - 4)?;
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}
