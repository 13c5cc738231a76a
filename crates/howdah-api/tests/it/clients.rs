//! The clients that people use, as their registries have them, against a live server over the railway of
//! `tests/conformance`. What they assert stands in `tests/clients`, in their own languages.

use std::path::{Path, PathBuf};
use std::process::Command;

use howdah_testkit::{npm, python};
use serde_json::json;

use crate::conformance::rail;
use crate::server::now;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Runs what `command` makes, in a process of its own; what it says is the test's failure.
async fn check(command: impl FnOnce() -> Command + Send + 'static) {
    let (_db, server) = rail(&[]).await;
    let token = |role: &str, subject: &str| server.sign(&json!({ "role": role, "sub": subject, "exp": now() + 600 }));
    let environment = [
        ("HOWDAH_URL", server.url.clone()),
        ("HOWDAH_TOKEN", token("authenticated", "ada")),
        ("HOWDAH_ANON", token("anon", "nobody")),
    ];
    let run = move || command().envs(environment).output();
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Packages are found from where a script stands, so it runs beside them.
fn node(script: &str) -> Command {
    let beside = npm(&folder()).join(script);
    std::fs::copy(folder().join(script), &beside).unwrap();
    let mut command = Command::new("node");
    command.arg(beside);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgrest_js() {
    check(|| node("postgrest.mjs")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js() {
    check(|| node("supabase.mjs")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgrest_py() {
    check(|| {
        let mut command = Command::new(python(&folder()));
        command.arg(folder().join("postgrest_client.py"));
        command
    })
    .await;
}
