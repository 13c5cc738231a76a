use super::plan::{invert, plan};
use super::read::read;
use crate::QualifiedName;
use crate::catalog::{
    Acl, Argument, ArgumentMode, Catalog, Column, Comment, Constraint, ConstraintKind, DataType, Deferral, Enum,
    Function, FunctionKind, Index, IndexKey, IndexTarget, Parallel, Schema, Sequence, SequenceOwner, Signature, Table,
    TypeKind, View, Volatility,
};
use std::collections::BTreeMap;

fn name(text: &str) -> QualifiedName {
    let (schema, name) = text.split_once('.').unwrap_or(("public", text));
    QualifiedName::new(schema, name)
}

fn data_type(sql: &str) -> DataType {
    DataType {
        sql: sql.into(),
        name: QualifiedName::new("pg_catalog", sql),
        kind: TypeKind::Base,
        array: false,
        base: None,
    }
}

fn column(text: &str, position: u32) -> Column {
    let (name, sql) = text.split_once(' ').unwrap_or((text, "integer"));
    Column {
        name: name.into(),
        position,
        data_type: data_type(sql),
        not_null: false,
        not_null_constraint: None,
        default: None,
        identity: None,
        generated: None,
        collation: None,
        storage: None,
        compression: None,
        statistics: None,
        options: crate::catalog::Options::default(),
        inherited: false,
        grants: Vec::new(),
        comment: Comment::default(),
    }
}

/// A catalog that is written as one list of objects.
#[derive(Default)]
struct Made(Catalog);

impl Made {
    fn new() -> Self {
        Self::default().schema("public")
    }

    fn schema(mut self, name: &str) -> Self {
        let schema = Schema { name: name.into(), owner: "o".into(), acl: Acl::default(), comment: Comment::default() };
        self.0.schemas.insert(name.into(), schema);
        self
    }

    /// `name: column type, column`
    fn table(mut self, text: &str) -> Self {
        let (table, columns) = text.split_once(": ").unwrap_or((text, "id"));
        let columns = columns.split(", ").zip(1..).map(|(text, position)| column(text, position)).collect();
        let table = Table {
            name: name(table),
            owner: "o".into(),
            partition_key: None,
            partition_of: None,
            inherits: Vec::new(),
            unlogged: false,
            columns,
            constraints: BTreeMap::new(),
            indexes: BTreeMap::new(),
            triggers: BTreeMap::new(),
            policies: BTreeMap::new(),
            rules: BTreeMap::new(),
            row_security: Default::default(),
            options: crate::catalog::Options::default(),
            replica_identity: Default::default(),
            tablespace: None,
            access_method: None,
            acl: Acl::default(),
            comment: Comment::default(),
        };
        self.0.tables.insert(table.name.clone(), table);
        self
    }

    fn edit(mut self, table: &str, change: impl FnOnce(&mut Table)) -> Self {
        change(self.0.tables.get_mut(&name(table)).unwrap());
        self
    }

    fn child(self, table: &str, of: &str) -> Self {
        self.edit(table, |table| table.inherits.push(name(of)))
    }

    fn index(self, table: &str, index: &str, on: &str) -> Self {
        let value = make_index(index, on, None);
        self.edit(table, |table| drop(table.indexes.insert(index.into(), value)))
    }

    fn primary_key(self, table: &str, constraint: &str, column: &str) -> Self {
        let value = make_index(constraint, column, Some(constraint));
        self.constraint(table, constraint, ConstraintKind::PrimaryKey, &format!("PRIMARY KEY ({column})"))
            .edit(table, |table| drop(table.indexes.insert(constraint.into(), value)))
    }

    fn check(self, table: &str, constraint: &str, expression: &str) -> Self {
        let kind = ConstraintKind::Check { expression: expression.into(), no_inherit: false };
        self.constraint(table, constraint, kind, &format!("CHECK ({expression})"))
    }

    fn constraint(self, table: &str, constraint: &str, kind: ConstraintKind, definition: &str) -> Self {
        let value = Constraint {
            name: constraint.into(),
            kind,
            columns: Vec::new(),
            definition: definition.into(),
            deferral: Deferral::NotDeferrable,
            validated: true,
            enforced: true,
            inherited: false,
            comment: Comment::default(),
        };
        self.edit(table, |table| drop(table.constraints.insert(constraint.into(), value)))
    }

    fn view(mut self, view: &str) -> Self {
        let view = View {
            name: name(view),
            materialized: false,
            owner: "o".into(),
            columns: Vec::new(),
            definition: "SELECT 1".into(),
            options: crate::catalog::Options::default(),
            triggers: BTreeMap::new(),
            rules: BTreeMap::new(),
            indexes: BTreeMap::new(),
            tablespace: None,
            access_method: None,
            acl: Acl::default(),
            comment: Comment::default(),
        };
        self.0.views.insert(view.name.clone(), view);
        self
    }

    fn labels(mut self, enumeration: &str, labels: &str) -> Self {
        let made = Enum {
            name: name(enumeration),
            owner: "o".into(),
            labels: labels.split(' ').map(str::to_owned).collect(),
            acl: Acl::default(),
            comment: Comment::default(),
        };
        self.0.enums.insert(made.name.clone(), made);
        self
    }

    fn sequence(mut self, sequence: &str, owner: Option<(&str, &str)>) -> Self {
        let made = Sequence {
            name: name(sequence),
            owner: "o".into(),
            data_type: "integer".into(),
            start: 1,
            increment: 1,
            min: 1,
            max: 9,
            cache: 1,
            cycle: false,
            unlogged: false,
            owned_by: owner.map(|(table, column)| SequenceOwner { table: name(table), column: column.into() }),
            acl: Acl::default(),
            comment: Comment::default(),
        };
        self.0.sequences.insert(made.name.clone(), made);
        self
    }

    /// `name(type, type)`
    fn function(mut self, text: &str) -> Self {
        let (function, arguments) = text.trim_end_matches(')').split_once('(').unwrap();
        let signature = Signature { name: name(function), arguments: arguments.into() };
        let argument =
            |sql: &str| Argument { name: None, mode: ArgumentMode::In, data_type: data_type(sql), default: None };
        let made = Function {
            signature: signature.clone(),
            kind: FunctionKind::Function,
            owner: "o".into(),
            arguments: arguments.split(", ").filter(|text| !text.is_empty()).map(argument).collect(),
            returns: None,
            language: "sql".into(),
            volatility: Volatility::Volatile,
            parallel: Parallel::Unsafe,
            security_definer: false,
            strict: false,
            leakproof: false,
            cost: "100".into(),
            rows: "0".into(),
            support: None,
            config: BTreeMap::new(),
            body: "select 1".into(),
            definition: String::new(),
            acl: Acl::default(),
            comment: Comment::default(),
        };
        self.0.functions.insert(signature, made);
        self
    }
}

fn make_index(index: &str, on: &str, constraint: Option<&str>) -> Index {
    let key = |column: &str| IndexKey {
        target: IndexTarget::Column(column.into()),
        opclass: None,
        collation: None,
        descending: false,
        nulls_first: false,
    };
    Index {
        name: index.into(),
        method: "btree".into(),
        keys: on.split(", ").map(key).collect(),
        include: Vec::new(),
        predicate: None,
        unique: constraint.is_some(),
        nulls_not_distinct: false,
        valid: true,
        constraint: constraint.map(str::to_owned),
        parent: None,
        options: crate::catalog::Options::default(),
        tablespace: None,
        statistics: BTreeMap::new(),
        clustered: false,
        definition: format!("CREATE INDEX {index}"),
        comment: Comment::default(),
    }
}

/// The statements, or the error's code and place.
fn run(from: &Made, to: &Made, sql: &str) -> Vec<String> {
    let (directives, errors) = read(&[("t.sql", sql)]);
    assert_eq!(errors, [], "{sql}");
    match plan(&from.0, &to.0, &directives) {
        Ok(steps) => steps.into_iter().map(|step| step.sql).collect(),
        Err(error) => vec![format!("{}: {error}", error.code())],
    }
}

#[track_caller]
fn check(from: &Made, to: &Made, sql: &str, expected: &[&str]) {
    let found = run(from, to, sql);
    match expected {
        [code] if code.starts_with("rename-") => assert!(found.len() == 1 && found[0].starts_with(code), "{found:#?}"),
        expected => assert_eq!(found, expected),
    }
}

/// And that the inverted directives lead back.
#[track_caller]
fn check_both(from: &Made, to: &Made, sql: &str, expected: &[&str], back: &[&str]) {
    check(from, to, sql, expected);
    let (directives, _) = read(&[("t.sql", sql)]);
    let inverted = invert(&from.0, &to.0, &directives).unwrap();
    let steps: Vec<String> = plan(&to.0, &from.0, &inverted).unwrap().into_iter().map(|step| step.sql).collect();
    assert_eq!(steps, back);
}

#[test]
fn a_table_with_what_follows_from_its_name() {
    let made = |table: &str, column: &str, prefix: &str| {
        Made::new()
            .table(&format!("{table}: id, {column} text"))
            .primary_key(table, &format!("{prefix}_pkey"), "id")
            .check(table, &format!("{prefix}_{column}_check"), &format!("({column} <> ''::text)"))
            .check(table, &format!("{prefix}_{column}_check1"), &format!("({column} <> ''::text)"))
            .check(table, "chk", "(id > 0)")
            .index(table, &format!("idx_{prefix}_{column}"), column)
            .sequence(&format!("{prefix}_id_seq"), Some((table, "id")))
    };
    check_both(
        &made("todos", "title", "todos"),
        &made("tasks", "name", "tasks"),
        "-- renamed-from: todos\ncreate table tasks (\n id int,\n name text -- renamed-from: title\n)",
        &[
            "ALTER TABLE public.todos RENAME TO tasks",
            "ALTER TABLE public.tasks RENAME CONSTRAINT todos_pkey TO tasks_pkey",
            "ALTER INDEX public.idx_todos_title RENAME TO idx_tasks_name",
            "ALTER SEQUENCE public.todos_id_seq RENAME TO tasks_id_seq",
            "ALTER TABLE public.tasks RENAME COLUMN title TO name",
            "ALTER TABLE public.tasks RENAME CONSTRAINT todos_title_check TO tasks_name_check",
            "ALTER TABLE public.tasks RENAME CONSTRAINT todos_title_check1 TO tasks_name_check1",
        ],
        &[
            "ALTER TABLE public.tasks RENAME TO todos",
            "ALTER TABLE public.todos RENAME CONSTRAINT tasks_pkey TO todos_pkey",
            "ALTER INDEX public.idx_tasks_name RENAME TO idx_todos_title",
            "ALTER SEQUENCE public.tasks_id_seq RENAME TO todos_id_seq",
            "ALTER TABLE public.todos RENAME COLUMN name TO title",
            "ALTER TABLE public.todos RENAME CONSTRAINT tasks_name_check TO todos_title_check",
            "ALTER TABLE public.todos RENAME CONSTRAINT tasks_name_check1 TO todos_title_check1",
        ],
    );
}

#[test]
fn equal_things_of_other_names_are_not_guessed_between() {
    let from = Made::new().table("t: a, b").index("t", "x", "a").index("t", "y", "b").check("t", "c", "(a > 0)");
    let to = Made::new().table("t: a, b").index("t", "p", "a").index("t", "y", "b").check("t", "d", "(a > 1)");
    check(&from, &to, "", &["ALTER INDEX public.x RENAME TO p"]);
    let twice = Made::new().table("t: a").index("t", "x1", "a").index("t", "x2", "a");
    let other = Made::new().table("t: a").index("t", "p1", "a").index("t", "p2", "a");
    check(&twice, &other, "", &[]);
    check(
        &twice,
        &other,
        "create index p2 on t (a); -- renamed-from: x1",
        &["ALTER INDEX public.x1 RENAME TO p2", "ALTER INDEX public.x2 RENAME TO p1"],
    );
    check(&Made::new().table("t"), &Made::new().table("u"), "", &[]);
}

#[test]
fn stale_directives_say_nothing() {
    let done = Made::new().table("tasks: id, name");
    let sql = "-- renamed-from: todos\ncreate table tasks (\n id int,\n name text -- renamed-from: title\n)";
    check(&done, &done, sql, &[]);
    check(&Made::new(), &done, sql, &[]);
    // Done, and the old name was used again since.
    let again = Made::new().table("tasks: id, name, title").table("todos");
    check(&again, &again, sql, &[]);
    let (directives, _) = read(&[("t.sql", sql)]);
    assert_eq!(invert(&done.0, &done.0, &directives), Ok(Vec::new()));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let sql = "-- renamed-from: todos\ncreate table tasks (id int)";
    check(&Made::new().table("todos").table("tasks"), &Made::new().table("tasks"), sql, &["rename-conflict"]);
    check(&Made::new().table("todos"), &Made::new().table("other"), sql, &["rename-target-missing: t.sql:1: "]);
    let found = run(&Made::new(), &Made::new().table("taskz"), sql);
    assert!(found[0].contains("did you mean table public.taskz?"), "{found:?}");
    check(
        &Made::new().table("a"),
        &Made::new().table("b").table("c"),
        "-- renamed-from: a\ncreate table b ();\n-- renamed-from: a\ncreate table c ()",
        &["rename-conflict"],
    );
    check(
        &Made::new().table("a").table("b"),
        &Made::new().table("c"),
        "-- renamed-from: a\n-- renamed-from: b\ncreate table c ()",
        &["rename-conflict"],
    );
    check(
        &Made::new().table("t: a"),
        &Made::new().table("t: a"),
        "create table t (\n b int -- renamed-from: a\n)",
        &["rename-target-missing"],
    );
}

#[test]
fn names_that_are_handed_on() {
    let sql = "-- renamed-from: b\ncreate table c ();\n-- renamed-from: a\ncreate table b ();";
    check_both(
        &Made::new().table("a").table("b"),
        &Made::new().table("b").table("c"),
        sql,
        &["ALTER TABLE public.b RENAME TO c", "ALTER TABLE public.a RENAME TO b"],
        &["ALTER TABLE public.b RENAME TO a", "ALTER TABLE public.c RENAME TO b"],
    );
    check(&Made::new().table("b").table("c"), &Made::new().table("b").table("c"), sql, &[]);
    // The other order in the file.
    let sql = "-- renamed-from: a\ncreate table b ();\n-- renamed-from: b\ncreate table c ();";
    check(
        &Made::new().table("a").table("b"),
        &Made::new().table("b").table("c"),
        sql,
        &["ALTER TABLE public.b RENAME TO c", "ALTER TABLE public.a RENAME TO b"],
    );
}

#[test]
fn names_that_change_places() {
    let before = || Made::new().table("a: x, y").table("b: p, q text").primary_key("a", "a_pkey", "x");
    let after = || Made::new().table("b: x, y").table("a: p, q text").primary_key("b", "b_pkey", "x");
    let sql = "-- renamed-from: b\ncreate table a ();\n-- renamed-from: a\ncreate table b ();";
    check(
        &before(),
        &after(),
        sql,
        &[
            "ALTER TABLE public.a RENAME CONSTRAINT a_pkey TO b_pkey",
            "ALTER TABLE public.b RENAME TO b__renaming",
            "ALTER TABLE public.a RENAME TO b",
            "ALTER TABLE public.b__renaming RENAME TO a",
        ],
    );
    check(&after(), &after(), sql, &[]);
    // One more column is no reason to change them back.
    check(&after(), &Made::new().table("b: x, y, z").table("a: p, q text"), sql, &[]);
    let alike = || {
        Made::new().table("t: a, b text").edit("t", |table| {
            table.columns[1].data_type = table.columns[0].data_type.clone();
            table.columns[1].position = 1;
        })
    };
    check(
        &alike(),
        &alike(),
        "create table t (\n a int, -- renamed-from: b\n b int -- renamed-from: a\n)",
        &["rename-ambiguous"],
    );
}

#[test]
fn moves_between_schemas() {
    let from = || {
        Made::new()
            .schema("one")
            .table("one.t")
            .primary_key("one.t", "t_pkey", "id")
            .sequence("one.t_id_seq", Some(("one.t", "id")))
    };
    let to = || {
        Made::new()
            .schema("two")
            .table("two.u")
            .primary_key("two.u", "u_pkey", "id")
            .sequence("two.u_id_seq", Some(("two.u", "id")))
    };
    check_both(
        &from(),
        &to(),
        "-- renamed-from: one.t\ncreate table two.u (id serial primary key)",
        &[
            "CREATE SCHEMA two",
            "ALTER TABLE one.t SET SCHEMA two",
            "ALTER TABLE two.t RENAME TO u",
            "ALTER TABLE two.u RENAME CONSTRAINT t_pkey TO u_pkey",
            "ALTER SEQUENCE two.t_id_seq RENAME TO u_id_seq",
        ],
        &[
            "CREATE SCHEMA one",
            "ALTER TABLE two.u SET SCHEMA one",
            "ALTER TABLE one.u RENAME TO t",
            "ALTER TABLE one.t RENAME CONSTRAINT u_pkey TO t_pkey",
            "ALTER SEQUENCE one.u_id_seq RENAME TO t_id_seq",
        ],
    );
    // The whole schema: what is in it needs nothing more.
    check_both(
        &from(),
        &Made::new()
            .schema("two")
            .table("two.t")
            .primary_key("two.t", "t_pkey", "id")
            .sequence("two.t_id_seq", Some(("two.t", "id"))),
        "-- renamed-from: one\ncreate schema two",
        &["ALTER SCHEMA one RENAME TO two"],
        &["ALTER SCHEMA two RENAME TO one"],
    );
    check_both(
        &from(),
        &to(),
        "-- renamed-from: one\ncreate schema two;\n-- renamed-from: t\ncreate table two.u ()",
        &[
            "ALTER SCHEMA one RENAME TO two",
            "ALTER TABLE two.t RENAME TO u",
            "ALTER TABLE two.u RENAME CONSTRAINT t_pkey TO u_pkey",
            "ALTER SEQUENCE two.t_id_seq RENAME TO u_id_seq",
        ],
        &[
            "ALTER SCHEMA two RENAME TO one",
            "ALTER TABLE one.u RENAME TO t",
            "ALTER TABLE one.t RENAME CONSTRAINT u_pkey TO t_pkey",
            "ALTER SEQUENCE one.u_id_seq RENAME TO t_id_seq",
        ],
    );
    // Where it goes to, the old name is taken.
    check(
        &from().schema("two").table("two.t"),
        &to().schema("one").table("two.t"),
        "-- renamed-from: one.t\ncreate table two.u ()",
        &[
            "ALTER TABLE one.t RENAME TO u",
            "ALTER TABLE one.u SET SCHEMA two",
            "ALTER TABLE two.u RENAME CONSTRAINT t_pkey TO u_pkey",
            "ALTER SEQUENCE two.t_id_seq RENAME TO u_id_seq",
        ],
    );
}

#[test]
fn what_is_in_the_way_and_goes_is_moved_aside() {
    check(
        &Made::new().table("a").view("b"),
        &Made::new().table("b"),
        "-- renamed-from: a\ncreate table b ()",
        &["ALTER VIEW public.b RENAME TO b__renaming", "ALTER TABLE public.a RENAME TO b"],
    );
    // What only follows is left alone then.
    check(
        &Made::new().table("t: a").index("t", "x", "a").view("y"),
        &Made::new().table("t: a").index("t", "y", "a"),
        "",
        &[],
    );
}

#[test]
fn labels_and_inherited_columns() {
    check_both(
        &Made::new().labels("mood", "sad ok"),
        &Made::new().labels("mood", "blue ok"),
        "create type mood as enum (\n 'blue', -- renamed-from: sad\n 'ok'\n)",
        &["ALTER TYPE public.mood RENAME VALUE 'sad' TO 'blue'"],
        &["ALTER TYPE public.mood RENAME VALUE 'blue' TO 'sad'"],
    );
    let swap = "create type mood as enum (\n 'b', -- renamed-from: a\n 'a' -- renamed-from: b\n)";
    check(&Made::new().labels("mood", "b a"), &Made::new().labels("mood", "b a"), swap, &[]);
    check(
        &Made::new().table("t: a").table("u: a").child("u", "t").index("u", "u_a_idx", "a"),
        &Made::new().table("t: b").table("u: b").child("u", "t").index("u", "u_b_idx", "b"),
        "create table t (\n b int -- renamed-from: a\n);\ncreate table u (\n b int -- renamed-from: a\n) inherits (t);",
        &["ALTER INDEX public.u_a_idx RENAME TO u_b_idx", "ALTER TABLE public.t RENAME COLUMN a TO b"],
    );
}

#[test]
fn functions_are_told_apart_by_their_arguments() {
    let from = || Made::new().function("f(integer)").function("f(text, bigint)");
    let to = || Made::new().function("g(integer)").function("g(text, bigint)");
    check_both(
        &from(),
        &to(),
        "-- renamed-from: f\ncreate function g(in text default 'x', int8 = 1) returns int language sql return 1;",
        &["ALTER FUNCTION public.f(text, bigint) RENAME TO g"],
        &["ALTER FUNCTION public.g(text, bigint) RENAME TO f"],
    );
    check(
        &from(),
        &to(),
        "-- renamed-from: f(int)\ncreate function g(int) returns int language sql return 1;",
        &["ALTER FUNCTION public.f(integer) RENAME TO g"],
    );
    check(
        &from(),
        &Made::new().function("g(date)"),
        "-- renamed-from: f\ncreate function g(date) returns int language sql return 1;",
        &["rename-ambiguous"],
    );
    check(
        &from(),
        &from(),
        "-- renamed-from: f\ncreate function g() returns int language sql return 1;",
        &["rename-target-missing"],
    );
    check(&to(), &to(), "-- renamed-from: f\ncreate function g(int) returns int language sql return 1;", &[]);
}
