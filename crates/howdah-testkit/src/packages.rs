//! Packages of other languages' registries, installed once for each list of them.

use crate::{OrFail, fail};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// The folder under cargo's target folder that belongs to the contents of `files` in `folder`. Where they are new there,
/// they are copied to it and `install` runs; other processes wait until it is done. `kind` is the name of a folder.
pub(crate) fn installed(kind: &str, folder: &Path, files: &[&str], install: impl FnOnce(&Path)) -> PathBuf {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(fs::read(folder.join(file)).or_fail(&format!("reading {file} in {}", folder.display())));
    }
    let key = hash.finalize().iter().take(8).fold(String::new(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    });
    let installed = target_dir().join(kind).join(key);
    fs::create_dir_all(&installed).or_fail("making a folder for packages");
    // One process installs, the others wait for it.
    let lock = File::create(installed.join("lock")).or_fail("locking packages");
    lock.lock().or_fail("locking packages");
    let done = installed.join("done");
    if !done.exists() {
        for file in files {
            fs::copy(folder.join(file), installed.join(file)).or_fail("copying a list of packages");
        }
        install(&installed);
        File::create(&done).or_fail("remembering what is installed");
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
