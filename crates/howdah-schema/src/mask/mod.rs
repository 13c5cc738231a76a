//! What is shown of personal data to those who may not see it.
//!
//! Values go in and come out as text, as PostgreSQL prints them. Whatever does not look like what its mask is for becomes
//! nothing at all: a mask that lets through what it does not understand is none.
//!
//! A mask keeps the type of its column, so that what shows masked values can stand where the column stood. [`expression()`] says
//! the same in SQL, and [`views`] writes the views through which a reporting role reads.

mod expression;
pub mod views;

pub use expression::expression;

use crate::catalog::{Column, DataType, TypeKind};
use crate::sql::split::{TokenKind, tokens};
use crate::tags::Mask;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;

/// How a column is masked; `None` if it is shown as it is. `@mask` says so itself; `@pii` alone means the mask that fits its
/// kind, and what is encrypted is not shown. Never [`Mask::Auto`].
pub fn of(column: &Column) -> Option<Mask> {
    let tags = column.comment.tags();
    match (tags.mask, &tags.pii) {
        (Some(Mask::Auto), pii) => Some(fitting(pii.as_ref().and_then(|pii| pii.kind.as_deref()), &column.data_type)),
        (Some(mask), _) => Some(mask),
        (None, Some(pii)) => Some(fitting(pii.kind.as_deref(), &column.data_type)),
        (None, None) => (tags.encrypt || tags.blind_index).then_some(Mask::Null),
    }
}

/// How the columns of a table are masked, those that are shown as they are left out. Beside what [`of`] says, nothing is shown of
/// a column that is computed from one that is masked; and of a search vector beside such a column, whoever fills it.
pub fn all(columns: &[Column]) -> BTreeMap<&str, Mask> {
    let own: BTreeMap<&str, Mask> =
        columns.iter().filter_map(|column| Some((column.name.as_str(), of(column)?))).collect();
    let mut all = own.clone();
    for column in columns.iter().filter(|column| !own.contains_key(column.name.as_str())) {
        let computed = column
            .generated
            .as_ref()
            .is_some_and(|generated| names_in(&generated.expression).any(|name| own.contains_key(name.as_str())));
        let searched = column.generated.is_none() && bare(&column.data_type) == "tsvector" && !own.is_empty();
        if computed || searched {
            all.insert(&column.name, Mask::Null);
        }
    }
    all
}

/// The words of an expression that may be names of columns.
fn names_in(expression: &str) -> impl Iterator<Item = String> {
    tokens(expression).filter_map(|token| {
        let word = &expression[token.span];
        match token.kind {
            TokenKind::Word => Some(word.to_owned()),
            TokenKind::Quoted => Some(word.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\"")),
            _ => None,
        }
    })
}

/// The mask for a kind of personal data in a column of that type.
fn fitting(kind: Option<&str>, data_type: &DataType) -> Mask {
    let kind = match kind {
        _ if data_type.array => return Mask::Null,
        Some(kind) => kind,
        None => return Mask::Null,
    };
    match kind {
        "email" if is_text(data_type) => Mask::Email,
        "phone" if is_text(data_type) => Mask::Phone,
        "name" if is_text(data_type) => Mask::Name,
        "account" | "id-number" if is_text(data_type) => Mask::LastFour,
        "birthday" if is_date(data_type) => Mask::Range,
        "location" if is_fraction(data_type) || is_point(data_type) => Mask::Geo,
        _ => Mask::Null,
    }
}

/// The value as it may be shown; `None` for nothing. `key` makes the hashes of one place different from those of another.
pub fn apply(mask: Mask, data_type: &DataType, key: &[u8], value: &str) -> Option<String> {
    if data_type.array {
        return None;
    }
    match mask {
        Mask::Email if is_text(data_type) => email(value),
        Mask::Phone if is_text(data_type) => phone(value),
        Mask::Name if is_text(data_type) => name(value),
        Mask::LastFour if is_text(data_type) => Some(last_four(value)),
        Mask::Hash if is_text(data_type) => hash(key, value),
        Mask::Range if is_date(data_type) => year(value),
        Mask::Range if is_number(data_type) => decade(value),
        Mask::Geo if is_fraction(data_type) || is_point(data_type) => coarser(value, bare(data_type) == "numeric"),
        Mask::Null
        | Mask::Auto
        | Mask::Email
        | Mask::Phone
        | Mask::Name
        | Mask::LastFour
        | Mask::Hash
        | Mask::Range
        | Mask::Geo => None,
    }
}

/// `a***@example.com`
fn email(value: &str) -> Option<String> {
    let (local, domain) = value.rsplit_once('@')?;
    let first = local.chars().next()?;
    (!domain.is_empty()).then(|| format!("{first}***@{domain}"))
}

/// `***42`
fn phone(value: &str) -> Option<String> {
    let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
    let kept = digits.len().checked_sub(2).filter(|hidden| *hidden >= 2)?;
    Some(format!("***{}", digits.iter().skip(kept).collect::<String>()))
}

/// `A. L.`
fn name(value: &str) -> Option<String> {
    let initials: Vec<String> = value
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .map(|initial| format!("{initial}."))
        .collect();
    (!initials.is_empty()).then(|| initials.join(" "))
}

/// `***1234`; of a short value nothing is left.
fn last_four(value: &str) -> String {
    let count = value.chars().count();
    let shown = if count >= 8 { count - 4 } else { count };
    format!("***{}", value.chars().skip(shown).collect::<String>())
}

/// Twelve hexadecimal digits of HMAC-SHA-256.
fn hash(key: &[u8], value: &str) -> Option<String> {
    // HMAC takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(value.as_bytes());
    let digest = mac.finalize().into_bytes();
    Some(digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

/// The first day of the year of a date, or the first moment of that of a time, as ISO writes them.
fn year(value: &str) -> Option<String> {
    let (year, rest) = value.split_once('-')?;
    if year.len() < 4 || !year.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let (rest, era) = match rest.strip_suffix(" BC") {
        Some(rest) => (rest, " BC"),
        None => (rest, ""),
    };
    let zone =
        rest.split_once(' ').map(|(_, time)| time.find(['+', '-']).map_or("", |at| time.get(at..).unwrap_or("")));
    let time = zone.map(|zone| format!(" 00:00:00{zone}")).unwrap_or_default();
    Some(format!("{year}-01-01{time}{era}"))
}

/// The ten that a number is in, as its end nearer to zero.
fn decade(value: &str) -> Option<String> {
    let number: f64 = value.parse().ok().filter(|number: &f64| number.is_finite())?;
    // Never `-0`.
    Some(format!("{:.0}", (number / 10.0).trunc() * 10.0 + 0.0))
}

/// Every number in it to one place after the point: eleven kilometres of latitude. A floating-point number is shown without a place
/// that is zero, as PostgreSQL shows it.
fn coarser(value: &str, keeps_zero: bool) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    let mut out = String::new();
    let mut found = false;
    let mut rest = value;
    while !rest.is_empty() {
        let other = rest.find(is_part).unwrap_or(rest.len());
        let (between, from) = rest.split_at(other);
        if between.contains(char::is_alphanumeric) {
            // NaN, or a word.
            return None;
        }
        out.push_str(between);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (number, after) = from.split_at(end);
        if !number.is_empty() {
            let number: f64 = number.parse().ok().filter(|number: &f64| number.is_finite())?;
            // Never `-0`.
            let rounded = (number * 10.0).round() / 10.0 + 0.0;
            out.push_str(&if keeps_zero { format!("{rounded:.1}") } else { rounded.to_string() });
            found = true;
        }
        rest = after;
    }
    found.then_some(out)
}

/// The type under a domain, without its modifiers.
pub(crate) fn bare(data_type: &DataType) -> &str {
    let sql = match data_type.kind {
        TypeKind::Domain => data_type.base.as_deref().unwrap_or_default(),
        _ => &data_type.sql,
    };
    sql.split('(').next().unwrap_or(sql).trim()
}

pub(crate) fn is_text(data_type: &DataType) -> bool {
    let bare = bare(data_type);
    matches!(bare, "text" | "character varying" | "character") || bare.rsplit('.').next() == Some("citext")
}

pub(crate) fn is_date(data_type: &DataType) -> bool {
    bare(data_type) == "date" || bare(data_type).starts_with("timestamp")
}

pub(crate) fn is_number(data_type: &DataType) -> bool {
    matches!(bare(data_type), "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision")
}

/// Numbers that have places after the point: a whole number of degrees would not become coarser.
fn is_fraction(data_type: &DataType) -> bool {
    matches!(bare(data_type), "numeric" | "real" | "double precision")
}

fn is_point(data_type: &DataType) -> bool {
    bare(data_type) == "point"
}

#[cfg(test)]
mod tests {
    use super::{all, apply, of};
    use crate::catalog::{DataType, TypeKind};
    use crate::tags::Mask;
    use crate::testing::{base_type, table};

    #[test]
    fn what_is_left_of_a_value() {
        let check = |mask: Mask, sql: &str, value: &str, expected: Option<&str>| {
            assert_eq!(apply(mask, &base_type(sql), b"key", value).as_deref(), expected, "{mask:?} {sql} {value}");
        };
        check(Mask::Email, "text", "ada@example.com", Some("a***@example.com"));
        check(Mask::Email, "text", "Ä@b@c.example", Some("Ä***@c.example"));
        check(Mask::Email, "text", "no address", None);
        check(Mask::Email, "text", "@example.com", None);
        check(Mask::Email, "text[]", "{ada@example.com}", None);
        check(Mask::Phone, "text", "+49 30 901 820 42", Some("***42"));
        check(Mask::Phone, "text", "110", None);
        check(Mask::Name, "text", "Ada  Lindqvist", Some("A. L."));
        check(Mask::Name, "text", "-- ", None);
        check(Mask::LastFour, "text", "DE89370400440532013000", Some("***3000"));
        check(Mask::LastFour, "text", "12345", Some("***"));
        check(Mask::Null, "text", "anything", None);
        check(Mask::Range, "date", "1988-04-17", Some("1988-01-01"));
        check(Mask::Range, "timestamp with time zone", "0044-03-15 12:00:00+00 BC", Some("0044-01-01 00:00:00+00 BC"));
        check(Mask::Range, "timestamp without time zone", "2024-03-15 12:00:00.5", Some("2024-01-01 00:00:00"));
        check(Mask::Range, "date", "infinity", None);
        check(Mask::Range, "numeric(4,1)", "37.5", Some("30"));
        check(Mask::Range, "integer", "-3", Some("0"));
        check(Mask::Range, "integer", "-31", Some("-30"));
        check(Mask::Range, "text", "37", None);
        check(Mask::Geo, "point", "(13.404954,52.520008)", Some("(13.4,52.5)"));
        check(Mask::Geo, "double precision", "-8.61099", Some("-8.6"));
        check(Mask::Geo, "double precision", "55.98", Some("56"));
        check(Mask::Geo, "numeric(9,6)", "55.98", Some("56.0"));
        check(Mask::Geo, "real", "-0.01", Some("0"));
        check(Mask::Geo, "point", "(NaN,1)", None);
        check(Mask::Email, "jsonb", "\"ada@example.com\"", None);
        check(Mask::Geo, "text", "Berlin", None);
        check(Mask::Geo, "integer", "52", None);
        check(Mask::Hash, "text[]", "{a}", None);
        check(Mask::Hash, "inet", "10.0.0.1", None);
        check(Mask::Geo, "numeric(9,6)", "NaN", None);
    }

    #[test]
    fn hashes_are_the_same_for_the_same_value_and_key() {
        let text = base_type("text");
        let hash = |key: &[u8], value: &str| apply(Mask::Hash, &text, key, value).unwrap();
        assert_eq!(hash(b"k", "a"), hash(b"k", "a"));
        assert_ne!(hash(b"k", "a"), hash(b"l", "a"));
        assert_ne!(hash(b"k", "a"), hash(b"k", "b"));
        assert_eq!(hash(b"", "a").len(), 12);
    }

    #[test]
    fn how_columns_are_masked() {
        let check = |sql: &str, comment: &str, expected: Option<Mask>| {
            let table = table("t").column("c", sql, comment);
            assert_eq!(of(&table.0.columns[0]), expected, "{sql} {comment}");
        };
        check("text", "Plain.", None);
        check("text", "@mask hash", Some(Mask::Hash));
        check("text", "@pii email", Some(Mask::Email));
        check("text[]", "@pii email", Some(Mask::Null));
        check("jsonb", "@pii name", Some(Mask::Null));
        check("text", "@pii health", Some(Mask::Null));
        check("text", "@pii", Some(Mask::Null));
        check("text", "@pii account", Some(Mask::LastFour));
        check("date", "@pii birthday @mask", Some(Mask::Range));
        check("date", "@pii birthday @mask null", Some(Mask::Null));
        check("double precision", "@pii location", Some(Mask::Geo));
        check("bytea", "@encrypt", Some(Mask::Null));
    }

    #[test]
    fn what_is_computed_from_masked_columns_is_not_shown() {
        let generated = |expression: &str| {
            let expression = expression.to_owned();
            move |column: &mut crate::catalog::Column| {
                column.generated = Some(crate::catalog::Generated { expression, stored: true });
            }
        };
        let columns = table("t")
            .column("Full name", "text", "@pii name")
            .column("note", "text", "")
            .column_with("search", base_type("tsvector"), generated("to_tsvector(\"Full name\")"))
            .column_with("words", base_type("tsvector"), generated("to_tsvector(note)"))
            .column("by_trigger", "tsvector", "");
        let masked = all(&columns.0.columns);
        assert_eq!(
            masked.into_iter().collect::<Vec<_>>(),
            [("Full name", Mask::Name), ("by_trigger", Mask::Null), ("search", Mask::Null),]
        );
    }

    #[test]
    fn a_domain_counts_as_what_is_under_it() {
        let domain = DataType {
            sql: "public.email_address".to_owned(),
            kind: TypeKind::Domain,
            base: Some("character varying(320)".to_owned()),
            ..base_type("text")
        };
        let table = table("t").column_with("c", domain, |column| {
            column.comment = crate::catalog::Comment::new("@pii email");
        });
        assert_eq!(of(&table.0.columns[0]), Some(Mask::Email));
    }
}
