//! Any body of any content type is read or refused.
#![no_main]

#[path = "../checker.rs"]
mod checker;

use bytes::Bytes;
use http::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (content_type, body) = input.split_at(end);
    let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
    for (method, query) in [("POST", ""), ("PATCH", "?id=eq.1"), ("POST", "?columns=id")] {
        let request = Request::builder().method(method).uri(format!("/rest/v1/odd%20name{query}"));
        let Ok(request) = request.header("content-type", content_type).body(()) else { return };
        let _ = checker::checker().check(&request.into_parts().0, &body);
    }
});
