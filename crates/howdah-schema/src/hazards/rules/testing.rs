//! One way through which every rule is tested.

use crate::catalog::{
    Acl, Catalog, Column, Comment, Constraint, ConstraintKind, DataType, Deferral, ReplicaIdentity, RowSecurity, Table,
    TypeKind,
};
use crate::hazards::{Context, Level, Report, Sizes, Source, TableSize, check as judge};
use crate::{Ident, QualifiedName};
use std::collections::BTreeMap;

/// What the rule finds in the SQL on tables of unknown size, each as `line:column level object`.
pub(super) fn check(id: &str, sql: &str, expected: &[&str]) {
    compare(id, sql, &Context::default(), expected);
}

/// The same without a runner that sets time-outs.
pub(super) fn check_without_timeouts(id: &str, sql: &str, expected: &[&str]) {
    compare(id, sql, &Context { runner_sets_timeouts: false, ..Context::default() }, expected);
}

/// The same on a database with the table `public.live` (see [`live`]).
pub(super) fn check_live(id: &str, sql: &str, expected: &[&str]) {
    compare(id, sql, &Context { catalog: Some(&live()), ..Context::default() }, expected);
}

/// That what the rule finds is silent on a small table, at most a warning on a middling one, and names the rows.
pub(super) fn check_sizes(id: &str, sql: &str) {
    let catalog = live();
    let run = |sizes| {
        let context = Context { sizes, catalog: Some(&catalog), ..Context::default() };
        let findings = run(sql, &context).findings;
        findings.into_iter().filter(|finding| finding.rule == id).collect::<Vec<_>>()
    };
    let unknown = run(Sizes::Unknown);
    let object = unknown.first().and_then(|finding| finding.object.clone()).expect("a finding on a table");
    let table = QualifiedName::parse_prefix(&object).expect("a qualified name").0;
    let sized = |rows, bytes| run(Sizes::Live(BTreeMap::from([(table.clone(), TableSize { rows, bytes })])));
    assert!(sized(100, 8192).iter().all(|finding| finding.object.as_ref() != Some(&object)), "small: {sql}");
    for (rows, bytes, level) in
        [(100, 50 << 20, Level::Warning), (200_000, 8192, Level::Warning), (2_400_000, 1 << 20, Level::Error)]
    {
        let found = sized(rows, bytes);
        let finding = found.iter().find(|finding| finding.object.as_ref() == Some(&object)).expect(sql);
        assert_eq!((finding.level, finding.rows), (level.min(unknown[0].level), Some(rows)), "{sql}");
        assert!(finding.message.contains(" rows"), "{}", finding.message);
    }
}

fn compare(id: &str, sql: &str, context: &Context<'_>, expected: &[&str]) {
    let report = run(sql, context);
    let found: Vec<String> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == id)
        .map(|it| {
            let level = format!("{:?}", it.level).to_lowercase();
            let place = it.place.as_ref().unwrap();
            format!("{}:{} {level} {}", place.line, place.column, it.object.as_deref().unwrap_or("-"))
        })
        .collect();
    assert_eq!(found, expected, "{id} on {sql}\n{:#?}", report.findings);
}

fn run(sql: &str, context: &Context<'_>) -> Report {
    judge(&[Source { name: "m.sql", text: sql }], context)
}

/// A catalog with `public.live` (moment timestamptz, label varchar(40), price numeric(10,2), amount int, proven text
/// with a valid CHECK that it is not null).
pub(in crate::hazards) fn live() -> Catalog {
    let column = |name: &str, sql: &str| Column {
        name: name.to_owned(),
        position: 1,
        data_type: DataType {
            sql: sql.to_owned(),
            name: QualifiedName::new("pg_catalog", "any"),
            kind: TypeKind::Base,
            array: false,
            base: None,
        },
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
    };
    let expression = format!("({} IS NOT NULL)", Ident::new("proven"));
    let proven = Constraint {
        name: "chk_proven".to_owned(),
        kind: ConstraintKind::Check { expression: expression.clone(), no_inherit: false },
        columns: vec!["proven".to_owned()],
        definition: format!("CHECK ({expression})"),
        deferral: Deferral::NotDeferrable,
        validated: true,
        enforced: true,
        inherited: false,
        comment: Comment::default(),
    };
    let name = QualifiedName::new("public", "live");
    let table = Table {
        name: name.clone(),
        owner: "owner".to_owned(),
        partition_key: None,
        partition_of: None,
        inherits: Vec::new(),
        unlogged: false,
        columns: vec![
            column("moment", "timestamp with time zone"),
            column("label", "character varying(40)"),
            column("price", "numeric(10,2)"),
            column("amount", "integer"),
            column("proven", "text"),
        ],
        constraints: BTreeMap::from([(proven.name.clone(), proven)]),
        indexes: BTreeMap::new(),
        triggers: BTreeMap::new(),
        policies: BTreeMap::new(),
        rules: BTreeMap::new(),
        row_security: RowSecurity::default(),
        options: crate::catalog::Options::default(),
        replica_identity: ReplicaIdentity::Default,
        tablespace: None,
        access_method: None,
        acl: Acl::default(),
        comment: Comment::default(),
    };
    Catalog { tables: BTreeMap::from([(name, table)]), ..Catalog::default() }
}
