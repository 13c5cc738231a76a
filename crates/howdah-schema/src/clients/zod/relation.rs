//! Tables and views.

use super::super::relation::{Field, Presence, Shape};
use super::super::rules::{Kind, Rule};
use super::super::script;
use super::answer::{Answer, Row};
use super::types::{Writer, left, message, not_carried, partly};
use std::fmt::Write as _;

/// The constants of a table or view.
pub(super) struct Names {
    row: String,
    insert: Option<String>,
    update: Option<String>,
}

impl Names {
    /// As they stand under its name.
    pub(super) fn object(&self) -> String {
        let mut out = format!("{{ Row: {}", self.row);
        if let Some(insert) = &self.insert {
            let _ = write!(out, ", Insert: {insert}");
        }
        if let Some(update) = &self.update {
            let _ = write!(out, ", Update: {update}");
        }
        out + " }"
    }
}

/// What is written of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Row,
    Insert,
    Update,
}

/// Writes the constants of a table or view.
pub(super) fn write(writer: &mut Writer<'_>, shape: &Shape<'_>) -> Names {
    let name = writer.names.give(shape.name);
    // The row as a value of a type stands before what uses it.
    let mut text = left(&shape.rules.left);
    text.push_str(&partly(shape.rules.columns.values().flatten().chain(&shape.rules.rows)));
    let columns = columns(writer, shape, &name, &mut text);

    let row = format!("{name}$Row");
    text.push_str(&script::documentation(shape.comment, 0));
    let _ = writeln!(text, "const {row} = z.object({{");
    for field in &shape.fields {
        let null = if field.nullable { ".nullable()" } else { "" };
        let schema = column(writer, shape, field, Part::Row, &columns);
        property(&mut text, field, &format!("{schema}{null}"));
    }
    text.push_str("})\n");

    let writable = shape.insertable || shape.updatable;
    let insert = writable.then(|| format!("{name}$Insert"));
    let update = writable.then(|| format!("{name}$Update"));
    for (constant, part, possible) in
        [(&insert, Part::Insert, shape.insertable), (&update, Part::Update, shape.updatable)]
    {
        let Some(constant) = constant else { continue };
        text.push_str(&lost(shape, part));
        let _ = writeln!(text, "const {constant} = z.strictObject({{");
        for field in &shape.fields {
            let presence = match part {
                _ if !possible => Presence::Never,
                Part::Insert => field.insert,
                _ => field.update,
            };
            let schema = written(writer, shape, field, part, presence, &columns);
            property(&mut text, field, &schema);
        }
        text.push_str("})\n");
        for rule in row_rules(shape, part) {
            row_rule(writer, shape, part, rule, &mut text);
        }
    }
    writer.out.push('\n');
    writer.out.push_str(&text);
    Names { row, insert, update }
}

fn property(text: &mut String, field: &Field<'_>, schema: &str) {
    text.push_str(&script::documentation(&field.column.comment, 1));
    let _ = writeln!(text, "  {}: {schema},", script::value_key(&field.column.name));
}

fn rules<'a>(shape: &'a Shape<'_>, column: &str) -> &'a [Rule] {
    shape.rules.columns.get(column).map_or(&[], Vec::as_slice)
}

/// Columns with CHECKs: written once, used by all parts. Empty without any.
fn columns(writer: &mut Writer<'_>, shape: &Shape<'_>, name: &str, text: &mut String) -> String {
    if shape.rules.columns.is_empty() {
        return String::new();
    }
    let constant = format!("{name}$columns");
    let _ = writeln!(text, "const {constant} = {{");
    for field in &shape.fields {
        let rules = rules(shape, &field.column.name);
        if rules.is_empty() {
            continue;
        }
        let schema = inline(writer, field, rules);
        let _ = writeln!(text, "  {}: {schema},", script::value_key(&field.column.name));
    }
    text.push_str("}\n");
    constant
}

/// The schema of a column that is there, with these of its CHECKs.
fn inline(writer: &mut Writer<'_>, field: &Field<'_>, rules: &[Rule]) -> String {
    let data_type = &field.column.data_type;
    let base = writer.of(data_type);
    let kind = writer.selection.kind(data_type);
    let plain = !writer.selection.domains.contains_key(&data_type.name);
    writer.checked(&base, &kind, rules, plain)
}

fn column(writer: &mut Writer<'_>, shape: &Shape<'_>, field: &Field<'_>, part: Part, columns: &str) -> String {
    let all = rules(shape, &field.column.name);
    let counts = |rule: &&Rule| match part {
        Part::Row => rule.validated,
        Part::Insert => !field.touched_on_insert,
        Part::Update => !field.touched_on_update,
    };
    let those: Vec<Rule> = all.iter().filter(counts).cloned().collect();
    if !all.is_empty() && those.len() == all.len() {
        return script::member(columns, &field.column.name);
    }
    inline(writer, field, &those)
}

fn written(
    writer: &mut Writer<'_>,
    shape: &Shape<'_>,
    field: &Field<'_>,
    part: Part,
    presence: Presence,
    columns: &str,
) -> String {
    let inherited = script::is_inherited(&field.column.name);
    let mut schema = match presence {
        Presence::Never => "z.never()".to_owned(),
        Presence::Required | Presence::Optional => column(writer, shape, field, part, columns),
    };
    let kind = writer.selection.kind(&field.column.data_type);
    if presence == Presence::Never {
        schema.push_str(".optional()");
    } else if field.nullable {
        schema.push_str(".nullable()");
    } else if matches!(kind, Kind::Json | Kind::JsonBinary) {
        // A JSON null in a body is SQL's NULL.
        schema.push_str(".refine((value): boolean => value !== null, \"may not be null\")");
    }
    if presence == Presence::Optional {
        schema.push_str(".optional()");
    }
    if inherited { format!("{}({schema})", writer.helper("own")) } else { schema }
}

/// Whether a trigger may put another value in its place.
fn is_replaced(part: Part, field: &Field<'_>) -> bool {
    match part {
        Part::Row => true,
        Part::Insert => field.touched_on_insert,
        Part::Update => field.touched_on_update,
    }
}

/// Why a rule about this column is not carried into that part, if it is not.
fn in_the_way(shape: &Shape<'_>, part: Part, column: &str, rows: bool) -> Option<String> {
    if is_touched(shape, part, column) {
        return Some(format!("a trigger may set {column} before it is checked"));
    }
    (rows && script::is_inherited(column)).then(|| format!("every object has a {column} of its own"))
}

fn is_touched(shape: &Shape<'_>, part: Part, column: &str) -> bool {
    shape.fields.iter().any(|field| field.column.name == column && is_replaced(part, field))
}

/// The CHECKs about several columns that nothing stands between.
fn row_rules<'a>(shape: &'a Shape<'_>, part: Part) -> impl Iterator<Item = &'a Rule> {
    let free =
        move |rule: &&Rule| rule.test.columns().iter().all(|column| in_the_way(shape, part, column, true).is_none());
    shape.rules.rows.iter().filter(free)
}

/// What is not carried into a part, as comments.
fn lost(shape: &Shape<'_>, part: Part) -> String {
    let columns = shape.rules.columns.values().flatten().map(|rule| (rule, false));
    let lost = columns.chain(shape.rules.rows.iter().map(|rule| (rule, true))).filter_map(|(rule, rows)| {
        let reason = rule.test.columns().iter().find_map(|column| in_the_way(shape, part, column, rows))?;
        Some(not_carried(&rule.name, &rule.expression, &reason))
    });
    lost.collect()
}

fn row_rule(writer: &mut Writer<'_>, shape: &Shape<'_>, part: Part, rule: &Rule, text: &mut String) {
    let selection = writer.selection;
    let field = |name: &str| shape.fields.iter().find(|field| field.column.name == name);
    let kind = |name: &str| field(name).map(|field| selection.kind(&field.column.data_type));
    let absent = |name: &str| part == Part::Insert && field(name).is_some_and(|field| field.null_if_absent);
    let row = Row { kind: &kind, null_if_absent: &absent };
    let condition = Answer { used: &mut writer.used, row: Some(row) }.passes(&rule.test);
    let path = rule.test.columns().into_iter().next().map(|column| script::string(&column)).unwrap_or_default();
    // Before the line break that ends the object.
    text.pop();
    let _ = write!(
        text,
        "\n  .refine((row): boolean => {condition}, {{\n    error: {},\n    path: [{path}],\n  }})\n",
        message(rule)
    );
}
