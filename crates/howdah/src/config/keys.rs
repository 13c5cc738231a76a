//! Every setting of `howdah.toml`: its name, type, default and meaning, in one table.
//!
//! The environment variable of `section.key` is `HOWDAH_SECTION_KEY`; `database.url` is also read from DATABASE_URL,
//! because that is what every host sets. A test keeps the table printable and the names free of clashes.

use super::value::Kind;

/// One setting.
#[derive(Debug)]
pub(crate) struct Key {
    /// `section.key`.
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// As it would be written in the environment; none where there is no fixed default.
    pub(crate) default: Option<&'static str>,
    /// One line for `config show` and for the docs.
    pub(crate) about: &'static str,
}

/// The words `database.environment` accepts.
pub(crate) const ENVIRONMENTS: &[&str] = &["development", "staging", "production"];

/// The words of `api.tx_end`, `api.openapi`, `server.log_level` and `server.error_verbosity` are PostgREST's.
pub(crate) const TX_ENDS: &[&str] = &["commit", "commit-allow-override", "rollback", "rollback-allow-override"];
pub(crate) const OPENAPI_MODES: &[&str] = &["follow-privileges", "ignore-privileges", "disabled"];
pub(crate) const LOG_LEVELS: &[&str] = &["crit", "error", "warn", "info", "debug"];

pub(crate) const VERBOSITIES: &[&str] = &["verbose", "minimal"];

/// What `server.max_body_bytes` can be at the most: bodies are held in memory.
pub(crate) const LARGEST_BODY: i64 = 1_073_741_824;

/// All settings, in the order they are shown.
pub(crate) const KEYS: &[Key] = &[
    Key {
        name: "project.name",
        kind: Kind::Text,
        default: None,
        about: "What the project is called; by default its folder's name",
    },
    Key {
        name: "project.template",
        kind: Kind::OneOf(&["personal", "content", "commerce", "empty"]),
        default: None,
        about: "The template the project began with",
    },
    Key {
        name: "database.url",
        kind: Kind::Url,
        default: None,
        about: "The database to work on, without a password; by default the project's private cluster",
    },
    Key {
        name: "database.name",
        kind: Kind::Text,
        default: None,
        about: "The database in the private cluster; by default made from the project's name",
    },
    Key {
        name: "database.environment",
        kind: Kind::OneOf(ENVIRONMENTS),
        default: None,
        about: "What database.url is: destructive work asks more in production, and unknown counts as production",
    },
    Key {
        name: "schema.path",
        kind: Kind::Path,
        default: Some("schema"),
        about: "The folder of SQL files that say what the database should look like",
    },
    Key { name: "migrations.path", kind: Kind::Path, default: Some("migrations"), about: "The folder of migrations" },
    Key {
        name: "scratch.url",
        kind: Kind::Url,
        default: None,
        about: "The server on which schemas are tried out, used for nothing else; by default a private one",
    },
    Key {
        name: "database.settings",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether pgrst.* settings of the login role, and what database.pre_config sets, go over these here",
    },
    Key {
        name: "database.pre_config",
        kind: Kind::Function,
        default: None,
        about: "A function that is called for its pgrst.* settings when the server reads its settings",
    },
    Key {
        name: "database.listen",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether `howdah serve` notices when schema, roles and settings change, over a connection of its own",
    },
    Key {
        name: "database.channel",
        kind: Kind::Text,
        default: Some("pgrst"),
        about: "The channel on which NOTIFY asks for it: 'reload schema', 'reload config', or nothing for both",
    },
    Key {
        name: "api.schemas",
        kind: Kind::List { least: 1 },
        default: Some("public"),
        about: "The schemas that are served; the first is the default one",
    },
    Key {
        name: "api.base_path",
        kind: Kind::Text,
        default: Some("/rest/v1"),
        about: "Where the API stands; `/` is the root of the server",
    },
    Key {
        name: "api.anonymous_role",
        kind: Kind::Text,
        default: Some("anon"),
        about: "The database role of requests without a token; `none` refuses them",
    },
    Key {
        name: "api.extra_search_path",
        kind: Kind::List { least: 0 },
        default: Some("public"),
        about: "Schemas whose types, operators and functions are found without their schema, but are not served",
    },
    Key {
        name: "api.pre_request",
        kind: Kind::Function,
        default: None,
        about: "A function that is called at the beginning of every request, in its transaction and role",
    },
    Key {
        name: "api.hoisted_settings",
        kind: Kind::List { least: 0 },
        default: Some("statement_timeout,plan_filter.statement_cost_limit,default_transaction_isolation"),
        about: "Settings of a function (CREATE FUNCTION … SET) that hold for the whole transaction in which it is called",
    },
    Key {
        name: "api.statement_timeouts",
        kind: Kind::List { least: 0 },
        default: None,
        about: "How long one statement of a role may take, each as ROLE=TIME like anon=3s; what the role itself says goes before",
    },
    Key {
        name: "api.app_settings",
        kind: Kind::List { least: 0 },
        default: None,
        about: "What functions find as current_setting('app.settings.NAME'), each as NAME=VALUE; no secrets in the file",
    },
    Key {
        name: "api.aggregates",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether select may hold count(), sum(), avg(), min() and max()",
    },
    Key {
        name: "api.plan",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether Accept: application/vnd.pgrst.plan answers the plan of a request",
    },
    Key {
        name: "api.timezone",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether Prefer: timezone= is heeded",
    },
    Key {
        name: "api.tx_end",
        kind: Kind::OneOf(TX_ENDS),
        default: Some("commit"),
        about: "How transactions end, and whether Prefer: tx= may say otherwise",
    },
    Key {
        name: "api.root_spec",
        kind: Kind::Function,
        default: None,
        about: "A function that answers at the API's root instead of the generated description",
    },
    Key {
        name: "api.openapi",
        kind: Kind::OneOf(OPENAPI_MODES),
        default: Some("follow-privileges"),
        about: "What the description at the API's root lists",
    },
    Key {
        name: "api.openapi_security",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether the description says that requests carry a token",
    },
    Key {
        name: "api.openapi_server",
        kind: Kind::WebAddress,
        default: None,
        about: "The API's address as clients see it, for the description; by default where it was asked",
    },
    Key {
        name: "api.max_embed_depth",
        kind: Kind::Integer { least: 1, most: 16 },
        default: Some("8"),
        about: "How many levels deep one request may embed relations",
    },
    Key {
        name: "api.max_batch",
        kind: Kind::Integer { least: 1, most: 100_000 },
        default: Some("100"),
        about: "How many operations one batch may hold",
    },
    Key {
        name: "api.max_cost",
        kind: Kind::Integer { least: 0, most: 4_000_000_000 },
        default: Some("0"),
        about: "What a statement may cost by the planner's estimate; 0 is no limit and saves asking",
    },
    Key {
        name: "api.require_if_match",
        kind: Kind::List { least: 0 },
        default: None,
        about: "The tables, schema.name, whose rows are changed and deleted only under If-Match",
    },
    Key {
        name: "api.soft_delete",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether DELETE marks rows of tables that have deleted_at, and reads leave marked rows out",
    },
    Key {
        name: "jwt.audience",
        kind: Kind::Text,
        default: None,
        about: "The audience (aud) that tokens must be for, if they name one",
    },
    Key {
        name: "jwt.issuer",
        kind: Kind::Text,
        default: None,
        about: "Whose tokens (iss) are accepted; without it, those of anybody who has a key",
    },
    Key {
        name: "jwt.role_claim",
        kind: Kind::RolePath,
        default: Some(".role"),
        about: "Where a token says which role it is for",
    },
    Key {
        name: "jwt.require_exp",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether tokens that never expire are refused",
    },
    Key {
        name: "jwt.require_audience",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether tokens that name no audience are refused",
    },
    Key {
        name: "jwt.cache_entries",
        kind: Kind::Integer { least: 0, most: 1_000_000 },
        default: Some("1000"),
        about: "How many verified tokens are remembered; 0 is none",
    },
    Key {
        name: "jwt.secret_is_base64",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether HOWDAH_JWT_SECRET is in base64",
    },
    Key {
        name: "auth.signup",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether strangers may make themselves an account at /auth/v1/signup",
    },
    Key {
        name: "auth.anonymous_sign_in",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether somebody may have an account without saying who they are",
    },
    Key {
        name: "auth.confirm_email",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether an address must be proven by mail first; without it, signing up tells whether an address is known",
    },
    Key {
        name: "auth.site_url",
        kind: Kind::WebAddress,
        default: Some("http://localhost:3000"),
        about: "Where links in mails lead in the end, if the request does not say",
    },
    Key {
        name: "auth.redirect_urls",
        kind: Kind::List { least: 0 },
        default: None,
        about: "Where a request may have links lead besides auth.site_url: URLs, or ones that end in /*",
    },
    Key {
        name: "auth.external_url",
        kind: Kind::WebAddress,
        default: None,
        about: "The server's address as people reach it, for links in mails; by default the one it listens on",
    },
    Key {
        name: "auth.issuer",
        kind: Kind::Text,
        default: Some("howdah/auth"),
        about: "The issuer (iss) of the tokens of sessions; tokens that name it must be complete",
    },
    Key {
        name: "auth.access_token_seconds",
        kind: Kind::Integer { least: 30, most: 86_400 },
        default: Some("3600"),
        about: "How long an access token is good for, in seconds",
    },
    Key {
        name: "auth.session_idle_seconds",
        kind: Kind::Integer { least: 60, most: 315_360_000 },
        default: Some("604800"),
        about: "How long a session may lie unused, in seconds",
    },
    Key {
        name: "auth.session_seconds",
        kind: Kind::Integer { least: 60, most: 315_360_000 },
        default: Some("2592000"),
        about: "How long a session may last in all, in seconds",
    },
    Key {
        name: "auth.refresh_grace_seconds",
        kind: Kind::Integer { least: 0, most: 60 },
        default: Some("10"),
        about: "How long a refresh token that was just used works once more, for two tabs that refresh at once",
    },
    Key {
        name: "auth.reauthentication_seconds",
        kind: Kind::Integer { least: 0, most: 86_400 },
        default: Some("300"),
        about: "How long after a sign-in changing password or address does not ask for the password again",
    },
    Key {
        name: "auth.one_time_token_seconds",
        kind: Kind::Integer { least: 60, most: 86_400 },
        default: Some("3600"),
        about: "How long codes and links in mails are good for, in seconds",
    },
    Key {
        name: "auth.password_min_length",
        kind: Kind::Integer { least: 8, most: 64 },
        default: Some("8"),
        about: "The fewest characters of a new password",
    },
    Key {
        name: "auth.failures_per_account",
        kind: Kind::Integer { least: 0, most: 10_000 },
        default: Some("10"),
        about: "Wrong passwords for one account from one network in 15 minutes; 0 is no limit",
    },
    Key {
        name: "auth.failures_per_address",
        kind: Kind::Integer { least: 0, most: 1_000_000 },
        default: Some("100"),
        about: "Wrong passwords from one network in 15 minutes, whichever the accounts; 0 is no limit",
    },
    Key {
        name: "auth.requests_per_address",
        kind: Kind::Integer { least: 0, most: 1_000_000 },
        default: Some("100"),
        about: "Sign-ups and requests for mails from one network in an hour; 0 is no limit",
    },
    Key {
        name: "auth.mail_interval_seconds",
        kind: Kind::Integer { least: 0, most: 86_400 },
        default: Some("60"),
        about: "How long to wait between two mails to one address, in seconds",
    },
    Key {
        name: "auth.mail_from",
        kind: Kind::Text,
        default: None,
        about: "The address that mails come from, without a name; needed with HOWDAH_SMTP_URL",
    },
    Key {
        name: "auth.mail_name",
        kind: Kind::Text,
        default: Some("Howdah"),
        about: "What mails call the application: in their subjects and as the name of the sender",
    },
    Key {
        name: "auth.mail_both_addresses",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether a change of address has to be confirmed from the old address too",
    },
    Key {
        name: "auth.mail_allow_plain",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether mails may go to another machine unencrypted, if its mail server offers no TLS",
    },
    Key {
        name: "auth.mail_ca_file",
        kind: Kind::Text,
        default: None,
        about: "A file of certificates (PEM) to trust for the mail server, beside those of the system",
    },
    Key {
        name: "auth.cookies",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether browsers may keep their tokens in cookies that scripts cannot read",
    },
    Key {
        name: "auth.secure_cookies",
        kind: Kind::Boolean,
        default: Some("true"),
        about: "Whether those cookies travel over HTTPS only",
    },
    Key {
        name: "audit.sealer_url",
        kind: Kind::Url,
        default: None,
        about: "The login of howdah_sealer, which seals the audit trail; by default that of the private cluster",
    },
    Key {
        name: "audit.trusted_keys",
        kind: Kind::List { least: 0 },
        default: None,
        about: "Public keys whose signatures under the audit trail count, beside the one of HOWDAH_AUDIT_KEY",
    },
    Key {
        name: "audit.checkpoint_events",
        kind: Kind::Integer { least: 1, most: 1_000_000 },
        default: Some("1000"),
        about: "After how many sealed events a checkpoint is signed",
    },
    Key {
        name: "audit.checkpoint_seconds",
        kind: Kind::Integer { least: 1, most: 86_400 },
        default: Some("300"),
        about: "How old the last checkpoint may be when there are newer seals, in seconds",
    },
    Key {
        name: "audit.retention_days",
        kind: Kind::Integer { least: 0, most: 36_500 },
        default: Some("0"),
        about: "Months of the audit trail are dropped when all of it is so many days old; 0 keeps everything",
    },
    Key {
        name: "server.bind",
        kind: Kind::Text,
        default: Some("127.0.0.1"),
        about: "The address `howdah serve` listens on; `howdah dev` always listens on 127.0.0.1",
    },
    Key {
        name: "server.port",
        kind: Kind::Integer { least: 0, most: 65_535 },
        default: Some("8080"),
        about: "The port; `howdah dev` takes the next free one from here, 0 is any free one",
    },
    Key {
        name: "server.unix_socket",
        kind: Kind::Text,
        default: None,
        about: "A Unix socket to listen on instead of the port",
    },
    Key {
        name: "server.unix_socket_mode",
        kind: Kind::FileMode,
        default: Some("660"),
        about: "Who may use that socket",
    },
    Key {
        name: "server.admin_bind",
        kind: Kind::Text,
        default: None,
        about: "The address of the port for administrators; by default server.bind",
    },
    Key {
        name: "server.admin_port",
        kind: Kind::Integer { least: 1, most: 65_535 },
        default: None,
        about: "A port of its own for /live, /ready, /metrics and /schema_cache",
    },
    Key {
        name: "server.cors_origins",
        kind: Kind::List { least: 0 },
        default: Some("*"),
        about: "Whose web pages may use the API, like https://example.com; * is everybody's, without cookies",
    },
    Key {
        name: "server.trusted_proxies",
        kind: Kind::List { least: 0 },
        default: None,
        about: "Proxies whose X-Forwarded-For is believed: addresses, networks like 10.0.0.0/8, or unix",
    },
    Key {
        name: "server.rate_per_address",
        kind: Kind::Integer { least: 0, most: 1_000_000 },
        default: Some("0"),
        about: "Requests a second from one address; 0 is no limit. Behind a proxy, set server.trusted_proxies first",
    },
    Key {
        name: "server.burst_per_address",
        kind: Kind::Integer { least: 1, most: 1_000_000 },
        default: Some("500"),
        about: "How many of them may come at once after a pause",
    },
    Key {
        name: "server.rate_per_token",
        kind: Kind::Integer { least: 0, most: 1_000_000 },
        default: Some("0"),
        about: "Requests a second of one token's subject; 0 is no limit",
    },
    Key {
        name: "server.burst_per_token",
        kind: Kind::Integer { least: 1, most: 1_000_000 },
        default: Some("500"),
        about: "How many of them may come at once after a pause",
    },
    Key {
        name: "server.trace_header",
        kind: Kind::TraceHeader,
        default: None,
        about: "A header of requests that answers repeat",
    },
    Key {
        name: "server.timing",
        kind: Kind::Boolean,
        default: Some("false"),
        about: "Whether answers say in Server-Timing what took how long",
    },
    Key {
        name: "server.error_verbosity",
        kind: Kind::OneOf(VERBOSITIES),
        default: Some("verbose"),
        about: "Whether errors have details and hint",
    },
    Key {
        name: "server.max_body_bytes",
        kind: Kind::Integer { least: 1_024, most: LARGEST_BODY },
        default: Some("10485760"),
        about: "The largest request body that is read, in bytes",
    },
    Key {
        name: "server.max_rows",
        kind: Kind::Integer { least: 0, most: 1_000_000_000 },
        default: Some("1000"),
        about: "The most rows that one answer holds; 0 is no limit",
    },
    Key {
        name: "server.pool_size",
        kind: Kind::Integer { least: 1, most: 1_000 },
        default: Some("10"),
        about: "The most connections to PostgreSQL",
    },
    Key {
        name: "server.pool_wait_seconds",
        kind: Kind::Integer { least: 1, most: 3_600 },
        default: Some("10"),
        about: "How long a request waits for a connection to come free, in seconds",
    },
    Key {
        name: "server.pool_idle_seconds",
        kind: Kind::Integer { least: 1, most: 86_400 },
        default: Some("15"),
        about: "How long a connection may lie idle before it is closed, in seconds",
    },
    Key {
        name: "server.pool_lifetime_seconds",
        kind: Kind::Integer { least: 0, most: 604_800 },
        default: Some("0"),
        about: "How old a connection may become before it is replaced, in seconds; 0 is no limit",
    },
    Key {
        name: "server.request_timeout_seconds",
        kind: Kind::Integer { least: 0, most: 3_600 },
        default: Some("30"),
        about: "How long one statement may take, in seconds; 0 leaves it to the database",
    },
    Key {
        name: "server.log_level",
        kind: Kind::OneOf(LOG_LEVELS),
        default: Some("info"),
        about: "What is logged, each with all before it; HOWDAH_LOG says it more finely",
    },
];

/// The setting of that name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The variables a setting is read from; the first that is set wins.
pub(crate) fn variables(key: &Key) -> Vec<String> {
    let own = format!("HOWDAH_{}", key.name.replace('.', "_").to_uppercase());
    if key.name == "database.url" { vec![own, "DATABASE_URL".to_owned()] } else { vec![own] }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{KEYS, variables};

    #[test]
    fn names_are_unique_and_defaults_fit_their_kind() {
        let mut names = BTreeSet::new();
        for key in KEYS {
            assert!(names.insert(key.name), "{} twice", key.name);
            for variable in variables(key) {
                assert!(names.insert(Box::leak(variable.into_boxed_str())), "{} twice", key.name);
            }
            if let Some(default) = key.default {
                assert!(key.kind.read_text(default).is_some(), "{}: {default}", key.name);
            }
        }
    }
}
