//! What each `sslmode` checks, as a rustls configuration.

use super::{Endpoint, RootCert, Target, TlsMode};
use crate::PgError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The configuration for `target`. Reads certificate files; only the system's store is kept between calls, because a
/// file may be renewed while a server runs.
pub(super) fn config(target: &Target, endpoint: &Endpoint) -> Result<ClientConfig, PgError> {
    let provider = Arc::new(ring::default_provider());
    let verifier: Arc<dyn ServerCertVerifier> = match effective_mode(target) {
        TlsMode::Disable | TlsMode::Prefer | TlsMode::Require => Arc::new(Unchecked(provider.clone())),
        TlsMode::VerifyCa => Arc::new(AnyHost(chain_verifier(target, endpoint, &provider)?)),
        TlsMode::VerifyFull => chain_verifier(target, endpoint, &provider)?,
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| handshake(endpoint, source))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    match &target.client_cert {
        None => Ok(builder.with_no_client_auth()),
        Some(files) => {
            let chain = certificates("sslcert", &files.cert)?;
            let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| file_error("sslkey", &files.key, e))?;
            builder.with_client_auth_cert(chain, key).map_err(|e| file_error("sslkey", &files.key, e))
        }
    }
}

fn effective_mode(target: &Target) -> TlsMode {
    match (target.tls, &target.root_cert) {
        (TlsMode::Require, Some(_)) => TlsMode::VerifyCa,
        (mode, _) => mode,
    }
}

fn chain_verifier(
    target: &Target,
    endpoint: &Endpoint,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, PgError> {
    let roots = match &target.root_cert {
        Some(RootCert::System) => system_roots()?,
        Some(RootCert::File(path)) => file_roots(path)?,
        None => match libpq_root_file() {
            Some(path) => file_roots(&path)?,
            None => system_roots()?,
        },
    };
    WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
        .build()
        .map_err(|source| handshake(endpoint, rustls::Error::General(source.to_string())))
}

/// Where libpq looks when no `sslrootcert` is given.
fn libpq_root_file() -> Option<PathBuf> {
    let path = std::env::home_dir()?.join(".postgresql/root.crt");
    path.is_file().then_some(path)
}

fn file_roots(path: &Path) -> Result<Arc<RootCertStore>, PgError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates("sslrootcert", path)? {
        roots.add(certificate).map_err(|e| file_error("sslrootcert", path, e))?;
    }
    Ok(Arc::new(roots))
}

fn certificates(what: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, PgError> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| file_error(what, path, e))?;
    if certificates.is_empty() {
        return Err(file_error(what, path, "it holds no PEM certificate"));
    }
    Ok(certificates)
}

fn system_roots() -> Result<Arc<RootCertStore>, PgError> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    if let Some(roots) = ROOTS.get() {
        return Ok(roots.clone());
    }
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    // A system's store may hold a certificate that rustls does not read; the others still count.
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let reason = found.errors.first().map_or_else(|| "it is empty".to_owned(), ToString::to_string);
        return Err(file_error("the system's certificates", Path::new("system"), reason));
    }
    Ok(ROOTS.get_or_init(|| Arc::new(roots)).clone())
}

fn file_error(what: &'static str, path: &Path, reason: impl std::fmt::Display) -> PgError {
    PgError::TlsFile { what, path: path.to_owned(), reason: reason.to_string() }
}

fn handshake(endpoint: &Endpoint, source: rustls::Error) -> PgError {
    PgError::TlsHandshake { endpoint: endpoint.clone(), source: std::io::Error::other(source) }
}

/// `prefer` and `require`: whoever answers is believed, as in libpq. The handshake's signature is still checked, so
/// the other side holds the key of the certificate it shows, which is what channel binding rests on.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// `verify-ca`: the chain is checked, the host's name is not.
#[derive(Debug)]
struct AnyHost(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyHost {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // rustls compares the name last, once the chain, the dates and the usage are found good.
        match self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
