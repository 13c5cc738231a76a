//! Columns of tables.

use super::composite::{self, Conversion};
use super::{identity, not_null};
use crate::catalog::{Catalog, Column, DataType, ObjectId, Table, TypeKind, Volatility};
use crate::diff::object::{Change, ColumnOf, Facets, Kind};
use crate::diff::step::{Operation, Step, Verb};
use crate::diff::{Context, same_sql};
use crate::sql::split::{TokenKind, tokens};
use crate::{Ident, QualifiedName};

impl ColumnOf<'_> {
    pub(in crate::diff) fn id(self) -> ObjectId {
        ObjectId::Column(self.table.name.clone(), self.column.name.clone())
    }

    pub(super) fn alter(self, action: impl AsRef<str>) -> Step {
        let name = Ident::new(&self.column.name);
        let sql = format!("ALTER TABLE {} ALTER COLUMN {name} {}", self.table.name, action.as_ref());
        Step::new(Verb::Alter, self.id(), sql)
    }

    /// Its values as text, while the row type that they are of changes.
    pub(in crate::diff) fn as_text(self) -> Step {
        self.alter(format!("TYPE text USING {}::text", Ident::new(&self.column.name)))
    }

    /// Whether the rows must be converted, which what stands on the column does not survive.
    pub(in crate::diff) fn changes_type(self, to: Self, context: &Context<'_>) -> bool {
        context.detoured.contains(&self.id())
            || self.column.data_type.sql != to.column.data_type.sql
            || self.column.collation != to.column.collation
            || uses_rewritten(&self.column.data_type, self.column.collation.as_ref(), context)
    }

    /// Whether only a new column can take its place. A generation expression can be changed in place since PostgreSQL 17.
    pub(in crate::diff) fn must_be_replaced(self, to: Self, context: &Context<'_>) -> bool {
        match (&self.column.generated, &to.column.generated) {
            (None, None) => false,
            (None, Some(_)) => true,
            // It keeps the values that were computed last; a virtual one has none, and others need no conversion.
            (Some(from), None) => !from.stored || self.changes_type(to, context),
            (Some(from), Some(to)) => {
                let changed = !same_sql(&from.expression, &to.expression);
                from.stored != to.stored || (changed && (context.major() < 17 || self.calls_overloaded(context)))
            }
        }
    }

    /// Whether its expression calls a function that makes way for another of its name, which could not be there first.
    fn calls_overloaded(self, context: &Context<'_>) -> bool {
        let (from, to) = (&context.from.functions, &context.to.functions);
        let own = ObjectId::Default(self.table.name.clone(), self.column.name.clone());
        context.from.dependencies.of(&own).any(|needed| match needed {
            ObjectId::Function(gone) => {
                !to.contains_key(gone) && to.keys().any(|new| new.name == gone.name && !from.contains_key(new))
            }
            _ => false,
        })
    }
}

/// Whether a type or collation is made beside itself in this plan.
fn uses_rewritten(data_type: &DataType, collation: Option<&QualifiedName>, context: &Context<'_>) -> bool {
    context.rewritten.contains(&ObjectId::Type(data_type.name.clone()))
        || collation.is_some_and(|name| context.rewritten.contains(&ObjectId::Collation(name.clone())))
}

/// The column as within CREATE TABLE and after ADD COLUMN.
pub(super) fn definition(table: &Table, column: &Column, with_default: bool) -> String {
    let mut sql = format!("{} {}", Ident::new(&column.name), column.data_type.sql);
    if let Some(collation) = &column.collation {
        sql += &format!(" COLLATE {collation}");
    }
    if let Some(default) = column.default.as_ref().filter(|_| with_default && column.generated.is_none()) {
        sql += &format!(" DEFAULT {default}");
    }
    if let Some(generated) = &column.generated {
        let kind = if generated.stored { "STORED" } else { "VIRTUAL" };
        sql += &format!(" GENERATED ALWAYS AS ({}) {kind}", generated.expression);
    }
    if let Some(identity) = &column.identity
        // A partition has its parent's.
        && table.partition_of.is_none()
    {
        sql += &format!(" {}", identity::definition(table, column, identity));
    }
    if column.not_null {
        match not_null::named(table, column) {
            // What is not checked cannot be said here.
            Some(named) if !named.validated => {}
            Some(named) => {
                sql += &format!(" CONSTRAINT {} NOT NULL", Ident::new(&named.name));
                if named.no_inherit {
                    sql += " NO INHERIT";
                }
            }
            // An identity column is never null.
            None if column.identity.is_none() || table.partition_of.is_some() => sql += " NOT NULL",
            None => {}
        }
    }
    sql
}

/// What CREATE TABLE and ADD COLUMN do not say; `noun` is TABLE or MATERIALIZED VIEW.
pub(super) fn storage_steps(relation: &QualifiedName, noun: &str, from: Option<&Column>, to: &Column) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut alter = |action: String| {
        let id = ObjectId::Column(relation.clone(), to.name.clone());
        let sql = format!("ALTER {noun} {relation} ALTER COLUMN {} {action}", Ident::new(&to.name));
        steps.push(Step::new(Verb::Alter, id, sql));
    };
    if from.and_then(|from| from.storage.as_ref()) != to.storage.as_ref() {
        match &to.storage {
            Some(storage) => alter(format!("SET STORAGE {}", storage.to_uppercase())),
            // DEFAULT is known since PostgreSQL 16 only; the type's own is what a variable-length type has.
            None => alter(format!("SET STORAGE {}", usual_storage(&to.data_type))),
        }
    }
    if from.and_then(|from| from.compression.as_ref()) != to.compression.as_ref() {
        alter(format!("SET COMPRESSION {}", to.compression.as_deref().unwrap_or("default")));
    }
    if from.and_then(|from| from.statistics) != to.statistics {
        alter(format!("SET STATISTICS {}", to.statistics.unwrap_or(-1)));
    }
    let id = ObjectId::Column(relation.clone(), to.name.clone());
    let noun = format!("{noun} {relation} ALTER COLUMN {}", Ident::new(&to.name));
    steps.extend(super::table::options_steps(&id, &noun, from.map(|from| &from.options), &to.options));
    steps
}

fn usual_storage(data_type: &DataType) -> &'static str {
    match data_type.name.name.as_str() {
        "numeric" if !data_type.array => "MAIN",
        "inet" | "cidr" if !data_type.array => "MAIN",
        _ => "EXTENDED",
    }
}

/// What makes of a partition's column, as it comes from its parent, the one that is wanted.
pub(super) fn partition_steps(table: &Table, origin: &Column, wanted: &Column) -> Vec<Step> {
    let column = ColumnOf { table, column: wanted };
    let mut steps = Vec::new();
    if origin.not_null != wanted.not_null && wanted.not_null {
        steps.push(column.alter("SET NOT NULL"));
    }
    if wanted.generated.is_none() && origin.default != wanted.default {
        steps.push(match &wanted.default {
            Some(default) => column.alter(format!("SET DEFAULT {default}")),
            None => column.alter("DROP DEFAULT"),
        });
    }
    steps.extend(storage_steps(&table.name, "TABLE", Some(origin), wanted));
    steps
}

/// How the rows' values become those of another type; `None` where the server knows.
pub(in crate::diff) fn conversion(from: &Column, to: &Column, context: &Context<'_>) -> Option<String> {
    let name = Ident::new(&from.name);
    let wanted = &to.data_type.sql;
    let (source, target) = (&from.data_type, &to.data_type);
    if context.detoured.iter().any(|id| matches!(id, ObjectId::Column(_, column) if *column == from.name)) {
        return Some(format!("{name}::text::{wanted}"));
    }
    if source.sql == *wanted && !uses_rewritten(source, from.collation.as_ref(), context) {
        return None;
    }
    if source.sql == *wanted && !context.rewritten.contains(&ObjectId::Type(source.name.clone())) {
        return None;
    }
    if is_widening(&source.sql, wanted) {
        return None;
    }
    if !source.array && target.array {
        return Some(if source.kind == TypeKind::Base && source.name == target.name {
            format!("ARRAY[{name}]::{wanted}")
        } else if is_text(source) {
            format!("{name}::{wanted}")
        } else {
            format!("ARRAY[{name}::text]::{wanted}")
        });
    }
    let defined = |data_type: &DataType| data_type.kind != TypeKind::Base || data_type.name.schema != "pg_catalog";
    // By way of text: what one type prints, another of the same values reads.
    let direct =
        is_text(source) || is_text(target) || (!defined(source) && !defined(target) && has_cast(source, target));
    Some(if direct { format!("{name}::{wanted}") } else { format!("{name}::text::{wanted}") })
}

/// Whether PostgreSQL casts one of its own types to the other.
fn has_cast(from: &DataType, to: &DataType) -> bool {
    const FAMILIES: &[&[&str]] = &[
        &["int2", "int4", "int8", "numeric", "float4", "float8", "money", "oid", "bool"],
        &["date", "timestamp", "timestamptz"],
        &["time", "timetz", "interval", "timestamp", "timestamptz"],
        &["json", "jsonb"],
        &["inet", "cidr"],
        &["bit", "varbit", "int4", "int8"],
        &["macaddr", "macaddr8"],
        &["jsonb", "bool", "int2", "int4", "int8", "numeric", "float4", "float8"],
    ];
    let (one, other) = (from.name.name.as_str(), to.name.name.as_str());
    // Of the numbers only integer is a truth value.
    let truth =
        [one, other].contains(&"bool") && ![one, other].iter().any(|name| matches!(*name, "int4" | "jsonb" | "bool"));
    one == other || (!truth && FAMILIES.iter().any(|family| family.contains(&one) && family.contains(&other)))
}

/// A composite type's values are carried over by the names of its attributes.
fn composite_conversion(from: &Column, to: &Column, context: &Context<'_>) -> Option<Conversion> {
    let same = from.data_type.sql == to.data_type.sql;
    same.then(|| composite::conversion(&Ident::new(&from.name).to_string(), &from.data_type, context)).flatten()
}

fn is_text(data_type: &DataType) -> bool {
    !data_type.array && matches!(data_type.name.name.as_str(), "text" | "varchar" | "bpchar" | "citext")
}

/// Conversions that need no USING because the server makes them by assignment.
fn is_widening(from: &str, to: &str) -> bool {
    let stem = |sql: &str| sql.split('(').next().unwrap_or_default().trim().to_owned();
    let text = ["text", "character varying"];
    let numbers = ["smallint", "integer", "bigint", "numeric"];
    let place = |sql: &str| numbers.iter().position(|number| *number == stem(sql));
    let both_text = text.contains(&stem(from).as_str()) && text.contains(&stem(to).as_str());
    let wider = place(from).zip(place(to)).is_some_and(|(from, to)| from <= to);
    both_text || (wider && !from.ends_with(']') && !to.ends_with(']'))
}

/// Whether a type may lose what a value of the other holds.
fn narrows(from: &DataType, to: &DataType) -> bool {
    from.array && !to.array
}

impl Kind for ColumnOf<'_> {
    fn create(self, context: &Context<'_>) -> Vec<Step> {
        let Self { table, column } = self;
        if column.inherited && !context.is_brought(&table.name, |parent| parent.column(&column.name).is_some()) {
            return Vec::new();
        }
        let with_default = !context.apart.contains(&ObjectId::Default(table.name.clone(), column.name.clone()));
        let sql =
            |with_default| format!("ALTER TABLE {} ADD COLUMN {}", table.name, definition(table, column, with_default));
        let mut steps = Vec::new();
        let volatile = column.default.as_deref().filter(|default| with_default && is_volatile(default, context.to));
        if let Some(filler) = filler(column).filter(|_| context.options.fill_required) {
            steps.push(Step::new(Verb::Create, self.id(), format!("{} DEFAULT {filler}", sql(with_default))));
            steps.push(self.alter("DROP DEFAULT"));
        } else if let Some(default) = volatile.filter(|_| column.generated.is_none()) {
            let bare = Column { not_null: false, not_null_constraint: None, ..column.clone() };
            let bare = format!("ALTER TABLE {} ADD COLUMN {}", table.name, definition(table, &bare, false));
            let operation = Operation::AddVolatileColumn {
                table: table.name.clone(),
                column: column.name.clone(),
                bare,
                default: default.to_owned(),
                not_null: column.not_null,
            };
            steps.push(Step::new(Verb::Create, self.id(), sql(true)).operation(operation));
        } else if let Some(default) = column.default.as_deref().filter(|_| with_default && column.generated.is_none())
            && is_row_type_stored(&table.name, context)
        {
            // PostgreSQL adds no column with values while rows of the table stand in columns of others.
            let bare = Column { not_null: false, not_null_constraint: None, ..column.clone() };
            let name = Ident::new(&column.name);
            let make = |verb, sql: String| Step::new(verb, self.id(), sql);
            let bare = format!("ALTER TABLE {} ADD COLUMN {}", table.name, definition(table, &bare, false));
            steps.push(make(Verb::Create, bare));
            steps.push(self.alter(format!("SET DEFAULT {default}")));
            steps.push(make(Verb::Data, format!("UPDATE {} SET {name} = DEFAULT", table.name)));
            steps.extend(column.not_null.then(|| self.alter("SET NOT NULL")));
        } else {
            steps.push(Step::new(Verb::Create, self.id(), sql(with_default)));
        }
        steps.extend(not_null::beside(self));
        steps.extend(storage_steps(&table.name, "TABLE", None, column));
        steps
    }

    fn drop(self, context: &Context<'_>) -> Vec<Step> {
        let Self { table, column } = self;
        if column.inherited && !context.is_freed(&table.name, |parent| parent.column(&column.name).is_some()) {
            return Vec::new();
        }
        let sql = format!("ALTER TABLE {} DROP COLUMN {}", table.name, Ident::new(&column.name));
        let step = Step::new(Verb::Drop, self.id(), sql);
        if column.generated.is_some() {
            return vec![step];
        }
        vec![step.losing(format!("column {}.{} and its values", table.name, column.name), Some(&table.name))]
    }

    fn change(self, to: Self, context: &Context<'_>) -> Change {
        let (from, wanted) = (self.column, to.column);
        let has = |parent: &Table| parent.column(&from.name).is_some();
        let moves = context.is_freed(&to.table.name, has) || context.is_brought(&to.table.name, has);
        if from.inherited && wanted.inherited && !moves {
            // Its type and expression are its parent's; its default, NOT NULL and storage may be its own.
            return Change::from_steps(own_steps(self, to, context));
        }
        if self.must_be_replaced(to, context) {
            return Change::Replace;
        }
        let mut steps = Vec::new();
        if from.generated.is_some() && wanted.generated.is_none() {
            steps.push(to.alter("DROP EXPRESSION"));
        }
        if from.identity.is_some() && wanted.identity.is_none() {
            steps.extend(identity::steps(to.table, from, wanted, context));
        }
        if self.changes_type(to, context) {
            steps.push(type_step(self, to, context));
        }
        if let (Some(from), Some(wanted)) = (&from.generated, &wanted.generated)
            && !same_sql(&from.expression, &wanted.expression)
        {
            steps.push(to.alter(format!("SET EXPRESSION AS ({})", wanted.expression)));
        }
        // A new type brings its own storage and no compression.
        let converted = Column { storage: None, compression: None, ..from.clone() };
        let retyped = self.changes_type(to, context);
        let before = if retyped { ColumnOf { table: self.table, column: &converted } } else { self };
        steps.extend(own_steps(before, to, context));
        if wanted.identity.is_some() && to.table.partition_of.is_none() {
            steps.extend(identity::steps(to.table, from, wanted, context));
        }
        Change::from_steps(steps)
    }

    fn facets(self) -> Facets {
        facets(&self.table.name, &self.table.owner, self.column)
    }
}

fn type_step(from: ColumnOf<'_>, to: ColumnOf<'_>, context: &Context<'_>) -> Step {
    let mut action = format!("TYPE {}", to.column.data_type.sql);
    if let Some(collation) = &to.column.collation {
        action += &format!(" COLLATE {collation}");
    }
    // A generated column is computed anew.
    if to.column.generated.is_none() {
        let array_to_one = narrows(&from.column.data_type, &to.column.data_type) && !is_text(&to.column.data_type);
        if array_to_one {
            let name = Ident::new(&to.column.name);
            action += &format!(" USING {name}[1]::{}", to.column.data_type.sql);
        } else if let Some(composite) = composite_conversion(from.column, to.column, context) {
            action += &format!(" USING {}", composite.using);
            let step = to.alter(action);
            return if composite.loses.is_empty() {
                step
            } else {
                step.losing(composite.loses.join(", "), Some(&to.table.name))
            };
        } else if let Some(conversion) = conversion(from.column, to.column, context) {
            action += &format!(" USING {conversion}");
        }
        if array_to_one {
            let what = format!("all but the first element of column {}.{}", to.table.name, to.column.name);
            return to.alter(action).losing(what, Some(&to.table.name));
        }
    }
    to.alter(action)
}

/// Whether a column of another table holds rows of this one.
fn is_row_type_stored(table: &QualifiedName, context: &Context<'_>) -> bool {
    let row = ObjectId::Table(table.clone());
    let holds = |(dependent, needed): (&ObjectId, &ObjectId)| {
        matches!(dependent, ObjectId::Column(other, _)
            if *needed == row && other != table && context.from.tables.contains_key(other))
    };
    context.from.dependencies.iter().any(holds)
}

/// What even an inherited column has of its own.
fn own_steps(from: ColumnOf<'_>, to: ColumnOf<'_>, context: &Context<'_>) -> Vec<Step> {
    let (before, after) = (from.column, to.column);
    let mut steps = not_null::steps(from, to, context);
    steps.extend(storage_steps(&to.table.name, "TABLE", Some(before), after));
    steps
}

pub(super) fn facets(relation: &QualifiedName, owner: &str, column: &Column) -> Facets {
    let name = Ident::new(&column.name).to_string();
    Facets {
        comment_on: format!("COLUMN {relation}.{name}"),
        comment: column.comment.clone(),
        column_grants: Some((format!("TABLE {relation}"), name, column.grants.clone(), owner.to_owned())),
        ..Facets::default()
    }
}

/// The empty value of a required column's type, if there is a usual one.
fn filler(column: &Column) -> Option<String> {
    if !column.not_null || column.default.is_some() || column.identity.is_some() || column.generated.is_some() {
        return None;
    }
    let data_type = &column.data_type;
    if data_type.array {
        return Some(format!("'{{}}'::{}", data_type.sql));
    }
    let value = match data_type.base.as_deref().unwrap_or(&data_type.sql).split('(').next().unwrap_or_default() {
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "oid" | "money" => "0",
        "text" | "character varying" | "character" | "bytea" | "citext" => "''",
        "boolean" => "false",
        "date" | "timestamp with time zone" | "timestamp without time zone" | "timestamp" => "'epoch'",
        "time without time zone" | "time with time zone" | "interval" => "'00:00:00'",
        "uuid" => "'00000000-0000-0000-0000-000000000000'",
        "json" | "jsonb" => "'null'",
        "inet" | "cidr" => "'0.0.0.0'",
        "tsvector" | "xml" => "''",
        _ => return None,
    };
    Some(if value.starts_with('\'') { format!("{value}::{}", data_type.sql) } else { value.to_owned() })
}

/// Functions of PostgreSQL that give each row a value of its own.
const VOLATILE: &[&str] = &[
    "nextval",
    "random",
    "random_normal",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "clock_timestamp",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "gen_random_bytes",
    "setval",
    "currval",
    "lastval",
];

/// Whether a default must be computed for each row, so that adding it rewrites the table.
pub(in crate::diff) fn is_volatile(expression: &str, catalog: &Catalog) -> bool {
    let mut last = None;
    for token in tokens(expression) {
        let text = &expression[token.span];
        match token.kind {
            TokenKind::Word | TokenKind::Quoted => last = Some(text),
            TokenKind::Symbol if text == "(" => {
                if let Some(name) = last.take() {
                    let name = name.trim_matches('"');
                    let ours = catalog.functions.values().filter(|function| function.signature.name.name == name);
                    if VOLATILE.contains(&name)
                        || ours.into_iter().any(|function| function.volatility == Volatility::Volatile)
                    {
                        return true;
                    }
                }
            }
            TokenKind::Symbol | TokenKind::Number => last = None,
            TokenKind::Blank => {}
        }
    }
    false
}
