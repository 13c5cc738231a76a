//! Packages of npm that tests run: other people's parsers, compilers and clients, to ask whether they take what we write.

use crate::packages::installed;
use crate::{OrFail, fail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with the `node_modules` of a `package.json` and its `package-lock.json`, both in `folder`.
///
/// Installed once for each content of the two, into cargo's target folder, with `npm ci`: exactly the locked versions,
/// no scripts of theirs. The test fails if Node.js is missing: then nothing was checked.
pub fn npm(folder: &Path) -> PathBuf {
    installed("npm", folder, &["package.json", "package-lock.json"], |installed| {
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(installed)
            .stdin(Stdio::null())
            .output()
            .or_fail("running npm, which this test needs: install Node.js 20 or newer with npm, as .ci/run does");
        if !output.status.success() {
            fail(&format!("npm ci in {}: {}", installed.display(), String::from_utf8_lossy(&output.stderr)));
        }
    })
}
