//! `/dev/mail`: the local mailbox in a browser, on this machine only.
//!
//! The mails hold links that sign people in, so they are shown to whoever asks from this machine, by a name of this machine:
//! a page of somebody else's that makes its own name point to 127.0.0.1 is refused. Nothing is shown as the HTML that a
//! mail holds; what is shown is its text.

use std::fmt::Write;

use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use howdah_http::ApiError;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::mailbox::{Letter, Mailbox};
use super::message::escaped;

/// The routes. Only for servers that listen on loopback; `is_local` looks at each request as well.
pub fn router(mailbox: Mailbox) -> Router {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{number}", get(show))
        .layer(middleware::from_fn(local_only))
        .with_state(mailbox)
}

async fn local_only(request: Request, next: Next) -> Response {
    if !is_local(request.headers()) {
        let message = "The mailbox is shown on this machine only, at http://127.0.0.1 or http://localhost";
        return ApiError::new(StatusCode::FORBIDDEN, "HOWDAH403", message).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Whether the server was called by a name of this machine, not through a proxy, and not by a page of another origin.
fn is_local(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let is_here = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
    let is_direct =
        ["forwarded", "x-forwarded-for", "x-forwarded-host"].iter().all(|name| !headers.contains_key(*name));
    let is_own = headers.get(header::ORIGIN).is_none_or(|origin| {
        origin.to_str().is_ok_and(|origin| origin.split_once("://").is_some_and(|(_, of_origin)| of_origin == host))
    });
    is_here && is_direct && is_own
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    !accept.contains("text/html")
}

async fn list(State(mailbox): State<Mailbox>, headers: HeaderMap) -> Response {
    let letters = tokio::task::spawn_blocking(move || mailbox.letters()).await;
    let Ok(Ok(mut letters)) = letters else { return unreadable() };
    letters.reverse();
    if wants_json(&headers) {
        return Json(json!({ "letters": letters })).into_response();
    }
    let mut rows = String::new();
    for letter in &letters {
        let Letter { number, to, subject, .. } = letter;
        let (to, subject) = (escaped(to), escaped(subject));
        // Writing to a String cannot fail.
        let _ = writeln!(rows, "<li><a href=\"/dev/mail/{number}\">{number}. {subject}</a> to {to}</li>");
    }
    let body = if letters.is_empty() {
        "<p>No mail yet. What <code>/auth/v1</code> would send lands here.</p>".to_owned()
    } else {
        format!("<ul>\n{rows}</ul>")
    };
    page("Local mailbox", &body)
}

async fn show(State(mailbox): State<Mailbox>, Path(number): Path<u64>, headers: HeaderMap) -> Response {
    let letter = tokio::task::spawn_blocking(move || mailbox.letter(number)).await;
    let Ok(Some(letter)) = letter else {
        let message = format!("There is no mail {number}");
        return ApiError::new(StatusCode::NOT_FOUND, "HOWDAH404", message).into_response();
    };
    if wants_json(&headers) {
        return Json(letter).into_response();
    }
    let link = letter.link.as_deref().map(escaped);
    let link = link.map(|link| format!("<p><a href=\"{link}\">Follow the link</a></p>")).unwrap_or_default();
    let body = format!("<p>To {}</p>\n<pre>{}</pre>\n{link}", escaped(&letter.to), escaped(&letter.text));
    page(&letter.subject, &body)
}

fn page(title: &str, body: &str) -> Response {
    let title = escaped(title);
    Html(format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n<body><h1>{title}</h1>\n{body}\n\
         <p><a href=\"/dev/mail\">All mails</a></p></body></html>\n"
    ))
    .into_response()
}

fn unreadable() -> Response {
    let message = "The local mailbox cannot be read; see the server's log";
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "HOWDAH500", message).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &'static str)], expected: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        assert_eq!(is_local(&map), expected, "{headers:?}");
    }

    #[test]
    fn only_this_machine_by_its_own_name() {
        check(&[("host", "127.0.0.1:8080")], true);
        check(&[("host", "localhost:8080")], true);
        check(&[("host", "[::1]:8080")], true);
        check(&[("host", "localhost")], true);
        check(&[], false);
        check(&[("host", "evil.test:8080")], false);
        check(&[("host", "localhost.evil.test")], false);
        check(&[("host", "127.0.0.1.evil.test")], false);
        check(&[("host", "[::1].evil.test")], false);
        check(&[("host", "127.0.0.1:8080"), ("x-forwarded-for", "192.0.2.1")], false);
        check(&[("host", "127.0.0.1:8080"), ("origin", "https://evil.test")], false);
        check(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")], true);
        check(&[("host", "127.0.0.1:8080"), ("origin", "null")], false);
    }
}
