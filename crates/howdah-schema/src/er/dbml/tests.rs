//! What DBML looks like. Whether its own parser takes it, `crates/howdah-pg/tests/it/diagrams.rs` asks.

use super::*;
use crate::testing::{catalog, qualified, table};

fn check(catalog: &Catalog, expect: &str) {
    assert_eq!(dbml(catalog), expect);
}

#[test]
fn nothing() {
    check(&Catalog::default(), "");
}

#[test]
fn tables_indexes_references_and_groups() {
    let catalog = catalog([
        table("users")
            .comment("People.\nAll of them. @group accounts")
            .column("id", "uuid not null", "It's the key")
            .column("email", "text", "")
            .primary_key(&["id"])
            .unique("users_email_key", &["email"]),
        table("tasks")
            .column("user_id", "uuid not null", "")
            .column("number", "integer not null", "")
            .column_with("title", crate::testing::base_type("text"), |column| {
                column.default = Some("'a`b'::text".to_owned());
            })
            .primary_key(&["user_id", "number"])
            .index("tasks_title_idx", &["title"], "title <> ''")
            .foreign_key("tasks_user_fkey", &["user_id"], "users", &["id"]),
    ]);
    check(
        &catalog,
        r#"Table "public"."tasks" {
  "user_id" "uuid" [not null]
  "number" "integer" [not null]
  "title" "text" [default: `'aˋb'::text`]

  indexes {
    ("user_id", "number") [pk, name: 'tasks_pkey', type: "btree"]
    ("title") [name: 'tasks_title_idx', type: "btree", note: 'WHERE title <> \'\'']
  }
}

Table "public"."users" {
  "id" "uuid" [pk, not null, note: 'It\'s the key']
  "email" "text" [unique]

  indexes {
    ("email") [unique, name: 'users_email_key', type: "btree"]
  }

  Note: 'People.\nAll of them.'
}

Ref "tasks_user_fkey": "public"."tasks"."user_id" > "public"."users"."id" [delete: cascade]

TableGroup "accounts" {
  "public"."users"
}

TableGroup "public" {
  "public"."tasks"
}
"#,
    );
}

#[test]
fn what_dbml_cannot_say_is_a_comment() {
    let mut catalog = catalog([
        table("empty"),
        table("a").column("id", "int", "").primary_key(&["id"]).foreign_key("a_b", &["id"], "b", &["id"]),
        table("b").column("id", "int", "").primary_key(&["id"]).foreign_key("b_a", &["id"], "a", &["id"]).foreign_key(
            "b_b",
            &["id"],
            "b",
            &["id"],
        ),
    ]);
    catalog.enums.insert(
        qualified("nothing"),
        Enum {
            name: qualified("nothing"),
            owner: String::new(),
            labels: Vec::new(),
            acl: crate::catalog::Acl::default(),
            comment: crate::catalog::Comment::default(),
        },
    );
    let text = dbml(&catalog);
    for expect in [
        "// Enum \"public\".\"nothing\" has no labels\n",
        "// Table \"public\".\"empty\" has no columns\n",
        "\nRef \"a_b\": \"public\".\"a\".\"id\" - \"public\".\"b\".\"id\" [delete: cascade]\n",
        "\n// Ref \"b_a\": \"public\".\"b\".\"id\" - \"public\".\"a\".\"id\" [delete: cascade]\n",
        "\n// Ref \"b_b\": ",
    ] {
        assert!(text.contains(expect), "{expect} in {text}");
    }
    assert!(!text.contains("  \"public\".\"empty\""), "{text}");
}

#[test]
fn names_and_notes_are_escaped() {
    let catalog = catalog([table("a\"b\\c\nd").comment("x ''' ${y} */ `z`\\").column("🐘 <script>", "text", "it's")]);
    let text = dbml(&catalog);
    assert!(
        text.starts_with("Table \"public\".\"a\\\"b\\\\c\\nd\" {\n  \"🐘 <script>\" \"text\" [note: 'it\\'s']\n"),
        "{text}"
    );
    assert!(text.contains("Note: 'x \\'\\'\\' ${y} */ `z`\\\\'\n"), "{text}");
}
