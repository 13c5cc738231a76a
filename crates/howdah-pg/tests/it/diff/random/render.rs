//! A model as SQL.

use super::model::{Body, Column, Family, Function, Id, Meta, Model, Name, Object, Type, View};
use super::partitions::Partitions;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) const ROLES: [&str; 4] = ["howdah_case_alice", "howdah_case_bob", "howdah_case_app", "public"];

/// Names, by what has them; of the other model, to see what was renamed.
type Names = BTreeMap<Id, String>;

/// The SQL of `model`. What `other` knows under another name says so.
pub(super) fn render(model: &Model, other: &Model) -> String {
    let mut sql = Sql { model, other: names(other), text: String::new() };
    sql.everything();
    sql.text
}

/// Rows for every table of `model`; none that a constraint would refuse, and of each table the same number.
pub(super) fn seed(model: &Model) -> String {
    let sql = Sql { model, other: Names::new(), text: String::new() };
    let mut text = "set session_replication_role = replica;\n".to_owned();
    for table in &model.tables {
        let written: Vec<&Column> = table.columns.iter().filter(|column| column.generated.is_none()).collect();
        let columns: Vec<_> = written.iter().map(|column| quote(&column.name.name)).collect();
        for row in 1..=3 {
            let part = table.partitions.as_ref().map(|partitions| partitions.value(row));
            let values = written.iter().enumerate().map(|(at, column)| match (at, part) {
                (0, _) => row.to_string(),
                (1, Some(part)) => part.to_string(),
                // Only what no edit makes NOT NULL.
                _ if row == 2 && column.may_be_null() && !sql.is_required(column.kind) => "null".to_owned(),
                _ => sql.value(column.kind, row),
            });
            let values = values.collect::<Vec<_>>().join(", ");
            let name = sql.qualified(&table.object);
            let into = format!("({}) overriding system value values ({values})", columns.join(", "));
            writeln!(text, "insert into {name} {into};").unwrap();
            if row != 2 {
                for child in &table.children {
                    let name = format!("{}.{}", sql.schema(table.object.schema), quote(&child.name.name));
                    writeln!(text, "insert into {name} {into};").unwrap();
                }
            }
        }
    }
    text
}

impl Column {
    /// Whether rows hold nulls in it.
    pub(super) fn may_be_null(&self) -> bool {
        !self.not_null && self.name.id.is_multiple_of(3)
    }
}

pub(super) fn quote(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

pub(super) fn comment_text(number: u16) -> String {
    ["Plain", "It''s quoted", "Two\nlines", "A -- dash; and $$", "ünï 🐘"][usize::from(number % 5)].to_owned()
        + &(number / 5).to_string()
}

/// Every name, objects' with their schema's number where it was moved.
fn names(model: &Model) -> Names {
    let mut names = Names::new();
    let mut add = |name: &Name| drop(names.insert(name.id, name.name.clone()));
    for schema in &model.schemas {
        add(&schema.name);
    }
    for item in &model.enums {
        item.values.iter().for_each(&mut add);
    }
    for item in &model.composites {
        item.attributes.iter().for_each(|(name, _)| add(name));
    }
    for item in &model.domains {
        item.checks.iter().for_each(|(name, _)| add(name));
    }
    for table in &model.tables {
        table.columns.iter().for_each(|column| add(&column.name));
        table.checks.iter().for_each(|(name, ..)| add(name));
        table.uniques.iter().for_each(|(name, ..)| add(name));
        table.indexes.iter().for_each(|index| add(&index.name));
        table.policies.iter().for_each(|policy| add(&policy.name));
        table.triggers.iter().for_each(|trigger| add(&trigger.name));
        table.statistics.iter().for_each(|(name, ..)| add(name));
        table.parts.iter().for_each(|part| add(&part.name));
    }
    model.views.iter().flat_map(|view| &view.indexes).for_each(|(name, _)| add(name));
    model.things.iter().filter(|thing| !thing.is_local()).for_each(|thing| add(&thing.object.name));
    model.publications.iter().for_each(|publication| add(&publication.name));
    let schema =
        |id: Id| model.schemas.iter().find(|schema| schema.name.id == id).map_or("", |schema| &schema.name.name);
    for (name, schema_id) in objects(model).map(|object| (&object.name, object.schema)).chain(partitions(model)) {
        names.insert(name.id, format!("{}.{}", schema(schema_id), name.name));
    }
    names
}

/// They are where their table is.
fn partitions(model: &Model) -> impl Iterator<Item = (&Name, Id)> {
    model.tables.iter().flat_map(|table| {
        let partitions = table.partitions.iter().flat_map(Partitions::names);
        partitions.chain(table.children.iter().map(|child| &child.name)).map(|name| (name, table.object.schema))
    })
}

fn objects(model: &Model) -> impl Iterator<Item = &Object> {
    let types = model.enums.iter().map(|item| &item.object).chain(model.domains.iter().map(|item| &item.object));
    let types = types.chain(model.composites.iter().map(|item| &item.object));
    let relations = model.tables.iter().map(|item| &item.object).chain(model.views.iter().map(|item| &item.object));
    let rest = model.sequences.iter().map(|item| &item.object).chain(model.functions.iter().map(|item| &item.object));
    let things = model.things.iter().filter(|thing| thing.is_local()).map(|thing| &thing.object);
    types.chain(relations).chain(rest).chain(things)
}

/// The text so far.
pub(super) struct Sql<'a> {
    pub(super) model: &'a Model,
    pub(super) other: Names,
    text: String,
}

impl Sql<'_> {
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A directive above what comes next, if it was called something else.
    pub(super) fn was(&mut self, name: &Name) {
        if let Some(old) = self.other.get(&name.id).filter(|old| **old != name.name) {
            let line = format!("-- renamed-from: {}", quote(old));
            self.line(&line);
        }
    }

    /// The same for an object, which may have been moved, too.
    pub(super) fn object_was(&mut self, object: &Object) {
        self.moved(&object.name, object.schema);
    }

    pub(super) fn moved(&mut self, new: &Name, schema_id: Id) {
        let Some(old) = self.other.get(&new.id).cloned() else { return };
        let (schema, name) = old.split_once('.').unwrap_or(("", &old));
        let here = self.model.schemas.iter().find(|schema| schema.name.id == schema_id);
        // A schema that has another name now was not left.
        let same_schema = here.is_none_or(|here| {
            here.name.name == schema || self.other.get(&here.name.id).is_some_and(|old| old == schema)
        });
        match (same_schema, name == new.name) {
            (true, true) => {}
            (true, false) => self.line(&format!("-- renamed-from: {}", quote(name))),
            (false, _) => self.line(&format!("-- renamed-from: {}.{}", quote(schema), quote(name))),
        }
    }

    pub(super) fn schema(&self, id: Id) -> String {
        let schema = self.model.schemas.iter().find(|schema| schema.name.id == id);
        quote(schema.map_or("public", |schema| &schema.name.name))
    }

    pub(super) fn qualified(&self, object: &Object) -> String {
        format!("{}.{}", self.schema(object.schema), quote(&object.name.name))
    }

    pub(super) fn type_name(&self, kind: Type) -> String {
        let find =
            |id: Id| objects(self.model).find(|object| object.name.id == id).map(|object| self.qualified(object));
        match kind {
            Type::Smallint => "smallint".to_owned(),
            Type::Integer => "integer".to_owned(),
            Type::Bigint => "bigint".to_owned(),
            Type::Numeric(scale) => format!("numeric(20, {})", 1 + scale % 4),
            Type::Text => "text".to_owned(),
            Type::Varchar(length) => format!("varchar({})", 40 + length % 20),
            Type::Boolean => "boolean".to_owned(),
            Type::Date => "date".to_owned(),
            Type::Timestamp => "timestamptz".to_owned(),
            Type::Uuid => "uuid".to_owned(),
            Type::Json => "jsonb".to_owned(),
            Type::Integers => "integer[]".to_owned(),
            Type::Texts => "text[]".to_owned(),
            Type::Bytes => "bytea".to_owned(),
            Type::Enum(id) | Type::Domain(id) | Type::Composite(id) => find(id).unwrap_or_default(),
            Type::Enums(id) => find(id).unwrap_or_default() + "[]",
            Type::Thing(id) => self.model.thing(id).map(|thing| self.thing_type(thing)).unwrap_or_default(),
            Type::Key(id) => {
                self.model.table(id).map(|table| self.type_name(table.columns[0].kind)).unwrap_or_default()
            }
        }
    }

    /// A domain that is NOT NULL; no edit makes it so.
    fn is_required(&self, kind: Type) -> bool {
        let domain = |id: Id| self.model.domains.iter().find(|domain| domain.object.name.id == id);
        matches!(kind, Type::Domain(id) if domain(id).is_some_and(|domain| domain.not_null))
    }

    /// A value of the type, another for each number from 1 to 3.
    pub(super) fn value(&self, kind: Type, number: u16) -> String {
        let number = 1 + number % 3;
        let label = |id: Id| {
            let item = self.model.enums.iter().find(|item| item.object.name.id == id);
            let mut values: Vec<&Name> = item.map(|item| item.values.iter().collect()).unwrap_or_default();
            values.sort_by_key(|value| value.id);
            values.get(usize::from(number % 2)).map(|value| value.name.replace('\'', "''")).unwrap_or_default()
        };
        let literal = match kind {
            Type::Smallint | Type::Integer | Type::Bigint => return number.to_string(),
            Type::Key(_) => return "1".to_owned(),
            Type::Numeric(_) => format!("{number}.5"),
            Type::Text => format!("text {number}"),
            Type::Varchar(_) => format!("varchar {number}"),
            Type::Boolean => (number != 2).to_string(),
            Type::Date => format!("2024-01-0{number}"),
            Type::Timestamp => format!("2024-01-0{number} 12:00:00+00"),
            Type::Uuid => format!("00000000-0000-0000-0000-00000000000{number}"),
            Type::Json => format!("{{\"n\": {number}}}"),
            Type::Integers => format!("{{{number},2}}"),
            Type::Texts => format!("{{a,b{number}}}"),
            Type::Bytes => format!("\\x0{number}"),
            Type::Enum(id) => label(id),
            Type::Enums(id) => format!("{{\"{}\"}}", label(id)),
            Type::Thing(id) => {
                let value = self.model.thing(id).and_then(|thing| thing.kind.value);
                value.map(|value| value(number)).unwrap_or_default()
            }
            Type::Domain(id) => {
                let domain = self.model.domains.iter().find(|domain| domain.object.name.id == id);
                return self.value(domain.map_or(Type::Text, |domain| domain.base), number);
            }
            Type::Composite(id) => {
                let item = self.model.composites.iter().find(|item| item.object.name.id == id);
                let attributes = item.map(|item| item.attributes.as_slice()).unwrap_or_default();
                let values: Vec<_> = attributes.iter().map(|(_, kind)| self.value(*kind, number)).collect();
                return format!("row({})::{}", values.join(", "), self.type_name(kind));
            }
        };
        format!("'{literal}'::{}", self.type_name(kind))
    }

    fn everything(&mut self) {
        let model = self.model;
        for schema in &model.schemas {
            self.was(&schema.name);
            self.line(&format!("create schema {};", quote(&schema.name.name)));
            self.meta("schema", &quote(&schema.name.name), &schema.meta, &["usage", "create"]);
        }
        self.things();
        self.types();
        for sequence in &model.sequences {
            self.object_was(&sequence.object);
            let name = self.qualified(&sequence.object);
            let cycle = if sequence.cycle { " cycle" } else { "" };
            self.line(&format!(
                "create sequence {name} increment {} cache {}{cycle};",
                1 + sequence.increment % 5,
                1 + sequence.cache % 5
            ));
            self.meta("sequence", &name, &sequence.object.meta, &["usage", "select", "update"]);
        }
        // What tables call, then what reads tables.
        let calls = |function: &&Function| matches!(function.body, Body::Immutable | Body::Trigger | Body::Plpgsql);
        model.functions.iter().filter(calls).for_each(|function| self.function(function));
        model.tables.iter().for_each(|table| self.table(table));
        model.tables.iter().for_each(|table| self.foreign_keys(table));
        model.functions.iter().filter(|function| !calls(function)).for_each(|function| self.function(function));
        // A view stands after what it reads, since only what is there can be its base.
        let mut views: Vec<&View> = model.views.iter().collect();
        views.sort_by_key(|view| view.object.name.id);
        views.into_iter().for_each(|view| self.view(view));
        self.publications();
        // Last, so that they hold for nothing that is made here.
        model.default_privileges.iter().for_each(|default| self.default_privilege(default));
    }

    fn types(&mut self) {
        let model = self.model;
        for item in &model.enums {
            self.object_was(&item.object);
            let name = self.qualified(&item.object);
            self.line(&format!("create type {name} as enum ("));
            for (at, value) in item.values.iter().enumerate() {
                // A label is no name, and in no double quotes.
                if let Some(old) = self.other.get(&value.id).filter(|old| **old != value.name).cloned() {
                    self.line(&format!("  -- renamed-from: '{old}'"));
                }
                let comma = if at + 1 == item.values.len() { "" } else { "," };
                self.line(&format!("  '{}'{comma}", value.name.replace('\'', "''")));
            }
            self.line(");");
            self.meta("type", &name, &item.object.meta, &["usage"]);
        }
        for item in &model.composites {
            self.object_was(&item.object);
            let name = self.qualified(&item.object);
            self.line(&format!("create type {name} as ("));
            for (at, (attribute, kind)) in item.attributes.iter().enumerate() {
                if let Some(old) = self.other.get(&attribute.id).filter(|old| **old != attribute.name).cloned() {
                    self.line(&format!("  -- renamed-from: {}", quote(&old)));
                }
                let comma = if at + 1 == item.attributes.len() { "" } else { "," };
                self.line(&format!("  {} {}{comma}", quote(&attribute.name), self.type_name(*kind)));
            }
            self.line(");");
            self.meta("type", &name, &item.object.meta, &["usage"]);
        }
        for domain in &model.domains {
            self.object_was(&domain.object);
            let name = self.qualified(&domain.object);
            let default = domain.default.map(|number| format!(" default {}", self.value(domain.base, number)));
            let not_null = if domain.not_null { " not null" } else { "" };
            self.line(&format!(
                "create domain {name} as {}{}{not_null}",
                self.type_name(domain.base),
                default.unwrap_or_default()
            ));
            for (check, number) in &domain.checks {
                if let Some(old) = self.other.get(&check.id).filter(|old| **old != check.name).cloned() {
                    self.line(&format!("  -- renamed-from: {}", quote(&old)));
                }
                let expression = match self.model.family(domain.base) {
                    Family::Number => format!("value > -{number} - 1"),
                    _ => format!("length(value) < 100 + {number}"),
                };
                self.line(&format!("  constraint {} check ({expression})", quote(&check.name)));
            }
            self.line(";");
            self.meta("domain", &name, &domain.object.meta, &["usage"]);
        }
    }

    fn function(&mut self, function: &Function) {
        self.object_was(&function.object);
        let name = self.qualified(&function.object);
        let integer = if function.big { "bigint" } else { "integer" };
        let variant = function.variant % 50;
        let table = |id: Id| self.model.table(id);
        let (arguments, returns, rest) = match &function.body {
            Body::Immutable => {
                let rest = format!("language sql immutable as 'select n::{integer} + {variant} * 0 + 1'");
                ("n integer".to_owned(), integer.to_owned(), rest)
            }
            Body::Plpgsql => {
                let rest = format!("language plpgsql as $body$\nbegin\n  return {variant}; -- it's\nend\n$body$");
                ("a text".to_owned(), integer.to_owned(), rest)
            }
            Body::Reads(id) => {
                let from = table(*id).map(|table| self.qualified(&table.object)).unwrap_or_default();
                let rest = format!("language sql stable as 'select count(*)::{integer} + {variant} from {from}'");
                (String::new(), integer.to_owned(), rest)
            }
            Body::Atomic(id, column) => {
                let from = table(*id).map(|table| self.qualified(&table.object)).unwrap_or_default();
                let column = table(*id).and_then(|table| table.column(*column)).map(|column| quote(&column.name.name));
                let column = column.unwrap_or_default();
                let rest = format!(
                    "language sql stable begin atomic select count(t.{column})::{integer} + {variant} from {from} t; end"
                );
                (String::new(), integer.to_owned(), rest)
            }
            Body::TakesRow(id) => {
                let from = table(*id).map(|table| self.qualified(&table.object)).unwrap_or_default();
                (
                    format!("r {from}"),
                    integer.to_owned(),
                    format!("language sql stable as 'select {variant}::{integer}'"),
                )
            }
            Body::ReturnsRows(id) => {
                let from = table(*id).map(|table| self.qualified(&table.object)).unwrap_or_default();
                let rest = format!("language sql stable as 'select * from {from} limit {variant}'");
                (String::new(), format!("setof {from}"), rest)
            }
            Body::Trigger => {
                let rest = format!("language plpgsql as $$ begin return new; /* {variant} */ end $$");
                (String::new(), "trigger".to_owned(), rest)
            }
        };
        let further = function.further.filter(|_| !matches!(function.body, Body::Trigger));
        let comma = if arguments.is_empty() { "" } else { ", " };
        let further_default = further.map(|number| format!("{comma}x integer default {number}")).unwrap_or_default();
        let further = further.map(|_| format!("{comma}x integer")).unwrap_or_default();
        let definer = if function.definer { " security definer set search_path = ''" } else { "" };
        // The options stand before the body.
        let (language, body) = rest.split_at(rest.find(" as ").or_else(|| rest.find(" begin atomic")).unwrap_or(0));
        self.line(&format!(
            "create function {name}({arguments}{further_default}) returns {returns} {language}{definer}{body};"
        ));
        let signature = format!("{name}({arguments}{further})");
        // Indexes and checks call these as whoever owns their table.
        if function.revoked && function.body != Body::Immutable {
            self.line(&format!("revoke execute on function {signature} from public;"));
        }
        self.meta("function", &signature, &function.object.meta, &["execute"]);
    }

    /// What the view's columns are called.
    pub(super) fn outputs(&self, view: &View) -> Vec<(Id, String, String)> {
        let base: Names = match (self.model.table(view.base), self.model.view(view.base)) {
            (Some(table), _) => table.columns.iter().map(|column| (column.name.id, column.name.name.clone())).collect(),
            (None, Some(view)) => self.outputs(view).into_iter().map(|(id, _, name)| (id, name)).collect(),
            (None, None) => Names::new(),
        };
        let output = |column: &super::model::ViewColumn| {
            let of = base.get(&column.of)?.clone();
            let name = column.alias.clone().unwrap_or_else(|| of.clone());
            Some((column.id, of, name))
        };
        let mut outputs: Vec<_> = view.columns.iter().filter_map(output).collect();
        // The same column twice, or an alias that is another's name.
        let mut seen = std::collections::BTreeSet::new();
        outputs.retain(|(_, _, name)| seen.insert(name.clone()));
        outputs
    }

    fn view(&mut self, view: &View) {
        let base = match (self.model.table(view.base), self.model.view(view.base)) {
            (Some(table), _) => self.qualified(&table.object),
            (None, Some(view)) => self.qualified(&view.object),
            (None, None) => return,
        };
        self.object_was(&view.object);
        let name = self.qualified(&view.object);
        let mut columns: Vec<_> =
            self.outputs(view).iter().map(|(_, of, name)| format!("b.{} as {}", quote(of), quote(name))).collect();
        columns.push(format!("{} as filter_number", view.filter));
        if let Some(function) = view.function.and_then(|id| self.model.function(id)) {
            columns.push(format!("{}(1) as called", self.qualified(&function.object)));
        }
        let kind = if view.materialized { "materialized view" } else { "view" };
        let options = self.view_options(view);
        let filter = match view.filter % 3 {
            0 => String::new(),
            1 => format!(" where b is not null and {} > 0", 1 + view.filter),
            _ => format!(" where (select count(*) from {base} c) >= {}", view.filter % 2),
        };
        self.line(&format!("create {kind} {name}{options} as select {} from {base} b{filter};", columns.join(", ")));
        self.view_indexes(view, &name);
        self.meta(kind, &name, &view.object.meta, &["select", "insert"]);
    }

    pub(super) fn meta(&mut self, kind: &str, name: &str, meta: &Meta, privileges: &[&str]) {
        if let Some(comment) = meta.comment {
            self.line(&format!("comment on {kind} {name} is '{}';", comment_text(comment)));
        }
        // Who owns it first: privileges are granted by the owner.
        // Not of a view, whose owner could not read what it reads when a materialized view is filled from it.
        if let Some(owner) = meta.owner.filter(|_| kind != "view") {
            self.line(&format!("alter {kind} {name} owner to {};", ROLES[owner % 3]));
        }
        let granted_on = match kind {
            "view" | "materialized view" | "table" => "table",
            "domain" => "type",
            "aggregate" => "function",
            kind => kind,
        };
        for (role, privilege, option) in &meta.grants {
            let (role, privilege) = (ROLES[role % 4], privileges[privilege % privileges.len()]);
            let option = if *option && role != "public" { " with grant option" } else { "" };
            self.line(&format!("grant {privilege} on {granted_on} {name} to {role}{option};"));
        }
    }
}
