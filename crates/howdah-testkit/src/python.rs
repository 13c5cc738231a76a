//! Packages of PyPI that tests run.

use crate::packages::installed;
use crate::{OrFail, fail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The interpreter of a virtual environment with what the `requirements.txt` in `folder` lists, and nothing else: it has
/// to name every package with its version.
///
/// Installed once for each content of the file, into cargo's target folder. The test fails if Python or its module venv
/// is missing: then nothing was checked.
pub fn python(folder: &Path) -> PathBuf {
    let installed = installed("python", folder, &["requirements.txt"], |installed| {
        let needs = "this test needs Python 3.11 or newer with venv: install python3 and python3-venv, as .ci/run does";
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(installed.join("venv")), needs);
        let mut pip = Command::new(interpreter(installed));
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--requirement"]);
        run(pip.arg(installed.join("requirements.txt")), "installing packages of PyPI");
    });
    interpreter(&installed)
}

fn interpreter(installed: &Path) -> PathBuf {
    installed.join("venv/bin/python")
}

fn run(command: &mut Command, doing: &str) {
    let output = command.stdin(Stdio::null()).output().or_fail(doing);
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        fail(&format!("{doing}: {}", String::from_utf8_lossy(&said)));
    }
}
