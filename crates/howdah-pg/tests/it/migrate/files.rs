//! Folders on disk: checksums, and one migration in place of many.

use super::{number, states, strings, tables};
use howdah_pg::migrate::{Folder, MigrateError, MigrationState, RepairOptions, Repaired, Runner, checksum};
use howdah_testkit::TestDb;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder of migrations that make tables `t1` to `t<count>`.
fn project(count: usize) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=count {
        add(directory.path(), number, "m", &format!("create table public.t{number} (id int);\n"));
    }
    directory
}

fn add(folder: &Path, number: usize, name: &str, up: &str) {
    fs::write(folder.join(format!("{number:04}_{name}.up.sql")), up).unwrap();
    fs::write(folder.join(format!("{number:04}_{name}.down.sql")), format!("drop table public.t{number};\n")).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn error(folder: &Path) -> MigrateError {
    Folder::read(folder).unwrap_err()
}

#[test]
fn checksums_are_as_sha256sum_has_them() {
    let directory = project(2);
    let path = directory.path();
    let folder = Folder::read(path).unwrap();
    assert!(!folder.has_checksums());
    folder.write_checksums().unwrap();
    let list = fs::read_to_string(path.join("checksums")).unwrap();
    let lines: Vec<&str> = list.lines().map(|line| line.split_once("  ").unwrap().1).collect();
    assert_eq!(lines, ["0001_m.down.sql", "0001_m.up.sql", "0002_m.down.sql", "0002_m.up.sql"]);
    assert_eq!(list.lines().next().unwrap(), format!("{}  0001_m.down.sql", checksum("drop table public.t1;\n")));
    if let Ok(checked) = std::process::Command::new("sha256sum").args(["-c", "checksums"]).current_dir(path).output() {
        assert!(checked.status.success(), "{checked:?}");
    }
    assert_eq!(names(path).len(), 5, "nothing else is left: {:?}", names(path));

    // Git may change line ends, in the list too.
    fs::write(path.join("0002_m.up.sql"), "create table public.t2 (id int);\r\n").unwrap();
    fs::write(path.join("checksums"), list.replace('\n', "\r\n")).unwrap();
    assert!(Folder::read(path).unwrap().has_checksums());
    // What is not listed is new.
    add(path, 3, "m", "select 1");
    assert_eq!(Folder::read(path).unwrap().migrations().len(), 3);
}

#[test]
fn what_is_not_as_listed_is_an_error() {
    let directory = project(2);
    let path = directory.path();
    Folder::read(path).unwrap().write_checksums().unwrap();
    let list = fs::read_to_string(path.join("checksums")).unwrap();

    fs::write(path.join("0002_m.down.sql"), "select 1").unwrap();
    let differs = error(path);
    assert_eq!(differs.code(), "migrate-checksum-differs");
    assert!(differs.to_string().contains("0002_m.down.sql") && differs.to_string().contains("repair"), "{differs}");
    assert_eq!(Folder::read_unverified(path).unwrap().migrations().len(), 2);

    for half in ["up", "down"] {
        fs::remove_file(path.join(format!("0002_m.{half}.sql"))).unwrap();
    }
    assert_eq!(error(path).code(), "migrate-checksum-file-gone");
    Folder::read_unverified(path).unwrap().write_checksums().unwrap();
    Folder::read(path).unwrap();

    for (text, line, part) in [
        (format!("{list}<<<<<<< HEAD\n"), 5, "a merge was not resolved"),
        (format!("# by hand\n\n{}", list.replace("  ", " ")), 3, "not a checksum and a file name"),
        (format!("{}  ../0001_m.up.sql\n", checksum("")), 1, "not a checksum and a file name"),
    ] {
        fs::write(path.join("checksums"), text).unwrap();
        add(path, 2, "m", "create table public.t2 (id int);\n");
        let wrong = error(path);
        assert!(matches!(wrong, MigrateError::Checksums { line: found, .. } if found == line), "{wrong}");
        assert!(wrong.to_string().contains(part), "{wrong}");
    }
}

/// Two branches that each add a migration both add to the end of the list, which version control cannot merge.
#[test]
fn two_branches_conflict() {
    let directory = project(2);
    let path = directory.path();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];
        std::process::Command::new("git").args(identity).args(arguments).current_dir(path).output()
    };
    let add_one = |name: &str| {
        add(path, 3, name, "create table public.t3 (id int);\n");
        Folder::read(path).unwrap().write_checksums().unwrap();
        git(&["add", "-A"]).unwrap();
        git(&["commit", "-qm", name]).unwrap();
    };
    Folder::read(path).unwrap().write_checksums().unwrap();
    if !git(&["init", "-q"]).is_ok_and(|output| output.status.success()) {
        return; // there is no git here
    }
    git(&["add", "-A"]).unwrap();
    git(&["commit", "-qm", "base"]).unwrap();
    git(&["checkout", "-qb", "other"]).unwrap();
    add_one("theirs");
    git(&["checkout", "-q", "main"]).unwrap();
    add_one("ours");
    assert!(!git(&["merge", "-q", "other"]).unwrap().status.success());
    let conflict = error(path);
    assert_eq!(conflict.code(), "migrate-duplicate-number", "the files tell first: {conflict}");
    for half in ["up", "down"] {
        fs::rename(path.join(format!("0003_theirs.{half}.sql")), path.join(format!("0004_theirs.{half}.sql"))).unwrap();
    }
    let conflict = error(path);
    assert!(matches!(conflict, MigrateError::Checksums { conflict: true, .. }), "{conflict}");
    Folder::read_unverified(path).unwrap().write_checksums().unwrap();
    assert_eq!(Folder::read(path).unwrap().migrations().len(), 4);
}

const ALL: &str =
    "create table public.t1 (id int); create table public.t2 (id int); create table public.t3 (id int);\n";
const NONE: &str = "drop table public.t1, public.t2, public.t3;\n";

#[tokio::test]
async fn squashing() {
    let directory = project(4);
    let path = directory.path();
    let before = Folder::read(path).unwrap();
    before.write_checksums().unwrap();
    let (whole, part, fresh, three) =
        (TestDb::empty().await, TestDb::empty().await, TestDb::empty().await, TestDb::empty().await);
    for (db, count) in [(&whole, 4), (&part, 2), (&three, 3)] {
        Runner::new(&db.client_owner().await, &before).up(Some(count)).await.unwrap();
    }

    let folder = before.squash(3, "initial", ALL, NONE).unwrap();
    assert_eq!(
        names(path),
        ["0003_initial.down.sql", "0003_initial.up.sql", "0004_m.down.sql", "0004_m.up.sql", "checksums"]
    );
    assert_eq!(folder, Folder::read(path).unwrap());
    let text = fs::read_to_string(path.join("0003_initial.up.sql")).unwrap();
    assert!(text.starts_with("-- howdah:squashes 0001_m sha256=") && text.ends_with(ALL), "{text}");
    assert_eq!(folder.migrations()[0].squashes.len(), 3);

    // One that has run them all has it, before anything is written and after.
    let client = whole.client_owner().await;
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied; 2]);
    assert!(Runner::new(&client, &folder).plan_up(None).await.unwrap().steps.is_empty());
    assert_eq!(number(&client, "select count(*) from howdah.migrations").await, 4);
    assert!(Runner::new(&client, &folder).up(None).await.unwrap().is_empty());
    let titles = "select version || '_' || name from howdah.migrations order by version";
    assert_eq!(strings(&client, titles).await, ["3_initial", "4_m"]);
    Runner::new(&client, &folder).down(2).await.unwrap();
    assert!(tables(&client).await.is_empty());

    // A new one runs it.
    let client = fresh.client_owner().await;
    assert_eq!(Runner::new(&client, &folder).up(None).await.unwrap().len(), 2);
    assert_eq!(tables(&client).await, ["t1", "t2", "t3", "t4"]);
    assert!(Runner::new(&client, &folder).to(0).await.unwrap().len() == 2);

    // One that has run exactly those goes on; repairing writes it down too.
    let client = three.client_owner().await;
    let runner = Runner::new(&client, &folder);
    let repaired = runner.repair(&RepairOptions::default()).await.unwrap();
    assert_eq!(repaired, [Repaired::SquashAdopted { title: "0003_initial".to_owned() }]);
    assert!(runner.repair(&RepairOptions::default()).await.unwrap().is_empty());
    assert_eq!(runner.up(None).await.unwrap().len(), 1);

    // One that has run only some cannot go on, and is as it was.
    let client = part.client_owner().await;
    let runner = Runner::new(&client, &folder);
    for error in [runner.up(None).await.unwrap_err(), runner.repair(&RepairOptions::default()).await.unwrap_err()] {
        assert_eq!(error.code(), "migrate-squash-partly");
        for word in ["0003_initial", "0002_m", "0003_m", "howdah migrate up"] {
            assert!(error.to_string().contains(word), "{error}");
        }
    }
    assert_eq!(runner.status().await.unwrap().problem.unwrap().0, "migrate-squash-partly");
    assert_eq!(number(&client, "select count(*) from howdah.migrations").await, 2);
}

#[tokio::test]
async fn squashing_what_was_squashed() {
    let directory = project(5);
    let path = directory.path();
    let first = Folder::read(path).unwrap();
    let (old, middle, some) = (TestDb::empty().await, TestDb::empty().await, TestDb::empty().await);
    Runner::new(&old.client_owner().await, &first).up(Some(4)).await.unwrap();
    Runner::new(&some.client_owner().await, &first).up(Some(3)).await.unwrap();
    let second = first.squash(3, "initial", ALL, NONE).unwrap();
    assert!(!second.has_checksums(), "a project without a list gets none");
    Runner::new(&middle.client_owner().await, &second).up(Some(2)).await.unwrap();
    let sql = format!("{ALL}create table public.t4 (id int);");
    let third = second.squash(4, "again", &sql, "drop table public.t4;").unwrap();
    assert_eq!(third.migrations()[0].squashes.len(), 5);
    for db in [&old, &middle] {
        let client = db.client_owner().await;
        assert_eq!(Runner::new(&client, &third).up(None).await.unwrap().len(), 1);
        assert_eq!(states(&client, &third).await, [MigrationState::Applied; 2]);
        assert_eq!(tables(&client).await.len(), 5);
    }
    let error = Runner::new(&some.client_owner().await, &third).up(None).await.unwrap_err();
    assert!(error.to_string().contains("0004_m is not applied"), "{error}");
}

#[tokio::test]
async fn squashing_what_was_edited_since() {
    let directory = project(2);
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &Folder::read(directory.path()).unwrap()).up(None).await.unwrap();
    fs::write(directory.path().join("0002_m.up.sql"), "create table public.t2 (id bigint);").unwrap();
    let edited = Folder::read(directory.path()).unwrap().squash(2, "initial", "select 1", "select 1").unwrap();
    let error = Runner::new(&client, &edited).up(None).await.unwrap_err();
    assert_eq!(error.code(), "migrate-edited");
    assert!(error.to_string().contains("0002_m, which "), "{error}");
}

#[test]
fn an_interrupted_squash_reads_as_done() {
    let directory = project(3);
    let path = directory.path();
    let before: Vec<(String, String)> =
        names(path).into_iter().map(|name| (name.clone(), fs::read_to_string(path.join(name)).unwrap())).collect();
    let squashed = Folder::read(path).unwrap().squash(3, "initial", ALL, NONE).unwrap();
    // As if it had ended after the new files were written.
    for (name, text) in &before {
        fs::write(path.join(name), text).unwrap();
    }
    let folder = Folder::read(path).unwrap();
    assert_eq!(folder.migrations(), squashed.migrations());
    assert_eq!(folder.replaced().len(), 6);
    folder.remove_replaced().unwrap();
    assert_eq!(names(path).len(), 2);
    // One that was edited meanwhile is not what was replaced.
    fs::write(path.join("0003_m.up.sql"), "select 'other'").unwrap();
    assert_eq!(error(path).code(), "migrate-duplicate-number");
}

#[test]
fn what_cannot_be_squashed() {
    let directory = project(3);
    let folder = Folder::read(directory.path()).unwrap();
    for (upto, name, sql, code, part) in [
        (9, "all", "", "migrate-unknown-version", "0003_m"),
        (1, "all", "", "migrate-squash", "the first migration"),
        (3, "m", "", "migrate-squash", "another name"),
        (3, "a b", "", "migrate-squash", "letters"),
        (3, "all", "create index concurrently i on t (a)", "migrate-invalid", "0003_all.up.sql:5:1"),
    ] {
        let error = folder.squash(upto, name, sql, "").unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(names(directory.path()).len(), 6);
}

#[test]
fn a_folder_may_begin_above_one_only_after_a_squash() {
    let directory = project(3);
    let path = directory.path();
    Folder::read(path).unwrap().squash(3, "initial", ALL, NONE).unwrap();
    add(path, 5, "m", "select 1");
    assert!(matches!(error(path), MigrateError::Gap { expected: 4, .. }));
    add(path, 2, "m", "select 1");
    assert!(matches!(error(path), MigrateError::Gap { expected: 1, .. }));
}
