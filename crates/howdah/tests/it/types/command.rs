//! The command: where it reads from, where it writes to, what differs.

use std::collections::BTreeSet;

use howdah_testkit::TestDb;

use super::super::support::{Project, Ran, folder, howdah, run, tree};

const SCHEMA: &str = "create table public.notes (id integer primary key, title text not null check (title <> ''));\n\
                      create schema shop; create table shop.items (id integer primary key);\n";

#[test]
fn from_a_file_to_stdout_and_to_files() {
    let folder = folder();
    std::fs::write(folder.path().join("schema.sql"), SCHEMA).unwrap();
    let types = |arguments: &[&str]| -> Ran { run(howdah(folder.path()).arg("types").args(arguments)) };
    let from = ["--from", "schema.sql"];
    let with = |arguments: &[&str]| types(&[arguments, &from[..]].concat());

    let once = with(&["typescript"]).ok();
    assert!(once.stdout.contains("export type Database") && once.stdout.contains("notes: {"), "{}", once.stdout);
    assert!(!once.stdout.contains("items: {"), "{}", once.stdout);
    assert!(once.stderr.contains("Reading schema.sql"), "{}", once.stderr);
    assert_eq!(with(&["typescript"]).ok().stdout, once.stdout);
    let both = with(&["typescript", "--schema", "public", "--schema", "shop"]).ok();
    assert!(both.stdout.contains("notes: {") && both.stdout.contains("items: {"));

    let written = with(&["zod", "--out", "src/db.ts"]).ok();
    assert_eq!(written.stdout, "src/db.ts\n");
    assert_eq!(with(&["zod", "--out", "src/db.ts", "--check"]).ok().stdout, "");
    assert_eq!(with(&["json-schema", "--out", "src"]).ok().stdout, "src/database.schema.json\n");
    let before = tree(folder.path());
    std::fs::write(folder.path().join("schema.sql"), SCHEMA.replace("title <> ''", "char_length(title) < 9")).unwrap();
    let checked = with(&["zod", "--out", "src/db.ts", "--check"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (3, "src/db.ts\tdiffers\n"), "{}", checked.stderr);
    let missing = with(&["typescript", "--out", "no/such/file.ts", "--check"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (3, "no/such/file.ts\tis missing\n"));
    let json = with(&["zod", "--out", "src/db.ts", "--check", "--json"]);
    assert_eq!(json.code, 3);
    let document = json.json();
    assert_eq!(document["schema"], "howdah.types/1");
    assert_eq!(document["data"]["differing"][0]["how"], "differs");
    std::fs::write(folder.path().join("schema.sql"), SCHEMA).unwrap();
    assert_eq!(tree(folder.path()), before, "--check wrote something");
    let json = with(&["typescript", "--json"]).ok().json();
    assert_eq!(json["data"]["files"][0]["text"], once.stdout);
    assert_eq!(json["data"]["files"][0]["name"], "database.types.ts");
}

#[test]
fn what_is_wrong_is_said() {
    let folder = folder();
    std::fs::write(folder.path().join("schema.sql"), SCHEMA).unwrap();
    let types = |arguments: &[&str]| -> Ran { run(howdah(folder.path()).arg("types").args(arguments)) };
    types(&["zod", "--from", "schema.sql", "--schema", "shpo"]).failed(
        2,
        "schema-not-found",
        &["did you mean `shop`?"],
    );
    types(&["zod", "--from", "schema.sql", "--schema", "warehouse"]).failed(2, "schema-not-found", &["public, shop"]);
    types(&["zod"]).failed(2, "source-not-named", &["--from"]);
    types(&["zod", "--from", "no-such.sql"]).failed(2, "source-not-found", &["no-such.sql"]);
    types(&["rust", "--from", "schema.sql"]).failed(2, "out-missing", &["--out"]);
    assert_eq!(types(&["zod", "--from", "schema.sql", "--check"]).code, 2);
    let unknown = types(&["typescrypt"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("typescript"), "{}", unknown.stderr);
}

#[test]
fn a_folder_of_rust() {
    let folder = folder();
    std::fs::write(folder.path().join("schema.sql"), SCHEMA).unwrap();
    let types = |arguments: &[&str]| -> Ran {
        run(howdah(folder.path()).args(["types", "rust", "--from", "schema.sql", "--out", "db"]).args(arguments))
    };
    let written: BTreeSet<String> = types(&[]).ok().stdout.lines().map(str::to_owned).collect();
    assert!(written.len() > 1 && written.contains("db/mod.rs"), "{written:?}");
    types(&["--check"]).ok();
    std::fs::write(folder.path().join("db/gone.rs"), "").unwrap();
    let checked = types(&["--check"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (3, "db/gone.rs\tbelongs to nothing any more\n"));
    let again = types(&[]).ok();
    assert!(again.stderr.contains("gone.rs belongs to nothing any more"), "{}", again.stderr);
}

#[test]
fn a_project_is_read_where_it_is() {
    let project = Project::init("empty");
    project.write("schema/10_notes.sql", "create table public.notes (id integer primary key);");
    // The database knows nothing of the table yet, so the files are read.
    let from_files = project.run(["types", "typescript"]).ok();
    assert!(from_files.stderr.contains("Reading schema"), "{}", from_files.stderr);
    assert!(from_files.stdout.contains("notes: {"), "{}", from_files.stdout);
    project.run(["generate", "notes"]).ok();
    assert!(project.run(["types", "typescript"]).ok().stderr.contains("Reading schema"));
    project.run(["migrate", "up"]).ok();
    let from_database = project.run(["types", "typescript"]).ok();
    assert!(from_database.stderr.contains("(development)"), "{}", from_database.stderr);
    assert_eq!(from_database.stdout, from_files.stdout);
}

#[test]
fn what_is_read_makes_no_difference() {
    let folder = folder();
    let db = TestDb::empty_blocking();
    let sql =
        "create table public.t (id bigint generated by default as identity primary key, at timestamptz default now())";
    std::fs::write(folder.path().join("schema.sql"), sql).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { db.client_owner().await.batch_execute(sql).await.unwrap() });
    for target in ["typescript", "zod", "json-schema"] {
        let of = |from: &str| run(howdah(folder.path()).args(["types", target, "--from", from])).ok().stdout;
        assert_eq!(of("schema.sql"), of(&db.owner_url()), "{target}");
    }
}
