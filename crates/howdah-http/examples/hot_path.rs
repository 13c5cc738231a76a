//! Times what every request costs before the database is asked: the principal, and the step that makes a session theirs.
//!
//! `cargo run --release -p howdah-http --example hot_path`. Nothing connects; the numbers are of one core.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement run by hand")]

use std::hint::black_box;
use std::time::Instant;

use howdah_http::{Caller, Gate, GateOptions, Principal, Tokens, Trash};
use howdah_pg::Target;
use howdah_pg::lane::{LaneOptions, LanePool};

const ROUNDS: u32 = 2_000_000;

fn time(what: &str, mut run: impl FnMut()) {
    for _ in 0..ROUNDS / 10 {
        run();
    }
    let started = Instant::now();
    for _ in 0..ROUNDS {
        run();
    }
    println!("{what:<28}{:>8.0} ns", started.elapsed().as_nanos() as f64 / f64::from(ROUNDS));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let pool = LanePool::start(Target::parse("postgres://x@127.0.0.1:1/x").unwrap(), LaneOptions::default());
    let tokens = Tokens::new(b"a secret of at least thirty-two bytes", None).unwrap();
    let claims = serde_json::json!({
        "iss": "howdah", "aud": "authenticated", "sub": "a0000000-0000-4000-8000-000000000001",
        "role": "authenticated", "email": "ada@example.com", "exp": 4_000_000_000_u64,
    });
    let token = tokens.sign(&claims).unwrap();
    let gate = Gate::new(pool, tokens, GateOptions::default());
    let request = http::Request::get("/rest/v1/users?id=eq.1")
        .header("host", "127.0.0.1:8080")
        .header("authorization", format!("Bearer {token}"))
        .header("accept", "application/json");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let (anonymous, ()) = http::Request::get("/rest/v1/users").body(()).unwrap().into_parts();
    let principal = Principal::from_headers(&parts.headers, &gate).unwrap();

    for _ in 0..3 {
        time("principal with a token", || {
            black_box(Principal::from_headers(black_box(&parts.headers), &gate).unwrap());
        });
        time("principal without", || {
            black_box(Principal::from_headers(black_box(&anonymous.headers), &gate).unwrap());
        });
        time("step", || {
            black_box(Caller::new(&principal, black_box(&parts)).step(Trash::Hidden, true));
        });
    }
}
