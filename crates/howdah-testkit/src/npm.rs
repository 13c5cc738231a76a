//! Packages of npm, for tests that run what was made for JavaScript.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use crate::{OrFail, fail};

/// A folder with the packages that `manifest/package.json` and its `package-lock.json` name, below `target`; what lies
/// below it finds them. Installed once for each content of the two files, and kept from run to run.
///
/// No script of a package is run.
pub fn npm_packages(manifest: &Path, target: &Path) -> PathBuf {
    let files = ["package.json", "package-lock.json"];
    let mut hash = Sha256::new();
    for name in files {
        hash.update(fs::read(manifest.join(name)).or_fail(&format!("reading {name} in {}", manifest.display())));
    }
    let key: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let base = target.join("npm");
    fs::create_dir_all(&base).or_fail(&format!("creating {}", base.display()));
    let lock = File::create(base.join("lock")).or_fail("opening the lock of npm's packages");
    lock.lock().or_fail("locking npm's packages");
    let folder = base.join(key);
    let done = folder.join("installed");
    if done.exists() {
        return folder;
    }
    fs::create_dir_all(&folder).or_fail(&format!("creating {}", folder.display()));
    for name in files {
        fs::copy(manifest.join(name), folder.join(name)).or_fail(&format!("copying {name}"));
    }
    let command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
    let output = Command::new("npm").args(command).current_dir(&folder).stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => {}
        Ok(output) => fail(&format!("npm ci in {}: {}", folder.display(), String::from_utf8_lossy(&output.stderr))),
        Err(error) => fail(&format!("npm cannot be run ({error}): install nodejs and npm, as .ci/run does")),
    }
    fs::write(&done, "").or_fail("remembering that npm's packages are there");
    folder
}
