//! Where it writes, and what it leaves alone.

use std::process::Command;

use howdah_testkit::TestDb;

use super::{database, docs};
use crate::support::{clean, folder, howdah, run, tree};

const SCHEMA: &str = "create table public.notes (id int primary key, title text);";

fn notes() -> TestDb {
    database("docs_folders", SCHEMA)
}

#[test]
fn what_cannot_be_is_said() {
    let db = notes();
    let folder = folder();
    let format = docs(folder.path(), &db, &["--format", "htlm"]);
    assert_eq!(format.code, 2);
    assert!(format.stderr.contains("'html'"), "{}", format.stderr);
    run(howdah(folder.path()).args(["docs"])).failed(2, "project-not-found", &["--from"]);
    run(howdah(folder.path()).args(["docs", "--from", "empty"])).failed(2, "docs-no-out", &["--out"]);
    run(howdah(folder.path()).args(["docs", "--from", "emtpy", "--out", "x"])).failed(
        2,
        "source-not-found",
        &["`empty`"],
    );
    let url = "postgres://nobody@127.0.0.1:1/nothing";
    run(howdah(folder.path()).args(["docs", "--from", url, "--out", "x"])).failed(
        1,
        "pg-unreachable",
        &["127.0.0.1:1"],
    );
    std::fs::write(folder.path().join("docs"), "a file").unwrap();
    docs(folder.path(), &db, &[]).failed(1, "docs-no-folder", &["docs is not a folder", "--out"]);
    let below = run(howdah(folder.path()).args(["docs", "--from", &db.owner_url(), "--out", "docs/below"]));
    assert_eq!(below.code, 1, "{below:#?}");
    // Nobody may make anything there, not even root.
    let closed = run(howdah(folder.path()).args(["docs", "--from", &db.owner_url(), "--out", "/proc/howdah-docs"]));
    assert_eq!(closed.code, 1, "{closed:#?}");
    assert!(closed.stderr.contains("/proc/howdah-docs"), "{}", closed.stderr);
}

#[test]
fn what_somebody_else_put_there_stays() {
    let db = notes();
    let folder = folder();
    let path = |file: &str| folder.path().join("docs").join(file);
    std::fs::create_dir_all(path("tables")).unwrap();
    std::fs::write(path("README.md"), "mine").unwrap();
    std::fs::write(path("tables/notes-of-mine.md"), "mine").unwrap();
    docs(folder.path(), &db, &[]).failed(5, "confirmation-required", &["docs/README.md", "--yes"]);
    assert_eq!(tree(&path("")).len(), 3);
    docs(folder.path(), &db, &["--yes"]).ok();
    assert!(std::fs::read_to_string(path("README.md")).unwrap().contains("howdah docs"));
    // Made, and then not made any more.
    docs(folder.path(), &db, &["--format", "json,dbml"]).ok();
    let left: Vec<String> = tree(&path(""))
        .into_iter()
        .map(|(found, _)| found.strip_prefix(path("")).unwrap().display().to_string())
        .collect();
    assert_eq!(
        left,
        [".generated.json", "schema.dbml", "schema.json", "schema.schema.json", "tables", "tables/notes-of-mine.md",]
    );
    // A check is about what was written.
    docs(folder.path(), &db, &["--check"]).ok();
    assert_eq!(docs(folder.path(), &db, &["--check", "--format", "markdown"]).code, 3);
}

#[test]
fn a_dry_run_writes_nothing() {
    let db = notes();
    let folder = folder();
    let dry = docs(folder.path(), &db, &["--dry-run"]).ok();
    assert!(dry.stdout.contains("docs/tables/public.notes.md\n"), "{}", dry.stdout);
    assert!(dry.stderr.contains("Would write"), "{}", dry.stderr);
    assert!(!folder.path().join("docs").exists());
}

/// A limit on the size of files is what a full disk looks like from within: a write that fails half way.
#[test]
fn a_disk_that_takes_no_more_leaves_what_was_there() {
    let db = notes();
    let folder = folder();
    docs(folder.path(), &db, &["--quiet"]).ok();
    let before = tree(&folder.path().join("docs"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { db.client_owner().await.batch_execute("alter table notes add x int").await.unwrap() });
    let mut command = Command::new("sh");
    clean(&mut command);
    let howdah = env!("CARGO_BIN_EXE_howdah");
    command
        .current_dir(folder.path())
        .args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$0\" docs --from \"$1\" --out docs"]);
    let full = run(command.args([howdah, &db.owner_url()]));
    full.failed(1, "file-io", &["cannot write", "docs/.howdah-new/"]);
    assert_eq!(tree(&folder.path().join("docs")), before);
    docs(folder.path(), &db, &["--quiet"]).ok();
    docs(folder.path(), &db, &["--check"]).ok();
}

#[test]
fn a_list_of_files_that_is_damaged_is_not_guessed_at() {
    let db = notes();
    let folder = folder();
    docs(folder.path(), &db, &["--quiet"]).ok();
    std::fs::write(folder.path().join("docs/.generated.json"), "{").unwrap();
    docs(folder.path(), &db, &[]).failed(1, "docs-manifest", &[".generated.json"]);
}
