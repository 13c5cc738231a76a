//! `@supabase/supabase-js`, as npm has it, against a live server. What it asserts stands in `tests/clients`.

use std::path::Path;
use std::process::Command;

use howdah_testkit::{TestDb, npm};
use serde_json::json;

use crate::support::{Server, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    let key = server.gate.tokens.sign(&json!({ "role": "anon", "iss": "howdah", "exp": 4_000_000_000_u64 })).unwrap();
    let url = server.url.clone();
    let run = move || {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        // Packages are found from where a script stands, so it runs beside them.
        let beside = npm(&folder).join("sessions.mjs");
        std::fs::copy(folder.join("sessions.mjs"), &beside).unwrap();
        Command::new("node").arg(beside).env("HOWDAH_URL", url).env("HOWDAH_ANON", key).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
