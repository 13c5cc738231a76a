//! Cross-origin requests, as browsers make them.

use howdah_http::GateOptions;
use reqwest::Method;

use crate::server::{Received, Server, Settings, database, send};

async fn ask(server: &Server, method: Method, given: &[(&'static str, &'static str)]) -> Received {
    let mut request = server.client.request(method, format!("http://{}/who", server.address));
    for (name, value) in given {
        request = request.header(*name, *value);
    }
    send(request).await
}

const PAGE: (&str, &str) = ("origin", "https://example.com");
const WANTS: (&str, &str) = ("access-control-request-method", "PATCH");

#[tokio::test]
async fn any_page_may_ask() {
    let db = database().await;
    let server = Server::start(&db, Settings::default()).await;
    let preflight = ask(&server, Method::OPTIONS, &[PAGE, WANTS, ("access-control-request-headers", "prefer")]).await;
    assert_eq!((preflight.status.as_u16(), preflight.text.as_str()), (200, ""));
    assert_eq!(preflight.header("access-control-allow-origin"), Some("*"));
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));
    assert!(preflight.header("access-control-allow-headers").unwrap().contains("prefer"));
    // A plain OPTIONS is the handler's.
    let plain = ask(&server, Method::OPTIONS, &[]).await;
    assert_eq!((plain.text.as_str(), plain.header("access-control-allow-origin")), ("GET,OPTIONS", Some("*")));
    let answer = ask(&server, Method::GET, &[PAGE]).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, Some("*")));
    let exposed = answer.header("access-control-expose-headers").unwrap();
    for name in ["Content-Range", "Location", "Preference-Applied", "ETag", "Next-Cursor", "Content-Location"] {
        assert!(exposed.contains(name), "{name} is missing in {exposed}");
    }
    // Errors are to be readable too.
    let error = ask(&server, Method::GET, &[PAGE, ("authorization", "Bearer x")]).await;
    assert_eq!((error.status.as_u16(), error.header("access-control-allow-origin")), (401, Some("*")));
}

#[tokio::test]
async fn listed_pages_may_ask_and_others_not() {
    let db = database().await;
    let list = |options: &mut GateOptions| options.cors.origins = "https://example.com".parse().unwrap();
    let server = Server::start(&db, Settings::with(list)).await;
    for (origin, allowed) in [(PAGE, Some("https://example.com")), (("origin", "https://evil.example"), None)] {
        for (method, given) in [(Method::OPTIONS, vec![origin, WANTS]), (Method::GET, vec![origin])] {
            let answer = ask(&server, method, &given).await;
            assert_eq!(answer.status.as_u16(), 200);
            assert_eq!(answer.header("access-control-allow-origin"), allowed);
            assert_eq!(answer.header("access-control-allow-credentials"), allowed.map(|_| "true"));
            assert_eq!(answer.header("vary"), Some("Origin"));
        }
    }
}
