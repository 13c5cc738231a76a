//! What this machine is called by those who pack PostgreSQL.

use std::env::consts::{ARCH, OS};
use std::path::Path;

/// Operating system, processor and C library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Platform {
    os: &'static str,
    arch: &'static str,
    musl: bool,
}

impl Platform {
    /// This machine. The C library is the system's, not the one this program was built for: a static (musl) Howdah on
    /// Debian needs PostgreSQL for glibc.
    pub(crate) fn here() -> Self {
        let has_musl = |dir: &str| {
            let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
            entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("ld-musl-"))
        };
        let has_glibc = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib64/ld-linux-aarch64.so.1"]
            .iter()
            .any(|loader| Path::new(loader).exists());
        Self { os: OS, arch: ARCH, musl: OS == "linux" && !has_glibc && has_musl("/lib") }
    }

    /// As in `postgresql-18.4.0-<target>.tar.gz`.
    pub(crate) fn target(&self) -> Option<String> {
        let system = match (self.os, self.musl) {
            ("linux", false) => "unknown-linux-gnu",
            ("linux", true) => "unknown-linux-musl",
            ("macos", _) => "apple-darwin",
            _ => return None,
        };
        matches!(self.arch, "x86_64" | "aarch64").then(|| format!("{}-{system}", self.arch))
    }

    /// As in `@embedded-postgres/<name>`; those are for glibc and macOS only.
    pub(crate) fn npm_name(&self) -> Option<&'static str> {
        match (self.os, self.arch, self.musl) {
            ("linux", "x86_64", false) => Some("linux-x64"),
            ("linux", "aarch64", false) => Some("linux-arm64"),
            ("macos", "x86_64", _) => Some("darwin-x64"),
            ("macos", "aarch64", _) => Some("darwin-arm64"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |os, arch, musl, target: Option<&str>, npm: Option<&str>| {
            let platform = Platform { os, arch, musl };
            assert_eq!(platform.target().as_deref(), target, "{platform:?}");
            assert_eq!(platform.npm_name(), npm, "{platform:?}");
        };
        check("linux", "x86_64", false, Some("x86_64-unknown-linux-gnu"), Some("linux-x64"));
        check("linux", "aarch64", true, Some("aarch64-unknown-linux-musl"), None);
        check("macos", "aarch64", false, Some("aarch64-apple-darwin"), Some("darwin-arm64"));
        check("freebsd", "x86_64", false, None, None);
        check("linux", "riscv64", false, None, None);
    }
}
