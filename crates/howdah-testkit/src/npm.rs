//! Packages of npm that tests run: other people's parsers and compilers, to ask whether they take what we write.

use crate::{OrFail, fail};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with the `node_modules` of a `package.json` and its `package-lock.json`, both in `folder`.
///
/// Installed once for each content of the two, into cargo's target folder, with `npm ci`: exactly the locked versions,
/// no scripts of theirs. The test fails if Node.js is missing: then nothing was checked.
pub fn npm(folder: &Path) -> PathBuf {
    let files = ["package.json", "package-lock.json"];
    let mut hash = Sha256::new();
    for file in files {
        hash.update(fs::read(folder.join(file)).or_fail(&format!("reading {file} in {}", folder.display())));
    }
    let key = hash.finalize().iter().take(8).fold(String::new(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    });
    let installed = target_dir().join("npm").join(key);
    fs::create_dir_all(&installed).or_fail("making a folder for packages of npm");
    // One process installs, the others wait for it.
    let lock = File::create(installed.join("lock")).or_fail("locking packages of npm");
    lock.lock().or_fail("locking packages of npm");
    let done = installed.join("done");
    if !done.exists() {
        for file in files {
            fs::copy(folder.join(file), installed.join(file)).or_fail("copying a package.json");
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&installed)
            .stdin(Stdio::null())
            .output()
            .or_fail("running npm, which this test needs (Node.js 20 or newer)");
        if !output.status.success() {
            fail(&format!("npm ci in {}: {}", installed.display(), String::from_utf8_lossy(&output.stderr)));
        }
        File::create(&done).or_fail("remembering what npm installed");
    }
    installed
}

/// Cargo's target folder: `<target>/<profile>/deps/<test>` is what runs.
fn target_dir() -> PathBuf {
    let own = std::env::current_exe().or_fail("finding the target folder");
    match own.ancestors().nth(3) {
        Some(target) => target.to_owned(),
        None => fail(&format!("{} is not in a target folder", own.display())),
    }
}
