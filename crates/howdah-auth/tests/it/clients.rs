//! `@supabase/supabase-js`, as npm has it, against a live server. What it asserts stands in `tests/clients`.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Json, Router};
use howdah_auth::AuthOptions;
use howdah_auth::mail::Transport;
use howdah_testkit::{TestDb, npm};

use crate::mail::posting;
use crate::receiver::{Receiver, Tls};
use crate::support::{Server, open, serve};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    run(&server, "sessions.mjs", "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_with_second_factors() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    run(&server, "mfa.mjs", "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_as_an_administrator() {
    let db = TestDb::template("personal").await;
    let server = Server::start(&db, open()).await;
    run(&server, "admin.mjs", "").await;
}

/// With mails that leave over SMTP with STARTTLS and are read by the script.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_js_by_mail() {
    let db = TestDb::template("personal").await;
    let receiver = Receiver::start(Tls::Offered).await;
    let options = AuthOptions { mail_interval: Duration::ZERO, ..AuthOptions::default() };
    let server = posting(&db, options, Transport::Smtp(receiver.smtp("smtp"))).await;
    let inbox = Arc::clone(&receiver.inbox);
    let mails = Router::new().route("/", get(move || async move { Json(inbox.lock().unwrap().clone()) }));
    let (mails, _serving) = serve(mails).await;
    run(&server, "mails.mjs", &mails).await;
}

/// Runs a script of `tests/clients` against a server.
async fn run(server: &Server, script: &'static str, mails: &str) {
    let variables = [
        ("HOWDAH_URL", server.url.clone()),
        ("HOWDAH_ANON", server.key("anon")),
        ("HOWDAH_SERVICE", server.key("service_role")),
        ("HOWDAH_MAILS", mails.to_owned()),
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
