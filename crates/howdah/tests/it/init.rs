//! `howdah init`: a whole project, or nothing.

use std::path::Path;
use std::process::Command;

use super::support::{clean, folder, howdah, run, tree};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn every_template_makes_a_project() {
    let folder = folder();
    for template in ["personal", "content", "commerce", "empty"] {
        let ran = run(howdah(folder.path()).args(["init", template, "--template", template])).ok();
        assert!(ran.stdout.lines().any(|line| line == format!("{template}/howdah.toml")), "{}", ran.stdout);
        let root = folder.path().join(template);
        assert_eq!(names(&root), [".gitignore", "README.md", "howdah.toml", "migrations", "schema", "seeds", "tests"]);
        assert_eq!(names(&root.join("migrations")), ["0001_initial.down.sql", "0001_initial.up.sql"]);
        let up = std::fs::read_to_string(root.join("migrations/0001_initial.up.sql")).unwrap();
        let mut last = 0;
        for file in names(&root.join("schema")) {
            let at =
                up.find(&format!("-- schema/{file}\n")).unwrap_or_else(|| panic!("{file} is not in the migration"));
            assert!(at >= last, "{file} is out of order");
            last = at;
            let text = std::fs::read_to_string(root.join("schema").join(&file)).unwrap();
            assert!(up.contains(&text), "{file}");
        }
        let config = run(howdah(&root).args(["config", "show", "--json"])).ok().json();
        assert_eq!(config["data"]["project.template"]["value"], template);
        assert_eq!(config["data"]["project.name"]["value"], template);
    }
}

#[test]
fn an_empty_folder_is_used_and_git_may_be_there() {
    let folder = folder();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    run(howdah(folder.path()).args(["init", "--template", "empty"])).ok();
    assert!(names(folder.path()).contains(&"howdah.toml".to_owned()));
}

#[test]
fn an_unknown_template_suggests_the_nearest() {
    let folder = folder();
    run(howdah(folder.path()).args(["init", "x", "--template", "persnal"])).failed(
        2,
        "template-unknown",
        &["`persnal`", "did you mean `personal`?", "personal, content, commerce, empty"],
    );
    assert!(names(folder.path()).is_empty());
    let ran = run(howdah(folder.path()).args(["init", "x", "--template", "persnal", "--json"]));
    assert_eq!(ran.json()["error"]["code"], "template-unknown");
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone() {
    let folder = folder();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let before = tree(folder.path());
    run(howdah(folder.path()).arg("init")).failed(1, "folder-not-empty", &["notes.txt", "Nothing was changed"]);
    run(howdah(folder.path()).args(["init", "notes.txt"])).failed(1, "folder-is-a-file", &["notes.txt"]);
    assert_eq!(tree(folder.path()), before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let folder = folder();
    let ran = run(howdah(folder.path()).args(["init", "x", "--dry-run"])).ok();
    assert!(ran.stdout.contains("x/howdah.toml"));
    assert!(names(folder.path()).is_empty());
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    for target in ["new/deep", "empty"] {
        let mut command = Command::new("bash");
        clean(&mut command);
        // No file may grow beyond 4 kB: the first larger one fails after smaller ones were written, as on a full disk.
        command.current_dir(folder.path()).args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "bash"]);
        let ran = run(command.arg(env!("CARGO_BIN_EXE_howdah")).args(["init", target]));
        ran.failed(1, "file-io", &["cannot write"]);
        assert_eq!(names(folder.path()), ["empty"], "{target}");
        assert!(names(&folder.path().join("empty")).is_empty(), "{target}");
    }
}

#[test]
fn a_folder_that_may_not_be_written_says_so() {
    let folder = folder();
    let ran = run(howdah(folder.path()).args(["init", "/proc/howdah"]));
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.stderr.contains("cannot create /proc"), "{}", ran.stderr);
}
