//! Damaged files, on a server of the test's own, and indexes that lack entries.

use super::{broken, line, lines, only, validate, validate_as};
use howdah_pg::Target;
use howdah_pg::validate::{Check, ValidateOptions};
use howdah_testkit::TestCluster;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use tokio_postgres::Client;

async fn has_amcheck(client: &Client) -> bool {
    let row =
        client.query_one("select count(*) from pg_available_extensions where name = 'amcheck'", &[]).await.unwrap();
    row.get::<_, i64>(0) == 1
}

#[tokio::test]
async fn without_the_extension_it_is_left_out() {
    let (db, _client) = broken("create table public.t (id integer primary key)").await;
    let report = validate(&db, &ValidateOptions::default()).await;
    assert!(report.is_clean());
    let [left] = &report.left_out[..] else { panic!("{report:#?}") };
    assert_eq!(left.checks, [Check::Corruption]);
    assert!(left.fix.contains("CREATE EXTENSION amcheck"));
    let report = validate(&db, &only(&[Check::Corruption])).await;
    assert!(!report.is_clean(), "what was asked for was not done");
}

#[tokio::test]
async fn an_index_that_lacks_a_row() {
    let (db, client) = broken("create table public.t (id integer primary key, name text)").await;
    if !has_amcheck(&client).await {
        return;
    }
    client
        .batch_execute(
            "create extension amcheck;
             create index names on public.t (name);
             insert into public.t values (1, 'a');
             update pg_index set indisready = false, indislive = false where indexrelid = 'public.names'::regclass;
             insert into public.t values (2, 'b');
             update pg_index set indisready = true, indislive = true where indexrelid = 'public.names'::regclass;",
        )
        .await
        .unwrap();
    let report = validate(&db, &ValidateOptions::default()).await;
    assert_eq!(lines(&report), ["error corruption index public.names"]);
    assert!(report.findings[0].message.contains("lacks matching index tuple"), "{}", report.findings[0].message);
    assert!(report.findings[0].fix.contains("REINDEX INDEX CONCURRENTLY public.names"));
    assert!(report.left_out.is_empty() && report.not_checked.is_empty());
    client.batch_execute("reindex index public.names").await.unwrap();
    assert!(validate(&db, &ValidateOptions::default()).await.is_clean());
}

#[tokio::test]
async fn a_role_that_may_not_use_it() {
    let (db, client) =
        broken("create table public.t (id integer primary key); grant select on public.t to howdah_owner").await;
    if !has_amcheck(&client).await {
        return;
    }
    client.batch_execute("create extension amcheck").await.unwrap();
    let report = validate_as(&db.owner_url(), &ValidateOptions::default()).await;
    let [left] = &report.left_out[..] else { panic!("{report:#?}") };
    assert!(left.reason.contains("howdah_owner may not execute"), "{left:?}");
    client
        .batch_execute(
            "grant execute on function bt_index_check(regclass, boolean) to howdah_owner;
             do $$ begin
               execute (select format('grant execute on function %s to howdah_owner', p.oid::regprocedure)
                 from pg_proc p where proname = 'bt_index_check' order by pronargs desc limit 1);
               execute (select format('grant execute on function %s to howdah_owner', p.oid::regprocedure)
                 from pg_proc p where proname = 'verify_heapam');
             end $$;",
        )
        .await
        .unwrap();
    let report = validate_as(&db.owner_url(), &ValidateOptions::default()).await;
    assert!(report.is_clean() && report.left_out.is_empty(), "{report:#?}");
}

/// Bytes overwritten on disk while the server is down, as by a failing disk.
#[tokio::test(flavor = "multi_thread")]
async fn overwritten_files() {
    let cluster = tokio::task::spawn_blocking(TestCluster::start).await.unwrap();
    let url = cluster.superuser_url("postgres");
    let target = Target::parse(&url).unwrap();
    let client = target.client().await.unwrap();
    if !has_amcheck(&client).await {
        return;
    }
    client
        .batch_execute(
            "create extension amcheck;
             create table public.headers (id integer primary key, filler text);
             insert into public.headers select i, repeat('x', 300) from generate_series(1, 200) as i;
             create table public.pages (id integer primary key, n integer check (n > 0), filler text);
             insert into public.pages select i, i, repeat('x', 300) from generate_series(1, 200) as i;
             create table public.entries (id integer primary key);
             insert into public.entries select generate_series(1, 2000);
             checkpoint;",
        )
        .await
        .unwrap();
    let mut files = Vec::new();
    for relation in ["public.headers", "public.pages", "public.entries_pkey"] {
        let row = client
            .query_one(
                "select current_setting('data_directory') || '/' || pg_relation_filepath($1::text::regclass)",
                &[&relation],
            )
            .await
            .unwrap();
        files.push(row.get::<_, String>(0));
    }
    drop(client);
    cluster.stop().unwrap();
    let write = |file: &str, at: u64, bytes: &[u8]| {
        OpenOptions::new().write(true).open(file).unwrap().write_all_at(bytes, at).unwrap();
    };
    // The line pointer of a row in the first page: the row begins after the page's end.
    write(&files[0], 24 + 4 * 3, &[0xff, 0x9f, 0xff, 0xff]);
    // The header of the third page.
    write(&files[1], 2 * 8192, &[0xa5; 64]);
    // Keys in a leaf of the index: entries out of order.
    write(&files[2], 8192 + 7000, &[0x5a; 400]);
    cluster.start(&howdah_cluster::Silent).unwrap();

    let report = validate_as(&url, &ValidateOptions::default()).await;
    let said = lines(&report);
    let damage = |object: &str| {
        report.findings.iter().any(|finding| finding.id == Check::Corruption && finding.object == object)
    };
    for object in ["table public.headers", "table public.pages", "index public.entries_pkey"] {
        assert!(damage(object), "{object} is not in {said:#?}");
    }
    assert!(report.findings.iter().any(|finding| finding.message.contains("invalid page")), "{said:#?}");
    // The rules of a table that cannot be read are not said to hold.
    assert!(report.not_checked.iter().any(|unchecked| unchecked.object == "table public.pages"), "{report:#?}");
    assert!(report.complete, "{:?}", report.findings.iter().map(line).collect::<Vec<_>>());
}
