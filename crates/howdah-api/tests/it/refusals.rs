//! Bad requests: status, code, and what the error says to do.

use howdah_testkit::TestDb;
use reqwest::Method;
use serde_json::{Value, json};

use crate::server::{ADA, Server, kinds, now};

struct Case {
    method: Method,
    path: &'static str,
    body: Option<&'static str>,
    status: u16,
    code: &'static str,
    /// Both must stand somewhere in the error.
    says: [&'static str; 2],
}

fn get(path: &'static str, status: u16, code: &'static str, says: [&'static str; 2]) -> Case {
    Case { method: Method::GET, path, body: None, status, code, says }
}

fn post(body: &'static str, status: u16, code: &'static str, says: [&'static str; 2]) -> Case {
    Case { method: Method::POST, path: "kinds", body: Some(body), status, code, says }
}

#[tokio::test]
async fn each_is_named_and_changes_nothing() {
    let db: TestDb = kinds().await;
    let owner = db.client_owner().await;
    owner.batch_execute("insert into kinds (big) values (10)").await.unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let cases = [
        get("kindz", 404, "PGRST205", ["public.kindz", "Perhaps you meant the table 'public.kinds'"]),
        get("kinds?nam=eq.x", 400, "42703", ["kinds.nam", "kinds.name"]),
        get("kinds?select=id,nmae", 400, "42703", ["kinds.nmae", "kinds.name"]),
        get("kinds?order=smal", 400, "42703", ["kinds.smal", "kinds.small"]),
        get("kinds?id=equals.1", 400, "PGRST100", ["equals", "\\\"eq\\\""]),
        get("kinds?id=1", 400, "PGRST100", ["unknown operator", "column=operator.value"]),
        get("kinds?id=eq.abc", 400, "22P02", ["bigint", "column \\\"id\\\""]),
        get("kinds?day=gt.2026-13-45", 400, "22008", ["2026-13-45", "column \\\"day\\\""]),
        get("kinds?small=like.1", 404, "42883", ["operator", "smallint"]),
        get("kinds?limit=-1", 416, "PGRST103", ["Limit", "zero"]),
        get("kinds?name=fts(nowhere).x", 400, "42704", ["nowhere", "text search"]),
        get("kinds?or=(id.eq.1", 400, "PGRST100", ["or=", "parentheses"]),
        get("kinds?select=glad_kinds(*)", 400, "PGRST200", ["'kinds' and 'glad_kinds'", "no matches"]),
        get("kinds?parts.id=eq.1", 400, "PGRST108", ["'parts' is not an embedded", "'select'"]),
        get("kinds?select=parts(*)&order=parts(id)", 400, "PGRST118", ["related order", "many-to-one"]),
        get("kinds?name=%ff", 400, "PGRST100", ["UTF-8", ""]),
        get("kinds?name=eq.%00", 400, "PGRST100", ["zero byte", ""]),
        get("rpc/anything", 404, "PGRST202", ["public.anything", "without parameters"]),
        post("{\"small\":", 400, "PGRST102", ["Empty or invalid json", "\"details\":null"]),
        post("", 400, "PGRST102", ["Empty or invalid json", ""]),
        post("[1]", 400, "PGRST102", ["All object keys must match", ""]),
        post("[{\"small\":1},{\"big\":1}]", 400, "PGRST102", ["All object keys must match", ""]),
        post("{\"smal\":1}", 400, "PGRST204", ["'smal'", "'small'"]),
        post("{\"small\":\"abc\"}", 400, "22P02", ["smallint", "column \\\"small\\\""]),
        post("{\"small\":99999}", 400, "22003", ["out of range", "column \\\"small\\\""]),
        post("{\"small\":-1}", 400, "23514", ["chk_kinds_small", "column \\\"small\\\""]),
        post("{\"short\":\"far too long\"}", 400, "23514", ["chk_short_text", "column \\\"short\\\""]),
        post("{\"big\":10}", 409, "23505", ["uq_kinds_big", "Key (big)=(10)"]),
        post("{\"mood\":\"angry\"}", 400, "22P02", ["mood", "column \\\"mood\\\""]),
        post("{\"id\":1}", 400, "428C9", ["id", "GENERATED ALWAYS"]),
        post("{\"name\":\"a\\u0000b\"}", 400, "22P05", ["", ""]),
        Case {
            method: Method::POST,
            path: "parts",
            body: Some("{\"id\":1}"),
            status: 400,
            code: "23502",
            says: ["kind_id", "not-null constraint"],
        },
        Case {
            method: Method::POST,
            path: "parts",
            body: Some("{\"id\":1,\"kind_id\":99}"),
            status: 409,
            code: "23503",
            says: ["fk_parts_kind", "Key (kind_id)=(99)"],
        },
        Case {
            method: Method::PATCH,
            path: "kinds?id=eq.1",
            body: Some("[{},{}]"),
            status: 400,
            code: "PGRST102",
            says: ["one JSON object", ""],
        },
        Case {
            method: Method::PUT,
            path: "parts?id=eq.1",
            body: Some("{\"id\":2,\"kind_id\":1}"),
            status: 400,
            code: "PGRST115",
            says: ["primary key", ""],
        },
        Case { method: Method::TRACE, path: "kinds", body: None, status: 405, code: "PGRST117", says: ["TRACE", ""] },
    ];
    for case in cases {
        let mut request = server.request(case.method.clone(), case.path, Some(&token));
        if let Some(body) = case.body {
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = server.send(request).await;
        let what = format!("{} {} {:?}: {}", case.method, case.path, case.body, answer.text);
        assert_eq!(answer.status.as_u16(), case.status, "{what}");
        assert_eq!(answer.json()["code"], case.code, "{what}");
        for says in case.says {
            assert!(answer.text.contains(says), "{says} is missing in {what}");
        }
    }
    let left: i64 = owner.query_one("select count(*) from kinds", &[]).await.unwrap().get(0);
    assert_eq!(left, 1);
}

/// Nothing tells this server of changes: it notices them by what it is asked.
#[tokio::test]
async fn a_column_that_has_come_or_gone_is_no_refusal() {
    let db = kinds().await;
    let owner = db.client_owner().await;
    owner.batch_execute("insert into kinds (big) values (10)").await.unwrap();
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    // Between two looks at the schema there are two seconds.
    let pause = async || tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    pause().await;
    owner.batch_execute("alter table kinds add column fresh integer default 7").await.unwrap();
    assert_eq!(server.rows("kinds?select=fresh&fresh=eq.7", &token).await, json!([{ "fresh": 7 }]));
    pause().await;
    owner.batch_execute("alter table kinds drop column fresh").await.unwrap();
    let rows = server.rows("kinds", &token).await;
    assert_eq!((&rows[0]["big"], rows[0].get("fresh")), (&json!(10), None));
}

#[tokio::test]
async fn tokens() {
    let db = kinds().await;
    let server = Server::over(&db).await;
    let claims = |exp: u64, role: &str| json!({ "sub": ADA, "role": role, "exp": exp });
    let good = server.token(ADA);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJyb2xlIjoiYXV0aGVudGljYXRlZCIsImV4cCI6OTk5OTk5OTk5OX0.";
    let other = howdah_http::Tokens::new(b"not the secret that this server has", None).unwrap();
    let refused: [(String, u16, &str, &str); 9] = [
        (server.sign(&claims(now() - 3600, "authenticated")), 401, "PGRST303", "JWT expired"),
        (none.to_owned(), 401, "PGRST301", "algorithm"),
        (other.sign(&claims(now() + 60, "authenticated")).unwrap(), 401, "PGRST301", "No suitable key"),
        (format!("{head}.{}", signature.chars().rev().collect::<String>()), 401, "PGRST301", "No suitable key"),
        ("garbage".to_owned(), 401, "PGRST301", "Expected 3 parts"),
        (server.sign(&claims(now() + 60, "howdah_login")), 403, "PGRST303", "may not be used"),
        (server.sign(&claims(now() + 60, "none")), 403, "PGRST303", "may not be used"),
        (server.sign(&claims(now() + 60, "postgres")), 401, "22023", "does not exist"),
        (server.sign(&claims(now() + 60, "howdah_admin")), 403, "42501", "permission denied"),
    ];
    for (token, status, code, says) in refused {
        let answer = server.get("kinds", Some(&token)).await;
        let json: Value = answer.json();
        assert_eq!((answer.status.as_u16(), json["code"].as_str()), (status, Some(code)), "{}", answer.text);
        assert!(json["message"].as_str().unwrap().contains(says), "{}", answer.text);
    }
    let basic = server.request(Method::GET, "kinds", None).header("authorization", "Basic YTpi");
    assert_eq!(server.send(basic).await.status.as_u16(), 401);
    assert_eq!(server.get("kinds", Some(&good)).await.status.as_u16(), 200);
}

#[tokio::test]
async fn bodies_and_media() {
    let db = kinds().await;
    let server = Server::over(&db).await;
    let token = server.token(ADA);
    let large = server.request(Method::POST, "kinds", Some(&token)).header("content-type", "application/json");
    let answer = server.send(large.body(format!("{{\"name\":\"{}\"}}", "x".repeat(70_000)))).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (413, Some("HOWDAH413")));
    let image = server.request(Method::POST, "kinds", Some(&token)).header("content-type", "image/png").body("x");
    assert_eq!(server.send(image).await.status.as_u16(), 415);
    let accept = server.request(Method::GET, "kinds", Some(&token)).header("accept", "text/html");
    assert_eq!(server.send(accept).await.status.as_u16(), 406);
    let profile = server.request(Method::GET, "kinds", Some(&token)).header("accept-profile", "auth");
    let answer = server.send(profile).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (406, Some("PGRST106")));
}

#[tokio::test]
async fn request_ids_are_echoed_when_they_are_plain() {
    let db = kinds().await;
    let server = Server::over(&db).await;
    let with = |id: &'static str| server.request(Method::GET, "kinds", None).header("x-request-id", id);
    assert_eq!(server.send(with("trace-7")).await.header("x-request-id"), Some("trace-7"));
    let replaced = server.send(with("a b")).await;
    assert_eq!(replaced.header("x-request-id").map(str::len), Some(32));
}
