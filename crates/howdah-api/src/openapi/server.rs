//! Where the API stands.

use http::Uri;

use crate::options::ApiOptions;

/// The parts of its address. Without scheme and host it is where the description was got from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// `http` or `https`.
    pub(super) scheme: Option<String>,
    /// With its port, if it has one.
    pub(super) host: Option<String>,
    /// Begins with a slash, ends without one; a lone slash for the root.
    pub(super) path: String,
}

impl Server {
    pub(super) fn of(options: &ApiOptions) -> Self {
        let uri = options.openapi_server.as_deref().and_then(|address| address.parse::<Uri>().ok());
        let Some(uri) = uri else { return Self { scheme: None, host: None, path: path(&options.base_path) } };
        // Without the user and the password, if somebody put them there.
        let host = uri.host().map(|host| match uri.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        });
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https")).map(str::to_owned);
        Self { scheme, host, path: path(uri.path()) }
    }

    /// As one URL, absolute or from the root.
    pub(super) fn url(&self) -> String {
        match (&self.scheme, &self.host) {
            (Some(scheme), Some(host)) => format!("{scheme}://{host}{}", self.path.trim_end_matches('/')),
            _ => self.path.clone(),
        }
    }
}

fn path(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}
