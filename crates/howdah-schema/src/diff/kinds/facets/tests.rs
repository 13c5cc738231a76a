use super::*;
use crate::catalog::{Comment, Table};
use crate::diff::kinds::testing;

const TABLE: &str = "s.t";

fn id() -> ObjectId {
    ObjectId::Table(QualifiedName::new("s", "t"))
}

/// What the owner `o` has of a table by itself.
fn owners() -> Vec<String> {
    let all = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
    all.iter().map(|privilege| format!("o={privilege}/o")).collect()
}

fn acl(more: &[&str]) -> Acl {
    let grants: Vec<Grant> =
        owners().iter().map(String::as_str).chain(more.iter().copied()).map(testing::grant).collect();
    Acl { explicit: !more.is_empty(), grants }
}

fn table(acl: Acl) -> Facets {
    Facets {
        comment_on: format!("TABLE {TABLE}"),
        owner: Some((format!("TABLE {TABLE}"), "o".to_owned())),
        privileges: Some((format!("TABLE {TABLE}"), acl)),
        ..Facets::default()
    }
}

fn column(grants: &[&str]) -> Facets {
    let grants = grants.iter().map(|text| testing::grant(text)).collect();
    let column_grants = Some((format!("TABLE {TABLE}"), "c".to_owned(), grants, "o".to_owned()));
    Facets { comment_on: format!("COLUMN {TABLE}.c"), column_grants, ..Facets::default() }
}

/// A live database in which `o` works.
fn catalog(table_acl: Option<Acl>) -> Catalog {
    let mut catalog = Catalog { current_role: "o".to_owned().into(), ..Catalog::default() };
    if let Some(acl) = table_acl {
        let json = serde_json::json!({
            "name": TABLE, "owner": "o", "partition_key": null, "partition_of": null, "inherits": [],
            "unlogged": false, "columns": [], "constraints": {}, "indexes": {}, "triggers": {}, "policies": {},
            "row_security": {"enabled": false, "forced": false}, "options": {}, "replica_identity": "default",
            "tablespace": null, "access_method": null, "acl": acl, "comment": "",
        });
        let table: Table = serde_json::from_value(json).unwrap();
        catalog.tables.insert(table.name.clone(), table);
    }
    catalog
}

fn sql(from: Option<&Facets>, to: &Facets, id: &ObjectId, catalogs: (&Catalog, &Catalog)) -> Vec<String> {
    testing::with(catalogs.0, catalogs.1, |context| testing::texts(&steps(from, to, id, context)))
}

#[track_caller]
fn check(from: Option<Acl>, to: Acl, expected: &[&str]) {
    let catalogs = (catalog(from.clone()), catalog(Some(to.clone())));
    let from = from.map(table);
    assert_eq!(sql(from.as_ref(), &table(to), &id(), (&catalogs.0, &catalogs.1)), expected);
}

#[test]
fn nothing_to_say() {
    check(Some(acl(&[])), acl(&[]), &[]);
    check(Some(acl(&["a=SELECT/o"])), acl(&["a=SELECT/o"]), &[]);
    check(None, acl(&[]), &[]);
}

#[test]
fn privileges() {
    check(None, acl(&["a=SELECT/o"]), &["GRANT SELECT ON TABLE s.t TO a"]);
    check(Some(acl(&["a=SELECT/o"])), acl(&[]), &["REVOKE SELECT ON TABLE s.t FROM a"]);
    let nobody = Acl { explicit: true, grants: Vec::new() };
    check(None, nobody, &["REVOKE SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE s.t FROM o"]);
}

#[test]
fn in_the_name_of_another_grantor() {
    check(
        None,
        acl(&["a=SELECT*/o", "b=SELECT/a", "c=SELECT/a"]),
        &[
            "GRANT SELECT ON TABLE s.t TO a WITH GRANT OPTION",
            "SET ROLE a",
            "GRANT SELECT ON TABLE s.t TO b",
            "GRANT SELECT ON TABLE s.t TO c",
            "RESET ROLE",
        ],
    );
}

#[test]
fn what_default_privileges_may_have_given() {
    let mut from = catalog(None);
    let setting = |grants: &[&str], schema: Option<&str>| DefaultPrivilege {
        role: "o".to_owned(),
        schema: schema.map(str::to_owned),
        objects: PrivilegeObjects::Tables,
        grants: grants.iter().map(|text| testing::grant(text)).collect(),
    };
    from.default_privileges = vec![setting(&["a=SELECT/o"], Some("s")), setting(&["b=SELECT/o"], Some("other"))];
    let wanted = acl(&["c=SELECT/o"]);
    let to = catalog(Some(wanted.clone()));
    let expected = ["REVOKE SELECT ON TABLE s.t FROM a", "GRANT SELECT ON TABLE s.t TO c"];
    assert_eq!(sql(None, &table(wanted), &id(), (&from, &to)), expected);

    // One for all schemas may have taken from the owner what a new table has by itself.
    from.default_privileges = vec![setting(&["o=SELECT/o"], None)];
    let expected = ["GRANT INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE s.t TO o"];
    assert_eq!(sql(None, &table(acl(&[])), &id(), (&from, &catalog(Some(acl(&[]))))), expected);
}

#[test]
fn the_new_owner_has_what_the_old_one_had() {
    let of = |owner: &str| Acl {
        explicit: true,
        grants: [format!("{owner}=SELECT/{owner}"), format!("a=SELECT/{owner}")]
            .iter()
            .map(|text| testing::grant(text))
            .collect(),
    };
    let facets = |owner: &str| Facets { owner: Some(("TABLE s.t".to_owned(), owner.to_owned())), ..table(of(owner)) };
    let with_owner = |owner: &str| {
        let mut catalog = catalog(Some(of(owner)));
        catalog.tables.values_mut().for_each(|table| owner.clone_into(&mut table.owner));
        catalog
    };
    let catalogs = (with_owner("x"), with_owner("y"));
    let expected = ["ALTER TABLE s.t OWNER TO y"];
    assert_eq!(sql(Some(&facets("x")), &facets("y"), &id(), (&catalogs.0, &catalogs.1)), expected);
}

#[test]
fn columns() {
    let id = ObjectId::Column(QualifiedName::new("s", "t"), "c".to_owned());
    let check = |from: (&[&str], &[&str]), to: (&[&str], &[&str]), expected: &[&str]| {
        let catalogs = (catalog(Some(acl(from.0))), catalog(Some(acl(to.0))));
        let (from, to) = (column(from.1), column(to.1));
        assert_eq!(sql(Some(&from), &to, &id, (&catalogs.0, &catalogs.1)), expected);
    };
    check((&[], &["a=SELECT/o"]), (&[], &["a=SELECT/o"]), &[]);
    check(
        (&[], &["a=SELECT/o"]),
        (&[], &["a=UPDATE*/o"]),
        &["REVOKE SELECT (c) ON TABLE s.t FROM a", "GRANT UPDATE (c) ON TABLE s.t TO a WITH GRANT OPTION"],
    );
    // REVOKE on the table takes it from the column too.
    check((&["a=SELECT/o"], &["a=SELECT/o"]), (&[], &["a=SELECT/o"]), &["GRANT SELECT (c) ON TABLE s.t TO a"]);
    check((&["a=SELECT/o"], &["a=SELECT/o"]), (&[], &[]), &[]);
    check(
        (&["a=SELECT*/o"], &["a=SELECT*/o"]),
        (&["a=SELECT/o"], &["a=SELECT*/o"]),
        &["GRANT SELECT (c) ON TABLE s.t TO a WITH GRANT OPTION"],
    );
}

#[test]
fn comments() {
    let catalog = catalog(Some(acl(&[])));
    let with = |text: &str| Facets { comment: Comment::new(text), ..table(acl(&[])) };
    let check = |from: Option<&str>, to: &str, expected: &[&str]| {
        let from = from.map(with);
        assert_eq!(sql(from.as_ref(), &with(to), &id(), (&catalog, &catalog)), expected);
    };
    check(None, "", &[]);
    check(None, "It's", &["COMMENT ON TABLE s.t IS 'It''s'"]);
    check(Some("a"), "a", &[]);
    check(Some("a"), "", &["COMMENT ON TABLE s.t IS NULL"]);
}

#[test]
fn comments_that_come_with_extensions() {
    let catalog = Catalog::default();
    let extension = |name: &str, comment: &str| {
        let on = format!("EXTENSION {name}");
        let facets = Facets { comment_on: on, comment: Comment::new(comment), ..Facets::default() };
        sql(None, &facets, &ObjectId::Extension(name.to_owned()), (&catalog, &catalog))
    };
    assert!(extension("pgcrypto", "cryptographic functions").is_empty());
    assert_eq!(extension("pgcrypto", "ours"), ["COMMENT ON EXTENSION pgcrypto IS 'ours'"]);
    assert_eq!(extension("pgcrypto", ""), ["COMMENT ON EXTENSION pgcrypto IS NULL"]);
    assert_eq!(extension("vector", "vectors"), ["COMMENT ON EXTENSION vector IS 'vectors'"]);
}
