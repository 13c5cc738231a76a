//! Reading a connection URL.

use super::{ChannelBinding, ClientCert, Endpoint, RootCert, SessionAttrs, Target, TlsMode};
use crate::{PgError, Secret};
use percent_encoding::percent_decode_str;
use std::path::PathBuf;
use std::time::Duration;

const DEFAULT_PORT: u16 = 5432;

const PARAMETERS: &[&str] = &[
    "application_name",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "dbname",
    "host",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslnegotiation",
    "sslrootcert",
    "target_session_attrs",
    "user",
];

impl Target {
    /// Reads a URL such as `postgres://user:password@host:5432/database?sslmode=verify-full`.
    ///
    /// Several hosts are separated by commas; `host=/folder` (or a percent-encoded folder in the host's place) is a Unix
    /// socket. What the URL leaves out comes from `PGPASSWORD`, `PGUSER` (then `USER`), and libpq's defaults: host
    /// `localhost`, port 5432, a database named like the user, `sslmode=prefer`; `connect_timeout` is 10 s.
    ///
    /// # Errors
    /// [`PgError::Url`], which never holds the URL.
    pub fn parse(url: &str) -> Result<Self, PgError> {
        Self::parse_with(url, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// As [`Target::parse`], with the environment given.
    ///
    /// # Errors
    /// [`PgError::Url`].
    pub fn parse_with(url: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, PgError> {
        let mut url = Parts::split(url)?;
        let mut target = Self::defaults();
        let mut cert = None;
        let mut key = None;
        for (name, value) in std::mem::take(&mut url.parameters) {
            match name.as_str() {
                "host" => url.hosts = value.split(',').map(|host| (host.to_owned(), None)).collect(),
                "port" => url.ports = value.split(',').map(port).collect::<Result<_, _>>()?,
                "user" => url.user = Some(value),
                "password" => url.password = Some(value),
                "dbname" => url.dbname = Some(value),
                "sslmode" => target.tls = tls_mode(&value)?,
                "sslrootcert" if value == "system" => target.root_cert = Some(RootCert::System),
                "sslrootcert" => target.root_cert = Some(RootCert::File(PathBuf::from(value))),
                "sslcert" => cert = Some(PathBuf::from(value)),
                "sslkey" => key = Some(PathBuf::from(value)),
                "sslnegotiation" if value == "postgres" => {}
                "client_encoding" if matches!(value.to_ascii_lowercase().as_str(), "utf8" | "utf-8" | "auto") => {}
                "channel_binding" => target.channel_binding = channel_binding(&value)?,
                "application_name" => target.application_name = value,
                "connect_timeout" => target.connect_timeout = connect_timeout(&value)?,
                "options" => target.options = Some(value),
                "target_session_attrs" => target.session_attrs = session_attrs(&value)?,
                "sslnegotiation" | "client_encoding" => {
                    return Err(error(format!("`{name}={value}` is not supported")));
                }
                _ => return Err(unknown_parameter(&name)),
            }
        }
        target.client_cert = match (cert, key) {
            (Some(cert), Some(key)) => Some(ClientCert { cert, key }),
            (None, None) => None,
            _ => return Err(error("`sslcert` and `sslkey` go together")),
        };
        if target.root_cert == Some(RootCert::System) {
            // Anybody can have a certificate of a public authority: only the host's name makes it worth something.
            if !matches!(target.tls, TlsMode::VerifyFull | TlsMode::Prefer) {
                return Err(error("`sslrootcert=system` needs sslmode=verify-full"));
            }
            target.tls = TlsMode::VerifyFull;
        }
        target.user = match url.user {
            Some(user) if !user.is_empty() => user,
            _ => environment("PGUSER")
                .or_else(|| environment("USER"))
                .ok_or_else(|| error("it names no user, and neither PGUSER nor USER is set"))?,
        };
        target.password = url.password.or_else(|| environment("PGPASSWORD")).map(Secret::from);
        target.dbname = url.dbname.filter(|name| !name.is_empty()).unwrap_or_else(|| target.user.clone());
        target.endpoints = endpoints(&url.hosts, &url.ports)?;
        Ok(target)
    }
}

/// The URL's parts, decoded, before their meaning.
struct Parts {
    user: Option<String>,
    password: Option<String>,
    hosts: Vec<(String, Option<u16>)>,
    ports: Vec<u16>,
    dbname: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Parts {
    fn split(url: &str) -> Result<Self, PgError> {
        let rest = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
            .ok_or_else(|| error("it does not begin with postgres://"))?;
        if rest.contains('#') {
            return Err(error("it holds a bare `#`; inside a password write %23"));
        }
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        // The last @, because a password typed without encoding often holds one: the host never does.
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(login), hosts),
            None => (None, authority),
        };
        let (user, password) =
            match login.map(|login| login.split_once(':').map_or((login, None), |(u, p)| (u, Some(p)))) {
                Some((user, password)) => {
                    (Some(decode(user, "user")?), password.map(|p| decode(p, "password")).transpose()?)
                }
                None => (None, None),
            };
        let hosts = if hosts.is_empty() {
            Vec::new()
        } else {
            hosts.split(',').map(host_and_port).collect::<Result<_, _>>()?
        };
        let parameters = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').ok_or_else(|| error("a parameter after `?` has no `=`"))?;
                Ok((decode(name, "parameter")?, decode(value, name)?))
            })
            .collect::<Result<_, PgError>>()?;
        let dbname = if path.is_empty() { None } else { Some(decode(path, "database")?) };
        Ok(Self { user, password, hosts, ports: Vec::new(), dbname, parameters })
    }
}

fn host_and_port(text: &str) -> Result<(String, Option<u16>), PgError> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']').ok_or_else(|| error("an IPv6 address lacks its `]`"))?;
        let number = match rest.strip_prefix(':') {
            Some(digits) => Some(port(digits)?),
            None if rest.is_empty() => None,
            None => return Err(error("something other than a port follows an IPv6 address")),
        };
        return Ok((host.to_owned(), number));
    }
    match text.split_once(':') {
        Some((host, digits)) if !digits.is_empty() => Ok((decode(host, "host")?, Some(port(digits)?))),
        Some((host, _)) => Ok((decode(host, "host")?, None)),
        None => Ok((decode(text, "host")?, None)),
    }
}

fn endpoints(hosts: &[(String, Option<u16>)], ports: &[u16]) -> Result<Vec<Endpoint>, PgError> {
    let local = [(String::new(), None)];
    let hosts = if hosts.is_empty() { &local[..] } else { hosts };
    if ports.len() > 1 && ports.len() != hosts.len() {
        return Err(error(format!("it lists {} ports for {} hosts", ports.len(), hosts.len())));
    }
    let endpoint = |(index, (host, number)): (usize, &(String, Option<u16>))| {
        let listed = ports.get(index).or_else(|| ports.first()).copied();
        let port = number.or(listed).unwrap_or(DEFAULT_PORT);
        if host.starts_with('/') {
            Endpoint::Unix { dir: PathBuf::from(host), port }
        } else if host.is_empty() {
            Endpoint::Tcp { host: "localhost".to_owned(), port }
        } else {
            Endpoint::Tcp { host: host.clone(), port }
        }
    };
    Ok(hosts.iter().enumerate().map(endpoint).collect())
}

fn port(text: &str) -> Result<u16, PgError> {
    match text.parse() {
        Ok(port) if port > 0 => Ok(port),
        // The text is not shown: with an unencoded password it can be a part of that.
        _ => Err(error(
            "the port is not a number from 1 to 65535 (or the password holds a `:`, `/` or `@` that is not percent-encoded)",
        )),
    }
}

fn tls_mode(value: &str) -> Result<TlsMode, PgError> {
    Ok(match value {
        "disable" => TlsMode::Disable,
        "allow" | "prefer" => TlsMode::Prefer,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        _ => return Err(one_of("sslmode", value, "disable, prefer, require, verify-ca, verify-full")),
    })
}

fn channel_binding(value: &str) -> Result<ChannelBinding, PgError> {
    Ok(match value {
        "disable" => ChannelBinding::Disable,
        "prefer" => ChannelBinding::Prefer,
        "require" => ChannelBinding::Require,
        _ => return Err(one_of("channel_binding", value, "disable, prefer, require")),
    })
}

fn session_attrs(value: &str) -> Result<SessionAttrs, PgError> {
    Ok(match value {
        "any" => SessionAttrs::Any,
        "read-write" => SessionAttrs::ReadWrite,
        "read-only" => SessionAttrs::ReadOnly,
        "primary" => SessionAttrs::Primary,
        "standby" => SessionAttrs::Standby,
        _ => return Err(one_of("target_session_attrs", value, "any, read-write, read-only, primary, standby")),
    })
}

fn connect_timeout(value: &str) -> Result<Duration, PgError> {
    match value.parse::<u32>() {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(u64::from(seconds))),
        _ => Err(error(format!("connect_timeout is `{value}`; it takes whole seconds from 1 to 86400"))),
    }
}

fn unknown_parameter(name: &str) -> PgError {
    let hint = howdah_schema::nearest(name, PARAMETERS.iter().copied())
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default();
    error(format!("the parameter `{name}` is not supported{hint}"))
}

fn one_of(name: &str, value: &str, allowed: &str) -> PgError {
    error(format!("{name} is `{value}`; it takes one of {allowed}"))
}

fn decode(text: &str, what: &str) -> Result<String, PgError> {
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) if decoded.contains('\0') => Err(error(format!("the {what} holds a NUL character"))),
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(error(format!("the {what} is not UTF-8 once percent-decoded"))),
    }
}

fn error(reason: impl Into<String>) -> PgError {
    PgError::Url { reason: reason.into() }
}
