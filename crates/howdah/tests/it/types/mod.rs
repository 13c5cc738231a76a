//! `howdah types`: what is written is compiled, and says what the database says.

mod command;
mod compile;
mod values;

use std::path::{Path, PathBuf};
use std::process::Command;

use howdah_testkit::{Sql, TestDb, npm};
use tempfile::TempDir;

use super::support::{howdah, run};

/// A schema that clients are made for.
struct Subject {
    name: &'static str,
    db: TestDb,
    schemas: &'static [&'static str],
}

impl Subject {
    /// The templates, a schema with names and comments that would break out, one with CHECKs of every form, and an empty one.
    fn all() -> Vec<Self> {
        let template = |name: &'static str| Self {
            name,
            db: TestDb::template_blocking(name),
            schemas: &["public", "auth", "audit"],
        };
        let file = |name: &'static str, schemas: &'static [&'static str]| {
            let path = client_folder().join(format!("{name}.sql"));
            Self { name, db: TestDb::from_sql_blocking(name, [Sql::file(&path)]), schemas }
        };
        vec![
            template("personal"),
            template("content"),
            template("commerce"),
            file("odd", &["public", "Odd Ö", "other"]),
            file("rules", &["rules"]),
            Self { name: "empty", db: TestDb::empty_blocking(), schemas: &["public"] },
        ]
    }

    /// Writes one target to a file.
    fn write(&self, target: &str, path: &Path) {
        let mut command = howdah(path.parent().unwrap());
        command.args(["types", target, "--from", &self.db.owner_url(), "--out"]).arg(path);
        for schema in self.schemas {
            command.args(["--schema", schema]);
        }
        run(&mut command).ok();
    }
}

/// Where what the tests compile and run with is.
pub(crate) fn client_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types_client")
}

/// A folder in which TypeScript finds its packages, with everything that is written for all subjects.
fn workspace(subjects: &[Subject]) -> TempDir {
    let packages = npm(&client_folder());
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(packages).unwrap();
    for name in ["package.json", "tsconfig.json", "same.ts", "supabase.ts", "run.mjs"] {
        std::fs::copy(client_folder().join(name), folder.path().join(name)).unwrap();
    }
    for subject in subjects {
        let path = |end: &str| folder.path().join(format!("{}.{end}", subject.name));
        subject.write("typescript", &path("types.ts"));
        subject.write("zod", &path("zod.ts"));
        subject.write("json-schema", &path("schema.json"));
    }
    folder
}

/// Compiles all that is there; what it says is the test's failure.
fn compile(folder: &Path) {
    let compiler = folder.parent().unwrap().join("node_modules/typescript/bin/tsc");
    node(folder, [compiler.to_str().unwrap(), "--project", "tsconfig.json"]);
}

fn node<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(folder);
    let ran = run(&mut command);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
}
