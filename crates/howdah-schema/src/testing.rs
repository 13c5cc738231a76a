//! Catalogs for tests, written in a few words.

use crate::catalog::{
    Acl, Catalog, Column, Comment, Constraint, ConstraintKind, DataType, Deferral, ForeignKey, ForeignKeyAction,
    ForeignKeyMatch, Index, IndexKey, IndexTarget, Options, PartitionOf, ReplicaIdentity, Role, RowSecurity, Schema,
    Table, TypeKind, View,
};
use crate::findings::Report;
use crate::{Ident, QualifiedName};
use std::collections::BTreeMap;

/// Splits `schema.name`; without a dot it is in `public`.
pub(crate) fn qualified(name: &str) -> QualifiedName {
    match name.split_once('.') {
        Some((schema, name)) => QualifiedName::new(schema, name),
        None => QualifiedName::new("public", name),
    }
}

/// That a rule has found just this, each as `level object`, in order of the objects.
#[track_caller]
pub(crate) fn check_found(report: &Report, rule: &str, expected: &[&str]) {
    let of_rule = report.findings.iter().filter(|finding| finding.rule == rule);
    let found: Vec<String> = of_rule
        .map(|it| format!("{} {}", format!("{:?}", it.level).to_lowercase(), it.object.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(found, expected, "{rule}\n{:#?}", report.findings);
}

/// A view without columns, which nobody but its owner may read.
pub(crate) fn view(name: &QualifiedName) -> View {
    View {
        name: name.clone(),
        materialized: false,
        owner: "owner".to_owned(),
        columns: Vec::new(),
        definition: String::new(),
        options: Options::default(),
        triggers: BTreeMap::new(),
        rules: BTreeMap::new(),
        indexes: BTreeMap::new(),
        tablespace: None,
        access_method: None,
        acl: Acl::default(),
        comment: Comment::default(),
    }
}

/// A role that may nothing of itself.
pub(crate) fn role(name: &str) -> Role {
    Role {
        name: name.to_owned(),
        superuser: false,
        inherit: true,
        create_role: false,
        create_db: false,
        login: false,
        replication: false,
        bypass_rls: false,
        connection_limit: -1,
        valid_until: None,
        config: BTreeMap::new(),
        member_of: BTreeMap::new(),
        comment: Comment::default(),
    }
}

/// A catalog of these tables and of the schemas that they are in.
pub(crate) fn catalog(tables: impl IntoIterator<Item = TestTable>) -> Catalog {
    let mut catalog = Catalog { postgres_major: 15, ..Catalog::default() };
    for TestTable(table) in tables {
        let schema = table.name.schema.clone();
        catalog.schemas.entry(schema.clone()).or_insert(Schema {
            name: schema,
            owner: "owner".to_owned(),
            acl: Acl::default(),
            comment: Comment::default(),
        });
        catalog.tables.insert(table.name.clone(), table);
    }
    catalog
}

/// A type as SQL, of PostgreSQL's own.
pub(crate) fn base_type(sql: &str) -> DataType {
    let array = sql.ends_with("[]");
    let bare = sql.trim_end_matches("[]");
    let internal = match bare.split('(').next().unwrap_or(bare) {
        "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "character varying" => "varchar",
        "character" => "bpchar",
        "real" => "float4",
        "double precision" => "float8",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        other => other,
    };
    DataType {
        sql: sql.to_owned(),
        name: QualifiedName::new("pg_catalog", internal),
        kind: TypeKind::Base,
        array,
        base: None,
    }
}

/// A table under construction.
#[derive(Debug, Clone)]
pub(crate) struct TestTable(pub(crate) Table);

/// A table without anything.
pub(crate) fn table(name: &str) -> TestTable {
    TestTable(Table {
        name: qualified(name),
        owner: "owner".to_owned(),
        partition_key: None,
        partition_of: None,
        inherits: Vec::new(),
        unlogged: false,
        columns: Vec::new(),
        constraints: BTreeMap::new(),
        indexes: BTreeMap::new(),
        triggers: BTreeMap::new(),
        policies: BTreeMap::new(),
        rules: BTreeMap::new(),
        row_security: RowSecurity::default(),
        options: Options::default(),
        replica_identity: ReplicaIdentity::Default,
        tablespace: None,
        access_method: None,
        acl: Acl::default(),
        comment: Comment::default(),
    })
}

impl TestTable {
    /// With a comment, tags included.
    pub(crate) fn comment(mut self, comment: &str) -> Self {
        self.0.comment = Comment::new(comment);
        self
    }

    /// A column of a type given as PostgreSQL prints it, with ` not null` after it if it is; its comment may be empty.
    pub(crate) fn column(self, name: &str, sql: &str, comment: &str) -> Self {
        let (sql, not_null) = match sql.strip_suffix(" not null") {
            Some(sql) => (sql, true),
            None => (sql, false),
        };
        self.column_with(name, base_type(sql), |column| {
            column.not_null = not_null;
            column.comment = Comment::new(comment);
        })
    }

    /// A column of any type, to be changed further.
    pub(crate) fn column_with(mut self, name: &str, data_type: DataType, change: impl FnOnce(&mut Column)) -> Self {
        let mut column = Column {
            name: name.to_owned(),
            position: u32::try_from(self.0.columns.len() + 1).unwrap(),
            data_type,
            not_null: false,
            not_null_constraint: None,
            default: None,
            identity: None,
            generated: None,
            collation: None,
            storage: None,
            compression: None,
            statistics: None,
            options: Options::default(),
            inherited: false,
            grants: Vec::new(),
            comment: Comment::default(),
        };
        change(&mut column);
        self.0.columns.push(column);
        self
    }

    /// A primary key with its index.
    pub(crate) fn primary_key(mut self, columns: &[&str]) -> Self {
        let name = format!("{}_pkey", self.0.name.name);
        let definition = format!("PRIMARY KEY ({})", columns.join(", "));
        for column in &mut self.0.columns {
            column.not_null |= columns.contains(&column.name.as_str());
        }
        self.constraint(&name, ConstraintKind::PrimaryKey, columns, &definition).backing_index(&name, columns)
    }

    /// A unique constraint with its index.
    pub(crate) fn unique(self, name: &str, columns: &[&str]) -> Self {
        let definition = format!("UNIQUE ({})", columns.join(", "));
        self.constraint(name, ConstraintKind::Unique { nulls_not_distinct: false }, columns, &definition)
            .backing_index(name, columns)
    }

    /// A check.
    pub(crate) fn check(self, name: &str, columns: &[&str], expression: &str) -> Self {
        let kind = ConstraintKind::Check { expression: expression.to_owned(), no_inherit: false };
        self.constraint(name, kind, columns, &format!("CHECK ({expression})"))
    }

    /// A foreign key that cascades.
    pub(crate) fn foreign_key(self, name: &str, columns: &[&str], references: &str, referenced: &[&str]) -> Self {
        let key = ForeignKey {
            references: qualified(references),
            referenced_columns: referenced.iter().map(ToString::to_string).collect(),
            on_update: ForeignKeyAction::NoAction,
            on_delete: ForeignKeyAction::Cascade,
            on_delete_columns: Vec::new(),
            match_type: ForeignKeyMatch::Simple,
        };
        let definition = format!(
            "FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE CASCADE",
            columns.join(", "),
            key.references,
            referenced.join(", ")
        );
        self.constraint(name, ConstraintKind::ForeignKey(key), columns, &definition)
    }

    /// An index; `predicate` may be empty.
    pub(crate) fn index(mut self, name: &str, columns: &[&str], predicate: &str) -> Self {
        let mut index = plain_index(&self.0.name, name, columns);
        if !predicate.is_empty() {
            index.predicate = Some(predicate.to_owned());
            index.definition = format!("{} WHERE {predicate}", index.definition);
        }
        self.0.indexes.insert(name.to_owned(), index);
        self
    }

    /// As a partition, the default one.
    pub(crate) fn partition_of(mut self, parent: &str) -> Self {
        self.0.partition_of = Some(PartitionOf { parent: qualified(parent), bounds: "DEFAULT".to_owned() });
        self
    }

    /// Anything else.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Table)) -> Self {
        change(&mut self.0);
        self
    }

    fn constraint(mut self, name: &str, kind: ConstraintKind, columns: &[&str], definition: &str) -> Self {
        let constraint = Constraint {
            name: name.to_owned(),
            kind,
            columns: columns.iter().map(ToString::to_string).collect(),
            definition: definition.to_owned(),
            deferral: Deferral::NotDeferrable,
            validated: true,
            enforced: true,
            inherited: false,
            comment: Comment::default(),
        };
        self.0.constraints.insert(name.to_owned(), constraint);
        self
    }

    fn backing_index(mut self, name: &str, columns: &[&str]) -> Self {
        let mut index = plain_index(&self.0.name, name, columns);
        index.unique = true;
        index.constraint = Some(name.to_owned());
        self.0.indexes.insert(name.to_owned(), index);
        self
    }
}

fn plain_index(table: &QualifiedName, name: &str, columns: &[&str]) -> Index {
    let key = |column: &&str| IndexKey {
        target: IndexTarget::Column((*column).to_owned()),
        opclass: None,
        collation: None,
        descending: false,
        nulls_first: false,
    };
    Index {
        name: name.to_owned(),
        method: "btree".to_owned(),
        keys: columns.iter().map(key).collect(),
        include: Vec::new(),
        predicate: None,
        unique: false,
        nulls_not_distinct: false,
        valid: true,
        constraint: None,
        parent: None,
        options: Options::default(),
        tablespace: None,
        statistics: BTreeMap::new(),
        clustered: false,
        definition: format!("CREATE INDEX {} ON {table} ({})", Ident::new(name), columns.join(", ")),
        comment: Comment::default(),
    }
}
