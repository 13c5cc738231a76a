//! The examples of a page of documentation, run as a reader would paste them.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::OrFail;

/// Fails on the first request that is not answered as it should be. 304 is no failure.
const PRELUDE: &str = "set -eu -o pipefail; curl() { command curl -sS --fail-with-body \"$@\"; }\n";

/// The fenced blocks of `page` that are marked with `language`, in their order.
pub fn examples<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let starts = page.match_indices(&fence).map(|(at, _)| at + fence.len());
    starts.filter_map(|at| page[at..].split("```").next()).collect()
}

/// Runs the shell examples of `page`, all of them in one bash with these variables, and gives what they print. The test
/// fails with what they said if one of them does, or if there are fewer than `least`.
pub fn run_examples(page: &str, least: usize, variables: &[(&str, &str)]) -> String {
    let blocks = examples(page, "sh");
    assert!(blocks.len() >= least, "only {} examples were found", blocks.len());
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let run = format!("howdah-examples-{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(run);
    std::fs::create_dir_all(&folder).or_fail("making a folder for examples");
    let output = Command::new("bash")
        .args(["-c", &(PRELUDE.to_owned() + &blocks.join("\n"))])
        .current_dir(&folder)
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .or_fail("running bash");
    // What is left of it says nothing that the output does not.
    let _ = std::fs::remove_dir_all(&folder);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stderr}\n{stdout}");
    stdout.into_owned()
}
