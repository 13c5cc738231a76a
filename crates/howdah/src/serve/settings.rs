//! What a server needs to know, made of the settings in one place: the options of the API, the pool and the gate.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use howdah_api::{ApiOptions, OpenApiMode, TxEnd};
use howdah_auth::AuthOptions;
use howdah_http::{CorsOptions, GateOptions, OwnTokens, Rate, RateLimits, TokenOptions, Verbosity};
use howdah_pg::lane::LaneOptions;
use howdah_pg::{Secret, Target};
use howdah_privacy::audit::{SealerOptions, SigningKey};
use howdah_schema::QualifiedName;

use super::mail::MailSettings;
use crate::config::Config;
use crate::failure::Failure;
use crate::signing_keys::SigningKeys;

/// The server's secrets; none of them ever stands in `howdah.toml`.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    /// Verifies bearer tokens and, where it is a secret and not a public key, signs them; without it, all are refused.
    pub(crate) jwt: Option<Secret>,
    /// Mixed into passwords before they are hashed; without it, `/auth/v1` is off.
    pub(crate) pepper: Option<Secret>,
    /// Where the project keeps its signing keys, if they are the project's: rotating them there takes effect here.
    pub(crate) signing: Option<SigningKeys>,
    /// Where mails are handed over; without it, none are sent.
    pub(crate) smtp: Option<Secret>,
}

impl Secrets {
    /// What verifies and signs tokens now.
    ///
    /// # Errors
    /// The project's private folder cannot be read.
    pub(crate) fn jwt_now(&self) -> Result<Option<Secret>, Failure> {
        match &self.signing {
            Some(signing) => signing.now().map(Some),
            None => Ok(self.jwt.clone()),
        }
    }
}

/// Which server this is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    /// The API below its base path, and beside it `/auth/v1`, `/healthz` and `/readyz`.
    Howdah,
    /// The API and nothing else: a path that PostgREST would take for a table is one.
    Postgrest,
}

/// What seals the audit trail.
#[derive(Debug, Clone)]
pub(crate) struct SealerSettings {
    /// The login of howdah_sealer.
    pub(crate) target: Target,
    /// Signs checkpoints; without it there are none.
    pub(crate) key: Option<SigningKey>,
    pub(crate) options: SealerOptions,
}

/// What a server needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) target: Target,
    pub(crate) secrets: Secrets,
    pub(crate) surface: Surface,
    pub(crate) bind: IpAddr,
    pub(crate) port: u16,
    /// Take the next free port when that one is taken.
    pub(crate) next_free_port: bool,
    /// Read the database's own settings, after calling the function.
    pub(crate) in_database: bool,
    pub(crate) pre_config: Option<QualifiedName>,
    /// The channel on which to be told that something has changed; none not to listen.
    pub(crate) channel: Option<String>,
    pub(crate) anonymous_role: Option<String>,
    /// Holds from the start; `None` leaves the audit trail unsealed.
    pub(crate) sealer: Option<SealerSettings>,
    /// In development: the folder that mails are put into instead of being sent, to be read at `/dev/mail`.
    pub(crate) mailbox: Option<PathBuf>,
    /// Where it listens, once it does.
    pub(crate) own_url: Option<String>,
    /// As HOWDAH_LOG takes it.
    pub(crate) log_level: &'static str,
    pub(super) api: ApiOptions,
    pub(super) lanes: LaneOptions,
    pub(super) gate: GateOptions,
    pub(super) tokens: TokenOptions,
    pub(super) auth: AuthOptions,
    pub(super) mail: MailSettings,
    /// The secret of [`Secrets::jwt`] is in base64.
    pub(super) secret_is_base64: bool,
    /// A Unix socket instead of the port, and the mode of its file.
    pub(super) unix_socket: Option<(PathBuf, u32)>,
    /// Where `/live`, `/ready`, `/metrics` and `/schema_cache` are.
    pub(super) admin: Option<SocketAddr>,
    /// How old connections to the database may become.
    pub(super) pool_lifetime: Option<Duration>,
}

impl Settings {
    /// Settings from `howdah.toml`, the environment and the defaults.
    pub(crate) fn new(target: Target, secrets: Secrets, config: &Config, surface: Surface) -> Self {
        let anonymous_role = config.anonymous_role().map(str::to_owned);
        Self {
            surface,
            bind: config.bind(),
            port: config.number("server.port", 8080),
            next_free_port: false,
            in_database: config.is_on("database.settings"),
            pre_config: config.function("database.pre_config"),
            channel: config.text("database.channel").filter(|_| config.is_on("database.listen")).map(str::to_owned),
            api: api(config),
            lanes: lanes(config),
            gate: GateOptions {
                api_keys: surface == Surface::Howdah,
                ..gate(config, &target, anonymous_role.as_deref())
            },
            tokens: tokens(config, surface),
            auth: auth(config),
            mail: mail(config),
            mailbox: None,
            own_url: None,
            secret_is_base64: config.is_on("jwt.secret_is_base64"),
            unix_socket: unix_socket(config),
            admin: admin(config),
            pool_lifetime: Some(seconds(config, "server.pool_lifetime_seconds", 0)).filter(|age| !age.is_zero()),
            log_level: log_level(config),
            anonymous_role,
            sealer: None,
            target,
            secrets,
        }
    }

    /// Where the API stands; empty for the root.
    pub(crate) fn base_path(&self) -> &str {
        &self.api.base_path
    }

    /// Takes over from `old` what only holds from the start, and says where that differs.
    pub(super) fn keep_what_needs_a_restart(&mut self, old: &Self) {
        let differs = [
            ("the address", self.bind != old.bind || self.port != old.port || self.unix_socket != old.unix_socket),
            ("the port for administrators", self.admin != old.admin),
            ("the channel", self.channel != old.channel),
            ("the size of the pool", self.lanes.exclusive != old.lanes.exclusive),
        ];
        for (what, _) in differs.iter().filter(|(_, differs)| *differs) {
            tracing::warn!("{what} has changed in the settings and holds after a restart");
        }
        self.own_url.clone_from(&old.own_url);
        self.mailbox.clone_from(&old.mailbox);
        (self.bind, self.port, self.admin) = (old.bind, old.port, old.admin);
        self.unix_socket.clone_from(&old.unix_socket);
        self.channel.clone_from(&old.channel);
        self.target.clone_from(&old.target);
        self.lanes.exclusive = old.lanes.exclusive;
    }
}

/// What `server.log_level` asks for. PostgreSQL's and PostgREST's `crit` has no level of its own here.
pub(crate) fn log_level(config: &Config) -> &'static str {
    match config.text("server.log_level") {
        Some("crit" | "error") => "error",
        Some("warn") => "warn",
        Some("debug") => "debug",
        _ => "info",
    }
}

fn api(config: &Config) -> ApiOptions {
    ApiOptions {
        schemas: config.api_schemas(),
        extra_search_path: config.list("api.extra_search_path"),
        base_path: config.text("api.base_path").unwrap_or_default().trim_end_matches('/').to_owned(),
        max_rows: Some(config.number("server.max_rows", 0)).filter(|rows| *rows > 0),
        pre_request: config.function("api.pre_request"),
        hoisted_settings: config.list("api.hoisted_settings"),
        statement_timeouts: config.statement_timeouts(),
        aggregates: config.is_on("api.aggregates"),
        plan: config.is_on("api.plan"),
        timezone: config.is_on("api.timezone"),
        tx_end: match config.text("api.tx_end") {
            Some("commit-allow-override") => TxEnd::CommitAllowOverride,
            Some("rollback") => TxEnd::Rollback,
            Some("rollback-allow-override") => TxEnd::RollbackAllowOverride,
            _ => TxEnd::Commit,
        },
        root_spec: config.function("api.root_spec"),
        openapi: match config.text("api.openapi") {
            Some("ignore-privileges") => OpenApiMode::IgnorePrivileges,
            Some("disabled") => OpenApiMode::Disabled,
            _ => OpenApiMode::FollowPrivileges,
        },
        openapi_security: config.is_on("api.openapi_security"),
        openapi_server: config.text("api.openapi_server").map(str::to_owned),
        max_embed_depth: config.number("api.max_embed_depth", 8),
        max_batch: config.number("api.max_batch", 100),
        max_cost: Some(config.number("api.max_cost", 0_u32)).filter(|cost| *cost > 0).map(f64::from),
        require_if_match: config.list("api.require_if_match").iter().map(|name| relation(config, name)).collect(),
        soft_delete: config.is_on("api.soft_delete"),
        ..ApiOptions::default()
    }
}

/// A table of the first schema, unless its name says another.
fn relation(config: &Config, name: &str) -> QualifiedName {
    match QualifiedName::parse_prefix(name) {
        Some((name, "")) => name,
        _ => QualifiedName::new(config.api_schemas().first().map_or("public", String::as_str), name),
    }
}

fn lanes(config: &Config) -> LaneOptions {
    let own = api(config).session_settings();
    let app = config.list("api.app_settings");
    let app = app.iter().filter_map(|pair| pair.split_once('='));
    let app = app.map(|(name, value)| (format!("app.settings.{name}"), value.to_owned()));
    let statement_timeout = seconds(config, "server.request_timeout_seconds", 30);
    let defaults = LaneOptions::default();
    LaneOptions {
        exclusive: config.number("server.pool_size", 10),
        statement_timeout,
        // Whoever leaves limits of statements to the database leaves it those of their waiting for locks, too.
        lock_timeout: if statement_timeout.is_zero() { Duration::ZERO } else { defaults.lock_timeout },
        acquire_timeout: seconds(config, "server.pool_wait_seconds", 10),
        idle_check: seconds(config, "server.pool_idle_seconds", 15),
        session_settings: own.into_iter().chain(app).collect(),
        ..defaults
    }
}

fn gate(config: &Config, target: &Target, anonymous_role: Option<&str>) -> GateOptions {
    let defaults = GateOptions::default();
    let mut refused_roles = defaults.refused_roles;
    refused_roles.push(target.user.as_str().into());
    GateOptions {
        anonymous_role: anonymous_role.map(Into::into),
        refused_roles,
        max_body: config.number("server.max_body_bytes", defaults.max_body),
        error_verbosity: match config.text("server.error_verbosity") {
            Some("minimal") => Verbosity::Minimal,
            _ => Verbosity::Verbose,
        },
        cors: CorsOptions { origins: config.parsed("server.cors_origins").unwrap_or_default(), ..defaults.cors },
        limits: RateLimits {
            per_address: rate(config, "server.rate_per_address", "server.burst_per_address"),
            per_token: rate(config, "server.rate_per_token", "server.burst_per_token"),
        },
        trusted_proxies: config.parsed("server.trusted_proxies").unwrap_or_default(),
        trace_header: config.text("server.trace_header").and_then(|name| howdah_http::trace_header(name).ok()),
        server_timing: config.is_on("server.timing"),
        ..defaults
    }
}

fn rate(config: &Config, requests: &str, burst: &str) -> Option<Rate> {
    let requests = config.number(requests, 0);
    (requests > 0).then(|| Rate { requests, per: Duration::from_secs(1), burst: config.number(burst, 500) })
}

fn auth(config: &Config) -> AuthOptions {
    let defaults = AuthOptions::default();
    AuthOptions {
        signup: config.is_on("auth.signup"),
        anonymous_sign_in: config.is_on("auth.anonymous_sign_in"),
        confirm_email: config.is_on("auth.confirm_email"),
        site_url: config.text("auth.site_url").map_or(defaults.site_url, str::to_owned),
        redirect_urls: config.list("auth.redirect_urls"),
        external_url: config.text("auth.external_url").map(|url| url.trim_end_matches('/').to_owned()),
        own_url: None,
        both_addresses: config.is_on("auth.mail_both_addresses"),
        issuer: config.text("auth.issuer").map_or(defaults.issuer, str::to_owned),
        audience: config.text("jwt.audience").map_or(defaults.audience, str::to_owned),
        access_token: seconds(config, "auth.access_token_seconds", defaults.access_token.as_secs()),
        session_idle: seconds(config, "auth.session_idle_seconds", defaults.session_idle.as_secs()),
        session: seconds(config, "auth.session_seconds", defaults.session.as_secs()),
        refresh_grace: seconds(config, "auth.refresh_grace_seconds", defaults.refresh_grace.as_secs()),
        reauthentication: seconds(config, "auth.reauthentication_seconds", defaults.reauthentication.as_secs()),
        one_time_token: seconds(config, "auth.one_time_token_seconds", defaults.one_time_token.as_secs()),
        password_min_length: config.number("auth.password_min_length", defaults.password_min_length),
        failures_per_account: config.number("auth.failures_per_account", defaults.failures_per_account),
        failures_per_address: config.number("auth.failures_per_address", defaults.failures_per_address),
        requests_per_address: config.number("auth.requests_per_address", defaults.requests_per_address),
        mail_interval: seconds(config, "auth.mail_interval_seconds", defaults.mail_interval.as_secs()),
        cookies: config.is_on("auth.cookies"),
        secure_cookies: config.is_on("auth.secure_cookies"),
    }
}

fn mail(config: &Config) -> MailSettings {
    MailSettings {
        name: config.text("auth.mail_name").unwrap_or("Howdah").to_owned(),
        from: config.text("auth.mail_from").map(str::to_owned),
        allow_plain: config.is_on("auth.mail_allow_plain"),
        ca_file: config.text("auth.mail_ca_file").map(PathBuf::from),
    }
}

fn tokens(config: &Config, surface: Surface) -> TokenOptions {
    let auth = auth(config);
    TokenOptions {
        // In PostgREST's place nobody issues tokens in our name, and all follow PostgREST's rules.
        own: (surface == Surface::Howdah).then_some(OwnTokens { issuer: auth.issuer, audience: auth.audience }),
        audience: config.text("jwt.audience").map(str::to_owned),
        issuer: config.text("jwt.issuer").map(str::to_owned),
        require_audience: config.is_on("jwt.require_audience"),
        require_exp: config.is_on("jwt.require_exp"),
        role_path: config.parsed("jwt.role_claim").unwrap_or_default(),
        remembered: config.number("jwt.cache_entries", 1000),
    }
}

fn unix_socket(config: &Config) -> Option<(PathBuf, u32)> {
    let mode = u32::from_str_radix(config.text("server.unix_socket_mode")?, 8).ok()?;
    Some((PathBuf::from(config.text("server.unix_socket")?), mode))
}

fn admin(config: &Config) -> Option<SocketAddr> {
    let (port, _) = config.get("server.admin_port")?;
    let bind = config.parsed("server.admin_bind").unwrap_or_else(|| config.bind());
    Some(SocketAddr::new(bind, port.to_string().parse().ok()?))
}

fn seconds(config: &Config, name: &str, otherwise: u64) -> Duration {
    Duration::from_secs(config.number(name, otherwise))
}
