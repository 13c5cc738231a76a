//! Disks that are full, folders that are closed, too deep, oddly named, or somebody else's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use howdah_cluster::{Cluster, ClusterOptions, Silent};

use crate::support::{Project, answers, install, is_root, open_for_all, server_account, until};

/// Something mounted, until dropped.
struct Mount(PathBuf);

impl Mount {
    /// `None`, with the reason printed, where this process may not mount.
    fn new(arguments: &[&str], at: &Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let done = is_root() && Command::new("mount").args(arguments).arg(at).status().is_ok_and(|s| s.success());
        if !done {
            println!("skipped: mounting takes root's privileges");
            return None;
        }
        Some(Self(at.to_path_buf()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_disk_too_small_for_initdb() {
    let project = Project::new();
    let Some(_disk) = Mount::new(&["-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs"], &project.root()) else { return };
    let error = project.try_open().unwrap_err();
    assert_eq!(error.code(), "cluster-no-space", "{error}");
    assert!(error.to_string().contains("initdb stopped"), "{error}");
    let mut left = Vec::new();
    for entry in fs::read_dir(project.root().join("postgres")).unwrap() {
        left.push(entry.unwrap().file_name());
    }
    assert_eq!(left, ["log"], "the half-made data folder is gone");

    let bigger = Command::new("mount").args(["-o", "remount,size=200m"]).arg(project.root()).status().unwrap();
    assert!(bigger.success());
    let cluster = project.started();
    assert!(answers(&cluster), "with space it works");
    cluster.reset().unwrap();
}

#[test]
fn a_disk_that_filled_up_since() {
    let project = Project::new();
    let Some(_disk) = Mount::new(&["-t", "tmpfs", "-o", "size=150m,mode=755", "tmpfs"], &project.root()) else {
        return;
    };
    let cluster = project.started();
    cluster.stop().unwrap();
    let fill = project.root().join("fill");
    let _ = fs::write(&fill, vec![0_u8; 150 << 20]);
    let error = cluster.start(&Silent).unwrap_err();
    assert_eq!(error.code(), "cluster-no-space", "{error}");
    fs::remove_file(&fill).unwrap();
    cluster.start(&Silent).unwrap();
    assert!(answers(&cluster));
    cluster.reset().unwrap();
}

#[test]
fn a_folder_that_cannot_be_written() {
    let project = Project::new();
    let closed = project.path().join("closed");
    let root = closed.join(".howdah");
    fs::create_dir(&closed).unwrap();
    let mount = if is_root() {
        // Permissions do not stop root; a read-only file system does.
        let Some(mount) = Mount::new(&["-t", "tmpfs", "-o", "ro,mode=755", "tmpfs"], &closed) else { return };
        Some(mount)
    } else {
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
        None
    };
    let error = Cluster::open(&root, install(), ClusterOptions::throwaway()).unwrap_err();
    assert_eq!(error.code(), "cluster-not-writable", "{error}");
    assert!(error.to_string().contains(&root.display().to_string()), "{error}");
    assert!(!root.exists());
    drop(mount);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_folder_that_became_read_only() {
    let project = Project::new();
    let Some(_disk) = Mount::new(&["-t", "tmpfs", "-o", "size=200m,mode=755", "tmpfs"], &project.root()) else {
        return;
    };
    let cluster = project.started();
    cluster.stop().unwrap();
    // Busy for a moment where another test has just forked: a file descriptor of this one is in its child.
    let remount = |how: &str| {
        until(how, || Command::new("mount").args(["-o", how]).arg(project.root()).status().unwrap().success());
    };
    remount("remount,ro");
    let error = cluster.start(&Silent).unwrap_err();
    assert_eq!(error.code(), "cluster-not-writable", "{error}");
    let error = project.try_open().unwrap_err();
    assert_eq!(error.code(), "cluster-not-writable", "{error}");
    remount("remount,rw");
    cluster.start(&Silent).unwrap();
    cluster.reset().unwrap();
}

#[test]
fn what_howdah_did_not_make_is_left_alone() {
    let check = |fill: &dyn Fn(&Path), expect: &str| {
        let project = Project::new();
        let data = project.root().join("postgres/data");
        fs::create_dir_all(data.parent().unwrap()).unwrap();
        fill(&data);
        let account = server_account();
        if data.is_dir() && !data.is_symlink() {
            std::os::unix::fs::chown(&data, Some(account.uid), Some(account.gid)).unwrap();
        }
        let before = fs::read_dir(&data).map(Iterator::count).ok();
        let error = project.try_open().unwrap_err();
        assert_eq!(error.code(), "cluster-not-ours", "{error}");
        assert!(error.to_string().contains(expect), "{error}");
        let error = Cluster::remove(&project.root()).unwrap_err();
        assert_eq!(error.code(), "cluster-not-ours", "{error}");
        assert_eq!(fs::read_dir(&data).map(Iterator::count).ok(), before);
        assert!(data.exists());
    };
    check(
        &|data| {
            fs::create_dir(data).unwrap();
            fs::write(data.join("PG_VERSION"), "15\n").unwrap();
        },
        "a PostgreSQL 15 data folder",
    );
    check(
        &|data| {
            fs::create_dir(data).unwrap();
            fs::write(data.join("letters.txt"), "dear").unwrap();
        },
        "no PostgreSQL data folder",
    );
    check(&|data| fs::write(data, "a file").unwrap(), "a file or a link");
    check(&|data| std::os::unix::fs::symlink("/tmp", data).unwrap(), "a file or a link");

    if is_root() {
        let project = Project::new();
        let data = project.open().data_dir();
        std::os::unix::fs::chown(&data, Some(0), Some(0)).unwrap();
        let error = project.try_open().unwrap_err();
        assert!(error.to_string().contains("a data folder of root"), "{error}");
        std::os::unix::fs::chown(&data, Some(server_account().uid), None).unwrap();
    }

    // Another project's data, moved here.
    let (one, two) = (Project::new(), Project::new());
    one.open();
    two.open();
    fs::remove_dir_all(two.root().join("postgres/data")).unwrap();
    fs::rename(one.root().join("postgres/data"), two.root().join("postgres/data")).unwrap();
    let error = two.try_open().unwrap_err();
    assert!(error.to_string().contains("the data of another project"), "{error}");
    // An empty folder is nothing.
    fs::create_dir(one.root().join("postgres/data")).unwrap();
    assert!(answers(&one.started()));
}

#[test]
fn a_path_too_long_for_a_socket() {
    let project = Project::new();
    let mut dir = project.path().to_path_buf();
    for _ in 0..4 {
        dir = dir.join("a-folder-with-quite-a-long-name");
    }
    fs::create_dir_all(&dir).unwrap();
    let root = dir.join(".howdah");
    let cluster = Cluster::open(&root, install(), ClusterOptions::throwaway()).unwrap();
    cluster.start(&Silent).unwrap();
    let socket_dir = cluster.socket_dir();
    assert!(!socket_dir.starts_with(project.path()), "{}", socket_dir.display());
    assert_eq!(crate::support::mode(&socket_dir), 0o700);
    assert_eq!(crate::support::query(&cluster.superuser_socket_url("postgres"), "select 1").as_deref(), Ok("1"));
    cluster.stop().unwrap();

    // Somebody else's folder of that name is not used.
    if is_root() && socket_dir.starts_with("/tmp") {
        std::os::unix::fs::chown(&socket_dir, Some(12345), None).unwrap();
        let again = Cluster::open(&root, install(), ClusterOptions::throwaway()).unwrap();
        again.start(&Silent).unwrap();
        assert_ne!(again.socket_dir(), socket_dir);
        fs::remove_dir_all(&socket_dir).unwrap();
        again.reset().unwrap();
        assert!(!again.socket_dir().exists());
        return;
    }
    cluster.reset().unwrap();
    assert!(!socket_dir.exists());
}

#[test]
fn odd_names() {
    for name in [" with spaces, it's \"quoted\"", "$HOME `id` & 電💾 back\\slash\ttab"] {
        let project = Project::named(name);
        let cluster = project.started();
        assert!(answers(&cluster), "{name}");
        assert_eq!(
            crate::support::query(&cluster.superuser_socket_url("postgres"), "select 1").as_deref(),
            Ok("1"),
            "{name}"
        );
        cluster.stop().unwrap();
    }
}

#[test]
fn folders_may_be_reached_through_links_and_move() {
    let project = Project::new();
    let here = project.path().join("here");
    fs::create_dir(&here).unwrap();
    open_for_all(&here);
    let link = project.path().join("link");
    std::os::unix::fs::symlink(&here, &link).unwrap();
    let open = |dir: &Path| Cluster::open(&dir.join(".howdah"), install(), ClusterOptions::throwaway()).unwrap();
    let cluster = open(&link);
    cluster.start(&Silent).unwrap();
    assert_eq!(open(&here).start(&Silent).unwrap(), howdah_cluster::Started::Adopted);
    cluster.stop().unwrap();
    let there = project.path().join("there");
    fs::rename(&here, &there).unwrap();
    let moved = open(&there);
    moved.start(&Silent).unwrap();
    assert!(answers(&moved));
    moved.reset().unwrap();
}
