//! Rate limits and where requests come from.

use std::time::Duration;

use howdah_http::{Rate, RateLimits};
use serde_json::json;

use crate::server::{Server, Settings, claims, database, now, send};

/// Nobody waits in a test until it is allowed again.
fn hourly(burst: u32) -> Option<Rate> {
    Some(Rate { requests: 1, per: Duration::from_secs(3600), burst })
}

#[tokio::test]
async fn an_address_has_so_many_requests() {
    let db = database().await;
    let limits = RateLimits { per_address: hourly(3), per_token: None };
    let settings = Settings::with(|options| {
        options.limits = limits;
        options.trusted_proxies = "127.0.0.0/8".parse().unwrap();
    });
    let server = Server::start(&db, settings).await;
    let from = |client: &'static str| server.get("/who").header("x-forwarded-for", client);
    for left in ["2", "1", "0"] {
        let answer = send(from("192.0.2.1")).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
        assert_eq!(answer.json()["ip"], "192.0.2.1");
        assert_eq!(answer.header("ratelimit-policy"), Some("\"address\";q=3;w=10800"));
        assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"address\";r={left};t=")));
    }
    let refused = send(from("192.0.2.1")).await;
    assert_eq!(refused.error(), (429, "HOWDAH429".to_owned()));
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() <= 3600);
    assert!(refused.header("ratelimit").unwrap().starts_with("\"address\";r=0;t="));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
    // What the client wrote before the proxy did does not help.
    assert_eq!(send(from("192.0.2.9, 192.0.2.1")).await.status.as_u16(), 429);
    assert_eq!(send(from("192.0.2.2")).await.status.as_u16(), 200);
    // All of an IPv6 network is one client, with a token or without.
    let token = server.gate.tokens.sign(&claims("authenticated")).unwrap();
    for (client, status) in [
        ("2001:db8::1", 200),
        ("2001:db8::2", 200),
        ("2001:db8::ffff:0:3", 200),
        ("2001:db8::4", 429),
        ("2001:db8:0:1::4", 200),
    ] {
        assert_eq!(send(from(client).bearer_auth(&token)).await.status.as_u16(), status, "{client}");
    }
    // Load balancers go on asking.
    for _ in 0..5 {
        let health = send(server.get("/healthz").header("x-forwarded-for", "192.0.2.1")).await;
        assert_eq!(health.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn a_token_has_so_many_requests() {
    let db = database().await;
    let settings = Settings::with(|options| {
        options.limits = RateLimits { per_address: None, per_token: hourly(2) };
    });
    let server = Server::start(&db, settings).await;
    let sign = |claims| server.gate.tokens.sign(&claims).unwrap();
    let ask = async |token: &str| send(server.get("/who").bearer_auth(token)).await;
    let (first, second) = (sign(claims("authenticated")), sign(json!({ "sub": "ada", "exp": now() + 61 })));
    assert_eq!(ask(&first).await.status.as_u16(), 200);
    // Another token of the same person.
    assert_eq!(ask(&second).await.status.as_u16(), 200);
    let refused = ask(&first).await;
    assert_eq!(refused.error(), (429, "HOWDAH429".to_owned()));
    assert_eq!(refused.json()["message"], "Too many requests from this token");
    // Keys without a subject are told apart by themselves.
    for n in 0..3 {
        let key = sign(json!({ "role": "anon", "exp": now() + 60, "n": n }));
        assert_eq!(ask(&key).await.status.as_u16(), 200);
        assert_eq!(ask(&key).await.status.as_u16(), 200);
        assert_eq!(ask(&key).await.status.as_u16(), 429);
    }
    // Those without a token are not concerned, and what does not verify is told so.
    for _ in 0..3 {
        let anonymous = send(server.get("/who")).await;
        assert_eq!((anonymous.status.as_u16(), anonymous.header("ratelimit")), (200, None));
        assert_eq!(ask("garbage").await.status.as_u16(), 401);
    }
}

#[tokio::test]
async fn nobody_is_believed_unless_told_so_and_nothing_is_limited() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    for _ in 0..20 {
        let answer = send(server.get("/who").header("x-forwarded-for", "192.0.2.1")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["ip"]), (200, &json!("127.0.0.1")));
        assert_eq!((answer.header("ratelimit"), answer.header("ratelimit-policy")), (None, None));
    }
}
