//! Tokens in cookies, for pages that would rather not have them where scripts can read them.
//!
//! With `auth.cookies` on, a request that says `X-Howdah-Tokens: cookies` gets its tokens as cookies and not in the body:
//! HttpOnly, SameSite, and Secure unless that is switched off for development. [`layer`] turns the access cookie of a
//! request back into a bearer token before anything else looks at it, so that every endpoint of the server takes either.
//!
//! A browser sends cookies whoever makes it send a request, so a cookie counts for a request that may change something only
//! if the page it comes from is ours: its `Origin` is the server's own, the site's, or one that CORS lists by name. A
//! request without `Origin` must say `Sec-Fetch-Site: same-origin`. Bearer tokens need none of this: no page of another
//! origin has them.

use std::future;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use howdah_http::{AllowedOrigins, ApiError, App};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::Value;

use crate::Accounts;
use crate::error::{AuthError, ErrorCode};

/// Whoever wants cookies says so.
const WANTED: HeaderName = HeaderName::from_static("x-howdah-tokens");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The one path that a refresh token is for.
const REFRESH_PATH: &str = "/auth/v1/token";

const REFUSAL: &str =
    "Cookies count for requests of known pages only, and this one's Origin is none of theirs or missing";
const HINT: &str = "List the page's origin in server.cors_origins; whatever is no page sends Authorization instead";

/// Lets every route of `app` take the access token from its cookie, where the settings allow cookies.
pub fn layer(app: impl Into<App>, accounts: &Accounts) -> App {
    let app = app.into();
    if !accounts.options.cookies {
        return app;
    }
    let accounts = accounts.clone();
    App::choosing(move |request| match as_bearer(&accounts, request) {
        Ok(request) => app.answer(request),
        Err(refusal) => Box::pin(future::ready(*refusal)),
    })
}

/// The request as it goes on, or the answer that refuses it.
fn as_bearer(accounts: &Accounts, mut request: Request) -> Result<Request, Box<Response>> {
    let has_token = request.headers().contains_key(header::AUTHORIZATION);
    let cookie = cookie(request.headers(), &access_name(accounts)).map(str::to_owned);
    let Some(token) = cookie.filter(|token| !has_token && !token.is_empty()) else { return Ok(request) };
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !is_from_own_page(accounts, request.headers()) {
        // In the form that the clients of each of the two read.
        let refusal = match request.uri().path().strip_prefix("/auth/v1") {
            Some(_) => refused().into_response(),
            None => {
                ApiError::new(StatusCode::FORBIDDEN, "HOWDAH_COOKIE_ORIGIN", REFUSAL).with_hint(HINT).into_response()
            }
        };
        return Err(Box::new(refusal));
    }
    if let Ok(value) = HeaderValue::try_from(format!("Bearer {token}")) {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    Ok(request)
}

/// The refresh token of a request that has none in its body.
///
/// # Errors
/// 400 where there is no cookie either, 403 where the request comes from a page of somebody else's.
pub(crate) fn refresh_token(accounts: &Accounts, parts: &Parts) -> Result<String, AuthError> {
    let name = refresh_name(accounts);
    let token = cookie(&parts.headers, &name).filter(|_| accounts.options.cookies);
    let token = token.ok_or_else(|| AuthError::invalid("refresh_token required"))?;
    if !is_from_own_page(accounts, &parts.headers) {
        return Err(refused());
    }
    Ok(token.to_owned())
}

fn refused() -> AuthError {
    let mut error = AuthError::new(ErrorCode::NoAuthorization, format!("{REFUSAL}. {HINT}"));
    error.status = StatusCode::FORBIDDEN;
    error
}

/// Moves the tokens of an answer into cookies, if the request wants that and may.
pub(crate) fn set(accounts: &Accounts, request: &HeaderMap, body: &mut Value, headers: &mut HeaderMap) {
    let refreshes_cookie = cookie(request, &refresh_name(accounts)).is_some();
    let is_wanted = request.get(WANTED).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"cookies"));
    if !accounts.options.cookies || !(is_wanted || refreshes_cookie) {
        return;
    }
    let options = &accounts.options;
    let mut take = |name: &str| body.as_object_mut().and_then(|body| body.remove(name));
    let (access, refresh) = (take("access_token"), take("refresh_token"));
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
    write(headers, accounts, &access_name(accounts), &text(&access), "/", "Lax", options.access_token.as_secs());
    let age = options.session_idle.min(options.session).as_secs();
    write(headers, accounts, &refresh_name(accounts), &text(&refresh), REFRESH_PATH, "Strict", age);
}

/// Has the browser forget both.
pub(crate) fn clear(accounts: &Accounts, headers: &mut HeaderMap) {
    if accounts.options.cookies {
        write(headers, accounts, &access_name(accounts), "", "/", "Lax", 0);
        write(headers, accounts, &refresh_name(accounts), "", REFRESH_PATH, "Strict", 0);
    }
}

fn write(headers: &mut HeaderMap, accounts: &Accounts, name: &str, value: &str, path: &str, site: &str, age: u64) {
    let secure = if accounts.options.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite={site}{secure}");
    // Names, tokens and numbers are plain ASCII.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

/// The prefixes have a browser refuse a cookie of that name which another host of the domain, or plain HTTP, has set.
fn access_name(accounts: &Accounts) -> String {
    format!("{}howdah-access", if accounts.options.secure_cookies { "__Host-" } else { "" })
}

fn refresh_name(accounts: &Accounts) -> String {
    format!("{}howdah-refresh", if accounts.options.secure_cookies { "__Secure-" } else { "" })
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).next()
}

fn is_from_own_page(accounts: &Accounts, headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
    };
    if let AllowedOrigins::Only(allowed) = &accounts.gate.options.cors.origins
        && allowed.contains(origin)
    {
        return true;
    }
    let Ok(origin) = origin.to_str() else { return false };
    let options = &accounts.options;
    let mut known = options.external_url.iter().chain([&options.site_url]).filter_map(|url| origin_of(url));
    if known.any(|known| known.eq_ignore_ascii_case(origin)) {
        return true;
    }
    // The server's own: behind a proxy that ends TLS it does not know its scheme, but it knows what it was called.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).filter(|host| !host.is_empty());
    let of_origin = origin.split_once("://").map(|(_, host)| host);
    host.zip(of_origin).is_some_and(|(host, of_origin)| host.eq_ignore_ascii_case(of_origin))
}

/// Scheme, host and port of a URL.
fn origin_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    url.get(..scheme.len() + 3 + host.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_of_urls() {
        for (url, origin) in [
            ("https://example.com/app?x#y", Some("https://example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("no url", None),
        ] {
            assert_eq!(origin_of(url), origin, "{url}");
        }
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; xb=2"));
        headers.append(header::COOKIE, HeaderValue::from_static("b=3=4; c="));
        assert_eq!(cookie(&headers, "b"), Some("3=4"));
        assert_eq!(cookie(&headers, "c"), Some(""));
        assert_eq!(cookie(&headers, "d"), None);
    }
}
