//! A few rows of each table, as somebody would see them who may not see personal data.
//!
//! Documentation must come out the same whenever it is made. The demo data is a function of its seed, but defaults and triggers
//! look at the clock and throw dice. So rows are shown only of tables that the demo data fills, and of their columns, those
//! that it does not set are shown as `…` when their default is computed, as is every value that turns out to have today in it
//! or a random UUID.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use howdah_data::demo;
use howdah_pg::PgError;
use howdah_pg::tokio_postgres::{Client, SimpleQueryMessage};
use howdah_schema::catalog::{Catalog, Column, Table};
use howdah_schema::docs::Example;
use howdah_schema::tags::Mask;
use howdah_schema::{Ident, QualifiedName, mask};

/// Rows of one table.
const ROWS: usize = 3;
/// Characters of one value.
const LENGTH: usize = 48;
/// What stands for a value that would be another one tomorrow.
const ANY: &str = "…";
/// What stands for a value that is not shown at all.
const HIDDEN: &str = "***";
/// The demo data is published, so that anybody may know how its hashes are made.
const HASH_KEY: &[u8] = b"howdah docs";

/// One form for everything, whatever the server's settings are.
const SETTINGS: &str = "begin read only; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; \
    set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'; set local extra_float_digits = 1";

/// Rows of every table that the demo data of `template` fills.
///
/// # Errors
/// Those of PostgreSQL.
pub(super) async fn take(
    client: &Client,
    catalog: &Catalog,
    template: &str,
) -> Result<BTreeMap<QualifiedName, Example>, PgError> {
    let filled = demo::filled(template);
    client.batch_execute(SETTINGS).await?;
    let days = days(client).await?;
    let mut examples = BTreeMap::new();
    for (name, set) in filled {
        let Ok(name) = name.parse::<QualifiedName>() else { continue };
        let Some(table) = catalog.tables.get(&name) else { continue };
        if let Some(example) = example(client, table, &set, &days).await? {
            examples.insert(name, example);
        }
    }
    client.batch_execute("rollback").await?;
    Ok(examples)
}

/// Yesterday, today and tomorrow, as the server writes them: somewhere it is each of them.
async fn days(client: &Client) -> Result<Vec<String>, PgError> {
    const DAYS: &str = "select (current_date + d)::text from generate_series(-1, 1) as d";
    let rows = client.query(DAYS, &[]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

async fn example(
    client: &Client,
    table: &Table,
    set: &BTreeSet<&'static str>,
    days: &[String],
) -> Result<Option<Example>, PgError> {
    let mut list = String::new();
    for column in &table.columns {
        let _ = write!(list, "{}{}::text", if list.is_empty() { "" } else { ", " }, Ident::new(column.name.as_str()));
    }
    let key = table.primary_key();
    let order: Vec<String> = match key {
        [] => vec!["t::text collate \"C\"".to_owned()],
        key => key.iter().map(|column| format!("{}::text collate \"C\"", Ident::new(column.as_str()))).collect(),
    };
    let sql = format!("select {list} from {} as t order by {} limit {ROWS}", table.name, order.join(", "));
    let found = client.simple_query(&sql).await.map_err(PgError::from)?;
    let rows: Vec<Vec<Option<String>>> = found
        .into_iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..table.columns.len()).map(|at| row.try_get(at).ok().flatten().map(str::to_owned)).collect())
            }
            _ => None,
        })
        .collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let masks = mask::all(&table.columns);
    let mut example = Example { columns: Vec::new(), rows: vec![Vec::new(); rows.len()], masked: Vec::new() };
    for (at, column) in table.columns.iter().enumerate() {
        let values: Vec<Option<&str>> = rows.iter().map(|row| row.get(at)?.as_deref()).collect();
        if values.iter().all(Option::is_none) {
            continue;
        }
        example.columns.push(column.name.clone());
        let mask = masks.get(column.name.as_str()).copied();
        if mask.is_some() {
            example.masked.push(column.name.clone());
        }
        let is_known = set.contains(column.name.as_str()) || !is_computed(column);
        for (row, value) in example.rows.iter_mut().zip(values) {
            row.push(value.map(|value| shown(column, mask, value, is_known, days)));
        }
    }
    Ok(Some(example))
}

fn shown(column: &Column, mask: Option<Mask>, value: &str, is_known: bool, days: &[String]) -> String {
    if let Some(mask) = mask {
        return mask::apply(mask, &column.data_type, HASH_KEY, value)
            .map_or_else(|| HIDDEN.to_owned(), |value| short(&value));
    }
    let is_passing = days.iter().any(|day| value.contains(day.as_str())) || has_random_uuid(value);
    if !is_known || is_passing { ANY.to_owned() } else { short(value) }
}

fn short(value: &str) -> String {
    if value.chars().count() <= LENGTH {
        return value.to_owned();
    }
    let kept: String = value.chars().take(LENGTH - 1).collect();
    format!("{}{ANY}", kept.trim_end())
}

/// Whether a column's default calls something: what it gives may differ from run to run. Counting on is no such thing.
fn is_computed(column: &Column) -> bool {
    let Some(default) = &column.default else { return false };
    // What a constant is cast to may have brackets of its own: `'x'::character varying(3)`.
    let value = default.split("::").next().unwrap_or_default();
    (value.contains('(') && !value.starts_with("nextval(")) || value.contains("CURRENT_") || value.contains("LOCALTIME")
}

/// Whether there is a UUID of version 4 or 7 in a text. Those of the demo data are of version 5.
fn has_random_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(36).any(|window| {
        let is_uuid = window.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        is_uuid && matches!(window.get(14), Some(b'4' | b'7'))
    })
}

#[cfg(test)]
mod tests {
    use super::{has_random_uuid, short};

    #[test]
    fn random_ids_are_told_from_made_ones() {
        assert!(has_random_uuid("{\"id\": \"0b1f6a52-3c1d-4a53-9d0a-0c7d5a1f0b11\"}"));
        assert!(has_random_uuid("01890a5d-ac96-774b-bcce-b302099a8057"));
        assert!(!has_random_uuid("0b1f6a52-3c1d-5a53-9d0a-0c7d5a1f0b11"));
        assert!(!has_random_uuid("no id at all, however long this text may be"));
        assert!(!has_random_uuid("ü"));
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short("short"), "short");
        assert_eq!(short(&"ä".repeat(60)).chars().count(), 48);
    }
}
