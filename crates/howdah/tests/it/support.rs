//! Running the binary and looking at what it did.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use howdah_testkit::TestProcess;
use tempfile::TempDir;

/// A folder of the test's own. The server's user must be able to get through it, so it is not closed to others.
pub(crate) fn folder() -> TempDir {
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new().prefix("howdah-it-").permissions(open).tempdir().unwrap()
}

/// The binary, in `folder`, with nothing of the caller's environment that it would listen to.
pub(crate) fn howdah(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_howdah"));
    clean(&mut command);
    command.current_dir(folder).env("HOWDAH_SCRATCH_DIR", scratch_dir());
    command
}

/// Where the scratch servers of all tests are. They are kept from run to run: making one takes as long as a test.
fn scratch_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("scratch")
}

pub(crate) fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let ours = name.starts_with("HOWDAH_") && name != "HOWDAH_PG_BIN";
        if ours || name.starts_with("PG") || matches!(name.as_str(), "DATABASE_URL" | "NO_COLOR" | "CLICOLOR_FORCE") {
            command.env_remove(name);
        }
    }
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// stdout as the one JSON document it is.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// It failed with this exit code, this error code, and said all of this on stderr.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, error: &str, said: &[&str]) {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(self.stderr.contains(&format!("error[{error}]")), "{self:#?}");
        assert!(self.stdout.is_empty(), "{self:#?}");
        for said in said {
            assert!(self.stderr.contains(said), "{said:?} is not in\n{}", self.stderr);
        }
    }
}

pub(crate) fn run(command: &mut Command) -> Ran {
    let output = command.stdin(Stdio::null()).output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Every file below a folder with its content, for "nothing was touched".
pub(crate) fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.push((path.clone(), Vec::new()));
                folders.push(path);
            } else {
                let content = std::fs::read(&path).unwrap();
                files.push((path, content));
            }
        }
    }
    files.sort();
    files
}

/// A project whose private cluster goes away with it.
pub(crate) struct Project {
    _folder: TempDir,
    pub(crate) root: PathBuf,
}

impl Project {
    /// A project with these files, and no migrations.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let project = Self::nowhere();
        project.write("howdah.toml", "");
        std::fs::create_dir(project.root.join("schema")).unwrap();
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// Nothing yet: `root` does not exist.
    pub(crate) fn nowhere() -> Self {
        let folder = folder();
        let root = folder.path().join("demo");
        Self { _folder: folder, root }
    }

    /// Made by `howdah init`.
    pub(crate) fn init(template: &str) -> Self {
        let project = Self::nowhere();
        let parent = project.root.parent().unwrap();
        run(howdah(parent).args(["init", "demo", "--template", template, "--quiet"])).ok();
        project
    }

    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        run(howdah(&self.root).args(arguments))
    }

    /// What a statement answers in the project's database, as the superuser sees it: columns joined by `|`, a row a line.
    #[track_caller]
    pub(crate) fn sql(&self, statement: &str) -> String {
        self.sql_in(&[], statement)
    }

    /// [`Project::sql`] in the database that `howdah db url` names with these arguments. Not through psql, which a
    /// downloaded PostgreSQL does not bring.
    #[track_caller]
    pub(crate) fn sql_in(&self, arguments: &[&str], statement: &str) -> String {
        let url = self.run(["db", "url"].iter().chain(arguments)).ok().stdout;
        let target = howdah_pg::Target::parse(url.trim()).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let messages = runtime.block_on(async {
            let client = target.client().await.unwrap();
            client.simple_query(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"))
        });
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => {
                let columns = (0..row.len()).map(|at| row.get(at).unwrap_or_default());
                Some(columns.collect::<Vec<_>>().join("|"))
            }
            _ => None,
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// `howdah dev` in it, up and serving.
    pub(crate) fn dev(&self, arguments: &[&str]) -> Dev {
        let parent = self.root.parent().unwrap();
        let mut command = howdah(parent);
        command.arg("dev").arg(&self.root).args(arguments);
        Dev::start(command)
    }

    /// The same, with a log of this level and all before it.
    pub(crate) fn dev_logging(&self, arguments: &[&str], level: &str) -> Dev {
        let mut command = howdah(self.root.parent().unwrap());
        command.arg("dev").arg(&self.root).args(arguments).env("HOWDAH_LOG", level);
        Dev::start(command)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if self.root.join(".howdah").exists() {
            let ran = self.run(["db", "reset", "--yes", "--quiet"]);
            if !std::thread::panicking() {
                assert_eq!(ran.code, 0, "{ran:#?}");
            }
        }
    }
}

/// A running `howdah dev`.
pub(crate) struct Dev {
    pub(crate) process: TestProcess,
    pub(crate) url: String,
}

/// Long enough for a debug build on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

impl Dev {
    fn start(command: Command) -> Self {
        let process = TestProcess::spawn(command);
        let line = process.wait_for("the API's line", PATIENCE, |line| line.starts_with("API "));
        process.wait_for("the keys", PATIENCE, |line| line.starts_with("secret "));
        let url = line.trim_start_matches("API").trim().trim_end_matches("/rest/v1").to_owned();
        Self { process, url }
    }

    /// The key of `service_role` that it has shown.
    pub(crate) fn secret(&self) -> String {
        let screen = self.process.stdout();
        let line = screen.lines().find_map(|line| line.strip_prefix("secret "));
        line.unwrap_or_else(|| panic!("no key on\n{screen}")).trim().to_owned()
    }

    /// Waits until it has said this since `seen` bytes of its output, and returns all it said since.
    pub(crate) fn said(&self, seen: &mut usize, wanted: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let output = self.process.stderr();
            let new = output.get(*seen..).unwrap_or_default();
            // Whole lines only: the rest of the report follows in one write.
            if new.contains(wanted) {
                std::thread::sleep(Duration::from_millis(100));
                let output = self.process.stderr();
                let new = output.get(*seen..).unwrap_or_default().to_owned();
                *seen = output.len();
                return new;
            }
            assert!(Instant::now() < until, "never said {wanted:?}; said\n{new}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
