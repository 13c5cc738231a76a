//! Any query string and any headers are read or refused.
#![no_main]

#[path = "../catalog.rs"]
mod catalog;
#[path = "../checker.rs"]
mod checker;
#[path = "../input.rs"]
mod input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((parts, body)) = input::request(bytes) {
        let _ = checker::checker().check(&parts, &body);
    }
});
