//! What a database's tables hold, and whether it is still there.

use super::names::Names;
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Client;

/// The rows of all tables, by `schema.table`.
pub(super) type Rows = BTreeMap<String, Table>;

/// One table's rows, column by column: which value stood beside which is not kept, since no column tells rows apart for
/// sure.
#[derive(Debug)]
pub(super) struct Table {
    partitioned: bool,
    count: i64,
    columns: BTreeMap<String, Column>,
}

#[derive(Debug)]
struct Column {
    data_type: String,
    /// Its text may change with the type, in place.
    composite: bool,
    /// It follows from the others.
    generated: bool,
    /// As text, sorted.
    values: Vec<Option<String>>,
}

const TABLES: &str = "
    select n.nspname::text, c.relname::text, c.relkind = 'p', format('%I.%I', n.nspname, c.relname),
           array_agg(a.attname::text order by a.attnum) filter (where a.attnum > 0),
           array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) filter (where a.attnum > 0),
           array_agg(a.attgenerated <> '' order by a.attnum) filter (where a.attnum > 0),
           array_agg(('c' in (t.typtype, e.typtype, b.typtype, be.typtype)) is true order by a.attnum) filter (where a.attnum > 0),
           array_agg(quote_ident(a.attname) order by a.attnum) filter (where a.attnum > 0)
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_type e on e.oid = t.typelem and t.typelem <> 0
    left join pg_catalog.pg_type b on b.oid = t.typbasetype and t.typbasetype <> 0
    left join pg_catalog.pg_type be on be.oid = b.typelem and b.typelem <> 0
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
    group by c.oid, n.nspname, c.relname, c.relkind";

/// Reads all of them. Of a table with children, its own rows.
pub(super) async fn read(client: &Client) -> Rows {
    client.batch_execute("set search_path = ''").await.unwrap();
    let mut rows = Rows::new();
    for row in client.query(TABLES, &[]).await.unwrap() {
        let (schema, table, partitioned, quoted) =
            (row.get::<_, &str>(0), row.get::<_, &str>(1), row.get(2), row.get(3));
        let names: Vec<String> = row.get::<_, Option<_>>(4).unwrap_or_default();
        let types: Vec<String> = row.get::<_, Option<_>>(5).unwrap_or_default();
        let generated: Vec<bool> = row.get::<_, Option<_>>(6).unwrap_or_default();
        let composite: Vec<bool> = row.get::<_, Option<_>>(7).unwrap_or_default();
        let quoted_columns: Vec<String> = row.get::<_, Option<_>>(8).unwrap_or_default();
        let mut values = values(client, quoted, partitioned, &quoted_columns).await.into_iter();
        let count = values.next().and_then(|count| count.first()?.as_ref()?.parse().ok()).unwrap_or(0);
        let columns = names.into_iter().zip(types).zip(generated).zip(composite).zip(values);
        let columns = columns.map(|((((name, data_type), generated), composite), values)| {
            (name, Column { data_type, composite, generated, values })
        });
        rows.insert(format!("{schema}.{table}"), Table { partitioned, count, columns: columns.collect() });
    }
    client.batch_execute("reset search_path").await.unwrap();
    rows
}

/// The number of rows, then each column's values.
async fn values(client: &Client, table: &str, partitioned: bool, columns: &[String]) -> Vec<Vec<Option<String>>> {
    let column = |name: &String| format!(", array_agg({name}::text order by {name}::text collate \"C\" nulls first)");
    let columns: String = columns.iter().map(column).collect();
    let only = if partitioned { "" } else { "only " };
    let select = format!("select array[count(*)::text]{columns} from {only}{table}");
    let row = client.query_one(&select, &[]).await.unwrap();
    (0..row.len()).map(|at| row.get::<_, Option<Vec<Option<String>>>>(at).unwrap_or_default()).collect()
}

/// Which rows of `before` are missing in `after`, in words; empty if none. `client` is asked how a value reads in another
/// type.
pub(super) async fn missing(
    client: &Client,
    before: &Rows,
    after: &Rows,
    names: &Names,
    lossy: &BTreeSet<String>,
) -> Vec<String> {
    let (from, to) = (before.keys().cloned().collect(), after.keys().cloned().collect());
    let mut missing = Vec::new();
    for (name, table) in before.iter().filter(|(_, table)| table.count > 0 && !table.partitioned) {
        let is_lossy =
            |name: &str| lossy.contains(name) || name.split_once('.').is_some_and(|(_, name)| lossy.contains(name));
        let new = names.table(name, &from, &to);
        let Some(found) = after.get(&new).filter(|_| !is_lossy(name) && !is_lossy(&new)) else { continue };
        if table.count != found.count {
            missing.push(format!("{name} had {} rows, {new} has {}", table.count, found.count));
            continue;
        }
        let old_columns = table.columns.keys().map(String::as_str).collect();
        let new_columns = found.columns.keys().map(String::as_str).collect();
        for (column, was) in &table.columns {
            let new_column = names.column(&new, column, &old_columns, &new_columns);
            let Some(is) = found.columns.get(&new_column) else { continue };
            if !was.generated && !is.generated && !same(client, was, is, names).await {
                missing
                    .push(format!("{name}.{column} held {:?}, {new}.{new_column} holds {:?}", was.values, is.values));
            }
        }
    }
    missing
}

async fn same(client: &Client, was: &Column, is: &Column, names: &Names) -> bool {
    let nulls = |column: &Column| column.values.iter().filter(|value| value.is_none()).count();
    let mut renamed: Vec<_> = was.values.iter().map(|value| value.as_ref().map(|value| names.value(value))).collect();
    renamed.sort();
    if was.values == is.values || renamed == is.values {
        return true;
    }
    if nulls(was) != nulls(is) {
        return false;
    }
    if was.composite && is.composite {
        return true;
    }
    // What has another type, or a domain's other base, reads as PostgreSQL reads its text, where it can.
    let cast = format!(
        "select array_agg(value::{0}::text order by value::{0}::text collate \"C\" nulls first) from unnest($1::text[]) value",
        is.data_type
    );
    client.batch_execute("set search_path = ''").await.unwrap();
    let read = client.query_one(&cast, &[&renamed]).await;
    client.batch_execute("reset search_path").await.unwrap();
    read.map_or(was.data_type != is.data_type, |row| {
        row.get::<_, Option<Vec<Option<String>>>>(0).unwrap_or_default() == is.values
    })
}

#[tokio::test]
async fn what_is_lost_is_seen() {
    const TABLE: &str = "drop table if exists public.t; create table public.t (a int, b text); \
        insert into public.t values (1, 'x'), (2, null);";
    let db = howdah_testkit::TestDb::empty().await;
    let client = db.client_superuser().await;
    let lost = async |sql: &str, directives: &str| {
        client.batch_execute(TABLE).await.unwrap();
        let before = read(&client).await;
        client.batch_execute(sql).await.unwrap();
        let names = Names::read(directives);
        missing(&client, &before, &read(&client).await, &names, &BTreeSet::new()).await.join("; ")
    };
    let renamed = "create table public.t (\n  c text -- renamed-from: b\n)";
    assert_eq!(lost("alter table public.t alter column a type numeric(5, 2)", "").await, "");
    assert_eq!(lost("alter table public.t drop column b", "").await, "");
    assert_eq!(lost("alter table public.t rename column b to c", renamed).await, "");
    assert!(lost("alter table public.t drop column b, add column c text", renamed).await.contains("t.b held"));
    assert!(lost("alter table public.t drop column b, add column b text", "").await.contains("t.b held"));
    assert!(lost("update public.t set a = 7", "").await.contains("t.a held"));
    assert!(lost("delete from public.t where a = 2", "").await.contains("had 2 rows"));
    assert!(lost("alter table public.t alter column a type text using 'gone'", "").await.contains("t.a held"));
}
