//! Installations made of scripts: only what `--version` says and which programs are there matters here.

use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;

struct Machine {
    dir: TempDir,
    search: Search,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("howdah-find-").tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Self { dir, search: Search::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        fs::canonicalize(self.dir.path()).unwrap().join(name)
    }

    fn program(&self, folder: &str, name: &str, says: &str) {
        let dir = self.path(folder);
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        fs::write(&path, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn install(&self, folder: &str, version: &str) -> PathBuf {
        for name in PROGRAMS {
            self.program(folder, name, &format!("{name} (PostgreSQL) {version}"));
        }
        self.path(folder)
    }

    fn best(&self) -> Option<(PathBuf, Source)> {
        self.search.best().unwrap().map(|install| (install.bin_dir, install.source))
    }

    fn refused(&mut self, pg_bin: PathBuf) -> String {
        self.search.pg_bin = Some(pg_bin);
        let error = self.search.all().unwrap_err();
        assert_eq!(error.code(), "cluster-pg-bin-invalid");
        error.to_string()
    }
}

#[test]
fn nothing_is_no_error() {
    let mut machine = Machine::new();
    machine.search.path = vec![machine.path("no-such-folder")];
    assert_eq!(machine.best(), None);
}

#[test]
fn a_client_package_in_path_is_no_installation() {
    let mut machine = Machine::new();
    machine.program("usr/bin", "psql", "psql (PostgreSQL) 18.1");
    machine.program("half", "postgres", "postgres (PostgreSQL) 18.1"); // no initdb
    machine.search.path = vec![machine.path("usr/bin"), machine.path("half")];
    assert_eq!(machine.best(), None);
}

#[test]
fn links_in_path_lead_to_the_real_folder() {
    let mut machine = Machine::new();
    let real = machine.install("lib/postgresql/15/bin", "15.18 (Debian 15.18-0+deb12u1)");
    fs::create_dir_all(machine.path("local/bin")).unwrap();
    symlink(real.join("initdb"), machine.path("local/bin/initdb")).unwrap(); // one link is enough
    machine.search.path = vec![machine.path("local/bin")];
    assert_eq!(machine.best(), Some((real.clone(), Source::Path)));

    // HOWDAH_PG_BIN may be such a folder too, if all are there.
    for name in ["postgres", "pg_ctl"] {
        symlink(real.join(name), machine.path("local/bin").join(name)).unwrap();
    }
    machine.search.pg_bin = Some(machine.path("local/bin"));
    assert_eq!(machine.best(), Some((real, Source::Environment)));
}

#[test]
fn the_newest_release_wins_and_of_equals_the_first_place() {
    let mut machine = Machine::new();
    machine.install("pg/13/bin", "13.9");
    machine.install("pg/15/bin", "15.2");
    machine.install("pg/17/bin", "17.3");
    machine.install("pg/19/bin", "19beta1");
    let path = machine.install("path", "17.3");
    machine.install("cache/18.4.0/bin", "18.4");
    machine.search.path = vec![path.clone()];
    machine.search.system = vec![format!("{}/pg/*/bin", machine.path("").display())];
    assert_eq!(machine.best(), Some((path, Source::Path)));
    let versions: Vec<_> = machine.search.all().unwrap().iter().map(|install| install.version.to_string()).collect();
    assert_eq!(versions, ["17.3", "17.3", "15.2", "19 (pre-release)"], "13 is too old");

    machine.search.cache = vec![machine.path("cache")];
    assert_eq!(machine.best(), Some((machine.path("cache/18.4.0/bin"), Source::Cache)));
}

#[test]
fn what_does_not_run_is_passed_over() {
    let mut machine = Machine::new();
    let good = machine.install("pg/15/bin", "15.2");
    let broken = machine.install("pg/18/bin", "18.0");
    fs::write(broken.join("postgres"), "#!/bin/sh\necho 'libssl.so.1.1: not found' >&2\nexit 127\n").unwrap();
    machine.search.system = vec![format!("{}/pg/*/bin", machine.path("").display())];
    assert_eq!(machine.best(), Some((good, Source::System)));
}

#[test]
fn what_the_servers_user_cannot_reach_does_not_count() {
    if !nix::unistd::Uid::effective().is_root() {
        println!("skipped: only root runs the server as somebody else");
        return;
    }
    let mut machine = Machine::new();
    let bin = machine.install("private/bin", "17.1");
    fs::set_permissions(machine.path("private"), fs::Permissions::from_mode(0o700)).unwrap();
    machine.search.path = vec![bin.clone()];
    assert_eq!(machine.best(), None);
    let refused = machine.refused(bin);
    assert!(refused.contains("does not run"), "{refused}");
}

#[test]
fn howdah_pg_bin_is_binding() {
    let mut machine = Machine::new();
    let good = machine.install("good", "17.1");
    let old = machine.install("old", "13.4");
    machine.program("half", "postgres", "postgres (PostgreSQL) 17.1");
    let odd = machine.install("odd", "17.1");
    fs::write(odd.join("postgres"), "#!/bin/sh\necho hello\n").unwrap();
    machine.search.path = vec![good.clone()];

    let check = |machine: &mut Machine, dir: PathBuf, expect: &str| {
        let refused = machine.refused(dir);
        assert!(refused.contains(expect), "{refused}");
    };
    check(&mut machine, old, "that is PostgreSQL 13.4, older than 14");
    let half = machine.path("half");
    check(&mut machine, half, "there is no initdb in it");
    let missing = machine.path("missing");
    check(&mut machine, missing, "cannot be entered");
    check(&mut machine, odd, "says \"hello\"");
    machine.search.pg_bin = Some(good.clone());
    assert_eq!(machine.best(), Some((good, Source::Environment)));
}

#[test]
fn the_installation_of_this_machine_is_found() {
    let Some(install) = Install::find().unwrap() else {
        println!("skipped: PostgreSQL is not installed");
        return;
    };
    assert!(install.version.major >= OLDEST_MAJOR);
    assert!(PROGRAMS.iter().all(|name| !install.program(name).is_symlink()), "{install:?}");
    assert_eq!(Install::at(&install.bin_dir).unwrap().version, install.version);
    assert!(!install.has_library("no_such_library"));
}
