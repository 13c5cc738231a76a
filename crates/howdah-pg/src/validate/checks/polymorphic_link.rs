//! Pairs of a type and an id that lead nowhere: `resource_type` and `resource_id`, `linkable_type` and `linkable_id`.
//!
//! No foreign key can stand for such a pair, so what it points at is guessed, and the guess is a careful one:
//! - A pair is `x_type` or `x_table` (text or an enum) beside `x_id` (a UUID, integer or text) that is part of no foreign key.
//! - Its types are those of the enum, or of the CHECK's list; or, without one, those that occur. At least half of them must
//!   name tables, else the pair is something else (`account_type`: human, ai).
//! - A type names a table by its name, with or without its schema, in the plural (`post`, `posts`; `category`, `categories`), or
//!   as a class (`BlogPost`, `Blog::Post`); in the table's own schema, else in the only one that has it.
//! - The table must have a key of one column.
//! - A type that names no table is only told when the column's comment says that it is a table, and another type there is.
//! - Rows in the trash do not count, and neither do tables that outlive rows on purpose: those in a schema `audit`, and those whose
//!   name says that they are a log, a history, an audit trail, an archive or events that happened.

use crate::validate::access::Access;
use crate::validate::mask::row_key;
use crate::validate::report::{Finding, Key, Level, Unchecked, rows};
use crate::validate::session::{Failed, Reading, Session};
use crate::validate::unit::{self, Plan, Sink, Unit, keys, number, places, select_list};
use crate::validate::{Check, access};
use crate::{Ident, Literal, QualifiedName};
use howdah_schema::Catalog;
use howdah_schema::catalog::{Column, ConstraintKind, ObjectId, Table, TypeKind};
use howdah_schema::sql::split::{TokenKind, tokens};
use std::collections::{BTreeMap, BTreeSet};

const SUFFIXES: [&str; 2] = ["_type", "_table"];
/// Parts of names of tables that keep what is gone.
const TRAILS: [&str; 12] = [
    "audit",
    "audits",
    "log",
    "logs",
    "history",
    "histories",
    "archive",
    "archives",
    "trail",
    "ledger",
    "tombstones",
    "deletions",
];
/// With more types than a database has kinds of things, it is not a link.
const MOST_TYPES: usize = 200;

/// One pair.
#[derive(Debug)]
pub(in crate::validate) struct Work {
    table: QualifiedName,
    from: String,
    type_column: Ident<'static>,
    id_column: Ident<'static>,
    /// Live rows whose pair is there.
    live: String,
    /// The types that there may be, where the schema says so.
    listed: Option<Vec<String>>,
    /// The comment says that the type is a table.
    says_table: bool,
    tables: Tables,
    key: Vec<(String, String)>,
}

/// What tables a type can name.
#[derive(Debug)]
struct Tables {
    /// The schema of the pair's own table.
    own: String,
    by_name: BTreeMap<QualifiedName, Option<Target>>,
}

/// How to find a row of a table; for a table without a key of one column there is none.
#[derive(Debug, Clone)]
struct Target {
    from: String,
    column: Ident<'static>,
    as_text: bool,
}

pub(in crate::validate) fn plan(plan: &Plan<'_>, units: &mut Vec<Unit>) {
    if !plan.options.wants(Check::PolymorphicLink) {
        return;
    }
    for table in plan.tables().filter(|table| table.partition_of.is_none() && !is_trail(&table.name)) {
        for column in &table.columns {
            units.extend(unit(plan, table, column));
        }
    }
}

fn is_trail(name: &QualifiedName) -> bool {
    name.schema == "audit" || name.name.split('_').any(|part| TRAILS.contains(&part))
}

fn unit(plan: &Plan<'_>, table: &Table, types: &Column) -> Option<Unit> {
    let stem = SUFFIXES.iter().find_map(|suffix| types.name.strip_suffix(suffix)).filter(|stem| !stem.is_empty())?;
    let ids = table.column(&format!("{stem}_id"))?;
    if !is_text(plan.catalog, types) || !is_key(ids) {
        return None;
    }
    let in_key = table.foreign_keys().any(|(constraint, _)| constraint.columns.contains(&ids.name));
    if in_key {
        return None;
    }
    let tables = Tables { own: table.name.schema.clone(), by_name: targets(plan, ids) };
    let listed = listed(plan.catalog, table, types);
    if let Some(listed) = &listed
        && !tables.are_meant(listed)
    {
        return None;
    }
    let (type_column, id_column) = (Ident::new(types.name.clone()), Ident::new(ids.name.clone()));
    let mut live = format!("num_nulls(t.{type_column}, t.{id_column}) = 0");
    if table.column("deleted_at").is_some() {
        live += " and num_nulls(t.deleted_at) = 1";
    }
    let mut key = row_key(plan.masks, &table.name, "t");
    for (column, name) in [(types, &type_column), (ids, &id_column)] {
        if !key.iter().any(|(name, _)| *name == column.name) {
            let value = format!("t.{name}");
            key.push((column.name.clone(), plan.masks.column(&table.name, &column.name, &value)));
        }
    }
    Some(Unit {
        object: ObjectId::Column(table.name.clone(), ids.name.clone()).to_string(),
        checks: vec![Check::PolymorphicLink],
        access: Access { reads: vec![table.name.clone()], reading: Reading::Rows },
        weight: plan.rows(&table.name),
        work: unit::Work::PolymorphicLink(Work {
            table: table.name.clone(),
            from: format!("{} as t", plan.from(&table.name)),
            type_column,
            id_column,
            live,
            listed,
            says_table: types.comment.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| w == "table"),
            tables,
            key,
        }),
    })
}

fn is_text(catalog: &Catalog, column: &Column) -> bool {
    let data_type = &column.data_type;
    let text = |sql: &str| sql == "text" || sql.starts_with("character");
    !data_type.array
        && (text(data_type.base.as_deref().unwrap_or(&data_type.sql))
            || data_type.kind == TypeKind::Enum && catalog.enums.contains_key(&data_type.name))
}

fn is_key(column: &Column) -> bool {
    !column.data_type.array && family(column).is_some()
}

/// Types whose values compare with each other.
fn family(column: &Column) -> Option<&'static str> {
    match column.data_type.base.as_deref().unwrap_or(&column.data_type.sql) {
        "uuid" => Some("uuid"),
        "smallint" | "integer" | "bigint" => Some("integer"),
        sql if sql == "text" || sql.starts_with("character") => Some("text"),
        _ => None,
    }
}

fn targets(plan: &Plan<'_>, ids: &Column) -> BTreeMap<QualifiedName, Option<Target>> {
    let tables = plan.catalog.tables.values().filter(|table| table.partition_of.is_none());
    tables
        .map(|table| {
            let keys = table.unique_keys();
            let key = keys.iter().find_map(|key| match key.as_slice() {
                [column] => table.column(column).filter(|column| column.not_null),
                _ => None,
            });
            let target = key.filter(|column| !column.data_type.array).map(|column| Target {
                from: plan.from(&table.name),
                column: Ident::new(column.name.clone()),
                as_text: family(column).is_none() || family(column) != family(ids),
            });
            (table.name.clone(), target)
        })
        .collect()
}

/// The labels of an enum, or the list in a CHECK on this column alone.
fn listed(catalog: &Catalog, table: &Table, column: &Column) -> Option<Vec<String>> {
    if let Some(found) = catalog.enums.get(&column.data_type.name) {
        return Some(found.labels.clone());
    }
    let checks = table.constraints.values().filter(|constraint| constraint.columns == [column.name.clone()]);
    let expressions = checks.filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Check { expression, .. } => Some(expression.as_str()),
        _ => None,
    });
    let domain = catalog.domains.get(&column.data_type.name);
    let of_domain = domain.into_iter().flat_map(|domain| domain.checks.values().map(|check| check.definition.as_str()));
    expressions.chain(of_domain).find_map(list_in)
}

/// The strings of `x = ANY (ARRAY['a'::text, 'b'::text])`.
fn list_in(expression: &str) -> Option<Vec<String>> {
    if !expression.contains(" = ANY (") {
        return None;
    }
    let quoted = tokens(expression).filter(|token| token.kind == TokenKind::Quoted);
    let strings = quoted.filter_map(|token| {
        let text = expression.get(token.span)?.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(text.replace("''", "'"))
    });
    let strings: Vec<String> = strings.collect();
    (!strings.is_empty()).then_some(strings)
}

impl Tables {
    /// Whether types like these are names of tables, rather than of something else.
    fn are_meant(&self, types: &[String]) -> bool {
        let named = types.iter().filter(|name| self.named(name).is_some()).count();
        named > 0 && named * 2 >= types.len()
    }

    fn any_named(&self, types: &[String]) -> bool {
        types.iter().any(|name| self.named(name).is_some())
    }

    /// The table that a type names.
    fn named(&self, name: &str) -> Option<&QualifiedName> {
        if let Some((schema, table)) = name.split_once('.') {
            let name = QualifiedName::new(schema, table);
            return self.by_name.get_key_value(&name).map(|(name, _)| name);
        }
        spellings(name).iter().find_map(|spelling| {
            let own = QualifiedName::new(self.own.as_str(), spelling.as_str());
            if let Some((name, _)) = self.by_name.get_key_value(&own) {
                return Some(name);
            }
            let mut elsewhere = self.by_name.keys().filter(|name| name.name == *spelling);
            elsewhere.next().filter(|_| elsewhere.next().is_none())
        })
    }
}

/// How the table of a type may be called, the likeliest first.
fn spellings(name: &str) -> Vec<String> {
    let class = name.rsplit("::").next().unwrap_or(name);
    let mut snake = String::new();
    let mut before = None;
    for c in class.chars() {
        if c.is_uppercase() && before.is_some_and(|before: char| before.is_lowercase() || before.is_numeric()) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase().map(|c| if c == '-' || c == ' ' { '_' } else { c }));
        before = Some(c);
    }
    let mut names = vec![name.to_owned(), snake.clone(), format!("{snake}s"), format!("{snake}es")];
    names.extend(snake.strip_suffix('y').map(|stem| format!("{stem}ies")));
    names
}

impl Work {
    pub(in crate::validate) async fn run(
        &self,
        unit: &Unit,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let Self { from, type_column, live, .. } = self;
        session.begin(&unit.access).await?;
        let found = session
            .query(&format!(
                "select t.{type_column}::text, count(*) from {from} where {live} group by 1 order by 1 limit {}",
                MOST_TYPES + 1
            ))
            .await?;
        session.end().await.map_err(Failed::Fatal)?;
        let mut types = BTreeMap::new();
        for row in &found {
            let count: i64 = row.try_get(1).map_err(|error| Failed::Fatal(error.into()))?;
            let name: String = row.try_get(0).map_err(|error| Failed::Fatal(error.into()))?;
            types.insert(name, u64::try_from(count).unwrap_or(0));
        }
        sink.read(types.values().sum(), unit.weight);
        let names: Vec<String> = types.keys().cloned().collect();
        let is_link = self.listed.is_some() || (types.len() <= MOST_TYPES && self.tables.are_meant(&names));
        // What a comment says is as good as a list, when it is about tables of this database and not of a restaurant.
        let is_said = self.says_table && types.len() <= MOST_TYPES && self.tables.any_named(&names);
        if !(is_link || is_said) {
            return Ok(());
        }
        let mut by_table: BTreeMap<&QualifiedName, Vec<&str>> = BTreeMap::new();
        let mut unknown: BTreeSet<&str> = BTreeSet::new();
        for name in types.keys() {
            match self.tables.named(name) {
                Some(table) => by_table.entry(table).or_default().push(name),
                None => drop(unknown.insert(name)),
            }
        }
        for (table, names) in by_table {
            self.target(unit, table, &names, session, sink).await?;
        }
        if self.says_table && !unknown.is_empty() {
            self.unknown(unit, &unknown, &types, session, sink).await?;
        }
        Ok(())
    }

    fn is_one_of(&self, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| Literal::from(*name).to_string()).collect();
        format!("t.{}::text in ({})", self.type_column, names.join(", "))
    }

    async fn target(
        &self,
        unit: &Unit,
        table: &QualifiedName,
        names: &[&str],
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let Some(target) = self.tables.by_name.get(table).and_then(Option::as_ref) else {
            sink.left_out(Unchecked {
                checks: unit.checks.clone(),
                object: unit.object.clone(),
                reason: format!("{table} has no key of one column that an id could be"),
                fix: "give it one, or link by a table of its own with a foreign key".to_owned(),
            });
            return Ok(());
        };
        let access = Access { reads: vec![self.table.clone(), table.clone()], reading: Reading::Rows };
        if let Some((reason, fix)) = access::refusal(session.facts, &access) {
            sink.not_checked(Unchecked { checks: unit.checks.clone(), object: unit.object.clone(), reason, fix });
            return Ok(());
        }
        let cast = if target.as_text { "::text" } else { "" };
        let own = self.key.iter().enumerate().map(|(at, (_, sql))| format!("{sql} as key{at}")).collect::<Vec<_>>();
        let child = format!(
            "(select t.{}{cast} as k, {} from {} where {} and {}) as c",
            self.id_column,
            own.join(", "),
            self.from,
            self.live,
            self.is_one_of(names)
        );
        let parent = format!("(select t.{}{cast} as k, true as found from {} as t) as p", target.column, target.from);
        let joined = format!("from {child} left join {parent} on p.k = c.k");
        session.begin(&access).await?;
        let lost = format!("select count(*), count(*) filter (where num_nulls(p.found) = 1) {joined}");
        let counted = session.query(&lost).await?;
        let orphans = number(&counted, 1)?;
        let mut found: Vec<Key> = Vec::new();
        if orphans > 0 && session.options.limit > 0 {
            let key: Vec<(String, String)> =
                self.key.iter().enumerate().map(|(at, (name, _))| (name.clone(), format!("c.key{at}"))).collect();
            let (list, order, limit) = (select_list(&key), places(key.len()), session.options.limit);
            let sql = format!("select {list} {joined} where num_nulls(p.found) = 1 order by {order} limit {limit}");
            found = keys(&session.query(&sql).await?, &key)?;
        }
        session.end().await.map_err(Failed::Fatal)?;
        sink.read(number(&counted, 0)?, 0);
        if orphans > 0 {
            let (count, verb) = (rows(orphans), if orphans == 1 { "names a row" } else { "name rows" });
            sink.found(Finding {
                id: Check::PolymorphicLink,
                level: Level::Warning,
                object: unit.object.clone(),
                message: format!("{count} of {} {verb} of {table} that {} not there", self.table, if orphans == 1 { "is" } else { "are" }),
                fix: format!(
                    "delete them, and have a trigger on {table} delete what points at a row that goes; no foreign key can"
                ),
                rows: Some(orphans),
                keys: found,
            });
        }
        Ok(())
    }

    async fn unknown(
        &self,
        unit: &Unit,
        unknown: &BTreeSet<&str>,
        types: &BTreeMap<String, u64>,
        session: &Session<'_>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Failed> {
        let names: Vec<&str> = unknown.iter().copied().collect();
        let (list, order, limit) = (select_list(&self.key), places(self.key.len()), session.options.limit);
        let mut found = Vec::new();
        if limit > 0 {
            session.begin(&unit.access).await?;
            let sql = format!(
                "select {list} from {} where {} and {} order by {order} limit {limit}",
                self.from,
                self.live,
                self.is_one_of(&names)
            );
            found = keys(&session.query(&sql).await?, &self.key)?;
            session.end().await.map_err(Failed::Fatal)?;
        }
        let count: u64 = unknown.iter().filter_map(|name| types.get(*name)).sum();
        let what = if count == 1 { "names a table" } else { "name tables" };
        sink.found(Finding {
            id: Check::PolymorphicLink,
            level: Level::Warning,
            object: unit.object.clone(),
            message: format!(
                "{} of {} {what} that {} not there",
                rows(count),
                self.table,
                if count == 1 { "is" } else { "are" }
            ),
            fix: format!("correct {}, or delete them; a CHECK with the list of tables keeps it so", self.type_column),
            rows: Some(count),
            keys: found,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<String> {
        let by_name = ["public.posts", "public.categories", "shop.boxes", "a.twice", "b.twice", "public.user"]
            .iter()
            .map(|name| (name.parse().unwrap(), None))
            .collect();
        Tables { own: "public".to_owned(), by_name }.named(name).map(ToString::to_string)
    }

    #[test]
    fn types_name_tables() {
        for (name, table) in [
            ("posts", Some("public.posts")),
            ("post", Some("public.posts")),
            ("Post", Some("public.posts")),
            ("Blog::Post", Some("public.posts")),
            ("category", Some("public.categories")),
            ("box", Some("shop.boxes")),
            ("shop.boxes", Some("shop.boxes")),
            ("twice", None),
            ("b.twice", Some("b.twice")),
            ("user", Some("public.\"user\"")),
            ("human", None),
            ("", None),
        ] {
            assert_eq!(named(name).as_deref(), table, "{name}");
        }
        assert!(spellings("BlogPost").contains(&"blog_posts".to_owned()));
    }

    #[test]
    fn lists_in_checks() {
        assert_eq!(
            list_in("(x = ANY (ARRAY['a'::text, 'it''s'::text]))"),
            Some(vec!["a".to_owned(), "it's".to_owned()])
        );
        assert_eq!(list_in("((char_length(x) <= 50) AND (x ~ '^[a-z]'::text))"), None);
    }

    #[test]
    fn trails_outlive_rows() {
        for (name, trail) in
            [("audit.anything", true), ("public.change_log", true), ("public.blogs", false), ("public.links", false)]
        {
            assert_eq!(is_trail(&name.parse().unwrap()), trail, "{name}");
        }
    }
}
