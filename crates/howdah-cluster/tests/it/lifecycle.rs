//! Opening, starting, asking, stopping, deleting.

use std::fs;
use std::time::{Duration, Instant};

use howdah_cluster::{Cluster, ClusterOptions, ClusterState, Silent, Started};

use crate::support::{Project, answers, install, is_root, mode, owner, query, server_account, until};

#[test]
fn from_nothing_to_an_answer_and_back() {
    let project = Project::new();
    let begun = Instant::now();
    let cluster = Cluster::open(&project.root(), install(), ClusterOptions::default()).unwrap();
    let opened = begun.elapsed();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
    let started = begun.elapsed();
    assert_eq!(query(&cluster.superuser_url("postgres"), "select current_user").unwrap(), "howdah_admin");
    println!("open {opened:?}, started {started:?}, answered {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 8);

    let status = cluster.status().unwrap();
    assert!(matches!(status.state, ClusterState::Running { port, .. } if port == cluster.port()), "{status:?}");
    assert!(status.data_bytes > 20 << 20 && status.wal_bytes >= 16 << 20 && status.log_bytes > 0, "{status:?}");
    assert_eq!((status.user.as_str(), status.version), (server_account().name.as_str(), install().version));

    assert_eq!(cluster.start(&Silent).unwrap(), Started::Adopted);
    let begun = Instant::now();
    cluster.stop().unwrap();
    println!("stopped in {:?}", begun.elapsed());
    assert_eq!(cluster.status().unwrap().state, ClusterState::Stopped);
    cluster.stop().unwrap();
    let port = cluster.port();
    let begun = Instant::now();
    let cluster = project.open();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
    println!("warm: opened and started in {:?}", begun.elapsed());
    assert_eq!(cluster.port(), port, "the same port as before");

    cluster.reset().unwrap();
    assert!(
        !cluster.data_dir().exists() && !cluster.socket_dir().exists() && !project.root().join("postgres").exists()
    );
    let again = project.open();
    assert_eq!(again.port(), port);
    assert_eq!(again.status().unwrap().state, ClusterState::Stopped);
}

#[test]
fn made_as_promised() {
    let project = Project::new();
    let cluster = project.started_durable();
    let url = cluster.superuser_url("postgres");
    let check = |sql: &str, expect: &str| assert_eq!(query(&url, sql).unwrap(), expect, "{sql}");
    check("show data_checksums", "on");
    check("show server_encoding", "UTF8");
    check("show fsync", "on");
    check("show listen_addresses", "127.0.0.1");
    check("show cluster_name", "howdah");
    check("show wal_level", "logical");
    check("show timezone", "UTC");
    check("select lower('ÄÖÉ') || (E'\\u00e9' ~ '[[:alpha:]]')::text", "äöétrue");
    check("select string_agg(c, '' order by c) from unnest(array['b', 'a', 'B', 'ä']) c", "Babä");
    check("select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'", "0");
    if install().has_library("pg_stat_statements") {
        check("create extension pg_stat_statements; select count(*) > 0 from pg_stat_statements", "t");
    }
    assert_eq!(query(&cluster.superuser_socket_url("postgres"), "select inet_client_addr() is null").unwrap(), "t");
    let wrong = cluster.url_as("howdah_admin", "wrong", "postgres");
    assert!(query(&wrong, "select 1").unwrap_err().contains("28P01"), "a wrong password is refused");

    let account = server_account();
    for dir in [cluster.data_dir(), cluster.log_dir(), cluster.socket_dir()] {
        assert_eq!((owner(&dir), mode(&dir)), (account.uid, 0o700), "{}", dir.display());
    }
    let secret = project.root().join("secrets/howdah_admin");
    assert_eq!((mode(&secret), mode(secret.parent().unwrap())), (0o600, 0o700));
    assert_ne!(account.uid, 0);
    let left: Vec<_> = fs::read_dir(project.root().join("postgres")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "data, log and run, no password file: {left:?}");
}

#[test]
fn secrets_are_made_once() {
    let project = Project::new();
    let root = project.root();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let root = root.clone();
            std::thread::spawn(move || howdah_cluster::secret(&root, "jwt").unwrap())
        })
        .collect();
    let mut secrets: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(secrets[0].len(), 64);
    assert!(secrets[0].chars().all(|c| c.is_ascii_hexdigit()));
    secrets.dedup();
    assert_eq!(secrets.len(), 1);
    assert_ne!(howdah_cluster::secret(&root, "other").unwrap(), secrets[0]);
    assert_eq!(mode(&root.join("secrets/jwt")), 0o600);
    for name in ["", "../jwt", "a/b", "A", "a b"] {
        assert_eq!(howdah_cluster::secret(&root, name).unwrap_err().code(), "cluster-secret-name");
    }
    fs::write(root.join("secrets/jwt"), "").unwrap();
    assert_eq!(howdah_cluster::secret(&root, "jwt").unwrap_err().code(), "cluster-file-damaged");
}

#[test]
fn a_lost_password_is_replaced_once_the_server_is_stopped() {
    let project = Project::new();
    let cluster = project.started();
    let old = cluster.superuser_url("postgres");
    fs::remove_file(project.root().join("secrets/howdah_admin")).unwrap();
    let error = project.try_open().unwrap_err();
    assert_eq!(error.code(), "cluster-password-lost", "{error}");
    cluster.stop().unwrap();
    let cluster = project.started();
    assert_ne!(cluster.superuser_url("postgres"), old);
    assert!(answers(&cluster));
}

#[test]
fn custom_settings_count_but_not_for_the_port() {
    let project = Project::new();
    let mut options = ClusterOptions::throwaway();
    options.settings.insert("work_mem".into(), "7MB".into());
    let cluster = Cluster::open(&project.root(), install(), options.clone()).unwrap();
    cluster.start(&Silent).unwrap();
    let url = cluster.superuser_url("postgres");
    assert_eq!(query(&url, "show work_mem").unwrap(), "7MB");
    query(&url, "alter system set port = 1").unwrap();
    cluster.stop().unwrap();
    fs::write(cluster.data_dir().join("custom.conf"), "work_mem = '9MB'\n").unwrap();
    if is_root() {
        use std::os::unix::fs::chown;
        let account = server_account();
        chown(cluster.data_dir().join("custom.conf"), Some(account.uid), Some(account.gid)).unwrap();
    }
    cluster.start(&Silent).unwrap();
    assert_eq!(query(&url, "show work_mem").unwrap(), "9MB");
    cluster.stop().unwrap();

    options.settings.insert("work_mem".into(), "much".into());
    fs::remove_file(cluster.data_dir().join("custom.conf")).unwrap();
    let cluster = Cluster::open(&project.root(), install(), options).unwrap();
    let error = cluster.start(&Silent).unwrap_err();
    assert_eq!(error.code(), "cluster-start-failed");
    assert!(error.to_string().contains("invalid value for parameter \"work_mem\": \"much\""), "{error}");
    assert_eq!(cluster.status().unwrap().state, ClusterState::Stopped);
}

#[test]
fn logs_begin_anew_when_they_grow() {
    let project = Project::new();
    let mut options = ClusterOptions::throwaway();
    options.settings.insert("log_rotation_size".into(), "64kB".into());
    let cluster = Cluster::open(&project.root(), install(), options).unwrap();
    cluster.start(&Silent).unwrap();
    let first = cluster.log_path();
    assert_eq!(mode(&first), 0o600);
    // File names carry seconds: within one, PostgreSQL goes on with the same file.
    std::thread::sleep(Duration::from_millis(1100));
    let url = cluster.superuser_url("postgres");
    until("another log file", || {
        query(&url, "do $$ begin raise log '%', repeat('x', 100000); end $$").unwrap();
        cluster.log_path() != first
    });
}
