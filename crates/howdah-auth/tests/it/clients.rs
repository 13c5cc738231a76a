//! `@supabase/supabase-js`, as npm has it, against a live server. What it asserts stands in `tests/clients`.

use std::path::Path;
use std::process::Command;

use howdah_testkit::{TestDb, npm};

use crate::support::{Server, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    run(&server, "sessions.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_with_second_factors() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    run(&server, "mfa.mjs").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_as_an_administrator() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    run(&server, "admin.mjs").await;
}

/// Runs a script of `tests/clients` against a server.
async fn run(server: &Server, script: &'static str) {
    let variables = [
        ("HOWDAH_URL", server.url.clone()),
        ("HOWDAH_ANON", server.key("anon")),
        ("HOWDAH_SERVICE", server.key("service_role")),
    ];
    let run = move || {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        // Packages are found from where a script stands, so it runs beside them.
        let installed = npm(&folder);
        for file in [script, "shared.mjs"] {
            std::fs::copy(folder.join(file), installed.join(file)).unwrap();
        }
        Command::new("node").arg(installed.join(script)).envs(variables).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
