use super::*;
use crate::Catalog;
use crate::QualifiedName;
use crate::diff::kinds::testing;

/// A check as `name: condition`, with `!` at the end of one that is not valid.
fn domain(base: &str, not_null: bool, default: Option<&str>, checks: &[&str]) -> Domain {
    let check = |text: &&str| {
        let (name, condition) = text.split_once(": ").unwrap();
        let valid = !condition.ends_with('!');
        let not_valid = if valid { "" } else { " NOT VALID" };
        let definition = format!("CHECK ({}){not_valid}", condition.trim_end_matches('!'));
        (
            name.to_owned(),
            serde_json::json!({"name": name, "definition": definition, "validated": valid, "comment": ""}),
        )
    };
    let checks: serde_json::Map<String, serde_json::Value> = checks.iter().map(check).collect();
    let json = serde_json::json!({
        "name": "s.d", "owner": "o", "not_null": not_null, "default": default, "collation": null, "checks": checks,
        "base": {"sql": base, "name": "pg_catalog.x", "kind": "base", "array": false, "base": null},
        "acl": {"explicit": false, "grants": []}, "comment": "",
    });
    serde_json::from_value(json).unwrap()
}

fn create(domain: &Domain) -> Vec<String> {
    let empty = Catalog::default();
    testing::with(&empty, &empty, |context| testing::texts(&domain.create(context)))
}

#[test]
fn created_with_its_checks() {
    assert_eq!(create(&domain("text", false, None, &[])), ["CREATE DOMAIN s.d AS text"]);
    assert_eq!(create(&domain("text", true, None, &[])), ["CREATE DOMAIN s.d AS text NOT NULL"]);
    let mut full = domain("text", true, Some("'x'::text"), &["a: value <> ''", "b: true!"]);
    full.collation = Some(QualifiedName::new("pg_catalog", "C"));
    assert_eq!(
        create(&full),
        [
            "CREATE DOMAIN s.d AS text\n    COLLATE pg_catalog.\"C\"\n    DEFAULT 'x'::text\n    NOT NULL\n    \
             CONSTRAINT a CHECK (value <> '')",
            "ALTER DOMAIN s.d ADD CONSTRAINT b CHECK (true) NOT VALID",
        ]
    );
}

#[test]
fn changed() {
    let change = |from: &Domain, to: &Domain| testing::change(from, to);
    let plain = domain("text", false, None, &[]);
    let other = domain("text", true, Some("'x'::text"), &[]);
    assert_eq!(change(&plain, &plain), Change::Same);
    let expected = ["ALTER DOMAIN s.d SET DEFAULT 'x'::text", "ALTER DOMAIN s.d SET NOT NULL"];
    assert_eq!(testing::sql(&change(&plain, &other)), expected);
    let expected = ["ALTER DOMAIN s.d DROP DEFAULT", "ALTER DOMAIN s.d DROP NOT NULL"];
    assert_eq!(testing::sql(&change(&other, &plain)), expected);
    assert_eq!(change(&plain, &domain("integer", false, None, &[])), Change::Rewrite);
}

#[test]
fn checks() {
    fn check(domain: &Domain) -> DomainCheckOf<'_> {
        DomainCheckOf { domain, check: domain.checks.values().next().unwrap() }
    }
    let (valid, not_valid) = (domain("text", false, None, &["c: a"]), domain("text", false, None, &["c: a!"]));
    assert_eq!(testing::change(check(&valid), check(&valid)), Change::Same);
    let change = testing::change(check(&not_valid), check(&valid));
    assert_eq!(testing::sql(&change), ["ALTER DOMAIN s.d VALIDATE CONSTRAINT c"]);
    assert_eq!(testing::change(check(&valid), check(&not_valid)), Change::Replace);
    assert_eq!(testing::change(check(&valid), check(&domain("text", false, None, &["c: b"]))), Change::Replace);
}
