//! Names and comments that look like something else.

use super::check;
use crate::catalog::{Enum, PolicyCommand};
use crate::docs::Facts;
use crate::docs::tests::sample::{policy, with_policy};
use crate::testing::{base_type, catalog, table};
use crate::{Catalog, QualifiedName};

const NAMES: [&str; 14] = [
    "Tasks",
    "tasks",
    "<script>alert(1)</script>",
    "a\"b`c|d",
    "order",
    "with space",
    "🦀🦀",
    "*/",
    "${x}",
    "[x](y)",
    "../up",
    "1. list",
    "con",
    "ÄÖÜ",
];

const COMMENT: &str = "<script>alert('x')</script> **bold** `code` | pipe\n# no heading\n- no list\n\n1. nor *this* &amp; [link](http://x) */ ${y} ![img](z) <!-- -->";

fn nasty() -> Catalog {
    let long = "x".repeat(63);
    let names: Vec<&str> = NAMES.into_iter().chain([long.as_str()]).collect();
    let tables = names.iter().enumerate().map(|(place, name)| {
        let next = names[(place + 1) % names.len()];
        let mut made = table("t")
            .comment(COMMENT)
            .column_with(name, base_type("uuid"), |column| {
                column.comment = crate::catalog::Comment::new(COMMENT);
                column.default = Some("'`|`'::text".into());
            })
            .primary_key(&[name])
            .foreign_key(name, &[name], "t", &[next])
            .check("a|b`", &[name], "((a || '|'::text) <> '`\\|'::text)")
            .index("`|", &[name], "(a = '|'::text)")
            .with(|table| table.acl = super::sample::acl(&[(name, "SELECT")]));
        made = with_policy(made, policy(name, PolicyCommand::All, name, "(a = '`|<b>'::text)", ""));
        made.with(|table| {
            table.name = QualifiedName::new(*name, *name);
            if let Some(constraint) = table.constraints.get_mut(*name)
                && let crate::catalog::ConstraintKind::ForeignKey(key) = &mut constraint.kind
            {
                // They all point at each other in a circle.
                key.references = QualifiedName::new(next, next);
            }
        })
    });
    let mut catalog = catalog(tables);
    for name in &names {
        catalog.roles.insert((*name).into(), crate::testing::role(name));
        let name = QualifiedName::new("public", *name);
        let labels = names.iter().map(ToString::to_string).collect();
        let found = Enum {
            name: name.clone(),
            owner: "owner".into(),
            labels,
            acl: Default::default(),
            comment: crate::catalog::Comment::new(COMMENT),
        };
        catalog.enums.insert(name, found);
    }
    catalog
}

#[test]
fn names_and_comments_are_text() {
    let facts = Facts { project: "<script>".into(), queries_note: Some(COMMENT.into()), ..Facts::default() };
    let (documentation, _) = check(&nasty(), &facts);
    assert_eq!(documentation.tables.len(), NAMES.len() + 1);
}
