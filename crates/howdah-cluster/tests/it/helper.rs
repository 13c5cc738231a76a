//! Another process that opens a project: this test binary, asked to run the one test here that is none.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use howdah_cluster::{Cluster, ClusterOptions, Install, Silent};

const ROOT: &str = "HOWDAH_TEST_ROOT";
const PG_BIN: &str = "HOWDAH_TEST_PG_BIN";

#[test]
#[ignore = "run by other tests, in a process of its own"]
fn opens_a_project() {
    let Some(root) = std::env::var_os(ROOT).map(PathBuf::from) else { return };
    let mut install = match Install::find() {
        Ok(install) => install.unwrap(),
        Err(e) => return println!("result {} {e}", e.code()),
    };
    if let Some(bin_dir) = std::env::var_os(PG_BIN) {
        install.bin_dir = bin_dir.into(); // unasked, whatever is in it
    }
    match Cluster::open(&root, install, ClusterOptions::throwaway()).and_then(|c| c.start(&Silent).map(|s| (c, s))) {
        Ok((cluster, started)) => println!("result {started:?} {}", cluster.port()),
        Err(e) => println!("result {} {e}", e.code()),
    }
    let _ = std::io::stdin().lock().read_line(&mut String::new()); // until it is killed, or its stdin ends
}

/// A process that opens and starts the project of this root.
pub(crate) struct Helper {
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Helper {
    pub(crate) fn command(root: &Path) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "helper::opens_a_project", "--ignored", "--nocapture"]).env(ROOT, root);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    pub(crate) fn with_pg_bin(root: &Path, bin_dir: &Path) -> Command {
        let mut command = Self::command(root);
        command.env(PG_BIN, bin_dir);
        command
    }

    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// "New 20123", "Adopted 20123", or an error's code and text.
    pub(crate) fn result(&mut self) -> String {
        let mut line = String::new();
        while self.stdout.read_line(&mut line).unwrap() > 0 {
            // The harness prints the name of the test in front, without a line break.
            if let Some((_, result)) = line.split_once("result ") {
                return result.trim().to_owned();
            }
            line.clear();
        }
        panic!("the helper ended without a result");
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
