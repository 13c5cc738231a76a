//! What PostgreSQL does with rows that are there: facts about versions 14 to 18.
//!
//! Sources: the documentation of ALTER TABLE ("Notes"), `ATColumnChangeRequiresRewrite` and `ATExecAddColumn` in
//! `src/backend/commands/tablecmds.c`, and the `prosupport` functions that simplify length coercions away.

use super::effect::Work;
use super::seen::Seen;
use super::statement::{ColumnDef, ConstraintKind, Expression, TypeRef};
use crate::QualifiedName;
use crate::catalog::Volatility;

/// Built-in functions that give one value for a whole statement, so that a default with them is stored once.
const STEADY: [&str; 46] = [
    "abs",
    "age",
    "array_fill",
    "btrim",
    "ceil",
    "chr",
    "coalesce",
    "concat",
    "concat_ws",
    "current_database",
    "current_schema",
    "current_setting",
    "date_part",
    "date_trunc",
    "decode",
    "encode",
    "floor",
    "format",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "left",
    "length",
    "lower",
    "make_date",
    "make_interval",
    "make_timestamp",
    "make_timestamptz",
    "md5",
    "now",
    "repeat",
    "replace",
    "right",
    "round",
    "sha256",
    "statement_timestamp",
    "substr",
    "timezone",
    "to_char",
    "to_date",
    "to_json",
    "to_jsonb",
    "to_timestamp",
    "transaction_timestamp",
    "upper",
];

/// The first function of the expression that may give each row another value, which makes PostgreSQL write every row.
/// A function that nothing is known of counts.
pub(crate) fn volatile_call<'e>(value: &'e Expression, seen: &Seen<'_>) -> Option<&'e str> {
    let volatile = |name: &&super::statement::Name| {
        let system = name.schema.as_deref().is_none_or(|schema| schema == "pg_catalog");
        if system && STEADY.contains(&name.name.as_str()) {
            return false;
        }
        let known: Vec<Volatility> = seen
            .context
            .catalog
            .iter()
            .flat_map(|catalog| catalog.functions.values())
            .filter(|function| {
                let it = &function.signature.name;
                it.name == name.name && name.schema.as_ref().is_none_or(|schema| *schema == it.schema)
            })
            .map(|function| function.volatility)
            .collect();
        known.is_empty() || known.contains(&Volatility::Volatile)
    };
    value.calls.iter().find(volatile).map(|name| name.name.as_str())
}

/// Why adding the column writes or reads every row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnCost<'e> {
    VolatileDefault(&'e str),
    Stored,
    /// Identity or serial: a value of the sequence for every row.
    Sequence,
    ConstrainedDomain,
}

/// What adding the column costs besides its constraints; `None` for the catalog's change alone.
pub(crate) fn add_column_cost<'e>(column: &'e ColumnDef, seen: &Seen<'_>) -> Option<ColumnCost<'e>> {
    if column.is_identity() || column.is_serial() {
        return Some(ColumnCost::Sequence);
    }
    if column.has(|kind| matches!(kind, ConstraintKind::Stored)) {
        return Some(ColumnCost::Stored);
    }
    if let Some(call) = column.default().and_then(|value| volatile_call(value, seen)) {
        return Some(ColumnCost::VolatileDefault(call));
    }
    let domain = column.data_type.as_ref().is_some_and(|it| !it.array && seen.is_constrained_domain(it));
    domain.then_some(ColumnCost::ConstrainedDomain)
}

/// What adding the column does with the rows, its constraints included.
pub(crate) fn add_column(column: &ColumnDef, seen: &Seen<'_>) -> Work {
    if add_column_cost(column, seen).is_some() {
        return Work::Rewrite;
    }
    let scans = column.has(|kind| match kind {
        ConstraintKind::Check { .. } | ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => true,
        ConstraintKind::Exclude => true,
        // Without a default all values are null, and PostgreSQL knows that nulls refer to nothing.
        ConstraintKind::ForeignKey { .. } => column.default().is_some_and(|value| !value.is_null()),
        // A missing value that is not null proves itself.
        ConstraintKind::NotNull { .. } => column.default().is_none_or(Expression::is_null),
        _ => false,
    });
    if scans { Work::Scan } else { Work::Instant }
}

/// What changing a column's type does with the rows. `from` is `None` when the type before is not known.
pub(crate) fn type_change(from: Option<&TypeRef>, to: &TypeRef, using: Option<&Expression>, column: &str) -> Work {
    let Some(from) = from else { return Work::Rewrite };
    if using.is_some_and(|using| !is_plain(using, column)) || from.array != to.array {
        return Work::Rewrite;
    }
    if from.name == to.name && from.schema == to.schema && from.modifiers == to.modifiers {
        return Work::Instant;
    }
    // The elements of an array are cast one by one.
    if from.array {
        return Work::Rewrite;
    }
    // A wider bound needs no look at the values: none, or a larger one.
    let wider = match (from.modifiers.first(), to.modifiers.first()) {
        (_, None) => true,
        (Some(before), Some(after)) => after >= before,
        (None, Some(_)) => false,
    };
    let instant = match (&*from.name, &*to.name) {
        ("varchar" | "text", "text") => to.modifiers.is_empty(),
        ("varchar", "varchar") | ("varbit", "varbit") | ("bit", "varbit") => wider,
        ("text", "varchar") => to.modifiers.is_empty(),
        // The number of digits after the point must stay.
        ("numeric", "numeric") => {
            to.modifiers.is_empty() || (wider && !from.modifiers.is_empty() && scale(from) == scale(to))
        }
        ("timestamp", "timestamp")
        | ("timestamptz", "timestamptz")
        | ("time", "time")
        | ("timetz", "timetz")
        | ("interval", "interval") => wider,
        // Binary coercible. (timestamp to timestamptz is free too, but only in a session whose time zone is UTC.)
        ("cidr", "inet") | ("xml", "text") => true,
        _ => false,
    };
    if instant { Work::Instant } else { Work::Rewrite }
}

fn scale(it: &TypeRef) -> i64 {
    it.modifiers.get(1).copied().unwrap_or(0)
}

/// `USING column` or `USING column::type` says no more than no USING.
fn is_plain(using: &Expression, column: &str) -> bool {
    let text = using.text.trim().trim_start_matches('(').trim_end_matches(')');
    let subject = text.split("::").next().unwrap_or_default().trim().trim_matches('"');
    subject.eq_ignore_ascii_case(column) && text.matches("::").count() <= 1
}

/// Whether the change can lose part of a value without an error, and what.
pub(crate) fn lossy(from: &TypeRef, to: &TypeRef) -> Option<&'static str> {
    let fractions = ["numeric", "float4", "float8"];
    let whole = ["int2", "int4", "int8"];
    match (&*from.name, &*to.name) {
        _ if from.array != to.array => None,
        ("timestamp" | "timestamptz", "date") => Some("the time of day"),
        ("timestamp" | "timestamptz", "time" | "timetz") => Some("the date"),
        ("timestamptz", "timestamp") | ("timetz", "time") => {
            Some("which moment it was, outside the session's time zone")
        }
        (before, after) if fractions.contains(&before) && whole.contains(&after) => Some("digits after the point"),
        ("numeric" | "float8", "float4") | ("numeric", "float8") => Some("digits beyond the type's precision"),
        ("numeric", "numeric")
            if !to.modifiers.is_empty() && (from.modifiers.is_empty() || scale(to) < scale(from)) =>
        {
            Some("digits after the point")
        }
        ("json", "jsonb") => Some("key order, duplicate keys and white space"),
        _ => None,
    }
}

/// Whether ADD COLUMN … NOT NULL has something to fill the rows with.
pub(crate) fn fills_rows(column: &ColumnDef) -> bool {
    column.is_identity()
        || column.is_serial()
        || column.default().is_some_and(|value| !value.is_null())
        || column.has(|kind| matches!(kind, ConstraintKind::Stored | ConstraintKind::Virtual))
}

/// The tables with a column of the domain, by the catalog; `None` without one.
pub(crate) fn tables_with_domain(domain: &QualifiedName, seen: &Seen<'_>) -> Option<Vec<QualifiedName>> {
    let catalog = seen.context.catalog?;
    let domain = seen.before(domain);
    let uses = |table: &&crate::Table| table.columns.iter().any(|column| column.data_type.name == domain);
    Some(catalog.tables.values().filter(uses).map(|table| seen.now(&table.name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazards::read::data_type;

    fn check(from: &str, to: &str, expected: Work) {
        let (from_type, to_type) = (data_type(from).unwrap(), data_type(to).unwrap());
        assert_eq!(type_change(Some(&from_type), &to_type, None, "c"), expected, "{from} to {to}");
    }

    #[test]
    fn changes_of_type() {
        for (from, to) in [
            ("character varying(50)", "varchar(100)"),
            ("character varying(50)", "varchar"),
            ("character varying(50)", "text"),
            ("text", "varchar"),
            ("numeric(10,2)", "numeric(12,2)"),
            ("numeric(10,2)", "numeric"),
            ("timestamp(3) with time zone", "timestamptz"),
            ("timestamp(3) without time zone", "timestamp(6)"),
            ("bit varying(5)", "bit varying(9)"),
            ("bit(5)", "bit varying"),
            ("cidr", "inet"),
            ("integer", "int4"),
            ("text[]", "text[]"),
        ] {
            check(from, to, Work::Instant);
        }
        for (from, to) in [
            ("character varying(50)", "varchar(20)"),
            ("text", "varchar(20)"),
            ("character(5)", "text"),
            ("numeric(10,2)", "numeric(12,4)"),
            ("numeric", "numeric(10,2)"),
            ("integer", "bigint"),
            ("timestamp without time zone", "timestamptz"),
            ("bit(3)", "bit(5)"),
            ("text", "text[]"),
            ("character varying(5)[]", "text[]"),
            ("json", "jsonb"),
        ] {
            check(from, to, Work::Rewrite);
        }
    }

    #[test]
    fn losses() {
        let loses = |from: &str, to: &str| lossy(&data_type(from).unwrap(), &data_type(to).unwrap()).is_some();
        assert!(loses("timestamptz", "date") && loses("numeric(10,4)", "numeric(10,2)") && loses("float8", "integer"));
        assert!(!loses("integer", "bigint") && !loses("numeric(10,2)", "numeric(12,2)") && !loses("date", "timestamp"));
    }
}
