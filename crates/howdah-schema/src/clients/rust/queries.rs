//! The functions of a table or view: find, list, insert, update, delete.

use super::keys::{DELETED, Key, Keys, Listing, Order};
use super::names::{Case, Names, raw};
use super::rows::{Field, derive};
use super::text::{Code, code, literal};
use super::types::Passing;
use crate::catalog::{Table, TriggerEnabled, TriggerLevel, TriggerTiming};
use crate::{Ident, QualifiedName};
use std::collections::BTreeMap;

/// Parameters and variables that stand beside those that are named after columns.
const LOCALS: [&str; 8] = ["client", "after", "limit", "statement", "changes", "current", "sql", "row"];

/// What the functions of one table or view have in common.
pub(super) struct Functions<'a> {
    pub(super) name: &'a QualifiedName,
    pub(super) fields: &'a [Field<'a>],
    pub(super) keys: &'a Keys<'a>,
}

/// A column's parameter: its name, and the column.
struct Parameter<'a> {
    name: String,
    field: &'a Field<'a>,
}

impl<'a> Functions<'a> {
    fn field(&self, column: &str) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| field.column.name == column)
    }

    fn parameters<'b>(&self, columns: impl IntoIterator<Item = &'b str>) -> Vec<Parameter<'a>> {
        let mut names = Names::new(Case::Snake, &LOCALS);
        let fields = columns.into_iter().filter_map(|column| self.field(column));
        fields.map(|field| Parameter { name: raw(&names.take(&field.column.name)), field }).collect()
    }

    fn from(&self) -> String {
        format!(" FROM {} AS t", self.name)
    }

    /// Conditions that single out a row by its key, whose parameters come first; and that it is not marked as deleted.
    fn conditions(&self, key: &[Parameter<'_>]) -> Vec<String> {
        let mut conditions: Vec<String> =
            key.iter().enumerate().map(|(at, parameter)| compared(parameter.field, "=", at + 1)).collect();
        conditions.extend(self.live());
        conditions
    }

    fn live(&self) -> Option<String> {
        self.keys.has_soft_delete.then(|| format!("t.{DELETED} IS NULL"))
    }

    /// `find` and `find_by_…`.
    pub(super) fn find(&self, out: &mut Code, key: &Key<'_>) {
        let parameters = self.parameters(key.columns.iter().map(|column| column.name.as_str()));
        let names: Vec<String> = key.columns.iter().map(|column| code(&column.name)).collect();
        out.gap();
        out.doc("///", &format!("The row with this {}, if there is one.", names.join(" and ")));
        self.head(out, &key.function, &parameters, &[], "support::Result<Option<Row>>");
        let mut sql = self.select();
        sql.extend(conditions(&self.conditions(&parameters)));
        constant(out, "SQL", &sql);
        bind(out, &parameters, &[]);
        out.line("statement.optional(client, SQL).await");
        out.close("}");
    }

    /// Without a key there is nothing to page by.
    pub(super) fn list_unordered(&self, out: &mut Code) {
        out.gap();
        out.doc("///", "Rows in no particular order, at most `limit`. There is no key to page by.");
        self.head(out, "list", &[], &["limit: u32".to_owned()], "support::Result<Vec<Row>>");
        let mut sql = self.select();
        sql.extend(conditions(&self.live().into_iter().collect::<Vec<_>>()));
        sql.push(literal(" LIMIT $1::int8"));
        constant(out, "SQL", &sql);
        out.line("let limit = i64::from(limit);");
        bind(out, &[], &["limit"]);
        out.line("statement.all(client, SQL).await");
        out.close("}");
    }

    /// Each listing, with the struct that says where a page begins.
    pub(super) fn lists(&self, out: &mut Code) {
        let mut cursors: BTreeMap<Vec<&str>, String> = BTreeMap::new();
        let mut names = Names::new(Case::Camel, &[]);
        for listing in &self.keys.listings {
            let columns: Vec<&str> = listing.order.iter().map(|order| order.column.name.as_str()).collect();
            let cursor = match cursors.get(&columns) {
                Some(known) => known.clone(),
                None => {
                    let wanted = match cursors.is_empty() {
                        true => "cursor".to_owned(),
                        false => format!("cursor_by_{}", columns.join("_")),
                    };
                    let name = names.take(&wanted);
                    self.cursor(out, &name, &listing.order);
                    cursors.insert(columns, name.clone());
                    name
                }
            };
            self.list(out, listing, &cursor);
        }
    }

    fn cursor(&self, out: &mut Code, name: &str, order: &[Order<'_>]) {
        let fields: Vec<&Field<'_>> = order.iter().filter_map(|order| self.field(&order.column.name)).collect();
        out.gap();
        out.doc("///", "Where a page ends and the next begins: made from the last row, `Some(&row.into())`.");
        derive(out, &[]);
        out.open(&format!("pub struct {name} {{"));
        for field in &fields {
            out.doc("///", &format!("Of {}.", code(&field.column.name)));
            out.field(&format!("pub {}", field.field()), &field.row_type());
        }
        out.close("}");
        out.gap();
        out.open(&format!("impl From<&Row> for {name} {{"));
        out.open("fn from(row: &Row) -> Self {");
        let value = |field: &&Field<'_>| match field.mapped.passing {
            Passing::Copied => format!("{0}: row.{0}", field.field()),
            _ => format!("{0}: row.{0}.clone()", field.field()),
        };
        let values: Vec<String> = fields.iter().map(value).collect();
        out.structure("Self", &values, "");
        out.close("}");
        out.close("}");
    }

    fn list(&self, out: &mut Code, listing: &Listing<'_>, cursor: &str) {
        let parameters = self.parameters(listing.filter.iter().map(|column| column.name.as_str()));
        let given = parameters.len();
        let order: Vec<(Order<'_>, &Field<'_>)> =
            listing.order.iter().filter_map(|order| Some((*order, self.field(&order.column.name)?))).collect();
        self.list_doc(out, listing);
        let more = [format!("after: Option<&{cursor}>"), "limit: u32".to_owned()];
        self.head(out, &listing.function, &parameters, &more, "support::Result<Vec<Row>>");
        let ordered = format!(
            " ORDER BY {}",
            order.iter().map(|(order, field)| sorted(*order, field)).collect::<Vec<_>>().join(", ")
        );
        for (name, after, limit) in [("FIRST", false, given + 1), ("NEXT", true, given + order.len() + 1)] {
            let mut where_: Vec<String> =
                parameters.iter().enumerate().map(|(at, parameter)| compared(parameter.field, "=", at + 1)).collect();
            where_.extend(self.live());
            if after {
                where_.extend(after_cursor(&order, given));
            }
            let mut sql = self.select();
            sql.extend(conditions(&where_));
            sql.push(literal(&ordered));
            sql.push(literal(&format!(" LIMIT ${limit}::int8")));
            constant(out, name, &sql);
        }
        out.line("let limit = i64::from(limit);");
        bind(out, &parameters, &[]);
        out.open("let sql = if let Some(after) = after {");
        for (_, field) in &order {
            out.line(&format!("statement.bind(&after.{});", field.field()));
        }
        out.line("NEXT");
        out.close("} else {");
        out.open_again();
        out.line("FIRST");
        out.close("};");
        out.line("statement.bind(&limit);");
        out.line("statement.all(client, sql).await");
        out.close("}");
    }

    fn list_doc(&self, out: &mut Code, listing: &Listing<'_>) {
        let of = |names: Vec<&str>| names.into_iter().map(code).collect::<Vec<_>>().join(", ");
        let filter = of(listing.filter.iter().map(|column| column.name.as_str()).collect());
        let order = of(listing.order.iter().map(|order| order.column.name.as_str()).collect());
        let those = if filter.is_empty() { String::new() } else { format!(" with this {filter}") };
        out.gap();
        out.doc("///", &format!("The rows{those} after `after`, at most `limit`, in the order of {order}."));
        if let Some(index) = listing.index {
            out.doc("///", &format!("\nServed by the index {}.", code(index)));
        }
    }

    /// `insert`.
    pub(super) fn insert(&self, out: &mut Code, has_fields: bool) {
        out.gap();
        out.doc("///", "Adds a row and returns it as it is stored.");
        let more: &[String] = if has_fields { &["row: &Insert".to_owned()] } else { &[] };
        self.head(out, "insert", &[], more, "support::Result<Row>");
        let into = format!("INSERT INTO {} AS t", self.name);
        constant(out, "INTO", &[literal(&into)]);
        constant(out, "RETURNING", &[literal(" RETURNING "), "columns!()".to_owned()]);
        if has_fields {
            bind(out, &[], &[]);
            out.line("row.write(&mut statement);");
        } else {
            out.line("let statement = support::Query::new();");
        }
        out.line("let sql = statement.insert(INTO, RETURNING);");
        out.line("statement.one(client, &sql).await");
        out.close("}");
    }

    /// All that changes a row: by the main key, and by its version.
    pub(super) fn changes(&self, out: &mut Code, table: &Table, key: &Key<'_>, has_update: bool) {
        let sees_trash = self.keys.has_soft_delete && asks_for_trash(table);
        for version in [None, self.keys.version].into_iter().take(1 + usize::from(self.keys.version.is_some())) {
            let version = version.and_then(|column| self.field(&column.name));
            if has_update {
                self.update(out, table, key, version);
            }
            self.delete(out, table, key, version, sees_trash);
        }
        if let Some(version) = self.keys.version.and_then(|column| self.field(&column.name)) {
            self.why_not(out, key, version);
        }
        if self.keys.has_soft_delete {
            self.restore(out, table, key, sees_trash);
            self.delete_permanently(out, key, sees_trash);
        }
    }

    fn key<'b>(&self, key: &Key<'b>) -> Vec<Parameter<'a>> {
        self.parameters(key.columns.iter().map(|column| column.name.as_str()))
    }

    fn update(&self, out: &mut Code, table: &Table, key: &Key<'_>, version: Option<&Field<'_>>) {
        let parameters = self.key(key);
        let mut conditions = self.conditions(&parameters);
        out.gap();
        out.doc("///", "Changes what is set, and returns the row as it is then stored.");
        let mut more = Vec::new();
        if let Some(version) = version {
            conditions.push(compared(version, "=", parameters.len() + 1));
            out.doc("///", VERSION_DOC);
            more.push(format!("current: {}", version.mapped.parameter()));
        } else {
            out.doc("///", "\n# Errors\n[`support::Error::NotFound`].");
        }
        more.push("changes: &Update".to_owned());
        let name = if version.is_some() { "update_at_version" } else { "update" };
        self.head(out, name, &parameters, &more, "support::Result<Row>");
        constant(out, "SET", &[literal(&format!("UPDATE {} AS t SET ", self.name))]);
        let mut rest: Vec<String> = self.counted(table).map(|set| literal(&format!(", {set}"))).into_iter().collect();
        rest.extend(self::conditions(&conditions));
        rest.extend([literal(" RETURNING "), "columns!()".to_owned()]);
        constant(out, "REST", &rest);
        let mut unchanged = self.select();
        unchanged.extend(self::conditions(&conditions));
        constant(out, "UNCHANGED", &unchanged);
        bind(out, &parameters, if version.is_some() { &["current"] } else { &[] });
        out.line("changes.write(&mut statement);");
        out.line("let sql = statement.update(SET, REST, UNCHANGED);");
        if version.is_some() {
            out.open("match statement.optional(client, &sql).await? {");
            out.line("Some(row) => Ok(row),");
            let arguments: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            out.arm("None", &format!("Err(why_not(client, {}, current).await?)", arguments.join(", ")));
            out.close("}");
        } else {
            out.line("statement.one(client, &sql).await");
        }
        out.close("}");
    }

    /// What counts the version up, where no trigger can.
    fn counted(&self, table: &Table) -> Option<String> {
        let version = self.keys.version?;
        let is_integer = matches!(version.data_type.sql.as_str(), "smallint" | "integer" | "bigint");
        let has_trigger = table.triggers.values().any(|trigger| {
            let fires = matches!(trigger.enabled, TriggerEnabled::Origin | TriggerEnabled::Always);
            fires && trigger.on_update && trigger.timing == TriggerTiming::Before && trigger.level == TriggerLevel::Row
        });
        let name = Ident::new(version.name.as_str());
        (is_integer && !has_trigger).then(|| format!("{name} = t.{name} + 1"))
    }

    fn delete(&self, out: &mut Code, table: &Table, key: &Key<'_>, version: Option<&Field<'_>>, sees_trash: bool) {
        let parameters = self.key(key);
        let mut conditions = self.conditions(&parameters);
        out.gap();
        if self.keys.has_soft_delete {
            out.doc("///", "Marks the row as deleted: the other functions here then pass over it.");
        } else {
            out.doc("///", "Deletes the row.");
        }
        let mut more = Vec::new();
        if let Some(version) = version {
            conditions.push(compared(version, "=", parameters.len() + 1));
            out.doc("///", VERSION_DOC);
            more.push(format!("current: {}", version.mapped.parameter()));
        } else {
            out.doc("///", "\n# Errors\n[`support::Error::NotFound`].");
        }
        let name = if version.is_some() { "delete_at_version" } else { "delete" };
        self.head(out, name, &parameters, &more, "support::Result<()>");
        let sql = if self.keys.has_soft_delete {
            self.marking(table, MARK, &conditions, sees_trash)
        } else {
            let mut sql = vec![literal(&format!("DELETE FROM {} AS t", self.name))];
            sql.extend(self::conditions(&conditions));
            sql
        };
        constant(out, "SQL", &sql);
        bind(out, &parameters, if version.is_some() { &["current"] } else { &[] });
        out.open("match statement.run(client, SQL).await? {");
        if version.is_some() {
            let arguments: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
            out.arm("0", &format!("Err(why_not(client, {}, current).await?)", arguments.join(", ")));
        } else {
            out.line("0 => Err(support::Error::NotFound),");
        }
        out.line("_ => Ok(()),");
        out.close("}");
        out.close("}");
    }

    /// An UPDATE of `deleted_at`.
    ///
    /// PostgreSQL applies the policies for reading to the new row, too. Where these show marked rows only to who asks for
    /// them (`auth.sees_trash()`), the statement asks, after the old row has passed and before the new one is looked at,
    /// and takes it back when it is done.
    fn marking(&self, table: &Table, mark: &str, conditions: &[String], sees_trash: bool) -> Vec<String> {
        let counted = self.counted(table).map(|set| format!(", {set}")).unwrap_or_default();
        let mut sql = vec![literal(&format!("UPDATE {} AS t", self.name))];
        if sees_trash {
            sql.push(literal(&format!(" SET {DELETED} = CASE WHEN set_config('howdah.trash', 'with', true) IS NULL")));
            sql.push(literal(&format!(" THEN NULL ELSE {mark} END{counted}")));
            sql.push(literal(" FROM (SELECT current_setting('howdah.trash', true) AS trash OFFSET 0) AS asked"));
        } else {
            sql.push(literal(&format!(" SET {DELETED} = {mark}{counted}")));
        }
        sql.extend(self::conditions(conditions));
        if sees_trash {
            sql.push(literal(" RETURNING set_config('howdah.trash', coalesce(asked.trash, ''), true)"));
        }
        sql
    }

    fn restore(&self, out: &mut Code, table: &Table, key: &Key<'_>, sees_trash: bool) {
        let parameters = self.key(key);
        out.gap();
        out.doc("///", "Takes the mark of deletion from the row, and returns it.");
        trash_doc(out, sees_trash);
        self.head(out, "restore", &parameters, &[], "support::Result<Row>");
        let mut conditions: Vec<String> =
            parameters.iter().enumerate().map(|(at, parameter)| compared(parameter.field, "=", at + 1)).collect();
        conditions.push(format!("t.{DELETED} IS NOT NULL"));
        let mut sql = self.marking(table, "NULL", &conditions, false);
        sql.extend([literal(" RETURNING "), "columns!()".to_owned()]);
        constant(out, "SQL", &sql);
        bind(out, &parameters, &[]);
        out.line("statement.one(client, SQL).await");
        out.close("}");
    }

    fn delete_permanently(&self, out: &mut Code, key: &Key<'_>, sees_trash: bool) {
        let parameters = self.key(key);
        out.gap();
        out.doc("///", "Deletes the row for good, marked as deleted or not.");
        trash_doc(out, sees_trash);
        self.head(out, "delete_permanently", &parameters, &[], "support::Result<()>");
        let conditions: Vec<String> =
            parameters.iter().enumerate().map(|(at, parameter)| compared(parameter.field, "=", at + 1)).collect();
        let mut sql = vec![literal(&format!("DELETE FROM {} AS t", self.name))];
        sql.extend(self::conditions(&conditions));
        constant(out, "SQL", &sql);
        bind(out, &parameters, &[]);
        out.open("match statement.run(client, SQL).await? {");
        out.line("0 => Err(support::Error::NotFound),");
        out.line("_ => Ok(()),");
        out.close("}");
        out.close("}");
    }

    /// Why nothing was changed.
    fn why_not(&self, out: &mut Code, key: &Key<'_>, version: &Field<'_>) {
        let parameters = self.key(key);
        out.gap();
        out.doc("///", "Why a row with this key and version was not there to be changed.");
        let more = [format!("current: {}", version.mapped.parameter())];
        self.signature(out, "async fn why_not", &parameters, &more, "support::Result<support::Error>");
        let mut sql = vec![literal(&format!("SELECT {}", compared(version, "=", parameters.len() + 1)))];
        sql.push(literal(&self.from()));
        sql.extend(conditions(&self.conditions(&parameters)));
        constant(out, "SQL", &sql);
        bind(out, &parameters, &["current"]);
        out.line("statement.why_not(client, SQL).await");
        out.close("}");
    }

    fn select(&self) -> Vec<String> {
        vec![literal("SELECT "), "columns!()".to_owned(), literal(&self.from())]
    }

    fn head(&self, out: &mut Code, name: &str, parameters: &[Parameter<'_>], more: &[String], returns: &str) {
        self.signature(out, &format!("pub async fn {name}"), parameters, more, returns);
    }

    fn signature(&self, out: &mut Code, name: &str, parameters: &[Parameter<'_>], more: &[String], returns: &str) {
        let mut all = vec!["client: &(impl GenericClient + Sync)".to_owned()];
        let of = |parameter: &Parameter<'_>| format!("{}: {}", parameter.name, parameter.field.mapped.parameter());
        all.extend(parameters.iter().map(of));
        all.extend_from_slice(more);
        out.function(name, &all, &format!(" -> {returns}"));
    }
}

const MARK: &str = "now()";

const VERSION_DOC: &str = "Only if the row still has the version `current`.

# Errors
[`support::Error::Stale`] if it has another by now, [`support::Error::NotFound`],
[`support::Error::Refused`].";

fn trash_doc(out: &mut Code, sees_trash: bool) {
    if sees_trash {
        out.doc("///", "\nA marked row is seen only after `trash::see` in the same transaction.");
    }
    out.doc("///", "\n# Errors\n[`support::Error::NotFound`].");
}

/// Whether the table's policies show marked rows only to who asks for them.
pub(super) fn asks_for_trash(table: &Table) -> bool {
    let mut conditions = table.policies.values().filter_map(|policy| policy.using.as_ref());
    table.row_security.enabled && conditions.any(|using| using.contains("auth.sees_trash()"))
}

fn compared(field: &Field<'_>, operator: &str, parameter: usize) -> String {
    let mapped = &field.mapped;
    format!("{} {} ${parameter}{}", field.sql(), mapped.operator(operator), mapped.cast())
}

/// `WHERE …`, a line each.
fn conditions(conditions: &[String]) -> Vec<String> {
    let words = std::iter::once(" WHERE ").chain(std::iter::repeat(" AND "));
    words.zip(conditions).map(|(word, condition)| literal(&format!("{word}{condition}"))).collect()
}

/// One column of ORDER BY.
fn sorted(order: Order<'_>, field: &Field<'_>) -> String {
    let direction = if order.descending { " DESC" } else { "" };
    let nulls = match (order.nullable, order.descending, order.nulls_first) {
        (true, true, false) => " NULLS LAST",
        (true, false, true) => " NULLS FIRST",
        _ => "",
    };
    format!("{}{direction}{nulls}", field.sql())
}

/// The conditions for a row to come after the cursor, whose values begin after the `given` parameters.
fn after_cursor(order: &[(Order<'_>, &Field<'_>)], given: usize) -> Vec<String> {
    let Some(((first, lead), others)) = order.split_first() else { return Vec::new() };
    let operator = |order: &Order<'_>| if order.descending { "<" } else { ">" };
    let is_row = order.iter().all(|(each, field)| {
        !each.nullable && each.descending == first.descending && field.mapped.has_plain_operators()
    });
    if others.is_empty() && !first.nullable {
        return vec![compared(lead, operator(first), given + 1)];
    }
    if is_row {
        let columns: Vec<String> = order.iter().map(|(_, field)| field.sql()).collect();
        let values = order.iter().enumerate();
        let values: Vec<String> =
            values.map(|(at, (_, field))| format!("${}{}", given + at + 1, field.mapped.cast())).collect();
        return vec![format!("({}) {} ({})", columns.join(", "), operator(first), values.join(", "))];
    }
    let mut alternatives = Vec::new();
    let mut equal: Vec<String> = Vec::new();
    for (at, (order, field)) in order.iter().enumerate() {
        let parameter = given + at + 1;
        let value = format!("${parameter}{}", field.mapped.cast());
        let column = field.sql();
        let beyond = compared(field, operator(order), parameter);
        let beyond = match (order.nullable, order.nulls_first) {
            (false, _) => beyond,
            (true, false) => format!("({beyond} OR ({column} IS NULL AND {value} IS NOT NULL))"),
            (true, true) => format!("({beyond} OR ({column} IS NOT NULL AND {value} IS NULL))"),
        };
        let mut all = equal.clone();
        all.push(beyond);
        alternatives.push(all.join(" AND "));
        let same = compared(field, "=", parameter);
        equal.push(match order.nullable {
            false => same,
            true => format!("({same} OR ({column} IS NULL AND {value} IS NULL))"),
        });
    }
    let mut conditions = Vec::new();
    if !first.nullable {
        // What follows from the rest, in a form that an index can begin at.
        conditions.push(compared(lead, if first.descending { "<=" } else { ">=" }, given + 1));
    }
    conditions.push(format!("({})", alternatives.join(" OR ")));
    conditions
}

/// A constant of pieces of SQL.
pub(super) fn constant(out: &mut Code, name: &str, pieces: &[String]) {
    match pieces {
        [only] => out.value(&format!("const {name}: &str"), only),
        pieces => out.call(&format!("const {name}: &str = concat!"), pieces, ";"),
    }
}

fn bind(out: &mut Code, parameters: &[Parameter<'_>], more: &[&str]) {
    out.line("let mut statement = support::Query::new();");
    for name in parameters.iter().map(|parameter| parameter.name.as_str()).chain(more.iter().copied()) {
        out.line(&format!("statement.bind(&{name});"));
    }
}
