//! Any body of any content type is read or refused.
#![no_main]

#[path = "../catalog.rs"]
mod catalog;
#[path = "../checker.rs"]
mod checker;
#[path = "../input.rs"]
mod input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for (parts, body) in input::payload(bytes) {
        let _ = checker::checker().check(&parts, &body);
    }
});
