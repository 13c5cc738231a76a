//! The howdah that is measured.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

use crate::child;

/// A release build from nothing, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A binary.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Binary {
    pub(crate) path: PathBuf,
    /// What `howdah --version` says.
    pub(crate) version: String,
    /// Whether it was built here, from the checkout whose commit the run names.
    pub(crate) built_here: bool,
    /// Its size in bytes.
    pub(crate) bytes: u64,
}

impl Binary {
    /// The named one, or a fresh release build of this checkout.
    pub(crate) fn find_or_build(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = match named {
            Some(path) => path.canonicalize().with_context(|| format!("there is no {}", path.display()))?,
            None => build()?,
        };
        let bytes = path.metadata().with_context(|| format!("cannot look at {}", path.display()))?.len();
        let (version, _) = child::run(Command::new(&path).arg("--version"), Duration::from_secs(30))?;
        Ok(Self { version: version.trim().to_owned(), built_here: named.is_none(), bytes, path })
    }

    /// For the record: below the checkout its path begins there.
    pub(crate) fn shown(&self) -> Self {
        let path = self.path.strip_prefix(crate::machine::repository()).unwrap_or(&self.path);
        Self { path: path.to_path_buf(), ..self.clone() }
    }

    /// A run of it that nothing of this process's environment leads astray.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.path);
        child::clean(&mut command).current_dir(folder);
        command
    }
}

fn build() -> anyhow::Result<PathBuf> {
    crate::say("building howdah (release)");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(crate::machine::repository());
    command.args(["build", "--release", "-p", "howdah", "--bin", "howdah", "--message-format=json-render-diagnostics"]);
    let (messages, _) = child::run(&mut command, PATIENCE)?;
    let executable = messages.lines().rev().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    });
    executable.context("cargo did not say where it put the binary")
}
