//! Any query string and any headers are read or refused.
#![no_main]

#[path = "../checker.rs"]
mod checker;

use bytes::Bytes;
use http::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let Some(first) = lines.next().and_then(|line| std::str::from_utf8(line).ok()) else { return };
    let (method, query) = first.split_once(' ').unwrap_or(("GET", first));
    let mut request = Request::builder().method(method).uri(format!("/rest/v1/odd%20name?{query}"));
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    let Ok(request) = request.body(()) else { return };
    let _ = checker::checker().check(&request.into_parts().0, &Bytes::from_static(b"{\"id\": 1}"));
});
