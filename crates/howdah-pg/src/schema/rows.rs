//! Rows in a scratch database: made up, and counted.
//!
//! Made-up rows are there for a migration to meet some. They fit types, NOT NULL, unique keys and foreign keys; what a check
//! or an exclusion constraint wants of them is not known, so a table that has one may stay empty.

use super::OWN_SCHEMAS;
use crate::{Ident, Literal, PgError, QualifiedName};
use howdah_schema::Catalog;
use howdah_schema::catalog::{Column, Table, TypeKind};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

/// The rows of every table that is not a partition.
///
/// # Errors
/// The connection.
pub async fn count(client: &Client, catalog: &Catalog) -> Result<BTreeMap<QualifiedName, u64>, PgError> {
    let mut counts = BTreeMap::new();
    let tables: Vec<&Table> = tables(catalog).collect();
    for table in tables {
        let only = if table.partition_key.is_some() { "" } else { "only " };
        let row = client.query_one(&format!("select count(*) from {only}{}", table.name), &[]).await?;
        counts.insert(table.name.clone(), u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or(0));
    }
    Ok(counts)
}

/// Puts up to `rows` made-up rows into every table, and returns how many each one got. Triggers do not fire, so the client
/// must be a superuser's.
///
/// # Errors
/// The connection. A table that takes no such rows is no error.
pub async fn make_up(client: &Client, catalog: &Catalog, rows: u32) -> Result<BTreeMap<QualifiedName, u64>, PgError> {
    client.batch_execute("set session_replication_role = replica; set search_path = ''").await?;
    let mut made = BTreeMap::new();
    for table in in_order_of_keys(catalog) {
        let mut inserted = 0;
        // First with a value in every column, then only with what must be there.
        for required in [false, true] {
            match client.execute(&insert(table, catalog, rows, required), &[]).await.map_err(PgError::from) {
                Ok(count) => inserted = count,
                Err(PgError::Server(error)) if !error.ends_session() => {
                    tracing::debug!(table = %table.name, message = error.message, "no rows made up");
                    continue;
                }
                Err(error) => return Err(error),
            }
            break;
        }
        made.insert(table.name.clone(), inserted);
    }
    Ok(made)
}

/// All but partitions, whose rows are their parent's, and Howdah's own.
fn tables(catalog: &Catalog) -> impl Iterator<Item = &Table> {
    let own = |table: &Table| OWN_SCHEMAS.contains(&table.name.schema.as_str());
    catalog.tables.values().filter(move |table| table.partition_of.is_none() && !own(table))
}

/// Those that are pointed at first, as far as there is no circle.
fn in_order_of_keys(catalog: &Catalog) -> Vec<&Table> {
    let mut waiting: Vec<&Table> = tables(catalog).collect();
    let mut done: BTreeSet<&QualifiedName> = BTreeSet::new();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let ready = |table: &&Table| {
            table.foreign_keys().all(|(_, key)| {
                key.references == table.name
                    || done.contains(&key.references)
                    || !catalog.tables.contains_key(&key.references)
            })
        };
        let (mut now, later): (Vec<&Table>, Vec<&Table>) = waiting.iter().copied().partition(ready);
        waiting = later;
        if now.is_empty() {
            now.push(waiting.remove(0));
        }
        done.extend(now.iter().map(|table| &table.name));
        order.extend(now);
    }
    order
}

fn insert(table: &Table, catalog: &Catalog, rows: u32, required: bool) -> String {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    let mut joins = String::new();
    let mut pointing: BTreeMap<&str, String> = BTreeMap::new();
    for (number, (constraint, key)) in table.foreign_keys().enumerate() {
        // A row that points at one of the same statement cannot see it.
        if key.references == table.name {
            continue;
        }
        let pairs = constraint.columns.iter().zip(&key.referenced_columns);
        let mut targets = Vec::new();
        for (column, target) in pairs {
            let target = Ident::new(target.as_str());
            targets.push(target.to_string());
            pointing.entry(column).or_insert_with(|| format!("k{number}.{target}"));
        }
        joins += &format!(
            "\nleft join lateral (select {0} from {1} order by {0} offset (g.n - 1) % greatest((select count(*) from {1}), 1) limit 1) as k{number} on true",
            targets.join(", "),
            key.references
        );
    }
    for column in &table.columns {
        let optional = !column.not_null && required;
        if column.generated.is_some() || column.identity.is_some() || optional {
            continue;
        }
        let value = match pointing.get(column.name.as_str()) {
            Some(value) => value.clone(),
            None if column.default.is_some() => continue,
            None => made_up(column, catalog),
        };
        columns.push(Ident::new(column.name.as_str()).to_string());
        values.push(value);
    }
    let from = format!("from generate_series(1, {rows}) as g (n){joins}");
    if columns.is_empty() {
        // Every column has a value of its own.
        return format!("insert into {} default values", table.name);
    }
    format!(
        "insert into {} ({})\nselect {}\n{from}\non conflict do nothing",
        table.name,
        columns.join(", "),
        values.join(", ")
    )
}

/// An expression over `g.n`, another for each row.
fn made_up(column: &Column, catalog: &Catalog) -> String {
    let declared = &column.data_type;
    let cast = |value: &str| format!("({value})::{}", declared.sql);
    if declared.array {
        return cast("'{}'");
    }
    if declared.kind == TypeKind::Enum {
        let labels = catalog.enums.get(&declared.name).map(|found| found.labels.as_slice()).unwrap_or_default();
        let labels: Vec<String> = labels.iter().map(|label| Literal::text(label.clone()).to_string()).collect();
        let list = labels.join(", ");
        return cast(&format!("(array[{list}])[1 + g.n % {}]", labels.len().max(1)));
    }
    let base = declared.base.as_deref().unwrap_or(&declared.sql);
    let (plain, length) = match base.split_once('(') {
        Some((plain, rest)) => (plain.trim(), rest.split(')').next().and_then(|length| length.parse::<u32>().ok())),
        None => (base, None),
    };
    let value = match plain {
        "smallint" => "(g.n % 30000)".to_owned(),
        "integer" | "bigint" | "numeric" | "real" | "double precision" | "money" | "oid" => "g.n".to_owned(),
        "boolean" => "(g.n % 2 = 0)".to_owned(),
        "uuid" => "gen_random_uuid()".to_owned(),
        "date" => "date '2024-01-01' + (g.n % 700)::integer".to_owned(),
        "timestamp without time zone" => "timestamp '2024-01-01' + g.n * interval '1 hour'".to_owned(),
        "timestamp with time zone" => "timestamptz '2024-01-01 00:00Z' + g.n * interval '1 hour'".to_owned(),
        "time without time zone" | "time with time zone" => "time '08:00' + g.n % 600 * interval '1 minute'".to_owned(),
        "interval" => "g.n * interval '1 minute'".to_owned(),
        "json" | "jsonb" => "'{}'".to_owned(),
        "bytea" => "decode(md5(g.n::text), 'hex')".to_owned(),
        "inet" | "cidr" => "'10.0.0.0'::inet + g.n".to_owned(),
        "text" | "character varying" | "character" | "public.citext" | "name" => {
            let text = words(&column.name);
            match length {
                // The number must survive, or the values would not differ.
                Some(length) if length < 40 => format!("left(g.n::text, {length})"),
                _ => text,
            }
        }
        _ if declared.kind == TypeKind::Range => "'empty'".to_owned(),
        _ => return format!("null::{}", declared.sql),
    };
    cast(&value)
}

/// Text that looks like what the column's name promises, because checks often want that.
fn words(column: &str) -> String {
    let has = |part: &str| column.contains(part);
    if has("email") {
        "'person' || g.n || '@example.com'".to_owned()
    } else if has("url") || has("link") || has("website") {
        "'https://example.com/' || g.n".to_owned()
    } else if has("phone") {
        "'+4930' || (1000000 + g.n)".to_owned()
    } else if has("slug") || has("code") || has("key") || has("username") {
        "'item-' || g.n".to_owned()
    } else {
        format!("{} || ' ' || g.n", Literal::text(column.replace('_', " ")))
    }
}
