//! The folder of a test run, and who clears it away.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use howdah_cluster::Cluster;
use nix::unistd::Uid;

use crate::owner::Process;
use crate::{OrFail, fail};

/// `/dev/shm` or `/tmp`, then `howdah-testkit-<uid>/<owner's pid>-<its start>`: shared by all processes of the run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) dir: PathBuf,
}

/// Held while something of the run is made that other processes make too.
pub(crate) struct RunLock(#[expect(dead_code, reason = "holds the lock by being open")] File);

impl Run {
    /// This process's run; the first process to ask makes the folder and starts the watcher.
    pub(crate) fn get() -> &'static Self {
        static RUN: OnceLock<Run> = OnceLock::new();
        RUN.get_or_init(|| {
            let run = Self::of(&Process::of_this_run(), &parent_dir());
            for base in [Path::new("/dev/shm"), &disk()] {
                sweep(&below(base), &run.dir);
            }
            run
        })
    }

    fn of(owner: &Process, parent: &Path) -> Self {
        let run = Self { dir: parent.join(owner.key()) };
        let _lock = run.lock();
        // 0755: under root the servers' user has to get through; what is below has modes of its own.
        make_dir(&run.dir);
        make_dir(&run.dir.join("processes"));
        let watcher = run.dir.join("watcher");
        let alive = fs::read_to_string(&watcher).ok().and_then(|key| Process::from_key(key.trim()));
        if !alive.is_some_and(|process| process.is_alive()) {
            let pid = watch(owner, &run.dir);
            let key = Process::of(pid).map(|process| process.key()).unwrap_or_default();
            fs::write(&watcher, key).or_fail("remembering the watcher");
        }
        run
    }

    pub(crate) fn lock(&self) -> RunLock {
        let path = self.dir.with_file_name(format!("{}.lock", file_name(&self.dir)));
        // The watcher of another run may just be deleting the folder above, having found it empty.
        let open = || {
            make_dir(self.dir.parent().unwrap_or(Path::new("/")));
            OpenOptions::new().create(true).append(true).open(&path)
        };
        let file = open().or_else(|_| open()).or_else(|_| open());
        let file = file.or_fail(&format!("opening {}", path.display()));
        file.lock().or_fail(&format!("locking {}", path.display()));
        RunLock(file)
    }

    /// Has the watcher end this process group, should the run end before it.
    pub(crate) fn register(&self, group: u32) -> Option<PathBuf> {
        let path = self.dir.join("processes").join(Process::of(group)?.key());
        fs::write(&path, "").or_fail("registering a process");
        Some(path)
    }

    /// Has the watcher delete the socket folder of a cluster, wherever it is.
    pub(crate) fn register_socket_dir(&self, dir: &Path) {
        use std::io::Write;
        let path = self.dir.join("sockets");
        let mut file = OpenOptions::new().create(true).append(true).open(path).or_fail("registering a socket folder");
        writeln!(file, "{}", dir.display()).or_fail("registering a socket folder");
    }
}

/// In memory where there is plenty: copying a database makes some 700 files, which takes 30 ms there and, on a disk that
/// compilers are busy with, up to a second. Else in `/tmp`; not in `$TMPDIR`, which is too long for sockets on macOS.
fn parent_dir() -> PathBuf {
    let base = if plenty_of_memory() { PathBuf::from("/dev/shm") } else { disk() };
    below(&base)
}

fn disk() -> PathBuf {
    let tmp = Path::new("/tmp");
    let base = if tmp.is_dir() { tmp.to_path_buf() } else { std::env::temp_dir() };
    // Without links, as the server tells its folder.
    fs::canonicalize(&base).unwrap_or(base)
}

fn below(base: &Path) -> PathBuf {
    base.join(format!("howdah-testkit-{}", Uid::effective()))
}

/// Judged by what does not change while a run lasts: all its processes must come to the same folder. A container has
/// 64 MB of shared memory unless told otherwise, and a limit of its own.
fn plenty_of_memory() -> bool {
    const GIB: u64 = 1 << 30;
    let Ok(shared) = nix::sys::statvfs::statvfs("/dev/shm") else { return false };
    let number = |text: &str| text.split_whitespace().find_map(|word| word.parse::<u64>().ok());
    let total = fs::read_to_string("/proc/meminfo").ok().and_then(|text| number(&text)).unwrap_or(0) * 1024;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| number(&text));
    #[expect(clippy::useless_conversion, reason = "these are 32 bits wide on some systems")]
    let size = u64::from(shared.blocks()) * u64::from(shared.fragment_size());
    size >= 4 * GIB && total.min(limit.unwrap_or(u64::MAX)) >= 8 * GIB
}

fn make_dir(dir: &Path) {
    let mode = if Uid::effective().is_root() { 0o755 } else { 0o700 };
    if let Err(e) = DirBuilder::new().mode(mode).create(dir)
        && e.kind() != std::io::ErrorKind::AlreadyExists
    {
        fail(&format!("creating {}: {e}", dir.display()));
    }
    let meta = fs::symlink_metadata(dir).or_fail(&format!("reading {}", dir.display()));
    if !meta.is_dir() || meta.uid() != Uid::effective().as_raw() {
        fail(&format!("{} is not this user's folder: delete it", dir.display()));
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(mode)).or_fail(&format!("protecting {}", dir.display()));
}

fn watch(owner: &Process, dir: &Path) -> u32 {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", include_str!("watch.sh"), "howdah-testkit-watcher"]);
    command.arg(owner.pid.to_string()).arg(&owner.started).arg(dir);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/").process_group(0);
    let mut child = command.spawn().or_fail("starting the watcher");
    let pid = child.id();
    // It outlives this process; should it end first, it must not stay a zombie.
    let _ = std::thread::Builder::new().name("testkit-watcher".into()).spawn(move || child.wait());
    pid
}

/// Clears up after runs whose owner and watcher are both gone.
fn sweep(parent: &Path, own: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let dir = entry.path();
        let Some(owner) = Process::from_key(&file_name(&dir)) else { continue };
        if dir == own || !dir.is_dir() || owner.is_alive() {
            continue;
        }
        let watcher = fs::read_to_string(dir.join("watcher")).ok().and_then(|key| Process::from_key(key.trim()));
        if watcher.is_some_and(|process| process.is_alive()) {
            continue;
        }
        // Two runs may sweep at once; whoever comes second finds less. What cannot be removed now is left to the next.
        for cluster in fs::read_dir(&dir).into_iter().flatten().flatten() {
            if cluster.path().join("postgres").is_dir() {
                let _ = Cluster::remove(&cluster.path());
            }
        }
        let _ = fs::remove_dir_all(&dir);
        let _ = fs::remove_file(dir.with_file_name(format!("{}.lock", file_name(&dir))));
    }
    let _ = fs::remove_dir(parent); // if nothing is left in it
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
