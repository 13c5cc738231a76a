//! Which migrations are run: to a version, out of order, as a baseline, and not where data would be lost.

use super::{A, B, C, folder, states, strings, tables};
use howdah_pg::migrate::{Direction, Folder, MigrationState, Reversal, Runner, RunnerOptions};
use howdah_testkit::TestDb;

#[tokio::test]
async fn to_a_version() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[A, B, C]);
    let runner = Runner::new(&client, &folder);
    let steps = async |version| {
        let planned = runner.plan_to(version).await.unwrap().steps;
        let done = runner.to(version).await.unwrap();
        assert_eq!(planned, done.iter().map(|done| done.step.clone()).collect::<Vec<_>>());
        done.into_iter().map(|done| (done.step.direction, done.step.migration.version)).collect::<Vec<_>>()
    };
    use Direction::{Down, Up};
    assert_eq!(steps(2).await, [(Up, 1), (Up, 2)]);
    assert_eq!(steps(2).await, []);
    assert_eq!(steps(3).await, [(Up, 3)]);
    assert_eq!(steps(1).await, [(Down, 3), (Down, 2)]);
    assert_eq!(tables(&client).await, ["a"]);
    assert_eq!(steps(0).await, [(Down, 1)]);
    for version in [4, -1] {
        let error = runner.to(version).await.unwrap_err();
        assert_eq!(error.code(), "migrate-unknown-version");
        assert!(error.to_string().contains("0001_m, 0002_m, 0003_m"), "{error}");
    }
}

#[tokio::test]
async fn out_of_order() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let all = folder(&[A, B, C]);
    let runner = Runner::new(&client, &all);
    runner.up(None).await.unwrap();
    // As after a merge: 2 came to the folder when 3 was applied already.
    client.batch_execute("drop table public.b; delete from howdah.migrations where version = 2").await.unwrap();
    let error = runner.up(None).await.unwrap_err();
    assert_eq!(error.code(), "migrate-out-of-order");
    assert!(error.to_string().contains("allow it"), "{error}");

    let runner = runner.options(RunnerOptions { allow_out_of_order: true, ..RunnerOptions::default() });
    assert!(runner.status().await.unwrap().problem.is_none());
    let done = runner.up(None).await.unwrap();
    assert_eq!(done.iter().map(|done| done.step.migration.version).collect::<Vec<_>>(), [2]);
    assert_eq!(tables(&client).await, ["a", "b", "c"]);
    client.batch_execute("drop table public.b; delete from howdah.migrations where version = 2").await.unwrap();
    let down = runner.down(2).await.unwrap();
    assert_eq!(down.iter().map(|done| done.step.migration.version).collect::<Vec<_>>(), [3, 1]);
    client.batch_execute("create table public.a ()").await.unwrap();
    runner.baseline(1).await.unwrap();
    assert_eq!(runner.to(3).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_baseline() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    client.batch_execute("create table public.a (id int); create table public.b (id int);").await.unwrap();
    let folder = folder(&[A, B, C]);
    let runner = Runner::new(&client, &folder);
    assert_eq!(runner.baseline(7).await.unwrap_err().code(), "migrate-unknown-version");
    let marked = runner.baseline(1).await.unwrap();
    assert_eq!(marked.iter().map(|migration| migration.version).collect::<Vec<_>>(), [1]);
    // Of a history that is behind, it takes what is missing.
    assert_eq!(runner.baseline(2).await.unwrap().len(), 1);
    assert!(runner.baseline(2).await.unwrap().is_empty());
    let status = runner.status().await.unwrap();
    let applied = status.migrations[1].applied.as_ref().unwrap();
    assert!(applied.is_baseline && applied.duration_ms == 0);
    assert_eq!(runner.up(None).await.unwrap().len(), 1);
    assert!(!runner.status().await.unwrap().migrations[2].applied.as_ref().unwrap().is_baseline);
    let error = runner.baseline(2).await.unwrap_err();
    assert_eq!(error.code(), "migrate-baseline");
    assert!(error.to_string().contains("0003_m is applied already"), "{error}");
    assert_eq!(runner.down(3).await.unwrap().len(), 3);
}

#[tokio::test]
async fn losses_must_be_allowed() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder = folder(&[
        A,
        (B.0, "-- howdah:down lossless\ndrop table public.b;"),
        (
            "-- Drops.\n-- howdah:destructive drops column public.a.id\nalter table public.a drop column id; create table public.c ();",
            "-- howdah:down irreversible: the column public.a.id comes back empty\n-- howdah:down lossy drops table public.c\nalter table public.a add column id int; drop table public.c",
        ),
        ("select 1", "-- howdah:down lossy\nselect 1"),
    ]);
    let runner = Runner::new(&client, &folder);
    let plan = runner.plan_up(None).await.unwrap();
    let labels: Vec<_> = plan.steps.iter().map(|step| (step.reversal(), step.is_destructive())).collect();
    assert_eq!(
        labels,
        [
            (None, false),
            (Some(Reversal::Lossless), false),
            (Some(Reversal::Irreversible), true),
            (Some(Reversal::Lossy), false)
        ]
    );
    assert_eq!(plan.steps[2].destroys(), ["drops column public.a.id"]);
    assert_eq!(plan.steps[2].reversal_reasons().len(), 2);
    assert!(plan.losses().is_empty(), "going forward is another matter");
    runner.up(None).await.unwrap();

    for error in [runner.down(2).await.unwrap_err(), runner.to(0).await.unwrap_err()] {
        assert_eq!(error.code(), "migrate-lossy");
        for part in [
            "0004_m is lossy. 0003_m is irreversible: the column public.a.id comes back empty; drops table public.c",
            "Nothing was run",
        ] {
            assert!(error.to_string().contains(part), "{error}");
        }
    }
    assert_eq!(states(&client, &folder).await, [MigrationState::Applied; 4]);
    assert_eq!(runner.plan_down(2).await.unwrap().losses().len(), 2);
    let runner = runner.options(RunnerOptions { allow_lossy: true, ..RunnerOptions::default() });
    assert_eq!(runner.down(2).await.unwrap().len(), 2);
    // Without a label, and with one that says that nothing is lost, nothing has to be allowed.
    let runner = runner.options(RunnerOptions::default());
    assert_eq!(runner.down(2).await.unwrap().len(), 2);
}

/// A down file that cannot be read keeps nobody from going up.
#[tokio::test]
async fn only_what_is_run_has_to_be_in_order() {
    let db = TestDb::empty().await;
    let client = db.client_owner().await;
    let folder: Folder = folder(&[(A.0, "-- howdah:down maybe\nselect 1")]);
    let runner = Runner::new(&client, &folder);
    assert_eq!(runner.plan_up(None).await.unwrap().steps[0].reversal(), None);
    runner.up(None).await.unwrap();
    let error = runner.down(1).await.unwrap_err();
    assert_eq!(error.code(), "migrate-invalid");
    assert!(error.to_string().contains("0001_m.down.sql:1:1") && error.to_string().contains("lossless"), "{error}");
    assert_eq!(strings(&client, "select name from howdah.migrations").await, ["m"]);
}
