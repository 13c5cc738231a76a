//! The functions of a table or view that find, list and insert. Those that change rows are in [`super::changes`].

use super::keys::{DELETED, Key, Keys, Listing, Order};
use super::names::{Case, Names, raw};
use super::rows::{Field, derive};
use super::text::{Code, code, literal};
use super::types::Passing;
use crate::QualifiedName;
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
pub(super) struct Parameter<'a> {
    pub(super) name: String,
    pub(super) field: &'a Field<'a>,
}

impl<'a> Functions<'a> {
    pub(super) fn field(&self, column: &str) -> Option<&'a Field<'a>> {
        self.fields.iter().find(|field| field.column.name == column)
    }

    pub(super) fn parameters<'b>(&self, columns: impl IntoIterator<Item = &'b str>) -> Vec<Parameter<'a>> {
        let mut names = Names::new(Case::Snake, &LOCALS);
        let fields = columns.into_iter().filter_map(|column| self.field(column));
        fields.map(|field| Parameter { name: raw(&names.take(&field.column.name)), field }).collect()
    }

    pub(super) fn from(&self) -> String {
        format!(" FROM {} AS t", self.name)
    }

    /// Conditions that single out a row by its key, whose parameters come first; and that it is not marked as deleted.
    pub(super) fn conditions(&self, key: &[Parameter<'_>]) -> Vec<String> {
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

    pub(super) fn select(&self) -> Vec<String> {
        vec![literal("SELECT "), "columns!()".to_owned(), literal(&self.from())]
    }

    pub(super) fn head(
        &self,
        out: &mut Code,
        name: &str,
        parameters: &[Parameter<'_>],
        more: &[String],
        returns: &str,
    ) {
        self.signature(out, &format!("pub async fn {name}"), parameters, more, returns);
    }

    pub(super) fn signature(
        &self,
        out: &mut Code,
        name: &str,
        parameters: &[Parameter<'_>],
        more: &[String],
        returns: &str,
    ) {
        let mut all = vec!["client: &(impl GenericClient + Sync)".to_owned()];
        let of = |parameter: &Parameter<'_>| format!("{}: {}", parameter.name, parameter.field.mapped.parameter());
        all.extend(parameters.iter().map(of));
        all.extend_from_slice(more);
        out.function(name, &all, &format!(" -> {returns}"));
    }
}

pub(super) fn compared(field: &Field<'_>, operator: &str, parameter: usize) -> String {
    let mapped = &field.mapped;
    format!("{} {} ${parameter}{}", field.sql(), mapped.operator(operator), mapped.cast())
}

/// `WHERE …`, a line each.
pub(super) fn conditions(conditions: &[String]) -> Vec<String> {
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

pub(super) fn bind(out: &mut Code, parameters: &[Parameter<'_>], more: &[&str]) {
    out.line("let mut statement = support::Query::new();");
    for name in parameters.iter().map(|parameter| parameter.name.as_str()).chain(more.iter().copied()) {
        out.line(&format!("statement.bind(&{name});"));
    }
}
