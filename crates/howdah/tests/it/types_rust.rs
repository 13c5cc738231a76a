//! `howdah types rust`: what it generates is laid out, compiles without a warning, and works.
//!
//! The generated code is compiled by cargo, as its users do it, in a crate of its own below the target folder, without the
//! network: with this workspace's `Cargo.lock`. What that crate's tests say about it stands in `tests/rust_client`.

mod statements;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use howdah_pg::{IntrospectOptions, introspect};
use howdah_schema::clients::{ClientOptions, rust};
use howdah_schema::{Catalog, OutputFile};
use howdah_testkit::{Sql, TestDb};

fn source() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rust_client"))
}

async fn odd() -> TestDb {
    TestDb::from_sql("odd", [Sql::file(&source().join("odd.sql"))]).await
}

async fn catalog(db: &TestDb) -> Catalog {
    introspect(&db.client_owner().await, &IntrospectOptions::default()).await.unwrap()
}

/// The client of all schemas of a catalog.
fn client(catalog: &Catalog) -> Vec<OutputFile> {
    client_of(catalog, catalog.schemas.keys().cloned().collect())
}

fn client_of(catalog: &Catalog, schemas: BTreeSet<String>) -> Vec<OutputFile> {
    rust::files(catalog, &ClientOptions { schemas })
}

fn write(files: &[OutputFile], folder: &Path) -> Vec<PathBuf> {
    let mut written = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // An unchanged file keeps its time, so that cargo need not compile it again.
        if fs::read_to_string(&path).ok().as_ref() != Some(&file.text) {
            fs::write(&path, &file.text).unwrap();
        }
        written.push(path);
    }
    written
}

/// The tests of the generated code.
fn sources() -> Vec<PathBuf> {
    let files = fs::read_dir(source()).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// The crate: a module for each client.
fn consumer(clients: &[(&str, Vec<OutputFile>)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rust-client");
    let _ = fs::remove_dir_all(folder.join("src"));
    let _ = fs::remove_dir_all(folder.join("tests"));
    let mut root = "//! The generated clients.\n".to_owned();
    for (name, files) in clients {
        root += &format!("\npub mod {name};\n");
        write(files, &folder.join("src").join(name));
    }
    let manifest = fs::read_to_string(source().join("Cargo.toml.in")).unwrap() + rust::DEPENDENCIES;
    let mut files = vec![OutputFile::new("Cargo.toml", manifest), OutputFile::new("src/lib.rs", root)];
    for path in sources() {
        // It is not called main.rs where it stands, because cargo would take the folder for a test of Howdah's own.
        let name = path.file_name().unwrap().to_str().unwrap().replace("all.rs", "main.rs");
        files.push(OutputFile::new(format!("tests/it/{name}"), fs::read_to_string(&path).unwrap()));
    }
    files.push(OutputFile::new("tests/it/documented.rs", documented()));
    write(&files, &folder);
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    folder
}

/// The example of the documentation, as a function.
fn documented() -> String {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/types-rust.md")).unwrap();
    let example = page.split("```rust\n").nth(1).unwrap().split("```").next().unwrap();
    format!(
        "//! The example of the documentation.\n\nuse rust_client::personal as database;\n\n\
         pub(crate) async fn run(\n    mut client: tokio_postgres::Client,\n    user_id: uuid::Uuid,\n\
         ) -> Result<(), Box<dyn std::error::Error>> {{\n{example}    Ok(())\n}}\n"
    )
}

fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).arg("--offline").args(arguments);
    command.env("CARGO_TARGET_DIR", folder.join("target")).env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

#[track_caller]
fn passes(mut command: Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{command:?}\n{}\n{}", said[0], said[1]);
}

#[tokio::test]
async fn compiles_without_warnings_and_works() {
    let (odd, personal) = (odd().await, TestDb::template("personal").await);
    let mut clients = vec![("odd", client(&catalog(&odd).await)), ("personal", client(&catalog(&personal).await))];
    for template in ["content", "commerce"] {
        // What they share with the first is compiled with it.
        let catalog = catalog(&TestDb::template(template).await).await;
        clients.push((template, client_of(&catalog, ["public".to_owned()].into())));
    }
    clients.push(("empty", client(&Catalog::default())));
    let folder = consumer(&clients);
    passes(cargo(&folder, &["clippy", "--quiet", "--lib", "--test", "it", "--", "--deny", "warnings"]));
    let mut tests = cargo(&folder, &["test", "--quiet", "--test", "it"]);
    tests.env("ODD_URL", odd.owner_url()).env("PERSONAL_URL", personal.owner_url());
    tests.env("PERSONAL_LOGIN_URL", personal.login_url());
    passes(tests);
}

/// In each edition that may be used.
#[tokio::test]
async fn is_laid_out_as_rustfmt_does_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut clients = vec![client(&catalog(&odd().await).await), client(&Catalog::default())];
    for template in ["personal", "content", "commerce"] {
        clients.push(client(&catalog(&TestDb::template(template).await).await));
    }
    let mut paths = Vec::new();
    for (number, files) in clients.iter().enumerate() {
        // Below the root all modules are left alone, so each is given by its name.
        paths.extend(write(files, &folder.path().join(number.to_string())));
    }
    for edition in ["2021", "2024"] {
        let mut rustfmt = Command::new("rustfmt");
        rustfmt.args(["--check", "--edition", edition, "--config-path", "/dev/null"]).args(&paths);
        passes(rustfmt);
    }
    // What tests it is in no workspace, so nobody else looks.
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rustfmt.toml");
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition", "2021", "--config-path", config]).args(sources());
    passes(rustfmt);
}

/// PostgreSQL understands every statement of every module, with the types that its parameters are said to have.
#[tokio::test]
async fn the_server_understands_every_statement() {
    for (name, db) in [
        ("odd", odd().await),
        ("personal", TestDb::template("personal").await),
        ("content", TestDb::template("content").await),
        ("commerce", TestDb::template("commerce").await),
    ] {
        let connection = db.client_owner().await;
        let mut count = 0;
        for file in client(&catalog(&db).await).iter().filter(|file| !file.path.starts_with("support")) {
            for sql in statements::of(&file.text) {
                let prepared = connection.prepare(&sql).await;
                assert!(prepared.is_ok(), "{name}, {}: {sql}\n{:?}", file.path, prepared.err());
                count += 1;
            }
        }
        let tables = catalog(&db).await.tables.len();
        assert!(count > tables * 5, "{name}: only {count} statements of {tables} tables were found");
    }
}
