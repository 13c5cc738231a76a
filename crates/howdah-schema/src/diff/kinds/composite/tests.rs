use super::*;
use crate::catalog::{Acl, Comment, TypeKind};
use crate::diff::kinds::testing;

fn data_type(sql: &str) -> DataType {
    let name = sql.trim_end_matches("[]");
    let name = name.parse().unwrap_or_else(|_| QualifiedName::new("pg_catalog", name));
    DataType { sql: sql.to_owned(), name, kind: TypeKind::Composite, array: sql.ends_with("[]"), base: None }
}

/// `a text, b integer`
fn named(name: &str, attributes: &str) -> Composite {
    let attribute = |text: &str| {
        let (name, sql) = text.split_once(' ').unwrap();
        Attribute { name: name.to_owned(), data_type: data_type(sql), collation: None, comment: Comment::default() }
    };
    Composite {
        name: QualifiedName::new("s", name),
        owner: "o".to_owned(),
        attributes: attributes.split(", ").filter(|text| !text.is_empty()).map(attribute).collect(),
        acl: Acl::default(),
        comment: Comment::default(),
    }
}

fn composite(attributes: &str) -> Composite {
    named("c", attributes)
}

/// With a column of `s.c`, which a view takes apart: it reads `s.c.a`.
fn used() -> Catalog {
    let table = QualifiedName::new("s", "t");
    let mut catalog = Catalog::default();
    let id = ObjectId::Type(QualifiedName::new("s", "c"));
    catalog.dependencies.insert(ObjectId::Column(table.clone(), "c".to_owned()), id.clone());
    catalog.dependencies.insert(ObjectId::Default(table.clone(), "n".to_owned()), id);
    let column = |name: &str, default: &str| {
        serde_json::json!({
            "name": name, "position": 1, "not_null": false, "default": default, "identity": null, "generated": null,
            "data_type": {"sql": "text", "name": "pg_catalog.text", "kind": "base", "array": false, "base": null},
            "collation": null, "storage": null, "compression": null, "statistics": null, "options": {},
            "inherited": false, "grants": [], "comment": "",
        })
    };
    let json = serde_json::json!({
        "name": "s.t", "owner": "o", "partition_key": null, "partition_of": null, "inherits": [],
        "unlogged": false, "columns": [column("c", "NULL"), column("n", "(s.f()).a")], "constraints": {},
        "indexes": {}, "triggers": {}, "policies": {}, "row_security": {"enabled": false, "forced": false},
        "options": {}, "replica_identity": "default", "tablespace": null, "access_method": null,
        "acl": {"explicit": false, "grants": []}, "comment": "",
    });
    catalog.tables.insert(table, serde_json::from_value(json).unwrap());
    catalog
}

#[track_caller]
fn check(catalog: &Catalog, from: &str, to: &str, expected: Option<&[&str]>) {
    let change = testing::with(catalog, catalog, |context| (&composite(from)).change(&composite(to), context));
    match expected {
        None => assert_eq!(change, Change::Rewrite),
        Some(expected) => {
            let expected: Vec<String> = expected.iter().map(|sql| format!("ALTER TYPE s.c {sql}")).collect();
            assert_eq!(testing::sql(&change), expected);
        }
    }
}

#[test]
fn created() {
    let create = |composite: Composite| {
        testing::with(&Catalog::default(), &Catalog::default(), |context| testing::texts(&composite.create(context)))
    };
    assert_eq!(create(composite("")), ["CREATE TYPE s.c AS ()"]);
    let mut odd = composite("a integer, B text");
    odd.attributes[1].collation = Some(QualifiedName::new("pg_catalog", "C"));
    odd.attributes[1].comment = Comment::new("Why");
    let expected = [
        "CREATE TYPE s.c AS (\n    a integer,\n    \"B\" text COLLATE pg_catalog.\"C\"\n)",
        "COMMENT ON COLUMN s.c.\"B\" IS 'Why'",
    ];
    assert_eq!(create(odd), expected);
}

#[test]
fn changed_where_nobody_looks() {
    let free = Catalog::default();
    check(&free, "a x, b x", "a x, b x", Some(&[]));
    check(&free, "a x", "a x, b y", Some(&["ADD ATTRIBUTE b y"]));
    check(
        &free,
        "a x, b x, c x",
        "a x, c y, d x",
        Some(&["DROP ATTRIBUTE b", "ALTER ATTRIBUTE c SET DATA TYPE y", "ADD ATTRIBUTE d x"]),
    );
    check(&free, "a x, b x", "b x, a x", None);
    check(&free, "a x, b x", "a x, c x, b x", None);
}

#[test]
fn changed_under_rows_and_readers() {
    let used = used();
    check(&used, "a x", "a x, b y", Some(&["ADD ATTRIBUTE b y"]));
    check(&used, "a x, b x", "a x", Some(&["DROP ATTRIBUTE b"]));
    check(&used, "a x, b x", "a x, b y", None);
    check(&used, "a x, b x", "b x", None);
    let change = testing::with(&used, &used, |context| (&composite("a x, b x")).change(&composite("a x"), context));
    let Change::Alter(steps) = change else { panic!("{change:?}") };
    assert_eq!(steps[0].loss.as_ref().unwrap().what, "attribute b of all values of type s.c");
}

#[test]
fn comments_of_attributes() {
    let (mut from, mut to) = (composite("a x, b x"), composite("a x, b x, c x"));
    from.attributes[0].comment = Comment::new("Old");
    to.attributes[1].comment = Comment::new("New");
    to.attributes[2].comment = Comment::new("Newer");
    let expected = [
        "ALTER TYPE s.c ADD ATTRIBUTE c x",
        "COMMENT ON COLUMN s.c.a IS NULL",
        "COMMENT ON COLUMN s.c.b IS 'New'",
        "COMMENT ON COLUMN s.c.c IS 'Newer'",
    ];
    assert_eq!(testing::sql(&testing::change(&from, &to)), expected);
}

/// How a column `v` of the type follows.
fn converted(sql: &str, before: &[Composite], after: &[Composite]) -> Option<Conversion> {
    let catalog = |composites: &[Composite]| {
        let composites = composites.iter().map(|composite| (composite.name.clone(), composite.clone())).collect();
        let domain = serde_json::json!({
            "name": "s.d", "owner": "o", "not_null": false, "default": null, "collation": null, "checks": {},
            "base": data_type("s.c"), "acl": {"explicit": false, "grants": []}, "comment": "",
        });
        let domain: crate::catalog::Domain = serde_json::from_value(domain).unwrap();
        let domains = [(domain.name.clone(), domain)].into();
        Catalog { composites, domains, ..Catalog::default() }
    };
    testing::with(&catalog(before), &catalog(after), |context| {
        let rewritten = before.iter().map(Composite::id).collect();
        let context = Context {
            rewritten,
            apart: BTreeSet::new(),
            attached: BTreeSet::new(),
            detoured: BTreeSet::new(),
            parted: BTreeSet::new(),
            ..*context
        };
        conversion("v", &data_type(sql), &context)
    })
}

#[test]
fn rows_follow() {
    assert_eq!(converted("s.c", &[composite("a x, b x")], &[composite("a x, b y")]), None);
    let moved = converted("s.c", &[composite("a x, b x, d x")], &[composite("b y, e x, a x")]).unwrap();
    let expected = "CASE WHEN v IS DISTINCT FROM NULL THEN ROW((v).b::text::y, NULL, (v).a)::s.c END";
    assert_eq!(moved.using, expected);
    assert_eq!(moved.loses, ["attribute d of all values of type s.c"]);
    let array = converted("s.c[]", &[composite("a x, b x")], &[composite("b x, a x")]).unwrap();
    assert_eq!(array.using, "v::s.c[]");
    let domain = converted("s.d", &[composite("a x, b x")], &[composite("b x, a x")]).unwrap();
    assert_eq!(domain.using, "CASE WHEN v IS DISTINCT FROM NULL THEN ROW((v).b, (v).a)::s.d END");
}

#[test]
fn rows_follow_into_parts() {
    let outer = || named("o", "i s.c, n x");
    let moved = converted("s.o", &[outer(), composite("a x, b x")], &[outer(), composite("b x, a x")]).unwrap();
    let inner = "CASE WHEN (v).i IS DISTINCT FROM NULL THEN ROW(((v).i).b, ((v).i).a)::s.c END";
    assert_eq!(moved.using, format!("CASE WHEN v IS DISTINCT FROM NULL THEN ROW({inner}, (v).n)::s.o END"));
}
