//! Tests of the whole: where findings stand, what holds them back, and texts and catalogs that are odd.

use super::*;
use crate::Catalog;
use crate::findings::Source;
use crate::testing::{TestTable, catalog, table};
use proptest::prelude::*;

/// What one rule finds, each as `line:column object`.
fn found(rule: &str, catalog: &Catalog, sql: &str) -> Vec<String> {
    let report = check(catalog, &[Source { name: "a.sql", text: sql }]);
    let of_rule = report.findings.iter().filter(|finding| finding.rule == rule);
    of_rule
        .map(|it| {
            let place = it.place.as_ref().map_or_else(|| "-".to_owned(), |at| format!("{}:{}", at.line, at.column));
            format!("{place} {}", it.object.as_deref().unwrap_or("-"))
        })
        .collect()
}

fn notes() -> TestTable {
    let notes = table("notes").comment("Notes. @handle").column("user_id", "uuid", "").column("Due On", "date", "");
    notes.foreign_key("notes_user_id_fkey", &["user_id"], "users", &["id"])
}

#[test]
fn a_finding_stands_where_its_object_is_made() {
    let catalog = catalog([notes()]);
    let key = |sql: &str| found("foreign-key-name", &catalog, sql);
    let at = |place: &str| vec![format!("{place} public.notes.notes_user_id_fkey")];
    // By its name, in its column, in its table, or nowhere.
    assert_eq!(
        key("create table notes (\n  user_id uuid constraint notes_user_id_fkey references users\n)"),
        at("2:27")
    );
    assert_eq!(
        key(
            "create table notes (user_id uuid);\nalter table notes\n  add constraint notes_user_id_fkey foreign key (user_id) references users"
        ),
        at("3:18")
    );
    assert_eq!(key("create table public.notes (\n  x int,\n  user_id uuid references users)"), at("3:3"));
    assert_eq!(key("select 1; create table notes (id int)"), at("1:11"));
    assert_eq!(key("select 1"), at("-"));
    let date = |sql: &str| found("date-name", &catalog, sql);
    assert_eq!(date("alter table notes add column \"Due On\" date"), ["1:30 public.notes.\"Due On\""]);
    assert_eq!(date("create table \"notes\" as select 1 as user_id"), ["1:1 public.notes.\"Due On\""]);
}

#[test]
fn a_tag_is_pointed_at_in_its_comment() {
    let tag = |sql: &str| found("unknown-tag", &catalog([notes()]), sql);
    assert_eq!(tag("comment on table notes is 'Notes. @handle'"), ["1:35 public.notes"]);
    assert_eq!(tag("create table notes ();\ncomment on table notes is E'Notes. \\x40handle'"), ["2:1 public.notes"]);
    assert_eq!(tag("create table notes ()"), ["1:1 public.notes"]);
}

#[test]
fn what_is_allowed_beside_an_object_is_allowed_for_its_parts() {
    let catalog = catalog([notes()]);
    let date = |sql: &str| found("date-name", &catalog, sql);
    let create = "create table notes (\n  user_id uuid,\n  \"Due On\" date\n);";
    assert_eq!(date(create).len(), 1);
    for sql in [
        format!("-- howdah:allow date-name: old\n{create}"),
        format!("-- howdah:allow-file date-name: old\nselect 1;\n{create}"),
        create.replace("  \"Due", "  -- howdah:allow date-name: old\n  \"Due"),
        create.replace(" date\n", " date -- howdah:allow date-name: old\n"),
    ] {
        assert_eq!(date(&sql), [""; 0], "{sql}");
    }
    assert_eq!(date(&create.replace("  user_id", "  -- howdah:allow date-name: old\n  user_id")).len(), 1);
    // Of another table.
    assert_eq!(date(&format!("-- howdah:allow date-name: old\ncreate table x ();\n{create}")).len(), 1);
}

#[test]
fn a_rule_of_the_other_set_is_known_here() {
    let sql = "-- howdah:allow drop-table, plural-tabel: old\nselect 1;";
    assert_eq!(found("unknown-suppression", &catalog([]), sql), ["1:1 plural-tabel"]);
    assert_eq!(found("unused-suppression", &catalog([]), sql), [""; 0]);
}

#[test]
fn tables_that_point_at_each_other_are_judged() {
    let a = table("a").column("b_id", "uuid", "").foreign_key("fk_a_b", &["b_id"], "b", &["id"]);
    let b = table("b").column("id", "uuid", "").foreign_key("fk_b_a", &["id"], "a", &["b_id"]);
    let own = table("c").column("id", "uuid", "").foreign_key("fk_c_c", &["id"], "c", &["id"]);
    let report = check(&catalog([a, b, own]), &[]);
    assert_eq!(report.findings.iter().filter(|it| it.rule == "unindexed-foreign-key").count(), 3);
}

#[test]
fn ids_are_unique_across_the_sets_and_in_order() {
    let mut ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted());
    ids.extend(crate::hazards::rules().iter().map(|rule| rule.id));
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(FIXABLE.iter().all(|id| ids.contains(id)) && FIXABLE.is_sorted());
}

/// Text thick with what is looked for.
fn sql() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("create table notes (".to_owned()),
        Just("user_id varchar(3)".to_owned()),
        Just(" constraint ".to_owned()),
        Just("notes_user_id_fkey".to_owned()),
        Just("-- howdah:allow date-name: x\n".to_owned()),
        Just("-- howdah:allow-file plural-table, date-name:".to_owned()),
        Just("comment on table notes is '@handle'".to_owned()),
        Just("comment on column".to_owned()),
        Just("create index i on notes".to_owned()),
        Just("create domain d as text constraint".to_owned()),
        Just("\"Due On\" date".to_owned()),
        Just("alter table notes add ".to_owned()),
        "[();,.'\"$ \n\ré😀a-]{0,4}",
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_and_mended_within_itself(sql in sql()) {
        let notes = notes().with(|notes| notes.columns.truncate(1)).column("Due On", "date", "");
        let notes = notes.with(|notes| {
            if let Some(column) = notes.columns.first_mut() {
                column.data_type = crate::testing::base_type("character varying(3)");
            }
        });
        let catalog = catalog([notes]);
        let files = [Source { name: "a.sql", text: &sql }];
        let report = check(&catalog, &files);
        for place in report.findings.iter().filter_map(|finding| finding.place.as_ref()) {
            prop_assert!(sql.get(place.span.clone()).is_some());
        }
        let edits = edits(&catalog, &files, &report.findings);
        for edit in &edits {
            prop_assert!(sql.get(edit.start..edit.end).is_some(), "{edit:?}");
        }
        let after = apply_edits("a.sql", &sql, &edits);
        // What is taken away is of directives and types alone.
        prop_assert!(!edits.is_empty() || after == sql);
    }
}
