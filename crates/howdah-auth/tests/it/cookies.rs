//! Tokens in cookies, and pages of other origins that would like to use them.

use howdah_auth::AuthOptions;
use howdah_http::{CorsOptions, GateOptions};
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, PASSWORD, Server, open, shared};

async fn server(options: AuthOptions) -> (howdah_testkit::TestDb, Server) {
    let db = shared().await;
    let origins = "https://app.example.org".parse().unwrap();
    let gate = GateOptions { cors: CorsOptions { origins, ..CorsOptions::default() }, ..GateOptions::default() };
    let server = Server::start_with(&db.login_url(), options, None, gate).await;
    (db, server)
}

/// The cookies of an answer, as a browser would send them back, and their attributes.
fn jar(answer: &Answer) -> (String, Vec<String>) {
    let lines: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap().to_owned()).collect();
    let pairs: Vec<_> = lines.iter().map(|line| line.split(';').next().unwrap()).collect();
    (pairs.join("; "), lines)
}

async fn sign_in(server: &Server) -> Answer {
    server.person("ada@example.org").await;
    let body = json!({ "email": "ada@example.org", "password": PASSWORD });
    let request = server.request(Method::POST, "/auth/v1/token?grant_type=password", None).json(&body);
    server.send(request.header("x-howdah-tokens", "cookies")).await
}

/// Requirement 7 of issue 6's limits and headers: HttpOnly, SameSite, Secure, and nothing where scripts can read it.
#[tokio::test]
async fn tokens_are_put_where_scripts_cannot_read_them() {
    let (_db, server) = server(AuthOptions { cookies: true, ..open() }).await;
    let answer = sign_in(&server).await;
    let body = answer.ok();
    assert!(body.get("access_token").is_none() && body.get("refresh_token").is_none(), "{body}");
    assert_eq!(body["user"]["email"], "ada@example.org");
    let (cookies, lines) = jar(&answer);
    let end = "; HttpOnly; SameSite=Lax; Secure";
    assert!(lines[0].starts_with("__Host-howdah-access=ey") && lines[0].ends_with(end), "{lines:?}");
    assert!(lines[0].contains("; Path=/; Max-Age=3600;"), "{lines:?}");
    let end = "; Path=/auth/v1/token; Max-Age=604800; HttpOnly; SameSite=Strict; Secure";
    assert!(lines[1].starts_with("__Secure-howdah-refresh=") && lines[1].ends_with(end), "{lines:?}");

    let me = server.send(server.request(Method::GET, "/auth/v1/user", None).header("cookie", &cookies)).await;
    assert_eq!(me.ok()["email"], "ada@example.org");
    let refreshed = server.request(Method::POST, "/auth/v1/token?grant_type=refresh_token", None);
    let refreshed = refreshed.header("cookie", &cookies).header("origin", "https://app.example.org");
    let refreshed = server.send(refreshed).await;
    assert!(refreshed.ok().get("access_token").is_none());
    let (renewed, _) = jar(&refreshed);
    assert_ne!(renewed, cookies);

    let out = server.request(Method::POST, "/auth/v1/logout?scope=local", None).header("cookie", &renewed);
    let out = server.send(out.header("sec-fetch-site", "same-origin")).await;
    out.ok();
    assert!(jar(&out).1.iter().all(|line| line.contains("=; ") && line.contains("Max-Age=0")), "{:?}", jar(&out));
    let stale = server.request(Method::GET, "/whoami", None).header("cookie", &renewed);
    crate::support::until("the cookie is worthless", async || {
        server.send(stale.try_clone().unwrap()).await.status.as_u16() == 401
    })
    .await;
}

/// A browser sends cookies whoever makes it send a request.
#[tokio::test]
async fn pages_of_other_origins_cannot_use_them() {
    let (_db, server) = server(AuthOptions { cookies: true, ..open() }).await;
    let (cookies, _) = jar(&sign_in(&server).await);
    let own = server.url.clone();
    for (method, headers, expected) in [
        (Method::POST, vec![], 403),
        (Method::POST, vec![("origin", "https://evil.example")], 403),
        (Method::POST, vec![("origin", "null")], 403),
        (Method::POST, vec![("origin", "https://app.example.org.evil.example")], 403),
        (Method::POST, vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")], 403),
        (Method::POST, vec![("sec-fetch-site", "same-site")], 403),
        (Method::POST, vec![("origin", "https://app.example.org")], 200),
        (Method::POST, vec![("origin", own.as_str())], 200),
        (Method::POST, vec![("origin", "http://localhost:3000")], 200),
        (Method::POST, vec![("sec-fetch-site", "same-origin")], 200),
        (Method::GET, vec![("origin", "https://evil.example")], 200),
    ] {
        let mut request = server.request(method.clone(), "/whoami", None).header("cookie", &cookies);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        assert_eq!(server.send(request).await.status.as_u16(), expected, "{method} {headers:?}");
    }
    // The data API's clients read its errors in another form.
    let elsewhere = server.request(Method::POST, "/whoami", None).header("cookie", &cookies);
    let refused = server.send(elsewhere).await.json();
    assert_eq!((&refused["code"], refused["hint"].is_string()), (&json!("HOWDAH_COOKIE_ORIGIN"), true));
    let refresh = server.request(Method::POST, "/auth/v1/token?grant_type=refresh_token", None);
    let refresh = refresh.header("cookie", &cookies).header("origin", "https://evil.example");
    assert_eq!(server.send(refresh).await.refusal(), (403, "no_authorization".to_owned()));
}

#[tokio::test]
async fn without_the_setting_there_are_none() {
    let (_db, server) = server(open()).await;
    let answer = sign_in(&server).await;
    let token = answer.ok()["access_token"].as_str().unwrap().to_owned();
    assert!(jar(&answer).1.is_empty());
    let request = server.request(Method::GET, "/auth/v1/user", None);
    let request = request.header("cookie", format!("__Host-howdah-access={token}; howdah-access={token}"));
    assert_eq!(server.send(request).await.refusal(), (401, "no_authorization".to_owned()));
}

#[tokio::test]
async fn answers_have_headers_that_keep_them_to_themselves() {
    let (_db, server) = server(open()).await;
    for path in ["/auth/v1/health", "/auth/v1/user", "/auth/v1/settings"] {
        let request = server.request(Method::GET, path, None).header("origin", "https://app.example.org");
        let answer = server.send(request).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("access-control-allow-origin", "https://app.example.org"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path} {name}");
        }
    }
}
