//! The structs of a table or view: a row, a new row, a change.

use super::names::{Case, Names, raw};
use super::plan::Plan;
use super::text::{Code, code, literal, markdown};
use super::types::{Mapped, Passing};
use crate::Ident;
use crate::catalog::{Column, Comment, Relation};

/// A column, and what it is in the code.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) column: &'a Column,
    /// The field's name, without `r#`.
    name: String,
    pub(super) mapped: Mapped,
    /// What a new row says of it.
    insert: Option<Insert>,
    /// Whether a change can say something of it.
    update: bool,
}

/// What a new row says of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Insert {
    /// A value.
    Required,
    /// A value or nothing, and nothing is null.
    Optional,
    /// A value, or nothing for the default.
    Defaulted,
}

impl Field<'_> {
    /// The field's name as it is written.
    pub(super) fn field(&self) -> String {
        raw(&self.name)
    }

    /// The type in a row.
    pub(super) fn row_type(&self) -> String {
        self.optional(self.column.not_null)
    }

    fn optional(&self, not_null: bool) -> String {
        if not_null { self.mapped.rust.clone() } else { format!("Option<{}>", self.mapped.rust) }
    }

    /// The column with the alias of its table.
    pub(super) fn sql(&self) -> String {
        format!("t.{}", Ident::new(self.column.name.as_str()))
    }

    fn is_renamed(&self) -> bool {
        self.name != self.column.name
    }
}

/// The columns of a relation. `untouched` are those that no change says anything of: others do that.
pub(super) fn fields<'a>(plan: &Plan<'_>, relation: Relation<'a>, untouched: &[&str]) -> Vec<Field<'a>> {
    let mut names = Names::new(Case::Snake, &[]);
    let mut names = names.take_all(relation.columns().iter().map(|column| column.name.as_str()));
    let is_table = relation.table().is_some();
    let field = |column: &'a Column| {
        let is_ours = column.generated.is_none() && column.identity.as_ref().is_none_or(|identity| !identity.always);
        let has_default =
            column.default.is_some() || column.identity.is_some() || plan.domain_default(&column.data_type);
        let takes_null = !column.not_null && !plan.domain_not_null(&column.data_type);
        let insert = match (has_default, takes_null) {
            (true, _) => Insert::Defaulted,
            (false, true) => Insert::Optional,
            (false, false) => Insert::Required,
        };
        Field {
            column,
            name: names.remove(column.name.as_str()).unwrap_or_default(),
            mapped: plan.map(&column.data_type, &relation.name().schema),
            insert: (is_table && is_ours).then_some(insert),
            update: is_table && is_ours && !untouched.contains(&column.name.as_str()),
        }
    };
    relation.columns().iter().map(field).collect()
}

/// `Row` and how it is read.
pub(super) fn row(code: &mut Code, fields: &[Field<'_>], of: &str) {
    select_list(code, fields);
    code.doc("///", &format!("A row of {of}."));
    structure(code, "Row", fields, &[], |field| Some(field.row_type()));
    code.gap();
    code.open("impl support::FromRow for Row {");
    let unused = if fields.is_empty() { "_" } else { "row" };
    let parameters = [format!("{unused}: &tokio_postgres::Row")];
    code.function("fn from_row", &parameters, " -> Result<Self, tokio_postgres::Error>");
    let values: Vec<String> =
        fields.iter().enumerate().map(|(at, field)| format!("{}: row.try_get({at})?", field.field())).collect();
    code.structure("Ok(Self", &values, ")");
    code.close("}");
    code.close("}");
}

fn select_list(code: &mut Code, fields: &[Field<'_>]) {
    code.open("macro_rules! columns {");
    code.open("() => {");
    let last = fields.len().saturating_sub(1);
    let columns: Vec<String> = fields
        .iter()
        .enumerate()
        .map(|(at, field)| literal(&(field.mapped.reading(&field.sql()) + if at == last { "" } else { ", " })))
        .collect();
    match columns.as_slice() {
        // RETURNING wants something.
        [] => code.line("\"NULL\""),
        [only] => code.line(only),
        columns => code.call("concat!", columns, ""),
    }
    code.close("};");
    code.close("}");
    code.gap();
    code.doc("///", "What to select from the table or view, under the alias `t`, to read a [`Row`] from.");
    code.line("pub const COLUMNS: &str = columns!();");
    code.gap();
}

/// `Insert`; whether there is one.
pub(super) fn insert(code: &mut Code, fields: &[Field<'_>]) -> bool {
    let writable: Vec<&Field<'_>> = fields.iter().filter(|field| field.insert.is_some()).collect();
    if writable.is_empty() {
        return false;
    }
    let required: Vec<&&Field<'_>> = writable.iter().filter(|field| field.insert == Some(Insert::Required)).collect();
    code.gap();
    code.doc("///", "A new row. What is left out gets the column's default.");
    let derives: &[&str] = if required.is_empty() { &["Default"] } else { &[] };
    structure(code, "Insert", fields, derives, |field| {
        Some(match field.insert? {
            Insert::Required => field.mapped.rust.clone(),
            Insert::Optional => format!("Option<{}>", field.mapped.rust),
            Insert::Defaulted => format!("support::Field<{}>", field.optional(field.column.not_null)),
        })
    });
    code.gap();
    code.open("impl Insert {");
    if !required.is_empty() {
        code.doc("///", "A row of what is required.");
        let is_text = |field: &Field<'_>| field.mapped.passing == Passing::Text;
        let parameters: Vec<String> = required
            .iter()
            .map(|field| match is_text(field) {
                true => format!("{}: impl Into<String>", field.field()),
                false => format!("{}: {}", field.field(), field.mapped.rust),
            })
            .collect();
        code.function("pub fn new", &parameters, " -> Self");
        let value = |field: &&Field<'_>| match field.insert {
            Some(Insert::Optional) => format!("{}: None", field.field()),
            Some(Insert::Defaulted) => format!("{}: support::Field::Unset", field.field()),
            _ if is_text(field) => format!("{0}: {0}.into()", field.field()),
            _ => field.field(),
        };
        code.structure("Self", &writable.iter().map(value).collect::<Vec<_>>(), "");
        code.close("}");
        code.gap();
    }
    write(code, &writable, |field| match field.insert {
        Some(Insert::Required) => "write",
        Some(Insert::Optional) => "write_option",
        _ => "write_field",
    });
    code.close("}");
    true
}

/// `Update`; whether there is one.
pub(super) fn update(code: &mut Code, fields: &[Field<'_>]) -> bool {
    let writable: Vec<&Field<'_>> = fields.iter().filter(|field| field.update).collect();
    if writable.is_empty() {
        return false;
    }
    code.gap();
    code.doc("///", "A change of a row. What is left out stays as it is.");
    structure(code, "Update", fields, &["Default"], |field| {
        field.update.then(|| format!("support::Field<{}>", field.optional(field.column.not_null)))
    });
    code.gap();
    code.open("impl Update {");
    write(code, &writable, |_| "write_field");
    code.close("}");
    true
}

fn write(code: &mut Code, fields: &[&Field<'_>], how: impl Fn(&Field<'_>) -> &'static str) {
    code.open("fn write<'a>(&'a self, query: &mut support::Query<'a>) {");
    for field in fields {
        let name = Ident::new(field.column.name.as_str()).to_string();
        let arguments = [literal(&name), literal(&field.mapped.cast()), format!("&self.{}", field.field())];
        code.call(&format!("query.{}", how(field)), &arguments, ";");
    }
    code.close("}");
}

/// A struct of those fields that have a type in it.
pub(super) fn structure(
    code: &mut Code,
    name: &str,
    fields: &[Field<'_>],
    derives: &[&str],
    of: impl Fn(&Field<'_>) -> Option<String>,
) {
    derive(code, derives);
    if fields.is_empty() {
        return code.line(&format!("pub struct {name} {{}}"));
    }
    code.open(&format!("pub struct {name} {{"));
    for field in fields {
        let Some(of) = of(field) else { continue };
        column_doc(code, field.column);
        if field.is_renamed() {
            code.attribute("serde", &field.column.name, "rename");
        }
        if of.starts_with("support::Field<") {
            code.line("#[serde(default, skip_serializing_if = \"support::Field::is_unset\")]");
        }
        deprecated(code, &field.column.comment);
        code.field(&format!("pub {}", field.field()), &of);
    }
    code.close("}");
}

/// What all types can do, and more.
pub(super) fn derive(code: &mut Code, more: &[&str]) {
    let derives: Vec<&str> = ["Debug", "Clone", "PartialEq"].into_iter().chain(more.iter().copied()).collect();
    let derives = derives.join(", ") + ", serde::Serialize, serde::Deserialize";
    // More would be longer than rustfmt leaves on a line.
    if more.len() <= 1 {
        return code.line(&format!("#[derive({derives})]"));
    }
    code.open("#[derive(");
    code.line(&format!("{derives},"));
    code.close(")]");
}

fn column_doc(code: &mut Code, column: &Column) {
    let mut facts = self::code(&column.data_type.sql);
    if let Some(generated) = &column.generated {
        facts += &format!(", generated: {}", self::code(&generated.expression));
    } else if let Some(identity) = &column.identity {
        facts += if identity.always { ", numbered by the database" } else { ", numbered by the database by default" };
    } else if let Some(default) = &column.default {
        facts += &format!(", default {}", self::code(default));
    }
    documented(code, &column.comment, &facts);
}

/// A comment, and facts in a paragraph of their own.
pub(super) fn documented(code: &mut Code, comment: &Comment, facts: &str) {
    let text = markdown(comment.text());
    if !text.is_empty() {
        code.doc("///", &text);
        code.line("///");
    }
    code.doc("///", facts);
}

/// `#[deprecated]`, from the tag.
pub(super) fn deprecated(code: &mut Code, comment: &Comment) {
    if let Some(why) = &comment.tags().deprecated {
        code.attribute("deprecated", why, "note");
    }
}
