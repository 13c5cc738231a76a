//! TLS with a server that has certificates of our making.

use howdah_pg::lane::{Flight, Lane, Statement, Step};
use howdah_pg::target::{ChannelBinding, ClientCert, RootCert};
use howdah_pg::{Endpoint, PgError, Target, TlsMode};
use howdah_testkit::TestCluster;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_ECDSA_P384_SHA384,
    SignatureAlgorithm,
};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::Client;

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Issuer {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key, as PEM.
fn issue(
    issuer: &Issuer,
    common_name: &str,
    hosts: &[&str],
    algorithm: &'static SignatureAlgorithm,
) -> (String, String) {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut parameters = CertificateParams::new(hosts).unwrap();
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    let key = KeyPair::generate_for(algorithm).unwrap();
    (parameters.signed_by(&key, issuer).unwrap().pem(), key.serialize_pem())
}

/// A cluster that speaks TLS, and the folder with its certificates.
struct Server {
    cluster: TestCluster,
    files: tempfile::TempDir,
    url: String,
    authority: Issuer,
}

impl Server {
    async fn start() -> Self {
        let cluster = tokio::task::spawn_blocking(TestCluster::start).await.unwrap();
        let url = cluster.superuser_url("postgres");
        let server = Self { cluster, files: tempfile::tempdir().unwrap(), url, authority: authority("ours") };
        std::fs::set_permissions(server.files.path(), PermissionsExt::from_mode(0o755)).unwrap();
        server.write("ca.pem", &server.authority.pem());
        server.write("other.pem", &authority("theirs").pem());
        server
    }

    fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// A file that the server accepts: of its own user and for nobody else.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        let owner = std::fs::metadata(self.cluster.data_dir()).unwrap();
        chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    async fn use_certificate(&self, hosts: &[&str], algorithm: &'static SignatureAlgorithm) {
        let (certificate, key) = issue(&self.authority, "server", hosts, algorithm);
        let certificate = self.write("server.pem", &certificate);
        let key = self.write("server.key", &key);
        let client = self.target(TlsMode::Disable, None).client().await.unwrap();
        self.set(&client, "ssl_cert_file", &certificate).await;
        self.set(&client, "ssl_key_file", &key).await;
        self.set(&client, "ssl_ca_file", &self.path("ca.pem")).await;
        client.batch_execute("alter system set ssl = on").await.unwrap();
        self.reload(&client).await;
    }

    async fn set(&self, client: &Client, name: &str, path: &Path) {
        client.batch_execute(&format!("alter system set {name} = '{}'", path.display())).await.unwrap();
    }

    /// The postmaster reads the files a moment after it is told to.
    async fn reload(&self, client: &Client) {
        client.batch_execute("select pg_reload_conf()").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }

    fn target(&self, tls: TlsMode, root: Option<&str>) -> Target {
        Target {
            tls,
            root_cert: root.map(|name| RootCert::File(self.path(name))),
            endpoints: vec![Endpoint::Tcp { host: "localhost".to_owned(), port: self.cluster.port() }],
            ..Target::parse(&self.url).unwrap()
        }
    }
}

async fn encrypted(client: &Client) -> bool {
    client.query_one("select ssl from pg_stat_ssl where pid = pg_backend_pid()", &[]).await.unwrap().get(0)
}

fn code(result: Result<Client, PgError>) -> &'static str {
    result.map(drop).map_err(|error| error.code()).err().unwrap_or("ok")
}

// ASVS 12.3
#[tokio::test]
async fn every_mode_checks_what_it_says() {
    let server = Server::start().await;
    // Without TLS at the server.
    assert_eq!(code(server.target(TlsMode::Prefer, None).client().await), "ok");
    assert_eq!(code(server.target(TlsMode::Require, None).client().await), "pg-tls-refused");

    server.use_certificate(&["localhost"], &rcgen::PKCS_ECDSA_P256_SHA256).await;
    for (mode, root, expected) in [
        (TlsMode::Disable, None, false),
        (TlsMode::Prefer, None, true),
        (TlsMode::Require, None, true),
        (TlsMode::Require, Some("ca.pem"), true),
        (TlsMode::VerifyCa, Some("ca.pem"), true),
        (TlsMode::VerifyFull, Some("ca.pem"), true),
    ] {
        let client = server.target(mode, root).client().await.unwrap();
        assert_eq!(encrypted(&client).await, expected, "{mode:?}");
    }
    for (mode, root) in [
        (TlsMode::Require, Some("other.pem")),
        (TlsMode::VerifyCa, Some("other.pem")),
        (TlsMode::VerifyFull, Some("other.pem")),
        (TlsMode::VerifyFull, None),
    ] {
        let expected = if root.is_some() { "pg-tls-certificate" } else { "pg-tls-" };
        let found = code(server.target(mode, root).client().await);
        // A machine may have no certificates of its own.
        assert!(found.starts_with(expected), "{mode:?} {root:?}: {found}");
    }
    assert_eq!(code(server.target(TlsMode::VerifyFull, Some("nothing.pem")).client().await), "pg-tls-file");
    server.write("empty.pem", "");
    assert_eq!(code(server.target(TlsMode::VerifyFull, Some("empty.pem")).client().await), "pg-tls-file");

    // The right authority, another host: good enough for verify-ca alone.
    server.use_certificate(&["elsewhere.example"], &rcgen::PKCS_ECDSA_P256_SHA256).await;
    assert_eq!(code(server.target(TlsMode::VerifyCa, Some("ca.pem")).client().await), "ok");
    let error = server.target(TlsMode::VerifyFull, Some("ca.pem")).client().await.map(drop).unwrap_err();
    assert_eq!(error.code(), "pg-tls-certificate");
    assert!(error.to_string().contains("localhost") && error.to_string().contains("sslrootcert"), "{error}");
}

#[tokio::test]
async fn logins_are_bound_to_the_channel() {
    let server = Server::start().await;
    let bound = |tls| Target { channel_binding: ChannelBinding::Require, ..server.target(tls, None) };
    assert_ne!(code(bound(TlsMode::Disable).client().await), "ok");
    // The hash of the certificate follows its signature: the authority signs with SHA-256 whatever the server's key is.
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384] {
        server.use_certificate(&["localhost"], algorithm).await;
        let target = bound(TlsMode::Require);
        assert!(target.open_stream().await.unwrap().channel_binding().is_some_and(|hash| hash.len() == 32));
        assert_eq!(code(target.client().await), "ok");
        // The lane logs in by itself.
        let lane = Lane::open(&target, &[]).await.unwrap();
        let sql = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
        let flight = Flight::read(vec![Step { statement: Statement::new("", sql), params: Vec::new() }]);
        let reply = lane.run(Arc::new(flight)).await.unwrap();
        let value = reply.rows(reply.last().unwrap()).flatten().flatten().next().map(<[u8]>::to_vec);
        assert_eq!(value.as_deref(), Some(&b"t"[..]));
    }
    assert!(Lane::open(&bound(TlsMode::Disable), &[]).await.is_err());
}

#[tokio::test]
async fn a_client_certificate_opens_the_door() {
    let server = Server::start().await;
    server.use_certificate(&["localhost"], &rcgen::PKCS_ECDSA_P256_SHA256).await;
    let admin = server.target(TlsMode::Disable, None).client().await.unwrap();
    admin.batch_execute("create role guest login").await.unwrap();
    let hba = server.cluster.data_dir().join("pg_hba.conf");
    let lines = std::fs::read_to_string(&hba).unwrap();
    std::fs::write(&hba, format!("hostssl all guest all cert\nhost all guest all reject\n{lines}")).unwrap();
    server.reload(&admin).await;

    let guest = server.target(TlsMode::Require, None).with_user("guest", None);
    assert_ne!(code(guest.client().await), "ok");
    assert_eq!(code(Target { tls: TlsMode::Disable, ..guest.clone() }.client().await), "pg-hba-refused");
    let (certificate, key) = issue(&server.authority, "guest", &[], &rcgen::PKCS_ECDSA_P256_SHA256);
    let client_cert =
        Some(ClientCert { cert: server.write("guest.pem", &certificate), key: server.write("guest.key", &key) });
    let client = Target { client_cert: client_cert.clone(), ..guest.clone() }.client().await.unwrap();
    assert!(encrypted(&client).await);
    let token = client.cancel_token();
    Target { client_cert, ..guest }.cancel(&token).await.unwrap();
}
