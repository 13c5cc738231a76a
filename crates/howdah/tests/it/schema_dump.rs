//! `howdah schema dump`: what is written can be loaded, and is the same.

use super::support::{Project, folder, howdah, run};

/// Dumps the template's schema, whole and split, and compares each with the original.
fn round_trip(template: &str) {
    let project = Project::init(template);
    let whole = project.run(["schema", "dump", "schema"]).ok();
    project.write("whole.sql", &whole.stdout);
    assert_eq!(project.run(["diff", "schema", "whole.sql"]).ok().stdout, "");
    let split = project.run(["schema", "dump", "schema", "--split", "--out", "split"]).ok();
    let files: Vec<&str> = split.stdout.lines().collect();
    let mut sorted = files.clone();
    sorted.sort_unstable();
    assert_eq!(files, sorted, "the order of the names is not the order of the files");
    assert_eq!(project.run(["diff", "schema", "split"]).ok().stdout, "");
    assert_eq!(project.run(["diff", "split", "migrations:migrations"]).ok().stdout, "");
    // To nothing and back again.
    let gone = project.run(["diff", "schema", "empty", "--allow-destructive"]);
    assert_eq!(gone.code, 3, "{gone:#?}");
}

#[test]
fn the_personal_template() {
    round_trip("personal");
}

#[test]
fn the_content_template() {
    round_trip("content");
}

#[test]
fn the_commerce_template() {
    round_trip("commerce");
}

#[test]
fn the_empty_template() {
    round_trip("empty");
}

#[test]
fn a_live_database_and_where_it_goes() {
    let folder = folder();
    std::fs::write(
        folder.path().join("a.sql"),
        "create table public.b (id integer primary key);
         create table public.a (id integer primary key, b_id integer references public.b (id));
         alter table public.b add column a_id integer references public.a (id);
         create function public.sum_of_a() returns bigint language sql as 'select sum(id) from public.a';
         create view public.both as select a.id, public.sum_of_a() as total from public.a;
         comment on view public.both is 'Both';",
    )
    .unwrap();
    let dump = |arguments: &[&str]| run(howdah(folder.path()).args(["schema", "dump"]).args(arguments));
    let split = dump(&["a.sql", "--split", "--out", "out"]).ok();
    insta::assert_snapshot!(split.stdout);
    dump(&["a.sql", "--split", "--out", "out"]).failed(2, "folder-not-empty", &["out"]);
    assert_eq!(dump(&["a.sql", "--split"]).code, 2);
    run(howdah(folder.path()).args(["diff", "a.sql", "out"])).ok();
    let db = howdah_testkit::TestDb::empty_blocking();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let text = std::fs::read_to_string(folder.path().join("a.sql")).unwrap();
        db.client_owner().await.batch_execute(&text).await.unwrap();
    });
    let live = dump(&[&db.owner_url()]).ok();
    assert!(!live.stdout.contains("howdah_owner"), "{}", live.stdout);
    let json = dump(&[&db.owner_url(), "--json"]).ok().json();
    assert_eq!(json["data"]["files"][0]["sql"], live.stdout);
    dump(&[]).failed(2, "database-not-named", &[]);
}
