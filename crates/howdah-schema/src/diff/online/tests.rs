//! Where statements go. That they lead where they should, the cases of `howdah-pg` show on a server.

use super::{LiveRows, rewrite};
use crate::QualifiedName;
use crate::catalog::{Catalog, Comment, Constraint, ConstraintKind, Deferral, Enum, ObjectId, Signature, Table};
use crate::diff::step::{Operation, Plan, Step, Verb};
use serde_json::{Value, json};

fn name(name: &str) -> QualifiedName {
    QualifiedName::new("s", name)
}

fn table(of: &str, partition_key: &Value, partition_of: &Value) -> Table {
    let column = json!({
        "name": "at", "position": 1, "not_null": false, "data_type":
        {"sql": "date", "name": "pg_catalog.date", "kind": "base", "array": false, "base": null}, "not_null_constraint": null,
        "default": null, "identity": null, "generated": null, "collation": null, "storage": null, "compression": null,
        "statistics": null, "options": {}, "inherited": false, "grants": [], "comment": "",
    });
    let table = json!({
        "name": format!("s.{of}"), "owner": "o", "partition_key": partition_key, "partition_of": partition_of,
        "inherits": [], "unlogged": false, "columns": [column], "constraints": {}, "indexes": {}, "triggers": {},
        "policies": {}, "row_security": {"enabled": false, "forced": false}, "options": {},
        "replica_identity": "default", "tablespace": null, "access_method": null,
        "acl": {"explicit": false, "grants": []}, "comment": "",
    });
    serde_json::from_value(table).unwrap()
}

/// `s.t`, `s.p` partitioned by `at` with the part `s.p_1`, and the enum `s.e`.
fn catalog() -> Catalog {
    let tables = [
        table("t", &Value::Null, &Value::Null),
        table("p", &json!("RANGE (at)"), &Value::Null),
        table("p_1", &Value::Null, &json!({"parent": "s.p", "bounds": "FOR VALUES FROM ('2023-01-01') TO (MAXVALUE)"})),
    ];
    let mut catalog = Catalog { postgres_major: 15, ..Catalog::default() };
    catalog.tables.extend(tables.map(|table| (table.name.clone(), table)));
    let labels: Enum = serde_json::from_value(json!({
        "name": "s.e", "owner": "o", "labels": ["a"], "acl": {"explicit": false, "grants": []}, "comment": "",
    }))
    .unwrap();
    catalog.enums.insert(name("e"), labels);
    catalog
}

/// The statements, those that run by themselves with a `|` before.
#[track_caller]
fn check(steps: Vec<Step>, expected: &[&str]) {
    let catalog = catalog();
    let rewritten = rewrite(&Plan { steps }, &catalog, &catalog, &LiveRows::new());
    let shown = |step: &Step| format!("{}{}", if step.transactional { "" } else { "| " }, step.sql);
    assert_eq!(rewritten.steps.iter().map(shown).collect::<Vec<_>>(), expected);
}

/// A statement that nothing is done about.
fn step(verb: Verb, object: ObjectId) -> Step {
    let sql = format!("{verb:?} {object}");
    Step::new(verb, object, sql)
}

fn view() -> ObjectId {
    ObjectId::View(name("v"))
}

/// `ALTER TABLE s.t ADD CONSTRAINT k UNIQUE (at)`
fn unique_key() -> Step {
    let constraint = Constraint {
        name: "k".to_owned(),
        kind: ConstraintKind::Unique { nulls_not_distinct: false },
        columns: vec!["at".to_owned()],
        definition: "UNIQUE (at)".to_owned(),
        deferral: Deferral::NotDeferrable,
        validated: true,
        enforced: true,
        inherited: false,
        comment: Comment::default(),
    };
    let index = Some("CREATE UNIQUE INDEX CONCURRENTLY k ON s.t USING btree (at)".to_owned());
    let operation = Operation::AddConstraint { table: name("t"), constraint: Box::new(constraint), index };
    let id = ObjectId::Constraint(name("t"), "k".to_owned());
    Step::new(Verb::Create, id, "ALTER TABLE s.t ADD CONSTRAINT k UNIQUE (at)").operation(operation)
}

const BUILD: &str = "| CREATE UNIQUE INDEX CONCURRENTLY k ON s.t USING btree (at)";
const ADOPT: &str = "ALTER TABLE s.t ADD CONSTRAINT k UNIQUE USING INDEX k";

#[test]
fn what_takes_long_is_put_off() {
    let comment = step(Verb::Comment, unique_key().object);
    check(
        vec![step(Verb::Drop, view()), unique_key(), comment, step(Verb::Create, view())],
        &["Drop view s.v", "Create view s.v", BUILD, ADOPT, "Comment constraint k on s.t"],
    );
}

#[test]
fn what_is_awaited_stays_where_it_is() {
    let identity =
        || Step::new(Verb::Alter, ObjectId::Table(name("t")), "ALTER TABLE s.t REPLICA IDENTITY USING INDEX k");
    check(
        vec![step(Verb::Create, view()), unique_key(), identity()],
        &["Create view s.v", BUILD, ADOPT, "ALTER TABLE s.t REPLICA IDENTITY USING INDEX k"],
    );
    // Nobody may see that the view is away.
    check(
        vec![step(Verb::Drop, view()), unique_key(), identity(), step(Verb::Create, view())],
        &["Drop view s.v", &unique_key().sql, "ALTER TABLE s.t REPLICA IDENTITY USING INDEX k", "Create view s.v"],
    );
    // Nor one policy without the other.
    let policy = |name_of: &str| ObjectId::Policy(name("t"), name_of.to_owned());
    check(
        vec![step(Verb::Create, policy("new")), unique_key(), identity(), step(Verb::Drop, policy("old"))],
        &[
            "Create policy new on s.t",
            &unique_key().sql,
            "ALTER TABLE s.t REPLICA IDENTITY USING INDEX k",
            "Drop policy old on s.t",
        ],
    );
}

#[test]
fn a_key_that_is_replaced_is_never_away() {
    let id = || unique_key().object;
    let early = "| CREATE UNIQUE INDEX CONCURRENTLY k__new ON s.t USING btree (at)";
    check(
        vec![step(Verb::Drop, view()), step(Verb::Drop, id()), unique_key(), step(Verb::Create, view())],
        &[
            early,
            "Drop view s.v",
            "Drop constraint k on s.t",
            "ALTER TABLE s.t ADD CONSTRAINT k UNIQUE USING INDEX k__new",
            "Create view s.v",
        ],
    );
    // It cannot be built before its column changes, nor before a rename.
    for before in [
        step(Verb::Alter, ObjectId::Column(name("t"), "at".to_owned())),
        step(Verb::Rename, ObjectId::Table(name("t"))),
    ] {
        let sql = before.sql.clone();
        check(
            vec![before, step(Verb::Drop, id()), unique_key()],
            &[&sql, "Drop constraint k on s.t", &unique_key().sql],
        );
    }
}

#[test]
fn values_come_first() {
    let add = || Step::new(Verb::Alter, ObjectId::Type(name("e")), "ALTER TYPE s.e ADD VALUE 'b'").alone();
    let function = ObjectId::Function(Signature { name: name("f"), arguments: String::new() });
    let renamed = step(Verb::Rename, ObjectId::Table(name("t")));
    check(
        vec![renamed.clone(), step(Verb::Drop, function.clone()), add(), step(Verb::Create, function)],
        &["Rename table s.t", "| ALTER TYPE s.e ADD VALUE 'b'", "Drop function s.f()", "Create function s.f()"],
    );
}

#[test]
fn partitions_leave_when_nobody_misses_their_rows() {
    let id = || ObjectId::Table(name("p_1"));
    let detach = || {
        let operation = Operation::DetachPartition { parent: name("p"), partition: name("p_1") };
        Step::new(Verb::Alter, id(), "ALTER TABLE s.p DETACH PARTITION s.p_1").operation(operation)
    };
    check(
        vec![detach(), step(Verb::Create, view())],
        &[
            "Create view s.v",
            "| ALTER TABLE s.p DETACH PARTITION s.p_1 CONCURRENTLY",
            "ALTER TABLE s.p_1 DROP CONSTRAINT IF EXISTS p_1_at_check",
        ],
    );
    let operation = Operation::AttachPartition { partition: name("p_1") };
    let attach = Step::new(Verb::Alter, id(), "ALTER TABLE s.p ATTACH PARTITION s.p_1 DEFAULT").operation(operation);
    check(
        vec![detach(), attach],
        &["ALTER TABLE s.p DETACH PARTITION s.p_1", "ALTER TABLE s.p ATTACH PARTITION s.p_1 DEFAULT"],
    );
}
