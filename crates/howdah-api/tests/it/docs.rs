//! Every example of `docs/api.md` runs, in the order of the page.

use howdah_api::{ApiOptions, TxEnd};
use howdah_pg::lane::LaneOptions;
use howdah_testkit::{examples, run_examples};

use crate::server::{ADA, Server, personal};

const PAGE: &str = include_str!("../../../../docs/api.md");

#[tokio::test(flavor = "multi_thread")]
async fn every_example_runs() {
    let db = personal().await;
    let owner = db.client_owner().await;
    for block in examples(PAGE, "sql") {
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
    let token = server.token(ADA);
    let variables = [("URL", server.url.as_str()), ("TOKEN", &token), ("ME", ADA)];
    let stdout = tokio::task::block_in_place(|| run_examples(PAGE, 16, &variables));
    for expected in ["Buy milk", "Nobody else was here", "- Rest\n", "\"openapi\":\"3.1", "The garden"] {
        assert!(stdout.contains(expected) || stdout.replace(": ", ":").contains(expected), "{expected} in\n{stdout}");
    }
}
