//! Random schemas and random edits of them, each pair through the same check as the golden cases.
//!
//! `HOWDAH_RANDOM_CASES` says how many pairs (24 unless told), `HOWDAH_RANDOM_SEED` where to begin (1 unless told, so that a
//! run of all tests finds the same each time): each pair has a seed of its own, one more than the one before, so a failure
//! can be repeated alone. What fails is made as small as it gets within `HOWDAH_RANDOM_SHRINKS` tries (300 unless told), and
//! printed as the files of a case.

mod children;
mod create;
mod default_privileges;
mod dice;
mod edit;
mod model;
mod partitions;
mod parts;
mod publications;
mod render;
mod render_table;
mod settings;
mod statistics;
mod things;
mod triggers;
mod views;

use super::case::Case;
use super::check::check;
use dice::Dice;
use howdah_cluster::Install;
use model::Model;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What an object or an edit is made of.
type Numbers = Vec<u16>;

/// As many at once as the small machines that tests run on have processors.
const THREADS: u64 = 2;

/// After so many failures in a thread it stops.
const ENOUGH: usize = 10;

/// Of the server that the tests run on.
static MAJOR: LazyLock<u32> =
    LazyLock::new(|| Install::find().unwrap().map_or(0, |install| u32::from(install.version.major)));

#[test]
fn random_schemas_both_ways() {
    let cases = number("HOWDAH_RANDOM_CASES").unwrap_or(24);
    let first = number("HOWDAH_RANDOM_SEED").unwrap_or(1);
    tokio::runtime::Runtime::new().unwrap().block_on(super::make_roles());

    let started = Instant::now();
    let tried = &AtomicU64::new(0);
    let failures = std::thread::scope(|scope| {
        let share = |thread| {
            move || {
                let mine = (0..cases).filter(|case| case % THREADS == thread);
                mine.filter_map(|case| {
                    tried.fetch_add(1, Ordering::Relaxed);
                    // Said at once: a long run need not come to its end.
                    one(first + case).inspect(|failure| eprintln!("{failure}"))
                })
                .take(ENOUGH)
                .collect::<Vec<String>>()
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(share(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<String>>()
    });
    let tried = tried.load(Ordering::Relaxed);
    eprintln!("{tried} random pairs from seed {first} in {:.1} s", started.elapsed().as_secs_f64());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|value| value.parse().ok())
}

/// The pair of this seed; if it fails, the smallest that does.
fn one(seed: u64) -> Option<String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let shrinks = number("HOWDAH_RANDOM_SHRINKS").and_then(|shrinks| shrinks.try_into().ok()).unwrap_or(300);
    let config = Config { cases: 1, max_shrink_iters: shrinks, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tried = runner.run(&pairs(), |(creations, edits)| {
        let case = case(seed, &creations, &edits);
        let failures = runtime.block_on(check(&case));
        match failures.first() {
            None => Ok(()),
            Some(failure) => Err(TestCaseError::fail(failure.to_string())),
        }
    });
    match tried {
        Ok(()) => None,
        Err(TestError::Abort(reason)) => Some(format!("seed {seed}: {reason}")),
        Err(TestError::Fail(reason, (creations, edits))) => {
            let case = case(seed, &creations, &edits);
            Some(format!(
                "HOWDAH_RANDOM_SEED={seed} HOWDAH_RANDOM_CASES=1: {reason}\n--- from.sql\n{}--- seed.sql\n{}--- to.sql\n{}",
                case.from,
                case.seed.unwrap_or_default(),
                case.to
            ))
        }
    }
}

fn pairs() -> impl Strategy<Value = (Vec<Numbers>, Vec<Numbers>)> {
    (vec(vec(any::<u16>(), 30), 2..30), vec(vec(any::<u16>(), 30), 1..12))
}

fn case(seed: u64, creations: &[Numbers], edits: &[Numbers]) -> Case {
    let mut from = Model { major: *MAJOR, ..Model::default() };
    for numbers in creations {
        create::create(&mut from, &mut Dice::new(numbers));
    }
    from.prune();
    let mut to = from.clone();
    for numbers in edits {
        edit::edit(&mut to, &mut Dice::new(numbers));
    }
    Case {
        name: format!("seed {seed}"),
        from: render::render(&from, &to),
        to: render::render(&to, &from),
        seed: Some(render::seed(&from)),
        ..Case::default()
    }
}
