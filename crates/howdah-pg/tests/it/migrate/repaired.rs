//! What a person has to say, and what is then set right.

use super::{A, B, Heard, folder, number, states, strings, tables};
use howdah_pg::migrate::{Folder, MigrationState, RepairOptions, Repaired, Runner, UnfinishedIs};
use howdah_testkit::TestDb;
use tokio_postgres::Client;

fn said(unfinished: UnfinishedIs) -> RepairOptions {
    RepairOptions { unfinished, ..RepairOptions::default() }
}

const UP: &str = "create table public.b (id int);
-- howdah:no-transaction
insert into public.b values (1), (1);
create unique index concurrently i on public.b (id);
insert into public.b values (2);
";

/// A database in which the index could not be made.
async fn stuck(client: &Client) -> Folder {
    let folder = folder(&[A, (UP, B.1)]);
    let runner = Runner::new(client, &folder);
    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-partly-applied");
    folder
}

#[tokio::test]
async fn nothing_to_repair() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A]);
    let runner = Runner::new(&client, &folder);
    let all = RepairOptions { accept_edited: true, drop_invalid_indexes: true, ..RepairOptions::default() };
    assert!(runner.repair(&all).await.unwrap().is_empty());
    assert_eq!(number(&client, "select count(*) from pg_namespace where nspname = 'howdah'").await, 0);
    let error = runner.repair(&said(UnfinishedIs::Abandoned)).await.unwrap_err();
    assert_eq!(error.code(), "migrate-repair");
    assert!(error.to_string().contains("no migration is unfinished"), "{error}");
}

#[tokio::test]
async fn an_edit_is_accepted() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    Runner::new(&client, &folder(&[A, B])).up(None).await.unwrap();
    let edited =
        folder(&[("create table public.a (id int); -- for short", A.1), (B.0, "drop table if exists public.b")]);
    let runner = Runner::new(&client, &edited);
    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-edited");
    assert!(runner.repair(&RepairOptions::default()).await.unwrap().is_empty());
    let options = RepairOptions { accept_edited: true, ..RepairOptions::default() };
    let repaired = runner.repair(&options).await.unwrap();
    let recorded = |title: &str| Repaired::ChecksumRecorded { title: title.to_owned() };
    assert_eq!(repaired, [recorded("0001_m"), recorded("0002_m")]);
    assert_eq!(repaired[0].to_string(), "the checksums of 0001_m were recorded anew");
    let status = runner.status().await.unwrap();
    assert!(status.problem.is_none() && !status.migrations[1].down_edited);
}

#[tokio::test]
async fn a_file_edited_while_it_was_unfinished() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    stuck(&client).await;

    // What is applied was edited.
    let wrong = folder(&[A, (&UP.replace("(id int)", "(id bigint)"), B.1)]);
    let runner = Runner::new(&client, &wrong);
    let error = runner.up(None).await.unwrap_err();
    assert_eq!(error.code(), "migrate-edited-midway");
    for part in [
        "migrations/0002_m.up.sql",
        "Applied:\n  migrations/0002_m.up.sql:1: create table public.b (id int)\n",
        "Not applied:\n  migrations/0002_m.up.sql:4: create unique index",
        "howdah migrate repair",
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(runner.status().await.unwrap().problem.unwrap().0, "migrate-edited-midway");
    let error = runner.repair(&said(UnfinishedIs::Edited)).await.unwrap_err();
    assert!(error.to_string().contains("was edited too"), "{error}");

    // Only what is not.
    let right = folder(&[A, (&UP.replace("create unique index", "create index"), B.1)]);
    let runner = Runner::new(&client, &right);
    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-edited-midway");
    let repaired = runner.repair(&said(UnfinishedIs::Edited)).await.unwrap();
    assert_eq!(repaired, [Repaired::EditAccepted { title: "0002_m".to_owned() }]);
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
    assert_eq!(number(&client, "select count(*) from public.b").await, 3);
}

#[tokio::test]
async fn a_statement_in_doubt() {
    for (unfinished, is_done, statement) in
        [(UnfinishedIs::StatementDone, true, "1"), (UnfinishedIs::StatementNotDone, false, "2")]
    {
        let db = TestDb::empty().await;
        let client = db.client_owner().await;
        let up = "-- howdah:no-transaction\ncreate table public.mend ();\ndo $$ begin insert into public.a values (1); commit; perform 1 / count(*) from public.mend; end $$;";
        let folder = folder(&[A, (up, "")]);
        let runner = Runner::new(&client, &folder);
        runner.up(Some(1)).await.unwrap();
        // It fails after it has committed some of its work.
        assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-partly-applied");
        client.batch_execute("insert into public.mend default values").await.unwrap();
        assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-unclear");

        let repaired = runner.repair(&said(unfinished)).await.unwrap();
        let [Repaired::StatementMarked { statement: marked, is_done: found, .. }] = repaired.as_slice() else {
            panic!("{repaired:?}")
        };
        assert!(marked.contains("0002_m.up.sql:3: do $$") && *found == is_done, "{marked}");
        let error = runner.repair(&said(unfinished)).await.unwrap_err();
        assert!(error.to_string().contains("no statement of 0002_m is in doubt"), "{error}");
        assert_eq!(runner.up(None).await.unwrap().len(), 1);
        assert_eq!(strings(&client, "select count(*)::text from public.a").await, [statement]);
    }
}

#[tokio::test]
async fn giving_up_and_finishing_by_hand() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = stuck(&client).await;
    let runner = Runner::new(&client, &folder);
    client.batch_execute("drop table public.b").await.unwrap();
    let repaired = runner.repair(&said(UnfinishedIs::Abandoned)).await.unwrap();
    assert_eq!(repaired[0].to_string(), "0002_m counts as never begun going up");
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied, MigrationState::Pending]);
    // Now it may go back, and begin again.
    assert_eq!(runner.down(1).await.unwrap().len(), 1);
    assert!(tables(&client).await.is_empty());

    assert_eq!(runner.up(None).await.unwrap_err().code(), "migrate-partly-applied");
    client.batch_execute("insert into public.b values (2)").await.unwrap();
    let repaired = runner.repair(&said(UnfinishedIs::Complete)).await.unwrap();
    assert_eq!(repaired[0].to_string(), "0002_m counts as done going up");
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied; 2]);
    assert!(runner.up(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_way_back_is_settled_too() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, (B.0, "drop table public.b;\n-- howdah:transaction\nselect 1/0;")]);
    let runner = Runner::new(&client, &folder);
    runner.up(None).await.unwrap();
    assert_eq!(runner.down(1).await.unwrap_err().code(), "migrate-partly-applied");
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied, MigrationState::PartlyUndone]);
    let error = runner.up(None).await.unwrap_err();
    assert_eq!(error.code(), "migrate-unfinished");
    assert!(error.to_string().contains("`howdah migrate down`"), "{error}");
    assert_eq!(runner.baseline(2).await.unwrap_err().code(), "migrate-unfinished");
    runner.repair(&said(UnfinishedIs::Complete)).await.unwrap();
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied, MigrationState::Pending]);
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
}

/// Only what an interruption leaves is dropped, wherever a statement may have left it.
#[tokio::test]
async fn every_kind_of_reindex_is_looked_through() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute("create table public.b (id int); insert into public.b values (1), (1)").await.unwrap();
    for statement in [
        "reindex schema concurrently public",
        "reindex (concurrently) database",
        "reindex table concurrently public.b",
        "reindex index concurrently public.idx_b_id",
    ] {
        client
            .batch_execute("drop index if exists public.idx_b_id; create index idx_b_id on public.b (id)")
            .await
            .unwrap();
        client.batch_execute("create unique index concurrently idx_b_id_ccnew1 on public.b (id)").await.unwrap_err();
        let folder = folder(&[(&format!("-- howdah:no-transaction\n{statement};"), "")]);
        let options = RepairOptions { drop_invalid_indexes: true, ..RepairOptions::default() };
        let repaired = Runner::new(&client, &folder).repair(&options).await.unwrap();
        let dropped = "the invalid index public.idx_b_id_ccnew1 was dropped";
        assert_eq!(repaired.iter().map(ToString::to_string).collect::<Vec<_>>(), [dropped], "{statement}");
    }
}

#[tokio::test]
async fn invalid_indexes_are_dropped() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = stuck(&client).await;
    // By hand, and not cleared away.
    client.batch_execute("create unique index concurrently i on public.b (id)").await.unwrap_err();
    client.batch_execute("create unique index concurrently not_ours on public.b (id)").await.unwrap_err();
    let options = RepairOptions { drop_invalid_indexes: true, ..RepairOptions::default() };
    let repaired = Runner::new(&client, &folder).repair(&options).await.unwrap();
    assert_eq!(
        repaired.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["the invalid index public.i was dropped"]
    );
    let left = "select indexrelid::regclass::text from pg_index where not indisvalid";
    assert_eq!(strings(&client, left).await, ["not_ours"]);

    // What is in the way of a first attempt is dropped, too.
    client.batch_execute("create unique index concurrently i on public.b (id)").await.unwrap_err();
    client.batch_execute("delete from public.b where ctid = '(0,1)'").await.unwrap();
    let heard = Heard::default();
    let observer = heard.observer();
    Runner::new(&client, &folder).observer(&observer).up(None).await.unwrap();
    assert!(heard.has("the invalid index public.i was dropped"), "{:?}", heard.lines());
}
