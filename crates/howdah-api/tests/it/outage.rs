//! The database going away and coming back.

use std::time::{Duration, Instant};

use howdah_api::ApiOptions;
use howdah_pg::lane::LaneOptions;
use howdah_testkit::{TestCluster, TestDb};
use reqwest::Method;
use serde_json::json;

use crate::server::{ADA, KINDS, Server, kinds};

#[tokio::test]
async fn terminated_connections_cost_a_read_nothing() {
    let db: TestDb = kinds().await;
    db.client_owner().await.batch_execute("insert into kinds (small) values (1)").await.unwrap();
    let admin = db.client_superuser().await;
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'howdah_login' and datname = current_database()";
    for path in ["kinds?id=eq.1", "kinds?select=id"] {
        for _ in 0..3 {
            assert_eq!(server.rows(path, &token).await.as_array().unwrap().len(), 1);
            admin.query(end, &[]).await.unwrap();
            assert_eq!(server.rows(path, &token).await.as_array().unwrap().len(), 1, "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_costs_503_and_nothing_else() {
    let cluster = tokio::task::spawn_blocking(TestCluster::start).await.unwrap();
    let admin = howdah_pg::Target::parse(&cluster.superuser_url("postgres")).unwrap();
    let client = admin.client().await.unwrap();
    client.batch_execute(KINDS).await.unwrap();
    client
        .batch_execute("alter role howdah_login login password 'x'; insert into kinds (small) values (1)")
        .await
        .unwrap();
    let login = format!("postgres://howdah_login:x@127.0.0.1:{}/postgres", cluster.port());
    let server = Server::start(&login, LaneOptions::default(), ApiOptions::default()).await;
    let token = server.token(ADA);
    assert_eq!(server.rows("kinds?id=eq.1", &token).await.as_array().unwrap().len(), 1);

    tokio::task::block_in_place(|| cluster.stop().unwrap());
    for path in ["kinds?id=eq.1", "kinds"] {
        let answer = server.get(path, Some(&token)).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("1")), "{}", answer.text);
    }
    let write = server.write(Method::POST, "kinds", &token, "", &json!({ "small": 2 })).await;
    assert_eq!((write.status.as_u16(), write.json()["code"].as_str()), (503, Some("PGRST000")));
    assert_eq!(reqwest::get(format!("{}/readyz", server.url)).await.unwrap().status().as_u16(), 503);
    assert_eq!(reqwest::get(format!("{}/healthz", server.url)).await.unwrap().status().as_u16(), 200);

    tokio::task::block_in_place(|| cluster.start(&howdah_cluster::Silent).unwrap());
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.get("kinds?id=eq.1", Some(&token)).await.status.as_u16() == 503 {
        assert!(Instant::now() < deadline, "the server did not come back");
    }
    for _ in 0..20 {
        assert_eq!(server.get("kinds?id=eq.1", Some(&token)).await.status.as_u16(), 200);
        assert_eq!(server.get("kinds", Some(&token)).await.status.as_u16(), 200);
    }
    let write = server.write(Method::POST, "kinds", &token, "", &json!({ "small": 2 })).await;
    assert_eq!(write.status.as_u16(), 201);
    assert_eq!(reqwest::get(format!("{}/readyz", server.url)).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_changed_table_is_noticed() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner.batch_execute("insert into kinds (small) values (1)").await.unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    for path in ["kinds?id=eq.1&select=small", "kinds?select=small"] {
        assert_eq!(server.rows(path, &token).await, json!([{ "small": 1 }]));
    }
    // The prepared statements of both kinds of connection no longer fit.
    owner.batch_execute("alter table kinds alter small type bigint").await.unwrap();
    for path in ["kinds?id=eq.1&select=small", "kinds?select=small"] {
        assert_eq!(server.rows(path, &token).await, json!([{ "small": 1 }]), "{path}");
    }
    owner
        .batch_execute("create table fresh (id integer primary key); grant select on fresh to authenticated")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(server.rows("fresh", &token).await, json!([]));
    assert!(server.api.is_loaded());
    assert!(server.pool.status().up);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_moved_is_followed() {
    let cluster = tokio::task::spawn_blocking(TestCluster::start).await.unwrap();
    let url =
        |user: &str, password: &str| format!("postgres://{user}:{password}@127.0.0.1:{}/postgres", cluster.port());
    let client = howdah_pg::Target::parse(&cluster.superuser_url("postgres")).unwrap().client().await.unwrap();
    client.batch_execute(KINDS).await.unwrap();
    client
        .batch_execute("alter role howdah_login login password 'x'; insert into kinds (small) values (1)")
        .await
        .unwrap();
    let server = Server::start(&url("howdah_login", "x"), LaneOptions::default(), ApiOptions::default()).await;
    let token = server.token(ADA);
    assert_eq!(server.rows("kinds?id=eq.1", &token).await.as_array().unwrap().len(), 1);

    let port = cluster.port();
    tokio::task::block_in_place(|| cluster.stop().unwrap());
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    tokio::task::block_in_place(|| cluster.start(&howdah_cluster::Silent).unwrap());
    assert_ne!(cluster.port(), port);
    let target = howdah_pg::Target::parse(&url("howdah_login", "x")).unwrap();
    server.api.move_to(target.clone());
    server.pool.move_to(target);
    server.pool.ready(Duration::from_secs(20)).await.unwrap();
    for path in ["kinds?id=eq.1", "kinds"] {
        assert_eq!(server.rows(path, &token).await.as_array().unwrap().len(), 1, "{path}");
    }
    server.api.reload().await.unwrap();
}
