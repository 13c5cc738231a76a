//! The system's own package manager: what to tell the user, and, as root on Debian and its family, doing it.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::unistd::Uid;
use tokio::process::Command;

use crate::find::Install;
use crate::progress::{Progress, Step};

/// Debian's packages create and start a cluster "main" on port 5432 when they are installed. A fragment here keeps them
/// from it; there is no variable in the environment for that.
const CREATECLUSTER_FOLDER: &str = "/etc/postgresql-common/createcluster.d";
const CREATECLUSTER_TEXT: &str =
    "# While Howdah installs PostgreSQL: no cluster but its own.\ncreate_main_cluster = false\n";
const PATIENCE: Duration = Duration::from_secs(900);

/// A system, as far as installing PostgreSQL goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum System {
    Debian,
    RedHat,
    Suse,
    Alpine,
    Arch,
    MacOs,
    FreeBsd,
    Other,
}

impl System {
    fn here() -> Self {
        match std::env::consts::OS {
            "macos" => Self::MacOs,
            "freebsd" => Self::FreeBsd,
            _ => Self::from_os_release(&fs::read_to_string("/etc/os-release").unwrap_or_default()),
        }
    }

    /// `ID` first, then what it says it is like.
    fn from_os_release(text: &str) -> Self {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        };
        let names = format!("{} {}", value("ID"), value("ID_LIKE"));
        let by_name = |name| match name {
            "debian" | "ubuntu" => Some(Self::Debian),
            "fedora" | "rhel" | "centos" | "rocky" | "almalinux" | "amzn" => Some(Self::RedHat),
            "suse" | "opensuse" | "opensuse-leap" | "opensuse-tumbleweed" | "sles" => Some(Self::Suse),
            "alpine" => Some(Self::Alpine),
            "arch" | "archlinux" => Some(Self::Arch),
            _ => None,
        };
        names.split_whitespace().find_map(by_name).unwrap_or(Self::Other)
    }

    /// The command that installs PostgreSQL with pg_stat_statements.
    fn command(self, root: bool) -> String {
        let command = match self {
            Self::Debian => "apt-get update && apt-get install -y postgresql",
            Self::RedHat => "dnf install -y postgresql-server postgresql-contrib",
            Self::Suse => "zypper install -y postgresql-server postgresql-contrib",
            Self::Alpine => "apk add postgresql17 postgresql17-contrib",
            Self::Arch => "pacman -S --needed postgresql",
            Self::FreeBsd => "pkg install -y postgresql17-server postgresql17-contrib",
            Self::MacOs => return "brew install postgresql@18".into(),
            Self::Other => return "your package manager (https://www.postgresql.org/download/), then try again".into(),
        };
        if root {
            command.into()
        } else {
            command.split(" && ").map(|c| format!("sudo {c}")).collect::<Vec<_>>().join(" && ")
        }
    }
}

pub(crate) fn command_for_this_system() -> String {
    System::here().command(Uid::effective().is_root())
}

/// What apt is asked, in order.
fn apt_commands() -> [Vec<&'static str>; 2] {
    [
        vec!["update", "-q"],
        // Recommended packages are for a server that stands on its own.
        vec!["install", "-y", "-q", "--no-install-recommends", "postgresql"],
    ]
}

/// Installs PostgreSQL with apt. `None` where that is not this system's, or not this user's to do.
pub(crate) async fn install(progress: &dyn Progress) -> Option<Result<Install, String>> {
    let apt = Path::new("/usr/bin/apt-get");
    if System::here() != System::Debian || !Uid::effective().is_root() || !apt.is_file() {
        return None;
    }
    let _step = Step::begin(progress, "Installing PostgreSQL with apt-get", None);
    let guard = NoMainCluster::put(Path::new(CREATECLUSTER_FOLDER));
    for arguments in apt_commands() {
        if let Err(reason) = run(apt, &arguments).await {
            return Some(Err(reason));
        }
    }
    drop(guard);
    Some(match Install::find() {
        Ok(Some(install)) => Ok(install),
        Ok(None) => Err("it was installed, but there is no PostgreSQL 14 or newer now".into()),
        Err(e) => Err(e.to_string()),
    })
}

async fn run(apt: &Path, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(apt);
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let what = arguments.first().copied().unwrap_or_default();
    let out = tokio::time::timeout(PATIENCE, command.output())
        .await
        .map_err(|_| format!("{what} did not finish within {} s", PATIENCE.as_secs()))?
        .map_err(|e| e.to_string())?;
    if out.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&out.stderr);
    let last: Vec<&str> = stderr.lines().filter(|line| line.starts_with("E:")).collect();
    Err(format!("{what} ended with {}: {}", out.status, last.join(" ")))
}

/// The fragment, there for as long as this lives; one that an administrator put there stays as it is.
struct NoMainCluster(Option<std::path::PathBuf>);

impl NoMainCluster {
    fn put(folder: &Path) -> Self {
        let path = folder.join("howdah.conf");
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(&path))
            .and_then(|mut file| std::io::Write::write_all(&mut file, CREATECLUSTER_TEXT.as_bytes()));
        match written {
            Ok(()) => Self(Some(path)),
            Err(e) => {
                tracing::debug!(error = %e, path = %path.display(), "apt may create a cluster of its own");
                Self(None)
            }
        }
    }
}

impl Drop for NoMainCluster {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_has_its_command() {
        let check = |os_release: &str, expect: System, command: &str| {
            let system = System::from_os_release(os_release);
            assert_eq!(system, expect, "{os_release}");
            assert_eq!(system.command(false), command);
        };
        let debian = "sudo apt-get update && sudo apt-get install -y postgresql";
        check("ID=debian\nVERSION_ID=\"12\"\n", System::Debian, debian);
        check("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Debian, debian);
        let red_hat = "sudo dnf install -y postgresql-server postgresql-contrib";
        check("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::RedHat, red_hat);
        check("ID=fedora\n", System::RedHat, red_hat);
        check("ID=alpine\n", System::Alpine, "sudo apk add postgresql17 postgresql17-contrib");
        check("ID=arch\n", System::Arch, "sudo pacman -S --needed postgresql");
        let suse = "sudo zypper install -y postgresql-server postgresql-contrib";
        check("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", System::Suse, suse);
        assert_eq!(System::from_os_release("ID=nixos\n"), System::Other);
        assert!(System::Other.command(true).contains("postgresql.org/download"));
        assert_eq!(System::MacOs.command(false), "brew install postgresql@18");
        assert_eq!(System::FreeBsd.command(true), "pkg install -y postgresql17-server postgresql17-contrib");
        assert_eq!(System::Debian.command(true), "apt-get update && apt-get install -y postgresql");
    }

    #[test]
    fn apt_is_asked_without_questions_and_without_a_cluster_of_its_own() {
        let [update, install] = apt_commands();
        assert_eq!(update.first(), Some(&"update"));
        assert!(install.contains(&"-y") && install.contains(&"postgresql"), "{install:?}");

        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("createcluster.d");
        let guard = NoMainCluster::put(&folder);
        let path = folder.join("howdah.conf");
        assert!(fs::read_to_string(&path).unwrap().contains("create_main_cluster = false"));
        drop(guard);
        assert!(!path.exists(), "the system's default is back");

        fs::write(&path, "# the administrator's\n").unwrap();
        drop(NoMainCluster::put(&folder));
        assert_eq!(fs::read_to_string(&path).unwrap(), "# the administrator's\n");
    }
}
