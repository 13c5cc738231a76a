//! A mask as an expression of SQL.

use super::{bare, is_date, is_fraction, is_number, is_point, is_text};
use crate::Ident;
use crate::catalog::{Column, DataType, TypeKind};
use crate::tags::Mask;

/// What a column is shown as: an expression over the column's name, of the type under its domain, if it is a domain. It calls
/// what PostgreSQL brings and nothing else, never fails whatever the value, and gives NULL where the mask does not fit.
///
/// `hash_keys` is a table of one row with the columns `inner_key` and `outer_key` (bytea, 64 random bytes each). Without a row
/// in it hashes are NULL. It is read with the rights of a view's owner, so that who reads the view can neither see the keys nor
/// try values out.
pub fn expression(mask: Mask, column: &Column, hash_keys: &str) -> String {
    let name = Ident::new(column.name.as_str()).to_string();
    let data_type = &column.data_type;
    let sql = type_name(data_type);
    let nothing = || format!("null::{sql}");
    if data_type.array {
        return nothing();
    }
    let text = format!("{name}::text");
    let masked = match mask {
        Mask::Null | Mask::Auto => return nothing(),
        Mask::Email if is_text(data_type) => {
            format!("left({text}, 1) || '***@' || substring({text} from '^.+@([^@]+)$')")
        }
        Mask::Phone if is_text(data_type) => {
            let digits = format!("regexp_replace({text}, '[^0-9]', '', 'g')");
            format!("case when length({digits}) >= 4 then '***' || right({digits}, 2) end")
        }
        Mask::Name if is_text(data_type) => format!(
            "(select string_agg(substring(w.word from '[[:alnum:]]') || '.', ' ' order by w.place)\n     \
             from regexp_split_to_table({text}, '\\s+') with ordinality as w (word, place))"
        ),
        Mask::LastFour if is_text(data_type) => {
            format!("'***' || case when length({text}) >= 8 then right({text}, 4) else left({text}, 0) end")
        }
        Mask::Hash if is_text(data_type) => format!(
            "(select left(encode(sha256(k.outer_key || sha256(k.inner_key || convert_to({text}, 'UTF8'))), 'hex'), 12)\n     \
             from {hash_keys} as k)"
        ),
        Mask::Range if is_date(data_type) => {
            // In UTC: what a mask shows must not depend on who looks.
            let year = match sql.ends_with("with time zone") {
                true => format!("date_trunc('year', {name}, 'UTC')"),
                false => format!("date_trunc('year', {name}::timestamp)"),
            };
            format!("case when isfinite({name}) then {year} end")
        }
        Mask::Range if is_fraction(data_type) => finite(&name, &format!("trunc({name} / 10) * 10")),
        Mask::Range if is_number(data_type) => format!("{name} / 10 * 10"),
        Mask::Geo if is_fraction(data_type) => finite(&name, &format!("round({name}::numeric, 1)")),
        Mask::Geo if is_point(data_type) => {
            let coarse = |at: u8| format!("round({name}[{at}]::numeric, 1)::double precision");
            let both = format!("point({}, {})", coarse(0), coarse(1));
            finite(&format!("{name}[0]"), &format!("case when {} then {both} end", is_finite(&format!("{name}[1]"))))
        }
        Mask::Email | Mask::Phone | Mask::Name | Mask::LastFour | Mask::Hash | Mask::Range | Mask::Geo => {
            return nothing();
        }
    };
    format!("({masked})::{sql}")
}

fn finite(number: &str, then: &str) -> String {
    format!("case when {} then {then} end", is_finite(number))
}

fn is_finite(number: &str) -> String {
    format!("{number} not in ('NaN', 'Infinity', '-Infinity')")
}

/// The type of what is shown: a domain's rule is for what people write, and a masked value need not keep it; and a scale would
/// show places that the mask took away.
fn type_name(data_type: &DataType) -> &str {
    match (data_type.kind, &data_type.base) {
        _ if bare(data_type) == "numeric" && !data_type.array => "numeric",
        (TypeKind::Domain, Some(base)) => base,
        _ => &data_type.sql,
    }
}

#[cfg(test)]
mod tests {
    use super::expression;
    use crate::catalog::{DataType, TypeKind};
    use crate::tags::Mask;
    use crate::testing::{base_type, table};

    fn check(mask: Mask, data_type: DataType, expected: &str) {
        let table = table("t").column_with("Who", data_type, |_| {});
        assert_eq!(expression(mask, &table.0.columns[0], "keys"), expected);
    }

    #[test]
    fn what_does_not_fit_is_nothing() {
        check(Mask::Email, base_type("jsonb"), "null::jsonb");
        check(Mask::Name, base_type("text[]"), "null::text[]");
        check(Mask::Hash, base_type("inet"), "null::inet");
        check(Mask::Range, base_type("text"), "null::text");
        check(Mask::Geo, base_type("integer"), "null::integer");
        check(Mask::Auto, base_type("text"), "null::text");
    }

    #[test]
    fn names_are_quoted_and_types_kept() {
        check(Mask::Range, base_type("integer"), "(\"Who\" / 10 * 10)::integer");
        let domain = DataType {
            sql: "public.latitude".to_owned(),
            kind: TypeKind::Domain,
            base: Some("double precision".to_owned()),
            ..base_type("text")
        };
        check(
            Mask::Geo,
            domain,
            "(case when \"Who\" not in ('NaN', 'Infinity', '-Infinity') then round(\"Who\"::numeric, 1) end)::double precision",
        );
    }
}
