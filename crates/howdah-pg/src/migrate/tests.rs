use super::*;
use crate::script::SqlFile;
use std::path::Path;

fn folder(names: &[&str]) -> Result<Folder, MigrateError> {
    let files =
        names.iter().map(|name| ((*name).to_owned(), SqlFile::new(format!("migrations/{name}"), "select 1"))).collect();
    Folder::from_files(Path::new("migrations"), files)
}

fn pair(title: &str) -> [String; 2] {
    [format!("{title}.up.sql"), format!("{title}.down.sql")]
}

#[test]
fn reads_names() {
    let names: Vec<String> = ["0001_initial", "0002_add-bio", "0003_naïve"].into_iter().flat_map(pair).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let found = folder(&names).unwrap();
    assert_eq!(
        found.migrations().iter().map(Migration::title).collect::<Vec<_>>(),
        ["0001_initial", "0002_add-bio", "0003_naïve"]
    );
    assert_eq!(found.next_version(), 4);
    assert_eq!(folder(&[]).unwrap().next_version(), 1);
}

#[test]
fn refuses_what_the_files_alone_show() {
    for (names, code, part) in [
        (vec!["001_a.up.sql"], "migrate-name", "four digits"),
        (vec!["0001.up.sql"], "migrate-name", "NNNN_name"),
        (vec!["0001_a.sql"], "migrate-name", "0001_a.sql"),
        (vec!["0000_a.up.sql"], "migrate-name", "0000_a"),
        (vec!["0001_a b.up.sql"], "migrate-name", "0001_a b"),
        (vec!["99999999999999999999_a.up.sql"], "migrate-name", "9999"),
        (vec!["0001_a.up.sql"], "migrate-missing-half", "`migrations/0001_a.down.sql`"),
        (vec!["0001_a.down.sql"], "migrate-missing-half", "`migrations/0001_a.up.sql`"),
        (
            vec!["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"],
            "migrate-duplicate-number",
            "0001_b",
        ),
        (vec!["0001_a.up.sql", "00001_a.up.sql"], "migrate-duplicate-number", "00001_a"),
        (vec!["0001_a.up.sql", "0001_a.down.sql", "0003_c.up.sql", "0003_c.down.sql"], "migrate-gap", "0002"),
        (vec!["0002_a.up.sql", "0002_a.down.sql"], "migrate-gap", "0001"),
    ] {
        let error = folder(&names).unwrap_err();
        assert_eq!(error.code(), code, "{names:?}: {error}");
        assert!(error.to_string().contains(part), "{names:?}: {error}");
    }
}

#[test]
fn line_endings_are_no_edit() {
    assert_eq!(checksum("a\r\nb\r\n"), checksum("a\nb\n"));
    assert_ne!(checksum("a\nb"), checksum("a\nb\n"));
    assert_eq!(checksum(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
