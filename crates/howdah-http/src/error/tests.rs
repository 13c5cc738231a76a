//! What clients get to see of an error.

use std::sync::Arc;

use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::*;

fn database(code: &str, message: &str, detail: Option<&str>, hint: Option<&str>) -> ApiError {
    let error = DatabaseError {
        code: code.into(),
        message: message.into(),
        detail: detail.map(str::to_owned),
        hint: hint.map(str::to_owned),
        ..DatabaseError::default()
    };
    ApiError::from_lane(&LaneError::Database(Arc::new(error)), false)
}

async fn body(response: Response) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn verbosity() {
    let error = || database("23505", "duplicate key", Some("Key (id)=(1) already exists."), Some("a hint"));
    let whole = json!({
        "code": "23505", "message": "duplicate key", "details": "Key (id)=(1) already exists.", "hint": "a hint",
    });
    assert_eq!(body(error().into_response()).await, whole);
    let short = shorten(error().into_response());
    assert_eq!((short.status().as_u16(), header(&short, "proxy-status")), (409, Some("PostgREST; error=23505")));
    assert_eq!(body(short).await, json!({ "code": "23505", "message": "duplicate key" }));
    // What is no error is left alone.
    assert_eq!(body(shorten(axum::Json(json!([1])).into_response())).await, json!([1]));
}

#[tokio::test]
async fn internals_stay_inside() {
    for code in ["XX000", "58030", "53100", "F0000", "08001"] {
        let response =
            database(code, "could not open file \"base/1/2\"", Some("host 10.0.0.5"), Some("x")).into_response();
        let body = body(response).await;
        assert!(body["message"].as_str().unwrap().contains("see the server's log"), "{body}");
        assert_eq!((&body["code"], &body["details"], &body["hint"]), (&json!(code), &Value::Null, &Value::Null));
    }
    let shown = body(database("22P02", "invalid input", None, None).into_response()).await;
    assert_eq!(shown["message"], "invalid input");
}

#[test]
fn proxy_status_is_a_header_whatever_the_code() {
    for (code, expected) in [
        ("PGRST301", "PostgREST; error=PGRST301"),
        ("123", "PostgREST; error=123"),
        ("", "PostgREST; error=\"\""),
        ("a b;c", "PostgREST; error=\"a b;c\""),
        ("say \"hi\"\\\r\nx: y", "PostgREST; error=\"say \\\"hi\\\"\\\\x: y\""),
        ("größe", "PostgREST; error=\"gre\""),
    ] {
        assert_eq!(proxy_status(code), expected);
        assert!(HeaderValue::try_from(proxy_status(code)).is_ok());
    }
}

const MESSAGE: &str = r#"{"code":"123","message":"Payment Required","details":"Quota exceeded","hint":"Upgrade"}"#;

#[tokio::test]
async fn functions_make_errors_up() {
    let detail = r#"{"status":419,"status_text":"Page Expired","headers":{"X-Powered-By":"Nerd Rage"}}"#;
    let response = database("PGRST", MESSAGE, Some(detail), None).into_response();
    assert_eq!(response.status().as_u16(), 419);
    assert_eq!(header(&response, "x-powered-by"), Some("Nerd Rage"));
    assert_eq!(header(&response, "proxy-status"), Some("PostgREST; error=123"));
    assert_eq!(response.extensions().get::<ReasonPhrase>().unwrap().as_bytes(), b"Page Expired");
    let expected = json!({
        "code": "123", "message": "Payment Required", "details": "Quota exceeded", "hint": "Upgrade",
    });
    assert_eq!(body(response).await, expected);
}

#[tokio::test]
async fn malformed_ones_are_named() {
    for (message, detail, part) in [
        ("INVALID", Some(r#"{"status":402,"headers":{}}"#), "Invalid JSON value for MESSAGE: 'INVALID'"),
        (r#"{"code":"123"}"#, Some(r#"{"status":402,"headers":{}}"#), "MESSAGE"),
        (MESSAGE, None, "DETAIL is missing"),
        (MESSAGE, Some("INVALID"), "Invalid JSON value for DETAIL: 'INVALID'"),
        (MESSAGE, Some(r#"{"status":402}"#), "DETAIL"),
        (MESSAGE, Some(r#"{"status":101,"headers":{}}"#), "DETAIL"),
        (MESSAGE, Some(r#"{"status":99999,"headers":{}}"#), "DETAIL"),
        (MESSAGE, Some(r#"{"status":402,"headers":{"a b":"c"}}"#), "DETAIL"),
        (MESSAGE, Some(r#"{"status":402,"headers":{"a":"b\r\nc: d"}}"#), "DETAIL"),
        (MESSAGE, Some(r#"{"status":402,"headers":{"Content-Length":"0"}}"#), "DETAIL"),
        (MESSAGE, Some(r#"{"status":402,"status_text":"a\r\nb","headers":{}}"#), "DETAIL"),
    ] {
        let response = database("PGRST", message, detail, None).into_response();
        assert_eq!(response.status().as_u16(), 500, "{detail:?}");
        let body = body(response).await;
        assert_eq!(body["code"], "PGRST121", "{body}");
        assert!(body["details"].as_str().unwrap().contains(part), "{body}");
    }
}
