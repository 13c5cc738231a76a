//! What an input of the fuzzer stands for. The tests of howdah-api read the seeds with it, too.

use bytes::Bytes;
use http::Request;
use http::request::Parts;

/// First line: method, a blank, relation and query string; lines up to an empty one: headers, `name: value`.
pub fn request(input: &[u8]) -> Option<(Parts, Bytes)> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, target) = first.split_once(' ').unwrap_or(("GET", first));
    let mut request = Request::builder().method(method).uri(format!("/rest/v1/{target}"));
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        request = request.header(&line[..colon], line[colon + 1..].trim_ascii());
    }
    let (parts, ()) = request.body(()).ok()?.into_parts();
    let body: &[u8] = if target.starts_with("items") { b"[{\"sku\": 1, \"line\": 2}]" } else { b"{\"note\": 1}" };
    Some((parts, Bytes::from_static(body)))
}

/// First line: the content type; the rest: the body of several writes.
pub fn payload(input: &[u8]) -> Vec<(Parts, Bytes)> {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (content_type, body) = input.split_at(end);
    let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
    let writes = [("POST", ""), ("PATCH", "?line=eq.1"), ("POST", "?columns=sku,line&on_conflict=order_id,line")];
    let requests = writes.into_iter().filter_map(|(method, query)| {
        let request = Request::builder().method(method).uri(format!("/rest/v1/items{query}"));
        let (parts, ()) = request.header("content-type", content_type).body(()).ok()?.into_parts();
        Some((parts, body.clone()))
    });
    requests.collect()
}
