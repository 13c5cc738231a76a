//! Every example of `docs/api.md` runs, in the order of the page.

use std::process::{Command, Stdio};

use howdah_api::{ApiOptions, TxEnd};
use howdah_pg::lane::LaneOptions;

use crate::server::{ADA, Server, personal};

const PAGE: &str = include_str!("../../../../docs/api.md");

/// Fails on the first request that is not answered as it should be. 304 is no failure.
const PRELUDE: &str = "set -eu -o pipefail; curl() { command curl -sS --fail-with-body \"$@\"; }\n";

/// The fenced blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_runs() {
    let db = personal().await;
    let owner = db.client_owner().await;
    for block in blocks("sql") {
        owner.batch_execute(block).await.unwrap();
    }
    let rows = format!(
        "insert into public.imports (user_id, kind) values ('{ADA}', 'csv');
         insert into public.tasks (user_id, title, import_id, due_at)
           select '{ADA}', t, (select id from public.imports), now() from unnest('{{Buy milk,Write a letter,Rest}}'::text[]) t;
         insert into public.notes (user_id, title, tags) values ('{ADA}', 'The garden', '{{garden}}')"
    );
    db.client_superuser().await.batch_execute(&rows).await.unwrap();
    let options = ApiOptions { plan: true, tx_end: TxEnd::CommitAllowOverride, ..ApiOptions::default() };
    let server = Server::start(&db.login_url(), LaneOptions::default(), options).await;
    let folder = std::env::temp_dir().join(format!("howdah-api-docs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let examples = blocks("sh");
    assert!(examples.len() > 15, "only {} examples were found", examples.len());
    let output = tokio::task::block_in_place(|| {
        Command::new("bash")
            .args(["-c", &(PRELUDE.to_owned() + &examples.join("\n"))])
            .current_dir(&folder)
            .env("URL", &server.url)
            .env("TOKEN", server.token(ADA))
            .env("ME", ADA)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    });
    let _ = std::fs::remove_dir_all(&folder);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}\n{stdout}");
    for expected in ["Buy milk", "Nobody else was here", "- Rest\n", "\"openapi\":\"3.1", "The garden"] {
        assert!(stdout.contains(expected) || stdout.replace(": ", ":").contains(expected), "{expected} in\n{stdout}");
    }
}
