//! What is generated, as far as no server is needed. Whether it compiles and works is tested in
//! `crates/howdah/tests/it/types_rust.rs`.

use super::files;
use crate::catalog::{Acl, Comment, DataType, Enum, PartitionOf, TypeKind};
use crate::clients::ClientOptions;
use crate::testing::{TestTable, catalog, qualified, table};
use crate::{Catalog, OutputFile, QualifiedName};
use std::collections::BTreeMap;

fn of(catalog: &Catalog, schemas: &[&str]) -> BTreeMap<String, String> {
    let schemas = schemas.iter().map(ToString::to_string).collect();
    let files = files(catalog, &ClientOptions { schemas });
    assert!(files.is_sorted() && files.iter().all(|file| file.text.ends_with('\n') && !file.text.ends_with("\n\n")));
    files.into_iter().map(|OutputFile { path, text }| (path, text)).collect()
}

/// The module of one table in `public`.
fn module(table: TestTable) -> String {
    let path = format!("public/{}.rs", table.0.name.name);
    of(&catalog([table]), &["public"]).remove(&path).unwrap()
}

#[track_caller]
fn has(code: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(code.contains(piece), "{piece:?} is not in\n{code}");
    }
}

fn tasks() -> TestTable {
    table("tasks")
        .column("id", "uuid not null", "")
        .column("list_id", "uuid not null", "")
        .column("title", "text not null", "What to do.")
        .column("due_at", "timestamp with time zone", "")
        .primary_key(&["id"])
        .foreign_key("tasks_list", &["list_id"], "lists", &["id"])
}

#[test]
fn a_catalog_of_nothing_is_a_client_of_nothing() {
    let files = of(&Catalog::default(), &["public"]);
    assert!(files.keys().all(|path| path == "mod.rs" || path.starts_with("support/")), "{:?}", files.keys());
    assert_eq!(files["mod.rs"].matches("pub mod").count(), 1);
}

#[test]
fn a_module_a_table_with_what_its_keys_and_indexes_serve() {
    let code = module(tasks().unique("tasks_title", &["title"]).index("tasks_by_list", &["list_id", "due_at"], ""));
    let functions: Vec<&str> =
        code.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next()).collect();
    let expected = [
        "find",
        "find_by_title",
        "list",
        "list_by_list_id",
        "list_by_list_id_ordered_by_due_at",
        "list_ordered_by_title",
        "insert",
        "update",
        "delete",
    ];
    assert_eq!(functions, expected);
    has(&code, &["    /// What to do.\n    ///\n    /// `text`\n    pub title: String,\n"]);
}

/// A foreign key that no index serves has no function: it would read the whole table.
#[test]
fn what_no_index_serves_is_not_listed() {
    assert!(!module(tasks()).contains("list_by_list_id"));
    let partial = tasks().index("tasks_by_list", &["list_id"], "due_at IS NULL");
    assert!(!module(partial).contains("list_by_list_id"));
    // Of an index over the rows that have a value, a lookup by a value finds all there are.
    let set = tasks().index("tasks_by_list", &["list_id"], "(list_id IS NOT NULL)");
    assert!(module(set).contains("list_by_list_id"));
    let broken = tasks().index("tasks_by_list", &["list_id"], "").with(|table| {
        table.indexes.get_mut("tasks_by_list").unwrap().valid = false;
    });
    assert!(!module(broken).contains("list_by_list_id"));
}

/// A statement counts the version where nothing else does.
#[test]
fn the_version_is_counted_once() {
    let versioned = table("docs")
        .column("id", "integer not null", "")
        .column("version", "bigint not null", "")
        .primary_key(&["id"])
        .comment("Papers. @version version");
    let code = module(versioned.clone());
    has(&code, &["version = t.version + 1", "pub async fn update_at_version(", "pub async fn delete_at_version("]);
    let update = code.split("pub struct Update {").nth(1).unwrap().split('}').next().unwrap();
    assert!(update.contains("pub id:") && !update.contains("pub version:"), "{update}");
    // A tag that names no column is the linter's business.
    assert!(!module(versioned.comment("@version nothing")).contains("update_at_version"));
}

#[test]
fn comments_are_prose_whatever_they_hold() {
    let odd = "*/ <script>alert(1)</script>\n#![allow(x)]\n```\n    code\n@deprecated \"no\" \\ more";
    let code = module(tasks().comment(odd).column("x", "text", odd));
    has(
        &code,
        &[
            "//! \\*/ \\<script\\>alert(1)\\</script\\>\n//! \\#!\\[allow(x)\\]\n//! \\`\\`\\`\n//! code\n",
            "    #[deprecated(note = \"\\\"no\\\" \\\\ more\")]\n",
        ],
    );
    let files = of(&catalog([tasks().comment(odd)]), &["public"]);
    has(&files["public/mod.rs"], &["#[deprecated(note = \"\\\"no\\\" \\\\ more\")]\npub mod tasks;\n"]);
}

/// Types come along from schemas that were not asked for; their tables do not.
#[test]
fn types_come_from_wherever_they_are() {
    let mood = DataType {
        sql: "other.mood".to_owned(),
        name: QualifiedName::new("other", "mood"),
        kind: TypeKind::Enum,
        array: false,
        base: None,
    };
    let mut catalog = catalog([tasks().column_with("mood", mood, |_| {}), table("other.secret")]);
    let name = qualified("other.mood");
    let labels = vec!["sad".to_owned()];
    let comment = Comment::default();
    catalog.enums.insert(name.clone(), Enum { name, owner: String::new(), labels, acl: Acl::default(), comment });
    let files = of(&catalog, &["public"]);
    has(&files["public/tasks.rs"], &["pub mood: Option<super::super::other::types::Mood>,", "\"t.mood::text\""]);
    has(&files["other/types.rs"], &["pub enum Mood {"]);
    assert!(!files.contains_key("other/secret.rs"));
    assert_eq!(of(&catalog, &["other"]).keys().filter(|path| path.starts_with("other/")).count(), 3);
}

#[test]
fn a_partition_is_reached_through_its_table() {
    let part = table("tasks_1").with(|table| {
        table.partition_of = Some(PartitionOf { parent: qualified("tasks"), bounds: "DEFAULT".to_owned() });
    });
    let files = of(&catalog([tasks(), part]), &["public"]);
    assert!(files.contains_key("public/tasks.rs") && !files.contains_key("public/tasks_1.rs"));
}

/// A cast to a type with its modifiers would cut what an assignment refuses.
#[test]
fn casts_have_no_modifiers() {
    let code = module(
        table("t")
            .column("a", "character varying(3)", "")
            .column("b", "bit(3)", "")
            .column("c", "interval", "")
            .column("d", "character(3)[]", ""),
    );
    has(
        &code,
        &[
            "(\"a\", \"::text\", ",
            "(\"b\", \"::text::pg_catalog.\\\"bit\\\"\", ",
            "\"t.c::text, \"",
            "\"::text[]::pg_catalog.bpchar[]\"",
        ],
    );
}
