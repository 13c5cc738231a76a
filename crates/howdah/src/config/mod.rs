//! The settings of a project: flag > environment > `howdah.toml` > default, each knowing where it came from.
//!
//! Deliberately not here: secrets. They come from the environment or from the cluster's private folder, and
//! `howdah.toml`, which git keeps, refuses them.

mod environments;
mod file;
pub(crate) mod keys;
mod lint;
pub(crate) mod postgrest;
mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use environments::{Address, DeclaredEnvironment};
use howdah_http::{AllowedOrigins, TrustedProxies};
use howdah_pg::time_setting;
use howdah_schema::QualifiedName;
use howdah_schema::lint::Allowance;
use keys::{KEYS, Key};
pub(crate) use value::Value;

use crate::failure::Failure;

/// The file that makes a folder a project.
pub(crate) const FILE_NAME: &str = "howdah.toml";

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag(&'static str),
    Environment(String),
    File {
        path: PathBuf,
        line: usize,
    },
    /// What the database says, and who set it there.
    Database(String),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => f.write_str(flag),
            Self::Environment(variable) => write!(f, "${variable}"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Database(by) => write!(f, "the database, {by}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value given by a flag of the command.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    pub(crate) key: &'static str,
    pub(crate) flag: &'static str,
    pub(crate) value: Value,
}

/// All settings, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    entries: BTreeMap<&'static str, (Value, Origin)>,
    environments: BTreeMap<String, DeclaredEnvironment>,
    lint_allow: Vec<Allowance>,
}

impl Config {
    /// Reads the settings that hold in the project at `root` (none: the environment and the defaults alone).
    ///
    /// # Errors
    /// An unreadable file, and anything in it or in the environment that is no valid setting.
    pub(crate) fn load(root: Option<&Path>, overrides: &[Override]) -> Result<Self, Failure> {
        Self::load_from(root, overrides, |name| std::env::var(name).ok())
    }

    pub(crate) fn load_from(
        root: Option<&Path>,
        overrides: &[Override],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let file = match root {
            Some(root) => {
                let path = root.join(FILE_NAME);
                let text = std::fs::read_to_string(&path).map_err(|error| Failure::io("read", &path, &error))?;
                file::parse(&path, &text)?
            }
            None => file::FileSettings::default(),
        };
        let mut entries = BTreeMap::new();
        for key in KEYS {
            if let Some(entry) = resolve(key, &file, overrides, &environment)? {
                entries.insert(key.name, entry);
            }
        }
        if let Some(root) = root {
            for (name, value) in [("project.name", project_name(root)), ("database.name", String::new())] {
                entries.entry(name).or_insert((Value::Text(value), Origin::Default));
            }
            if let Some((Value::Text(name), Origin::Default)) = entries.get("database.name")
                && name.is_empty()
            {
                let made = database_name(text(&entries, "project.name").unwrap_or_default());
                entries.insert("database.name", (Value::Text(made), Origin::Default));
            }
        }
        let config = Self { entries, environments: file.environments, lint_allow: file.lint_allow };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), Failure> {
        for name in ["server.bind", "server.admin_bind"] {
            if let Some((Value::Text(bind), origin)) = self.get(name)
                && bind.parse::<IpAddr>().is_err()
            {
                return Err(wrong(name, bind, "an IP address, like 127.0.0.1 or 0.0.0.0", origin));
            }
        }
        if let Some((port, origin)) = self.get("server.admin_port")
            && self.get("server.port").is_some_and(|(server, _)| server == port)
        {
            return Err(wrong("server.admin_port", &port.to_string(), "another than server.port", origin));
        }
        if let Some((origins, origin)) = self.get("server.cors_origins")
            && let Err(error) = origins.to_string().parse::<AllowedOrigins>()
        {
            return Err(wrong("server.cors_origins", &origins.to_string(), &error.to_string(), origin));
        }
        if let Some((proxies, origin)) = self.get("server.trusted_proxies")
            && let Err(error) = proxies.to_string().parse::<TrustedProxies>()
        {
            return Err(wrong("server.trusted_proxies", &proxies.to_string(), &error.to_string(), origin));
        }
        if let Some((Value::Text(name), origin)) = self.get("database.name")
            && (name.len() > 55 || name.contains('\0'))
        {
            // 63 bytes are PostgreSQL's limit; `__before` is appended while a schema change is applied.
            return Err(wrong("database.name", name, "at most 55 bytes", origin));
        }
        if let Some((Value::Text(path), origin)) = self.get("api.base_path")
            && !(path.starts_with('/')
                && path.chars().all(|character| character.is_ascii_alphanumeric() || "/-_.".contains(character)))
        {
            return Err(wrong("api.base_path", path, "a path like /rest/v1, or / for the root", origin));
        }
        if let Some((Value::List(schemas), origin)) = self.get("api.schemas")
            && let Some(system) =
                schemas.iter().find(|schema| ["pg_catalog", "information_schema"].contains(&schema.as_str()))
        {
            return Err(wrong("api.schemas", system, "schemas of your own", origin));
        }
        if let Some((Value::List(pairs), origin)) = self.get("api.app_settings")
            && !pairs.iter().all(|pair| pair.split_once('=').is_some_and(|(name, _)| is_setting_name(name)))
        {
            return Err(wrong(
                "api.app_settings",
                "what it holds",
                "a list of NAME=VALUE, names in letters, digits and _",
                origin,
            ));
        }
        if let Some((Value::List(limits), origin)) = self.get("api.statement_timeouts")
            && let Some(wrong_one) = limits.iter().find(|limit| role_timeout(limit).is_none())
        {
            return Err(wrong(
                "api.statement_timeouts",
                wrong_one,
                "a list of ROLE=TIME, times with a unit like 500ms, 3s or 2min; 0s is no limit",
                origin,
            ));
        }
        Ok(())
    }

    /// How long one statement of a role may take, where the settings say so.
    pub(crate) fn statement_timeouts(&self) -> BTreeMap<String, Duration> {
        let limits = self.list("api.statement_timeouts");
        limits.iter().filter_map(|limit| role_timeout(limit)).map(|(role, time)| (role.to_owned(), time)).collect()
    }

    /// Puts a value in the place of what was there; none takes the setting away. [`Config::validate`] comes after all.
    fn set(&mut self, name: &'static str, value: Option<Value>, origin: Origin) {
        match value {
            Some(value) => self.entries.insert(name, (value, origin)),
            None => self.entries.remove(name),
        };
    }

    /// Value and origin of a setting; none when it is not set and has no default.
    pub(crate) fn get(&self, name: &str) -> Option<(&Value, &Origin)> {
        self.entries.get(name).map(|(value, origin)| (value, origin))
    }

    /// What the linter may pass over.
    pub(crate) fn lint_allow(&self) -> &[Allowance] {
        &self.lint_allow
    }

    /// The environments that the file declares, by name.
    pub(crate) fn environments(&self) -> impl Iterator<Item = &DeclaredEnvironment> {
        self.environments.values()
    }

    /// `[env.NAME]`.
    ///
    /// # Errors
    /// The file declares no such environment.
    pub(crate) fn declared_environment(&self, name: &str) -> Result<&DeclaredEnvironment, Failure> {
        if let Some(found) = self.environments.get(name) {
            return Ok(found);
        }
        let names: Vec<&str> = self.environments.keys().map(String::as_str).collect();
        let failure = Failure::usage("env-unknown", format!("{FILE_NAME} declares no environment `{name}`"));
        Err(match howdah_schema::nearest(name, names.iter().copied()) {
            Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
            None if names.is_empty() => failure.hint(format!(
                "declare it: [env.{name}] with database_url_env = \"{}_DATABASE_URL\"",
                name.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
            )),
            None => failure.hint(format!("there are {}", names.join(", "))),
        })
    }

    /// The server on which schemas are tried out, if not a private one.
    pub(crate) fn scratch_url(&self) -> Option<&str> {
        text(&self.entries, "scratch.url")
    }

    pub(crate) fn project_name(&self) -> &str {
        text(&self.entries, "project.name").unwrap_or("howdah")
    }

    pub(crate) fn template(&self) -> Option<&str> {
        text(&self.entries, "project.template")
    }

    pub(crate) fn database_url(&self) -> Option<&str> {
        text(&self.entries, "database.url")
    }

    pub(crate) fn database_name(&self) -> &str {
        text(&self.entries, "database.name").unwrap_or("howdah")
    }

    pub(crate) fn environment(&self) -> Option<&str> {
        text(&self.entries, "database.environment")
    }

    pub(crate) fn schema_path(&self) -> &str {
        text(&self.entries, "schema.path").unwrap_or("schema")
    }

    pub(crate) fn migrations_path(&self) -> &str {
        text(&self.entries, "migrations.path").unwrap_or("migrations")
    }

    /// The schemas that the API serves.
    pub(crate) fn api_schemas(&self) -> Vec<String> {
        self.list("api.schemas")
    }

    /// The items of a list setting.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some((Value::List(items), _)) => items.clone(),
            _ => Vec::new(),
        }
    }

    /// The text of a setting, if it has one.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        text(&self.entries, name)
    }

    /// A setting that is true or false; every one has a default.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), Some((Value::Boolean(true), _)))
    }

    /// The function that a setting names.
    pub(crate) fn function(&self, name: &str) -> Option<QualifiedName> {
        self.parsed(name)
    }

    /// The database role of requests without a token; none where they are refused.
    pub(crate) fn anonymous_role(&self) -> Option<&str> {
        self.text("api.anonymous_role").filter(|role| *role != "none")
    }

    /// The address to listen on.
    pub(crate) fn bind(&self) -> IpAddr {
        let loopback = IpAddr::from([127, 0, 0, 1]);
        self.parsed("server.bind").unwrap_or(loopback)
    }

    /// A text setting as what it stands for; [`Config::validate`] or its kind has seen to it that it can be read.
    pub(crate) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.0.to_string().parse().ok()
    }

    /// A number setting; its table entry bounds it, so it fits what it is used for.
    pub(crate) fn number<T: TryFrom<i64>>(&self, name: &str, otherwise: T) -> T {
        match self.get(name) {
            Some((Value::Integer(number), _)) => T::try_from(*number).unwrap_or(otherwise),
            _ => otherwise,
        }
    }
}

/// Reads `role=3s`. A number alone would be milliseconds to PostgreSQL and seconds to the settings beside this one.
fn role_timeout(text: &str) -> Option<(&str, Duration)> {
    let (role, time) = text.rsplit_once('=')?;
    let has_unit = time.ends_with(|last: char| last.is_ascii_alphabetic());
    Some((role.trim(), time_setting(time)?)).filter(|(role, _)| has_unit && !role.is_empty())
}

/// What may follow `app.settings.`: PostgreSQL takes no other names for settings of one's own.
fn is_setting_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "_$.".contains(character))
}

fn text<'a>(entries: &'a BTreeMap<&'static str, (Value, Origin)>, name: &str) -> Option<&'a str> {
    match entries.get(name) {
        Some((Value::Text(text), _)) => Some(text),
        _ => None,
    }
}

fn resolve(
    key: &'static Key,
    file: &file::FileSettings,
    overrides: &[Override],
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Option<(Value, Origin)>, Failure> {
    if let Some(given) = overrides.iter().rev().find(|given| given.key == key.name) {
        let origin = Origin::Flag(given.flag);
        return match key.kind.check(given.value.clone()) {
            Some(value) => Ok(Some((value, origin))),
            None => Err(wrong(key.name, &given.value.to_string(), &key.kind.accepts(), &origin)),
        };
    }
    for variable in keys::variables(key) {
        // An empty variable is how shells and compose files say "not set".
        if let Some(text) = environment(&variable).filter(|text| !text.is_empty()) {
            let origin = Origin::Environment(variable);
            return match key.kind.read_text(&text) {
                Some(value) => Ok(Some((value, origin))),
                None => Err(wrong(key.name, &text, &key.kind.accepts(), &origin)),
            };
        }
    }
    if let Some((value, line)) = file.values.get(key.name) {
        return Ok(Some((value.clone(), Origin::File { path: file.path.clone(), line: *line })));
    }
    Ok(key.default.and_then(|text| key.kind.read_text(text)).map(|value| (value, Origin::Default)))
}

fn wrong(name: &str, found: &str, accepts: &str, origin: &Origin) -> Failure {
    let found = if name.ends_with(".url") { "what it holds" } else { found };
    Failure::usage("config-value", format!("`{name}` (from {origin}) cannot be {found}: it must be {accepts}"))
}

/// The name of a project whose file does not give it: its folder's.
fn project_name(root: &Path) -> String {
    let folder = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    folder.file_name().map_or_else(|| "howdah".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// A database name that needs no quoting anywhere: lower case, digits, underscores, a letter first.
pub(crate) fn database_name(project: &str) -> String {
    let mut name = String::new();
    for character in project.chars().flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '0'..='9' => name.push(character),
            _ if !name.ends_with('_') && !name.is_empty() => name.push('_'),
            _ => {}
        }
    }
    let name = name.trim_end_matches('_');
    let name =
        if name.starts_with(|first: char| first.is_ascii_digit()) { format!("db_{name}") } else { name.to_owned() };
    // `postgres` and the templates exist in every cluster and are not a project's.
    match name.as_str() {
        "" => "howdah".to_owned(),
        "postgres" | "template0" | "template1" => format!("{name}_project"),
        _ => name.chars().take(50).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Origin, Override, Value, database_name};

    fn load(file: &str, environment: &[(&str, &str)], overrides: &[Override]) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("howdah.toml"), file).unwrap();
        let variable =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::load_from(Some(folder.path()), overrides, variable).map_err(|failure| failure.message.clone())
    }

    #[test]
    fn flag_wins_over_environment_over_file_over_default() {
        let file = "[server]\nport = 1001\n";
        let environment = [("HOWDAH_SERVER_PORT", "1002")];
        let flag = [Override { key: "server.port", flag: "--port", value: Value::Integer(1003) }];
        let port = |config: &Config| config.number::<u16>("server.port", 0);
        assert_eq!(port(&load("", &[], &[]).unwrap()), 8080);
        assert_eq!(port(&load(file, &[], &[]).unwrap()), 1001);
        assert_eq!(port(&load(file, &environment, &[]).unwrap()), 1002);
        let config = load(file, &environment, &flag).unwrap();
        assert_eq!(config.get("server.port"), Some((&Value::Integer(1003), &Origin::Flag("--port"))));
    }

    #[test]
    fn database_url_is_read_from_both_variables() {
        let both = [("DATABASE_URL", "postgres://a/b"), ("HOWDAH_DATABASE_URL", "postgres://c/d")];
        assert_eq!(load("", &both, &[]).unwrap().database_url(), Some("postgres://c/d"));
        assert_eq!(load("", &both[..1], &[]).unwrap().database_url(), Some("postgres://a/b"));
        assert_eq!(load("", &[("DATABASE_URL", "")], &[]).unwrap().database_url(), None);
    }

    #[test]
    fn a_wrong_variable_names_itself() {
        insta::assert_snapshot!(load("", &[("HOWDAH_SERVER_PORT", "http")], &[]).unwrap_err());
        insta::assert_snapshot!(
            load("[server]\nbind = \"localhost\"", &[], &[]).unwrap_err().split(" (from").next().unwrap()
        );
    }

    #[test]
    fn time_limits_of_roles_have_a_unit() {
        let file = "[api]\nstatement_timeouts = [\"anon=3s\", \"a=b = 500ms\", \"job=0s\"]";
        let limits = load(file, &[], &[]).unwrap().statement_timeouts();
        let expected = [("a=b", 500), ("anon", 3_000), ("job", 0)];
        assert!(limits.iter().map(|(role, limit)| (role.as_str(), limit.as_millis())).eq(expected), "{limits:?}");
        let variable = [("HOWDAH_API_STATEMENT_TIMEOUTS", "anon=1min")];
        assert_eq!(load("", &variable, &[]).unwrap().statement_timeouts().len(), 1);
        for wrong in ["anon", "anon=3", "=3s", "anon=soon"] {
            let message = load("", &[("HOWDAH_API_STATEMENT_TIMEOUTS", wrong)], &[]).unwrap_err();
            assert!(message.contains("api.statement_timeouts") && message.contains("500ms"), "{message}");
        }
    }

    #[test]
    fn a_database_is_named_after_the_project() {
        assert_eq!(database_name("Demo Shop"), "demo_shop");
        assert_eq!(database_name("2024-notes"), "db_2024_notes");
        assert_eq!(database_name("postgres"), "postgres_project");
        assert_eq!(database_name("…"), "howdah");
        assert_eq!(database_name("München"), "m_nchen");
    }
}
