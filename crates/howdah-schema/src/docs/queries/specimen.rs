//! Values that columns may have, for queries about which no row says anything.
//!
//! [`row`] has one of each column's type, to look for. [`new_row`] has those that could be written: PostgreSQL is asked to find,
//! among a few values for each column, some that all CHECKs let through together, that point at rows which are there, and that
//! no other row has where only one may. [`unreferenced`] has the rows that may go. All are SQL to be put after FROM.
//!
//! Of a type that is not known here (one of an extension, say) there is no value, and the column is null.

use super::ident;
use super::pattern::matching;
use crate::QualifiedName;
use crate::catalog::{Catalog, Column, ConstraintKind, DataType, Relation, Table, TypeKind};
use crate::clients::rules::check_expression;
use crate::quote::Literal;
use crate::sql::split::{TokenKind, tokens};

/// Rows of another table that a foreign key is tried with.
const PARENTS: usize = 20;

/// What texts are like that a CHECK asks for: words, addresses, codes, colors, paths, numbers, times, digests.
const TEXTS: [&str; 20] = [
    "example",
    "Example",
    "EXAMPLE",
    "EX",
    "EXA",
    "ex",
    "e",
    "en-US",
    "someone@example.com",
    "https://example.com/",
    "example.com",
    "example/example",
    "/example",
    "#336699",
    "+12025550123",
    "1",
    "0000",
    "12:00",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "",
];

/// One value for each column of a relation, as far as there is one.
pub fn row(catalog: &Catalog, relation: Relation<'_>) -> String {
    let columns = relation.columns().iter().map(|column| {
        let stored = stored(catalog, &column.data_type);
        let value = of_type(catalog, &column.data_type, &[]).into_iter().next().unwrap_or_else(|| "null".to_owned());
        format!("({value})::{stored} as {}", ident(&column.name))
    });
    format!("(select {}) as specimen", columns.collect::<Vec<_>>().join(", "))
}

/// Values for these columns of a table, fit to be written together. The other columns are those of the row at `place` (its
/// `ctid`), or what a new row has in them.
pub fn new_row(catalog: &Catalog, table: &Table, members: &[&str], place: Option<&str>) -> String {
    let hints = hints(table);
    let mut sources = Vec::new();
    let mut conditions = Vec::new();
    let mut found: Vec<&str> = Vec::new();
    let is_found = |found: &[&str], names: &[String]| names.iter().all(|name| found.contains(&name.as_str()));

    // The widest first: it says most of what the others may be.
    let mut keys: Vec<_> = table.foreign_keys().filter(|(key, _)| is_found(members, &key.columns)).collect();
    keys.sort_by_key(|(key, _)| std::cmp::Reverse(key.columns.len()));
    for (constraint, key) in keys {
        let pairs: Vec<(&String, &String)> = constraint.columns.iter().zip(&key.referenced_columns).collect();
        let matches: Vec<String> =
            pairs.iter().map(|(own, other)| format!("p.{} = candidate.{}", ident(other), ident(own))).collect();
        conditions.push(format!(
            "(exists (select from {0} as p where {1}) or not exists (select from {0}))",
            key.references,
            matches.join(" and ")
        ));
        let open: Vec<&(&String, &String)> = pairs.iter().filter(|(own, _)| !found.contains(&own.as_str())).collect();
        if open.is_empty() {
            continue;
        }
        let list: Vec<String> = open.iter().map(|(own, other)| format!("{} as {}", ident(other), ident(own))).collect();
        let alone: Vec<String> =
            open.iter().filter_map(|(own, _)| Some(first(catalog, &table.column(own)?.data_type))).collect();
        sources.push(format!(
            "((select {0} from {1} limit {PARENTS}) union all select {2} where not exists (select from {1})) as s{3}",
            list.join(", "),
            key.references,
            alone.join(", "),
            sources.len()
        ));
        found.extend(open.iter().map(|(own, _)| own.as_str()));
    }
    for name in members.iter().copied().filter(|name| !found.contains(name)).collect::<Vec<_>>() {
        let Some(column) = table.column(name) else { continue };
        sources.push(candidates(catalog, column, &hints, sources.len()));
        found.push(name);
    }
    let kept: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !found.contains(&column.name.as_str()))
        .map(|column| match place {
            Some(_) => ident(&column.name).to_string(),
            None => format!("({})::{} as {}", left_out(catalog, column), column.data_type.sql, ident(&column.name)),
        })
        .collect();
    if !kept.is_empty() {
        let from = place.map(|place| format!(" from {} where ctid = {}", table.name, Literal::text(place.to_owned())));
        sources.push(format!("(select {}{}) as kept", kept.join(", "), from.unwrap_or_default()));
    }
    conditions.extend(checks(table).map(|check| format!("coalesce(({check}), true)")));
    if place.is_none() {
        conditions.extend(unique(table));
    }
    let list: Vec<String> = members.iter().map(|name| ident(name).to_string()).collect();
    let wanted = if conditions.is_empty() { String::new() } else { format!(" where {}", conditions.join(" and ")) };
    let (list, sources) = (list.join(", "), sources.join(", "));
    format!("(select {list} from (select * from {sources}) as candidate{wanted} limit 1) as specimen")
}

/// The rows of a table that no row of any table points at.
pub fn unreferenced(catalog: &Catalog, table: &Table) -> String {
    let pointing = catalog.foreign_keys_to(&table.name.schema, &table.name.name).map(|it| {
        let pairs = it.constraint.columns.iter().zip(&it.key.referenced_columns);
        let on: Vec<String> = pairs.map(|(own, other)| format!("c.{} = t.{}", ident(own), ident(other))).collect();
        format!(" and not exists (select from {} as c where {})", it.table.name, on.join(" and "))
    });
    format!("(select * from {} as t where true{}) as specimen", table.name, pointing.collect::<String>())
}

/// `(values (…), (…)) as s1 (name)`: those that the column's type lets through.
fn candidates(catalog: &Catalog, column: &Column, hints: &[String], number: usize) -> String {
    let (name, stored) = (ident(&column.name), stored(catalog, &column.data_type));
    let values = of_type(catalog, &column.data_type, hints);
    if values.is_empty() {
        return format!("(select null::{stored} as {name}) as s{number}");
    }
    let values: Vec<String> = values.iter().map(|value| format!("(({value})::{stored})")).collect();
    let values = values.join(", ");
    let checks = domain_checks(catalog, &column.data_type);
    if checks.is_empty() {
        return format!("(values {values}) as s{number} ({name})");
    }
    let checks: Vec<String> = checks.iter().map(|check| format!("coalesce(({check}), true)")).collect();
    format!("(select value as {name} from (values {values}) as d (value) where {}) as s{number}", checks.join(" and "))
}

/// What a new row has in a column of which nothing is said.
fn left_out(catalog: &Catalog, column: &Column) -> String {
    if column.generated.is_some() {
        return "null".to_owned();
    }
    if column.identity.is_some() {
        return "1".to_owned();
    }
    let of_domain = || catalog.domains.get(&column.data_type.name).filter(|_| !column.data_type.array)?.default.clone();
    column.default.clone().or_else(of_domain).unwrap_or_else(|| "null".to_owned())
}

/// That no row is equal where only one may be, by keys over plain columns.
fn unique(table: &Table) -> impl Iterator<Item = String> {
    table.indexes.values().filter(|index| index.unique).filter_map(|index| {
        let columns: Vec<&str> = index.leading_columns().collect();
        // A key that the database makes up itself is never taken, and one with an expression cannot be compared here.
        let made_up = |name: &&str| table.column(name).is_none_or(|column| column.identity.is_some());
        if columns.len() != index.keys.len() || columns.iter().any(made_up) {
            return None;
        }
        let equal: Vec<String> = columns.iter().map(|name| format!("u.{0} = candidate.{0}", ident(name))).collect();
        Some(format!("not exists (select from {} as u where {})", table.name, equal.join(" and ")))
    })
}

fn checks(table: &Table) -> impl Iterator<Item = &str> {
    table.constraints.values().filter(|constraint| constraint.enforced).filter_map(|constraint| {
        match &constraint.kind {
            ConstraintKind::Check { expression, .. } => Some(expression.as_str()),
            _ => None,
        }
    })
}

/// The constants of a table's CHECKs, as they stand there: often the very values that are let through.
fn hints(table: &Table) -> Vec<String> {
    checks(table).flat_map(constants).collect()
}

/// The numbers and strings of an expression.
fn constants(expression: &str) -> Vec<String> {
    let constant = |token: crate::sql::split::Token| {
        let text = &expression[token.span];
        let is_string = token.kind == TokenKind::Quoted && text.starts_with('\'');
        (token.kind == TokenKind::Number || is_string).then(|| text.to_owned())
    };
    let mut found: Vec<String> = tokens(expression).filter_map(constant).collect();
    found.dedup();
    found
}

/// The CHECKs of a domain and of those under it, over `VALUE`.
fn domain_checks(catalog: &Catalog, data_type: &DataType) -> Vec<String> {
    let Some(domain) = catalog.domains.get(&data_type.name).filter(|_| !data_type.array) else { return Vec::new() };
    let own = domain.checks.values().map(|check| check_expression(&check.definition).to_owned());
    own.chain(domain_checks(catalog, &domain.base)).collect()
}

/// The type without domains, as SQL.
fn stored(catalog: &Catalog, data_type: &DataType) -> String {
    match catalog.domains.get(&data_type.name) {
        Some(domain) if data_type.array => format!("{}[]", stored(catalog, &domain.base)),
        Some(domain) => stored(catalog, &domain.base),
        None => data_type.sql.clone(),
    }
}

fn first(catalog: &Catalog, data_type: &DataType) -> String {
    let value = of_type(catalog, data_type, &[]).into_iter().next();
    format!("({})::{}", value.unwrap_or_else(|| "null".to_owned()), stored(catalog, data_type))
}

/// Expressions for values of a type, the plainest first; none for a type that is not known. `hints` are constants that may be
/// among them.
fn of_type(catalog: &Catalog, data_type: &DataType, hints: &[String]) -> Vec<String> {
    let cast = stored(catalog, data_type);
    if data_type.array {
        let element = DataType { array: false, ..data_type.clone() };
        let element = DataType { sql: cast.trim_end_matches("[]").to_owned(), ..element };
        let of_one = of_type(catalog, &element, hints);
        return of_one.iter().map(|value| format!("array[{value}]")).chain(["'{}'".to_owned()]).collect();
    }
    match data_type.kind {
        TypeKind::Enum => {
            let labels = catalog.enums.get(&data_type.name).map(|found| found.labels.as_slice()).unwrap_or_default();
            labels.iter().map(|label| Literal::text(label.clone()).to_string()).collect()
        }
        TypeKind::Domain => {
            let Some(domain) = catalog.domains.get(&data_type.name) else { return Vec::new() };
            let own = domain.checks.values().flat_map(|check| constants(check_expression(&check.definition)));
            let hints: Vec<String> = own.chain(hints.iter().cloned()).collect();
            of_type(catalog, &domain.base, &hints)
        }
        TypeKind::Composite => {
            let Some(composite) = catalog.composites.get(&data_type.name) else { return Vec::new() };
            let members = composite.attributes.iter().map(|attribute| first(catalog, &attribute.data_type));
            vec![format!("row({})", members.collect::<Vec<_>>().join(", "))]
        }
        TypeKind::Range => range(catalog, &data_type.name),
        TypeKind::Base => of_base(&data_type.name, hints),
        TypeKind::Pseudo => Vec::new(),
    }
}

/// A range of its subtype's first value on, and the set of it.
fn range(catalog: &Catalog, name: &QualifiedName) -> Vec<String> {
    let of_subtype = |range: &crate::catalog::Range| {
        let from = first(catalog, &range.subtype);
        format!("{}({from}, {from}, '[]')", range.name)
    };
    if let Some(range) = catalog.ranges.get(name) {
        return vec![of_subtype(range)];
    }
    if let Some(range) = catalog.ranges.values().find(|range| range.multirange_name == *name) {
        return vec![format!("{}({})", range.multirange_name, of_subtype(range))];
    }
    let range = match name.name.as_str() {
        "int4range" | "int8range" | "numrange" => "[1,2]",
        "daterange" | "tsrange" | "tstzrange" => "[2000-01-01,2000-02-01)",
        "int4multirange" | "int8multirange" | "nummultirange" => "{[1,2]}",
        "datemultirange" | "tsmultirange" | "tstzmultirange" => "{[2000-01-01,2000-02-01)}",
        _ => return Vec::new(),
    };
    vec![Literal::text(range.to_owned()).to_string()]
}

/// Of PostgreSQL's own types, and of those of its own extensions.
fn of_base(name: &QualifiedName, hints: &[String]) -> Vec<String> {
    let is_string = |hint: &&String| hint.starts_with('\'');
    let plain = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
    let quoted = |values: &[&str]| values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>();
    match name.name.as_str() {
        "text" | "varchar" | "bpchar" | "name" | "citext" => {
            let strings = || hints.iter().filter(is_string);
            let of_patterns = strings().filter_map(|hint| matching(hint.trim_matches('\'')));
            let of_patterns: Vec<_> = of_patterns.map(|text| format!("{}::text", Literal::text(text))).collect();
            let hints = strings().map(|hint| format!("{hint}::text")).chain(of_patterns);
            // Texts that nobody else has, too.
            let fresh = ["gen_random_uuid()::text", "gen_random_uuid() || '@example.com'"].map(str::to_owned);
            let texts = TEXTS.iter().map(|text| format!("{}::text", Literal::text((*text).to_owned())));
            texts.chain(hints).chain(fresh).collect()
        }
        "int2" | "int4" | "int8" | "float4" | "float8" | "numeric" | "money" | "oid" => {
            let fits = |hint: &&String| match name.name.as_str() {
                "int2" => hint.parse::<i16>().is_ok(),
                "int4" | "oid" => hint.parse::<i32>().is_ok(),
                "int8" => hint.parse::<i64>().is_ok(),
                _ => !is_string(hint),
            };
            let hints = hints.iter().filter(fits).cloned();
            plain(&["1", "2", "0", "10", "100"]).into_iter().chain(hints).collect()
        }
        "bool" => plain(&["true", "false"]),
        "uuid" => plain(&["gen_random_uuid()"]),
        "date" => plain(&["current_date", "current_date + 1", "current_date - 1"]),
        "timestamptz" | "timestamp" => plain(&["now()", "now() + interval '1 hour'", "now() - interval '1 hour'"]),
        "time" | "timetz" => quoted(&["12:00", "13:00", "11:00"]),
        "interval" => quoted(&["1 hour", "1 day"]),
        "json" | "jsonb" => quoted(&["{}", "[]", "\"example\"", "1"]),
        "bytea" => {
            [1, 12, 16, 20, 32, 64].iter().map(|bytes| format!("decode(repeat('00', {bytes}), 'hex')")).collect()
        }
        "xid" | "xid8" => quoted(&["1"]),
        "inet" | "cidr" => quoted(&["192.0.2.1"]),
        "macaddr" => quoted(&["00:00:5e:00:53:00"]),
        "macaddr8" => quoted(&["00:00:5e:00:53:00:00:00"]),
        "tsvector" | "tsquery" => quoted(&["example"]),
        "bit" | "varbit" => plain(&["B'1'", "B'0'"]),
        "xml" => quoted(&["<example/>"]),
        "point" => quoted(&["(0,0)"]),
        "line" => quoted(&["{1,-1,0}"]),
        "lseg" => quoted(&["[(0,0),(1,1)]"]),
        "box" | "path" | "polygon" => quoted(&["((0,0),(1,1))"]),
        "circle" => quoted(&["<(0,0),1>"]),
        "ltree" => quoted(&["example"]),
        "hstore" => quoted(&["example=>1"]),
        _ => Vec::new(),
    }
}
