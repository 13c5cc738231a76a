//! Relationships, indexes and performance.

use crate::catalog::{Comment, PartitionOf};
use crate::docs::model::{LineageObject, SourceOfText, TableDoc};
use crate::docs::{Documentation, Facts, diagrams};
use crate::testing::{TestTable, catalog, qualified, table};

fn document(tables: impl IntoIterator<Item = TestTable>) -> Documentation {
    Documentation::new(&catalog(tables), &Facts::default())
}

fn users() -> TestTable {
    table("users").column("id", "uuid not null", "").primary_key(&["id"])
}

#[test]
fn relations_are_known_at_both_ends() {
    let profile = table("profiles").column("user_id", "uuid not null", "").primary_key(&["user_id"]).foreign_key(
        "fk_user",
        &["user_id"],
        "users",
        &["id"],
    );
    let note = table("notes").column("user_id", "uuid", "").foreign_key("fk_user", &["user_id"], "users", &["id"]);
    let documentation = document([users(), profile, note]);
    let users = &documentation.tables[&qualified("users")];
    let seen: Vec<(String, bool)> = users.has_many.iter().map(|link| (link.table.to_string(), link.one)).collect();
    assert_eq!(seen, [("public.notes".to_owned(), false), ("public.profiles".to_owned(), true)]);
    let profile = &documentation.tables[&qualified("profiles")].belongs_to[0];
    assert!(profile.one_to_one && !profile.optional);
    assert_eq!(profile.index.as_deref(), Some("profiles_pkey"));
    let note = &documentation.tables[&qualified("notes")].belongs_to[0];
    assert!(!note.one_to_one && note.optional && note.index.is_none());
}

#[test]
fn a_table_in_between_joins_two() {
    let owned = |name: &str| {
        table(name)
            .column("id", "uuid not null", "")
            .column("user_id", "uuid not null", "")
            .primary_key(&["id"])
            .unique("uq", &["user_id", "id"])
            .foreign_key("fk_user", &["user_id"], "users", &["id"])
    };
    let between = table("album_media")
        .column("id", "uuid not null", "")
        .column("user_id", "uuid not null", "")
        .column("album_id", "uuid not null", "")
        .column("media_id", "uuid not null", "")
        .primary_key(&["id"])
        .unique("uq_pair", &["album_id", "media_id"])
        .foreign_key("fk_user", &["user_id"], "users", &["id"])
        .foreign_key("fk_album", &["user_id", "album_id"], "albums", &["user_id", "id"])
        .foreign_key("fk_media", &["user_id", "media_id"], "media", &["user_id", "id"]);
    let documentation = document([users(), owned("albums"), owned("media"), between]);
    let joined = |name: &str| -> Vec<String> {
        documentation.tables[&qualified(name)]
            .many_to_many
            .iter()
            .map(|link| format!("{} through {}", link.table, link.through))
            .collect()
    };
    assert_eq!(joined("albums"), ["public.media through public.album_media"]);
    assert_eq!(joined("media"), ["public.albums through public.album_media"]);
    assert!(joined("users").is_empty());
    assert_eq!(documentation.tables[&qualified("album_media")].joins, [qualified("albums"), qualified("media")]);
}

#[test]
fn a_table_joined_with_itself() {
    let people = table("people").column("id", "uuid not null", "").primary_key(&["id"]);
    let knows = table("knows")
        .column("a", "uuid not null", "")
        .column("b", "uuid not null", "")
        .primary_key(&["a", "b"])
        .foreign_key("fk_a", &["a"], "people", &["id"])
        .foreign_key("fk_b", &["b"], "people", &["id"]);
    let documentation = document([people, knows]);
    let people = &documentation.tables[&qualified("people")];
    assert_eq!(people.many_to_many.iter().map(|link| link.near.as_str()).collect::<Vec<_>>(), ["fk_a", "fk_b"]);
}

fn of(table: TestTable) -> TableDoc {
    document([users(), table]).tables.remove(&qualified("t")).unwrap()
}

#[test]
fn indexes_say_what_they_are_for() {
    let table = table("t")
        .column("id", "uuid not null", "")
        .column("user_id", "uuid", "")
        .column("at", "timestamp with time zone", "")
        .column("words", "tsvector", "")
        .primary_key(&["id"])
        .foreign_key("fk_user", &["user_id"], "users", &["id"])
        .index("i1", &["user_id"], "(user_id IS NOT NULL)")
        .index("i2", &["user_id", "at"], "(id IS NULL)")
        .index("i3", &["words"], "")
        .index("i4", &["at"], "")
        .with(|table| {
            table.indexes.get_mut("i3").unwrap().method = "gin".into();
            let newest = table.indexes.get_mut("i2").unwrap();
            newest.keys[1].descending = true;
            newest.keys[1].nulls_first = true;
            table.indexes.get_mut("i4").unwrap().comment = Comment::new("For the calendar.");
        });
    let found: Vec<(String, String, SourceOfText)> =
        of(table).indexes.into_iter().map(|index| (index.name, index.purpose, index.purpose_from)).collect();
    let expect = [
        ("i1", "Serves lookups by user_id; covers foreign key fk_user", SourceOfText::Derived),
        ("i2", "Serves lookups by (user_id, at), highest at first", SourceOfText::Derived),
        ("i3", "Serves full-text search in words", SourceOfText::Derived),
        ("i4", "For the calendar.", SourceOfText::Comment),
        ("t_pkey", "Enforces the primary key id", SourceOfText::Derived),
    ];
    assert_eq!(found, expect.map(|(name, purpose, from)| (name.to_owned(), purpose.to_owned(), from)));
}

#[test]
fn what_would_scan() {
    let table = table("t")
        .column("user_id", "uuid", "")
        .column("status", "text", "")
        .column("at", "timestamp with time zone", "")
        .foreign_key("fk_user", &["user_id"], "users", &["id"])
        .check("chk", &["status"], "(status = ANY (ARRAY['a'::text, 'b'::text]))")
        .index("i", &["at"], "(status = 'a'::text)");
    let why: Vec<String> = of(table).performance.scans.into_iter().map(|scan| scan.object).collect();
    assert_eq!(why, ["public.t", "fk_user", "at", "status"]);
}

#[test]
fn a_default_is_shown_without_its_own_type() {
    let with = |default: &str| {
        let default = default.to_owned();
        let made =
            table("t").column_with("a", crate::testing::base_type("text"), |column| column.default = Some(default));
        of(made).columns[0].default.clone()
    };
    assert_eq!(with("'x'::text").as_deref(), Some("'x'"));
    assert_eq!(with("('x'::text || 'y'::text)").as_deref(), Some("'x'::text || 'y'::text"));
    assert_eq!(with("'x'::character varying").as_deref(), Some("'x'::character varying"));
}

#[test]
fn partitions_speak_through_their_parent() {
    let parent = table("t")
        .comment("@group g")
        .column("a", "text", "What it means. @pii")
        .with(|table| table.partition_key = Some("LIST (a)".into()));
    let part = table("t_1").column("a", "text", "").with(|table| {
        table.partition_of = Some(PartitionOf { parent: qualified("t"), bounds: "DEFAULT".into() });
    });
    let documentation = document([parent, part]);
    let part = &documentation.tables[&qualified("t_1")];
    assert_eq!((part.group.as_str(), part.columns[0].meaning.as_deref()), ("g", Some("What it means.")));
    assert_eq!(documentation.tables[&qualified("t")].partitions, [qualified("t_1")]);
    assert_eq!(documentation.groups.len(), 1);
    let drawn = diagrams(&documentation);
    assert!(drawn.iter().all(|diagram| !diagram.tables.contains(&qualified("t_1"))));
}

#[test]
fn a_view_knows_where_its_rows_come_from() {
    let documentation = Documentation::new(&super::sample::catalog(), &Facts::default());
    let titles = &documentation.views[&qualified("log.titles")].lineage;
    assert_eq!(titles.reads, [LineageObject::View(qualified("live_posts"))]);
    assert_eq!(titles.reads_through, [LineageObject::Table(qualified("posts"))]);
    assert_eq!(documentation.views[&qualified("live_posts")].lineage.read_by, [qualified("log.titles")]);
    let posts = &documentation.tables[&qualified("posts")];
    assert_eq!(posts.read_by, [qualified("log.titles"), qualified("live_posts")]);
}
