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
    Key { name: "api.schemas", kind: Kind::List, default: Some("public"), about: "The schemas reached over /rest/v1" },
    Key {
        name: "api.anonymous_role",
        kind: Kind::Text,
        default: Some("anon"),
        about: "The database role of requests without a token",
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
        name: "server.max_body_bytes",
        kind: Kind::Integer { least: 1_024, most: 1_073_741_824 },
        default: Some("10485760"),
        about: "The largest request body that is read, in bytes",
    },
    Key {
        name: "server.max_rows",
        kind: Kind::Integer { least: 1, most: 1_000_000 },
        default: Some("1000"),
        about: "The most rows that one answer holds",
    },
    Key {
        name: "server.pool_size",
        kind: Kind::Integer { least: 1, most: 1_000 },
        default: Some("10"),
        about: "The most connections to PostgreSQL",
    },
    Key {
        name: "server.request_timeout_seconds",
        kind: Kind::Integer { least: 1, most: 3_600 },
        default: Some("30"),
        about: "How long one request may take, in seconds",
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
