//! Every setting that PostgREST 14 documents, in one table: what it is called, and which key of `howdah.toml` it stands
//! for. The reader, the refusals and the table in docs/serving.md all come from here.

/// One setting of PostgREST.
#[derive(Debug)]
pub(crate) struct Setting {
    /// As in the file; `PGRST_DB_MAX_ROWS` in the environment and `pgrst.db_max_rows` in the database follow from it.
    pub(crate) name: &'static str,
    /// Older names, looked at when the setting has no value under its own.
    pub(crate) aliases: &'static [&'static str],
    /// PostgREST's default as text; none where it is unset by default.
    pub(crate) default: Option<&'static str>,
    pub(crate) reading: Reading,
    pub(crate) counterpart: Counterpart,
    /// May also be set in the database.
    pub(crate) in_database: bool,
    /// Takes effect when the configuration is read anew; the others when the server starts.
    pub(crate) reloadable: bool,
}

/// How the text of a setting becomes the value of its counterpart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As the key's kind reads it; an empty text is no value.
    Plain,
    /// Separated by commas, and empty means none at all.
    EmptyableList,
    /// `true`, `True`, `"true"`, or a number above zero.
    Boolean,
    /// `schema.function` in bare names, which PostgreSQL would fold to lower case unquoted.
    Function,
    /// An address, a host name, or one of `*`, `*4`, `!4`, `*6`, `!6`.
    Host,
    /// A connection string or `@file`.
    Connection,
    /// Text, a JSON Web Key or a set of them, or `@file`.
    Secret,
}

/// What stands for a setting on Howdah's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counterpart {
    /// This key of `howdah.toml`.
    Key(&'static str),
    /// This variable of the environment: secrets never stand in the file.
    Variable(&'static str),
    /// None: only the value that PostgREST has by default is taken, and the text says why.
    DefaultOnly(&'static str),
}

/// The environment variable of a setting or alias.
pub(super) fn variable(name: &str) -> String {
    format!("PGRST_{}", name.replace('-', "_").to_uppercase())
}

/// The setting that is called so, today or in older versions.
pub(super) fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name || setting.aliases.contains(&name))
}

/// A setting that older versions had and PostgREST 14 has no more.
#[derive(Debug)]
pub(super) struct Gone {
    pub(super) name: &'static str,
    /// Without it, the same is served.
    pub(super) is_harmless: bool,
    pub(super) why: &'static str,
}

pub(super) const GONE: &[Gone] = &[
    Gone { name: "jwt-cache-max-lifetime", is_harmless: true, why: "jwt-cache-max-entries has replaced it" },
    Gone { name: "db-use-legacy-gucs", is_harmless: false, why: "claims, headers and cookies are JSON settings" },
    Gone { name: "raw-media-types", is_harmless: false, why: "media type handlers have replaced it" },
    Gone { name: "server-proxy-uri", is_harmless: false, why: "it is called openapi-server-proxy-uri" },
];

const fn key(name: &'static str, key: &'static str, default: Option<&'static str>) -> Setting {
    Setting {
        name,
        aliases: &[],
        default,
        reading: Reading::Plain,
        counterpart: Counterpart::Key(key),
        in_database: false,
        reloadable: false,
    }
}

impl Setting {
    const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    const fn secret(mut self, variable: &'static str) -> Self {
        self.reading = Reading::Secret;
        self.counterpart = Counterpart::Variable(variable);
        self
    }

    const fn default_only(mut self, why: &'static str) -> Self {
        self.counterpart = Counterpart::DefaultOnly(why);
        self
    }

    const fn reloadable(mut self) -> Self {
        self.reloadable = true;
        self
    }

    const fn in_database(mut self) -> Self {
        self.in_database = true;
        self.reloadable()
    }
}

/// Settings that PostgREST does not have, with the values that make Howdah behave as if it did not have them either. They
/// hold unless the environment (`HOWDAH_…`) says otherwise.
pub(crate) const BESIDES: &[(&str, &str)] = &[
    ("api.base_path", "/"),
    ("api.soft_delete", "false"),
    ("api.max_embed_depth", "16"),
    ("jwt.require_exp", "false"),
    ("server.max_body_bytes", "1073741824"),
    ("server.request_timeout_seconds", "0"),
];

/// All settings, as PostgREST's reference lists them. `app.settings.*`, which is a family, is read beside the table.
pub(crate) const SETTINGS: &[Setting] = &[
    key("admin-server-host", "server.admin_bind", None).reading(Reading::Host),
    key("admin-server-port", "server.admin_port", None),
    key("client-error-verbosity", "server.error_verbosity", Some("verbose")).in_database(),
    key("db-aggregates-enabled", "api.aggregates", Some("false")).reading(Reading::Boolean).in_database(),
    key("db-anon-role", "api.anonymous_role", None).in_database(),
    key("db-channel", "database.channel", Some("pgrst")),
    key("db-channel-enabled", "database.listen", Some("true")).reading(Reading::Boolean),
    key("db-config", "database.settings", Some("true")).reading(Reading::Boolean).reloadable(),
    key("db-extra-search-path", "api.extra_search_path", Some("public")).reading(Reading::EmptyableList).in_database(),
    key(
        "db-hoisted-tx-settings",
        "api.hoisted_settings",
        Some("statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation"),
    )
    .reading(Reading::EmptyableList)
    .in_database(),
    key("db-max-rows", "server.max_rows", None).aliases(&["max-rows"]).in_database(),
    key("db-plan-enabled", "api.plan", Some("false")).reading(Reading::Boolean).in_database(),
    key("db-pool", "server.pool_size", Some("10")),
    key("db-pool-acquisition-timeout", "server.pool_wait_seconds", Some("10")),
    key("db-pool-automatic-recovery", "", Some("true"))
        .reading(Reading::Boolean)
        .default_only("the server always goes on when the database comes back")
        .reloadable(),
    key("db-pool-max-idletime", "server.pool_idle_seconds", Some("30")).aliases(&["db-pool-timeout"]),
    key("db-pool-max-lifetime", "server.pool_lifetime_seconds", Some("1800")),
    key("db-pre-config", "database.pre_config", None).reading(Reading::Function).in_database(),
    key("db-pre-request", "api.pre_request", None).aliases(&["pre-request"]).reading(Reading::Function).in_database(),
    key("db-prepared-statements", "", Some("true"))
        .reading(Reading::Boolean)
        .default_only(
            "its connections keep prepared statements: connect to PostgreSQL, not to a pooler in transaction mode",
        )
        .in_database(),
    key("db-root-spec", "api.root_spec", None).aliases(&["root-spec"]).reading(Reading::Function).in_database(),
    key("db-schemas", "api.schemas", Some("public")).aliases(&["db-schema"]).in_database(),
    key("db-timezone-enabled", "api.timezone", Some("true")).reading(Reading::Boolean).in_database(),
    key("db-tx-end", "api.tx_end", Some("commit")).in_database(),
    key("db-uri", "database.url", Some("postgresql://")).reading(Reading::Connection),
    key("jwt-aud", "jwt.audience", None).in_database(),
    key("jwt-cache-max-entries", "jwt.cache_entries", Some("1000")).in_database(),
    key("jwt-role-claim-key", "jwt.role_claim", Some(".role")).aliases(&["role-claim-key"]).in_database(),
    key("jwt-secret", "", None).secret("HOWDAH_JWT_SECRET").in_database(),
    key("jwt-secret-is-base64", "jwt.secret_is_base64", Some("false"))
        .aliases(&["secret-is-base64"])
        .reading(Reading::Boolean)
        .in_database(),
    key("log-level", "server.log_level", Some("error")),
    key("log-query", "", Some("false"))
        .reading(Reading::Boolean)
        .default_only("statements are not logged here; PostgreSQL's log_statement does it"),
    key("openapi-mode", "api.openapi", Some("follow-privileges")).in_database(),
    key("openapi-security-active", "api.openapi_security", Some("false")).reading(Reading::Boolean).in_database(),
    key("openapi-server-proxy-uri", "api.openapi_server", None).in_database(),
    key("server-cors-allowed-origins", "server.cors_origins", None).in_database(),
    key("server-host", "server.bind", Some("!4")).reading(Reading::Host),
    key("server-port", "server.port", Some("3000")),
    key("server-timing-enabled", "server.timing", Some("false")).reading(Reading::Boolean).in_database(),
    key("server-trace-header", "server.trace_header", None).in_database(),
    key("server-unix-socket", "server.unix_socket", None),
    key("server-unix-socket-mode", "server.unix_socket_mode", Some("660")),
];
