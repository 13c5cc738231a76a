//! Whose end is the end of the test run.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A process that cannot be mistaken for a later one with the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// When it started, in whatever unit the system tells it.
    pub(crate) started: String,
}

/// How far up cargo is looked for: cargo, perhaps a runner (sudo, a debugger) or two, the test binary.
const GENERATIONS: usize = 5;

impl Process {
    /// The process behind an id, if it runs.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: describe(pid)?.started })
    }

    /// The nearest cargo or nextest above this process: it runs all test binaries. Else this process, as also where
    /// `HOWDAH_TESTKIT_OWNER` is `self`.
    pub(crate) fn of_this_run() -> Self {
        let own = std::process::id();
        if std::env::var_os("HOWDAH_TESTKIT_OWNER").is_some_and(|owner| owner == "self") {
            return Self::of(own).unwrap_or(Self { pid: own, started: "unknown".into() });
        }
        let mut pid = own;
        for _ in 0..GENERATIONS {
            let Some(parent) = describe(pid).map(|it| it.parent).filter(|parent| *parent > 1) else { break };
            let Some(about) = describe(parent) else { break };
            if about.name == "cargo" || about.name.starts_with("cargo-nextest") {
                return Self { pid: parent, started: about.started };
            }
            pid = parent;
        }
        Self::of(own).unwrap_or(Self { pid: own, started: "unknown".into() })
    }

    pub(crate) fn is_alive(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// `<pid>-<start>`, the name of a folder.
    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.pid, self.started)
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        let (pid, started) = key.split_once('-')?;
        Some(Self { pid: pid.parse().ok()?, started: started.to_owned() })
    }
}

struct About {
    parent: u32,
    name: String,
    started: String,
}

/// `None` for a process that is not there, or a zombie.
fn describe(pid: u32) -> Option<About> {
    if Path::new("/proc/self/stat").exists() {
        return from_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?);
    }
    let ps = |columns: &str| {
        let out = Command::new("ps").args(["-o", columns, "-p", &pid.to_string()]).output().ok()?;
        String::from_utf8(out.stdout).ok()
    };
    let text = ps("stat=,ppid=,lstart=")?;
    let mut words = text.split_whitespace();
    let state = words.next()?;
    let parent = words.next()?.parse().ok()?;
    let started = words.collect::<Vec<_>>().join("_");
    let name = ps("comm=")?;
    let name = name.trim().rsplit('/').next().unwrap_or_default().to_owned();
    (!state.starts_with('Z')).then_some(About { parent, name, started })
}

/// "pid (name) state ppid … starttime …": the name may hold anything, so what follows the last parenthesis is counted.
fn from_stat(text: &str) -> Option<About> {
    let name = text.split_once('(')?.1.rsplit_once(')')?.0.to_owned();
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(*fields.first()?, "Z" | "X") {
        return None;
    }
    Some(About { parent: fields.get(1)?.parse().ok()?, name, started: (*fields.get(19)?).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_stat_whatever_the_name() {
        let rest = "S 7 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1 2 3";
        let about = from_stat(&format!("42 (a) Z (b) {rest}")).unwrap();
        assert_eq!((about.parent, about.name.as_str(), about.started.as_str()), (7, "a) Z (b", "98765"));
        assert!(from_stat(&format!("42 (gone) Z{}", &rest[1..])).is_none());
    }

    #[test]
    fn a_process_is_itself_and_not_a_later_one() {
        let own = Process::of(std::process::id()).unwrap();
        assert!(own.is_alive());
        assert_eq!(Process::from_key(&own.key()).unwrap(), own);
        assert!(!Process { started: "1".into(), ..own }.is_alive());
        assert!(Process::of_this_run().is_alive());
    }
}
