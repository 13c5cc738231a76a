//! `max_cost`: what would be dear is refused, and has not run.

use howdah_api::ApiOptions;
use howdah_pg::lane::LaneOptions;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{ADA, Server, kinds};

#[tokio::test]
async fn what_would_be_dear_does_not_run() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    let fill = "insert into kinds (small, name) select n % 100, 'x' || n from generate_series(1, 5000) n;
        create sequence called; grant usage on sequence called to authenticated;
        create function dear() returns setof kinds language sql volatile cost 100000 rows 1000 as
          $$ select nextval('called'); select * from kinds $$;
        create function cheap() returns integer language sql volatile as $$ select nextval('called')::integer $$;";
    owner.batch_execute(fill).await.unwrap();
    owner.batch_execute("analyze kinds").await.unwrap();
    let options = ApiOptions { max_cost: Some(100.0), plan: true, ..ApiOptions::default() };
    let server = Server::start(&db.login_url(), LaneOptions::default(), options).await;
    let token = server.token(ADA);
    let send = async |method: Method, path: &str, prefer: &str, body: Value| {
        server.write(method, path, &token, prefer, &body).await
    };
    for path in ["kinds?id=eq.7", "kinds?limit=5", "kinds?id=in.(1,2)", "kinds?id=lt.3&select=id,parts(id)&limit=1"] {
        let answer = server.get(path, Some(&token)).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text);
    }
    assert_eq!(send(Method::POST, "rpc/cheap", "", json!({})).await.json(), json!(1));
    assert_eq!(send(Method::PATCH, "kinds?id=eq.7", "", json!({ "name": "y" })).await.status.as_u16(), 204);
    let refused = [
        send(Method::GET, "kinds?order=name", "", Value::Null).await,
        send(Method::GET, "kinds?limit=5", "count=exact", Value::Null).await,
        send(Method::GET, "kinds?limit=50&select=id,parts(id)", "", Value::Null).await,
        send(Method::PATCH, "kinds?small=eq.7", "", json!({ "name": "lost" })).await,
        send(Method::DELETE, "kinds?small=eq.7", "return=representation", Value::Null).await,
        send(Method::POST, "rpc/dear", "", json!({})).await,
        send(Method::GET, "rpc/dear", "", Value::Null).await,
        server
            .send(
                server
                    .request(Method::GET, "kinds?order=name", Some(&token))
                    .header("accept", "application/vnd.pgrst.plan+json; options=analyze"),
            )
            .await,
    ];
    for (at, answer) in refused.iter().enumerate() {
        let json = answer.json();
        assert_eq!((answer.status.as_u16(), json["code"].as_str()), (422, Some("HOWDAH422")), "{at}: {json}");
        assert!(json["hint"].as_str().unwrap().contains("index"), "{json}");
    }
    // Each called function would have taken a number.
    let row = owner.query_one("select last_value, (select count(*) from kinds where name = 'lost') from called", &[]);
    let row = row.await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 0));
    // What PostgreSQL refuses is refused in its words.
    let wrong = server.get("kinds?id=eq.abc", Some(&token)).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["code"].as_str()), (400, Some("22P02")));
    assert_eq!(server.get("parts?id=eq.1", None).await.status.as_u16(), 401);
}
