//! `[env.NAME]`: the databases of a project, apart from the one that is being worked on.
//!
//! ```toml
//! [env.staging]
//! database_url_env = "STAGING_DATABASE_URL"
//!
//! [env.production]
//! database_url_env = "PRODUCTION_DATABASE_URL"
//! production = true
//! ```
//!
//! The file names the variable, never the URL with its password: git keeps the file.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Origin;
use super::file::{Source, has_password, looks_secret, secret};
use crate::failure::Failure;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredEnvironment {
    pub(crate) name: String,
    pub(crate) address: Address,
    /// Whether destructive work must be confirmed by the database's name.
    pub(crate) production: bool,
    /// Its section in howdah.toml.
    pub(crate) origin: Origin,
}

/// Where its URL comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// `database_url_env`: the name of a variable.
    Variable(String),
    /// `database_url`: the URL itself, without a password.
    Url(String),
}

const KEYS: [&str; 3] = ["database_url_env", "database_url", "production"];

/// Reads all `[env.…]` sections.
///
/// # Errors
/// The first thing in them that does not belong there, at its place.
pub(super) fn parse(
    source: &Source<'_>,
    sections: &DeTable<'_>,
) -> Result<BTreeMap<String, DeclaredEnvironment>, Failure> {
    let mut found = BTreeMap::new();
    for (name, section) in sections {
        let DeValue::Table(entries) = section.get_ref() else {
            let message = format!("`env.{}` is no environment", name.get_ref());
            return Err(Failure::usage("config-value", message)
                .excerpt(source.excerpt(name.span(), "must be a section like [env.staging]")));
        };
        found.insert(name.get_ref().to_string(), environment(source, name, entries)?);
    }
    Ok(found)
}

fn environment(
    source: &Source<'_>,
    name: &Spanned<std::borrow::Cow<'_, str>>,
    entries: &DeTable<'_>,
) -> Result<DeclaredEnvironment, Failure> {
    let environment = name.get_ref();
    let (mut address, mut production) = (None, environment == "production");
    for (key, value) in entries {
        let full = format!("env.{environment}.{}", key.get_ref());
        let wrong = |span: Range<usize>, accepts: &str| {
            Failure::usage("config-value", format!("`{full}` cannot be this: it must be {accepts}"))
                .excerpt(source.excerpt(span, &format!("must be {accepts}")))
        };
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("database_url_env", DeValue::String(variable)) if is_variable(variable) => {
                address = Some(Address::Variable(variable.to_string()));
            }
            ("database_url_env", DeValue::String(text)) if text.contains("://") => {
                return Err(secret(source, value.span(), &full));
            }
            ("database_url_env", _) => return Err(wrong(value.span(), "the name of an environment variable")),
            ("database_url", DeValue::String(url)) if has_password(url) => {
                return Err(secret(source, value.span(), &full));
            }
            ("database_url", DeValue::String(url)) => address = Some(Address::Url(url.to_string())),
            ("database_url", _) => {
                return Err(wrong(value.span(), "a URL like postgres://user@host:5432/database"));
            }
            ("production", DeValue::Boolean(is)) => production = *is,
            ("production", _) => return Err(wrong(value.span(), "true or false")),
            (unknown, _) if looks_secret(unknown) => return Err(secret(source, key.span(), &full)),
            (unknown, _) => {
                let nearest = howdah_schema::nearest(unknown, KEYS.iter().copied());
                let label =
                    nearest.map_or_else(|| "not known".to_owned(), |nearest| format!("did you mean `{nearest}`?"));
                return Err(Failure::usage("config-unknown-key", format!("howdah.toml has no setting `{full}`"))
                    .excerpt(source.excerpt(key.span(), &label))
                    .hint(format!("an environment has {}", KEYS.join(", "))));
            }
        }
    }
    let Some(address) = address else {
        return Err(Failure::usage("config-value", format!("`env.{environment}` does not say which database it is"))
            .excerpt(source.excerpt(name.span(), "database_url_env is missing"))
            .hint("write database_url_env = \"NAME\", and set that variable to its URL"));
    };
    let (line, ..) = source.place(name.span().start);
    let origin = Origin::File { path: source.path.to_path_buf(), line };
    Ok(DeclaredEnvironment { name: environment.to_string(), address, production, origin })
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl DeclaredEnvironment {
    /// Its URL.
    ///
    /// # Errors
    /// The variable is not set.
    pub(crate) fn url(&self) -> Result<String, Failure> {
        match &self.address {
            Address::Url(url) => Ok(url.clone()),
            Address::Variable(variable) => {
                std::env::var(variable).ok().filter(|url| !url.is_empty()).ok_or_else(|| {
                    Failure::usage(
                        "env-not-set",
                        format!("{variable} is not set, which holds the URL of the environment {}", self.name),
                    )
                    .hint(format!("set it: {variable}=postgres://user:password@host:5432/database"))
                })
            }
        }
    }
}
