//! A database per test, a server per test, one cluster per test run.
//!
//! ```no_run
//! # async fn example() {
//! use howdah_testkit::TestDb;
//!
//! let db = TestDb::template("personal").await; // schemas/shared and schemas/personal, loaded once per run
//! let client = db.client_owner().await;
//! client.batch_execute("select 1").await.unwrap();
//! # }
//! ```
//!
//! The first test that asks starts a PostgreSQL of its own (0.6 s) in `/dev/shm/howdah-testkit-<uid>` or, where memory
//! is short, in `/tmp`; all tests of the run share it: of all test binaries, where cargo or nextest started them, else of this process. A database is a copy of a
//! template and takes about 30 ms; it is dropped with its [`TestDb`].
//!
//! Nothing stays behind, whatever is killed: a small shell process waits for the run to end, then stops what still runs
//! and deletes the folder. Should even that be killed, the next run clears up after it.
//!
//! Everything here panics when it fails, with what happened: a test has nothing better to do with an error.

mod admin;
mod cluster;
mod database;
mod examples;
mod http;
mod npm;
mod owner;
mod packages;
mod process;
mod python;
mod run;
mod schema;
mod sql;

pub use cluster::TestCluster;
pub use database::TestDb;
pub use examples::{examples, run_examples};
pub use http::{HttpAnswer, http_get};
pub use npm::npm;
pub use process::{TestProcess, free_port};
pub use python::python;
pub use sql::Sql;

/// Ends the test.
#[expect(clippy::panic, reason = "a test that cannot be set up has failed")]
#[track_caller]
pub(crate) fn fail(message: &str) -> ! {
    panic!("howdah-testkit: {message}")
}

/// `unwrap` that says what was being done.
pub(crate) trait OrFail<T> {
    fn or_fail(self, doing: &str) -> T;
}

impl<T, E: std::fmt::Display> OrFail<T> for Result<T, E> {
    #[track_caller]
    fn or_fail(self, doing: &str) -> T {
        match self {
            Ok(value) => value,
            Err(e) => fail(&format!("{doing}: {e}")),
        }
    }
}
